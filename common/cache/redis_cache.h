// RedisCache: values that replicas share, in Redis. A help and never a need: whatever is wrong, a read just misses.
//
// One connection carries everything: what waits while an answer is awaited goes out together as one pipeline. A read
// waits at most `patience`; when Redis is slow or away a circuit opens and reads miss at once, until a try succeeds.
#ifndef AMIKECO_COMMON_CACHE_REDIS_CACHE_H_
#define AMIKECO_COMMON_CACHE_REDIS_CACHE_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/steady.h"
#include "common/events/redis.h"

namespace amikeco {

struct RedisCacheOptions {
  absl::Duration patience = absl::Milliseconds(30);
  int failures_to_open = 3;  // in a row
  absl::Duration open_for = absl::Seconds(1);
  size_t most_waiting = 4096;  // beyond, reads miss and writes are dropped
};

// Thread safe.
class RedisCache {
 public:
  // Keys begin with `address.prefix` and ":cache:".
  explicit RedisCache(RedisAddress address, const RedisCacheOptions& options = {});
  ~RedisCache();
  RedisCache(const RedisCache&) = delete;
  RedisCache& operator=(const RedisCache&) = delete;

  std::optional<std::string> Get(absl::string_view key);
  // Neither waits. What is put disappears after `keep`, also when a drop is lost.
  void Put(absl::string_view key, absl::string_view value, absl::Duration keep);
  void Drop(absl::string_view key);

  bool open() const { return open_until_.load() > absl::ToUnixMicros(SteadyNow()); }

 private:
  // One command on its way; shared by who waits for it and the thread that sends it.
  struct Errand {
    RedisCommand command;
    std::mutex mutex;
    std::condition_variable wake;
    bool done = false;
    std::optional<std::string> value;
  };

  bool Admit();
  void Report(bool success);
  std::shared_ptr<Errand> Send(RedisCommand command);
  void Run();
  void Finish(const std::deque<std::shared_ptr<Errand>>& errands);

  const std::string prefix_;
  const RedisCacheOptions options_;
  RedisConnection redis_;  // the thread's alone
  std::atomic<int> failures_{0};
  std::atomic<int64_t> open_until_{0};  // microseconds of SteadyNow
  absl::Mutex mutex_;
  std::deque<std::shared_ptr<Errand>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_CACHE_REDIS_CACHE_H_
