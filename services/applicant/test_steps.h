// A fellowship for tests: a programme that asks for everything that a stay can consist of and that can follow it.
#ifndef AMIKECO_SERVICES_APPLICANT_TEST_STEPS_H_
#define AMIKECO_SERVICES_APPLICANT_TEST_STEPS_H_

#include <string>

#include "gtest/gtest.h"
#include "services/applicant/after_stay.h"
#include "services/applicant/change_proposal.h"
#include "services/applicant/steps.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant::test {

inline constexpr char kFellowshipName[] = "programmes/test-fellowship";
inline constexpr char kMentorsName[] = "programmes/test-mentors";
inline constexpr char kHost[] = "hosts/CA0194200";
inline const Actor kHostContact{"people/hank", kHost, {options::v1::ROLE_HOST_CONTACT}};
inline const Actor kUniversity{"people/uma", "organisations/university", {options::v1::ROLE_HOST_CONTACT}};

inline programme::v1::AfterStay AllSteps() {
  programme::v1::AfterStay after;
  after.set_report_days(30);
  auto& academic = *after.add_phases();
  academic.set_id("academic");
  academic.set_title("University");
  academic.set_kind(programme::v1::AfterStay::Phase::PARTNER_KIND_ACADEMIC);
  academic.set_partner(kUniversity.organisation);
  academic.set_days(7);
  auto& police = *after.add_phases();
  police.set_id("police");
  police.set_title("Police department");
  police.set_kind(programme::v1::AfterStay::Phase::PARTNER_KIND_POLICE_HOST);
  police.set_days(14);
  auto& law = *after.add_modules();
  law.set_id("rule-of-law");
  law.set_title("Rule of law");
  law.set_mandatory(true);
  auto& service = *after.add_modules();
  service.set_id("community-service");
  service.set_title("Service to the community");
  after.mutable_change_proposal()->add_topics("community-policing");
  after.mutable_change_proposal()->add_topics("evidence-collection");
  after.set_return_days(14);
  after.set_implementation_days(180);
  after.mutable_evaluation()->set_days(90);
  after.mutable_evaluation()->set_evaluator(options::v1::ROLE_ENDORSER);
  for (const char* id : {"procedures-in-use", "training-held"}) {
    after.mutable_evaluation()->add_questions()->set_id(id);
    after.mutable_evaluation()->mutable_questions()->rbegin()->set_title("How far?");
  }
  after.set_mentor_programme(kMentorsName);
  return after;
}

inline const programme::v1::Programme& Fellowship() {
  static const auto& programme = *[] {
    auto* fellowship = new programme::v1::Programme(Inbound());
    fellowship->set_name(kFellowshipName);
    *fellowship->mutable_after_stay() = AllSteps();
    return fellowship;
  }();
  return programme;
}

// To which mentors apply. Nothing follows their stays.
inline programme::v1::Programme MentorsProgramme() {
  programme::v1::Programme programme = Inbound();
  programme.set_name(kMentorsName);
  programme.clear_after_stay();
  return programme;
}

inline v1::CompletePhaseRequest PhaseDone(const std::string& phase) {
  v1::CompletePhaseRequest request;
  request.set_phase(phase);
  return request;
}

inline v1::CompleteModuleRequest ModuleDone(const std::string& module) {
  v1::CompleteModuleRequest request;
  request.set_module(module);
  return request;
}

inline v1::WriteProposalRequest GoodProposal() {
  v1::WriteProposalRequest request;
  request.add_topics("community-policing");
  request.set_text("Officer Miller showed me how to talk to neighbours.");
  auto& titled = *request.add_artefacts();
  titled.set_title("Policy on foot patrols in the old town");
  titled.mutable_artefact()->set_kind(v1::ARTEFACT_KIND_POLICY);
  titled.mutable_artefact()->set_sha256(std::string(64, 'a'));
  titled.mutable_artefact()->set_media_type("application/pdf");
  titled.mutable_artefact()->set_size_bytes(4711);
  return request;
}

inline v1::ReviewProposalRequest Revise() {
  v1::ReviewProposalRequest request;
  request.set_comments("Say who does it.");
  return request;
}

inline v1::ReviewProposalRequest Accept() {
  v1::ReviewProposalRequest request;
  request.set_accept(true);
  return request;
}

inline v1::RecordEvaluationRequest GoodEvaluation() {
  v1::RecordEvaluationRequest request;
  for (const char* question : {"procedures-in-use", "training-held"}) {
    request.add_answers()->set_question(question);
    request.mutable_answers()->rbegin()->set_rating(4);
  }
  request.set_text("Chief Weber keeps to it.");
  return request;
}

// All that the stay itself must bring.
inline void CompleteStay(Story& story) {
  EXPECT_TRUE(story.Do(kCoordinator, PhaseDone("academic")).ok());
  EXPECT_TRUE(story.Do(kCoordinator, PhaseDone("police")).ok());
  EXPECT_TRUE(story.Do(kHostContact, ModuleDone("rule-of-law")).ok());
  EXPECT_TRUE(story.Do(kOfficer, GoodProposal()).ok());
  EXPECT_TRUE(story.Do(kOfficer, v1::SubmitProposalRequest()).ok());
}

// A fellow's story that stands in `state`; a stay that is over was complete.
inline Story FellowIn(v1::Application::State state, const programme::v1::AfterStay& asked = AllSteps()) {
  using App = v1::Application;
  const bool early = state < App::STATE_STARTED || (state > App::STATE_CLOSED && state < App::STATE_RETURNED);
  Story story = StoryIn(early ? state : App::STATE_CLEARED, GoodMember(), Fellowship());
  if (early) return story;
  *story.programme.mutable_after_stay() = asked;
  story.now = Noon("2026-07-06");
  EXPECT_TRUE(story.Start().ok());
  CompleteStay(story);
  if (state == App::STATE_STARTED) return story;
  if (state == App::STATE_SUSPENDED) return story.Hear(Compliance::Lost()), story;
  story.Pass(Noon("2026-07-27"));
  if (state == App::STATE_ENDED) return story;
  EXPECT_TRUE(story.Do(kOfficer, v1::RecordReturnRequest()).ok());
  if (state == App::STATE_RETURNED) return story;
  story.now = Noon("2026-08-10");
  EXPECT_TRUE(story.Do(kSection, v1::BeginImplementationRequest()).ok());
  if (state == App::STATE_IMPLEMENTING) return story;
  story.now = Noon("2026-12-01");
  EXPECT_TRUE(story.Do(kSection, v1::CompleteImplementationRequest()).ok());
  if (state == App::STATE_IMPLEMENTED) return story;
  EXPECT_TRUE(story.Do(kSection, GoodEvaluation()).ok());
  EXPECT_TRUE(story.Do(kOfficer, v1::SubmitReportRequest()).ok());
  EXPECT_TRUE(story.Do(kCoordinator, Accept()).ok());
  return story;
}

// A fellow whose stay has begun; nothing of it is complete.
inline Story NewFellow(const programme::v1::AfterStay& asked = AllSteps()) {
  Story story = StoryIn(v1::Application::STATE_CLEARED, GoodMember(), Fellowship());
  *story.programme.mutable_after_stay() = asked;
  story.now = Noon("2026-07-06");
  EXPECT_TRUE(story.Start().ok());
  return story;
}

}  // namespace amikeco::applicant::test

#endif  // AMIKECO_SERVICES_APPLICANT_TEST_STEPS_H_
