// The facts' door of NotifyService: facts become messages, once for each recipient and channel.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/base/dates.h"
#include "common/events/execute.h"
#include "common/privacy/erasure.h"
#include "programmes/facts.h"
#include "services/notify/contact.h"
#include "services/notify/message.h"
#include "services/notify/service.h"

namespace amikeco::notify {

// One fact that people hear of, and the case it belongs to.
struct NotifyService::Occasion {
  const event::v1::Event& event;
  const google::protobuf::Message& fact;
  const v1::Case& known;
  const programme::v1::Programme& programme;
  const Origin& origin;
};

namespace {

std::vector<programme::v1::Channel> ChannelsOf(const programme::v1::Notice& notice) {
  if (notice.channels().empty()) return {programme::v1::CHANNEL_INBOX, programme::v1::CHANNEL_EMAIL};
  std::vector<programme::v1::Channel> channels;
  for (const int channel : notice.channels()) channels.push_back(static_cast<programme::v1::Channel>(channel));
  return channels;
}

absl::TimeZone ZoneOf(const v1::ContactCard& card, const programme::v1::Programme& programme) {
  for (const std::string* name : {&card.time_zone(), &programme.time_zone()}) {
    if (const auto zone = ParseTimeZone(*name); !name->empty() && zone.ok()) return *zone;
  }
  return absl::UTCTimeZone();
}

// The case as people are told of it: when the fact took somebody out of it, that one hears of it too.
v1::Case Told(const v1::Case& before, v1::Case after) {
  if (after.host().empty()) after.set_host(before.host());
  if (after.home_host().empty()) after.set_home_host(before.home_host());
  return after;
}

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

v1::MessageQueued Queued(const event::v1::Event& event, const std::string& application) {
  v1::MessageQueued queued;
  queued.set_event(event.id());
  queued.set_fact(event.type());
  queued.set_application(application);
  return queued;
}

}  // namespace

Reactions ReactionsOf(NotifyService& service) {
  return {{"applicant", "matching", "compliance"},
          [&service](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
            return service.React(tx, event, origin);
          }};
}

absl::Status NotifyService::React(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  AMIKECO_RETURN_IF_ERROR(ActOn(tx, event, origin));
  absl::MutexLock lock(&mutex_);
  tries_.erase(event.id());
  return absl::OkStatus();
}

absl::Status NotifyService::Await(const event::v1::Event& event, absl::string_view what) {
  absl::MutexLock lock(&mutex_);
  if (++tries_[event.id()] <= kPatience) return absl::UnavailableError(absl::StrCat(what, " is not known yet"));
  return absl::InternalError(absl::StrCat("No fact has told of ", what, ". Find out what became of it, then redrive."));
}

absl::Status NotifyService::ActOn(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(const Telling telling, Unpack(event));
  if (telling.fact == nullptr) return absl::OkStatus();
  AMIKECO_RETURN_IF_ERROR(NoteParty(tx, ProjectParty(event, telling)));
  if (telling.fact->GetDescriptor() == applicant::v1::MemberErased::descriptor()) {
    return EraseContact(tx, event.subject(), origin);
  }
  const std::string application = ApplicationOf(event, *telling.fact);
  if (application.empty() || !IsAboutAnApplication(*telling.fact->GetDescriptor())) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, cases_.Find(tx, application));
  const v1::Case after = Project(stored.value, event, telling);
  if (!Known(after)) return Await(event, application);
  if (!Same(stored.value, after)) {
    AMIKECO_RETURN_IF_ERROR(cases_.Put(tx, application, after, stored.version, stored.version + 1));
  }
  // The latest version's notices: what people are told is no part of the terms they applied on.
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, shelf_.programmes.Find(after.programme()));
  const v1::Case told = Told(stored.value, after);
  for (const programme::v1::Notice& notice : programme->notices()) {
    if (notice.fact() != event.type()) continue;
    AMIKECO_RETURN_IF_ERROR(Notify(tx, {event, *telling.fact, told, *programme, origin}, notice));
  }
  return absl::OkStatus();
}

absl::Status NotifyService::EraseContact(Transaction& tx, const std::string& recipient, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto contact, contacts_.Find(tx, ContactName(recipient)));
  v1::DeleteContactRequest command;
  command.set_name(contact.name);
  // Texts of messages are there without a contact too.
  AMIKECO_RETURN_IF_ERROR(ErasePersonWhenFree(tx, shelf_.dossiers, recipient, origin));
  if (!IsSet(contact.value)) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(contact.value, command, {origin.time, origin.actor, "", false}));
  return Apply(tx, contacts_, origin, facts, contact);
}

