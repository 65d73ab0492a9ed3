#include "tests/journeys/story.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "tests/journeys/chronicle.h"
#include "tests/support/house.h"

namespace amikeco::journeys {
namespace {

using namespace options::v1;  // NOLINT(google-build-using-namespace): the roles
using programme::v1::ComplianceItem;

constexpr char kApplicant[] = "amikeco.applicant.v1.ApplicantService/";
constexpr char kMatching[] = "amikeco.matching.v1.MatchingService/";
constexpr char kCompliance[] = "amikeco.compliance.v1.ComplianceService/";
constexpr char kOperator[] = "organisations/ipa-us";

struct Span {
  google::type::Date first, last;
};

// One line of a story: words without "=", and the rest.
struct Command {
  std::string verb;
  std::vector<std::string> words;
  std::map<std::string, std::string> named;

  std::string word(size_t index) const { return index < words.size() ? words[index] : ""; }
  std::string get(const std::string& name, const std::string& otherwise = "") const {
    const auto found = named.find(name);
    return found == named.end() ? otherwise : found->second;
  }
  bool has(absl::string_view word) const { return std::find(words.begin(), words.end(), word) != words.end(); }
  std::vector<std::string> list(const std::string& name, const std::string& otherwise = "") const {
    return absl::StrSplit(get(name, otherwise), ',', absl::SkipEmpty());
  }
};

Command ParseCommand(absl::string_view line) {
  Command command;
  for (absl::string_view part : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    const size_t equals = part.find('=');
    if (equals != absl::string_view::npos) {
      command.named[std::string(part.substr(0, equals))] = std::string(part.substr(equals + 1));
    } else if (command.verb.empty()) {
      command.verb = std::string(part);
    } else {
      command.words.emplace_back(part);
    }
  }
  return command;
}

absl::StatusOr<google::type::Date> DateOf(absl::string_view text) { return ParseDate(text); }

// "2027-03-14..2027-03-20", or one day.
absl::StatusOr<Span> SpanOf(absl::string_view text) {
  const std::vector<std::string> ends = absl::StrSplit(text, "..");
  Span span;
  AMIKECO_ASSIGN_OR_RETURN(span.first, DateOf(ends.front()));
  AMIKECO_ASSIGN_OR_RETURN(span.last, DateOf(ends.back()));
  return span;
}

// An enum's value by its name without the enum's own, in lower case with hyphens: "paid-duty".
template <typename Parse, typename Enum>
absl::Status ParseEnum(Parse parse, absl::string_view prefix, absl::string_view text, Enum& value) {
  const std::string name = absl::StrCat(prefix, "_", absl::AsciiStrToUpper(absl::StrReplaceAll(text, {{"-", "_"}})));
  return parse(name, &value) ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat("what is ", text, "?"));
}

Actor Officer(const std::string& member, const std::string& section) { return {member, section, {ROLE_OFFICER}}; }
// Whoever registers the persons of a section, an organisation or an agency.
Actor Section(const std::string& home) {
  return {"people/secretary-" + home.substr(home.find('/') + 1), home, {ROLE_ENDORSER, ROLE_REGISTRAR}};
}
Actor Coordinator(const std::string& of = kOperator) { return {"people/carla", of, {ROLE_COORDINATOR}}; }
Actor Contact(const std::string& host) { return {"people/contact-" + host.substr(6), host, {ROLE_HOST_CONTACT}}; }
Actor Approver(const std::string& host) { return {"people/chief-" + host.substr(6), host, {ROLE_COMMAND_APPROVER}}; }
Actor Onlooker() { return {"system/story", "", {ROLE_SERVICE}}; }

class Player {
 public:
  explicit Player(std::string programmes) : programmes_(std::move(programmes)) {
    verbs_ = {{"clock", &Player::SetClock},
              {"host", &Player::Host},
              {"member", &Player::Member},
              {"endorse", &Player::Endorse},
              {"submit", &Player::Submit},
              {"request", &Player::Ask},
              {"intake", &Player::Intake},
              {"enter", &Player::Enter},
              {"score", &Player::Score},
              {"decide", &Player::DecideIntake},
              {"accept-award", &Player::AcceptAward},
              {"claim", &Player::Claim},
              {"approve-claim", &Player::ApproveClaim},
              {"pay-claim", &Player::PayClaim},
              {"triage", &Player::Triage},
              {"wishes", &Player::Wishes},
              {"override", &Player::Override},
              {"willing", &Player::Willing},
              {"decline", &Player::Decline},
              {"approve", &Player::Approve},
              {"refuse", &Player::Refuse},
              {"accept", &Player::Accept},
              {"reject", &Player::Reject},
              {"leg", &Player::AddLeg},
              {"confirm-leg", &Player::ConfirmLeg},
              {"remove-leg", &Player::RemoveLeg},
              {"home", &Player::Home},
              {"home-yes", &Player::HomeYes},
              {"home-no", &Player::HomeNo},
              {"cover", &Player::Cover},
              {"waiver", &Player::Waiver},
              {"check", &Player::Check},
              {"review", &Player::Review},
              {"consent", &Player::Consent},
              {"clear", &Player::Clear},
              {"void", &Player::Void},
              {"revoke", &Player::Revoke},
              {"reinstate", &Player::Reinstate},
              {"start", &Player::Start},
              {"end", &Player::End},
              {"report", &Player::Report},
              {"withdraw", &Player::Withdraw},
              {"cancel", &Player::Cancel},
              {"settle", &Player::Settle},
              {"advance", &Player::Advance},
              {"until", &Player::Until},
              {"show", &Player::Show}};
  }

