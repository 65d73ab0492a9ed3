#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace amikeco::fuzz {

void Require(bool holds, absl::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "Does not hold: %.*s\n", static_cast<int>(property.size()), property.data());
  std::abort();
}

void RequireRefusal(const absl::Status& status, absl::StatusCode code) {
  Require(status.code() == code, absl::StrCat("refused as ", absl::StatusCodeToString(code), ": ", status.ToString()));
  Require(!status.message().empty(), "a refusal says why");
}

void RequireLines(const absl::Status& status, absl::string_view input) {
  RequireRefusal(status);
  const auto lines = 1 + std::count(input.begin(), input.end(), '\n');
  absl::string_view first = absl::StripPrefix(status.message(), "input:");
  int line = 0;
  Require(first.size() < status.message().size() && absl::SimpleAtoi(first.substr(0, first.find(':')), &line) &&
              line >= 1 && line <= lines,
          absl::StrCat("a refusal begins with the line that is wrong: ", status.message()));
}

std::string FileWith(absl::string_view text) {
  static const int file = memfd_create("input", 0);
  Require(ftruncate(file, 0) == 0 && pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
          "the file is written");
  return absl::StrCat("/proc/self/fd/", file);
}

}  // namespace amikeco::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  amikeco::fuzz::Try(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
