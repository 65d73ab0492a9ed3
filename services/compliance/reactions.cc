// What the facts of matching and applicant mean for a clearance.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "common/events/execute.h"
#include "common/privacy/erasure.h"
#include "services/compliance/clearance.h"
#include "services/compliance/follow.h"
#include "services/compliance/service.h"
#include "services/compliance/tables.h"

namespace amikeco::compliance {
namespace {

using applicant::v1::ApplicationFact;
using matching::v1::PlacementFact;
using Legs = google::protobuf::RepeatedPtrField<matching::v1::Leg>;

Legs With(Legs legs, const matching::v1::Leg& changed) {
  for (matching::v1::Leg& leg : legs) {
    if (leg.id() != changed.id()) continue;
    leg = changed;
    return legs;
  }
  *legs.Add() = changed;
  return legs;
}

Legs Without(Legs legs, absl::string_view id) {
  legs.erase(std::remove_if(legs.begin(), legs.end(), [&](const auto& leg) { return leg.id() == id; }), legs.end());
  return legs;
}

// The application that a placement's fact is about; "" for those that mean nothing here.
std::string ApplicationOf(const PlacementFact& fact) {
  switch (fact.fact_case()) {
    case PlacementFact::kAgreed:
      return fact.agreed().application();
    case PlacementFact::kLegConfirmed:
      return fact.leg_confirmed().application();
    case PlacementFact::kLegRemoved:
      return fact.leg_removed().application();
    case PlacementFact::kRescheduled:
      return fact.rescheduled().application();
    case PlacementFact::kEnded:
      return fact.ended().application();
    case PlacementFact::kDisclosureFollowed:
      return fact.disclosure_followed().application();
    default:
      return "";
  }
}

// A stay for which no place was looked for has one leg, at no agency.
matching::v1::PlacementAgreed AgreedBy(const applicant::v1::StayArranged& arranged, const std::string& application) {
  matching::v1::PlacementAgreed agreed;
  agreed.set_application(application);
  agreed.set_member(arranged.member());
  agreed.set_section(arranged.section());
  agreed.set_programme(arranged.programme());
  agreed.set_programme_version(arranged.programme_version());
  *agreed.mutable_parties() = arranged.parties();
  *agreed.mutable_fellows() = arranged.fellows();
  if (arranged.has_disclosure()) *agreed.mutable_disclosure() = arranged.disclosure();
  agreed.set_round(arranged.round());
  matching::v1::Leg& leg = *agreed.add_legs();
  leg.set_id("1");
  *leg.mutable_start() = arranged.start();
  *leg.mutable_end() = arranged.end();
  leg.set_confirmed(true);
  return agreed;
}

// The clearance exists, and its legs will be others than they are: an activity changed that was known (A5-06).
bool ChangesLegs(const v1::Clearance& clearance, const Facts& facts) {
  return std::any_of(facts.begin(), facts.end(), [&](const v1::ClearanceFact& fact) {
    if (!fact.has_rescheduled()) return false;
    const auto& after = fact.rescheduled().legs();
    const auto& before = clearance.legs();
    return !std::equal(before.begin(), before.end(), after.begin(), after.end(),
                       [](const auto& x, const auto& y) { return x.SerializeAsString() == y.SerializeAsString(); });
  });
}

// When a placement ends because the application did, that is the reason, whichever of the two facts comes first.
absl::string_view ReasonOf(const matching::v1::PlacementEnded& ended) {
  for (const absl::string_view final : {"STAY_ENDED", "WITHDRAWN", "CANCELLED"}) {
    if (ended.reason() == final) return final;
  }
  return kPlacementEnded;
}

}  // namespace

// A version that is not loaded is a fault of this installation, not of the fact: it is parked until the file is there.
absl::StatusOr<const programme::v1::Programme*> ComplianceService::ProgrammeOf(absl::string_view name,
                                                                               int version) const {
  auto found = programmes_.Find(name, version);
  if (!found.ok()) return absl::InternalError(found.status().message());
  return found;
}

absl::Status ComplianceService::ReactToPlacement(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  PlacementFact fact;
  if (!event.data().UnpackTo(&fact)) return absl::InternalError("The placement's fact does not parse.");
  const std::string application = ApplicationOf(fact);
  if (application.empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(auto found, Clearances().Find(tx, ClearanceNameOf(application)));
  if (!found.exists() && !fact.has_agreed()) return absl::OkStatus();
  const auto& agreed = fact.agreed();
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme,
                           fact.has_agreed() ? ProgrammeOf(agreed.programme(), agreed.programme_version())
                                             : ProgrammeOf(found.value.programme(), found.value.programme_version()));
  const auto legs_are = [&](const Legs& legs) { return OnLegsChanged(found.value, legs, *programme, origin.time); };
  return ApplyAndFollow(tx, origin, found, [&]() -> Facts {
    if (fact.has_agreed()) return OnAgreed(found.value, agreed, event.subject(), *programme, origin.time);
    if (fact.has_leg_confirmed()) return legs_are(With(found.value.legs(), fact.leg_confirmed().leg()));
    if (fact.has_leg_removed()) return legs_are(Without(found.value.legs(), fact.leg_removed().leg().id()));
    if (fact.has_rescheduled()) return legs_are({});
    if (fact.has_disclosure_followed()) return OnDisclosure(found.value, fact.disclosure_followed().disclosure());
    return OnEnded(found.value, ReasonOf(fact.ended()));
  });
}

// Applies what `decide` says of `clearance`. When its legs are to be others, the documents that it follows are told
// first, so that it is never judged for the new days by what was found out about the old ones; and it hears first what
// became of its cases while it was closed, so that it does not come again by what they said before.
absl::Status ComplianceService::ApplyAndFollow(Transaction& tx, const Origin& origin,
                                               Versioned<v1::Clearance>& clearance,
                                               const std::function<Facts()>& decide) {
  Facts facts = decide();
  if (ChangesLegs(clearance.value, facts)) {
    AMIKECO_RETURN_IF_ERROR(documents_.OnActivityChanged(tx, clearance, origin));
    AMIKECO_RETURN_IF_ERROR(FollowLegs(tx, origin, clearance));
    facts = decide();
  }
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin, facts, clearance));
  AMIKECO_RETURN_IF_ERROR(documents_.Follow(tx, clearance, origin));
  if (!facts.empty()) AMIKECO_RETURN_IF_ERROR(FollowWaivers(tx, origin, clearance));
  return FollowLegs(tx, origin, clearance);
}

