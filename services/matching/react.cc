// The facts' and the clock's doors.
#include <algorithm>
#include <utility>

#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/base/dates.h"
#include "services/matching/casework.h"
#include "services/matching/service.h"

namespace amikeco::matching {
namespace {

using applicant::v1::ApplicationFact, applicant::v1::HostingOfferFact, applicant::v1::SectionFact;

constexpr int kScanned = 1000;
// What a host that offers itself is taken to have until it says so with UpdateOffer.
constexpr char kCommandStep[] = "Chief";

// Why a placement is over; "" for facts that do not end it.
std::string EndOf(const ApplicationFact& fact) {
  switch (fact.fact_case()) {
    case ApplicationFact::kWithdrawn:
      return "WITHDRAWN";
    case ApplicationFact::kCancelled:
      return "CANCELLED";
    case ApplicationFact::kStayEnded:
      return "STAY_ENDED";
    case ApplicationFact::kClosed:
      return "CLOSED";
    case ApplicationFact::kLapsed:
      return "LAPSED";
    case ApplicationFact::kStayMissed:
      return "STAY_MISSED";
    case ApplicationFact::kEligibilityDecided:
      // Judged again after the wishes changed.
      return fact.eligibility_decided().eligible() ? "" : "INELIGIBLE";
    default:
      return "";
  }
}

// The offer, with one window more.
v1::HostOffer Widened(v1::HostOffer offer, const applicant::v1::HostingOfferAccepted& accepted) {
  v1::HostWindow& window = *offer.add_windows();
  *window.mutable_first_day() = accepted.first_day();
  *window.mutable_last_day() = accepted.last_day();
  window.set_capacity(accepted.capacity());
  for (const std::string& topic : accepted.topics()) {
    if (std::find(offer.topics().begin(), offer.topics().end(), topic) == offer.topics().end()) {
      offer.add_topics(topic);
    }
  }
  if (offer.command_steps().empty()) offer.add_command_steps(kCommandStep);
  return offer;
}

absl::Status TakeUpHost(Casework& work, const applicant::v1::HostingOfferAccepted& accepted) {
  AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Host>* const host, work.Host(accepted.host()));
  if (!host->exists()) return NotFound(accepted.host());
  if (host->value.participating()) {
    v1::UpdateOfferRequest update;
    *update.mutable_offer() = Widened(host->value.offer(), accepted);
    // Days that the host has spoken for already stay as it said.
    if (!CheckOffer(update.offer()).ok()) return absl::FailedPreconditionError("the host's own offer stands");
    return work.Do(*host, update);
  }
  v1::OptInRequest opt_in;
  // Windows from before the host opted out are not offered again.
  v1::HostOffer offer = host->value.offer();
  offer.clear_windows();
  *opt_in.mutable_offer() = Widened(std::move(offer), accepted);
  return work.Do(*host, opt_in);
}

absl::Status TakeUpHome(Casework& work, const applicant::v1::HostingOfferAccepted& accepted,
                        absl::string_view offer_name) {
  AMIKECO_ASSIGN_OR_RETURN(const Versioned<v1::Host>* host, work.Host(accepted.host()));
  if (!host->exists()) return NotFound(accepted.host());
  const std::string name = absl::StrCat("homeHosts/", absl::StripPrefix(offer_name, "hostingOffers/"));
  AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::HomeHost>* const home, work.HomeHost(name));
  if (home->exists()) return absl::OkStatus();
  OfferHome offer;
  offer.offered.set_name(name);
  offer.offered.set_host(accepted.host());
  *offer.offered.mutable_first_day() = accepted.first_day();
  *offer.offered.mutable_last_day() = accepted.last_day();
  offer.offered.set_member(accepted.home_host());
  return work.Do(*home, offer);
}

}  // namespace

absl::Status MatchingService::ReactToApplication(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  ApplicationFact fact;
  if (!event.data().UnpackTo(&fact)) return absl::InternalError("The application's fact does not parse.");
  const std::string end = EndOf(fact);
  if (end.empty() && !fact.has_matching_opened() && !fact.has_disclosure_set()) return absl::OkStatus();
  Casework work(tx, directory_, programmes_, origin);
  AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, work.Placement(PlacementOf(event.subject())));
  if (!fact.has_matching_opened() && !placement->exists()) return absl::OkStatus();
  if (fact.has_disclosure_set()) return work.Do(*placement, FollowDisclosure{fact.disclosure_set().disclosure()});
  AMIKECO_RETURN_IF_ERROR(work.Refresh());
  if (end.empty()) {
    AMIKECO_RETURN_IF_ERROR(work.Do(*placement, OpenSearch{event.subject(), fact.matching_opened()}));
  } else {
    AMIKECO_RETURN_IF_ERROR(work.Do(*placement, EndPlacement{end}));
  }
  return work.Settle();
}

absl::Status MatchingService::ReactToOffer(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  HostingOfferFact fact;
  if (!event.data().UnpackTo(&fact)) return absl::InternalError("The hosting offer's fact does not parse.");
  if (!fact.has_accepted()) return absl::OkStatus();
  Casework work(tx, directory_, programmes_, origin);
  AMIKECO_RETURN_IF_ERROR(work.Refresh());
  if (fact.accepted().kind() == applicant::v1::OFFER_KIND_HOME_HOST) {
    AMIKECO_RETURN_IF_ERROR(TakeUpHome(work, fact.accepted(), event.subject()));
  } else {
    AMIKECO_RETURN_IF_ERROR(TakeUpHost(work, fact.accepted()));
  }
  return work.Settle();
}

absl::Status MatchingService::ReactToSection(Transaction& tx, const event::v1::Event& event) {
  SectionFact fact;
  if (!event.data().UnpackTo(&fact)) return absl::InternalError("The section's fact does not parse.");
  AMIKECO_ASSIGN_OR_RETURN(const auto known, tables_.sections.Find(tx, event.subject()));
  return tables_.sections.Put(tx, event.subject(), Noted(known.value, fact), known.version, known.version + 1);
}

absl::Status MatchingService::React(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  if (event.data().Is<ApplicationFact>()) return ReactToApplication(tx, event, origin);
  if (event.data().Is<HostingOfferFact>()) return ReactToOffer(tx, event, origin);
  if (event.data().Is<SectionFact>()) return ReactToSection(tx, event);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> MatchingService::Due(Reader& reader, absl::Time now, int limit) {
  // "due" values are times to the microsecond, all of one length: the first that is too late follows `now`.
  const std::string below = SortableTime(now + absl::Microseconds(1));
  AMIKECO_ASSIGN_OR_RETURN(const auto due,
                           tables_.placements.Range(reader, "due", "", below, std::min(limit, kScanned)));
  std::vector<std::string> names;
  for (const auto& placement : due) names.push_back(placement.name);
  return names;
}

absl::Status MatchingService::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  Casework work(tx, directory_, programmes_, origin);
  AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, work.Placement(name));
  const bool due = placement->value.has_next_due() && ToTime(placement->value.next_due()) <= origin.time;
  if (!due) return absl::OkStatus();
  AMIKECO_RETURN_IF_ERROR(work.Refresh());
  AMIKECO_RETURN_IF_ERROR(work.Do(*placement, PassTime()));
  if (placement->value.stage() == v1::Placement::STAGE_SEARCHING) work.Continue(*placement);
  return work.Settle();
}

Reactions ReactionsOf(MatchingService& service) {
  return {{"applicant"}, [&service](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
            return service.React(tx, event, origin);
          }};
}

}  // namespace amikeco::matching
