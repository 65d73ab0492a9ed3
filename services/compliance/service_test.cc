#include "services/compliance/service.h"

#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/base/dates.h"
#include "common/events/execute.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/clearance.h"
#include "services/compliance/errors.h"
#include "services/compliance/tables.h"
#include "services/compliance/test_programme.h"
#include "services/compliance/test_waivers.h"

namespace amikeco::compliance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Clearance;

const Actor kOfficer{"members/M-17", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kStranger{"members/M-18", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kSection{"people/eva", "sections/DE", {options::v1::ROLE_ENDORSER}};
const Actor kOtherSection{"people/yves", "sections/FR", {options::v1::ROLE_ENDORSER}};
const Actor kCompliance{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kCoordinator{"people/carl", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
const Actor kHost{"people/hank", "hosts/A", {options::v1::ROLE_HOST_CONTACT}};
const Actor kGate{"system/applicant", "", {options::v1::ROLE_SERVICE}};
constexpr char kName[] = "clearances/7";
const std::string kHash(64, 'a');

programme::v1::Programme ProgrammeWithHostConsent() {
  programme::v1::Programme programme = TestProgramme();
  auto& item = *programme.add_compliance();
  item.set_id("media-consent-host");
  item.set_kind(programme::v1::ComplianceItem::KIND_MEDIA_CONSENT);
  item.set_per_leg(true);
  return programme;
}

google::type::Date Day(absl::string_view text) { return *ParseDate(text); }

// A whole service on a real store, called through the chain.
class ComplianceServiceTest : public testing::Test {
 protected:
  ComplianceServiceTest() {
    std::string dir = testing::TempDir() + "complianceXXXXXX";
    dir_ = mkdtemp(dir.data());
    store_ = *SqliteStore::Open(dir_ + "/compliance.db");
    programmes_.Add(ProgrammeWithHostConsent());
    service_ = std::make_unique<ComplianceService>(*store_, programmes_, dossiers_, policy_, templates_);
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }
  ~ComplianceServiceTest() override {
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }
  template <typename Request>
  absl::StatusOr<Clearance> Do(const Actor& actor, absl::string_view method, Request request) {
    if (request.name().empty()) request.set_name(kName);
    return Ask<Clearance>(actor, method, request);
  }
  absl::StatusOr<Clearance> Get(const Actor& actor, absl::string_view name = kName) {
    v1::GetClearanceRequest request;
    request.set_name(std::string(name));
    return Ask<Clearance>(actor, "GetClearance", request);
  }

  // A fact of another service, as its relay would bring it.
  template <typename Fact>
  absl::Status Hear(absl::string_view subject, const Fact& fact) {
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", "event-1"};
    const auto event = MakeEvent(origin, subject, 1, fact);
    return store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
  }
  absl::Status HearAgreed(absl::string_view application = "7", absl::string_view start = "2027-03-14",
                          absl::string_view end = "2027-03-20", int version = 1) {
    matching::v1::PlacementFact fact;
    auto& agreed = *fact.mutable_agreed();
    agreed.set_application(absl::StrCat("applications/", application));
    agreed.set_member("members/M-17");
    agreed.set_section("sections/DE");
    agreed.set_programme("programmes/test");
    agreed.set_programme_version(version);
    auto& leg = *agreed.add_legs();
    leg.set_id("1");
    leg.set_host("hosts/A");
    *leg.mutable_start() = Day(start);
    *leg.mutable_end() = Day(end);
    leg.set_confirmed(true);
    for (const char* party : {"members/M-17", "sections/DE", "organisations/ipa-us"}) agreed.add_parties(party);
    return Hear(absl::StrCat("placements/", application), fact);
  }

  v1::RecordHealthCoverRequest Cover(absl::string_view from = "2027-03-14", absl::string_view to = "2027-03-20") {
    v1::RecordHealthCoverRequest request;
    request.set_kind("travel-insurance");
    *request.mutable_valid_from() = Day(from);
    *request.mutable_valid_to() = Day(to);
    return request;
  }
  v1::SignWaiverRequest Waiver() {
    v1::SignWaiverRequest request;
    request.set_host("hosts/A");
    *request.mutable_valid_from() = Day("2027-03-14");
    *request.mutable_valid_to() = Day("2027-03-20");
    request.set_signature_name("Katarina Zamenhof");
    request.set_document_hash(kHash);
    return request;
  }
  v1::RecordBackgroundCheckRequest Check(v1::Outcome outcome = v1::OUTCOME_SATISFIED) {
    v1::RecordBackgroundCheckRequest request;
    request.set_kind("ncic");
    request.set_outcome(outcome);
    return request;
  }
  v1::RecordMediaConsentRequest Consent(v1::Consent consent = v1::CONSENT_YES) {
    v1::RecordMediaConsentRequest request;
    request.set_consent(consent);
    return request;
  }
  void Clear() {
    ASSERT_TRUE(HearAgreed().ok());
    ASSERT_TRUE(Do(kOfficer, "RecordHealthCover", Cover()).ok());
    ASSERT_TRUE(Do(kOfficer, "SignWaiver", Waiver()).ok());
    ASSERT_TRUE(Do(kCompliance, "RecordBackgroundCheck", Check()).ok());
    ASSERT_TRUE(Do(kOfficer, "RecordMediaConsent", Consent()).ok());
  }
  std::vector<event::v1::Event> Events(absl::string_view subject = kName) {
    std::vector<event::v1::Event> events;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History(subject, 0, 1000));
                      for (const auto& stored : history) events.emplace_back().ParseFromString(stored.body);
                      return absl::OkStatus();
                    })
                    .ok());
    return events;
  }
  void ExpectHistoryFoldsToRecord(absl::string_view name = kName) {
    const absl::Status status = store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto record, Clearances().Get(reader, name));
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<Clearance, v1::ClearanceFact>(reader, name)));
      EXPECT_EQ(folded.version, record.version);
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(folded.value, record.value));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  void TickAll() {
    std::vector<std::string> due;
    ASSERT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(due, service_->Due(reader, clock_.Now(), 100));
                      return absl::OkStatus();
                    })
                    .ok());
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", ""};
    for (const std::string& name : due) {
      ASSERT_TRUE(store_->Write([&](Transaction& tx) { return service_->Tick(tx, name, origin); }).ok());
    }
  }

  std::string dir_;
  AdjustableClock clock_ = AdjustableClock::Frozen(absl::FromCivil(absl::CivilDay(2027, 1, 10), absl::UTCTimeZone()));
  Process process_{QuietProcess(), "compliance"};
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  v1::AssessmentPolicy policy_;
  WaiverTemplates templates_ = *CheckTemplates({TestTemplate()});
  std::unique_ptr<ComplianceService> service_;
  std::unique_ptr<Chain> chain_;
};

