// What fuzzers have in common. Each is a file with one function, Try, that reads an input as the product would, and
// requires what must be true of anything that is read.
#ifndef AMIKECO_TESTS_FUZZ_FUZZ_H_
#define AMIKECO_TESTS_FUZZ_FUZZ_H_

#include <array>
#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace amikeco::fuzz {

// Ends when `input` was read, whatever it is.
void Try(absl::string_view input);

// Ends the process, saying which property does not hold: that is how libFuzzer hears of it.
void Require(bool holds, absl::string_view property);

// A refusal is told with its code and a sentence.
void RequireRefusal(const absl::Status& status, absl::StatusCode code = absl::StatusCode::kInvalidArgument);

// Each line of a refusal begins with the file, "input", and one of its lines.
void RequireLines(const absl::Status& status, absl::string_view input);

// The path of a file in memory that holds `text`, until the next call.
std::string FileWith(absl::string_view text);

// Some inputs have several parts, with a form feed between them. The last has the rest; those that are missing are
// empty.
template <size_t kParts>
std::array<absl::string_view, kParts> Parts(absl::string_view input) {
  std::array<absl::string_view, kParts> parts;
  for (size_t i = 0; i < kParts; ++i) {
    const size_t end = i + 1 < kParts ? input.find('\f') : input.npos;
    parts[i] = input.substr(0, end);
    input = end == input.npos ? absl::string_view() : input.substr(end + 1);
  }
  return parts;
}

}  // namespace amikeco::fuzz

#endif  // AMIKECO_TESTS_FUZZ_FUZZ_H_
