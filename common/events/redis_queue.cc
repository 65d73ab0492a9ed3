#include "common/events/redis_queue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/events/redis_place.h"
#include "common/events/redis_scripts.h"
#include "common/events/redis_streams.h"

namespace amikeco {

RedisQueue::RedisQueue(RedisAddress address, absl::Duration lease)
    : address_(std::move(address)), lease_(lease), publisher_(address_), observer_(address_) {}

RedisQueue::~RedisQueue() = default;

RedisCommand RedisQueue::Script(const RedisAddress& address, const char* script, absl::string_view source,
                                std::vector<std::string> arguments) {
  const std::string stem = absl::StrCat(address.prefix, ":", source, ":");
  RedisCommand command = {"EVAL", absl::StrCat(redis_scripts::kCommon, script), absl::StrCat(kPartitions + 1),
                          stem + "published"};
  for (int p = 0; p < kPartitions; ++p) command.push_back(absl::StrCat(stem, p));
  std::move(arguments.begin(), arguments.end(), std::back_inserter(command));
  return command;
}

absl::StatusOr<RedisReply> RedisQueue::RunScript(Door& door, const char* script, absl::string_view source,
                                                 std::vector<std::string> arguments) {
  const RedisCommand command = Script(address_, script, source, std::move(arguments));
  absl::MutexLock lock(&door.mutex);
  return door.redis.Run(command);
}

absl::StatusOr<int64_t> RedisQueue::Begin(absl::string_view source, absl::string_view epoch, int64_t floor,
                                          absl::Span<const std::string> groups) {
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply,
                           RunScript(publisher_, redis_scripts::kBegin, source,
                                     {std::string(epoch), absl::StrCat(floor), absl::StrJoin(groups, " ")}));
  return NumberIn(*reply);
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
                           RunScript(publisher_, redis_scripts::kPublish, batch.source, std::move(arguments)));
  AMIKECO_ASSIGN_OR_RETURN(const int64_t added, NumberIn(*reply));
  if (added == 1) return absl::OkStatus();
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

absl::Status RedisQueue::Trim(absl::string_view source, absl::string_view epoch, int64_t number) {
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<StreamStats> stats, Stats(source));
  std::vector<std::string> arguments = {std::string(epoch), ""};
  for (const StreamStats& group : stats) {
    if (group.group.empty()) continue;
    number = std::min(number, group.acknowledged_number);
    arguments.push_back(group.group);
  }
  if (number <= 0) return absl::OkStatus();
  arguments[1] = absl::StrCat(number);
  return RunScript(observer_, redis_scripts::kTrim, source, std::move(arguments)).status();
}

absl::StatusOr<std::vector<StreamStats>> RedisQueue::Stats(absl::string_view source) {
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, RunScript(observer_, redis_scripts::kStats, source, {}));
  return StatsIn(source, *reply);
}

absl::Status RedisQueue::Check() {
  absl::MutexLock lock(&observer_.mutex);
  return observer_.redis.Run({"PING"}).status();
}

}  // namespace amikeco
