#include "common/cache/read_through.h"

#include <exception>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace amikeco {
namespace {

prometheus::Counter& Reads(Metrics& metrics, const std::string& service, const std::string& from) {
  return metrics.Counter("amikeco_cache_reads_total", "Reads that may be stale, by where the answer came from.",
                         {{"service", service}, {"from", from}});
}

// In Redis a value is preceded by when it was loaded, so that each reader can judge its age.
std::string Pack(absl::Time loaded, absl::string_view value) {
  return absl::StrCat(absl::ToUnixMicros(loaded), " ", value);
}

bool Unpack(absl::string_view packed, absl::Time& loaded, std::string& value) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(packed, absl::MaxSplits(' ', 1));
  int64_t micros = 0;
  if (packed.find(' ') == packed.npos || !absl::SimpleAtoi(parts.first, &micros)) return false;
  loaded = absl::FromUnixMicros(micros);
  value = std::string(parts.second);
  return true;
}

// What was loaded in the future is old too: the clock was set back since.
absl::Duration AgeAt(absl::Time now, absl::Time loaded) { return absl::AbsDuration(now - loaded); }

}  // namespace

ReadThrough::ReadThrough(const std::string& service, const Clock& clock, Metrics& metrics, RedisCache* shared,
                         size_t most_bytes)
    : clock_(clock),
      shared_(shared),
      most_bytes_(most_bytes),
      from_process_(Reads(metrics, service, "process")),
      from_redis_(Reads(metrics, service, "redis")),
      from_load_(Reads(metrics, service, "load")),
      size_(metrics.Gauge("amikeco_cache_bytes", "Bytes kept in the process.", {{"service", service}})) {}

// The strings twice (the map has the key too), and the nodes that hold them.
size_t ReadThrough::SizeOf(const Entry& entry) { return 2 * entry.key.size() + entry.value.size() + 200; }

size_t ReadThrough::bytes() {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

void ReadThrough::Forget(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  bytes_ -= SizeOf(*found->second);
  entries_.erase(found->second);
  by_key_.erase(found);
  size_.Set(static_cast<double>(bytes_));
}

void ReadThrough::Keep(Entry entry) {
  Forget(entry.key);
  if (SizeOf(entry) > most_bytes_) return;
  bytes_ += SizeOf(entry);
  entries_.push_front(std::move(entry));
  by_key_[entries_.front().key] = entries_.begin();
  while (bytes_ > most_bytes_) Forget(std::string(entries_.back().key));
  size_.Set(static_cast<double>(bytes_));
}

bool ReadThrough::FindFresh(const std::string& key, absl::Duration staleness, std::string& value) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || AgeAt(clock_.Now(), found->second->loaded) > staleness) return false;
  entries_.splice(entries_.begin(), entries_, found->second);
  value = found->second->value;
  return true;
}

// From Redis, else loaded. `shared` is whether Redis has it already.
ReadThrough::Entry ReadThrough::Fetch(const std::string& key, absl::Duration staleness, Loader load,
                                      absl::Status& status, bool& shared) {
  Entry entry{key, "", absl::InfinitePast()};
  // Its age counts from before the load: what changes while it runs is not in it.
  const absl::Time now = clock_.Now();
  if (shared_ != nullptr) {
    const auto packed = shared_->Get(key);
    shared = packed && Unpack(*packed, entry.loaded, entry.value) && AgeAt(now, entry.loaded) <= staleness;
    if (shared) {
      from_redis_.Increment();
      return entry;
    }
  }
  from_load_.Increment();
  entry.loaded = now;
  // Whoever waits for this load would wait for ever if an exception took it away.
  absl::StatusOr<std::string> loaded = absl::InternalError("exception");
  try {
    loaded = load();
  } catch (const std::exception& thrown) {
    loaded = absl::InternalError(absl::StrCat("exception: ", thrown.what()));
  }
  status = loaded.status();
  if (loaded.ok()) entry.value = *std::move(loaded);
  return entry;
}

std::shared_ptr<ReadThrough::Flight> ReadThrough::Join(const std::string& key, absl::Duration staleness,
                                                       std::string& value, bool& ours) {
  absl::MutexLock lock(&mutex_);
  if (FindFresh(key, staleness, value)) return nullptr;
  auto& flight = flights_[key];
  ours = flight == nullptr;
  if (ours) flight = std::make_shared<Flight>();
  return flight;
}

absl::StatusOr<std::string> ReadThrough::Fly(const std::string& key, absl::Duration staleness, Loader load,
                                             Flight& flight) {
  absl::Status status;
  bool shared = false;
  Entry entry = Fetch(key, staleness, load, status, shared);
  const absl::Time loaded = entry.loaded;
  const absl::StatusOr<std::string> result = status.ok() ? absl::StatusOr<std::string>(entry.value) : status;
  {
    absl::MutexLock lock(&mutex_);
    const auto under_way = flights_.find(key);
    if (under_way != flights_.end() && under_way->second.get() == &flight) {  // else it was dropped meanwhile
      flights_.erase(under_way);
      if (status.ok() && !shared && shared_ != nullptr) {
        shared_->Put(key, Pack(entry.loaded, entry.value), staleness);
      }
      if (status.ok()) Keep(std::move(entry));
    }
  }
  absl::MutexLock lock(&flight.mutex);
  flight.result = result;
  flight.loaded = loaded;
  flight.done = true;
  return result;
}

absl::StatusOr<std::string> ReadThrough::Read(const std::string& key, absl::Duration staleness, Loader load) {
  while (true) {
    std::string value;
    bool ours = false;
    const std::shared_ptr<Flight> flight = Join(key, staleness, value, ours);
    if (flight == nullptr) {
      from_process_.Increment();
      return value;
    }
    if (ours) return Fly(key, staleness, load, *flight);
    absl::MutexLock lock(&flight->mutex);
    flight->mutex.Await(absl::Condition(&flight->done));
    // Its reader may have been content with something older than this one is.
    if (!flight->result.ok() || AgeAt(clock_.Now(), flight->loaded) <= staleness) return flight->result;
  }
}

void ReadThrough::Drop(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  Forget(key);
  flights_.erase(key);
  // Under the lock, as is Put: so Redis never gets an older value after the drop from this process.
  if (shared_ != nullptr) shared_->Drop(key);
}

}  // namespace amikeco
