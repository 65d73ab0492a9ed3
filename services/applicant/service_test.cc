#include "services/applicant/service.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::kCoordinator;
using test::kOfficer;
using test::kOtherSection;
using test::kSection;
using test::kSystem;
using test::Matching;
using test::Noon;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr char kMember[] = "members/M-17";
constexpr char kApplication[] = "applications/A-1";
constexpr char kUuid[] = "0f5e3c1e-2b7a-4f0e-9a64-6a1f0c3d2b11";

class ApplicantServiceTest : public test::ServiceTest {
 protected:
  template <typename Request>
  Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  absl::StatusOr<App> Start(const Actor& actor = kOfficer, const std::string& request_id = "") {
    auto request = Named<v1::StartStayRequest>(kApplication);
    request.set_request_id(request_id);
    return Ask<App>(actor, "StartStay", request);
  }
  v1::RecordProfileRequest ProfileOf(const std::string& family_name) {
    auto request = Named<v1::RecordProfileRequest>(kMember);
    request.mutable_profile()->set_given_name("Anna");
    request.mutable_profile()->set_family_name(family_name);
    return request;
  }
};

TEST_F(ApplicantServiceTest, TakesAnApplicationThroughItsWholeLife) {
  Register("M-17");
  ASSERT_TRUE(Submit("A-1").ok());
  EXPECT_EQ(Get(kApplication).state(), App::STATE_AWAITING_ENDORSEMENT);
  Endorse(kMember);
  EXPECT_EQ(Get(kApplication).state(), App::STATE_IN_MATCHING) << "moved on in the same transaction (A0-03)";
  Clear("A-1");
  EXPECT_EQ(Get(kApplication).state(), App::STATE_CLEARED);
  clock_.AdvanceTo(Noon("2026-07-06"));
  const auto started = Start();
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->start().clearance_version(), 12);
  clock_.AdvanceTo(Noon("2026-07-27"));
  ASSERT_TRUE(TickAll().ok());
  EXPECT_EQ(Get(kApplication).state(), App::STATE_ENDED);
  auto report = Named<v1::SubmitReportRequest>(kApplication);
  report.set_text("Night shifts with Officer Miller.");
  ASSERT_TRUE(Ask<App>(kOfficer, "SubmitReport", report).ok());
  EXPECT_EQ(Get(kApplication).state(), App::STATE_CLOSED);
  const auto text = Ask<v1::Report>(kCoordinator, "GetReport", Named<v1::GetReportRequest>(kApplication));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->text(), "Night shifts with Officer Miller.");
  ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), kApplication);
  ExpectFoldIsRecord<v1::Member, v1::MemberFact>(Members(), kMember);
}

// A3-09
TEST_F(ApplicantServiceTest, ShowsRecordsToTheirPartiesAndToNobodyElse) {
  Register("M-17");
  Register("M-90", kOtherSection);
  ASSERT_TRUE(Submit("A-1").ok());
  const Actor other_officer{"members/M-90", "sections/DE", {options::v1::ROLE_OFFICER}};
  for (const Actor& actor : {kOfficer, kSection, kCoordinator, kSystem}) {
    EXPECT_TRUE(Ask<App>(actor, "GetApplication", Named<v1::GetApplicationRequest>(kApplication)).ok())
        << actor.subject;
  }
  for (const Actor& actor : {kOtherSection, other_officer}) {
    const auto hidden = Ask<App>(actor, "GetApplication", Named<v1::GetApplicationRequest>(kApplication));
    const auto missing = Ask<App>(actor, "GetApplication", Named<v1::GetApplicationRequest>("applications/none"));
    EXPECT_TRUE(absl::IsNotFound(hidden.status())) << hidden.status();
    EXPECT_EQ(ReasonOf(hidden.status()), ReasonOf(missing.status()));
    const auto withdrawn = Ask<App>(actor, "WithdrawApplication", Named<v1::WithdrawApplicationRequest>(kApplication));
    EXPECT_TRUE(absl::IsNotFound(withdrawn.status())) << withdrawn.status();
    const auto list = Ask<v1::ListApplicationsResponse>(actor, "ListApplications", v1::ListApplicationsRequest());
    ASSERT_TRUE(list.ok()) << list.status();
    EXPECT_THAT(list->applications(), IsEmpty());
  }
  EXPECT_TRUE(absl::IsNotFound(Submit("A-2", kMember, kOtherSection).status()));
  EXPECT_TRUE(
      absl::IsNotFound(Ask<v1::Member>(kOtherSection, "GetMember", Named<v1::GetMemberRequest>(kMember)).status()));
}

