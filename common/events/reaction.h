// What a service does about a fact of another service, and about the passing of time.
#ifndef AMIKECO_COMMON_EVENTS_REACTION_H_
#define AMIKECO_COMMON_EVENTS_REACTION_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "amikeco/event/v1/event.pb.h"
#include "common/events/execute.h"
#include "common/store/store.h"

namespace amikeco {

// Runs inside the transaction that also marks the event as handled, so its effect happens exactly once; may run more
// than once until then. `origin` stamps the facts that follow: the system as actor, the event as cause. An event of a
// type that the service does not act on: OK, at once. FAILED_PRECONDITION or NOT_FOUND: the fact is stale; it is
// acknowledged and counted. ABORTED, UNAVAILABLE, DEADLINE_EXCEEDED: tried again, in order. Anything else: our bug;
// parked after 8 tries with its reason, and the subject's later facts wait behind it. The same when the process ends,
// or hangs, 5 times while it tries the fact alone.
using Reaction = std::function<absl::Status(Transaction& tx, const event::v1::Event& event, const Origin& origin)>;

// When the case was over that a document of the dossier of `owner` belongs to (its entry's name says which); none: it
// is not over, or there is none. The schedule of personal documents asks.
using CaseEnd = std::function<absl::StatusOr<std::optional<absl::Time>>(Reader& reader, const std::string& owner,
                                                                        const std::string& entry)>;

// Whose facts a service follows.
struct Reactions {
  std::vector<std::string> sources;  // "applicant", "matching"
  Reaction react;
  CaseEnd case_end = nullptr;  // null: no document of the service belongs to a case
};

// Time's door. A service names what is due and acts on it, one record at a time.
class Timed {
 public:
  virtual ~Timed() = default;
  // Names of records with something due at or before `now`, at most `limit`, earliest first.
  virtual absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) = 0;
  // Does what is due for one record; nothing when it no longer is.
  virtual absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REACTION_H_
