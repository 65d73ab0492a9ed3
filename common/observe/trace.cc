#include "common/observe/trace.h"

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/config.h"
#include "common/observe/log.h"

namespace amikeco {
namespace {

// What a collector takes well in one request, and how long a span may wait for company.
constexpr size_t kBatch = 512;
constexpr std::chrono::seconds kWait(5);
// 8 batches: about 4 MB. Beyond that the collector is slower than we are.
constexpr size_t kQueue = 4096;
constexpr long kTimeoutMillis = 5000;

bool IsHex(absl::string_view text, size_t digits) {
  if (text.size() != digits) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c) && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

bool IsZero(absl::string_view text) { return text.find_first_not_of('0') == absl::string_view::npos; }

std::string NonZeroHex(int digits) {
  std::string id = RandomHex(digits);
  while (IsZero(id)) id = RandomHex(digits);
  return id;
}

void AppendAttribute(std::string& json, absl::string_view key, absl::string_view value) {
  absl::StrAppend(&json, "{\"key\":");
  AppendJsonString(json, key);
  absl::StrAppend(&json, ",\"value\":{\"stringValue\":");
  AppendJsonString(json, value);
  absl::StrAppend(&json, "}}");
}

void AppendSpan(std::string& json, const Span& span) {
  absl::StrAppend(&json, "{\"traceId\":\"", span.context.trace_id, "\",\"spanId\":\"", span.context.span_id, "\"");
  if (!span.parent_span_id.empty()) absl::StrAppend(&json, ",\"parentSpanId\":\"", span.parent_span_id, "\"");
  absl::StrAppend(&json, ",\"name\":");
  AppendJsonString(json, span.name);
  absl::StrAppend(&json, ",\"kind\":", static_cast<int>(span.kind), ",\"startTimeUnixNano\":\"",
                  absl::ToUnixNanos(span.start), "\",\"endTimeUnixNano\":\"", absl::ToUnixNanos(span.end),
                  "\",\"attributes\":[");
  for (size_t i = 0; i < span.attributes.size(); ++i) {
    if (i > 0) json.push_back(',');
    AppendAttribute(json, span.attributes[i].first, span.attributes[i].second);
  }
  json += "],\"status\":{";
  if (!span.error.empty()) {
    json += "\"code\":2,\"message\":";
    AppendJsonString(json, span.error);
  }
  json += "}}";
}

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

}  // namespace

std::string TraceContext::Traceparent() const {
  return absl::StrCat("00-", trace_id, "-", span_id, sampled ? "-01" : "-00");
}

std::optional<TraceContext> ParseTraceparent(absl::string_view traceparent) {
  // version-trace-parent-flags; a version after 00 may go on behind the flags.
  if (traceparent.size() < 55 || traceparent.size() > 256) return std::nullopt;
  const absl::string_view version = traceparent.substr(0, 2);
  const absl::string_view trace_id = traceparent.substr(3, 32);
  const absl::string_view span_id = traceparent.substr(36, 16);
  const absl::string_view flags = traceparent.substr(53, 2);
  if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return std::nullopt;
  if (!IsHex(version, 2) || version == "ff" || !IsHex(trace_id, 32) || !IsHex(span_id, 16) || !IsHex(flags, 2)) {
    return std::nullopt;
  }
  if (traceparent.size() > 55 && (version == "00" || traceparent[55] != '-')) return std::nullopt;
  if (IsZero(trace_id) || IsZero(span_id)) return std::nullopt;
  const bool sampled = absl::string_view("13579bdf").find(flags[1]) != absl::string_view::npos;
  return TraceContext{std::string(trace_id), std::string(span_id), sampled};
}

TraceContext NewTrace() { return {NonZeroHex(32), NonZeroHex(16), true}; }

TraceContext ChildOf(absl::string_view traceparent) {
  std::optional<TraceContext> context = ParseTraceparent(traceparent);
  if (!context) return NewTrace();
  context->span_id = NonZeroHex(16);
  return *std::move(context);
}

std::string ChildTraceparent(absl::string_view traceparent) { return ChildOf(traceparent).Traceparent(); }

std::string RandomHex(int digits) {
  thread_local absl::BitGen random;
  std::string hex;
  hex.reserve(digits);
  uint64_t bits = 0;
  for (int i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = random();
    hex.push_back("0123456789abcdef"[bits & 15]);
    bits >>= 4;
  }
  return hex;
}

std::string ToOtlpJson(absl::string_view service, const std::vector<Span>& spans) {
  std::string json = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[";
  AppendAttribute(json, "service.name", service);
  json.push_back(',');
  AppendAttribute(json, "service.version", Version());
  json += "]},\"scopeSpans\":[{\"scope\":{\"name\":\"amikeco\"},\"spans\":[";
  for (size_t i = 0; i < spans.size(); ++i) {
    if (i > 0) json.push_back(',');
    AppendSpan(json, spans[i]);
  }
  json += "]}]}]}";
  return json;
}

class Tracer::Exporter {
 public:
  Exporter(absl::string_view endpoint, absl::string_view service, Metrics& metrics)
      : url_(absl::StrCat(absl::StripSuffix(endpoint, "/"), "/v1/traces")),
        service_(service),
        exported_(metrics.Counter("amikeco_trace_spans_exported_total", "Spans that the collector has taken.")),
        dropped_(metrics.Counter("amikeco_trace_spans_dropped_total",
                                 "Spans lost: the queue was full or the collector failed.")) {}

  ~Exporter() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void Add(Span span) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.size() >= kQueue) return dropped_.Increment();
    // Begun with the first span, so that what is only constructed has no threads.
    if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
    waiting_.push_back(std::move(span));
    if (waiting_.size() >= kBatch) wake_.notify_all();
  }

