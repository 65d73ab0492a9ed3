// How long personal documents are kept, what stands in the way of erasing them, and who was told of them (A5-04,
// A5-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/events/execute.h"
#include "common/privacy/data_subject.h"
#include "common/privacy/erasure.h"
#include "common/privacy/policy.h"
#include "common/privacy/service.h"
#include "common/store/sqlite_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/wrappers.pb.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using google::protobuf::StringValue;
using ops::v1::DataSubject;
using ops::v1::DataSubjectFact;
using ops::v1::RetentionRule;
using ::testing::HasSubstr;

constexpr char kPerson[] = "members/M-1";
const Actor kOfficer{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kAuditor{"people/ann", "organisations/audit", {options::v1::ROLE_AUDITOR}};

ops::v1::PrivacyPolicy PolicyWith(RetentionRule::Basis basis, int days) {
  ops::v1::PrivacyPolicy policy;
  policy.set_id("test-1");
  RetentionRule& rule = *policy.add_rules();
  rule.set_document("google.protobuf.StringValue");
  rule.set_basis(basis);
  rule.set_keep_days(days);
  rule.set_reason("so long");
  RetentionRule& kept = *policy.add_rules();
  kept.set_document("google.protobuf.BytesValue");
  kept.set_basis(RetentionRule::BASIS_FOREVER);
  kept.set_reason("the law says so");
  RetentionRule& account = *policy.add_rules();
  account.set_document("google.protobuf.DoubleValue");
  account.set_basis(RetentionRule::BASIS_WRITTEN);
  account.set_keep_days(3652);
  account.set_reason("accounts");
  account.set_outlives_person(true);
  policy.add_purposes("case-review");
  policy.add_purpose_required_of("organisations/strict");
  return policy;
}

class PrivacyTest : public ::testing::Test {
 protected:
  explicit PrivacyTest(const ops::v1::PrivacyPolicy& policy = PolicyWith(RetentionRule::BASIS_CASE_END, 30))
      : policy_(policy),
        store_(*SqliteStore::Open(folder_ / "test.db")),
        service_(
            *store_, dossiers_, "test",
            [this](Reader&, const std::string&, const std::string& entry) -> absl::StatusOr<std::optional<absl::Time>> {
              const auto end = case_ends_.find(entry);
              if (end == case_ends_.end()) return std::nullopt;
              return end->second;
            }) {}

  Call As(const Actor& actor) {
    Call call;
    call.actor = actor;
    call.method = "amikeco.test.v1.TestService/GetThing";
    call.call_id = "call-1";
    call.time = clock_.Now();
    return call;
  }
  Origin Ours() { return {"test", SystemActor("test"), clock_.Now(), "", ""}; }
  absl::Status Write(const std::string& entry, const std::string& text) {
    StringValue message;
    message.set_value(text);
    return store_->Write([&](Transaction& tx) { return dossiers_.Write(tx, kPerson, entry, message); });
  }
  std::string Read(const std::string& entry) {
    StringValue message;
    bool there = false;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(there, dossiers_.Read(reader, kPerson, entry, message));
                      return absl::OkStatus();
                    })
                    .ok());
    return there ? message.value() : "none";
  }
  absl::StatusOr<DataSubject> Hold(const std::string& id) {
    ops::v1::PlaceLegalHoldRequest request;
    request.set_person(kPerson);
    request.set_hold_id(id);
    request.set_reason(ops::v1::HOLD_REASON_INVESTIGATION);
    Call call = As(kOfficer);
    return service_.PlaceLegalHold(call, request);
  }
  absl::StatusOr<DataSubject> Lift(const std::string& id) {
    ops::v1::LiftLegalHoldRequest request;
    request.set_person(kPerson);
    request.set_hold_id(id);
    Call call = As(kOfficer);
    return service_.LiftLegalHold(call, request);
  }
  DataSubject Show() {
    ops::v1::GetDataSubjectRequest request;
    request.set_person(kPerson);
    Call call = As(kAuditor);
    return *service_.GetDataSubject(call, request);
  }
  absl::Status Erase() {
    return store_->Write([&](Transaction& tx) { return ErasePerson(tx, dossiers_, kPerson, Ours()); });
  }
  // Does what is due now, and says how much there was.
  int Tick() {
    std::vector<std::string> due;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(due, service_.retention().Due(reader, clock_.Now(), 100));
                      return absl::OkStatus();
                    })
                    .ok());
    for (const std::string& name : due) {
      EXPECT_TRUE(store_->Write([&](Transaction& tx) { return service_.retention().Tick(tx, name, Ours()); }).ok());
    }
    return static_cast<int>(due.size());
  }
  // The facts about the person, by their names.
  std::vector<std::string> Facts() {
    std::vector<std::string> names;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                                               reader.History(absl::StrCat("dataSubjects/", kPerson), 0, 100));
                      for (const StoredEvent& stored : facts) {
                        event::v1::Event event;
                        event.ParseFromString(stored.body);
                        names.push_back(event.type().substr(event.type().rfind('.') + 1));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return names;
  }
  void ExpectFactsFoldIntoTheRecord() {
    ASSERT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto stored, FindDataSubject(reader, kPerson));
                      AMIKECO_ASSIGN_OR_RETURN(const auto folded,
                                               (FoldHistory<DataSubject, DataSubjectFact>(reader, stored.name)));
                      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(stored.value, folded.value));
                      EXPECT_EQ(stored.version, folded.version);
                      return absl::OkStatus();
                    })
                    .ok());
  }

  const ops::v1::PrivacyPolicy policy_;
  const TemporaryFolder folder_{"privacy"};
  AdjustableClock clock_ = AdjustableClock::Frozen(absl::FromCivil(absl::CivilDay(2027, 1, 1), absl::UTCTimeZone()));
  std::unique_ptr<Store> store_;
  std::map<std::string, absl::Time> case_ends_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k')), &policy_, &clock_};
  PrivacyService service_;
};

