// The store: records with versions and keys, the facts about them, and what makes retries harmless, committed
// together.
//
// Two implementations pass one suite (store_conformance_test.cc): SqliteStore (embedded) and PostgresStore
// (shared). Codes: ABORTED a lost race, that was tried again 10 times; UNAVAILABLE the database is away or
// full; DATA_LOSS what was read does not parse; DEADLINE_EXCEEDED. Every method may be called from any
// thread.
#ifndef AMIKECO_COMMON_STORE_STORE_H_
#define AMIKECO_COMMON_STORE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace amikeco {

struct StoredRecord {
  std::string kind;
  std::string id;
  int64_t version = 0;  // number of facts folded into it; 0: does not exist yet
  std::string body;     // serialized message
};

// A way to find a record. (kind, name, value) is unique over all records when `unique`.
struct Key {
  std::string name;
  std::string value;
  bool unique = false;
};

// Where a scan stands in the order of (value, id), which is the order of bytes.
struct Position {
  std::string value;
  std::string id;
};

struct ScanRange {
  std::string kind;
  std::string key;                // name of the key
  std::string from;               // least value, included
  std::string below;              // first value that is too large; "" for no bound
  std::optional<Position> after;  // continue behind this entry
  int limit = 100;
};

struct StoredEvent {
  int64_t number = 0;  // publish number; 0 until the relay gave it one
  std::string id;
  std::string subject;
  int64_t subject_version = 0;
  std::string body;       // serialized event.v1.Event
  std::string link = {};  // in the audit chain (common/base/chain.h); "" until it has a number
};

struct StoredRequest {
  std::string actor;
  std::string request_id;
  std::string method;
  std::string fingerprint;  // hash of the payload
  std::string response;
  absl::Time expires_at;
};

// One consistent snapshot.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual absl::StatusOr<std::optional<StoredRecord>> Get(absl::string_view kind, absl::string_view id) = 0;
  // The entries of the key in (value, id) order, with the records they belong to.
  virtual absl::StatusOr<std::vector<std::pair<Position, StoredRecord>>> Scan(const ScanRange& range) = 0;
  // The subject's facts with subject_version > `after`, in order.
  virtual absl::StatusOr<std::vector<StoredEvent>> History(absl::string_view subject, int64_t after, int limit) = 0;
  // Published facts with number > `after`, in order.
  virtual absl::StatusOr<std::vector<StoredEvent>> EventsAfter(int64_t number, int limit) = 0;
  // The published fact with the highest number; none when there is none yet.
  virtual absl::StatusOr<std::optional<StoredEvent>> LastEvent() = 0;
  // Committed facts without a number, in the order in which NumberEvents will number them.
  virtual absl::StatusOr<std::vector<StoredEvent>> UnnumberedEvents(int limit) = 0;
};

// A Reader that also writes. Nothing is visible to others before the transaction commits. An error of any method dooms
// the transaction: nothing of it is kept, whatever the body makes of the error. A write that lost a race may return OK;
// the commit then notices, and the body runs again.
//
// What a body only reads may be changed by others before it commits: an invariant lives inside one record, which every
// transaction that relies on it puts.
class Transaction : public Reader {
 public:
  // Writes `record` with exactly these keys. `expected` is the stored version, 0 to insert. ABORTED when
  // another version is stored; ALREADY_EXISTS when a unique key's value belongs to another record.
  virtual absl::Status Put(const StoredRecord& record, int64_t expected, absl::Span<const Key> keys) = 0;
  // Removes the record and its keys; ABORTED when another version is stored. Its facts stay.
  virtual absl::Status Erase(absl::string_view kind, absl::string_view id, int64_t expected) = 0;
  // Adds a fact; ABORTED when the subject already has one of this version.
  virtual absl::Status Append(const StoredEvent& event) = 0;
  // False when `consumer` has handled the event before.
  virtual absl::StatusOr<bool> MarkHandled(absl::string_view consumer, absl::string_view event_id) = 0;
  virtual absl::StatusOr<std::optional<StoredRequest>> FindRequest(absl::string_view actor,
                                                                   absl::string_view request_id) = 0;
  // ABORTED when (actor, request_id) is there already.
  virtual absl::Status SaveRequest(const StoredRequest& request) = 0;
  // Gives up to `limit` committed facts without a number the next numbers, in an order that keeps every
  // subject's own, links them to the audit chain, and returns them. For the relay alone: one runs per database.
  virtual absl::StatusOr<std::vector<StoredEvent>> NumberEvents(int limit) = 0;
  // Forgets requests that expired before `now`, and inbox rows that are older than 30 days; at most `limit`
  // of each.
  virtual absl::Status Sweep(absl::Time now, int limit) = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // Runs `body` in one transaction and commits when it returns OK; any other status rolls back and is
  // returned. The body MAY RUN MORE THAN ONCE (when it, or the commit, loses a race) and so must not change
  // anything outside `tx`. It must not call the store again. An exception that it throws rolls back and is INTERNAL.
  // When Write returns OK the changes are on disk.
  virtual absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) = 0;
  // Runs `body` on a snapshot. May run while writes run.
  virtual absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) = 0;

  // Holds the named lock for as long as the returned object lives; null when another process (or another
  // holder in this one) has it. Lost when the database connection is: `StillHeld` says.
  class Lock {
   public:
    virtual ~Lock() = default;
    virtual bool StillHeld() = 0;
  };
  virtual absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) = 0;

  // OK when the database answers, has the schema that this program needs, and takes writes. For readiness.
  virtual absl::Status Check() = 0;

  // `wake` is called, from any thread, after each commit that appended facts. Set once, before the first
  // write.
  virtual void OnEvents(std::function<void()> wake) = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_STORE_H_
