// Vetting cases, background checks and visas through the call chain on a real store, and the clearance that follows.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/events/execute.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/case_tables.h"
#include "services/compliance/service.h"
#include "services/compliance/test_cases.h"
#include "services/compliance/test_replicas.h"
#include "services/compliance/test_waivers.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using v1::BackgroundCheck;
using v1::Clearance;
using v1::VettingCase;
using v1::VisaCase;

const Actor kSection{"people/secretary", "organisations/police", {options::v1::ROLE_ENDORSER}};
const Actor kOtherOperator{"people/yves", "organisations/other", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kGate{"system/applicant", "", {options::v1::ROLE_SERVICE}};
constexpr char kStay[] = "clearances/7";

class CasesServiceTest : public testing::Test {
 protected:
  CasesServiceTest() {
    std::string dir = testing::TempDir() + "casesXXXXXX";
    dir_ = mkdtemp(dir.data());
    store_ = *SqliteStore::Open(dir_ + "/compliance.db");
    programmes_.Add(CasesProgramme());
    service_ = std::make_unique<ComplianceService>(*store_, programmes_, dossiers_, policy_, templates_);
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }
  ~CasesServiceTest() override {
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }
  Clearance Stay(const Actor& actor = kGate) {
    v1::GetClearanceRequest request;
    request.set_name(kStay);
    const auto clearance = Ask<Clearance>(actor, "GetClearance", request);
    EXPECT_TRUE(clearance.ok()) << clearance.status();
    return clearance.value_or(Clearance());
  }
  std::vector<std::string> OpenItems() {
    std::vector<std::string> items;
    const Clearance stay = Stay();
    for (const auto& open : stay.open_items()) items.push_back(open.item());
    return items;
  }

  template <typename Fact>
  absl::Status Hear(absl::string_view subject, const Fact& fact) {
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", "event-1"};
    const auto event = MakeEvent(origin, subject, 1, fact);
    return store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
  }
  void HearAgreed(absl::string_view start = "2027-06-14", absl::string_view end = "2027-06-20") {
    matching::v1::PlacementFact fact;
    auto& agreed = *fact.mutable_agreed();
    agreed.set_application("applications/7");
    agreed.set_member("members/F-1");
    agreed.set_programme("programmes/cases");
    agreed.set_programme_version(3);
    for (const char* fellow : {"members/F-1", "members/F-2"}) agreed.add_fellows(fellow);
    auto& leg = *agreed.add_legs();
    leg.set_id("1");
    leg.set_host("hosts/A");
    *leg.mutable_start() = Date(start);
    *leg.mutable_end() = Date(end);
    leg.set_confirmed(true);
    for (const char* party : {"members/F-1", "members/F-2", "organisations/police", "organisations/operator"}) {
      agreed.add_parties(party);
    }
    ASSERT_TRUE(Hear("placements/7", fact).ok());
  }

  absl::StatusOr<VettingCase> OpenUnit(const char* id = "U", const Actor& actor = kVera) {
    v1::OpenVettingCaseRequest request;
    request.set_vetting_case_id(id);
    request.set_unit("units/AM-PATROL");
    request.set_programme("programmes/cases");
    *request.mutable_start() = Date("2027-06-14");
    return Ask<VettingCase>(actor, "OpenVettingCase", request);
  }
  absl::StatusOr<VettingCase> OpenPerson(const std::string& id, const Actor& actor = kVera) {
    v1::OpenVettingCaseRequest request;
    request.set_vetting_case_id(id);
    request.set_person("members/" + id);
    request.set_unit_case("vettingCases/U");
    request.set_clearance(kStay);
    return Ask<VettingCase>(actor, "OpenVettingCase", request);
  }
  absl::StatusOr<VettingCase> Outcome(const std::string& id, VettingCase::State outcome, const char* until = "",
                                      const Actor& actor = kVera) {
    v1::RecordVettingOutcomeRequest request;
    request.set_name("vettingCases/" + id);
    request.set_outcome(outcome);
    if (outcome != VettingCase::STATE_CLEARED) request.set_reason("MORE_TIME_NEEDED");
    if (until[0] != '\0') *request.mutable_cleared_until() = Date(until);
    return Ask<VettingCase>(actor, "RecordVettingOutcome", request);
  }
  // From the package to the authority's decision.
  void ClearVetting(const std::string& id, const char* until = "2027-12-31") {
    const std::string name = "vettingCases/" + id;
    v1::RecordVettingPackageRequest package;
    package.set_name(name);
    if (id == "U") package.add_package("commander");
    if (id != "U") package.add_package("full-name");
    if (id != "U") package.add_package("rank");
    ASSERT_TRUE(Ask<VettingCase>(kVera, "RecordVettingPackage", package).ok());
    v1::SubmitVettingCaseRequest submit;
    submit.set_name(name);
    ASSERT_TRUE(Ask<VettingCase>(kVera, "SubmitVettingCase", submit).ok());
    for (const auto state : {VettingCase::STATE_POST_REVIEW, VettingCase::STATE_DEPARTMENT_REVIEW}) {
      v1::AdvanceVettingCaseRequest advance;
      advance.set_name(name);
      advance.set_state(state);
      ASSERT_TRUE(Ask<VettingCase>(kVera, "AdvanceVettingCase", advance).ok());
    }
    const auto cleared = Outcome(id, VettingCase::STATE_CLEARED, until);
    ASSERT_TRUE(cleared.ok()) << cleared.status();
  }
  void VetEverybody() {
    ASSERT_TRUE(OpenUnit().ok());
    ClearVetting("U");
    for (const char* fellow : {"F-1", "F-2"}) {
      ASSERT_TRUE(OpenPerson(fellow).ok());
      ClearVetting(fellow);
    }
  }
  absl::StatusOr<BackgroundCheck> RequestCheck(const std::string& id, const std::string& person,
                                               const Actor& actor = kOmar) {
    v1::RequestBackgroundCheckRequest request;
    request.set_background_check_id(id);
    request.set_clearance(kStay);
    request.set_person(person);
    request.set_kind("ncic");
    return Ask<BackgroundCheck>(actor, "RequestBackgroundCheck", request);
  }
  absl::StatusOr<BackgroundCheck> ReportCheck(const std::string& id, v1::CheckReport report,
                                              const Actor& actor = kVera) {
    v1::ReportBackgroundCheckRequest request;
    request.set_name("backgroundChecks/" + id);
    request.set_report(report);
    return Ask<BackgroundCheck>(actor, "ReportBackgroundCheck", request);
  }
  absl::StatusOr<BackgroundCheck> Adjudicate(const std::string& id, BackgroundCheck::Adjudication adjudication) {
    v1::AdjudicateBackgroundCheckRequest request;
    request.set_name("backgroundChecks/" + id);
    request.set_adjudication(adjudication);
    return Ask<BackgroundCheck>(kVera, "AdjudicateBackgroundCheck", request);
  }
  absl::StatusOr<BackgroundCheck> Dispute(const std::string& id, const Actor& actor) {
    v1::DisputeBackgroundCheckRequest request;
    request.set_name("backgroundChecks/" + id);
    request.set_reason("ANOTHER_PERSON");
    return Ask<BackgroundCheck>(actor, "DisputeBackgroundCheck", request);
  }
  absl::StatusOr<VisaCase> Visa(const std::string& person, VisaCase::State state) {
    v1::RecordVisaRequest request;
    request.set_clearance(kStay);
    request.set_person(person);
    request.set_state(state);
    return Ask<VisaCase>(kVera, "RecordVisa", request);
  }
  void ClearEverything() {
    HearAgreed();
    VetEverybody();
    for (const char* fellow : {"F-1", "F-2"}) {
      ASSERT_TRUE(RequestCheck(fellow, absl::StrCat("members/", fellow)).ok());
      ASSERT_TRUE(ReportCheck(fellow, v1::CHECK_REPORT_CLEAR).ok());
      ASSERT_TRUE(Visa(absl::StrCat("members/", fellow), VisaCase::STATE_NOT_NEEDED).ok());
    }
  }

  template <typename T, typename Fact>
  void ExpectHistoryFoldsTo(const Table<T>& table, const std::string& name) {
    const absl::Status status = store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto record, table.Get(reader, name));
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<T, Fact>(reader, name)));
      EXPECT_EQ(folded.version, record.version);
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(folded.value, record.value)) << name;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  std::vector<std::string> TickAll() {
    std::vector<std::string> due;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(due, service_->Due(reader, clock_.Now(), 100));
                      return absl::OkStatus();
                    })
                    .ok());
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", ""};
    for (const std::string& name : due) {
      EXPECT_TRUE(store_->Write([&](Transaction& tx) { return service_->Tick(tx, name, origin); }).ok()) << name;
    }
    return due;
  }

  std::string dir_;
  AdjustableClock clock_ = AdjustableClock::Frozen(At("2027-02-01"));
  Process process_{QuietProcess(), "compliance"};
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  v1::AssessmentPolicy policy_;
  WaiverTemplates templates_ = *CheckTemplates({TestTemplate()});
  std::unique_ptr<ComplianceService> service_;
  std::unique_ptr<Chain> chain_;
};

