#include "common/events/operations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "amikeco/ops/v1/records.pb.h"
#include "common/base/dates.h"
#include "common/events/consumer.h"
#include "common/events/execute.h"
#include "common/events/parked.h"
#include "common/events/pauses.h"
#include "common/events/relay.h"

namespace amikeco {
namespace {

constexpr char kClock[] = "clock";
constexpr int kMostCounted = 1000;

const Table<ops::v1::ClockRecord>& Clocks() {
  static const auto* const table =
      new Table<ops::v1::ClockRecord>(kClock, [](const ops::v1::ClockRecord&) { return std::vector<Key>(); });
  return *table;
}

ops::v1::KeptFact KeptFactOf(const StoredEvent& stored) {
  ops::v1::KeptFact fact;
  fact.set_id(stored.id);
  fact.set_subject(stored.subject);
  fact.set_subject_version(stored.subject_version);
  fact.set_body(stored.body);
  return fact;
}

ops::v1::GetQueueStatsResponse::Stream& AddStream(const StreamStats& stats, ops::v1::GetQueueStatsResponse& response) {
  auto& stream = *response.add_streams();
  stream.set_source(stats.source);
  stream.set_group(stats.group);
  stream.set_length(stats.length);
  stream.set_pending(stats.pending);
  stream.set_last_number(stats.last_number);
  stream.set_delivered_number(stats.delivered_number);
  stream.set_acknowledged_number(stats.acknowledged_number);
  return stream;
}

}  // namespace

absl::Status RestoreClock(Store& store, AdjustableClock& clock) {
  return store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto record, Clocks().Find(reader, kClock));
    if (!record.exists()) return absl::OkStatus();
    const absl::Duration since = absl::Now() - ToTime(record.value.real_time());
    clock.AdvanceTo(ToTime(record.value.time()) + std::max(since, absl::ZeroDuration()));
    return absl::OkStatus();
  });
}

OperationsService::OperationsService(const Wiring& wiring, Reactions reactions, Ticker& ticker, AdjustableClock* clock)
    : wiring_(wiring), reactions_(std::move(reactions)), ticker_(ticker), clock_(clock) {}

// This service's place on the stream of `source`; all zeros while it has none.
absl::StatusOr<StreamStats> OperationsService::OwnPlace(const std::string& source) {
  AMIKECO_ASSIGN_OR_RETURN(const auto stats, wiring_.queue.Stats(source));
  for (const StreamStats& group : stats) {
    if (group.group == wiring_.service) return group;
  }
  return StreamStats{source, "", 0, 0, 0, 0, 0};
}

absl::StatusOr<std::optional<ops::v1::ConsumerPause>> OperationsService::PauseOf(const std::string& source) {
  std::optional<ops::v1::ConsumerPause> pause;
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(pause, FindPause(reader, source));
    return absl::OkStatus();
  }));
  return pause;
}

absl::StatusOr<ops::v1::GetQueueStatsResponse> OperationsService::GetQueueStats(
    Call& call, const ops::v1::GetQueueStatsRequest& request) {
  ops::v1::GetQueueStatsResponse response;
  AMIKECO_ASSIGN_OR_RETURN(const auto own, wiring_.queue.Stats(wiring_.service));
  for (const StreamStats& stats : own) AddStream(stats, response);
  for (const std::string& source : reactions_.sources) {
    AMIKECO_ASSIGN_OR_RETURN(StreamStats place, OwnPlace(source));
    AMIKECO_ASSIGN_OR_RETURN(const auto pause, PauseOf(source));
    if (place.group.empty() && !pause) continue;
    place.group = wiring_.service;
    auto& stream = AddStream(place, response);
    if (pause) *stream.mutable_pause() = *pause;
  }
  const int64_t published = own.empty() ? 0 : own.front().last_number;
  AMIKECO_ASSIGN_OR_RETURN(const auto waiting, UnpublishedEvents(wiring_.store, published, kMostCounted));
  response.set_unpublished(static_cast<int64_t>(waiting.size()));
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const int parked, CountParked(reader, kMostCounted));
    response.set_parked(parked);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<ops::v1::ListParkedFactsResponse> OperationsService::ListParkedFacts(
    Call& call, const ops::v1::ListParkedFactsRequest& request) {
  return Query<ops::v1::ListParkedFactsResponse>(
      wiring_.store, [&](Reader& reader) -> absl::StatusOr<ops::v1::ListParkedFactsResponse> {
        AMIKECO_ASSIGN_OR_RETURN(auto page,
                                 ParkedFacts().List(reader, {"order", "", request.page_size(), request.page_token()}));
        ops::v1::ListParkedFactsResponse response;
        for (auto& item : page.items) *response.add_parked_facts() = std::move(item.value);
        response.set_next_page_token(std::move(page.next_page_token));
        return response;
      });
}

