// Waivers through the service's door: what the clearance makes of them, what is kept of a signature and where, and what
// comes of the dates' and the templates' changes.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "common/events/execute.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/service.h"
#include "services/compliance/tables.h"
#include "services/compliance/test_programme.h"
#include "services/compliance/test_waivers.h"
#include "services/compliance/waiver_files.h"
#include "tests/support/child.h"

namespace amikeco::compliance {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using v1::Clearance;
using v1::Waiver;

const Actor kOfficer{"members/M-17", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kStranger{"members/M-18", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kOtherSection{"people/yves", "sections/FR", {options::v1::ROLE_ENDORSER}};
const Actor kCompliance{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kHost{"people/hank", "hosts/A", {options::v1::ROLE_HOST_CONTACT}};
const Actor kOtherHost{"people/hugo", "hosts/B", {options::v1::ROLE_HOST_CONTACT}};
constexpr char kName[] = "clearances/7";
constexpr char kWaiver[] = "waivers/7-1";

google::type::Date Day(absl::string_view text) { return *ParseDate(text); }

class WaiverServiceTest : public testing::Test {
 protected:
  WaiverServiceTest() {
    store_ = *SqliteStore::Open(folder_ / "compliance.db");
    programmes_.Add(TestProgramme());
    Open({TestTemplate()});
  }

  // The service as it starts with these templates, on the store that is there.
  void Open(const std::vector<v1::WaiverTemplate>& templates) {
    chain_.reset();
    templates_ = *CheckTemplates(templates);
    ASSERT_TRUE(KeepWaiverTemplates(*store_, templates_).ok());
    service_ = std::make_unique<ComplianceService>(*store_, programmes_, dossiers_, policy_, templates_);
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    ASSERT_TRUE(chain_->Check().ok()) << chain_->Check();
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }
  template <typename Request>
  absl::StatusOr<Waiver> Do(const Actor& actor, absl::string_view method, Request request = Request()) {
    if (request.name().empty()) request.set_name(kWaiver);
    return Ask<Waiver>(actor, method, request);
  }
  absl::StatusOr<Waiver> Get(const Actor& actor = kCompliance, const std::string& name = kWaiver) {
    v1::GetWaiverRequest request;
    request.set_name(name);
    return Ask<Waiver>(actor, "GetWaiver", request);
  }
  absl::StatusOr<Clearance> GetClearance() {
    v1::GetClearanceRequest request;
    request.set_name(kName);
    return Ask<Clearance>(kCompliance, "GetClearance", request);
  }
  std::vector<std::string> List(const Actor& actor, const v1::ListWaiversRequest& request = {}) {
    const auto list = Ask<v1::ListWaiversResponse>(actor, "ListWaivers", request);
    EXPECT_TRUE(list.ok()) << list.status();
    std::vector<std::string> told;
    if (!list.ok()) return told;
    for (const Waiver& waiver : list->waivers()) {
      told.push_back(absl::StrCat(waiver.name(), " ", Waiver::State_Name(waiver.state()).substr(6)));
    }
    return told;
  }
  std::vector<std::string> OfClearance() {
    v1::ListWaiversRequest request;
    request.set_clearance(kName);
    return List(kCompliance, request);
  }

  v1::SignWaiverRequest Signature() {
    v1::SignWaiverRequest request;
    request.set_waiver(kWaiver);
    request.set_signature_name("Katarina Canary-Name");
    request.set_ip_address("2001:db8::ca4a:7777");
    request.set_user_agent("Canary-Agent/9");
    request.set_witness_name("Wilma Canary-Witness");
    for (const char* code : {"NO_WEAPONS", "SEAT_BELT"}) request.add_acknowledgements(code);
    return request;
  }
  absl::StatusOr<Clearance> Sign(const v1::SignWaiverRequest& request, const Actor& actor = kOfficer) {
    return Ask<Clearance>(actor, "SignWaiver", request);
  }

  template <typename Fact>
  void Hear(absl::string_view subject, const Fact& fact) {
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", "event-1"};
    const auto event = MakeEvent(origin, subject, 1, fact);
    const auto heard = store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
    ASSERT_TRUE(heard.ok()) << heard;
  }
  void HearAgreed(absl::string_view start = "2027-03-14", absl::string_view end = "2027-03-20",
                  const std::string& host = "hosts/A") {
    matching::v1::PlacementFact fact;
    auto& agreed = *fact.mutable_agreed();
    agreed.set_application("applications/7");
    agreed.set_member("members/M-17");
    agreed.set_programme("programmes/test");
    agreed.set_programme_version(1);
    auto& leg = *agreed.add_legs();
    leg.set_id("1");
    leg.set_host(host);
    *leg.mutable_start() = Day(start);
    *leg.mutable_end() = Day(end);
    leg.set_confirmed(true);
    for (const char* party : {"members/M-17", "sections/DE", "organisations/ipa-us"}) agreed.add_parties(party);
    Hear("placements/7", fact);
  }
  void TickAll() {
    std::vector<std::string> due;
    do {
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
    } while (!due.empty());
  }
  template <typename T, typename Fact>
  void ExpectFold(const Table<T>& table, const std::string& name) {
    const absl::Status status = store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto record, table.Get(reader, name));
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<T, Fact>(reader, name)));
      EXPECT_EQ(folded.version, record.version) << name;
      EXPECT_TRUE(MessageDifferencer::Equals(folded.value, record.value)) << name;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  void ExpectHistoriesFoldToRecords() {
    ExpectFold<Clearance, v1::ClearanceFact>(Clearances(), kName);
    for (const std::string& line : OfClearance()) {
      ExpectFold<Waiver, v1::WaiverFact>(Waivers(), line.substr(0, line.find(' ')));
    }
  }
  // All bytes that the database has on disk.
  std::string EverythingStored() {
    std::ostringstream all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    }
    return all.str();
  }

  const TemporaryFolder folder_{"waivers"};
  AdjustableClock clock_ = AdjustableClock::Frozen(absl::FromCivil(absl::CivilDay(2027, 1, 10), absl::UTCTimeZone()));
  Process process_{QuietProcess(), "compliance"};
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  v1::AssessmentPolicy policy_;
  WaiverTemplates templates_;
  std::unique_ptr<ComplianceService> service_;
  std::unique_ptr<Chain> chain_;
};

TEST_F(WaiverServiceTest, GoesFromTheClearancesAskingToASignatureThatMakesItsItemHold) {  // A0-24
  HearAgreed();
  ASSERT_THAT(List(kOfficer), ElementsAre("waivers/7-1 SENT"));
  const auto seen = Do<v1::ViewWaiverRequest>(kOfficer, "ViewWaiver");
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->state(), Waiver::STATE_VIEWED);
  EXPECT_THAT(seen->text().texts(), SizeIs(2));
  EXPECT_EQ(Do<v1::ViewWaiverRequest>(kOfficer, "ViewWaiver")->etag(), seen->etag()) << "opened again";
  const auto clearance = Sign(Signature());
  ASSERT_TRUE(clearance.ok()) << clearance.status();
  ASSERT_THAT(clearance->records(), SizeIs(1));
  EXPECT_EQ(clearance->records(0).waiver(), kWaiver);
  EXPECT_EQ(clearance->records(0).item(), "liability-waiver/1");
  for (const auto& open : clearance->open_items()) EXPECT_NE(open.item(), "liability-waiver/1");
  const auto waiver = Get(kOfficer);
  EXPECT_EQ(waiver->state(), Waiver::STATE_SIGNED);
  EXPECT_EQ(waiver->method(), v1::SIGNATURE_METHOD_TYPED_NAME);
  EXPECT_THAT(waiver->acknowledgements(), ElementsAre("NO_WEAPONS", "SEAT_BELT"));
  EXPECT_EQ(ReasonOf(Sign(Signature()).status()), "WAIVER_NOT_POSSIBLE_IN_STATE") << "once is enough";
  ExpectHistoriesFoldToRecords();
}

