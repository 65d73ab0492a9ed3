#include "common/rpc/quota.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/observe/log.h"
#include "common/rpc/errors.h"
#include "google/rpc/error_details.pb.h"

namespace amikeco {
namespace {

// Replicas agree within this: long against a round trip to Redis (0.3 ms), short against a bucket (seconds).
constexpr std::chrono::milliseconds kSettleEvery(100);
// Calls come a little out of order, which must not count time twice; further back the clock was set back.
constexpr absl::Duration kClockWasSetBack = absl::Seconds(1);

absl::Status Exceeded(absl::string_view limit, double per_second, const std::string& caller, absl::Duration wait) {
  absl::Status status =
      RetryAfter(errors::kQuotaExceeded, "The caller has made more calls than its quota allows.", wait);
  google::rpc::QuotaFailure failure;
  auto* violation = failure.add_violations();
  violation->set_subject(caller);
  violation->set_description(absl::StrCat(limit, ": ", per_second, " a second"));
  SetDetail(status, failure);
  return status;
}

}  // namespace

Quotas::Limit Quotas::LimitOf(absl::string_view name, const config::v1::QuotasConfig::Rate& rate, Metrics& metrics) {
  const double burst = rate.burst() > 0 ? rate.burst() : rate.per_second();
  return {
      name, rate.per_second(), std::max(burst, 1.0),
      &metrics.Counter("amikeco_quota_refused_total", "Calls over their caller's quota, also where it is only counted.",
                       {{"class", std::string(name)}})};
}

Quotas::Quotas(const config::v1::QuotasConfig& config, Metrics& metrics, size_t most_buckets)
    : reads_(LimitOf("reads", config.reads(), metrics)),
      writes_(LimitOf("writes", config.writes(), metrics)),
      shadow_(config.shadow()),
      most_buckets_(most_buckets),
      unlimited_(config.unlimited().begin(), config.unlimited().end()) {}

absl::Status Quotas::Take(const Actor& actor, bool is_write, absl::Time now) {
  const Limit& limit = is_write ? writes_ : reads_;
  if (limit.per_second <= 0 || actor.Has(options::v1::ROLE_SERVICE)) return absl::OkStatus();
  const bool alone = actor.organisation.empty();
  if (!alone && unlimited_.contains(actor.organisation)) return absl::OkStatus();
  const std::string& caller = alone ? actor.subject : actor.organisation;
  // A person may not bear an organisation's name to use up its quota.
  const std::string key = absl::StrCat(limit.name, alone ? ":person:" : ":organisation:", caller);
  const absl::Duration wait = TakeFrom(limit, key, now);
  if (wait == absl::ZeroDuration()) return absl::OkStatus();
  limit.refused->Increment();
  return shadow_ ? absl::OkStatus() : Exceeded(limit.name, limit.per_second, caller, wait);
}

absl::Duration Quotas::TakeFrom(const Limit& limit, const std::string& key, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  Bucket& bucket = Find(limit, key, now);
  Refill(bucket, now);
  if (bucket.tokens < 1) {
    // Not less than a millisecond: that is what the trailer counts in.
    return std::max(absl::Milliseconds(1), absl::Seconds((1 - bucket.tokens) / limit.per_second));
  }
  bucket.tokens -= 1;
  bucket.untold += 1;
  return absl::ZeroDuration();
}

Quotas::Bucket& Quotas::Find(const Limit& limit, const std::string& key, absl::Time now) {
  const auto at = by_key_.find(key);
  if (at != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, at->second);
  } else {
    buckets_.push_front({key, &limit, limit.burst, now});
    by_key_[key] = buckets_.begin();
    if (buckets_.size() > most_buckets_) {
      by_key_.erase(buckets_.back().key);
      buckets_.pop_back();
    }
  }
  return buckets_.front();
}

void Quotas::Refill(Bucket& bucket, absl::Time now) {
  if (now < bucket.as_of && now > bucket.as_of - kClockWasSetBack) return;
  const double seconds = std::max(0.0, absl::ToDoubleSeconds(now - bucket.as_of));
  bucket.tokens = std::min(bucket.limit->burst, bucket.tokens + seconds * bucket.limit->per_second);
  bucket.as_of = now;
}

std::vector<SharedBuckets::Charge> Quotas::Untold() {
  std::vector<SharedBuckets::Charge> charges;
  const absl::MutexLock lock(&mutex_);
  for (Bucket& bucket : buckets_) {
    if (bucket.untold == 0) continue;
    charges.push_back({bucket.key, bucket.untold, bucket.limit->per_second, bucket.limit->burst});
    bucket.untold = 0;
  }
  return charges;
}

absl::Status Quotas::Settle(SharedBuckets& shared, absl::Time now) {
  const auto charges = Untold();
  if (charges.empty()) return absl::OkStatus();
  const auto left = shared.Take(charges);
  if (!left.ok()) return left.status();
  if (left->size() != charges.size()) return absl::InternalError("buckets are missing in the answer");
  const absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < charges.size(); ++i) {
    const auto at = by_key_.find(charges[i].bucket);
    if (at == by_key_.end()) continue;
    Bucket& bucket = *at->second;
    bucket.tokens = (*left)[i] - bucket.untold;
    bucket.as_of = std::max(bucket.as_of, now);
  }
  return absl::OkStatus();
}

size_t Quotas::size() {
  const absl::MutexLock lock(&mutex_);
  return buckets_.size();
}

absl::Status SharedQuotas::Start() {
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

void SharedQuotas::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SharedQuotas::Loop() {
  bool away = false;
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (wake_.wait_for(lock, kSettleEvery, [this] { return stopping_; })) return;
    }
    const absl::Status status = quotas_.Settle(shared_, absl::Now());
    if (!status.ok() && !away) {
      LogWarning("Quotas are not shared now: each process limits by itself.", {{"reason", status.message()}});
    }
    away = !status.ok();
  }
}

}  // namespace amikeco
