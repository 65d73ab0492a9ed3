#include <cmath>

#include "services/compliance/screening/names.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

using screening::Kind;

screening::Rarity SomeRarity() {
  screening::Rarity rarity;
  for (const char* name : {"Maria Garcia", "Maria Lopez", "Ali Hassan", "Иван Петров", "Smith Trading Ltd"}) {
    rarity.Count(name);
  }
  return rarity;
}

void RequireName(const screening::Name& name) {
  Require(name.tokens.size() <= screening::kMaxTokens, "as many words as are read");
  for (const auto& token : name.tokens) {
    Require(!token.latin.empty(), "a word has Latin letters");
    Require(token.latin.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos, "a-z and 0-9");
    Require(token.weight >= 0 && token.weight <= 1, "a weight is 0 to 1");
  }
}

}  // namespace

void Try(absl::string_view input) {
  static const auto& rarity = *new screening::Rarity(SomeRarity());
  const auto [first, second] = Parts<2>(input);
  for (const Kind kind : {Kind::kPerson, Kind::kOrganisation}) {
    const screening::Name a = screening::ReadName(first, kind, rarity);
    const screening::Name b = screening::ReadName(second, kind, rarity);
    RequireName(a);
    RequireName(b);
    const screening::Comparison there = screening::CompareNames(a, b);
    const screening::Comparison back = screening::CompareNames(b, a);
    Require(there.score >= 0 && there.score <= 1, "a score is 0 to 1");
    Require(std::abs(there.score - back.score) < 1e-9, "the score is the same for both orders");
    for (const auto& reason : there.reasons) Require(reason.likeness >= 0 && reason.likeness <= 1, "a likeness");
  }
}
}  // namespace amikeco::fuzz
