#include "services/compliance/background_check.h"

#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/case_transitions.h"
#include "services/compliance/standing.h"
#include "services/compliance/test_cases.h"
#include "services/compliance/visa.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using testing::IsEmpty;
using testing::SizeIs;
using v1::BackgroundCheck;
using v1::CheckFact;

const programme::v1::Programme& Rules() {
  static const auto& programme = *new programme::v1::Programme(ProgrammeOf(ComplianceItem::KIND_BACKGROUND_CHECK));
  return programme;
}

v1::RequestBackgroundCheckRequest Wanted(const std::string& kind, const std::string& person, bool provider) {
  v1::RequestBackgroundCheckRequest request;
  request.set_kind(kind);
  request.set_person(person);
  if (provider) request.set_reference("cand-5f3a");
  return request;
}

// A check, and the commands that it is given, at times of the caller's choice.
class Check {
 public:
  explicit Check(const std::string& name = "1", const std::string& kind = "ncic", bool provider = false,
                 const programme::v1::Programme& rules = Rules(), absl::Time time = At("2027-02-01"))
      : at(time) {
    const v1::Clearance stay = StayIn(rules, At("2027-01-01"));
    const CheckGround ground{"backgroundChecks/" + name, rules, rules.compliance(0), stay, provider};
    EXPECT_TRUE(Take(Decide(Wanted(kind, "members/F-1", provider), ground, {at, kOmar})).ok());
  }

  absl::Status Report(v1::CheckReport report, const Actor& actor = kVera) {
    v1::ReportBackgroundCheckRequest request;
    request.set_report(report);
    return Take(Decide(now, request, {at, actor}));
  }
  absl::Status Adjudicate(BackgroundCheck::Adjudication adjudication, const Actor& actor = kVera) {
    v1::AdjudicateBackgroundCheckRequest request;
    request.set_adjudication(adjudication);
    return Take(Decide(now, request, {at, actor}));
  }
  absl::Status Dispute(const Actor& actor = kFirstFellow) {
    v1::DisputeBackgroundCheckRequest request;
    request.set_reason("ANOTHER_PERSON");
    return Take(Decide(now, request, {at, actor}));
  }
  absl::Status Hear(const std::string& order, v1::CheckReport report, const std::string& reason = "") {
    return Take(Decide(now, ProviderReport{order, report, reason}, {at, SystemActor("compliance")}));
  }
  absl::Status Do(CheckCommand command) {
    switch (command) {
      case CheckCommand::kRequest:
        return absl::FailedPreconditionError("a check is requested once");
      case CheckCommand::kReportPending:
        return Report(v1::CHECK_REPORT_PENDING);
      case CheckCommand::kReportNeedsInfo:
        return Report(v1::CHECK_REPORT_NEEDS_INFO);
      case CheckCommand::kReportInReview:
        return Report(v1::CHECK_REPORT_IN_REVIEW);
      case CheckCommand::kReportClear:
        return Report(v1::CHECK_REPORT_CLEAR);
      case CheckCommand::kReportConsider:
        return Report(v1::CHECK_REPORT_CONSIDER);
      case CheckCommand::kEngage:
        return Adjudicate(BackgroundCheck::ADJUDICATION_ENGAGED);
      case CheckCommand::kPreAdverse:
        return Adjudicate(BackgroundCheck::ADJUDICATION_PRE_ADVERSE);
      case CheckCommand::kAdverse:
        return Adjudicate(BackgroundCheck::ADJUDICATION_ADVERSE);
      case CheckCommand::kDispute:
        return Dispute();
      case CheckCommand::kCancel: {
        v1::CancelBackgroundCheckRequest request;
        request.set_reason("STAY_CANCELLED");
        return Take(Decide(now, request, {at, kVera}));
      }
    }
    return absl::InternalError("no such command");
  }

  BackgroundCheck now;
  std::vector<CheckFact> history;
  absl::Time at;

