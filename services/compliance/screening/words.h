// What words do in a name: which are the name itself, and which only stand beside it. Words are in plain Latin letters.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORDS_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORDS_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace amikeco::screening {

enum class Role : uint8_t {
  kName,       // tells people or organisations apart
  kInitial,    // one letter that stands for a name
  kParticle,   // de, von, al: many leave it out
  kSonOf,      // bin, ben, ibn: the word after it is the father's
  kTitle,      // Dr, Sheikh, Jr
  kLegalForm,  // Ltd, JSC; `latin` is the form's common spelling
  kGeneric,    // of organisations: company, international, trading
};

// A word of a person's name.
Role RoleInPerson(absl::string_view word);
// A word of an organisation's name.
Role RoleInOrganisation(absl::string_view word);

// The common spelling of the legal form that the `count` words, joined by spaces, are; "" when they are none: "joint
// stock company" and "ao" are "jsc".
absl::string_view LegalForm(absl::string_view words);
inline constexpr size_t kMaxLegalFormWords = 5;

// `word` of an organisation's name, written out: "corp" is "corporation".
absl::string_view WrittenOut(absl::string_view word);

// They are forms of one given name: "ted" and "theodore". Not for those that sound alike anyway.
bool AreForms(absl::string_view a, absl::string_view b);

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORDS_H_
