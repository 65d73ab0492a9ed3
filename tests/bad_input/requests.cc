#include "tests/bad_input/requests.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/options/v1/options.pb.h"
#include "common/base/dates.h"
#include "common/base/ids.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDepth = 5;
constexpr int kDefaultLength = 1000;
constexpr int kDefaultItems = 100;

const options::v1::FieldRules& RulesOf(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::field);
}

bool Is(const FieldDescriptor& field, absl::string_view type) {
  return field.message_type() != nullptr && field.message_type()->full_name() == type;
}

bool IsString(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_STRING; }

// Names of fields that begin and end a period.
bool Ends(absl::string_view name) {
  return absl::StrContains(name, "end") || absl::StrContains(name, "last") || name == "valid_to" || name == "until";
}

std::string SampleText(const FieldDescriptor& field, const Names& names) {
  if (field.name() == "request_id") return RandomUuid();
  // Anything else would be refused as wrong whatever the state.
  if (field.name() == "etag" || field.name() == "page_token") return "";
  const std::string& example = RulesOf(field).example();
  for (const auto& [collection, name] : names) {
    if (absl::StartsWith(example, collection)) return name;
  }
  return example.empty() ? "sample" : example;
}

int64_t SampleNumber(const FieldDescriptor& field) { return std::max<int64_t>(1, RulesOf(field).min()); }

void SetScalar(Message& message, const FieldDescriptor& field, const Names& names) {
  const Reflection& r = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      list ? r.AddString(&message, &field, SampleText(field, names))
           : r.SetString(&message, &field, SampleText(field, names));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      list ? r.AddInt32(&message, &field, 1) : r.SetInt32(&message, &field, static_cast<int32_t>(SampleNumber(field)));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      list ? r.AddInt64(&message, &field, 1) : r.SetInt64(&message, &field, SampleNumber(field));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      r.SetDouble(&message, &field, 1);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      r.SetBool(&message, &field, true);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      list ? r.AddEnumValue(&message, &field, 1) : r.SetEnumValue(&message, &field, 1);
      break;
    default:
      break;
  }
}

void SetDay(Message& message, const FieldDescriptor& field, absl::CivilDay day) {
  static_cast<google::type::Date&>(*message.GetReflection()->MutableMessage(&message, &field)) = ToDate(day);
}

void SetMoney(Message& message) {
  auto& money = static_cast<google::type::Money&>(message);
  money.set_currency_code("USD");
  money.set_units(120);
  money.set_nanos(500'000'000);
}

void Fill(Message& message, int depth, const Names& names) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& r = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto* choice = field.real_containing_oneof();
    if (choice != nullptr && choice->field(0) != &field) continue;
    if (field.is_map() || RulesOf(field).output_only()) continue;
    if (Is(field, "google.type.Date") && !field.is_repeated()) {
      SetDay(message, field, Ends(field.name()) ? absl::CivilDay(2030, 6, 14) : absl::CivilDay(2030, 6, 1));
    } else if (Is(field, "google.protobuf.Timestamp") && !field.is_repeated()) {
      static_cast<google::protobuf::Timestamp&>(*r.MutableMessage(&message, &field)) =
          ToTimestamp(absl::FromCivil(absl::CivilDay(2026, 12, 2), absl::UTCTimeZone()));
    } else if (Is(field, "google.type.Money")) {
      SetMoney(field.is_repeated() ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field));
    } else if (field.message_type() == nullptr) {
      SetScalar(message, field, names);
    } else if (depth < kDepth) {
      Fill(field.is_repeated() ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field), depth + 1,
           names);
    }
  }
}

// Calls `visit` for every field of the message and of those inside it, with the message it is in.
void Visit(Message& message, const std::string& prefix,
           const std::function<void(Message&, const FieldDescriptor&, const std::string&)>& visit) {
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& r = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (RulesOf(field).output_only()) continue;
    const std::string path = absl::StrCat(prefix, field.name());
    visit(message, field, path);
    if (field.message_type() == nullptr || field.is_map()) continue;
    if (absl::StartsWith(field.message_type()->full_name(), "google.")) continue;
    if (field.is_repeated()) {
      for (int j = 0; j < r.FieldSize(message, &field); ++j) {
        Visit(*r.MutableRepeatedMessage(&message, &field, j), absl::StrCat(path, "[", j, "]."), visit);
      }
    } else if (r.HasField(message, &field)) {
      Visit(*r.MutableMessage(&message, &field), path + ".", visit);
    }
  }
}

