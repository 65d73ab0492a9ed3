#include "common/rpc/chain.h"

#include <algorithm>
#include <atomic>
#include <exception>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "amikeco/options/v1/options.pb.h"
#include "common/base/deadline.h"
#include "common/base/hash.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/rpc/errors.h"
#include "common/rpc/keys.h"
#include "common/rpc/validate.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace amikeco {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

namespace {

constexpr int kDefaultMaxInFlight = 256;
constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);
// Nobody waits longer than this, whatever deadline they send.
constexpr absl::Duration kLongestDeadline = absl::Hours(1);
// With less left than this the answer would come too late: better to say so before the work than after it.
constexpr absl::Duration kLeastTime = absl::Milliseconds(50);
// What an overloaded service asks its callers to wait: about the time in which a full house of calls is
// worked off.
constexpr absl::Duration kRetryDelay = absl::Milliseconds(250);

absl::Duration DeadlineOf(const config::v1::ServerConfig& config) {
  const auto& set = config.default_deadline();
  const absl::Duration deadline = absl::Seconds(set.seconds()) + absl::Nanoseconds(set.nanos());
  return deadline > absl::ZeroDuration() ? deadline : kDefaultDeadline;
}

// Whether a reading method is quick, from how long its last calls took. Handing a call to another thread costs some
// 15 us, so what takes less than kQuick is better run where it is; but a call that waits there keeps others waiting. So
// a method earns it with calls in a row, loses it with a few that took longer, and with a single one that took long it
// must earn it anew for a good while. Races between callers only make it a little early or late.
class Quickness {
 public:
  bool IsQuick() const { return score_.load(std::memory_order_relaxed) >= kEarned; }
  void Took(absl::Duration time) {
    const int score = score_.load(std::memory_order_relaxed);
    const int next = time < kQuick ? std::min(score + 1, kBest) : time < kLong ? std::max(score - 8, kWorst) : kWorst;
    if (next != score) score_.store(next, std::memory_order_relaxed);
  }

 private:
  static constexpr absl::Duration kQuick = absl::Microseconds(50);
  static constexpr absl::Duration kLong = absl::Milliseconds(2);
  static constexpr int kEarned = 16;
  static constexpr int kBest = 64;
  static constexpr int kWorst = -200;
  std::atomic<int> score_{0};
};

// A caller's x-request-id is taken over when it can do no harm in logs and trailers.
bool IsGoodCallId(absl::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
}

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

// The same for the same content, in every process and version: maps are sorted, and SHA-256 stays what it is.
std::string Fingerprint(const Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    request.SerializePartialToCodedStream(&output);
  }
  return absl::BytesToHexString(Sha256(bytes).substr(0, 16));
}

const options::v1::Access& AccessOf(const MethodDescriptor* method) {
  return method->options().GetExtension(options::v1::access);
}

std::string FullName(const MethodDescriptor* method) {
  return absl::StrCat(method->service()->full_name(), "/", method->name());
}

}  // namespace

// A method's metrics, looked up once.
struct Chain::Counters {
  static constexpr int kCodes = 17;
  prometheus::Counter* started;
  prometheus::Counter* handled[kCodes];
  prometheus::Histogram* seconds;
};

struct Chain::Method {
  const MethodDescriptor* descriptor = nullptr;  // null: stands for methods that are not bound
  std::string name;
  const Message* request = nullptr;
  Body body;
  options::v1::Access access;
  std::unique_ptr<Validator> validator;
  const FieldDescriptor* request_id = nullptr;  // of a writing method
  bool may_tell = false;                        // the answer may hold personal data
  std::unique_ptr<Counters> counters;
  Quickness quickness;
};

// One call on its way through the layers.
struct Chain::Exchange {
  Exchange(const Incoming& arrived, Method& its_method, bool has_place)
      : incoming(arrived), method(its_method), is_free(has_place) {}

  const Incoming& incoming;
  Method& method;
  const bool is_free;
  Call call;
  TraceContext trace;
  google::protobuf::Arena arena;
  Message* request = nullptr;  // on the arena
  std::string response;
};

struct Chain::Layer {
  absl::string_view name;
  absl::Status (Chain::*run)(Exchange&, Next);
};

const Chain::Layer Chain::kLayers[] = {
    {"observe", &Chain::Observe}, {"admit", &Chain::Admit},      {"identify", &Chain::Identify},
    {"permit", &Chain::Permit},   {"limit", &Chain::LimitRate},  {"validate", &Chain::Validate},
    {"dedupe", &Chain::Dedupe},   {"method", &Chain::RunMethod},
};

