// What is asked for: persons, applications, and what becomes of them before a place is looked for.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "common/base/status.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

absl::Status Player::Member(const Command& c) {
  applicant::v1::RegisterMemberRequest request;
  request.set_member_id(c.word(0));
  const bool of_section = !absl::StrContains(c.word(1), '/');
  request.set_section(absl::StrCat(of_section ? "sections/" : "", c.word(1)));
  programme::v1::DutyStatus duty;
  AMIKECO_RETURN_IF_ERROR(ParseEnum(programme::v1::DutyStatus_Parse, "DUTY_STATUS", c.get("duty", "active"), duty));
  request.set_duty_status(duty);
  programme::v1::MembershipClass member_class;
  AMIKECO_RETURN_IF_ERROR(
      ParseEnum(programme::v1::MembershipClass_Parse, "MEMBERSHIP_CLASS", c.get("class", "regular"), member_class));
  if (of_section) {
    request.mutable_membership()->set_membership_class(member_class);
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_membership()->mutable_since(), DateOf(c.get("since", "2015-01-01")));
  }
  sections_["members/" + c.word(0)] = request.section();
  AMIKECO_RETURN_IF_ERROR(
      Send<applicant::v1::Member>(Section(request.section()), absl::StrCat(kApplicant, "RegisterMember"), request));
  return !of_section || c.has("unendorsed") ? absl::OkStatus() : Endorse(c);
}

absl::Status Player::Endorse(const Command& c) {
  applicant::v1::EndorseMemberRequest request;
  request.set_name("members/" + c.word(0));
  return Send<applicant::v1::Member>(Section(sections_[request.name()]), absl::StrCat(kApplicant, "EndorseMember"),
                                     request);
}

absl::StatusOr<applicant::v1::Wishes> Player::WishesOf(const Command& c, absl::string_view days) {
  applicant::v1::Wishes wishes;
  AMIKECO_ASSIGN_OR_RETURN(const Span span, SpanOf(days));
  *wishes.mutable_earliest_start() = span.first;
  *wishes.mutable_latest_end() = span.last;
  int stay_days = 0;
  if (!absl::SimpleAtoi(c.get("days"), &stay_days)) return absl::InvalidArgumentError("days=<number> is missing");
  wishes.set_stay_days(stay_days);
  for (const auto& topic : c.list("topics", "street-patrol")) wishes.add_topics(topic);
  for (const auto& host : c.list("hosts")) wishes.add_hosts("hosts/" + host);
  wishes.set_stay_language(c.get("stay"));
  wishes.set_home_host(c.has("home-host"));
  return wishes;
}

absl::Status Player::Submit(const Command& c) {
  applicant::v1::SubmitApplicationRequest request;
  request.set_application_id(c.word(0));
  request.set_member("members/" + c.word(1));
  for (const auto& fellow : c.list("fellows")) request.add_fellows("members/" + fellow);
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(2)));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_wishes(), WishesOf(c, c.word(3)));
  auto& declarations = *request.mutable_declarations();
  if (!c.has("inflexible")) declarations.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_FLEXIBILITY);
  declarations.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE);
  declarations.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_NOT_A_VACATION);
  for (const auto& cost : c.list("costs", "air-ticket,rental-car,hotel,food,personal-travel,shopping")) {
    if (cost != "none") declarations.add_cost_categories(cost);
  }
  const std::vector<std::string> language = absl::StrSplit(c.get("language", "en:B2"), ':');
  auto& skill = *declarations.add_languages();
  skill.set_code(language.front());
  skill.set_level(language.back());
  applicant::v1::EmployerStatus employer;
  AMIKECO_RETURN_IF_ERROR(
      ParseEnum(applicant::v1::EmployerStatus_Parse, "EMPLOYER_STATUS", c.get("employer", "paid-duty"), employer));
  declarations.set_employer_status(employer);
  if (!c.get("travel").empty()) {
    AMIKECO_ASSIGN_OR_RETURN(const Span travel, SpanOf(c.get("travel")));
    *declarations.mutable_private_travel_start() = travel.first;
    *declarations.mutable_private_travel_end() = travel.last;
  }
  declarations.set_rank(c.get("rank"));
  int years = 0;
  if (!absl::SimpleAtoi(c.get("years", "0"), &years)) return absl::InvalidArgumentError("years=<number>");
  declarations.set_service_years(years);
  if (!c.get("mentors-for").empty()) request.set_mentors_for("applications/" + c.get("mentors-for"));
  applicants_[c.word(0)] = request.member();
  // A cohort is entered by its home: no fellow sees the others' records.
  const Actor actor = request.fellows().empty() ? OfficerOf(c) : Section(sections_[request.member()]);
  return Send<applicant::v1::Application>(actor, absl::StrCat(kApplicant, "SubmitApplication"), request);
}

