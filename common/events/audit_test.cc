// Whatever is done to a chain of facts behind the service's back is found and located, and nothing else is reported.
#include "common/events/audit.h"

#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <numeric>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "amikeco/event/v1/event.pb.h"
#include "common/base/chain.h"
#include "common/base/status.h"
#include "common/store/sql.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "tests/support/child.h"
#include "tests/support/seed.h"

namespace amikeco {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

StoredEvent Fact(int64_t number) {
  event::v1::Event event;
  event.set_id(absl::StrCat("event-", number));
  event.set_source("applicant");
  event.set_type("amikeco.applicant.v1.ApplicationFact");
  event.set_subject(absl::StrCat("applications/", number % 100));
  event.set_subject_version(number / 100 + 1);
  event.mutable_time()->set_seconds(1'800'000'000 + number);
  event.set_actor("members/M-1");
  return {0, event.id(), event.subject(), event.subject_version(), event.SerializeAsString()};
}

std::vector<StoredEvent> Chain(int64_t count) {
  std::vector<StoredEvent> events;
  std::string previous = FirstLink();
  for (int64_t number = 1; number <= count; ++number) {
    StoredEvent& event = events.emplace_back(Fact(number));
    event.number = number;
    previous = event.link = LinkOf(previous, number, event.body);
  }
  return events;
}

std::string Text(const AuditFault& fault) {
  std::string text = absl::StrCat(NameOf(fault.kind), " ", fault.number);
  if (fault.last != fault.number) absl::StrAppend(&text, "-", fault.last);
  if (fault.belongs_at != 0) absl::StrAppend(&text, " of ", fault.belongs_at);
  return text;
}

std::vector<std::string> FaultsOf(const std::vector<StoredEvent>& events, std::optional<AuditHead> head = {}) {
  Audit audit(std::move(head));
  for (const StoredEvent& event : events) audit.Add(event);
  std::vector<std::string> faults;
  for (const AuditFault& fault : audit.Finish()) faults.push_back(Text(fault));
  return faults;
}

TEST(Audit, FindsNothingInAWholeChain) {
  EXPECT_THAT(FaultsOf({}), IsEmpty());
  EXPECT_THAT(FaultsOf(Chain(100)), IsEmpty());
  EXPECT_THAT(FaultsOf(Chain(100), AuditHead{40, Chain(40).back().link}), IsEmpty());
}

TEST(Audit, TellsAChangedFactFromAChangedLink) {
  auto events = Chain(10);
  events[4].body[3] ^= 1;
  EXPECT_THAT(FaultsOf(events), ElementsAre("FLIPPED 5"));
  events = Chain(10);
  events[4].link[3] ^= 1;
  EXPECT_THAT(FaultsOf(events), ElementsAre("FLIPPED 5"));
  events = Chain(10);
  events[9].body[3] ^= 1;
  events[0].body[3] ^= 1;
  EXPECT_THAT(FaultsOf(events), ElementsAre("FLIPPED 1", "FLIPPED 10"));
}

TEST(Audit, LocatesNeighboursThatWereAllChanged) {
  auto events = Chain(20);
  for (const size_t i : {4, 5, 6, 7}) events[i].body[3] ^= 1;
  for (const size_t i : {12, 13, 14}) events[i].link[3] ^= 1;
  EXPECT_THAT(FaultsOf(events), ElementsAre("FLIPPED 5", "FLIPPED 6", "FLIPPED 7", "FLIPPED 8", "FLIPPED 13",
                                            "FLIPPED 14", "FLIPPED 15"));
}

TEST(Audit, FindsACutAndAnotherHistoryByTheHeadAlone) {
  const auto whole = Chain(10);
  const AuditHead head{10, whole.back().link};
  const std::vector<StoredEvent> cut(whole.begin(), whole.begin() + 7);
  EXPECT_THAT(FaultsOf(cut), IsEmpty());
  EXPECT_THAT(FaultsOf(cut, head), ElementsAre("TRUNCATED 8-10"));
  EXPECT_THAT(FaultsOf({}, head), ElementsAre("TRUNCATED 1-10"));
  // Somebody who can write the whole table makes a chain that is whole.
  auto rewritten = Chain(12);
  rewritten[4].body = Fact(77).body;
  rewritten[4].id = Fact(77).id;
  rewritten[4].subject = Fact(77).subject;
  rewritten[4].subject_version = Fact(77).subject_version;
  for (size_t i = 4; i < rewritten.size(); ++i) {
    rewritten[i].link = LinkOf(rewritten[i - 1].link, rewritten[i].number, rewritten[i].body);
  }
  EXPECT_THAT(FaultsOf(rewritten), IsEmpty());
  EXPECT_THAT(FaultsOf(rewritten, head), ElementsAre("REWRITTEN 10"));
}

TEST(Audit, SaysWhichFactsHaveNoLinkAndWhichNumbersAreThereTwice) {
  auto events = Chain(6);
  events[0].link = events[1].link = "";
  events[2].link = LinkOf(FirstLink(), 3, events[2].body);
  for (size_t i = 3; i < events.size(); ++i) {
    events[i].link = LinkOf(events[i - 1].link, events[i].number, events[i].body);
  }
  events.insert(events.begin() + 4, events[3]);
  EXPECT_THAT(FaultsOf(events), ElementsAre("UNLINKED 1-2", "REPEATED 4"));
}

TEST(Audit, ReportsNoMoreThanItCanKeepAndCountsAll) {
  auto events = Chain(5000);
  for (StoredEvent& event : events) event.body += "x";
  Audit audit;
  for (const StoredEvent& event : events) audit.Add(event);
  EXPECT_EQ(audit.Finish().size(), Audit::kMostFaults);
  EXPECT_EQ(audit.fault_count(), 5000);
}

// A chain of 10,000 facts that the real store made, tampered with in SQL and read with the store's own statement.
class Tampering : public ::testing::Test {
 protected:
  static constexpr int64_t kFacts = 10'000;

  Tampering() : folder_("audit") {
    Fill();
    EXPECT_EQ(sqlite3_open(Path().c_str(), &db_), SQLITE_OK);
    // Who can write the table can drop what would refuse a wrong name.
    Execute("DROP INDEX event_id; DROP INDEX event_subject; PRAGMA cache_size = -65536");
  }
  ~Tampering() override { sqlite3_close(db_); }

  std::string Path() const { return folder_ / "store.db"; }

  void Fill() {
    auto store = SqliteStore::Open(Path());
    ASSERT_TRUE(store.ok()) << store.status();
    for (int64_t first = 1; first <= kFacts; first += 500) {
      ASSERT_TRUE((*store)
                      ->Write([&](Transaction& tx) -> absl::Status {
                        for (int64_t number = first; number < first + 500; ++number) {
                          AMIKECO_RETURN_IF_ERROR(tx.Append(Fact(number)));
                        }
                        return tx.NumberEvents(1000).status();
                      })
                      .ok());
    }
    ASSERT_TRUE((*store)
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto last, reader.LastEvent());
                      head_ = {last->number, last->link};
                      return absl::OkStatus();
                    })
                    .ok());
    ASSERT_EQ(head_.number, kFacts);
  }

  void Execute(const std::string& sql) {
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << sql << ": " << error;
    sqlite3_free(error);
  }

  // As hexadecimal digits.
  std::string Get(const std::string& column, int64_t number) {
    std::string hex;
    sqlite3_exec(
        db_, absl::StrCat("SELECT hex(", column, ") FROM event WHERE number = ", number).c_str(),
        [](void* to, int, char** values, char**) {
          *static_cast<std::string*>(to) = values[0];
          return 0;
        },
        &hex, nullptr);
    return hex;
  }
  void Set(const std::string& column, int64_t number, const std::string& hex) {
    Execute(absl::StrCat("UPDATE event SET ", column, " = x'", hex, "' WHERE number = ", number));
  }

  void Flip(const std::string& column, int64_t number) {
    std::string hex = Get(column, number);
    char& digit = hex[Below(hex.size())];
    const int value = digit <= '9' ? digit - '0' : digit - 'A' + 10;
    digit = "0123456789ABCDEF"[value ^ (1 << Below(4))];
    Set(column, number, hex);
  }
  void Exchange(const std::string& column, int64_t a, int64_t b) {
    const std::string first = Get(column, a), second = Get(column, b);
    Set(column, a, second);
    Set(column, b, first);
  }
  void Renumber(int64_t from, int64_t to) {
    Execute(absl::StrCat("UPDATE event SET number = ", to, " WHERE number = ", from));
  }
  void ExchangeNumbers(int64_t a, int64_t b) {
    Renumber(a, -1);
    Renumber(b, a);
    Renumber(-1, b);
  }

  void Expect(const char* kind, int64_t number, int64_t belongs_at = 0) {
    expected_.push_back(absl::StrCat(kind, " ", number, belongs_at == 0 ? "" : absl::StrCat(" of ", belongs_at)));
  }
  void ExpectSwapped(int64_t a, int64_t b) {
    Expect("SWAPPED", a, b);
    Expect("SWAPPED", b, a);
  }
  void ExpectGaps() {
    int64_t before = 0;
    for (const int64_t number : numbers_) {
      if (number > before + 1) {
        expected_.push_back(number == before + 2 ? absl::StrCat("REMOVED ", before + 1)
                                                 : absl::StrCat("REMOVED ", before + 1, "-", number - 1));
      }
      before = number;
    }
  }

  void FlipNumber(int64_t n, int64_t other) {
    const int64_t flipped = n ^ static_cast<int64_t>(uint64_t{1} << Below(64));
    if (flipped < 0) {  // behind nobody's number: it is never read
      Renumber(n, flipped);
      numbers_.erase(n);
    } else if (flipped <= kFacts || numbers_.contains(flipped)) {
      ExchangeNumbers(n, other);
      ExpectSwapped(n, other);
    } else {
      Renumber(n, flipped);
      numbers_.erase(n);
      numbers_.insert(flipped);
      Expect("SWAPPED", flipped, n);
    }
  }

  // One tampering with the fact `n`, and with `other` when it takes two.
  void Tamper(int64_t n, int64_t other) {
    const std::string where = absl::StrCat(" WHERE number = ", n);
    switch (Below(12)) {
      case 0:
        Flip("body", n);
        return Expect("FLIPPED", n);
      case 1:
        Flip("link", n);
        return Expect("FLIPPED", n);
      case 2:
        Flip("id", n);
        return Expect("MISLABELLED", n);
      case 3:
        Flip("subject", n);
        return Expect("MISLABELLED", n);
      case 4:
        Execute(absl::StrCat("UPDATE event SET subject_version = subject_version + ", 1000 + Below(1000), where));
        return Expect("MISLABELLED", n);
      case 5:
        return FlipNumber(n, other);
      case 6:
        Execute("DELETE FROM event" + where);
        numbers_.erase(n);
        return;
      case 7:
        Execute("UPDATE event SET number = NULL" + where);
        numbers_.erase(n);
        return;
      case 8:
        Execute("UPDATE event SET link = NULL" + where);
        return Expect("UNLINKED", n);
      case 9:
        Exchange("body", n, other);
        return ExpectSwapped(n, other);
      case 10:
        Exchange("link", n, other);
        return ExpectSwapped(n, other);
      default:
        if (Below(2) == 0) other = n + 1;  // neighbours: each is the other's predecessor
        ExchangeNumbers(n, other);
        return ExpectSwapped(n, other);
    }
  }

  std::vector<std::string> Read() {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, TextOf(Sql::kEventsAfter), -1, &statement, nullptr), SQLITE_OK);
    const auto bytes = [&](int column) {
      const auto* const text = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return std::string(text == nullptr ? "" : text, sqlite3_column_bytes(statement, column));
    };
    Audit audit(head_);
    for (int rows = 1000; rows == 1000; sqlite3_reset(statement)) {
      sqlite3_bind_int64(statement, 1, audit.end().number);
      sqlite3_bind_int64(statement, 2, 1000);
      for (rows = 0; sqlite3_step(statement) == SQLITE_ROW; ++rows) {
        audit.Add({sqlite3_column_int64(statement, 0), bytes(1), bytes(2), sqlite3_column_int64(statement, 3), bytes(4),
                   bytes(5)});
      }
    }
    sqlite3_finalize(statement);
    std::vector<std::string> faults;
    for (const AuditFault& fault : audit.Finish()) faults.push_back(Text(fault));
    return faults;
  }

  size_t Below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random_); }

  // Places that are never neighbours, in random order, with room behind the last one for a cut.
  std::vector<int64_t> Places() {
    std::vector<int64_t> places(kFacts / 5 - 20);
    std::iota(places.begin(), places.end(), 0);
    std::shuffle(places.begin(), places.end(), random_);
    for (int64_t& place : places) place = 5 * place + 1 + static_cast<int64_t>(Below(2));
    return places;
  }

  const TemporaryFolder folder_;
  sqlite3* db_ = nullptr;
  AuditHead head_;
  std::mt19937_64 random_;
  std::vector<std::string> expected_;
  std::set<int64_t> numbers_;
};

