#include "tests/docs/one_person.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "services/applicant/eligibility.h"

namespace amikeco {
namespace {

using applicant::v1::RuleResult;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using programme::v1::Programme;

constexpr absl::CivilDay kReceived(2026, 9, 1);
constexpr char kPerson[] =
    "The person: a regular member of sections/DE since 2024-09-01, endorsed, on active duty, a sergeant with eight "
    "years of\n"
    "service, who declares English at B2 and nothing else, whose employer grants paid leave, and who acknowledges "
    "whatever is\n"
    "asked, each cost by itself. The application is received on 2026-09-01, for 21 days in English between 2027-03-01 "
    "and\n"
    "2027-05-31, without private travel.\n";

applicant::v1::Member ThePerson() {
  applicant::v1::Member member;
  member.set_name("members/one");
  member.set_section("sections/DE");
  member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_REGULAR);
  *member.mutable_membership()->mutable_since() = ToDate(absl::CivilDay(2024, 9, 1));
  member.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  member.mutable_endorsement()->set_endorser("people/chair");
  member.mutable_endorsement()->set_section(member.section());
  *member.mutable_endorsement()->mutable_date() = ToDate(absl::CivilDay(2025, 1, 15));
  return member;
}

applicant::v1::Wishes TheWishes() {
  applicant::v1::Wishes wishes;
  *wishes.mutable_earliest_start() = ToDate(absl::CivilDay(2027, 3, 1));
  *wishes.mutable_latest_end() = ToDate(absl::CivilDay(2027, 5, 31));
  wishes.set_stay_days(21);
  wishes.set_stay_language("en");
  return wishes;
}

applicant::v1::Declarations TheDeclarations(const Programme& programme) {
  applicant::v1::Declarations declarations;
  for (int i = 1; i < programme::v1::Acknowledgement_ARRAYSIZE; ++i) {
    if (programme::v1::Acknowledgement_IsValid(i)) {
      declarations.add_acknowledgements(static_cast<programme::v1::Acknowledgement>(i));
    }
  }
  *declarations.mutable_cost_categories() = programme.funding().cost_categories();
  declarations.add_languages()->set_code("en");
  declarations.mutable_languages(0)->set_level("B2");
  declarations.set_employer_status(applicant::v1::EMPLOYER_STATUS_PAID_LEAVE);
  declarations.set_rank("Sergeant");
  declarations.set_service_years(8);
  return declarations;
}

// MODE_RANKED_PROPOSALS of an enum Mode → "ranked proposals".
std::string WordsOf(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  const std::string name(absl::StripPrefix(value.name(), prefix + "_"));
  return absl::AsciiStrToLower(absl::StrReplaceAll(name, {{"_", " "}}));
}

std::string WordsOf(const Message& message);

// After what it is called, when it is called something: "Salary: needs agreement".
std::string TitledWordsOf(const Message& message) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName("title");
  const std::string title = field == nullptr ? "" : message.GetReflection()->GetString(message, field);
  const std::string words = WordsOf(message);
  if (title.empty()) return words;
  return words == "nothing" ? title : absl::StrCat(title, ": ", words);
}

std::string ValueOf(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return WordsOf(
          *(repeated ? reflection.GetRepeatedEnum(message, &field, index) : reflection.GetEnum(message, &field)));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return absl::StrCat("(",
                          TitledWordsOf(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                                 : reflection.GetMessage(message, &field)),
                          ")");
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field);
    default: {
      std::string text;
      google::protobuf::TextFormat::PrintFieldValueToString(message, &field, repeated ? index : -1, &text);
      return text;
    }
  }
}

// Every field that is set: "invitation days 14, excluded lodging police academy". A new field needs nothing here.
std::string WordsOf(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::vector<std::string> words;
  for (const FieldDescriptor* field : set) {
    if (field->name() == "id" || field->name() == "title") continue;  // these are what it is called
    std::vector<std::string> values;
    const int count = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) values.push_back(ValueOf(message, *field, i));
    const std::string name = absl::StrReplaceAll(field->name(), {{"_", " "}});
    const bool is_flag = field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    words.push_back(is_flag ? name : absl::StrCat(name, " ", absl::StrJoin(values, " + ")));
  }
  return words.empty() ? "nothing" : absl::StrJoin(words, ", ");
}