TEST_F(WaiverServiceTest, SignsByTheClearancesNameTheFormOnPaper) {
  HearAgreed();
  v1::SignWaiverRequest request;
  request.set_signature_name("K. Z.");
  EXPECT_EQ(Sign(request).status().code(), absl::StatusCode::kInvalidArgument) << "which one is not said";
  request.set_name(kName);
  request.set_host("hosts/A");
  request.set_document_hash(std::string(64, 'a'));
  const auto clearance = Sign(request);
  ASSERT_TRUE(clearance.ok()) << clearance.status();
  EXPECT_EQ(clearance->records(0).document_hash(), std::string(64, 'a'));
  EXPECT_EQ(FormatDate(clearance->records(0).valid_to()), "2027-03-20") << "dates that are not given are the leg's";
  EXPECT_EQ(Get()->method(), v1::SIGNATURE_METHOD_PAPER);
  v1::SignWaiverRequest foreign = Signature();
  foreign.set_name("clearances/8");
  EXPECT_EQ(Sign(foreign).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(WaiverServiceTest, IsSeenByItsPartiesAlone) {  // A5-05
  HearAgreed();
  for (const Actor& actor : {kOfficer, kCompliance, kHost}) EXPECT_TRUE(Get(actor).ok()) << actor.subject;
  for (const Actor& actor : {kStranger, kOtherSection, kOtherHost}) {
    EXPECT_EQ(ReasonOf(Get(actor).status()), "RESOURCE_NOT_FOUND") << actor.subject;
    EXPECT_THAT(List(actor), IsEmpty());
  }
  v1::ListWaiversRequest both;
  both.set_clearance(kName);
  both.set_state(Waiver::STATE_SENT);
  EXPECT_EQ(Ask<v1::ListWaiversResponse>(kCompliance, "ListWaivers", both).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Sign(Signature(), kStranger).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Sign(Signature(), kCompliance).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(WaiverServiceTest, KeepsWhoSignedAndFromWhereInTheDossierAlone) {  // A5-05
  HearAgreed();
  ASSERT_TRUE(Sign(Signature()).ok());
  v1::RenderWaiverRequest render;
  render.set_name(kWaiver);
  const auto document = Ask<v1::WaiverDocument>(kHost, "RenderWaiver", render);
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->sha256(), absl::BytesToHexString(Sha256(document->pdf())));
  EXPECT_EQ(Ask<v1::WaiverDocument>(kOfficer, "RenderWaiver", render)->sha256(), document->sha256());
  const std::string stored = EverythingStored();
  for (const char* canary : {"Canary-Name", "ca4a:7777", "Canary-Agent", "Canary-Witness"}) {
    EXPECT_THAT(stored, Not(HasSubstr(canary)));
  }
  EXPECT_THAT(stored, HasSubstr("waivers/7-1")) << "the look goes where it should";
  v1::GetWaiverSignatureRequest get;
  get.set_name(kName);
  get.set_record(1);
  const auto signature = Ask<v1::WaiverSignature>(kCompliance, "GetWaiverSignature", get);
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(signature->signature_name(), "Katarina Canary-Name");
  EXPECT_EQ(signature->ip_address(), "2001:db8::ca4a:7777");
  EXPECT_EQ(signature->user_agent(), "Canary-Agent/9");
  EXPECT_EQ(signature->witness_name(), "Wilma Canary-Witness");

  applicant::v1::MemberFact erased;
  erased.mutable_erased();
  Hear("members/M-17", erased);
  EXPECT_EQ(Ask<v1::WaiverDocument>(kHost, "RenderWaiver", render).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Get()->state(), Waiver::STATE_SIGNED) << "the decision stays";
}

TEST_F(WaiverServiceTest, RecordsThatItWasDeclinedAndAsksAgainOnceThatIsVoided) {
  HearAgreed();
  v1::DeclineWaiverRequest decline;
  decline.set_reason("TERMS_NOT_ACCEPTED");
  ASSERT_TRUE(Do(kOfficer, "DeclineWaiver", decline).ok());
  auto clearance = GetClearance();
  EXPECT_EQ(clearance->records(0).outcome(), v1::OUTCOME_NOT_SATISFIED);
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 DECLINED"));
  v1::VoidWaiverRequest take_back;
  take_back.set_reason("CHANGED_MIND");
  const auto voided = Do(kCompliance, "VoidWaiver", take_back);
  ASSERT_TRUE(voided.ok()) << voided.status();
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 VOIDED", "waivers/7-2 SENT"));
  EXPECT_EQ(GetClearance()->records(0).void_reason(), "CHANGED_MIND");
  take_back.set_etag("\"1\"");
  take_back.set_name("waivers/7-2");
  EXPECT_EQ(ReasonOf(Do(kCompliance, "VoidWaiver", take_back).status()), "ETAG_MISMATCH");
  ExpectHistoriesFoldToRecords();
}

TEST_F(WaiverServiceTest, FollowsTheClearancesDatesRecordsAndEnd) {  // A5-06
  HearAgreed();
  ASSERT_TRUE(Sign(Signature()).ok());
  HearAgreed("2027-03-15", "2027-03-21");
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 SUPERSEDED", "waivers/7-2 SENT"));
  EXPECT_EQ(GetClearance()->records(0).void_reason(), "DATES_CHANGED");
  auto again = Signature();
  again.set_waiver("waivers/7-2");
  ASSERT_TRUE(Sign(again).ok());
  v1::VoidItemRequest void_item;
  void_item.set_name(kName);
  void_item.set_item("liability-waiver/1");
  void_item.set_reason("RECORDED_IN_ERROR");
  ASSERT_TRUE(Ask<Clearance>(kCompliance, "VoidItem", void_item).ok());
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 SUPERSEDED", "waivers/7-2 VOIDED", "waivers/7-3 SENT"));
  applicant::v1::ApplicationFact withdrawn;
  withdrawn.mutable_withdrawn();
  Hear("applications/7", withdrawn);
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 SUPERSEDED", "waivers/7-2 VOIDED", "waivers/7-3 VOIDED"));
  ExpectHistoriesFoldToRecords();
}

TEST_F(WaiverServiceTest, ExpiresWhenNobodySignedInTime) {
  HearAgreed();
  clock_.AdvanceTo(absl::FromCivil(absl::CivilDay(2027, 3, 21), absl::UTCTimeZone()));
  TickAll();
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 EXPIRED"));
  EXPECT_EQ(ReasonOf(Sign(Signature()).status()), "WAIVER_NOT_POSSIBLE_IN_STATE");
  ExpectHistoriesFoldToRecords();
}

TEST_F(WaiverServiceTest, GrandfathersWhatWasSignedUntilTheTemplatesLastDay) {  // A0-24
  HearAgreed();
  ASSERT_TRUE(Sign(Signature()).ok());
  v1::WaiverTemplate old = TestTemplate(1);
  *old.mutable_grandfathered_until() = Day("2027-03-20");
  Open({old, TestTemplate(2)});
  TickAll();
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 SIGNED"));
  *old.mutable_grandfathered_until() = Day("2027-03-19");
  Open({old, TestTemplate(2)});
  TickAll();
  EXPECT_THAT(OfClearance(), ElementsAre("waivers/7-1 SUPERSEDED", "waivers/7-2 SENT"));
  EXPECT_EQ(Get(kOfficer, "waivers/7-2")->template_(), "release@2");
  Open({TestTemplate(2)});
  v1::RenderWaiverRequest render;
  render.set_name(kWaiver);
  EXPECT_TRUE(Ask<v1::WaiverDocument>(kOfficer, "RenderWaiver", render).ok()) << "also when its file is gone";
  ExpectHistoriesFoldToRecords();
}

TEST_F(WaiverServiceTest, RefusesToStartWithATextOtherThanTheOneThatWasSigned) {
  const auto start = [&](const std::vector<v1::WaiverTemplate>& waivers) {
    WaiverTemplates templates = *CheckTemplates(waivers);
    return ReasonOf(KeepWaiverTemplates(*store_, templates));
  };
  v1::WaiverTemplate changed = TestTemplate(1);
  changed.mutable_texts(0)->set_title("Another text");
  EXPECT_EQ(start({changed}), "WAIVER_TEMPLATE_CHANGED");
  EXPECT_EQ(start({TestTemplate(2)}), "WAIVER_TEMPLATE_CHANGED") << "the first has no file and never ended";
  EXPECT_EQ(start({TestTemplate(1)}), "");
}

TEST_F(WaiverServiceTest, KeepsHistoriesAndRecordsTheSameWhateverIsSent) {
  const uint32_t seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<uint32_t>(below)); };
  HearAgreed();
  for (int step = 0; step < 300; ++step) {
    const auto all = OfClearance();
    const std::string line = all[static_cast<size_t>(pick(static_cast<int>(all.size())))];
    const std::string name = line.substr(0, line.find(' '));
    switch (pick(7)) {
      case 0: {
        const int from = pick(8);
        HearAgreed(FormatDay(absl::CivilDay(2027, 3, 10) + from),
                   FormatDay(absl::CivilDay(2027, 3, 10) + from + pick(8)), pick(3) == 0 ? "hosts/B" : "hosts/A");
        break;
      }
      case 1:
      case 2: {
        auto request = Signature();
        request.set_waiver(name);
        (void)Sign(request);
        break;
      }
      case 3: {
        v1::DeclineWaiverRequest request;
        request.set_name(name);
        (void)Do(kOfficer, "DeclineWaiver", request);
        break;
      }
      case 4: {
        v1::VoidWaiverRequest request;
        request.set_name(name);
        request.set_reason("TEST");
        (void)Do(kCompliance, "VoidWaiver", request);
        break;
      }
      case 5: {
        v1::ViewWaiverRequest request;
        request.set_name(name);
        (void)Do(kOfficer, "ViewWaiver", request);
        break;
      }
      default:
        if (pick(10) == 0) clock_.Advance(absl::Hours(24));
        TickAll();
    }
  }
  ExpectHistoriesFoldToRecords();
}

}  // namespace
}  // namespace amikeco::compliance