// request A1 moi-am ipas-assistance 2027-04-01..2027-05-30 days=5 category=advice area=leadership countries=AM
absl::Status Player::Ask(const Command& c) {
  applicant::v1::SubmitApplicationRequest request;
  request.set_application_id(c.word(0));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(2)));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_wishes(), WishesOf(c, c.word(3)));
  auto& assistance = *request.mutable_assistance();
  assistance.set_requester("organisations/" + c.word(1));
  assistance.set_service_area(c.get("area", "leadership"));
  for (const auto& country : c.list("countries", "AM")) assistance.add_countries(country);
  programme::v1::RequesterType type;
  AMIKECO_RETURN_IF_ERROR(
      ParseEnum(programme::v1::RequesterType_Parse, "REQUESTER_TYPE", c.get("requester", "foreign-government"), type));
  assistance.set_requester_type(type);
  programme::v1::AssistanceCategory category;
  AMIKECO_RETURN_IF_ERROR(
      ParseEnum(programme::v1::AssistanceCategory_Parse, "ASSISTANCE_CATEGORY", c.get("category", "course"), category));
  assistance.set_category(category);
  programme::v1::DeliveryMode delivery;
  AMIKECO_RETURN_IF_ERROR(
      ParseEnum(programme::v1::DeliveryMode_Parse, "DELIVERY_MODE", c.get("delivery", "at-recipient"), delivery));
  assistance.set_delivery(delivery);
  applicants_[c.word(0)] = assistance.requester();
  return Send<applicant::v1::Application>(OfficerOf(c), absl::StrCat(kApplicant, "SubmitApplication"), request);
}

absl::Status Player::Triage(const Command& c) {
  applicant::v1::TriageApplicationRequest request;
  for (const auto& priority : c.list("priorities")) request.add_priorities(priority);
  int harm = 0;
  if (!absl::SimpleAtoi(c.get("harm", "0"), &harm)) return absl::InvalidArgumentError("harm=<number>");
  request.set_harm(harm);
  return SendApplication(CoordinatorOf(c), "TriageApplication", c, request);
}

absl::Status Player::Wishes(const Command& c) {
  applicant::v1::ChangeWishesRequest request;
  request.set_name(Of("applications", c));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_wishes(), WishesOf(c, c.word(1)));
  return Send<applicant::v1::Application>(OfficerOf(c), absl::StrCat(kApplicant, "ChangeWishes"), request);
}

absl::Status Player::Override(const Command& c) {
  applicant::v1::OverrideRuleRequest request;
  request.set_name(Of("applications", c));
  request.set_rule(c.word(1));
  request.set_reason(c.get("reason", "agreed-with-host"));
  return Send<applicant::v1::Application>(CoordinatorOf(c), absl::StrCat(kApplicant, "OverrideRule"), request);
}

absl::Status Player::Withdraw(const Command& c) {
  applicant::v1::WithdrawApplicationRequest request;
  request.set_reason(c.get("reason"));
  return SendApplication(OfficerOf(c), "WithdrawApplication", c, request);
}

absl::Status Player::Cancel(const Command& c) {
  applicant::v1::CancelApplicationRequest request;
  request.set_reason(c.get("reason", "programme-suspended"));
  return SendApplication(CoordinatorOf(c), "CancelApplication", c, request);
}

}  // namespace amikeco::journeys
