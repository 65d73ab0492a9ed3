#include "services/applicant/programme_news.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/base/dates.h"

namespace amikeco::applicant {
namespace {

bool TakesPart(const v1::Section& section, const std::string& programme) {
  const auto& exchanges = section.terms().exchanges();
  return std::any_of(exchanges.begin(), exchanges.end(),
                     [&](const v1::SectionExchange& exchange) { return exchange.programme() == programme; });
}

}  // namespace

bool IsNews(const v1::ProgrammeNews& told, const NewsCircumstance& c) {
  return c.before != nullptr && c.programme.version() > told.version();
}

std::vector<v1::ProgrammeFact> Tick(const v1::ProgrammeNews& told, const NewsCircumstance& c) {
  if (!IsNews(told, c)) return {};
  v1::ProgrammeFact fact;
  v1::ProgrammeChanged& changed = *fact.mutable_changed();
  changed.set_programme(c.programme.name());
  // Of several versions that came at once, what people know is the one that they were told of.
  changed.set_old_version(told.version() > 0 ? told.version() : c.before->version());
  changed.set_version(c.programme.version());
  // Sections may share a contact.
  std::set<std::string> contacts;
  for (const v1::Section& section : c.sections) {
    if (!TakesPart(section, c.programme.name())) continue;
    contacts.insert(section.terms().contact().empty() ? section.name() : section.terms().contact());
  }
  changed.mutable_contacts()->Add(contacts.begin(), contacts.end());
  *changed.mutable_at() = ToTimestamp(c.now);
  return {fact};
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {

ProgrammeNews Evolve(ProgrammeNews told, const ProgrammeFact& fact) {
  if (fact.has_changed()) {
    told.set_name(fact.changed().programme());
    told.set_version(fact.changed().version());
  }
  return told;
}

}  // namespace amikeco::applicant::v1
