// Engagement notifications and human-rights assessments through the whole service, and the clearance that follows them.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/test_documents.h"
#include "services/compliance/test_replicas.h"

namespace amikeco::compliance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A3-02: wherever it is held, neither document opens the gate alone.
class DocumentsOfEachMode : public DocumentsTest, public testing::WithParamInterface<DeliveryMode> {};

TEST_P(DocumentsOfEachMode, TheGateOpensWithBothAndWithNothingLess) {
  HearSubmitted({"AM"}, GetParam());
  HearArranged();
  EXPECT_THAT(Open(Gate()), ElementsAre("notification", "assessment"));
  ASSERT_TRUE(Notify({"AM"}, GetParam()).ok());
  EXPECT_THAT(Open(Gate()), ElementsAre("notification", "assessment"));
  ASSERT_TRUE(ReviewNotification(1).ok());
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM"}, GetParam())).ok());
  ASSERT_TRUE(Submit().ok());
  ASSERT_TRUE(Review().ok());
  ASSERT_TRUE(Approve().ok());
  // Approved is not decided (A3-05).
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
  const auto decided = Decide();
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), Assessment::STATE_PROCEEDING);
  const Clearance clearance = Gate();
  EXPECT_TRUE(clearance.cleared());
  EXPECT_EQ(clearance.records(1).document_hash(), decided->content_hash());
  EXPECT_EQ(clearance.records(1).by(), kLead.subject);
  ExpectAllFold();
}

INSTANTIATE_TEST_SUITE_P(AllModes, DocumentsOfEachMode,
                         testing::Values(programme::v1::DELIVERY_MODE_AT_PROVIDER, programme::v1::DELIVERY_MODE_VIRTUAL,
                                         programme::v1::DELIVERY_MODE_AT_RECIPIENT));

// A3-02
TEST_F(DocumentsTest, NobodyRecordsOrVoidsWhatFollowsADocument) {
  Clear();
  const Actor officer{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
  for (const char* item : {"notification", "assessment"}) {
    v1::RecordReviewRequest review;
    review.set_name("clearances/7");
    review.set_item(item);
    review.set_outcome(v1::OUTCOME_SATISFIED);
    EXPECT_EQ(ReasonOf(Ask<Clearance>(officer, "RecordReview", review).status()), "FOLLOWS_DOCUMENT");
    v1::VoidItemRequest void_item;
    void_item.set_name("clearances/7");
    void_item.set_item(item);
    void_item.set_reason("RECORDED_IN_ERROR");
    EXPECT_EQ(ReasonOf(Ask<Clearance>(officer, "VoidItem", void_item).status()), "FOLLOWS_DOCUMENT");
  }
}

// A3-03
TEST_F(DocumentsTest, WhoWroteOrSubmittedReviewsAndApprovesNothing) {
  HearSubmitted();
  ASSERT_TRUE(AssessCountry("AM").ok());
  const Actor everything{
      "people/ann",
      "organisations/office",
      {options::v1::ROLE_ASSESSOR, options::v1::ROLE_COMPLIANCE_OFFICER, options::v1::ROLE_MINISTER}};
  ASSERT_TRUE(Notify({"AM"}, programme::v1::DELIVERY_MODE_VIRTUAL, everything).ok());
  EXPECT_EQ(ReasonOf(ReviewNotification(1, v1::REVIEW_OUTCOME_OK, everything).status()), "OWN_DOCUMENT");
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM"}), everything).ok());
  ASSERT_TRUE(Submit(kLead).ok());
  EXPECT_EQ(ReasonOf(Review(everything).status()), "OWN_DOCUMENT");
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(ReasonOf(Approve(everything).status()), "OWN_DOCUMENT");
  EXPECT_EQ(ReasonOf(Approve(kLead).status()), "OWN_DOCUMENT");  // submitted it
  EXPECT_TRUE(Approve(kOfficial).ok());
}

// A3-01, A3-04
TEST_F(DocumentsTest, NotificationsKeepEveryVersionAndOutcome) {
  Clear();
  v1::WithdrawNotificationRequest withdraw;
  withdraw.set_name("engagementNotifications/7");
  withdraw.set_reason("REQUEST_WITHDRAWN");
  ASSERT_TRUE(Ask<EngagementNotification>(kRequester, "WithdrawNotification", withdraw).ok());
  EXPECT_THAT(Open(Gate()), ElementsAre("notification"));
  EXPECT_EQ(ReasonOf(ReviewNotification(1).status()), "DOCUMENT_NOT_POSSIBLE_IN_STATE");
  ASSERT_TRUE(Notify().ok());
  EXPECT_FALSE(Gate().cleared());
  EXPECT_EQ(ReasonOf(ReviewNotification(1).status()), "CONTENT_CHANGED");
  ASSERT_TRUE(ReviewNotification(2, v1::REVIEW_OUTCOME_DECLINED).ok());
  EXPECT_THAT(Open(Gate()), ElementsAre("notification"));
  ASSERT_TRUE(Notify().ok());
  const auto last = ReviewNotification(3);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_TRUE(Gate().cleared());
  ASSERT_EQ(last->versions_size(), 3);
  EXPECT_TRUE(last->versions(0).has_withdrawn());
  EXPECT_EQ(last->versions(0).reviewed().outcome(), v1::REVIEW_OUTCOME_OK);
  EXPECT_EQ(last->versions(1).reviewed().reason(), "COST_MISSING");
  for (int version = 1; version <= 3; ++version) {
    const auto read = GetNotification(kRequester, version);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->content().recipient_units(0), kSecret);
  }
  EXPECT_EQ(GetNotification(kRequester, 4).status().code(), absl::StatusCode::kNotFound);
  ExpectAllFold();
}

