#include "services/applicant/disclosure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant::test {
namespace {

using options::v1::Disclosure;
using options::v1::DisclosureClass;
using options::v1::WithholdingReason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr DisclosureClass kPublic = options::v1::DISCLOSURE_CLASS_PUBLIC;
constexpr DisclosureClass kPartner = options::v1::DISCLOSURE_CLASS_PARTNER;
constexpr DisclosureClass kRestricted = options::v1::DISCLOSURE_CLASS_RESTRICTED;
constexpr WithholdingReason kNoReason = options::v1::WITHHOLDING_REASON_UNSPECIFIED;
constexpr WithholdingReason kSafety = options::v1::WITHHOLDING_REASON_SAFETY_OF_DEPLOYED;
constexpr WithholdingReason kDuty = options::v1::WITHHOLDING_REASON_CONFIDENTIALITY_DUTY;

v1::SetDisclosureRequest Request(DisclosureClass disclosure_class, WithholdingReason reason,
                                 const std::string& name = "applications/A-1") {
  v1::SetDisclosureRequest request;
  request.set_name(name);
  request.set_disclosure_class(disclosure_class);
  request.set_reason(reason);
  return request;
}

programme::v1::Programme Restricted() {
  programme::v1::Programme programme = Inbound();
  programme.mutable_disclosure()->set_default_class(kRestricted);
  programme.mutable_disclosure()->set_default_reason(kDuty);
  return programme;
}

std::vector<std::string> Paths(const Disclosure& disclosure) {
  std::vector<std::string> paths;
  for (const auto& withheld : disclosure.withheld()) paths.push_back(withheld.path());
  return paths;
}

absl::StatusOr<std::vector<v1::ApplicationFact>> Set(const v1::Application& application, const Actor& actor,
                                                     const v1::SetDisclosureRequest& request) {
  return Decide(application, request, DisclosureCircumstance{Noon(kReceived), actor, Inbound()});
}

// A3-13
TEST(Decide, SetsAClassWithItsReasonItsInsidersAndWhoSetItWhen) {
  Story story;
  ASSERT_TRUE(story.Submit().ok());
  const auto facts = Set(story.application, kCoordinator, Request(kRestricted, kSafety));
  ASSERT_TRUE(facts.ok()) << facts.status();
  ASSERT_THAT(FactNames(*facts), ElementsAre("disclosure_set"));
  const Disclosure disclosure = Evolve(story.application, facts->front()).disclosure();
  EXPECT_EQ(disclosure.disclosure_class(), kRestricted);
  EXPECT_EQ(disclosure.reason(), kSafety);
  EXPECT_EQ(disclosure.set_by(), "people/carl");
  EXPECT_EQ(ToTime(disclosure.set_time()), Noon(kReceived));
  EXPECT_THAT(disclosure.insiders(), ElementsAre("members/M-17", "organisations/ipa-us"));
}

// A3-13
TEST(Decide, AsksForAReasonWhereDetailsAreWithheldAndForNoneWhereTheyAreNot) {
  const struct {
    DisclosureClass disclosure_class;
    WithholdingReason reason;
    const char* wrong;
  } kCases[] = {
      {kRestricted, kSafety, ""},
      {kRestricted, options::v1::WITHHOLDING_REASON_CAPABILITY_VULNERABILITY, ""},
      {kRestricted, kDuty, ""},
      {kRestricted, options::v1::WITHHOLDING_REASON_PROTECTION_OF_CITIZENS, ""},
      {kRestricted, kNoReason, "reason: is missing"},
      {kPartner, kNoReason, ""},
      {kPartner, kDuty, ""},
      {kPublic, kNoReason, ""},
      {kPublic, kDuty, "reason: must be left out"},
  };
  Story story;
  ASSERT_TRUE(story.Submit().ok());
  for (const auto& one : kCases) {
    const auto facts = Set(story.application, kCoordinator, Request(one.disclosure_class, one.reason));
    EXPECT_THAT(std::string(facts.status().message()), HasSubstr(one.wrong));
    EXPECT_EQ(facts.ok(), *one.wrong == '\0') << one.disclosure_class << " " << one.reason;
  }
}

TEST(Decide, LetsTheOperatorsCoordinatorAloneSetIt) {
  Story story;
  ASSERT_TRUE(story.Submit().ok());
  const Actor section_coordinator{"people/cleo", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  for (const Actor& actor : {kOfficer, kSection, section_coordinator}) {
    const auto facts = Set(story.application, actor, Request(kPublic, kNoReason));
    EXPECT_EQ(ReasonOf(facts.status()), "NOT_YOUR_PROGRAMME") << actor.subject;
  }
}

TEST(Decide, ChangesNothingWhenItIsSetSoAlready) {
  Story story(GoodMember(), Restricted());
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_THAT(*Set(story.application, kCoordinator, Request(kRestricted, kDuty)), IsEmpty());
  EXPECT_THAT(*Set(story.application, kCoordinator, Request(kRestricted, kSafety)), Not(IsEmpty()));
}

// A3-13
TEST(Default, IsOfTheProgrammeAndTravelsToMatching) {
  Story story(Endorsed(GoodMember()), Restricted());
  ASSERT_TRUE(story.Submit().ok());
  const Disclosure& disclosure = story.application.disclosure();
  EXPECT_EQ(disclosure.disclosure_class(), kRestricted);
  EXPECT_EQ(disclosure.reason(), kDuty);
  EXPECT_EQ(disclosure.set_by(), kInboundName);
  EXPECT_THAT(disclosure.insiders(), ElementsAre("members/M-17", "organisations/ipa-us"));
  ASSERT_EQ(FactNames(story.history).back(), "matching_opened");
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(story.history.back().matching_opened().disclosure(),
                                                                 disclosure));
}

TEST(Default, IsNoneWhereTheProgrammeHasNone) {
  Story story(Endorsed(GoodMember()));
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_FALSE(story.application.has_disclosure());
  EXPECT_FALSE(story.history.back().matching_opened().has_disclosure());
}

// A3-13
TEST(Default, MakesWhoOffersToHostAnInsiderOfTheOffer) {
  v1::OfferToHostRequest request;
  request.set_programme(kInboundName);
  request.set_kind(v1::OFFER_KIND_HOST_AGENCY);
  request.set_host("hosts/A");
  *request.mutable_first_day() = Date("2026-07-01");
  *request.mutable_last_day() = Date("2026-08-01");
  const Actor contact{"people/hank", "hosts/A", {options::v1::ROLE_HOST_CONTACT}};
  const programme::v1::Programme programme = Restricted();
  const auto facts =
      Decide(v1::HostingOffer(), request, OfferCircumstance{Noon(kReceived), contact, programme, "hostingOffers/O-1"});
  ASSERT_TRUE(facts.ok()) << facts.status();
  const v1::HostingOffer offer = Evolve(v1::HostingOffer(), facts->front());
  EXPECT_THAT(offer.disclosure().insiders(), ElementsAre("hosts/A", "organisations/ipa-us"));
  EXPECT_EQ(offer.disclosure().disclosure_class(), kRestricted);
}

class DisclosureService : public ServiceTest {
 protected:
  void SetUp() override {
    Register("M-17");
    Endorse("members/M-17");
    const auto submitted = Submit("A-1");
    ASSERT_TRUE(submitted.ok()) << submitted.status();
  }
  absl::StatusOr<Disclosure> Set(DisclosureClass disclosure_class, WithholdingReason reason,
                                 const std::string& name = "applications/A-1", const Actor& actor = kCoordinator) {
    return Ask<Disclosure>(actor, "SetDisclosure", Request(disclosure_class, reason, name));
  }
};

// A3-13
TEST_F(DisclosureService, TellsPartnersThatSomethingIsWithheldAndWhyAndNotWhat) {
  ASSERT_TRUE(Set(kRestricted, kSafety).ok());
  const v1::Application shown = Get("applications/A-1", kSection);
  EXPECT_EQ(shown.state(), v1::Application::STATE_IN_MATCHING);
  EXPECT_EQ(shown.section(), "sections/DE");
  EXPECT_FALSE(shown.has_wishes());
  EXPECT_FALSE(shown.has_declarations());
  EXPECT_THAT(shown.rule_results(), IsEmpty());
  EXPECT_THAT(Paths(shown.disclosure()), Contains("wishes"));
  EXPECT_THAT(Paths(shown.disclosure()), Not(Contains("clearance"))) << "there is nothing to withhold";
  for (const auto& withheld : shown.disclosure().withheld()) {
    EXPECT_EQ(withheld.reason(), kSafety) << withheld.path();
    EXPECT_EQ(withheld.audience(), options::v1::AUDIENCE_INSIDER) << withheld.path();
  }
}

// A3-13
TEST_F(DisclosureService, ShowsTheOperatorAndTheOfficerEverything) {
  const v1::Application before = Get("applications/A-1");
  ASSERT_TRUE(Set(kRestricted, kSafety).ok());
  for (const Actor& actor : {kOfficer, kCoordinator, kSystem}) {
    v1::Application shown = Get("applications/A-1", actor);
    EXPECT_THAT(shown.disclosure().withheld(), IsEmpty()) << actor.subject;
    shown.clear_disclosure();
    shown.set_etag(before.etag());
    EXPECT_EQ(shown.SerializeAsString(), before.SerializeAsString()) << actor.subject;
  }
}

// A3-13
TEST_F(DisclosureService, WithholdsInListsAndExplanationsAndReportsToo) {
  ASSERT_TRUE(Set(kRestricted, kSafety).ok());
  const auto listed = Ask<v1::ListApplicationsResponse>(kSection, "ListApplications", v1::ListApplicationsRequest());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->applications_size(), 1);
  EXPECT_FALSE(listed->applications(0).has_wishes());
  v1::ExplainApplicationRequest explain;
  explain.set_name("applications/A-1");
  const auto told = Ask<v1::ApplicationExplanation>(kSection, "ExplainApplication", explain);
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(told->rule_results(), IsEmpty());
  EXPECT_EQ(told->state(), v1::Application::STATE_IN_MATCHING);
  EXPECT_THAT(Paths(told->disclosure()), Contains("rule_results"));
  const auto own = Ask<v1::ApplicationExplanation>(kOfficer, "ExplainApplication", explain);
  EXPECT_THAT(own->rule_results(), Not(IsEmpty()));
}

