#include "services/notify/service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/events/execute.h"
#include "common/privacy/erasure.h"
#include "common/rpc/chain.h"
#include "services/notify/contact.h"
#include "services/notify/errors.h"
#include "services/notify/letter.h"
#include "services/notify/message.h"
#include "services/notify/sender.h"
#include "services/notify/tables.h"
#include "services/notify/value.h"

namespace amikeco::notify {
namespace {

absl::Status CheckEtag(const std::string& etag, int64_t version, absl::string_view name) {
  if (etag.empty() || etag == EtagOf(version)) return absl::OkStatus();
  return Error(amikeco::errors::kEtagMismatch, absl::StrCat(name, " was changed since it was read."),
               {{"name", name}, {"etag", EtagOf(version)}});
}

v1::Message Answer(const Versioned<v1::Message>& message) {
  v1::Message answer = message.value;
  answer.set_etag(EtagOf(message.version));
  return answer;
}

v1::Contact Answer(const Versioned<v1::Contact>& contact) {
  v1::Contact answer = contact.value;
  answer.set_etag(EtagOf(contact.version));
  return answer;
}

// What patterns cannot say of a card.
absl::Status CheckCard(const v1::ContactCard& card) {
  FieldErrors wrong;
  if (!card.time_zone().empty() && !ParseTimeZone(card.time_zone()).ok()) {
    wrong.Add("card.time_zone", "must be an IANA time zone, for instance Europe/Vienna");
  }
  if (!card.address().empty() && !IsAddress(card.address())) {
    wrong.Add("card.address", "must be an e-mail address, for instance a.weber@polizei.example");
  }
  return wrong.ToStatus();
}

std::string RecipientOf(const std::string& contact_name) { return contact_name.substr(contact_name.find('/') + 1); }

}  // namespace

void Bind(Chain& chain, NotifyService& service) {
  ServiceBinding(chain, "amikeco.notify.v1.NotifyService")
      .Method("SetContact", service, &NotifyService::SetContact)
      .Method("GetContact", service, &NotifyService::GetContact)
      .Method("DeleteContact", service, &NotifyService::DeleteContact)
      .Method("ListInbox", service, &NotifyService::ListInbox)
      .Method("MarkRead", service, &NotifyService::MarkRead)
      .Method("GetMessage", service, &NotifyService::GetMessage)
      .Method("ListMessages", service, &NotifyService::ListMessages)
      .Method("PreviewTemplate", service, &NotifyService::PreviewTemplate)
      .Method("RetryMessage", service, &NotifyService::RetryMessage);
}

NotifyService::NotifyService(const Shelf& shelf)
    : shelf_(shelf), messages_(MessageTable()), contacts_(ContactTable()), cases_(CaseTable()), parties_(PartyTable()) {
  for (const auto* programme : shelf_.programmes.Latest()) operators_.insert(programme->operator_organisation());
}

absl::StatusOr<v1::Contact> NotifyService::SetContact(Call& call, const v1::SetContactRequest& request) {
  AMIKECO_RETURN_IF_ERROR(CheckCard(request.card()));
  return Execute<v1::Contact>(shelf_.store, call, [&](Transaction& tx) -> absl::StatusOr<v1::Contact> {
    AMIKECO_ASSIGN_OR_RETURN(auto contact, contacts_.Find(tx, ContactName(request.recipient())));
    AMIKECO_ASSIGN_OR_RETURN(const auto party, parties_.Find(tx, request.recipient()));
    const ContactCircumstance circumstance{call.time, call.actor, party.value.section(),
                                           operators_.contains(call.actor.organisation)};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(contact.value, request, circumstance));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(request.etag(), contact.version, contact.name));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, contacts_, OriginOf(kService, call), facts, contact));
    AMIKECO_RETURN_IF_ERROR(shelf_.dossiers.Write(tx, request.recipient(), kCardEntry, request.card()));
    // Without the card: answers are kept for retries, and not in the dossier.
    return Answer(contact);
  });
}

