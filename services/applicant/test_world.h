// What the applicant's tests share: the real programmes, and members, wishes and declarations to which nothing is
// wrong.
#ifndef AMIKECO_SERVICES_APPLICANT_TEST_WORLD_H_
#define AMIKECO_SERVICES_APPLICANT_TEST_WORLD_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/actor.h"
#include "common/base/dates.h"
#include "programmes/programmes.h"
#include "services/applicant/after_stay.h"
#include "services/applicant/application.h"
#include "services/applicant/award.h"
#include "services/applicant/member.h"

namespace amikeco::applicant::test {

inline const Actor kOfficer{"members/M-17", "sections/DE", {options::v1::ROLE_OFFICER}};
inline const Actor kSection{"people/eva", "sections/DE", {options::v1::ROLE_ENDORSER, options::v1::ROLE_REGISTRAR}};
inline const Actor kOtherSection{
    "people/yves", "sections/FR", {options::v1::ROLE_ENDORSER, options::v1::ROLE_REGISTRAR}};
inline const Actor kCoordinator{"people/carl", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
inline const Actor kSystem{"system/applicant", "", {options::v1::ROLE_SERVICE}};

inline constexpr char kInboundName[] = "programmes/ipa-exchange-inbound";
inline constexpr char kOutboundName[] = "programmes/ipa-exchange-outbound";

// The programmes as they ship. Tests run at the root of the tree.
inline const Programmes& RealProgrammes() {
  static const auto& programmes = *new Programmes(*Programmes::Load("programmes"));
  return programmes;
}
inline const programme::v1::Programme& Inbound() { return **RealProgrammes().Find(kInboundName); }
inline const programme::v1::Programme& Outbound() { return **RealProgrammes().Find(kOutboundName); }

inline google::type::Date Date(absl::string_view text) { return *ParseDate(text); }
inline absl::CivilDay Day(absl::string_view text) { return ToDay(Date(text)); }

// Noon of the day in the operator's zone.
inline absl::Time Noon(absl::string_view day) {
  return absl::FromCivil(absl::CivilHour(Day(day)) + 12, *ParseTimeZone("America/New_York"));
}

inline v1::Member GoodMember() {
  v1::Member member;
  member.set_name("members/M-17");
  member.set_section("sections/DE");
  member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_REGULAR);
  *member.mutable_membership()->mutable_since() = Date("2020-05-04");
  member.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  member.add_parties("members/M-17");
  member.add_parties("sections/DE");
  return member;
}

inline v1::Member Endorsed(v1::Member member) {
  member.mutable_endorsement()->set_endorser("people/eva");
  member.mutable_endorsement()->set_section("sections/DE");
  *member.mutable_endorsement()->mutable_date() = Date("2026-01-05");
  return member;
}

// Received on kReceived there are more than four months of notice.
inline constexpr char kReceived[] = "2026-02-02";

inline v1::Wishes GoodWishes() {
  v1::Wishes wishes;
  *wishes.mutable_earliest_start() = Date("2026-07-01");
  *wishes.mutable_latest_end() = Date("2026-08-31");
  wishes.set_stay_days(21);
  wishes.add_topics("street-patrol");
  wishes.set_stay_language("en");
  return wishes;
}

inline v1::Declarations GoodDeclarations() {
  v1::Declarations declarations;
  declarations.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_FLEXIBILITY);
  declarations.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE);
  declarations.add_acknowledgements(programme::v1::ACKNOWLEDGEMENT_NOT_A_VACATION);
  for (const char* category : {"air-ticket", "rental-car", "hotel", "food", "personal-travel", "shopping"}) {
    declarations.add_cost_categories(category);
  }
  auto& english = *declarations.add_languages();
  english.set_code("en");
  english.set_level("C1");
  declarations.set_employer_status(v1::EMPLOYER_STATUS_PAID_LEAVE);
  declarations.set_rank("Sergeant");
  declarations.set_service_years(8);
  return declarations;
}

inline v1::SubmitApplicationRequest GoodRequest() {
  v1::SubmitApplicationRequest request;
  request.set_member("members/M-17");
  request.set_programme(kInboundName);
  *request.mutable_wishes() = GoodWishes();
  *request.mutable_declarations() = GoodDeclarations();
  return request;
}

// Name of the set member of a fact's oneof: "matching_opened".
template <typename Fact>
std::string FactName(const Fact& fact) {
  const auto* oneof = Fact::descriptor()->oneof_decl(0);
  const auto* field = fact.GetReflection()->GetOneofFieldDescriptor(fact, oneof);
  return field == nullptr ? "" : field->name();
}
template <typename Fact>
std::vector<std::string> FactNames(const std::vector<Fact>& facts) {
  std::vector<std::string> names;
  for (const Fact& fact : facts) names.push_back(FactName(fact));
  return names;
}