 private:
  absl::Status Take(const CheckFacts& facts) {
    if (!facts.ok()) return facts.status();
    history.insert(history.end(), facts->begin(), facts->end());
    now = After(now, *facts);
    return absl::OkStatus();
  }
};

constexpr CheckCommand kCommands[] = {
    CheckCommand::kReportPending, CheckCommand::kReportNeedsInfo, CheckCommand::kReportInReview,
    CheckCommand::kReportClear,   CheckCommand::kReportConsider,  CheckCommand::kEngage,
    CheckCommand::kPreAdverse,    CheckCommand::kAdverse,         CheckCommand::kDispute,
    CheckCommand::kCancel,
};

// B5 in other words than the table's. What is true of the check, and what each command needs of that.
struct Model {
  bool goes_on = true;  // nothing came of it yet, and it was not cancelled
  bool waits = false, looked_at = false, clear = false, consider = false, disputed = false, cancelled = false;
  int decided = 0;   // 1 engaged, 2 told, 3 adverse
  int told_for = 0;  // days since the person was told

  bool Do(CheckCommand command, int notice) {
    const bool running = goes_on || disputed;
    switch (command) {
      case CheckCommand::kReportPending:
        if (!running) return false;
        waits = looked_at = false;
        return true;
      case CheckCommand::kReportNeedsInfo:
        if (!running) return false;
        waits = goes_on, looked_at = false;
        return true;
      case CheckCommand::kReportInReview:
        if (!running) return false;
        looked_at = goes_on, waits = false;
        return true;
      case CheckCommand::kReportClear:
      case CheckCommand::kReportConsider:
        if (!running) return false;
        *this = Model();
        goes_on = false;
        (command == CheckCommand::kReportClear ? clear : consider) = true;
        return true;
      case CheckCommand::kEngage:
        if (!consider || decided == 1 || decided == 3) return false;
        decided = 1;
        return true;
      case CheckCommand::kPreAdverse:
        if (!consider || decided != 0) return false;
        decided = 2, told_for = 0;
        return true;
      case CheckCommand::kAdverse:
        if (!consider || decided != 2 || told_for < notice) return false;
        decided = 3;
        return true;
      case CheckCommand::kDispute:
        if (!consider || decided == 1) return false;
        *this = Model();
        goes_on = false, disputed = true;
        return true;
      case CheckCommand::kCancel:
        if (!goes_on) return false;
        *this = Model();
        goes_on = false, cancelled = true;
        return true;
      default:
        return false;
    }
  }
  // SATISFIED, NOT_SATISFIED, NEEDS_REVIEW or nothing (0).
  int Outcome() const {
    if (clear || decided == 1) return v1::OUTCOME_SATISFIED;
    if (decided == 3) return v1::OUTCOME_NOT_SATISFIED;
    return consider || disputed ? v1::OUTCOME_NEEDS_REVIEW : 0;
  }
};

void ExpectSame(const BackgroundCheck& check, const Model& model) {
  using State = BackgroundCheck;
  const auto state = model.cancelled                 ? State::STATE_CANCELLED
                     : model.disputed                ? State::STATE_DISPUTE
                     : model.clear || model.consider ? State::STATE_COMPLETE
                     : model.waits                   ? State::STATE_SUSPENDED
                     : model.looked_at               ? State::STATE_PAUSED
                                                     : State::STATE_PENDING;
  ASSERT_EQ(check.state(), state);
  ASSERT_EQ(check.adjudication(), model.decided);
  ASSERT_EQ(check.result() == State::RESULT_CLEAR, model.clear);
  ASSERT_EQ(check.result() == State::RESULT_CONSIDER, model.consider);
}

