// The methods about human-rights assessments: of countries, and of activities.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/compliance/country_assessment.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/document_tables.h"
#include "services/compliance/documents.h"
#include "services/compliance/doors.h"
#include "services/compliance/rely.h"

namespace amikeco::compliance {
namespace {

using v1::Assessment;
using v1::CountryAssessment;

// What is written in a document is kept sealed in a dossier that the document owns, an entry for each revision.
std::string RevisionEntry(int revision) { return absl::StrCat("revisions/", revision); }
std::string DecisionEntry(int number) { return absl::StrCat("decisions/", number); }

}  // namespace

absl::StatusOr<v1::AssessmentPolicy> Documents::GetAssessmentPolicy(Call& call,
                                                                    const v1::GetAssessmentPolicyRequest& request) {
  AMIKECO_RETURN_IF_ERROR(CheckPolicyThere());
  return policy_;
}

absl::StatusOr<CountryAssessment> Documents::RecordCountryAssessment(
    Call& call, const v1::RecordCountryAssessmentRequest& request) {
  AMIKECO_RETURN_IF_ERROR(CheckPolicyThere());
  return Execute<CountryAssessment>(store_, call, [&](Transaction& tx) -> absl::StatusOr<CountryAssessment> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, CountryAssessments().Find(tx, CountryAssessmentNameOf(request.country())));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    AMIKECO_RETURN_IF_ERROR(Rely(tx, found.name));
    const Origin origin = OriginOf("compliance", call);
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, {call.time, call.actor, policy_}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, CountryAssessments(), origin, facts, found));
    const v1::CountryRevision& revised = *found.value.revisions().rbegin();
    AMIKECO_RETURN_IF_ERROR(dossiers_.Write(tx, found.name, RevisionEntry(revised.revision()), request.content()));
    if (revised.significant()) AMIKECO_RETURN_IF_ERROR(ReopenFor(tx, request.country(), origin));
    return Bare(found);
  });
}

absl::StatusOr<CountryAssessment> Documents::GetCountryAssessment(Call& call,
                                                                  const v1::GetCountryAssessmentRequest& request) {
  return Query<CountryAssessment>(store_, [&](Reader& reader) -> absl::StatusOr<CountryAssessment> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, CountryAssessments(), request.name(), call.actor));
    return Answer(reader, found, request.revision());
  });
}

absl::StatusOr<v1::ListCountryAssessmentsResponse> Documents::ListCountryAssessments(
    Call& call, const v1::ListCountryAssessmentsRequest& request) {
  using Response = v1::ListCountryAssessmentsResponse;
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page,
                             CountryAssessments().List(reader, {kByParty, StatePrefix(call.actor.organisation, 0),
                                                                request.page_size(), request.page_token()}));
    Response response;
    for (const auto& item : page.items) *response.add_country_assessments() = Bare(item);
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<Assessment> Documents::WriteAssessment(Call& call, const v1::WriteAssessmentRequest& request) {
  AMIKECO_RETURN_IF_ERROR(CheckPolicyThere());
  return Execute<Assessment>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Assessment> {
    AMIKECO_ASSIGN_OR_RETURN(const auto activity, Activities().Get(tx, request.application()));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme,
                             ProgrammeOf(activity.value.programme(), activity.value.programme_version()));
    AMIKECO_ASSIGN_OR_RETURN(auto found, Assessments().Find(tx, AssessmentNameOf(request.application())));
    AMIKECO_ASSIGN_OR_RETURN(
        const auto facts, Decide(found.value, request, {call.time, call.actor, policy_}, activity.value, *programme));
    // Those who may write it are those who may see it.
    if (!call.actor.MaySee(facts.front().written().parties())) return NotFound(request.application());
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    AMIKECO_RETURN_IF_ERROR(
        dossiers_.Write(tx, found.name, RevisionEntry(facts.front().written().revision()), request.content()));
    AMIKECO_RETURN_IF_ERROR(Change(tx, OriginOf("compliance", call), facts, found));
    return Bare(found);
  });
}

absl::StatusOr<Versioned<Assessment>> Documents::ForChange(Reader& reader, absl::string_view name,
                                                           absl::string_view etag, const Actor& actor) const {
  AMIKECO_RETURN_IF_ERROR(CheckPolicyThere());
  AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(reader, Assessments(), name, actor));
  AMIKECO_RETURN_IF_ERROR(CheckEtag(found, etag));
  return found;
}

absl::StatusOr<Assessment> Documents::SubmitAssessment(Call& call, const v1::SubmitAssessmentRequest& request) {
  return Execute<Assessment>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Assessment> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, ForChange(tx, request.name(), request.etag(), call.actor));
    const std::string& application = found.value.application();
    AMIKECO_ASSIGN_OR_RETURN(const auto activity, Activities().Get(tx, application));
    AMIKECO_ASSIGN_OR_RETURN(const auto notification, Notifications().Find(tx, NotificationNameOf(application)));
    v1::AssessmentContent content;
    AMIKECO_ASSIGN_OR_RETURN(const bool there,
                             dossiers_.Read(tx, found.name, RevisionEntry(found.value.revision()), content));
    if (!there) return NotFound(found.name);
    CountryRevisions countries;
    for (const std::string& country : content.countries()) {
      AMIKECO_ASSIGN_OR_RETURN(const auto assessed, CountryAssessments().Find(tx, CountryAssessmentNameOf(country)));
      AMIKECO_RETURN_IF_ERROR(Rely(tx, assessed.name));
      if (assessed.exists()) countries.push_back(*assessed.value.revisions().rbegin());
    }
    const auto notified = NotifiedCountries(notification.value);
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, {call.time, call.actor, policy_},
                                                      Evidence{activity.value, content, countries, notified}));
    AMIKECO_RETURN_IF_ERROR(Change(tx, OriginOf("compliance", call), facts, found));
    return Bare(found);
  });
}