// A sample with one field made wrong. The sample is made anew for each, so that request ids differ.
class Wrongs {
 public:
  Wrongs(const Descriptor& type, const Names& names) : type_(type), names_(names) {}

  using Spoil = std::function<void(Message&, const FieldDescriptor&)>;
  // For each field that `fits`, a sample in which it was spoilt.
  void ForEach(const std::string& how, bool must_be_refused, const std::function<bool(const FieldDescriptor&)>& fits,
               const Spoil& spoil) {
    std::vector<std::string> paths;
    const auto first = SampleOf(type_, names_);
    Visit(*first, "", [&](Message&, const FieldDescriptor& field, const std::string& path) {
      if (fits(field)) paths.push_back(path);
    });
    for (const std::string& wanted : paths) {
      const auto sample = SampleOf(type_, names_);
      Visit(*sample, "", [&](Message& message, const FieldDescriptor& field, const std::string& path) {
        if (path == wanted) spoil(message, field);
      });
      Add(absl::StrCat(wanted, ": ", how), sample->SerializeAsString(), must_be_refused);
    }
  }

  void Add(std::string what, std::string bytes, bool must_be_refused) {
    all_.push_back({std::move(what), std::move(bytes), must_be_refused});
  }

  std::vector<WrongRequest> Take() { return std::move(all_); }

 private:
  const Descriptor& type_;
  const Names& names_;
  std::vector<WrongRequest> all_;
};

void SetText(Message& message, const FieldDescriptor& field, const std::string& text) {
  const Reflection& r = *message.GetReflection();
  field.is_repeated() ? r.SetRepeatedString(&message, &field, 0, text) : r.SetString(&message, &field, text);
}

void AddTexts(Wrongs& wrongs) {
  wrongs.ForEach("too long", true, IsString, [](Message& message, const FieldDescriptor& field) {
    const int most = RulesOf(field).max_length() > 0 ? RulesOf(field).max_length() : kDefaultLength;
    SetText(message, field, std::string(static_cast<size_t>(most) + 1, 'x'));
  });
  wrongs.ForEach(
      "too many bytes", true,
      [](const FieldDescriptor& field) {
        return field.type() == FieldDescriptor::TYPE_BYTES && RulesOf(field).max_length() > 0;
      },
      [](Message& message, const FieldDescriptor& field) {
        const std::string text(static_cast<size_t>(RulesOf(field).max_length()) + 1, 'x');
        message.GetReflection()->SetString(&message, &field, text);
      });
  wrongs.ForEach("not UTF-8", true, IsString,
                 [](Message& message, const FieldDescriptor& field) { SetText(message, field, "caf\xe9"); });
  wrongs.ForEach("control characters", false, IsString, [](Message& message, const FieldDescriptor& field) {
    SetText(message, field, std::string("a\0b\r\nc", 6));
  });
}

void AddLists(Wrongs& wrongs) {
  wrongs.ForEach(
      "too many", true, [](const FieldDescriptor& field) { return field.is_repeated() && !field.is_map(); },
      [](Message& message, const FieldDescriptor& field) {
        const Reflection& r = *message.GetReflection();
        const int most = RulesOf(field).max_items() > 0 ? RulesOf(field).max_items() : kDefaultItems;
        while (r.FieldSize(message, &field) <= most) {
          field.message_type() != nullptr ? Fill(*r.AddMessage(&message, &field), kDepth, {})
                                          : SetScalar(message, field, {});
        }
      });
}

