#include "demo/cast.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/dates.h"
#include "demo/others.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;

// How often each plot is dealt, out of 100; what is left over is smooth. Contests for a seat are dealt apart.
constexpr std::pair<Plot, int> kShares[] = {
    {Plot::kItinerary, 6},
    {Plot::kHostsDecline, 10},
    {Plot::kHostSilent, 6},
    {Plot::kCommandRefuses, 5},
    {Plot::kDeclinesPlace, 4},
    {Plot::kEverybodyDeclines, 4},
    {Plot::kIneligible, 14},
    {Plot::kNoticeOverridden, 3},
    {Plot::kNeverEndorsed, 4},
    {Plot::kWithdraws, 9},
    {Plot::kNeverSigns, 3},
    {Plot::kShortCover, 4},
    {Plot::kChangesDates, 5},
    {Plot::kCoverCancelledRenewed, 3},
    {Plot::kCoverCancelledForGood, 2},
    {Plot::kRevoked, 3},
    {Plot::kRevokedReinstated, 2},
};

// So many officers of the exchange for each applicant to any other programme.
constexpr int kOfficersForEachOther = 16;

constexpr const char* kTopics[] = {"street-patrol", "detectives", "community-services", "ordnance", "traffic",
                                   "forensics",     "k9",         "domestic-violence"};
constexpr const char* kRareLanguages[] = {"eo", "ga", "mt", "lb", "is", "eu", "cy", "rm"};

class Dealer {
 public:
  Dealer(int seed, absl::CivilDay today, const programme::v1::Programme& exchange)
      : seed_(seed), today_(today), exchange_(exchange), random_(seed) {}

  int Between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

  // An officer for whom everything holds and nothing happens.
  Applicant Plain(int index) {
    Applicant officer;
    officer.programme = &exchange_;
    officer.index = index;
    const std::string id = IdOf(seed_, index);
    officer.member = "members/" + id;
    officer.application = "applications/" + id;
    officer.home = std::string("sections/") + kSections[Between(0, std::size(kSections) - 1)];
    officer.submit_day = Between(0, 20);
    officer.endorse_after = Between(-1, 10);
    officer.answer_after = Between(0, 6);
    if (Between(1, 8) == 1) officer.duty = programme::v1::DUTY_STATUS_STUDENT;
    officer.membership.set_membership_class(programme::v1::MEMBERSHIP_CLASS_REGULAR);
    *officer.membership.mutable_since() = ToDate(today_ - Between(800, 4000));
    Wish(officer, today_ + officer.submit_day + Between(135, 200), Between(14, 45), Between(0, 30));
    Declare(officer);
    return officer;
  }

  // Wants `days` days between `start` and as many days later and `slack` more.
  void Wish(Applicant& officer, absl::CivilDay start, int days, int slack) {
    auto& wishes = officer.wishes;
    *wishes.mutable_earliest_start() = ToDate(start);
    *wishes.mutable_latest_end() = ToDate(start + (days - 1) + slack);
    wishes.set_stay_days(days);
    wishes.set_stay_language("en");
    wishes.set_home_host(Between(0, 1) == 1);
    wishes.clear_topics();
    const int first = Between(0, std::size(kTopics) - 1);
    for (int i = 0; i < 3; ++i) wishes.add_topics(kTopics[(first + i) % std::size(kTopics)]);
    wishes.clear_regions();
    wishes.add_regions(kRegions[Between(0, std::size(kRegions) - 1)]);
  }

