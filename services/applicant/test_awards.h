// What the tests of selections share: programmes, intakes and entries to which nothing is wrong.
#ifndef AMIKECO_SERVICES_APPLICANT_TEST_AWARDS_H_
#define AMIKECO_SERVICES_APPLICANT_TEST_AWARDS_H_

#include <string>
#include <utility>

#include "amikeco/applicant/v1/applicant.pb.h"
#include "programmes/testing/awards.h"
#include "services/applicant/award.h"
#include "services/applicant/intake.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant::test {

inline constexpr char kScholarshipName[] = "programmes/training-scholarship";
inline constexpr char kGatheringName[] = "programmes/youth-gathering";
inline constexpr char kContestName[] = "programmes/photo-contest";

inline const programme::v1::Programme& Award(const char* name = kScholarshipName) {
  return **testing_awards::AwardProgrammes().Find(name);
}

inline v1::OpenIntakeRequest GoodOpening(const char* programme = kScholarshipName) {
  v1::OpenIntakeRequest request;
  request.set_programme(programme);
  request.set_title("Call of 2026");
  *request.mutable_opens() = Date("2026-02-01");
  *request.mutable_closes() = Date("2026-03-31");
  return request;
}

// Open on kReceived.
inline v1::Intake OpenIntakeOf(const programme::v1::Programme& programme = Award(),
                               const v1::OpenIntakeRequest& opening = GoodOpening()) {
  v1::Intake intake;
  auto facts = Decide(intake, opening, IntakeCircumstance{Noon(kReceived), kCoordinator, programme, "intakes/I-1"});
  EXPECT_TRUE(facts.ok()) << facts.status();
  if (!facts.ok()) return intake;
  for (const auto& fact : *facts) intake = Evolve(std::move(intake), fact);
  return intake;
}

// Decided or cancelled, with applications/A-1 at the stage.
inline v1::Intake IntakeWithEntry(v1::Entry::Stage stage, v1::Intake::State state = v1::Intake::STATE_DECIDED) {
  v1::Intake intake = OpenIntakeOf();
  intake.set_state(state);
  intake.set_ended_by("people/carl");
  v1::Entry& entry = *intake.add_entries();
  entry.set_application("applications/A-1");
  entry.set_stage(stage);
  entry.mutable_standing()->set_position(1);
  entry.mutable_standing()->set_explanation("Position 1 of 3 for 2 places.");
  if (stage == v1::Entry::STAGE_OFFERED) *entry.mutable_answer_by() = Date("2026-05-01");
  return intake;
}

inline v1::SubmitApplicationRequest EntryRequest(const char* programme = kScholarshipName) {
  v1::SubmitApplicationRequest request;
  request.set_member("members/M-17");
  request.set_programme(programme);
  request.set_intake("intakes/I-1");
  return request;
}

// Stories that stand in the states of a selection.
inline Story SelectionStory(v1::Application::State state) {
  Story story(Endorsed(GoodMember()), Award());
  story.intake = OpenIntakeOf();
  EXPECT_TRUE(story.Submit(EntryRequest()).ok());
  const auto hear = [&](v1::Entry::Stage stage) { story.Hear(IntakeWithEntry(stage)); };
  if (state == v1::Application::STATE_NOT_SELECTED) hear(v1::Entry::STAGE_NOT_SELECTED);
  if (state == v1::Application::STATE_AWARD_OFFERED || state == v1::Application::STATE_AWARDED) {
    hear(v1::Entry::STAGE_OFFERED);
  }
  if (state == v1::Application::STATE_AWARDED) {
    EXPECT_TRUE(story.Do(kOfficer, v1::AcceptAwardRequest()).ok());
  }
  return story;
}

}  // namespace amikeco::applicant::test

#endif  // AMIKECO_SERVICES_APPLICANT_TEST_AWARDS_H_