// A3-13
TEST_F(ComplianceServiceTest, WithholdsFromPartnersWhatTheApplicationWithholdsAndFollowsIt) {
  matching::v1::PlacementFact fact;
  auto& followed = *fact.mutable_disclosure_followed();
  followed.set_application("applications/7");
  followed.mutable_disclosure()->set_disclosure_class(options::v1::DISCLOSURE_CLASS_RESTRICTED);
  followed.mutable_disclosure()->set_reason(options::v1::WITHHOLDING_REASON_CAPABILITY_VULNERABILITY);
  for (const char* insider : {"members/M-17", "organisations/ipa-us"}) {
    followed.mutable_disclosure()->add_insiders(insider);
  }
  ASSERT_TRUE(Hear("placements/7", fact).ok()) << "before there is a clearance it means nothing";
  ASSERT_TRUE(HearAgreed().ok());
  EXPECT_THAT(Get(kSection)->open_items(), testing::Not(IsEmpty()));
  ASSERT_TRUE(Hear("placements/7", fact).ok());
  const auto shown = Get(kSection);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_THAT(shown->open_items(), IsEmpty());
  EXPECT_THAT(shown->items(), IsEmpty());
  EXPECT_EQ(shown->state(), Clearance::STATE_OPEN);
  ASSERT_THAT(shown->disclosure().withheld(), testing::Not(IsEmpty()));
  EXPECT_EQ(shown->disclosure().withheld(0).reason(), options::v1::WITHHOLDING_REASON_CAPABILITY_VULNERABILITY);
  for (const Actor& actor : {kOfficer, kCompliance, kCoordinator, kGate}) {
    EXPECT_THAT(Get(actor)->open_items(), testing::Not(IsEmpty())) << actor.subject;
  }
  ExpectHistoryFoldsToRecord();
}

