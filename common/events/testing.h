// A small service for tests: counters, each the sum of the facts about it, on a real SQLite store.
#ifndef AMIKECO_COMMON_EVENTS_TESTING_H_
#define AMIKECO_COMMON_EVENTS_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/events/execute.h"
#include "common/events/local_queue.h"
#include "common/events/wiring.h"
#include "common/store/sqlite_store.h"
#include "gtest/gtest.h"
#include "tests/support/child.h"

// Facts need a message with a oneof of messages and records need any; these two exist already. A fact's `path` is
// appended to the record's `target`.
namespace amikeco::config::v1 {
inline PeerConfig Evolve(PeerConfig record, const StoreConfig& fact) {
  record.set_target(record.target() + fact.sqlite().path());
  return record;
}
}  // namespace amikeco::config::v1

namespace amikeco::testing {

using Record = config::v1::PeerConfig;
using Fact = config::v1::StoreConfig;

inline Fact FactOf(const std::string& text) {
  Fact fact;
  fact.mutable_sqlite()->set_path(text);
  return fact;
}

inline std::string TextOf(const event::v1::Event& event) {
  Fact fact;
  return event.data().UnpackTo(&fact) ? fact.sqlite().path() : "?";
}

inline const Table<Record>& Records() {
  static const auto* const table = new Table<Record>("record", [](const Record& record) {
    return std::vector<Key>{{"target", record.target(), false}};
  });
  return *table;
}

inline absl::Time StartOfStory() { return absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone()); }

// Runs `done` until it is true; false when 20 s pass.
template <typename Condition>
bool Eventually(Condition done) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!done()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(1));
  }
  return true;
}

// One service's store and wiring.
class Service {
 public:
  Service(const std::string& name, Queue& queue) : folder_(name), queue_(queue), name_(name) { Open(); }
  // One replica of a service on a shared database.
  Service(const std::string& name, Queue& queue, std::unique_ptr<Store> store)
      : folder_(name), queue_(queue), name_(name), store_(std::move(store)) {}

  // As after a crash: everything but the database is gone.
  void Reopen() {
    store_ = nullptr;
    Open();
  }

  Store& store() { return *store_; }
  Wiring wiring() { return {name_, *store_, queue_, clock, metrics}; }
  Origin origin() { return {name_, {"people/jdoe", "sections/DE", {}}, clock.Now(), "00-trace-01", ""}; }

  // States a fact about `subject`.
  absl::Status State(const std::string& subject, const std::string& text) {
    return store_->Write([&](Transaction& tx) { return StateIn(tx, origin(), subject, text); });
  }
  static absl::Status StateIn(Transaction& tx, const Origin& origin, const std::string& subject,
                              const std::string& text) {
    AMIKECO_ASSIGN_OR_RETURN(auto record, Records().Find(tx, subject));
    return Apply<Record, Fact>(tx, Records(), origin, {FactOf(text)}, record);
  }
  std::string Target(const std::string& subject) {
    std::string target;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto record, Records().Find(reader, subject));
                      target = record.value.target();
                      return absl::OkStatus();
                    })
                    .ok());
    return target;
  }

  AdjustableClock clock = AdjustableClock::Frozen(StartOfStory());
  Metrics metrics;

 private:
  void Open() {
    auto store = SqliteStore::Open(folder_ / "store.db");
    if (!store.ok()) {
      ADD_FAILURE() << store.status();
      std::abort();
    }
    store_ = *std::move(store);
  }

  TemporaryFolder folder_;
  Queue& queue_;
  const std::string name_;
  std::unique_ptr<Store> store_;
};

// A queue that fails when told to.
class FaultyQueue final : public Queue {
 public:
  explicit FaultyQueue(Queue& queue) : queue_(queue) {}
  bool away = false;
  bool acknowledgements_lost = false;
  bool cannot_begin = false;

  absl::StatusOr<int64_t> Begin(absl::string_view source, absl::string_view epoch, int64_t floor) override {
    if (away || cannot_begin) return Away();
    return queue_.Begin(source, epoch, floor);
  }
  absl::Status Publish(const Batch& batch) override { return away ? Away() : queue_.Publish(batch); }
  absl::StatusOr<std::vector<Parcel>> Receive(const Subscription& subscription, int limit,
                                              absl::Duration wait) override {
    if (away) return Away();
    return queue_.Receive(subscription, limit, wait);
  }
  absl::Status Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) override {
    return away || acknowledgements_lost ? Away() : queue_.Acknowledge(subscription, parcels);
  }
  void Leave(const Subscription& subscription) override { queue_.Leave(subscription); }
  absl::Status Trim(absl::string_view source, int64_t number) override {
    return away ? Away() : queue_.Trim(source, number);
  }
  absl::StatusOr<std::vector<StreamStats>> Stats(absl::string_view source) override {
    if (away) return Away();
    return queue_.Stats(source);
  }
  absl::Status Check() override { return away ? Away() : queue_.Check(); }

 private:
  static absl::Status Away() { return absl::UnavailableError("the queue is away"); }
  Queue& queue_;
};

}  // namespace amikeco::testing

#endif  // AMIKECO_COMMON_EVENTS_TESTING_H_
