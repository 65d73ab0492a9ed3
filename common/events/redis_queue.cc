#include "common/events/redis_queue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/events/redis_place.h"
#include "common/events/redis_scripts.h"

namespace amikeco {

RedisQueue::RedisQueue(RedisAddress address, absl::Duration lease)
    : address_(std::move(address)), lease_(lease), publisher_(address_), observer_(address_) {}

RedisQueue::~RedisQueue() = default;

std::string RedisQueue::StreamKey(absl::string_view source, int partition) const {
  return absl::StrCat(address_.prefix, ":", source, ":", partition);
}

absl::StatusOr<RedisReply> RedisQueue::Script(Door& door, const char* script, absl::string_view source,
                                              std::vector<std::string> arguments) {
  RedisCommand command = {"EVAL", absl::StrCat(redis_scripts::kCommon, script), absl::StrCat(kPartitions + 1),
                          absl::StrCat(address_.prefix, ":", source, ":published")};
  for (int p = 0; p < kPartitions; ++p) command.push_back(StreamKey(source, p));
  std::move(arguments.begin(), arguments.end(), std::back_inserter(command));
  absl::MutexLock lock(&door.mutex);
  return door.redis.Run(command);
}

absl::StatusOr<int64_t> RedisQueue::Begin(absl::string_view source, absl::string_view epoch, int64_t floor) {
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, Script(publisher_, redis_scripts::kBegin, source,
                                                          {std::string(epoch), absl::StrCat(floor)}));
  return reply->integer;
}

absl::Status RedisQueue::Publish(const Batch& batch) {
  std::vector<std::string> arguments = {batch.epoch, absl::StrCat(batch.after), absl::StrCat(batch.floor)};
  for (const Parcel& parcel : batch.parcels) {
    arguments.push_back(absl::StrCat(PartitionOf(parcel.subject)));
    arguments.push_back(absl::StrCat(parcel.number));
    arguments.push_back(parcel.subject);
    arguments.push_back(parcel.body);
  }
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply,
                           Script(publisher_, redis_scripts::kPublish, batch.source, std::move(arguments)));
  if (reply->integer == 1) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the queue does not have all facts up to ", batch.after));
}

std::shared_ptr<RedisQueue::Place> RedisQueue::PlaceOf(const Subscription& subscription) {
  absl::MutexLock lock(&mutex_);
  auto& place = places_[{subscription.source, subscription.group, subscription.consumer}];
  if (place == nullptr) place = std::make_shared<Place>(address_, subscription, lease_);
  return place;
}

absl::StatusOr<std::vector<Parcel>> RedisQueue::Receive(const Subscription& subscription, int limit,
                                                        absl::Duration wait) {
  return PlaceOf(subscription)->Receive(limit, wait);
}

absl::Status RedisQueue::Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) {
  return PlaceOf(subscription)->Acknowledge(parcels);
}

void RedisQueue::Leave(const Subscription& subscription) { PlaceOf(subscription)->Leave(); }

absl::Status RedisQueue::Trim(absl::string_view source, int64_t number) {
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<StreamStats> stats, Stats(source));
  for (const StreamStats& group : stats) {
    if (!group.group.empty()) number = std::min(number, group.acknowledged_number);
  }
  if (number <= 0) return absl::OkStatus();
  std::vector<RedisCommand> commands;
  for (int p = 0; p < kPartitions; ++p) {
    // Never XDEL: it makes the lag that Redis reports wrong, and leaves holes among what is pending.
    commands.push_back({"XTRIM", StreamKey(source, p), "MINID", absl::StrCat(number + 1, "-0")});
  }
  absl::MutexLock lock(&observer_.mutex);
  AMIKECO_ASSIGN_OR_RETURN(const auto replies, observer_.redis.Run(commands));
  for (const RedisReply& reply : replies) AMIKECO_RETURN_IF_ERROR(StatusOf(*reply));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StreamStats>> RedisQueue::Stats(absl::string_view source) {
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, Script(observer_, redis_scripts::kStats, source, {}));
  const int64_t all = reply->element[0]->integer;
  StreamStats stream{std::string(source), "", 0, 0, all, 0, 0};
  std::map<std::string, StreamStats> groups;
  std::map<std::string, int> seen;
  for (int p = 0; p < kPartitions; ++p) {
    const redisReply& entry = *reply->element[p + 1];
    const int64_t last = entry.element[1]->integer;
    const bool intact = last >= entry.element[2]->integer;
    stream.length += entry.element[0]->integer;
    for (size_t i = 3; i < entry.elements; ++i) {
      const redisReply& row = *entry.element[i];
      const std::string name(TextOf(*row.element[0]));
      StreamStats& group = groups.try_emplace(name, StreamStats{stream.source, name, 0, 0, all, 0, all}).first->second;
      const int64_t pending = row.element[1]->integer;
      const int64_t delivered = row.element[2]->integer;
      int64_t done = delivered >= last ? all : delivered;
      if (pending > 0) done = row.element[3]->integer - 1;
      if (!intact) done = 0;  // what the stream lost is not acknowledged, however well the rest looks
      group.pending += pending;
      group.delivered_number = std::max(group.delivered_number, delivered);
      group.acknowledged_number = std::min(group.acknowledged_number, done);
      ++seen[name];
    }
  }
  if (groups.empty()) return std::vector<StreamStats>{stream};
  std::vector<StreamStats> stats;
  for (auto& [name, group] : groups) {
    group.length = stream.length;
    if (seen[name] < kPartitions) group.acknowledged_number = 0;
    stats.push_back(group);
  }
  return stats;
}

absl::Status RedisQueue::Check() {
  absl::MutexLock lock(&observer_.mutex);
  return observer_.redis.Run({"PING"}).status();
}

}  // namespace amikeco