// "SECTION_NOT_PARTICIPATING"; "" when every rule holds.
std::string ReasonsOf(const std::vector<RuleResult>& results) {
  std::vector<std::string> reasons;
  for (const RuleResult& result : results) {
    if (!result.holds()) reasons.push_back(result.reason());
  }
  return absl::StrJoin(reasons, ", ");
}

std::string TierWords(const Programme& programme) {
  if (programme.tiers().empty()) return "nobody before others";
  const applicant::v1::Member person = ThePerson();
  const int tier = applicant::TierOf(programme, absl::MakeConstSpan(&person, 1), 0);
  return absl::StrCat(programme.tiers(tier).id(), ", ", tier + 1, " of ", programme.tiers_size());
}

std::string ClearanceWords(const Programme& programme) {
  if (programme.compliance().empty()) return " nothing.\n";
  std::string list = "\n";
  for (const programme::v1::ComplianceItem& item : programme.compliance()) {
    absl::StrAppend(&list, "  - ", item.title(), ": ", WordsOf(item), ".\n");
  }
  return list;
}

// A row of the table at the beginning.
std::string RowOf(const Programme& programme) {
  const std::string reasons = ReasonsOf(AnswersToOnePerson(programme));
  const programme::v1::Funding& funding = programme.funding();
  const programme::v1::MatchingRules& matching = programme.matching();
  return absl::StrCat("| ", programme.title(), " | ", reasons.empty() ? "yes" : absl::StrCat("no: ", reasons), " | ",
                      WordsOf(*programme::v1::Funding::Model_descriptor()->FindValueByNumber(funding.model())), " | ",
                      WordsOf(*programme::v1::MatchingRules::Mode_descriptor()->FindValueByNumber(matching.mode())),
                      " |\n");
}

}  // namespace

std::vector<RuleResult> AnswersToOnePerson(const Programme& programme) {
  const applicant::v1::Member member = ThePerson();
  const applicant::v1::Wishes wishes = TheWishes();
  const applicant::v1::Declarations declarations = TheDeclarations(programme);
  return applicant::Judge(programme, {absl::MakeConstSpan(&member, 1), wishes, declarations, kReceived});
}

std::string ChapterOfOnePerson(const Programme& programme) {
  const std::vector<RuleResult> results = AnswersToOnePerson(programme);
  const std::string reasons = ReasonsOf(results);
  std::string chapter = reasons.empty() ? "Eligible.\n\n" : absl::StrCat("Not eligible: ", reasons, ".\n\n");
  chapter += "| rule | holds | what was compared | what would change the answer |\n|---|---|---|---|\n";
  for (const RuleResult& result : results) {
    absl::StrAppend(&chapter, "| ", result.rule(), " | ", result.holds() ? "yes" : "**no**", " | ",
                    result.explanation(), " | ", result.remedy(), " |\n");
  }
  return absl::StrCat(chapter, "\n- Who comes first: ", TierWords(programme),
                      ".\n- Who pays: ", WordsOf(programme.funding()),
                      ".\n- How places are found: ", WordsOf(programme.matching()),
                      ".\n- What must be cleared:", ClearanceWords(programme),
                      "- What follows the stay: ", WordsOf(programme.after_stay()), ".\n");
}

std::string OnePersonDocument(const std::vector<const Programme*>& programmes) {
  std::string document = absl::StrCat(
      "# One person, every programme\n\n"
      "Printed by `one-person-print` from the newest version of every file in `programmes/`, with the rules that "
      "applications are\n"
      "judged by; a test keeps it so. It answers \"why here and not there?\".\n\n",
      kPerson, "\n| programme | eligible | who pays | how places are found |\n|---|---|---|---|\n");
  for (const Programme* programme : programmes) document += RowOf(*programme);
  for (const Programme* programme : programmes) {
    absl::StrAppend(&document, "\n## ", programme->title(), "\n\n`", programme->name(), "`, version ",
                    programme->version(), ", of ", programme->operator_organisation(), ".\n\n",
                    ChapterOfOnePerson(*programme));
  }
  return document;
}

}  // namespace amikeco
