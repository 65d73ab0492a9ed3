// Facts that crash the process each time or hang in it, a hundred of a kind among others, with processes that die of
// them and are started again; and processes that are killed while they handle facts that are good.
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/events/parked.h"
#include "common/events/redis_queue.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/poisoned.h"
#include "tests/support/redis.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kPoison = 100;
constexpr int kGood = 200;  // subjects, with two facts each
constexpr absl::Duration kPatience = absl::Minutes(8);

std::string Bad(int i) { return absl::StrCat("records/bad-", i); }
std::string Good(int i) { return absl::StrCat("records/good-", i); }

RedisAddress AddressOf(const RedisServer& redis) {
  RedisAddress address;
  address.port = redis.port();
  return address;
}

// A service whose process may end at any time. What it has kept can be looked at while it does not run.
class Mortal {
 public:
  Mortal(std::string name, int port, int ends) : name_(std::move(name)), folder_(name_), port_(port), ends_(ends) {}

  const std::string& name() const { return name_; }
  int starts() const { return starts_; }
  void Start() {
    Child::Options options;
    options.log = log();
    auto child = Child::Start(
        {AMIKECO_POISONED_PROGRAM, name_, folder_ / "store.db", absl::StrCat(port_), absl::StrCat(ends_)}, options);
    ASSERT_TRUE(child.ok()) << child.status();
    child_ = *std::move(child);
    ++starts_;
  }
  bool Running() { return child_->Running(); }
  // When it does not run.
  int Code() { return child_->Wait(absl::ZeroDuration()).value_or(-1); }
  void Kill() { child_->End(SIGKILL, absl::Seconds(10)); }
  std::string log() const { return folder_ / "log"; }

  std::unique_ptr<Store> Open() const {
    auto store = SqliteStore::Open(folder_ / "store.db");
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }

 private:
  const std::string name_;
  const TemporaryFolder folder_;
  const int port_;
  const int ends_;
  std::unique_ptr<Child> child_;
  int starts_ = 0;
};

std::string TargetIn(Store& store, const std::string& subject) {
  std::string target;
  EXPECT_TRUE(store
                  .Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto record, testing::Records().Find(reader, subject));
                    target = record.value.target();
                    return absl::OkStatus();
                  })
                  .ok());
  return target;
}

std::vector<Parked> ParkedIn(Store& store) {
  std::vector<Parked> parked;
  EXPECT_TRUE(store
                  .Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(parked, ParkedFacts().Range(reader, "order", "", "", 10'000));
                    return absl::OkStatus();
                  })
                  .ok());
  return parked;
}

bool GoodAreDone(Store& store) {
  for (int i = 0; i < kGood; ++i) {
    if (TargetIn(store, Good(i)) != "ab") return false;
  }
  return true;
}

class PoisonProcessesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto redis = RedisServer::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    queue_ = std::make_unique<RedisQueue>(AddressOf(*redis_));
    there_ = std::make_unique<testing::Service>("there", *queue_);
  }
  void State(const std::string& subject, const std::string& text) { ASSERT_TRUE(there_->State(subject, text).ok()); }
  void Publish() {
    Relay relay(there_->wiring());
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(relay.RunOnce().ok());
  }
  // `what` says which of the services each poison fact is for, in turn; a good fact is behind each.
  void Mix(const std::string& what, const std::vector<std::unique_ptr<Mortal>>& services) {
    for (int i = 0; i < kGood; ++i) {
      State(Good(i), "a");
      if (i % 2 == 0) {
        State(Bad(i / 2), absl::StrCat(what, " ", services[static_cast<size_t>(i / 2) % services.size()]->name()));
        State(Bad(i / 2), "behind");
      }
      State(Good(i), "b");
    }
    Publish();
  }
  // Starts each again when it ended, until it has handled everything. Says how its facts fared meanwhile.
  static void LiveOn(std::vector<std::unique_ptr<Mortal>>& services, int code) {
    const absl::Time start = absl::Now();
    std::vector<bool> good(services.size()), done(services.size());
    for (auto& service : services) service->Start();
    for (size_t left = services.size(); left > 0; absl::SleepFor(absl::Milliseconds(2))) {
      ASSERT_LT(absl::Now() - start, kPatience);
      for (size_t i = 0; i < services.size(); ++i) {
        Mortal& service = *services[i];
        if (done[i] || service.Running()) continue;
        if (!good[i] && (good[i] = GoodAreDone(*service.Open()))) {
          std::cout << service.name() << ": good facts done at start " << service.starts() << ", after "
                    << absl::Now() - start << std::endl;
        }
        if (service.Code() == 0) {
          std::cout << service.name() << ": all done at start " << service.starts() << ", after " << absl::Now() - start
                    << std::endl;
          done[i] = true;
          --left;
          continue;
        }
        // On a machine that stands still for a moment a good fact seems to hang, which is one end and no more.
        ASSERT_THAT(service.Code(), AnyOf(code, kHangs)) << TailOf(service.log());
        service.Start();
      }
    }
  }
  // Every good fact had its effect once, and of the poison facts those that are meant for the service are parked.
  static void ExpectOnlyPoisonParked(const Mortal& service, int poison, int ends) {
    const auto store = service.Open();
    EXPECT_TRUE(GoodAreDone(*store));
    const auto parked = ParkedIn(*store);
    EXPECT_THAT(parked, SizeIs(2 * poison));
    int first = 0;
    for (const Parked& fact : parked) {
      EXPECT_EQ(TargetIn(*store, fact.value.event().subject()), "");
      if (!fact.value.waits_behind().empty()) continue;
      ++first;
      EXPECT_TRUE(absl::EndsWith(testing::TextOf(fact.value.event()), service.name()));
      EXPECT_EQ(fact.value.tries(), ends);
      EXPECT_EQ(fact.value.reason(), absl::StrCat("The process ended ", ends, " times while this was tried."));
    }
    EXPECT_EQ(first, poison);
  }

  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisQueue> queue_;
  std::unique_ptr<testing::Service> there_;
};

TEST_F(PoisonProcessesTest, CrashingFactsAreParkedAfterFiveEndsAndOthersAreHandled) {
  std::vector<std::unique_ptr<Mortal>> services;
  services.push_back(std::make_unique<Mortal>("here", redis_->port(), 5));
  Mix("crash", services);
  LiveOn(services, 128 + SIGABRT);
  ExpectOnlyPoisonParked(*services[0], kPoison, 5);
}

// Most of the time is spent hanging, so four services do it at once, with a quarter of the facts each.
TEST_F(PoisonProcessesTest, HangingFactsAreParkedAfterThreeEndsAndOthersAreHandled) {
  std::vector<std::unique_ptr<Mortal>> services;
  for (int i = 0; i < 4; ++i) {
    services.push_back(std::make_unique<Mortal>(absl::StrCat("here-", i), redis_->port(), 3));
  }
  Mix("hang", services);
  LiveOn(services, kHangs);
  for (const auto& service : services) ExpectOnlyPoisonParked(*service, kPoison / 4, 3);
}

TEST_F(PoisonProcessesTest, KillsParkNoFact) {
  const auto kills = RunSize(20, 500);
  Dice dice(TestSeed());
  Mortal service("here", redis_->port(), 5);
  const int facts = static_cast<int>(60 * kills);
  for (int i = 0; i < facts; ++i) State(Good(i), "a");
  Publish();
  for (int kill = 0; kill < kills; ++kill) {
    service.Start();
    absl::SleepFor(absl::Milliseconds(20 + dice.Below(180)));
    service.Kill();
  }
  service.Start();
  while (service.Running()) absl::SleepFor(absl::Milliseconds(5));
  ASSERT_EQ(service.Code(), 0) << TailOf(service.log());
  const auto store = service.Open();
  for (int i = 0; i < facts; ++i) EXPECT_EQ(TargetIn(*store, Good(i)), "a");
  EXPECT_THAT(ParkedIn(*store), IsEmpty());
}

}  // namespace
}  // namespace amikeco::chaos
