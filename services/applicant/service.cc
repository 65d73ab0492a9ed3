#include "services/applicant/service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/steady.h"
#include "common/events/execute.h"
#include "services/applicant/award.h"
#include "services/applicant/change.h"
#include "services/applicant/doors.h"
#include "services/applicant/eligibility.h"
#include "services/applicant/errors.h"
#include "services/applicant/explain.h"
#include "services/applicant/tables.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Programme;
using v1::Application;

constexpr char kService[] = "applicant";
constexpr char kGetClearance[] = "amikeco.compliance.v1.ComplianceService/GetClearance";
// Long enough for a fresh read across a busy cluster, short enough that a person waits for it.
constexpr absl::Duration kGateTimeout = absl::Seconds(2);

Origin OriginHere(const Call& call) { return OriginOf(kService, call); }

// The persons that a request names, as far as the actor may see them.
template <typename Request>
absl::StatusOr<std::vector<v1::Member>> Named(Reader& reader, const Request& request, const Actor& actor) {
  std::vector<std::string> names(request.fellows().begin(), request.fellows().end());
  if (!request.member().empty()) names.insert(names.begin(), request.member());
  std::vector<v1::Member> persons;
  for (const std::string& name : names) {
    AMIKECO_ASSIGN_OR_RETURN(auto person, Visible(reader, Members(), name, actor));
    persons.push_back(std::move(person.value));
  }
  return persons;
}

// The member's open application to the programme; "" when there is none.
absl::StatusOr<std::string> FindActive(Reader& reader, absl::string_view member, absl::string_view programme) {
  const std::string key = ActiveKey(member, programme);
  AMIKECO_ASSIGN_OR_RETURN(const auto found, Applications().Range(reader, kActive, key, key + "!", 1));
  return found.empty() ? std::string() : found.front().name;
}

}  // namespace

absl::StatusOr<const Programme*> ApplicantService::ProgrammeOf(const Application& application) const {
  return in_.programmes.Find(application.programme(), application.programme_version());
}

std::string ApplicantService::NameFor(absl::string_view collection, const std::string& id) const {
  return absl::StrCat(collection, "/", id.empty() ? in_.ids.Next() : id);
}

absl::StatusOr<Application> ApplicantService::Read(absl::string_view name, const Actor& actor) {
  return Query<Application>(in_.store, [&](Reader& reader) -> absl::StatusOr<Application> {
    AMIKECO_ASSIGN_OR_RETURN(const auto application, Visible(reader, Applications(), name, actor));
    return Answer(application);
  });
}

