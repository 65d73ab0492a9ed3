// Members: what follows from commands about them. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_MEMBER_H_
#define AMIKECO_SERVICES_APPLICANT_MEMBER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/actor.h"
#include "services/applicant/place.h"

namespace amikeco::applicant {

// What a decision about a member may depend on besides the member.
struct MemberCircumstance {
  absl::Time now;
  const Actor& actor;
  std::string name;              // of the record
  std::string open_application;  // of the member; "" when there is none
  Place place = {};              // of the section and the region that a command names
};

using MemberFacts = absl::StatusOr<std::vector<v1::MemberFact>>;

MemberFacts Decide(const v1::Member& member, const v1::RegisterMemberRequest& command, const MemberCircumstance& c);
MemberFacts Decide(const v1::Member& member, const v1::UpdateMembershipRequest& command, const MemberCircumstance& c);
MemberFacts Decide(const v1::Member& member, const v1::EndorseMemberRequest& command, const MemberCircumstance& c);
MemberFacts Decide(const v1::Member& member, const v1::RecordProfileRequest& command, const MemberCircumstance& c);
MemberFacts Decide(const v1::Member& member, const v1::EraseMemberRequest& command, const MemberCircumstance& c);
// Only the member allows it; whoever may change the record may withdraw it.
MemberFacts Decide(const v1::Member& member, const v1::SetAlumniContactRequest& command, const MemberCircumstance& c);
MemberFacts Decide(const v1::Member& member, const v1::SetFindableRequest& command, const MemberCircumstance& c);

// What the membership gives on that day (A2-06, A2-07).
std::vector<v1::MemberRight> RightsOf(const v1::Member& member, absl::CivilDay today);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
Member Evolve(Member member, const MemberFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_MEMBER_H_
