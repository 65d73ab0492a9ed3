#include "common/rpc/validate.h"

#include <re2/re2.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "amikeco/options/v1/options.pb.h"
#include "common/base/dates.h"
#include "common/base/money.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDefaultLength = 1000;
constexpr int kDefaultItems = 100;

// Where in the request we are. Made into text only when something is wrong there.
struct Path {
  const Path* parent;
  const FieldDescriptor* field;
  int index = -1;

  std::string Text() const {
    std::string text = parent == nullptr ? "" : absl::StrCat(parent->Text(), ".");
    absl::StrAppend(&text, field->name());
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

size_t Characters(absl::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

// What is wrong with a message of a well-known type; "" when nothing is.
std::string CheckDate(const Message& message) {
  const auto& date = static_cast<const google::type::Date&>(message);
  if (IsRealDate(date)) return "";
  return absl::StrCat("is no day of the calendar (year ", date.year(), ", month ", date.month(), ", day ", date.day(),
                      "); set all three, for instance 2027-03-01");
}

std::string CheckTimestamp(const Message& message) {
  const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
  // Of the years 1 to 9999, as timestamp.proto says.
  constexpr int64_t kFirst = -62'135'596'800;
  constexpr int64_t kLast = 253'402'300'799;
  const bool good =
      time.seconds() >= kFirst && time.seconds() <= kLast && time.nanos() >= 0 && time.nanos() < 1'000'000'000;
  return good ? "" : "is no time between the years 1 and 9999 with nanos from 0 to 999,999,999";
}

std::string CheckDuration(const Message& message) {
  const auto& duration = static_cast<const google::protobuf::Duration&>(message);
  constexpr int64_t kMost = 315'576'000'000;
  const bool in_range = duration.seconds() >= -kMost && duration.seconds() <= kMost &&
                        duration.nanos() > -1'000'000'000 && duration.nanos() < 1'000'000'000;
  const bool one_sign =
      (duration.seconds() >= 0 && duration.nanos() >= 0) || (duration.seconds() <= 0 && duration.nanos() <= 0);
  return in_range && one_sign ? "" : "is no duration of at most 10,000 years whose parts have one sign";
}

std::string CheckMoney(const Message& message) {
  return WhatIsWrongWith(static_cast<const google::type::Money&>(message));
}

using WellKnownCheck = std::string (*)(const Message&);

WellKnownCheck WellKnown(const Descriptor* descriptor) {
  if (descriptor == google::type::Date::descriptor()) return CheckDate;
  if (descriptor == google::type::Money::descriptor()) return CheckMoney;
  if (descriptor == google::protobuf::Timestamp::descriptor()) return CheckTimestamp;
  if (descriptor == google::protobuf::Duration::descriptor()) return CheckDuration;
  return nullptr;
}

int64_t NumberOf(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  const bool one = index < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return one ? reflection->GetInt32(message, field) : reflection->GetRepeatedInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_INT64:
      return one ? reflection->GetInt64(message, field) : reflection->GetRepeatedInt64(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT32:
      return one ? reflection->GetUInt32(message, field) : reflection->GetRepeatedUInt32(message, field, index);
    case FieldDescriptor::CPPTYPE_UINT64: {
      const uint64_t value =
          one ? reflection->GetUInt64(message, field) : reflection->GetRepeatedUInt64(message, field, index);
      return value > INT64_MAX ? INT64_MAX : static_cast<int64_t>(value);
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return one ? reflection->GetEnumValue(message, field) : reflection->GetRepeatedEnumValue(message, field, index);
    default:
      return 0;
  }
}

}  // namespace

struct Validator::Rules {
  struct Field {
    const FieldDescriptor* descriptor;
    options::v1::FieldRules rules;
    std::unique_ptr<RE2> pattern;
    WellKnownCheck well_known = nullptr;
    const Rules* message = nullptr;  // null when nothing inside can be wrong
    bool bounded = false;            // a number with min and max
    size_t max_length = 0;
    int max_items = 0;

    void Check(Message& in, const Path* parent, FieldErrors& errors) const;
    void CheckItem(Message& in, const Path& path, FieldErrors& errors) const;
    void CheckText(const std::string& text, const Path& path, FieldErrors& errors) const;
    bool IsSet(const Message& in) const;
  };
  std::vector<Field> fields;

  void Check(Message& message, const Path* parent, FieldErrors& errors) const {
    for (const Field& field : fields) field.Check(message, parent, errors);
  }
};

bool Validator::Rules::Field::IsSet(const Message& in) const {
  const Reflection* reflection = in.GetReflection();
  if (descriptor->is_repeated()) return reflection->FieldSize(in, descriptor) > 0;
  if (!reflection->HasField(in, descriptor)) return false;
  // An optional field that is there, and empty, does not satisfy `required`.
  if (!descriptor->has_presence() || !rules.required()) return true;
  if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string scratch;
    return !reflection->GetStringReference(in, descriptor, &scratch).empty();
  }
  if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return reflection->GetEnumValue(in, descriptor) != 0;
  return true;
}

void Validator::Rules::Field::CheckText(const std::string& text, const Path& path, FieldErrors& errors) const {
  if (max_length > 0 && text.size() > max_length && Characters(text) > max_length) {
    errors.Add(path.Text(), absl::StrCat("is longer than ", max_length, " characters"));
  } else if (pattern != nullptr && !text.empty() && !RE2::FullMatch(text, *pattern)) {
    errors.Add(path.Text(), rules.example().empty() ? absl::StrCat("does not match ", rules.pattern())
                                                    : absl::StrCat("must look like ", rules.example()));
  } else if (rules.required() && descriptor->is_repeated() && text.empty()) {
    errors.Add(path.Text(), "is empty");
  }
}

// One value: of a singular field (index -1) or of a list.
void Validator::Rules::Field::CheckItem(Message& in, const Path& path, FieldErrors& errors) const {
  const Reflection* reflection = in.GetReflection();
  const bool one = path.index < 0;
  switch (descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      CheckText(one ? reflection->GetStringReference(in, descriptor, &scratch)
                    : reflection->GetRepeatedStringReference(in, descriptor, path.index, &scratch),
                path, errors);
      return;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int64_t number = NumberOf(in, descriptor, path.index);
      const EnumDescriptor* type = descriptor->enum_type();
      if (type->FindValueByNumber(static_cast<int>(number)) == nullptr) {
        errors.Add(path.Text(), absl::StrCat(number, " is no value of ", type->name()));
      } else if (!one && rules.required() && number == 0) {
        errors.Add(path.Text(),
                   absl::StrCat("must be a value of ", type->name(), " other than ", type->value(0)->name()));
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message& inner = one ? *reflection->MutableMessage(&in, descriptor)
                           : *reflection->MutableRepeatedMessage(&in, descriptor, path.index);
      if (well_known != nullptr) {
        if (const std::string wrong = well_known(inner); !wrong.empty()) errors.Add(path.Text(), wrong);
      } else if (message != nullptr) {
        message->Check(inner, &path, errors);
      }
      return;
    }
    default: {
      if (!bounded) return;
      const int64_t number = NumberOf(in, descriptor, path.index);
      if (number < rules.min() || number > rules.max()) {
        errors.Add(path.Text(), absl::StrCat(number, " is not between ", rules.min(), " and ", rules.max()));
      }
    }
  }
}

void Validator::Rules::Field::Check(Message& in, const Path* parent, FieldErrors& errors) const {
  const Path path{parent, descriptor};
  if (rules.output_only()) return in.GetReflection()->ClearField(&in, descriptor);
  if (!IsSet(in)) {
    if (rules.required()) errors.Add(path.Text(), "is required");
    return;
  }
  if (!descriptor->is_repeated()) return CheckItem(in, path, errors);
  const int size = in.GetReflection()->FieldSize(in, descriptor);
  if (size > max_items) {
    // And no word about each of the items: there may be a million.
    return errors.Add(path.Text(), absl::StrCat("has ", size, " items; the most is ", max_items));
  }
  for (int i = 0; i < size; ++i) CheckItem(in, {parent, descriptor, i}, errors);
}

// Makes each message type's rules once, also of types that contain themselves.
class Validator::Compiler {
 public:
  const Rules* Compile(const Descriptor* descriptor) {
    const auto [at, is_new] = rules_.try_emplace(descriptor, nullptr);
    if (!is_new) return at->second.get();
    at->second = std::make_unique<Rules>();
    Rules* rules = at->second.get();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      if (Rules::Field field = CompileField(descriptor->field(i)); IsNeeded(field)) {
        rules->fields.push_back(std::move(field));
      }
    }
    return rules;
  }

 private:
  Rules::Field CompileField(const FieldDescriptor* descriptor) {
    Rules::Field field;
    field.descriptor = descriptor;
    field.rules = descriptor->options().GetExtension(options::v1::field);
    if (!field.rules.pattern().empty()) {
      field.pattern = std::make_unique<RE2>(field.rules.pattern(), RE2::Quiet);
      if (!field.pattern->ok()) {
        std::fprintf(stderr, "%s: pattern: %s\n", descriptor->full_name().c_str(), field.pattern->error().c_str());
        std::abort();
      }
    }
    field.bounded = field.rules.min() < field.rules.max();
    field.max_items = field.rules.max_items() > 0 ? field.rules.max_items() : kDefaultItems;
    field.max_length = field.rules.max_length();
    // Bytes are bounded by the request's size alone, unless there is a rule.
    if (field.max_length == 0 && descriptor->type() == FieldDescriptor::TYPE_STRING) field.max_length = kDefaultLength;
    if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      field.well_known = WellKnown(descriptor->message_type());
      if (field.well_known == nullptr) field.message = Compile(descriptor->message_type());
    }
    return field;
  }

  static bool IsNeeded(const Rules::Field& field) {
    return field.descriptor->is_repeated() || field.rules.required() || field.rules.output_only() || field.bounded ||
           field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
           field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_ENUM ||
           field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  }

  std::map<const Descriptor*, std::unique_ptr<Rules>> rules_;
};

Validator::Validator(const Descriptor* descriptor)
    : compiled_(std::make_unique<Compiler>()), rules_(compiled_->Compile(descriptor)) {}
Validator::~Validator() = default;

void Validator::Check(Message& message, FieldErrors& errors) const { rules_->Check(message, nullptr, errors); }

}  // namespace amikeco
