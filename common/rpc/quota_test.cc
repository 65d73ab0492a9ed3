#include "common/rpc/quota.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "google/rpc/error_details.pb.h"

namespace amikeco {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

config::v1::QuotasConfig Config(double reads, double writes, double burst = 0) {
  config::v1::QuotasConfig config;
  config.mutable_reads()->set_per_second(reads);
  config.mutable_reads()->set_burst(burst);
  config.mutable_writes()->set_per_second(writes);
  return config;
}

Actor Of(const std::string& organisation) { return {"people/K-17", organisation, {options::v1::ROLE_COORDINATOR}}; }

// How many of `calls` at once are allowed.
int Allowed(Quotas& quotas, const Actor& actor, int calls, absl::Time now, bool is_write = false) {
  int allowed = 0;
  for (int i = 0; i < calls; ++i) allowed += quotas.Take(actor, is_write, now).ok() ? 1 : 0;
  return allowed;
}

// Buckets as replicas share them, in memory.
class CommonBuckets final : public SharedBuckets {
 public:
  absl::StatusOr<std::vector<double>> Take(absl::Span<const Charge> charges) override {
    if (away) return absl::UnavailableError("away");
    std::vector<double> left;
    for (const Charge& charge : charges) {
      auto& [tokens, as_of] = buckets_.try_emplace(charge.bucket, charge.burst, now).first->second;
      tokens = std::min(charge.burst, tokens + absl::ToDoubleSeconds(now - as_of) * charge.per_second) - charge.tokens;
      as_of = now;
      left.push_back(tokens);
    }
    return left;
  }
  absl::Time now = kStart;
  bool away = false;

 private:
  std::map<std::string, std::pair<double, absl::Time>> buckets_;
};

TEST(Quotas, LimitNobodyUnlessConfigured) {
  Metrics metrics;
  Quotas quotas(config::v1::QuotasConfig(), metrics);
  EXPECT_FALSE(quotas.limited());
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 10'000, kStart), 10'000);
  EXPECT_EQ(quotas.size(), 0u);
}

TEST(Quotas, AllowABurstAndThenTheRate) {
  Metrics metrics;
  Quotas quotas(Config(10, 0, 30), metrics);
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 100, kStart), 30);
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 100, kStart + absl::Seconds(1)), 10);
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 100, kStart + absl::Hours(1)), 30) << "no more than the burst is saved";
}

TEST(Quotas, SayWhoIsOverWhichLimitAndWhenToComeBack) {
  Metrics metrics;
  Quotas quotas(Config(4, 0, 1), metrics);
  ASSERT_TRUE(quotas.Take(Of("sections/DE"), false, kStart).ok());
  const absl::Status refused = quotas.Take(Of("sections/DE"), false, kStart);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "QUOTA_EXCEEDED");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(refused)->retry_delay().nanos(), 250'000'000);
  const auto failure = DetailOf<google::rpc::QuotaFailure>(refused);
  ASSERT_EQ(failure->violations_size(), 1);
  EXPECT_EQ(failure->violations(0).subject(), "sections/DE");
  EXPECT_EQ(failure->violations(0).description(), "reads: 4 a second");
  EXPECT_TRUE(quotas.Take(Of("sections/DE"), false, kStart + absl::Milliseconds(250)).ok());
}

TEST(Quotas, KeepCallersReadsAndWritesApart) {
  Metrics metrics;
  Quotas quotas(Config(5, 2), metrics);
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 9, kStart), 5);
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 9, kStart, true), 2);
  EXPECT_EQ(Allowed(quotas, Of("sections/FR"), 9, kStart), 5);
  EXPECT_EQ(Allowed(quotas, {"sections/DE", "", {}}, 9, kStart), 5) << "a person who bears an organisation's name";
}

TEST(Quotas, NeverLimitServicesNorOrganisationsWithoutALimit) {
  Metrics metrics;
  config::v1::QuotasConfig config = Config(1, 1);
  config.add_unlimited("organisations/ipa-us");
  Quotas quotas(config, metrics);
  EXPECT_EQ(Allowed(quotas, SystemActor("matching"), 100, kStart, true), 100);
  EXPECT_EQ(Allowed(quotas, Of("organisations/ipa-us"), 100, kStart), 100);
  EXPECT_EQ(Allowed(quotas, Of("organisations/ipa-fr"), 100, kStart), 1);
}

TEST(Quotas, InShadowOnlyCount) {
  Metrics metrics;
  config::v1::QuotasConfig config = Config(3, 0);
  config.set_shadow(true);
  Quotas quotas(config, metrics);
  EXPECT_EQ(Allowed(quotas, Of("sections/DE"), 10, kStart), 10);
  EXPECT_TRUE(absl::StrContains(metrics.Render(), "amikeco_quota_refused_total{class=\"reads\"} 7\n"))
      << metrics.Render();
}