// A0-25
TEST(BackgroundCheck, RunsAsAModelDoesForAllStagesAndCommands) {
  std::map<CheckStage, std::vector<CheckCommand>> known = {{CheckStage::kPending, {}}};
  std::vector<CheckStage> open = {CheckStage::kPending};
  int tried = 0;
  while (!open.empty()) {
    const std::vector<CheckCommand> path = known[open.back()];
    open.pop_back();
    for (const CheckCommand command : kCommands) {
      Check check;
      Model model;
      for (const CheckCommand step : path) {
        ASSERT_TRUE(check.Do(step).ok());
        ASSERT_TRUE(model.Do(step, 7));
        check.at += absl::Hours(24) * 7;
        model.told_for += 7;
      }
      ++tried;
      ASSERT_EQ(check.Do(command).ok(), model.Do(command, 7))
          << "command " << static_cast<int>(command) << " behind " << path.size() << " others";
      ExpectSame(check.now, model);
      if (!known.emplace(StageOf(check.now), path).second) continue;
      known[StageOf(check.now)].push_back(command);
      open.push_back(StageOf(check.now));
    }
  }
  EXPECT_THAT(known, SizeIs(10)) << "all stages but that of no check";
  EXPECT_EQ(tried, 100);
}

// A0-25, A5-02
TEST(BackgroundCheck, HoldsTheItemAsAModelSaysInTenThousandRandomWalks) {
  const uint32_t seed = TestSeed();
  int held = 0, adverse = 0;
  for (uint32_t walk = 0; walk < 10'000; ++walk) {
    std::mt19937 random(seed + walk);
    std::vector<Check> checks = {Check("1", "ncic"), Check("2", "interpol")};
    std::vector<Model> models(2);
    v1::Clearance clearance = StayIn(Rules(), At("2027-01-01"));
    absl::Time now = At("2027-02-01");
    for (int step = 0; step < 25; ++step) {
      if (random() % 3 == 0) {
        const int days = random() % 9;
        now += absl::Hours(24) * days;
        for (Model& model : models) model.told_for += days;
      }
      const int which = random() % 2;
      const CheckCommand command = kCommands[random() % std::size(kCommands)];
      checks[which].at = now;
      ASSERT_EQ(checks[which].Do(command).ok(), models[which].Do(command, 7))
          << "walk " << walk << " step " << step << " of AMIKECO_TEST_SEED=" << seed;
      ExpectSame(checks[which].now, models[which]);
      Cases cases;
      for (const Check& check : checks) cases.checks.push_back(check.now);
      clearance =
          After(clearance, OnStandings(clearance, Followed::kCases, StandingsOf(clearance, cases), {now, kVera}));
      bool good = false, bad = false;
      for (const Model& model : models) {
        good = good || model.Outcome() == v1::OUTCOME_SATISFIED;
        bad = bad || (model.Outcome() != 0 && model.Outcome() != v1::OUTCOME_SATISFIED);
        adverse += model.decided == 3;
      }
      Describe(clearance, 1, now);
      bool first_open = false;  // the other fellow's item is always open
      for (const auto& item : clearance.open_items()) first_open = first_open || item.item() == "background-check/F-1";
      clearance.clear_open_items();
      clearance.clear_lapses();
      ASSERT_EQ(!first_open, good && !bad)
          << "one passed check is enough, and none outvotes another; walk " << walk << " of AMIKECO_TEST_SEED=" << seed;
      held += good && !bad;
      if (clearance.records_size() > 60) break;
    }
    for (const Check& check : checks) {
      ASSERT_TRUE(
          google::protobuf::util::MessageDifferencer::Equals(After(BackgroundCheck(), check.history), check.now));
    }
  }
  EXPECT_GT(held, 10'000);
  EXPECT_GT(adverse, 300) << "else the walks prove little";
  std::cout << held << " steps found the item held, " << adverse << " an adverse check" << std::endl;
}

// The item of the check alone, held by what "ncic" found; what `interpol` found is yet to be followed.
struct HeldByOneOfTwo {
  HeldByOneOfTwo() {
    rules.mutable_compliance(0)->set_per_person(false);
    stay = StayIn(rules, At("2027-01-01"));
    stay.clear_fellows();
    EXPECT_TRUE(ncic.Report(v1::CHECK_REPORT_CLEAR).ok());
    Follow({ncic.now});
  }
  void Follow(std::vector<BackgroundCheck> checks) {
    Cases cases;
    cases.checks = std::move(checks);
    stay = After(stay, OnStandings(stay, Followed::kCases, StandingsOf(stay, cases), {At("2027-02-02"), kVera}));
  }
  Check ncic = Check("1", "ncic"), interpol = Check("2", "interpol");
  programme::v1::Programme rules = Rules();
  v1::Clearance stay;
};

// A fellow may answer for the own item as often as there is room for records: that must not keep a finding out.
TEST(BackgroundCheck, CountsAgainstAClearanceThatIsFull) {  // A0-25
  HeldByOneOfTwo held;
  ASSERT_EQ(held.stay.state(), v1::Clearance::STATE_CLEARED);
  while (held.stay.records_size() < kMostRecords) held.stay.add_records()->set_item("media-consent");
  ASSERT_TRUE(held.interpol.Report(v1::CHECK_REPORT_CONSIDER).ok());
  held.Follow({held.ncic.now, held.interpol.now});
  EXPECT_EQ(held.stay.state(), v1::Clearance::STATE_OPEN);
}

TEST(BackgroundCheck, CountsAgainstAClearanceThatComesAgain) {
  HeldByOneOfTwo held;
  held.stay = After(held.stay, OnEnded(held.stay, kPlacementEnded));
  ASSERT_TRUE(held.interpol.Report(v1::CHECK_REPORT_CONSIDER).ok());
  held.Follow({held.ncic.now, held.interpol.now});
  EXPECT_EQ(held.stay.state(), v1::Clearance::STATE_CLOSED);
  matching::v1::PlacementAgreed again;
  *again.mutable_legs() = held.stay.legs();
  held.stay = After(held.stay, OnAgreed(held.stay, again, "placements/8", held.rules, At("2027-02-03")));
  EXPECT_EQ(held.stay.state(), v1::Clearance::STATE_OPEN) << "it is granted to nobody for a moment";
}

TEST(BackgroundCheck, CountsAgainstNobodyWhoWasNotToldBefore) {
  Check check;
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_CONSIDER).ok());
  EXPECT_EQ(ReasonOf(check.Adjudicate(BackgroundCheck::ADJUDICATION_ADVERSE)), "CASE_NOT_POSSIBLE_IN_STATE");
  ASSERT_TRUE(check.Adjudicate(BackgroundCheck::ADJUDICATION_PRE_ADVERSE).ok());
  const v1::CheckPreAdverse& told = check.history.back().pre_adverse();
  EXPECT_EQ(told.owner(), "members/F-1");
  EXPECT_EQ(ToDay(told.last_day()), absl::CivilDay(2027, 2, 8)) << "seven days when the programme names none";
  check.at += absl::Hours(24) * 7 - absl::Seconds(1);
  EXPECT_EQ(ReasonOf(check.Adjudicate(BackgroundCheck::ADJUDICATION_ADVERSE)), "NOTICE_STILL_RUNS");
  check.at += absl::Seconds(1);
  EXPECT_TRUE(check.Adjudicate(BackgroundCheck::ADJUDICATION_ADVERSE).ok());
  programme::v1::Programme patient = Rules();
  patient.mutable_compliance(0)->mutable_check()->set_pre_adverse_days(30);
  Check slow("2", "ncic", false, patient);
  ASSERT_TRUE(slow.Report(v1::CHECK_REPORT_CONSIDER).ok());
  ASSERT_TRUE(slow.Adjudicate(BackgroundCheck::ADJUDICATION_PRE_ADVERSE).ok());
  slow.at += absl::Hours(24) * 29;
  EXPECT_EQ(ReasonOf(slow.Adjudicate(BackgroundCheck::ADJUDICATION_ADVERSE)), "NOTICE_STILL_RUNS");
}