// A0-25, A1-13, A4-18, A5-02
TEST_F(CasesServiceTest, ClearsTheStayByItsCasesAlone) {
  HearAgreed();
  EXPECT_THAT(OpenItems(), SizeIs(6)) << "three items of each of the two";
  ClearEverything();
  EXPECT_TRUE(Stay().cleared());
  EXPECT_THAT(OpenItems(), IsEmpty());
  const Clearance stay = Stay();
  for (const auto& record : stay.records()) EXPECT_NE(record.source(), "") << record.item();
  ExpectHistoryFoldsTo<Clearance, v1::ClearanceFact>(Clearances(), kStay);
  for (const char* name : {"vettingCases/U", "vettingCases/F-1", "vettingCases/F-2"}) {
    ExpectHistoryFoldsTo<VettingCase, v1::VettingFact>(Vettings(), name);
  }
  ExpectHistoryFoldsTo<BackgroundCheck, v1::CheckFact>(Checks(), "backgroundChecks/F-1");
  ExpectHistoryFoldsTo<VisaCase, v1::VisaFact>(Visas(), "visaCases/7.F-1");
}

// A1-13
TEST_F(CasesServiceTest, TakesTheClearancesOfAllMembersWhenTheirUnitIsRejectedOrSuspended) {
  ClearEverything();
  ASSERT_TRUE(Outcome("U", VettingCase::STATE_SUSPENDED).ok());
  EXPECT_FALSE(Stay().cleared());
  EXPECT_THAT(OpenItems(), ElementsAre("vetting/F-1", "vetting/F-2"));
  EXPECT_EQ(Stay().open_items(0).reasons().rbegin()->code(), v1::OpenReason::CODE_NEEDS_REVIEW);
  ASSERT_TRUE(Outcome("U", VettingCase::STATE_CLEARED, "2027-12-31").ok());
  EXPECT_TRUE(Stay().cleared());
  ASSERT_TRUE(Outcome("U", VettingCase::STATE_REJECTED).ok());
  EXPECT_FALSE(Stay().cleared());
  EXPECT_EQ(Stay().open_items(0).reasons().rbegin()->code(), v1::OpenReason::CODE_NOT_SATISFIED);
  EXPECT_EQ(OpenUnit("U2").status().code(), absl::StatusCode::kFailedPrecondition) << "a bar is not got round";
  v1::GetVettingCaseRequest get;
  get.set_name("vettingCases/F-1");
  EXPECT_FALSE(Ask<VettingCase>(kFirstFellow, "GetVettingCase", get)->holds());
  ExpectHistoryFoldsTo<Clearance, v1::ClearanceFact>(Clearances(), kStay);
}