  // The lines that the command causes. An error is a mistake in the story, or a fault of the house.
  absl::StatusOr<std::vector<std::string>> Do(const Command& command) {
    const auto verb = verbs_.find(command.verb);
    if (verb == verbs_.end()) return absl::InvalidArgumentError(absl::StrCat("there is no ", command.verb));
    if (house_ == nullptr && command.verb != "clock") return absl::InvalidArgumentError("begin with: clock <day>");
    lines_.clear();
    AMIKECO_RETURN_IF_ERROR((this->*verb->second)(command));
    Tell();
    AMIKECO_RETURN_IF_ERROR(house_->status());
    return lines_;
  }

 private:
  using Verb = absl::Status (Player::*)(const Command&);

  void Tell() {
    for (std::string& line : journeys::Lines(house_->News())) lines_.push_back(std::move(line));
  }

  // Sends a command; a refusal is a line of the story.
  template <typename Response, typename Request>
  absl::Status Send(const Actor& actor, absl::string_view method, Request request) {
    request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", ++requests_));
    const auto response = house_->Call<Response>(actor, method, request);
    if (!response.ok()) lines_.push_back(Line(response.status()));
    return absl::OkStatus();
  }
  // The application's, placement's or clearance's name.
  static std::string Of(absl::string_view collection, const Command& c) {
    return absl::StrCat(collection, "/", c.word(0));
  }
  // Whose application it is: a person, or who asks for an organisation.
  Actor OfficerOf(const Command& c) {
    const std::string& applicant = applicants_[c.word(0)];
    if (absl::StartsWith(applicant, "organisations/")) return {"people/rita", applicant, {options::v1::ROLE_REQUESTER}};
    return Officer(applicant, sections_[applicant]);
  }
  Actor CoordinatorOf(const Command& c) { return Coordinator(operators_[c.word(0)]); }
  Actor ComplianceOfficer(const Command& c, const std::string& name) {
    return {"people/" + name, operators_[c.word(0)], {ROLE_COMPLIANCE_OFFICER}};
  }
  // "inbound" is an exchange's; other programmes go by their names.
  absl::StatusOr<std::string> ProgrammeFor(const Command& c, const std::string& word) {
    const bool exchange = word == "inbound" || word == "outbound";
    applicant::v1::GetProgrammeRequest request;
    request.set_name(absl::StrCat("programmes/", exchange ? "ipa-exchange-" : "", word));
    AMIKECO_ASSIGN_OR_RETURN(const auto programme, house_->Call<programme::v1::Programme>(
                                                       Onlooker(), absl::StrCat(kApplicant, "GetProgramme"), request));
    operators_[c.word(0)] = programme.operator_organisation();
    return request.name();
  }
  absl::StatusOr<matching::v1::Placement> PlacementOf(const Command& c) {
    matching::v1::GetPlacementRequest request;
    request.set_name(Of("placements", c));
    return house_->Call<matching::v1::Placement>(Onlooker(), absl::StrCat(kMatching, "GetPlacement"), request);
  }
  absl::StatusOr<compliance::v1::Clearance> ClearanceOf(const Command& c) {
    compliance::v1::GetClearanceRequest request;
    request.set_name(Of("clearances", c));
    return house_->Call<compliance::v1::Clearance>(Onlooker(), absl::StrCat(kCompliance, "GetClearance"), request);
  }
  // The host that was asked last.
  absl::StatusOr<std::string> HostOf(const Command& c) {
    AMIKECO_ASSIGN_OR_RETURN(const auto placement, PlacementOf(c));
    if (placement.invitations().empty()) return absl::InvalidArgumentError("nobody was asked");
    return placement.invitations().rbegin()->host();
  }