// A3-09
TEST_F(ApplicantServiceTest, RegistersOnlyForTheOwnSectionOrRegion) {
  v1::RegisterMemberRequest request;
  request.set_member_id("M-17");
  request.set_section("sections/DE");
  *request.mutable_membership() = test::GoodMember().membership();
  request.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  const auto foreign = Ask<v1::Member>(kOtherSection, "RegisterMember", request);
  EXPECT_EQ(ReasonOf(foreign.status()), "NOT_YOUR_SECTION");
  ASSERT_TRUE(Ask<v1::Member>(kSection, "RegisterMember", request).ok());
  EXPECT_EQ(ReasonOf(Ask<v1::Member>(kSection, "RegisterMember", request).status()), "MEMBER_EXISTS");
  *request.mutable_membership()->mutable_until() = test::Date("1999-01-01");
  request.set_member_id("M-18");
  EXPECT_TRUE(absl::IsInvalidArgument(Ask<v1::Member>(kSection, "RegisterMember", request).status()));
}

// A0-03
TEST_F(ApplicantServiceTest, LetsARegionEndorseItsMemberButNotAMemberHimself) {
  v1::RegisterMemberRequest request;
  request.set_member_id("M-17");
  request.set_section("sections/US");
  request.set_region("regions/US-9");
  *request.mutable_membership() = test::GoodMember().membership();
  request.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  const Actor region{"people/rita", "regions/US-9", {options::v1::ROLE_ENDORSER}};
  ASSERT_TRUE(Ask<v1::Member>(region, "RegisterMember", request).ok());
  const Actor self{kMember, "regions/US-9", {options::v1::ROLE_ENDORSER}};
  const auto refused = Ask<v1::Member>(self, "EndorseMember", Named<v1::EndorseMemberRequest>(kMember));
  EXPECT_EQ(ReasonOf(refused.status()), "SECOND_PERSON_NEEDED");
  const auto endorsed = Ask<v1::Member>(region, "EndorseMember", Named<v1::EndorseMemberRequest>(kMember));
  ASSERT_TRUE(endorsed.ok()) << endorsed.status();
  EXPECT_EQ(endorsed->endorsement().section(), "regions/US-9");
  EXPECT_EQ(endorsed->endorsement().endorser(), "people/rita");
}

TEST_F(ApplicantServiceTest, AllowsOneOpenApplicationPerMemberAndProgramme) {
  Register("M-17");
  ASSERT_TRUE(Submit("A-1").ok());
  const auto second = Submit("A-2");
  EXPECT_EQ(ReasonOf(second.status()), "ACTIVE_APPLICATION_EXISTS");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(second.status())->metadata().at("application"), kApplication);
  ASSERT_TRUE(Ask<App>(kOfficer, "WithdrawApplication", Named<v1::WithdrawApplicationRequest>(kApplication)).ok());
  EXPECT_TRUE(Submit("A-2").ok());
  EXPECT_EQ(ReasonOf(Submit("A-1").status()), "APPLICATION_EXISTS");
}

TEST_F(ApplicantServiceTest, LetsAnIneligibleApplicationBeFollowedByABetterOne) {
  Register("M-17");
  v1::SubmitApplicationRequest request = test::GoodRequest();
  request.set_application_id("A-1");
  *request.mutable_wishes()->mutable_earliest_start() = test::Date("2026-05-01");
  const auto ineligible = Ask<App>(kOfficer, "SubmitApplication", request);
  ASSERT_TRUE(ineligible.ok()) << ineligible.status();
  EXPECT_EQ(ineligible->state(), App::STATE_INELIGIBLE);
  ASSERT_TRUE(Submit("A-2").ok());
  auto override_rule = Named<v1::OverrideRuleRequest>(kApplication);
  override_rule.set_rule("notice");
  override_rule.set_reason("late, but possible");
  const auto refused = Ask<App>(kCoordinator, "OverrideRule", override_rule);
  EXPECT_EQ(ReasonOf(refused.status()), "ACTIVE_APPLICATION_EXISTS") << refused.status();
  EXPECT_EQ(Get(kApplication).state(), App::STATE_INELIGIBLE) << "nothing of a refused command remains";
}

