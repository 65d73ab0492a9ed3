#include "cli/fields.h"

#include <re2/re2.h>

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "amikeco/options/v1/options.pb.h"
#include "common/base/dates.h"
#include "common/base/money.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::type::Date;
using google::type::Money;

bool IsDate(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.type.Date";
}
bool IsTime(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.protobuf.Timestamp";
}
bool IsMoney(const FieldDescriptor& field) {
  return field.message_type() != nullptr && field.message_type()->full_name() == "google.type.Money";
}

// "STATE_" of an enum whose zero value is STATE_UNSPECIFIED.
absl::string_view PrefixOf(const EnumDescriptor& type) {
  return absl::StripSuffix(type.value(0)->name(), "UNSPECIFIED");
}

absl::StatusOr<std::string> StringFrom(const FieldDescriptor& field, absl::string_view text, TextFiles files) {
  if (files == TextFiles::kRead && absl::ConsumePrefix(&text, "@")) {
    std::ifstream file{std::string(text)};
    if (!file) return absl::InvalidArgumentError(absl::StrCat("the file ", text, " cannot be read."));
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
  }
  const auto& rules = field.options().GetExtension(options::v1::field);
  const std::string& pattern = rules.pattern();
  // Of several collections that a name may be of, the one that the example is of.
  const std::string prefix = rules.example().substr(0, rules.example().find('/') + 1);
  if (!absl::EndsWith(prefix, "/") || RE2::FullMatch({text.data(), text.size()}, pattern)) return std::string(text);
  std::string longer = absl::StrCat(prefix, text);
  return RE2::FullMatch(longer, pattern) ? longer : std::string(text);
}

template <typename T>
absl::StatusOr<T> Whole(absl::string_view text) {
  T number;
  if (!absl::SimpleAtoi(text, &number))
    return absl::InvalidArgumentError(absl::StrCat("“", text, "” is not a whole number."));
  return number;
}

absl::StatusOr<absl::Time> ParseTime(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) || absl::ParseTime("%Y-%m-%d", text, &time, &error))
    return time;
  return absl::InvalidArgumentError(absl::StrCat("“", text, "” is not a time such as 2027-03-01T09:00:00Z."));
}

absl::Status SetCompact(Message& message, absl::string_view text, TextFiles files);

// Sets or, in a repeated field, adds one value.
absl::Status SetMessage(Message& message, const FieldDescriptor& field, absl::string_view text, TextFiles files) {
  const Reflection& reflection = *message.GetReflection();
  Message* const value =
      field.is_repeated() ? reflection.AddMessage(&message, &field) : reflection.MutableMessage(&message, &field);
  if (IsDate(field)) {
    AMIKECO_ASSIGN_OR_RETURN(const Date date, ParseDate(text));
    value->CopyFrom(date);
    return absl::OkStatus();
  }
  if (IsTime(field)) {
    AMIKECO_ASSIGN_OR_RETURN(const absl::Time time, ParseTime(text));
    value->CopyFrom(ToTimestamp(time));
    return absl::OkStatus();
  }
  if (IsMoney(field)) {
    AMIKECO_ASSIGN_OR_RETURN(const Money money, ParseMoney(text));
    value->CopyFrom(money);
    return absl::OkStatus();
  }
  return SetCompact(*value, text, files);
}

absl::Status SetOne(Message& message, const FieldDescriptor& field, absl::string_view text, TextFiles files) {
  const Reflection& reflection = *message.GetReflection();
  const auto put = [&](auto set, auto add, auto value) {
    if (field.is_repeated()) {
      (reflection.*add)(&message, &field, std::move(value));
    } else {
      (reflection.*set)(&message, &field, std::move(value));
    }
    return absl::OkStatus();
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(message, field, text, files);
    case FieldDescriptor::CPPTYPE_STRING: {
      AMIKECO_ASSIGN_OR_RETURN(std::string value, StringFrom(field, text, files));
      return put(&Reflection::SetString, &Reflection::AddString, std::move(value));
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      AMIKECO_ASSIGN_OR_RETURN(const int value, ParseEnum(*field.enum_type(), text));
      return put(&Reflection::SetEnumValue, &Reflection::AddEnumValue, value);
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value;
      if (!absl::SimpleAtob(text, &value))
        return absl::InvalidArgumentError(absl::StrCat("“", text, "” is neither true nor false."));
      return put(&Reflection::SetBool, &Reflection::AddBool, value);
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      AMIKECO_ASSIGN_OR_RETURN(const int32_t value, Whole<int32_t>(text));
      return put(&Reflection::SetInt32, &Reflection::AddInt32, value);
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      AMIKECO_ASSIGN_OR_RETURN(const int64_t value, Whole<int64_t>(text));
      return put(&Reflection::SetInt64, &Reflection::AddInt64, value);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double value;
      if (!absl::SimpleAtod(text, &value))
        return absl::InvalidArgumentError(absl::StrCat("“", text, "” is not a number."));
      return put(&Reflection::SetDouble, &Reflection::AddDouble, value);
    }
    default:
      return absl::InvalidArgumentError(absl::StrCat(field.name(), " can only be given in a file (-f)."));
  }
}

