// What follows for an application from the facts of other services and from time.
#include <algorithm>
#include <utility>

#include "common/base/dates.h"
#include "services/applicant/application.h"
#include "services/applicant/steps.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using compliance::v1::ClearanceFact;
using matching::v1::PlacementFact;
using Facts = std::vector<v1::ApplicationFact>;

// The placement as it is known, at another stage.
v1::PlacementNoted At(v1::PlacementNoted placement, v1::PlacementStage stage) {
  placement.set_stage(stage);
  return placement;
}

v1::PlacementNoted Invited(v1::PlacementNoted placement, const matching::v1::HostInvited& fact) {
  placement.set_host(fact.host());
  *placement.mutable_start() = fact.start();
  *placement.mutable_end() = fact.end();
  return At(std::move(placement), v1::PLACEMENT_STAGE_INVITED);
}

// The stay lasts from the first leg's first day to the last leg's last.
v1::PlacementNoted Agreed(v1::PlacementNoted placement, const matching::v1::PlacementAgreed& fact) {
  if (fact.legs().empty()) return At(std::move(placement), v1::PLACEMENT_STAGE_AGREED);
  absl::CivilDay start = ToDay(fact.legs(0).start()), end = ToDay(fact.legs(0).end());
  for (const matching::v1::Leg& leg : fact.legs()) {
    start = std::min(start, ToDay(leg.start()));
    end = std::max(end, ToDay(leg.end()));
  }
  placement.set_host(fact.legs(0).host());
  *placement.mutable_start() = ToDate(start);
  *placement.mutable_end() = ToDate(end);
  return At(std::move(placement), v1::PLACEMENT_STAGE_AGREED);
}

v1::PlacementNoted Searching(const v1::Application& application, int round) {
  v1::PlacementNoted placement;
  placement.set_placement(application.placement().placement());
  placement.set_round(round);
  placement.set_stage(v1::PLACEMENT_STAGE_SEARCHING);
  return placement;
}

Facts Note(v1::PlacementNoted placement) {
  v1::ApplicationFact fact;
  *fact.mutable_placement_noted() = std::move(placement);
  return {fact};
}

Event EventOf(const PlacementFact& fact) {
  switch (fact.fact_case()) {
    case PlacementFact::kHostInvited:
      return Event::kHostInvited;
    case PlacementFact::kHostWilling:
      return Event::kHostWilling;
    case PlacementFact::kCommandApproved:
      return Event::kCommandApproved;
    case PlacementFact::kInvitationEnded:
      return Event::kInvitationEnded;
    case PlacementFact::kAgreed:
      return Event::kPlacementAgreed;
    case PlacementFact::kSearchExhausted:
      return Event::kSearchExhausted;
    case PlacementFact::kActivitiesSet:
      return Event::kActivitiesSet;
    case PlacementFact::kHomeHostAgreed:
    case PlacementFact::kHomeHostNotFound:
      return Event::kHomeHostSettled;
    default:
      return Event::kSearchOpened;
  }
}

// The round that a fact opens; 0 when it opens none.
int RoundOpened(const PlacementFact& fact) {
  if (fact.has_search_opened()) return fact.search_opened().terms().round();
  if (fact.has_rescheduled()) return fact.rescheduled().terms().round();
  return 0;
}

Facts FactsAt(const v1::Application& application, const PlacementFact& fact, const Circumstance& c) {
  const v1::PlacementNoted& placement = application.placement();
  // The placement at another stage, and the steps that are done with it.
  const auto note = [&](v1::PlacementNoted noted, programme::v1::TaskTrigger done) {
    Facts facts = Note(std::move(noted));
    for (v1::ApplicationFact& task : TasksDone(application, done, c)) facts.push_back(std::move(task));
    return facts;
  };
  switch (fact.fact_case()) {
    case PlacementFact::kHostInvited:
      return Note(Invited(placement, fact.host_invited()));
    case PlacementFact::kInvitationEnded:
      return Note(Searching(application, placement.round()));
    case PlacementFact::kHostWilling:
      return note(At(placement, v1::PLACEMENT_STAGE_HOST_WILLING), programme::v1::TASK_TRIGGER_HOST_WILLING);
    case PlacementFact::kCommandApproved:
      return note(At(placement, v1::PLACEMENT_STAGE_COMMAND_APPROVED), programme::v1::TASK_TRIGGER_COMMAND_APPROVED);
    case PlacementFact::kAgreed:
      // Nobody seeks a home for an officer who wishes none: that step must not stay open for ever.
      return note(Agreed(placement, fact.agreed()), fact.agreed().has_home_host_until()
                                                        ? programme::v1::TASK_TRIGGER_UNSPECIFIED
                                                        : programme::v1::TASK_TRIGGER_HOME_HOST_FOUND);
    case PlacementFact::kSearchExhausted: {
      v1::ApplicationFact unplaced;
      unplaced.mutable_unplaced()->set_placement(placement.placement());
      unplaced.mutable_unplaced()->set_invitations(fact.search_exhausted().invitations());
      return {unplaced};
    }
    case PlacementFact::kActivitiesSet:
      return TasksDone(application, programme::v1::TASK_TRIGGER_ACTIVITIES_SET, c);
    case PlacementFact::kHomeHostAgreed:
    case PlacementFact::kHomeHostNotFound:
      // A search that found nobody is over, too.
      return TasksDone(application, programme::v1::TASK_TRIGGER_HOME_HOST_FOUND, c);
    default:
      return {};
  }
}

