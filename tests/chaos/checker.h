// Checker: reads the history of a chaos run and says what was acknowledged and lost, done twice, out of order for its
// subject, or wrong against the fold of its facts. Knows nothing of the product but what history.h says.
#ifndef AMIKECO_TESTS_CHAOS_CHECKER_H_
#define AMIKECO_TESTS_CHAOS_CHECKER_H_

#include <cstdint>
#include <istream>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace amikeco::chaos {

// Not thread safe.
class Checker {
 public:
  // The lines of a history, in their order. A line that cannot be read is a fault (UNREADABLE).
  void Read(std::istream& lines);
  // Once, behind the last line: every fault in words, the kind first:
  //   LOST          an acknowledged command is not among the facts, or not where its answer said
  //   TWICE         a command in two facts, an effect that a group had twice, two different answers to one request_id
  //   REFUSED       a command that was refused is among the facts
  //   MISSING       a group never had the effect of a fact that it follows
  //   OUT_OF_ORDER  effects of one subject in another order than its facts; versions or numbers with a gap
  //   WRONG         a record that is not the fold of its facts
  std::vector<std::string> Finish();
  // "12 lines: 3 calls, 3 acknowledged, 6 facts, 3 effects".
  std::string Summary() const;

 private:
  struct Command {
    std::string subject;
    std::string marker;
    bool acknowledged = false;
    bool refused = false;
    int64_t version = 0;
    std::string answer;
  };
  struct Fact {
    std::string service;
    std::string subject;
    int64_t version = 0;
  };
  using Json = nlohmann::json;

  void ReadLine(const Json& line);
  void ReadAcknowledged(const Json& line);
  void ReadFact(const Json& line);
  void Fault(absl::string_view kind, absl::string_view what);
  void CheckCommands();
  void CheckCommand(const std::string& id, const Command& command);
  void CheckFacts();
  void CheckEffects();

  int64_t lines_ = 0;
  int64_t acknowledged_ = 0;
  int64_t effects_ = 0;
  std::unordered_map<std::string, Command> commands_;
  std::unordered_map<std::string, Fact> facts_;                                   // by event id
  std::unordered_map<std::string, std::vector<std::string>> marked_;              // event ids by marker
  std::map<std::pair<std::string, std::string>, std::vector<int64_t>> versions_;  // by service and subject
  std::map<std::string, std::vector<int64_t>> numbers_;                           // by service
  std::map<std::string, std::vector<std::string>> causes_;                        // by group, in order
  std::set<std::pair<std::string, std::string>> follows_;                         // group and service
  std::vector<std::string> faults_;
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_CHECKER_H_