absl::StatusOr<v1::CheckEligibilityResponse> ApplicantService::CheckEligibility(
    Call& call, const v1::CheckEligibilityRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, in_.programmes.Find(request.programme()));
  FieldErrors wrong;
  CheckForm(request, *programme, wrong);
  CheckWishes(request.wishes(), request.declarations(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  AMIKECO_RETURN_IF_ERROR(CheckApplicants(*programme, request));
  return Query<v1::CheckEligibilityResponse>(
      in_.store, [&](Reader& reader) -> absl::StatusOr<v1::CheckEligibilityResponse> {
        AMIKECO_ASSIGN_OR_RETURN(const auto persons, Named(reader, request, call.actor));
        AMIKECO_ASSIGN_OR_RETURN(const auto intake, FindIntake(reader, request.intake()));
        const absl::CivilDay today = Today({call.time, call.actor, *programme});
        const int age = BeneficiaryAgeOf(request.beneficiary(), *programme, today, intake ? &*intake : nullptr);
        const Candidate candidate{persons, request.wishes(), request.declarations(), today, &request.assistance(), age};
        AMIKECO_ASSIGN_OR_RETURN(const Place place, PlaceOf(reader, persons));
        auto results = Judge(*programme, candidate);
        JudgePlace(*programme, place, candidate, results);
        v1::CheckEligibilityResponse response;
        response.set_eligible(IsEligible(results));
        response.mutable_results()->Assign(results.begin(), results.end());
        response.set_programme_version(programme->version());
        response.set_tier_rank(TierOf(*programme, persons, 0));
        response.set_tier(programme->tiers(response.tier_rank()).id());
        response.set_endorsed(!persons.empty() && persons[0].has_endorsement());
        return response;
      });
}

absl::StatusOr<Versioned<Application>> ApplicantService::NewApplication(Reader& reader, const Call& call,
                                                                        const v1::SubmitApplicationRequest& request,
                                                                        std::vector<v1::ApplicationFact>& facts) {
  AMIKECO_ASSIGN_OR_RETURN(const auto intake, FindIntake(reader, request.intake()));
  // An entry runs on the version that its intake does.
  const bool of_it = intake && intake->programme() == request.programme();
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme,
                           in_.programmes.Find(request.programme(), of_it ? intake->programme_version() : 0));
  AMIKECO_RETURN_IF_ERROR(CheckApplicants(*programme, request));
  AMIKECO_ASSIGN_OR_RETURN(const auto persons, Named(reader, request, call.actor));
  AMIKECO_ASSIGN_OR_RETURN(auto application,
                           Applications().Find(reader, NameFor("applications", request.application_id())));
  AMIKECO_ASSIGN_OR_RETURN(const Place place, PlaceOf(reader, persons));
  const Circumstance circumstance{
      call.time, call.actor, *programme, persons, application.name, intake ? &*intake : nullptr, place};
  AMIKECO_ASSIGN_OR_RETURN(facts, Decide(application.value, request, circumstance));
  for (const v1::Member& person : persons) {
    AMIKECO_ASSIGN_OR_RETURN(const std::string active, FindActive(reader, person.name(), request.programme()));
    if (!active.empty()) return errors::ActiveApplicationExists(person.name(), active);
  }
  if (!persons.empty()) AMIKECO_RETURN_IF_ERROR(MayMentor(reader, call.actor, request, persons[0]));
  return application;
}

absl::StatusOr<Application> ApplicantService::SubmitApplication(Call& call,
                                                                const v1::SubmitApplicationRequest& request) {
  if (request.validate_only()) {
    return Query<Application>(in_.store, [&](Reader& reader) -> absl::StatusOr<Application> {
      std::vector<v1::ApplicationFact> facts;
      AMIKECO_ASSIGN_OR_RETURN(auto application, NewApplication(reader, call, request, facts));
      for (const auto& fact : facts) application.value = Evolve(std::move(application.value), fact);
      return std::move(application).value;
    });
  }
  return Execute<Application>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Application> {
    std::vector<v1::ApplicationFact> facts;
    AMIKECO_ASSIGN_OR_RETURN(auto application, NewApplication(tx, call, request, facts));
    AMIKECO_RETURN_IF_ERROR(NameConflict(Move(tx, OriginHere(call), facts, application), application.value));
    AMIKECO_RETURN_IF_ERROR(NominateMentor(tx, application.value, OriginHere(call)));
    if (request.has_beneficiary()) {
      AMIKECO_RETURN_IF_ERROR(in_.dossiers.Write(
          tx, request.member(), absl::StrCat(application.name, "/", kBeneficiary), request.beneficiary()));
    }
    return Answer(application);
  });
}

absl::StatusOr<Application> ApplicantService::GetApplication(Call& call, const v1::GetApplicationRequest& request) {
  return Read(request.name(), call.actor);
}