TEST_F(ApplicantServiceTest, AnswersARepeatedRequestAsBeforeAndAnotherPayloadNot) {
  Register("M-17");
  v1::SubmitApplicationRequest request = test::GoodRequest();
  request.set_request_id(kUuid);
  const auto first = Ask<App>(kOfficer, "SubmitApplication", request);
  ASSERT_TRUE(first.ok()) << first.status();
  clock_.Advance(absl::Hours(3));
  const auto again = Ask<App>(kOfficer, "SubmitApplication", request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  request.mutable_wishes()->set_stay_days(14);
  EXPECT_EQ(ReasonOf(Ask<App>(kOfficer, "SubmitApplication", request).status()), "REQUEST_ID_REUSED");
}

TEST_F(ApplicantServiceTest, ChangesOnlyTheVersionThatTheCallerRead) {
  Register("M-17");
  const auto submitted = Submit("A-1");
  ASSERT_TRUE(submitted.ok());
  Endorse(kMember);
  auto withdraw = Named<v1::WithdrawApplicationRequest>(kApplication);
  withdraw.set_etag(submitted->etag());
  const auto stale = Ask<App>(kOfficer, "WithdrawApplication", withdraw);
  EXPECT_TRUE(absl::IsAborted(stale.status())) << stale.status();
  EXPECT_EQ(ReasonOf(stale.status()), "ETAG_MISMATCH");
  withdraw.set_etag(Get(kApplication).etag());
  EXPECT_TRUE(Ask<App>(kOfficer, "WithdrawApplication", withdraw).ok());
}

TEST_F(ApplicantServiceTest, ChecksAndValidatesWithoutAnyEffect) {
  Register("M-17");
  v1::CheckEligibilityRequest check;
  check.set_member(kMember);
  check.set_programme(test::kInboundName);
  *check.mutable_wishes() = test::GoodWishes();
  const auto answer = Ask<v1::CheckEligibilityResponse>(kOfficer, "CheckEligibility", check);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->eligible());
  EXPECT_FALSE(answer->endorsed());
  v1::SubmitApplicationRequest request = test::GoodRequest();
  request.clear_declarations();
  request.set_validate_only(true);
  const auto dry = Ask<App>(kOfficer, "SubmitApplication", request);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(dry->state(), App::STATE_INELIGIBLE);
  ASSERT_EQ(dry->rule_results_size(), answer->results_size());
  for (int i = 0; i < answer->results_size(); ++i) {
    EXPECT_EQ(answer->results(i).SerializeAsString(), dry->rule_results(i).SerializeAsString());
  }
  const auto list = Ask<v1::ListApplicationsResponse>(kSection, "ListApplications", v1::ListApplicationsRequest());
  ASSERT_TRUE(list.ok());
  EXPECT_THAT(list->applications(), IsEmpty());
}

// A5-02
TEST_F(ApplicantServiceTest, FailsClosedWhenTheGateCannotBeRead) {
  Register("M-17");
  Endorse(kMember);
  ASSERT_TRUE(Submit("A-1").ok());
  Clear("A-1");
  clock_.AdvanceTo(Noon("2026-07-06"));
  for (const absl::Status& failure : {absl::UnavailableError("no route"), absl::DeadlineExceededError("slow"),
                                      absl::InternalError("oops"), absl::PermissionDeniedError("who?")}) {
    gate_.status = failure;
    const auto refused = Start();
    EXPECT_TRUE(absl::IsUnavailable(refused.status())) << refused.status();
    EXPECT_EQ(ReasonOf(refused.status()), "START_GATE_UNAVAILABLE");
    EXPECT_EQ(Get(kApplication).state(), App::STATE_CLEARED);
  }
  EXPECT_LE(gate_.options.timeout, absl::Seconds(2));
  EXPECT_GT(gate_.options.timeout, absl::ZeroDuration());
}

