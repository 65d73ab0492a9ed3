// The steps of a stay and those that follow it: what is owed by whom, and what follows from that. Pure.
//
// What is asked for is the programme's (AfterStay); how far it has come is the application's (Steps). A programme that
// asks for nothing but a report has no steps, and nothing here adds a fact to its applications.
#ifndef AMIKECO_SERVICES_APPLICANT_STEPS_H_
#define AMIKECO_SERVICES_APPLICANT_STEPS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "services/applicant/application.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {

// Something that is owed.
struct OwedStep {
  std::string id;    // "phase/academic", "module/rule-of-law", "change-proposal", "return", …
  std::string what;  // for people
  options::v1::Role owner = options::v1::ROLE_UNSPECIFIED;
  google::type::Date due;   // of year 0: no date
  std::string person = {};  // of a cohort, the one who owes it; "": who has the role
};

// What the stay itself must still bring: phases, mandatory modules, the change proposal, of a cohort everybody's.
std::vector<OwedStep> OwedByStay(const v1::Application& application, const programme::v1::Programme& programme);
// The same, and what follows the stay: report, return, implementation, review,
// evaluation. In the order of the process.
std::vector<OwedStep> Owed(const v1::Application& application, const programme::v1::Programme& programme);
// The organisation or person that has the role for the application; "" when there is no single one.
std::string OwnerName(const v1::Application& application, const programme::v1::Programme& programme,
                      options::v1::Role owner);

// The programme asks for more than a report.
bool HasSteps(const programme::v1::Programme& programme);
// The programme asks for what the event brings; true for events that have nothing to do with steps.
bool IsAskedFor(Event event, const v1::Application& application, const programme::v1::Programme& programme);
// OK when the state allows it and the programme asks for it; NOT_POSSIBLE_IN_STATE or STEP_NOT_OWED otherwise.
absl::Status CheckStep(const v1::Application& application, Event event, const Circumstance& c);
// OK, or STAY_INCOMPLETE with all that is missing.
absl::Status CheckStayComplete(const v1::Application& application, const programme::v1::Programme& programme);
// Who owes a change proposal each: of a cohort all, otherwise the member; "" is an organisation's application.
std::vector<std::string> AuthorsOf(const v1::Application& application);
// An empty one when nothing was written yet.
const v1::ChangeProposal& ProposalOf(const v1::Application& application, const std::string& author);
// A draft, or a proposal that was returned, is not.
bool IsHandedIn(const v1::ChangeProposal& proposal);

// What the stay that begins today consists of; nothing when it has neither phases nor modules.
std::optional<v1::ApplicationFact> PlanSteps(const v1::Application& application, const Circumstance& c);
// The stay is over on `last_day`: something is owed, or the application is closed.
std::vector<v1::ApplicationFact> EndOfStay(const v1::Application& application, absl::CivilDay last_day,
                                           const Circumstance& c);
// `facts`, and that the application is closed, on `day`, when the stay has ended and nothing is owed after them.
std::vector<v1::ApplicationFact> ThenClosed(v1::Application application, std::vector<v1::ApplicationFact> facts,
                                            absl::CivilDay day, const Circumstance& c);

// A dated step that is open and not yet known to be overdue.
struct DueStep {
  google::type::Date due;
  v1::ApplicationFact overdue;  // what is stated behind that day
};
std::vector<DueStep> DueSteps(const v1::Application& application);
// Adds what is overdue at `c.now`.
void TickSteps(const v1::Application& application, const Circumstance& c, std::vector<v1::ApplicationFact>& facts);

// Folds a fact about a step into the application; ignores facts that it does not know.
void FoldStep(v1::Application& application, const v1::ApplicationFact& fact);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_STEPS_H_