// B1.3 rule 6: who approves goes with the risk.
TEST_F(DocumentsTest, ARungThatIsTooLowDoesNotApprove) {
  HearSubmitted();
  ASSERT_TRUE(AssessCountry("AM").ok());
  v1::AssessmentContent content = ContentFor(policy_, {"AM"});
  Raise(content, "force", v1::LIKELIHOOD_HIGH, v1::RISK_LEVEL_HIGH, v1::CONTRIBUTION_DIRECT);
  Mitigate(content, "force", "promise");
  Consult(content);
  ASSERT_TRUE(Write(content).ok());
  const auto submitted = Submit();
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  EXPECT_TRUE(submitted->judgement().serious_risk());
  EXPECT_EQ(submitted->judgement().approver_level(), "minister");
  EXPECT_EQ(submitted->judgement().policy_version(), 1);
  ASSERT_TRUE(Review().ok());
  for (const Actor& actor : {kLead, kOfficial}) {
    EXPECT_EQ(ReasonOf(Approve(actor).status()), "APPROVER_LEVEL_TOO_LOW");
  }
  const auto approved = Approve(kMinister);
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(approved->approvals(0).approved().level(), "minister");
}

// B1.3 rule 7
TEST_F(DocumentsTest, AnApprovalIsOfWhatWasReadAndEndsWhenItIsWrittenAnew) {
  Clear();
  v1::ApproveAssessmentRequest other;
  other.set_content_hash(std::string(64, '0'));
  *other.mutable_valid_to() = Day("2027-12-31");
  *other.mutable_review_date() = Day("2027-12-31");
  v1::AssessmentContent content = ContentFor(policy_, {"AM"});
  content.set_purpose("A course in leadership, and one in public order.");
  const auto written = Write(content);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->state(), Assessment::STATE_DRAFT);
  EXPECT_EQ(written->approvals(0).void_reason(), "REVISED");
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
  ASSERT_TRUE(Submit().ok());
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(ReasonOf(On(kLead, "ApproveAssessment", other).status()), "CONTENT_CHANGED");
  ASSERT_TRUE(Approve().ok());
  ASSERT_TRUE(Decide().ok());
  EXPECT_TRUE(Gate().cleared());
  // What was written first can still be read.
  EXPECT_EQ(Get(kAuthor, 1)->content().purpose(), "A course in leadership.");
  EXPECT_EQ(Get()->content().purpose(), content.purpose());
  EXPECT_EQ(Get()->approvals_size(), 2);
  ExpectAllFold();
}

