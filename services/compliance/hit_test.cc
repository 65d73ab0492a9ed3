// What becomes of hits: the decisions against a model of their own, in all orders.
#include "services/compliance/hit.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/test_cases.h"

namespace amikeco::compliance {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using v1::Hit;
using v1::Match;
using v1::Screening;

const Actor kZoe{"people/zoe", "organisations/operator", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kClock = SystemActor("compliance");
const absl::Time kNow = At("2027-02-01");

Match MatchWith(const std::string& entry, const std::string& entry_hash = "e1",
                v1::MatchOutcome outcome = v1::MATCH_OUTCOME_CONSIDER) {
  Match match;
  match.set_list("watchLists/un");
  match.set_entry(entry);
  match.set_entry_hash(entry_hash);
  match.set_score(0.8);
  match.set_outcome(outcome);
  return match;
}

Screening Screened(const Screening& screening, std::vector<Match> matches, const std::string& subject_hash = "s1",
                   bool again = false) {
  const ScreeningGround ground{"screenings/1", "members/F-1", "organisations/operator", again};
  const ScreeningResult result{"r", subject_hash, {}, std::move(matches)};
  return After(screening, OnScreened(screening, ground, result, {kNow, again ? kClock : kOmar}));
}

v1::AdjudicateHitRequest Saying(Hit::State decision, int hit = 1) {
  v1::AdjudicateHitRequest command;
  command.set_hit(hit);
  command.set_decision(decision);
  command.set_reason("LOOKED_AT");
  return command;
}

Screening Decided(const Screening& screening, Hit::State decision, const Actor& actor, int hit = 1) {
  const auto facts = Decide(screening, Saying(decision, hit), {kNow, actor});
  EXPECT_TRUE(facts.ok()) << facts.status();
  return facts.ok() ? After(screening, *facts) : screening;
}

// What can happen to one hit.
enum Happening { kSame, kOtherPerson, kOtherEntry, kGone, kFalsePositive, kTrueMatch, kEscalate, kReopen, kHappenings };

// The hit as somebody would tell it who has read the table of hit.h.
struct Model {
  Hit::State state = Hit::STATE_OPEN;
  bool somebody_decided = false;

  // False: it is refused, and nothing changes.
  bool Happens(Happening happening) {
    const bool undecided = state == Hit::STATE_OPEN || state == Hit::STATE_ESCALATED;
    const auto say = [&](bool possible, Hit::State decision) {
      if (!possible) return false;
      state = decision;
      somebody_decided = true;
      return true;
    };
    switch (happening) {
      case kSame:
        if (state == Hit::STATE_LAPSED) state = Hit::STATE_OPEN;
        return true;
      case kOtherPerson:
      case kOtherEntry:
        state = Hit::STATE_OPEN;
        return true;
      case kGone:
        if (state == Hit::STATE_OPEN && !somebody_decided) state = Hit::STATE_LAPSED;
        if (state == Hit::STATE_ESCALATED || state == Hit::STATE_TRUE_MATCH) state = Hit::STATE_OPEN;
        return true;
      case kFalsePositive:
        return say(undecided, Hit::STATE_FALSE_POSITIVE);
      case kTrueMatch:
        return say(undecided, Hit::STATE_TRUE_MATCH);
      case kEscalate:
        return say(state == Hit::STATE_OPEN, Hit::STATE_ESCALATED);
      case kReopen:
        return say(state != Hit::STATE_OPEN && state != Hit::STATE_LAPSED, Hit::STATE_OPEN);
      case kHappenings:
        break;
    }
    return false;
  }

  Screening::State Whole() const {
    if (state == Hit::STATE_TRUE_MATCH) return Screening::STATE_MATCHED;
    if (state == Hit::STATE_OPEN || state == Hit::STATE_ESCALATED) return Screening::STATE_CONSIDER;
    return Screening::STATE_CLEAR;
  }
};

class Walk {
 public:
  void Explore(const Screening& screening, Model model, int person, int entry, int depth, const std::string& path) {
    ++steps_;
    ASSERT_EQ(screening.hits_size(), 1) << path;
    ASSERT_EQ(screening.hits(0).state(), model.state) << path;
    ASSERT_EQ(screening.state(), model.Whole()) << path;
    ASSERT_EQ(IsOpen(screening), screening.state() == Screening::STATE_CONSIDER) << path;
    if (depth == 0) return;
    for (int happening = 0; happening < kHappenings; ++happening) {
      Step(screening, model, person, entry, depth, path, static_cast<Happening>(happening));
    }
  }
  int steps() const { return steps_; }

 private:
  void Step(const Screening& screening, Model model, int person, int entry, int depth, const std::string& path,
            Happening happening) {
    const std::string here = absl::StrCat(path, " ", static_cast<int>(happening));
    const bool possible = model.Happens(happening);
    static constexpr std::array<Hit::State, 4> kDecisions = {Hit::STATE_FALSE_POSITIVE, Hit::STATE_TRUE_MATCH,
                                                             Hit::STATE_ESCALATED, Hit::STATE_OPEN};
    if (happening >= kFalsePositive) {
      const Hit::State decision = kDecisions[happening - kFalsePositive];
      // Vera escalates and Zoe decides, so that nobody decides about the own doing.
      const auto facts = Decide(screening, Saying(decision), {kNow, decision == Hit::STATE_ESCALATED ? kVera : kZoe});
      ASSERT_EQ(facts.ok(), possible) << here << facts.status();
      if (facts.ok()) Explore(After(screening, *facts), model, person, entry, depth - 1, here);
      return;
    }
    person += happening == kOtherPerson;
    entry += happening == kOtherEntry;
    std::vector<Match> matches;
    if (happening != kGone) matches.push_back(MatchWith("7", absl::StrCat("e", entry)));
    Explore(Screened(screening, matches, absl::StrCat("s", person), true), model, person, entry, depth - 1, here);
  }

  int steps_ = 0;
};

// A5-04: nobody is rejected but by a person, and nothing that a person decided is forgotten.
TEST(Hits, AreWhatTheModelSaysInAllOrdersOfWhatCanHappen) {
  const Screening found = Screened({}, {MatchWith("7", "e0")}, "s0");
  Walk walk;
  walk.Explore(found, {}, 0, 0, 5, "");
  EXPECT_GT(walk.steps(), 5000);
}

TEST(Hits, AreSaidBySomebodyElseThanWhoAskedWhoEscalatedAndWhoIsScreened) {
  const Screening found = Screened({}, {MatchWith("7")});
  const auto refused = [](const Screening& screening, Hit::State decision, const Actor& actor) {
    return ReasonOf(Decide(screening, Saying(decision), {kNow, actor}).status());
  };
  const Actor own{"members/F-1", "organisations/operator", {options::v1::ROLE_COMPLIANCE_OFFICER}};
  EXPECT_EQ(refused(found, Hit::STATE_FALSE_POSITIVE, kOmar), "OTHER_ADJUDICATOR_NEEDED");
  EXPECT_EQ(refused(found, Hit::STATE_TRUE_MATCH, kOmar), "OTHER_ADJUDICATOR_NEEDED");
  EXPECT_EQ(refused(found, Hit::STATE_FALSE_POSITIVE, own), "OWN_CHECK");
  const Screening escalated = Decided(found, Hit::STATE_ESCALATED, kVera);
  EXPECT_EQ(refused(escalated, Hit::STATE_FALSE_POSITIVE, kVera), "OTHER_ADJUDICATOR_NEEDED");
  EXPECT_EQ(Decided(escalated, Hit::STATE_FALSE_POSITIVE, kZoe).state(), Screening::STATE_CLEAR);
}

TEST(Hits, ThatAreNotThereOrSaidOtherwiseAreRefused) {
  const Screening found = Screened({}, {MatchWith("7")});
  for (const int hit : {0, 2, -1}) {
    EXPECT_EQ(ReasonOf(Decide(found, Saying(Hit::STATE_FALSE_POSITIVE, hit), {kNow, kVera}).status()), "NO_SUCH_HIT");
  }
  for (const auto decision : {Hit::STATE_LAPSED, Hit::STATE_UNSPECIFIED}) {
    EXPECT_EQ(ReasonOf(Decide(found, Saying(decision), {kNow, kVera}).status()), "HIT_NOT_POSSIBLE_IN_STATE");
  }
}

TEST(Screenings, AreAsSevereAsTheirSeverestOpenHit) {
  Screening screening = Screened({}, {MatchWith("7", "e1", v1::MATCH_OUTCOME_BLOCK), MatchWith("8")});
  EXPECT_EQ(screening.state(), Screening::STATE_BLOCKED);
  screening = Decided(screening, Hit::STATE_FALSE_POSITIVE, kVera, 1);
  EXPECT_EQ(screening.state(), Screening::STATE_CONSIDER);
  screening = Decided(screening, Hit::STATE_FALSE_POSITIVE, kVera, 2);
  EXPECT_EQ(screening.state(), Screening::STATE_CLEAR);
  EXPECT_EQ(Decided(Decided(screening, Hit::STATE_OPEN, kVera, 2), Hit::STATE_TRUE_MATCH, kVera, 2).state(),
            Screening::STATE_MATCHED);
}

// A0-25: silence of a list that was not searched says nothing.
TEST(Screenings, AreNotClearWithAGapInTheListsAndAnOpenHitIsSevererThanOne) {
  const auto screened = [](std::vector<Match> matches, v1::ScreenedList::Gap gap) {
    ScreeningResult result{"r", "s1", {}, std::move(matches)};
    result.lists.Add()->set_list("watchLists/un");
    result.lists.Add()->set_gap(gap);
    const ScreeningGround ground{"screenings/1", "members/F-1", "organisations/operator"};
    return After(Screening(), OnScreened({}, ground, result, {kNow, kOmar}));
  };
  EXPECT_EQ(screened({}, v1::ScreenedList::GAP_UNSPECIFIED).state(), Screening::STATE_CLEAR);
  for (const auto gap : {v1::ScreenedList::GAP_NOT_IMPORTED, v1::ScreenedList::GAP_TOO_OLD}) {
    EXPECT_EQ(screened({}, gap).state(), Screening::STATE_INCOMPLETE);
    const Screening found = screened({MatchWith("7")}, gap);
    EXPECT_EQ(found.state(), Screening::STATE_CONSIDER);
    EXPECT_EQ(Decided(found, Hit::STATE_FALSE_POSITIVE, kVera).state(), Screening::STATE_INCOMPLETE);
    EXPECT_EQ(Decided(found, Hit::STATE_TRUE_MATCH, kVera).state(), Screening::STATE_MATCHED);
  }
}

TEST(Screenings, SayWhyAHitIsOpenAgain) {
  const Screening clear = Decided(Screened({}, {MatchWith("7")}), Hit::STATE_FALSE_POSITIVE, kVera);
  EXPECT_EQ(Screened(clear, {MatchWith("7")}, "s2").hits(0).reason(), kPersonChanged);
  EXPECT_EQ(Screened(clear, {MatchWith("7", "e2")}, "s1", true).hits(0).reason(), kEntryChanged);
  const Screening listed = Decided(Screened({}, {MatchWith("7")}), Hit::STATE_TRUE_MATCH, kVera);
  const Screening gone = Screened(listed, {}, "s1", true);
  EXPECT_EQ(gone.hits(0).reason(), kEntryGone);
  EXPECT_EQ(gone.hits(0).decider(), kVera.subject);
  EXPECT_THAT(Screened(gone, {}, "s1", true).hits(), SizeIs(1)) << "and it is said once";
}

// So many hits are no reason to clear anybody: those that are not shown come when the others are decided about.
TEST(Screenings, OfACommonNameAreNeverClearByThereBeingTooManyHits) {
  std::vector<Match> matches;
  for (int i = 0; i < kMostOpenHits + 50; ++i) matches.push_back(MatchWith(absl::StrCat(i)));
  Screening screening = Screened({}, matches);
  EXPECT_THAT(screening.hits(), SizeIs(kMostOpenHits));
  EXPECT_EQ(screening.omitted(), 50);
  for (int hit = 1; hit <= kMostOpenHits; ++hit) {
    screening = Decided(screening, Hit::STATE_FALSE_POSITIVE, kVera, hit);
  }
  EXPECT_EQ(screening.state(), Screening::STATE_CONSIDER);
  screening = Screened(screening, matches);
  EXPECT_THAT(screening.hits(), SizeIs(kMostOpenHits + 50));
  EXPECT_EQ(screening.omitted(), 0);
}

TEST(Screenings, ThatHaveEndedAreMadeAgainOnlyWhenSomebodyAsksAndKnowWhatWasDecided) {
  const Screening clear = Decided(Screened({}, {MatchWith("7")}), Hit::STATE_FALSE_POSITIVE, kVera);
  v1::EndScreeningRequest end;
  end.set_reason("STAY_ENDED");
  const auto facts = Decide(clear, end, {kNow, kVera});
  ASSERT_TRUE(facts.ok());
  const Screening ended = After(clear, *facts);
  EXPECT_EQ(ended.state(), Screening::STATE_ENDED);
  EXPECT_EQ(ReasonOf(Decide(ended, end, {kNow, kVera}).status()), "SCREENING_ENDED");
  EXPECT_EQ(ReasonOf(Decide(ended, Saying(Hit::STATE_OPEN), {kNow, kVera}).status()), "SCREENING_ENDED");
  EXPECT_THAT(OnErased(ended, {kNow, kClock}), IsEmpty());
  EXPECT_EQ(Screened(ended, {MatchWith("7")}, "s1", true).state(), Screening::STATE_ENDED);
  EXPECT_EQ(Screened(ended, {MatchWith("7")}).state(), Screening::STATE_CLEAR);
}

}  // namespace
}  // namespace amikeco::compliance