// A3-13
TEST_F(ComplianceServiceTest, OpensAClearanceWithWhatTheAgreementSaysOfItsDisclosure) {
  matching::v1::PlacementAgreed agreed;
  agreed.mutable_disclosure()->set_disclosure_class(options::v1::DISCLOSURE_CLASS_PARTNER);
  const Facts facts = OnAgreed(Clearance(), agreed, "placements/7", ProgrammeWithHostConsent(), clock_.Now());
  ASSERT_FALSE(facts.empty());
  EXPECT_EQ(Evolve(Clearance(), facts.front()).disclosure().disclosure_class(), options::v1::DISCLOSURE_CLASS_PARTNER);
}

TEST_F(ComplianceServiceTest, AnswersTheStartGateWithEveryOpenItemThenThatItIsCleared) {  // A5-02, A5-03
  ASSERT_TRUE(HearAgreed().ok());
  const auto open = Get(kGate);
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_FALSE(open->cleared());
  EXPECT_EQ(open->open_items_size(), 5);
  Clear();
  const auto cleared = Get(kGate);
  ASSERT_TRUE(cleared.ok());
  EXPECT_TRUE(cleared->cleared());
  EXPECT_EQ(cleared->version(), 6);  // opened, four records, granted
  EXPECT_EQ(cleared->etag(), "\"6\"");
  EXPECT_EQ(cleared->open_items_size(), 1) << "the host's answer on pictures is asked for, not needed";
  EXPECT_EQ(cleared->lapses_size(), 2);
  ExpectHistoryFoldsToRecord();
}

TEST_F(ComplianceServiceTest, AnswersOthersAsIfThereWereNone) {
  ASSERT_TRUE(HearAgreed().ok());
  for (const Actor& actor : {kStranger, kOtherSection}) {
    const auto other = Get(actor);
    const auto missing = Get(actor, "clearances/8");
    EXPECT_EQ(ReasonOf(other.status()), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(other.status().code(), missing.status().code());
    EXPECT_EQ(ReasonOf(Do(kStranger, "RecordHealthCover", Cover()).status()), "RESOURCE_NOT_FOUND");
  }
  for (const Actor& actor : {kOfficer, kSection, kCompliance, kCoordinator, kHost}) EXPECT_TRUE(Get(actor).ok());
}

TEST_F(ComplianceServiceTest, ShowsAHostWhatConcernsItsLegAlone) {  // A5-05
  Clear();
  const auto seen = Get(kHost);
  ASSERT_TRUE(seen.ok());
  EXPECT_TRUE(seen->cleared());
  for (const auto& item : seen->items()) EXPECT_EQ(item.host(), "hosts/A") << item.id();
  EXPECT_EQ(seen->items_size(), 2);
  ASSERT_EQ(seen->records_size(), 1);
  EXPECT_EQ(seen->records(0).item(), "liability-waiver/1");
  EXPECT_EQ(Get(kOfficer)->records_size(), 4);
}

TEST_F(ComplianceServiceTest, AsksOfficerAndHostSeparatelyAboutPictures) {  // A0-33
  Clear();
  EXPECT_FALSE(Get(kOfficer)->media_allowed());
  const auto answered = Do(kHost, "RecordMediaConsent", Consent());
  ASSERT_TRUE(answered.ok()) << answered.status();
  EXPECT_TRUE(answered->media_allowed());
  auto for_officer = Consent(v1::CONSENT_NO);
  for_officer.set_item("media-consent");
  EXPECT_EQ(ReasonOf(Do(kHost, "RecordMediaConsent", for_officer).status()), "NOT_THE_OFFICER");
  EXPECT_FALSE(Do(kOfficer, "RecordMediaConsent", Consent(v1::CONSENT_NO))->media_allowed());
}

// A3-09
TEST_F(ComplianceServiceTest, LetsEachRoleDoItsOwnPartOnly) {
  ASSERT_TRUE(HearAgreed().ok());
  const auto code = [](const absl::StatusOr<Clearance>& answer) { return answer.status().code(); };
  EXPECT_EQ(code(Do(kOfficer, "RecordBackgroundCheck", Check())), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(Do(kCompliance, "SignWaiver", Waiver())), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(Do(kHost, "RecordHealthCover", Cover())), absl::StatusCode::kPermissionDenied);
  v1::RevokeClearanceRequest revoke;
  revoke.set_reason("CONDUCT");
  EXPECT_EQ(code(Do(kOfficer, "RevokeClearance", revoke)), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Events().size(), 1u) << "nothing but the opening happened";
}

TEST_F(ComplianceServiceTest, ReportsEverythingThatIsWrongWithARequestAtOnce) {
  ASSERT_TRUE(HearAgreed().ok());
  v1::SignWaiverRequest waiver;
  waiver.set_host("A");
  waiver.set_document_hash("nonsense");
  const auto wrong = Do(kOfficer, "SignWaiver", waiver);
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kInvalidArgument);
  std::vector<std::string> fields;
  const auto bad = DetailOf<google::rpc::BadRequest>(wrong.status());
  ASSERT_TRUE(bad.ok());
  for (const auto& violation : bad->field_violations()) {
    fields.push_back(violation.field());
  }
  EXPECT_THAT(fields, testing::UnorderedElementsAre("host", "document_hash", "signature_name"));
  EXPECT_EQ(Do(kOfficer, "RecordHealthCover", Cover("2027-03-20", "2027-03-14")).status().code(),
            absl::StatusCode::kInvalidArgument);
  auto check = Check(static_cast<v1::Outcome>(99));
  EXPECT_EQ(Do(kCompliance, "RecordBackgroundCheck", check).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Do(kCompliance, "RecordBackgroundCheck", Check(v1::OUTCOME_REFUSED)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ComplianceServiceTest, AnswersARepeatedCommandTheSameAndRecordsOnce) {
  ASSERT_TRUE(HearAgreed().ok());
  auto cover = Cover();
  cover.set_request_id("6fd5c2b4-3a61-4c8e-9d3f-0a1b2c3d4e5f");
  const auto first = Do(kOfficer, "RecordHealthCover", cover);
  const auto second = Do(kOfficer, "RecordHealthCover", cover);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*first, *second));
  EXPECT_EQ(Get(kOfficer)->records_size(), 1);
  cover.set_kind("government-care");
  EXPECT_EQ(ReasonOf(Do(kOfficer, "RecordHealthCover", cover).status()), "REQUEST_ID_REUSED");
}

