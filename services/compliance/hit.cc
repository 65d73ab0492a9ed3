#include "services/compliance/hit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/screening_errors.h"

namespace amikeco::compliance {
namespace {

using v1::Hit;
using v1::Match;
using v1::Screening;
using v1::ScreeningFact;

bool Waits(const Hit& hit) { return hit.state() == Hit::STATE_OPEN || hit.state() == Hit::STATE_ESCALATED; }

bool IsOf(const Match& match, const Hit& hit) {
  return match.list() == hit.match().list() && match.entry() == hit.match().entry();
}

// Whoever has to decide would want to know. The score moves a little with every version of a list, as rare words do.
bool Differs(const Match& a, const Match& b) {
  constexpr double kNoticed = 0.01;
  return std::abs(a.score() - b.score()) >= kNoticed || a.outcome() != b.outcome() || a.birth() != b.birth() ||
         a.country() != b.country() || a.place_agrees() != b.place_agrees() ||
         a.confirming_aliases() != b.confirming_aliases();
}

// What a person may say of a hit in this state.
std::vector<Hit::State> PossibleDecisions(Hit::State state) {
  switch (state) {
    case Hit::STATE_OPEN:
      return {Hit::STATE_FALSE_POSITIVE, Hit::STATE_TRUE_MATCH, Hit::STATE_ESCALATED};
    case Hit::STATE_ESCALATED:
      return {Hit::STATE_FALSE_POSITIVE, Hit::STATE_TRUE_MATCH, Hit::STATE_OPEN};
    case Hit::STATE_FALSE_POSITIVE:
    case Hit::STATE_TRUE_MATCH:
      return {Hit::STATE_OPEN};
    default:
      return {};
  }
}

std::string Spoken(Hit::State state) { return std::string(absl::StripPrefix(Hit::State_Name(state), "STATE_")); }

// Collects facts about one screening.
class Finder {
 public:
  Finder(const Screening& screening, const ScreeningGround& ground, const ScreeningResult& result,
         const Circumstance& c)
      : screening_(screening), ground_(ground), result_(result), c_(c) {}

  ScreeningFacts Facts() {
    v1::PersonScreened& screened = *facts_.emplace_back().mutable_screened();
    screened.set_name(ground_.name);
    screened.set_person(ground_.person);
    screened.set_organisation(ground_.organisation);
    screened.set_by(c_.actor.subject);
    *screened.mutable_at() = ToTimestamp(c_.now);
    screened.set_revision(result_.revision);
    screened.set_subject_hash(result_.subject_hash);
    *screened.mutable_lists() = result_.lists;
    screened.set_again(ground_.again);
    int open = 0;
    for (const Hit& hit : screening_.hits()) open += Compare(hit);
    int number = screening_.hits_size(), omitted = 0;
    for (const Match& match : result_.matches) {
      const bool known = std::any_of(screening_.hits().begin(), screening_.hits().end(),
                                     [&](const Hit& hit) { return IsOf(match, hit); });
      if (known) continue;
      if (open >= kMostOpenHits) {
        ++omitted;
        continue;
      }
      ++open;
      Found(++number, match);
    }
    facts_.front().mutable_screened()->set_omitted(omitted);
    return std::move(facts_);
  }

 private:
  void Found(int number, const Match& match) {
    v1::HitFound& found = *facts_.emplace_back().mutable_hit_found();
    found.set_name(ground_.name);
    found.set_hit(number);
    *found.mutable_match() = match;
    found.set_subject_hash(result_.subject_hash);
  }

  bool Reopened(const Hit& hit, const char* reason, const Match* match) {
    v1::HitReopened& reopened = *facts_.emplace_back().mutable_hit_reopened();
    reopened.set_name(ground_.name);
    reopened.set_hit(hit.number());
    reopened.set_reason(reason);
    *reopened.mutable_at() = ToTimestamp(c_.now);
    if (match == nullptr) return true;
    *reopened.mutable_match() = *match;
    reopened.set_subject_hash(result_.subject_hash);
    return true;
  }

  // Says what becomes of an earlier hit; whether it waits for a person then.
  bool Compare(const Hit& hit) {
    const auto match =
        std::find_if(result_.matches.begin(), result_.matches.end(), [&](const Match& one) { return IsOf(one, hit); });
    if (match == result_.matches.end()) return Gone(hit);
    const bool other_person = hit.subject_hash() != result_.subject_hash;
    const bool other_entry = hit.match().entry_hash() != match->entry_hash();
    switch (hit.state()) {
      case Hit::STATE_OPEN:
        if (other_person || other_entry || hit.reason() == kEntryGone || Differs(hit.match(), *match)) {
          Found(hit.number(), *match);
        }
        return true;
      case Hit::STATE_LAPSED:
        Found(hit.number(), *match);
        return true;
      default:
        if (other_person) return Reopened(hit, kPersonChanged, &*match);
        if (other_entry) return Reopened(hit, kEntryChanged, &*match);
        if (hit.state() == Hit::STATE_ESCALATED && Differs(hit.match(), *match)) Found(hit.number(), *match);
        return Waits(hit);
    }
  }

