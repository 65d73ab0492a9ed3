// How an intake folds: one fact after the other.
#include <algorithm>
#include <utility>

#include "common/base/dates.h"
#include "common/base/zones.h"
#include "services/applicant/intake.h"

namespace amikeco::applicant::v1 {
namespace {

void Schedule(Intake& intake, const IntakeScheduled& fact) {
  intake.set_name(fact.name());
  intake.set_programme(fact.programme());
  intake.set_programme_version(fact.programme_version());
  intake.set_title(fact.title());
  intake.set_state(Intake::STATE_SCHEDULED);
  *intake.mutable_opens() = fact.opens();
  *intake.mutable_closes() = fact.closes();
  intake.set_places(fact.places());
  intake.set_period(fact.period());
  intake.set_home_country(fact.home_country());
  intake.set_home_organisation(fact.home_organisation());
  if (fact.has_first_day()) *intake.mutable_first_day() = fact.first_day();
  if (fact.has_last_day()) *intake.mutable_last_day() = fact.last_day();
  intake.set_time_zone(fact.time_zone());
  *intake.mutable_parties() = fact.parties();
  *intake.mutable_announce_to() = fact.announce_to();
}

void Receive(Intake& intake, const EntryReceived& fact) {
  Entry& entry = *intake.add_entries();
  entry.set_application(fact.application());
  entry.set_member(fact.member());
  entry.set_submitter(fact.submitter());
  *entry.mutable_organisations() = fact.organisations();
  *entry.mutable_receive_time() = fact.at();
  entry.set_stage(Entry::STAGE_RECEIVED);
}

Entry* EntryOf(Intake& intake, const std::string& application) {
  for (Entry& entry : *intake.mutable_entries()) {
    if (entry.application() == application) return &entry;
  }
  return nullptr;
}

void SetStage(Intake& intake, const std::string& application, Entry::Stage stage) {
  if (Entry* entry = EntryOf(intake, application)) entry->set_stage(stage);
}

// Every entry at one stage goes on to another.
void MoveAll(Intake& intake, Entry::Stage from, Entry::Stage to) {
  for (Entry& entry : *intake.mutable_entries()) {
    if (entry.stage() == from) entry.set_stage(to);
  }
}

void Score(Intake& intake, const EntryScored& fact) {
  Entry* entry = EntryOf(intake, fact.application());
  if (entry == nullptr) return;
  auto& scores = *entry->mutable_scores();
  const auto earlier = std::find_if(scores.begin(), scores.end(),
                                    [&](const v1::Score& score) { return score.juror() == fact.score().juror(); });
  *(earlier == scores.end() ? entry->add_scores() : &*earlier) = fact.score();
  entry->set_jurors(entry->scores_size());
}

void Close(Intake& intake, const IntakeClosed& fact) {
  intake.set_state(Intake::STATE_CLOSED);
  intake.set_lottery_seed(fact.lottery_seed());
  MoveAll(intake, Entry::STAGE_RECEIVED, Entry::STAGE_LEFT);
}

void Rank(Intake& intake, const IntakeDecided& fact) {
  intake.set_state(Intake::STATE_DECIDED);
  intake.set_ended_by(fact.by());
  const bool asks = fact.has_answer_by();
  for (const Placing& placing : fact.placings()) {
    Entry* entry = EntryOf(intake, placing.application());
    if (entry == nullptr) continue;
    *entry->mutable_standing() = placing.standing();
    const bool won = placing.standing().position() <= placing.standing().places();
    entry->set_stage(!won ? Entry::STAGE_RESERVE : asks ? Entry::STAGE_OFFERED : Entry::STAGE_AWARDED);
    if (won && asks) *entry->mutable_answer_by() = fact.answer_by();
  }
}

void HandOn(Intake& intake, const AwardHandedOn& fact) {
  Entry* entry = EntryOf(intake, fact.application());
  if (entry == nullptr) return;
  entry->set_stage(Entry::STAGE_OFFERED);
  *entry->mutable_answer_by() = fact.answer_by();
}

void Cancel(Intake& intake, const IntakeCancelled& fact) {
  intake.set_state(Intake::STATE_CANCELLED);
  intake.set_ended_by(fact.by());
  intake.set_end_reason(fact.reason());
  MoveAll(intake, Entry::STAGE_RECEIVED, Entry::STAGE_LEFT);
  MoveAll(intake, Entry::STAGE_ADMITTED, Entry::STAGE_LEFT);
}

void Settle(Intake& intake) {
  intake.set_settled(true);
  MoveAll(intake, Entry::STAGE_RESERVE, Entry::STAGE_NOT_SELECTED);
}

void Fold(Intake& intake, const IntakeFact& fact) {
  switch (fact.fact_case()) {
    case IntakeFact::kScheduled:
      return Schedule(intake, fact.scheduled());
    case IntakeFact::kOpened:
      return intake.set_state(Intake::STATE_OPEN);
    case IntakeFact::kEntryReceived:
      return Receive(intake, fact.entry_received());
    case IntakeFact::kEntryAdmitted:
      return SetStage(intake, fact.entry_admitted().application(), Entry::STAGE_ADMITTED);
    case IntakeFact::kEntryLeft:
      return SetStage(intake, fact.entry_left().application(), Entry::STAGE_LEFT);
    case IntakeFact::kEntryScored:
      return Score(intake, fact.entry_scored());
    case IntakeFact::kClosed:
      return Close(intake, fact.closed());
    case IntakeFact::kDecided:
      return Rank(intake, fact.decided());
    case IntakeFact::kHandedOn:
      return HandOn(intake, fact.handed_on());
    case IntakeFact::kAwarded:
      return SetStage(intake, fact.awarded().application(), Entry::STAGE_AWARDED);
    case IntakeFact::kSettled:
      return Settle(intake);
    case IntakeFact::kCancelled:
      return Cancel(intake, fact.cancelled());
    case IntakeFact::FACT_NOT_SET:
      return;
  }
}

// When time alone will next change something: the first moment of the first day, or behind the last.
void SetNextDue(Intake& intake) {
  intake.clear_next_due();
  const bool scheduled = intake.state() == Intake::STATE_SCHEDULED;
  if (!scheduled && intake.state() != Intake::STATE_OPEN) return;
  const absl::CivilDay day = scheduled ? ToDay(intake.opens()) : ToDay(intake.closes()) + 1;
  *intake.mutable_next_due() = ToTimestamp(absl::FromCivil(day, ZoneNamed(intake.time_zone())));
}

}  // namespace

Intake Evolve(Intake intake, const IntakeFact& fact) {
  Fold(intake, fact);
  SetNextDue(intake);
  return intake;
}

}  // namespace amikeco::applicant::v1
