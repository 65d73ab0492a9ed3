// The methods about the steps of a stay, and about what follows it.
#include <utility>

#include "common/events/execute.h"
#include "services/applicant/after_stay.h"
#include "services/applicant/change.h"
#include "services/applicant/change_proposal.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/mentor.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using v1::Application;
using v1::StayProgress;

// Entries of the dossier, behind the application's name.
constexpr char kProposal[] = "proposal";
constexpr char kReview[] = "proposal-review";
constexpr char kEvaluation[] = "evaluation";

StayProgress ProgressOf(const Versioned<Application>& application) {
  const Application& all = application.value;
  StayProgress progress;
  progress.set_name(all.name());
  progress.set_member(all.member());
  progress.set_programme(all.programme());
  progress.set_state(all.state());
  progress.set_host(all.placement().host());
  *progress.mutable_first_day() = all.placement().start();
  *progress.mutable_last_day() = all.placement().end();
  *progress.mutable_phases() = all.steps().phases();
  progress.set_current_phase(all.steps().current_phase());
  *progress.mutable_modules() = all.steps().modules();
  progress.set_etag(EtagOf(application.version));
  return DisclosedAs(all, progress);
}

}  // namespace

absl::StatusOr<Versioned<Application>> ApplicantService::VisibleStay(Reader& reader, absl::string_view name,
                                                                     const Actor& actor) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, Applications().Get(reader, name));
  if (!actor.MaySee(found.value.parties()) && !HasTheOfficer(actor, found.value)) return NotFound(name);
  return found;
}

template <typename Request>
absl::StatusOr<StayProgress> ApplicantService::ChangeStay(Call& call, const Request& request) {
  return Execute<StayProgress>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<StayProgress> {
    AMIKECO_ASSIGN_OR_RETURN(auto application, VisibleStay(tx, request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(application, request.etag()));
    AMIKECO_RETURN_IF_ERROR(Change(tx, call, request, application));
    return ProgressOf(application);
  });
}

absl::StatusOr<StayProgress> ApplicantService::GetStayProgress(Call& call, const v1::GetStayProgressRequest& request) {
  return Query<StayProgress>(in_.store, [&](Reader& reader) -> absl::StatusOr<StayProgress> {
    AMIKECO_ASSIGN_OR_RETURN(const auto application, VisibleStay(reader, request.name(), call.actor));
    return ProgressOf(application);
  });
}

absl::StatusOr<StayProgress> ApplicantService::CompletePhase(Call& call, const v1::CompletePhaseRequest& request) {
  return ChangeStay(call, request);
}

absl::StatusOr<StayProgress> ApplicantService::CompleteModule(Call& call, const v1::CompleteModuleRequest& request) {
  return ChangeStay(call, request);
}

template <typename Request, typename Author>
absl::StatusOr<Application> ApplicantService::ChangeProposalOf(Call& call, const Request& request, Author author_of,
                                                               absl::string_view entry, const v1::ProposalText& words) {
  return Execute<Application>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Application> {
    AMIKECO_ASSIGN_OR_RETURN(auto application, ForChange(tx, Applications(), request, call.actor));
    // As the decision finds it: behind that, a review is no longer waited for.
    const auto author = author_of(application.value, request.member(), call.actor);
    AMIKECO_RETURN_IF_ERROR(Change(tx, call, request, application));
    AMIKECO_RETURN_IF_ERROR(author.status());
    const std::string& owner = author->empty() ? DossierOf(application.value) : *author;
    AMIKECO_RETURN_IF_ERROR(in_.dossiers.Write(tx, owner, absl::StrCat(application.name, "/", entry), words));
    return Answer(application);
  });
}

absl::StatusOr<Application> ApplicantService::WriteProposal(Call& call, const v1::WriteProposalRequest& request) {
  v1::ProposalText words;
  words.set_name(request.name());
  words.set_text(request.text());
  for (const v1::TitledArtefact& artefact : request.artefacts()) words.add_artefact_titles(artefact.title());
  return ChangeProposalOf(call, request, AuthorOf, kProposal, words);
}

absl::StatusOr<Application> ApplicantService::SubmitProposal(Call& call, const v1::SubmitProposalRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::ReviewProposal(Call& call, const v1::ReviewProposalRequest& request) {
  v1::ProposalText words;
  words.set_review_comments(request.comments());
  return ChangeProposalOf(call, request, ReviewedOf, kReview, words);
}

absl::StatusOr<v1::ProposalText> ApplicantService::GetProposal(Call& call, const v1::GetProposalRequest& request) {
  return Query<v1::ProposalText>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ProposalText> {
    AMIKECO_ASSIGN_OR_RETURN(const auto application, Visible(reader, Applications(), request.name(), call.actor));
    // Those who went together may read each other's.
    const Actor& reading = request.member().empty() ? call.actor : SystemActor("applicant");
    AMIKECO_ASSIGN_OR_RETURN(const std::string author, AuthorOf(application.value, request.member(), reading));
    const auto read = [&](absl::string_view entry) {
      return ReadFiled<v1::ProposalText>(reader, call.actor, request.name(), entry, author);
    };
    AMIKECO_ASSIGN_OR_RETURN(auto words, read(kProposal));
    const auto review = read(kReview);
    if (!review.ok() && !absl::IsNotFound(review.status())) return review.status();
    if (review.ok()) words.set_review_comments(review->review_comments());
    return words;
  });
}

absl::StatusOr<Application> ApplicantService::RecordReturn(Call& call, const v1::RecordReturnRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::BeginImplementation(Call& call,
                                                                  const v1::BeginImplementationRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::CompleteImplementation(Call& call,
                                                                     const v1::CompleteImplementationRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::RecordEvaluation(Call& call, const v1::RecordEvaluationRequest& request) {
  v1::EvaluationText words;
  words.set_name(request.name());
  words.set_text(request.text());
  return ChangeAndFile(call, request, kEvaluation, words);
}

absl::StatusOr<v1::EvaluationText> ApplicantService::GetEvaluation(Call& call,
                                                                   const v1::GetEvaluationRequest& request) {
  return Query<v1::EvaluationText>(in_.store, [&](Reader& reader) {
    return ReadFiled<v1::EvaluationText>(reader, call.actor, request.name(), kEvaluation);
  });
}

// Whoever neither sees the application nor is of the agency that was its host is told that there is none.
absl::Status ApplicantService::MayMentor(Reader& reader, const Actor& actor,
                                         const v1::SubmitApplicationRequest& request, const v1::Member& mentor) {
  if (request.mentors_for().empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const auto helped, Applications().Find(reader, request.mentors_for()));
  const bool colleague = !mentor.agency().empty() && mentor.agency() == helped.value.placement().host();
  if (!helped.exists() || (!colleague && !actor.MaySee(helped.value.parties()))) return NotFound(request.mentors_for());
  AMIKECO_ASSIGN_OR_RETURN(const auto* of_helped, ProgrammeOf(helped.value));
  return CheckMentor(mentor, request, helped.value, *of_helped);
}

absl::Status ApplicantService::NominateMentor(Transaction& tx, const Application& application, const Origin& origin) {
  if (application.mentors_for().empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(auto helped, Applications().Get(tx, application.mentors_for()));
  AMIKECO_ASSIGN_OR_RETURN(const auto mentor, Members().Get(tx, application.member()));
  return Apply(tx, Applications(), origin, std::vector{MentorNominated(application, mentor.value)}, helped);
}

}  // namespace amikeco::applicant
