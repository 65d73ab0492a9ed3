// What is left in a service's database when the service has stopped, read without it.
#ifndef AMIKECO_TESTS_INTEGRATION_REMAINS_H_
#define AMIKECO_TESTS_INTEGRATION_REMAINS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/config/v1/config.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/store/store.h"

namespace amikeco {

// How a database's records compare with their histories.
struct Comparison {
  int records = 0;  // aggregates that were compared
  int facts = 0;
  // One sentence for each record that is not what its facts give, and each history without a record.
  std::vector<std::string> wrong;
};

// Folds the history of every aggregate of `service` in the SQLite file `path` and compares it with the record.
absl::StatusOr<Comparison> CompareWithHistories(const std::string& service, const std::string& path);

// The same for these subjects of a store of any kind.
absl::StatusOr<Comparison> CompareWithHistories(const std::string& service, Store& store,
                                                const std::set<std::string>& subjects);

// Has the database count, from now on, each fact that is noted as handled. Clocks have no part in it, and a fact that
// is forgotten and handled again is counted again. A running service does not notice.
absl::Status NumberEffects(const config::v1::StoreConfig& store);

// The facts that the service has handled since NumberEffects, in the order in which it did: their event ids.
absl::StatusOr<std::vector<std::string>> HandledBy(const config::v1::StoreConfig& store);

// All messages in notify's database.
absl::StatusOr<std::vector<notify::v1::Message>> MessagesIn(const std::string& path);

// The bytes of the database, what is not yet merged into it included.
std::string BytesOf(const std::string& path);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_INTEGRATION_REMAINS_H_