absl::Status ComplianceService::ReactToApplication(Transaction& tx, const event::v1::Event& event,
                                                   const Origin& origin) {
  ApplicationFact fact;
  if (!event.data().UnpackTo(&fact)) return absl::InternalError("The application's fact does not parse.");
  if (fact.has_submitted()) return documents_.NoteActivity(tx, event.subject(), fact.submitted());
  // What was placed by matching is ended by it, too; nobody else ends what was only arranged.
  const bool missed = fact.has_stay_missed() && fact.stay_missed().placement().empty();
  const bool ends =
      missed || fact.has_withdrawn() || fact.has_cancelled() || fact.has_stay_ended() || fact.has_closed();
  if (!ends && !fact.has_stay_started() && !fact.has_stay_arranged()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(auto found, Clearances().Find(tx, ClearanceNameOf(event.subject())));
  if (!found.exists() && !fact.has_stay_arranged()) return absl::OkStatus();
  if (fact.has_stay_arranged()) {
    const auto& arranged = fact.stay_arranged();
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(arranged.programme(), arranged.programme_version()));
    return ApplyAndFollow(tx, origin, found, [&] {
      return OnAgreed(found.value, AgreedBy(arranged, event.subject()), "", *programme, origin.time);
    });
  }
  Facts facts;
  if (fact.has_stay_started()) facts = OnBegun(found.value, fact.stay_started().date(), origin.time);
  if (fact.has_stay_ended() || fact.has_closed()) facts = OnEnded(found.value, "STAY_ENDED");
  if (fact.has_withdrawn()) facts = OnEnded(found.value, "WITHDRAWN");
  if (fact.has_cancelled()) facts = OnEnded(found.value, "CANCELLED");
  if (missed) facts = OnEnded(found.value, "STAY_MISSED");
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin, facts, found));
  if (!facts.empty()) AMIKECO_RETURN_IF_ERROR(FollowWaivers(tx, origin, found));
  return FollowLegs(tx, origin, found);
}

absl::Status ComplianceService::React(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  if (event.data().Is<PlacementFact>()) return ReactToPlacement(tx, event, origin);
  if (event.data().Is<ApplicationFact>()) return ReactToApplication(tx, event, origin);
  if (applicant::v1::MemberFact fact; event.data().UnpackTo(&fact) && fact.has_erased()) {
    // The signatures under waivers, and what the person was screened by.
    AMIKECO_RETURN_IF_ERROR(ErasePersonWhenFree(tx, dossiers_, event.subject(), origin));
    return screenings_.OnErased(tx, event.subject(), origin);
  }
  return absl::OkStatus();
}

namespace {

// Documents of persons belong to the clearance that their entry begins with: "clearances/A-1/waivers/2".
absl::StatusOr<std::optional<absl::Time>> CaseEndOf(Reader& reader, const std::string&, const std::string& entry) {
  const std::vector<std::string> path = absl::StrSplit(entry, '/');
  if (path.size() < 2) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(const auto found, Clearances().Find(reader, absl::StrCat(path[0], "/", path[1])));
  if (!found.exists() || found.value.state() != v1::Clearance::STATE_CLOSED) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(const absl::Time end, TimeOfLastFact(reader, found.name, found.version));
  return end;
}

}  // namespace

Reactions ReactionsOf(ComplianceService& service) {
  return {{"matching", "applicant"},
          [&service](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
            return service.React(tx, event, origin);
          },
          CaseEndOf};
}

}  // namespace amikeco::compliance
