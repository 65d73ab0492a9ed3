#include "common/rpc/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/base/deadline.h"
#include "common/base/steady.h"
#include "common/rpc/errors.h"
#include "common/rpc/testing/echo.h"
#include "nlohmann/json.hpp"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUuid[] = "5f0c7a52-8c1e-4f0e-9d3b-2a64c9d7e1b8";

class ChainTest : public ::testing::Test {
 protected:
  explicit ChainTest(int max_in_flight = 0)
      : process_(QuietProcess(), "test"), chain_(Config(max_in_flight), process_, clock_) {
    Bind(chain_, echoes_);
    EXPECT_TRUE(chain_.Check().ok()) << chain_.Check();
  }

  static config::v1::ServerConfig Config(int max_in_flight) {
    config::v1::ServerConfig config = LoopbackConfig();
    config.set_max_in_flight(max_in_flight);
    return config;
  }

  // A call that nothing is wrong with.
  Incoming GoodCall(const char* method = kEcho) {
    request_ = GoodRequest().SerializeAsString();
    Incoming call;
    call.method = method;
    call.metadata = {{"amikeco-subject", "people/K-17"},
                     {"amikeco-organisation", "sections/DE"},
                     {"amikeco-roles", "ROLE_COORDINATOR"}};
    call.request = request_;
    call.deadline = SteadyNow() + absl::Seconds(5);
    return call;
  }

  Outgoing Send(Incoming call, const EchoRequest& request) {
    request_ = request.SerializeAsString();
    call.request = request_;
    return chain_.Dispatch(call);
  }

  static EchoResponse Parse(const Outgoing& outgoing) {
    EchoResponse response;
    EXPECT_TRUE(outgoing.status.ok()) << outgoing.status;
    EXPECT_TRUE(response.ParseFromString(outgoing.response));
    return response;
  }

  double Metric(const std::string& line) {
    for (const absl::string_view text : absl::StrSplit(process_.metrics().Render(), '\n')) {
      if (text.substr(0, line.size()) == line && text.size() > line.size()) {
        return std::stod(std::string(text.substr(line.size())));
      }
    }
    return -1;
  }

  AdjustableClock clock_;
  Process process_;
  Chain chain_;
  Echoes echoes_;
  std::string request_;
};

TEST_F(ChainTest, RunsItsLayersInTheOrderOfTheDesign) {
  EXPECT_THAT(Chain::Order(),
              ElementsAre("observe", "admit", "identify", "permit", "limit", "validate", "dedupe", "method"));
}

// The order as callers notice it: of a call that is wrong in every way, the outermost layer's refusal is told; once
// that is mended, the next one's.
TEST_F(ChainTest, RefusesWithTheOutermostLayersReasonFirst) {
  echoes_.before = [](Call&) { return Error(errors::kEtagMismatch, "from the method"); };
  EchoRequest request;
  request.set_request_id("no uuid");
  Incoming call;
  call.method = kChange;
  call.deadline = SteadyNow() + absl::Milliseconds(10);
  EXPECT_EQ(ReasonOf(Send(call, request).status), "DEADLINE_TOO_SHORT");
  call.deadline = SteadyNow() + absl::Seconds(5);
  EXPECT_EQ(ReasonOf(Send(call, request).status), "NO_CREDENTIALS");
  call.metadata = {{"amikeco-subject", "people/K-17"}, {"amikeco-roles", "ROLE_OFFICER"}};
  EXPECT_EQ(ReasonOf(Send(call, request).status), "ROLE_MISSING");
  call.metadata[1].second = "ROLE_COORDINATOR";
  const absl::Status invalid = Send(call, request).status;
  EXPECT_EQ(ReasonOf(invalid), "INVALID_FIELDS");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(invalid)->field_violations(0).field(), "text");
  request.set_text("saluton");
  const absl::Status no_uuid = Send(call, request).status;
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(no_uuid)->field_violations(0).field(), "request_id");
  request.set_request_id(kUuid);
  EXPECT_EQ(ReasonOf(Send(call, request).status), "ETAG_MISMATCH");
  echoes_.before = [](Call&) { return absl::OkStatus(); };
  EXPECT_TRUE(Send(call, request).status.ok());
}

TEST_F(ChainTest, AnswersAGoodCall) {
  const Outgoing outgoing = chain_.Dispatch(GoodCall());
  const EchoResponse response = Parse(outgoing);
  EXPECT_EQ(response.request().text(), "saluton");
  EXPECT_EQ(response.actor(), "people/K-17");
  EXPECT_EQ(outgoing.call_id.size(), 20u);
}

class FullChainTest : public ChainTest {
 protected:
  FullChainTest() : ChainTest(2) {}
};

