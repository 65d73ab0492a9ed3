#include "services/compliance/vetting.h"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/case_transitions.h"
#include "services/compliance/standing.h"
#include "services/compliance/test_cases.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using testing::ElementsAre;
using testing::IsEmpty;
using v1::VettingCase;
using v1::VettingFact;

const programme::v1::Programme& Rules() {
  static const auto& programme = *new programme::v1::Programme(ProgrammeOf(ComplianceItem::KIND_VETTING));
  return programme;
}

v1::OpenVettingCaseRequest Nomination(const std::string& person) {
  v1::OpenVettingCaseRequest request;
  request.set_person(person);
  if (person.empty()) request.set_unit("units/AM-PATROL");
  *request.mutable_start() = Date("2027-06-14");
  return request;
}

template <typename Request>
Request WithReason(const char* reason) {
  Request request;
  request.set_reason(reason);
  return request;
}

v1::RecordVettingOutcomeRequest Outcome(VettingCase::State state, const char* until = "") {
  v1::RecordVettingOutcomeRequest request;
  request.set_outcome(state);
  if (state != VettingCase::STATE_CLEARED) request.set_reason("MORE_TIME_NEEDED");
  if (until[0] != '\0') *request.mutable_cleared_until() = Date(until);
  return request;
}

v1::AdvanceVettingCaseRequest Review(VettingCase::State state) {
  v1::AdvanceVettingCaseRequest request;
  request.set_state(state);
  return request;
}

v1::RecordVettingPackageRequest Package(const std::vector<const char*>& parts) {
  v1::RecordVettingPackageRequest request;
  for (const char* part : parts) request.add_package(part);
  return request;
}

// A case, and the commands that it is given.
class Vetting {
 public:
  explicit Vetting(std::string person = "", const Vetting* unit = nullptr) : unit_(unit) {
    const VettingGround ground{person.empty() ? "vettingCases/U" : "vettingCases/" + person.substr(8), Rules(),
                               Rules().compliance(0),
                               person.empty() ? v1::Clearance() : StayIn(Rules(), At("2027-01-01")), Unit()};
    EXPECT_TRUE(Take(Decide(Nomination(person), ground, {At("2027-01-01"), kVera})).ok());
  }

  absl::Status Do(VettingCommand command, const Actor& actor = kVera, const char* until = "") {
    const Circumstance c{At("2027-02-01"), actor};
    switch (command) {
      case VettingCommand::kOpen:
        return absl::FailedPreconditionError("a case is opened once");
      case VettingCommand::kRecordPackage:
        return Take(Decide(now, person() ? Package({"full-name", "rank"}) : Package({"commander"}), c));
      case VettingCommand::kSubmit:
        return Take(Decide(now, v1::SubmitVettingCaseRequest(), c, Unit()));
      case VettingCommand::kBeginPostReview:
        return Take(Decide(now, Review(VettingCase::STATE_POST_REVIEW), c, Unit()));
      case VettingCommand::kBeginDepartmentReview:
        return Take(Decide(now, Review(VettingCase::STATE_DEPARTMENT_REVIEW), c, Unit()));
      case VettingCommand::kClear:
        return Take(Decide(now, Outcome(VettingCase::STATE_CLEARED, until), c, Unit()));
      case VettingCommand::kSuspend:
        return Take(Decide(now, Outcome(VettingCase::STATE_SUSPENDED), c, Unit()));
      case VettingCommand::kReject:
        return Take(Decide(now, Outcome(VettingCase::STATE_REJECTED), c, Unit()));
      case VettingCommand::kRemediate:
        return Take(Decide(now, WithReason<v1::RemediateVettingCaseRequest>("EFFECTIVE_STEPS_TAKEN"), c));
      case VettingCommand::kCancel:
        return Take(Decide(now, WithReason<v1::CancelVettingCaseRequest>("NOMINATION_WITHDRAWN"), c));
    }
    return absl::InternalError("no such command");
  }
  void Clear(const char* until = "") {
    for (const auto command : {VettingCommand::kRecordPackage, VettingCommand::kSubmit,
                               VettingCommand::kBeginPostReview, VettingCommand::kBeginDepartmentReview}) {
      ASSERT_TRUE(Do(command).ok());
    }
    ASSERT_TRUE(Do(VettingCommand::kClear, kVera, until).ok());
  }
  absl::Status Take(const VettingFacts& facts) {
    if (!facts.ok()) return facts.status();
    history.insert(history.end(), facts->begin(), facts->end());
    now = After(now, *facts);
    return absl::OkStatus();
  }