template <typename Request>
absl::StatusOr<Assessment> Documents::ChangeBy(Call& call, const Request& request) {
  return Execute<Assessment>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Assessment> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, ForChange(tx, request.name(), request.etag(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, {call.time, call.actor, policy_}));
    AMIKECO_RETURN_IF_ERROR(Change(tx, OriginOf("compliance", call), facts, found));
    return Bare(found);
  });
}

absl::StatusOr<Assessment> Documents::ReviewAssessment(Call& call, const v1::ReviewAssessmentRequest& request) {
  return ChangeBy(call, request);
}

absl::StatusOr<Assessment> Documents::ApproveAssessment(Call& call, const v1::ApproveAssessmentRequest& request) {
  return ChangeBy(call, request);
}

absl::StatusOr<Assessment> Documents::ReopenAssessment(Call& call, const v1::ReopenAssessmentRequest& request) {
  return ChangeBy(call, request);
}

absl::StatusOr<Assessment> Documents::CompleteMitigation(Call& call, const v1::CompleteMitigationRequest& request) {
  return ChangeBy(call, request);
}

absl::StatusOr<Assessment> Documents::WithdrawAssessment(Call& call, const v1::WithdrawAssessmentRequest& request) {
  return ChangeBy(call, request);
}

absl::StatusOr<Assessment> Documents::DecideAssessment(Call& call, const v1::DecideAssessmentRequest& request) {
  return Execute<Assessment>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Assessment> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, ForChange(tx, request.name(), request.etag(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme,
                             ProgrammeOf(found.value.programme(), found.value.programme_version()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(found.value, request, {call.time, call.actor, policy_}, *programme));
    v1::DecisionRationale rationale;
    rationale.set_human_rights(request.human_rights_rationale());
    rationale.set_code_of_ethics(request.code_of_ethics_rationale());
    AMIKECO_RETURN_IF_ERROR(
        dossiers_.Write(tx, found.name, DecisionEntry(found.value.decisions_size() + 1), rationale));
    AMIKECO_RETURN_IF_ERROR(Change(tx, OriginOf("compliance", call), facts, found));
    return Bare(found);
  });
}

absl::StatusOr<Assessment> Documents::GetAssessment(Call& call, const v1::GetAssessmentRequest& request) {
  return Query<Assessment>(store_, [&](Reader& reader) -> absl::StatusOr<Assessment> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, Assessments(), request.name(), call.actor));
    return Answer(reader, found, request.revision());
  });
}

absl::StatusOr<v1::ListAssessmentsResponse> Documents::ListAssessments(Call& call,
                                                                       const v1::ListAssessmentsRequest& request) {
  return Query<v1::ListAssessmentsResponse>(store_, [&](Reader& reader) -> absl::StatusOr<v1::ListAssessmentsResponse> {
    AMIKECO_ASSIGN_OR_RETURN(
        const auto page,
        Assessments().List(reader, {kByParty, StatePrefix(call.actor.organisation, static_cast<int>(request.state())),
                                    request.page_size(), request.page_token()}));
    v1::ListAssessmentsResponse response;
    for (const auto& item : page.items) *response.add_assessments() = Bare(item);
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<Assessment> Documents::Answer(Reader& reader, const Versioned<Assessment>& found, int revision) const {
  Assessment answer = Bare(found);
  const int asked = revision == 0 ? answer.revision() : revision;
  AMIKECO_ASSIGN_OR_RETURN(const bool there,
                           dossiers_.Read(reader, found.name, RevisionEntry(asked), *answer.mutable_content()));
  if (!there) return NotFound(absl::StrCat(found.name, "/", RevisionEntry(asked)));
  if (answer.decisions().empty()) return answer;
  AMIKECO_RETURN_IF_ERROR(
      dossiers_.Read(reader, found.name, DecisionEntry(answer.decisions_size()), *answer.mutable_rationale()).status());
  return answer;
}

absl::StatusOr<CountryAssessment> Documents::Answer(Reader& reader, const Versioned<CountryAssessment>& found,
                                                    int revision) const {
  CountryAssessment answer = Bare(found);
  const int asked = revision == 0 ? answer.revisions_size() : revision;
  AMIKECO_ASSIGN_OR_RETURN(const bool there,
                           dossiers_.Read(reader, found.name, RevisionEntry(asked), *answer.mutable_content()));
  if (!there) return NotFound(absl::StrCat(found.name, "/", RevisionEntry(asked)));
  return answer;
}

}  // namespace amikeco::compliance