TEST(Quotas, ForgetTheCallerWhoCameLeastRecently) {
  Metrics metrics;
  Quotas quotas(Config(1, 0), metrics, 2);
  EXPECT_EQ(Allowed(quotas, Of("a"), 2, kStart), 1);
  EXPECT_EQ(Allowed(quotas, Of("b"), 2, kStart), 1);
  EXPECT_EQ(Allowed(quotas, Of("a"), 2, kStart), 0);
  EXPECT_EQ(Allowed(quotas, Of("c"), 2, kStart), 1);
  EXPECT_EQ(quotas.size(), 2u);
  EXPECT_EQ(Allowed(quotas, Of("a"), 2, kStart), 0) << "b was forgotten, not a";
  EXPECT_EQ(Allowed(quotas, Of("b"), 2, kStart), 1);
}

TEST(Quotas, GoOnWhenTheClockWasSetBackAndDoNotCountTimeTwice) {
  Metrics metrics;
  Quotas quotas(Config(10, 0), metrics);
  EXPECT_EQ(Allowed(quotas, Of("a"), 20, kStart), 10);
  EXPECT_EQ(Allowed(quotas, Of("a"), 20, kStart - absl::Milliseconds(500)), 0);
  EXPECT_EQ(Allowed(quotas, Of("a"), 20, kStart), 0) << "a call that came out of order";
  EXPECT_EQ(Allowed(quotas, Of("a"), 20, kStart - absl::Hours(1)), 0);
  EXPECT_EQ(Allowed(quotas, Of("a"), 20, kStart - absl::Hours(1) + absl::Seconds(1)), 10);
}

// Ten callers, each with four times its quota, at three replicas that settle every 100 ms: a minute, step by step.
TEST(SharedQuotas, KeepThreeReplicasWithinFivePercentOfTheLimit) {
  constexpr double kRate = 50;
  constexpr int kSeconds = 60;
  Metrics metrics;
  CommonBuckets common;
  std::vector<std::unique_ptr<Quotas>> replicas;
  for (int i = 0; i < 3; ++i) replicas.push_back(std::make_unique<Quotas>(Config(kRate, 0), metrics));
  std::map<int, int> allowed;
  for (int step = 0; step < kSeconds * 200; ++step) {
    const absl::Time now = kStart + absl::Milliseconds(5) * step;
    for (int caller = 0; caller < 10; ++caller) {
      allowed[caller] += Allowed(*replicas[(step + caller) % 3], Of(absl::StrCat("sections/", caller)), 1, now);
    }
    common.now = now;
    // Each at a moment of its own.
    for (int i = 0; i < 3; ++i) {
      if (step % 20 != 6 * i) continue;
      ASSERT_TRUE(replicas[i]->Settle(common, now).ok());
    }
  }
  for (const auto& [caller, calls] : allowed) {
    EXPECT_LE(calls, 1.05 * kRate * kSeconds) << caller;
    EXPECT_GE(calls, 0.95 * kRate * kSeconds) << caller;
  }
}

TEST(SharedQuotas, LearnWhatOtherReplicasTook) {
  Metrics metrics;
  CommonBuckets common;
  Quotas one(Config(10, 0), metrics);
  Quotas other(Config(10, 0), metrics);
  EXPECT_EQ(Allowed(one, Of("a"), 8, kStart), 8);
  ASSERT_TRUE(one.Settle(common, kStart).ok());
  EXPECT_EQ(Allowed(other, Of("a"), 1, kStart), 1);
  ASSERT_TRUE(other.Settle(common, kStart).ok());
  EXPECT_EQ(Allowed(other, Of("a"), 20, kStart), 1) << "ten less eight less one";
}

TEST(SharedQuotas, LimitEachProcessByItselfWhileTheBucketsAreAway) {
  Metrics metrics;
  CommonBuckets common;
  Quotas one(Config(10, 0), metrics);
  Quotas other(Config(10, 0), metrics);
  common.away = true;
  EXPECT_EQ(Allowed(one, Of("a"), 20, kStart), 10);
  EXPECT_EQ(Allowed(other, Of("a"), 20, kStart), 10);
  EXPECT_FALSE(one.Settle(common, kStart).ok());
  EXPECT_FALSE(other.Settle(common, kStart).ok());
  common.away = false;
  common.now = kStart + absl::Seconds(1);
  EXPECT_EQ(Allowed(one, Of("a"), 20, common.now), 10) << "what was taken meanwhile is no debt";
}

}  // namespace
}  // namespace amikeco
