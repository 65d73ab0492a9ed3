// The methods about members.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/events/execute.h"
#include "common/privacy/data_subject.h"
#include "common/privacy/erasure.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/member.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using v1::Member;

// More applications than a person can have; a bound all the same.
constexpr int kManyApplications = 1000;

Member AnswerOn(const Versioned<Member>& member, absl::Time now, const ops::v1::PrivacyPolicy* policy) {
  Member answer = Answer(member);
  if (member.value.has_erase_time()) {
    for (auto& kept : KeptBy(policy)) *answer.add_kept() = std::move(kept);
  }
  for (const v1::MemberRight right : RightsOf(member.value, absl::ToCivilDay(now, absl::UTCTimeZone()))) {
    answer.add_rights(right);
  }
  return answer;
}

// The region that a command names, if it names one.
template <typename Request>
std::string RegionIn(const Request& request) {
  if constexpr (requires { request.region(); }) return request.region();
  return "";
}

absl::StatusOr<std::vector<Versioned<v1::Application>>> ApplicationsOf(Reader& reader, absl::string_view member) {
  const std::string prefix = KeyOf(member);
  std::string below = prefix;
  ++below.back();
  return Applications().Range(reader, kByMember, prefix, below, kManyApplications);
}

absl::StatusOr<std::string> OpenApplicationOf(Reader& reader, absl::string_view member) {
  AMIKECO_ASSIGN_OR_RETURN(const auto applications, ApplicationsOf(reader, member));
  for (const auto& application : applications) {
    if (IsOpen(application.value.state())) return application.name;
  }
  return std::string();
}

}  // namespace

template <typename Request>
absl::StatusOr<Member> ApplicantService::ChangeMember(Transaction& tx, const Call& call, const Request& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto member, ForChange(tx, Members(), request, call.actor));
  AMIKECO_ASSIGN_OR_RETURN(const std::string open, OpenApplicationOf(tx, member.name));
  AMIKECO_ASSIGN_OR_RETURN(const Place place, PlaceOf(tx, member.value.section(), RegionIn(request)));
  AMIKECO_ASSIGN_OR_RETURN(
      const auto facts,
      Decide(member.value, request, MemberCircumstance{call.time, call.actor, member.name, open, place}));
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Members(), OriginOf("applicant", call), facts, member));
  return AnswerOn(member, call.time, in_.dossiers.policy());
}

absl::StatusOr<Member> ApplicantService::RegisterMember(Call& call, const v1::RegisterMemberRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Member> {
    AMIKECO_ASSIGN_OR_RETURN(auto member, Members().Find(tx, NameFor("members", request.member_id())));
    AMIKECO_ASSIGN_OR_RETURN(const Place place, PlaceOf(tx, request.section(), request.region()));
    AMIKECO_ASSIGN_OR_RETURN(
        const auto facts,
        Decide(member.value, request, MemberCircumstance{call.time, call.actor, member.name, "", place}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Members(), OriginOf("applicant", call), facts, member));
    return AnswerOn(member, call.time, in_.dossiers.policy());
  });
}

absl::StatusOr<Member> ApplicantService::UpdateMembership(Call& call, const v1::UpdateMembershipRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) { return ChangeMember(tx, call, request); });
}

// The member's applications that wait for the endorsement move on together with it.
absl::Status ApplicantService::MoveEndorsed(Transaction& tx, const Member& member, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto applications, ApplicationsOf(tx, member.name()));
  for (auto& application : applications) {
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(application.value));
    AMIKECO_ASSIGN_OR_RETURN(
        const auto facts, Decide(application.value, member.endorsement(),
                                 Circumstance{origin.time, origin.actor, *programme, absl::MakeConstSpan(&member, 1)}));
    AMIKECO_RETURN_IF_ERROR(Move(tx, origin, facts, application));
  }
  return absl::OkStatus();
}

absl::StatusOr<Member> ApplicantService::EndorseMember(Call& call, const v1::EndorseMemberRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Member> {
    AMIKECO_ASSIGN_OR_RETURN(Member member, ChangeMember(tx, call, request));
    AMIKECO_RETURN_IF_ERROR(MoveEndorsed(tx, member, OriginOf("applicant", call)));
    return member;
  });
}

absl::StatusOr<Member> ApplicantService::GetMember(Call& call, const v1::GetMemberRequest& request) {
  return Query<Member>(in_.store, [&](Reader& reader) -> absl::StatusOr<Member> {
    AMIKECO_ASSIGN_OR_RETURN(const auto member, Visible(reader, Members(), request.name(), call.actor));
    return AnswerOn(member, call.time, in_.dossiers.policy());
  });
}

