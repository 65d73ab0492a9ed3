// Traces: W3C traceparent in and out, and spans exported as OTLP/HTTP JSON.
#ifndef AMIKECO_COMMON_OBSERVE_TRACE_H_
#define AMIKECO_COMMON_OBSERVE_TRACE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/observe/metrics.h"

namespace amikeco {

// Where in a trace something happens: hexadecimal ids, as in the traceparent.
struct TraceContext {
  std::string trace_id;  // 32 digits
  std::string span_id;   // 16 digits
  bool sampled = true;

  // "00-<trace>-<span>-01".
  std::string Traceparent() const;
};

// The context that a traceparent of any version names; nothing when it is malformed or all zeros.
std::optional<TraceContext> ParseTraceparent(absl::string_view traceparent);
// The first span of a new trace.
TraceContext NewTrace();
// A new span of the same trace; of a new one when `traceparent` is malformed or empty.
TraceContext ChildOf(absl::string_view traceparent);
// `traceparent` with a new span: what to send along with a call or a fact.
std::string ChildTraceparent(absl::string_view traceparent);

// `digits` random lower-case hexadecimal digits, from a thread's own generator. Not secret.
std::string RandomHex(int digits);

struct Span {
  enum class Kind { kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5 };
  std::string name;
  Kind kind = Kind::kInternal;
  TraceContext context;
  std::string parent_span_id;  // empty for the first of a trace
  absl::Time start;
  absl::Time end;
  std::vector<std::pair<std::string, std::string>> attributes;  // ids and codes, never personal data
  std::string error;                                            // empty: it went well
};

// Exports finished spans in the background, in batches. Never blocks its callers: when the collector is slow
// or away spans are dropped and counted (amikeco_trace_spans_dropped_total). Thread safe.
class Tracer {
 public:
  // Exports nothing when `otlp_endpoint` is empty.
  Tracer(absl::string_view otlp_endpoint, absl::string_view service, Metrics& metrics);
  // Tries once more to send what waits.
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // False: making spans is wasted work.
  bool enabled() const { return exporter_ != nullptr; }
  void Record(Span span);

 private:
  class Exporter;
  std::unique_ptr<Exporter> exporter_;
};

// The body of an OTLP/HTTP request (application/json) with these spans.
std::string ToOtlpJson(absl::string_view service, const std::vector<Span>& spans);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_OBSERVE_TRACE_H_
