// Trial: the real programs under load while a test does harm to them, and the judgement at the end: nothing
// acknowledged is lost, nothing has its effect twice or out of order, every record is the fold of its facts, and the
// audit chains verify.
#ifndef AMIKECO_TESTS_CHAOS_TRIAL_H_
#define AMIKECO_TESTS_CHAOS_TRIAL_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/history.h"
#include "tests/chaos/load.h"
#include "tests/integration/installation.h"
#include "tests/support/child.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {

// "median 3ms, most 12ms of 25".
std::string InWords(std::vector<absl::Duration> durations);

// For everything to come to rest.
inline constexpr absl::Duration kSettled = absl::Minutes(2);

// A fixture whose methods assert.
class Trial : public ::testing::Test {
 protected:
  // Keeps the history of a test that failed.
  ~Trial() override;

  // Starts the programs and the load; `service_config` as for Load.
  void Start(Installation::Options options, const std::string& service_config = "");
  // Whether so many more commands of the load are answered before kSettled.
  bool AnswersMore(int64_t count);
  // Whether every group that follows the source has acknowledged this number.
  bool Acknowledged(const std::string& source, int64_t number);
  // Waits until each group has acknowledged everything that is published now.
  void AwaitCaughtUp();
  // Waits until each service has handled all that the others have stated by now, as their databases on PostgreSQL tell.
  void AwaitEffects();
  // Ends load and programs.
  void ExpectNothingLostAndNothingTwice();

  const TemporaryFolder folder_{"trial"};
  History history_{folder_ / "history"};
  Dice dice_{TestSeed()};
  int clients_ = 6;  // of the load
  std::unique_ptr<Installation> installation_;
  std::unique_ptr<Load> load_;

 private:
  void WriteFound(const std::string& service, const std::vector<std::string>& sources);
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_TRIAL_H_
