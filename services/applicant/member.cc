#include "services/applicant/member.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/errors.h"

namespace amikeco::applicant {
namespace {

using google::protobuf::util::MessageDifferencer;

// The section or the region acts for the member; the person is neither.
bool ActsFor(const Actor& actor, const std::string& section, const std::string& region) {
  return actor.organisation == section || (!region.empty() && actor.organisation == region);
}

template <typename Command>
void CheckMembership(const Command& command, const std::string& home, FieldErrors& wrong) {
  const v1::Membership& membership = command.membership();
  const bool in_section = absl::StartsWith(home, "sections/");
  if (in_section && !command.has_membership()) wrong.Add("membership", "is missing; say of which class and since when");
  if (!in_section && command.has_membership()) {
    wrong.Add("membership", absl::StrCat("must not be set: ", home, " is no section of the association"));
  }
  if (membership.has_until() && ToDay(membership.until()) < ToDay(membership.since())) {
    wrong.Add("membership.until", "must not lie before membership.since");
  }
}

absl::Status CheckNotErased(const v1::Member& member) {
  return member.has_erase_time() ? errors::MemberIsErased(member.name()) : absl::OkStatus();
}

}  // namespace

MemberFacts Decide(const v1::Member& member, const v1::RegisterMemberRequest& command, const MemberCircumstance& c) {
  if (!ActsFor(c.actor, command.section(), command.region())) {
    return Error(errors::kNotYourSection,
                 absl::StrCat(c.actor.organisation, " cannot register members of ", command.section(), "."),
                 {{"organisation", c.actor.organisation}, {"section", command.section()}});
  }
  if (!member.name().empty()) return errors::Exists(errors::kMemberExists, member.name());
  FieldErrors wrong;
  if (absl::StartsWith(command.section(), "sections/")) {
    CheckSection(command.section(), c.place, wrong);
    CheckRegion(command.section(), command.region(), c.place, wrong);
  }
  CheckMembership(command, command.section(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  v1::MemberFact fact;
  v1::MemberRegistered& registered = *fact.mutable_registered();
  registered.set_name(c.name);
  registered.set_section(command.section());
  registered.set_region(command.region());
  *registered.mutable_membership() = command.membership();
  registered.set_duty_status(command.duty_status());
  // Whom an agency sends it also employs.
  const bool sent_by_agency = absl::StartsWith(command.section(), "hosts/");
  registered.set_agency(sent_by_agency && command.agency().empty() ? command.section() : command.agency());
  *registered.mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

MemberFacts Decide(const v1::Member& member, const v1::UpdateMembershipRequest& command, const MemberCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckNotErased(member));
  FieldErrors wrong;
  // A member from before the directory keeps a region that is not in it.
  if (command.region() != member.region()) CheckRegion(member.section(), command.region(), c.place, wrong);
  CheckMembership(command, member.section(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  const std::string& agency = command.agency().empty() ? member.agency() : command.agency();
  if (command.duty_status() == member.duty_status() && command.region() == member.region() &&
      agency == member.agency() && MessageDifferencer::Equals(command.membership(), member.membership())) {
    return std::vector<v1::MemberFact>{};
  }
  v1::MemberFact fact;
  v1::MembershipChanged& changed = *fact.mutable_membership_changed();
  *changed.mutable_membership() = command.membership();
  changed.set_duty_status(command.duty_status());
  changed.set_region(command.region());
  changed.set_agency(agency);
  return std::vector{fact};
}

MemberFacts Decide(const v1::Member& member, const v1::EndorseMemberRequest& command, const MemberCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckNotErased(member));
  if (c.actor.subject == member.name()) return errors::SecondPersonNeeded(c.actor.subject, member.name());
  if (member.has_endorsement()) return std::vector<v1::MemberFact>{};
  v1::MemberFact fact;
  v1::Endorsement& endorsement = *fact.mutable_endorsed()->mutable_endorsement();
  endorsement.set_endorser(c.actor.subject);
  endorsement.set_section(c.actor.organisation);
  *endorsement.mutable_date() = ToDate(absl::ToCivilDay(c.now, absl::UTCTimeZone()));
  return std::vector{fact};
}

MemberFacts Decide(const v1::Member& member, const v1::RecordProfileRequest& command, const MemberCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckNotErased(member));
  v1::MemberFact fact;
  fact.mutable_profile_recorded()->set_profile_version(member.profile_version() + 1);
  return std::vector{fact};
}

MemberFacts Decide(const v1::Member& member, const v1::EraseMemberRequest& command, const MemberCircumstance& c) {
  if (member.has_erase_time()) return std::vector<v1::MemberFact>{};
  if (!c.open_application.empty()) return errors::ActiveApplicationExists(member.name(), c.open_application);
  v1::MemberFact fact;
  *fact.mutable_erased()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

MemberFacts Decide(const v1::Member& member, const v1::SetAlumniContactRequest& command, const MemberCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckNotErased(member));
  if (command.allowed() && c.actor.subject != member.name()) {
    return Error(errors::kNotTheMember,
                 absl::StrCat(c.actor.subject, " cannot allow that ", member.name(), " is contacted."),
                 {{"subject", c.actor.subject}, {"member", member.name()}});
  }
  if (command.allowed() == member.alumni_contact()) return std::vector<v1::MemberFact>{};
  v1::MemberFact fact;
  fact.mutable_alumni_contact_set()->set_allowed(command.allowed());
  fact.mutable_alumni_contact_set()->set_by(c.actor.subject);
  *fact.mutable_alumni_contact_set()->mutable_date() = ToDate(absl::ToCivilDay(c.now, absl::UTCTimeZone()));
  return std::vector{fact};
}

MemberFacts Decide(const v1::Member& member, const v1::SetFindableRequest& command, const MemberCircumstance& c) {
  if (c.actor.subject != member.name()) return errors::NotYourself(c.actor.subject, member.name());
  AMIKECO_RETURN_IF_ERROR(CheckNotErased(member));
  if (command.findable() == member.findable()) return std::vector<v1::MemberFact>{};
  v1::MemberFact fact;
  fact.mutable_findable_changed()->set_findable(command.findable());
  return std::vector{fact};
}

std::vector<v1::MemberRight> RightsOf(const v1::Member& member, absl::CivilDay today) {
  const v1::Membership& membership = member.membership();
  const bool begun = membership.has_since() && ToDay(membership.since()) <= today;
  const bool over = membership.has_until() && ToDay(membership.until()) < today;
  if (member.has_erase_time() || !begun || over) return {};
  switch (membership.membership_class()) {
    case programme::v1::MEMBERSHIP_CLASS_REGULAR:
      return {v1::MEMBER_RIGHT_VOTE, v1::MEMBER_RIGHT_SCHOLARSHIPS, v1::MEMBER_RIGHT_EXCHANGE,
              v1::MEMBER_RIGHT_FUNCTIONS};
    case programme::v1::MEMBERSHIP_CLASS_ASSOCIATE:
      return {v1::MEMBER_RIGHT_FUNCTIONS};
    default:
      return {};
  }
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
namespace {

void NameParties(Member& member) {
  member.clear_parties();
  member.add_parties(member.name());
  member.add_parties(member.section());
  if (!member.region().empty()) member.add_parties(member.region());
}

}  // namespace

Member Evolve(Member member, const MemberFact& fact) {
  switch (fact.fact_case()) {
    case MemberFact::kRegistered:
      member.set_name(fact.registered().name());
      member.set_section(fact.registered().section());
      member.set_region(fact.registered().region());
      *member.mutable_membership() = fact.registered().membership();
      member.set_duty_status(fact.registered().duty_status());
      member.set_agency(fact.registered().agency());
      *member.mutable_register_time() = fact.registered().at();
      NameParties(member);
      break;
    case MemberFact::kMembershipChanged:
      *member.mutable_membership() = fact.membership_changed().membership();
      member.set_duty_status(fact.membership_changed().duty_status());
      member.set_region(fact.membership_changed().region());
      if (!fact.membership_changed().agency().empty()) member.set_agency(fact.membership_changed().agency());
      NameParties(member);
      break;
    case MemberFact::kEndorsed:
      *member.mutable_endorsement() = fact.endorsed().endorsement();
      break;
    case MemberFact::kProfileRecorded:
      member.set_profile_version(fact.profile_recorded().profile_version());
      break;
    case MemberFact::kErased:
      *member.mutable_erase_time() = fact.erased().at();
      member.clear_alumni_contact();
      member.clear_findable();
      break;
    case MemberFact::kAlumniContactSet:
      member.set_alumni_contact(fact.alumni_contact_set().allowed());
      *member.mutable_alumni_contact_since() = fact.alumni_contact_set().date();
      break;
    case MemberFact::kFindableChanged:
      member.set_findable(fact.findable_changed().findable());
      break;
    case MemberFact::FACT_NOT_SET:
      break;
  }
  return member;
}

}  // namespace amikeco::applicant::v1
