// How an engagement notification runs, against a small model that shares no code with the service: every command in
// every state, and random histories in which it counts exactly when the model says so.
#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/notification.h"
#include "services/compliance/test_assessment.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using v1::EngagementNotification;

const std::vector<const Actor*> kPeople = {&kAuthor, &kReviewer, &kLead};

// B1.3 rule 8 and A3-01 in plain letters. States: - (none yet), s(ubmitted), a(ccepted), r(eturned), d(eclined),
// w(ithdrawn). Countries are letters: the activity's is A.
struct Model {
  char state = '-';
  int versions = 0;
  std::set<int> authors;
  std::string countries;

  bool Submit(int who, const std::string& named) {
    if (named.find('A') == std::string::npos) return false;
    authors.insert(who);
    countries = named;
    ++versions;
    return To('s');
  }
  // `outcome`: the state that it leads to.
  bool Review(int who, int version, char outcome) {
    return Live() && version == versions && authors.count(who) == 0 && To(outcome);
  }
  bool Withdraw() { return Live() && To('w'); }
  // What was returned or declined is submitted anew or left.
  bool Live() const { return state == 's' || state == 'a'; }
  bool To(char next) {
    state = next;
    return true;
  }
};

// The notification and the model, side by side; every command is given to both, and both must agree.
class Pair {
 public:
  Pair() {
    activity_.set_application("applications/7");
    activity_.add_countries("A");
  }

  void Submit(int who, const std::string& named) {
    v1::SubmitNotificationRequest request;
    request.set_application("applications/7");
    for (const char country : named) request.mutable_content()->add_countries(std::string(1, country));
    request.mutable_content()->set_purpose(absl::StrCat("Writing ", ++writings_));
    *request.mutable_content()->mutable_first_day() = ToDate(absl::CivilDay(2027, 3, 1));
    *request.mutable_content()->mutable_last_day() = ToDate(absl::CivilDay(2027, 3, 5));
    Agree(Decide(now, request, By(who), activity_), model.Submit(who, named), "submit");
  }
  void Review(int who, int version, char outcome) {
    v1::ReviewNotificationRequest request;
    request.set_version(version);
    request.set_outcome(outcome == 'a'   ? v1::REVIEW_OUTCOME_OK
                        : outcome == 'r' ? v1::REVIEW_OUTCOME_RETURNED
                                         : v1::REVIEW_OUTCOME_DECLINED);
    if (outcome != 'a') request.set_reason("COST_MISSING");
    Agree(Decide(now, request, By(who)), model.Review(who, version, outcome), "review");
  }
  void Withdraw(int who) {
    v1::WithdrawNotificationRequest request;
    request.set_reason("REQUEST_WITHDRAWN");
    Agree(Decide(now, request, By(who)), model.Withdraw(), "withdraw");
  }

  EngagementNotification now;
  Model model;

 private:
  AssessmentCircumstance By(int who) const { return {absl::UnixEpoch(), *kPeople[static_cast<size_t>(who)], policy_}; }

  void Agree(const NotificationFacts& facts, bool expected, const char* what) {
    absl::StrAppend(&trail_, " ", what);
    ASSERT_EQ(facts.ok(), expected) << trail_ << ": " << facts.status();
    const EngagementNotification before = now;
    if (facts.ok()) {
      for (const auto& fact : *facts) history_.push_back(fact);
      for (const auto& fact : *facts) now = Evolve(std::move(now), fact);
    }
    EngagementNotification folded;
    for (const auto& fact : history_) folded = Evolve(std::move(folded), fact);
    using google::protobuf::util::MessageDifferencer;
    ASSERT_TRUE(MessageDifferencer::Equals(folded, now)) << trail_;
    ASSERT_EQ("-sardw"[now.state()], model.state) << trail_;
    // It counts when the latest version was reviewed by somebody who wrote none, and names the activity's country.
    const auto standing = StandingOf(now);
    ASSERT_EQ(standing && standing->outcome == v1::OUTCOME_SATISFIED, model.state == 'a') << trail_;
    ASSERT_EQ(standing && standing->outcome == v1::OUTCOME_NOT_SATISFIED, model.state == 'd') << trail_;
    const auto countries = NotifiedCountries(now);
    ASSERT_TRUE(model.state != 'a' || std::count(countries.begin(), countries.end(), "A") == 1) << trail_;
    ASSERT_EQ(countries.size(), model.state == 'w' ? 0 : model.countries.size()) << trail_;
    // A version, with what was said of it, is there for ever (A3-04).
    ASSERT_EQ(now.versions_size(), model.versions) << trail_;
    for (int i = 0; i + 1 < before.versions_size(); ++i) {
      ASSERT_TRUE(MessageDifferencer::Equals(now.versions(i), before.versions(i))) << trail_;
    }
  }

  v1::AssessmentPolicy policy_ = TestPolicy();
  v1::Activity activity_;
  std::vector<v1::NotificationFact> history_;
  std::string trail_;
  int writings_ = 0;
};

constexpr char kStates[] = "-sardw";

void Reach(char state, Pair& pair) {
  if (state == '-') return;
  pair.Submit(0, "A");
  if (state == 'w') return pair.Withdraw(0);
  if (state != 's') pair.Review(1, 1, state);
}

// A3-01, A3-03, A3-04: all states, all commands, by the author and by another, of this version and of another one.
TEST(NotificationProperty, EveryCommandInEveryState) {
  int tried = 0;
  for (const char state : std::string(kStates)) {
    std::vector<std::function<void(Pair&)>> commands;
    for (const int who : {0, 1}) {
      commands.emplace_back([who](Pair& pair) { pair.Withdraw(who); });
      for (const char* named : {"A", "AB", "B"}) commands.emplace_back([=](Pair& pair) { pair.Submit(who, named); });
      for (const int version : {0, 1, 2}) {
        for (const char outcome : {'a', 'r', 'd'}) {
          commands.emplace_back([=](Pair& pair) { pair.Review(who, version, outcome); });
        }
      }
    }
    for (const auto& command : commands) {
      Pair pair;
      Reach(state, pair);
      ASSERT_EQ(pair.model.state, state);
      command(pair);
      if (HasFatalFailure()) FAIL() << "in " << state;
      ++tried;
    }
  }
  EXPECT_EQ(tried, 6 * 2 * (1 + 3 + 9));
}

// B1.3 rule 8
TEST(NotificationProperty, CountsExactlyWhenTheModelSaysSoInTenThousandRandomHistories) {
  std::mt19937 random(TestSeed());
  const auto pick = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
  const int64_t walks = RunSize(10'000, 200'000);
  int accepted = 0;
  for (int64_t walk = 0; walk < walks; ++walk) {
    Pair pair;
    for (int step = 0; step < 20; ++step) {
      const int who = pick(3);
      if (const int command = pick(8); command < 3) {
        pair.Submit(pick(2), std::vector<std::string>{"A", "AB", "B"}[static_cast<size_t>(pick(3))]);
      } else if (command < 7) {
        pair.Review(who, pair.now.versions_size() - (pick(5) == 0 ? 1 : 0), "aard"[pick(4)]);
      } else if (pick(3) == 0) {
        pair.Withdraw(who);
      }
      if (HasFatalFailure()) FAIL() << "walk " << walk << ", step " << step;
      accepted += pair.model.state == 'a' ? 1 : 0;
    }
  }
  EXPECT_GT(accepted, walks) << "the walks hardly ever reach acceptance";
}

}  // namespace
}  // namespace amikeco::compliance