// B1.3 rule 8
TEST_F(DocumentsTest, AnApprovalHoldsForAYearAtMostAndHasToCoverEveryDay) {
  HearSubmitted();
  HearArranged();
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Notify().ok());
  ASSERT_TRUE(ReviewNotification(1).ok());
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM"})).ok());
  ASSERT_TRUE(Submit().ok());
  ASSERT_TRUE(Review().ok());
  const absl::Status too_long = Approve(kLead, "2028-01-11").status();
  EXPECT_THAT(too_long.message(), HasSubstr("valid_to"));
  ASSERT_TRUE(Approve(kLead, "2027-03-19").ok());
  ASSERT_TRUE(Decide().ok());
  const Clearance clearance = Gate();
  EXPECT_FALSE(clearance.cleared());
  ASSERT_EQ(clearance.open_items_size(), 1);
  EXPECT_EQ(clearance.open_items(0).reasons(0).explanation(), "Does not cover 2027-03-20 to 2027-03-20.");
}

// A3-19
TEST_F(DocumentsTest, EveryCountryOfTheActivityIsAssessed) {
  HearSubmitted({"AM", "GE"});
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM"})).ok());
  EXPECT_THAT(Submit().status().message(), HasSubstr("content.countries"));
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM", "GE"})).ok());
  EXPECT_EQ(ReasonOf(Submit().status()), "COUNTRY_NOT_ASSESSED");
  ASSERT_TRUE(AssessCountry("GE").ok());
  ASSERT_TRUE(Submit().ok());
  EXPECT_EQ(Get()->basis_size(), 2);
}

// A3-19
TEST_F(DocumentsTest, ANotificationOfAnotherCountryOpensTheAssessmentAgain) {
  Clear();
  ASSERT_TRUE(Notify({"AM", "GE"}).ok());
  ASSERT_TRUE(ReviewNotification(2).ok());
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
  EXPECT_EQ(Get()->reopenings(0).reason(), v1::REOPEN_REASON_ACTIVITY_CHANGED);
  EXPECT_THAT(Submit().status().message(), HasSubstr("content.countries"));
}

// A3-05
TEST_F(DocumentsTest, TheFinalDecisionIsTheOperatorsAndKeepsBothReasons) {
  Clear();
  const Actor other{"people/otto", "organisations/office", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(Decide(v1::VERDICT_DECLINE, other).status()), "NOT_THE_OPERATOR");
  const auto declined = Decide(v1::VERDICT_DECLINE);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(Get()->rationale().human_rights(), "It strengthens them.");
  EXPECT_EQ(Get()->rationale().code_of_ethics(), "It serves the public.");
  EXPECT_EQ(declined->decisions_size(), 2);
  const Clearance clearance = Gate();
  EXPECT_FALSE(clearance.cleared());
  EXPECT_EQ(clearance.open_items(0).reasons(1).code(), v1::OpenReason::CODE_NOT_SATISFIED);
  // It is kept, and nothing more happens to it (A3-04).
  EXPECT_EQ(ReasonOf(Write(ContentFor(policy_, {"AM"})).status()), "DOCUMENT_NOT_POSSIBLE_IN_STATE");
  EXPECT_EQ(Get()->content().purpose(), "A course in leadership.");
  v1::DecideAssessmentRequest without;
  without.set_verdict(v1::VERDICT_DECLINE);
  without.set_human_rights_rationale("Only one.");
  EXPECT_EQ(On(kDecider, "DecideAssessment", without).status().code(), absl::StatusCode::kInvalidArgument);
  ExpectAllFold();
}