TEST(BackgroundCheck, IsAdjudicatedByAnotherPersonWhereTheProgrammeSaysSo) {  // A5-04
  Check check;
  EXPECT_EQ(ReasonOf(check.Report(v1::CHECK_REPORT_CLEAR, kOmar)), "OTHER_ADJUDICATOR_NEEDED");
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_NEEDS_INFO, kOmar).ok()) << "that is no outcome";
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_CONSIDER, kVera).ok());
  EXPECT_EQ(ReasonOf(check.Adjudicate(BackgroundCheck::ADJUDICATION_ENGAGED, kOmar)), "OTHER_ADJUDICATOR_NEEDED");
  EXPECT_EQ(ReasonOf(check.Adjudicate(BackgroundCheck::ADJUDICATION_ENGAGED, kFirstFellow)), "OWN_CHECK");
  ASSERT_TRUE(check.Adjudicate(BackgroundCheck::ADJUDICATION_ENGAGED, kVera).ok());
  const v1::CheckEngaged& engaged = check.history.back().engaged();
  EXPECT_EQ(engaged.by(), "people/vera");
  EXPECT_EQ(engaged.programme_version(), 3);
  EXPECT_TRUE(engaged.has_at());
  programme::v1::Programme trusting = Rules();
  trusting.mutable_compliance(0)->mutable_check()->set_second_person(false);
  Check alone("2", "ncic", false, trusting);
  EXPECT_TRUE(alone.Report(v1::CHECK_REPORT_CLEAR, kOmar).ok());
}

