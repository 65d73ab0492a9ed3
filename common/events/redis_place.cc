#include "common/events/redis_place.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/events/redis_scripts.h"

namespace amikeco {
namespace {

// How often a group that must not read yet asks whether it may.
constexpr absl::Duration kAskAgain = absl::Milliseconds(50);

std::string Id(int64_t number) { return absl::StrCat(number, "-0"); }

}  // namespace

RedisQueue::Place::Place(const RedisAddress& address, Subscription subscription, absl::Duration lease)
    : redis_(address),
      subscription_(std::move(subscription)),
      lease_(lease),
      join_(Script(address, redis_scripts::kJoin, subscription_.source, {subscription_.group})) {
  const std::string source = absl::StrCat(address.prefix, ":", subscription_.source);
  published_key_ = absl::StrCat(source, ":published");
  for (int p = 0; p < kPartitions; ++p) keys_[p] = absl::StrCat(source, ":", p);
}

std::vector<std::string> RedisQueue::Place::LeaseKeys() const {
  // Not below the streams' own names: a pattern over those should match streams alone.
  const std::string stem = published_key_.substr(0, published_key_.rfind(':'));
  std::vector<std::string> keys = {absl::StrCat(stem, ":members:", subscription_.group)};
  for (int p = 0; p < kPartitions; ++p) keys.push_back(absl::StrCat(stem, ":lease:", subscription_.group, ":", p));
  return keys;
}

absl::Status RedisQueue::Place::Lease(absl::Time now) {
  if (now < lease_again_) return absl::OkStatus();
  RedisCommand command = {"EVAL", redis_scripts::kLease, absl::StrCat(kPartitions + 1)};
  for (std::string& key : LeaseKeys()) command.push_back(std::move(key));
  command.push_back(subscription_.consumer);
  command.push_back(absl::StrCat(absl::ToInt64Milliseconds(lease_)));
  for (const Partition& partition : partitions_) command.push_back(partition.unacknowledged.empty() ? "0" : "1");
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, redis_.Run(command));
  AMIKECO_ASSIGN_OR_RETURN(const auto leases, LeasesIn(*reply));
  bool any = false;
  for (int p = 0; p < kPartitions; ++p) {
    const bool held = leases[p];
    any |= held;
    if (!held && partitions_[p].held) {
      // Another consumer begins with what is unacknowledged; passing on more of it here would only repeat its work.
      std::erase_if(ready_, [p](const Parcel& parcel) { return PartitionOf(parcel.subject) == p; });
      partitions_[p] = Partition();
    }
    if (held && !partitions_[p].held) AMIKECO_RETURN_IF_ERROR(Adopt(p));
  }
  lease_again_ = now + lease_ / (any ? 3 : 20);  // who holds nothing looks often for what others leave
  return absl::OkStatus();
}

// Takes over what an earlier holder of the partition left unacknowledged: the lease says that it is gone, so there is
// no need to wait until its entries are old.
absl::Status RedisQueue::Place::Adopt(int p) {
  std::string cursor = "0-0";
  do {
    AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply,
                             redis_.Run({"XAUTOCLAIM", keys_[p], subscription_.group, subscription_.consumer, "0",
                                         cursor, "COUNT", "500", "JUSTID"}));
    AMIKECO_ASSIGN_OR_RETURN(Claimed claimed, ClaimedIn(*reply));
    if (claimed.next == cursor && cursor != "0-0") return absl::InternalError("Redis: XAUTOCLAIM does not get on");
    cursor = std::move(claimed.next);
    if (claimed.lost) AMIKECO_RETURN_IF_ERROR(ReportLoss());
  } while (cursor != "0-0");
  partitions_[p] = Partition();
  partitions_[p].held = partitions_[p].recovering = true;
  return absl::OkStatus();
}

// False while the group must not read.
absl::StatusOr<bool> RedisQueue::Place::Join() {
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, redis_.Run(join_));
  AMIKECO_ASSIGN_OR_RETURN(const int64_t joined, NumberIn(*reply));
  return joined == 1;
}

// An entry was dropped that the group had not acknowledged. Without the epoch the relay begins anew, and publishes
// everything again that some group still needs.
absl::Status RedisQueue::Place::ReportLoss() { return redis_.Run({"HDEL", published_key_, "epoch"}).status(); }

// Keeps a stream's entries for the caller.
absl::Status RedisQueue::Place::Keep(StreamRead& read, bool again) {
  const auto key = std::find(keys_.begin(), keys_.end(), read.key);
  if (key == keys_.end()) return absl::InternalError("Redis: an answer about another stream");
  const int p = static_cast<int>(key - keys_.begin());
  for (StreamEntry& entry : read.entries) {
    if (entry.lost || PartitionOf(entry.parcel.subject) != p) {
      AMIKECO_RETURN_IF_ERROR(ReportLoss());
      continue;
    }
    entry.parcel.again = again;
    partitions_[p].unacknowledged.insert(entry.parcel.number);
    ready_.push_back(std::move(entry.parcel));
  }
  return absl::OkStatus();
}

// Reads what was delivered before; false when there is no more of it.
absl::StatusOr<bool> RedisQueue::Place::ReadAgain(int limit) {
  for (int p = 0; p < kPartitions; ++p) {
    Partition& partition = partitions_[p];
    if (!partition.held || !partition.recovering) continue;
    AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply,
                             redis_.Run({"XREADGROUP", "GROUP", subscription_.group, subscription_.consumer, "COUNT",
                                         absl::StrCat(limit), "STREAMS", keys_[p], partition.recovered}));
    AMIKECO_ASSIGN_OR_RETURN(auto streams, StreamsIn(*reply));
    if (streams.size() != 1 || streams[0].key != keys_[p]) {
      return absl::InternalError("Redis: an answer about another stream");
    }
    if (streams[0].entries.empty()) {
      partition.recovering = false;
      continue;
    }
    partition.recovered = streams[0].entries.back().id;
    AMIKECO_RETURN_IF_ERROR(Keep(streams[0], true));
    return true;
  }
  return false;
}

