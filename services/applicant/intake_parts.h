// What the files about intakes share.
#ifndef AMIKECO_SERVICES_APPLICANT_INTAKE_PARTS_H_
#define AMIKECO_SERVICES_APPLICANT_INTAKE_PARTS_H_

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/application.h"
#include "services/applicant/errors.h"
#include "services/applicant/intake.h"

namespace amikeco::applicant {

// The day it is now where the programme's days begin and end.
inline absl::CivilDay TodayOf(const IntakeCircumstance& c) { return Today({c.now, c.actor, c.programme}); }

// A growing list of facts together with the intake as it is after them.
class IntakeCourse {
 public:
  explicit IntakeCourse(v1::Intake intake) : intake_(std::move(intake)) {}

  void Add(v1::IntakeFact fact) {
    intake_ = Evolve(std::move(intake_), fact);
    facts_.push_back(std::move(fact));
  }
  const v1::Intake& intake() const { return intake_; }
  std::vector<v1::IntakeFact> facts() && { return std::move(facts_); }

 private:
  v1::Intake intake_;
  std::vector<v1::IntakeFact> facts_;
};

inline absl::Status CheckState(const v1::Intake& intake, const std::set<v1::Intake::State>& states,
                               absl::string_view command) {
  if (states.contains(intake.state())) return absl::OkStatus();
  return Error(errors::kNotPossibleForIntake,
               absl::StrCat(command, " is not possible while ", intake.name(), " is ",
                            errors::WordsOf(v1::Intake::State_Name(intake.state())), "."),
               {{"name", intake.name()}, {"state", v1::Intake::State_Name(intake.state())}, {"command", command}});
}

inline v1::IntakeFact Opened(const v1::Intake& intake, const IntakeCircumstance& c) {
  v1::IntakeFact fact;
  v1::IntakeOpened& opened = *fact.mutable_opened();
  *opened.mutable_date() = ToDate(TodayOf(c));
  opened.set_programme(intake.programme());
  opened.set_programme_version(intake.programme_version());
  opened.set_title(intake.title());
  *opened.mutable_closes() = intake.closes();
  opened.set_places(intake.places());
  *opened.mutable_sections() = intake.announce_to();
  return fact;
}

inline v1::IntakeFact Closed(const IntakeCircumstance& c) {
  v1::IntakeFact fact;
  *fact.mutable_closed()->mutable_date() = ToDate(TodayOf(c));
  if (c.programme.selection().tie_rule() == programme::v1::Selection::TIE_RULE_LOTTERY) {
    fact.mutable_closed()->set_lottery_seed(c.seed);
  }
  return fact;
}

inline bool AnyAt(const v1::Intake& intake, v1::Entry::Stage stage) {
  return std::any_of(intake.entries().begin(), intake.entries().end(),
                     [&](const v1::Entry& entry) { return entry.stage() == stage; });
}

// Nothing is offered any more: who waits behind the places was not selected.
inline void SettleWhenDone(IntakeCourse& course) {
  const v1::Intake& intake = course.intake();
  if (intake.state() != v1::Intake::STATE_DECIDED || intake.settled() || AnyAt(intake, v1::Entry::STAGE_OFFERED))
    return;
  v1::IntakeFact fact;
  fact.mutable_settled();
  course.Add(std::move(fact));
}

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_INTAKE_PARTS_H_
