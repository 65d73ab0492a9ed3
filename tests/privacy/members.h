// Members who are registered, introduced to each other and screened: what stories do not do with personal data.
#ifndef AMIKECO_TESTS_PRIVACY_MEMBERS_H_
#define AMIKECO_TESTS_PRIVACY_MEMBERS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/base/actor.h"
#include "google/protobuf/message.h"

namespace amikeco {

// Calls "package.Service/Method" as the actor.
using Ask = std::function<absl::Status(const Actor& actor, const std::string& method,
                                       const google::protobuf::Message& request)>;

// Personal texts are missing from the requests: `ask` puts canaries there. Whatever is refused fails the test.
void PlayMembers(const Ask& ask);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_PRIVACY_MEMBERS_H_