TEST_F(CasesServiceTest, LetsACheckCountAgainstAPersonOnlyAfterNoticeAndAnswersADispute) {
  ClearEverything();
  ASSERT_TRUE(RequestCheck("B", "members/F-1").ok());
  EXPECT_TRUE(Stay().cleared()) << "a check that goes on takes nothing away";
  ASSERT_TRUE(ReportCheck("B", v1::CHECK_REPORT_CONSIDER).ok());
  EXPECT_THAT(OpenItems(), ElementsAre("background-check/F-1"));
  ASSERT_TRUE(Adjudicate("B", BackgroundCheck::ADJUDICATION_PRE_ADVERSE).ok());
  EXPECT_EQ(ReasonOf(Adjudicate("B", BackgroundCheck::ADJUDICATION_ADVERSE).status()), "NOTICE_STILL_RUNS");
  EXPECT_EQ(ReasonOf(RequestCheck("B2", "members/F-1").status()), "CASE_RUNNING");
  clock_.AdvanceTo(At("2027-02-08"));
  ASSERT_TRUE(Adjudicate("B", BackgroundCheck::ADJUDICATION_ADVERSE).ok());
  EXPECT_EQ(Stay().open_items(0).reasons().rbegin()->code(), v1::OpenReason::CODE_NOT_SATISFIED);
  EXPECT_EQ(ReasonOf(Dispute("B", kSecondFellow).status()), "RESOURCE_NOT_FOUND") << "it is not the other's to know";
  ASSERT_TRUE(Dispute("B", kFirstFellow).ok());
  EXPECT_EQ(Stay().open_items(0).reasons().rbegin()->code(), v1::OpenReason::CODE_NEEDS_REVIEW);
  ASSERT_TRUE(ReportCheck("B", v1::CHECK_REPORT_CLEAR).ok());
  EXPECT_TRUE(Stay().cleared());
  ExpectHistoryFoldsTo<Clearance, v1::ClearanceFact>(Clearances(), kStay);
  ExpectHistoryFoldsTo<BackgroundCheck, v1::CheckFact>(Checks(), "backgroundChecks/B");
}