TEST(BackgroundCheck, IsDisputedByThePersonAndDecidedAnew) {
  Check check;
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_CONSIDER).ok());
  EXPECT_EQ(ReasonOf(check.Dispute(kSecondFellow)), "NOT_THE_OFFICER");
  ASSERT_TRUE(check.Adjudicate(BackgroundCheck::ADJUDICATION_PRE_ADVERSE).ok());
  ASSERT_TRUE(check.Dispute().ok());
  EXPECT_FALSE(check.now.has_adverse_from());
  check.at += absl::Hours(24) * 30;
  EXPECT_EQ(ReasonOf(check.Adjudicate(BackgroundCheck::ADJUDICATION_ADVERSE)), "CASE_NOT_POSSIBLE_IN_STATE");
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_CLEAR).ok());
  EXPECT_EQ(StageOf(check.now), CheckStage::kClear);
  EXPECT_EQ(check.now.disputes(), 1);
}

TEST(BackgroundCheck, MayBeReliedOnForSoManyDays) {
  programme::v1::Programme rules = Rules();
  rules.mutable_compliance(0)->mutable_check()->set_valid_days(100);
  Check check("1", "ncic", false, rules);
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_CLEAR).ok());
  EXPECT_EQ(ToDay(check.now.valid_to()), absl::CivilDay(2027, 5, 12));
  Cases cases;
  cases.checks.push_back(check.now);
  const auto standings = StandingsOf(StayIn(rules, At("2027-01-01")), cases);
  ASSERT_THAT(standings, SizeIs(1));
  EXPECT_EQ(*standings[0].to, absl::CivilDay(2027, 5, 12));
}

