#include "common/base/ids.h"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace amikeco {
namespace {

template <size_t kCount>
std::array<unsigned char, kCount> RandomBytes() {
  std::array<unsigned char, kCount> bytes;
  // getrandom never fails or falls short for up to 256 bytes once the kernel is seeded.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  return bytes;
}

}  // namespace

std::string RandomIds::Next() {
  static constexpr char kAlphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string id;
  for (const unsigned char byte : RandomBytes<20>()) id.push_back(kAlphabet[byte % 32]);
  return id;
}

std::string RandomUuid() {
  auto bytes = RandomBytes<16>();
  bytes[6] = 0x40 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  std::string uuid;
  for (size_t i = 0; i < bytes.size(); ++i) {
    absl::StrAppend(&uuid, i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", absl::Hex(bytes[i], absl::kZeroPad2));
  }
  return uuid;
}

std::string CountingIds::Next() { return absl::StrFormat("%04d", ++last_); }

}  // namespace amikeco
