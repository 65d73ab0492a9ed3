// StandIn: a gRPC server with every method of the four services, each answered as the test says.
//
// The real call chain (identity, roles, field rules, error details) is in front of it; only the methods' bodies are the
// test's. A method without an answer is UNIMPLEMENTED.
#ifndef AMIKECO_TESTS_CLI_STAND_IN_H_
#define AMIKECO_TESTS_CLI_STAND_IN_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "common/rpc/server.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

class StandIn {
 public:
  StandIn();
  ~StandIn();

  int port() const { return server_.port(); }

  // What "MatchingService/GetHost" answers from now on.
  template <typename Request, typename Response>
  void On(const std::string& method, std::function<absl::StatusOr<Response>(const Request&)> answer) {
    Set(method,
        [answer = std::move(answer)](const google::protobuf::Message& request, std::string& bytes) -> absl::Status {
          absl::StatusOr<Response> response = answer(static_cast<const Request&>(request));
          if (response.ok()) response->SerializeToString(&bytes);
          return response.status();
        });
  }
  template <typename Response>
  void Answer(const std::string& method, const Response& response) {
    On<google::protobuf::Message, Response>(method, [response](const google::protobuf::Message&) { return response; });
  }
  void Refuse(const std::string& method, const absl::Status& status) {
    Set(method, [status](const google::protobuf::Message&, std::string&) { return status; });
  }

  // The requests so far, oldest first, as textproto on one line behind the method's name.
  std::vector<std::string> requests();
  // Who made the last one: "subject organisation ROLE,ROLE".
  std::string caller();

 private:
  using Body = std::function<absl::Status(const google::protobuf::Message& request, std::string& response)>;
  void Set(const std::string& method, Body body);
  void Bind(const google::protobuf::ServiceDescriptor& service);

  SystemClock clock_;
  Process process_;
  Server server_;
  absl::Mutex mutex_;
  std::map<std::string, Body> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> requests_ ABSL_GUARDED_BY(mutex_);
  std::string caller_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco::cli

#endif  // AMIKECO_TESTS_CLI_STAND_IN_H_