TEST(BackgroundCheck, OfAKindWithAProviderIsTheProvidersToReport) {
  const v1::Clearance stay = StayIn(Rules(), At("2027-01-01"));
  const CheckGround provided{"backgroundChecks/1", Rules(), Rules().compliance(0), stay, true};
  const CheckGround by_hand{"backgroundChecks/1", Rules(), Rules().compliance(0), stay, false};
  const Circumstance c{At("2027-02-01"), kOmar};
  EXPECT_EQ(Decide(Wanted("ncic", "members/F-1", false), provided, c).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Decide(Wanted("ncic", "members/F-1", true), by_hand, c).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(Decide(Wanted("horoscope", "members/F-1", false), by_hand, c).status()), "KIND_NOT_ACCEPTED");
  Check check("1", "ncic", true);
  EXPECT_TRUE(AwaitsProvider(check.now));
  EXPECT_EQ(ReasonOf(check.Report(v1::CHECK_REPORT_CLEAR)), "MADE_BY_PROVIDER");
  ASSERT_TRUE(check.Hear("O-1", v1::CHECK_REPORT_PENDING).ok());
  EXPECT_EQ(check.now.order(), "O-1");
  const size_t facts = check.history.size();
  ASSERT_TRUE(check.Hear("O-1", v1::CHECK_REPORT_PENDING).ok());
  EXPECT_EQ(check.history.size(), facts) << "what is known is no fact";
  ASSERT_TRUE(check.Hear("O-1", v1::CHECK_REPORT_NEEDS_INFO, kProviderUnavailable).ok());
  EXPECT_FALSE(AwaitsProvider(check.now)) << "a person has to look at it";
  ASSERT_TRUE(check.Report(v1::CHECK_REPORT_PENDING).ok());
  EXPECT_TRUE(AwaitsProvider(check.now));
  ASSERT_TRUE(check.Hear("O-1", v1::CHECK_REPORT_IN_REVIEW, "LOOKED_AT").ok());
  EXPECT_EQ(check.now.reason(), "LOOKED_AT");
  ASSERT_TRUE(check.Hear("O-2", v1::CHECK_REPORT_CLEAR).ok());
  EXPECT_EQ(check.now.state(), BackgroundCheck::STATE_PAUSED) << "that is another order";
  ASSERT_TRUE(check.Hear("O-1", v1::CHECK_REPORT_CLEAR).ok());
  EXPECT_FALSE(AwaitsProvider(check.now));
  const size_t done = check.history.size();
  ASSERT_TRUE(check.Hear("O-1", v1::CHECK_REPORT_CONSIDER).ok()) << "too late, and no fault";
  EXPECT_EQ(check.history.size(), done);
}

TEST(BackgroundCheck, ThatComesToSomethingReplacesAnEarlierOneOfItsKind) {
  Check first("1");
  ASSERT_TRUE(first.Report(v1::CHECK_REPORT_CLEAR).ok());
  Check second("2", "ncic", false, Rules(), At("2027-03-01"));
  Cases cases;
  cases.checks = {second.now, first.now};
  const v1::Clearance stay = StayIn(Rules(), At("2027-01-01"));
  ASSERT_THAT(StandingsOf(stay, cases), SizeIs(1));
  EXPECT_EQ(StandingsOf(stay, cases)[0].source, "backgroundChecks/1") << "the second has come to nothing yet";
  ASSERT_TRUE(second.Report(v1::CHECK_REPORT_CONSIDER).ok());
  cases.checks = {second.now, first.now};
  ASSERT_THAT(StandingsOf(stay, cases), SizeIs(1));
  EXPECT_EQ(StandingsOf(stay, cases)[0].source, "backgroundChecks/2");
  EXPECT_EQ(StandingsOf(stay, cases)[0].outcome, v1::OUTCOME_NEEDS_REVIEW);
}

class VisaTest : public testing::Test {
 protected:
  absl::Status Record(v1::VisaCase::State state, const Actor& actor = kVera, const char* from = "2027-06-01",
                      const char* to = "2027-06-30") {
    v1::RecordVisaRequest request;
    request.set_person("members/F-1");
    request.set_state(state);
    if (state != v1::VisaCase::STATE_NOT_NEEDED) request.set_type("j-1");
    if (state == v1::VisaCase::STATE_GRANTED) {
      *request.mutable_valid_from() = Date(from);
      *request.mutable_valid_to() = Date(to);
    }
    const VisaGround ground{VisaNameOf("clearances/7", "members/F-1"), rules_, rules_.compliance(0), stay_};
    const auto facts = Decide(visa_, request, ground, {At("2027-02-01"), actor});
    if (facts.ok()) visa_ = After(visa_, *facts);
    return facts.status();
  }
  std::vector<Standing> Standings() {
    Cases cases;
    cases.visas.push_back(visa_);
    return StandingsOf(stay_, cases);
  }

