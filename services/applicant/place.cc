#include "services/applicant/place.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/edit_distance.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Programme;
using Results = std::vector<v1::RuleResult>;

// Slips up to which a name is taken for another, and how many are named.
constexpr size_t kMostSlips = 2;
constexpr size_t kMostNear = 3;

bool Applies(const v1::LocalRules& local, const Programme& programme) {
  return local.programme().empty() || local.programme() == programme.name();
}

// Why the section does not send; "" when it does.
std::string ReasonNotToSend(const std::optional<v1::Section>& section, const std::string& programme) {
  if (!section) return "SECTION_NOT_REGISTERED";
  const v1::SectionTerms& terms = section->terms();
  if (terms.state() == v1::Section::STATE_SUSPENDED) return "SECTION_SUSPENDED";
  if (terms.state() != v1::Section::STATE_ACTIVE) return "SECTION_PROVISIONAL";
  const bool sends = std::any_of(terms.exchanges().begin(), terms.exchanges().end(), [&](const auto& exchange) {
    return exchange.programme() == programme && exchange.sends();
  });
  return sends ? "" : "SECTION_DOES_NOT_SEND";
}

v1::RuleResult JudgeSending(const Programme& programme, const Place& place, const std::string& name) {
  v1::RuleResult result;
  result.set_rule(absl::StrCat(name, ":sends"));
  result.set_origin(name);
  result.set_reason(ReasonNotToSend(place.section, programme.name()));
  result.set_holds(result.reason().empty());
  if (result.holds()) {
    result.set_explanation(absl::StrCat(name, " sends for this programme."));
  } else if (result.reason() == "SECTION_NOT_REGISTERED") {
    result.set_explanation(absl::StrCat(name, " is not in the directory of sections."));
    result.set_remedy("The association's office registers the section.");
  } else if (result.reason() == "SECTION_DOES_NOT_SEND") {
    result.set_explanation(absl::StrCat(name, " does not send for this programme."));
    result.set_remedy("Look for a programme that this section takes part in, or ask the section to take part.");
  } else {
    result.set_explanation(absl::StrCat(name,
                                        result.reason() == "SECTION_SUSPENDED" ? " is suspended" : " is provisional",
                                        ", so that it sends nobody."));
    result.set_remedy("Apply when the association's office has made the section an active one.");
  }
  return result;
}

template <typename Terms>
void JudgeLocal(const Programme& programme, const Terms& terms, const std::string& origin, const Candidate& candidate,
                Results& results) {
  for (const v1::LocalRules& local : terms.local_rules()) {
    if (!Applies(local, programme)) continue;
    for (v1::RuleResult& result : JudgeRules(programme, local.rules(), candidate)) {
      result.set_rule(absl::StrCat(origin, "/", result.rule()));
      result.set_origin(origin);
      results.push_back(std::move(result));
    }
  }
}

template <typename Terms>
void ShortenEndorsement(const Programme& programme, const Terms& terms, int& days) {
  for (const v1::LocalRules& local : terms.local_rules()) {
    if (local.endorsement_days() == 0 || !Applies(local, programme)) continue;
    days = days == 0 ? local.endorsement_days() : std::min(days, local.endorsement_days());
  }
}

}  // namespace

void CheckSection(const std::string& section, const Place& place, FieldErrors& wrong) {
  if (!place.in_use || place.section) return;
  wrong.Add("section", absl::StrCat(section, " is not in the directory", DidYouMean(section, place.sections)));
}

void CheckRegion(const std::string& section, const std::string& region, const Place& place, FieldErrors& wrong) {
  if (!place.in_use || region.empty()) return;
  if (!place.region) {
    wrong.Add("region", absl::StrCat(region, " is not in the directory", DidYouMean(region, place.regions)));
  } else if (place.region->section() != section) {
    wrong.Add("region", absl::StrCat(region, " is a region of ", place.region->section(), ", not of ", section, "."));
  }
}

void JudgePlace(const Programme& programme, const Place& place, const Candidate& candidate, Results& results) {
  if (!place.in_use || candidate.persons.empty()) return;
  const std::string& section = candidate.persons[0].section();
  if (programme.sections().must_send()) results.push_back(JudgeSending(programme, place, section));
  if (place.section) JudgeLocal(programme, place.section->terms(), section, candidate, results);
  if (place.region) JudgeLocal(programme, place.region->terms(), place.region->name(), candidate, results);
}

int EndorsementDays(const Programme& programme, const Place& place) {
  int days = programme.endorsement_days();
  if (place.section) ShortenEndorsement(programme, place.section->terms(), days);
  if (place.region) ShortenEndorsement(programme, place.region->terms(), days);
  return days;
}

std::string DidYouMean(const std::string& name, std::vector<std::string> names) {
  std::erase_if(names, [&](const std::string& other) { return EditDistance(name, other, kMostSlips) > kMostSlips; });
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return EditDistance(name, a) < EditDistance(name, b);
  });
  if (names.empty()) return ".";
  names.resize(std::min(names.size(), kMostNear));
  return absl::StrCat("; did you mean ", absl::StrJoin(names, " or "), "?");
}

}  // namespace amikeco::applicant
