// The desk with the sample provider, over gRPC on a loopback address.
#include "services/compliance/check_desk.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/chain.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "samples/check_provider/check_provider.h"
#include "services/compliance/case_tables.h"
#include "services/compliance/provider_answer.h"
#include "services/compliance/service.h"
#include "services/compliance/test_cases.h"
#include "services/compliance/test_waivers.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using testing::ElementsAre;
using testing::IsEmpty;
using v1::BackgroundCheck;

// Answers every call the same.
struct Parrot final : Caller {
  absl::StatusOr<std::string> CallRaw(absl::string_view, const std::string&, const CallOptions&) override {
    return answer.SerializeAsString();
  }
  v1::ProviderOrder answer;
};

class CheckDeskTest : public testing::Test {
 protected:
  CheckDeskTest() {
    std::string dir = testing::TempDir() + "deskXXXXXX";
    dir_ = mkdtemp(dir.data());
    store_ = *SqliteStore::Open(dir_ + "/compliance.db");
    programmes_.Add(ProgrammeOf(ComplianceItem::KIND_BACKGROUND_CHECK));
    service_ = std::make_unique<ComplianceService>(*store_, programmes_, dossiers_, policy_, templates_,
                                                   std::set<std::string>{"ncic"});
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    samples::Bind(server_.chain(), provider_);
    EXPECT_TRUE(server_.Start().ok());
    config::v1::PeerConfig peer;
    peer.set_target(absl::StrCat("127.0.0.1:", server_.port()));
    channel_ = std::make_unique<Channel>(peer, Credentials{"", SystemActor("compliance")});
    desk_ = std::make_unique<CheckDesk>(*store_, clock_, std::vector<CheckProvider>{{{"ncic"}, channel_.get()}});
    HearAgreed();
  }
  ~CheckDeskTest() override {
    server_.Stop();
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  void HearAgreed() {
    matching::v1::PlacementFact fact;
    auto& agreed = *fact.mutable_agreed();
    agreed.set_application("applications/7");
    agreed.set_member("members/F-1");
    agreed.set_programme("programmes/cases");
    agreed.set_programme_version(3);
    auto& leg = *agreed.add_legs();
    leg.set_id("1");
    leg.set_host("hosts/A");
    *leg.mutable_start() = Date("2027-06-14");
    *leg.mutable_end() = Date("2027-06-20");
    leg.set_confirmed(true);
    for (const char* party : {"members/F-1", "organisations/operator"}) agreed.add_parties(party);
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", "event-1"};
    const auto event = MakeEvent(origin, "placements/7", 1, fact);
    const auto heard = store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
    ASSERT_TRUE(heard.ok()) << heard;
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }
  absl::Status Request(const std::string& reference, const std::string& id = "B") {
    v1::RequestBackgroundCheckRequest request;
    request.set_background_check_id(id);
    request.set_clearance("clearances/7");
    request.set_kind("ncic");
    request.set_reference(reference);
    return Ask<BackgroundCheck>(kOmar, "RequestBackgroundCheck", request).status();
  }
  BackgroundCheck Check(const std::string& id = "B") {
    v1::GetBackgroundCheckRequest request;
    request.set_name("backgroundChecks/" + id);
    const auto check = Ask<BackgroundCheck>(kVera, "GetBackgroundCheck", request);
    EXPECT_TRUE(check.ok()) << check.status();
    return check.value_or(BackgroundCheck());
  }
  bool Cleared() {
    v1::GetClearanceRequest request;
    request.set_name("clearances/7");
    return Ask<v1::Clearance>(kVera, "GetClearance", request)->cleared();
  }
  // What is due now, and again after a minute, until the desk has called so often.
  void Call(int times) {
    for (int made = 0; made < times;) {
      const auto called = desk_->CallDue();
      ASSERT_TRUE(called.ok()) << called.status();
      made += *called;
      clock_.Advance(absl::Minutes(1));
    }
  }

  std::string dir_;
  AdjustableClock clock_ = AdjustableClock::Frozen(At("2027-02-01"));
  Process process_{QuietProcess(), "compliance"};
  samples::SampleProvider provider_;
  Server server_{LoopbackConfig(), process_, clock_};
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  v1::AssessmentPolicy policy_;
  WaiverTemplates templates_ = *CheckTemplates({TestTemplate()});
  std::unique_ptr<ComplianceService> service_;
  std::unique_ptr<Chain> chain_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<CheckDesk> desk_;
};

// A0-25
TEST_F(CheckDeskTest, HasAPersonCheckedAndClearsTheStay) {
  ASSERT_TRUE(Request("pending.info.review.clear.17").ok());
  Call(1);
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_PENDING);
  EXPECT_EQ(Check().order(), "orders/1");
  Call(1);
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_SUSPENDED);
  EXPECT_EQ(Check().reason(), "PARTICULARS_MISSING");
  Call(1);
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_PAUSED);
  EXPECT_FALSE(Cleared());
  Call(1);
  EXPECT_EQ(Check().result(), BackgroundCheck::RESULT_CLEAR);
  EXPECT_TRUE(Cleared());
  EXPECT_EQ(*desk_->CallDue(), 0) << "nobody waits for the provider any more";
}

