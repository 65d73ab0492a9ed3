#include "tests/journeys/chronicle.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/assessment_facts.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/notify/v1/facts.pb.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/map.h"
#include "google/protobuf/message.h"

namespace amikeco::journeys {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Fields that say nothing new, or change with the weather.
const std::set<std::string>& Untold() {
  static const auto& names = *new std::set<std::string>{
      "parties",        "application",       "at",   "time_zone",     "section",      "submitter",
      "received_at",    "programme_version", "name", "document_hash", "lottery_seed", "content_hash",
      "rationale_hash", "template_hash"};
  return names;
}

std::string EnumName(const google::protobuf::EnumValueDescriptor* value) {
  // Without the enum's own name in front: INVITATION_END_LAPSED is LAPSED of InvitationEnd.
  std::string prefix;
  for (const char c : value->type()->name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  return std::string(absl::StripPrefix(value->name(), prefix + "_"));
}

// "" for messages that are no part of the story.
std::string Told(const Message& message) {
  if (const auto* date = dynamic_cast<const google::type::Date*>(&message)) return FormatDate(*date);
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return absl::FormatTime("%Y-%m-%dT%H:%MZ", ToTime(*time), absl::UTCTimeZone());
  }
  if (const auto* leg = dynamic_cast<const matching::v1::Leg*>(&message)) {
    return absl::StrCat(leg->id(), "@", leg->host(), ":", FormatDate(leg->start()), "..", FormatDate(leg->end()),
                        leg->confirmed() ? "" : "?");
  }
  if (const auto* item = dynamic_cast<const compliance::v1::RequiredItem*>(&message)) return item->id();
  if (const auto* judged = dynamic_cast<const compliance::v1::RiskJudgement*>(&message)) {
    return absl::StrCat(EnumName(compliance::v1::RiskLevel_descriptor()->FindValueByNumber(judged->overall())), "/",
                        judged->approver_level(), judged->serious_risk() ? "(serious)" : "");
  }
  if (const auto* version = dynamic_cast<const compliance::v1::NotificationVersion*>(&message)) {
    return absl::StrCat(version->version(), "/", absl::StrJoin(version->countries(), "+"));
  }
  if (const auto* country = dynamic_cast<const compliance::v1::CountryRevision*>(&message)) {
    return absl::StrCat(country->country(), "@", country->revision(), country->significant() ? "(significant)" : "");
  }
  if (const auto* basis = dynamic_cast<const compliance::v1::CountryBasis*>(&message)) {
    return absl::StrCat(basis->country(), "@", basis->revision());
  }
  if (const auto* ranked = dynamic_cast<const matching::v1::RankedHost*>(&message)) {
    return absl::StrCat(ranked->host(), ":", ranked->score());
  }
  if (const auto* result = dynamic_cast<const applicant::v1::RuleResult*>(&message)) {
    if (result->holds()) return "";
    return absl::StrCat(result->reason(), result->person().empty() ? "" : ":", result->person(),
                        result->overridden() ? "(set-aside)" : "");
  }
  if (const auto* standing = dynamic_cast<const applicant::v1::Standing*>(&message)) {
    return absl::StrCat(standing->position(), "/", standing->entries(), ":", standing->reason());
  }
  if (const auto* placing = dynamic_cast<const applicant::v1::Placing*>(&message)) {
    return absl::StrCat(placing->application(), "@", Told(placing->standing()));
  }
  if (const auto* endorsement = dynamic_cast<const applicant::v1::Endorsement*>(&message)) {
    return endorsement->endorser();
  }
  if (const auto* assistance = dynamic_cast<const applicant::v1::Assistance*>(&message)) {
    return absl::StrCat(
        absl::StripPrefix(programme::v1::AssistanceCategory_Name(assistance->category()), "ASSISTANCE_CATEGORY_"), "/",
        assistance->service_area(), "/", absl::StrJoin(assistance->countries(), "+"));
  }
  if (const auto* phase = dynamic_cast<const applicant::v1::PlannedPhase*>(&message)) {
    return absl::StrCat(phase->id(), "@", phase->partner(), "..", FormatDate(phase->last_day()));
  }
  if (const auto* module = dynamic_cast<const applicant::v1::PlannedModule*>(&message)) {
    return absl::StrCat(module->id(), module->mandatory() ? "" : "?");
  }
  if (const auto* hold = dynamic_cast<const ops::v1::LegalHold*>(&message)) {
    return absl::StrCat(hold->id(), ":", ops::v1::HoldReason_Name(hold->reason()));
  }
  if (const auto* kept = dynamic_cast<const ops::v1::KeptDocument*>(&message)) {
    return kept->document().substr(kept->document().rfind('.') + 1);
  }
  if (const auto* artefact = dynamic_cast<const applicant::v1::Artefact*>(&message)) {
    return std::string(absl::StripPrefix(applicant::v1::ArtefactKind_Name(artefact->kind()), "ARTEFACT_KIND_"));
  }
  if (const auto* answer = dynamic_cast<const applicant::v1::EvaluationAnswer*>(&message)) {
    return absl::StrCat(answer->question(), ":", answer->rating());
  }
  if (const auto* wishes = dynamic_cast<const applicant::v1::Wishes*>(&message)) {
    return absl::StrCat(FormatDate(wishes->earliest_start()), "..", FormatDate(wishes->latest_end()), "/",
                        wishes->stay_days(), "d");
  }
  return "";
}

std::string Scalar(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection->GetRepeatedString(message, field, index) : reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? reflection->GetRepeatedInt32(message, field, index)
                               : reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? reflection->GetRepeatedInt64(message, field, index)
                               : reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumName(many ? reflection->GetRepeatedEnum(message, field, index) : reflection->GetEnum(message, field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Told(many ? reflection->GetRepeatedMessage(message, field, index)
                       : reflection->GetMessage(message, field));
    default:
      return "";
  }
}

std::string MapOf(const Message& message, const FieldDescriptor* field) {
  std::map<std::string, std::string> entries;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    const Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
    entries[Scalar(entry, entry.GetDescriptor()->field(0), 0)] = Scalar(entry, entry.GetDescriptor()->field(1), 0);
  }
  return absl::StrJoin(entries, ",", absl::PairFormatter(":"));
}

std::string ValueOf(const Message& message, const FieldDescriptor* field) {
  if (field->is_map()) return MapOf(message, field);
  if (!field->is_repeated()) return Scalar(message, field, 0);
  std::vector<std::string> values;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    if (std::string value = Scalar(message, field, i); !value.empty()) values.push_back(std::move(value));
  }
  return absl::StrJoin(values, ",");
}

