// Load: clients that send commands of several services over gRPC until they are told to stop, and note each in a
// history.
//
// Each client sends some dozens of commands a second, so that there is something to disturb and the machine is not
// full. A command without an answer is sent again with its request_id; one in five is sent again although it was
// answered.
#ifndef AMIKECO_TESTS_CHAOS_LOAD_H_
#define AMIKECO_TESTS_CHAOS_LOAD_H_

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "demo/stage.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/history.h"

namespace amikeco::chaos {

// The fact that is the subject's `version`th, as commands and found facts are matched by it.
std::string MarkerOf(absl::string_view subject, int64_t version);

// All of an answer, short and printable.
std::string DigestOf(const google::protobuf::Message& answer);

class Load {
 public:
  // `targets` and `service_config` as for demo::Stage. `name` begins all names that are made.
  Load(const std::map<demo::Service, std::string>& targets, std::string name, int clients, uint64_t seed,
       History& history, const std::string& service_config = "");
  // Stops when it was not.
  ~Load();

  // Waits until every client has come to the end of its story.
  void Stop();
  // What went wrong other than by being away; "" when nothing did.
  std::string problem() const;
  int64_t answered() const { return answered_; }
  int retries() const { return stage_.retries(); }

 private:
  void Run(int client);
  void TellAHostsStory(const std::string& id);
  void TellAnOfficersStory(const std::string& id);
  void LookAround();
  template <typename Response, typename Request>
  bool Command(demo::Service service, const char* method, const Actor& actor, Request request,
               const std::string& subject, int64_t version);
  void Note(absl::string_view what, const absl::Status& status);

  demo::Stage stage_;
  const std::string name_;
  Dice dice_;
  History& history_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> answered_{0};
  mutable absl::Mutex mutex_;
  std::string problem_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> clients_;
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_LOAD_H_