// A5-02: what the applicant service was told before does not count; what compliance says now does.
TEST_F(ApplicantServiceTest, ReadsTheClearanceFreshAndNamesWhatIsOpen) {
  Register("M-17");
  Endorse(kMember);
  ASSERT_TRUE(Submit("A-1").ok());
  Clear("A-1");
  clock_.AdvanceTo(Noon("2026-07-06"));
  gate_.clearance.set_cleared(false);
  auto& open = *gate_.clearance.add_open_items();
  open.set_item("health-cover");
  open.set_mandatory(true);
  gate_.clearance.add_open_items()->set_item("media-consent");
  const auto refused = Start();
  EXPECT_EQ(ReasonOf(refused.status()), "NOT_CLEARED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(refused.status())->metadata().at("open_items"), "health-cover");
  gate_.status = absl::NotFoundError("no clearance");
  EXPECT_EQ(ReasonOf(Start().status()), "NOT_CLEARED");
}

// A5-02, A5-06: compliance may not have heard yet that the place was agreed anew.
TEST_F(ApplicantServiceTest, DoesNotStartOnTheClearanceOfAnEarlierAgreement) {
  Register("M-17");
  Endorse(kMember);
  ASSERT_TRUE(Submit("A-1").ok());
  Clear("A-1");
  clock_.AdvanceTo(Noon("2026-07-06"));
  auto& lead = *gate_.clearance.mutable_legs(0);
  const matching::v1::Leg agreed = lead;
  lead.set_host("hosts/OTHER");
  EXPECT_EQ(Start().status().code(), absl::StatusCode::kAborted);
  lead = agreed;
  *lead.mutable_end() = test::Date("2026-07-20");
  EXPECT_EQ(Start().status().code(), absl::StatusCode::kAborted);
  gate_.clearance.clear_legs();
  EXPECT_EQ(Start().status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Get(kApplication).state(), App::STATE_CLEARED);
  *gate_.clearance.add_legs() = agreed;
  EXPECT_TRUE(Start().ok());
}

// A5-02: who is refused hears which items are open as compliance has it now, not as it was told last.
TEST_F(ApplicantServiceTest, NamesTheOpenItemsOfAStayThatIsNotYetCleared) {
  Register("M-17");
  Endorse(kMember);
  ASSERT_TRUE(Submit("A-1").ok());
  Clear("A-1");
  ASSERT_TRUE(Hear("clearances/A-1", test::Compliance::Revoked()).ok());
  clock_.AdvanceTo(Noon("2026-07-06"));
  gate_.clearance.set_cleared(false);
  auto& open = *gate_.clearance.add_open_items();
  open.set_item("liability-waiver/1");
  open.set_mandatory(true);
  const auto items = [&] { return DetailOf<google::rpc::ErrorInfo>(Start().status())->metadata().at("open_items"); };
  EXPECT_EQ(items(), "liability-waiver/1");
  gate_.clearance.set_state(compliance::v1::Clearance::STATE_REVOKED);
  EXPECT_EQ(items(), "revoked,liability-waiver/1");
  gate_.status = absl::UnavailableError("no route");
  EXPECT_EQ(items(), "revoked") << "what was told last";
  gate_.status = absl::OkStatus();
  gate_.clearance.set_cleared(true);
  EXPECT_EQ(Start().status().code(), absl::StatusCode::kAborted) << "cleared, and not yet heard of";
  EXPECT_EQ(Get(kApplication).state(), App::STATE_AGREED);
}

// A0-31: the agency that offers itself does not decide about its own offer.
TEST_F(ApplicantServiceTest, LeavesOffersToTheOperatorsCoordinator) {
  const Actor contact{
      "people/hank", "hosts/CA0194200", {options::v1::ROLE_HOST_CONTACT, options::v1::ROLE_COORDINATOR}};
  v1::OfferToHostRequest request;
  request.set_programme(test::kInboundName);
  request.set_kind(v1::OFFER_KIND_HOST_AGENCY);
  request.set_host("hosts/CA0194200");
  *request.mutable_first_day() = test::Date("2026-06-01");
  *request.mutable_last_day() = test::Date("2026-09-30");
  request.set_capacity(2);
  const auto offer = Ask<v1::HostingOffer>(contact, "OfferToHost", request);
  ASSERT_TRUE(offer.ok()) << offer.status();
  auto decision = Named<v1::DecideHostingOfferRequest>(offer->name());
  decision.set_accept(true);
  EXPECT_EQ(ReasonOf(Ask<v1::HostingOffer>(contact, "DecideHostingOffer", decision).status()), "NOT_YOUR_PROGRAMME");
}

TEST_F(ApplicantServiceTest, AnswersARepeatedStartEvenWhileTheGateIsAway) {
  Register("M-17");
  Endorse(kMember);
  ASSERT_TRUE(Submit("A-1").ok());
  Clear("A-1");
  clock_.AdvanceTo(Noon("2026-07-06"));
  const auto first = Start(kOfficer, kUuid);
  ASSERT_TRUE(first.ok()) << first.status();
  gate_.status = absl::UnavailableError("gone");
  const auto again = Start(kOfficer, kUuid);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(ReasonOf(Start().status()), "NOT_POSSIBLE_IN_STATE");
  EXPECT_EQ(gate_.calls, 1) << "a start that is not possible does not ask";
}

// A5-05
TEST_F(ApplicantServiceTest, KeepsThePersonOutOfRecordsFactsAndAnswers) {
  Register("M-17");
  auto request = ProfileOf("Weberknecht-Canary");
  request.set_request_id(kUuid);
  const auto member = Ask<v1::Member>(kOfficer, "RecordProfile", request);
  ASSERT_TRUE(member.ok()) << member.status();
  EXPECT_EQ(member->profile_version(), 1);
  EXPECT_THAT(EverythingStored(), Not(HasSubstr("Weberknecht-Canary")));
  const auto profile = Ask<v1::Profile>(kSection, "GetProfile", Named<v1::GetProfileRequest>(kMember));
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->family_name(), "Weberknecht-Canary");
}

