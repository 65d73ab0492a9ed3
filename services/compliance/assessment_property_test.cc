// How an assessment runs, against a small model that shares no code with the service: every command in every state, and
// random histories in which the gate is open exactly when the model says so.
#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/assessment.h"
#include "services/compliance/assessment_transitions.h"
#include "services/compliance/test_assessment.h"
#include "services/compliance/test_programme.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using v1::Assessment;

const absl::CivilDay kFirstDay(2027, 1, 10);

// An assessment, and everything that its commands need.
class Desk {
 public:
  Desk() {
    activity.set_application("applications/7");
    activity.set_programme("programmes/test");
    activity.set_programme_version(1);
    activity.add_countries("AM");
    activity.set_delivery(programme::v1::DELIVERY_MODE_VIRTUAL);
    country.set_country("AM");
    country.set_revision(1);
    country.set_policy("test");
    country.set_policy_version(1);
    *country.mutable_review_due() = ToDate(kFirstDay + 365);
  }

  absl::CivilDay Today() const { return absl::ToCivilDay(now, absl::UTCTimeZone()); }
  AssessmentCircumstance By(const Actor& actor) const { return {now, actor, policy}; }

  bool Do(const DecidedAssessment& decided) {
    last = decided.status();
    if (!decided.ok()) return false;
    Add(*decided);
    return true;
  }
  void Add(const AssessmentFacts& facts) {
    for (const auto& fact : facts) {
      assessment = Evolve(std::move(assessment), fact);
      history.push_back(fact);
    }
  }

  // `risk`: the overall risk that the content comes to, 1 to 3.
  bool Write(const Actor& actor, int risk, bool mitigation_due = false) {
    v1::AssessmentContent written = ContentFor(policy, {"AM"});
    if (risk > 1) {
      Raise(written, "force", risk == 2 ? v1::LIKELIHOOD_MEDIUM : v1::LIKELIHOOD_HIGH, v1::RISK_LEVEL_MEDIUM);
      v1::Mitigation& mitigation = Mitigate(written, "force", "promise");
      if (mitigation_due) *mitigation.mutable_due() = ToDate(Today() + 10);
      Consult(written);
    }
    written.set_purpose(absl::StrCat("Writing ", ++writings));
    v1::WriteAssessmentRequest request;
    request.set_application("applications/7");
    *request.mutable_content() = written;
    if (!Do(Decide(assessment, request, By(actor), activity, TestProgramme()))) return false;
    content = written;
    return true;
  }
  bool Submit(const Actor& actor) {
    return Do(Decide(assessment, v1::SubmitAssessmentRequest(), By(actor), Evidence{activity, content, {country}, {}}));
  }
  bool Review(const Actor& actor, v1::ReviewOutcome outcome) {
    v1::ReviewAssessmentRequest request;
    request.set_outcome(outcome);
    if (outcome != v1::REVIEW_OUTCOME_OK) request.set_reason("SOURCES_MISSING");
    return Do(Decide(assessment, request, By(actor)));
  }
  bool Approve(const Actor& actor, std::string hash = "", int days = 300) {
    v1::ApproveAssessmentRequest request;
    request.set_content_hash(hash.empty() ? assessment.content_hash() : hash);
    *request.mutable_valid_to() = ToDate(Today() + days);
    *request.mutable_review_date() = ToDate(Today() + std::max(1, days / 2));
    return Do(Decide(assessment, request, By(actor)));
  }
  bool DecideFinally(const Actor& actor, v1::Verdict verdict) {
    v1::DecideAssessmentRequest request;
    request.set_verdict(verdict);
    request.set_human_rights_rationale("It strengthens them.");
    request.set_code_of_ethics_rationale("It serves the public.");
    return Do(Decide(assessment, request, By(actor), TestProgramme()));
  }
  bool Reopen(const Actor& actor) {
    v1::ReopenAssessmentRequest request;
    request.set_reason(v1::REOPEN_REASON_INCIDENT);
    return Do(Decide(assessment, request, By(actor)));
  }
  bool Complete(const Actor& actor) {
    v1::CompleteMitigationRequest request;
    request.set_number(1);
    request.set_evidence_hash(std::string(64, 'e'));
    return Do(Decide(assessment, request, By(actor)));
  }
  bool Withdraw(const Actor& actor) {
    v1::WithdrawAssessmentRequest request;
    request.set_reason("REQUEST_WITHDRAWN");
    return Do(Decide(assessment, request, By(actor)));
  }

