#include "tests/chaos/checker.h"

#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/history.h"
#include "tests/support/child.h"

namespace amikeco::chaos {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two commands on one subject, both acknowledged, and a group that had both effects in order.
class CheckerTest : public ::testing::Test {
 protected:
  CheckerTest() {
    history_.Call("c1", "hosts/A", "m1");
    history_.Acknowledged("c1", 1, "one");
    history_.Call("c2", "hosts/A", "m2");
    history_.Acknowledged("c2", 2, "two");
    history_.Follows("notify", "matching");
  }

  void AddFacts() {
    history_.Fact({"matching", 1, "e1", "hosts/A", 1, "m1", ""});
    history_.Fact({"matching", 2, "e2", "hosts/A", 2, "m2", ""});
  }
  void AddEffects() {
    history_.Effect("notify", "e1");
    history_.Effect("notify", "e2");
  }

  std::vector<std::string> Check() {
    std::ifstream file(history_.path());
    Checker checker;
    checker.Read(file);
    auto faults = checker.Finish();
    summary_ = checker.Summary();
    return faults;
  }

  const TemporaryFolder folder_{"checker"};
  History history_{folder_ / "history"};
  std::string summary_;
};

TEST_F(CheckerTest, FindsNothingWhenAllIsWell) {
  AddFacts();
  AddEffects();
  history_.Record("hosts/A", true);
  history_.Acknowledged("c2", 2, "two");  // asked again, answered the same
  history_.Call("c3", "hosts/A", "m3");   // nobody knows what became of it
  EXPECT_THAT(Check(), IsEmpty());
  EXPECT_EQ(summary_, "12 lines: 3 calls, 2 acknowledged, 2 facts, 2 effects");
}

TEST_F(CheckerTest, FindsWhatWasAcknowledgedAndLost) {
  history_.Fact({"matching", 1, "e1", "hosts/A", 1, "m1", ""});
  history_.Effect("notify", "e1");
  EXPECT_THAT(Check(), ElementsAre("LOST command c2 on hosts/A was acknowledged"));
}

TEST_F(CheckerTest, FindsWhatIsElsewhereThanItsAnswerSaid) {
  AddFacts();
  AddEffects();
  history_.Call("c3", "hosts/B", "m3");
  history_.Acknowledged("c3", 2, "three");
  history_.Fact({"matching", 3, "e3", "hosts/B", 1, "m3", ""});
  history_.Effect("notify", "e3");
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("LOST command c3")));
}

TEST_F(CheckerTest, FindsACommandThatTookPlaceTwice) {
  AddFacts();
  history_.Fact({"matching", 3, "e3", "hosts/A", 3, "m2", ""});
  AddEffects();
  history_.Effect("notify", "e3");
  EXPECT_THAT(Check(), ElementsAre("TWICE command c2 on hosts/A is in 2 facts"));
}

TEST_F(CheckerTest, FindsTwoAnswersToOneRequest) {
  AddFacts();
  AddEffects();
  history_.Acknowledged("c2", 2, "another");
  EXPECT_THAT(Check(), ElementsAre("TWICE command c2 got two answers: two and another"));
}

TEST_F(CheckerTest, FindsARefusedCommandThatTookPlace) {
  AddFacts();
  AddEffects();
  history_.Call("c3", "hosts/B", "m3");
  history_.Refused("c3", absl::FailedPreconditionError("no"));
  history_.Fact({"matching", 3, "e3", "hosts/B", 1, "m3", ""});
  history_.Effect("notify", "e3");
  EXPECT_THAT(Check(), ElementsAre("REFUSED command c3 on hosts/B was refused and took place"));
}

TEST_F(CheckerTest, FindsAnEffectThatWasHadTwiceAndOneThatIsMissing) {
  AddFacts();
  history_.Effect("notify", "e1");
  history_.Effect("notify", "e1");
  EXPECT_THAT(Check(), ElementsAre("MISSING notify never had the effect of version 2 of hosts/A",
                                   "TWICE notify had the effect of e1 twice"));
}

TEST_F(CheckerTest, FindsEffectsOutOfOrder) {
  AddFacts();
  history_.Effect("notify", "e2");
  history_.Effect("notify", "e1");
  EXPECT_THAT(Check(), ElementsAre("OUT_OF_ORDER notify had the effect of version 1 of hosts/A behind that of 2"));
}

TEST_F(CheckerTest, FindsGapsAmongVersionsAndNumbers) {
  history_.Fact({"matching", 1, "e1", "hosts/A", 1, "m1", ""});
  history_.Fact({"matching", 3, "e2", "hosts/A", 3, "m2", ""});
  AddEffects();
  EXPECT_THAT(Check(), ElementsAre(HasSubstr("LOST command c2 was acknowledged as version 2"),
                                   "OUT_OF_ORDER matching has 3 in the place of 2 among its publish numbers",
                                   "OUT_OF_ORDER matching: hosts/A has 3 in the place of 2 among its versions"));
}

TEST_F(CheckerTest, FindsAnEffectOfAFactThatIsGone) {
  AddFacts();
  AddEffects();
  history_.Effect("notify", "e9");
  EXPECT_THAT(Check(), ElementsAre("LOST fact e9, of which notify had the effect"));
}

TEST_F(CheckerTest, FindsARecordThatIsNotTheFoldOfItsFacts) {
  AddFacts();
  AddEffects();
  history_.Record("hosts/A", false);
  EXPECT_THAT(Check(), ElementsAre("WRONG hosts/A is not the fold of its facts"));
}

TEST_F(CheckerTest, SaysWhichLineItCannotRead) {
  AddFacts();
  AddEffects();
  std::ofstream(history_.path(), std::ios::app) << "{\"line\": \"fact\"}\n{\"line\": \"nonsense\"}\n{\n";
  EXPECT_THAT(Check(),
              ElementsAre(HasSubstr("UNREADABLE line 10: "), "UNREADABLE line 11: there is no kind \"nonsense\"",
                          HasSubstr("UNREADABLE line 12: ")));
}

}  // namespace
}  // namespace amikeco::chaos
