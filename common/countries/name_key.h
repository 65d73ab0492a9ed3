// Keys of names: spellings that differ in nothing that tells places apart have the same key.
//
// Left out are case, accents, width, punctuation and spaces ("CÔTE D’IVOIRE", "Cote d'Ivoire"), the words "the", "of",
// "and" and "former"; written out are "St.", "Rep.", "Dem." and "Is.". Vowel signs of scripts that write vowels as
// marks are kept.
#ifndef AMIKECO_COMMON_COUNTRIES_NAME_KEY_H_
#define AMIKECO_COMMON_COUNTRIES_NAME_KEY_H_

#include <string>

#include "absl/strings/string_view.h"

namespace amikeco {

// "" when `name` has no letter that counts. What is not UTF-8 becomes U+FFFD, which no name in a file has.
std::string NameKey(absl::string_view name);

// The key of a name that lists turn round, "Korea, Republic of" or "Virgin Islands (U.S.)", the right way round; ""
// when there is nothing to turn.
std::string TurnedNameKey(absl::string_view name);

// `text` as an error's sentence may repeat it: UTF-8 without control characters, at most 80 characters.
std::string Printable(absl::string_view text);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_COUNTRIES_NAME_KEY_H_
