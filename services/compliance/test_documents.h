// The whole service on a real store, for tests of notifications and assessments: what is heard, what is called, and the
// clearance that follows.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_DOCUMENTS_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_DOCUMENTS_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/base/dates.h"
#include "common/events/execute.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/country_assessment.h"
#include "services/compliance/document_tables.h"
#include "services/compliance/service.h"
#include "services/compliance/test_assessment.h"
#include "services/compliance/test_programme.h"
#include "services/compliance/test_waivers.h"

namespace amikeco::compliance {

using programme::v1::DeliveryMode;
using v1::Assessment;
using v1::Clearance;
using v1::EngagementNotification;

inline const Actor kRequester{"people/rita", "organisations/recipient", {options::v1::ROLE_REQUESTER}};
inline const Actor kGate{"system/applicant", "", {options::v1::ROLE_SERVICE}};
inline constexpr char kSecret[] = "The-unit-in-question";

inline google::type::Date Day(absl::string_view text) { return *ParseDate(text); }

// A programme that asks for both documents and nothing else (A3-02).
inline programme::v1::Programme DocumentProgramme() {
  programme::v1::Programme programme = TestProgramme();
  programme.clear_compliance();
  auto& notification = *programme.add_compliance();
  notification.set_id("notification");
  notification.set_kind(programme::v1::ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION);
  notification.set_mandatory(true);
  auto& assessment = *programme.add_compliance();
  assessment.set_id("assessment");
  assessment.set_kind(programme::v1::ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT);
  assessment.set_mandatory(true);
  assessment.set_every_day(true);
  return programme;
}

class DocumentsTest : public testing::Test {
 protected:
  DocumentsTest() {
    std::string dir = testing::TempDir() + "documentsXXXXXX";
    dir_ = mkdtemp(dir.data());
    store_ = *SqliteStore::Open(dir_ + "/compliance.db");
    programmes_.Add(DocumentProgramme());
    Open();
  }
  ~DocumentsTest() override {
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  // As after a start, with the policy as it is now.
  void Open() {
    service_ = std::make_unique<ComplianceService>(*store_, programmes_, dossiers_, policy_, templates_);
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }

  std::string NewRequestId() { return absl::StrFormat("00000000-0000-4000-8000-%012d", ++requests_); }

  template <typename Fact>
  void Hear(absl::string_view subject, const Fact& fact) {
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", "event-1"};
    const auto event = MakeEvent(origin, subject, 1, fact);
    const absl::Status heard = store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
    ASSERT_TRUE(heard.ok()) << heard;
  }
  void HearSubmitted(const std::vector<std::string>& countries = {"AM"},
                     DeliveryMode delivery = programme::v1::DELIVERY_MODE_VIRTUAL) {
    applicant::v1::ApplicationFact fact;
    auto& submitted = *fact.mutable_submitted();
    submitted.set_programme("programmes/test");
    submitted.set_programme_version(1);
    submitted.mutable_assistance()->mutable_countries()->Assign(countries.begin(), countries.end());
    submitted.mutable_assistance()->set_delivery(delivery);
    submitted.add_parties("organisations/recipient");
    submitted.add_parties("organisations/ipa-us");
    Hear("applications/7", fact);
  }
  void HearArranged(absl::string_view start = "2027-03-14", absl::string_view end = "2027-03-20") {
    applicant::v1::ApplicationFact fact;
    auto& arranged = *fact.mutable_stay_arranged();
    arranged.set_round(++round_);
    arranged.set_programme("programmes/test");
    arranged.set_programme_version(1);
    *arranged.mutable_start() = Day(start);
    *arranged.mutable_end() = Day(end);
    arranged.add_parties("organisations/recipient");
    arranged.add_parties("organisations/ipa-us");
    Hear("applications/7", fact);
  }

  absl::StatusOr<v1::CountryAssessment> AssessCountry(const std::string& country, bool significant = false,
                                                      const std::vector<std::string>& unknown = {},
                                                      const Actor& actor = kAuthor) {
    v1::RecordCountryAssessmentRequest request;
    request.set_country(country);
    *request.mutable_content() = CountryAnswers(policy_, unknown);
    request.set_significant(significant);
    return Ask<v1::CountryAssessment>(actor, "RecordCountryAssessment", request);
  }
  absl::StatusOr<Assessment> Write(const v1::AssessmentContent& content, const Actor& actor = kAuthor) {
    v1::WriteAssessmentRequest request;
    request.set_application("applications/7");
    *request.mutable_content() = content;
    request.set_request_id(NewRequestId());
    return Ask<Assessment>(actor, "WriteAssessment", request);
  }
  template <typename Request>
  absl::StatusOr<Assessment> On(const Actor& actor, absl::string_view method, Request request) {
    request.set_name("assessments/7");
    return Ask<Assessment>(actor, method, request);
  }
  absl::StatusOr<Assessment> Submit(const Actor& actor = kAuthor) {
    return On(actor, "SubmitAssessment", v1::SubmitAssessmentRequest());
  }
  absl::StatusOr<Assessment> Review(const Actor& actor = kReviewer, v1::ReviewOutcome outcome = v1::REVIEW_OUTCOME_OK) {
    v1::ReviewAssessmentRequest request;
    request.set_outcome(outcome);
    if (outcome != v1::REVIEW_OUTCOME_OK) request.set_reason("SOURCES_MISSING");
    return On(actor, "ReviewAssessment", request);
  }
  absl::StatusOr<Assessment> Approve(const Actor& actor = kLead, absl::string_view valid_to = "2027-12-31") {
    v1::ApproveAssessmentRequest request;
    if (const auto read = Get(); read.ok()) request.set_content_hash(read->content_hash());
    *request.mutable_valid_to() = Day(valid_to);
    *request.mutable_review_date() = Day(valid_to);
    return On(actor, "ApproveAssessment", request);
  }
  absl::StatusOr<Assessment> Decide(v1::Verdict verdict = v1::VERDICT_PROCEED, const Actor& actor = kDecider) {
    v1::DecideAssessmentRequest request;
    request.set_verdict(verdict);
    request.set_human_rights_rationale("It strengthens them.");
    request.set_code_of_ethics_rationale("It serves the public.");
    request.set_request_id(NewRequestId());
    return On(actor, "DecideAssessment", request);
  }
  absl::StatusOr<Assessment> Get(const Actor& actor = kAuthor, int revision = 0) {
    v1::GetAssessmentRequest request;
    request.set_revision(revision);
    return On(actor, "GetAssessment", request);
  }
  // From nothing to the decision to proceed.
  void Proceed(const v1::AssessmentContent& content, const Actor& approver = kLead,
               absl::string_view valid_to = "2027-12-31") {
    const auto written = Write(content);
    ASSERT_TRUE(written.ok()) << written.status();
    Resume(approver, valid_to);
  }
  void Resume(const Actor& approver = kLead, absl::string_view valid_to = "2027-12-31") {
    const auto submitted = Submit();
    ASSERT_TRUE(submitted.ok()) << submitted.status();
    ASSERT_TRUE(Review().ok());
    const auto approved = Approve(approver, valid_to);
    ASSERT_TRUE(approved.ok()) << approved.status();
    ASSERT_TRUE(Decide().ok());
  }

  absl::StatusOr<EngagementNotification> Notify(const std::vector<std::string>& countries = {"AM"},
                                                DeliveryMode delivery = programme::v1::DELIVERY_MODE_VIRTUAL,
                                                const Actor& actor = kRequester) {
    v1::SubmitNotificationRequest request;
    request.set_application("applications/7");
    *request.mutable_content() = NotificationFor(countries, delivery);
    request.mutable_content()->set_recipient_units(0, kSecret);
    request.set_request_id(NewRequestId());
    return Ask<EngagementNotification>(actor, "SubmitNotification", request);
  }
  absl::StatusOr<EngagementNotification> ReviewNotification(int version,
                                                            v1::ReviewOutcome outcome = v1::REVIEW_OUTCOME_OK,
                                                            const Actor& actor = kReviewer) {
    v1::ReviewNotificationRequest request;
    request.set_name("engagementNotifications/7");
    request.set_version(version);
    request.set_outcome(outcome);
    if (outcome != v1::REVIEW_OUTCOME_OK) request.set_reason("COST_MISSING");
    return Ask<EngagementNotification>(actor, "ReviewNotification", request);
  }
  absl::StatusOr<EngagementNotification> GetNotification(const Actor& actor, int version = 0) {
    v1::GetNotificationRequest request;
    request.set_name("engagementNotifications/7");
    request.set_version(version);
    return Ask<EngagementNotification>(actor, "GetNotification", request);
  }

  Clearance Gate() {
    v1::GetClearanceRequest request;
    request.set_name("clearances/7");
    const auto clearance = Ask<Clearance>(kGate, "GetClearance", request);
    EXPECT_TRUE(clearance.ok()) << clearance.status();
    return clearance.ok() ? *clearance : Clearance();
  }
  std::vector<std::string> Open(const Clearance& clearance) {
    std::vector<std::string> open;
    for (const auto& item : clearance.open_items()) open.push_back(item.item());
    return open;
  }
  // Everything is in place.
  void Clear(DeliveryMode delivery = programme::v1::DELIVERY_MODE_VIRTUAL) {
    HearSubmitted({"AM"}, delivery);
    HearArranged();
    ASSERT_TRUE(AssessCountry("AM").ok());
    ASSERT_TRUE(Notify({"AM"}, delivery).ok());
    ASSERT_TRUE(ReviewNotification(1).ok());
    Proceed(ContentFor(policy_, {"AM"}, delivery));
    ASSERT_TRUE(Gate().cleared());
  }

  void TickAll() {
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", ""};
    std::vector<std::string> due;
    ASSERT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(due, service_->Due(reader, clock_.Now(), 100));
                      return absl::OkStatus();
                    })
                    .ok());
    for (const std::string& name : due) {
      ASSERT_TRUE(store_->Write([&](Transaction& tx) { return service_->Tick(tx, name, origin); }).ok());
    }
  }

  template <typename T, typename Fact>
  void ExpectFolds(const Table<T>& table, const std::string& name) {
    const absl::Status status = store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto record, table.Find(reader, name));
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<T, Fact>(reader, name)));
      EXPECT_EQ(folded.version, record.version) << name;
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(folded.value, record.value)) << name;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  void ExpectAllFold() {
    ExpectFolds<Clearance, v1::ClearanceFact>(Clearances(), "clearances/7");
    ExpectFolds<Assessment, v1::AssessmentFact>(Assessments(), "assessments/7");
    ExpectFolds<EngagementNotification, v1::NotificationFact>(Notifications(), "engagementNotifications/7");
    ExpectFolds<v1::CountryAssessment, v1::CountryAssessmentFact>(CountryAssessments(), "countryAssessments/AM");
  }
  std::string AllFacts() {
    std::string all;
    for (const char* subject :
         {"clearances/7", "assessments/7", "engagementNotifications/7", "countryAssessments/AM"}) {
      EXPECT_TRUE(store_
                      ->Read([&](Reader& reader) -> absl::Status {
                        AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History(subject, 0, 1000));
                        for (const auto& stored : history) all += stored.body;
                        return absl::OkStatus();
                      })
                      .ok());
    }
    return all;
  }

  std::string DatabaseFiles() {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(dir_)) {
      std::ifstream bytes(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(bytes), {});
    }
    EXPECT_GT(all.size(), 10'000u);
    return all;
  }

  std::string dir_;
  AdjustableClock clock_ = AdjustableClock::Frozen(absl::FromCivil(absl::CivilDay(2027, 1, 10), absl::UTCTimeZone()));
  Process process_{QuietProcess(), "compliance"};
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  WaiverTemplates templates_ = *CheckTemplates({TestTemplate()});
  v1::AssessmentPolicy policy_ = TestPolicy();
  std::unique_ptr<ComplianceService> service_;
  std::unique_ptr<Chain> chain_;
  int round_ = 0;
  int requests_ = 0;
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_DOCUMENTS_H_