  bool person() const { return unit_ != nullptr; }
  const VettingCase& Unit() const {
    static const auto& none = *new VettingCase();
    return unit_ == nullptr ? none : unit_->now;
  }

  VettingCase now;
  std::vector<VettingFact> history;

 private:
  const Vetting* unit_;
};

constexpr VettingCommand kCommands[] = {
    VettingCommand::kRecordPackage,   VettingCommand::kSubmit,
    VettingCommand::kBeginPostReview, VettingCommand::kBeginDepartmentReview,
    VettingCommand::kClear,           VettingCommand::kSuspend,
    VettingCommand::kReject,          VettingCommand::kRemediate,
    VettingCommand::kCancel,
};

// B2 in other words than the table's: letters for states, and for each command the states that it is good in.
// d(raft) s(ubmitted) p(ost) h(ome department) c(leared) w(aiting: suspended) r(ejected) x (cancelled) m (remediated)
struct Model {
  char state = 'd';
  bool package = false;

  static bool In(char state, const char* states) { return absl::StrContains(states, absl::string_view(&state, 1)); }

  // False: refused, and nothing changes. `unit` is '-' for a unit itself.
  bool Do(VettingCommand command, char unit) {
    const bool barred = unit == 'r';
    switch (command) {
      case VettingCommand::kRecordPackage:
        return In(state, "dwm") && (package = true);
      case VettingCommand::kSubmit:
        return In(state, "dwm") && package && !barred && To('s');
      case VettingCommand::kBeginPostReview:
        return state == 's' && !barred && To('p');
      case VettingCommand::kBeginDepartmentReview:
        return state == 'p' && !barred && To('h');
      case VettingCommand::kClear:
        return In(state, "hcw") && In(unit, "-c") && To('c');
      case VettingCommand::kSuspend:
        return In(state, "sphc") && To('w');
      case VettingCommand::kReject:
        return In(state, "phcw") && To('r');
      case VettingCommand::kRemediate:
        return state == 'r' && unit == '-' && To('m');
      case VettingCommand::kCancel:
        return In(state, "dsphwm") && To('x');
      default:
        return false;
    }
  }
  bool To(char next) {
    state = next;
    return true;
  }
};

char LetterOf(VettingCase::State state) { return "-dsphcwrxm"[state]; }

// A1-13, A4-18
TEST(Vetting, RunsAsAModelDoesForAllStatesAndCommandsOfAPersonAndTheUnit) {
  // Breadth first over all pairs of states that can come about.
  struct World {
    std::vector<std::pair<int, VettingCommand>> path;  // 0: the unit's case, 1: the person's
  };
  std::map<std::string, World> known;
  std::vector<World> open = {World()};
  int tried = 0;
  while (!open.empty()) {
    const World world = open.back();
    open.pop_back();
    for (int who : {0, 1}) {
      for (const VettingCommand command : kCommands) {
        Vetting unit;
        Vetting person("members/F-1", &unit);
        Model model_unit, model_person;
        for (const auto& [of, step] : world.path) {
          ASSERT_TRUE((of == 0 ? unit : person).Do(step).ok());
          ASSERT_TRUE(of == 0 ? model_unit.Do(step, '-') : model_person.Do(step, model_unit.state));
        }
        const bool done = (who == 0 ? unit : person).Do(command).ok();
        const bool expected = who == 0 ? model_unit.Do(command, '-') : model_person.Do(command, model_unit.state);
        ++tried;
        ASSERT_EQ(done, expected) << "state " << model_unit.state << model_person.state << " command "
                                  << static_cast<int>(command) << " of " << who;
        ASSERT_EQ(LetterOf(unit.now.state()), model_unit.state);
        ASSERT_EQ(LetterOf(person.now.state()), model_person.state);
        const bool ok = model_unit.state == 'c' && model_person.state == 'c';
        ASSERT_EQ(StandingOf(person.now, unit.now) == Vetted::kCleared, ok);
        const std::string key{model_unit.state, model_unit.package ? '1' : '0', model_person.state,
                              model_person.package ? '1' : '0'};
        if (!done || known.count(key) > 0) continue;
        World next = world;
        next.path.emplace_back(who, command);
        known[key] = next;
        open.push_back(next);
      }
    }
  }
  EXPECT_GT(known.size(), 90u) << "else the search missed states";
  std::cout << tried << " commands in " << known.size() << " pairs of states" << std::endl;
}