// A5-05
TEST_F(ApplicantServiceTest, ShowsAProfileToAnOperatorOnlyOnceTheMemberApplied) {
  Register("M-17");
  ASSERT_TRUE(Ask<v1::Member>(kOfficer, "RecordProfile", ProfileOf("Weber")).ok());
  const auto get = [&](const Actor& actor) {
    return Ask<v1::Profile>(actor, "GetProfile", Named<v1::GetProfileRequest>(kMember)).status();
  };
  EXPECT_TRUE(absl::IsNotFound(get(kCoordinator)));
  ASSERT_TRUE(Submit("A-1").ok());
  EXPECT_TRUE(get(kCoordinator).ok());
  EXPECT_TRUE(absl::IsNotFound(get(kOtherSection)));
}

// A5-05
TEST_F(ApplicantServiceTest, ErasesThePersonForGoodButNotDuringAnApplication) {
  Register("M-17");
  ASSERT_TRUE(Ask<v1::Member>(kOfficer, "RecordProfile", ProfileOf("Weber")).ok());
  ASSERT_TRUE(Submit("A-1").ok());
  const auto erase = Named<v1::EraseMemberRequest>(kMember);
  EXPECT_EQ(ReasonOf(Ask<v1::Member>(kOfficer, "EraseMember", erase).status()), "ACTIVE_APPLICATION_EXISTS");
  ASSERT_TRUE(Ask<App>(kOfficer, "WithdrawApplication", Named<v1::WithdrawApplicationRequest>(kApplication)).ok());
  EXPECT_THAT(Ask<v1::Member>(kOfficer, "GetMember", Named<v1::GetMemberRequest>(kMember))->kept(), IsEmpty());
  ASSERT_TRUE(Ask<v1::Member>(kOfficer, "EraseMember", erase).ok());
  const auto profile = Ask<v1::Profile>(kSection, "GetProfile", Named<v1::GetProfileRequest>(kMember));
  EXPECT_EQ(ReasonOf(profile.status()), "MEMBER_IS_ERASED");
  EXPECT_EQ(ReasonOf(Ask<v1::Member>(kOfficer, "RecordProfile", ProfileOf("Again")).status()), "MEMBER_IS_ERASED");
  EXPECT_EQ(ReasonOf(Submit("A-2").status()), "MEMBER_IS_ERASED");
  EXPECT_EQ(Get(kApplication).state(), App::STATE_WITHDRAWN) << "ids and decisions stay";
}

