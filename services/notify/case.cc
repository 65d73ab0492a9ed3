#include "services/notify/case.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/applicant/v1/programme_news.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "common/base/status.h"
#include "google/protobuf/descriptor.h"

namespace amikeco::notify {
namespace {

using applicant::v1::ApplicationFact;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using matching::v1::PlacementFact;

// `message` as a T, or null.
template <typename T>
const T* As(const Message& message) {
  return message.GetDescriptor() == T::descriptor() ? static_cast<const T*>(&message) : nullptr;
}

// The string field `name` of `message`, "" when it has none.
std::string StringField(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return "";
  return message.GetReflection()->GetString(message, field);
}

template <typename Dated>
void SetDays(v1::Case& known, const Dated& dated) {
  *known.mutable_start() = dated.start();
  *known.mutable_end() = dated.end();
}

void SetWishedDays(v1::Case& known, const applicant::v1::Wishes& wishes) {
  *known.mutable_start() = wishes.earliest_start();
  *known.mutable_end() = wishes.latest_end();
}

void ProjectApplication(v1::Case& known, const ApplicationFact& fact) {
  if (fact.has_submitted()) {
    const auto& submitted = fact.submitted();
    // An organisation is told what a person would be.
    known.set_member(submitted.has_assistance() ? submitted.assistance().requester() : submitted.member());
    *known.mutable_fellows() = submitted.fellows();
    known.set_section(submitted.section());
    known.set_programme(submitted.programme());
    known.set_programme_version(submitted.programme_version());
    SetWishedDays(known, submitted.wishes());
  } else if (fact.has_stay_arranged()) {
    SetDays(known, fact.stay_arranged());
  } else if (fact.has_wishes_changed()) {
    SetWishedDays(known, fact.wishes_changed().wishes());
  }
}

// Who offers is told; a home is offered by a member, a host by itself (A0-31).
void ProjectOffer(v1::Case& known, const applicant::v1::HostingOfferFact& fact) {
  if (!fact.has_received()) return;
  const auto& received = fact.received();
  known.set_member(received.home_host().empty() ? received.host() : received.home_host());
  known.set_programme(received.programme());
  known.set_host(received.host());
  *known.mutable_start() = received.first_day();
  *known.mutable_end() = received.last_day();
}

// The operator calls; the sections that it calls are in the fact (A1-11).
void ProjectIntake(v1::Case& known, const applicant::v1::IntakeFact& fact) {
  if (!fact.has_opened()) return;
  const auto& opened = fact.opened();
  known.set_member(opened.programme());  // nobody has applied, and yet the case is known
  known.set_programme(opened.programme());
  known.set_programme_version(opened.programme_version());
  *known.mutable_start() = opened.date();
  *known.mutable_end() = opened.closes();
}

// Nobody has applied here either; whom the sections have written to is in the fact (A0-32).
void ProjectProgramme(v1::Case& known, const applicant::v1::ProgrammeFact& fact) {
  if (!fact.has_changed()) return;
  known.set_member(fact.changed().programme());
  known.set_programme(fact.changed().programme());
  known.set_programme_version(fact.changed().version());
}

void ProjectPlacement(v1::Case& known, const PlacementFact& fact) {
  switch (fact.fact_case()) {
    case PlacementFact::kHostInvited:
      known.set_host(fact.host_invited().host());
      SetDays(known, fact.host_invited());
      break;
    case PlacementFact::kAgreed:
      if (fact.agreed().legs().empty()) break;
      known.set_host(fact.agreed().legs(0).host());
      SetDays(known, fact.agreed().legs(0));
      // The stay ends with its last leg.
      *known.mutable_end() = fact.agreed().legs().rbegin()->end();
      break;
    case PlacementFact::kHomeHostProposed:
      known.set_home_host(fact.home_host_proposed().home_host());
      break;
    case PlacementFact::kHomeHostAgreed:
      known.set_home_host(fact.home_host_agreed().home_host());
      break;
    case PlacementFact::kHomeHostNotFound:
      known.clear_home_host();
      break;
    case PlacementFact::kInvitationEnded:
      if (fact.invitation_ended().host() == known.host()) known.clear_host();
      break;
    case PlacementFact::kRescheduled:
      known.clear_host();
      known.clear_home_host();
      break;
    // A placement that has ended keeps its people: facts of other services that led to its end may come later.
    default:
      break;
  }
}

}  // namespace

absl::StatusOr<Telling> Unpack(const event::v1::Event& event) {
  const std::string& url = event.data().type_url();
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
  if (type == nullptr) return Telling();
  Telling telling;
  telling.whole.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!telling.whole->ParseFromString(event.data().value())) {
    return Error(amikeco::errors::kCorruptRecord, absl::StrCat("Fact ", event.id(), " does not parse."),
                 {{"event", event.id()}});
  }
  if (type->oneof_decl_count() == 0) return telling;
  const auto& reflection = *telling.whole->GetReflection();
  const FieldDescriptor* set = reflection.GetOneofFieldDescriptor(*telling.whole, type->oneof_decl(0));
  if (set != nullptr && set->message_type() != nullptr) telling.fact = &reflection.GetMessage(*telling.whole, set);
  return telling;
}

