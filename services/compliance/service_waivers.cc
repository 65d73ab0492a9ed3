// The methods about waivers, and how the waivers of a clearance follow it within the transaction that changes it.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "common/events/execute.h"
#include "services/compliance/clearance.h"
#include "services/compliance/doors.h"
#include "services/compliance/errors.h"
#include "services/compliance/service.h"
#include "services/compliance/tables.h"
#include "services/compliance/waiver.h"
#include "services/compliance/waiver_pdf.h"

namespace amikeco::compliance {
namespace {

using v1::Clearance;
using v1::Waiver;

// The dossier's entry for the signature under a waiver.
std::string EntryOf(absl::string_view clearance, int record) { return absl::StrCat(clearance, "/waivers/", record); }

absl::StatusOr<std::vector<Versioned<Waiver>>> WaiversOf(Reader& reader, absl::string_view clearance) {
  const std::string prefix = ClearancePrefix("", clearance);
  return Waivers().Range(reader, kByClearance, prefix, prefix + "!", kMostRecords + 1);
}

// Whoever may be told of the clearance may be told of its waivers.
absl::StatusOr<Waiver> AnswerOf(Reader& reader, const Versioned<Waiver>& stored) {
  Waiver waiver = stored.value;
  waiver.set_etag(EtagOf(stored.version));
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, Clearances().Get(reader, waiver.clearance()));
  if (clearance.value.has_disclosure()) *waiver.mutable_disclosure() = clearance.value.disclosure();
  return waiver;
}

// The clearance that a request to sign is about, by its name or by that of the waiver.
absl::StatusOr<std::string> ClearanceToSign(Reader& reader, const v1::SignWaiverRequest& request, const Actor& actor) {
  FieldErrors wrong;
  if (request.waiver().empty()) {
    if (request.name().empty()) wrong.Add("name", "must be the clearance, unless `waiver` says which is signed");
    if (request.host().empty() && request.item().empty()) {
      wrong.Add("host", "must be the agency that the waiver releases, unless `item` or `waiver` says which is signed");
    }
    AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
    return request.name();
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto waiver, Visible(reader, Waivers(), request.waiver(), actor));
  const std::string& clearance = waiver.value.clearance();
  if (!request.name().empty() && request.name() != clearance) {
    wrong.Add("name", absl::StrCat("must be left out, or be the waiver's clearance, ", clearance));
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return clearance;
}

Circumstance CircumstanceOf(const Origin& origin) { return {origin.time, origin.actor}; }

}  // namespace

absl::StatusOr<const v1::WaiverTemplate*> ComplianceService::TemplateOf(const Waiver& waiver) const {
  const v1::WaiverTemplate* text = templates_.Find(waiver.template_hash());
  // Every version that was ever loaded is kept; see KeepWaiverTemplates.
  if (text == nullptr) return absl::InternalError(absl::StrCat(waiver.template_(), " is not loaded"));
  return text;
}

absl::Status ComplianceService::FollowWaivers(Transaction& tx, const Origin& origin, Versioned<Clearance>& clearance) {
  AMIKECO_ASSIGN_OR_RETURN(auto waivers, WaiversOf(tx, clearance.name));
  std::vector<Waiver> values;
  for (const auto& waiver : waivers) values.push_back(waiver.value);
  const Circumstance circumstance = CircumstanceOf(origin);
  std::map<std::string, WaiverFacts> facts;
  std::map<std::string, std::string> ended;
  for (WaiverStep& step : Follow(clearance.value, std::move(values), templates_, circumstance)) {
    if (step.fact.has_superseded()) ended.emplace(step.waiver, step.fact.superseded().reason());
    facts[step.waiver].push_back(std::move(step.fact));
  }
  for (const auto& [name, news] : facts) {
    const auto known = std::find_if(waivers.begin(), waivers.end(),
                                    [&name = name](const auto& waiver) { return waiver.name == name; });
    Versioned<Waiver> waiver = known == waivers.end() ? Versioned<Waiver>{name, Waiver(), 0} : *known;
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), origin, news, waiver));
  }
  return Apply(tx, Clearances(), origin, OnWaiversEnded(clearance.value, ended, circumstance), clearance);
}