TEST_F(FullChainTest, AdmitRefusesMoreCallsAtOnceThanConfiguredAndSaysWhenToRetry) {
  absl::Notification entered;
  absl::Notification leave;
  echoes_.before = [&](Call&) {
    entered.Notify();
    leave.WaitForNotification();
    return absl::OkStatus();
  };
  const Incoming first = GoodCall();
  std::thread busy([&] { EXPECT_TRUE(chain_.Dispatch(first).status.ok()); });
  entered.WaitForNotification();
  {
    const Chain::Place waiting = chain_.Arrive(kEcho);
    const Outgoing refused = chain_.Dispatch(first);
    EXPECT_EQ(refused.status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(ReasonOf(refused.status), "TOO_MANY_CALLS");
    EXPECT_GT(DetailOf<google::rpc::RetryInfo>(refused.status)->retry_delay().nanos(), 0);
  }
  leave.Notify();
  busy.join();
  echoes_.before = [](Call&) { return absl::OkStatus(); };
  EXPECT_TRUE(chain_.Dispatch(first).status.ok()) << "places must be given back";
}

TEST_F(ChainTest, AdmitGivesACallWithoutDeadlineTheDefaultOne) {
  Incoming call = GoodCall();
  call.deadline = absl::InfiniteFuture();
  const int64_t left = Parse(chain_.Dispatch(call)).deadline_millis();
  EXPECT_GT(left, 25'000);
  EXPECT_LE(left, 30'000);
}

TEST_F(ChainTest, AdmitAnswersAnUnknownMethodWithUnimplemented) {
  Incoming call = GoodCall("amikeco.testing.v1.EchoService/Drop");
  const absl::Status status = chain_.Dispatch(call).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_METHOD");
  call.method = "x/y";
  chain_.Dispatch(call);
  EXPECT_EQ(Metric("grpc_server_started_total{grpc_method=\"unknown\",grpc_service=\"unknown\",grpc_type=\"unary\"} "),
            2);
  EXPECT_THAT(process_.metrics().Render(), Not(HasSubstr("Drop")));
}

// A3-09
TEST_F(ChainTest, PermitNamesTheRolesThatAreNeeded) {
  Incoming call = GoodCall(kChange);
  call.metadata[2].second = "ROLE_OFFICER,ROLE_AUDITOR";
  const absl::Status status = chain_.Dispatch(call).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->metadata().at("roles"), "ROLE_COORDINATOR,ROLE_REGISTRAR");
}

TEST_F(ChainTest, DedupeGivesTheSamePayloadTheSameFingerprintWhateverTheRequestId) {
  EchoRequest request = GoodRequest();
  (*request.mutable_labels())["a"] = "1";
  (*request.mutable_labels())["b"] = "2";
  request.set_request_id(kUuid);
  const EchoResponse one = Parse(Send(GoodCall(kChange), request));
  EXPECT_EQ(one.request_id(), kUuid);
  EXPECT_EQ(one.request().request_id(), kUuid);
  EXPECT_EQ(one.fingerprint().size(), 32u);
  request.set_request_id("00000000-0000-4000-8000-00000000000A");
  const EchoResponse two = Parse(Send(GoodCall(kChange), request));
  EXPECT_EQ(two.request_id(), "00000000-0000-4000-8000-00000000000a") << "UUIDs are compared in lower case";
  EXPECT_EQ(two.fingerprint(), one.fingerprint());
  request.set_text("gis");
  EXPECT_NE(Parse(Send(GoodCall(kChange), request)).fingerprint(), one.fingerprint());
}

TEST_F(ChainTest, DedupeLeavesAWriteWithoutRequestIdAlone) {
  const EchoResponse response = Parse(chain_.Dispatch(GoodCall(kChange)));
  EXPECT_EQ(response.request_id(), "");
  EXPECT_EQ(response.fingerprint(), "");
}

TEST_F(ChainTest, ValidateRefusesBytesThatDoNotParseAndNamesTheField) {
  Incoming call = GoodCall();
  call.request = absl::string_view("\x0a\x05sal", 5);
  const absl::Status status = chain_.Dispatch(call).status;
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status)->field_violations(0).field(), "text");
}

TEST_F(ChainTest, HidesTheCauseOfAnInternalErrorFromTheCallerAndLogsIt) {
  std::string log;
  SetLogSink([&](absl::string_view line) { absl::StrAppend(&log, line, "\n"); });
  echoes_.before = [](Call&) { return absl::InternalError("password=hunter2"); };
  const Outgoing outgoing = chain_.Dispatch(GoodCall());
  SetLogSink(nullptr);
  EXPECT_EQ(outgoing.status.message(), absl::StrCat("internal error, request ", outgoing.call_id));
  EXPECT_EQ(ReasonOf(outgoing.status), "INTERNAL_ERROR");
  EXPECT_THAT(log, HasSubstr("hunter2"));
  EXPECT_THAT(log, HasSubstr(outgoing.call_id));
}

