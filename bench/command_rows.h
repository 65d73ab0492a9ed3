// CommandRows: all rows that a command wrote, for baselines that write the same ones.
#ifndef AMIKECO_BENCH_COMMAND_ROWS_H_
#define AMIKECO_BENCH_COMMAND_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace amikeco::bench {

struct CommandRows {
  StoredRecord record;
  std::vector<Key> keys;
  StoredEvent event;
  StoredRequest request;

  // The record, its keys, the fact and the answer that is kept.
  int count() const { return static_cast<int>(keys.size()) + 3; }
};

// The rows of the last command in the store in the SQLite file `database`, while none is under way.
absl::StatusOr<CommandRows> LastCommand(const std::string& database);

// The same rows under ids of their own, of the same lengths, for command number `number`.
CommandRows Numbered(const CommandRows& rows, int64_t number);

// What the call chain asks for a new record, and what it writes.
absl::Status WriteCommand(Store& store, const CommandRows& rows);

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_COMMAND_ROWS_H_
