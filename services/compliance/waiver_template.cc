#include "services/compliance/waiver_template.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/hash.h"

namespace amikeco::compliance {
namespace {

using v1::WaiverAcknowledgement;
using v1::WaiverTemplate;
using v1::WaiverText;

bool IsHyphenated(absl::string_view id) {
  const auto fits = [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; };
  return !id.empty() && id.front() != '-' && id.back() != '-' && std::all_of(id.begin(), id.end(), fits);
}

bool IsCode(absl::string_view code) {
  const auto fits = [](char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_'; };
  return code.size() > 1 && absl::ascii_isupper(code.front()) && std::all_of(code.begin(), code.end(), fits);
}

// "en", "pt-BR".
bool IsLanguage(absl::string_view language) {
  const absl::string_view first = language.substr(0, language.find('-'));
  const auto lower = [](char c) { return absl::ascii_islower(c); };
  const auto fits = [](char c) { return absl::ascii_isalnum(c) || c == '-'; };
  return (first.size() == 2 || first.size() == 3) && std::all_of(first.begin(), first.end(), lower) &&
         std::all_of(language.begin(), language.end(), fits) && language.back() != '-';
}

// Looks through files and keeps what is wrong with them.
class Inspection {
 public:
  void Look(const WaiverFile& file) {
    file_ = &file;
    const WaiverTemplate& waiver = file.parsed;
    if (!IsHyphenated(waiver.id())) Wrong("id", "must be lower-case words joined by hyphens: \"ride-along\"");
    if (waiver.version() < 1) Wrong("version", "must be 1 or more, and count up with each change of the text");
    if (!waiver.agency().empty() && !absl::StartsWith(waiver.agency(), "hosts/")) {
      Wrong("agency", "must be an agency's name, \"hosts/…\", or be left out for all that have no form of their own");
    }
    if (waiver.has_grandfathered_until() && !IsRealDate(waiver.grandfathered_until())) {
      Wrong("grandfathered_until", "must be a real date");
    }
    LookAtTexts(waiver);
    LookAtAcknowledgements(waiver);
    if (!versions_.emplace(IdOf(waiver), file.path).second) {
      Wrong("version",
            absl::StrCat(IdOf(waiver), " is in ", versions_[IdOf(waiver)], " as well; count the version up"));
    }
    if (waiver.has_grandfathered_until()) return;
    if (const auto [other, is_new] = current_.emplace(waiver.agency(), file.path); !is_new) {
      Wrong("agency", absl::StrCat("the current template of ", waiver.agency().empty() ? "all" : waiver.agency(),
                                   " is in ", other->second, " too; give the one that ends grandfathered_until"));
    }
  }

  void LookAtAll() {
    if (current_.count("") == 0) {
      mistakes_.push_back(
          "waivers: no current template is for every agency; add one without agency and grandfathered_until");
    }
  }

  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  void LookAtTexts(const WaiverTemplate& waiver) {
    if (waiver.texts().empty()) Wrong("texts", "give the text in at least one language");
    languages_.clear();
    for (int i = 0; i < waiver.texts_size(); ++i) {
      const WaiverText& text = waiver.texts(i);
      const std::string field = absl::StrCat("texts[", i, "]");
      if (!IsLanguage(text.language())) {
        Wrong(field + ".language", "must be a language: \"en\", \"pt-BR\"", "texts", i);
      } else if (!languages_.insert(text.language()).second) {
        Wrong(field + ".language", absl::StrCat(text.language(), " is there twice; remove one"), "texts", i);
      }
      if (text.title().empty()) Wrong(field + ".title", "say what is signed", "texts", i);
      const auto& paragraphs = text.paragraphs();
      if (paragraphs.empty() ||
          std::any_of(paragraphs.begin(), paragraphs.end(), [](const auto& p) { return p.empty(); })) {
        Wrong(field + ".paragraphs", "give the text, no paragraph of it empty", "texts", i);
      }
    }
  }

  void LookAtAcknowledgements(const WaiverTemplate& waiver) {
    if (waiver.acknowledgements().empty()) Wrong("acknowledgements", "name what the signer agrees to");
    std::set<std::string> codes;
    for (int i = 0; i < waiver.acknowledgements_size(); ++i) {
      const WaiverAcknowledgement& one = waiver.acknowledgements(i);
      const std::string field = absl::StrCat("acknowledgements[", i, "]");
      if (!IsCode(one.code())) {
        Wrong(field + ".code", "must be capitals, digits and _: \"NO_WEAPONS\"", "acknowledgements", i);
      } else if (!codes.insert(one.code()).second) {
        Wrong(field + ".code", absl::StrCat(one.code(), " is there twice; remove one"), "acknowledgements", i);
      }
      std::set<std::string> missing = languages_;
      for (const auto& text : one.texts()) {
        if (text.text().empty()) Wrong(field + ".texts", "no text of it may be empty", "acknowledgements", i);
        if (languages_.count(text.language()) == 0) {
          Wrong(field + ".texts", absl::StrCat("\"", text.language(), "\" is no language of the template"),
                "acknowledgements", i);
        } else if (missing.erase(text.language()) == 0) {
          Wrong(field + ".texts", absl::StrCat(text.language(), " is there twice; remove one"), "acknowledgements", i);
        }
      }
      if (!missing.empty()) {
        Wrong(field + ".texts", absl::StrCat("add it in ", absl::StrJoin(missing, ", ")), "acknowledgements", i);
      }
    }
  }

  // At the line of the `index`th block or value of `name`; the first line when it is not there.
  void Wrong(const std::string& field, absl::string_view fix, absl::string_view name = "", int index = 0) {
    if (name.empty()) name = field;
    const std::string& text = file_->text;
    size_t at = 0;
    for (int found = -1; found < index; ++found) {
      at = text.find(absl::StrCat("\n", name), at == 0 ? 0 : at + 1);
      if (at == std::string::npos) break;
    }
    if (absl::StartsWith(text, name) && index == 0) at = std::string::npos;
    const size_t line =
        at == std::string::npos ? 1 : 2 + std::count(text.begin(), text.begin() + static_cast<long>(at), '\n');
    mistakes_.push_back(absl::StrCat(file_->path, ":", line, ": ", field, ": ", fix));
  }

  const WaiverFile* file_ = nullptr;
  std::set<std::string> languages_;              // of the file at hand
  std::map<std::string, std::string> versions_;  // "ride-along@1" and the file that has it
  std::map<std::string, std::string> current_;   // agency and the file that has its current template
  std::vector<std::string> mistakes_;
};

}  // namespace

std::string HashOf(const WaiverTemplate& waiver) {
  WaiverTemplate says = waiver;
  says.clear_grandfathered_until();
  return absl::BytesToHexString(Sha256(says.SerializeAsString()));
}

std::string IdOf(const WaiverTemplate& waiver) { return absl::StrCat(waiver.id(), "@", waiver.version()); }

const WaiverText* TextIn(const WaiverTemplate& waiver, absl::string_view language) {
  for (const WaiverText& text : waiver.texts()) {
    if (text.language() == language) return &text;
  }
  return nullptr;
}

absl::StatusOr<WaiverTemplates> WaiverTemplates::Check(const std::vector<WaiverFile>& files) {
  Inspection inspection;
  for (const WaiverFile& file : files) inspection.Look(file);
  inspection.LookAtAll();
  if (!inspection.mistakes().empty()) return absl::InvalidArgumentError(absl::StrJoin(inspection.mistakes(), "\n"));
  WaiverTemplates templates;
  for (const WaiverFile& file : files) {
    const std::string hash = HashOf(file.parsed);
    templates.templates_.emplace(hash, file.parsed);
    if (!file.parsed.has_grandfathered_until()) templates.current_.emplace(file.parsed.agency(), hash);
  }
  return templates;
}

const WaiverTemplate& WaiverTemplates::For(absl::string_view agency) const {
  auto found = current_.find(std::string(agency));
  if (found == current_.end()) found = current_.find("");
  return templates_.at(found->second);
}

const WaiverTemplate* WaiverTemplates::Find(absl::string_view hash) const {
  const auto found = templates_.find(std::string(hash));
  return found == templates_.end() ? nullptr : &found->second;
}

}  // namespace amikeco::compliance
