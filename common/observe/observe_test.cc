#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/config/textproto.h"
#include "common/observe/process.h"
#include "common/observe/testing.h"

namespace amikeco {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Log, LinesAreJsonWithTheFieldsOfTheConventions) {
  std::vector<std::string> lines;
  SetLog(LogLevel::kInfo, "matching");
  SetLogSink([&](absl::string_view line) { lines.emplace_back(line); });
  LogInfo("imported", {{"rows", 18702}, {"ratio", 0.5}, {"done", true}, {"file", "a\"b\\c\n\x01\xff ĉ"}});
  LogDebug("not written");
  SetLogSink(nullptr);
  ASSERT_EQ(lines.size(), 1u);
  const json line = json::parse(lines[0]);
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["msg"], "imported");
  EXPECT_EQ(line["service"], "matching");
  EXPECT_FALSE(line["version"].get<std::string>().empty());
  EXPECT_EQ(line["rows"], 18702);
  EXPECT_EQ(line["ratio"], 0.5);
  EXPECT_EQ(line["done"], true);
  EXPECT_EQ(line["file"], "a\"b\\c\n\x01\xEF\xBF\xBD ĉ");
  EXPECT_THAT(line["ts"].get<std::string>(), ::testing::MatchesRegex("....-..-..T..:..:..\\..........Z"));
}

TEST(Log, LevelsHaveNames) {
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  EXPECT_EQ(ParseLogLevel(""), LogLevel::kInfo);
}

TEST(Metrics, AreTheSameForTheSameNameAndLabels) {
  Metrics metrics;
  metrics.Counter("amikeco_things_total", "Things.", {{"kind", "a"}}).Increment();
  metrics.Counter("amikeco_things_total", "Things.", {{"kind", "a"}}).Increment();
  metrics.Histogram("amikeco_wait_seconds", "Wait.").Observe(0.0002);
  int depth = 3;
  auto handle = metrics.OnScrape([&, gauge = &metrics.Gauge("amikeco_depth", "Depth.")] { gauge->Set(++depth); });
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("amikeco_things_total{kind=\"a\"} 2"));
  EXPECT_THAT(page, HasSubstr("amikeco_wait_seconds_bucket{le=\"0.00025\"} 1"));
  EXPECT_THAT(page, HasSubstr("amikeco_depth 4"));
  handle.reset();
  metrics.Render();
  EXPECT_EQ(depth, 4) << "a dropped update runs no more";
}

size_t Append(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

TEST(Metrics, AreServedOnAPageWithThePortInAFile) {
  const std::string port_file = absl::StrCat(::testing::TempDir(), "metrics-port-", getpid());
  config::v1::ProcessConfig config;
  config.set_log_level("error");
  config.set_metrics_listen("127.0.0.1:0");
  config.set_metrics_port_file(port_file);
  Process process(config, "test");
  EXPECT_EQ(ReadFile(port_file).value(), absl::StrCat(process.metrics().port(), "\n"));
  std::filesystem::remove(port_file);
  CURL* curl = curl_easy_init();
  std::string page;
  curl_easy_setopt(curl, CURLOPT_URL, absl::StrCat("http://127.0.0.1:", process.metrics().port(), "/metrics").c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page);
  EXPECT_EQ(curl_easy_perform(curl), CURLE_OK);
  curl_easy_cleanup(curl);
  for (const char* name : {"process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total",
                           "process_start_time_seconds"}) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat("\n", name, " "))) << name;
  }
}