// The clearance of a stay of two fellows of one unit, beside two models: whatever is recorded in whatever order, it is
// cleared exactly while both of them and the unit are, up to a day behind the stay.
// A1-04, A1-13, A4-18, A5-02
TEST(Vetting, HoldsTheClearanceExactlyWhileUnitAndPersonsAreClearedInTenThousandRandomWalks) {
  const uint32_t seed = TestSeed();
  int cleared = 0;
  for (uint32_t walk = 0; walk < 10'000; ++walk) {
    std::mt19937 random(seed + walk);
    Vetting unit;
    std::vector<Vetting> fellows = {Vetting("members/F-1", &unit), Vetting("members/F-2", &unit)};
    Model models[3];
    bool short_of[3] = {false, false, false};  // cleared, but not for all of the stay
    if (walk % 2 == 0) {                       // else walks seldom come near a clearance
      Vetting* const all[] = {&unit, &fellows[0], &fellows[1]};
      for (int who : {0, 1, 2}) {
        all[who]->Clear();
        models[who].state = 'c';
        models[who].package = true;
      }
    }
    v1::Clearance clearance = StayIn(Rules(), At("2027-01-01"));
    for (int step = 0; step < 30; ++step) {
      const int who = random() % 3;
      const VettingCommand command = kCommands[random() % std::size(kCommands)];
      const bool too_short = random() % 4 == 0;
      const bool done = (who == 0 ? unit : fellows[who - 1])
                            .Do(command, kVera,
                                command != VettingCommand::kClear ? ""
                                : too_short                       ? "2027-06-19"
                                                                  : "2027-06-20")
                            .ok();
      ASSERT_EQ(done, models[who].Do(command, who == 0 ? '-' : models[0].state)) << "walk " << walk << " of " << seed;
      if (done && command == VettingCommand::kClear) short_of[who] = too_short;
      Cases cases;
      for (const Vetting& fellow : fellows) cases.vettings.push_back({fellow.now, unit.now});
      const Circumstance c{At("2027-02-01"), kVera};
      clearance = After(clearance, OnStandings(clearance, Followed::kCases, StandingsOf(clearance, cases), c));
      ASSERT_THAT(OnStandings(clearance, Followed::kCases, StandingsOf(clearance, cases), c), IsEmpty())
          << "it has settled";
      bool expected = true;
      for (int one : {0, 1, 2}) expected = expected && models[one].state == 'c' && !short_of[one];
      ASSERT_EQ(clearance.state() == v1::Clearance::STATE_CLEARED, expected)
          << "walk " << walk << " step " << step << " of AMIKECO_TEST_SEED=" << seed;
      cleared += expected;
      if (clearance.records_size() > 60) break;  // far below the most there can be
    }
    for (const Vetting* vetting : {&unit, &fellows[0], &fellows[1]}) {
      ASSERT_TRUE(
          google::protobuf::util::MessageDifferencer::Equals(After(VettingCase(), vetting->history), vetting->now));
    }
  }
  EXPECT_GT(cleared, 10'000) << "of 300,000 steps; else the walks prove little";
  std::cout << cleared << " of 300,000 steps found the clearance cleared" << std::endl;
}

// A1-13
TEST(Vetting, IsDueSoManyWorkingDaysBeforeTheStart) {
  const google::protobuf::RepeatedPtrField<google::type::Date> none;
  const absl::CivilDay monday(2027, 6, 14);
  EXPECT_EQ(DueDay(monday, 0, none), monday);
  EXPECT_EQ(DueDay(monday, 1, none), absl::CivilDay(2027, 6, 11)) << "the Friday before";
  EXPECT_EQ(DueDay(monday, 10, none), absl::CivilDay(2027, 5, 31));
  EXPECT_EQ(DueDay(absl::CivilDay(2027, 6, 13), 1, none), absl::CivilDay(2027, 6, 11)) << "from a Sunday";
  google::protobuf::RepeatedPtrField<google::type::Date> closed;
  *closed.Add() = Date("2027-05-31");
  *closed.Add() = Date("2027-06-05");  // a Saturday is none anyway
  EXPECT_EQ(DueDay(monday, 10, closed), absl::CivilDay(2027, 5, 28));
}

TEST(Vetting, IsSubmittedWithACompletePackageAlone) {
  Vetting unit;
  Vetting person("members/F-1", &unit);
  EXPECT_EQ(person.now.due().month(), 5);
  EXPECT_EQ(person.now.due().day(), 31);
  EXPECT_THAT(MissingFrom(person.now), ElementsAre("full-name", "rank"));
  const Circumstance c{At("2027-02-01"), kVera};
  ASSERT_TRUE(person.Take(Decide(person.now, Package({"rank"}), c)).ok());
  const absl::Status incomplete = person.Do(VettingCommand::kSubmit);
  EXPECT_EQ(ReasonOf(incomplete), "PACKAGE_INCOMPLETE");
  EXPECT_THAT(std::string(incomplete.message()), testing::HasSubstr("full-name"));
  EXPECT_EQ(Decide(person.now, Package({"shoe-size"}), c).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(person.Do(VettingCommand::kRecordPackage).ok());
  EXPECT_TRUE(person.Do(VettingCommand::kSubmit).ok());
}

// A1-13, A4-18
TEST(Vetting, OfARejectedUnitBarsItsMembersUntilItIsRemediated) {
  Vetting unit;
  unit.Clear();
  Vetting person("members/F-1", &unit);
  person.Clear();
  EXPECT_EQ(StandingOf(person.now, unit.now), Vetted::kCleared);
  ASSERT_TRUE(unit.Do(VettingCommand::kReject).ok());
  EXPECT_EQ(StandingOf(person.now, unit.now), Vetted::kRejected);
  EXPECT_EQ(ReasonOf(person.Do(VettingCommand::kClear)), "UNIT_BARRED");
  const VettingGround ground{"vettingCases/F-2", Rules(), Rules().compliance(0), StayIn(Rules(), At("2027-01-01")),
                             unit.now};
  EXPECT_EQ(ReasonOf(Decide(Nomination("members/F-2"), ground, {At("2027-02-01"), kVera}).status()), "UNIT_BARRED");
  ASSERT_TRUE(unit.Do(VettingCommand::kRemediate).ok());
  EXPECT_EQ(StandingOf(person.now, unit.now), Vetted::kNotYet) << "it bars nobody, and is not cleared";
  EXPECT_EQ(ReasonOf(person.Do(VettingCommand::kClear)), "UNIT_NOT_CLEARED");
  ASSERT_TRUE(unit.Do(VettingCommand::kSubmit).ok());
  ASSERT_TRUE(unit.Do(VettingCommand::kBeginPostReview).ok());
  ASSERT_TRUE(unit.Do(VettingCommand::kBeginDepartmentReview).ok());
  ASSERT_TRUE(unit.Do(VettingCommand::kClear).ok());
  EXPECT_EQ(StandingOf(person.now, unit.now), Vetted::kCleared);
}

TEST(Vetting, OfAPersonThatIsRejectedIsFinal) {
  Vetting unit;
  unit.Clear();
  Vetting person("members/F-1", &unit);
  person.Clear();
  ASSERT_TRUE(person.Do(VettingCommand::kReject).ok());
  for (const VettingCommand command : kCommands) EXPECT_FALSE(person.Do(command).ok()) << static_cast<int>(command);
}

TEST(Vetting, IsNobodysOwnToRecord) {  // A5-04
  Vetting unit;
  unit.Clear();
  Vetting person("members/F-1", &unit);
  person.Clear();
  EXPECT_EQ(ReasonOf(person.Do(VettingCommand::kSuspend, kFirstFellow)), "OWN_CHECK");
  ASSERT_TRUE(person.history.back().has_cleared());
  EXPECT_EQ(person.history.back().cleared().by(), "people/vera");
  EXPECT_EQ(person.history.back().cleared().programme_version(), 3) << "the version of the rules is in each decision";
  EXPECT_TRUE(person.history.back().cleared().has_at());
}

// That there is no decision says nothing about anybody; whoever reads of it must not think so.
TEST(Vetting, SpeaksOfASuspensionWithoutBlame) {
  Vetting unit;
  unit.Clear();
  Vetting person("members/F-1", &unit);
  person.Clear();
  ASSERT_TRUE(person.Do(VettingCommand::kSuspend).ok());
  EXPECT_EQ(StandingOf(person.now, unit.now), Vetted::kSuspended);
  VettingCase shown = person.now;
  Describe(shown, unit.now);
  Cases cases;
  cases.vettings.push_back({person.now, unit.now});
  v1::Clearance clearance = StayIn(Rules(), At("2027-01-01"));
  clearance = After(clearance,
                    OnStandings(clearance, Followed::kCases, StandingsOf(clearance, cases), {At("2027-02-01"), kVera}));
  Describe(clearance, 1, At("2027-02-01"));
  ASSERT_FALSE(clearance.open_items().empty());
  std::string told = absl::StrCat(shown.explanation(), " ", person.Do(VettingCommand::kBeginPostReview).message());
  for (const auto& open : clearance.open_items()) {
    for (const auto& reason : open.reasons()) absl::StrAppend(&told, " ", reason.explanation());
  }
  absl::AsciiStrToLower(&told);
  for (const char* blame : {"reject", "denied", "adverse", "derogatory", "not satisfied", "failed", "violation"}) {
    EXPECT_FALSE(absl::StrContains(told, blame)) << told;
  }
  EXPECT_THAT(told, testing::HasSubstr("no decision yet"));
}

TEST(Vetting, FollowsTheStayToOtherDaysAndTellsOnceWhenItIsDue) {  // A5-06
  Vetting unit;
  Vetting person("members/F-1", &unit);
  const Circumstance due{At("2027-06-01"), kVera};
  EXPECT_THAT(OnTime(person.now, false, {At("2027-05-31"), kVera}), IsEmpty()) << "the due day is in time";
  const auto overdue = OnTime(person.now, false, due);
  ASSERT_EQ(overdue.size(), 1u);
  EXPECT_TRUE(overdue[0].has_overdue());
  person.now = After(person.now, overdue);
  EXPECT_THAT(OnTime(person.now, false, due), IsEmpty());
  const auto later = OnStart(person.now, absl::CivilDay(2027, 7, 12), due);
  ASSERT_EQ(later.size(), 1u);
  person.now = After(person.now, later);
  EXPECT_EQ(ToDay(person.now.due()), absl::CivilDay(2027, 6, 28));
  EXPECT_THAT(OnStart(person.now, absl::CivilDay(2027, 7, 12), due), IsEmpty());
  const auto over = OnTime(person.now, true, {At("2027-06-29"), kVera});
  ASSERT_EQ(over.size(), 1u);
  EXPECT_EQ(over[0].cancelled().reason(), "STAY_OVER");
}

TEST(Vetting, TakesOutcomesThatMakeSense) {
  Vetting unit;
  unit.Clear();
  const Circumstance c{At("2027-02-01"), kVera};
  const auto code = [&](v1::RecordVettingOutcomeRequest request) {
    return Decide(unit.now, request, c, VettingCase()).status().code();
  };
  EXPECT_EQ(code(Outcome(VettingCase::STATE_DRAFT)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Outcome(VettingCase::STATE_REJECTED, "2027-06-20")), absl::StatusCode::kInvalidArgument);
  auto without_reason = Outcome(VettingCase::STATE_SUSPENDED);
  without_reason.clear_reason();
  EXPECT_EQ(code(without_reason), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Outcome(VettingCase::STATE_CLEARED, "2028-01-31")), absl::StatusCode::kOk);
}

}  // namespace
}  // namespace amikeco::compliance
