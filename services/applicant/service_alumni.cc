// The methods about what members have completed, and about staying in touch with them.
#include <string>
#include <utility>

#include "common/events/execute.h"
#include "services/applicant/change.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using v1::Application;
using v1::CompletedAssignment;

// Of a cohort, what each of it completed.
CompletedAssignment AssignmentOf(const std::string& member, const Application& application) {
  CompletedAssignment assignment;
  assignment.set_application(application.name());
  assignment.set_member(member);
  assignment.set_section(application.section());
  assignment.set_programme(application.programme());
  assignment.set_role(application.mentors_for().empty() ? v1::ASSIGNMENT_ROLE_PARTICIPANT : v1::ASSIGNMENT_ROLE_MENTOR);
  assignment.set_host(application.placement().host());
  *assignment.mutable_first_day() = application.start().date();
  *assignment.mutable_last_day() = application.ended_on();
  return DisclosedAs(application, assignment);
}

// The agency hears what its own officers bring home; else those do who see the application.
bool MayHear(const Actor& actor, const v1::Member& member, const Application& application) {
  const bool employs = actor.Has(options::v1::ROLE_HOST_CONTACT) && actor.organisation == member.agency();
  return employs || actor.MaySee(application.parties());
}

}  // namespace

absl::StatusOr<v1::ListCompletedAssignmentsResponse> ApplicantService::ListCompletedAssignments(
    Call& call, const v1::ListCompletedAssignmentsRequest& request) {
  using Response = v1::ListCompletedAssignmentsResponse;
  const PageRequest page_request{kByMember, KeyOf(request.member()), request.page_size(), request.page_token()};
  return Query<Response>(in_.store, [&](Reader& reader) -> absl::StatusOr<Response> {
    // A member that there is not has nothing to show, like one that is nobody's to see.
    AMIKECO_ASSIGN_OR_RETURN(const auto member, Members().Find(reader, request.member()));
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Applications().List(reader, page_request));
    Response response;
    for (const auto& application : page.items) {
      if (application.value.state() != Application::STATE_CLOSED) continue;
      if (!MayHear(call.actor, member.value, application.value)) continue;
      *response.add_assignments() = AssignmentOf(request.member(), application.value);
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<v1::ListAlumniResponse> ApplicantService::ListAlumni(Call& call, const v1::ListAlumniRequest& request) {
  const std::string& organisation = call.actor.organisation;
  const PageRequest page_request{kByPartyAndState, KeyOf(organisation, static_cast<int>(Application::STATE_CLOSED)),
                                 request.page_size(), request.page_token()};
  return Query<v1::ListAlumniResponse>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListAlumniResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Applications().List(reader, page_request));
    v1::ListAlumniResponse response;
    for (const auto& application : page.items) {
      if (!request.programme().empty() && application.value.programme() != request.programme()) continue;
      AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(application.value));
      if (!errors::CheckOperator(call.actor, *programme).ok()) continue;
      AMIKECO_ASSIGN_OR_RETURN(const auto persons, PersonsOf(reader, application.value));
      for (const v1::Member& person : persons) {
        if (person.alumni_contact()) *response.add_alumni() = AssignmentOf(person.name(), application.value);
      }
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

}  // namespace amikeco::applicant