TEST_F(CasesServiceTest, RecordsByHandNothingThatIsKeptAsCase) {
  HearAgreed();
  v1::RecordBackgroundCheckRequest check;
  check.set_name(kStay);
  check.set_item("background-check/F-1");
  check.set_kind("ncic");
  check.set_outcome(v1::OUTCOME_SATISFIED);
  const auto by_hand = Ask<Clearance>(kVera, "RecordBackgroundCheck", check).status();
  EXPECT_EQ(ReasonOf(by_hand), "KEPT_AS_CASE");
  const auto info = DetailOf<google::rpc::ErrorInfo>(by_hand);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->metadata().at("method"), "RequestBackgroundCheck");
  v1::RecordReviewRequest review;
  review.set_name(kStay);
  review.set_outcome(v1::OUTCOME_SATISFIED);
  for (const char* item : {"vetting/F-1", "visa/F-1"}) {
    review.set_item(item);
    EXPECT_EQ(ReasonOf(Ask<Clearance>(kVera, "RecordReview", review).status()), "KEPT_AS_CASE") << item;
  }
  ASSERT_TRUE(Visa("members/F-1", VisaCase::STATE_NOT_NEEDED).ok());
  v1::VoidItemRequest voided;
  voided.set_name(kStay);
  voided.set_item("visa/F-1");
  voided.set_reason("RECORDED_IN_ERROR");
  EXPECT_EQ(ReasonOf(Ask<Clearance>(kVera, "VoidItem", voided).status()), "KEPT_AS_CASE");
}

// A5-06
TEST_F(CasesServiceTest, FollowsTheStayToOtherDays) {
  ClearEverything();
  ASSERT_TRUE(Outcome("U", VettingCase::STATE_CLEARED, "2027-07-31").ok()) << "renewed for fewer days";
  EXPECT_TRUE(Stay().cleared());
  HearAgreed("2027-07-26", "2027-08-01");
  EXPECT_FALSE(Stay().cleared());
  v1::GetVettingCaseRequest get;
  get.set_name("vettingCases/F-1");
  const auto vetting = Ask<VettingCase>(kVera, "GetVettingCase", get);
  ASSERT_TRUE(vetting.ok()) << vetting.status();
  EXPECT_EQ(ToDay(vetting->due()), absl::CivilDay(2027, 7, 12));
  HearAgreed("2027-07-25", "2027-07-31");
  EXPECT_TRUE(Stay().cleared());
  ExpectHistoryFoldsTo<VettingCase, v1::VettingFact>(Vettings(), "vettingCases/F-1");
  ExpectHistoryFoldsTo<Clearance, v1::ClearanceFact>(Clearances(), kStay);
}

TEST_F(CasesServiceTest, TellsOnceThatAPackageIsDueAndForgetsItWithTheStay) {
  HearAgreed();
  ASSERT_TRUE(OpenUnit().ok());
  ASSERT_TRUE(OpenPerson("F-1").ok());
  clock_.AdvanceTo(At("2027-06-01"));
  EXPECT_THAT(TickAll(), testing::IsSupersetOf({"vettingCases/U", "vettingCases/F-1"}));
  EXPECT_THAT(TickAll(), testing::Not(Contains("vettingCases/U")));
  HearAgreed("2027-08-02", "2027-08-08");
  applicant::v1::ApplicationFact withdrawn;
  withdrawn.mutable_withdrawn();
  ASSERT_TRUE(Hear("applications/7", withdrawn).ok());
  clock_.AdvanceTo(At("2027-07-30"));
  EXPECT_THAT(TickAll(), Contains("vettingCases/F-1"));
  v1::GetVettingCaseRequest get;
  get.set_name("vettingCases/F-1");
  EXPECT_EQ(Ask<VettingCase>(kVera, "GetVettingCase", get)->state(), VettingCase::STATE_CANCELLED);
}

