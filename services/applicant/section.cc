#include "services/applicant/section.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "programmes/check.h"
#include "services/applicant/errors.h"
#include "services/applicant/place.h"

namespace amikeco::applicant {
namespace {

using google::protobuf::util::MessageDifferencer;

// The registrar of an organisation that is neither a section nor a region.
bool IsOffice(const Actor& actor) {
  return actor.Has(options::v1::ROLE_REGISTRAR) && absl::StartsWith(actor.organisation, "organisations/");
}

absl::Status CheckSectionsRegion(const Actor& actor, const std::string& section) {
  if (actor.organisation == section || IsOffice(actor)) return absl::OkStatus();
  return Error(errors::kNotYourRegion,
               absl::StrCat(actor.organisation, " cannot say anything of a region of ", section, "."),
               {{"organisation", actor.organisation}, {"section", section}});
}

void CheckProgrammeName(const std::string& name, const std::string& field, const std::vector<std::string>& programmes,
                        FieldErrors& wrong) {
  if (std::find(programmes.begin(), programmes.end(), name) != programmes.end()) return;
  wrong.Add(field, absl::StrCat(name, " is no programme", DidYouMean(name, programmes)));
}

void CheckLocalRules(const google::protobuf::RepeatedPtrField<v1::LocalRules>& all, const DirectoryCircumstance& c,
                     FieldErrors& wrong) {
  std::set<std::string> earlier;
  for (int i = 0; i < all.size(); ++i) {
    const v1::LocalRules& local = all[i];
    const std::string field = absl::StrCat("terms.local_rules[", i, "]");
    if (!local.programme().empty()) CheckProgrammeName(local.programme(), field + ".programme", c.programmes, wrong);
    if (local.rules().empty() && local.endorsement_days() == 0) {
      wrong.Add(field, "asks for nothing; add rules or endorsement_days, or leave it out");
    }
    CheckRules(local.rules(), field + ".rules", wrong);
    for (int r = 0; r < local.rules_size(); ++r) {
      const std::string rule = absl::StrCat(field, ".rules[", r, "]");
      if (local.rules(r).overridable()) wrong.Add(rule + ".overridable", "must be false: only programmes allow that");
      if (earlier.contains(local.rules(r).id())) wrong.Add(rule + ".id", "is used further up; give each its own id");
    }
    for (const auto& rule : local.rules()) earlier.insert(rule.id());
  }
}

absl::Status CheckTerms(const v1::SectionTerms& terms, const DirectoryCircumstance& c) {
  FieldErrors wrong;
  std::set<std::string> seen;
  for (int i = 0; i < terms.exchanges_size(); ++i) {
    const v1::SectionExchange& exchange = terms.exchanges(i);
    const std::string field = absl::StrCat("terms.exchanges[", i, "]");
    CheckProgrammeName(exchange.programme(), field + ".programme", c.programmes, wrong);
    if (!seen.insert(exchange.programme()).second)
      wrong.Add(field, "names a programme for the second time; leave it out");
    if (!exchange.sends() && !exchange.hosts()) wrong.Add(field, "must set sends, hosts or both, or be left out");
  }
  CheckLocalRules(terms.local_rules(), c, wrong);
  return wrong.ToStatus();
}

}  // namespace

SectionFacts Decide(const v1::Section& section, const v1::RegisterSectionRequest& command,
                    const DirectoryCircumstance& c) {
  if (!IsOffice(c.actor)) {
    return Error(errors::kNotTheOffice, absl::StrCat(c.actor.organisation, " cannot register sections."),
                 {{"organisation", c.actor.organisation}});
  }
  if (!section.name().empty()) return errors::Exists(errors::kSectionExists, section.name());
  AMIKECO_RETURN_IF_ERROR(CheckTerms(command.terms(), c));
  v1::SectionFact fact;
  fact.mutable_registered()->set_name(c.name);
  fact.mutable_registered()->set_country(c.country);
  *fact.mutable_registered()->mutable_terms() = command.terms();
  *fact.mutable_registered()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

SectionFacts Decide(const v1::Section& section, const v1::UpdateSectionRequest& command,
                    const DirectoryCircumstance& c) {
  const bool own = c.actor.organisation == section.name();
  if (!IsOffice(c.actor) && (!own || command.terms().state() != section.terms().state())) {
    return Error(errors::kNotTheOffice,
                 absl::StrCat(c.actor.organisation, " cannot change ", own ? "the state of " : "", section.name(), "."),
                 {{"organisation", c.actor.organisation}, {"section", section.name()}});
  }
  AMIKECO_RETURN_IF_ERROR(CheckTerms(command.terms(), c));
  if (MessageDifferencer::Equals(command.terms(), section.terms())) return std::vector<v1::SectionFact>{};
  v1::SectionFact fact;
  *fact.mutable_changed()->mutable_terms() = command.terms();
  fact.mutable_changed()->set_by(c.actor.subject);
  return std::vector{fact};
}

RegionFacts Decide(const v1::Region& region, const v1::RegisterRegionRequest& command, const DirectoryCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckSectionsRegion(c.actor, command.section()));
  if (!region.name().empty()) return errors::Exists(errors::kRegionExists, region.name());
  FieldErrors wrong;
  if (c.section == nullptr) wrong.Add("section", absl::StrCat(command.section(), " is not in the directory."));
  CheckLocalRules(command.terms().local_rules(), c, wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  v1::RegionFact fact;
  fact.mutable_registered()->set_name(c.name);
  fact.mutable_registered()->set_section(command.section());
  *fact.mutable_registered()->mutable_terms() = command.terms();
  *fact.mutable_registered()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

RegionFacts Decide(const v1::Region& region, const v1::UpdateRegionRequest& command, const DirectoryCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckSectionsRegion(c.actor, region.section()));
  FieldErrors wrong;
  CheckLocalRules(command.terms().local_rules(), c, wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  if (MessageDifferencer::Equals(command.terms(), region.terms())) return std::vector<v1::RegionFact>{};
  v1::RegionFact fact;
  *fact.mutable_changed()->mutable_terms() = command.terms();
  fact.mutable_changed()->set_by(c.actor.subject);
  return std::vector{fact};
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {

Section Evolve(Section section, const SectionFact& fact) {
  if (fact.has_registered()) {
    section.set_name(fact.registered().name());
    section.set_country(fact.registered().country());
    *section.mutable_terms() = fact.registered().terms();
    *section.mutable_register_time() = fact.registered().at();
  } else if (fact.has_changed()) {
    *section.mutable_terms() = fact.changed().terms();
  }
  return section;
}

Region Evolve(Region region, const RegionFact& fact) {
  if (fact.has_registered()) {
    region.set_name(fact.registered().name());
    region.set_section(fact.registered().section());
    *region.mutable_terms() = fact.registered().terms();
    *region.mutable_register_time() = fact.registered().at();
  } else if (fact.has_changed()) {
    *region.mutable_terms() = fact.changed().terms();
  }
  return region;
}

}  // namespace amikeco::applicant::v1