template <int layer>
absl::Status Chain::Run(Chain& chain, Exchange& exchange) {
  constexpr int kCount = sizeof(kLayers) / sizeof(kLayers[0]);
  if constexpr (layer + 1 < kCount) {
    return (chain.*kLayers[layer].run)(exchange, &Run<layer + 1>);
  } else {
    return (chain.*kLayers[layer].run)(exchange, nullptr);
  }
}

std::vector<absl::string_view> Chain::Order() {
  std::vector<absl::string_view> names;
  for (const Layer& layer : kLayers) names.push_back(layer.name);
  return names;
}

Chain::Chain(const config::v1::ServerConfig& config, Process& process, const Clock& clock)
    : config_(config),
      process_(process),
      clock_(clock),
      max_in_flight_(config.max_in_flight() > 0 ? config.max_in_flight() : kDefaultMaxInFlight),
      default_deadline_(DeadlineOf(config)),
      quotas_(config.quotas(), process.metrics()),
      unknown_(std::make_unique<Method>()) {
  // One name for whatever is asked for that we do not have: a scanner must not make us unbounded metrics.
  unknown_->name = "unknown/unknown";
  unknown_->counters = MakeCounters("unknown", "unknown");
  auto identifier = Identifier::Create(config.identity(), clock);
  if (identifier.ok()) {
    identifier_ = *std::move(identifier);
  } else {
    AddBindingError(std::string(identifier.status().message()));
  }
}

Chain::~Chain() = default;

std::unique_ptr<Chain::Counters> Chain::MakeCounters(absl::string_view service, absl::string_view method) {
  Metrics& metrics = process_.metrics();
  Metrics::Labels labels = {
      {"grpc_type", "unary"}, {"grpc_service", std::string(service)}, {"grpc_method", std::string(method)}};
  auto counters = std::make_unique<Counters>();
  counters->started = &metrics.Counter("grpc_server_started_total", "Calls that have arrived.", labels);
  counters->seconds = &metrics.Histogram("grpc_server_handling_seconds", "Time from arrival to answer.", labels);
  for (int code = 0; code < Counters::kCodes; ++code) {
    labels["grpc_code"] = std::string(MetricCode(static_cast<absl::StatusCode>(code)));
    counters->handled[code] = &metrics.Counter("grpc_server_handled_total", "Calls that were answered.", labels);
  }
  return counters;
}

void Chain::Bind(const MethodDescriptor* method, const Message* request, Body body) {
  auto bound = std::make_unique<Method>();
  bound->descriptor = method;
  bound->name = FullName(method);
  bound->request = request;
  bound->body = std::move(body);
  bound->access = AccessOf(method);
  bound->validator = std::make_unique<Validator>(method->input_type());
  bound->may_tell = PersonalFields(method->output_type()).any();
  bound->counters = MakeCounters(method->service()->full_name(), method->name());
  if (bound->access.write()) {
    const FieldDescriptor* id = method->input_type()->FindFieldByName("request_id");
    const bool is_text = id != nullptr && id->type() == FieldDescriptor::TYPE_STRING && !id->is_repeated();
    if (!is_text) AddBindingError(absl::StrCat(bound->name, " writes and has no string request_id"));
    bound->request_id = is_text ? id : nullptr;
  }
  const std::string name = bound->name;
  if (!methods_.try_emplace(name, std::move(bound)).second) AddBindingError(absl::StrCat(name, " is bound twice"));
}

absl::Status Chain::Check() {
  std::vector<std::string> wrong = binding_errors_;
  for (const ServiceDescriptor* service : services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      const auto& access = AccessOf(method);
      if (!methods_.contains(FullName(method))) wrong.push_back(absl::StrCat(FullName(method), " is not bound"));
      if (!access.anyone() && access.roles().empty()) {
        wrong.push_back(absl::StrCat(FullName(method), " has no access option"));
      }
    }
  }
  return wrong.empty() ? absl::OkStatus() : absl::FailedPreconditionError(absl::StrJoin(wrong, "; "));
}

std::vector<const MethodDescriptor*> Chain::methods() const {
  std::vector<const MethodDescriptor*> methods;
  for (const auto& [name, method] : methods_) methods.push_back(method->descriptor);
  std::sort(methods.begin(), methods.end(),
            [](const auto* a, const auto* b) { return a->full_name() < b->full_name(); });
  return methods;
}

std::vector<const ServiceDescriptor*> Chain::services() const {
  std::vector<const ServiceDescriptor*> services;
  for (const MethodDescriptor* method : methods()) {
    if (services.empty() || services.back() != method->service()) services.push_back(method->service());
  }
  return services;
}

Chain::Place::~Place() {
  if (chain_ != nullptr) --chain_->in_flight_;
}

bool Chain::Place::RunsAtOnce() const {
  return !free_ || (method_.descriptor != nullptr && !method_.access.write() && method_.quickness.IsQuick());
}

