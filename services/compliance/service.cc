#include "services/compliance/service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "common/events/execute.h"
#include "services/compliance/clearance.h"
#include "services/compliance/doors.h"
#include "services/compliance/tables.h"

namespace amikeco::compliance {
namespace {

using v1::Clearance;

// True when the actor speaks for the agency of a leg and for nobody else who may see the clearance.
bool IsHost(const Clearance& clearance, const Actor& actor) {
  return std::any_of(clearance.legs().begin(), clearance.legs().end(),
                     [&](const matching::v1::Leg& leg) { return leg.host() == actor.organisation; }) &&
         actor.subject != clearance.member();
}

template <typename Field, typename Keep>
void KeepOnly(Field& field, Keep keep) {
  field.erase(std::remove_if(field.begin(), field.end(), [&](const auto& entry) { return !keep(entry); }), field.end());
}

// A host sees what concerns its own legs: a person's cover and checks are not its business (A5-05).
void RedactForHost(Clearance& clearance, absl::string_view host) {
  KeepOnly(*clearance.mutable_items(), [&](const v1::RequiredItem& item) { return item.host() == host; });
  const auto asked = [&](const std::string& id) {
    return std::any_of(clearance.items().begin(), clearance.items().end(),
                       [&](const v1::RequiredItem& item) { return item.id() == id; });
  };
  KeepOnly(*clearance.mutable_records(), [&](const v1::ItemRecord& record) { return asked(record.item()); });
  KeepOnly(*clearance.mutable_open_items(), [&](const v1::OpenItem& open) { return asked(open.item()); });
  KeepOnly(*clearance.mutable_lapses(), [&](const v1::Lapse& lapse) { return asked(lapse.item()); });
  KeepOnly(*clearance.mutable_due_noted(), asked);
  clearance.clear_reason();
}

}  // namespace

Clearance View(const Versioned<Clearance>& stored, const Actor& actor, absl::Time now) {
  Clearance clearance = stored.value;
  Describe(clearance, stored.version, now);
  clearance.set_etag(EtagOf(stored.version));
  if (IsHost(stored.value, actor)) RedactForHost(clearance, actor.organisation);
  return clearance;
}

std::string PartyOf(const std::string& asked, const Actor& actor) {
  std::string party = asked;
  if (party.empty()) party = actor.MaySee(std::vector<std::string>{actor.subject}) ? actor.subject : actor.organisation;
  return actor.MaySee(std::vector<std::string>{party}) ? party : "";
}

template <typename Request>
absl::StatusOr<Clearance> ComplianceService::Change(Transaction& tx, const Call& call, const Request& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(tx, Clearances(), request.name(), call.actor));
  AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
  AMIKECO_ASSIGN_OR_RETURN(const Facts facts, Decide(found.value, request, Circumstance{call.time, call.actor}));
  const Origin origin = OriginOf("compliance", call);
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin, facts, found));
  AMIKECO_RETURN_IF_ERROR(FollowWaivers(tx, origin, found));
  return View(found, call.actor, call.time);
}

absl::StatusOr<Clearance> ComplianceService::GetClearance(Call& call, const v1::GetClearanceRequest& request) {
  return Query<Clearance>(store_, [&](Reader& reader) -> absl::StatusOr<Clearance> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, Clearances(), request.name(), call.actor));
    return View(found, call.actor, call.time);
  });
}