TEST_F(CheckDeskTest, OrdersOnceHoweverOftenTheCallIsMadeAgain) {
  ASSERT_TRUE(Request("away.away.clear").ok());
  Call(1);
  EXPECT_EQ(Check().order(), "");
  Call(2);
  EXPECT_EQ(Check().result(), BackgroundCheck::RESULT_CLEAR);
  EXPECT_EQ(provider_.orders(), 1);
  // A desk that was started anew in between.
  ASSERT_TRUE(Request("away.clear", "B2").ok());
  Call(1);
  desk_ = std::make_unique<CheckDesk>(*store_, clock_, std::vector<CheckProvider>{{{"ncic"}, channel_.get()}});
  Call(1);
  EXPECT_EQ(Check("B2").result(), BackgroundCheck::RESULT_CLEAR);
  EXPECT_EQ(provider_.orders(), 2);
}

TEST_F(CheckDeskTest, GivesUpAfterSoManyTriesAndGoesOnWhenAPersonSaysSo) {
  ASSERT_TRUE(Request("clear").ok());
  server_.Stop();
  desk_ = std::make_unique<CheckDesk>(
      *store_, clock_, std::vector<CheckProvider>{{{"ncic"}, channel_.get()}},
      CheckDeskOptions{.timeout = absl::Milliseconds(300), .least_pause = absl::Seconds(1)});
  for (int tries = 0, looks = 0; tries < CheckDesk::kMostTries && looks < 100; ++looks) {
    EXPECT_EQ(Check().state(), BackgroundCheck::STATE_PENDING) << tries;
    tries += *desk_->CallDue();
    clock_.Advance(absl::Minutes(1));
  }
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_SUSPENDED);
  EXPECT_EQ(Check().reason(), kProviderUnavailable);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(*desk_->CallDue(), 0) << "it waits for a person";
  v1::ReportBackgroundCheckRequest again;
  again.set_name("backgroundChecks/B");
  again.set_report(v1::CHECK_REPORT_PENDING);
  ASSERT_TRUE(Ask<BackgroundCheck>(kVera, "ReportBackgroundCheck", again).ok());
  EXPECT_EQ(*desk_->CallDue(), 1);
}

TEST_F(CheckDeskTest, LeavesWhatTheProviderRefusesToAPerson) {
  ASSERT_TRUE(Request("unknown").ok());
  Call(1);
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_SUSPENDED);
  EXPECT_EQ(Check().reason(), kRefusedByProvider);
  EXPECT_EQ(*desk_->CallDue(), 0);
}

TEST_F(CheckDeskTest, LeavesAnAnswerThatIsNotOfTheContractToAPerson) {
  v1::ProviderOrder good;
  good.set_order("orders/1");
  good.set_report(v1::CHECK_REPORT_CLEAR);
  std::vector<v1::ProviderOrder> wrong(6, good);
  wrong[0].set_order("");
  wrong[1].set_order(std::string(201, 'o'));
  wrong[2].set_order("orders/1\n");
  wrong[3].set_report(v1::CHECK_REPORT_UNSPECIFIED);
  wrong[4].set_report(static_cast<v1::CheckReport>(99));
  wrong[5].set_order("orders/\xff");
  for (size_t i = 0; i < wrong.size(); ++i) {
    const std::string id = absl::StrCat("W", i);
    ASSERT_TRUE(Request("pending", id).ok()) << id;
    Parrot provider;
    provider.answer = wrong[i];
    CheckDesk desk(*store_, clock_, {{{"ncic"}, &provider}});
    EXPECT_EQ(*desk.CallDue(), 1) << id;
    EXPECT_EQ(Check(id).state(), BackgroundCheck::STATE_SUSPENDED) << id;
    EXPECT_EQ(Check(id).reason(), kRefusedByProvider) << id;
    EXPECT_EQ(Check(id).order(), "") << id;
    EXPECT_EQ(*desk.CallDue(), 0) << id << " waits for a person";
    v1::CancelBackgroundCheckRequest cancel;
    cancel.set_name("backgroundChecks/" + id);
    cancel.set_reason("STAY_CANCELLED");
    ASSERT_TRUE(Ask<BackgroundCheck>(kVera, "CancelBackgroundCheck", cancel).ok());
  }
}