absl::Status OperationsService::Redrive(const ops::v1::ParkedFact& fact, const Call* call) {
  const Origin origin = OriginOfReaction(wiring_, fact.event());
  const auto forget = [&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const Parked parked, ParkedFacts().Get(tx, fact.name()));
    if (call != nullptr) {
      ops::v1::RedriveParkedFactResponse response;
      response.set_handled(1);
      AMIKECO_RETURN_IF_ERROR(internal::SaveAnswer(tx, *call, response));
    }
    return tx.Erase(ParkedFacts().kind(), fact.name(), parked.version);
  };
  absl::Status reaction;
  const absl::Status status = wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    reaction = absl::OkStatus();
    AMIKECO_RETURN_IF_ERROR(forget(tx));
    reaction = reactions_.react(tx, fact.event(), origin);
    return reaction;
  });
  // What it was about is over in the meantime: as for any stale fact, that is the end of it.
  if (!status.ok() && IsStale(reaction)) return wiring_.store.Write(forget);
  return status;
}

// The fact failed again, or for the first time when it had only waited.
absl::Status OperationsService::KeepParked(const ops::v1::ParkedFact& fact, const absl::Status& reason) {
  return wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(Parked parked, ParkedFacts().Get(tx, fact.name()));
    parked.value.set_reason(std::string(reason.message()));
    parked.value.set_tries(parked.value.tries() + 1);
    parked.value.clear_waits_behind();
    AMIKECO_RETURN_IF_ERROR(ParkedFacts().Put(tx, fact.name(), parked.value, parked.version, parked.version + 1));
    AMIKECO_ASSIGN_OR_RETURN(std::vector<Parked> others, ParkedOfSubject(tx, fact.event(), kMostCounted));
    for (Parked& other : others) {
      if (other.name == fact.name() || other.value.waits_behind() == fact.name()) continue;
      other.value.set_waits_behind(fact.name());
      AMIKECO_RETURN_IF_ERROR(ParkedFacts().Put(tx, other.name, other.value, other.version, other.version + 1));
    }
    return absl::OkStatus();
  });
}

// Those that waited behind a fact which is done with, in their order, until one fails.
absl::StatusOr<int> OperationsService::RedriveWaiting(const event::v1::Event& first) {
  for (int count = 0;; ++count) {
    std::vector<Parked> next;
    AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(next, ParkedOfSubject(reader, first, 1));
      return absl::OkStatus();
    }));
    if (next.empty()) return count;
    const absl::Status status = Redrive(next[0].value, nullptr);
    if (absl::IsNotFound(status)) continue;  // somebody else redrove it
    if (!status.ok()) {
      AMIKECO_RETURN_IF_ERROR(KeepParked(next[0].value, status));
      return count;
    }
  }
}

