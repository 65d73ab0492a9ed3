#include "demo/others.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/dates.h"
#include "demo/fit.h"
#include "demo/programmes.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;
using programme::v1::EligibilityRule;
using programme::v1::Programme;

constexpr const char* kRequesters[] = {"organisations/moi-am", "organisations/moi-md", "organisations/moi-pe",
                                       "organisations/police-of-kenya", "organisations/security-forum"};
constexpr const char* kRecipients[] = {"AM", "MD", "PE", "KE", "MK", "CO"};
constexpr const char* kTopics[] = {"street-patrol", "detectives", "community-services", "traffic", "forensics"};
// None in which the exchange's own contests are held.
constexpr const char* kContestLanguages[] = {"hy", "sq", "mk", "ka", "az", "kk", "bs", "fo"};

// That all jurors together can give for a criterion. With none there are 31 sums, so that steps of 7 meet each once.
constexpr int kMostSums = kJurors * kMostPoints;

struct Turn {
  Plot plot;
  bool suits;
};

// What can happen to an applicant to this programme; each once to somebody.
std::vector<Plot> PlotsFor(const Programme& programme) {
  const bool organisation = IsForOrganisations(programme), cohort = IsForCohorts(programme);
  const bool sought = IsSought(programme), judged = IsJudged(programme);
  const auto* review = FirstReview(programme);
  const Turn turns[] = {
      {Plot::kSmooth, !judged},
      {Plot::kJudged, judged},
      {Plot::kNeverAccepts, judged && programme.selection().answer_days() > 0},
      {Plot::kIneligible, true},
      {Plot::kWithdraws, true},
      {Plot::kNeverEndorsed, IsEndorsed(programme) && programme.endorsement_days() > 0},
      {Plot::kHostsDecline, sought && !organisation},
      {Plot::kEverybodyDeclines, sought},
      {Plot::kChangesDates, !cohort && !judged},
      {Plot::kNeverVetted, cohort && review != nullptr && review->per_person()},
      {Plot::kMissingReview, !cohort && !sought && !judged && review != nullptr},
  };
  std::vector<Plot> plots;
  for (const Turn& turn : turns) {
    if (turn.suits) plots.push_back(turn.plot);
  }
  return plots;
}

// A state in which an application to the programme is for a while, whatever happens.
int StateToWithdrawIn(const Programme& programme) {
  if (programme.has_triage()) return Application::STATE_AWAITING_TRIAGE;
  if (IsJudged(programme)) return Application::STATE_IN_SELECTION;
  return IsSought(programme) ? Application::STATE_INVITED : Application::STATE_AGREED;
}

class Caster {
 public:
  Caster(int seed, absl::CivilDay today, const Programme& programme, Cast& cast)
      : seed_(seed),
        today_(today),
        programme_(programme),
        cast_(cast),
        random_(static_cast<unsigned>(seed) * 1000003U + static_cast<unsigned>(cast.applicants.size())) {}

  void Add(Plot plot) {
    Applicant applicant = Plain();
    applicant.plot = plot;
    switch (plot) {
      case Plot::kIneligible:
        SpoilSome(applicant);
        break;
      case Plot::kWithdraws:
        applicant.withdraw_at = StateToWithdrawIn(programme_);
        break;
      case Plot::kHostsDecline:
        applicant.answers.assign(Between(1, 2), HostAnswer::kDecline);
        break;
      case Plot::kEverybodyDeclines:
        applicant.answers.assign(100, HostAnswer::kDecline);
        break;
      default:
        break;
    }
    cast_.applicants.push_back(std::move(applicant));
  }

  // Open for as long as anybody here takes to apply and to be endorsed.
  void CallForApplications() {
    intake_ = static_cast<int>(cast_.intakes.size());
    cast_.intakes.push_back(
        {&programme_, absl::StrCat("intakes/d", seed_, "-", intake_ + 1), today_ + 35, today_ + 120, today_ + 133});
  }

  // Two that want one seat: who has fewer points is triaged first, and yields to the other while command has not yet
  // approved.
  void AddContest() {
    const int days = StayDays();
    const absl::CivilDay first = AddMonths(today_ + 20, NoticeMonths()) + 60;
    // Two stays of two thirds of the window always meet.
    const absl::CivilDay last = first + (days + days / 2) - 1;
    const size_t held = std::count_if(cast_.private_hosts.begin(), cast_.private_hosts.end(),
                                      [](const PrivateHost& host) { return !host.country.empty(); });
    if (held == std::size(kContestLanguages)) return;
    cast_.private_hosts.push_back({kContestLanguages[held], first, last, CountryOf(programme_)});
    Contend(Plot::kSeatLost, 0, 8, days);
    Contend(Plot::kSeatWon, 3, 1, days);
    Applicant& winner = cast_.applicants.back();
    winner.harm = 4;
    for (const auto& priority : programme_.triage().priorities()) winner.priorities.push_back(priority.id());
  }

  int Between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

 private:
  int NoticeMonths() const {
    const EligibilityRule* rule = FindRule(programme_, EligibilityRule::kNotice);
    return rule == nullptr ? 2 : rule->notice().months();
  }
  int StayDays() {
    const EligibilityRule* rule = FindRule(programme_, EligibilityRule::kStayLength);
    if (rule == nullptr) return Between(3, 12);
    const int least = rule->stay_length().min_days();
    return Between(least, std::min(rule->stay_length().max_days(), least + 15));
  }