TEST_F(ComplianceServiceTest, RefusesAnOldEtag) {
  ASSERT_TRUE(HearAgreed().ok());
  auto cover = Cover();
  cover.set_etag(Get(kOfficer)->etag());
  EXPECT_TRUE(Do(kOfficer, "RecordHealthCover", cover).ok());
  const auto stale = Do(kOfficer, "RecordHealthCover", cover);
  EXPECT_EQ(stale.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(stale.status()), "ETAG_MISMATCH");
}

TEST_F(ComplianceServiceTest, KeepsTheSignaturesNameInTheDossierAlone) {  // A5-05
  Clear();
  for (const auto& event : Events()) EXPECT_FALSE(absl::StrContains(event.SerializeAsString(), "Zamenhof"));
  EXPECT_FALSE(absl::StrContains(Get(kOfficer)->SerializeAsString(), "Zamenhof"));
  v1::GetWaiverSignatureRequest request;
  request.set_name(kName);
  request.set_record(2);
  const auto read = Ask<v1::WaiverSignature>(kCompliance, "GetWaiverSignature", request);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->signature_name(), "Katarina Zamenhof");
  EXPECT_EQ(Ask<v1::WaiverSignature>(kStranger, "GetWaiverSignature", request).status().code(),
            absl::StatusCode::kNotFound);

  applicant::v1::MemberFact erased;
  erased.mutable_erased();
  ASSERT_TRUE(Hear("members/M-17", erased).ok());
  EXPECT_EQ(Ask<v1::WaiverSignature>(kCompliance, "GetWaiverSignature", request).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(Get(kOfficer)->cleared()) << "the decision stays";
}

