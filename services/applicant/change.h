// The templates by which ApplicantService changes an application, for the files of this service alone.
#ifndef AMIKECO_SERVICES_APPLICANT_CHANGE_H_
#define AMIKECO_SERVICES_APPLICANT_CHANGE_H_

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "services/applicant/after_stay.h"
#include "services/applicant/award.h"
#include "services/applicant/change_proposal.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {

// A unique key stands for the one place per member and programme; it also holds when two commands race.
inline absl::Status NameConflict(absl::Status status, const v1::Application& application) {
  if (status.code() != absl::StatusCode::kAlreadyExists) return status;
  return errors::ActiveApplicationExists(application.member(), application.programme());
}

// In whose dossier what is written of the application lies: the member's, or its own where an organisation applied.
inline const std::string& DossierOf(const v1::Application& application) {
  return application.member().empty() ? application.name() : application.member();
}

// Whose application it is, of a cohort all; none of an organisation's.
inline absl::StatusOr<std::vector<v1::Member>> PersonsOf(Reader& reader, const v1::Application& application) {
  std::vector<std::string> names(application.fellows().begin(), application.fellows().end());
  if (names.empty() && !application.member().empty()) names.push_back(application.member());
  std::vector<v1::Member> persons;
  for (const std::string& name : names) {
    AMIKECO_ASSIGN_OR_RETURN(auto person, Members().Get(reader, name));
    persons.push_back(std::move(person.value));
  }
  return persons;
}

template <typename Request>
absl::StatusOr<const programme::v1::Programme*> ApplicantService::ProgrammeFor(const v1::Application& application,
                                                                               const Request& request) const {
  if constexpr (std::is_same_v<Request, v1::AdoptProgrammeRequest>) {
    return in_.programmes.Find(application.programme(), request.version());
  } else {
    return ProgrammeOf(application);
  }
}

template <typename Request>
absl::Status ApplicantService::Change(Transaction& tx, const Call& call, const Request& request,
                                      Versioned<v1::Application>& application) {
  AMIKECO_ASSIGN_OR_RETURN(const programme::v1::Programme* programme, ProgrammeFor(application.value, request));
  AMIKECO_ASSIGN_OR_RETURN(const auto persons, PersonsOf(tx, application.value));
  AMIKECO_ASSIGN_OR_RETURN(const auto intake, FindIntake(tx, application.value.intake()));
  AMIKECO_ASSIGN_OR_RETURN(const Place place, PlaceOf(tx, persons));
  const Circumstance circumstance{
      call.time, call.actor, *programme, persons, application.name, intake ? &*intake : nullptr, place};
  AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(application.value, request, circumstance));
  return NameConflict(Move(tx, OriginOf("applicant", call), facts, application), application.value);
}

template <typename Request>
absl::StatusOr<v1::Application> ApplicantService::Change(Transaction& tx, const Call& call, const Request& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto application, ForChange(tx, Applications(), request, call.actor));
  AMIKECO_RETURN_IF_ERROR(Change(tx, call, request, application));
  return Answer(application);
}

template <typename Request>
absl::StatusOr<v1::Application> ApplicantService::ChangeAndAnswer(Call& call, const Request& request) {
  return Execute<v1::Application>(in_.store, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

template <typename Request>
absl::StatusOr<v1::Application> ApplicantService::ChangeAndFile(Call& call, const Request& request,
                                                                absl::string_view entry,
                                                                const google::protobuf::Message& words) {
  return Execute<v1::Application>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<v1::Application> {
    AMIKECO_ASSIGN_OR_RETURN(v1::Application application, Change(tx, call, request));
    const std::string place = absl::StrCat(application.name(), "/", entry);
    AMIKECO_RETURN_IF_ERROR(in_.dossiers.Write(tx, DossierOf(application), place, words));
    return application;
  });
}

template <typename Words>
absl::StatusOr<Words> ApplicantService::ReadFiled(Reader& reader, const Actor& actor, absl::string_view name,
                                                  absl::string_view entry, const std::string& author) {
  AMIKECO_ASSIGN_OR_RETURN(const auto application, Visible(reader, Applications(), name, actor));
  AMIKECO_ASSIGN_OR_RETURN(const auto persons, PersonsOf(reader, application.value));
  const std::string& owner = author.empty() ? DossierOf(application.value) : author;
  for (const v1::Member& person : persons) {
    if (person.name() == owner && person.has_erase_time()) return errors::MemberIsErased(owner);
  }
  const std::string place = absl::StrCat(application.name, "/", entry);
  Words words;
  AMIKECO_ASSIGN_OR_RETURN(const bool there, in_.dossiers.Read(reader, owner, place, words));
  if (!there) return NotFound(place);
  if constexpr (requires { words.disclosure(); }) return DisclosedAs(application.value, words);
  return words;
}

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_CHANGE_H_