TEST_F(DocumentsTest, WhatMustNotProceedIsNotApprovedByAnybody) {
  HearSubmitted();
  ASSERT_TRUE(AssessCountry("AM").ok());
  v1::AssessmentContent content = ContentFor(policy_, {"AM"});
  Raise(content, "torture", v1::LIKELIHOOD_LOW, v1::RISK_LEVEL_LOW, v1::CONTRIBUTION_DIRECT);
  ASSERT_TRUE(Write(content).ok());
  ASSERT_TRUE(Submit().ok());
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(ReasonOf(Approve(kMinister).status()), "NOT_APPROVABLE");
  EXPECT_TRUE(Decide(v1::VERDICT_DECLINE).ok());
}

// B1.3 rule 9
TEST_F(DocumentsTest, ASignificantChangeInACountryOpensAgainWhatRestsOnIt) {
  Clear();
  ASSERT_TRUE(AssessCountry("AM").ok());
  EXPECT_TRUE(Gate().cleared());
  ASSERT_TRUE(AssessCountry("GE", true).ok());
  EXPECT_TRUE(Gate().cleared());
  ASSERT_TRUE(AssessCountry("AM", true).ok());
  EXPECT_FALSE(Gate().cleared());
  const auto read = Get();
  EXPECT_EQ(read->state(), Assessment::STATE_DRAFT);
  EXPECT_EQ(read->reopenings(0).reason(), v1::REOPEN_REASON_COUNTRY_CHANGED);
  EXPECT_EQ(read->reopenings(0).about(), "AM");
  Resume();
  EXPECT_TRUE(Gate().cleared());
  // What is not known any more changes it, whatever its author says.
  const auto worse = AssessCountry("AM", false, {"stability"});
  ASSERT_TRUE(worse.ok());
  EXPECT_TRUE(worse->revisions().rbegin()->significant());
  EXPECT_FALSE(Gate().cleared());
  ExpectAllFold();
}

// B1.3 rule 9, A5-06
TEST_F(DocumentsTest, OtherDatesOpenItAgain) {
  Clear();
  HearArranged("2027-04-14", "2027-04-20");
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
  EXPECT_EQ(Get()->reopenings(0).reason(), v1::REOPEN_REASON_ACTIVITY_CHANGED);
  HearArranged("2027-04-14", "2027-04-20");  // the same
  EXPECT_EQ(Get()->reopenings_size(), 1);
  Resume();
  EXPECT_TRUE(Gate().cleared());
  ExpectAllFold();
}

// B1.3 rule 9
TEST_F(DocumentsTest, AnIncidentOpensItAgain) {
  Clear();
  v1::ReopenAssessmentRequest request;
  request.set_reason(v1::REOPEN_REASON_COUNTRY_CHANGED);
  EXPECT_THAT(On(kReviewer, "ReopenAssessment", request).status().message(), HasSubstr("reason"));
  request.set_reason(v1::REOPEN_REASON_INCIDENT);
  ASSERT_TRUE(On(kReviewer, "ReopenAssessment", request).ok());
  EXPECT_FALSE(Gate().cleared());
  EXPECT_EQ(Get()->approvals(0).void_reason(), "INCIDENT");
}