  void Declare(Applicant& officer) {
    auto& declared = officer.declarations;
    declared.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_FLEXIBILITY);
    declared.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE);
    declared.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_NOT_A_VACATION);
    auto* english = declared.add_languages();
    english->set_code("en");
    english->set_level("C1");
    declared.set_employer_status(applicant::v1::EMPLOYER_STATUS_PAID_LEAVE);
    for (const auto& category : exchange_.funding().cost_categories()) declared.add_cost_categories(category);
    declared.set_rank("Sergeant");
    declared.set_service_years(Between(4, 20));
  }

  void Spoil(Applicant& officer, Flaw flaw) {
    auto& declared = officer.declarations;
    switch (flaw) {
      case Flaw::kMembershipExpired:
        *officer.membership.mutable_until() = ToDate(today_ - Between(1, 25));  // behind the latest first day
        break;
      case Flaw::kAssociate:
        officer.membership.set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
        break;
      case Flaw::kTenureTooShort:
        *officer.membership.mutable_since() = ToDate(today_ - Between(30, 300));
        break;
      case Flaw::kRetired:
        officer.duty = programme::v1::DUTY_STATUS_RETIRED;
        break;
      case Flaw::kLanguageTooWeak:
        declared.mutable_languages(0)->set_level("A1");
        break;
      case Flaw::kNoticeTooShort:
        Wish(officer, today_ + officer.submit_day + Between(30, 110), officer.wishes.stay_days(), 5);
        break;
      case Flaw::kNotFlexible:
        declared.clear_acknowledgements();
        declared.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE);
        declared.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_NOT_A_VACATION);
        break;
      case Flaw::kCostsNotAcknowledged:
        declared.clear_cost_categories();
        break;
      case Flaw::kTravelsBeforeEnd:
        *declared.mutable_private_travel_start() = ToDate(ToDay(officer.wishes.latest_end()) - 2);
        *declared.mutable_private_travel_end() = ToDate(ToDay(officer.wishes.latest_end()) + 6);
        break;
      case Flaw::kEmployerRefused:
        declared.set_employer_status(applicant::v1::EMPLOYER_STATUS_REFUSED);
        break;
    }
  }

  Plot DealPlot() {
    int left = Between(1, 100);
    for (const auto& [plot, share] : kShares) {
      if ((left -= share) <= 0) return plot;
    }
    return Plot::kSmooth;
  }

  void GiveScript(Applicant& officer) {
    switch (officer.plot = DealPlot()) {
      case Plot::kHostsDecline:
        officer.answers.assign(Between(1, 3), HostAnswer::kDecline);
        break;
      case Plot::kHostSilent:
        officer.answers = {HostAnswer::kSilent};
        break;
      case Plot::kCommandRefuses:
        officer.answers = {HostAnswer::kCommandRefuses};
        break;
      case Plot::kEverybodyDeclines:
        officer.answers.assign(100, HostAnswer::kDecline);
        break;
      case Plot::kIneligible: {
        std::set<int> flaws;
        for (int wanted = Between(1, 4); static_cast<int>(flaws.size()) < wanted;) flaws.insert(Between(0, 9));
        for (const int flaw : flaws) officer.flaws.push_back(static_cast<Flaw>(flaw));
        break;
      }
      case Plot::kNoticeOverridden:
        officer.flaws = {Flaw::kNoticeTooShort};
        break;
      case Plot::kWithdraws: {
        static constexpr int kStates[] = {
            Application::STATE_AWAITING_ENDORSEMENT, Application::STATE_INVITED, Application::STATE_HOST_WILLING,
            Application::STATE_COMMAND_APPROVED,     Application::STATE_AGREED,  Application::STATE_CLEARED};
        officer.withdraw_at = kStates[Between(0, std::size(kStates) - 1)];
        // So that the state is there to be seen at the end of a day.
        officer.endorse_after = std::max(officer.endorse_after, 2);
        officer.answer_after = std::max(officer.answer_after, 1);
        break;
      }
      default:
        break;
    }
    // Notice has to be short from the first on, but still leave time for hosts to answer.
    if (officer.plot == Plot::kNoticeOverridden) {
      Wish(officer, today_ + officer.submit_day + 105, officer.wishes.stay_days(), 10);
    } else {
      for (const Flaw flaw : officer.flaws) Spoil(officer, flaw);
    }
  }

 private:
  int seed_;
  absl::CivilDay today_;
  const programme::v1::Programme& exchange_;
  std::mt19937 random_;
};

// Contests for one seat. Their officers are endorsed beforehand, so that the order of submission is the order of the
// search.
class Contests {
 public:
  Contests(Dealer& dealer, Cast& cast, absl::CivilDay first_day)
      : dealer_(dealer), cast_(cast), first_day_(first_day) {}

  // A student came first and still yields to an officer on active duty (A0-05).
  void ActiveBeforeStudent(int& index) {
    OpenHost();
    Add(index++, Plot::kSeatLost, 0, programme::v1::DUTY_STATUS_STUDENT, 8);
    Add(index++, Plot::kSeatWon, 3, programme::v1::DUTY_STATUS_ACTIVE, 1);
  }
  // Of two in the same tier the first is asked for.
  void FirstComesFirst(int& index) {
    OpenHost();
    Add(index++, Plot::kSeatWon, 1, programme::v1::DUTY_STATUS_ACTIVE, 2);
    Add(index++, Plot::kSeatLost, 2, programme::v1::DUTY_STATUS_ACTIVE, 0);
  }
  // With nobody else there a student gets the seat (A0-06).
  void StudentAlone(int& index) {
    OpenHost();
    Add(index++, Plot::kSeatWon, 0, programme::v1::DUTY_STATUS_STUDENT, 1);
  }
  // What command has approved is not taken away again.
  void ApprovedStudentStays(int& index) {
    OpenHost();
    Add(index++, Plot::kSeatWon, 0, programme::v1::DUTY_STATUS_STUDENT, 0);
    Add(index++, Plot::kSeatLost, 18, programme::v1::DUTY_STATUS_ACTIVE, 0);
  }

