// ReadThrough: answers of reads that may be a little old: from this process, else from Redis, else loaded.
//
// Only for reads that declare a staleness (option max_staleness_seconds), and only for values without personal data:
// they leave the database's protection. A value is never served when it is older than the reader allows, however it got
// here.
#ifndef AMIKECO_COMMON_CACHE_READ_THROUGH_H_
#define AMIKECO_COMMON_CACHE_READ_THROUGH_H_

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "common/base/status.h"
#include "common/cache/redis_cache.h"
#include "common/observe/metrics.h"

namespace amikeco {

// Thread safe.
class ReadThrough {
 public:
  using Loader = absl::FunctionRef<absl::StatusOr<std::string>()>;

  // Keeps at most `most_bytes` in the process, what was used last. `shared` may be null; it is worth its round trip
  // only in front of PostgreSQL: a point read of SQLite is forty times faster than Redis.
  ReadThrough(const std::string& service, const Clock& clock, Metrics& metrics, RedisCache* shared,
              size_t most_bytes = 64 << 20);

  // The value of `key`, at most `staleness` old. Several readers of a missing value wait for one load; they must not
  // hold locks that it needs. An error of the loader is returned, to all of them, and not kept.
  absl::StatusOr<std::string> Read(const std::string& key, absl::Duration staleness, Loader load);

  // The same for a message: `load` is `absl::StatusOr<T>()`.
  template <typename T, typename Load>
  absl::StatusOr<T> ReadMessage(const std::string& key, absl::Duration staleness, Load load) {
    AMIKECO_ASSIGN_OR_RETURN(const std::string text, Read(key, staleness, [&]() -> absl::StatusOr<std::string> {
                               AMIKECO_ASSIGN_OR_RETURN(const T loaded, load());
                               return loaded.SerializeAsString();
                             }));
    T message;
    if (message.ParseFromString(text)) return message;
    Drop(key);  // another version's, or damaged on its way
    return load();
  }

  // The value has changed: to be called when a fact says so. A load that is under way is not kept.
  void Drop(const std::string& key);

  size_t bytes();

 private:
  struct Entry {
    std::string key;
    std::string value;
    absl::Time loaded;
  };
  // A load under way, that others wait for.
  struct Flight {
    absl::Mutex mutex;
    bool done ABSL_GUARDED_BY(mutex) = false;
    absl::Time loaded ABSL_GUARDED_BY(mutex);
    absl::StatusOr<std::string> result ABSL_GUARDED_BY(mutex) = absl::UnknownError("under way");
  };
  using Entries = std::list<Entry>;

  static size_t SizeOf(const Entry& entry);
  // The value in the process; else the load to wait for, or to do when `ours`.
  std::shared_ptr<Flight> Join(const std::string& key, absl::Duration staleness, std::string& value, bool& ours);
  absl::StatusOr<std::string> Fly(const std::string& key, absl::Duration staleness, Loader load, Flight& flight);
  Entry Fetch(const std::string& key, absl::Duration staleness, Loader load, absl::Status& status, bool& shared);
  bool FindFresh(const std::string& key, absl::Duration staleness, std::string& value)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(Entry entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Forget(const std::string& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  RedisCache* const shared_;
  const size_t most_bytes_;
  absl::Mutex mutex_;
  Entries entries_ ABSL_GUARDED_BY(mutex_);  // last used first
  std::unordered_map<std::string, Entries::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;

  prometheus::Counter& from_process_;
  prometheus::Counter& from_redis_;
  prometheus::Counter& from_load_;
  prometheus::Gauge& size_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_CACHE_READ_THROUGH_H_