absl::StatusOr<v1::ListApplicationsResponse> ApplicantService::ListApplications(
    Call& call, const v1::ListApplicationsRequest& request) {
  PageRequest page_request{kByMember, "", request.page_size(), request.page_token()};
  const std::string party = PartyOf(call.actor);
  if (!request.member().empty()) {
    page_request.prefix = KeyOf(request.member());
  } else if (!party.empty() && request.state() != Application::STATE_UNSPECIFIED) {
    page_request.key = kByPartyAndState;
    page_request.prefix = KeyOf(party, static_cast<int>(request.state()));
  } else if (!party.empty()) {
    page_request.key = kByParty;
    page_request.prefix = KeyOf(party);
  }
  const auto matches = [&](const Application& application) {
    return call.actor.MaySee(application.parties()) &&
           (request.state() == Application::STATE_UNSPECIFIED || request.state() == application.state()) &&
           (request.programme().empty() || request.programme() == application.programme());
  };
  return Query<v1::ListApplicationsResponse>(
      in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListApplicationsResponse> {
        AMIKECO_ASSIGN_OR_RETURN(const auto page, Applications().List(reader, page_request));
        v1::ListApplicationsResponse response;
        for (const auto& application : page.items) {
          if (matches(application.value)) *response.add_applications() = Answer(application);
        }
        response.set_next_page_token(page.next_page_token);
        return response;
      });
}

absl::StatusOr<v1::ApplicationExplanation> ApplicantService::ExplainApplication(
    Call& call, const v1::ExplainApplicationRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const Application application, Read(request.name(), call.actor));
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, ProgrammeOf(application));
  const absl::CivilDay today = Today({call.time, call.actor, *programme});
  absl::StatusOr<compliance::v1::Clearance> clearance = absl::NotFoundError("");
  if (RestsOnClearance(application.state())) clearance = ReadClearance(call, application);
  return DisclosedAs(application, Explain(application, *programme, today, clearance.ok() ? &*clearance : nullptr));
}