// Facts of matching about the placement of one application.
struct Matching {
  static matching::v1::PlacementFact Opened(int round) {
    matching::v1::PlacementFact fact;
    fact.mutable_search_opened()->mutable_terms()->set_round(round);
    return fact;
  }
  static matching::v1::PlacementFact Rescheduled(int round) {
    matching::v1::PlacementFact fact;
    fact.mutable_rescheduled()->mutable_terms()->set_round(round);
    return fact;
  }
  static matching::v1::PlacementFact Invited(absl::string_view start = "2026-07-06",
                                             absl::string_view end = "2026-07-26") {
    matching::v1::PlacementFact fact;
    fact.mutable_host_invited()->set_host("hosts/CA0194200");
    *fact.mutable_host_invited()->mutable_start() = Date(start);
    *fact.mutable_host_invited()->mutable_end() = Date(end);
    return fact;
  }
  static matching::v1::PlacementFact Willing() {
    matching::v1::PlacementFact fact;
    fact.mutable_host_willing()->set_host("hosts/CA0194200");
    return fact;
  }
  static matching::v1::PlacementFact CommandApproved() {
    matching::v1::PlacementFact fact;
    fact.mutable_command_approved()->set_host("hosts/CA0194200");
    return fact;
  }
  static matching::v1::PlacementFact Ended() {
    matching::v1::PlacementFact fact;
    fact.mutable_invitation_ended()->set_end(matching::v1::INVITATION_END_DECLINED);
    return fact;
  }
  // A home is looked for.
  static matching::v1::PlacementFact Agreed(absl::string_view start = "2026-07-06",
                                            absl::string_view end = "2026-07-26") {
    matching::v1::PlacementFact fact;
    auto& leg = *fact.mutable_agreed()->add_legs();
    leg.set_id("1");
    leg.set_host("hosts/CA0194200");
    *leg.mutable_start() = Date(start);
    *leg.mutable_end() = Date(end);
    *fact.mutable_agreed()->mutable_home_host_until() = ToTimestamp(Noon("2026-06-08"));
    return fact;
  }
  static matching::v1::PlacementFact Exhausted() {
    matching::v1::PlacementFact fact;
    fact.mutable_search_exhausted()->set_invitations(3);
    return fact;
  }
  static matching::v1::PlacementFact Activities() {
    matching::v1::PlacementFact fact;
    fact.mutable_activities_set();
    return fact;
  }
  static matching::v1::PlacementFact HomeHost() {
    matching::v1::PlacementFact fact;
    fact.mutable_home_host_agreed();
    return fact;
  }
  static matching::v1::PlacementFact NoHomeHost() {
    matching::v1::PlacementFact fact;
    fact.mutable_home_host_not_found();
    return fact;
  }
};

struct Compliance {
  static compliance::v1::ClearanceFact Granted() {
    compliance::v1::ClearanceFact fact;
    fact.mutable_granted();
    return fact;
  }
  static compliance::v1::ClearanceFact Lost() {
    compliance::v1::ClearanceFact fact;
    fact.mutable_lost()->add_open_items("health-cover");
    return fact;
  }
  static compliance::v1::ClearanceFact Revoked() {
    compliance::v1::ClearanceFact fact;
    fact.mutable_revoked();
    return fact;
  }
};

// One application in memory, driven by commands, facts and time, that keeps its history.
class Story {
 public:
  explicit Story(v1::Member member = GoodMember(), const programme::v1::Programme& programme = Inbound())
      : member(std::move(member)), programme(programme) {}

  // A copy with its own history.
  Story(const Story&) = default;

  Circumstance At(const Actor& actor) const {
    return {now,  actor, programme, absl::MakeConstSpan(&member, 1), "applications/A-1", intake ? &*intake : nullptr,
            place};
  }