std::string FieldsOf(const Message& fact) {
  std::vector<const FieldDescriptor*> fields;
  fact.GetReflection()->ListFields(fact, &fields);
  std::string text;
  for (const FieldDescriptor* field : fields) {
    if (Untold().count(field->name()) > 0) continue;
    if (const std::string value = ValueOf(fact, field); !value.empty()) {
      absl::StrAppend(&text, " ", field->name(), "=", value);
    }
  }
  return text;
}

// The fact inside the event's oneof message; null when this program does not know its type.
const Message* FactIn(const event::v1::Event& event, std::unique_ptr<Message>& holder) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      event.data().type_url().substr(event.data().type_url().rfind('/') + 1));
  if (type == nullptr) return nullptr;
  holder.reset(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (!holder->ParseFromString(event.data().value())) return nullptr;
  const auto* member = holder->GetReflection()->GetOneofFieldDescriptor(*holder, type->oneof_decl(0));
  return member == nullptr ? nullptr : &holder->GetReflection()->GetMessage(*holder, member);
}

}  // namespace

std::vector<std::string> Lines(const std::vector<event::v1::Event>& events) {
  std::vector<std::string> lines;
  std::map<std::string, std::set<std::string>> told;
  for (const event::v1::Event& event : events) {
    std::unique_ptr<Message> holder;
    const Message* fact = FactIn(event, holder);
    if (fact == nullptr) {
      lines.push_back(absl::StrCat(event.subject(), " ", event.type(), " (unknown)"));
    } else if (const auto* queued = dynamic_cast<const notify::v1::MessageQueued*>(fact)) {
      told[absl::StrCat("told ", queued->template_(), " of ", queued->application())].insert(queued->recipient());
    } else if (event.data().Is<ops::v1::DataSubjectFact>()) {
      // Texts of messages grow too old every day.
      if (event.source() == "notify" && dynamic_cast<const ops::v1::DocumentErased*>(fact) != nullptr) continue;
      lines.push_back(
          absl::StrCat(event.source(), ": ", event.subject(), " ", fact->GetDescriptor()->name(), FieldsOf(*fact)));
    } else if (event.data().Is<ops::v1::ConsultationFact>()) {
      const auto& told = dynamic_cast<const ops::v1::PersonalDataTold&>(*fact).consultation();
      lines.push_back(
          absl::StrCat(event.source(), ": PersonalDataTold actor=", told.actor(), " entry=", told.told(0).entry()));
    } else if (event.source() != "notify") {
      lines.push_back(absl::StrCat(event.subject(), " ", fact->GetDescriptor()->name(), FieldsOf(*fact)));
    }
  }
  for (const auto& [message, recipients] : told) {
    lines.push_back(absl::StrCat(message, ": ", absl::StrJoin(recipients, ", ")));
  }
  return lines;
}

std::string Line(const absl::Status& refusal) {
  std::string line = absl::StrCat("refused ", absl::StatusCodeToString(refusal.code()), " ", ReasonOf(refusal), ": ",
                                  refusal.message());
  if (const auto bad = DetailOf<google::rpc::BadRequest>(refusal); bad.ok()) {
    for (const auto& violation : bad->field_violations()) {
      absl::StrAppend(&line, " [", violation.field(), " ", violation.description(), "]");
    }
  }
  return line;
}

}  // namespace amikeco::journeys