  Assessment Folded() const {
    Assessment folded;
    for (const auto& fact : history) folded = Evolve(std::move(folded), fact);
    return folded;
  }

  v1::AssessmentPolicy policy = TestPolicy();
  v1::Activity activity;
  v1::CountryRevision country;
  v1::AssessmentContent content;
  Assessment assessment;
  std::vector<v1::AssessmentFact> history;
  absl::Time now = absl::FromCivil(kFirstDay, absl::UTCTimeZone());
  absl::Status last;
  int writings = 0;
};

bool Try(Desk& desk, AssessmentCommand command) {
  switch (command) {
    case AssessmentCommand::kWrite:
      return desk.Write(kAuthor, 2, true);
    case AssessmentCommand::kSubmit:
      return desk.Submit(kAuthor);
    case AssessmentCommand::kPass:
      return desk.Review(kReviewer, v1::REVIEW_OUTCOME_OK);
    case AssessmentCommand::kReturn:
      return desk.Review(kReviewer, v1::REVIEW_OUTCOME_RETURNED);
    case AssessmentCommand::kApprove:
      return desk.Approve(kMinister);
    case AssessmentCommand::kProceed:
      return desk.DecideFinally(kDecider, v1::VERDICT_PROCEED);
    case AssessmentCommand::kDecline:
      return desk.DecideFinally(kDecider, v1::VERDICT_DECLINE);
    case AssessmentCommand::kReopen:
      return desk.Reopen(kReviewer);
    case AssessmentCommand::kCompleteMitigation:
      return desk.Complete(kAuthor);
    case AssessmentCommand::kWithdraw:
      return desk.Withdraw(kAuthor);
  }
  return false;
}

// What is possible, as one letter a state: - (none yet), d, s, r, a, p, x (declined), w.
struct Possible {
  AssessmentCommand command;
  const char* in;
};
constexpr Possible kPossible[] = {
    {AssessmentCommand::kWrite, "-dsrapw"},  {AssessmentCommand::kSubmit, "d"},
    {AssessmentCommand::kPass, "s"},         {AssessmentCommand::kReturn, "sr"},
    {AssessmentCommand::kApprove, "r"},      {AssessmentCommand::kProceed, "a"},
    {AssessmentCommand::kDecline, "dsrap"},  {AssessmentCommand::kReopen, "srap"},
    {AssessmentCommand::kWithdraw, "dsrap"}, {AssessmentCommand::kCompleteMitigation, "srap"},
};
constexpr char kLetters[] = "-dsrapxw";

std::vector<AssessmentCommand> WayTo(AssessmentState state) {
  using enum AssessmentCommand;
  const std::vector<AssessmentCommand> all = {kWrite, kSubmit, kPass, kApprove, kProceed};
  if (state == Assessment::STATE_DECLINED) return {kWrite, kDecline};
  if (state == Assessment::STATE_WITHDRAWN) return {kWrite, kSubmit, kWithdraw};
  return {all.begin(), all.begin() + state};
}

// B1.3 rules 7 to 11: all states, all commands.
TEST(AssessmentProperty, EveryCommandInEveryState) {
  int tried = 0;
  for (int state = Assessment::STATE_UNSPECIFIED; state <= Assessment::STATE_WITHDRAWN; ++state) {
    for (const Possible& possible : kPossible) {
      Desk desk;
      for (const AssessmentCommand step : WayTo(static_cast<AssessmentState>(state))) {
        ASSERT_TRUE(Try(desk, step)) << desk.last;
      }
      ASSERT_EQ(desk.assessment.state(), state);
      const bool expected = std::string(possible.in).find(kLetters[state]) != std::string::npos;
      const bool done = Try(desk, possible.command);
      EXPECT_EQ(done, expected) << NameOf(possible.command) << " in " << kLetters[state] << ": " << desk.last;
      if (!done) {
        EXPECT_EQ(desk.assessment.state(), state);
        EXPECT_EQ(ReasonOf(desk.last), "DOCUMENT_NOT_POSSIBLE_IN_STATE");
      }
      EXPECT_EQ(
          StandingOf(desk.assessment).has_value() && StandingOf(desk.assessment)->outcome == v1::OUTCOME_SATISFIED,
          desk.assessment.state() == Assessment::STATE_PROCEEDING);
      ++tried;
    }
  }
  EXPECT_EQ(tried, 8 * kAssessmentCommands);
}