std::string ApplicationOf(const event::v1::Event& event, const Message& fact) {
  for (const absl::string_view matter : {"applications/", "hostingOffers/", "intakes/", "programmes/"}) {
    if (absl::StartsWith(event.subject(), matter)) return event.subject();
  }
  return StringField(fact, "application");
}

v1::Case Project(v1::Case known, const event::v1::Event& event, const Telling& telling) {
  if (telling.fact == nullptr) return known;
  const std::string application = ApplicationOf(event, *telling.fact);
  if (!application.empty()) known.set_application(application);
  if (const auto* fact = As<ApplicationFact>(*telling.whole)) ProjectApplication(known, *fact);
  if (const auto* fact = As<applicant::v1::HostingOfferFact>(*telling.whole)) ProjectOffer(known, *fact);
  if (const auto* fact = As<applicant::v1::IntakeFact>(*telling.whole)) ProjectIntake(known, *fact);
  if (const auto* fact = As<applicant::v1::ProgrammeFact>(*telling.whole)) ProjectProgramme(known, *fact);
  if (const auto* fact = As<PlacementFact>(*telling.whole)) ProjectPlacement(known, *fact);
  return known;
}

v1::Party ProjectParty(const event::v1::Event& event, const Telling& telling) {
  v1::Party party;
  if (telling.fact == nullptr) return party;
  if (const auto* member = As<applicant::v1::MemberRegistered>(*telling.fact)) {
    party.set_name(event.subject());
    party.set_section(member->section());
  } else if (const auto* host = As<matching::v1::HostRegistered>(*telling.fact)) {
    party.set_name(event.subject());
    party.set_title(host->agency().title());
  } else if (const auto* home = As<matching::v1::HomeHostOffered>(*telling.fact)) {
    party.set_name(event.subject());
    party.set_member(home->member());
  }
  return party;
}

std::string HostOf(const v1::Case& known, const Message& fact) {
  if (std::string host = StringField(fact, "host"); !host.empty()) return host;
  const FieldDescriptor* leg = fact.GetDescriptor()->FindFieldByName("leg");
  if (leg != nullptr && !leg->is_repeated() && leg->message_type() == matching::v1::Leg::descriptor()) {
    return StringField(fact.GetReflection()->GetMessage(fact, leg), "host");
  }
  return known.host();
}

static std::string RecipientName(programme::v1::Recipient recipient, const v1::Case& known,
                                 const programme::v1::Programme& programme, const Message& fact) {
  switch (recipient) {
    case programme::v1::RECIPIENT_APPLICANT:
      return known.member();
    case programme::v1::RECIPIENT_SECTION:
      return known.section();
    case programme::v1::RECIPIENT_COORDINATOR:
      return programme.operator_organisation();
    case programme::v1::RECIPIENT_HOST:
      return HostOf(known, fact);
    case programme::v1::RECIPIENT_OWNER:
      return StringField(fact, "owner");
    case programme::v1::RECIPIENT_HOME_HOST: {
      std::string own = StringField(fact, "home_host");
      return own.empty() ? known.home_host() : own;
    }
    default:
      return "";
  }
}

// Of a change proposal's fact, whose it is: of a cohort that one is told. "" for all others.
static std::string AuthorOf(const Message& fact) {
  const auto* const type = fact.GetDescriptor();
  const bool proposal = type == applicant::v1::ProposalSubmitted::descriptor() ||
                        type == applicant::v1::ProposalReturned::descriptor() ||
                        type == applicant::v1::ProposalAccepted::descriptor();
  return proposal ? StringField(fact, "member") : "";
}

// Of a fact that names the sections that hear of it, these; null for all others.
static const google::protobuf::RepeatedPtrField<std::string>* SectionsOf(const Message& fact) {
  if (const auto* opened = As<applicant::v1::IntakeOpened>(fact)) return &opened->sections();
  if (const auto* changed = As<applicant::v1::ProgrammeChanged>(fact)) return &changed->contacts();
  return nullptr;
}

std::vector<std::string> RecipientNames(programme::v1::Recipient recipient, const v1::Case& known,
                                        const programme::v1::Programme& programme, const Message& fact) {
  if (const auto* sections = SectionsOf(fact);
      sections != nullptr && recipient != programme::v1::RECIPIENT_COORDINATOR) {
    // Nobody has applied, and no host is in it.
    if (recipient != programme::v1::RECIPIENT_SECTION) return {};
    return {sections->begin(), sections->end()};
  }
  if (recipient == programme::v1::RECIPIENT_APPLICANT && !known.fellows().empty()) {
    if (std::string author = AuthorOf(fact); !author.empty()) return {author};
    return {known.fellows().begin(), known.fellows().end()};
  }
  return {RecipientName(recipient, known, programme, fact)};
}

std::string TaskTitle(const programme::v1::Programme& programme, const Message& fact) {
  const std::string task = StringField(fact, "task");
  for (const auto& rule : programme.tasks()) {
    if (!task.empty() && rule.id() == task) return rule.title();
  }
  // An item for a leg is called "liability-waiver/1".
  const std::string item = StringField(fact, "item");
  const std::string id = item.substr(0, item.find('/'));
  for (const auto& rule : programme.compliance()) {
    if (!id.empty() && rule.id() == id) return rule.title();
  }
  return task.empty() ? item : task;
}

}  // namespace amikeco::notify
