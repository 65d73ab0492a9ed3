// What a stay must bring, and what follows it: each step is done by whom it is owed, one at a time.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/dates.h"
#include "demo/actors.h"
#include "demo/play.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;
using applicant::v1::ChangeProposal;
using applicant::v1::StayProgress;

// Days that an implementation takes here.
constexpr int kDaysToImplement = 30;

template <typename Response = Application, typename Request>
std::function<absl::Status()> Step(Stage& stage, const char* method, const Actor& actor, const Application& application,
                                   Request request) {
  request.set_name(application.name());
  return [&stage, method, actor, request] {
    return stage.Call<Response>(Service::kApplicant, method, actor, request).status();
  };
}

const applicant::v1::Phase* CurrentPhase(const Application& application) {
  for (const auto& phase : application.steps().phases()) {
    if (phase.id() == application.steps().current_phase()) return &phase;
  }
  return nullptr;
}

// Who has the officer: the partner of the phase, or the host.
std::string PartnerNow(const Application& application) {
  const auto* phase = CurrentPhase(application);
  return phase == nullptr ? application.placement().host() : phase->partner();
}

bool IsHandedIn(const ChangeProposal& proposal) {
  return proposal.state() == ChangeProposal::STATE_SUBMITTED || proposal.state() == ChangeProposal::STATE_ACCEPTED;
}

// What each person who owes a change proposal has of it, in the order of persons.
std::vector<ChangeProposal> Proposals(const Applicant& applicant, const Application& application) {
  std::vector<ChangeProposal> proposals;
  if (!applicant.programme->after_stay().has_change_proposal()) return proposals;
  for (const std::string& person : applicant.persons()) {
    ChangeProposal& proposal = proposals.emplace_back();
    if (person == applicant.member) proposal = application.steps().proposal();
    for (const auto& of_fellow : application.steps().fellow_proposals()) {
      if (of_fellow.member() == person) proposal = of_fellow;
    }
    proposal.set_member(person);
  }
  return proposals;
}

// Nothing that the stay itself must bring is open.
bool IsComplete(const Applicant& applicant, const Application& application) {
  const auto& steps = application.steps();
  for (const auto& module : steps.modules()) {
    if (!module.has_completed_on()) return false;
  }
  const auto proposals = Proposals(applicant, application);
  return steps.current_phase().empty() && std::all_of(proposals.begin(), proposals.end(), IsHandedIn);
}

applicant::v1::WriteProposalRequest ProposalOf(const Applicant& applicant) {
  const auto& topics = applicant.programme->after_stay().change_proposal().topics();
  applicant::v1::WriteProposalRequest request;
  request.add_topics(topics[applicant.index % topics.size()]);
  request.set_text("Each station has a named officer for its neighbourhood, and the briefing format of our hosts.");
  auto& titled = *request.add_artefacts();
  titled.set_title("Briefing format");
  titled.mutable_artefact()->set_kind(applicant::v1::ARTEFACT_KIND_PROCEDURE);
  titled.mutable_artefact()->set_sha256(std::string(64, 'd'));
  titled.mutable_artefact()->set_media_type("application/pdf");
  titled.mutable_artefact()->set_size_bytes(48213);
  return request;
}

applicant::v1::RecordEvaluationRequest EvaluationOf(const Applicant& applicant) {
  applicant::v1::RecordEvaluationRequest request;
  for (const auto& question : applicant.programme->after_stay().evaluation().questions()) {
    auto& answer = *request.add_answers();
    answer.set_question(question.id());
    answer.set_rating(2 + applicant.index % 4);
  }
  return request;
}

Actor EvaluatorOf(const Applicant& applicant) {
  switch (applicant.programme->after_stay().evaluation().evaluator()) {
    case options::v1::ROLE_OFFICER:
      return Self(applicant);
    case options::v1::ROLE_ENDORSER:
      return Endorser(applicant);
    default:
      return Coordinator(applicant);
  }
}

}  // namespace