TEST_F(ComplianceServiceTest, ListsWhatNamesTheCallerByStateInPages) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(HearAgreed(absl::StrCat(i)).ok());
  Clear();
  const auto list = [&](const Actor& actor, Clearance::State state, int size, const std::string& token = "") {
    v1::ListClearancesRequest request;
    request.set_state(state);
    request.set_page_size(size);
    request.set_page_token(token);
    return *Ask<v1::ListClearancesResponse>(actor, "ListClearances", request);
  };
  EXPECT_EQ(list(kOfficer, Clearance::STATE_UNSPECIFIED, 0).clearances_size(), 6);
  EXPECT_EQ(list(kCoordinator, Clearance::STATE_OPEN, 0).clearances_size(), 5);
  EXPECT_EQ(list(kHost, Clearance::STATE_CLEARED, 0).clearances_size(), 1);
  EXPECT_EQ(list(kStranger, Clearance::STATE_UNSPECIFIED, 0).clearances_size(), 0);
  EXPECT_EQ(list(kOtherSection, Clearance::STATE_UNSPECIFIED, 0).clearances_size(), 0);
  std::vector<std::string> names;
  std::string token;
  do {
    const auto page = list(kSection, Clearance::STATE_OPEN, 2, token);
    for (const auto& clearance : page.clearances()) names.push_back(clearance.name());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_THAT(names, ElementsAre("clearances/1", "clearances/2", "clearances/3", "clearances/4", "clearances/5"));
  v1::ListClearancesRequest foreign;
  foreign.set_party("sections/DE");
  EXPECT_EQ(Ask<v1::ListClearancesResponse>(kOtherSection, "ListClearances", foreign)->clearances_size(), 0);
}

TEST_F(ComplianceServiceTest, JudgesAgainWhenDatesChangeAndAgreementIsMadeAnew) {  // A5-06
  Clear();
  matching::v1::PlacementFact rescheduled;
  rescheduled.mutable_rescheduled()->set_application("applications/7");
  ASSERT_TRUE(Hear("placements/7", rescheduled).ok());
  EXPECT_FALSE(Get(kGate)->cleared());
  EXPECT_EQ(Get(kHost).status().code(), absl::StatusCode::kNotFound) << "no longer a party";
  ASSERT_TRUE(HearAgreed("7", "2027-03-15", "2027-03-21").ok());
  const auto again = Get(kGate);
  EXPECT_FALSE(again->cleared());
  EXPECT_EQ(again->open_items(0).reasons(0).code(), v1::OpenReason::CODE_NOT_COVERED);
  ExpectHistoryFoldsToRecord();
}

TEST_F(ComplianceServiceTest, AsksForAWaiverForEachLegThatIsConfirmedLater) {  // A0-24
  Clear();
  matching::v1::PlacementFact confirmed;
  confirmed.mutable_leg_confirmed()->set_application("applications/7");
  auto& leg = *confirmed.mutable_leg_confirmed()->mutable_leg();
  leg.set_id("2");
  leg.set_host("hosts/B");
  *leg.mutable_start() = Day("2027-03-18");
  *leg.mutable_end() = Day("2027-03-19");
  leg.set_confirmed(true);
  ASSERT_TRUE(Hear("placements/7", confirmed).ok());
  EXPECT_FALSE(Get(kGate)->cleared());
  matching::v1::PlacementFact removed;
  removed.mutable_leg_removed()->set_application("applications/7");
  *removed.mutable_leg_removed()->mutable_leg() = leg;
  ASSERT_TRUE(Hear("placements/7", removed).ok());
  EXPECT_TRUE(Get(kGate)->cleared());
}

TEST_F(ComplianceServiceTest, ClosesWithTheApplicationAndStaysClosed) {
  Clear();
  applicant::v1::ApplicationFact withdrawn;
  withdrawn.mutable_withdrawn();
  ASSERT_TRUE(Hear("applications/7", withdrawn).ok());
  EXPECT_EQ(Get(kOfficer)->state(), Clearance::STATE_CLOSED);
  EXPECT_EQ(Get(kOfficer)->reason(), "WITHDRAWN");
  EXPECT_EQ(ReasonOf(Do(kOfficer, "RecordHealthCover", Cover()).status()), "CLEARANCE_CLOSED");
  const size_t events = Events().size();
  ASSERT_TRUE(HearAgreed().ok());  // late
  EXPECT_EQ(Events().size(), events);
  ASSERT_TRUE(Hear("applications/8", withdrawn).ok()) << "there is no clearance, and that is fine";
}