// T10
TEST(Trace, ParsesWhatW3cAllowsAndNothingElse) {
  const auto context = ParseTraceparent(kTraceparent);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id, "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(context->Traceparent(), kTraceparent);
  EXPECT_FALSE(ParseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")->sampled);
  EXPECT_TRUE(ParseTraceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"));
  for (const char* bad : {"", "x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                          "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                          "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more"}) {
    EXPECT_FALSE(ParseTraceparent(bad)) << bad;
  }
}

TEST(Trace, ChildrenAreOfTheSameTrace) {
  const TraceContext child = ChildOf(kTraceparent);
  EXPECT_EQ(child.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_NE(child.span_id, "b7ad6b7169203331");
  EXPECT_TRUE(ParseTraceparent(ChildTraceparent("nonsense")));
  EXPECT_NE(NewTrace().trace_id, NewTrace().trace_id);
}

// Hexadecimal ids: base64, which protobuf's JSON would give, is refused or misread by collectors.
TEST(Trace, SpansBecomeOtlpJson) {
  Span span{"Recv.x/Y",
            Span::Kind::kServer,
            *ParseTraceparent(kTraceparent),
            "00f067aa0ba902b7",
            absl::FromUnixNanos(1),
            absl::FromUnixNanos(2'000'000'003),
            {{"request_id", "r\"1"}},
            "NOT_FOUND"};
  const json body = json::parse(ToOtlpJson("applicant", {span}));
  const json& resource = body["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "applicant");
  const json& out = resource["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(out["traceId"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(out["spanId"], "b7ad6b7169203331");
  EXPECT_EQ(out["parentSpanId"], "00f067aa0ba902b7");
  EXPECT_EQ(out["kind"], 2);
  EXPECT_EQ(out["startTimeUnixNano"], "1");
  EXPECT_EQ(out["endTimeUnixNano"], "2000000003");
  EXPECT_EQ(out["attributes"][0]["key"], "request_id");
  EXPECT_EQ(out["attributes"][0]["value"]["stringValue"], "r\"1");
  EXPECT_EQ(out["status"]["code"], 2);
}

TEST(Tracer, PostsSpansToTheCollector) {
  testing::Collector collector;
  Metrics metrics;
  {
    Tracer tracer(absl::StrCat("http://127.0.0.1:", collector.port(), "/"), "applicant", metrics);
    EXPECT_TRUE(tracer.enabled());
    Span span;
    span.name = "Recv.x/Y";
    span.context = NewTrace();
    tracer.Record(span);
    span.context.sampled = false;
    tracer.Record(span);
  }  // sends what waits
  const std::string received = collector.Received();
  EXPECT_THAT(received, HasSubstr("POST /v1/traces HTTP/1.1"));
  EXPECT_THAT(received, HasSubstr("Content-Type: application/json"));
  const json body = json::parse(testing::BodyOf(received));
  EXPECT_EQ(body["resourceSpans"][0]["scopeSpans"][0]["spans"].size(), 1u) << "what is not sampled is not sent";
  EXPECT_THAT(metrics.Render(), HasSubstr("amikeco_trace_spans_exported_total 1"));
}

TEST(Tracer, DropsAndCountsSpansWhenTheCollectorIsAway) {
  SetLogSink([](absl::string_view) {});
  Metrics metrics;
  {
    Tracer tracer("http://127.0.0.1:1", "applicant", metrics);
    Span span;
    span.context = NewTrace();
    tracer.Record(span);
  }
  SetLogSink(nullptr);
  EXPECT_THAT(metrics.Render(), HasSubstr("amikeco_trace_spans_dropped_total 1"));
}

TEST(Tracer, WithoutAnEndpointDoesNothing) {
  Metrics metrics;
  Tracer tracer("", "applicant", metrics);
  EXPECT_FALSE(tracer.enabled());
  tracer.Record(Span());
}

class Recorded final : public Part {
 public:
  Recorded(
      std::string name, std::vector<std::string>& events, absl::Status status = absl::OkStatus(),
      std::function<void()> on_start = [] {})
      : name_(std::move(name)), events_(events), status_(std::move(status)), on_start_(std::move(on_start)) {}
  absl::Status Start() override {
    events_.push_back("start " + name_);
    on_start_();
    return status_;
  }
  void Stop() override { events_.push_back("stop " + name_); }

 private:
  const std::string name_;
  std::vector<std::string>& events_;
  const absl::Status status_;
  const std::function<void()> on_start_;
};

config::v1::ProcessConfig Quiet() {
  config::v1::ProcessConfig config;
  config.set_log_level("error");
  return config;
}

TEST(Process, StartsPartsInOrderAndStopsThemInReverseOnSigterm) {
  Process process(Quiet(), "test");
  std::vector<std::string> events;
  Recorded relay("relay", events);
  Recorded server("server", events, absl::OkStatus(), [] { kill(getpid(), SIGTERM); });
  EXPECT_TRUE(process.Ready().ok());
  EXPECT_EQ(process.RunUntilSignal(relay, server), 0);
  EXPECT_THAT(events, ElementsAre("start relay", "start server", "stop server", "stop relay"));
  EXPECT_EQ(process.Ready().code(), absl::StatusCode::kUnavailable);
}

// Tells the process to stop once it has started, and may not be stopped before it was told again.
class ToldTwice final : public Part {
 public:
  absl::Status Start() override {
    kill(getpid(), SIGTERM);
    return absl::OkStatus();
  }
  void Stop() override {
    EXPECT_TRUE(told_again);
    stopped = true;
  }
  std::atomic<bool> told_again{false};
  bool stopped = false;
};

TEST(Process, IsNotReadyAndGoesOnForItsDrainDelayUnlessToldAgain) {
  config::v1::ProcessConfig config = Quiet();
  config.mutable_drain_delay()->set_seconds(3600);
  Process process(config, "test");
  ToldTwice server;
  std::thread again([&] {
    while (process.Ready().ok()) std::this_thread::yield();
    server.told_again = true;
    kill(getpid(), SIGTERM);
  });
  EXPECT_EQ(process.RunUntilSignal(server), 0);
  again.join();
  EXPECT_TRUE(server.stopped);
}

TEST(Process, GoesOnForItsDrainDelay) {
  config::v1::ProcessConfig config = Quiet();
  config.mutable_drain_delay()->set_nanos(50'000'000);
  Process process(config, "test");
  process.RequestStop();
  const absl::Time start = absl::Now();
  EXPECT_EQ(process.RunUntilSignal(), 0);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(50));
}

TEST(Process, StopsWhatHasStartedWhenAPartDoesNotStart) {
  SetLogSink([](absl::string_view) {});
  Process process(Quiet(), "test");
  std::vector<std::string> events;
  Recorded relay("relay", events);
  Recorded broken("broken", events, absl::UnavailableError("the port is in use"));
  Recorded never("never", events);
  EXPECT_EQ(process.RunUntilSignal(relay, broken, never), 1);
  EXPECT_THAT(events, ElementsAre("start relay", "start broken", "stop relay"));
  SetLogSink(nullptr);
}

TEST(Process, StopsWhenAskedTo) {
  Process process(Quiet(), "test");
  process.RequestStop();
  EXPECT_EQ(process.RunUntilSignal(), 0);
}

TEST(Process, CanBeToldToStopBeforeItRuns) {
  Process process(Quiet(), "test");
  EXPECT_FALSE(process.WaitForStop(absl::Milliseconds(1)));
  kill(getpid(), SIGTERM);
  EXPECT_TRUE(process.WaitForStop(absl::Hours(1)));
  EXPECT_EQ(process.RunUntilSignal(), 0);
}

TEST(Process, IsReadyWhileEveryCheckPasses) {
  Process process(Quiet(), "test");
  auto store = process.AddReadinessCheck("store", [] { return absl::OkStatus(); });
  EXPECT_TRUE(process.Ready().ok());
  auto queue = process.AddReadinessCheck("queue", [] { return absl::UnavailableError("no Redis"); });
  EXPECT_EQ(process.Ready().message(), "queue: no Redis");
  EXPECT_TRUE(process.Alive().ok()) << "liveness never depends on others";
  queue.reset();
  EXPECT_TRUE(process.Ready().ok());
}

}  // namespace
}  // namespace amikeco