  bool Gone(const Hit& hit) {
    switch (hit.state()) {
      case Hit::STATE_OPEN:
        if (hit.decider().empty()) {
          v1::HitLapsed& lapsed = *facts_.emplace_back().mutable_hit_lapsed();
          lapsed.set_name(ground_.name);
          lapsed.set_hit(hit.number());
          return false;
        }
        return hit.reason() == kEntryGone || Reopened(hit, kEntryGone, nullptr);
      case Hit::STATE_ESCALATED:
      case Hit::STATE_TRUE_MATCH:
        return Reopened(hit, kEntryGone, nullptr);
      default:
        return false;
    }
  }

  const Screening& screening_;
  const ScreeningGround& ground_;
  const ScreeningResult& result_;
  const Circumstance& c_;
  ScreeningFacts facts_;
};

absl::Status CheckAdjudicator(const Screening& screening, const Hit& hit, const v1::AdjudicateHitRequest& command,
                              const Circumstance& c) {
  if (c.actor.subject == screening.person()) return errors::OwnCheck(screening.name());
  if (command.decision() != Hit::STATE_FALSE_POSITIVE && command.decision() != Hit::STATE_TRUE_MATCH) {
    return absl::OkStatus();
  }
  const bool asked = c.actor.subject == screening.requester();
  const bool escalated = hit.state() == Hit::STATE_ESCALATED && c.actor.subject == hit.decider();
  if (!asked && !escalated) return absl::OkStatus();
  return Error(errors::kOtherAdjudicatorNeeded,
               absl::StrCat(c.actor.subject, asked ? " had " : " escalated a hit of ", screening.name(),
                            asked ? " made and does not adjudicate it." : " and does not decide about it."),
               {{"name", screening.name()}, {"requester", c.actor.subject}});
}

ScreeningFact Ended(const Screening& screening, const std::string& reason, const Circumstance& c) {
  ScreeningFact fact;
  v1::ScreeningEnded& ended = *fact.mutable_ended();
  ended.set_name(screening.name());
  ended.set_reason(reason);
  ended.set_by(c.actor.subject);
  *ended.mutable_at() = ToTimestamp(c.now);
  return fact;
}

}  // namespace

ScreeningFacts OnScreened(const Screening& screening, const ScreeningGround& ground, const ScreeningResult& result,
                          const Circumstance& c) {
  if (ground.again && screening.state() == Screening::STATE_ENDED) return {};
  return Finder(screening, ground, result, c).Facts();
}

absl::StatusOr<ScreeningFacts> Decide(const Screening& screening, const v1::AdjudicateHitRequest& command,
                                      const Circumstance& c) {
  if (screening.state() == Screening::STATE_ENDED) return errors::ScreeningOver(screening.name());
  if (command.hit() < 1 || command.hit() > screening.hits_size()) {
    return errors::NoSuchHit(screening.name(), command.hit());
  }
  const Hit& hit = screening.hits(command.hit() - 1);
  const auto possible = PossibleDecisions(hit.state());
  if (std::find(possible.begin(), possible.end(), command.decision()) == possible.end()) {
    return errors::HitNotPossible(
        screening.name(), hit.number(), Spoken(hit.state()),
        absl::StrJoin(possible, ",", [](std::string* out, Hit::State state) { absl::StrAppend(out, Spoken(state)); }));
  }
  AMIKECO_RETURN_IF_ERROR(CheckAdjudicator(screening, hit, command, c));
  ScreeningFact fact;
  const auto stamp = [&](auto& stamped) {
    stamped.set_name(screening.name());
    stamped.set_hit(hit.number());
    stamped.set_reason(command.reason());
    stamped.set_by(c.actor.subject);
    *stamped.mutable_at() = ToTimestamp(c.now);
  };
  if (command.decision() == Hit::STATE_OPEN) {
    stamp(*fact.mutable_hit_reopened());
  } else {
    stamp(*fact.mutable_hit_adjudicated());
    fact.mutable_hit_adjudicated()->set_decision(command.decision());
  }
  return ScreeningFacts{fact};
}

absl::StatusOr<ScreeningFacts> Decide(const Screening& screening, const v1::EndScreeningRequest& command,
                                      const Circumstance& c) {
  if (screening.state() == Screening::STATE_ENDED) return errors::ScreeningOver(screening.name());
  if (c.actor.subject == screening.person()) return errors::OwnCheck(screening.name());
  return ScreeningFacts{Ended(screening, command.reason(), c)};
}

ScreeningFacts OnErased(const Screening& screening, const Circumstance& c) {
  if (screening.name().empty() || screening.state() == Screening::STATE_ENDED) return {};
  return {Ended(screening, kErased, c)};
}

bool IsOpen(const Screening& screening) {
  return screening.state() != Screening::STATE_ENDED &&
         std::any_of(screening.hits().begin(), screening.hits().end(), Waits);
}

bool IsGap(const v1::ScreenedList& list) { return list.gap() != v1::ScreenedList::GAP_UNSPECIFIED; }

bool HasGap(const ScreenedLists& lists) { return std::any_of(lists.begin(), lists.end(), IsGap); }

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
namespace {

// What the hits come to.
Screening::State StateOf(const Screening& screening) {
  bool waits = screening.omitted() > 0, blocks = false;
  for (const Hit& hit : screening.hits()) {
    if (hit.state() == Hit::STATE_TRUE_MATCH) return Screening::STATE_MATCHED;
    if (hit.state() != Hit::STATE_OPEN && hit.state() != Hit::STATE_ESCALATED) continue;
    waits = true;
    blocks = blocks || hit.match().outcome() == MATCH_OUTCOME_BLOCK;
  }
  if (blocks) return Screening::STATE_BLOCKED;
  if (waits) return Screening::STATE_CONSIDER;
  return HasGap(screening.lists()) ? Screening::STATE_INCOMPLETE : Screening::STATE_CLEAR;
}

void Apply(Screening& screening, const PersonScreened& screened) {
  screening.set_name(screened.name());
  screening.set_person(screened.person());
  screening.set_organisation(screened.organisation());
  if (!screened.again()) screening.set_requester(screened.by());
  *screening.mutable_screen_time() = screened.at();
  *screening.mutable_lists() = screened.lists();
  screening.set_revision(screened.revision());
  screening.set_subject_hash(screened.subject_hash());
  screening.set_omitted(screened.omitted());
  screening.clear_reason();
  screening.clear_parties();
  screening.add_parties(screened.organisation());
}

void Apply(Hit& hit, const HitFound& found) {
  hit.set_number(found.hit());
  if (hit.state() != Hit::STATE_ESCALATED) {
    hit.set_state(Hit::STATE_OPEN);
    hit.clear_reason();
  }
  *hit.mutable_match() = found.match();
  hit.set_subject_hash(found.subject_hash());
}

void Apply(Hit& hit, const HitReopened& reopened) {
  hit.set_state(Hit::STATE_OPEN);
  hit.set_reason(reopened.reason());
  if (reopened.has_match()) {
    *hit.mutable_match() = reopened.match();
    hit.set_subject_hash(reopened.subject_hash());
  }
  if (reopened.by().empty()) return;
  hit.set_decider(reopened.by());
  *hit.mutable_decide_time() = reopened.at();
}

void Apply(Hit& hit, const HitAdjudicated& adjudicated) {
  hit.set_state(adjudicated.decision());
  hit.set_reason(adjudicated.reason());
  hit.set_decider(adjudicated.by());
  *hit.mutable_decide_time() = adjudicated.at();
}

// Null when there is none, as in a fact that does not fit.
Hit* HitOf(Screening& screening, int number) {
  if (number == screening.hits_size() + 1) return screening.add_hits();
  return number < 1 || number > screening.hits_size() ? nullptr : screening.mutable_hits(number - 1);
}

}  // namespace

Screening Evolve(Screening screening, const ScreeningFact& fact) {
  switch (fact.fact_case()) {
    case ScreeningFact::kScreened:
      Apply(screening, fact.screened());
      break;
    case ScreeningFact::kHitFound:
      if (Hit* hit = HitOf(screening, fact.hit_found().hit())) Apply(*hit, fact.hit_found());
      break;
    case ScreeningFact::kHitReopened:
      if (Hit* hit = HitOf(screening, fact.hit_reopened().hit())) Apply(*hit, fact.hit_reopened());
      break;
    case ScreeningFact::kHitLapsed:
      if (Hit* hit = HitOf(screening, fact.hit_lapsed().hit())) hit->set_state(Hit::STATE_LAPSED);
      break;
    case ScreeningFact::kHitAdjudicated:
      if (Hit* hit = HitOf(screening, fact.hit_adjudicated().hit())) Apply(*hit, fact.hit_adjudicated());
      break;
    case ScreeningFact::kEnded:
      screening.set_reason(fact.ended().reason());
      screening.set_state(Screening::STATE_ENDED);
      return screening;
    case ScreeningFact::FACT_NOT_SET:
      return screening;  // of a newer program
  }
  screening.set_state(StateOf(screening));
  return screening;
}

}  // namespace amikeco::compliance::v1