absl::StatusOr<v1::ListClearancesResponse> ComplianceService::ListClearances(Call& call,
                                                                             const v1::ListClearancesRequest& request) {
  const Actor& actor = call.actor;
  const std::string party = PartyOf(request.party(), actor);
  if (party.empty()) return v1::ListClearancesResponse();
  return Query<v1::ListClearancesResponse>(store_, [&](Reader& reader) -> absl::StatusOr<v1::ListClearancesResponse> {
    AMIKECO_ASSIGN_OR_RETURN(auto page, Clearances().List(reader, {kByParty, PartyPrefix(party, request.state()),
                                                                   request.page_size(), request.page_token()}));
    v1::ListClearancesResponse response;
    for (const auto& item : page.items) *response.add_clearances() = View(item, actor, call.time);
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<Clearance> ComplianceService::RecordHealthCover(Call& call,
                                                               const v1::RecordHealthCoverRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Clearance> ComplianceService::RecordBackgroundCheck(Call& call,
                                                                   const v1::RecordBackgroundCheckRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Clearance> ComplianceService::RecordReview(Call& call, const v1::RecordReviewRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Clearance> ComplianceService::RecordMediaConsent(Call& call,
                                                                const v1::RecordMediaConsentRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Clearance> ComplianceService::VoidItem(Call& call, const v1::VoidItemRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Clearance> ComplianceService::RevokeClearance(Call& call, const v1::RevokeClearanceRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Clearance> ComplianceService::ReinstateClearance(Call& call,
                                                                const v1::ReinstateClearanceRequest& request) {
  return Execute<Clearance>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<std::vector<std::string>> ComplianceService::Due(Reader& reader, absl::Time now, int limit) {
  AMIKECO_ASSIGN_OR_RETURN(const auto due,
                           Clearances().Range(reader, kByDue, "", SortableTime(now + absl::Microseconds(1)), limit));
  std::vector<std::string> names;
  for (const auto& clearance : due) names.push_back(clearance.name);
  AMIKECO_ASSIGN_OR_RETURN(const auto documents, documents_.Due(reader, now, limit - static_cast<int>(names.size())));
  names.insert(names.end(), documents.begin(), documents.end());
  AMIKECO_ASSIGN_OR_RETURN(const auto waivers, DueWaivers(reader, now, limit - static_cast<int>(names.size())));
  names.insert(names.end(), waivers.begin(), waivers.end());
  AMIKECO_RETURN_IF_ERROR(AddDueCases(reader, now, limit, names));
  const auto left = [&] { return limit - static_cast<int>(names.size()); };
  AMIKECO_ASSIGN_OR_RETURN(const auto uploads, WatchLists::Due(reader, now, left()));
  names.insert(names.end(), uploads.begin(), uploads.end());
  AMIKECO_ASSIGN_OR_RETURN(const auto screenings, screenings_.Due(reader, now, left()));
  names.insert(names.end(), screenings.begin(), screenings.end());
  return names;
}

absl::Status ComplianceService::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  if (Documents::Owns(name)) return documents_.Tick(tx, name, origin);
  if (absl::StartsWith(name, "waivers/")) return TickWaiver(tx, name, origin);
  if (WatchLists::Owns(name)) return WatchLists::Tick(tx, name, origin);
  if (Screenings::Owns(name)) return screenings_.Tick(tx, name, origin);
  if (!absl::StartsWith(name, "clearances/")) return TickCase(tx, name, origin);
  AMIKECO_ASSIGN_OR_RETURN(auto found, Clearances().Get(tx, name));
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin, OnTime(found.value, origin.time), found));
  return FollowWaivers(tx, origin, found);
}

void Bind(Chain& chain, ComplianceService& service) {
  ServiceBinding(chain, "amikeco.compliance.v1.ComplianceService")
      .Method("GetClearance", service, &ComplianceService::GetClearance)
      .Method("ListClearances", service, &ComplianceService::ListClearances)
      .Method("RecordHealthCover", service, &ComplianceService::RecordHealthCover)
      .Method("SignWaiver", service, &ComplianceService::SignWaiver)
      .Method("GetWaiverSignature", service, &ComplianceService::GetWaiverSignature)
      .Method("RecordBackgroundCheck", service, &ComplianceService::RecordBackgroundCheck)
      .Method("RecordReview", service, &ComplianceService::RecordReview)
      .Method("RecordMediaConsent", service, &ComplianceService::RecordMediaConsent)
      .Method("VoidItem", service, &ComplianceService::VoidItem)
      .Method("RevokeClearance", service, &ComplianceService::RevokeClearance)
      .Method("ReinstateClearance", service, &ComplianceService::ReinstateClearance)
      .Method("GetWaiver", service, &ComplianceService::GetWaiver)
      .Method("ListWaivers", service, &ComplianceService::ListWaivers)
      .Method("SendWaiver", service, &ComplianceService::SendWaiver)
      .Method("ViewWaiver", service, &ComplianceService::ViewWaiver)
      .Method("DeclineWaiver", service, &ComplianceService::DeclineWaiver)
      .Method("VoidWaiver", service, &ComplianceService::VoidWaiver)
      .Method("RenderWaiver", service, &ComplianceService::RenderWaiver)
      .Method("GetAssessmentPolicy", service.documents(), &Documents::GetAssessmentPolicy)
      .Method("RecordCountryAssessment", service.documents(), &Documents::RecordCountryAssessment)
      .Method("GetCountryAssessment", service.documents(), &Documents::GetCountryAssessment)
      .Method("ListCountryAssessments", service.documents(), &Documents::ListCountryAssessments)
      .Method("WriteAssessment", service.documents(), &Documents::WriteAssessment)
      .Method("SubmitAssessment", service.documents(), &Documents::SubmitAssessment)
      .Method("ReviewAssessment", service.documents(), &Documents::ReviewAssessment)
      .Method("ApproveAssessment", service.documents(), &Documents::ApproveAssessment)
      .Method("DecideAssessment", service.documents(), &Documents::DecideAssessment)
      .Method("ReopenAssessment", service.documents(), &Documents::ReopenAssessment)
      .Method("CompleteMitigation", service.documents(), &Documents::CompleteMitigation)
      .Method("WithdrawAssessment", service.documents(), &Documents::WithdrawAssessment)
      .Method("GetAssessment", service.documents(), &Documents::GetAssessment)
      .Method("ListAssessments", service.documents(), &Documents::ListAssessments)
      .Method("SubmitNotification", service.documents(), &Documents::SubmitNotification)
      .Method("ReviewNotification", service.documents(), &Documents::ReviewNotification)
      .Method("WithdrawNotification", service.documents(), &Documents::WithdrawNotification)
      .Method("GetNotification", service.documents(), &Documents::GetNotification)
      .Method("ListNotifications", service.documents(), &Documents::ListNotifications);
  BindCases(chain, service);
  BindScreenings(chain, service);
}

void BindScreenings(Chain& chain, ComplianceService& service) {
  ServiceBinding(chain, "amikeco.compliance.v1.ComplianceService")
      .Method("UploadWatchListChunk", service.watch_lists(), &WatchLists::UploadWatchListChunk)
      .Method("ImportWatchList", service.watch_lists(), &WatchLists::ImportWatchList)
      .Method("ServeWatchListVersion", service.watch_lists(), &WatchLists::ServeWatchListVersion)
      .Method("GetWatchList", service.watch_lists(), &WatchLists::GetWatchList)
      .Method("ListWatchLists", service.watch_lists(), &WatchLists::ListWatchLists)
      .Method("ScreenPerson", service.screenings(), &Screenings::ScreenPerson)
      .Method("AdjudicateHit", service.screenings(), &Screenings::AdjudicateHit)
      .Method("EndScreening", service.screenings(), &Screenings::EndScreening)
      .Method("GetScreening", service.screenings(), &Screenings::GetScreening)
      .Method("ListScreenings", service.screenings(), &Screenings::ListScreenings)
      .Method("MatchPerson", service.screenings(), &Screenings::MatchPerson)
      .Method("CompareNames", service.screenings(), &Screenings::CompareNames);
}

}  // namespace amikeco::compliance