TEST_F(ChainTest, SurvivesAMethodThatThrows) {
  SetLogSink([](absl::string_view) {});
  echoes_.before = [](Call&) -> absl::Status { throw std::runtime_error("out of range"); };
  EXPECT_EQ(chain_.Dispatch(GoodCall()).status.code(), absl::StatusCode::kInternal);
  SetLogSink(nullptr);
}

TEST_F(ChainTest, WritesOneLogLinePerCallWithoutTheRequestsContent) {
  std::vector<std::string> lines;
  SetLog(LogLevel::kInfo, "test");
  SetLogSink([&](absl::string_view line) { lines.emplace_back(line); });
  EchoRequest request = GoodRequest();
  request.set_free("Birth name Canary");
  Incoming call = GoodCall(kChange);
  call.metadata.emplace_back("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  call.metadata.emplace_back("x-request-id", "call-1");
  Parse(Send(call, request));
  SetLogSink(nullptr);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], Not(HasSubstr("Canary")));
  const auto line = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(line["service"], "test");
  EXPECT_EQ(line["msg"], "call");
  EXPECT_EQ(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_NE(line["span_id"], "b7ad6b7169203331");
  EXPECT_EQ(line["request_id"], "call-1");
  EXPECT_EQ(line["grpc.method"], kChange);
  EXPECT_EQ(line["grpc.code"], "OK");
  EXPECT_EQ(line["tenant"], "sections/DE");
  EXPECT_EQ(line["principal"], "people/K-17");
  EXPECT_GT(line["duration_ms"].get<double>(), 0);
}

TEST_F(ChainTest, DoesNotTakeOverACallIdThatWouldHarmTheLog) {
  Incoming call = GoodCall();
  call.metadata.emplace_back("x-request-id", "a\nb");
  EXPECT_EQ(chain_.Dispatch(call).call_id.size(), 20u);
}

TEST_F(ChainTest, CountsCallsByMethodAndCode) {
  const std::string labels =
      "grpc_method=\"Echo\",grpc_service=\"amikeco.testing.v1.EchoService\",grpc_type=\"unary\"} ";
  EXPECT_EQ(Metric("grpc_server_started_total{" + labels), 0) << "series exist before the first call";
  chain_.Dispatch(GoodCall());
  Incoming call = GoodCall();
  call.metadata.clear();
  chain_.Dispatch(call);
  EXPECT_EQ(Metric("grpc_server_started_total{" + labels), 2);
  EXPECT_EQ(Metric("grpc_server_handled_total{grpc_code=\"OK\"," + labels), 1);
  EXPECT_EQ(Metric("grpc_server_handled_total{grpc_code=\"Unauthenticated\"," + labels), 1);
  EXPECT_EQ(Metric("grpc_server_handling_seconds_count{" + labels), 2);
}

