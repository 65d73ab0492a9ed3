// Directory: all hosts and homes in memory, in the form that ranking and searching want.
//
// Refresh reads what changed since the last time, by key; the first time it reads everything. It is right with several
// replicas, because every ranking refreshes first, and because a seat is finally given by the host's record alone: an
// entry that is out of date costs a second look and never a seat. Thread safe.
#ifndef AMIKECO_SERVICES_MATCHING_DIRECTORY_H_
#define AMIKECO_SERVICES_MATCHING_DIRECTORY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "common/store/store.h"
#include "services/matching/ranking.h"
#include "services/matching/tables.h"

namespace amikeco::matching {

// For people: what ranking does not look at.
struct Card {
  std::string title;
  std::string county;
  std::string searchable;  // title and name in lower case
  double latitude = 0;
  double longitude = 0;
  int64_t version = 0;
  int64_t changed_micros = 0;
};

// What a reader of the directory sees. Cards and entries have the same indexes.
struct DirectoryView {
  absl::Span<const DirectoryEntry> entries;
  absl::Span<const Card> cards;
  const Symbols& symbols;
  const absl::flat_hash_map<std::string, uint32_t>& index;  // by name
};

class Directory {
 public:
  // `reader` must not have uncommitted changes of hosts or homes.
  absl::Status Refresh(Reader& reader);
  // Gives the words of an offer their numbers, so that a host that changes in a transaction can be judged in it.
  void Learn(const v1::HostOffer& offer);
  // Runs `body` while nothing changes. It must not call the directory again.
  void Read(absl::FunctionRef<void(const DirectoryView& view)> body) const;

 private:
  absl::Status RefreshHosts(Reader& reader);
  absl::Status RefreshHomes(Reader& reader);
  void SetHost(const v1::Host& host, int64_t version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SetHome(const v1::HomeHost& home, int64_t version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AttachHomes(const std::string& host) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  struct NearHome {
    int64_t version = 0;
    bool withdrawn = false;
    Home home;
  };

  const Tables tables_{};
  mutable absl::Mutex mutex_;
  Symbols symbols_ ABSL_GUARDED_BY(mutex_);
  std::vector<DirectoryEntry> entries_ ABSL_GUARDED_BY(mutex_);
  std::vector<Card> cards_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, uint32_t> index_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::map<std::string, NearHome>> homes_ ABSL_GUARDED_BY(mutex_);  // by host, by name
  std::string newest_host_ ABSL_GUARDED_BY(mutex_);
  std::string newest_home_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_DIRECTORY_H_
