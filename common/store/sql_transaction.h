// SqlTransaction: the store's transaction in SQL, the same for both databases.
#ifndef AMIKECO_COMMON_STORE_SQL_TRANSACTION_H_
#define AMIKECO_COMMON_STORE_SQL_TRANSACTION_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/store/sql_connection.h"
#include "common/store/store.h"

namespace amikeco {

// Relies on the connection showing one snapshot: a version that was read here stays what it was, unless a
// change of it fails as a lost race. So compare-and-set needs no answer from the database, and changes can be
// queued.
class SqlTransaction final : public Transaction {
 public:
  explicit SqlTransaction(SqlConnection& connection) : sql_(connection) {}

  absl::StatusOr<std::optional<StoredRecord>> Get(absl::string_view kind, absl::string_view id) override;
  absl::StatusOr<std::vector<std::pair<Position, StoredRecord>>> Scan(const ScanRange& range) override;
  absl::StatusOr<std::vector<StoredEvent>> History(absl::string_view subject, int64_t after, int limit) override;
  absl::StatusOr<std::vector<StoredEvent>> EventsAfter(int64_t number, int limit) override;
  absl::StatusOr<std::optional<StoredEvent>> LastEvent() override;
  absl::StatusOr<std::vector<StoredEvent>> UnnumberedEvents(int limit) override;

  absl::Status Put(const StoredRecord& record, int64_t expected, absl::Span<const Key> keys) override;
  absl::Status Erase(absl::string_view kind, absl::string_view id, int64_t expected) override;
  absl::Status Append(const StoredEvent& event) override;
  absl::StatusOr<bool> MarkHandled(absl::string_view consumer, absl::string_view event_id) override;
  absl::StatusOr<std::optional<StoredRequest>> FindRequest(absl::string_view actor,
                                                           absl::string_view request_id) override;
  absl::Status SaveRequest(const StoredRequest& request) override;
  absl::StatusOr<std::vector<StoredEvent>> NumberEvents(int limit) override;
  absl::Status Sweep(absl::Time now, int limit) override;

  // Runs `body` on this transaction. What is to become of it: OK to commit, LOST_RACE to run again, else the error to
  // return.
  absl::Status Run(absl::FunctionRef<absl::Status(Transaction&)> body);
  bool appended() const { return appended_; }

 private:
  // What is stored of a record, as far as this transaction knows.
  struct Known {
    int64_t version = 0;
    std::vector<Key> keys;  // in order, none twice
  };

  // Remembers the first failure: it decides about the whole transaction, whatever the body makes of it.
  absl::Status Checked(absl::Status status);
  absl::StatusOr<Known*> Find(absl::string_view kind, absl::string_view id);
  // Facts without a number, with the number that would be the next and the link of the last one that has a number.
  absl::StatusOr<std::vector<StoredEvent>> Unnumbered(int limit, std::vector<int64_t>& seqs);
  absl::StatusOr<std::vector<StoredEvent>> Events(Sql sql, absl::Span<const SqlValue> values);
  absl::Status ChangeKeys(const StoredRecord& record, const std::vector<Key>& from, const std::vector<Key>& to);
  absl::Status InsertKey(const StoredRecord& record, const Key& key);

  SqlConnection& sql_;
  absl::flat_hash_map<std::pair<std::string, std::string>, Known> known_;
  absl::Status failure_;
  bool appended_ = false;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_SQL_TRANSACTION_H_
