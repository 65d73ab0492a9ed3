// Consultations: who was told personal data, kept before the answer leaves.
#ifndef AMIKECO_COMMON_RPC_CONSULTED_H_
#define AMIKECO_COMMON_RPC_CONSULTED_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "common/base/readings.h"
#include "common/rpc/call.h"
#include "google/protobuf/message.h"

namespace amikeco {

// Asked by the call chain about methods whose answer may hold a field that is marked `personal`. Thread safe.
class Consultations {
 public:
  virtual ~Consultations() = default;
  // INVALID_ARGUMENT (PURPOSE_REQUIRED, UNKNOWN_PURPOSE) when the caller must say what for, or says what nobody knows.
  virtual absl::Status Permit(const Call& call, const std::string& purpose) = 0;
  // Keeps that the caller is told these documents. OK: it is on disk. Anything else: the answer does not leave.
  virtual absl::Status Keep(const Call& call, const std::string& purpose, const std::set<Reading>& readings) = 0;
};

// Finds personal fields in messages of one type, by their options.
class PersonalFields {
 public:
  explicit PersonalFields(const google::protobuf::Descriptor* type);
  // Whether a message of the type may hold one.
  bool any() const { return !concerned_.empty(); }
  // Whether one is set in the message, which is of the type.
  bool In(const google::protobuf::Message& message) const;

 private:
  // Types in which there is one, at whatever depth.
  std::set<const google::protobuf::Descriptor*> concerned_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_CONSULTED_H_