// A5-04: what was written can be added to, and not changed unnoticed.
TEST_F(Tampering, IsFoundAndLocatedWhateverItIs) {
  const uint64_t first_seed = TestSeed();
  const int64_t wanted = RunSize(10'000, 1'000'000);
  EXPECT_THAT(Read(), IsEmpty());
  int64_t done = 0;
  int rounds = 0;
  for (uint64_t seed = first_seed; done < wanted; ++seed, ++rounds) {
    SCOPED_TRACE(absl::StrCat("AMIKECO_TEST_SEED=", seed));
    random_.seed(seed);
    expected_.clear();
    numbers_.clear();
    for (int64_t number = 1; number <= kFacts; ++number) numbers_.insert(numbers_.end(), number);
    Execute("BEGIN");
    const auto places = Places();
    const size_t count = 1 + Below(12);
    for (size_t i = 0; i < count; ++i) Tamper(places[2 * i], places[2 * i + 1]);
    done += static_cast<int64_t>(count);
    if (*numbers_.rbegin() == kFacts && Below(3) == 0) {
      const int64_t last = kFacts - 1 - static_cast<int64_t>(Below(50));
      Execute(absl::StrCat("DELETE FROM event WHERE number > ", last));
      numbers_.erase(numbers_.upper_bound(last), numbers_.end());
      expected_.push_back(last + 1 == kFacts ? absl::StrCat("TRUNCATED ", kFacts)
                                             : absl::StrCat("TRUNCATED ", last + 1, "-", kFacts));
      ++done;
    }
    ExpectGaps();
    ASSERT_THAT(Read(), UnorderedElementsAreArray(expected_));
    Execute("ROLLBACK");
  }
  EXPECT_THAT(Read(), IsEmpty());
  std::cout << done << " tamperings with " << kFacts << " facts in " << rounds << " rounds, seeds " << first_seed
            << " to " << first_seed + rounds - 1 << ": all found and located\n";
}

}  // namespace
}  // namespace amikeco