TEST_F(ComplianceServiceTest, ParksTheFactOfAProgrammeVersionThatIsNotLoaded) {
  EXPECT_EQ(HearAgreed("7", "2027-03-14", "2027-03-20", 99).code(), absl::StatusCode::kInternal);
}

TEST_F(ComplianceServiceTest, SaysWhatIsDueAndWhenCoverOfARunningStayEnds) {  // A5-02
  ASSERT_TRUE(HearAgreed().ok());
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2027, 1, 13), absl::UTCTimeZone()));
  TickAll();
  EXPECT_EQ(Events().back().type(), "amikeco.compliance.v1.ItemDue");
  Clear();
  clock_.AdvanceTo(absl::FromCivil(absl::CivilSecond(2027, 3, 14, 9, 0, 0), absl::UTCTimeZone()));
  applicant::v1::ApplicationFact started;
  *started.mutable_stay_started()->mutable_date() = Day("2027-03-14");
  ASSERT_TRUE(Hear("applications/7", started).ok());
  auto shorter = Cover("2027-03-14", "2027-03-16");
  shorter.set_replaces(1);
  const auto cut = Do(kCompliance, "RecordHealthCover", shorter);
  ASSERT_TRUE(cut.ok()) << cut.status();
  EXPECT_TRUE(cut->cleared());
  EXPECT_EQ(FormatDate(cut->clearance_ends()), "2027-03-17");
  EXPECT_EQ(Events().back().type(), "amikeco.compliance.v1.ClearanceLapsing");
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2027, 3, 17), absl::UTCTimeZone()));
  EXPECT_FALSE(Get(kGate)->cleared()) << "also before the clock's door has opened";
  TickAll();
  EXPECT_EQ(Events().back().type(), "amikeco.compliance.v1.ClearanceLost");
  EXPECT_EQ(Get(kGate)->state(), Clearance::STATE_OPEN);
  TickAll();
  ExpectHistoryFoldsToRecord();
}

TEST_F(ComplianceServiceTest, KeepsHistoryAndRecordTheSameWhateverIsSent) {
  const uint32_t seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<uint32_t>(below)); };
  const auto day = [&](int number) { return FormatDay(absl::CivilDay(2027, 3, 10) + number); };
  for (int step = 0; step < 300; ++step) {
    const int from = pick(8);
    v1::VoidItemRequest void_item;
    void_item.set_item(pick(2) == 0 ? "health-cover" : "background-check");
    void_item.set_reason("RECORDED_IN_ERROR");
    v1::RevokeClearanceRequest revoke;
    revoke.set_reason("CONDUCT");
    v1::ReinstateClearanceRequest reinstate;
    reinstate.set_reason("RESOLVED");
    applicant::v1::ApplicationFact started;
    *started.mutable_stay_started()->mutable_date() = Day(day(from));
    switch (pick(9)) {
      case 0:
        (void)HearAgreed("7", day(from), day(from + pick(8)));
        break;
      case 1:
        (void)Do(kOfficer, "RecordHealthCover", Cover(day(from), day(from + pick(12))));
        break;
      case 2:
        (void)Do(kOfficer, "SignWaiver", Waiver());
        break;
      case 3:
        (void)Do(kCompliance, "RecordBackgroundCheck", Check(static_cast<v1::Outcome>(1 + pick(3))));
        break;
      case 4:
        (void)Do(kOfficer, "RecordMediaConsent", Consent());
        break;
      case 5:
        (void)Do(kCompliance, "VoidItem", void_item);
        break;
      case 6:
        (void)Do(pick(2) == 0 ? kCompliance : kCoordinator, "RevokeClearance", revoke);
        break;
      case 7:
        (void)Do(pick(2) == 0 ? kCompliance : kCoordinator, "ReinstateClearance", reinstate);
        break;
      default:
        if (pick(20) == 0) (void)Hear("applications/7", started);
        clock_.Advance(absl::Hours(pick(30)));
        TickAll();
    }
  }
  ASSERT_TRUE(HearAgreed().ok());
  ExpectHistoryFoldsToRecord();
}

}  // namespace
}  // namespace amikeco::compliance
