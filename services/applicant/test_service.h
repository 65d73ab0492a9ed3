// A whole applicant service on a real store, called through the chain, with a gate that tests open and close.
#ifndef AMIKECO_SERVICES_APPLICANT_TEST_SERVICE_H_
#define AMIKECO_SERVICES_APPLICANT_TEST_SERVICE_H_

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/countries/countries.h"
#include "common/events/execute.h"
#include "common/observe/process.h"
#include "common/privacy/policy.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/dossier.h"
#include "common/store/sqlite_store.h"
#include "gtest/gtest.h"
#include "services/applicant/hosting_offer.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"
#include "services/applicant/test_world.h"
#include "tests/support/child.h"

namespace amikeco::applicant::test {

// The names that ship.
inline const Countries& RealCountries() {
  static const auto& countries =
      *new Countries(*Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"}));
  return countries;
}

// What compliance would answer.
class Gate final : public Caller {
 public:
  absl::Status status;
  compliance::v1::Clearance clearance;
  int calls = 0;
  CallOptions options;  // of the last call

  absl::StatusOr<std::string> CallRaw(absl::string_view method, const std::string& request,
                                      const CallOptions& call_options) override {
    ++calls;
    options = call_options;
    EXPECT_EQ(method, "amikeco.compliance.v1.ComplianceService/GetClearance");
    if (!status.ok()) return status;
    return clearance.SerializeAsString();
  }
};

class ServiceTest : public testing::Test {
 protected:
  explicit ServiceTest(const Programmes& programmes = RealProgrammes())
      : programmes_(programmes), service_({*store_, programmes_, dossiers_, ids_, gate_, RealCountries()}) {
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.applicant.v1.ApplicantService/", method), request);
  }

  // A member of the section of `registrar`, employed by `agency`.
  void Register(const std::string& id, const Actor& registrar = kSection, const std::string& agency = "") {
    v1::RegisterMemberRequest request;
    request.set_member_id(id);
    request.set_section(registrar.organisation);
    *request.mutable_membership() = GoodMember().membership();
    request.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
    request.set_agency(agency);
    const auto member = Ask<v1::Member>(registrar, "RegisterMember", request);
    ASSERT_TRUE(member.ok()) << member.status();
  }
  void Endorse(const std::string& member, const Actor& endorser = kSection) {
    v1::EndorseMemberRequest request;
    request.set_name(member);
    const auto endorsed = Ask<v1::Member>(endorser, "EndorseMember", request);
    ASSERT_TRUE(endorsed.ok()) << endorsed.status();
  }
  absl::StatusOr<v1::Application> Submit(const std::string& id, const std::string& member = "members/M-17",
                                         const Actor& actor = kSection) {
    v1::SubmitApplicationRequest request = GoodRequest();
    request.set_application_id(id);
    request.set_member(member);
    return Ask<v1::Application>(actor, "SubmitApplication", request);
  }
  v1::Application Get(const std::string& name, const Actor& actor = kSystem) {
    v1::GetApplicationRequest request;
    request.set_name(name);
    auto application = Ask<v1::Application>(actor, "GetApplication", request);
    EXPECT_TRUE(application.ok()) << application.status();
    return application.ok() ? *application : v1::Application();
  }

  // As the consumer would hand it over.
  template <typename Fact>
  absl::Status Hear(const std::string& subject, const Fact& fact) {
    const Origin theirs{"matching", SystemActor("matching"), clock_.Now(), "", ""};
    const auto event = MakeEvent(theirs, subject, ++versions_, fact);
    const Origin origin{"applicant", SystemActor("applicant"), clock_.Now(), "", event.id()};
    return store_->Write([&](Transaction& tx) { return service_.React(tx, event, origin); });
  }
  // As the ticker would do it.
  absl::Status TickAll() {
    const Origin origin{"applicant", SystemActor("applicant"), clock_.Now(), "", ""};
    std::vector<std::string> names;
    AMIKECO_RETURN_IF_ERROR(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(names, service_.Due(reader, clock_.Now(), 1000));
      return absl::OkStatus();
    }));
    for (const std::string& name : names) {
      AMIKECO_RETURN_IF_ERROR(store_->Write([&](Transaction& tx) { return service_.Tick(tx, name, origin); }));
    }
    return absl::OkStatus();
  }
  // The application has an agreed and cleared place from 2026-07-06 to 2026-07-26.
  void Clear(const std::string& id) {
    for (const auto& fact : {Matching::Opened(1), Matching::Invited(), Matching::Willing(), Matching::CommandApproved(),
                             Matching::Agreed()}) {
      ASSERT_TRUE(Hear("placements/" + id, fact).ok());
    }
    ASSERT_TRUE(Hear("clearances/" + id, Compliance::Granted()).ok());
    gate_.clearance.set_name("clearances/" + id);
    gate_.clearance.set_cleared(true);
    gate_.clearance.set_version(12);
    gate_.clearance.clear_legs();
    *gate_.clearance.add_legs() = Matching::Agreed().agreed().legs(0);
  }

  // Every byte that is stored in records, facts and answers.
  std::string EverythingStored() {
    EXPECT_TRUE(store_->Write([](Transaction&) { return absl::OkStatus(); }).ok());
    std::string bytes;
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream file(folder_ / absl::StrCat("applicant.db", suffix), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(file), {});
    }
    return bytes;
  }

  // Folding what happened gives what is stored.
  template <typename T, typename Fact>
  void ExpectFoldIsRecord(const Table<T>& table, const std::string& name) {
    ASSERT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto stored, table.Get(reader, name));
                      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<T, Fact>(reader, name)));
                      EXPECT_EQ(folded.version, stored.version);
                      EXPECT_EQ(folded.value.SerializeAsString(), stored.value.SerializeAsString())
                          << folded.value.DebugString() << "\n-- stored --\n"
                          << stored.value.DebugString();
                      return absl::OkStatus();
                    })
                    .ok());
  }

  TemporaryFolder folder_{"applicant"};
  std::unique_ptr<Store> store_ = *SqliteStore::Open(folder_ / "applicant.db");
  AdjustableClock clock_ = AdjustableClock::Frozen(Noon(kReceived));
  Process process_{QuietProcess(), "applicant"};
  const ops::v1::PrivacyPolicy policy_ = *LoadPrivacyPolicy("privacy/policy.textproto");
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k')), &policy_, &clock_};
  RandomIds ids_;
  Gate gate_;
  Programmes programmes_;  // a test may add some
  ApplicantService service_;
  std::unique_ptr<Chain> chain_;
  int64_t versions_ = 0;
};

}  // namespace amikeco::applicant::test

#endif  // AMIKECO_SERVICES_APPLICANT_TEST_SERVICE_H_
