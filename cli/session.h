// Session: calls the services of one command, as the settings say.
#ifndef AMIKECO_CLI_SESSION_H_
#define AMIKECO_CLI_SESSION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/settings.h"
#include "common/rpc/client.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

// One target: "applicant", or "target" when it was given by address alone.
struct Service {
  std::string name;
  std::string address;
};

// The services a command of every service asks: those of --service, or all.
absl::StatusOr<std::vector<Service>> ServicesOf(const Settings& settings);
// The service that has `method`.
absl::StatusOr<Service> ServiceFor(const Settings& settings, const google::protobuf::MethodDescriptor& method);

class Session {
 public:
  // INVALID_ARGUMENT when a role, a time or a file in the settings is wrong.
  static absl::StatusOr<std::unique_ptr<Session>> Open(const Settings& settings, const Service& service);

  // Sets the request's request_id, if it has one, and calls. UNAVAILABLE is tried three times, with the same
  // request_id.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(const google::protobuf::MethodDescriptor& method,
                                                                  google::protobuf::Message& request);
  // One try, of serialized messages.
  absl::StatusOr<std::string> CallRaw(absl::string_view method, const std::string& request);
  // What the last Call sent; "" when the method has none.
  const std::string& request_id() const { return request_id_; }

 private:
  Session(const config::v1::PeerConfig& peer, Credentials credentials, absl::Duration timeout, const Settings& settings)
      : channel_(peer, std::move(credentials)), timeout_(timeout), settings_(settings) {}
  absl::StatusOr<std::string> TryThrice(absl::string_view method, const std::string& request);

  Channel channel_;
  const absl::Duration timeout_;
  const Settings& settings_;
  Service service_;
  std::string request_id_;
};

// Of this program's last call, for errors.
const std::string& LastRequestId();

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_SESSION_H_
