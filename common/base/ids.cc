#include "common/base/ids.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "absl/strings/str_format.h"

namespace amikeco {

std::string RandomIds::Next() {
  static constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::array<unsigned char, 20> bytes;
  // getrandom never fails or falls short for up to 256 bytes once the kernel is seeded.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  std::string id;
  for (const unsigned char byte : bytes) id.push_back(kAlphabet[byte % 32]);
  return id;
}

std::string CountingIds::Next() { return absl::StrFormat("%04d", ++last_); }

}  // namespace amikeco