// B1.3 rule 9
TEST_F(DocumentsTest, AMitigationThatIsOverdueOpensItAgainUnlessItWasCompleted) {
  Clear();
  v1::AssessmentContent content = ContentFor(policy_, {"AM"});
  Raise(content, "force", v1::LIKELIHOOD_MEDIUM, v1::RISK_LEVEL_MEDIUM);
  *Mitigate(content, "force").mutable_due() = Day("2027-02-01");
  *Mitigate(content, "force").mutable_due() = Day("2027-02-10");
  Proceed(content);
  EXPECT_EQ(Get()->open_mitigations_size(), 2);
  v1::CompleteMitigationRequest complete;
  complete.set_number(1);
  complete.set_evidence_hash(std::string(64, 'e'));
  ASSERT_TRUE(On(kAuthor, "CompleteMitigation", complete).ok());
  EXPECT_EQ(ReasonOf(On(kAuthor, "CompleteMitigation", complete).status()), "NO_OPEN_MITIGATION");
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2027, 2, 10), absl::UTCTimeZone()));
  TickAll();
  EXPECT_TRUE(Gate().cleared());
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2027, 2, 11), absl::UTCTimeZone()));
  TickAll();
  EXPECT_FALSE(Gate().cleared());
  EXPECT_EQ(Get()->reopenings(0).reason(), v1::REOPEN_REASON_MITIGATION_OVERDUE);
  EXPECT_EQ(Get()->reopenings(0).about(), "2");
}

// B1.3 rule 9: guidance changed.
TEST_F(DocumentsTest, ANewVersionOfThePolicyOpensEverythingAgain) {
  Clear();
  policy_.set_version(2);
  Open();
  TickAll();
  EXPECT_FALSE(Gate().cleared());
  EXPECT_EQ(Get()->reopenings(0).reason(), v1::REOPEN_REASON_POLICY_CHANGED);
  // The country was assessed by the questions of before.
  EXPECT_EQ(ReasonOf(Submit().status()), "COUNTRY_NOT_ASSESSED");
  ASSERT_TRUE(AssessCountry("AM").ok());
  Resume();
  EXPECT_TRUE(Gate().cleared());
  TickAll();
  EXPECT_TRUE(Gate().cleared());
}

TEST_F(DocumentsTest, TheReviewOfAnApprovalIsDueOnce) {
  Clear();
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2027, 12, 31), absl::UTCTimeZone()));
  TickAll();
  TickAll();
  const auto read = Get();
  EXPECT_EQ(FormatDate(read->review_noted()), "2027-12-31");
  EXPECT_EQ(read->state(), Assessment::STATE_PROCEEDING);
  ExpectAllFold();
}

// What came before the clearance counts as soon as that is opened.
TEST_F(DocumentsTest, DocumentsMayComeBeforeTheStayIsArranged) {
  HearSubmitted();
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Notify().ok());
  ASSERT_TRUE(ReviewNotification(1).ok());
  Proceed(ContentFor(policy_, {"AM"}));
  HearArranged();
  EXPECT_TRUE(Gate().cleared());
}