// A3-04, A5-05
TEST_F(ApplicantServiceTest, TellsWhoeverErasesAPersonWhatIsKeptWhyAndUntilWhen) {
  Register("M-17");
  const auto erased = Ask<v1::Member>(kSection, "EraseMember", Named<v1::EraseMemberRequest>(kMember));
  ASSERT_TRUE(erased.ok()) << erased.status();
  std::map<std::string, ops::v1::KeptDocument> kept;
  for (const auto& document : erased->kept()) kept[document.document()] = document;
  EXPECT_FALSE(kept.contains("amikeco.applicant.v1.Profile"));
  const auto& notification = kept["amikeco.compliance.v1.NotificationContent"];
  EXPECT_EQ(notification.basis(), ops::v1::RetentionRule::BASIS_FOREVER);
  EXPECT_EQ(notification.policy(), policy_.id());
  EXPECT_THAT(notification.reason(), HasSubstr("stored for record keeping"));
  const auto& price = kept["amikeco.applicant.v1.PriceTerms"];
  EXPECT_EQ(price.basis(), ops::v1::RetentionRule::BASIS_WRITTEN);
  EXPECT_EQ(price.keep_days(), 3652);

  const auto later = Ask<v1::Member>(kSection, "GetMember", Named<v1::GetMemberRequest>(kMember));
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->DebugString(), erased->DebugString()) << "it can be read again";
  ExpectFoldIsRecord<v1::Member, v1::MemberFact>(Members(), kMember);
}

TEST_F(ApplicantServiceTest, ListsByPartyStateProgrammeAndMemberInPages) {
  for (int i = 0; i < 5; ++i) {
    Register(absl::StrCat("M-", i));
    clock_.Advance(absl::Minutes(1));
    ASSERT_TRUE(Submit(absl::StrCat("A-", i), absl::StrCat("members/M-", i)).ok());
  }
  Endorse("members/M-3");
  const auto names = [&](const Actor& actor, v1::ListApplicationsRequest request) {
    std::vector<std::string> names;
    do {
      const auto page = Ask<v1::ListApplicationsResponse>(actor, "ListApplications", request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& application : page->applications()) names.push_back(application.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  };
  v1::ListApplicationsRequest all;
  all.set_page_size(2);
  EXPECT_THAT(names(kCoordinator, all), ElementsAre("applications/A-0", "applications/A-1", "applications/A-2",
                                                    "applications/A-3", "applications/A-4"));
  EXPECT_THAT(names(kSystem, all), UnorderedElementsAre("applications/A-0", "applications/A-1", "applications/A-2",
                                                        "applications/A-3", "applications/A-4"));
  v1::ListApplicationsRequest in_matching;
  in_matching.set_state(App::STATE_IN_MATCHING);
  EXPECT_THAT(names(kSection, in_matching), ElementsAre("applications/A-3"));
  v1::ListApplicationsRequest of_member;
  of_member.set_member("members/M-2");
  EXPECT_THAT(names(kSection, of_member), ElementsAre("applications/A-2"));
  of_member.set_state(App::STATE_IN_MATCHING);
  EXPECT_THAT(names(kSection, of_member), IsEmpty());
  v1::ListApplicationsRequest outbound;
  outbound.set_programme(test::kOutboundName);
  EXPECT_THAT(names(kSection, outbound), IsEmpty());
  const Actor officer{"members/M-1", "sections/DE", {options::v1::ROLE_OFFICER}};
  EXPECT_THAT(names(officer, all), ElementsAre("applications/A-1"));
  const auto members = Ask<v1::ListMembersResponse>(kSection, "ListMembers", v1::ListMembersRequest());
  ASSERT_TRUE(members.ok());
  EXPECT_EQ(members->members_size(), 5);
  v1::ListApplicationsRequest wrong_token;
  wrong_token.set_page_token("nonsense");
  EXPECT_TRUE(
      absl::IsInvalidArgument(Ask<v1::ListApplicationsResponse>(kSection, "ListApplications", wrong_token).status()));
}

// A0-03
TEST_F(ApplicantServiceTest, LapsesWithoutEndorsementAndThenStaysLapsed) {
  Register("M-17");
  ASSERT_TRUE(Submit("A-1").ok());
  clock_.AdvanceTo(Noon("2026-03-04"));
  ASSERT_TRUE(TickAll().ok());
  EXPECT_EQ(Get(kApplication).state(), App::STATE_AWAITING_ENDORSEMENT) << "the last day counts";
  clock_.AdvanceTo(Noon("2026-03-05"));
  ASSERT_TRUE(TickAll().ok());
  EXPECT_EQ(Get(kApplication).state(), App::STATE_LAPSED);
  Endorse(kMember);
  EXPECT_EQ(Get(kApplication).state(), App::STATE_LAPSED);
  ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), kApplication);
}