// Phases, modules and change proposals. Some are late with the proposal, and bring it when the stay is over.
void Play::TodoForStayItself(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  const auto& steps = application.steps();
  const auto* phase = CurrentPhase(application);
  if (phase != nullptr && ToDay(phase->last_day()) <= today_) {
    applicant::v1::CompletePhaseRequest request;
    request.set_phase(phase->id());
    acts.push_back(Step<StayProgress>(stage_, "CompletePhase", Coordinator(applicant), application, request));
  }
  for (const auto& module : steps.modules()) {
    if (module.has_completed_on()) continue;
    applicant::v1::CompleteModuleRequest request;
    request.set_module(module.id());
    acts.push_back(
        Step<StayProgress>(stage_, "CompleteModule", HostContact(PartnerNow(application)), application, request));
    break;
  }
  const bool is_late = applicant.index % 3 == 0 && application.state() == Application::STATE_STARTED;
  if (is_late) return;
  for (const ChangeProposal& proposal : Proposals(applicant, application)) {
    if (IsHandedIn(proposal)) continue;
    const Actor author = Person(applicant, proposal.member());
    acts.push_back(proposal.has_written_on()
                       ? Step(stage_, "SubmitProposal", author, application, applicant::v1::SubmitProposalRequest())
                       : Step(stage_, "WriteProposal", author, application, ProposalOf(applicant)));
    return;
  }
}

// What is owed once the stay has brought all that it must.
void Play::TodoAfterStay(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  const auto& steps = application.steps();
  const bool implements = applicant.programme->after_stay().implementation_days() > 0;
  if (application.has_report_due()) {
    acts.push_back([this, &applicant, application] { return Report(applicant, application); });
  }
  if (steps.has_return_due() && !steps.has_returned()) {
    acts.push_back(Step(stage_, "RecordReturn", Self(applicant), application, applicant::v1::RecordReturnRequest()));
  } else if (implements && !steps.has_implementation_begun()) {
    acts.push_back(Step(stage_, "BeginImplementation", Endorser(applicant), application,
                        applicant::v1::BeginImplementationRequest()));
  } else if (implements && !steps.has_implementation_completed()) {
    if (DaysInState(application) < kDaysToImplement) return;
    acts.push_back(Step(stage_, "CompleteImplementation", Endorser(applicant), application,
                        applicant::v1::CompleteImplementationRequest()));
  } else if (steps.has_evaluation_due() && !steps.has_evaluation()) {
    acts.push_back(Step(stage_, "RecordEvaluation", EvaluatorOf(applicant), application, EvaluationOf(applicant)));
  }
}

// Half of the proposals are revised once. False: none waits for a review.
bool Play::TodoForReview(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  for (const ChangeProposal& proposal : Proposals(applicant, application)) {
    if (proposal.state() != ChangeProposal::STATE_SUBMITTED) continue;
    applicant::v1::ReviewProposalRequest request;
    request.set_member(proposal.member());
    request.set_accept(proposal.revision() > applicant.index % 2);
    if (!request.accept()) request.set_comments("Who does it, and by when?");
    acts.push_back(Step(stage_, "ReviewProposal", Coordinator(applicant), application, request));
    return true;
  }
  return false;
}

void Play::TodoForSteps(const Application& application, std::vector<Act>& acts) {
  switch (application.state()) {
    case Application::STATE_STARTED:
    case Application::STATE_ENDED:
    case Application::STATE_RETURNED:
    case Application::STATE_IMPLEMENTING:
    case Application::STATE_IMPLEMENTED:
      break;
    default:
      return;
  }
  const bool is_over = application.state() != Application::STATE_STARTED;
  // The others wait for the review: what it finds decides how they go on.
  if (TodoForReview(application, acts)) return;
  if (is_over && IsComplete(*by_application_.at(application.name()), application)) {
    TodoAfterStay(application, acts);
  } else {
    TodoForStayItself(application, acts);
  }
}

}  // namespace amikeco::demo