// The model: letters, people and days.
struct Model {
  char state = '-';
  int risk = 1;
  std::set<std::string> authors;
  bool due = false;  // a mitigation is open
  absl::CivilDay due_day, valid_to;
  int country = 1, based_on = 0;
  absl::CivilDay country_until = kFirstDay + 365;
  bool approved = false;

  bool Underway() const { return std::string("srap").find(state) != std::string::npos; }
  void Open() { state = 'd', approved = false, due = false; }
  bool GateOpen(absl::CivilDay day) const { return state == 'p' && approved && day <= valid_to; }
};

// The service and the model, side by side.
class Pair {
 public:
  explicit Pair(uint32_t seed) : random_(seed) {}

  void Step() {
    if (Pick(3) > 0) return Proper();
    const Actor& actor = Anybody();
    switch (Pick(14)) {
      case 0:
        return Write(actor);
      case 1:
      case 2:
        return Submit(actor);
      case 3:
      case 4:
        return Review(actor);
      case 5:
      case 6:
        return Approve(actor);
      case 7:
      case 8:
        return Proceed();
      case 9:
        return Reopen(actor);
      case 10:
        return Complete(actor);
      case 11:
        return Pick(4) == 0 ? Withdraw(actor) : ReviseCountry();
      case 12:
        return Pick(3) == 0 ? ChangeActivity() : Pass();
      default:
        return Pass();
    }
  }

