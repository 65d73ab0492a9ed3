// Fresh identifiers.
#ifndef AMIKECO_COMMON_BASE_IDS_H_
#define AMIKECO_COMMON_BASE_IDS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace amikeco {

// Thread safe. Ids are lower-case letters and digits, unguessable in production, and never used again.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual std::string Next() = 0;
};

// 20 characters of Crockford's base32 (100 bits) from the operating system's random source.
class RandomIds final : public IdSource {
 public:
  std::string Next() override;
};

// A version 4 UUID (RFC 4122) from the same source, for request ids.
std::string RandomUuid();

// "0001", "0002"…: for tests and golden traces. Not thread safe.
class CountingIds final : public IdSource {
 public:
  std::string Next() override;

 private:
  int64_t last_ = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_IDS_H_
