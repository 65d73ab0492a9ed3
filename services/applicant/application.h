// Applications: the process itself. What follows from a command, from another service's fact and from time. Pure.
//
// Decisions are in submission.cc (up to the search for a place), application.cc (later commands) and follow.cc (facts
// and time), those about the steps of a stay and after it in after_stay.h and change_proposal.h; the record folds in
// evolve.cc; what is possible when is in transitions.h alone.
#ifndef AMIKECO_SERVICES_APPLICANT_APPLICATION_H_
#define AMIKECO_SERVICES_APPLICANT_APPLICATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"
#include "services/applicant/place.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {

// What a decision may depend on besides the application and the command.
struct Circumstance {
  absl::Time now;
  const Actor& actor;
  const programme::v1::Programme& programme;  // in the application's version
  // For commands that judge: whose application it is, of a cohort all; none for an organisation's.
  absl::Span<const v1::Member> persons = {};
  std::string name = {};               // of a new application; of the placement or clearance that a fact is about
  const v1::Intake* intake = nullptr;  // that the application is, or would be, an entry of
  Place place = {};                    // of the first person, for commands that judge
};

// The clearance as the start gate read it.
struct GateReading {
  std::string clearance;
  int64_t version = 0;
  bool cleared = false;
  std::vector<std::string> open_items;
};

using ApplicationFacts = absl::StatusOr<std::vector<v1::ApplicationFact>>;

// The day it is now where the programme's days begin and end.
absl::CivilDay Today(const Circumstance& c);

ApplicationFacts Decide(const v1::Application& application, const v1::SubmitApplicationRequest& command,
                        const Circumstance& c);
// The member was endorsed; nothing follows for an application that does not wait for it.
ApplicationFacts Decide(const v1::Application& application, const v1::Endorsement& endorsement, const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::TriageApplicationRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::ChangeWishesRequest& command,
                        const Circumstance& c);
// `c.programme` is the version to adopt.
ApplicationFacts Decide(const v1::Application& application, const v1::AdoptProgrammeRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::OverrideRuleRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::CompleteTaskRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::WithdrawApplicationRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::CancelApplicationRequest& command,
                        const Circumstance& c);
// Whether the stay may begin, as far as it can be told without the gate; OK means that the gate is worth reading.
absl::Status CheckStart(const v1::Application& application, const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::StartStayRequest& command, const Circumstance& c,
                        const GateReading& gate);
ApplicationFacts Decide(const v1::Application& application, const v1::EndStayRequest& command, const Circumstance& c);

// What follows from a fact of the application's placement or clearance; nothing when it is stale: about an earlier
// round, older than what is known, or not in the transition table for the state.
std::vector<v1::ApplicationFact> Follow(const v1::Application& application, const matching::v1::PlacementFact& fact,
                                        const Circumstance& c);
std::vector<v1::ApplicationFact> Follow(const v1::Application& application, const compliance::v1::ClearanceFact& fact,
                                        int64_t clearance_version, const Circumstance& c);
// What time alone brings: everything that is due at `c.now`.
std::vector<v1::ApplicationFact> Tick(const v1::Application& application, const Circumstance& c);

// The open tasks that `trigger` completes, as done by the actor today. None for TASK_TRIGGER_UNSPECIFIED: what nothing
// completes by itself, a person does.
std::vector<v1::ApplicationFact> TasksDone(const v1::Application& application, programme::v1::TaskTrigger trigger,
                                           const Circumstance& c);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
// The application after `fact`. Total: ignores facts that it does not know.
Application Evolve(Application application, const ApplicationFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_APPLICATION_H_
