#include "demo/oracle.h"

#include <algorithm>
#include <vector>

#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/dates.h"

namespace amikeco::demo {
namespace {

// What the programme asks of an applicant, in the oracle's own words.
std::set<std::string> ReasonsAgainst(const Officer& officer, absl::CivilDay today) {
  namespace v1 = programme::v1;
  std::set<std::string> reasons;
  const absl::CivilDay received = today + officer.submit_day;
  const auto& membership = officer.membership;
  const auto& declared = officer.declarations;

  const bool paid_up = !membership.has_until() || ToDay(membership.until()) >= received;
  if (!paid_up) reasons.insert("NOT_MEMBER");
  if (membership.membership_class() != v1::MEMBERSHIP_CLASS_REGULAR) reasons.insert("ASSOCIATE_MEMBER");
  const absl::CivilDay since = ToDay(membership.since());
  if (received <= absl::CivilDay(since.year() + 1, since.month(), since.day())) reasons.insert("TENURE_TOO_SHORT");
  if (officer.duty != v1::DUTY_STATUS_ACTIVE && officer.duty != v1::DUTY_STATUS_STUDENT) reasons.insert("DUTY_STATUS");
  const bool speaks = std::any_of(declared.languages().begin(), declared.languages().end(),
                                  [](const auto& skill) { return skill.code() == "en" && skill.level() >= "B2"; });
  if (!speaks) reasons.insert("LANGUAGE");
  // Four calendar months; no story starts on a day that the fourth month lacks by more than the month's end.
  absl::CivilDay least(received.year(), received.month() + 4, 1);
  const absl::CivilDay month_end = absl::CivilDay(absl::CivilMonth(least) + 1) - 1;
  least = std::min(least + (received.day() - 1), month_end);
  if (ToDay(officer.wishes.earliest_start()) < least) reasons.insert("NOTICE_TOO_SHORT");
  const auto acknowledges = [&](v1::Acknowledgement what) {
    return std::count(declared.acknowledgements().begin(), declared.acknowledgements().end(), what) > 0;
  };
  if (!acknowledges(v1::ACKNOWLEDGEMENT_FLEXIBILITY)) reasons.insert("FLEXIBILITY_NOT_ACKNOWLEDGED");
  if (declared.cost_categories().empty()) reasons.insert("COSTS_NOT_ACKNOWLEDGED");
  if (declared.has_private_travel_start() &&
      ToDay(declared.private_travel_start()) <= ToDay(officer.wishes.latest_end())) {
    reasons.insert("PRIVATE_TRAVEL_DURING_STAY");
  }
  if (declared.employer_status() == applicant::v1::EMPLOYER_STATUS_REFUSED) reasons.insert("EMPLOYER_NOT_AUTHORISED");
  return reasons;
}

// Who holds a contested seat in the end: the first to ask, until somebody of a better tier asks before command
// approved.
const Officer* Winner(const Cast& cast, int seat) {
  std::vector<const Officer*> rivals;
  for (const Officer& officer : cast.officers) {
    if (officer.private_seat == seat) rivals.push_back(&officer);
  }
  std::stable_sort(rivals.begin(), rivals.end(),
                   [](const Officer* a, const Officer* b) { return a->submit_day < b->submit_day; });
  const Officer* holder = rivals.front();
  int approved_on = holder->submit_day + holder->answer_after;
  for (const Officer* rival : rivals) {
    const bool better =
        rival->duty == programme::v1::DUTY_STATUS_ACTIVE && holder->duty != programme::v1::DUTY_STATUS_ACTIVE;
    if (better && rival->submit_day < approved_on) {
      holder = rival;
      approved_on = rival->submit_day + rival->answer_after;
    }
  }
  return holder;
}

}  // namespace

Ending Foretell(const Cast& cast, const Officer& officer, absl::CivilDay today) {
  std::set<std::string> reasons = ReasonsAgainst(officer, today);
  if (officer.plot == Plot::kNoticeOverridden) reasons.erase("NOTICE_TOO_SHORT");
  if (!reasons.empty()) return {"INELIGIBLE", reasons};
  if (officer.private_seat >= 0) return {Winner(cast, officer.private_seat) == &officer ? "CLOSED" : "UNPLACED", {}};
  switch (officer.plot) {
    case Plot::kNeverEndorsed:
      return {"LAPSED", {}};
    case Plot::kWithdraws:
      return {"WITHDRAWN", {}};
    case Plot::kEverybodyDeclines:
      return {"UNPLACED", {}};
    case Plot::kNeverSigns:
    case Plot::kCoverCancelledForGood:
    case Plot::kRevoked:
      return {"CANCELLED", {}};
    default:
      return {"CLOSED", {}};
  }
}

}  // namespace amikeco::demo
