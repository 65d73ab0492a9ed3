// The wall clock of the real programs is set forward and back under load, by hours and by a day.
#include "absl/time/clock.h"

#include <fstream>
#include <iostream>

#include "gtest/gtest.h"
#include "tests/chaos/trial.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

class ClockJumps : public Trial {
 protected:
  // What the programs' clocks show, from now on, beside the system's.
  void Set(const std::string& offset) { std::ofstream(ClockFile()) << offset << std::endl; }
  std::string ClockFile() const { return folder_ / "clock"; }

  // Commands are answered and facts get to where they belong, although hours seem to have passed, or to come again.
  void ExpectThatEverythingGoesOn() {
    const absl::Time start = absl::Now();
    ASSERT_TRUE(AnswersMore(50)) << load_->problem() << installation_->Account();
    ASSERT_NO_FATAL_FAILURE(AwaitCaughtUp());
    to_go_on_.push_back(absl::Now() - start);
  }

  std::vector<absl::Duration> to_go_on_;
};

TEST_F(ClockJumps, LoseNothingDoNothingTwiceAndStopNothing) {
  Set("+0");
  ASSERT_NO_FATAL_FAILURE(Start({.on_postgres = false, .twins = {}, .agencies = false, .clock_file = ClockFile()}));
  for (int64_t round = 0; round < RunSize(1, 20); ++round) {
    for (const char* offset : {"+3600", "+0", "-3600", "+86400", "+0"}) {
      Set(offset);
      absl::SleepFor(absl::Milliseconds(1100));  // until the programs have read it
      ASSERT_NO_FATAL_FAILURE(ExpectThatEverythingGoesOn()) << offset;
    }
  }
  ExpectNothingLostAndNothingTwice();
  EXPECT_LE(50 * load_->retries(), load_->answered()) << "a jump ends no call's time; a busy machine may";
  std::cout << "50 commands and their facts after a jump: " << InWords(to_go_on_) << std::endl;
}

}  // namespace
}  // namespace amikeco::chaos
