// Waivers: what follows from each command about them, and what a clearance makes of its waivers (A0-24). Pure.
//
// Where a waiver stands and what is possible then is one table, that of Waiver.State in waiver.proto. Follow brings the
// waivers of a clearance in line with what it asks for: it issues those that are missing, and ends those that fit no
// more (A5-06).
#ifndef AMIKECO_SERVICES_COMPLIANCE_WAIVER_H_
#define AMIKECO_SERVICES_COMPLIANCE_WAIVER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/compliance/v1/waiver.pb.h"
#include "common/base/dates.h"
#include "services/compliance/clearance.h"
#include "services/compliance/waiver_template.h"

namespace amikeco::compliance {

using WaiverState = v1::Waiver::State;
using WaiverFacts = std::vector<v1::WaiverFact>;

// Those of people, and what the clearance and the clock do.
enum class WaiverCommand { kSend, kView, kSign, kDecline, kVoid, kExpire, kSupersede };

// Where it leads; nothing when it is not possible.
std::optional<WaiverState> Next(WaiverState from, WaiverCommand command);
// "SendWaiver"; of what no client calls, "expiry".
absl::string_view NameOf(WaiverCommand command);
// The names of the methods that are possible.
std::vector<std::string> PossibleCommands(WaiverState from);
// It may still be signed.
bool IsOpen(WaiverState state);

// What a waiver has to say and to cover.
struct WaiverTerms {
  const v1::WaiverTemplate& text;
  Days days;
};
// The days are those of the item that asks for the waiver now; its own when none does.
WaiverTerms TermsOf(const v1::Clearance&, const v1::Waiver&, const v1::WaiverTemplate&);

absl::StatusOr<WaiverFacts> Decide(const v1::Waiver&, const v1::SendWaiverRequest&, const WaiverTerms&,
                                   const Circumstance&);
// Opening it again changes nothing.
absl::StatusOr<WaiverFacts> Decide(const v1::Waiver&, const v1::ViewWaiverRequest&, const Circumstance&);
// `record` is the number of the clearance's record of it.
absl::StatusOr<WaiverFacts> Decide(const v1::Waiver&, const v1::SignWaiverRequest&, const WaiverTerms&, int record,
                                   const Circumstance&);
absl::StatusOr<WaiverFacts> Decide(const v1::Waiver&, const v1::DeclineWaiverRequest&, int record, const Circumstance&);
absl::StatusOr<WaiverFacts> Decide(const v1::Waiver&, const v1::VoidWaiverRequest&, const Circumstance&);
// What is due by the clock: nobody signed it in time.
WaiverFacts OnTime(const v1::Waiver&, absl::Time now);
// Its template ended or became current again; nothing when the waiver knows.
WaiverFacts OnTemplate(const v1::Waiver&, const v1::WaiverTemplate&);

// When OnTime next has something to do; nothing: never.
std::optional<absl::Time> NextDue(const v1::Waiver&);

// Who is asked to sign for the item; "": nobody, since the stay is an organisation's.
std::string ParticipantOf(const v1::Clearance&, const v1::RequiredItem&);
// The waiver's days, agency, participant and template are those that the item needs. A stay that runs goes on under the
// text with which it began.
bool Fits(const v1::Waiver&, const v1::Clearance&, const v1::RequiredItem&);
// The item that the waiver is for now; null when none asks for it.
const v1::RequiredItem* ItemOf(const v1::Clearance&, const v1::Waiver&);

struct WaiverStep {
  std::string waiver;
  v1::WaiverFact fact;
};
// What becomes of the clearance's waivers, of which `waivers` are all there are. While dates are being changed the
// clearance asks for nothing and nothing happens.
std::vector<WaiverStep> Follow(const v1::Clearance&, std::vector<v1::Waiver> waivers, const WaiverTemplates&,
                               const Circumstance&);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

// The waiver after `fact`. Total.
Waiver Evolve(Waiver waiver, const WaiverFact& fact);

}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_WAIVER_H_
