// Clearance: what follows from each command and each fact about it. Pure.
//
// Every Decide ends with its consequences: ClearanceGranted when the items have come to hold, ClearanceLost when they
// have ceased to, in the same list of facts. So a clearance is never CLEARED with a mandatory item open.
#ifndef AMIKECO_SERVICES_COMPLIANCE_CLEARANCE_H_
#define AMIKECO_SERVICES_COMPLIANCE_CLEARANCE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"

namespace amikeco::compliance {

// An agreement that was ended by matching alone may come again; a withdrawn or ended stay does not.
inline constexpr char kPlacementEnded[] = "PLACEMENT_ENDED";

// Who does what follows by itself.
inline constexpr char kSystem[] = "system/compliance";

using Facts = std::vector<v1::ClearanceFact>;

struct Circumstance {
  absl::Time now;
  const Actor& actor;
};

// More records than a stay can need; a clearance must stay small enough to be judged and stored at once.
inline constexpr int kMostRecords = 500;

absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::RecordHealthCoverRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::SignWaiverRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::RecordBackgroundCheckRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::RecordReviewRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::RecordMediaConsentRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::VoidItemRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::RevokeClearanceRequest&, const Circumstance&);
absl::StatusOr<Facts> Decide(const v1::Clearance&, const v1::ReinstateClearanceRequest&, const Circumstance&);

// The participant will not sign the waiver that `item` asks for.
absl::StatusOr<Facts> OnWaiverDeclined(const v1::Clearance&, absl::string_view item, absl::string_view waiver,
                                       const Circumstance&);
// What was recorded for these waivers no longer counts; a reason code for each.
Facts OnWaiversEnded(const v1::Clearance&, const std::map<std::string, std::string>& reasons, const Circumstance&);

// What a case (vetting, check, visa, screening) or a document (assessment, notification) says of a required item. The
// item has the record that says so for as long as it is said.
struct Standing {
  std::string item = "";  // id of the required item
  v1::Outcome outcome;
  std::string kind = "";                                                 // of a case: as the programme accepts it
  std::string source = "";                                               // of a case: the one that decides
  std::string hash = "";                                                 // of a document: what it says
  std::string by = "";                                                   // of a document: who decided; empty: who acts
  std::optional<absl::CivilDay> from = std::nullopt, to = std::nullopt;  // not set: without bound
};
enum class Followed { kCases, kDocuments };

// The records that rest on cases, or on documents, are these now: what is no longer said is void, what is said is
// recorded. No facts when nothing changed, when the stay is over, and while dates are being changed. A clearance that
// may come again follows, too, so that it does not come again by what no longer is so; one that is full takes nothing
// more that speaks for it, so that the item is open.
Facts OnStandings(const v1::Clearance&, Followed followed, const std::vector<Standing>& standings, const Circumstance&);

// Facts of others. What is stale gives no facts: a clearance that is closed for good is not opened again.
// The default clearance is one that does not exist yet.
Facts OnAgreed(const v1::Clearance&, const matching::v1::PlacementAgreed&, absl::string_view placement,
               const programme::v1::Programme&, absl::Time now);
// The legs are these now; none: the agreement is void until there is a new one. What is closed stays closed.
Facts OnLegsChanged(const v1::Clearance&, const google::protobuf::RepeatedPtrField<matching::v1::Leg>& legs,
                    const programme::v1::Programme&, absl::Time now);
Facts OnBegun(const v1::Clearance&, const google::type::Date& date, absl::Time now);
Facts OnEnded(const v1::Clearance&, absl::string_view reason);
Facts OnDisclosure(const v1::Clearance&, const options::v1::Disclosure& disclosure);

// What is due by the clock: items still open on their due dates, a running stay's clearance that ends or comes back.
Facts OnTime(const v1::Clearance&, absl::Time now);

// When OnTime next has something to do; nothing: never.
std::optional<absl::Time> NextDue(const v1::Clearance&);
// First day of its legs. Requires that there are some.
absl::CivilDay FirstDay(const v1::Clearance&);
// The day that it is for the stay at `now`, in the programme's zone.
absl::CivilDay Today(const v1::Clearance&, absl::Time now);
// The clearance of an application: "applications/7" has "clearances/7".
std::string ClearanceNameOf(absl::string_view application);

// Fills what is worked out for answers: cleared, open items with reasons, lapses. `version` is the stored one.
void Describe(v1::Clearance& clearance, int64_t version, absl::Time now);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

// The clearance after `fact`. Total.
Clearance Evolve(Clearance clearance, const ClearanceFact& fact);

}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_CLEARANCE_H_