// A5-05
TEST_F(CasesServiceTest, ShowsCasesToThePersonAndTheOperatorAlone) {
  ClearEverything();
  v1::GetBackgroundCheckRequest check;
  check.set_name("backgroundChecks/F-1");
  EXPECT_TRUE(Ask<BackgroundCheck>(kFirstFellow, "GetBackgroundCheck", check).ok());
  EXPECT_TRUE(Ask<BackgroundCheck>(kVera, "GetBackgroundCheck", check).ok());
  for (const Actor& actor : {kSecondFellow, kOtherOperator}) {
    EXPECT_EQ(ReasonOf(Ask<BackgroundCheck>(actor, "GetBackgroundCheck", check).status()), "RESOURCE_NOT_FOUND");
  }
  EXPECT_EQ(Ask<BackgroundCheck>(kSection, "GetBackgroundCheck", check).status().code(),
            absl::StatusCode::kPermissionDenied);
  v1::ListBackgroundChecksRequest list;
  list.set_clearance(kStay);
  EXPECT_THAT(Ask<v1::ListBackgroundChecksResponse>(kFirstFellow, "ListBackgroundChecks", list)->background_checks(),
              SizeIs(1));
  EXPECT_THAT(Ask<v1::ListBackgroundChecksResponse>(kVera, "ListBackgroundChecks", list)->background_checks(),
              SizeIs(2));
  v1::ListVettingCasesRequest vettings;
  vettings.set_state(VettingCase::STATE_CLEARED);
  EXPECT_THAT(Ask<v1::ListVettingCasesResponse>(kVera, "ListVettingCases", vettings)->vetting_cases(), SizeIs(3));
  EXPECT_THAT(Ask<v1::ListVettingCasesResponse>(kOtherOperator, "ListVettingCases", vettings)->vetting_cases(),
              IsEmpty());
  EXPECT_EQ(ReasonOf(Outcome("F-1", VettingCase::STATE_REJECTED, "", kOtherOperator).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(CasesServiceTest, OpensACaseForWhoIsOfTheStayOnceAndSaysWhatIsWrong) {
  HearAgreed();
  v1::OpenVettingCaseRequest mixed;
  mixed.set_person("members/F-1");
  mixed.set_unit("units/AM-PATROL");
  EXPECT_EQ(Ask<VettingCase>(kVera, "OpenVettingCase", mixed).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(OpenUnit("U", kOtherOperator).status()), "RESOURCE_NOT_FOUND");
  ASSERT_TRUE(OpenUnit().ok());
  EXPECT_EQ(ReasonOf(OpenUnit("V").status()), "CASE_RUNNING");
  EXPECT_EQ(ReasonOf(OpenUnit("U").status()), "CASE_EXISTS");
  EXPECT_EQ(ReasonOf(OpenPerson("F-3").status()), "NOT_OF_THE_STAY");
  ASSERT_TRUE(OpenPerson("F-1").ok());
  v1::CancelVettingCaseRequest cancel;
  cancel.set_name("vettingCases/F-1");
  cancel.set_reason("NOMINATION_WITHDRAWN");
  cancel.set_etag("\"9\"");
  EXPECT_EQ(ReasonOf(Ask<VettingCase>(kVera, "CancelVettingCase", cancel).status()), "ETAG_MISMATCH");
  EXPECT_EQ(ReasonOf(RequestCheck("B", "members/F-3").status()), "NOT_OF_THE_STAY");
  EXPECT_EQ(ReasonOf(RequestCheck("B", "").status()), "NOT_OF_THE_STAY") << "which of the two?";
}

using CasesOfTwoReplicasTest = TwoReplicas<CasesServiceTest>;

// A5-02
TEST_F(CasesOfTwoReplicasTest, NoStayIsAgreedAnewByACaseThatIsSuspendedAtTheSameTime) {
  HearAgreed();
  VetEverybody();
  matching::v1::PlacementFact moved;
  moved.mutable_rescheduled()->set_application("applications/7");
  ASSERT_TRUE(Hear("placements/7", moved).ok());
  v1::RecordVettingOutcomeRequest request;
  request.set_name("vettingCases/F-1");
  request.set_outcome(VettingCase::STATE_SUSPENDED);
  request.set_reason("MORE_TIME_NEEDED");
  const auto suspended = AskUnaware<VettingCase>(kVera, "RecordVettingOutcome", request, [&] { HearAgreed(); });
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  EXPECT_THAT(OpenItems(), Contains("vetting/F-1"));
}

TEST_F(CasesOfTwoReplicasTest, AUnitHasOneCaseWhicheverReplicaOpensIt) {
  v1::OpenVettingCaseRequest request;
  request.set_vetting_case_id("V");
  request.set_unit("units/AM-PATROL");
  request.set_programme("programmes/cases");
  *request.mutable_start() = Date("2027-06-14");
  const auto second =
      AskUnaware<VettingCase>(kVera, "OpenVettingCase", request, [&] { EXPECT_TRUE(OpenUnit("U").ok()); });
  EXPECT_EQ(ReasonOf(second.status()), "CASE_RUNNING");
}

}  // namespace
}  // namespace amikeco::compliance