absl::StatusOr<v1::Contact> NotifyService::GetContact(Call& call, const v1::GetContactRequest& request) {
  return Query<v1::Contact>(shelf_.store, [&](amikeco::Reader& reader) -> absl::StatusOr<v1::Contact> {
    AMIKECO_ASSIGN_OR_RETURN(const auto contact, contacts_.Get(reader, request.name()));
    if (!IsSet(contact.value) || !call.actor.MaySee(contact.value.parties())) return NotFound(request.name());
    v1::Contact answer = Answer(contact);
    AMIKECO_ASSIGN_OR_RETURN(
        const bool found, shelf_.dossiers.Read(reader, contact.value.recipient(), kCardEntry, *answer.mutable_card()));
    if (!found) return NotFound(request.name());
    return answer;
  });
}

absl::StatusOr<v1::DeleteContactResponse> NotifyService::DeleteContact(Call& call,
                                                                       const v1::DeleteContactRequest& request) {
  using Response = v1::DeleteContactResponse;
  return Execute<Response>(shelf_.store, call, [&](Transaction& tx) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(auto contact, contacts_.Get(tx, request.name()));
    const ContactCircumstance circumstance{call.time, call.actor, "", false};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(contact.value, request, circumstance));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(request.etag(), contact.version, contact.name));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, contacts_, OriginOf(kService, call), facts, contact));
    AMIKECO_RETURN_IF_ERROR(EmptyDossier(tx, shelf_.dossiers, RecipientOf(request.name()), OriginOf(kService, call)));
    return Response();
  });
}

absl::StatusOr<v1::ListInboxResponse> NotifyService::ListInbox(Call& call, const v1::ListInboxRequest& request) {
  using Response = v1::ListInboxResponse;
  return Query<Response>(shelf_.store, [&](amikeco::Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, messages_.List(reader, {request.unread() ? "unread" : "inbox",
                                                                      PartyPrefix(InboxOf(call.actor)),
                                                                      request.page_size(), request.page_token()}));
    Response response;
    response.set_next_page_token(page.next_page_token);
    for (const auto& message : page.items) {
      v1::Message& shown = *response.add_messages() = Answer(message);
      AMIKECO_RETURN_IF_ERROR(AddText(reader, call.actor, shown));
    }
    return response;
  });
}

absl::StatusOr<v1::Message> NotifyService::MarkRead(Call& call, const v1::MarkReadRequest& request) {
  return Execute<v1::Message>(shelf_.store, call, [&](Transaction& tx) -> absl::StatusOr<v1::Message> {
    AMIKECO_ASSIGN_OR_RETURN(auto message, messages_.Get(tx, request.name()));
    if (message.value.recipient() != InboxOf(call.actor)) return NotFound(request.name());
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(message.value, request, {call.time, call.actor.subject}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, messages_, OriginOf(kService, call), facts, message));
    return Answer(message);
  });
}

absl::StatusOr<v1::Message> NotifyService::GetMessage(Call& call, const v1::GetMessageRequest& request) {
  return Query<v1::Message>(shelf_.store, [&](amikeco::Reader& reader) -> absl::StatusOr<v1::Message> {
    AMIKECO_ASSIGN_OR_RETURN(const auto message, messages_.Get(reader, request.name()));
    if (!call.actor.MaySee(message.value.parties())) return NotFound(request.name());
    v1::Message answer = Answer(message);
    AMIKECO_RETURN_IF_ERROR(AddText(reader, call.actor, answer));
    return answer;
  });
}