absl::StatusOr<Application> ApplicantService::ChangeWishes(Call& call, const v1::ChangeWishesRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::TriageApplication(Call& call,
                                                                const v1::TriageApplicationRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::AdoptProgramme(Call& call, const v1::AdoptProgrammeRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::OverrideRule(Call& call, const v1::OverrideRuleRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::CompleteTask(Call& call, const v1::CompleteTaskRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::WithdrawApplication(Call& call,
                                                                  const v1::WithdrawApplicationRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::CancelApplication(Call& call,
                                                                const v1::CancelApplicationRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::AcceptAward(Call& call, const v1::AcceptAwardRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<Application> ApplicantService::EndStay(Call& call, const v1::EndStayRequest& request) {
  return ChangeAndAnswer(call, request);
}

absl::StatusOr<compliance::v1::Clearance> ApplicantService::ReadClearance(const Call& call,
                                                                          const Application& application) {
  compliance::v1::GetClearanceRequest request;
  request.set_name(absl::StrCat("clearances/", absl::StripPrefix(application.name(), "applications/")));
  CallOptions options;
  options.timeout = std::min(kGateTimeout, call.deadline - SteadyNow());
  options.traceparent = call.traceparent;
  return in_.compliance.Call<compliance::v1::Clearance>(kGetClearance, request, options);
}

// Compliance may not have heard yet that the place was agreed anew: a clearance for other days or another host says
// nothing about this stay.
static bool IsForPlacement(const compliance::v1::Clearance& clearance, const v1::PlacementNoted& placement) {
  if (clearance.legs().empty()) return false;
  const matching::v1::Leg& lead = clearance.legs(0);
  return lead.host() == placement.host() && ToDay(lead.start()) == ToDay(placement.start()) &&
         ToDay(lead.end()) == ToDay(placement.end());
}

// Nothing when the stay could not begin anyway: the transaction says why, or remembers that it has begun by this very
// request.
absl::StatusOr<std::optional<GateReading>> ApplicantService::ReadGate(const Call& call,
                                                                      const v1::StartStayRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const Application application, Read(request.name(), call.actor));
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, ProgrammeOf(application));
  const absl::Status possible = CheckStart(application, {call.time, call.actor, *programme});
  const bool uncleared = application.state() == Application::STATE_AGREED;
  if (!possible.ok() && !uncleared) return std::nullopt;
  const auto clearance = ReadClearance(call, application);
  if (absl::IsNotFound(clearance.status())) return errors::NotCleared(application.name(), {});
  if (!clearance.ok() && uncleared) return possible;
  if (!clearance.ok()) {
    return Error(errors::kStartGateUnavailable,
                 absl::StrCat("The clearance of ", application.name(), " could not be read; the stay has not started."),
                 {{"name", application.name()}});
  }
  if (!IsForPlacement(*clearance, application.placement())) {
    return Error(amikeco::errors::kLostRace,
                 absl::StrCat("The clearance of ", application.name(),
                              " is still that of an earlier agreement; the news of this one is on its way."),
                 {{"name", application.name()}});
  }
  GateReading gate{clearance->name(), clearance->version(), clearance->cleared(), {}};
  if (clearance->state() == compliance::v1::Clearance::STATE_REVOKED) gate.open_items.push_back("revoked");
  for (const auto& item : clearance->open_items()) {
    if (item.mandatory()) gate.open_items.push_back(item.item());
  }
  if (!uncleared) return gate;
  if (!gate.cleared) return errors::NotCleared(application.name(), gate.open_items);
  return Error(amikeco::errors::kLostRace,
               absl::StrCat(application.name(), " was cleared this moment, and the news is on its way."),
               {{"name", application.name()}});
}

absl::StatusOr<Application> ApplicantService::StartStay(Call& call, const v1::StartStayRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const std::optional<GateReading> gate, ReadGate(call, request));
  return Execute<Application>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Application> {
    AMIKECO_ASSIGN_OR_RETURN(auto application, ForChange(tx, Applications(), request, call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, ProgrammeOf(application.value));
    const Circumstance circumstance{call.time, call.actor, *programme};
    AMIKECO_RETURN_IF_ERROR(CheckStart(application.value, circumstance));
    if (!gate) {
      return Error(amikeco::errors::kLostRace, absl::StrCat(application.name, " changed while its start was decided."),
                   {{"name", application.name}});
    }
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(application.value, request, circumstance, *gate));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Applications(), OriginHere(call), facts, application));
    return Answer(application);
  });
}

absl::StatusOr<Application> ApplicantService::SubmitReport(Call& call, const v1::SubmitReportRequest& request) {
  v1::Report report;
  report.set_name(request.name());
  report.set_text(request.text());
  return ChangeAndFile(call, request, "report", report);
}

absl::StatusOr<v1::Report> ApplicantService::GetReport(Call& call, const v1::GetReportRequest& request) {
  return Query<v1::Report>(
      in_.store, [&](Reader& reader) { return ReadFiled<v1::Report>(reader, call.actor, request.name(), "report"); });
}

absl::Status ApplicantService::React(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  matching::v1::PlacementFact placement;
  compliance::v1::ClearanceFact clearance;
  const bool is_placement = event.data().UnpackTo(&placement);
  if (!is_placement && !event.data().UnpackTo(&clearance)) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(auto application, Applications().Get(tx, ApplicationOf(event.subject())));
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, ProgrammeOf(application.value));
  const Circumstance circumstance{origin.time, origin.actor, *programme, {}, event.subject()};
  const auto facts = is_placement ? Follow(application.value, placement, circumstance)
                                  : Follow(application.value, clearance, event.subject_version(), circumstance);
  return Apply(tx, Applications(), origin, facts, application);
}

absl::StatusOr<std::vector<std::string>> ApplicantService::Due(Reader& reader, absl::Time now, int limit) {
  AMIKECO_ASSIGN_OR_RETURN(const auto due,
                           Applications().Range(reader, kByDue, "", SortableTime(now + absl::Microseconds(1)), limit));
  std::vector<std::string> names;
  for (const auto& application : due) names.push_back(application.name);
  AMIKECO_ASSIGN_OR_RETURN(const auto intakes, DueIntakes(reader, now, limit - static_cast<int>(names.size())));
  names.insert(names.end(), intakes.begin(), intakes.end());
  AMIKECO_ASSIGN_OR_RETURN(const auto news, DueNews(reader, now));
  names.insert(names.end(), news.begin(), news.end());
  return names;
}

absl::Status ApplicantService::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  if (absl::StartsWith(name, "intakes/")) return TickIntake(tx, name, origin);
  if (absl::StartsWith(name, "programmes/")) return TickNews(tx, name, origin);
  AMIKECO_ASSIGN_OR_RETURN(auto application, Applications().Get(tx, name));
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, ProgrammeOf(application.value));
  const auto facts = applicant::Tick(application.value, {origin.time, origin.actor, *programme});
  return Move(tx, origin, facts, application);
}