// What is kept for a retry is whole, and is redacted for whom it is answered to.
TEST_F(DisclosureService, WithholdsInTheAnswerToARetry) {
  ASSERT_TRUE(Set(kRestricted, kSafety).ok());
  v1::WithdrawApplicationRequest request;
  request.set_name("applications/A-1");
  request.set_request_id("5f0c7a52-8c1e-4f0e-9d3b-2a64c9d7e1b8");
  for (int i = 0; i < 2; ++i) {
    const auto withdrawn = Ask<v1::Application>(kSection, "WithdrawApplication", request);
    ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
    EXPECT_EQ(withdrawn->state(), v1::Application::STATE_WITHDRAWN);
    EXPECT_FALSE(withdrawn->has_wishes());
  }
  EXPECT_TRUE(Get("applications/A-1").has_wishes()) << "nothing is lost of the record";
  ExpectFoldIsRecord<v1::Application, v1::ApplicationFact>(Applications(), "applications/A-1");
}

// A3-13
TEST_F(DisclosureService, ShowsAllAgainWhenTheClassIsLifted) {
  ASSERT_TRUE(Set(kRestricted, kSafety).ok());
  ASSERT_TRUE(Set(kPartner, kNoReason).ok());
  const v1::Application shown = Get("applications/A-1", kSection);
  EXPECT_TRUE(shown.has_wishes());
  EXPECT_THAT(shown.disclosure().withheld(), IsEmpty());
}

