// The methods about vetting cases, background checks and visas, and what is due of them by the clock.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/doors.h"
#include "services/compliance/follow.h"
#include "services/compliance/rely.h"
#include "services/compliance/service.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using programme::v1::Programme;
using v1::BackgroundCheck;
using v1::Clearance;
using v1::VettingCase;
using v1::VisaCase;

constexpr char kService[] = "compliance";

// The clearance of a stay that is to come or runs.
absl::StatusOr<Versioned<Clearance>> LiveClearance(Reader& reader, absl::string_view name, const Actor& actor) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(reader, Clearances(), name, actor));
  if (found.value.state() == Clearance::STATE_CLOSED) return errors::ClearanceClosed(name);
  if (found.value.legs().empty()) return errors::ItemNotAsked(name, "");
  return found;
}

bool IsKept(const ComplianceItem& rule) {
  return rule.has_vetting() || rule.has_check() || rule.kind() == ComplianceItem::KIND_VISA;
}

// The item of the programme that a case is for: the one named, or the only one of its kind.
absl::StatusOr<const ComplianceItem*> RuleFor(const Programme& programme, ComplianceItem::Kind kind,
                                              absl::string_view what, absl::string_view item) {
  const ComplianceItem* found = nullptr;
  for (const ComplianceItem& rule : programme.compliance()) {
    if (rule.kind() != kind || !IsKept(rule) || (!item.empty() && rule.id() != item)) continue;
    if (found != nullptr) return errors::ItemAmbiguous(programme.name());
    found = &rule;
  }
  if (found == nullptr) return errors::NotKeptAsCase(programme.name(), what);
  return found;
}

// Whom a case of the clearance is about: the one named, else its only person. Of an organisation's stay persons are not
// known, and whoever is named is of it.
absl::StatusOr<std::string> PersonFor(const Clearance& clearance, const std::string& named) {
  const auto& fellows = clearance.fellows();
  if (named.empty()) {
    if (clearance.member().empty() || fellows.size() > 1) return errors::NotOfTheStay(named, clearance.name());
    return clearance.member();
  }
  const bool known = clearance.member() == named || std::find(fellows.begin(), fellows.end(), named) != fellows.end();
  if (!known && !clearance.member().empty()) return errors::NotOfTheStay(named, clearance.name());
  return named;
}

absl::StatusOr<VettingCase> AnswerOf(Reader& reader, const Versioned<VettingCase>& found, absl::Time) {
  VettingCase vetting = found.value;
  AMIKECO_ASSIGN_OR_RETURN(const VettingCase unit, UnitOf(reader, vetting));
  Describe(vetting, unit);
  return vetting;
}

absl::StatusOr<BackgroundCheck> AnswerOf(Reader&, const Versioned<BackgroundCheck>& found, absl::Time) {
  BackgroundCheck check = found.value;
  Describe(check);
  return check;
}

absl::StatusOr<VisaCase> AnswerOf(Reader& reader, const Versioned<VisaCase>& found, absl::Time now) {
  VisaCase visa = found.value;
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, Clearances().Get(reader, visa.clearance()));
  Describe(visa, clearance.value, now);
  return visa;
}

// The answer, disclosed as its clearance is.
template <typename T>
absl::StatusOr<T> Answer(Reader& reader, const Versioned<T>& found, absl::Time now) {
  AMIKECO_ASSIGN_OR_RETURN(T answer, AnswerOf(reader, found, now));
  answer.set_etag(EtagOf(found.version));
  if (answer.clearance().empty()) return answer;
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, Clearances().Get(reader, answer.clearance()));
  if (clearance.value.has_disclosure()) *answer.mutable_disclosure() = clearance.value.disclosure();
  return answer;
}

// Folds the facts into the case, and brings the clearances that rest on it up to date.
template <typename T, typename Fact>
absl::StatusOr<T> Settle(Transaction& tx, const Table<T>& table, const Call& call, const std::vector<Fact>& facts,
                         Versioned<T>& found) {
  const Origin origin = OriginOf(kService, call);
  AMIKECO_RETURN_IF_ERROR(Apply(tx, table, origin, facts, found));
  AMIKECO_RETURN_IF_ERROR(Follow(tx, origin, found.value));
  return Answer(tx, found, call.time);
}