absl::Status RedisQueue::Place::ReadNew(int limit, absl::Duration wait) {
  std::vector<int> held;
  for (int p = 0; p < kPartitions; ++p) {
    if (partitions_[p].held) held.push_back(p);
  }
  if (held.empty()) {
    absl::SleepFor(wait);  // every partition is another consumer's
    return absl::OkStatus();
  }
  // COUNT holds for each stream; what comes in excess of the limit waits in ready_.
  const int count = std::max(1, limit / static_cast<int>(held.size()));
  RedisCommand command = {"XREADGROUP",           "GROUP", subscription_.group,
                          subscription_.consumer, "COUNT", absl::StrCat(count)};
  if (wait >= absl::Milliseconds(1)) {  // BLOCK 0 would wait for ever
    command.insert(command.end(), {"BLOCK", absl::StrCat(absl::ToInt64Milliseconds(wait))});
  }
  command.push_back("STREAMS");
  for (const int p : held) command.push_back(keys_[p]);
  command.insert(command.end(), held.size(), ">");
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, redis_.Run(command, wait));
  AMIKECO_ASSIGN_OR_RETURN(auto streams, StreamsIn(*reply));
  for (StreamRead& read : streams) AMIKECO_RETURN_IF_ERROR(Keep(read, false));
  return absl::OkStatus();
}

std::vector<Parcel> RedisQueue::Place::Take(int limit) {
  std::sort(ready_.begin(), ready_.end(), [](const Parcel& a, const Parcel& b) { return a.number < b.number; });
  const auto end = ready_.begin() + std::min<ptrdiff_t>(limit, static_cast<ptrdiff_t>(ready_.size()));
  std::vector<Parcel> taken(std::make_move_iterator(ready_.begin()), std::make_move_iterator(end));
  ready_.erase(ready_.begin(), end);
  return taken;
}

// What Redis holds of this place may be older than what was done here (a failover, a snapshot): begin as after a start.
void RedisQueue::Place::Forget() {
  partitions_ = {};
  ready_.clear();
  joined_ = false;
  lease_again_ = absl::InfinitePast();
}

absl::Status RedisQueue::Place::Read(int limit, absl::Time deadline) {
  const absl::Time now = SteadyNow();
  AMIKECO_RETURN_IF_ERROR(Lease(now));
  if (!ready_.empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const bool again, ReadAgain(limit));
  if (again) return absl::OkStatus();
  return ReadNew(limit, std::max(std::min(deadline, lease_again_) - now, absl::ZeroDuration()));
}

absl::StatusOr<std::vector<Parcel>> RedisQueue::Place::TryReceive(int limit, absl::Time deadline) {
  do {
    if (!joined_) {
      AMIKECO_ASSIGN_OR_RETURN(joined_, Join());
      if (!joined_) {
        absl::SleepFor(std::clamp(deadline - SteadyNow(), absl::ZeroDuration(), kAskAgain));
        continue;
      }
    }
    const absl::Status read = Read(limit, deadline);
    if (absl::StrContains(read.message(), "NOGROUP") || absl::StrContains(read.message(), "UNBLOCKED")) {
      joined_ = false;  // the streams were lost; the relay brings back what is missing
      continue;
    }
    AMIKECO_RETURN_IF_ERROR(read);
    if (!ready_.empty()) return Take(limit);
  } while (SteadyNow() < deadline);
  return std::vector<Parcel>();
}

absl::StatusOr<std::vector<Parcel>> RedisQueue::Place::Receive(int limit, absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  auto parcels = TryReceive(limit, SteadyNow() + wait);
  if (!parcels.ok()) Forget();
  return parcels;
}

absl::Status RedisQueue::Place::TryAcknowledge(absl::Span<const Parcel> parcels) {
  std::array<RedisCommand, kPartitions> by_partition;
  for (const Parcel& parcel : parcels) {
    RedisCommand& command = by_partition[PartitionOf(parcel.subject)];
    if (command.empty()) command = {"XACK", keys_[PartitionOf(parcel.subject)], subscription_.group};
    command.push_back(Id(parcel.number));
  }
  std::vector<RedisCommand> commands;
  for (RedisCommand& command : by_partition) {
    if (!command.empty()) commands.push_back(std::move(command));
  }
  if (commands.empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const auto replies, redis_.Run(commands));
  for (const RedisReply& reply : replies) AMIKECO_RETURN_IF_ERROR(StatusOf(*reply));
  return absl::OkStatus();
}

absl::Status RedisQueue::Place::Acknowledge(absl::Span<const Parcel> parcels) {
  absl::MutexLock lock(&mutex_);
  const absl::Status status = TryAcknowledge(parcels);
  if (!status.ok()) {
    Forget();
    return status;
  }
  for (const Parcel& parcel : parcels) {
    partitions_[PartitionOf(parcel.subject)].unacknowledged.erase(parcel.number);
  }
  return absl::OkStatus();
}

void RedisQueue::Place::Leave() {
  absl::MutexLock lock(&mutex_);
  RedisCommand command = {"EVAL", redis_scripts::kLeave, absl::StrCat(kPartitions + 1)};
  for (std::string& key : LeaseKeys()) command.push_back(std::move(key));
  command.push_back(subscription_.consumer);
  (void)redis_.Run(command);  // when Redis is away the leases run out by themselves
  redis_.Close();
  Forget();
}

}  // namespace amikeco