Chain::Place Chain::Arrive(absl::string_view method) {
  const auto at = methods_.find(method);
  return {*this, at == methods_.end() ? *unknown_ : *at->second, ++in_flight_ <= max_in_flight_};
}

Outgoing Chain::Dispatch(const Incoming& incoming, const Place& place) {
  Exchange exchange(incoming, place.method_, place.free_);
  absl::Status status = Run<0>(*this, exchange);
  return {std::move(status), std::move(exchange.response), std::move(exchange.call.call_id)};
}

absl::Status Chain::Observe(Exchange& exchange, Next next) {
  Call& call = exchange.call;
  const absl::string_view call_id = Find(exchange.incoming.metadata, "x-request-id");
  call.call_id = IsGoodCallId(call_id) ? std::string(call_id) : RandomHex(20);
  call.method = exchange.method.name;
  exchange.trace = ChildOf(Find(exchange.incoming.metadata, "traceparent"));
  call.traceparent = exchange.trace.Traceparent();
  call.time = clock_.Now();
  exchange.method.counters->started->Increment();
  const absl::Time start = absl::Now(), began = SteadyNow();

  const absl::Status cause = next(*this, exchange);
  absl::Status shown = ToPublic(cause, call.call_id);
  if (!shown.ok()) exchange.response.clear();

  const absl::Time end = start + (SteadyNow() - began);
  exchange.method.counters->seconds->Observe(absl::ToDoubleSeconds(end - start));
  exchange.method.counters->handled[static_cast<int>(shown.code())]->Increment();
  Report(exchange, cause, shown, start, end);
  return shown;
}

void Chain::Report(const Exchange& exchange, const absl::Status& cause, const absl::Status& shown, absl::Time start,
                   absl::Time end) {
  const Call& call = exchange.call;
  const std::string reason = shown.ok() ? "" : ReasonOf(shown);
  if (LogEnabled(LogLevel::kInfo)) {
    Log(LogLevel::kInfo, "call",
        {{"trace_id", exchange.trace.trace_id},
         {"span_id", exchange.trace.span_id},
         {"request_id", call.call_id},
         {"grpc.method", call.method},
         {"grpc.code", MetricCode(shown.code())},
         {"reason", reason},
         {"duration_ms", absl::ToDoubleMilliseconds(end - start)},
         {"tenant", call.actor.organisation},
         {"principal", call.actor.subject}});
  }
  if (IsHidden(cause)) {
    const bool our_bug = shown.code() == absl::StatusCode::kInternal || shown.code() == absl::StatusCode::kDataLoss;
    Log(our_bug ? LogLevel::kError : LogLevel::kWarning, "The call's error has a cause that the caller is not told.",
        {{"trace_id", exchange.trace.trace_id},
         {"request_id", call.call_id},
         {"grpc.method", call.method},
         {"cause", cause.ToString(absl::StatusToStringMode::kWithNoExtraData)}});
  }
  if (!process_.tracer().enabled()) return;
  const auto parent = ParseTraceparent(Find(exchange.incoming.metadata, "traceparent"));
  Span span{absl::StrCat("Recv.", call.method),
            Span::Kind::kServer,
            exchange.trace,
            parent ? parent->span_id : "",
            start,
            end,
            {},
            std::string(shown.message())};
  span.attributes = {{"rpc.system", "grpc"},
                     {"rpc.method", call.method},
                     {"rpc.grpc.status_code", absl::StrCat(static_cast<int>(shown.code()))},
                     {"request_id", call.call_id}};
  if (!reason.empty()) span.error = reason;  // a sentence may hold what a caller sent
  process_.tracer().Record(std::move(span));
}

absl::Status Chain::Admit(Exchange& exchange, Next next) {
  if (!refusal_.ok()) return refusal_;
  if (exchange.method.descriptor == nullptr) {
    return Error(errors::kUnknownMethod, "The service has no method of this name.");
  }
  if (!exchange.is_free) {
    return RetryAfter(errors::kTooManyCalls, "The service is busy with as many calls as it takes at once.",
                      kRetryDelay);
  }
  const absl::Time now = SteadyNow();
  exchange.call.deadline = std::min(exchange.incoming.deadline, now + kLongestDeadline);
  if (exchange.incoming.deadline == absl::InfiniteFuture()) exchange.call.deadline = now + default_deadline_;
  if (exchange.call.deadline - now < kLeastTime) {
    return Error(errors::kDeadlineTooShort, "Less than 50 ms of the deadline were left when the call's turn came.");
  }
  if (exchange.incoming.cancelled) exchange.call.cancelled = exchange.incoming.cancelled;
  return next(*this, exchange);
}

absl::Status Chain::Identify(Exchange& exchange, Next next) {
  if (identifier_ == nullptr) return absl::InternalError("the identity config cannot be used");
  AMIKECO_ASSIGN_OR_RETURN(exchange.call.actor,
                           identifier_->Identify(exchange.incoming.metadata, exchange.incoming.peer));
  return next(*this, exchange);
}