TEST_F(ApplicantServiceTest, AcknowledgesFactsOfApplicationsItDoesNotKnowAndOfTypesItDoesNotFollow) {
  EXPECT_TRUE(absl::IsNotFound(Hear("placements/none", Matching::Opened(1))));
  EXPECT_TRUE(Hear("hosts/CA0194200", matching::v1::HostFact()).ok());
}

TEST_F(ApplicantServiceTest, ExplainsWhereAnApplicationStands) {
  Register("M-17");
  ASSERT_TRUE(Submit("A-1").ok());
  const auto explanation = Ask<v1::ApplicationExplanation>(kOfficer, "ExplainApplication",
                                                           Named<v1::ExplainApplicationRequest>(kApplication));
  ASSERT_TRUE(explanation.ok()) << explanation.status();
  EXPECT_THAT(explanation->summary(), HasSubstr("endorsement"));
  EXPECT_THAT(explanation->possible_commands(),
              ElementsAre("AdoptProgramme", "OverrideRule", "ChangeWishes", "CompleteTask", "WithdrawApplication",
                          "CancelApplication"));
}

// A0-31
TEST_F(ApplicantServiceTest, TakesOffersFromHostsAndLetsTheOperatorDecide) {
  const Actor contact{"people/hank", "hosts/CA0194200", {options::v1::ROLE_HOST_CONTACT}};
  const Actor other_host{"people/hal", "hosts/TX0000000", {options::v1::ROLE_HOST_CONTACT}};
  v1::OfferToHostRequest request;
  request.set_programme(test::kInboundName);
  request.set_kind(v1::OFFER_KIND_HOST_AGENCY);
  request.set_host("hosts/CA0194200");
  *request.mutable_first_day() = test::Date("2026-06-01");
  *request.mutable_last_day() = test::Date("2026-09-30");
  request.set_capacity(2);
  const auto offer = Ask<v1::HostingOffer>(contact, "OfferToHost", request);
  ASSERT_TRUE(offer.ok()) << offer.status();
  EXPECT_TRUE(absl::IsNotFound(
      Ask<v1::HostingOffer>(other_host, "GetHostingOffer", Named<v1::GetHostingOfferRequest>(offer->name())).status()));
  v1::ListHostingOffersRequest received;
  received.set_state(v1::HostingOffer::STATE_RECEIVED);
  const auto list = Ask<v1::ListHostingOffersResponse>(kCoordinator, "ListHostingOffers", received);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->hosting_offers_size(), 1);
  auto decision = Named<v1::DecideHostingOfferRequest>(offer->name());
  decision.set_accept(true);
  const auto accepted = Ask<v1::HostingOffer>(kCoordinator, "DecideHostingOffer", decision);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), v1::HostingOffer::STATE_ACCEPTED);
  ExpectFoldIsRecord<v1::HostingOffer, v1::HostingOfferFact>(HostingOffers(), offer->name());
}

// A0-32
TEST_F(ApplicantServiceTest, ShowsProgrammesToEverybody) {
  const auto list = Ask<v1::ListProgrammesResponse>(kOfficer, "ListProgrammes", v1::ListProgrammesRequest());
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->programmes_size(), static_cast<int>(test::RealProgrammes().Latest().size()));
  auto request = Named<v1::GetProgrammeRequest>(test::kInboundName);
  EXPECT_TRUE(Ask<programme::v1::Programme>(kOfficer, "GetProgramme", request).ok());
  request.set_version(99);
  EXPECT_TRUE(absl::IsNotFound(Ask<programme::v1::Programme>(kOfficer, "GetProgramme", request).status()));
}

}  // namespace
}  // namespace amikeco::applicant