TEST_F(ChainTest, GivesTheMethodTheServicesClockAndTheTrace) {
  clock_.Advance(absl::Hours(24 * 30));
  Call seen;
  absl::Time thread_deadline;
  echoes_.before = [&](Call& call) {
    seen = call;
    thread_deadline = ThreadDeadline();
    return absl::OkStatus();
  };
  Incoming call = GoodCall();
  call.metadata.emplace_back("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  Parse(chain_.Dispatch(call));
  EXPECT_GT(seen.time, absl::Now() + absl::Hours(24 * 29));
  EXPECT_THAT(seen.traceparent, HasSubstr("0af7651916cd43dd8448eb211c80319c"));
  EXPECT_EQ(seen.method, kEcho);
  EXPECT_LT(seen.deadline, SteadyNow() + absl::Seconds(6));
  EXPECT_EQ(thread_deadline, seen.deadline);
  EXPECT_EQ(ThreadDeadline(), absl::InfiniteFuture());
}

TEST(ChainTrace, RecordsASpanForEachCall) {
  SetLogSink([](absl::string_view) {});
  config::v1::ProcessConfig config = QuietProcess();
  config.set_otlp_endpoint("http://127.0.0.1:1");  // where nobody listens: the span is counted as dropped
  SystemClock clock;
  Process process(config, "test");
  Chain chain(LoopbackConfig(), process, clock);
  chain.Dispatch({.method = "x/y", .metadata = {}, .peer = {}, .request = ""});
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (absl::StrContains(process.metrics().Render(), "spans_dropped_total 0") && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_THAT(process.metrics().Render(), HasSubstr("amikeco_trace_spans_dropped_total 1"));
  SetLogSink(nullptr);
}

// Handing a call over costs more than a quick read; but what waits must not keep the network's threads.
TEST_F(ChainTest, AReadThatIsQuickRunsAtOnceUntilItHasOnceTakenLong) {
  EXPECT_FALSE(chain_.Arrive(kEcho).RunsAtOnce()) << "a method must earn it";
  for (int i = 0; i < 1000 && !chain_.Arrive(kEcho).RunsAtOnce(); ++i) chain_.Dispatch(GoodCall());
  EXPECT_TRUE(chain_.Arrive(kEcho).RunsAtOnce());
  echoes_.before = [](Call&) {
    absl::SleepFor(absl::Milliseconds(3));
    return absl::OkStatus();
  };
  chain_.Dispatch(GoodCall());
  echoes_.before = [](Call&) { return absl::OkStatus(); };
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(chain_.Arrive(kEcho).RunsAtOnce());
    chain_.Dispatch(GoodCall());
  }
}

TEST_F(ChainTest, AWriteNeverRunsAtOnce) {
  for (int i = 0; i < 100; ++i) chain_.Dispatch(GoodCall(kChange));
  EXPECT_FALSE(chain_.Arrive(kChange).RunsAtOnce());
}

TEST(ChainCheck, RefusesABindingWithEverythingThatIsWrongWithIt) {
  SystemClock clock;
  Process process(QuietProcess(), "test");
  Chain chain(config::v1::ServerConfig(), process, clock);
  Echoes echoes;
  ServiceBinding(chain, "amikeco.testing.v1.NoService");
  ServiceBinding(chain, "amikeco.testing.v1.CarelessService")
      .Method("Unguarded", echoes, &Echoes::Echo)
      .Method("NeverTheSameTwice", echoes, &Echoes::Echo)
      .Method("Nothing", echoes, &Echoes::Echo)
      .Add<testing::v1::Leg, EchoResponse>(
          "NeverTheSameTwice",
          [](Call&, const testing::v1::Leg&) -> absl::StatusOr<EchoResponse> { return EchoResponse(); });
  const absl::Status status = chain.Check();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  for (const char* part :
       {"there is no service amikeco.testing.v1.NoService", "Unguarded has no access option", "Forgotten is not bound",
        "has no method Nothing", "NeverTheSameTwice takes amikeco.testing.v1.Leg",
        "writes and has no string request_id", "set mtls_names, jwt or"}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(part));
  }
}

class Log final : public Consultations {
 public:
  absl::Status Permit(const Call&, const std::string& purpose) override {
    return purpose == "curiosity" ? Error(errors::kInvalidFields, "There is no such purpose.") : absl::OkStatus();
  }
  absl::Status Keep(const Call& call, const std::string& purpose, const std::set<Reading>& readings) override {
    kept.push_back(absl::StrCat(call.actor.subject, " ", purpose));
    for (const Reading& reading : readings) absl::StrAppend(&kept.back(), " ", reading.person, " ", reading.entry);
    return answer;
  }

  absl::Status answer;
  std::vector<std::string> kept;
};

// A5-04
TEST_F(ChainTest, KeepsWhoIsToldPersonalDataBeforeTheAnswerLeaves) {
  Log log;
  chain_.KeepConsultations(log);
  echoes_.before = [](Call&) {
    NoteReading({"members/M-1", "amikeco.applicant.v1.Profile", "profile"});
    return absl::OkStatus();
  };
  EchoRequest request = GoodRequest();
  ASSERT_TRUE(Send(GoodCall(), request).status.ok());
  EXPECT_THAT(log.kept, ::testing::IsEmpty()) << "the answer holds nothing personal";
  request.set_free("Anna Weber");
  Incoming call = GoodCall();
  call.metadata.push_back({"amikeco-purpose", "case-review"});
  ASSERT_TRUE(Send(call, request).status.ok());
  EXPECT_THAT(log.kept, ElementsAre("people/K-17 case-review members/M-1 profile"));

  // What cannot be kept is not told.
  log.answer = absl::UnavailableError("the disk is full");
  const Outgoing untold = Send(GoodCall(), request);
  EXPECT_EQ(untold.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(untold.response, "");
}

TEST_F(ChainTest, RefusesAPurposeBeforeTheMethodRuns) {
  Log log;
  chain_.KeepConsultations(log);
  bool ran = false;
  echoes_.before = [&](Call&) {
    ran = true;
    return absl::OkStatus();
  };
  Incoming call = GoodCall();
  call.metadata.push_back({"amikeco-purpose", "curiosity"});
  EXPECT_EQ(Send(call, GoodRequest()).status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace amikeco::testing