  void Check() {
    const auto standing = StandingOf(desk_.assessment);
    const absl::CivilDay today = desk_.Today();
    const bool open =
        standing && standing->outcome == v1::OUTCOME_SATISFIED && *standing->from <= today && today <= *standing->to;
    ASSERT_EQ(open, model_.GateOpen(today)) << desk_.assessment.DebugString();
    // An open gate rests on what is written now, approved by nobody who wrote it, high enough.
    if (open) {
      EXPECT_EQ(standing->hash, ContentHash(desk_.content));
      EXPECT_EQ(model_.authors.count(standing->by), 0u);
      EXPECT_EQ(model_.based_on, model_.country);
    }
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(desk_.Folded(), desk_.assessment));
    // Nothing is ever removed.
    ASSERT_GE(desk_.assessment.approvals_size(), approvals_);
    ASSERT_GE(desk_.assessment.reviews_size(), reviews_);
    approvals_ = desk_.assessment.approvals_size();
    reviews_ = desk_.assessment.reviews_size();
  }
  bool opened() const { return opened_; }

 private:
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  // What comes next when nothing is in the way, by whoever does it, so that walks get somewhere.
  void Proper() {
    switch (model_.state) {
      case 'd':
        return Submit(kAuthor);
      case 's':
        return Review(kReviewer);
      case 'r':
        return Approve(kMinister);
      case 'a':
        return Proceed();
      case 'p':
        return Pass();
      default:
        return Write(kAuthor);
    }
  }
  const Actor& Anybody() {
    // A lead and an official may write as well: then they cannot approve.
    static const Actor* const all[] = {&kAuthor, &kReviewer, &kLead, &kOfficial, &kMinister};
    return *all[Pick(5)];
  }
  bool In(const char* states) const { return std::string(states).find(model_.state) != std::string::npos; }
  bool IsAuthor(const Actor& actor) const { return model_.authors.count(actor.subject) > 0; }

  void Write(const Actor& actor) {
    const int risk = 1 + Pick(3);
    const bool due = risk > 1 && Pick(2) == 0;
    ASSERT_EQ(desk_.Write(actor, risk, due), In("-dsrapw")) << desk_.last;
    if (!desk_.last.ok()) return;
    model_.Open();
    model_.risk = risk;
    model_.authors.insert(actor.subject);
    written_due_ = due;
    model_.due_day = desk_.Today() + 10;
  }
  void Submit(const Actor& actor) {
    // A day that has passed is no longer one to be met.
    const bool late = written_due_ && model_.due_day < desk_.Today();
    ASSERT_EQ(desk_.Submit(actor), In("d") && !late && desk_.Today() < model_.country_until) << desk_.last;
    if (!desk_.last.ok()) return;
    model_.state = 's';
    model_.authors.insert(actor.subject);
    model_.based_on = model_.country;
    model_.due = written_due_;
  }
  void Review(const Actor& actor) {
    const bool passes = Pick(3) > 0;
    const bool done = desk_.Review(actor, passes ? v1::REVIEW_OUTCOME_OK : v1::REVIEW_OUTCOME_RETURNED);
    ASSERT_EQ(done, In(passes ? "s" : "sr") && !IsAuthor(actor)) << desk_.last;
    if (!done) return;
    model_.state = passes ? 'r' : 'd';
  }
  void Approve(const Actor& actor) {
    const int rung = actor.subject == kLead.subject       ? 1
                     : actor.subject == kOfficial.subject ? 2
                     : actor.subject == kMinister.subject ? 3
                                                          : 0;
    const bool stale = Pick(5) == 0;
    const int days = 1 + Pick(400);
    const absl::CivilDay last = AddMonths(desk_.Today(), 12);
    const bool done = desk_.Approve(actor, stale ? std::string(64, '0') : "", days);
    ASSERT_EQ(done, In("r") && !IsAuthor(actor) && rung >= model_.risk && !stale && desk_.Today() + days <= last)
        << desk_.last;
    if (!done) return;
    model_.state = 'a';
    model_.approved = true;
    model_.valid_to = desk_.Today() + days;
  }
  void Proceed() {
    if (Pick(40) == 0) {
      ASSERT_EQ(desk_.DecideFinally(kDecider, v1::VERDICT_DECLINE), In("dsrap"));
      if (desk_.last.ok()) model_.state = 'x';
      return;
    }
    const bool operators = Pick(4) > 0;
    const Actor other{"people/carla", "organisations/office", {options::v1::ROLE_COORDINATOR}};
    ASSERT_EQ(desk_.DecideFinally(operators ? kDecider : other, v1::VERDICT_PROCEED), In("a") && operators);
    if (!desk_.last.ok()) return;
    model_.state = 'p';
    opened_ = true;
  }
  void Reopen(const Actor& actor) {
    ASSERT_EQ(desk_.Reopen(actor), model_.Underway());
    if (desk_.last.ok()) model_.Open();
  }
  void Complete(const Actor& actor) {
    ASSERT_EQ(desk_.Complete(actor), model_.Underway() && model_.due) << desk_.last;
    if (desk_.last.ok()) model_.due = false;
  }
  void Withdraw(const Actor& actor) {
    ASSERT_EQ(desk_.Withdraw(actor), In("dsrap"));
    if (desk_.last.ok()) model_.state = 'w';
  }
  void ReviseCountry() {
    desk_.country.set_revision(++model_.country);
    model_.country_until = desk_.Today() + 365;
    *desk_.country.mutable_review_due() = ToDate(model_.country_until);
    desk_.Add(OnCountryChanged(desk_.assessment, "GE", "people/post", desk_.now));  // another one
    desk_.Add(OnCountryChanged(desk_.assessment, "AM", "people/post", desk_.now));
    if (model_.Underway()) model_.Open();
  }
  void ChangeActivity() {
    desk_.Add(OnActivityChanged(desk_.assessment, "system/compliance", desk_.now));
    if (model_.Underway()) model_.Open();
  }
  // Some days go by, and the clock's door is opened each time it says it has something to do.
  void Pass() {
    desk_.now += absl::Hours(24 * (1 + Pick(40)));
    for (auto due = NextDue(desk_.assessment); due && *due <= desk_.now; due = NextDue(desk_.assessment)) {
      const auto facts = OnTime(desk_.assessment, desk_.policy, desk_.now);
      ASSERT_FALSE(facts.empty());
      desk_.Add(facts);
    }
    EXPECT_TRUE(OnTime(desk_.assessment, desk_.policy, desk_.now).empty());
    if (model_.Underway() && model_.due && model_.due_day < desk_.Today()) model_.Open();
  }

  std::mt19937 random_;
  Desk desk_;
  Model model_;
  bool written_due_ = false;
  bool opened_ = false;
  int approvals_ = 0, reviews_ = 0;
};

// B1.3 rules 7 to 11: no edit after an approval leaves the gate open, whoever does what in whatever order.
TEST(AssessmentProperty, RandomHistoriesOpenTheGateExactlyWhenTheModelDoes) {
  const uint32_t seed = TestSeed();
  const int64_t walks = RunSize(10'000, 300'000);
  int opened = 0;
  for (int64_t walk = 0; walk < walks; ++walk) {
    Pair pair(seed + static_cast<uint32_t>(walk));
    for (int step = 0; step < 40; ++step) {
      pair.Step();
      pair.Check();
      if (::testing::Test::HasFailure()) FAIL() << "walk " << walk << ", step " << step;
    }
    opened += pair.opened() ? 1 : 0;
  }
  EXPECT_GT(opened, walks / 20) << "the walks hardly ever reach the gate";
}

}  // namespace
}  // namespace amikeco::compliance