// A5-05
TEST_F(PrivacyTest, ErasesADocumentWhenItsTimeAfterTheCaseIsOver) {
  ASSERT_TRUE(Write("applications/A-1/report", "It was good.").ok());
  ASSERT_TRUE(Write("profile", "Jane").ok());
  clock_.Advance(absl::Hours(24 * 31));
  EXPECT_EQ(Tick(), 2);  // the case is still open
  EXPECT_EQ(Read("applications/A-1/report"), "It was good.");
  EXPECT_EQ(Tick(), 0);

  case_ends_["applications/A-1/report"] = clock_.Now();
  clock_.Advance(absl::Hours(24 * 8));
  Tick();
  EXPECT_EQ(Read("applications/A-1/report"), "It was good.");
  clock_.Advance(absl::Hours(24 * 21));
  Tick();
  EXPECT_EQ(Read("applications/A-1/report"), "It was good.") << "a day before its time";
  clock_.Advance(absl::Hours(24 + 1));
  Tick();
  EXPECT_EQ(Read("applications/A-1/report"), "none");
  EXPECT_EQ(Read("profile"), "Jane");
  EXPECT_THAT(Facts(), ::testing::ElementsAre("DocumentErased"));
  ExpectFactsFoldIntoTheRecord();
}

// A5-05
TEST_F(PrivacyTest, ErasesNothingWhileAHoldStands) {
  ASSERT_TRUE(Write("report", "It was good.").ok());
  case_ends_["report"] = clock_.Now();
  ASSERT_TRUE(Hold("H-1").ok());
  for (int day = 0; day < 40; ++day) {
    clock_.Advance(absl::Hours(24));
    Tick();
  }
  EXPECT_EQ(Read("report"), "It was good.");
  EXPECT_THAT(Facts(), ::testing::ElementsAre("LegalHoldPlaced", "DocumentKept")) << "told once, not each day";
  ASSERT_EQ(Show().deferred_size(), 1);
  EXPECT_EQ(Show().deferred(0).hold(), "H-1");

  ASSERT_TRUE(Lift("H-1").ok());
  clock_.Advance(absl::Hours(25));
  Tick();
  EXPECT_EQ(Read("report"), "none");
  EXPECT_THAT(Facts(), ::testing::ElementsAre("LegalHoldPlaced", "DocumentKept", "LegalHoldLifted", "DocumentErased"));
  EXPECT_EQ(Show().deferred_size(), 0);
  ExpectFactsFoldIntoTheRecord();
}

// A5-05
TEST_F(PrivacyTest, AnErasureThatIsAskedForIsRefusedWhileAHoldStands) {
  ASSERT_TRUE(Write("profile", "Jane").ok());
  ASSERT_TRUE(Hold("H-1").ok());
  const absl::Status refused = Erase();
  EXPECT_EQ(ReasonOf(refused), "LEGAL_HOLD");
  EXPECT_THAT(std::string(refused.message()), HasSubstr(kPerson));
  EXPECT_EQ(ReasonOf(store_->Write([&](Transaction& tx) { return EmptyDossier(tx, dossiers_, kPerson, Ours()); })),
            "LEGAL_HOLD");
  EXPECT_EQ(Read("profile"), "Jane");
  ASSERT_TRUE(Lift("H-1").ok());
  EXPECT_EQ(Read("profile"), "Jane") << "nobody's erasure waited";
  ASSERT_TRUE(Erase().ok());
  EXPECT_EQ(Read("profile"), "none");
}

