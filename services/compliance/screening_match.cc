#include "services/compliance/screening_match.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/hash.h"
#include "common/base/status.h"
#include "common/store/parts.h"

namespace amikeco::compliance {
namespace {

using screening::BirthAgreement;
using screening::CountryAgreement;

v1::BirthMatch BirthOf(BirthAgreement agreement) {
  switch (agreement) {
    case BirthAgreement::kUnknown:
      return v1::BIRTH_MATCH_UNSPECIFIED;
    case BirthAgreement::kSameDay:
      return v1::BIRTH_MATCH_SAME_DAY;
    case BirthAgreement::kSwapped:
      return v1::BIRTH_MATCH_SWAPPED;
    case BirthAgreement::kSlip:
      return v1::BIRTH_MATCH_SLIP;
    case BirthAgreement::kSameYear:
      return v1::BIRTH_MATCH_SAME_YEAR;
    case BirthAgreement::kNearYear:
      return v1::BIRTH_MATCH_NEAR_YEAR;
    case BirthAgreement::kContradicts:
      return v1::BIRTH_MATCH_CONTRADICTS;
  }
  return v1::BIRTH_MATCH_UNSPECIFIED;
}

v1::CountryMatch CountryOf(CountryAgreement agreement) {
  switch (agreement) {
    case CountryAgreement::kUnknown:
      return v1::COUNTRY_MATCH_UNSPECIFIED;
    case CountryAgreement::kSame:
      return v1::COUNTRY_MATCH_SAME;
    case CountryAgreement::kContradicts:
      return v1::COUNTRY_MATCH_CONTRADICTS;
  }
  return v1::COUNTRY_MATCH_UNSPECIFIED;
}

v1::NameComparison::Agreement AgreementOf(screening::Agreement agreement) {
  using From = screening::Agreement;
  using To = v1::NameComparison;
  switch (agreement) {
    case From::kSame:
      return To::AGREEMENT_SAME;
    case From::kSound:
      return To::AGREEMENT_SOUND;
    case From::kSpelling:
      return To::AGREEMENT_SPELLING;
    case From::kForm:
      return To::AGREEMENT_FORM;
    case From::kInitial:
      return To::AGREEMENT_INITIAL;
    case From::kJoined:
      return To::AGREEMENT_JOINED;
    case From::kOtherScript:
      return To::AGREEMENT_OTHER_SCRIPT;
    case From::kAcronym:
      return To::AGREEMENT_ACRONYM;
    case From::kDifferent:
      return To::AGREEMENT_DIFFERENT;
    case From::kMissing:
      return To::AGREEMENT_MISSING;
  }
  return To::AGREEMENT_UNSPECIFIED;
}

// Some publishers give no ids, and what stands for one names the person.
std::string IdOf(const screening::Entry& entry) {
  const bool plain = std::all_of(entry.id.begin(), entry.id.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '/' || c == '.';
  });
  return plain ? entry.id : absl::BytesToHexString(Sha256(entry.id).substr(0, 8));
}

absl::string_view Spoken(BirthAgreement agreement) {
  switch (agreement) {
    case BirthAgreement::kUnknown:
      return "a date of birth is missing";
    case BirthAgreement::kSameDay:
      return "the date of birth is the same";
    case BirthAgreement::kSwapped:
      return "day and month of birth are exchanged";
    case BirthAgreement::kSlip:
      return "the dates of birth are a slip apart";
    case BirthAgreement::kSameYear:
      return "the year of birth is the same";
    case BirthAgreement::kNearYear:
      return "the years of birth are near";
    case BirthAgreement::kContradicts:
      return "the dates of birth contradict";
  }
  return "";
}

std::string Summary(const screening::Hit& hit) {
  std::string text = absl::StrFormat("“%s” is like “%s” (%.0f of 100 by the names); %s", hit.own_name, hit.listed_name,
                                     100 * hit.names.score, Spoken(hit.birth));
  if (hit.country == CountryAgreement::kSame) absl::StrAppend(&text, "; a country is the same");
  if (hit.country == CountryAgreement::kContradicts) absl::StrAppend(&text, "; the countries contradict");
  if (hit.place_agrees) absl::StrAppend(&text, "; a place is the same");
  if (!hit.confirming.empty()) absl::StrAppend(&text, "; weak aliases confirm it");
  return absl::StrCat(text, ".");
}

}  // namespace

