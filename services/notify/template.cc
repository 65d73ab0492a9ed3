#include "services/notify/template.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/descriptor.h"
#include "programmes/facts.h"
#include "services/notify/value.h"

namespace amikeco::notify {
namespace {

using google::protobuf::Descriptor;
using programme::v1::Programme;

constexpr std::array<absl::string_view, 9> kCaseVariables = {"case.application", "case.coordinator", "case.end",
                                                             "case.host",        "case.member",      "case.programme",
                                                             "case.section",     "case.start",       "case.task"};
constexpr absl::string_view kRecipientName = "recipient.name";

// A piece of a text: words, or a variable.
struct Piece {
  bool variable = false;
  std::string text;
};

// The pieces of `text`, or nothing when braces do not match.
std::optional<std::vector<Piece>> Split(absl::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    const size_t open = text.find("{{");
    if (absl::StrContains(text.substr(0, open), "}}")) return std::nullopt;
    if (open > 0) pieces.push_back({false, std::string(text.substr(0, open))});
    if (open == absl::string_view::npos) break;
    const size_t close = text.find("}}", open);
    if (close == absl::string_view::npos) return std::nullopt;
    const absl::string_view name = text.substr(open + 2, close - open - 2);
    if (name.empty() || absl::StrContains(name, "{")) return std::nullopt;
    pieces.push_back({true, std::string(absl::StripAsciiWhitespace(name))});
    text.remove_prefix(close + 2);
  }
  return pieces;
}

std::vector<std::string> TextsOf(const v1::Template& text) {
  std::vector<std::string> texts = {text.subject()};
  texts.insert(texts.end(), text.paragraphs().begin(), text.paragraphs().end());
  return texts;
}

// "claim_paid" → "ClaimPaid".
std::string CamelCase(absl::string_view snake) {
  std::string camel;
  for (const absl::string_view word : absl::StrSplit(snake, '_', absl::SkipEmpty())) {
    absl::StrAppend(&camel, std::string(1, absl::ascii_toupper(static_cast<unsigned char>(word[0]))), word.substr(1));
  }
  return camel;
}

// The fact about an application with this name, or null.
const Descriptor* FactNamed(absl::string_view snake) {
  const std::string name = CamelCase(snake);
  for (const Descriptor* fact : NoticeFacts()) {
    if (fact->name() == name && IsAboutAnApplication(*fact)) return fact;
  }
  return nullptr;
}

// Looks everything over and collects what is wrong.
class Inspection {
 public:
  Inspection(const std::vector<TemplateFile>& files, const std::vector<const Programme*>& programmes)
      : files_(files), programmes_(programmes) {}

  void Run() {
    for (const TemplateFile& file : files_) Shape(file);
    for (const Programme* programme : programmes_) Notices(*programme);
    for (const TemplateFile& file : files_) Await(file.parsed.id());
    for (const TemplateFile& file : files_) Variables(file);
  }

  const std::vector<std::string>& mistakes() const { return mistakes_; }
  const std::map<std::string, std::set<std::string>>& facts() const { return facts_; }

 private:
  void Wrong(const TemplateFile& file, absl::string_view near, absl::string_view what) {
    const size_t at = near.empty() ? 0 : file.text.find(std::string(near));
    const auto end = file.text.begin() + static_cast<std::ptrdiff_t>(at == std::string::npos ? 0 : at);
    mistakes_.push_back(absl::StrCat(file.path, ":", 1 + std::count(file.text.begin(), end, '\n'), ": ", what));
  }