  absl::Status SetClock(const Command& c) {
    AMIKECO_ASSIGN_OR_RETURN(const auto date, DateOf(c.word(0)));
    house_ = std::make_unique<House>(absl::FromCivil(ToDay(date), absl::UTCTimeZone()) + absl::Hours(12), programmes_);
    return house_->status();
  }

  absl::Status Host(const Command& c) {
    matching::v1::RegisterHostRequest request;
    request.set_host_id(c.word(0));
    auto& agency = *request.mutable_agency();
    agency.set_title(c.get("title", c.word(0)));
    agency.set_agency_type("City");
    agency.set_country(c.get("country", "US"));
    agency.set_region(c.get("region", "CA"));
    AMIKECO_RETURN_IF_ERROR(Send<matching::v1::Host>(Coordinator(), absl::StrCat(kMatching, "RegisterHost"), request));
    if (c.words.size() < 2) return absl::OkStatus();
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(1)));
    matching::v1::OptInRequest opt_in;
    opt_in.set_name("hosts/" + c.word(0));
    auto& offer = *opt_in.mutable_offer();
    auto& window = *offer.add_windows();
    *window.mutable_first_day() = days.first;
    *window.mutable_last_day() = days.last;
    int capacity = 1;
    if (!absl::SimpleAtoi(c.get("capacity", "1"), &capacity)) return absl::InvalidArgumentError("capacity");
    window.set_capacity(capacity);
    for (const auto& topic : c.list("topics", "street-patrol")) offer.add_topics(topic);
    for (const auto& language : c.list("languages", "en")) offer.add_languages(language);
    for (const auto& step : c.list("steps", "Chief")) offer.add_command_steps(step);
    for (const auto& lodging : c.list("lodging", "hotel")) {
      programme::v1::Lodging value;
      AMIKECO_RETURN_IF_ERROR(ParseEnum(programme::v1::Lodging_Parse, "LODGING", lodging, value));
      offer.add_lodging(value);
    }
    return Send<matching::v1::Host>(Contact(opt_in.name()), absl::StrCat(kMatching, "OptIn"), opt_in);
  }

  absl::Status Member(const Command& c) {
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

  absl::Status Endorse(const Command& c) {
    applicant::v1::EndorseMemberRequest request;
    request.set_name("members/" + c.word(0));
    return Send<applicant::v1::Member>(Section(sections_[request.name()]), absl::StrCat(kApplicant, "EndorseMember"),
                                       request);
  }

  absl::StatusOr<applicant::v1::Wishes> WishesOf(const Command& c, absl::string_view days) {
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

  absl::Status Submit(const Command& c) {
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
    applicants_[c.word(0)] = request.member();
    // A cohort is entered by its home: no fellow sees the others' records.
    const Actor actor = request.fellows().empty() ? OfficerOf(c) : Section(sections_[request.member()]);
    return Send<applicant::v1::Application>(actor, absl::StrCat(kApplicant, "SubmitApplication"), request);
  }

  // intake scholarship-2027 ipa-training-scholarship 2027-01-10..2027-03-31 places=2 announce=US,CA
  // days=2027-07-10..2027-07-24
  absl::Status Intake(const Command& c) {
    applicant::v1::OpenIntakeRequest request;
    request.set_intake_id(c.word(0));
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(1)));
    request.set_title(c.word(0));
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
    *request.mutable_opens() = days.first;
    *request.mutable_closes() = days.last;
    int places = 0;
    if (!absl::SimpleAtoi(c.get("places", "0"), &places)) return absl::InvalidArgumentError("places=<number>");
    request.set_places(places);
    for (const auto& section : c.list("announce")) request.add_announce_to("sections/" + section);
    if (!c.get("days").empty()) {
      AMIKECO_ASSIGN_OR_RETURN(const Span of, SpanOf(c.get("days")));
      *request.mutable_first_day() = of.first;
      *request.mutable_last_day() = of.last;
    }
    return Send<applicant::v1::Intake>(CoordinatorOf(c), absl::StrCat(kApplicant, "OpenIntake"), request);
  }

  // enter A1 M1 ipa-training-scholarship scholarship-2027 child=2009-05-05
  absl::Status Enter(const Command& c) {
    applicant::v1::SubmitApplicationRequest request;
    request.set_application_id(c.word(0));
    request.set_member("members/" + c.word(1));
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(2)));
    request.set_intake("intakes/" + c.word(3));
    if (!c.get("child").empty()) {
      auto& child = *request.mutable_beneficiary();
      child.set_given_name("Kim");
      child.set_family_name("Member");
      AMIKECO_ASSIGN_OR_RETURN(*child.mutable_birth_date(), DateOf(c.get("child")));
    }
    applicants_[c.word(0)] = request.member();
    return Send<applicant::v1::Application>(OfficerOf(c), absl::StrCat(kApplicant, "SubmitApplication"), request);
  }

  // score scholarship-2027 A1 merit:8,benefit:5 by=anna
  absl::Status Score(const Command& c) {
    applicant::v1::ScoreEntryRequest request;
    request.set_name(Of("intakes", c));
    request.set_application("applications/" + c.word(1));
    for (absl::string_view part : absl::StrSplit(c.word(2), ',')) {
      const std::pair<std::string, std::string> criterion = absl::StrSplit(part, absl::MaxSplits(':', 1));
      int points = 0;
      if (!absl::SimpleAtoi(criterion.second, &points)) return absl::InvalidArgumentError("merit:8,benefit:5");
      request.add_points()->set_criterion(criterion.first);
      request.mutable_points()->rbegin()->set_points(points);
    }
    const Actor juror{"people/" + c.get("by"), operators_[c.word(0)], {ROLE_JURY}};
    return Send<applicant::v1::Entry>(juror, absl::StrCat(kApplicant, "ScoreEntry"), request);
  }

  absl::Status DecideIntake(const Command& c) {
    applicant::v1::DecideIntakeRequest request;
    request.set_name(Of("intakes", c));
    return Send<applicant::v1::Intake>(CoordinatorOf(c), absl::StrCat(kApplicant, "DecideIntake"), request);
  }

  absl::Status AcceptAward(const Command& c) {
    return SendApplication(OfficerOf(c), "AcceptAward", c, applicant::v1::AcceptAwardRequest());
  }

  // claim A1 course-fee USD:1200 2027-05-03; the claim is called like the application
  absl::Status Claim(const Command& c) {
    applicant::v1::SubmitClaimRequest request;
    request.set_claim_id(c.word(0));
    request.set_application(Of("applications", c));
    auto& line = *request.add_lines();
    line.set_category(c.word(1));
    const std::pair<std::string, std::string> amount = absl::StrSplit(c.word(2), absl::MaxSplits(':', 1));
    line.mutable_amount()->set_currency_code(amount.first);
    int64_t units = 0;
    if (!absl::SimpleAtoi(amount.second, &units)) return absl::InvalidArgumentError("USD:1200");
    line.mutable_amount()->set_units(units);
    AMIKECO_ASSIGN_OR_RETURN(*line.mutable_day(), DateOf(c.word(3)));
    line.mutable_receipt()->set_id("R-1");
    line.mutable_receipt()->set_issuer(applicant::v1::RECEIPT_ISSUER_OTHER);
    line.mutable_receipt()->set_media_type("application/pdf");
    line.mutable_receipt()->set_size_bytes(20480);
    line.mutable_receipt()->set_sha256(std::string(64, 'a'));
    return Send<applicant::v1::Claim>(OfficerOf(c), absl::StrCat(kApplicant, "SubmitClaim"), request);
  }
  Actor Finance(const Command& c) { return {"people/fiona", operators_[c.word(0)], {ROLE_FINANCE}}; }
  absl::Status ApproveClaim(const Command& c) {
    applicant::v1::ApproveClaimRequest request;
    request.set_name(Of("claims", c));
    return Send<applicant::v1::Claim>(Finance(c), absl::StrCat(kApplicant, "ApproveClaim"), request);
  }
  absl::Status PayClaim(const Command& c) {
    applicant::v1::RecordPaymentRequest request;
    request.set_name(Of("claims", c));
    request.set_reference("PAY-" + c.word(0));
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_day(), DateOf(c.word(1)));
    return Send<applicant::v1::Claim>(Finance(c), absl::StrCat(kApplicant, "RecordPayment"), request);
  }

  // request A1 moi-am ipas-assistance 2027-04-01..2027-05-30 days=5 category=advice area=leadership countries=AM
  absl::Status Ask(const Command& c) {
    applicant::v1::SubmitApplicationRequest request;
    request.set_application_id(c.word(0));
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(2)));
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_wishes(), WishesOf(c, c.word(3)));
    auto& assistance = *request.mutable_assistance();
    assistance.set_requester("organisations/" + c.word(1));
    assistance.set_service_area(c.get("area", "leadership"));
    for (const auto& country : c.list("countries", "AM")) assistance.add_countries(country);
    programme::v1::RequesterType type;
    AMIKECO_RETURN_IF_ERROR(ParseEnum(programme::v1::RequesterType_Parse, "REQUESTER_TYPE",
                                      c.get("requester", "foreign-government"), type));
    assistance.set_requester_type(type);
    programme::v1::AssistanceCategory category;
    AMIKECO_RETURN_IF_ERROR(ParseEnum(programme::v1::AssistanceCategory_Parse, "ASSISTANCE_CATEGORY",
                                      c.get("category", "course"), category));
    assistance.set_category(category);
    programme::v1::DeliveryMode delivery;
    AMIKECO_RETURN_IF_ERROR(
        ParseEnum(programme::v1::DeliveryMode_Parse, "DELIVERY_MODE", c.get("delivery", "at-recipient"), delivery));
    assistance.set_delivery(delivery);
    applicants_[c.word(0)] = assistance.requester();
    return Send<applicant::v1::Application>(OfficerOf(c), absl::StrCat(kApplicant, "SubmitApplication"), request);
  }

  absl::Status Triage(const Command& c) {
    applicant::v1::TriageApplicationRequest request;
    for (const auto& priority : c.list("priorities")) request.add_priorities(priority);
    int harm = 0;
    if (!absl::SimpleAtoi(c.get("harm", "0"), &harm)) return absl::InvalidArgumentError("harm=<number>");
    request.set_harm(harm);
    return SendApplication(CoordinatorOf(c), "TriageApplication", c, request);
  }

  absl::Status Wishes(const Command& c) {
    applicant::v1::ChangeWishesRequest request;
    request.set_name(Of("applications", c));
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_wishes(), WishesOf(c, c.word(1)));
    return Send<applicant::v1::Application>(OfficerOf(c), absl::StrCat(kApplicant, "ChangeWishes"), request);
  }

  absl::Status Override(const Command& c) {
    applicant::v1::OverrideRuleRequest request;
    request.set_name(Of("applications", c));
    request.set_rule(c.word(1));
    request.set_reason(c.get("reason", "agreed-with-host"));
    return Send<applicant::v1::Application>(CoordinatorOf(c), absl::StrCat(kApplicant, "OverrideRule"), request);
  }

  absl::Status AnswerInvitation(const Command& c, matching::v1::Answer answer) {
    AMIKECO_ASSIGN_OR_RETURN(const std::string host, HostOf(c));
    matching::v1::AnswerInvitationRequest request;
    request.set_name(Of("placements", c));
    request.set_answer(answer);
    request.set_reason(c.get("reason"));
    return Send<matching::v1::Placement>(Contact(host), absl::StrCat(kMatching, "AnswerInvitation"), request);
  }
  absl::Status Willing(const Command& c) { return AnswerInvitation(c, matching::v1::ANSWER_ACCEPT); }
  absl::Status Decline(const Command& c) { return AnswerInvitation(c, matching::v1::ANSWER_DECLINE); }

  absl::Status AnswerStep(const Command& c, matching::v1::Answer answer) {
    AMIKECO_ASSIGN_OR_RETURN(const std::string host, HostOf(c));
    matching::v1::ApproveCommandStepRequest request;
    request.set_name(Of("placements", c));
    request.set_step(c.get("step", "Chief"));
    request.set_answer(answer);
    return Send<matching::v1::Placement>(Approver(host), absl::StrCat(kMatching, "ApproveCommandStep"), request);
  }
  absl::Status Approve(const Command& c) { return AnswerStep(c, matching::v1::ANSWER_ACCEPT); }
  absl::Status Refuse(const Command& c) { return AnswerStep(c, matching::v1::ANSWER_DECLINE); }

  absl::Status AnswerPlacement(const Command& c, matching::v1::Answer answer) {
    matching::v1::AnswerPlacementRequest request;
    request.set_name(Of("placements", c));
    request.set_answer(answer);
    const bool person = absl::StartsWith(applicants_[c.word(0)], "members/");
    return Send<matching::v1::Placement>(person ? OfficerOf(c) : CoordinatorOf(c),
                                         absl::StrCat(kMatching, "AnswerPlacement"), request);
  }
  absl::Status Accept(const Command& c) { return AnswerPlacement(c, matching::v1::ANSWER_ACCEPT); }
  absl::Status Reject(const Command& c) { return AnswerPlacement(c, matching::v1::ANSWER_DECLINE); }

  absl::Status AddLeg(const Command& c) {
    matching::v1::AddLegRequest request;
    request.set_name(Of("placements", c));
    request.set_host("hosts/" + c.word(1));
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
    *request.mutable_start() = days.first;
    *request.mutable_end() = days.last;
    return Send<matching::v1::Placement>(CoordinatorOf(c), absl::StrCat(kMatching, "AddLeg"), request);
  }
  absl::Status ConfirmLeg(const Command& c) {
    matching::v1::ConfirmLegRequest request;
    request.set_name(Of("placements", c));
    request.set_leg(c.word(1));
    AMIKECO_ASSIGN_OR_RETURN(const auto placement, PlacementOf(c));
    for (const auto& leg : placement.legs()) {
      if (leg.id() != c.word(1)) continue;
      return Send<matching::v1::Placement>(Contact(leg.host()), absl::StrCat(kMatching, "ConfirmLeg"), request);
    }
    return absl::InvalidArgumentError("there is no such leg");
  }
  absl::Status RemoveLeg(const Command& c) {
    matching::v1::RemoveLegRequest request;
    request.set_name(Of("placements", c));
    request.set_leg(c.word(1));
    return Send<matching::v1::Placement>(CoordinatorOf(c), absl::StrCat(kMatching, "RemoveLeg"), request);
  }

  static Actor HomeHost(const std::string& member) { return {member, "", {ROLE_HOME_HOST}}; }
  absl::Status Home(const Command& c) {
    matching::v1::OfferHomeStayRequest request;
    request.set_home_host_id(c.word(0));
    request.set_host("hosts/" + c.word(2));
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(3)));
    *request.mutable_first_day() = days.first;
    *request.mutable_last_day() = days.last;
    return Send<matching::v1::HomeHost>(HomeHost("members/" + c.word(1)), absl::StrCat(kMatching, "OfferHomeStay"),
                                        request);
  }
  absl::Status AnswerHome(const Command& c, matching::v1::Answer answer) {
    AMIKECO_ASSIGN_OR_RETURN(const auto placement, PlacementOf(c));
    matching::v1::RespondToHomeStayRequest request;
    request.set_name(Of("placements", c));
    request.set_answer(answer);
    return Send<matching::v1::Placement>(HomeHost(placement.home_stay().member()),
                                         absl::StrCat(kMatching, "RespondToHomeStay"), request);
  }
  absl::Status HomeYes(const Command& c) { return AnswerHome(c, matching::v1::ANSWER_ACCEPT); }
  absl::Status HomeNo(const Command& c) { return AnswerHome(c, matching::v1::ANSWER_DECLINE); }

  template <typename Request>
  absl::Status SendClearance(const Actor& actor, absl::string_view method, const Request& request) {
    return Send<compliance::v1::Clearance>(actor, absl::StrCat(kCompliance, method), request);
  }
  // Of a cohort, the fellow who is named; else whose case it is.
  Actor PersonOf(const Command& c) {
    const std::string person = "members/" + c.get("person");
    return c.get("person").empty() ? OfficerOf(c) : Officer(person, sections_[person]);
  }
  absl::Status Cover(const Command& c) {
    compliance::v1::RecordHealthCoverRequest request;
    request.set_name(Of("clearances", c));
    request.set_kind(c.get("kind", "travel-insurance"));
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(1)));
    *request.mutable_valid_from() = days.first;
    *request.mutable_valid_to() = days.last;
    int replaces = 0;
    if (!absl::SimpleAtoi(c.get("replaces", "0"), &replaces)) return absl::InvalidArgumentError("replaces");
    request.set_replaces(replaces);
    request.set_item(c.get("item"));
    return SendClearance(c.get("by").empty() ? PersonOf(c) : ComplianceOfficer(c, c.get("by")), "RecordHealthCover",
                         request);
  }
  absl::Status Waiver(const Command& c) {
    compliance::v1::SignWaiverRequest request;
    request.set_name(Of("clearances", c));
    request.set_host("hosts/" + c.word(1));
    request.set_item(c.get("item"));
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
    *request.mutable_valid_from() = days.first;
    *request.mutable_valid_to() = days.last;
    request.set_signature_name("Officer " + c.word(0));
    request.set_document_hash(std::string(64, 'a'));
    return SendClearance(PersonOf(c), "SignWaiver", request);
  }
  absl::Status Check(const Command& c) {
    compliance::v1::RecordBackgroundCheckRequest request;
    request.set_name(Of("clearances", c));
    request.set_kind(c.word(1));
    request.set_outcome(c.word(2) == "passed"   ? compliance::v1::OUTCOME_SATISFIED
                        : c.word(2) == "failed" ? compliance::v1::OUTCOME_NOT_SATISFIED
                                                : compliance::v1::OUTCOME_NEEDS_REVIEW);
    return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "RecordBackgroundCheck", request);
  }
  absl::Status Review(const Command& c) {
    compliance::v1::RecordReviewRequest request;
    request.set_name(Of("clearances", c));
    request.set_item(c.word(1));
    request.set_kind(c.get("kind"));
    request.set_outcome(c.word(2) == "passed"   ? compliance::v1::OUTCOME_SATISFIED
                        : c.word(2) == "failed" ? compliance::v1::OUTCOME_NOT_SATISFIED
                                                : compliance::v1::OUTCOME_NEEDS_REVIEW);
    if (!c.get("until").empty()) {
      AMIKECO_ASSIGN_OR_RETURN(*request.mutable_valid_to(), DateOf(c.get("until")));
    }
    return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "RecordReview", request);
  }
  absl::Status Consent(const Command& c) {
    compliance::v1::RecordMediaConsentRequest request;
    request.set_name(Of("clearances", c));
    request.set_consent(c.word(1) == "yes" ? compliance::v1::CONSENT_YES : compliance::v1::CONSENT_NO);
    request.set_item(c.get("item"));
    return SendClearance(PersonOf(c), "RecordMediaConsent", request);
  }
  // Everything that the clearance asks for, as it asks for it.
  absl::Status Clear(const Command& c) {
    AMIKECO_ASSIGN_OR_RETURN(const auto clearance, ClearanceOf(c));
    const std::string id = c.word(0);
    for (const auto& item : clearance.items()) {
      const std::string days = absl::StrCat(FormatDate(item.first_day()), "..", FormatDate(item.last_day()));
      const std::map<std::string, std::string> named{
          {"item", item.id()},
          {"person", std::string(absl::StripPrefix(item.person(), "members/"))},
          {"kind", item.accepted_kinds().empty() ? "" : item.accepted_kinds(0)}};
      if (item.kind() == ComplianceItem::KIND_HEALTH_COVER) {
        AMIKECO_RETURN_IF_ERROR(Cover({"cover", {id, days}, named}));
      } else if (item.kind() == ComplianceItem::KIND_LIABILITY_WAIVER) {
        AMIKECO_RETURN_IF_ERROR(Waiver({"waiver", {id, item.host().substr(6), days}, named}));
      } else if (item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK) {
        AMIKECO_RETURN_IF_ERROR(Check({"check", {id, "ncic", "passed"}, {}}));
      } else if (item.kind() >= ComplianceItem::KIND_TRAINING) {
        AMIKECO_RETURN_IF_ERROR(Review({"review", {id, item.id(), "passed"}, named}));
      } else if (item.host().empty()) {
        AMIKECO_RETURN_IF_ERROR(Consent({"consent", {id, "no"}, named}));
      }
    }
    return absl::OkStatus();
  }
  absl::Status Void(const Command& c) {
    compliance::v1::VoidItemRequest request;
    request.set_name(Of("clearances", c));
    request.set_item(c.word(1));
    int record = 0;
    if (!absl::SimpleAtoi(c.get("record", "0"), &record)) return absl::InvalidArgumentError("record");
    request.set_record(record);
    request.set_reason(c.get("reason", "RECORDED_IN_ERROR"));
    return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "VoidItem", request);
  }
  absl::Status Revoke(const Command& c) {
    compliance::v1::RevokeClearanceRequest request;
    request.set_name(Of("clearances", c));
    request.set_reason(c.get("reason", "CONDUCT"));
    return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "RevokeClearance", request);
  }
  absl::Status Reinstate(const Command& c) {
    compliance::v1::ReinstateClearanceRequest request;
    request.set_name(Of("clearances", c));
    request.set_reason(c.get("reason", "RESOLVED"));
    return SendClearance(ComplianceOfficer(c, c.get("by", "omar")), "ReinstateClearance", request);
  }

  template <typename Request>
  absl::Status SendApplication(const Actor& actor, absl::string_view method, const Command& c, Request request) {
    request.set_name(Of("applications", c));
    return Send<applicant::v1::Application>(actor, absl::StrCat(kApplicant, method), request);
  }
  absl::Status Start(const Command& c) {
    return SendApplication(OfficerOf(c), "StartStay", c, applicant::v1::StartStayRequest());
  }
  absl::Status End(const Command& c) {
    return SendApplication(OfficerOf(c), "EndStay", c, applicant::v1::EndStayRequest());
  }
  absl::Status Report(const Command& c) {
    applicant::v1::SubmitReportRequest request;
    request.set_text("What I learnt.");
    return SendApplication(OfficerOf(c), "SubmitReport", c, request);
  }
  absl::Status Withdraw(const Command& c) {
    applicant::v1::WithdrawApplicationRequest request;
    request.set_reason(c.get("reason"));
    return SendApplication(OfficerOf(c), "WithdrawApplication", c, request);
  }
  absl::Status Cancel(const Command& c) {
    applicant::v1::CancelApplicationRequest request;
    request.set_reason(c.get("reason", "programme-suspended"));
    return SendApplication(CoordinatorOf(c), "CancelApplication", c, request);
  }

  absl::Status Settle(const Command& c) { return house_->Settle(); }
  absl::Status Advance(const Command& c) {
    int days = 0;
    if (!absl::SimpleAtoi(absl::StripSuffix(c.word(0), "d"), &days)) return absl::InvalidArgumentError("advance 14d");
    return PassDays(days);
  }
  absl::Status Until(const Command& c) {
    AMIKECO_ASSIGN_OR_RETURN(const auto date, DateOf(c.word(0)));
    return PassDays(static_cast<int>(ToDay(date) - absl::ToCivilDay(house_->clock().Now(), absl::UTCTimeZone())));
  }
  absl::Status PassDays(int days) {
    for (int day = 0; day < days; ++day) {
      house_->clock().Advance(absl::Hours(24));
      AMIKECO_RETURN_IF_ERROR(house_->Settle());
      const size_t before = lines_.size();
      Tell();
      if (lines_.size() == before) continue;
      lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(before),
                    FormatDay(absl::ToCivilDay(house_->clock().Now(), absl::UTCTimeZone())) + ":");
    }
    return absl::OkStatus();
  }

  absl::Status Show(const Command& c) {
    applicant::v1::GetApplicationRequest request;
    request.set_name(Of("applications", c));
    AMIKECO_ASSIGN_OR_RETURN(
        const auto application,
        house_->Call<applicant::v1::Application>(Onlooker(), absl::StrCat(kApplicant, "GetApplication"), request));
    lines_.push_back(absl::StrCat("application ", applicant::v1::Application::State_Name(application.state())));
    if (const auto placement = PlacementOf(c); placement.ok()) {
      lines_.push_back(absl::StrCat("placement ", matching::v1::Placement::Stage_Name(placement->stage())));
    }
    const auto clearance = ClearanceOf(c);
    if (!clearance.ok()) return absl::OkStatus();
    lines_.push_back(absl::StrCat("clearance ", compliance::v1::Clearance::State_Name(clearance->state()),
                                  clearance->cleared() ? " cleared" : " not cleared"));
    for (const auto& open : clearance->open_items()) {
      for (const auto& reason : open.reasons()) {
        lines_.push_back(
            absl::StrCat("  ", open.item(), open.mandatory() ? ": " : " (optional): ", reason.explanation()));
      }
    }
    return absl::OkStatus();
  }

  const std::string programmes_;
  std::map<std::string, Verb> verbs_;
  std::unique_ptr<House> house_;
  std::map<std::string, std::string> sections_;    // by member
  std::map<std::string, std::string> applicants_;  // member, or organisation, by application's id
  std::map<std::string, std::string> operators_;   // organisation by application's id
  std::vector<std::string> lines_;
  int requests_ = 0;
};

}  // namespace

absl::StatusOr<std::string> Play(const std::string& story, const std::string& programmes) {
  Player player(programmes);
  std::string told;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(story, "\n"), '\n')) {
    ++number;
    if (absl::StartsWith(line, " ")) continue;  // of an earlier telling
    absl::StrAppend(&told, line, "\n");
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    const auto lines = player.Do(ParseCommand(line));
    if (!lines.ok()) {
      return absl::Status(lines.status().code(),
                          absl::StrCat("line ", number, ", ", line, ": ", lines.status().message()));
    }
    for (const std::string& caused : *lines) absl::StrAppend(&told, "  ", caused, "\n");
  }
  return told;
}

}  // namespace amikeco::journeys