absl::StatusOr<v1::ListMembersResponse> ApplicantService::ListMembers(Call& call,
                                                                      const v1::ListMembersRequest& request) {
  PageRequest page_request{kByName, "", request.page_size(), request.page_token()};
  if (const std::string party = PartyOf(call.actor); !party.empty()) {
    page_request.key = kByParty;
    page_request.prefix = KeyOf(party);
  }
  return Query<v1::ListMembersResponse>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListMembersResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Members().List(reader, page_request));
    v1::ListMembersResponse response;
    for (const auto& member : page.items) {
      if (call.actor.MaySee(member.value.parties()))
        *response.add_members() = AnswerOn(member, call.time, in_.dossiers.policy());
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<Member> ApplicantService::RecordProfile(Call& call, const v1::RecordProfileRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Member> {
    AMIKECO_ASSIGN_OR_RETURN(const Member member, ChangeMember(tx, call, request));
    AMIKECO_RETURN_IF_ERROR(in_.dossiers.Write(tx, member.name(), kProfile, request.profile()));
    AMIKECO_RETURN_IF_ERROR(UpdateListing(tx, member).status());
    return member;
  });
}

// An operator sees the profiles of those who applied to its programmes, and of nobody else.
absl::Status ApplicantService::MayReadProfile(Reader& reader, const Member& member, const Actor& actor) {
  if (actor.MaySee(member.parties())) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const auto applications, ApplicationsOf(reader, member.name()));
  for (const auto& application : applications) {
    if (actor.MaySee(application.value.parties())) return absl::OkStatus();
  }
  return NotFound(member.name());
}

absl::StatusOr<v1::Profile> ApplicantService::GetProfile(Call& call, const v1::GetProfileRequest& request) {
  return Query<v1::Profile>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::Profile> {
    AMIKECO_ASSIGN_OR_RETURN(const auto member, Members().Get(reader, request.name()));
    AMIKECO_RETURN_IF_ERROR(MayReadProfile(reader, member.value, call.actor));
    if (member.value.has_erase_time()) return errors::MemberIsErased(member.name);
    v1::Profile profile;
    AMIKECO_ASSIGN_OR_RETURN(const bool there, in_.dossiers.Read(reader, member.name, kProfile, profile));
    if (!there) return NotFound(absl::StrCat(member.name, "/profile"));
    return profile;
  });
}

absl::StatusOr<Member> ApplicantService::SetAlumniContact(Call& call, const v1::SetAlumniContactRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) { return ChangeMember(tx, call, request); });
}

absl::StatusOr<Member> ApplicantService::EraseMember(Call& call, const v1::EraseMemberRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Member> {
    AMIKECO_ASSIGN_OR_RETURN(const Member member, ChangeMember(tx, call, request));
    AMIKECO_RETURN_IF_ERROR(UpdateListing(tx, member).status());
    AMIKECO_RETURN_IF_ERROR(EndIntroductionsOf(tx, call, member));
    AMIKECO_RETURN_IF_ERROR(ErasePerson(tx, in_.dossiers, member.name(), OriginOf("applicant", call)));
    return member;
  });
}

// Of a document that belongs to an application ("applications/A-1/report") the end of that; of any other, such as the
// profile, the end of the member's last application.
absl::StatusOr<std::optional<absl::Time>> CaseEndOf(Reader& reader, const std::string& owner,
                                                    const std::string& entry) {
  std::vector<Versioned<v1::Application>> applications;
  if (const std::vector<absl::string_view> path = absl::StrSplit(entry, '/'); path[0] == "applications") {
    AMIKECO_ASSIGN_OR_RETURN(applications.emplace_back(),
                             Applications().Find(reader, absl::StrCat(path[0], "/", path.at(1))));
  } else {
    AMIKECO_ASSIGN_OR_RETURN(applications, ApplicationsOf(reader, owner));
  }
  std::optional<absl::Time> end;
  for (const auto& application : applications) {
    if (!application.exists() || IsOpen(application.value.state())) return std::nullopt;
    AMIKECO_ASSIGN_OR_RETURN(const auto last, TimeOfLastFact(reader, application.name, application.version));
    if (!end || last > *end) end = last;
  }
  return end;
}

absl::StatusOr<Member> ApplicantService::SetFindable(Call& call, const v1::SetFindableRequest& request) {
  return Execute<Member>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Member> {
    AMIKECO_ASSIGN_OR_RETURN(const Member member, ChangeMember(tx, call, request));
    AMIKECO_ASSIGN_OR_RETURN(const int interests, UpdateListing(tx, member));
    if (member.findable() && interests == 0) {
      return Error(errors::kNoInterests, absl::StrCat("The profile of ", member.name(), " names no interests."),
                   {{"name", member.name()}});
    }
    return member;
  });
}

}  // namespace amikeco::applicant