  void Shape(const TemplateFile& file) {
    const v1::Template& text = file.parsed;
    const std::string wanted = absl::StrCat(text.id(), ".", text.locale(), ".textproto");
    const absl::string_view base = absl::string_view(file.path).substr(file.path.rfind('/') + 1);
    if (base != wanted) Wrong(file, "id:", absl::StrCat("id and locale belong into a file named ", wanted));
    if (text.subject().empty() || text.paragraphs().empty()) Wrong(file, "", "a subject and paragraphs are needed");
    if (std::any_of(text.subject().begin(), text.subject().end(), [](char c) { return absl::ascii_iscntrl(c); })) {
      Wrong(file, "subject:", "the subject is one line without control characters");
    }
    if (!locales_[text.id()].insert(absl::AsciiStrToLower(text.locale())).second) {
      Wrong(file, "locale:", absl::StrCat("there is another ", wanted));
    }
  }

  void Notices(const Programme& programme) {
    std::set<std::string> seen;
    for (const programme::v1::Notice& notice : programme.notices()) {
      const std::string where = absl::StrCat(programme.name(), ": notice of ", notice.fact(), ": ");
      const Descriptor* fact = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(notice.fact());
      if (fact == nullptr || !IsAboutAnApplication(*fact)) {
        mistakes_.push_back(absl::StrCat(where, "there is no such fact about an application"));
        continue;
      }
      if (!locales_.contains(notice.template_())) {
        mistakes_.push_back(absl::StrCat(where, "there is no template ", notice.template_(), "; there are ",
                                         absl::StrJoin(Ids(), ", ")));
      }
      facts_[notice.template_()].insert(notice.fact());
      for (const int recipient : notice.recipients()) {
        const std::string key = absl::StrCat(notice.fact(), " ", recipient);
        if (seen.insert(key).second) continue;
        mistakes_.push_back(
            absl::StrCat(where, programme::v1::Recipient_Name(static_cast<programme::v1::Recipient>(recipient)),
                         " is named twice, but hears of a fact once"));
      }
    }
  }

  // A template that no programme uses yet may be there when it is named after the fact that it is about.
  // A template that no programme here uses is for the fact that is called like it, in a programme that may come.
  void Await(const std::string& id) {
    if (facts_.contains(id)) return;
    const Descriptor* fact = FactNamed(id);
    if (fact != nullptr) facts_[id].insert(fact->full_name());
  }

  void Variables(const TemplateFile& file) {
    const auto used = facts_.find(file.parsed.id());
    if (used == facts_.end()) {
      Wrong(file, "",
            absl::StrCat("no programme has a notice with template ", file.parsed.id(), ", and no fact is called so"));
      return;
    }
    if (!locales_[file.parsed.id()].contains("en")) {
      Wrong(file, "", absl::StrCat("there is no ", file.parsed.id(), ".en.textproto to fall back to"));
    }
    for (const std::string& text : TextsOf(file.parsed)) {
      const auto pieces = Split(text);
      if (!pieces) {
        Wrong(file, "{{", absl::StrCat("braces do not match in \"", text, "\""));
        continue;
      }
      for (const Piece& piece : *pieces) {
        if (piece.variable) Variable(file, piece.text, used->second);
      }
    }
  }

  void Variable(const TemplateFile& file, const std::string& name, const std::set<std::string>& facts) {
    for (const std::string& type : facts) {
      const Descriptor* fact = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
      const std::vector<std::string> choices = VariablesOf(*fact);
      if (std::find(choices.begin(), choices.end(), name) != choices.end()) continue;
      Wrong(file, name,
            absl::StrCat("{{", name, "}} is not known in messages about ", type, "; there are ",
                         absl::StrJoin(choices, ", ")));
    }
  }

  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, locales] : locales_) ids.push_back(id);
    return ids;
  }

  const std::vector<TemplateFile>& files_;
  const std::vector<const Programme*>& programmes_;
  std::vector<std::string> mistakes_;
  std::map<std::string, std::set<std::string>> locales_;  // by id
  std::map<std::string, std::set<std::string>> facts_;    // by template's id
};

