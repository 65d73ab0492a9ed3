// Every method of every service, over real gRPC, with requests that are wrong in every way that a descriptor lets one
// think of: the answer is a documented code with its reason, never INTERNAL, and the server lives.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/base/ids.h"
#include "common/events/local_queue.h"
#include "common/events/operations.h"
#include "common/events/ticker.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/configs.h"
#include "common/rpc/validate.h"
#include "common/store/dossier.h"
#include "common/store/sqlite_store.h"
#include "gtest/gtest.h"
#include "services/applicant/service.h"
#include "services/compliance/policy_file.h"
#include "services/compliance/service.h"
#include "services/compliance/waiver_files.h"
#include "services/matching/service.h"
#include "services/notify/service.h"
#include "services/notify/template_files.h"
#include "services/premises.h"
#include "tests/bad_input/answers.h"
#include "tests/bad_input/requests.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using google::protobuf::MethodDescriptor;

absl::Time StartOfStory() { return absl::FromCivil(absl::CivilDay(2026, 12, 1), absl::UTCTimeZone()); }

// One service behind its own gRPC server.
struct Shop {
  Shop(const std::string& name, const TemporaryFolder& folder, LocalQueue& queue, AdjustableClock& clock)
      : process(QuietProcess(), name),
        store(*SqliteStore::Open(folder / absl::StrCat(name, ".db"))),
        wiring{name, *store, queue, clock, process.metrics()},
        server(LoopbackConfig(), process, clock) {}

  template <typename Service>
  void Open(Service& service, AdjustableClock& clock) {
    ticker = std::make_unique<Ticker>(wiring, std::vector<Timed*>{&service});
    operations = std::make_unique<OperationsService>(wiring, ReactionsOf(service), *ticker, &clock);
    Bind(server.chain(), service);
    BindOperations(server.chain(), *operations);
    const absl::Status status = server.Start();
    ASSERT_TRUE(status.ok()) << status;
    config::v1::PeerConfig peer;
    peer.set_target(absl::StrCat("127.0.0.1:", server.port()));
    channel = std::make_unique<Channel>(peer);
  }

  Process process;
  std::unique_ptr<Store> store;
  const Wiring wiring;
  Server server;
  std::unique_ptr<Ticker> ticker;
  std::unique_ptr<OperationsService> operations;
  std::unique_ptr<Channel> channel;
};

// All four, once for all tests: making them takes longer than most of the tests.
class Street {
 public:
  Street()
      : programmes_(*Programmes::Load("programmes")),
        templates_(*notify::LoadTemplates("services/notify/templates", programmes_)),
        applicant_("applicant", folder_, queue_, clock_),
        matching_("matching", folder_, queue_, clock_),
        compliance_("compliance", folder_, queue_, clock_),
        notify_("notify", folder_, queue_, clock_),
        gate_(compliance_.server.chain(), {"", SystemActor("applicant")}),
        applicants_({*applicant_.store, programmes_, dossiers_, ids_, gate_, countries_}),
        matchings_(*matching_.store, programmes_, ids_),
        compliances_(*compliance_.store, programmes_, dossiers_, policy_, waivers_),
        notifies_({*notify_.store, dossiers_, programmes_, templates_}) {
    compliance_.Open(compliances_, clock_);
    applicant_.Open(applicants_, clock_);
    matching_.Open(matchings_, clock_);
    notify_.Open(notifies_, clock_);
  }

  std::vector<Shop*> shops() { return {&applicant_, &matching_, &compliance_, &notify_}; }

 private:
  const TemporaryFolder folder_{"bad-input"};
  AdjustableClock clock_ = AdjustableClock::Frozen(StartOfStory());
  LocalQueue queue_;
  RandomIds ids_;
  const Programmes programmes_;
  const Countries countries_ = *Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"});
  const notify::Templates templates_;
  const compliance::v1::AssessmentPolicy policy_ = *compliance::LoadPolicy("assessments/osja.textproto");
  const compliance::WaiverTemplates waivers_ = *compliance::LoadWaiverTemplates("services/compliance/waivers");
  const Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'b'))};
  Shop applicant_, matching_, compliance_, notify_;
  InProcessCaller gate_;
  applicant::ApplicantService applicants_;
  matching::MatchingService matchings_;
  compliance::ComplianceService compliances_;
  notify::NotifyService notifies_;
};

class BadInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    // Requests that are not UTF-8 are made on purpose; the library writes a line for each.
    google::protobuf::SetLogHandler(nullptr);
    street_ = new Street();
  }
  static void TearDownTestSuite() {
    delete street_;
    street_ = nullptr;
  }

  struct Method {
    Shop* shop;
    const MethodDescriptor* descriptor;
    std::string name;
  };

  static std::vector<Method> Methods() {
    std::vector<Method> methods;
    for (Shop* shop : street_->shops()) {
      for (const MethodDescriptor* method : shop->server.chain().methods()) {
        methods.push_back({shop, method, absl::StrCat(method->service()->full_name(), "/", method->name())});
      }
    }
    return methods;
  }

  static absl::StatusOr<std::string> Send(const Method& method, const std::string& bytes,
                                          const std::string& organisation = "sections/DE") {
    CallOptions options;
    options.timeout = absl::Seconds(20);
    options.credentials = Credentials{"", CallerOf(*method.descriptor, "people/tester", organisation)};
    return method.shop->channel->CallRaw(method.name, bytes, options);
  }

  static void ExpectAlive() {
    for (Shop* shop : street_->shops()) {
      CallOptions options;
      options.credentials =
          Credentials{"", Actor{"people/ops", "organisations/ipa-us", {options::v1::ROLE_OPERATIONS}}};
      const auto progress = shop->channel->Call<ops::v1::GetProgressResponse>(
          "amikeco.ops.v1.OperationsService/GetProgress", ops::v1::GetProgressRequest(), options);
      EXPECT_TRUE(progress.ok()) << shop->wiring.service << ": " << progress.status();
    }
  }

  static Street* street_;
};

Street* BadInput::street_ = nullptr;

TEST_F(BadInput, CoversEveryServiceAndItsOperations) {
  std::map<std::string, int> methods;
  for (const Method& method : Methods()) ++methods[method.descriptor->service()->full_name()];
  EXPECT_EQ(methods.size(), 5u);
  const auto* operations =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("amikeco.ops.v1.OperationsService");
  EXPECT_EQ(methods["amikeco.ops.v1.OperationsService"], 4 * operations->method_count());
}

TEST_F(BadInput, IsAnsweredWithADocumentedCode) {
  int sent = 0;
  for (const Method& method : Methods()) {
    for (const WrongRequest& wrong : WrongRequestsOf(*method.descriptor->input_type())) {
      const std::string what = absl::StrCat(method.name, ", ", wrong.what);
      const absl::Status status = Send(method, wrong.bytes).status();
      ExpectDocumented(status, what);
      if (wrong.must_be_refused) {
        EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << what << ": " << status;
      }
      ++sent;
    }
  }
  RecordProperty("requests", sent);
  EXPECT_GT(sent, 1000);
  ExpectAlive();
}

TEST_F(BadInput, OfMoreThanTheMostBytesIsRefusedAndNotRead) {
  const std::string huge(kMaxRequestBytes + 1, 'x');
  for (const Method& method : Methods()) {
    const absl::Status status = Send(method, absl::StrCat("\x0a\x81\x80\x80\x02", huge)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << method.name << ": " << status;
  }
  ExpectAlive();
}

TEST_F(BadInput, OfSamplesTwiceAndByStrangersIsAnsweredWithADocumentedCode) {
  for (const Method& method : Methods()) {
    const std::string sample = SampleOf(*method.descriptor->input_type())->SerializeAsString();
    for (const char* organisation : {"sections/DE", "sections/DE", "organisations/ipa-us", "hosts/CA0194200", ""}) {
      ExpectDocumented(Send(method, sample, organisation).status(), absl::StrCat(method.name, " by ", organisation));
    }
  }
  ExpectAlive();
}

// Records that one organisation has made are not in any answer to another's caller.
TEST_F(BadInput, OfAStrangerShowsNothingOfOthers) {
  const std::string secret = "zz-secret-of-de";
  Method set_contact;
  for (const Method& method : Methods()) {
    if (method.descriptor->name() == "SetContact") set_contact = method;
  }
  notify::v1::SetContactRequest request;
  request.set_recipient("sections/DE");
  request.mutable_card()->set_display_name(secret);
  request.set_request_id("00000000-0000-4000-8000-000000000001");
  ASSERT_TRUE(Send(set_contact, request.SerializeAsString()).ok());
  for (const Method& method : Methods()) {
    const auto answer = Send(method, SampleOf(*method.descriptor->input_type())->SerializeAsString(), "sections/FR");
    EXPECT_FALSE(absl::StrContains(answer.value_or(""), secret)) << method.name;
    EXPECT_FALSE(absl::StrContains(answer.status().message(), secret)) << method.name;
  }
}

TEST_F(BadInput, OfAnUnknownMethodOrWithoutARoleIsRefusedByName) {
  for (Shop* shop : street_->shops()) {
    CallOptions options;
    options.credentials = Credentials{"", Actor{"people/x", "sections/DE", {options::v1::ROLE_OFFICER}}};
    EXPECT_EQ(shop->channel->CallRaw("amikeco.ops.v1.OperationsService/SetClock", "", options).status().code(),
              absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(shop->channel->CallRaw("amikeco.ops.v1.OperationsService/NoSuch", "", options).status().code(),
              absl::StatusCode::kUnimplemented);
  }
}

}  // namespace
}  // namespace amikeco