// The waiver that a request to sign means: the one it names, or the one for the item that it means.
absl::StatusOr<Versioned<Waiver>> ComplianceService::WaiverToSign(Transaction& tx, const Origin& origin,
                                                                  const v1::SignWaiverRequest& request,
                                                                  Versioned<Clearance>& clearance) {
  if (!request.waiver().empty()) return Visible(tx, Waivers(), request.waiver(), origin.actor);
  AMIKECO_ASSIGN_OR_RETURN(const Facts facts, Decide(clearance.value, request, CircumstanceOf(origin)));
  const std::string id = facts.front().item_recorded().item();
  // A clearance that was opened before there were waivers asks for them now.
  AMIKECO_RETURN_IF_ERROR(FollowWaivers(tx, origin, clearance));
  const auto& items = clearance.value.items();
  const auto item = std::find_if(items.begin(), items.end(), [&](const auto& asked) { return asked.id() == id; });
  AMIKECO_ASSIGN_OR_RETURN(const auto waivers, WaiversOf(tx, clearance.name));
  const Versioned<Waiver>* found = nullptr;
  for (const auto& waiver : waivers) {
    if (waiver.value.participant() != origin.actor.subject || !Fits(waiver.value, clearance.value, *item)) continue;
    if (!Next(waiver.value.state(), WaiverCommand::kVoid)) continue;
    if (found == nullptr || IsOpen(waiver.value.state())) found = &waiver;
  }
  if (found == nullptr) return errors::NoOpenWaiver(clearance.name, id);
  return *found;
}

absl::StatusOr<Clearance> ComplianceService::SignWaiver(Call& call, const v1::SignWaiverRequest& request) {
  const Origin origin = OriginOf("compliance", call);
  const Circumstance circumstance = CircumstanceOf(origin);
  return Execute<Clearance>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Clearance> {
    v1::SignWaiverRequest command = request;
    AMIKECO_ASSIGN_OR_RETURN(const std::string name, ClearanceToSign(tx, request, call.actor));
    AMIKECO_ASSIGN_OR_RETURN(auto clearance, Visible(tx, Clearances(), name, call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(clearance, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(auto waiver, WaiverToSign(tx, origin, request, clearance));
    AMIKECO_ASSIGN_OR_RETURN(const auto* text, TemplateOf(waiver.value));
    const int record = clearance.value.records_size() + 1;
    AMIKECO_ASSIGN_OR_RETURN(
        const auto signed_,
        Decide(waiver.value, request, TermsOf(clearance.value, waiver.value, *text), record, circumstance));
    command.set_name(name);
    command.set_waiver(waiver.name);
    command.set_host(waiver.value.agency());
    if (const auto* item = ItemOf(clearance.value, waiver.value)) command.set_item(item->id());
    *command.mutable_valid_from() = signed_.front().signed_().valid_from();
    *command.mutable_valid_to() = signed_.front().signed_().valid_to();
    AMIKECO_ASSIGN_OR_RETURN(const Facts recorded, Decide(clearance.value, command, circumstance));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), origin, signed_, waiver));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin, recorded, clearance));
    AMIKECO_RETURN_IF_ERROR(FollowWaivers(tx, origin, clearance));
    v1::WaiverSignature signature;
    signature.set_name(clearance.name);
    signature.set_record(record);
    signature.set_signature_name(request.signature_name());
    *signature.mutable_sign_time() = ToTimestamp(call.time);
    signature.set_waiver(waiver.name);
    signature.set_method(waiver.value.method());
    signature.set_ip_address(request.ip_address());
    signature.set_user_agent(request.user_agent());
    signature.set_witness_name(request.witness_name());
    AMIKECO_RETURN_IF_ERROR(dossiers_.Write(tx, call.actor.subject, EntryOf(clearance.name, record), signature));
    return View(clearance, call.actor, call.time);
  });
}

absl::StatusOr<v1::WaiverSignature> ComplianceService::GetWaiverSignature(
    Call& call, const v1::GetWaiverSignatureRequest& request) {
  return Query<v1::WaiverSignature>(store_, [&](Reader& reader) -> absl::StatusOr<v1::WaiverSignature> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, Clearances(), request.name(), call.actor));
    const std::string entry = EntryOf(request.name(), request.record());
    v1::WaiverSignature signature;
    const auto& records = found.value.records();
    const auto record = std::find_if(records.begin(), records.end(),
                                     [&](const v1::ItemRecord& one) { return one.number() == request.record(); });
    if (record == records.end()) return NotFound(entry);
    AMIKECO_ASSIGN_OR_RETURN(const bool there, dossiers_.Read(reader, record->by(), entry, signature));
    if (!there) return NotFound(entry);
    return signature;
  });
}