// Those who are assessed never see it; who assesses sees it in full (A5-05).
TEST_F(DocumentsTest, WhoIsAssessedIsNoPartyToIt) {
  Clear();
  const Actor coordinator{"people/rita", "organisations/recipient", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(Get(coordinator).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Write(ContentFor(policy_, {"AM"}), {"people/x", "organisations/x", {options::v1::ROLE_ASSESSOR}}).status().code(),
      absl::StatusCode::kNotFound);
  EXPECT_EQ(
      ReasonOf(AssessCountry("AM", false, {}, {"people/x", "organisations/x", {options::v1::ROLE_ASSESSOR}}).status()),
      "NOT_AN_ASSESSING_ORGANISATION");
  EXPECT_TRUE(Get(kDecider)->has_content());
  v1::ListAssessmentsRequest list;
  EXPECT_EQ(Ask<v1::ListAssessmentsResponse>(kDecider, "ListAssessments", list)->assessments_size(), 1);
  EXPECT_EQ(Ask<v1::ListAssessmentsResponse>(coordinator, "ListAssessments", list)->assessments_size(), 0);
  list.set_state(Assessment::STATE_DRAFT);
  EXPECT_EQ(Ask<v1::ListAssessmentsResponse>(kDecider, "ListAssessments", list)->assessments_size(), 0);
  EXPECT_EQ(Ask<v1::ListNotificationsResponse>(kRequester, "ListNotifications", v1::ListNotificationsRequest())
                ->notifications_size(),
            1);
  EXPECT_EQ(
      Ask<v1::ListCountryAssessmentsResponse>(kAuthor, "ListCountryAssessments", v1::ListCountryAssessmentsRequest())
          ->country_assessments_size(),
      1);
}

// What is written stays sealed: neither the facts that travel nor the database have it in plain text, answers that are
// kept for retries included.
TEST_F(DocumentsTest, WhatIsWrittenIsInNoFactAndNotInTheDatabase) {
  Clear();
  v1::AssessmentContent content = ContentFor(policy_, {"AM"});
  content.set_conclusion(kSecret);
  ASSERT_TRUE(Write(content).ok());
  EXPECT_THAT(AllFacts(), Not(HasSubstr(kSecret)));
  EXPECT_THAT(AllFacts(), Not(HasSubstr("It serves the public.")));
  EXPECT_THAT(DatabaseFiles(), Not(HasSubstr(kSecret)));
  EXPECT_EQ(Get()->content().conclusion(), kSecret);
}

TEST_F(DocumentsTest, WithoutAPolicyNothingIsWritten) {
  HearSubmitted();
  policy_ = v1::AssessmentPolicy();
  Open();
  v1::RecordCountryAssessmentRequest country;
  country.set_country("AM");
  *country.mutable_content() = CountryAnswers(TestPolicy());
  EXPECT_EQ(ReasonOf(Ask<v1::CountryAssessment>(kAuthor, "RecordCountryAssessment", country).status()),
            "NO_ASSESSMENT_POLICY");
  EXPECT_EQ(ReasonOf(Write(ContentFor(TestPolicy(), {"AM"})).status()), "NO_ASSESSMENT_POLICY");
  // Notifications need none.
  EXPECT_TRUE(Notify().ok());
}

// A country that was assessed too long ago bears nothing new.
TEST_F(DocumentsTest, ACountryIsAssessedAnewEveryYear) {
  HearSubmitted();
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM"})).ok());
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2028, 1, 10), absl::UTCTimeZone()));
  EXPECT_EQ(ReasonOf(Submit().status()), "COUNTRY_NOT_ASSESSED");
  ASSERT_TRUE(AssessCountry("AM").ok());
  EXPECT_TRUE(Submit().ok());
}

using DocumentsOfTwoReplicasTest = TwoReplicas<DocumentsTest>;

TEST_F(DocumentsOfTwoReplicasTest, NoActivityIsArrangedByAnAssessmentThatIsOpenedAgainAtTheSameTime) {  // A3-02
  HearSubmitted();
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Notify().ok());
  ASSERT_TRUE(ReviewNotification(1).ok());
  Proceed(ContentFor(policy_, {"AM"}));
  v1::WithdrawAssessmentRequest request;
  request.set_name("assessments/7");
  request.set_reason("INCIDENT");
  const auto withdrawn = AskUnaware<Assessment>(kAuthor, "WithdrawAssessment", request, [&] { HearArranged(); });
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
}

TEST_F(DocumentsOfTwoReplicasTest, NothingIsSubmittedByACountryThatIsAssessedAnewAtTheSameTime) {  // A3-19
  HearSubmitted();
  HearArranged();
  ASSERT_TRUE(AssessCountry("AM").ok());
  ASSERT_TRUE(Notify().ok());
  ASSERT_TRUE(ReviewNotification(1).ok());
  ASSERT_TRUE(Write(ContentFor(policy_, {"AM"})).ok());
  v1::RecordCountryAssessmentRequest request;
  request.set_country("AM");
  *request.mutable_content() = CountryAnswers(policy_);
  request.set_significant(true);
  const auto changed =
      AskUnaware<v1::CountryAssessment>(kAuthor, "RecordCountryAssessment", request, [&] { Resume(); });
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_THAT(Open(Gate()), ElementsAre("assessment"));
}

}  // namespace
}  // namespace amikeco::compliance