TEST_F(DisclosureService, IsRefusedForRecordsThatTheCallerMayNotSee) {
  const Actor other{"people/olaf", "organisations/other", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(Set(kPublic, kNoReason, "applications/A-1", other).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Set(kPublic, kNoReason, "hostingOffers/O-9").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Set(kPublic, kNoReason, "members/M-17").status().code(), absl::StatusCode::kInvalidArgument);
}

// A3-13
TEST_F(DisclosureService, CoversOffersToHost) {
  v1::OfferToHostRequest request;
  request.set_hosting_offer_id("O-1");
  request.set_programme(kInboundName);
  request.set_kind(v1::OFFER_KIND_HOST_AGENCY);
  request.set_host("hosts/A");
  *request.mutable_first_day() = Date("2026-07-01");
  *request.mutable_last_day() = Date("2026-08-01");
  request.set_capacity(1);
  const Actor contact{"people/hank", "hosts/A", {options::v1::ROLE_HOST_CONTACT}};
  ASSERT_TRUE(Ask<v1::HostingOffer>(contact, "OfferToHost", request).ok());
  const auto set = Set(kRestricted, kDuty, "hostingOffers/O-1");
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(set->insiders(), ElementsAre("hosts/A", "organisations/ipa-us"));
  ExpectFoldIsRecord<v1::HostingOffer, v1::HostingOfferFact>(HostingOffers(), "hostingOffers/O-1");
}

}  // namespace
}  // namespace amikeco::applicant::test