absl::StatusOr<v1::ListMessagesResponse> NotifyService::ListMessages(Call& call,
                                                                     const v1::ListMessagesRequest& request) {
  const std::string own = PartyPrefix(call.actor.organisation);
  PageRequest wanted{"party", own, request.page_size(), request.page_token()};
  const bool by_state = request.state() != v1::MESSAGE_STATE_UNSPECIFIED;
  if (by_state) {
    wanted.key = "party_state";
    wanted.prefix = PartyPrefix(call.actor.organisation, request.state());
  }
  if (!request.application().empty()) {
    FieldErrors wrong;
    if (by_state) wrong.Add("state", "cannot be asked for together with application; leave one of them out");
    AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
    wanted.key = "party_application";
    wanted.prefix = absl::StrCat(own, request.application(), "|");
  }
  using Response = v1::ListMessagesResponse;
  return Query<Response>(shelf_.store, [&](amikeco::Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, messages_.List(reader, wanted));
    Response response;
    response.set_next_page_token(page.next_page_token);
    for (const auto& message : page.items) *response.add_messages() = Answer(message);
    return response;
  });
}

absl::StatusOr<v1::PreviewTemplateResponse> NotifyService::PreviewTemplate(Call&,
                                                                           const v1::PreviewTemplateRequest& request) {
  const v1::Template* text = shelf_.templates.Find(request.template_(), request.locale());
  if (text == nullptr) return NotFound(absl::StrCat("templates/", request.template_()));
  v1::PreviewTemplateResponse response;
  for (const std::string& variable : VariablesIn(*text)) response.add_variables(variable);
  for (const std::string& fact : shelf_.templates.FactsOf(request.template_())) response.add_facts(fact);
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(response.facts(0));
  const std::unique_ptr<google::protobuf::Message> fact(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  FillWithSamples(*fact);
  const google::type::Date start = ToDate(absl::CivilDay(2027, 5, 12));
  const google::type::Date end = ToDate(absl::CivilDay(2027, 5, 25));
  const CaseView view{"applications/sample",
                      "Sample Exchange",
                      "Exchange Coordinator",
                      "XX",
                      "members/sample",
                      "Sample Police Dept.",
                      "Sample task",
                      start,
                      end};
  *response.mutable_text() = Render(*text, *fact, view, {"Alex Sample", absl::UTCTimeZone()});
  return response;
}

absl::StatusOr<v1::Message> NotifyService::RetryMessage(Call& call, const v1::RetryMessageRequest& request) {
  return Execute<v1::Message>(shelf_.store, call, [&](Transaction& tx) -> absl::StatusOr<v1::Message> {
    AMIKECO_ASSIGN_OR_RETURN(auto message, messages_.Get(tx, request.name()));
    if (!call.actor.MaySee(message.value.parties())) return NotFound(request.name());
    AMIKECO_RETURN_IF_ERROR(CheckEtag(request.etag(), message.version, message.name));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(message.value, request, {call.time, call.actor.subject}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, messages_, OriginOf(kService, call), facts, message));
    return Answer(message);
  });
}

absl::StatusOr<std::vector<std::string>> NotifyService::Due(amikeco::Reader& reader, absl::Time now, int limit) {
  const int most = limit + SenderOptions().batch;  // as many more as may be in hand
  AMIKECO_ASSIGN_OR_RETURN(const auto lapsed,
                           messages_.Range(reader, "lease", "", SortableTime(now + absl::Microseconds(1)), most));
  // Asked last: what was seen being sent is still in hand, or was reported on, and then Tick leaves it alone.
  const std::set<std::string> in_hand = sender_ == nullptr ? std::set<std::string>() : sender_->InHand();
  std::vector<std::string> names;
  for (const auto& message : lapsed) {
    if (in_hand.count(message.name) == 0) names.push_back(message.name);
  }
  return names;
}

absl::Status NotifyService::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto message, messages_.Get(tx, name));
  const auto facts = Decide(message.value, GiveBack(), {origin.time, origin.actor.subject});
  if (!facts.ok()) return absl::OkStatus();  // reported on meanwhile
  return Apply(tx, messages_, origin, *facts, message);
}

absl::Status NotifyService::AddText(amikeco::Reader& reader, const Actor& actor, v1::Message& message) {
  if (message.recipient() != InboxOf(actor)) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const bool found,
                           shelf_.dossiers.Read(reader, message.recipient(), message.name(), *message.mutable_text()));
  if (!found) message.clear_text();
  message.set_erased(!found);
  return absl::OkStatus();
}

}  // namespace amikeco::notify