absl::Status Chain::Permit(Exchange& exchange, Next next) {
  const options::v1::Access& access = exchange.method.access;
  const Actor& actor = exchange.call.actor;
  const bool permitted = access.anyone() || std::any_of(access.roles().begin(), access.roles().end(),
                                                        [&](int role) { return actor.Has(static_cast<Role>(role)); });
  if (permitted) return next(*this, exchange);
  const std::string roles = absl::StrJoin(access.roles(), ",", [](std::string* out, int role) {
    out->append(options::v1::Role_Name(static_cast<Role>(role)));
  });
  return Error(errors::kRoleMissing, absl::StrCat(exchange.method.name, " needs one of the roles ", roles, "."),
               {{"method", exchange.method.name}, {"roles", roles}});
}

absl::Status Chain::LimitRate(Exchange& exchange, Next next) {
  const Call& call = exchange.call;
  AMIKECO_RETURN_IF_ERROR(quotas_.Take(call.actor, exchange.method.access.write(), absl::Now()));
  return next(*this, exchange);
}

absl::Status Chain::Validate(Exchange& exchange, Next next) {
  exchange.request = exchange.method.request->New(&exchange.arena);
  AMIKECO_RETURN_IF_ERROR(ParseRequest(exchange.incoming.request, *exchange.request));
  FieldErrors errors;
  exchange.method.validator->Check(*exchange.request, errors);
  AMIKECO_RETURN_IF_ERROR(errors.ToStatus());
  return next(*this, exchange);
}

absl::Status Chain::Dedupe(Exchange& exchange, Next next) {
  const FieldDescriptor* field = exchange.method.request_id;
  if (field == nullptr) return next(*this, exchange);
  const auto* reflection = exchange.request->GetReflection();
  std::string id = reflection->GetString(*exchange.request, field);
  if (id.empty()) return next(*this, exchange);
  if (!IsUuid(id)) {
    FieldErrors errors;
    errors.Add(field->name(), "must be a UUID, for instance 5f0c7a52-8c1e-4f0e-9d3b-2a64c9d7e1b8");
    return errors.ToStatus();
  }
  // A UUID means the same in either case.
  absl::AsciiStrToLower(&id);
  reflection->ClearField(exchange.request, field);
  exchange.call.fingerprint = Fingerprint(*exchange.request);
  reflection->SetString(exchange.request, field, id);
  exchange.call.request_id = std::move(id);
  return next(*this, exchange);
}

absl::Status Chain::RunMethod(Exchange& exchange, Next) {
  const absl::Time start = SteadyNow();
  const DeadlineScope within(exchange.call.deadline);
  const bool kept = consultations_ != nullptr && exchange.method.may_tell;
  const std::string purpose(Find(exchange.incoming.metadata, "amikeco-purpose"));
  if (kept) AMIKECO_RETURN_IF_ERROR(consultations_->Permit(exchange.call, purpose));
  const ReadingsScope scope;
  bool personal = false;
  absl::Status status;
  // The last resort for what a library may throw: one call fails, the process lives.
  try {
    status = exchange.method.body(exchange.call, *exchange.request, exchange.response, personal);
    if (status.ok() && kept && personal) status = consultations_->Keep(exchange.call, purpose, scope.readings());
  } catch (const std::exception& error) {
    status = absl::InternalError(absl::StrCat("exception: ", error.what()));
  }
  exchange.method.quickness.Took(SteadyNow() - start);
  return status;
}

ServiceBinding::ServiceBinding(Chain& chain, absl::string_view service)
    : chain_(chain), service_(DescriptorPool::generated_pool()->FindServiceByName(std::string(service))) {
  if (service_ == nullptr) chain_.AddBindingError(absl::StrCat("there is no service ", service));
}

void ServiceBinding::Bind(absl::string_view name, const Message& request, const Message& response, Chain::Body body) {
  if (service_ == nullptr) return;
  const MethodDescriptor* method = service_->FindMethodByName(std::string(name));
  if (method == nullptr) {
    return chain_.AddBindingError(absl::StrCat(service_->full_name(), " has no method ", name));
  }
  if (method->input_type() != request.GetDescriptor() || method->output_type() != response.GetDescriptor()) {
    return chain_.AddBindingError(absl::StrCat(FullName(method), " takes ", method->input_type()->full_name(),
                                               " and returns ", method->output_type()->full_name()));
  }
  if (method->client_streaming() || method->server_streaming()) {
    return chain_.AddBindingError(absl::StrCat(FullName(method), " streams; only unary methods can be bound"));
  }
  chain_.Bind(method, &request, std::move(body));
}

}  // namespace amikeco