absl::StatusOr<Waiver> ComplianceService::GetWaiver(Call& call, const v1::GetWaiverRequest& request) {
  return Query<Waiver>(store_, [&](Reader& reader) -> absl::StatusOr<Waiver> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, Waivers(), request.name(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(Waiver waiver, AnswerOf(reader, found));
    AMIKECO_ASSIGN_OR_RETURN(const auto* text, TemplateOf(found.value));
    *waiver.mutable_text() = *text;
    return waiver;
  });
}

absl::StatusOr<v1::ListWaiversResponse> ComplianceService::ListWaivers(Call& call,
                                                                       const v1::ListWaiversRequest& request) {
  if (!request.clearance().empty() && request.state() != Waiver::STATE_UNSPECIFIED) {
    FieldErrors wrong;
    wrong.Add("state", "must be left out when the waivers of one clearance are asked for");
    return wrong.ToStatus();
  }
  const std::string party = PartyOf(request.party(), call.actor);
  if (party.empty()) return v1::ListWaiversResponse();
  const PageRequest wanted =
      request.clearance().empty()
          ? PageRequest{kByParty, PartyPrefix(party, request.state()), request.page_size(), request.page_token()}
          : PageRequest{kByClearance, ClearancePrefix(party, request.clearance()), request.page_size(),
                        request.page_token()};
  return Query<v1::ListWaiversResponse>(store_, [&](Reader& reader) -> absl::StatusOr<v1::ListWaiversResponse> {
    AMIKECO_ASSIGN_OR_RETURN(auto page, Waivers().List(reader, wanted));
    v1::ListWaiversResponse response;
    for (const auto& waiver : page.items) {
      AMIKECO_ASSIGN_OR_RETURN(*response.add_waivers(), AnswerOf(reader, waiver));
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<Waiver> ComplianceService::SendWaiver(Call& call, const v1::SendWaiverRequest& request) {
  return Execute<Waiver>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Waiver> {
    AMIKECO_ASSIGN_OR_RETURN(auto waiver, Visible(tx, Waivers(), request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(waiver, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto* text, TemplateOf(waiver.value));
    AMIKECO_ASSIGN_OR_RETURN(const auto clearance, Clearances().Get(tx, waiver.value.clearance()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(waiver.value, request, TermsOf(clearance.value, waiver.value, *text),
                                    Circumstance{call.time, call.actor}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), OriginOf("compliance", call), facts, waiver));
    return AnswerOf(tx, waiver);
  });
}

absl::StatusOr<Waiver> ComplianceService::ViewWaiver(Call& call, const v1::ViewWaiverRequest& request) {
  return Execute<Waiver>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Waiver> {
    AMIKECO_ASSIGN_OR_RETURN(auto waiver, Visible(tx, Waivers(), request.name(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(waiver.value, request, Circumstance{call.time, call.actor}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), OriginOf("compliance", call), facts, waiver));
    AMIKECO_ASSIGN_OR_RETURN(Waiver answer, AnswerOf(tx, waiver));
    AMIKECO_ASSIGN_OR_RETURN(const auto* text, TemplateOf(waiver.value));
    *answer.mutable_text() = *text;
    return answer;
  });
}

absl::StatusOr<Waiver> ComplianceService::DeclineWaiver(Call& call, const v1::DeclineWaiverRequest& request) {
  const Origin origin = OriginOf("compliance", call);
  const Circumstance circumstance = CircumstanceOf(origin);
  return Execute<Waiver>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Waiver> {
    AMIKECO_ASSIGN_OR_RETURN(auto waiver, Visible(tx, Waivers(), request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(waiver, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(auto clearance, Clearances().Get(tx, waiver.value.clearance()));
    const int record = clearance.value.records_size() + 1;
    AMIKECO_ASSIGN_OR_RETURN(const auto declined, Decide(waiver.value, request, record, circumstance));
    const auto* item = ItemOf(clearance.value, waiver.value);
    AMIKECO_ASSIGN_OR_RETURN(const Facts recorded,
                             OnWaiverDeclined(clearance.value, item == nullptr ? waiver.value.item() : item->id(),
                                              waiver.name, circumstance));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), origin, declined, waiver));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin, recorded, clearance));
    return AnswerOf(tx, waiver);
  });
}

absl::StatusOr<Waiver> ComplianceService::VoidWaiver(Call& call, const v1::VoidWaiverRequest& request) {
  const Origin origin = OriginOf("compliance", call);
  const Circumstance circumstance = CircumstanceOf(origin);
  return Execute<Waiver>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Waiver> {
    AMIKECO_ASSIGN_OR_RETURN(auto waiver, Visible(tx, Waivers(), request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(waiver, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(auto clearance, Clearances().Get(tx, waiver.value.clearance()));
    if (clearance.value.state() == Clearance::STATE_CLOSED) return errors::ClearanceClosed(clearance.name);
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(waiver.value, request, circumstance));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), origin, facts, waiver));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Clearances(), origin,
                                  OnWaiversEnded(clearance.value, {{waiver.name, request.reason()}}, circumstance),
                                  clearance));
    AMIKECO_RETURN_IF_ERROR(FollowWaivers(tx, origin, clearance));
    return AnswerOf(tx, waiver);
  });
}