  absl::Status Take(ApplicationFacts facts) {
    if (!facts.ok()) return facts.status();
    last = *std::move(facts);
    for (const auto& fact : last) {
      application = Evolve(std::move(application), fact);
      history.push_back(fact);
    }
    return absl::OkStatus();
  }
  template <typename Request>
  absl::Status Do(const Actor& actor, const Request& request) {
    return Take(Decide(application, request, At(actor)));
  }
  absl::Status Submit(const v1::SubmitApplicationRequest& request = GoodRequest(), const Actor& actor = kOfficer) {
    return Do(actor, request);
  }
  absl::Status Endorse() {
    member = Endorsed(std::move(member));
    return Do(kSection, member.endorsement());
  }
  void Hear(const matching::v1::PlacementFact& fact) {
    Circumstance c = At(kSystem);
    c.name = "placements/A-1";
    EXPECT_TRUE(Take(Follow(application, fact, c)).ok());
  }
  void Hear(const compliance::v1::ClearanceFact& fact) { Hear(fact, ++clearance_version); }
  void Hear(const compliance::v1::ClearanceFact& fact, int64_t version) {
    Circumstance c = At(kSystem);
    c.name = "clearances/A-1";
    EXPECT_TRUE(Take(Follow(application, fact, version, c)).ok());
  }
  void Hear(const v1::Intake& of) { EXPECT_TRUE(Take(Follow(application, of, At(kSystem))).ok()); }
  void Pass(absl::Time until) {
    now = until;
    EXPECT_TRUE(Take(Tick(application, At(kSystem))).ok());
  }
  absl::Status Start(const GateReading& gate = {"clearances/A-1", 7, true, {}}) {
    return Take(Decide(application, v1::StartStayRequest(), At(kOfficer), gate));
  }

  v1::Application::State state() const { return application.state(); }

  v1::Member member;
  programme::v1::Programme programme;
  Place place;
  absl::Time now = Noon(kReceived);
  v1::Application application;
  std::optional<v1::Intake> intake;  // that it is an entry of
  std::vector<v1::ApplicationFact> history;
  std::vector<v1::ApplicationFact> last;  // of the last step
  int64_t clearance_version = 0;
};

// Stories that stand in each state that an application can be in without further steps; see test_steps.h for the
// others.
inline Story StoryIn(v1::Application::State state, const v1::Member& member = GoodMember(),
                     const programme::v1::Programme& programme = Inbound()) {
  using App = v1::Application;
  Story story(member, programme);
  if (state == App::STATE_UNSPECIFIED) return story;
  if (state == App::STATE_AWAITING_TRIAGE) {
    story.programme.mutable_applicants()->set_without_endorsement(true);
    story.programme.mutable_triage()->set_harm_points(10);
  }
  v1::SubmitApplicationRequest request = GoodRequest();
  if (state == App::STATE_INELIGIBLE) *request.mutable_wishes()->mutable_earliest_start() = Date("2026-05-01");
  EXPECT_TRUE(story.Submit(request).ok());
  const bool waits = state == App::STATE_AWAITING_ENDORSEMENT || state == App::STATE_AWAITING_TRIAGE;
  if (state == App::STATE_INELIGIBLE || waits) return story;
  if (state == App::STATE_LAPSED) return story.Pass(Noon("2026-03-20")), story;
  EXPECT_TRUE(story.Endorse().ok());
  story.Hear(Matching::Opened(1));
  if (state == App::STATE_IN_MATCHING) return story;
  if (state == App::STATE_UNPLACED) return story.Hear(Matching::Exhausted()), story;
  if (state == App::STATE_WITHDRAWN) {
    EXPECT_TRUE(story.Do(kOfficer, v1::WithdrawApplicationRequest()).ok());
    return story;
  }
  if (state == App::STATE_CANCELLED) {
    EXPECT_TRUE(story.Do(kCoordinator, v1::CancelApplicationRequest()).ok());
    return story;
  }
  story.Hear(Matching::Invited());
  if (state == App::STATE_INVITED) return story;
  story.Hear(Matching::Willing());
  if (state == App::STATE_HOST_WILLING) return story;
  story.Hear(Matching::CommandApproved());
  if (state == App::STATE_COMMAND_APPROVED) return story;
  story.Hear(Matching::Agreed());
  if (state == App::STATE_AGREED) return story;
  story.Hear(Compliance::Granted());
  if (state == App::STATE_CLEARED) return story;
  story.now = Noon("2026-07-06");
  EXPECT_TRUE(story.Start().ok());
  if (state == App::STATE_STARTED) return story;
  if (state == App::STATE_SUSPENDED) return story.Hear(Compliance::Lost()), story;
  story.Pass(Noon("2026-07-27"));
  if (state == App::STATE_ENDED) return story;
  EXPECT_TRUE(story.Do(kOfficer, v1::SubmitReportRequest()).ok());
  return story;
}

}  // namespace amikeco::applicant::test

#endif  // AMIKECO_SERVICES_APPLICANT_TEST_WORLD_H_