absl::Status NotifyService::NoteParty(Transaction& tx, const v1::Party& party) {
  if (party.name().empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, parties_.Find(tx, party.name()));
  if (Same(stored.value, party)) return absl::OkStatus();
  return parties_.Put(tx, party.name(), party, stored.version, stored.version + 1);
}

absl::Status NotifyService::Notify(Transaction& tx, const Occasion& occasion, const programme::v1::Notice& notice) {
  for (const int recipient : notice.recipients()) {
    for (const std::string& name : RecipientNames(static_cast<programme::v1::Recipient>(recipient), occasion.known,
                                                  occasion.programme, occasion.fact)) {
      AMIKECO_ASSIGN_OR_RETURN(const std::string addressed, Addressed(tx, occasion, name));
      if (addressed.empty()) continue;  // there is no host or home-host in the case
      AMIKECO_RETURN_IF_ERROR(Queue(tx, occasion, notice, addressed));
    }
  }
  return absl::OkStatus();
}

// A home-host is reached as the member who offers the home.
absl::StatusOr<std::string> NotifyService::Addressed(Transaction& tx, const Occasion& occasion,
                                                     const std::string& name) {
  if (!absl::StartsWith(name, "homeHosts/")) return name;
  AMIKECO_ASSIGN_OR_RETURN(const auto home, parties_.Find(tx, name));
  if (!home.exists()) return Await(occasion.event, name);
  return home.value.member();
}

absl::Status NotifyService::Queue(Transaction& tx, const Occasion& occasion, const programme::v1::Notice& notice,
                                  const std::string& recipient) {
  AMIKECO_ASSIGN_OR_RETURN(const Dossiers::State kept, shelf_.dossiers.StateOf(tx, recipient));
  if (kept == Dossiers::State::kErased) return absl::OkStatus();  // nobody is told, and nothing is kept of them
  v1::ContactCard card;
  AMIKECO_RETURN_IF_ERROR(shelf_.dossiers.Read(tx, recipient, kCardEntry, card).status());
  const v1::Template* text = shelf_.templates.Find(notice.template_(), card.locale());
  if (text == nullptr) return absl::InternalError(absl::StrCat("no template ", notice.template_()));
  AMIKECO_ASSIGN_OR_RETURN(const CaseView view, ViewOf(tx, occasion));
  const v1::MessageText rendered =
      Render(*text, occasion.fact, view, {card.display_name(), ZoneOf(card, occasion.programme)});
  QueueMessage command{Queued(occasion.event, occasion.known.application()), !card.address().empty()};
  command.queued.set_recipient(recipient);
  command.queued.set_template_(notice.template_());
  command.queued.add_parties(recipient);
  if (recipient != occasion.programme.operator_organisation()) {
    command.queued.add_parties(occasion.programme.operator_organisation());
  }
  for (const programme::v1::Channel channel : ChannelsOf(notice)) {
    command.queued.set_channel(channel);
    AMIKECO_ASSIGN_OR_RETURN(auto message, messages_.Find(tx, MessageName(occasion.event.id(), recipient, channel)));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(message.value, command, {occasion.origin.time, occasion.origin.actor.subject}));
    if (facts.empty()) continue;  // it is there already
    AMIKECO_RETURN_IF_ERROR(Apply(tx, messages_, occasion.origin, facts, message));
    AMIKECO_RETURN_IF_ERROR(shelf_.dossiers.Write(tx, recipient, message.name, rendered));
  }
  return absl::OkStatus();
}

absl::StatusOr<CaseView> NotifyService::ViewOf(Transaction& tx, const Occasion& occasion) {
  const std::string host = HostOf(occasion.known, occasion.fact);
  AMIKECO_ASSIGN_OR_RETURN(const auto party, parties_.Find(tx, host));
  CaseView view;
  view.application = occasion.known.application();
  view.programme = occasion.programme.title();
  view.coordinator = occasion.programme.coordinator_title();
  view.section = std::string(absl::StripPrefix(occasion.known.section(), "sections/"));
  if (view.section.empty()) view.section = occasion.known.member();  // an organisation comes from itself
  view.member = occasion.known.member();
  view.host = party.value.title().empty() ? host : party.value.title();
  view.task = TaskTitle(occasion.programme, occasion.fact);
  view.start = occasion.known.start();
  view.end = occasion.known.end();
  return view;
}

}  // namespace amikeco::notify
