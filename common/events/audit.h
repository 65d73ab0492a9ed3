// Audit: checks a service's chain of facts (docs/adr/0005-audit-chain.md).
//
// Pure: needs the facts as they are kept and nothing else, so whoever can read them can check them without trusting the
// service. Not thread safe.
#ifndef AMIKECO_COMMON_EVENTS_AUDIT_H_
#define AMIKECO_COMMON_EVENTS_AUDIT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/store/store.h"

namespace amikeco {

// The end of a chain at some time, kept elsewhere.
struct AuditHead {
  int64_t number = 0;
  std::string link;
};

struct AuditFault {
  enum class Kind {
    kFlipped,      // the fact or its link is not what it was
    kRemoved,      // facts with these numbers are missing
    kSwapped,      // what stands at `number` belongs at `belongs_at`
    kMislabelled,  // the fact is whole, but is filed under another id, subject or version than its own
    kUnlinked,     // there is no link
    kRepeated,     // the number is there twice
    kTruncated,    // the chain ends before the head that was exported
    kRewritten,    // the chain is whole but not the one whose head was exported
  };
  Kind kind;
  int64_t number = 0;   // where; the first of several
  int64_t last = 0;     // the last of several
  std::string id = {};  // of the event that stands there; "" when none does
  int64_t belongs_at = 0;
};

// "FLIPPED", for people and programs.
const char* NameOf(AuditFault::Kind kind);
// What it means, in one sentence.
std::string Describe(const AuditFault& fault);

class Audit {
 public:
  // Faults reported singly; more are only counted.
  static constexpr size_t kMostFaults = 1000;

  explicit Audit(std::optional<AuditHead> head = std::nullopt) : head_(std::move(head)) {}

  // The facts in the order of their numbers, from the first one on.
  void Add(const StoredEvent& event);
  // Once, behind the last one: all faults by number.
  std::vector<AuditFault> Finish();

  int64_t checked() const { return checked_; }
  // Of all that was added.
  AuditHead end() const { return {last_, last_link_}; }
  // Also those beyond kMostFaults. Behind Finish.
  int64_t fault_count() const { return fault_count_; }

 private:
  // A fact that does not follow from the one before; what it is shows when all have been seen.
  struct Suspect {
    StoredEvent event;
    std::vector<std::string> previous;  // what the link before may have been; empty behind a gap
    bool intact = false;
    int64_t belongs_at = 0;
    bool proved_wrong = false;
    bool wrong() const { return !intact && (belongs_at != 0 || proved_wrong); }
  };
  struct Gap {
    int64_t first;
    int64_t last;
    std::vector<std::string> previous;
  };
  using Links = std::vector<std::string>;

  void Report(AuditFault fault);
  bool CheckLink(const StoredEvent& event);
  bool Suspected(const StoredEvent& event);
  void CheckHead();
  // Finds the places of what was moved, and with it what is intact.
  void Resolve();
  std::map<int64_t, Suspect*> Slots();
  Links ResolveSlot(int64_t number, Suspect* self, const Links& previous);
  void ReportSuspects();

  const std::optional<AuditHead> head_;
  int64_t checked_ = 0;
  int64_t last_ = 0;
  std::string last_link_;
  std::string head_link_;
  Links previous_;  // filled by the first fact
  std::vector<Gap> gaps_;
  std::vector<Suspect> suspects_;
  std::vector<AuditFault> mislabelled_;
  std::vector<AuditFault> faults_;
  int64_t fault_count_ = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_AUDIT_H_