 private:
  void OpenHost() {
    cast_.private_hosts.push_back({kRareLanguages[cast_.private_hosts.size()], first_day_, first_day_ + 29, ""});
  }
  void Add(int index, Plot plot, int submit_day, programme::v1::DutyStatus duty, int answer_after) {
    Applicant officer = dealer_.Plain(index);
    officer.plot = plot;
    officer.submit_day = submit_day;
    officer.endorse_after = -1;
    officer.duty = duty;
    officer.answer_after = answer_after;
    officer.private_seat = static_cast<int>(cast_.private_hosts.size()) - 1;
    const PrivateHost& host = cast_.private_hosts.back();
    // 20 of 30 days: two such stays always meet.
    dealer_.Wish(officer, host.first_day, 20, 10);
    officer.wishes.set_stay_language(host.language);
    cast_.applicants.push_back(std::move(officer));
  }

  Dealer& dealer_;
  Cast& cast_;
  absl::CivilDay first_day_;
};

}  // namespace

std::string IdOf(int seed, int index) { return absl::StrFormat("d%d-%03d", seed, index); }

Cast MakeCast(int seed, int officers, absl::CivilDay today, const std::vector<programme::v1::Programme>& programmes,
              size_t exchange) {
  Cast cast;
  Dealer dealer(seed, today, programmes[exchange]);
  cast.first_day = today + 30;
  cast.last_day = today + 360;
  int index = 1;
  Contests contests(dealer, cast, today + 150);
  while (officers - index >= 12 && cast.private_hosts.size() < std::size(kRareLanguages)) {
    contests.ActiveBeforeStudent(index);
    contests.FirstComesFirst(index);
    contests.StudentAlone(index);
    contests.ApprovedStudentStays(index);
  }
  while (index <= officers) {
    Applicant officer = dealer.Plain(index++);
    dealer.GiveScript(officer);
    cast.applicants.push_back(std::move(officer));
  }
  for (size_t i = 0; i < programmes.size(); ++i) {
    if (i != exchange) AddApplicants(seed, officers / kOfficersForEachOther, today, programmes[i], cast);
  }
  return cast;
}

const char* Title(Plot plot) {
  switch (plot) {
    case Plot::kSmooth:
      return "all went smoothly";
    case Plot::kItinerary:
      return "stayed at two agencies";
    case Plot::kHostsDecline:
      return "hosts declined, another took the applicant";
    case Plot::kHostSilent:
      return "an invitation lapsed, another host answered";
    case Plot::kCommandRefuses:
      return "command refused, another host's approved";
    case Plot::kDeclinesPlace:
      return "declined a place, took the next";
    case Plot::kEverybodyDeclines:
      return "no host was left";
    case Plot::kIneligible:
      return "rules did not hold";
    case Plot::kNoticeOverridden:
      return "short notice was set aside";
    case Plot::kNeverEndorsed:
      return "was not endorsed in time";
    case Plot::kWithdraws:
      return "withdrew";
    case Plot::kNeverSigns:
      return "never signed the waiver";
    case Plot::kShortCover:
      return "cover was too short, then extended";
    case Plot::kChangesDates:
      return "changed dates after agreement";
    case Plot::kCoverCancelledRenewed:
      return "cover cancelled mid-stay, renewed";
    case Plot::kCoverCancelledForGood:
      return "cover cancelled mid-stay";
    case Plot::kRevoked:
      return "clearance revoked before the start";
    case Plot::kRevokedReinstated:
      return "clearance revoked and reinstated";
    case Plot::kSeatWon:
      return "won the one seat";
    case Plot::kSeatLost:
      return "the one seat went to another";
    case Plot::kNeverVetted:
      return "one of a cohort was not vetted";
    case Plot::kMissingReview:
      return "a review was never recorded";
    case Plot::kJudged:
      return "the jury's points decided";
    case Plot::kNeverAccepts:
      return "never accepted an award";
  }
  return "";
}

}  // namespace amikeco::demo
