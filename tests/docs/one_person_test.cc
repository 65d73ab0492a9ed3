// docs/one-person.md against the programmes, and what it is for: answers that differ, and say why.
#include "tests/docs/one_person.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "programmes/programmes.h"

namespace amikeco {
namespace {

class OnePerson : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Programmes::Load("programmes");
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    programmes_ = *std::move(loaded);
  }

  Programmes programmes_;
};

TEST_F(OnePerson, IsInTheDocs) {
  std::ifstream file("docs/one-person.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), OnePersonDocument(programmes_.Latest()))
      << "build/dev/bin/one-person-print > docs/one-person.md";
}

// A5-10, A5-01
TEST_F(OnePerson, GetsAnotherAnswerFromProgrammesThatAreAnother) {
  std::set<std::string> chapters;
  for (const auto* programme : programmes_.Latest()) chapters.insert(ChapterOfOnePerson(*programme));
  EXPECT_GE(chapters.size(), std::min<size_t>(5, programmes_.Latest().size()));
}

// A5-10, A5-03
TEST_F(OnePerson, IsToldOfEveryRuleAndWhatWouldChangeItsAnswer) {
  for (const auto* programme : programmes_.Latest()) {
    const auto answers = AnswersToOnePerson(*programme);
    ASSERT_EQ(static_cast<int>(answers.size()), programme->eligibility_size());
    for (const auto& answer : answers) {
      EXPECT_NE(answer.explanation(), "") << programme->name() << " " << answer.rule();
      EXPECT_EQ(answer.remedy().empty(), answer.holds()) << programme->name() << " " << answer.rule();
    }
  }
}

// A0-30, A2-10: a member of another section is hosted by this one, and not sent by it.
TEST_F(OnePerson, IsTakenByOneDirectionOfAnExchangeAlone) {
  const auto eligible = [&](const char* name) {
    const auto programme = programmes_.Find(name);
    EXPECT_TRUE(programme.ok()) << programme.status();
    const auto answers = AnswersToOnePerson(**programme);
    return std::all_of(answers.begin(), answers.end(), [](const auto& answer) { return answer.holds(); });
  };
  EXPECT_TRUE(eligible("programmes/ipa-exchange-inbound"));
  EXPECT_FALSE(eligible("programmes/ipa-exchange-outbound"));
}

}  // namespace
}  // namespace amikeco