// A5-05
TEST_F(PrivacyTest, AnErasureThatIsHeardOfWaitsForTheLastHold) {
  ASSERT_TRUE(Write("profile", "Jane").ok());
  ASSERT_TRUE(Hold("H-1").ok());
  ASSERT_TRUE(Hold("H-2").ok());
  ASSERT_TRUE(store_->Write([&](Transaction& tx) { return ErasePersonWhenFree(tx, dossiers_, kPerson, Ours()); }).ok());
  EXPECT_EQ(Read("profile"), "Jane");
  EXPECT_TRUE(Show().has_erasure_asked_time());
  ASSERT_TRUE(Lift("H-1").ok());
  EXPECT_EQ(Read("profile"), "Jane");
  const auto lifted = Lift("H-2");
  ASSERT_TRUE(lifted.ok());
  EXPECT_EQ(lifted->state(), DataSubject::STATE_ERASED);
  EXPECT_FALSE(lifted->has_erasure_asked_time());
  EXPECT_EQ(Read("profile"), "none");
  EXPECT_EQ(ReasonOf(Write("profile", "Jane again")), "PERSON_ERASED");
  EXPECT_THAT(Facts(), ::testing::ElementsAre("LegalHoldPlaced", "LegalHoldPlaced", "ErasureDeferred",
                                              "LegalHoldLifted", "LegalHoldLifted", "SubjectErased"));
  ExpectFactsFoldIntoTheRecord();
}

TEST_F(PrivacyTest, HoldsSayWhoPlacedThemAndAreThereOnce) {
  ASSERT_TRUE(Hold("H-1").ok());
  ASSERT_TRUE(Hold("H-1").ok());
  const DataSubject subject = Show();
  ASSERT_EQ(subject.holds_size(), 1);
  EXPECT_EQ(subject.holds(0).placed_by(), "people/vera");
  EXPECT_EQ(subject.holds(0).organisation(), "organisations/ipa-us");
  EXPECT_EQ(subject.holds(0).reason(), ops::v1::HOLD_REASON_INVESTIGATION);
  EXPECT_EQ(ToTime(subject.holds(0).place_time()), clock_.Now());
  EXPECT_EQ(Lift("H-2").status().code(), absl::StatusCode::kNotFound);
}

// A5-05
TEST_F(PrivacyTest, AnErasureSaysWhatIsKeptWhyAndUntilWhen) {
  ASSERT_TRUE(Write("profile", "Jane").ok());
  ASSERT_TRUE(Write("report", "It was good.").ok());
  ASSERT_TRUE(Erase().ok());
  const DataSubject subject = Show();
  EXPECT_EQ(subject.state(), DataSubject::STATE_ERASED);
  EXPECT_EQ(subject.documents_size(), 0);
  ASSERT_EQ(subject.kept_size(), 2);
  EXPECT_EQ(subject.kept(0).document(), "google.protobuf.BytesValue");
  EXPECT_EQ(subject.kept(0).reason(), "the law says so");
  EXPECT_EQ(subject.kept(0).policy(), "test-1");
  EXPECT_EQ(subject.kept(0).basis(), RetentionRule::BASIS_FOREVER);
  EXPECT_EQ(subject.kept(1).document(), "google.protobuf.DoubleValue");
  EXPECT_EQ(subject.kept(1).basis(), RetentionRule::BASIS_WRITTEN);
  EXPECT_EQ(subject.kept(1).keep_days(), 3652);
  EXPECT_TRUE(Erase().ok());
  EXPECT_THAT(Facts(), ::testing::ElementsAre("SubjectErased"));
}

TEST_F(PrivacyTest, RefusesADocumentThatThePolicyHasNoRuleFor) {
  const absl::Status status = store_->Write(
      [&](Transaction& tx) { return dossiers_.Write(tx, kPerson, "entry", google::protobuf::Int32Value()); });
  EXPECT_EQ(ReasonOf(status), "NO_RETENTION_RULE");
}