template <typename T>
absl::StatusOr<T> Read(Store& store, const Table<T>& table, const Call& call, const std::string& name) {
  return Query<T>(store, [&](Reader& reader) -> absl::StatusOr<T> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, table, name, call.actor));
    return Answer(reader, found, call.time);
  });
}

// One page of what the caller may see; `add` makes an entry of the response.
template <typename Response, typename T, typename Request, typename Add>
absl::StatusOr<Response> Page(Store& store, const Table<T>& table, const Call& call, const Request& request, Add add) {
  const Actor& actor = call.actor;
  const bool any = request.state() == T::STATE_UNSPECIFIED;
  const bool personal = actor.MaySee(std::vector<std::string>{actor.subject});
  const std::string& party = personal ? actor.subject : actor.organisation;
  PageRequest page_request{kByParty, any ? CaseKey(party) : CaseKey(party, request.state()), request.page_size(),
                           request.page_token()};
  if (!request.clearance().empty()) {
    page_request.key = kByClearance;
    page_request.prefix = CaseKey(request.clearance());
  } else if (party.empty()) {
    return Response();
  }
  return Query<Response>(store, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, table.List(reader, page_request));
    Response response;
    for (const auto& found : page.items) {
      if (!any && found.value.state() != request.state()) continue;
      if (!actor.MaySee(found.value.parties())) continue;
      AMIKECO_ASSIGN_OR_RETURN(*add(response), Answer(reader, found, call.time));
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

// A person's case names stay, unit and person; a unit's case the unit, the programme and the day.
absl::Status CheckFields(const v1::OpenVettingCaseRequest& request) {
  FieldErrors wrong;
  const bool of_person = !request.person().empty();
  const auto expect = [&](const char* field, bool is_set, bool wanted) {
    if (wanted && !is_set) {
      wrong.Add(field,
                of_person ? "is missing; the case of a person needs it" : "is missing; the case of a unit needs it");
    }
    if (!wanted && is_set) {
      wrong.Add(field, of_person ? "must be empty; the case of a person has it from its stay and unit"
                                 : "must be empty; it is of a person's case, which names the person");
    }
  };
  expect("unit", !request.unit().empty(), !of_person);
  expect("programme", !request.programme().empty(), !of_person);
  expect("start", request.has_start(), !of_person);
  expect("unit_case", !request.unit_case().empty(), of_person);
  expect("clearance", !request.clearance().empty(), of_person);
  return wrong.ToStatus();
}

// Nobody and no unit has two cases at once: a bar is not got round by another case.
absl::Status CheckOnlyCase(Transaction& tx, absl::string_view key, const std::string& value,
                           const std::string& person) {
  AMIKECO_RETURN_IF_ERROR(Rely(tx, value));
  AMIKECO_ASSIGN_OR_RETURN(const auto others, AllOf(tx, Vettings(), key, value));
  for (const auto& other : others) {
    if (other.value.person() == person && StandsFor(other.value)) return errors::CaseRunning(other.name);
  }
  return absl::OkStatus();
}

}  // namespace

std::string ComplianceService::CaseName(absl::string_view collection, const std::string& id) {
  return absl::StrCat(collection, "/", id.empty() ? ids_.Next() : id);
}

absl::StatusOr<VettingCase> ComplianceService::OpenVettingCase(Call& call, const v1::OpenVettingCaseRequest& request) {
  AMIKECO_RETURN_IF_ERROR(CheckFields(request));
  return Execute<VettingCase>(store_, call, [&](Transaction& tx) -> absl::StatusOr<VettingCase> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, Vettings().Find(tx, CaseName("vettingCases", request.vetting_case_id())));
    if (found.exists()) return errors::CaseExists(found.name);
    v1::OpenVettingCaseRequest command = request;
    Clearance clearance;
    VettingCase unit;
    const Programme* programme = nullptr;
    if (request.person().empty()) {
      AMIKECO_ASSIGN_OR_RETURN(programme, programmes_.Find(request.programme()));
      const std::string& operator_organisation = programme->operator_organisation();
      if (!call.actor.MaySee(std::vector<std::string>{operator_organisation})) return NotFound(request.programme());
      AMIKECO_RETURN_IF_ERROR(
          CheckOnlyCase(tx, kByUnit, CaseKey(absl::StrCat(operator_organisation, "|", request.unit())), ""));
    } else {
      AMIKECO_ASSIGN_OR_RETURN(const auto stay, LiveClearance(tx, request.clearance(), call.actor));
      clearance = stay.value;
      AMIKECO_RETURN_IF_ERROR(PersonFor(clearance, request.person()).status());
      AMIKECO_ASSIGN_OR_RETURN(programme, ProgrammeOf(clearance.programme(), clearance.programme_version()));
      AMIKECO_ASSIGN_OR_RETURN(const auto of_unit, Visible(tx, Vettings(), request.unit_case(), call.actor));
      unit = of_unit.value;
      if (!unit.person().empty() || !StandsFor(unit)) {
        FieldErrors wrong;
        wrong.Add("unit_case", "must be the case of a unit that was not cancelled");
        return wrong.ToStatus();
      }
      AMIKECO_RETURN_IF_ERROR(CheckOnlyCase(tx, kByClearance, CaseKey(clearance.name()), request.person()));
      *command.mutable_start() = ToDate(FirstDay(clearance));
    }
    AMIKECO_ASSIGN_OR_RETURN(const auto* rule,
                             RuleFor(*programme, ComplianceItem::KIND_VETTING, "vetting", request.item()));
    const VettingGround ground{found.name, *programme, *rule, clearance, unit};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(command, ground, Circumstance{call.time, call.actor}));
    return Settle(tx, Vettings(), call, facts, found);
  });
}