  const programme::v1::Programme rules_ = ProgrammeOf(ComplianceItem::KIND_VISA);
  const v1::Clearance stay_ = StayIn(rules_, At("2027-01-01"));
  v1::VisaCase visa_;
};

TEST_F(VisaTest, IsAppliedForByThePersonAndGrantedInAnothersWords) {
  ASSERT_TRUE(Record(v1::VisaCase::STATE_ADVISED).ok());
  ASSERT_TRUE(Record(v1::VisaCase::STATE_APPLIED, kFirstFellow).ok());
  EXPECT_THAT(Standings(), IsEmpty());
  EXPECT_EQ(ReasonOf(Record(v1::VisaCase::STATE_GRANTED, kFirstFellow)), "REVIEWER_NEEDED");
  EXPECT_EQ(ReasonOf(Record(v1::VisaCase::STATE_APPLIED, kSecondFellow)), "NOT_THE_OFFICER");
  ASSERT_TRUE(Record(v1::VisaCase::STATE_GRANTED).ok());
  ASSERT_THAT(Standings(), SizeIs(1));
  EXPECT_EQ(Standings()[0].outcome, v1::OUTCOME_SATISFIED);
  EXPECT_EQ(Standings()[0].kind, "j-1");
  EXPECT_EQ(*Standings()[0].to, absl::CivilDay(2027, 6, 30));
  EXPECT_EQ(visa_.name(), "visaCases/7.F-1");
  Describe(visa_, stay_, At("2027-06-04"));
  EXPECT_TRUE(visa_.covers_stay());
  EXPECT_EQ(visa_.days_to_start(), 10);
}

TEST_F(VisaTest, CoversTheStayOrDoesNot) {
  ASSERT_TRUE(Record(v1::VisaCase::STATE_GRANTED, kVera, "2027-06-01", "2027-06-19").ok());
  Describe(visa_, stay_, At("2027-02-01"));
  EXPECT_FALSE(visa_.covers_stay());
  v1::Clearance clearance = After(stay_, OnStandings(stay_, Followed::kCases, Standings(), {At("2027-02-01"), kVera}));
  EXPECT_EQ(clearance.state(), v1::Clearance::STATE_OPEN);
  const auto expired = OnTime(visa_, At("2027-06-20"));
  ASSERT_THAT(expired, SizeIs(1));
  visa_ = After(visa_, expired);
  EXPECT_EQ(visa_.state(), v1::VisaCase::STATE_EXPIRED);
  EXPECT_THAT(OnTime(visa_, At("2027-06-21")), IsEmpty());
  EXPECT_THAT(OnStandings(clearance, Followed::kCases, Standings(), {At("2027-06-20"), kVera}), IsEmpty())
      << "the days that it was good for are on record";
  ASSERT_TRUE(Record(v1::VisaCase::STATE_APPLIED).ok());
}

TEST_F(VisaTest, IsRefusedOrNotNeeded) {
  ASSERT_TRUE(Record(v1::VisaCase::STATE_NOT_NEEDED).ok());
  ASSERT_THAT(Standings(), SizeIs(1));
  EXPECT_EQ(Standings()[0].kind, kVisaNotNeeded);
  EXPECT_EQ(ReasonOf(Record(v1::VisaCase::STATE_GRANTED)), "CASE_NOT_POSSIBLE_IN_STATE");
  EXPECT_EQ(Record(v1::VisaCase::STATE_EXPIRED).code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(Record(v1::VisaCase::STATE_ADVISED).ok());
  ASSERT_TRUE(Record(v1::VisaCase::STATE_APPLIED).ok());
  ASSERT_TRUE(Record(v1::VisaCase::STATE_REFUSED).ok());
  ASSERT_THAT(Standings(), SizeIs(1));
  EXPECT_EQ(Standings()[0].outcome, v1::OUTCOME_NOT_SATISFIED);
}

}  // namespace
}  // namespace amikeco::compliance