  // An applicant for whom all holds and to whom nothing happens.
  Applicant Plain() {
    Applicant applicant;
    applicant.programme = &programme_;
    applicant.index = static_cast<int>(cast_.applicants.size()) + 1;
    const std::string id = IdOf(seed_, applicant.index);
    applicant.application = absl::StrCat("applications/", id);
    applicant.submit_day = Between(0, 20);
    applicant.endorse_after = IsEndorsed(programme_) ? Between(0, 10) : 0;
    applicant.answer_after = Between(0, 3);
    const absl::CivilDay received = today_ + applicant.submit_day;
    applicant.wishes.set_stay_language("en");
    for (int i = Between(0, 2); i < static_cast<int>(std::size(kTopics)); i += 2)
      applicant.wishes.add_topics(kTopics[i]);
    SetDays(applicant, AddMonths(received, NoticeMonths()) + Between(10, 40), StayDays(), Between(0, 15));
    if (intake_ >= 0) Compete(applicant);
    if (IsForOrganisations(programme_)) {
      Request(applicant);
    } else {
      applicant.member = absl::StrCat("members/", id);
      applicant.home = absl::StrCat("sections/", kSections[Between(0, std::size(kSections) - 1)]);
      applicant.membership.set_membership_class(programme::v1::MEMBERSHIP_CLASS_REGULAR);
      *applicant.membership.mutable_since() = ToDate(received - 1200);
    }
    for (const EligibilityRule& rule : programme_.eligibility()) Fit(rule, received, Between(0, 1000), applicant);
    return applicant;
  }

  // The days are those of the places.
  void Compete(Applicant& applicant) {
    const Intake& intake = cast_.intakes[static_cast<size_t>(intake_)];
    applicant.intake = intake_;
    applicant.points = kMostSums - (7 * entered_++) % (kMostSums + 1);
    SetDays(applicant, intake.first_day, static_cast<int>(intake.last_day - intake.first_day) + 1, 0);
    applicant.child_born = today_ - 5000;
  }

  void Request(Applicant& applicant) {
    applicant.home = kRequesters[Between(0, std::size(kRequesters) - 1)];
    auto& asked = applicant.assistance;
    asked.set_requester(applicant.home);
    asked.set_requester_type(programme::v1::REQUESTER_TYPE_FOREIGN_GOVERNMENT);
    asked.set_category(programme::v1::ASSISTANCE_CATEGORY_COURSE);
    asked.set_service_area("leadership");
    asked.set_delivery(programme::v1::DELIVERY_MODE_AT_PROVIDER);
    asked.add_countries(kRecipients[Between(0, std::size(kRecipients) - 1)]);
    asked.set_participants(Between(3, 20));
    if (!programme_.has_triage()) return;
    applicant.triage_after = Between(0, 5);
    applicant.harm = Between(0, 4);
    for (const auto& priority : programme_.triage().priorities()) {
      if (Between(1, 4) == 1) applicant.priorities.push_back(priority.id());
    }
  }

  // What sets the programme apart is always wrong, and sometimes more.
  void SpoilSome(Applicant& applicant) {
    const absl::CivilDay received = today_ + applicant.submit_day;
    bool spoilt = false;
    for (const auto rule : {EligibilityRule::kCohort, EligibilityRule::kScope}) {
      const EligibilityRule* found = FindRule(programme_, rule);
      if (found != nullptr) spoilt |= Spoil(*found, received, applicant);
    }
    const int rules = programme_.eligibility_size();
    for (int more = Between(spoilt ? 0 : 1, 3), tries = 0; more > 0 && tries < 100; ++tries) {
      if (Spoil(programme_.eligibility(Between(0, rules - 1)), received, applicant)) --more;
    }
  }

  // On the days and in the language of the host that was added last.
  void Contend(Plot plot, int submit_day, int answer_after, int days) {
    Applicant applicant = Plain();
    const PrivateHost& host = cast_.private_hosts.back();
    applicant.plot = plot;
    applicant.submit_day = submit_day;
    applicant.triage_after = 1;
    applicant.answer_after = answer_after;
    applicant.harm = 0;
    applicant.priorities.clear();
    applicant.private_seat = static_cast<int>(cast_.private_hosts.size()) - 1;
    SetDays(applicant, host.first_day, days, static_cast<int>(host.last_day - host.first_day) + 1 - days);
    applicant.wishes.set_stay_language(host.language);
    cast_.applicants.push_back(std::move(applicant));
  }

  const int seed_;
  const absl::CivilDay today_;
  const Programme& programme_;
  Cast& cast_;
  std::mt19937 random_;
  int intake_ = -1;
  int entered_ = 0;
};

}  // namespace

void AddApplicants(int seed, int wanted, absl::CivilDay today, const Programme& programme, Cast& cast) {
  Caster caster(seed, today, programme, cast);
  const std::vector<Plot> plots = PlotsFor(programme);
  const size_t before = cast.applicants.size();
  if (IsJudged(programme)) {
    caster.CallForApplications();
    wanted = std::min(wanted, kMostSums);
    // Who is dealt first has the most points: a place is handed on.
    if (programme.selection().answer_days() > 0) caster.Add(Plot::kNeverAccepts);
    // More than there are places.
    for (int i = 0; i < kPlaces; ++i) caster.Add(Plot::kJudged);
  }
  for (const Plot plot : plots) caster.Add(plot);
  if (IsForOrganisations(programme) && IsSought(programme) && programme.has_triage()) caster.AddContest();
  while (cast.applicants.size() < before + static_cast<size_t>(wanted)) {
    // Every second goes smoothly.
    const int turn = caster.Between(0, 2 * static_cast<int>(plots.size()) - 1);
    caster.Add(plots[turn < static_cast<int>(plots.size()) ? static_cast<size_t>(turn) : 0]);
  }
}

}  // namespace amikeco::demo