 private:
  void Run() {
    while (true) {
      std::vector<Span> batch;
      bool last = false;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait_for(lock, kWait, [this] { return stopping_ || waiting_.size() >= kBatch; });
        batch.swap(waiting_);
        last = stopping_;
      }
      for (size_t sent = 0; sent < batch.size(); sent += kBatch) {
        const auto end = batch.begin() + static_cast<int64_t>(std::min(batch.size(), sent + kBatch));
        Send({batch.begin() + static_cast<int64_t>(sent), end});
      }
      if (last) return;
    }
  }

  void Send(const std::vector<Span>& spans) {
    const std::string body = ToOtlpJson(service_, spans);
    CURL* const curl = curl_easy_init();
    if (curl == nullptr) return dropped_.Increment(static_cast<double>(spans.size()));
    curl_slist* const headers = curl_slist_append(nullptr, "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kTimeoutMillis);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Discard);
    const CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    const bool taken = code == CURLE_OK && answer >= 200 && answer < 300;
    (taken ? exported_ : dropped_).Increment(static_cast<double>(spans.size()));
    if (!taken && !complained_) {
      LogWarning("Traces are not exported.",
                 {{"url", url_}, {"error", curl_easy_strerror(code)}, {"http_status", answer}});
    }
    complained_ = !taken;
  }

  const std::string url_;
  const std::string service_;
  prometheus::Counter& exported_;
  prometheus::Counter& dropped_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Span> waiting_;
  bool stopping_ = false;
  std::thread thread_;       // made under the mutex
  bool complained_ = false;  // once per outage, not per batch; of the thread alone
};

Tracer::Tracer(absl::string_view otlp_endpoint, absl::string_view service, Metrics& metrics)
    : exporter_(otlp_endpoint.empty() ? nullptr : std::make_unique<Exporter>(otlp_endpoint, service, metrics)) {}

Tracer::~Tracer() = default;

void Tracer::Record(Span span) {
  if (exporter_ != nullptr && span.context.sampled) exporter_->Add(std::move(span));
}

}  // namespace amikeco