absl::StatusOr<screening::Subject> SubjectOf(const v1::Particulars& particulars) {
  screening::Subject subject;
  FieldErrors wrong;
  for (int i = 0; i < particulars.names_size(); ++i) {
    const std::string& name = particulars.names(i);
    if (!screening::ReadName(name, screening::Kind::kPerson, screening::Rarity()).IsTold()) {
      wrong.Add(absl::StrCat("particulars.names[", i, "]"), "has no word that can be read; write it with letters");
    }
    subject.names.push_back(name);
  }
  if (!particulars.birth().empty()) {
    subject.birth = screening::ParseBirth(particulars.birth());
    if (!subject.birth) wrong.Add("particulars.birth", "must be a date or a part of one, as in 1965-03-01 or 1965");
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  subject.nationalities.assign(particulars.nationalities().begin(), particulars.nationalities().end());
  subject.place = particulars.place();
  return subject;
}

v1::MatchOutcome OutcomeOf(screening::Outcome outcome) {
  switch (outcome) {
    case screening::Outcome::kClear:
      return v1::MATCH_OUTCOME_CLEAR;
    case screening::Outcome::kConsider:
      return v1::MATCH_OUTCOME_CONSIDER;
    case screening::Outcome::kBlock:
      return v1::MATCH_OUTCOME_BLOCK;
  }
  return v1::MATCH_OUTCOME_UNSPECIFIED;
}

std::string HashOf(const screening::Entry& entry) {
  std::string text;
  const auto add = [&](absl::string_view part) { AppendPart(text, part); };
  add(absl::StrCat(static_cast<int>(entry.kind)));
  for (const auto& name : entry.names) add(absl::StrCat("n", static_cast<int>(name.quality), name.text));
  for (const auto& birth : entry.births) add(absl::StrCat("b", screening::FormatBirth(birth)));
  for (const auto& nationality : entry.nationalities) add(absl::StrCat("c", nationality));
  for (const auto& place : entry.places) add(absl::StrCat("p", place));
  return absl::BytesToHexString(Sha256(text));
}

v1::Match MatchOf(const screening::Screener& screener, const screening::Hit& hit) {
  const screening::Entry& entry = screener.entries()[hit.entry];
  v1::Match match;
  match.set_list(entry.list);
  match.set_entry(IdOf(entry));
  match.set_entry_hash(HashOf(entry));
  match.set_score(hit.score);
  match.set_outcome(OutcomeOf(hit.outcome));
  match.set_birth(BirthOf(hit.birth));
  match.set_country(CountryOf(hit.country));
  match.set_place_agrees(hit.place_agrees);
  match.set_confirming_aliases(static_cast<int>(hit.confirming.size()));
  return match;
}

v1::NameComparison ComparisonOf(const screening::Comparison& comparison) {
  v1::NameComparison answer;
  answer.set_score(comparison.score);
  for (const screening::Reason& reason : comparison.reasons) {
    auto& one = *answer.add_reasons();
    one.set_first(reason.first);
    one.set_second(reason.second);
    one.set_agreement(AgreementOf(reason.agreement));
    one.set_likeness(reason.likeness);
    one.set_weight(reason.weight);
  }
  answer.set_fathers_contradict(comparison.fathers_contradict);
  return answer;
}

v1::Explanation ExplanationOf(const screening::Screener& screener, const screening::Hit& hit) {
  const screening::Entry& entry = screener.entries()[hit.entry];
  v1::Explanation explanation;
  explanation.set_own_name(hit.own_name);
  explanation.set_listed_name(hit.listed_name);
  *explanation.mutable_names() = ComparisonOf(hit.names);
  explanation.mutable_confirming()->Add(hit.confirming.begin(), hit.confirming.end());
  for (const auto& birth : entry.births) explanation.add_births(screening::FormatBirth(birth));
  explanation.mutable_nationalities()->Add(entry.nationalities.begin(), entry.nationalities.end());
  explanation.mutable_places()->Add(entry.places.begin(), entry.places.end());
  explanation.set_summary(Summary(hit));
  return explanation;
}

}  // namespace amikeco::compliance
