#include "services/matching/sections.h"

#include <algorithm>

namespace amikeco::matching {
namespace {

// More than there can be; a bound all the same.
constexpr int kManySections = 1000;

void NoteTerms(v1::SectionNoted& section, const applicant::v1::SectionTerms& terms) {
  section.clear_hosts_for();
  if (terms.state() != applicant::v1::Section::STATE_ACTIVE) return;
  for (const applicant::v1::SectionExchange& exchange : terms.exchanges()) {
    if (exchange.hosts()) section.add_hosts_for(exchange.programme());
  }
}

}  // namespace

v1::SectionNoted Noted(v1::SectionNoted section, const applicant::v1::SectionFact& fact) {
  if (fact.has_registered()) {
    section.set_name(fact.registered().name());
    section.set_country(fact.registered().country());
    NoteTerms(section, fact.registered().terms());
  } else if (fact.has_changed()) {
    NoteTerms(section, fact.changed().terms());
  }
  return section;
}

absl::StatusOr<std::optional<std::vector<std::string>>> HostingCountries(Reader& reader, const Tables& tables,
                                                                         const programme::v1::Programme& programme) {
  if (!programme.sections().must_host()) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(const auto sections, tables.sections.Range(reader, "name", "", "", kManySections));
  if (sections.empty()) return std::nullopt;
  std::vector<std::string> countries;
  for (const auto& section : sections) {
    const auto& hosts_for = section.value.hosts_for();
    if (std::find(hosts_for.begin(), hosts_for.end(), programme.name()) != hosts_for.end()) {
      countries.push_back(section.value.country());
    }
  }
  return countries;
}

}  // namespace amikeco::matching