absl::StatusOr<v1::WaiverDocument> ComplianceService::RenderWaiver(Call& call, const v1::RenderWaiverRequest& request) {
  Waiver waiver;
  v1::WaiverSignature signature;
  AMIKECO_RETURN_IF_ERROR(store_.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, Waivers(), request.name(), call.actor));
    waiver = found.value;
    if (!waiver.has_sign_time()) return absl::OkStatus();
    const std::string entry = EntryOf(waiver.clearance(), waiver.record());
    AMIKECO_ASSIGN_OR_RETURN(const bool there, dossiers_.Read(reader, waiver.participant(), entry, signature));
    return there ? absl::OkStatus() : NotFound(entry);
  }));
  AMIKECO_ASSIGN_OR_RETURN(const auto* text, TemplateOf(waiver));
  v1::WaiverDocument document;
  document.set_name(waiver.name());
  AMIKECO_ASSIGN_OR_RETURN(*document.mutable_pdf(), RenderPdf(waiver, *text, signature));
  document.set_sha256(absl::BytesToHexString(Sha256(document.pdf())));
  return document;
}

// Those that nobody signed in time, and those that have yet to hear that their template ended.
absl::StatusOr<std::vector<std::string>> ComplianceService::DueWaivers(Reader& reader, absl::Time now, int limit) {
  AMIKECO_ASSIGN_OR_RETURN(auto due,
                           Waivers().Range(reader, kByDue, "", SortableTime(now + absl::Microseconds(1)), limit));
  for (const auto& [hash, text] : templates_.all()) {
    const std::string prefix = TemplatePrefix(hash), told = TemplateValue(hash, text.grandfathered_until());
    for (const auto& [from, below] : {std::pair(prefix, told), std::pair(told + "!", prefix + "~")}) {
      if (from >= below) continue;
      AMIKECO_ASSIGN_OR_RETURN(const auto untold, Waivers().Range(reader, kByTemplate, from, below, limit));
      due.insert(due.end(), untold.begin(), untold.end());
    }
  }
  std::vector<std::string> names;
  for (const auto& waiver : due) {
    if (static_cast<int>(names.size()) < limit) names.push_back(waiver.name);
  }
  return names;
}

absl::Status ComplianceService::TickWaiver(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto waiver, Waivers().Get(tx, name));
  AMIKECO_ASSIGN_OR_RETURN(const auto* text, TemplateOf(waiver.value));
  WaiverFacts facts = OnTime(waiver.value, origin.time);
  if (facts.empty()) facts = OnTemplate(waiver.value, *text);
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Waivers(), origin, facts, waiver));
  AMIKECO_ASSIGN_OR_RETURN(auto clearance, Clearances().Get(tx, waiver.value.clearance()));
  return FollowWaivers(tx, origin, clearance);
}

}  // namespace amikeco::compliance
