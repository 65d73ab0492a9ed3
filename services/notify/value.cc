#include "services/notify/value.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/options/v1/options.pb.h"
#include "common/base/dates.h"
#include "google/protobuf/descriptor.h"

namespace amikeco::notify {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::array<absl::string_view, 12> kEnglishMonths = {"January",   "February", "March",    "April",
                                                              "May",       "June",     "July",     "August",
                                                              "September", "October",  "November", "December"};
constexpr std::array<absl::string_view, 12> kGermanMonths = {"Januar",    "Februar", "März",     "April",
                                                             "Mai",       "Juni",    "Juli",     "August",
                                                             "September", "Oktober", "November", "Dezember"};

// Fields of facts in which people write freely or that say who acted. Tested to be complete against the facts.
constexpr std::array<absl::string_view, 14> kNotForMessages = {
    "by",     "reason",    "explanation",   "description", "submitter", "endorser",  "rank", "section_contribution",
    "detail", "clearance", "document_hash", "placement",   "reference", "disclosure"};

// Deeper than this there is nothing that a message needs.
constexpr int kDepth = 3;

bool IsDate(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.type.Date";
}
bool IsTime(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp";
}

bool IsOffered(const FieldDescriptor& field) {
  if (field.is_repeated() || field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return false;
  if (field.type() == FieldDescriptor::TYPE_BYTES || field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return false;
  if (field.options().GetExtension(options::v1::field).personal()) return false;
  return std::find(kNotForMessages.begin(), kNotForMessages.end(), field.name()) == kNotForMessages.end();
}

void AddPaths(const Descriptor& type, const std::string& prefix, int depth, std::vector<std::string>& paths) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!IsOffered(field)) continue;
    const std::string path = prefix + field.name();
    if (field.message_type() == nullptr || IsDate(field) || IsTime(field)) {
      paths.push_back(path);
    } else if (depth < kDepth) {
      AddPaths(*field.message_type(), path + ".", depth + 1, paths);
    }
  }
}

std::string ScalarValue(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(reflection.GetFloat(message, &field));
    default:
      return "";
  }
}

void SetSample(Message& message, const FieldDescriptor& field, int depth);

void FillToDepth(Message& message, int depth) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsOffered(*type.field(i))) SetSample(message, *type.field(i), depth);
  }
}

void SetSample(Message& message, const FieldDescriptor& field, int depth) {
  const Reflection& reflection = *message.GetReflection();
  if (IsDate(field)) {
    static_cast<google::type::Date&>(*reflection.MutableMessage(&message, &field)) =
        ToDate(absl::CivilDay(2027, 5, 12));
  } else if (IsTime(field)) {
    static_cast<google::protobuf::Timestamp&>(*reflection.MutableMessage(&message, &field)) =
        ToTimestamp(absl::FromUnixSeconds(1'809'000'000));
  } else if (field.message_type() != nullptr) {
    if (depth < kDepth) FillToDepth(*reflection.MutableMessage(&message, &field), depth + 1);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection.SetString(&message, &field, absl::StrCat("sample-", field.name()));
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    reflection.SetInt32(&message, &field, 3);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
    reflection.SetInt64(&message, &field, 3);
  }
}

}  // namespace

Wording::Wording(absl::string_view locale, absl::TimeZone zone) : language_(Language::kOther), zone_(zone) {
  const absl::string_view language = locale.substr(0, locale.find('-'));
  if (absl::EqualsIgnoreCase(language, "en")) language_ = Language::kEnglish;
  if (absl::EqualsIgnoreCase(language, "de")) language_ = Language::kGerman;
}

std::string Wording::Day(absl::CivilDay day) const {
  const size_t month = static_cast<size_t>(day.month()) - 1;
  switch (language_) {
    case Language::kEnglish:
      return absl::StrCat(day.day(), " ", kEnglishMonths[month], " ", day.year());
    case Language::kGerman:
      return absl::StrCat(day.day(), ". ", kGermanMonths[month], " ", day.year());
    case Language::kOther:
      break;
  }
  return FormatDay(day);
}

std::string Wording::Time(absl::Time time) const {
  const absl::CivilSecond second = absl::ToCivilSecond(time, zone_);
  const std::string clock = absl::FormatTime("%H:%M", time, zone_);
  const std::string zone = absl::FormatTime("%Z", time, zone_);
  const absl::string_view oclock = language_ == Language::kGerman ? " Uhr" : "";
  return absl::StrCat(Day(absl::CivilDay(second)), ", ", clock, oclock, " (", zone, ")");
}

std::string Wording::Colleague() const {
  return language_ == Language::kGerman ? "Kolleginnen und Kollegen" : "colleague";
}

std::vector<std::string> FieldPaths(const Descriptor& type) {
  std::vector<std::string> paths;
  AddPaths(type, "", 1, paths);
  return paths;
}

std::string FieldValue(const Message& message, absl::string_view path, const Wording& wording) {
  const absl::string_view name = path.substr(0, path.find('.'));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr || field->is_repeated()) return "";
  const Reflection& reflection = *message.GetReflection();
  if (field->message_type() == nullptr) return ScalarValue(message, *field);
  if (!reflection.HasField(message, field)) return "";
  const Message& inner = reflection.GetMessage(message, field);
  if (IsDate(*field)) {
    const auto& date = static_cast<const google::type::Date&>(inner);
    return IsRealDate(date) ? wording.Day(ToDay(date)) : "";
  }
  if (IsTime(*field)) return wording.Time(ToTime(static_cast<const google::protobuf::Timestamp&>(inner)));
  if (name.size() == path.size()) return "";
  return FieldValue(inner, path.substr(name.size() + 1), wording);
}

void FillWithSamples(Message& message) { FillToDepth(message, 1); }

}  // namespace amikeco::notify
