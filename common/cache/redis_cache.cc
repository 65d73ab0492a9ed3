#include "common/cache/redis_cache.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

RedisAddress Impatient(RedisAddress address, absl::Duration patience) {
  address.timeout = patience;
  return address;
}

}  // namespace

RedisCache::RedisCache(RedisAddress address, const RedisCacheOptions& options)
    : prefix_(absl::StrCat(address.prefix, ":cache:")),
      options_(options),
      redis_(Impatient(std::move(address), options.patience)),
      thread_([this] { Run(); }) {}

RedisCache::~RedisCache() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

// False while the circuit is open. Once its time is over one caller gets through and the next ones wait for what it
// finds out.
bool RedisCache::Admit() {
  int64_t until = open_until_.load();
  if (until == 0) return true;
  const absl::Time now = SteadyNow();
  if (absl::ToUnixMicros(now) < until) return false;
  return open_until_.compare_exchange_strong(until, absl::ToUnixMicros(now + options_.open_for));
}

void RedisCache::Report(bool success) {
  if (success) {
    failures_ = 0;
    open_until_ = 0;
  } else if (++failures_ >= options_.failures_to_open) {
    open_until_ = absl::ToUnixMicros(SteadyNow() + options_.open_for);
  }
}

std::shared_ptr<RedisCache::Errand> RedisCache::Send(RedisCommand command) {
  if (!Admit()) return nullptr;
  auto errand = std::make_shared<Errand>();
  errand->command = std::move(command);
  absl::MutexLock lock(&mutex_);
  if (waiting_.size() >= options_.most_waiting) return nullptr;
  waiting_.push_back(errand);
  return errand;
}

std::optional<std::string> RedisCache::Get(absl::string_view key) {
  const auto errand = Send({"GET", absl::StrCat(prefix_, key)});
  if (errand == nullptr) return std::nullopt;
  std::unique_lock<std::mutex> lock(errand->mutex);
  if (!errand->wake.wait_for(lock, absl::ToChronoNanoseconds(options_.patience), [&] { return errand->done; })) {
    Report(false);
    return std::nullopt;
  }
  return std::move(errand->value);
}

void RedisCache::Put(absl::string_view key, absl::string_view value, absl::Duration keep) {
  const int64_t millis = absl::ToInt64Milliseconds(keep);
  if (millis <= 0) return;
  (void)Send({"SET", absl::StrCat(prefix_, key), std::string(value), "PX", absl::StrCat(millis)});
}

void RedisCache::Drop(absl::string_view key) { (void)Send({"UNLINK", absl::StrCat(prefix_, key)}); }

void RedisCache::Finish(const std::deque<std::shared_ptr<Errand>>& errands) {
  std::vector<RedisCommand> commands;
  for (const auto& errand : errands) commands.push_back(std::move(errand->command));
  const auto replies = redis_.Run(commands);
  Report(replies.ok());
  for (size_t i = 0; i < errands.size(); ++i) {
    const std::lock_guard<std::mutex> lock(errands[i]->mutex);
    if (replies.ok() && (*replies)[i]->type == REDIS_REPLY_STRING) {
      errands[i]->value = std::string(TextOf(*(*replies)[i]));
    }
    errands[i]->done = true;
    errands[i]->wake.notify_all();
  }
}

void RedisCache::Run() {
  while (true) {
    std::deque<std::shared_ptr<Errand>> errands;
    {
      absl::MutexLock lock(&mutex_);
      const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !waiting_.empty(); };
      mutex_.Await(absl::Condition(&wanted));
      if (stopping_) return;
      errands.swap(waiting_);
    }
    Finish(errands);
  }
}

}  // namespace amikeco
