// Dates of birth as lists and people know them: a day, a month, a year or some years; and how far two of them agree.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_BIRTH_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_BIRTH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace amikeco::screening {

struct Birth {
  int first_year = 0;
  int last_year = 0;   // the same, unless only a span is known
  int month = 0;       // 0: not known
  int day = 0;         // 0: not known
  bool circa = false;  // the publisher says that it is about then
  friend bool operator==(const Birth&, const Birth&) = default;
};

// "1965", "1965-03-01", "1965/03/01", "01 Mar 1965", "Mar 1965", "circa 1965", "1965 to 1967", "01 Jan 1965 to 31 Dec
// 1965"; nothing for other texts and for days that there are not. A span of days is one of years.
std::optional<Birth> ParseBirth(absl::string_view text);
// "1965-03-01", "1965-03", "1965", "about 1965", "1965 to 1967".
std::string FormatBirth(const Birth& birth);

// The day is known. The first of January counts as a year alone: it is what is written when no more is known.
bool IsDay(const Birth& birth);

enum class BirthAgreement : uint8_t {
  kUnknown,  // one of them has none
  kSameDay,
  kSwapped,   // day and month are exchanged
  kSlip,      // one digit or one part of the date is another
  kSameYear,  // the year agrees, and is all that both have
  kNearYear,  // a year apart, or within a span or about
  kContradicts,
};

BirthAgreement CompareBirth(const Birth& a, const Birth& b);
// The best of all pairs.
BirthAgreement CompareBirths(const std::vector<Birth>& listed, const std::optional<Birth>& birth);

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_BIRTH_H_
