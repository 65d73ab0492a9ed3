#include "tests/privacy/canaries.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/options/v1/options.pb.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const options::v1::FieldRules& RulesOf(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::field);
}

bool IsPersonalText(const FieldDescriptor& field) {
  return RulesOf(field).personal() && !RulesOf(field).output_only() && field.type() == FieldDescriptor::TYPE_STRING;
}

// Calls `visit` for each field that is personal text, set or not, of the message and of those set in it.
void Visit(Message& message, const std::function<void(Message&, const FieldDescriptor&)>& visit) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (IsPersonalText(field)) visit(message, field);
    if (field.message_type() == nullptr || field.is_map()) continue;
    if (!field.is_repeated() && reflection.HasField(message, &field)) {
      Visit(*reflection.MutableMessage(&message, &field), visit);
    }
    for (int j = 0; field.is_repeated() && j < reflection.FieldSize(message, &field); ++j) {
      Visit(*reflection.MutableRepeatedMessage(&message, &field, j), visit);
    }
  }
}

void Gather(const Descriptor& type, std::set<const Descriptor*>& seen, std::set<std::string>& found) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsPersonalText(*type.field(i))) found.insert(type.field(i)->full_name());
    if (type.field(i)->message_type() != nullptr) Gather(*type.field(i)->message_type(), seen, found);
  }
}

// The characters of a text in UTF-8.
std::vector<uint32_t> CharactersOf(const std::string& text) {
  std::vector<uint32_t> characters;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) {
      characters.back() = characters.back() << 6 | (byte & 0x3f);
    } else {
      characters.push_back(byte < 0x80 ? byte : byte < 0xe0 ? byte & 0x1f : byte < 0xf0 ? byte & 0x0f : byte & 0x07);
    }
  }
  return characters;
}

// Every way in which a program is known to write a text. The canaries' characters are all in the basic plane.
std::map<std::string, std::string> EncodingsOf(const std::string& text) {
  std::string json, utf16, octal = absl::CEscape(text);
  for (const uint32_t character : CharactersOf(text)) {
    absl::StrAppend(
        &json, character < 0x80 ? std::string(1, static_cast<char>(character)) : absl::StrFormat("\\u%04x", character));
    utf16 += {static_cast<char>(character & 0xff), static_cast<char>(character >> 8)};
  }
  std::string percent;
  for (const char c : text) absl::StrAppendFormat(&percent, "%%%02X", static_cast<unsigned char>(c));
  return {{"UTF-8", text},
          {"JSON", json},
          {"UTF-16", utf16},
          {"octal", octal},
          {"percent", percent},
          {"hexadecimal", absl::BytesToHexString(text)},
          {"Base64", absl::Base64Escape(text.substr(0, text.size() / 3 * 3))}};
}

}  // namespace

std::string Canaries::CanaryFor(const FieldDescriptor& field) {
  // Both must name the same one to be introduced.
  const bool interest = field.name() == "interest" || field.name() == "interests";
  if (interest && !interest_.empty()) return interest_;
  static constexpr std::array<const char*, 5> kScripts = {"xqzv-canary-", "канарейка-ж-", "كناري-", "金絲雀-",
                                                          "Kana\u0301rek-ž-"};
  const std::string& pattern = RulesOf(field).pattern();
  ++count_;
  // Too short to be told from chance; that they go where the others go is all that can be said.
  if (pattern == "[A-Z]{2}") return "XQ";
  std::string text = absl::StrCat(kScripts[count_ % kScripts.size()], 70'000 + count_);
  if (absl::StrContains(pattern, "@")) text = absl::StrCat("xqzv.canary.", 70'000 + count_, "@canary.example");
  // Of nobody who is in a story.
  if (field.name() == "birth") text = absl::StrFormat("%d-%02d-17", 1901 + count_ % 20, 1 + count_ % 12);
  if (absl::StrContains(pattern, "A-Fa-f")) text = absl::StrFormat("2001:db8:ca9a:%x::17", 0x1000 + count_);
  texts_[text] = field.full_name();
  if (interest) interest_ = text;
  return text;
}

void Canaries::PutInto(Message& request) {
  Visit(request, [&](Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    if (!field.is_repeated()) return reflection.SetString(&message, &field, CanaryFor(field));
    reflection.ClearField(&message, &field);
    reflection.AddString(&message, &field, CanaryFor(field));
  });
}

void Canaries::NoteTaken(const Message& request) {
  const std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  Visit(*copy, [&](Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const bool set = field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                                         : !reflection.GetString(message, &field).empty();
    if (set) taken_.insert(field.full_name());
  });
}

std::vector<std::string> Canaries::FoundIn(const std::string& bytes) const {
  std::vector<std::string> found;
  for (const auto& [text, field] : texts_) {
    for (const auto& [encoding, written] : EncodingsOf(text)) {
      if (absl::StrContains(bytes, written)) found.push_back(absl::StrCat(field, " in ", encoding));
    }
  }
  return found;
}

std::set<std::string> PersonalTextsIn(const Descriptor& request) {
  std::set<const Descriptor*> seen;
  std::set<std::string> found;
  Gather(request, seen, found);
  return found;
}

}  // namespace amikeco