absl::StatusOr<ops::v1::RedriveParkedFactResponse> OperationsService::RedriveParkedFact(
    Call& call, const ops::v1::RedriveParkedFactRequest& request) {
  ops::v1::RedriveParkedFactResponse response;
  ops::v1::ParkedFact fact;
  bool answered = false;
  std::string earlier;
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(answered, internal::FindAnswer(tx, call, response));
    if (answered) return absl::OkStatus();
    AMIKECO_ASSIGN_OR_RETURN(const Parked parked, ParkedFacts().Get(tx, request.name()));
    fact = parked.value;
    AMIKECO_ASSIGN_OR_RETURN(const auto all, ParkedOfSubject(tx, fact.event(), 1));
    earlier = all.empty() || all[0].name == request.name() ? "" : all[0].name;
    return absl::OkStatus();
  }));
  if (answered) return response;
  if (!earlier.empty()) {
    return Error(errors::kFactWaitsBehind, absl::StrCat(request.name(), " waits behind ", earlier, "."),
                 {{"name", request.name()}, {"earlier", earlier}});
  }
  const absl::Status status = Redrive(fact, &call);
  if (!status.ok()) {
    if (IsPassing(status) || absl::IsNotFound(status)) return status;
    AMIKECO_RETURN_IF_ERROR(KeepParked(fact, status));
    return Error(errors::kFactStillRefused, absl::StrCat(request.name(), " failed again: ", status.message()),
                 {{"name", request.name()}, {"reason", status.message()}});
  }
  AMIKECO_ASSIGN_OR_RETURN(const int waiting, RedriveWaiting(fact.event()));
  response.set_handled(1 + waiting);
  return response;
}

absl::StatusOr<std::vector<std::string>> OperationsService::Followed(const std::string& source) const {
  const auto& all = reactions_.sources;
  if (source.empty()) return all;
  if (std::find(all.begin(), all.end(), source) != all.end()) return std::vector<std::string>{source};
  FieldErrors wrong;
  wrong.Add("source", absl::StrCat("is not followed by ", wiring_.service,
                                   ", which follows: ", all.empty() ? "none" : absl::StrJoin(all, ", ")));
  return wrong.ToStatus();
}

absl::StatusOr<ops::v1::PauseConsumerResponse> OperationsService::PauseConsumer(
    Call& call, const ops::v1::PauseConsumerRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const auto sources, Followed(request.source()));
  return Execute<ops::v1::PauseConsumerResponse>(
      wiring_.store, call, [&](Transaction& tx) -> absl::StatusOr<ops::v1::PauseConsumerResponse> {
        ops::v1::PauseConsumerResponse response;
        for (const std::string& source : sources) {
          AMIKECO_ASSIGN_OR_RETURN(auto record, Pauses().Find(tx, source));
          if (!record.exists()) *record.value.mutable_pause_time() = ToTimestamp(call.time);
          record.value.set_source(source);
          record.value.set_reason(request.reason());
          record.value.set_actor(call.actor.subject);
          AMIKECO_RETURN_IF_ERROR(Pauses().Put(tx, source, record.value, record.version, record.version + 1));
          *response.add_pauses() = std::move(record.value);
        }
        return response;
      });
}

absl::StatusOr<ops::v1::ResumeConsumerResponse> OperationsService::ResumeConsumer(
    Call& call, const ops::v1::ResumeConsumerRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const auto sources, Followed(request.source()));
  return Execute<ops::v1::ResumeConsumerResponse>(
      wiring_.store, call, [&](Transaction& tx) -> absl::StatusOr<ops::v1::ResumeConsumerResponse> {
        ops::v1::ResumeConsumerResponse response;
        for (const std::string& source : sources) {
          AMIKECO_ASSIGN_OR_RETURN(auto record, Pauses().Find(tx, source));
          if (!record.exists()) continue;
          AMIKECO_RETURN_IF_ERROR(tx.Erase(Pauses().kind(), source, record.version));
          *response.add_pauses() = std::move(record.value);
        }
        return response;
      });
}