Reactions ReactionsOf(ApplicantService& service) {
  return {{"matching", "compliance"},
          [&service](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
            return service.React(tx, event, origin);
          },
          CaseEndOf};
}

void Bind(Chain& chain, ApplicantService& service) {
  ServiceBinding(chain, "amikeco.applicant.v1.ApplicantService")
      .Method("RegisterMember", service, &ApplicantService::RegisterMember)
      .Method("UpdateMembership", service, &ApplicantService::UpdateMembership)
      .Method("EndorseMember", service, &ApplicantService::EndorseMember)
      .Method("GetMember", service, &ApplicantService::GetMember)
      .Method("ListMembers", service, &ApplicantService::ListMembers)
      .Method("RecordProfile", service, &ApplicantService::RecordProfile)
      .Method("GetProfile", service, &ApplicantService::GetProfile)
      .Method("EraseMember", service, &ApplicantService::EraseMember)
      .Method("RegisterSection", service, &ApplicantService::RegisterSection)
      .Method("UpdateSection", service, &ApplicantService::UpdateSection)
      .Method("GetSection", service, &ApplicantService::GetSection)
      .Method("ListSections", service, &ApplicantService::ListSections)
      .Method("RegisterRegion", service, &ApplicantService::RegisterRegion)
      .Method("UpdateRegion", service, &ApplicantService::UpdateRegion)
      .Method("GetRegion", service, &ApplicantService::GetRegion)
      .Method("ListRegions", service, &ApplicantService::ListRegions)
      .Method("SetFindable", service, &ApplicantService::SetFindable)
      .Method("RequestIntroduction", service, &ApplicantService::RequestIntroduction)
      .Method("AnswerIntroduction", service, &ApplicantService::AnswerIntroduction)
      .Method("EndIntroduction", service, &ApplicantService::EndIntroduction)
      .Method("GetIntroduction", service, &ApplicantService::GetIntroduction)
      .Method("ListIntroductions", service, &ApplicantService::ListIntroductions)
      .Method("CheckEligibility", service, &ApplicantService::CheckEligibility)
      .Method("SubmitApplication", service, &ApplicantService::SubmitApplication)
      .Method("GetApplication", service, &ApplicantService::GetApplication)
      .Method("ListApplications", service, &ApplicantService::ListApplications)
      .Method("ExplainApplication", service, &ApplicantService::ExplainApplication)
      .Method("ChangeWishes", service, &ApplicantService::ChangeWishes)
      .Method("TriageApplication", service, &ApplicantService::TriageApplication)
      .Method("AdoptProgramme", service, &ApplicantService::AdoptProgramme)
      .Method("OverrideRule", service, &ApplicantService::OverrideRule)
      .Method("CompleteTask", service, &ApplicantService::CompleteTask)
      .Method("WithdrawApplication", service, &ApplicantService::WithdrawApplication)
      .Method("CancelApplication", service, &ApplicantService::CancelApplication)
      .Method("StartStay", service, &ApplicantService::StartStay)
      .Method("EndStay", service, &ApplicantService::EndStay)
      .Method("SubmitReport", service, &ApplicantService::SubmitReport)
      .Method("GetReport", service, &ApplicantService::GetReport)
      .Method("GetStayProgress", service, &ApplicantService::GetStayProgress)
      .Method("CompletePhase", service, &ApplicantService::CompletePhase)
      .Method("CompleteModule", service, &ApplicantService::CompleteModule)
      .Method("WriteProposal", service, &ApplicantService::WriteProposal)
      .Method("SubmitProposal", service, &ApplicantService::SubmitProposal)
      .Method("ReviewProposal", service, &ApplicantService::ReviewProposal)
      .Method("GetProposal", service, &ApplicantService::GetProposal)
      .Method("RecordReturn", service, &ApplicantService::RecordReturn)
      .Method("BeginImplementation", service, &ApplicantService::BeginImplementation)
      .Method("CompleteImplementation", service, &ApplicantService::CompleteImplementation)
      .Method("RecordEvaluation", service, &ApplicantService::RecordEvaluation)
      .Method("GetEvaluation", service, &ApplicantService::GetEvaluation)
      .Method("ListCompletedAssignments", service, &ApplicantService::ListCompletedAssignments)
      .Method("SetAlumniContact", service, &ApplicantService::SetAlumniContact)
      .Method("ListAlumni", service, &ApplicantService::ListAlumni)
      .Method("OfferToHost", service, &ApplicantService::OfferToHost)
      .Method("DecideHostingOffer", service, &ApplicantService::DecideHostingOffer)
      .Method("GetHostingOffer", service, &ApplicantService::GetHostingOffer)
      .Method("ListHostingOffers", service, &ApplicantService::ListHostingOffers)
      .Method("OpenIntake", service, &ApplicantService::OpenIntake)
      .Method("GetIntake", service, &ApplicantService::GetIntake)
      .Method("ListIntakes", service, &ApplicantService::ListIntakes)
      .Method("CloseIntake", service, &ApplicantService::CloseIntake)
      .Method("CancelIntake", service, &ApplicantService::CancelIntake)
      .Method("ScoreEntry", service, &ApplicantService::ScoreEntry)
      .Method("DecideIntake", service, &ApplicantService::DecideIntake)
      .Method("GetRanking", service, &ApplicantService::GetRanking)
      .Method("AcceptAward", service, &ApplicantService::AcceptAward)
      .Method("GetBeneficiary", service, &ApplicantService::GetBeneficiary)
      .Method("SubmitClaim", service, &ApplicantService::SubmitClaim)
      .Method("ResubmitClaim", service, &ApplicantService::ResubmitClaim)
      .Method("ApproveClaim", service, &ApplicantService::ApproveClaim)
      .Method("RejectClaim", service, &ApplicantService::RejectClaim)
      .Method("ReturnClaim", service, &ApplicantService::ReturnClaim)
      .Method("RecordPayment", service, &ApplicantService::RecordPayment)
      .Method("WithdrawClaim", service, &ApplicantService::WithdrawClaim)
      .Method("GetClaim", service, &ApplicantService::GetClaim)
      .Method("ListClaims", service, &ApplicantService::ListClaims)
      .Method("RecordCostEstimate", service, &ApplicantService::RecordCostEstimate)
      .Method("GetCostEstimate", service, &ApplicantService::GetCostEstimate)
      .Method("RecordPriceSplit", service, &ApplicantService::RecordPriceSplit)
      .Method("GetPriceSplit", service, &ApplicantService::GetPriceSplit)
      .Method("SetDisclosure", service, &ApplicantService::SetDisclosure)
      .Method("RecordAssistedActivity", service, &ApplicantService::RecordAssistedActivity)
      .Method("PublishReport", service, &ApplicantService::PublishReport)
      .Method("ListCountriesAssisted", service, &ApplicantService::ListCountriesAssisted)
      .Method("GetPublicReport", service, &ApplicantService::GetPublicReport)
      .Method("GetProgramme", service, &ApplicantService::GetProgramme)
      .Method("ListProgrammes", service, &ApplicantService::ListProgrammes);
}

}  // namespace amikeco::applicant