template <typename Request>
absl::StatusOr<VettingCase> ComplianceService::ChangeVetting(Call& call, const Request& request) {
  return Execute<VettingCase>(store_, call, [&](Transaction& tx) -> absl::StatusOr<VettingCase> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(tx, Vettings(), request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    const Circumstance c{call.time, call.actor};
    if constexpr (requires { Decide(found.value, request, c); }) {
      AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, c));
      return Settle(tx, Vettings(), call, facts, found);
    } else {
      AMIKECO_ASSIGN_OR_RETURN(const VettingCase unit, UnitOf(tx, found.value));
      AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, c, unit));
      return Settle(tx, Vettings(), call, facts, found);
    }
  });
}

absl::StatusOr<VettingCase> ComplianceService::RecordVettingPackage(Call& call,
                                                                    const v1::RecordVettingPackageRequest& request) {
  return ChangeVetting(call, request);
}

absl::StatusOr<VettingCase> ComplianceService::SubmitVettingCase(Call& call,
                                                                 const v1::SubmitVettingCaseRequest& request) {
  return ChangeVetting(call, request);
}

absl::StatusOr<VettingCase> ComplianceService::AdvanceVettingCase(Call& call,
                                                                  const v1::AdvanceVettingCaseRequest& request) {
  return ChangeVetting(call, request);
}

absl::StatusOr<VettingCase> ComplianceService::RecordVettingOutcome(Call& call,
                                                                    const v1::RecordVettingOutcomeRequest& request) {
  return ChangeVetting(call, request);
}

absl::StatusOr<VettingCase> ComplianceService::RemediateVettingCase(Call& call,
                                                                    const v1::RemediateVettingCaseRequest& request) {
  return ChangeVetting(call, request);
}

absl::StatusOr<VettingCase> ComplianceService::CancelVettingCase(Call& call,
                                                                 const v1::CancelVettingCaseRequest& request) {
  return ChangeVetting(call, request);
}

absl::StatusOr<VettingCase> ComplianceService::GetVettingCase(Call& call, const v1::GetVettingCaseRequest& request) {
  return Read(store_, Vettings(), call, request.name());
}

absl::StatusOr<v1::ListVettingCasesResponse> ComplianceService::ListVettingCases(
    Call& call, const v1::ListVettingCasesRequest& request) {
  return Page<v1::ListVettingCasesResponse>(store_, Vettings(), call, request,
                                            [](auto& response) { return response.add_vetting_cases(); });
}