// "en:C1": the message's fields in order; the last one takes the rest.
absl::Status SetCompact(Message& message, absl::string_view text, TextFiles files) {
  const Descriptor& type = *message.GetDescriptor();
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits(':', type.field_count() - 1));
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty()) continue;
    AMIKECO_RETURN_IF_ERROR(SetOne(message, *type.field(static_cast<int>(i)), parts[i], files));
  }
  return absl::OkStatus();
}

std::string TextOfMessage(const Message& message);

// One value: the field, or its item `index` when it is repeated.
std::string TextOf(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return TextOfMessage(many ? reflection.GetRepeatedMessage(message, &field, index)
                                : reflection.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          many ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? absl::Base64Escape(text) : text;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          many ? reflection.GetRepeatedEnumValue(message, &field, index) : reflection.GetEnumValue(message, &field);
      const EnumValueDescriptor* const value = field.enum_type()->FindValueByNumber(number);
      return value == nullptr ? absl::StrCat(number) : ShortName(*value);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection.GetRepeatedBool(message, &field, index) : reflection.GetBool(message, &field)) ? "yes"
                                                                                                               : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? reflection.GetRepeatedInt32(message, &field, index)
                               : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? reflection.GetRepeatedInt64(message, &field, index)
                               : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(many ? reflection.GetRepeatedDouble(message, &field, index)
                               : reflection.GetDouble(message, &field));
    default:
      return "?";
  }
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                             : message.GetReflection()->HasField(message, &field);
}

// "NotificationContent, for ever: Why so long. (amikeco-privacy-1)", for who must tell a person.
std::string TextOfKept(const ops::v1::KeptDocument& kept) {
  using ops::v1::RetentionRule;
  const absl::string_view since =
      kept.basis() == RetentionRule::BASIS_CASE_END ? "the case ended" : "it was written last";
  const std::string until = kept.basis() == RetentionRule::BASIS_UNSPECIFIED ? ""  // from a service of an older version
                            : kept.keep_days() == 0                          ? ", for ever"
                                                    : absl::StrCat(", until ", kept.keep_days(), " days after ", since);
  return absl::StrCat(kept.document().substr(kept.document().rfind('.') + 1), until, ": ", kept.reason(),
                      kept.policy().empty() ? "" : absl::StrCat(" (", kept.policy(), ")"));
}

std::string TextOfMessage(const Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  if (type.full_name() == "google.type.Date") {
    Date date;
    date.CopyFrom(message);
    return date.year() == 0 ? "" : FormatDate(date);
  }
  if (type.full_name() == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp time;
    time.CopyFrom(message);
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", ToTime(time), absl::LocalTimeZone());
  }
  if (type.full_name() == "google.type.Money") {
    Money money;
    money.CopyFrom(message);
    return FormatMoney(money);
  }
  if (type.full_name() == "amikeco.ops.v1.KeptDocument") {
    ops::v1::KeptDocument kept;
    kept.CopyFrom(message);
    return TextOfKept(kept);
  }
  if (type.options().map_entry()) {
    return absl::StrCat(TextOf(message, *type.map_key(), 0), "=", TextOf(message, *type.map_value(), 0));
  }
  std::vector<std::string> parts;
  for (const auto& [path, value] : Flatten(message)) {
    // A record inside this record is kept together.
    const bool nested = absl::StrContains(value, '=');
    parts.push_back(absl::StrCat(path, "=", nested ? "{" : "", value, nested ? "}" : ""));
  }
  return absl::StrJoin(parts, " ");
}

