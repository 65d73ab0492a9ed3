#include "services/applicant/award.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "services/applicant/errors.h"
#include "services/applicant/intake.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using programme::v1::EligibilityRule;
using programme::v1::Programme;
using programme::v1::Selection;
using v1::Entry;
using Facts = std::vector<v1::ApplicationFact>;

// Full years; born on 29 February, a birthday is on 28 February in other years.
int YearsOn(absl::CivilDay day, absl::CivilDay birth) {
  const int years = static_cast<int>(day.year() - birth.year());
  return AddMonths(birth, 12 * years) <= day ? years : years - 1;
}

// What the three facts about an entry's outcome have in common.
template <typename Fact>
void SetOutcome(Fact& fact, const Entry& entry, const v1::Intake& intake, const Circumstance& c) {
  fact.set_intake(intake.name());
  *fact.mutable_standing() = entry.standing();
  *fact.mutable_date() = ToDate(Today(c));
}

// The intake took no more entries before the application was complete, or was cancelled.
v1::ApplicationFact Dropped(const v1::Intake& intake, const Circumstance& c) {
  v1::ApplicationFact fact;
  if (intake.state() == v1::Intake::STATE_CANCELLED) {
    fact.mutable_cancelled()->set_by(intake.ended_by());
    fact.mutable_cancelled()->set_reason(intake.end_reason());
  } else {
    *fact.mutable_lapsed()->mutable_date() = ToDate(Today(c));
  }
  return fact;
}

Event EventOf(const Entry& entry, const v1::Intake& intake) {
  switch (entry.stage()) {
    case Entry::STAGE_RESERVE:
      return Event::kEntryRanked;
    case Entry::STAGE_OFFERED:
    case Entry::STAGE_AWARDED:
      return Event::kEntrySelected;
    case Entry::STAGE_NOT_SELECTED:
      return Event::kEntryNotSelected;
    default:
      return intake.state() == v1::Intake::STATE_CANCELLED ? Event::kIntakeCancelled : Event::kEntryDropped;
  }
}

}  // namespace

template <typename Request>
void CheckForm(const Request& request, const Programme& programme, FieldErrors& wrong) {
  if (!Selects(programme)) {
    if (!request.has_wishes()) wrong.Add("wishes", "is missing");
    if (!request.intake().empty()) wrong.Add("intake", "must be empty; this programme has no intakes");
    if (request.has_beneficiary()) wrong.Add("beneficiary", "must be left out; the application is for the member");
    return;
  }
  if (request.has_wishes()) wrong.Add("wishes", "must be left out; places of this programme go by ranking");
  if (request.intake().empty()) {
    wrong.Add("intake", absl::StrCat("is missing; ListIntakes has those of ", programme.name()));
  }
  const bool for_child = programme.selection().beneficiary() == Selection::BENEFICIARY_KIND_CHILD;
  if (for_child && !request.has_beneficiary()) wrong.Add("beneficiary", "is missing: the child it is for");
  if (!for_child && request.has_beneficiary()) {
    wrong.Add("beneficiary", "must be left out; the application is for the member");
  }
}

template void CheckForm(const v1::SubmitApplicationRequest&, const Programme&, FieldErrors&);
template void CheckForm(const v1::CheckEligibilityRequest&, const Programme&, FieldErrors&);

int BeneficiaryAgeOf(const v1::Beneficiary& beneficiary, const Programme& programme, absl::CivilDay received,
                     const v1::Intake* intake) {
  if (!beneficiary.has_birth_date()) return 0;
  for (const EligibilityRule& rule : programme.eligibility()) {
    if (!rule.has_beneficiary_age()) continue;
    const bool at_start = rule.beneficiary_age().on() == EligibilityRule::REFERENCE_DATE_START;
    const bool dated = intake != nullptr && intake->has_first_day();
    const absl::CivilDay day = at_start && dated ? ToDay(intake->first_day()) : received;
    return std::max(0, YearsOn(day, ToDay(beneficiary.birth_date())));
  }
  return 0;
}

absl::Status CheckEntry(const Circumstance& c) {
  if (c.intake == nullptr) return absl::OkStatus();
  return CheckTakes(*c.intake, c.programme, {c.persons[0].parties().begin(), c.persons[0].parties().end()}, Today(c));
}

v1::ApplicationFact Entered(const v1::Application& application, const Circumstance& c) {
  v1::ApplicationFact fact;
  fact.mutable_selection_entered()->set_intake(application.intake());
  *fact.mutable_selection_entered()->mutable_date() = ToDate(Today(c));
  return fact;
}

ApplicationFacts Decide(const v1::Application& application, const v1::AcceptAwardRequest& command,
                        const Circumstance& c) {
  if (!IsPossible(application.state(), Event::kAcceptAward)) {
    return errors::NotPossibleInState(application, NameOf(Event::kAcceptAward));
  }
  v1::ApplicationFact fact;
  fact.mutable_award_accepted()->set_by(c.actor.subject);
  *fact.mutable_award_accepted()->mutable_date() = ToDate(Today(c));
  return Facts{fact};
}

Facts Follow(const v1::Application& application, const v1::Intake& intake, const Circumstance& c) {
  const Entry* entry = FindEntry(intake, application.name());
  const bool waits =
      entry == nullptr || entry->stage() == Entry::STAGE_RECEIVED || entry->stage() == Entry::STAGE_ADMITTED;
  if (waits || !IsPossible(application.state(), EventOf(*entry, intake))) return {};
  v1::ApplicationFact fact;
  switch (EventOf(*entry, intake)) {
    case Event::kEntryRanked:
      if (application.award().has_standing()) return {};
      SetOutcome(*fact.mutable_entry_ranked(), *entry, intake, c);
      return {fact};
    case Event::kEntrySelected:
      SetOutcome(*fact.mutable_entry_selected(), *entry, intake, c);
      if (entry->has_answer_by()) *fact.mutable_entry_selected()->mutable_answer_by() = entry->answer_by();
      return {fact};
    case Event::kEntryNotSelected:
      SetOutcome(*fact.mutable_entry_not_selected(), *entry, intake, c);
      return {fact};
    default:
      return {Dropped(intake, c)};
  }
}

}  // namespace amikeco::applicant
