// History: what a chaos run did and what it found afterwards, one JSON object a line; amikeco-check-history judges it.
//
// Thread safe, and several processes may append to one file. A line is whole once its method returns, also when the
// process is killed in the next moment.
#ifndef AMIKECO_TESTS_CHAOS_HISTORY_H_
#define AMIKECO_TESTS_CHAOS_HISTORY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "nlohmann/json.hpp"

namespace amikeco::chaos {

// A fact as it was found in a service's database when the run was over.
struct FoundFact {
  std::string service;
  int64_t number = 0;  // publish number; 0: it has none
  std::string event;   // id
  std::string subject;
  int64_t version = 0;  // of the subject
  std::string marker;   // that of the command that stated it; "" when no command did
  std::string cause;    // id of the event that it follows from; "" for none
};

class History {
 public:
  // Appends to the file; made when it is not there. Ends the program when it cannot be written.
  explicit History(const std::string& path);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  // A command is about to be sent. Its fact will carry `marker`, which no other command has.
  void Call(absl::string_view id, absl::string_view subject, absl::string_view marker);
  // It was answered OK: the subject was then at `version` (0: the answer does not say). `answer` is all of it, or a
  // hash.
  void Acknowledged(absl::string_view id, int64_t version, absl::string_view answer);
  // It was refused, so it must have had no effect.
  void Refused(absl::string_view id, const absl::Status& status);

  void Fact(const FoundFact& fact);
  // What `group` did about a fact of another service, in the order in which it was done.
  void Effect(absl::string_view group, absl::string_view cause);
  // `group` must have had one effect of every fact of `service`.
  void Follows(absl::string_view group, absl::string_view service);
  // Whether a record is what folding its facts gives.
  void Record(absl::string_view name, bool same);
  // No line is written any more; whoever wants to waits for ever. To be called before the process ends by its own hand:
  // a write that is interrupted leaves half a line.
  void Close() { mutex_.Lock(); }

  const std::string& path() const { return path_; }

 private:
  void Write(const nlohmann::json& line);

  const std::string path_;
  const int file_;
  absl::Mutex mutex_;
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_HISTORY_H_
