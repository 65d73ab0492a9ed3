#include "services/compliance/clearance_facts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/zones.h"
#include "services/compliance/judge.h"

namespace amikeco::compliance {
namespace {

using v1::Clearance;
using v1::ClearanceFact;

// The end that a running stay's clearance is heading for; nothing while it is not cleared.
std::optional<absl::CivilDay> EndOf(const Clearance& clearance, absl::CivilDay today) {
  if (clearance.state() != Clearance::STATE_CLEARED || !clearance.has_begun()) return std::nullopt;
  return NextChange(clearance, today);
}

ClearanceFact GrantedFact(const Clearance& clearance, absl::CivilDay today) {
  ClearanceFact fact;
  fact.mutable_granted()->set_application(clearance.application());
  fact.mutable_granted()->set_placement(clearance.placement());
  *fact.mutable_granted()->mutable_as_of() = ToDate(today);
  return fact;
}

// What people should be told of the end that a running stay's clearance is heading for; nothing when they know.
std::optional<ClearanceFact> LapseFact(const Clearance& clearance, absl::CivilDay today) {
  if (clearance.state() != Clearance::STATE_CLEARED) return std::nullopt;
  const auto end = EndOf(clearance, today);
  ClearanceFact fact;
  if (!end) {
    if (!clearance.has_lapse_noted()) return std::nullopt;
    fact.mutable_lapse_averted()->set_application(clearance.application());
    return fact;
  }
  if (clearance.has_lapse_noted() && ToDay(clearance.lapse_noted()) == *end) return std::nullopt;
  v1::ClearanceLapsing& lapsing = *fact.mutable_lapsing();
  lapsing.set_application(clearance.application());
  lapsing.set_placement(clearance.placement());
  *lapsing.mutable_on() = ToDate(*end);
  for (const v1::OpenItem& open : Judge(clearance, *end).open) {
    if (open.mandatory()) lapsing.add_items(open.item());
  }
  return fact;
}

}  // namespace

absl::TimeZone ZoneOf(const Clearance& clearance) { return ZoneNamed(clearance.time_zone()); }

ClearanceFact LostFact(const Clearance& clearance, absl::CivilDay today) {
  ClearanceFact fact;
  v1::ClearanceLost& lost = *fact.mutable_lost();
  lost.set_application(clearance.application());
  lost.set_placement(clearance.placement());
  for (const v1::OpenItem& open : Judge(clearance, today).open) {
    if (open.mandatory()) lost.add_open_items(open.item());
  }
  *lost.mutable_as_of() = ToDate(today);
  return fact;
}

ClearanceFact RevokedFact(const Clearance& clearance, absl::string_view by, absl::string_view reason) {
  ClearanceFact fact;
  v1::ClearanceRevoked& revoked = *fact.mutable_revoked();
  revoked.set_application(clearance.application());
  revoked.set_placement(clearance.placement());
  revoked.set_by(std::string(by));
  revoked.set_reason(std::string(reason));
  return fact;
}

ClearanceFact VoidedFact(const v1::ItemRecord& record, absl::string_view reason, const Circumstance& circumstance) {
  ClearanceFact fact;
  v1::ItemVoided& voided = *fact.mutable_item_voided();
  voided.set_item(record.item());
  voided.set_by(circumstance.actor.subject);
  voided.set_reason(std::string(reason));
  voided.set_record(record.number());
  *voided.mutable_at() = ToTimestamp(circumstance.now);
  return fact;
}

ClearanceFact FactOf(v1::ItemRecorded recorded) {
  ClearanceFact fact;
  *fact.mutable_item_recorded() = std::move(recorded);
  return fact;
}

Facts Concluded(Clearance clearance, Facts facts, absl::Time now) {
  for (const ClearanceFact& fact : facts) clearance = Evolve(std::move(clearance), fact);
  const absl::CivilDay today = Today(clearance, now);
  const auto state = [&] { return clearance.state(); };
  const auto conclude = [&](ClearanceFact fact) {
    clearance = Evolve(std::move(clearance), fact);
    facts.push_back(std::move(fact));
  };
  if (state() != Clearance::STATE_OPEN && state() != Clearance::STATE_CLEARED) return facts;
  const bool holds = Judge(clearance, today).holds;
  if (holds && state() == Clearance::STATE_OPEN) conclude(GrantedFact(clearance, today));
  if (!holds && state() == Clearance::STATE_CLEARED) conclude(LostFact(clearance, today));
  if (auto lapse = LapseFact(clearance, today)) conclude(*std::move(lapse));
  return facts;
}

absl::CivilDay FirstDay(const Clearance& clearance) {
  absl::CivilDay first = ToDay(clearance.legs(0).start());
  for (const matching::v1::Leg& leg : clearance.legs()) first = std::min(first, ToDay(leg.start()));
  return first;
}

absl::CivilDay Today(const Clearance& clearance, absl::Time now) { return absl::ToCivilDay(now, ZoneOf(clearance)); }

std::string ClearanceNameOf(absl::string_view application) {
  return absl::StrCat("clearances/", absl::StripPrefix(application, "applications/"));
}

void Describe(Clearance& clearance, int64_t version, absl::Time now) {
  const absl::CivilDay today = Today(clearance, now);
  Judgement judgement = Judge(clearance, today);
  // Both must say so: the state may be of yesterday, and the items know nothing of a revocation.
  clearance.set_cleared(clearance.state() == Clearance::STATE_CLEARED && judgement.holds);
  clearance.set_version(version);
  for (v1::OpenItem& open : judgement.open) *clearance.add_open_items() = std::move(open);
  for (v1::Lapse& lapse : LapsesOf(clearance, today)) *clearance.add_lapses() = std::move(lapse);
  clearance.set_media_allowed(MediaAllowed(clearance));
  if (const auto end = EndOf(clearance, today); end && clearance.cleared()) {
    *clearance.mutable_clearance_ends() = ToDate(*end);
  }
}

}  // namespace amikeco::compliance
