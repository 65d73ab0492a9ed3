// More calls than a real program can answer, or than its callers may make: what is too much is refused early, with the
// time after which to come again, and what was accepted is done.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/status.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "tests/chaos/trial.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

constexpr char kMatching[] = "amikeco.matching.v1.MatchingService/";
constexpr int kAtOnce = 16;   // calls that the program takes
constexpr int kSenders = 96;  // of an open loop: far more than that
constexpr int kBurst = 10;

class Overload : public Trial {
 protected:
  struct Flood {
    std::atomic<int64_t> next{0};
    std::atomic<int64_t> refused{0};
    absl::Mutex mutex;
    std::vector<double> millis ABSL_GUARDED_BY(mutex);  // of calls that were accepted
  };

  // Calls of `senders` threads for so long: at this rate whatever becomes of the calls before, or, with 0, each as soon
  // as the one before was answered. The rate of accepted calls.
  double Send(int senders, double rate, absl::Duration duration, Flood& flood) {
    const absl::Time start = absl::Now();
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender) {
      threads.emplace_back([&] {
        for (int64_t i = flood.next++; absl::Now() < start + duration; i = flood.next++) {
          if (rate > 0) absl::SleepFor(start + absl::Seconds(static_cast<double>(i) / rate) - absl::Now());
          Register(flood);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    absl::MutexLock lock(&flood.mutex);
    return static_cast<double>(flood.millis.size()) / absl::ToDoubleSeconds(absl::Now() - start);
  }

  void Register(Flood& flood) {
    const int64_t number = ++hosts_;
    matching::v1::RegisterHostRequest host;
    host.set_host_id(absl::StrCat("flood-", number));
    host.mutable_agency()->set_title("Police Department");
    host.mutable_agency()->set_country("US");
    host.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012x", number));
    const std::string name = absl::StrCat("hosts/", host.host_id());
    history_.Call(host.request_id(), name, MarkerOf(name, 1));
    const absl::Time start = absl::Now();
    const auto answer =
        installation_->Call<matching::v1::Host>("matching", absl::StrCat(kMatching, "RegisterHost"), host);
    if (answer.ok()) {
      history_.Acknowledged(host.request_id(), 0, DigestOf(*answer));
      absl::MutexLock lock(&flood.mutex);
      flood.millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
      return;
    }
    history_.Refused(host.request_id(), answer.status());
    ++flood.refused;
    EXPECT_EQ(ReasonOf(answer.status()), "TOO_MANY_CALLS") << answer.status();
    EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(answer.status()).ok()) << answer.status();
  }

  // The answers to reads of an organisation, one after the other until one is refused.
  int AcceptedReads(const std::string& replica, const std::string& organisation, std::vector<Role> roles, int most) {
    CallOptions options;
    options.credentials = Credentials{"", Actor{"people/clerk", organisation, std::move(roles)}};
    matching::v1::SearchHostsRequest request;
    request.set_page_size(1);
    for (int accepted = 0; accepted < most; ++accepted) {
      const absl::Status status =
          installation_->channel(replica)
              .Call<matching::v1::SearchHostsResponse>(absl::StrCat(kMatching, "SearchHosts"), request, options)
              .status();
      if (status.ok()) {
        absl::SleepFor(absl::Milliseconds(50));  // replicas tell each other every 100 ms
        continue;
      }
      EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
      EXPECT_EQ(ReasonOf(status), "QUOTA_EXCEEDED") << status;
      EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).ok()) << status;
      const auto failure = DetailOf<google::rpc::QuotaFailure>(status);
      EXPECT_TRUE(failure.ok() && failure->violations(0).subject() == organisation) << status;
      return accepted;
    }
    return most;
  }

  std::atomic<int64_t> hosts_{0};
};

TEST_F(Overload, IsRefusedEarlyAndLosesNothingThatWasAccepted) {
  ASSERT_NO_FATAL_FAILURE(
      Start({.on_postgres = false, .twins = {}, .server = absl::StrCat("max_in_flight: ", kAtOnce)}));
  Flood calm;
  const double peak = Send(kAtOnce / 2, 0, absl::Seconds(3), calm);
  Flood flood;
  const double goodput = Send(kSenders, 4 * peak, absl::Seconds(RunSize(5, 60)), flood);
  EXPECT_GT(flood.refused, 0);
  Flood after;
  const double recovered = Send(kAtOnce / 2, 0, absl::Seconds(3), after);
  ASSERT_FALSE(flood.millis.empty());
  ASSERT_FALSE(after.millis.empty());
  std::sort(flood.millis.begin(), flood.millis.end());
  std::cout << absl::StrFormat(
                   "peak %.0f/s; asked for %.0f/s: %.0f/s accepted (%.0f%%), half within %.0f ms, 99%% within %.0f ms, "
                   "%d refused; afterwards %.0f/s",
                   peak, 4 * peak, goodput, 100 * goodput / peak, flood.millis[flood.millis.size() / 2],
                   flood.millis[flood.millis.size() * 99 / 100], flood.refused.load(), recovered)
            << std::endl;
  ExpectNothingLostAndNothingTwice();
}

TEST_F(Overload, OfAQuotaIsRefusedToOneOrganisationByBothReplicasTogether) {
  ASSERT_NO_FATAL_FAILURE(Start({.on_postgres = true,
                                 .twins = {"matching"},
                                 .server = absl::StrCat("quotas { reads { per_second: 0.01 burst: ", kBurst,
                                                        " } unlimited: 'organisations/ipa-us' }")}));
  const std::vector<Role> coordinator{options::v1::ROLE_COORDINATOR};
  EXPECT_EQ(AcceptedReads("matching", "organisations/greedy", coordinator, 3 * kBurst), kBurst);
  absl::SleepFor(absl::Seconds(1));
  EXPECT_LT(AcceptedReads("matching-2", "organisations/greedy", coordinator, 3 * kBurst), kBurst) << "it is shared";
  EXPECT_EQ(AcceptedReads("matching", "organisations/modest", coordinator, kBurst / 2), kBurst / 2);
  EXPECT_EQ(AcceptedReads("matching", "organisations/greedy",
                          {options::v1::ROLE_COORDINATOR, options::v1::ROLE_SERVICE}, 3 * kBurst),
            3 * kBurst);
  installation_->redis().Kill();
  EXPECT_EQ(AcceptedReads("matching", "organisations/late", coordinator, 3 * kBurst), kBurst);
  EXPECT_EQ(AcceptedReads("matching-2", "organisations/late", coordinator, 3 * kBurst), kBurst) << "each by itself";
  ASSERT_TRUE(installation_->redis().Restart().ok());
  ExpectNothingLostAndNothingTwice();
}

}  // namespace
}  // namespace amikeco::chaos
