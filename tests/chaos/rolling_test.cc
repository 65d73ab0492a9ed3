// A rolling restart of all four real programs under load, two replicas of each, seen by clients that follow the
// published policy for retries.
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/config/textproto.h"
#include "gtest/gtest.h"
#include "tests/chaos/trial.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

class Rolling : public Trial {
 protected:
  // All services at once, of each one replica after the other.
  void RestartEachInTurn() {
    std::map<std::string, std::vector<std::string>> turns;
    for (const auto& [replica, child] : installation_->replicas()) {
      turns[absl::EndsWith(replica, "-2") ? "second" : "first"].push_back(replica);
    }
    for (const auto& [turn, replicas] : turns) {
      const auto drained = installation_->Stop(replicas);
      ASSERT_TRUE(drained.ok()) << drained.status();
      to_drain_.push_back(*drained);
      const absl::Status back = installation_->Launch(replicas);
      ASSERT_TRUE(back.ok()) << back;
      for (const std::string& replica : replicas) ASSERT_NO_FATAL_FAILURE(AwaitCalls(replica));
    }
  }

  // Clients find a replica that is ready again when their next attempt to connect is due. An orchestrator waits for
  // them by time (minReadySeconds); otherwise both replicas may be out of their sight.
  void AwaitCalls(const std::string& replica) {
    const absl::Time start = absl::Now();
    while (!IsCalled(replica)) {
      ASSERT_LT(absl::Now() - start, kSettled) << replica;
      absl::SleepFor(absl::Milliseconds(10));
    }
    to_called_.push_back(absl::Now() - start);
  }
  bool IsCalled(const std::string& replica) {
    const auto metrics = installation_->MetricsOf(replica);
    if (!metrics.ok()) return false;
    for (const absl::string_view line : absl::StrSplit(*metrics, '\n')) {
      if (absl::StartsWith(line, "grpc_server_started_total{") && !absl::StrContains(line, "OperationsService") &&
          !absl::EndsWith(line, " 0")) {
        return true;
      }
    }
    return false;
  }

  std::vector<absl::Duration> to_drain_;
  std::vector<absl::Duration> to_called_;
};

TEST_F(Rolling, RestartOfEveryReplicaIsNotNoticedByClients) {
  const auto policy = ReadFile("samples/service_config.json");
  ASSERT_TRUE(policy.ok()) << policy.status();
  Installation::Options options{.on_postgres = true, .twins = {}};
  options.twins.insert(Installation::Services().begin(), Installation::Services().end());
  clients_ = 2;  // eight programs share the machine with them
  ASSERT_NO_FATAL_FAILURE(Start(options, *policy));
  for (int64_t round = 0; round < RunSize(3, 50); ++round) ASSERT_NO_FATAL_FAILURE(RestartEachInTurn());
  ExpectNothingLostAndNothingTwice();
  std::cout << "four replicas drained: " << InWords(to_drain_) << "; called again: " << InWords(to_called_)
            << std::endl;
}

}  // namespace
}  // namespace amikeco::chaos