// What compliance's fact says of the clearance: nothing when it says neither yes nor no.
std::optional<v1::ClearanceNoted> Noted(const ClearanceFact& fact) {
  v1::ClearanceNoted noted;
  switch (fact.fact_case()) {
    case ClearanceFact::kGranted:
      noted.set_cleared(true);
      return noted;
    case ClearanceFact::kLost:
      *noted.mutable_open_items() = fact.lost().open_items();
      return noted;
    case ClearanceFact::kRevoked:
      noted.add_open_items("revoked");
      return noted;
    case ClearanceFact::kClosed:
      return noted;
    default:
      return std::nullopt;
  }
}

void TickTasks(const v1::Application& application, const Circumstance& c, Facts& facts) {
  for (const v1::Task& task : application.tasks()) {
    if (task.done() || task.overdue() || Today(c) <= ToDay(task.due())) continue;
    v1::ApplicationFact& fact = facts.emplace_back();
    fact.mutable_task_overdue()->set_task(task.id());
    fact.mutable_task_overdue()->set_owner(task.owner());
    *fact.mutable_task_overdue()->mutable_due() = task.due();
  }
}

}  // namespace

Facts Follow(const v1::Application& application, const PlacementFact& fact, const Circumstance& c) {
  if (const int round = RoundOpened(fact); round > 0) {
    // Kept even when a newer round is asked for: what follows belongs to this one, and so is seen to be stale.
    const bool newer = round > application.placement().round();
    if (!newer || !IsPossible(application.state(), Event::kSearchOpened)) return {};
    return Note([&] {
      v1::PlacementNoted placement = Searching(application, round);
      placement.set_placement(c.name);
      return placement;
    }());
  }
  const Event event = EventOf(fact);
  if (event == Event::kSearchOpened || application.placement().round() != application.round()) return {};
  if (!IsPossible(application.state(), event)) return {};
  return FactsAt(application, fact, c);
}

Facts Follow(const v1::Application& application, const ClearanceFact& fact, int64_t clearance_version,
             const Circumstance& c) {
  std::optional<v1::ClearanceNoted> noted = Noted(fact);
  if (!noted || clearance_version <= application.clearance().clearance_version()) return {};
  const Event event = noted->cleared() ? Event::kClearanceGranted : Event::kClearanceLost;
  const std::optional<State> next = Next(application.state(), event);
  if (!next) return {};
  noted->set_clearance(c.name);
  noted->set_clearance_version(clearance_version);
  Facts facts(1);
  if (application.state() != *next && *next == v1::Application::STATE_SUSPENDED) {
    *facts.emplace_back().mutable_stay_suspended()->mutable_open_items() = noted->open_items();
    *facts.back().mutable_stay_suspended()->mutable_date() = ToDate(Today(c));
  }
  if (application.state() == v1::Application::STATE_SUSPENDED && *next == v1::Application::STATE_STARTED) {
    facts.emplace_back().mutable_stay_resumed()->set_clearance_version(clearance_version);
    *facts.back().mutable_stay_resumed()->mutable_date() = ToDate(Today(c));
  }
  *facts.front().mutable_clearance_noted() = *std::move(noted);
  return facts;
}

Facts Tick(const v1::Application& application, const Circumstance& c) {
  const State state = application.state();
  const auto passed = [&](bool set, const google::type::Date& day) { return set && Today(c) > ToDay(day); };
  if (IsPossible(state, Event::kEndorsementLapses) && passed(application.has_endorse_by(), application.endorse_by())) {
    v1::ApplicationFact fact;
    *fact.mutable_lapsed()->mutable_date() = ToDate(Today(c));
    return {fact};
  }
  if (IsPossible(state, Event::kAwardLapses) && passed(true, application.award().answer_by())) {
    v1::ApplicationFact fact;
    *fact.mutable_award_lapsed()->mutable_date() = ToDate(Today(c));
    return {fact};
  }
  const v1::PlacementNoted& placement = application.placement();
  const bool over = passed(placement.has_end(), placement.end());
  if (IsPossible(state, Event::kStayIsOver) && over) return EndOfStay(application, ToDay(placement.end()), c);
  Facts facts;
  if (IsPossible(state, Event::kStayIsMissed) && over) {
    v1::StayMissed& missed = *facts.emplace_back().mutable_stay_missed();
    *missed.mutable_date() = ToDate(Today(c));
    missed.set_placement(placement.placement());
    return facts;
  }
  if (IsPossible(state, Event::kStartIsOverdue) && !application.start_overdue() &&
      passed(placement.has_start(), placement.start())) {
    *facts.emplace_back().mutable_start_overdue()->mutable_due() = placement.start();
  }
  if (IsPossible(state, Event::kReportIsOverdue) && !application.report_overdue() &&
      passed(application.has_report_due(), application.report_due())) {
    *facts.emplace_back().mutable_report_overdue()->mutable_due() = application.report_due();
  }
  if (IsPossible(state, Event::kTaskIsOverdue)) TickTasks(application, c, facts);
  TickSteps(application, c, facts);
  return facts;
}

}  // namespace amikeco::applicant