absl::StatusOr<ops::v1::ListEventsResponse> OperationsService::ListEvents(Call& call,
                                                                          const ops::v1::ListEventsRequest& request) {
  FieldErrors wrong;
  if (request.page_size() < 0) wrong.Add("page_size", "must not be negative; 0 asks for the default, 100");
  if (request.after() < 0) wrong.Add("after", "must not be negative; 0 starts at the beginning");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  const int limit = request.page_size() == 0 ? 100 : std::min(request.page_size(), 1000);
  return Query<ops::v1::ListEventsResponse>(
      wiring_.store, [&](Reader& reader) -> absl::StatusOr<ops::v1::ListEventsResponse> {
        AMIKECO_ASSIGN_OR_RETURN(const auto events, request.subject().empty()
                                                        ? reader.EventsAfter(request.after(), limit)
                                                        : reader.History(request.subject(), request.after(), limit));
        ops::v1::ListEventsResponse response;
        for (const StoredEvent& stored : events) {
          auto& entry = *response.add_entries();
          entry.set_number(stored.number);
          entry.set_link(stored.link);
          if (request.kept()) {
            *entry.mutable_kept() = KeptFactOf(stored);
            continue;
          }
          if (!entry.mutable_event()->ParseFromString(stored.body)) {
            return Error(errors::kCorruptRecord, absl::StrCat("The fact ", stored.id, " does not parse."),
                         {{"name", stored.id}});
          }
        }
        return response;
      });
}

absl::StatusOr<ops::v1::GetAuditHeadResponse> OperationsService::GetAuditHead(
    Call& call, const ops::v1::GetAuditHeadRequest& request) {
  ops::v1::GetAuditHeadResponse response;
  response.set_source(wiring_.service);
  *response.mutable_time() = ToTimestamp(wiring_.clock.Now());
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto last, reader.LastEvent());
    if (!last) return absl::OkStatus();
    response.set_number(last->number);
    response.set_link(last->link);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<ops::v1::SetClockResponse> OperationsService::SetClock(Call& call,
                                                                      const ops::v1::SetClockRequest& request) {
  if (clock_ == nullptr) {
    return Error(errors::kClockNotAdjustable, "This service's clock cannot be moved.");
  }
  const absl::Time target = std::max(ToTime(request.time()), clock_->Now());
  // The record first: a service that is killed in between is then started at the new time, not sent back.
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto old, Clocks().Find(tx, kClock));
    ops::v1::ClockRecord record;
    *record.mutable_time() = ToTimestamp(target);
    *record.mutable_real_time() = ToTimestamp(absl::Now());
    return Clocks().Put(tx, kClock, record, old.version, old.version + 1);
  }));
  clock_->AdvanceTo(target);
  ticker_.Poke();
  ops::v1::SetClockResponse response;
  *response.mutable_time() = ToTimestamp(clock_->Now());
  return response;
}

absl::StatusOr<ops::v1::GetProgressResponse> OperationsService::GetProgress(
    Call& call, const ops::v1::GetProgressRequest& request) {
  // Asked in this order: due work makes facts of our own, and so does handling others' facts; so what could make more
  // work is looked at before what it would make.
  ops::v1::GetProgressResponse response;
  *response.mutable_time() = ToTimestamp(wiring_.clock.Now());
  AMIKECO_ASSIGN_OR_RETURN(const bool due, ticker_.AnythingDue());
  if (due) response.add_waiting_for("Something is due.");
  for (const std::string& source : reactions_.sources) {
    const auto place = OwnPlace(source);
    if (!place.ok() || place->group.empty() || place->acknowledged_number < place->last_number) {
      AMIKECO_ASSIGN_OR_RETURN(const auto pause, PauseOf(source));
      response.add_waiting_for(pause ? absl::StrCat("Facts of ", source, " wait: paused (", pause->reason(), ").")
                                     : absl::StrCat("Facts of ", source, " are to be handled."));
    }
    if (place.ok()) response.set_handled_number(response.handled_number() + place->acknowledged_number);
  }
  const auto own = wiring_.queue.Stats(wiring_.service);
  const int64_t published = own.ok() && !own->empty() ? own->front().last_number : 0;
  response.set_published_number(published);
  AMIKECO_ASSIGN_OR_RETURN(const auto waiting, UnpublishedEvents(wiring_.store, published, 1));
  if (!own.ok() || !waiting.empty()) response.add_waiting_for("Own facts are to be published.");
  response.set_settled(response.waiting_for().empty());
  return response;
}

}  // namespace amikeco