absl::StatusOr<BackgroundCheck> ComplianceService::RequestBackgroundCheck(
    Call& call, const v1::RequestBackgroundCheckRequest& request) {
  return Execute<BackgroundCheck>(store_, call, [&](Transaction& tx) -> absl::StatusOr<BackgroundCheck> {
    AMIKECO_ASSIGN_OR_RETURN(auto found,
                             Checks().Find(tx, CaseName("backgroundChecks", request.background_check_id())));
    if (found.exists()) return errors::CaseExists(found.name);
    AMIKECO_ASSIGN_OR_RETURN(const auto clearance, LiveClearance(tx, request.clearance(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme,
                             ProgrammeOf(clearance.value.programme(), clearance.value.programme_version()));
    AMIKECO_ASSIGN_OR_RETURN(const auto* rule, RuleFor(*programme, ComplianceItem::KIND_BACKGROUND_CHECK,
                                                       "background check", request.item()));
    v1::RequestBackgroundCheckRequest command = request;
    AMIKECO_ASSIGN_OR_RETURN(*command.mutable_person(), PersonFor(clearance.value, request.person()));
    AMIKECO_ASSIGN_OR_RETURN(const auto others, AllOf(tx, Checks(), kByClearance, CaseKey(clearance.name)));
    for (const auto& other : others) {
      const bool same = other.value.person() == command.person() && other.value.kind() == command.kind();
      if (same && IsRunning(other.value)) return errors::CaseRunning(other.name);
    }
    const CheckGround ground{found.name, *programme, *rule, clearance.value, provided_.count(command.kind()) > 0};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(command, ground, Circumstance{call.time, call.actor}));
    return Settle(tx, Checks(), call, facts, found);
  });
}

template <typename Request>
absl::StatusOr<BackgroundCheck> ComplianceService::ChangeCheck(Call& call, const Request& request) {
  return Execute<BackgroundCheck>(store_, call, [&](Transaction& tx) -> absl::StatusOr<BackgroundCheck> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(tx, Checks(), request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, Circumstance{call.time, call.actor}));
    return Settle(tx, Checks(), call, facts, found);
  });
}

absl::StatusOr<BackgroundCheck> ComplianceService::ReportBackgroundCheck(
    Call& call, const v1::ReportBackgroundCheckRequest& request) {
  return ChangeCheck(call, request);
}

absl::StatusOr<BackgroundCheck> ComplianceService::AdjudicateBackgroundCheck(
    Call& call, const v1::AdjudicateBackgroundCheckRequest& request) {
  return ChangeCheck(call, request);
}

absl::StatusOr<BackgroundCheck> ComplianceService::DisputeBackgroundCheck(
    Call& call, const v1::DisputeBackgroundCheckRequest& request) {
  return ChangeCheck(call, request);
}

absl::StatusOr<BackgroundCheck> ComplianceService::CancelBackgroundCheck(
    Call& call, const v1::CancelBackgroundCheckRequest& request) {
  return ChangeCheck(call, request);
}

absl::StatusOr<BackgroundCheck> ComplianceService::GetBackgroundCheck(Call& call,
                                                                      const v1::GetBackgroundCheckRequest& request) {
  return Read(store_, Checks(), call, request.name());
}

absl::StatusOr<v1::ListBackgroundChecksResponse> ComplianceService::ListBackgroundChecks(
    Call& call, const v1::ListBackgroundChecksRequest& request) {
  return Page<v1::ListBackgroundChecksResponse>(store_, Checks(), call, request,
                                                [](auto& response) { return response.add_background_checks(); });
}