void AddEnumsAndNumbers(Wrongs& wrongs) {
  wrongs.ForEach(
      "unknown enum", true,
      [](const FieldDescriptor& field) { return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM; },
      [](Message& message, const FieldDescriptor& field) {
        const Reflection& r = *message.GetReflection();
        field.is_repeated() ? r.SetRepeatedEnumValue(&message, &field, 0, 9999)
                            : r.SetEnumValue(&message, &field, 9999);
      });
  wrongs.ForEach(
      "negative", false,
      [](const FieldDescriptor& field) {
        return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 && !field.is_repeated();
      },
      [](Message& message, const FieldDescriptor& field) { message.GetReflection()->SetInt32(&message, &field, -5); });
}

bool IsDate(const FieldDescriptor& field) { return Is(field, "google.type.Date") && !field.is_repeated(); }

void AddDates(Wrongs& wrongs) {
  wrongs.ForEach("no such day", true, IsDate, [](Message& message, const FieldDescriptor& field) {
    SetDay(message, field, absl::CivilDay(2030, 2, 1));
    static_cast<google::type::Date&>(*message.GetReflection()->MutableMessage(&message, &field)).set_day(30);
  });
  wrongs.ForEach("past date", false, IsDate, [](Message& message, const FieldDescriptor& field) {
    SetDay(message, field, absl::CivilDay(2001, 1, 1));
  });
  wrongs.ForEach(
      "reversed period", false, [](const FieldDescriptor& field) { return IsDate(field) && Ends(field.name()); },
      [](Message& message, const FieldDescriptor& field) { SetDay(message, field, absl::CivilDay(2029, 1, 1)); });
}

void AddMoney(Wrongs& wrongs) {
  const auto spoil = [&](const std::string& how, const char* currency, int64_t units, int32_t nanos) {
    wrongs.ForEach(
        how, true, [](const FieldDescriptor& field) { return Is(field, "google.type.Money"); },
        [=](Message& message, const FieldDescriptor& field) {
          const Reflection& r = *message.GetReflection();
          auto& money =
              static_cast<google::type::Money&>(field.is_repeated() ? *r.MutableRepeatedMessage(&message, &field, 0)
                                                                    : *r.MutableMessage(&message, &field));
          money.set_currency_code(currency);
          money.set_units(units);
          money.set_nanos(nanos);
        });
  };
  spoil("no currency", "", 1, 0);
  spoil("no such currency", "ZZZ", 1, 0);
  spoil("two signs", "USD", 1, -10'000'000);
  spoil("too many nanos", "USD", 1, 1'000'000'000);
  spoil("digits that the currency has not", "JPY", 1, 500'000'000);
}

// Tags that promise something else than the field is. Some are unknown fields to a parser, which it may skip.
void AddWireTypes(Wrongs& wrongs, const Descriptor& type) {
  const std::string good = SampleOf(type)->SerializeAsString();
  for (int i = 0; i < type.field_count(); ++i) {
    const int number = type.field(i)->number();
    if (number > 15) continue;  // one byte for the tag is enough
    for (const int wire : {0, 1, 2, 3, 4, 5, 6, 7}) {
      const std::string tag(1, static_cast<char>(number << 3 | wire));
      wrongs.Add(absl::StrCat(type.field(i)->name(), ": wire type ", wire), tag + std::string(8, '\x7f'), false);
      wrongs.Add(absl::StrCat(type.field(i)->name(), ": wire type ", wire, " behind a good request"),
                 absl::StrCat(good, tag, "\xff\xff"), false);
    }
  }
  if (!good.empty()) wrongs.Add("cut off", good.substr(0, good.size() - 1), false);
  wrongs.Add("noise", std::string("\x00\xff\x13\x37garbage", 11), false);
}

}  // namespace

std::unique_ptr<Message> SampleOf(const Descriptor& type, const Names& names) {
  std::unique_ptr<Message> sample(google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  Fill(*sample, 1, names);
  return sample;
}

std::vector<WrongRequest> WrongRequestsOf(const Descriptor& type, const Names& names) {
  Wrongs wrongs(type, names);
  wrongs.Add("empty", "", false);
  AddTexts(wrongs);
  AddLists(wrongs);
  AddEnumsAndNumbers(wrongs);
  AddDates(wrongs);
  AddMoney(wrongs);
  AddWireTypes(wrongs, type);
  return wrongs.Take();
}

}  // namespace amikeco