void FlattenInto(const Message& message, const std::string& prefix,
                 std::vector<std::pair<std::string, std::string>>& lines) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path = prefix + field->name();
    const bool whole = IsDate(*field) || IsTime(*field) || IsMoney(*field);
    const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !whole;
    if (field->is_repeated() && nested) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i)
        lines.emplace_back(path, TextOf(message, *field, i));
    } else if (nested) {
      FlattenInto(reflection.GetMessage(message, field), path + ".", lines);
    } else {
      lines.emplace_back(path, TextAt(message, field->name()));
    }
  }
}

}  // namespace

absl::StatusOr<Path> FindPath(const Descriptor& type, absl::string_view path) {
  Path found;
  const Descriptor* in = &type;
  const std::string name = absl::StrReplaceAll(path, {{"-", "_"}});
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    const FieldDescriptor* const field = in == nullptr ? nullptr : in->FindFieldByName(std::string(part));
    if (field == nullptr)
      return absl::InvalidArgumentError(absl::StrCat("there is no field ", name, " in ", type.name(), "."));
    found.push_back(field);
    in = field->message_type();
  }
  return found;
}

absl::Status SetField(Message& message, const Path& path, absl::string_view text, TextFiles files) {
  Message* in = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i]->is_repeated())
      return absl::InvalidArgumentError(absl::StrCat(path[i]->name(), " is repeated: give whole items."));
    in = in->GetReflection()->MutableMessage(in, path[i]);
  }
  const FieldDescriptor& field = *path.back();
  if (!field.is_repeated() || field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
    return SetOne(*in, field, text, files);
  for (const absl::string_view item : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    AMIKECO_RETURN_IF_ERROR(SetOne(*in, field, absl::StripAsciiWhitespace(item), files));
  }
  return absl::OkStatus();
}

std::string ShortName(const EnumValueDescriptor& value) {
  if (value.number() == 0) return "";
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(value.name(), PrefixOf(*value.type()))),
                             {{"_", "-"}});
}

absl::StatusOr<int> ParseEnum(const EnumDescriptor& type, absl::string_view text) {
  std::vector<std::string> known;
  for (int i = 1; i < type.value_count(); ++i) {
    const std::string name = ShortName(*type.value(i));
    if (absl::EqualsIgnoreCase(absl::StrReplaceAll(text, {{"_", "-"}}), name) || text == type.value(i)->name()) {
      return type.value(i)->number();
    }
    known.push_back(name);
  }
  return absl::InvalidArgumentError(absl::StrCat("“", text, "” is none of ", absl::StrJoin(known, ", "), "."));
}

std::string PlaceholderOf(const FieldDescriptor& field) {
  std::string text;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return "";
  if (IsDate(field)) {
    text = "YYYY-MM-DD";
  } else if (IsTime(field)) {
    text = "TIME";
  } else if (IsMoney(field)) {
    text = "\"USD 12.50\"";
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    std::vector<std::string> names;
    for (int i = 1; i < field.enum_type()->value_count(); ++i) names.push_back(ShortName(*field.enum_type()->value(i)));
    text = absl::StrJoin(names, "|");
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    std::vector<std::string> names;
    for (int i = 0; i < field.message_type()->field_count(); ++i)
      names.push_back(field.message_type()->field(i)->name());
    text = absl::StrJoin(names, ":");
  } else {
    text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "TEXT" : "N";
    if (const auto& example = field.options().GetExtension(options::v1::field).example();
        !example.empty() && !absl::StrContains(example, ' ')) {
      text = example;
    }
  }
  return field.is_repeated() ? absl::StrCat(text, field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? "" : ",…")
                             : text;
}

std::string TextAt(const Message& message, absl::string_view path) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(std::string(parts.first));
  if (field == nullptr || !(field->is_repeated() || !field->has_presence() || IsSet(message, *field))) return "";
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::string> values;
  const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    if (parts.second.empty()) {
      values.push_back(TextOf(message, *field, i));
    } else {
      values.push_back(TextAt(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                   : reflection.GetMessage(message, field),
                              parts.second));
    }
  }
  return absl::StrJoin(values, ",");
}

std::vector<std::pair<std::string, std::string>> Flatten(const Message& message) {
  std::vector<std::pair<std::string, std::string>> lines;
  FlattenInto(message, "", lines);
  return lines;
}

}  // namespace amikeco::cli