absl::StatusOr<VisaCase> ComplianceService::RecordVisa(Call& call, const v1::RecordVisaRequest& request) {
  return Execute<VisaCase>(store_, call, [&](Transaction& tx) -> absl::StatusOr<VisaCase> {
    AMIKECO_ASSIGN_OR_RETURN(const auto clearance, LiveClearance(tx, request.clearance(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme,
                             ProgrammeOf(clearance.value.programme(), clearance.value.programme_version()));
    AMIKECO_ASSIGN_OR_RETURN(const auto* rule, RuleFor(*programme, ComplianceItem::KIND_VISA, "visa", request.item()));
    const bool for_self = request.person().empty() && !call.actor.Has(options::v1::ROLE_COMPLIANCE_OFFICER);
    v1::RecordVisaRequest command = request;
    AMIKECO_ASSIGN_OR_RETURN(*command.mutable_person(),
                             PersonFor(clearance.value, for_self ? call.actor.subject : request.person()));
    AMIKECO_ASSIGN_OR_RETURN(auto found, Visas().Find(tx, VisaNameOf(clearance.name, command.person())));
    if (found.exists() && found.value.person() != command.person()) return errors::CaseExists(found.name);
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    const VisaGround ground{found.name, *programme, *rule, clearance.value};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(found.value, command, ground, Circumstance{call.time, call.actor}));
    return Settle(tx, Visas(), call, facts, found);
  });
}

absl::StatusOr<VisaCase> ComplianceService::GetVisaCase(Call& call, const v1::GetVisaCaseRequest& request) {
  return Read(store_, Visas(), call, request.name());
}

absl::StatusOr<v1::ListVisaCasesResponse> ComplianceService::ListVisaCases(Call& call,
                                                                           const v1::ListVisaCasesRequest& request) {
  return Page<v1::ListVisaCasesResponse>(store_, Visas(), call, request,
                                         [](auto& response) { return response.add_visa_cases(); });
}

absl::Status ComplianceService::AddDueCases(Reader& reader, absl::Time now, int limit,
                                            std::vector<std::string>& names) {
  const std::string below = SortableTime(now + absl::Microseconds(1));
  const auto add = [&](const auto& table) -> absl::Status {
    const int room = limit - static_cast<int>(names.size());
    if (room <= 0) return absl::OkStatus();
    AMIKECO_ASSIGN_OR_RETURN(const auto due, table.Range(reader, kByDue, "", below, room));
    for (const auto& one : due) names.push_back(one.name);
    return absl::OkStatus();
  };
  AMIKECO_RETURN_IF_ERROR(add(Vettings()));
  return add(Visas());
}

absl::Status ComplianceService::TickCase(Transaction& tx, absl::string_view name, const Origin& origin) {
  if (absl::StartsWith(name, "visaCases/")) {
    AMIKECO_ASSIGN_OR_RETURN(auto visa, Visas().Get(tx, name));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Visas(), origin, OnTime(visa.value, origin.time), visa));
    return Follow(tx, origin, visa.value);
  }
  AMIKECO_ASSIGN_OR_RETURN(auto vetting, Vettings().Get(tx, name));
  bool over = false;
  if (!vetting.value.clearance().empty()) {
    AMIKECO_ASSIGN_OR_RETURN(const auto clearance, Clearances().Get(tx, vetting.value.clearance()));
    over = clearance.value.state() == Clearance::STATE_CLOSED;
  }
  const auto facts = OnTime(vetting.value, over, {origin.time, origin.actor});
  return Apply(tx, Vettings(), origin, facts, vetting);
}

void BindCases(Chain& chain, ComplianceService& service) {
  ServiceBinding(chain, "amikeco.compliance.v1.ComplianceService")
      .Method("OpenVettingCase", service, &ComplianceService::OpenVettingCase)
      .Method("RecordVettingPackage", service, &ComplianceService::RecordVettingPackage)
      .Method("SubmitVettingCase", service, &ComplianceService::SubmitVettingCase)
      .Method("AdvanceVettingCase", service, &ComplianceService::AdvanceVettingCase)
      .Method("RecordVettingOutcome", service, &ComplianceService::RecordVettingOutcome)
      .Method("RemediateVettingCase", service, &ComplianceService::RemediateVettingCase)
      .Method("CancelVettingCase", service, &ComplianceService::CancelVettingCase)
      .Method("GetVettingCase", service, &ComplianceService::GetVettingCase)
      .Method("ListVettingCases", service, &ComplianceService::ListVettingCases)
      .Method("RequestBackgroundCheck", service, &ComplianceService::RequestBackgroundCheck)
      .Method("ReportBackgroundCheck", service, &ComplianceService::ReportBackgroundCheck)
      .Method("AdjudicateBackgroundCheck", service, &ComplianceService::AdjudicateBackgroundCheck)
      .Method("DisputeBackgroundCheck", service, &ComplianceService::DisputeBackgroundCheck)
      .Method("CancelBackgroundCheck", service, &ComplianceService::CancelBackgroundCheck)
      .Method("GetBackgroundCheck", service, &ComplianceService::GetBackgroundCheck)
      .Method("ListBackgroundChecks", service, &ComplianceService::ListBackgroundChecks)
      .Method("RecordVisa", service, &ComplianceService::RecordVisa)
      .Method("GetVisaCase", service, &ComplianceService::GetVisaCase)
      .Method("ListVisaCases", service, &ComplianceService::ListVisaCases);
}

}  // namespace amikeco::compliance