TEST_F(PrivacyTest, KeepsWhoWasToldWhatOfWhom) {
  ASSERT_TRUE(Write("profile", "Jane").ok());
  Call call = As({"people/carla", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}});
  ReadingsScope scope;
  Read("profile");
  ASSERT_TRUE(service_.consultations().Keep(call, "case-review", scope.readings()).ok());
  ops::v1::ListConsultationsRequest request;
  request.set_person(kPerson);
  Call audit = As(kAuditor);
  const auto kept = service_.ListConsultations(audit, request);
  ASSERT_TRUE(kept.ok());
  ASSERT_EQ(kept->consultations_size(), 1);
  const ops::v1::Consultation& consultation = kept->consultations(0);
  EXPECT_EQ(consultation.actor(), "people/carla");
  EXPECT_EQ(consultation.organisation(), "organisations/ipa-us");
  EXPECT_EQ(consultation.purpose(), "case-review");
  EXPECT_EQ(consultation.method(), call.method);
  EXPECT_EQ(ToTime(consultation.time()), clock_.Now());
  ASSERT_EQ(consultation.told_size(), 1);
  EXPECT_EQ(consultation.told(0).person(), kPerson);
  EXPECT_EQ(consultation.told(0).document(), "google.protobuf.StringValue");
  EXPECT_EQ(consultation.told(0).entry(), "profile");
  request.set_person("members/M-2");
  EXPECT_EQ(service_.ListConsultations(audit, request)->consultations_size(), 0);
  request.set_person("members/M");
  EXPECT_EQ(service_.ListConsultations(audit, request)->consultations_size(), 0) << "whole names, not beginnings";
}

TEST_F(PrivacyTest, AsksForAPurposeOfWhomThePolicyNames) {
  Consultations& log = service_.consultations();
  const Actor strict{"people/s", "organisations/strict", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(log.Permit(As(strict), "")), "PURPOSE_REQUIRED");
  EXPECT_TRUE(log.Permit(As(strict), "case-review").ok());
  EXPECT_EQ(ReasonOf(log.Permit(As(strict), "curiosity")), "UNKNOWN_PURPOSE");
  EXPECT_TRUE(log.Permit(As(kOfficer), "").ok());
  const Actor themselves{kPerson, "organisations/strict", {options::v1::ROLE_OFFICER}};
  EXPECT_TRUE(log.Permit(As(themselves), "").ok());
}

class WrittenTest : public PrivacyTest {
 protected:
  WrittenTest() : PrivacyTest(PolicyWith(RetentionRule::BASIS_WRITTEN, 10)) {}
};

// A5-05
TEST_F(WrittenTest, ErasesWhatIsAsOldAsTheRuleSaysSinceItWasWrittenLast) {
  ASSERT_TRUE(Write("message", "Dear Jane").ok());
  clock_.Advance(absl::Hours(24 * 9));
  ASSERT_TRUE(Write("message", "Dear Jane, once more").ok());
  clock_.Advance(absl::Hours(24 * 9));
  EXPECT_EQ(Tick(), 0);
  EXPECT_EQ(Read("message"), "Dear Jane, once more");
  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(Tick(), 1);
  EXPECT_EQ(Read("message"), "none");
}

// A3-04, A5-05
TEST(PrivacyPolicyFile, KeepsEngagementNotificationsForEverAndNoRapSheets) {
  const auto policy = LoadPrivacyPolicy("privacy/policy.textproto");
  ASSERT_TRUE(policy.ok()) << policy.status();
  std::map<std::string, RetentionRule> rules;
  for (const RetentionRule& rule : policy->rules()) rules[rule.document()] = rule;
  EXPECT_EQ(rules["amikeco.compliance.v1.NotificationContent"].basis(), RetentionRule::BASIS_FOREVER);
  EXPECT_EQ(rules["amikeco.applicant.v1.Profile"].basis(), RetentionRule::BASIS_CASE_END);
  EXPECT_TRUE(rules["amikeco.applicant.v1.PriceTerms"].outlives_person());
  for (const auto& [document, rule] : rules) {
    EXPECT_EQ(document.find("Rap"), std::string::npos) << document;
    // What belongs to a person is never kept for ever.
    if (document.find("applicant") != std::string::npos) {
      EXPECT_NE(rule.basis(), RetentionRule::BASIS_FOREVER);
    }
  }
}

TEST(PrivacyPolicyFile, NamesLineFieldAndFixOfEverythingThatIsWrong) {
  const TemporaryFolder folder("policy");
  std::ofstream(folder / "policy.textproto") << R"(id: "test-1"
rules { document: "Profile" basis: BASIS_WRITTEN keep_days: 0 reason: "r" }
rules { document: "amikeco.applicant.v1.Profile" basis: BASIS_FOREVER keep_days: 3 reason: "r" }
rules { document: "amikeco.applicant.v1.Profile" basis: BASIS_PERSON }
purpose_required_of: "*"
)";
  const auto policy = LoadPrivacyPolicy(folder / "policy.textproto");
  const std::string wrong = policy.status().ToString();
  for (const char* const part : {"rules[0].document", "rules[0].keep_days", "rules[1].keep_days", "rules[2].document",
                                 "rules[2].reason", "purposes", "policy.textproto:2"}) {
    EXPECT_THAT(wrong, HasSubstr(part));
  }
}

}  // namespace
}  // namespace amikeco
