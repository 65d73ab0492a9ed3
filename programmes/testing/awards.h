// Programmes whose places go by ranking, for tests: a scholarship with a yearly quota, one for members' children, a
// gathering of teenagers and a contest (A2-09, A2-11).
#ifndef AMIKECO_PROGRAMMES_TESTING_AWARDS_H_
#define AMIKECO_PROGRAMMES_TESTING_AWARDS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "programmes/programmes.h"

namespace amikeco::testing_awards {

// Two a year, for working officers who are full members; the section endorses, ties are broken by lot, winners accept.
inline constexpr char kScholarship[] = R"(
    name: "programmes/training-scholarship"
    version: 1
    title: "Training scholarship"
    operator_organisation: "organisations/ipa-us"
    coordinator_title: "Scholarship Committee"
    time_zone: "America/New_York"
    eligibility {
      id: "class" reason: "ASSOCIATE_MEMBER" class_of_membership { classes: [MEMBERSHIP_CLASS_REGULAR] }
    }
    eligibility { id: "duty" reason: "NOT_WORKING" duty { statuses: [DUTY_STATUS_ACTIVE] } }
    eligibility {
      id: "section" reason: "SECTION" overridable: true section { except: ["sections/XX"] }
    }
    tiers { id: "all" }
    tasks { id: "interview" title: "Interview" owner: ROLE_COORDINATOR days_after_receipt: 14 }
    matching { mode: MODE_SELECTION }
    funding { model: MODEL_SPONSOR_REIMBURSES claim_categories { id: "fee" title: "Fee" } }
    endorsement_days: 30
    selection {
      criteria { id: "merit" title: "Merit" weight: 3 max_points: 10 }
      criteria { id: "benefit" title: "Benefit" weight: 1 max_points: 10 }
      least_jurors: 2
      yearly_quota: 2
      tie_rule: TIE_RULE_LOTTERY
      beneficiary: BENEFICIARY_KIND_SELF
      answer_days: 14
      jury_organisations: ["organisations/ipa-us", "sections/DE", "sections/FR"]
      jurors_skip_own_section: true
    }
  )";

inline std::string ForChildren(const std::string& name, const std::string& age, const std::string& places) {
  return absl::StrCat(R"(
    version: 1
    operator_organisation: "organisations/ipa-us"
    coordinator_title: "Youth Officer"
    time_zone: "America/New_York"
    applicants { without_endorsement: true }
    tiers { id: "all" }
    matching { mode: MODE_SELECTION }
    funding { model: MODEL_SPONSOR_REIMBURSES claim_categories { id: "fee" title: "Fee" } }
    name: "programmes/)",
                      name, "\" title: \"", name, "\"",
                      "eligibility { id: \"age\" reason: \"CHILD_AGE\" beneficiary_age { ", age, R"( } }
    selection {
      criteria { id: "letter" title: "Letter" weight: 1 max_points: 10 }
      least_jurors: 1
      tie_rule: TIE_RULE_EARLIEST_RECEIPT
      beneficiary: BENEFICIARY_KIND_CHILD
      )",
                      places, "}");
}

// For members' children, counted on the day of receipt.
inline std::string CollegeScholarship() {
  return ForChildren("college-scholarship", "min_years: 17 max_years: 25 on: REFERENCE_DATE_SUBMISSION",
                     "yearly_quota: 3");
}

// For members' teenage children, counted on the gathering's first day.
inline std::string YouthGathering() {
  return ForChildren("youth-gathering", "min_years: 13 max_years: 17 on: REFERENCE_DATE_START",
                     "places: 30 answer_days: 7");
}

// With a cash prize; the earliest of equals wins, and nothing is to be accepted.
inline constexpr char kContest[] = R"(
    name: "programmes/photo-contest"
    version: 1
    title: "Photo contest"
    operator_organisation: "organisations/ipa-us"
    coordinator_title: "Editor"
    time_zone: "America/New_York"
    applicants { without_endorsement: true }
    eligibility {
      id: "membership" reason: "NOT_MEMBER"
      membership { classes: [MEMBERSHIP_CLASS_REGULAR, MEMBERSHIP_CLASS_ASSOCIATE] }
    }
    tiers { id: "all" }
    matching { mode: MODE_SELECTION }
    funding { model: MODEL_SELF_FUNDED }
    selection {
      criteria { id: "picture" title: "Picture" weight: 1 max_points: 10 }
      least_jurors: 1
      tie_rule: TIE_RULE_EARLIEST_RECEIPT
      prize { currency_code: "USD" units: 500 }
      beneficiary: BENEFICIARY_KIND_SELF
      places: 1
    }
  )";

inline programme::v1::Programme Parsed(const std::string& text) {
  programme::v1::Programme programme;
  if (!google::protobuf::TextFormat::ParseFromString(text, &programme)) programme.set_name("does not parse");
  return programme;
}

inline const Programmes& AwardProgrammes() {
  static const auto& programmes = *[] {
    auto* all = new Programmes();
    for (const std::string& text :
         {std::string(kScholarship), CollegeScholarship(), YouthGathering(), std::string(kContest)}) {
      all->Add(Parsed(text));
    }
    return all;
  }();
  return programmes;
}

}  // namespace amikeco::testing_awards

#endif  // AMIKECO_PROGRAMMES_TESTING_AWARDS_H_
