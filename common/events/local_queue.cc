#include "common/events/local_queue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace amikeco {

absl::StatusOr<int64_t> LocalQueue::Begin(absl::string_view source, absl::string_view epoch, int64_t floor) {
  absl::MutexLock lock(&mutex_);
  Stream& stream = streams_[std::string(source)];
  if (stream.epoch != epoch) {
    stream = Stream();
    stream.epoch = std::string(epoch);
  }
  stream.published = std::max(stream.published, floor);
  return stream.published;
}

absl::Status LocalQueue::Publish(const Batch& batch) {
  absl::MutexLock lock(&mutex_);
  Stream& stream = streams_[batch.source];
  if (stream.epoch != batch.epoch || (stream.published < batch.after && batch.after > batch.floor)) {
    return absl::DataLossError(absl::StrCat("the queue does not have all facts up to ", batch.after));
  }
  for (const Parcel& parcel : batch.parcels) {
    if (parcel.number <= stream.published) continue;
    stream.facts[PartitionOf(parcel.subject)].emplace(parcel.number, parcel);
    stream.published = parcel.number;
  }
  published_.SignalAll();
  return absl::OkStatus();
}

// Renews the consumer's partitions, and takes and gives back others so that all members have about the same share.
void LocalQueue::Lease(Group& group, const std::string& consumer) {
  const absl::Time now = absl::Now();
  group.members[consumer] = now + lease_;
  for (auto it = group.members.begin(); it != group.members.end();) {
    it = it->second <= now ? group.members.erase(it) : std::next(it);
  }
  const int members = static_cast<int>(group.members.size());
  const int share = (kPartitions + members - 1) / members;
  int held = 0;
  for (Place& place : group.places) {
    if (place.holder != consumer) continue;
    place.held_until = now + lease_;
    if (++held > share && place.pending.empty()) {
      place.holder.clear();
      --held;
    }
  }
  for (Place& place : group.places) {
    if (held >= share || place.holder == consumer) continue;
    if (!place.holder.empty() && place.held_until > now) continue;
    place.holder = consumer;
    place.held_until = now + lease_;
    place.recovering = true;
    place.recovered = 0;
    ++held;
  }
}

std::vector<Parcel> LocalQueue::Take(Stream& stream, const Subscription& subscription, int limit) {
  Group& group = stream.groups[subscription.group];
  Lease(group, subscription.consumer);
  std::vector<Parcel> taken;
  for (int p = 0; p < kPartitions; ++p) {
    Place& place = group.places[p];
    if (place.holder != subscription.consumer) continue;
    while (static_cast<int>(taken.size()) < limit) {
      if (place.recovering) {
        const auto again = place.pending.upper_bound(place.recovered);
        if (again == place.pending.end()) {
          place.recovering = false;
          continue;
        }
        place.recovered = *again;
        taken.push_back(stream.facts[p].at(*again));
      } else {
        const auto next = stream.facts[p].upper_bound(place.delivered);
        if (next == stream.facts[p].end()) break;
        place.delivered = next->first;
        place.pending.insert(next->first);
        taken.push_back(next->second);
      }
    }
  }
  std::sort(taken.begin(), taken.end(), [](const Parcel& a, const Parcel& b) { return a.number < b.number; });
  return taken;
}

absl::StatusOr<std::vector<Parcel>> LocalQueue::Receive(const Subscription& subscription, int limit,
                                                        absl::Duration wait) {
  const absl::Time deadline = absl::Now() + wait;
  absl::MutexLock lock(&mutex_);
  while (true) {
    std::vector<Parcel> taken = Take(streams_[subscription.source], subscription, limit);
    const absl::Time now = absl::Now();
    if (!taken.empty() || now >= deadline) return taken;
    // Also wakes to renew leases, and to take over those that ran out.
    published_.WaitWithDeadline(&mutex_, std::min(deadline, now + lease_ / 3));
  }
}

absl::Status LocalQueue::Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) {
  absl::MutexLock lock(&mutex_);
  Group& group = streams_[subscription.source].groups[subscription.group];
  for (const Parcel& parcel : parcels) group.places[PartitionOf(parcel.subject)].pending.erase(parcel.number);
  return absl::OkStatus();
}

void LocalQueue::Leave(const Subscription& subscription) {
  absl::MutexLock lock(&mutex_);
  Group& group = streams_[subscription.source].groups[subscription.group];
  group.members.erase(subscription.consumer);
  for (Place& place : group.places) {
    if (place.holder == subscription.consumer) place.holder.clear();
  }
  published_.SignalAll();
}

StreamStats LocalQueue::StatsOf(const Stream& stream, const Group& group) {
  StreamStats stats;
  stats.last_number = stats.acknowledged_number = stream.published;
  for (int p = 0; p < kPartitions; ++p) {
    const Place& place = group.places[p];
    stats.length += static_cast<int64_t>(stream.facts[p].size());
    stats.pending += static_cast<int64_t>(place.pending.size());
    stats.delivered_number = std::max(stats.delivered_number, place.delivered);
    const auto next = stream.facts[p].upper_bound(place.delivered);
    int64_t done = next == stream.facts[p].end() ? stream.published : next->first - 1;
    if (!place.pending.empty()) done = *place.pending.begin() - 1;
    stats.acknowledged_number = std::min(stats.acknowledged_number, done);
  }
  return stats;
}

absl::Status LocalQueue::Trim(absl::string_view source, int64_t number) {
  absl::MutexLock lock(&mutex_);
  Stream& stream = streams_[std::string(source)];
  for (const auto& [name, group] : stream.groups) {
    number = std::min(number, StatsOf(stream, group).acknowledged_number);
  }
  for (auto& facts : stream.facts) facts.erase(facts.begin(), facts.upper_bound(number));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StreamStats>> LocalQueue::Stats(absl::string_view source) {
  absl::MutexLock lock(&mutex_);
  const Stream& stream = streams_[std::string(source)];
  std::vector<StreamStats> all;
  for (const auto& [name, group] : stream.groups) {
    all.push_back(StatsOf(stream, group));
    all.back().group = name;
  }
  if (all.empty()) {
    all.push_back(StatsOf(stream, Group()));
    all.back().acknowledged_number = all.back().delivered_number = 0;
  }
  for (StreamStats& stats : all) stats.source = std::string(source);
  return all;
}

}  // namespace amikeco
