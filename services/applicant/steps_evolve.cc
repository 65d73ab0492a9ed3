// How the facts about the steps of a stay and after it fold.
#include <string>

#include "services/applicant/steps.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using v1::ApplicationFact;
using v1::ChangeProposal;

void Plan(v1::Steps& steps, const v1::StepsPlanned& fact) {
  for (const v1::PlannedPhase& planned : fact.phases()) {
    v1::Phase& phase = *steps.add_phases();
    phase.set_id(planned.id());
    phase.set_title(planned.title());
    phase.set_kind(planned.kind());
    phase.set_partner(planned.partner());
    *phase.mutable_last_day() = planned.last_day();
  }
  for (const v1::PlannedModule& planned : fact.modules()) {
    v1::Module& module = *steps.add_modules();
    module.set_id(planned.id());
    module.set_title(planned.title());
    module.set_mandatory(planned.mandatory());
  }
  steps.set_current_phase(fact.phases().empty() ? "" : fact.phases(0).id());
}

void CompletePhase(v1::Steps& steps, const v1::PhaseCompleted& fact) {
  steps.clear_current_phase();
  for (v1::Phase& phase : *steps.mutable_phases()) {
    if (phase.id() == fact.phase()) {
      *phase.mutable_completed_on() = fact.date();
      phase.set_completed_by(fact.by());
    } else if (!phase.has_completed_on() && steps.current_phase().empty()) {
      steps.set_current_phase(phase.id());
    }
  }
}

void CompleteModule(v1::Steps& steps, const v1::ModuleCompleted& fact) {
  for (v1::Module& module : *steps.mutable_modules()) {
    if (module.id() != fact.module()) continue;
    *module.mutable_completed_on() = fact.date();
    module.set_completed_by(fact.by());
  }
}

// The proposal that the fact is about.
template <typename ProposalFact>
ChangeProposal& ProposalIn(App& application, const ProposalFact& fact) {
  v1::Steps& steps = *application.mutable_steps();
  ChangeProposal* proposal = nullptr;
  if (fact.member().empty() || fact.member() == application.member()) {
    proposal = steps.mutable_proposal();
  } else {
    for (ChangeProposal& one : *steps.mutable_fellow_proposals()) {
      if (one.member() == fact.member()) proposal = &one;
    }
    if (proposal == nullptr) proposal = steps.add_fellow_proposals();
  }
  proposal->set_member(fact.member());
  return *proposal;
}

void Write(ChangeProposal& proposal, const v1::ProposalWritten& fact) {
  if (proposal.state() == ChangeProposal::STATE_UNSPECIFIED) proposal.set_state(ChangeProposal::STATE_DRAFT);
  *proposal.mutable_topics() = fact.topics();
  *proposal.mutable_artefacts() = fact.artefacts();
  *proposal.mutable_written_on() = fact.date();
}

void Submit(ChangeProposal& proposal, const v1::ProposalSubmitted& fact) {
  proposal.set_state(ChangeProposal::STATE_SUBMITTED);
  *proposal.mutable_submitted_on() = fact.date();
  proposal.set_submitted_by(fact.by());
  proposal.set_revision(fact.revision());
}

template <typename Reviewed>
void Review(ChangeProposal& proposal, ChangeProposal::State state, const Reviewed& fact) {
  proposal.set_state(state);
  proposal.set_reviewed_by(fact.by());
  *proposal.mutable_reviewed_on() = fact.date();
}

void PlanAfterStay(v1::Steps& steps, const v1::AfterStayPlanned& fact) {
  if (fact.has_return_due()) *steps.mutable_return_due() = fact.return_due();
  if (fact.has_evaluation_due()) *steps.mutable_evaluation_due() = fact.evaluation_due();
}

void Return(App& application, const v1::ReturnRecorded& fact) {
  application.set_state(App::STATE_RETURNED);
  v1::Steps& steps = *application.mutable_steps();
  *steps.mutable_returned() = fact;
  if (fact.has_implementation_due()) *steps.mutable_implementation_due() = fact.implementation_due();
}

void Implement(App& application, const v1::ImplementationCompleted& fact) {
  application.set_state(App::STATE_IMPLEMENTED);
  v1::Steps& steps = *application.mutable_steps();
  *steps.mutable_implementation_completed() = fact;
  if (fact.has_evaluation_due()) *steps.mutable_evaluation_due() = fact.evaluation_due();
}

}  // namespace

void FoldStep(App& application, const ApplicationFact& fact) {
  switch (fact.fact_case()) {
    case ApplicationFact::kStepsPlanned:
      return Plan(*application.mutable_steps(), fact.steps_planned());
    case ApplicationFact::kPhaseCompleted:
      return CompletePhase(*application.mutable_steps(), fact.phase_completed());
    case ApplicationFact::kModuleCompleted:
      return CompleteModule(*application.mutable_steps(), fact.module_completed());
    case ApplicationFact::kProposalWritten:
      return Write(ProposalIn(application, fact.proposal_written()), fact.proposal_written());
    case ApplicationFact::kProposalSubmitted:
      return Submit(ProposalIn(application, fact.proposal_submitted()), fact.proposal_submitted());
    case ApplicationFact::kProposalReturned:
      return Review(ProposalIn(application, fact.proposal_returned()), ChangeProposal::STATE_RETURNED_FOR_REVISION,
                    fact.proposal_returned());
    case ApplicationFact::kProposalAccepted:
      return Review(ProposalIn(application, fact.proposal_accepted()), ChangeProposal::STATE_ACCEPTED,
                    fact.proposal_accepted());
    case ApplicationFact::kAfterStayPlanned:
      return PlanAfterStay(*application.mutable_steps(), fact.after_stay_planned());
    case ApplicationFact::kStayIncomplete:
      return application.mutable_steps()->set_incomplete(true);
    case ApplicationFact::kReturnRecorded:
      return Return(application, fact.return_recorded());
    case ApplicationFact::kReturnOverdue:
      return application.mutable_steps()->set_return_overdue(true);
    case ApplicationFact::kImplementationBegun:
      application.set_state(App::STATE_IMPLEMENTING);
      *application.mutable_steps()->mutable_implementation_begun() = fact.implementation_begun();
      return;
    case ApplicationFact::kImplementationCompleted:
      return Implement(application, fact.implementation_completed());
    case ApplicationFact::kImplementationOverdue:
      return application.mutable_steps()->set_implementation_overdue(true);
    case ApplicationFact::kEvaluationRecorded:
      *application.mutable_steps()->mutable_evaluation() = fact.evaluation_recorded();
      return;
    case ApplicationFact::kEvaluationOverdue:
      return application.mutable_steps()->set_evaluation_overdue(true);
    case ApplicationFact::kReportSubmitted:
      return application.clear_report_due();
    case ApplicationFact::kMentorNominated:
      *application.add_mentors() = fact.mentor_nominated();
      return;
    default:
      return;
  }
}

}  // namespace amikeco::applicant