TEST_F(CheckDeskTest, BelievesNothingThatIsSaidOfAnotherOrder) {
  ASSERT_TRUE(Request("pending").ok());
  Call(1);
  Parrot provider;
  provider.answer.set_order("orders/2");
  provider.answer.set_report(v1::CHECK_REPORT_CLEAR);
  CheckDesk desk(*store_, clock_, {{{"ncic"}, &provider}});
  EXPECT_EQ(*desk.CallDue(), 1);
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_SUSPENDED);
  EXPECT_EQ(Check().reason(), kRefusedByProvider);
  EXPECT_EQ(Check().order(), "orders/1");
  EXPECT_FALSE(Cleared());
}

// A5-05
TEST_F(CheckDeskTest, KeepsNoReasonThatIsNoCodeOrIsOurs) {
  for (const char* reason : {"served 5 years", "PROVIDER_UNAVAILABLE", "REFUSED_BY_PROVIDER"}) {
    Parrot provider;
    provider.answer.set_order("orders/1");
    provider.answer.set_report(v1::CHECK_REPORT_NEEDS_INFO);
    provider.answer.set_reason(reason);
    const auto report = ReportIn("orders/1", provider.answer);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->reason, "") << reason;
  }
}

TEST_F(CheckDeskTest, TellsTheProviderOfADisputeAndTakesTheNewResult) {
  ASSERT_TRUE(Request("consider.dispute.review.clear").ok());
  Call(1);
  EXPECT_EQ(Check().result(), BackgroundCheck::RESULT_CONSIDER);
  v1::DisputeBackgroundCheckRequest dispute;
  dispute.set_name("backgroundChecks/B");
  dispute.set_reason("ANOTHER_PERSON");
  ASSERT_TRUE(Ask<BackgroundCheck>(kFirstFellow, "DisputeBackgroundCheck", dispute).ok());
  Call(1);
  EXPECT_EQ(Check().state(), BackgroundCheck::STATE_DISPUTE);
  Call(1);
  EXPECT_EQ(Check().result(), BackgroundCheck::RESULT_CLEAR);
  EXPECT_TRUE(Cleared());
}

TEST_F(CheckDeskTest, TellsTheProviderOfACancellationOnce) {
  ASSERT_TRUE(Request("pending").ok());
  Call(1);
  v1::CancelBackgroundCheckRequest cancel;
  cancel.set_name("backgroundChecks/B");
  cancel.set_reason("STAY_CANCELLED");
  ASSERT_TRUE(Ask<BackgroundCheck>(kVera, "CancelBackgroundCheck", cancel).ok());
  Call(1);
  EXPECT_EQ(provider_.cancelled(), 1);
  EXPECT_EQ(*desk_->CallDue(), 0);
}

// A5-05
TEST_F(CheckDeskTest, KeepsTheOutcomeAloneAndNothingThatAProviderSaysBesides) {
  ASSERT_TRUE(Request("review.consider.SECRET-REFERENCE").ok());
  Call(2);
  std::vector<event::v1::Event> events;
  ASSERT_TRUE(store_
                  ->Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History("backgroundChecks/B", 0, 100));
                    for (const auto& stored : history) events.emplace_back().ParseFromString(stored.body);
                    return absl::OkStatus();
                  })
                  .ok());
  std::vector<std::string> facts;
  BackgroundCheck folded;
  for (const auto& event : events) {
    v1::CheckFact fact;
    ASSERT_TRUE(event.data().UnpackTo(&fact));
    folded = Evolve(folded, fact);
    facts.push_back(event.type().substr(event.type().rfind('.') + 1));
  }
  EXPECT_THAT(facts, ElementsAre("CheckRequested", "CheckOrdered", "CheckReported", "CheckReported"));
  const BackgroundCheck check = Check();
  EXPECT_EQ(folded.result(), check.result());
  EXPECT_EQ(events.back().actor(), "system/compliance");
}

TEST_F(CheckDeskTest, RunsByItselfUntilItIsStopped) {
  ASSERT_TRUE(Request("clear").ok());
  CheckDesk running(*store_, clock_, {{{"ncic"}, channel_.get()}}, {.look = absl::Milliseconds(10)});
  ASSERT_TRUE(running.Start().ok());
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (Check().result() != BackgroundCheck::RESULT_CLEAR && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  running.Stop();
  EXPECT_EQ(Check().result(), BackgroundCheck::RESULT_CLEAR);
}

}  // namespace
}  // namespace amikeco::compliance