std::string ValueOf(absl::string_view name, const google::protobuf::Message& fact, const CaseView& view,
                    const Wording& wording) {
  if (absl::ConsumePrefix(&name, "fact.")) return FieldValue(fact, name, wording);
  if (name == "case.application") return view.application;
  if (name == "case.coordinator") return view.coordinator;
  if (name == "case.end") return IsRealDate(view.end) ? wording.Day(ToDay(view.end)) : "";
  if (name == "case.host") return view.host;
  if (name == "case.member") return view.member;
  if (name == "case.programme") return view.programme;
  if (name == "case.section") return view.section;
  if (name == "case.start") return IsRealDate(view.start) ? wording.Day(ToDay(view.start)) : "";
  if (name == "case.task") return view.task;
  return "";
}

}  // namespace

std::vector<std::string> VariablesOf(const Descriptor& fact) {
  std::vector<std::string> names = FieldPaths(fact);
  for (std::string& name : names) name.insert(0, "fact.");
  names.emplace_back(kRecipientName);
  for (const absl::string_view name : kCaseVariables) {
    const bool titled = fact.FindFieldByName("task") != nullptr || fact.FindFieldByName("item") != nullptr;
    if (name != "case.task" || titled) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> FallbackChain(absl::string_view locale) {
  std::vector<std::string> chain;
  std::string tag = absl::AsciiStrToLower(locale);
  while (!tag.empty()) {
    chain.push_back(tag);
    const size_t dash = tag.rfind('-');
    tag.resize(dash == std::string::npos ? 0 : dash);
  }
  if (chain.empty() || chain.back() != "en") chain.emplace_back("en");
  return chain;
}

absl::StatusOr<Templates> Templates::Check(const std::vector<TemplateFile>& files,
                                           const std::vector<const Programme*>& programmes) {
  Inspection inspection(files, programmes);
  inspection.Run();
  if (!inspection.mistakes().empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(inspection.mistakes(), "\n"));
  }
  Templates templates;
  for (const TemplateFile& file : files) {
    templates.templates_[{file.parsed.id(), absl::AsciiStrToLower(file.parsed.locale())}] = file.parsed;
  }
  templates.facts_ = inspection.facts();
  return templates;
}

const v1::Template* Templates::Find(absl::string_view id, absl::string_view locale) const {
  for (const std::string& tag : FallbackChain(locale)) {
    const auto found = templates_.find({std::string(id), tag});
    if (found != templates_.end()) return &found->second;
  }
  return nullptr;
}

std::vector<std::string> Templates::FactsOf(absl::string_view id) const {
  const auto found = facts_.find(std::string(id));
  if (found == facts_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

v1::MessageText Render(const v1::Template& text, const google::protobuf::Message& fact, const CaseView& view,
                       const Addressee& addressee) {
  const Wording wording(text.locale(), addressee.zone);
  const auto fill = [&](const std::string& with_variables) {
    std::string filled;
    // Checked when loaded, so there are pieces.
    for (const Piece& piece : Split(with_variables).value_or(std::vector<Piece>())) {
      std::string value = piece.text;
      if (piece.variable) {
        value = piece.text == kRecipientName ? (addressee.name.empty() ? wording.Colleague() : addressee.name)
                                             : ValueOf(piece.text, fact, view, wording);
        if (value.empty()) value = "–";
      }
      absl::StrAppend(&filled, value);
    }
    return filled;
  };
  v1::MessageText message;
  message.set_locale(text.locale());
  message.set_subject(fill(text.subject()));
  std::vector<std::string> paragraphs;
  for (const std::string& paragraph : text.paragraphs()) paragraphs.push_back(fill(paragraph));
  message.set_body(absl::StrCat(absl::StrJoin(paragraphs, "\n\n"), "\n"));
  return message;
}

std::vector<std::string> VariablesIn(const v1::Template& text) {
  std::set<std::string> names;
  for (const std::string& part : TextsOf(text)) {
    for (const Piece& piece : Split(part).value_or(std::vector<Piece>())) {
      if (piece.variable) names.insert(piece.text);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace amikeco::notify
