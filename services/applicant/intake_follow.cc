// What follows for an intake from its applications and from time.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "common/base/dates.h"
#include "services/applicant/intake.h"
#include "services/applicant/intake_parts.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using v1::Entry;
using v1::Intake;
using Facts = std::vector<v1::IntakeFact>;

void HandOn(IntakeCourse& course, const IntakeCircumstance& c) {
  const Entry* next = nullptr;
  for (const Entry& entry : course.intake().entries()) {
    if (entry.stage() != Entry::STAGE_RESERVE) continue;
    if (next == nullptr || entry.standing().position() < next->standing().position()) next = &entry;
  }
  if (next == nullptr) return;
  v1::IntakeFact fact;
  fact.mutable_handed_on()->set_application(next->application());
  *fact.mutable_handed_on()->mutable_answer_by() = ToDate(TodayOf(c) + c.programme.selection().answer_days());
  course.Add(std::move(fact));
}

v1::IntakeFact Received(const v1::Application& application) {
  v1::IntakeFact fact;
  v1::EntryReceived& received = *fact.mutable_entry_received();
  received.set_application(application.name());
  received.set_member(application.member());
  received.set_submitter(application.submitter());
  *received.mutable_at() = application.submit_time();
  for (const std::string& party : application.parties()) {
    const bool own = absl::StartsWith(party, "sections/") || absl::StartsWith(party, "regions/");
    if (own) received.add_organisations(party);
  }
  return fact;
}

bool IsIn(Entry::Stage stage) {
  return stage == Entry::STAGE_RECEIVED || stage == Entry::STAGE_ADMITTED || stage == Entry::STAGE_RESERVE ||
         stage == Entry::STAGE_OFFERED;
}

}  // namespace

Facts Follow(const Intake& intake, const v1::Application& application, const IntakeCircumstance& c) {
  const State state = application.state();
  const Entry* entry = FindEntry(intake, application.name());
  IntakeCourse course(intake);
  if (entry == nullptr) {
    if (!IsOpen(state)) return {};
    course.Add(Received(application));
    entry = FindEntry(course.intake(), application.name());
  }
  // Before it changes with the course.
  const Entry::Stage stage = entry->stage();
  v1::IntakeFact fact;
  if (stage == Entry::STAGE_RECEIVED && state == v1::Application::STATE_IN_SELECTION) {
    fact.mutable_entry_admitted()->set_application(application.name());
    course.Add(std::move(fact));
  } else if (stage == Entry::STAGE_OFFERED && state == v1::Application::STATE_AWARDED) {
    fact.mutable_awarded()->set_application(application.name());
    course.Add(std::move(fact));
  } else if (IsIn(stage) && IsFinal(state)) {
    fact.mutable_entry_left()->set_application(application.name());
    course.Add(std::move(fact));
    if (stage == Entry::STAGE_OFFERED) HandOn(course, c);
  }
  SettleWhenDone(course);
  return std::move(course).facts();
}

Facts Tick(const Intake& intake, const IntakeCircumstance& c) {
  IntakeCourse course(intake);
  if (intake.state() == Intake::STATE_SCHEDULED && TodayOf(c) >= ToDay(intake.opens())) course.Add(Opened(intake, c));
  if (course.intake().state() == Intake::STATE_OPEN && TodayOf(c) > ToDay(intake.closes())) course.Add(Closed(c));
  return std::move(course).facts();
}

}  // namespace amikeco::applicant
