#include <expat.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/compliance/screening/list_builder.h"

namespace amikeco::screening {
namespace {

constexpr size_t kMaxDepth = 12;
constexpr size_t kMaxTextBytes = 64 << 10;  // of one element

// Elements that say nothing about who is meant.
constexpr absl::string_view kPassedOver[] = {
    "VERSIONNUM",
    "UN_LIST_TYPE",
    "REFERENCE_NUMBER",
    "LISTED_ON",
    "COMMENTS1",
    "LIST_TYPE",
    "LAST_DAY_UPDATED",
    "SORT_KEY",
    "SORT_KEY_LAST_MOD",
    "INDIVIDUAL_DOCUMENT",
    "GENDER",
    "DESIGNATION",
    "TITLE",
    "NOTE",
    "STREET",
    "ZIP_CODE",
    "NUMBER",
    "TYPE_OF_DOCUMENT",
    "TYPE_OF_DOCUMENT2",
    "ISSUING_COUNTRY",
    "DATE_OF_ISSUE",
    "CITY_OF_ISSUE",
    "COUNTRY_OF_ISSUE",
    "VALUE",
    "DELISTED_ON",
    "SUBMITTED_BY",
    "NATIONALITY2",
    "GENDER2",
    "NAME_SUFFIX",
};
// Elements that hold others.
constexpr absl::string_view kHolding[] = {
    "CONSOLIDATED_LIST",        "INDIVIDUALS", "ENTITIES", "NATIONALITY", "INDIVIDUAL_ADDRESS", "ENTITY_ADDRESS",
    "INDIVIDUAL_PLACE_OF_BIRTH"};

template <size_t N>
bool IsOneOf(absl::string_view name, const absl::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

class Reader {
 public:
  Reader(absl::string_view list, const ListLimits& limits)
      : list_(list), builder_(list, limits), parser_(XML_ParserCreate(nullptr), &XML_ParserFree) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(), [](void* self, const char* name, const char**) { static_cast<Reader*>(self)->Start(name); },
        [](void* self, const char* name) { static_cast<Reader*>(self)->End(name); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int size) {
      static_cast<Reader*>(self)->Text({text, static_cast<size_t>(size)});
    });
    // Without a document type there are no entities, and so none that grow without end.
    XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const char*, const char*, const char*, int) {
      static_cast<Reader*>(self)->Stop("a document type is not allowed in a list");
    });
  }

  absl::StatusOr<ImportedList> Read(absl::string_view xml) {
    constexpr size_t kPiece = 1 << 20;
    for (size_t at = 0; at == 0 || at < xml.size(); at += kPiece) {
      const absl::string_view piece = xml.substr(at, kPiece);
      const bool last = at + kPiece >= xml.size();
      if (XML_Parse(parser_.get(), piece.data(), static_cast<int>(piece.size()), last) == XML_STATUS_OK) continue;
      const std::string what = wrong_.empty() ? XML_ErrorString(XML_GetErrorCode(parser_.get())) : wrong_;
      return Unreadable(list_, absl::StrCat("the XML cannot be read: ", what), Line());
    }
    return builder_.Finish();
  }

 private:
  int Line() const { return static_cast<int>(XML_GetCurrentLineNumber(parser_.get())); }

  void Stop(absl::string_view what) {
    wrong_ = std::string(what);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  // The parser calls these a few times more after it was stopped.
  bool IsStopped() const { return !wrong_.empty(); }

  void Start(absl::string_view name) {
    if (IsStopped()) return;
    if (path_.empty() && name != "CONSOLIDATED_LIST") return Stop("the root is not CONSOLIDATED_LIST");
    if (path_.size() >= kMaxDepth) return Stop("elements are nested too deeply");
    path_.emplace_back(name);
    text_.clear();
    if (name == "INDIVIDUAL" || name == "ENTITY") {
      if (entry_.line > 0) return Stop("an entry is inside another");
      entry_ = Entry();
      entry_.line = Line();
      entry_.kind = name == "INDIVIDUAL" ? Kind::kPerson : Kind::kOrganisation;
      for (std::string& part : name_parts_) part.clear();
      aliases_.clear();
    } else if (name == "INDIVIDUAL_ALIAS" || name == "ENTITY_ALIAS") {
      alias_ = {};
    } else if (name == "INDIVIDUAL_DATE_OF_BIRTH") {
      birth_ = Birth();
      date_.clear();
    } else if (name == "INDIVIDUAL_ADDRESS" || name == "ENTITY_ADDRESS" || name == "INDIVIDUAL_PLACE_OF_BIRTH") {
      place_.clear();
    }
  }

  void Text(absl::string_view text) {
    if (IsStopped()) return;
    if (text_.size() + text.size() > kMaxTextBytes) return Stop("an element has too much text");
    text_.append(text.data(), text.size());
  }

  absl::string_view Parent() const { return path_.size() < 2 ? "" : absl::string_view(path_[path_.size() - 2]); }

  void End(absl::string_view name) {
    if (IsStopped()) return;
    const absl::string_view text = absl::StripAsciiWhitespace(text_);
    if (name == "INDIVIDUAL" || name == "ENTITY") {
      EndEntry();
    } else if (name == "INDIVIDUAL_ALIAS" || name == "ENTITY_ALIAS") {
      if (!alias_.text.empty()) aliases_.push_back(std::move(alias_));
      alias_ = {};
    } else if (name == "INDIVIDUAL_DATE_OF_BIRTH") {
      EndBirth();
    } else if (name == "INDIVIDUAL_ADDRESS" || name == "ENTITY_ADDRESS" || name == "INDIVIDUAL_PLACE_OF_BIRTH") {
      AddText(place_, entry_.places);
    } else if (!Keep(name, text) && !IsOneOf(name, kPassedOver) && !IsOneOf(name, kHolding)) {
      builder_.ReportUnknown(Line(), absl::StrCat("element ", name));
    }
    text_.clear();
    path_.pop_back();
  }

  // False when the element is not one that is read.
  bool Keep(absl::string_view name, absl::string_view text) {
    constexpr absl::string_view kNames[] = {"FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"};
    constexpr absl::string_view kPlaces[] = {"CITY", "STATE_PROVINCE", "COUNTRY"};
    if (const auto* const part = std::find(std::begin(kNames), std::end(kNames), name); part != std::end(kNames)) {
      name_parts_[static_cast<size_t>(part - std::begin(kNames))] = std::string(text);
    } else if (name == "NAME_ORIGINAL_SCRIPT") {
      aliases_.push_back({std::string(text), Quality::kStrong});
    } else if (name == "DATAID") {
      entry_.id = std::string(text);
    } else if (name == "ALIAS_NAME") {
      alias_.text = std::string(text);
    } else if (name == "QUALITY") {
      alias_.quality = text == "Low" ? Quality::kWeak : Quality::kStrong;
    } else if (name == "VALUE" && Parent() == "NATIONALITY") {
      AddText(text, entry_.nationalities);
    } else if (IsOneOf(name, kPlaces)) {
      if (!text.empty() && place_.size() < kMaxTextBytes) absl::StrAppend(&place_, place_.empty() ? "" : ", ", text);
    } else if (name == "CITY_OF_BIRTH" || name == "COUNTRY_OF_BIRTH") {
      AddText(text, entry_.places);
    } else if (name == "DATE" || name == "DATE_OF_BIRTH") {
      // A document has a date as well.
      if (Parent() == "INDIVIDUAL_DATE_OF_BIRTH") {
        date_ = std::string(text.substr(0, 10));
      } else if (name == "DATE_OF_BIRTH") {
        AddBirth(ParseBirth(text));
      }
    } else if (name == "YEAR" || name == "FROM_YEAR" || name == "TO_YEAR") {
      int year = 0;
      if (absl::SimpleAtoi(text, &year)) (name == "TO_YEAR" ? birth_.last_year : birth_.first_year) = year;
    } else if (name == "TYPE_OF_DATE") {
      birth_.circa = text == "APPROXIMATELY";
    } else {
      return false;
    }
    return true;
  }

  void AddBirth(const std::optional<Birth>& birth) {
    constexpr size_t kMost = 100;
    if (birth.has_value() && entry_.births.size() < kMost) entry_.births.push_back(*birth);
  }

  void EndBirth() {
    const bool circa = birth_.circa;
    std::optional<Birth> birth;
    if (!date_.empty()) {
      birth = ParseBirth(date_);
    } else if (birth_.first_year > 0) {
      const int last = std::max(birth_.first_year, birth_.last_year);
      birth = ParseBirth(absl::StrCat(birth_.first_year, " to ", last));
    }
    if (birth.has_value()) birth->circa = circa;
    AddBirth(birth);
  }

  void EndEntry() {
    std::string whole;
    for (const std::string& part : name_parts_) absl::StrAppend(&whole, whole.empty() ? "" : " ", part);
    AddName(whole, Quality::kPrimary, entry_);
    for (const ListedName& alias : aliases_) AddName(alias.text, alias.quality, entry_);
    builder_.Add(std::move(entry_));
    entry_ = Entry();
  }

  std::string list_;
  ListBuilder builder_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser_;
  std::string wrong_;
  std::vector<std::string> path_;
  std::string text_;
  Entry entry_;
  std::string name_parts_[4];
  std::vector<ListedName> aliases_;
  ListedName alias_;
  Birth birth_;
  std::string date_;
  std::string place_;
};

}  // namespace

absl::StatusOr<ImportedList> ParseConsolidated(absl::string_view list, absl::string_view xml,
                                               const ListLimits& limits) {
  AMIKECO_RETURN_IF_ERROR(CheckText(list, xml, limits));
  return Reader(list, limits).Read(xml);
}

}  // namespace amikeco::screening
