// What every store must do, on every database, with no exception.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/chain.h"
#include "common/base/hash.h"
#include "common/store/errors.h"
#include "common/store/store.h"
#include "common/store/store_backends.h"

namespace amikeco {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

#define ASSERT_OK(expression) ASSERT_EQ((expression), absl::OkStatus())
#define EXPECT_OK(expression) EXPECT_EQ((expression), absl::OkStatus())

class StoreConformance : public ::testing::TestWithParam<MakeBackend> {
 protected:
  void SetUp() override {
    backend_ = GetParam()();
    ASSERT_NE(backend_, nullptr);
    Reopen();
  }

  void Reopen() {
    store_.reset();
    auto opened = backend_->Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  // Puts version 1 of a record with one key.
  absl::Status Insert(const std::string& id, const std::string& value, bool unique = false) {
    return store_->Write([&](Transaction& tx) {
      return tx.Put({"thing", id, 1, "body of " + id}, 0, {Key{"by", value, unique}});
    });
  }

  std::optional<StoredRecord> Get(const std::string& id) {
    std::optional<StoredRecord> found;
    EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(found, reader.Get("thing", id));
      return absl::OkStatus();
    }));
    return found;
  }

  std::string BodyOf(const std::string& id) { return Get(id).value_or(StoredRecord{"", "", 0, "(none)"}).body; }

  // The ids of the key's entries in the range, in order.
  std::vector<std::string> Ids(const ScanRange& range) {
    std::vector<std::string> ids;
    EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan(range));
      for (const auto& [position, record] : rows) {
        EXPECT_EQ(position.id, record.id);
        ids.push_back(record.id);
      }
      return absl::OkStatus();
    }));
    return ids;
  }
  std::vector<std::string> AllIds(const std::string& key = "by") {
    return Ids({"thing", key, "", "", std::nullopt, 100000});
  }

  absl::Status AppendFact(const std::string& subject, int64_t version) {
    return store_->Write([&](Transaction& tx) {
      return tx.Append({0, absl::StrCat(subject, "-", version), subject, version, "fact"});
    });
  }

  std::vector<StoredEvent> Number(int limit = 1000) {
    std::vector<StoredEvent> numbered;
    EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(numbered, tx.NumberEvents(limit));
      return absl::OkStatus();
    }));
    return numbered;
  }

  bool Handle(const std::string& consumer, const std::string& event) {
    bool first = false;
    EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(first, tx.MarkHandled(consumer, event));
      return absl::OkStatus();
    }));
    return first;
  }

  std::optional<StoredRequest> FindRequest(const std::string& actor, const std::string& id) {
    std::optional<StoredRequest> found;
    EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(found, tx.FindRequest(actor, id));
      return absl::OkStatus();
    }));
    return found;
  }

  std::unique_ptr<StoreBackend> backend_;
  std::unique_ptr<Store> store_;
};

// Records
// ------------------------------------------------------------------------------------------------------------

TEST_P(StoreConformance, ReturnsWhatWasPut) {
  EXPECT_EQ(Get("a"), std::nullopt);
  ASSERT_OK(Insert("a", "x"));
  const auto found = Get("a");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, "thing");
  EXPECT_EQ(found->id, "a");
  EXPECT_EQ(found->version, 1);
  EXPECT_EQ(found->body, "body of a");
}

TEST_P(StoreConformance, SeesItsOwnWritesInATransaction) {
  EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "a", 1, "one"}, 0, {Key{"by", "x"}}));
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "a", 3, "three"}, 1, {Key{"by", "y"}}));
    AMIKECO_RETURN_IF_ERROR(tx.Append({0, "e1", "a", 1, "fact"}));
    AMIKECO_ASSIGN_OR_RETURN(const auto found, tx.Get("thing", "a"));
    EXPECT_EQ(found->body, "three");
    AMIKECO_ASSIGN_OR_RETURN(const auto rows, tx.Scan({"thing", "by", "", "", std::nullopt, 10}));
    EXPECT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].first.value, "y");
    AMIKECO_ASSIGN_OR_RETURN(const auto history, tx.History("a", 0, 10));
    EXPECT_EQ(history.size(), 1u);
    return absl::OkStatus();
  }));
  EXPECT_EQ(Get("a")->version, 3);
}

TEST_P(StoreConformance, RefusesToInsertARecordTwice) {
  ASSERT_OK(Insert("a", "x"));
  const absl::Status blind = Insert("a", "y");
  EXPECT_EQ(blind.code(), absl::StatusCode::kAborted) << blind;
  EXPECT_EQ(ReasonOf(blind), "LOST_RACE");
  const absl::Status loaded = store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Get("thing", "a").status());
    return tx.Put({"thing", "a", 1, "again"}, 0, {});
  });
  EXPECT_EQ(loaded.code(), absl::StatusCode::kAborted) << loaded;
  EXPECT_EQ(BodyOf("a"), "body of a");
  EXPECT_THAT(AllIds(), ElementsAre("a"));
}

TEST_P(StoreConformance, UpdatesOnlyTheExpectedVersion) {
  ASSERT_OK(Insert("a", "x"));
  const auto update = [&](int64_t expected, int64_t version) {
    return store_->Write([&](Transaction& tx) {
      return tx.Put({"thing", "a", version, absl::StrCat("v", version)}, expected, {});
    });
  };
  EXPECT_OK(update(1, 4));
  EXPECT_EQ(update(1, 2).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(update(3, 5).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(update(0, 5).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Get("a")->version, 4);
  EXPECT_EQ(BodyOf("a"), "v4");
}

TEST_P(StoreConformance, RefusesToUpdateWhatIsNotThere) {
  EXPECT_EQ(store_->Write([&](Transaction& tx) {
                    return tx.Put({"thing", "a", 2, "x"}, 1, {});
                  })
                .code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(Get("a"), std::nullopt);
}

TEST_P(StoreConformance, RefusesAVersionThatDoesNotGrowAndAnEmptyId) {
  ASSERT_OK(Insert("a", "x"));
  EXPECT_EQ(store_->Write([&](Transaction& tx) {
                    return tx.Put({"thing", "a", 1, "y"}, 1, {});
                  })
                .code(),
            absl::StatusCode::kInternal);
  EXPECT_EQ(store_->Write([&](Transaction& tx) {
                    return tx.Put({"thing", "", 1, "y"}, 0, {});
                  })
                .code(),
            absl::StatusCode::kInternal);
  EXPECT_EQ(BodyOf("a"), "body of a");
}

TEST_P(StoreConformance, KeepsKindsApart) {
  ASSERT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "a", 1, "a thing"}, 0, {Key{"by", "x", true}}));
    return tx.Put({"other", "a", 1, "another"}, 0, {Key{"by", "x", true}});
  }));
  EXPECT_EQ(BodyOf("a"), "a thing");
  EXPECT_THAT(AllIds(), ElementsAre("a"));
}

TEST_P(StoreConformance, KeepsBytesOfAnySizeAndKind) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  std::string big;
  while (big.size() < (1u << 20)) big += all;
  for (const std::string& body : {std::string(), all, big}) {
    const std::string id = absl::StrCat("size ", body.size(), std::string("\0\xff", 2));
    ASSERT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", id, 1, body}, 0, {Key{"by", all}}));
      return tx.Append({0, id, id, 1, body});
    }));
    EXPECT_TRUE(BodyOf(id) == body) << body.size();
    ASSERT_OK(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.History(id, 0, 1));
      EXPECT_EQ(events.size(), 1u);
      EXPECT_TRUE(events[0].body == body);
      EXPECT_EQ(events[0].subject, id);
      return absl::OkStatus();
    }));
  }
}

TEST_P(StoreConformance, ErasesARecordWithItsKeysAndKeepsItsFacts) {
  ASSERT_OK(Insert("a", "x", true));
  ASSERT_OK(AppendFact("a", 1));
  EXPECT_EQ(store_->Write([&](Transaction& tx) { return tx.Erase("thing", "a", 2); }).code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(store_->Write([&](Transaction& tx) { return tx.Erase("thing", "b", 1); }).code(),
            absl::StatusCode::kAborted);
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Erase("thing", "a", 1); }));
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_THAT(AllIds(), IsEmpty());
  EXPECT_OK(Insert("b", "x", true));  // the value is free again
  EXPECT_OK(Insert("a", "y", true));
  EXPECT_EQ(Number().size(), 1u);
}

TEST_P(StoreConformance, ErasesAndInsertsAgainInOneTransaction) {
  ASSERT_OK(Insert("a", "x", true));
  ASSERT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Erase("thing", "a", 1));
    return tx.Put({"thing", "a", 1, "reborn"}, 0, {Key{"by", "x", true}});
  }));
  EXPECT_EQ(BodyOf("a"), "reborn");
  EXPECT_THAT(AllIds(), ElementsAre("a"));
}

// Keys
// ---------------------------------------------------------------------------------------------------------------

TEST_P(StoreConformance, FindsARecordByExactlyItsLatestKeys) {
  ASSERT_OK(store_->Write([&](Transaction& tx) {
    return tx.Put({"thing", "a", 1, ""}, 0, {Key{"by", "x"}, Key{"by", "y"}, Key{"tag", "t"}, Key{"by", "x"}});
  }));
  EXPECT_THAT(AllIds("by"), ElementsAre("a", "a"));
  ASSERT_OK(store_->Write([&](Transaction& tx) {
    return tx.Put({"thing", "a", 2, ""}, 1, {Key{"by", "z"}, Key{"by", "y"}});
  }));
  EXPECT_THAT(Ids({"thing", "by", "x", "y", std::nullopt, 9}), IsEmpty());
  EXPECT_THAT(AllIds("by"), ElementsAre("a", "a"));
  EXPECT_THAT(AllIds("tag"), IsEmpty());
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Put({"thing", "a", 3, ""}, 2, {}); }));
  EXPECT_THAT(AllIds("by"), IsEmpty());
}

TEST_P(StoreConformance, GivesAUniqueValueToOneRecordOnly) {
  ASSERT_OK(Insert("a", "x", true));
  const absl::Status taken = Insert("b", "x", true);
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists) << taken;
  EXPECT_EQ(ReasonOf(taken), "KEY_TAKEN");
  EXPECT_EQ(Get("b"), std::nullopt);
  EXPECT_OK(Insert("c", "x", false));  // as an ordinary value it may be used
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Put({"thing", "a", 2, ""}, 1, {Key{"by", "x", true}}); }));
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Put({"thing", "a", 3, ""}, 2, {Key{"by", "w", true}}); }));
  EXPECT_OK(Insert("b", "x", true));
}

TEST_P(StoreConformance, RollsBackWhatTheBodyIgnoredToFail) {
  ASSERT_OK(Insert("a", "x", true));
  const absl::Status ignored = store_->Write([&](Transaction& tx) -> absl::Status {
    EXPECT_EQ(tx.Put({"thing", "b", 1, ""}, 0, {Key{"by", "x", true}}).code(), absl::StatusCode::kAlreadyExists);
    return absl::OkStatus();
  });
  EXPECT_EQ(ignored.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Get("b"), std::nullopt);
  const absl::Status named = store_->Write([&](Transaction& tx) -> absl::Status {
    if (tx.Put({"thing", "b", 1, ""}, 0, {Key{"by", "x", true}}).ok()) return absl::OkStatus();
    return absl::FailedPreconditionError("named by the service");
  });
  EXPECT_EQ(named.code(), absl::StatusCode::kFailedPrecondition);
}

TEST_P(StoreConformance, MovesAUniqueValueBetweenRecordsInOneTransaction) {
  ASSERT_OK(Insert("a", "x", true));
  ASSERT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "a", 2, ""}, 1, {}));
    return tx.Put({"thing", "b", 1, ""}, 0, {Key{"by", "x", true}});
  }));
  EXPECT_THAT(AllIds(), ElementsAre("b"));
}

TEST_P(StoreConformance, OnlyOneOfManyTakesAUniqueValue) {
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 10; ++round) {
        const absl::Status status = Insert(absl::StrCat("t", t, "-", round), absl::StrCat("value", round), true);
        EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kAlreadyExists) << status;
        won += status.ok();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 10);
  EXPECT_EQ(AllIds().size(), 10u);
}

TEST_P(StoreConformance, SortsKeysAsBytes) {
  // In the order of bytes; any linguistic order is another one.
  const std::vector<std::string> values = {"",
                                           std::string("\0", 1),
                                           std::string("\0a", 2),
                                           " ",
                                           "10",
                                           "9",
                                           "A",
                                           "Z",
                                           "Zurich",
                                           "a",
                                           "aB",
                                           "ab",
                                           "b",
                                           "\xc3\x84",
                                           "\xc3\xa4",
                                           "\xe2\x82\xac",
                                           "\xf0\x9f\x98\x80",
                                           "\xff",
                                           "\xff\xff"};
  ASSERT_TRUE(std::is_sorted(values.begin(), values.end()));
  std::vector<std::string> ids;
  for (size_t i = 0; i < values.size(); ++i) {
    ids.push_back(absl::StrCat("id", 100 - i));  // the ids' own order is the reverse
    ASSERT_OK(Insert(ids.back(), values[values.size() - 1 - i]));
  }
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(AllIds(), ids);
  for (size_t from = 0; from < values.size(); ++from) {
    for (size_t below = from + 1; below < values.size(); ++below) {
      EXPECT_EQ(
          Ids({"thing", "by", values[from], values[below], std::nullopt, 100}),
          std::vector<std::string>(ids.begin() + static_cast<long>(from), ids.begin() + static_cast<long>(below)));
    }
  }
}

TEST_P(StoreConformance, SortsEqualValuesByIdAsBytes) {
  for (const std::string id : {"b", "B", "a", "\xff", "Z", "\xc3\xa4"}) ASSERT_OK(Insert(id, "same"));
  EXPECT_THAT(AllIds(), ElementsAre("B", "Z", "a", "b", "\xc3\xa4", "\xff"));
}

TEST_P(StoreConformance, ScansOnlyTheRangeAndTheKeyAskedFor) {
  for (const std::string value : {"a", "ab", "abc", "ac", "b"}) ASSERT_OK(Insert("of " + value, value));
  ASSERT_OK(store_->Write([&](Transaction& tx) {
    return tx.Put({"thing", "else", 1, ""}, 0, {Key{"bz", "ab"}, Key{"b", "ab"}});
  }));
  EXPECT_THAT(Ids({"thing", "by", "ab", "ac", std::nullopt, 100}), ElementsAre("of ab", "of abc"));
  EXPECT_THAT(Ids({"thing", "by", "ab", "", std::nullopt, 100}), ElementsAre("of ab", "of abc", "of ac", "of b"));
  EXPECT_THAT(Ids({"thing", "by", "ab", "ac", Position{"ab", "of ab"}, 100}), ElementsAre("of abc"));
  EXPECT_THAT(Ids({"thing", "by", "ab", "", Position{"a", "zzz"}, 1}), ElementsAre("of ab"));
  EXPECT_THAT(Ids({"thing", "by", "c", "", std::nullopt, 100}), IsEmpty());
  EXPECT_THAT(Ids({"thing", "by", "", "", std::nullopt, 2}), ElementsAre("of a", "of ab"));
}

TEST_P(StoreConformance, PagesShowWhatStaysExactlyOnceWhileOthersComeAndGo) {
  const auto steady = [](int i) { return absl::StrFormat("steady%03d", i); };
  for (int i = 0; i < 60; ++i) ASSERT_OK(Insert(steady(i), absl::StrFormat("%02d", i / 7)));
  std::atomic<bool> stop = false;
  std::thread churn([&] {
    for (int i = 0; !stop; ++i) {
      const std::string id = absl::StrCat("churn", i);
      EXPECT_OK(Insert(id, absl::StrFormat("%02d", i % 9)));
      EXPECT_OK(store_->Write([&](Transaction& tx) { return tx.Erase("thing", id, 1); }));
    }
  });
  for (const int size : {1, 3, 7, 13, 64, 101}) {
    std::map<std::string, int> seen;
    std::optional<Position> after;
    for (;;) {
      std::vector<std::pair<Position, StoredRecord>> rows;
      ASSERT_OK(store_->Read([&](Reader& reader) -> absl::Status {
        AMIKECO_ASSIGN_OR_RETURN(rows, reader.Scan({"thing", "by", "", "", after, size}));
        return absl::OkStatus();
      }));
      if (rows.empty()) break;
      EXPECT_LE(rows.size(), static_cast<size_t>(size));
      for (const auto& [position, record] : rows) ++seen[record.id];
      after = rows.back().first;
    }
    for (int i = 0; i < 60; ++i) EXPECT_EQ(seen[steady(i)], 1) << steady(i) << " in pages of " << size;
  }
  stop = true;
  churn.join();
}

// Transactions
// -------------------------------------------------------------------------------------------------------

TEST_P(StoreConformance, LeavesNothingOfATransactionThatFails) {
  ASSERT_OK(Insert("old", "o"));
  const absl::Status refused = store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "new", 1, ""}, 0, {Key{"by", "n"}}));
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "old", 2, "changed"}, 1, {Key{"by", "p"}}));
    AMIKECO_RETURN_IF_ERROR(tx.Append({0, "e1", "old", 1, ""}));
    AMIKECO_RETURN_IF_ERROR(tx.MarkHandled("group", "e0").status());
    AMIKECO_RETURN_IF_ERROR(tx.SaveRequest({"actor", "r1", "", "", "", absl::Now()}));
    return absl::FailedPreconditionError("refused after all");
  });
  EXPECT_EQ(refused, absl::FailedPreconditionError("refused after all"));
  EXPECT_EQ(Get("new"), std::nullopt);
  EXPECT_EQ(BodyOf("old"), "body of old");
  EXPECT_THAT(Ids({"thing", "by", "", "", std::nullopt, 9}), ElementsAre("old"));
  EXPECT_THAT(Number(), IsEmpty());
  EXPECT_TRUE(Handle("group", "e0"));
  EXPECT_EQ(FindRequest("actor", "r1"), std::nullopt);
}

TEST_P(StoreConformance, RunsABodyThatLosesItsRaceAgainAndKeepsOnlyTheLastRun) {
  int runs = 0;
  EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", absl::StrCat("run", ++runs), 1, ""}, 0, {Key{"by", "x"}}));
    AMIKECO_RETURN_IF_ERROR(tx.Append({0, absl::StrCat("e", runs), "s", 1, ""}));
    if (runs < 3) return Error(errors::kLostRace, "as if another had been first");
    return absl::OkStatus();
  }));
  EXPECT_EQ(runs, 3);
  EXPECT_THAT(AllIds(), ElementsAre("run3"));
  EXPECT_EQ(Number().size(), 1u);
}

TEST_P(StoreConformance, GivesUpARaceAfterTenMoreRuns) {
  int runs = 0;
  const absl::Status status = store_->Write([&](Transaction&) -> absl::Status {
    ++runs;
    return Error(errors::kLostRace, "always");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(runs, 11);
}

// As often as exhausts any pool that would lose a connection by it.
TEST_P(StoreConformance, SurvivesBodiesThatThrow) {
  for (int i = 0; i < 20; ++i) {
    const absl::Status written = store_->Write([&](Transaction& tx) -> absl::Status {
      EXPECT_OK(tx.Put({"thing", "a", 1, "x"}, 0, {}));
      throw std::runtime_error("thrown");
    });
    EXPECT_EQ(written, absl::InternalError("exception: thrown"));
    const absl::Status read = store_->Read([&](Reader&) -> absl::Status { throw std::runtime_error("thrown"); });
    EXPECT_EQ(read, absl::InternalError("exception: thrown"));
  }
  EXPECT_FALSE(Get("a").has_value());
  EXPECT_OK(Insert("a", "x"));
}

TEST_P(StoreConformance, DoesNotRunARefusalAgain) {
  int runs = 0;
  for (const auto code : {absl::StatusCode::kAborted, absl::StatusCode::kFailedPrecondition}) {
    EXPECT_EQ(store_->Write([&](Transaction&) { return ++runs, absl::Status(code, "no"); }).code(), code);
  }
  EXPECT_EQ(runs, 2);
}

TEST_P(StoreConformance, LosesNoUpdateOfSixteenWritersOfOneRecord) {
  ASSERT_OK(store_->Write([](Transaction& tx) { return tx.Put({"thing", "sum", 1, "0"}, 0, {}); }));
  std::atomic<int> committed = 0, gave_up = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const absl::Status status = store_->Write([&](Transaction& tx) -> absl::Status {
          AMIKECO_ASSIGN_OR_RETURN(const auto found, tx.Get("thing", "sum"));
          int sum = 0;
          if (!absl::SimpleAtoi(found->body, &sum)) return absl::DataLossError("sum");
          AMIKECO_RETURN_IF_ERROR(tx.Append({0, absl::StrCat(t, "-", i), "sum", found->version, ""}));
          return tx.Put({"thing", "sum", found->version + 1, absl::StrCat(sum + 1)}, found->version, {});
        });
        EXPECT_TRUE(status.ok() || ReasonOf(status) == "LOST_RACE") << status;
        ++(status.ok() ? committed : gave_up);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(BodyOf("sum"), absl::StrCat(committed.load()));
  EXPECT_EQ(Get("sum")->version, 1 + committed);
  EXPECT_EQ(committed + gave_up, 320);
  EXPECT_GT(committed, 240) << "the retries hardly help";
  EXPECT_EQ(Number().size(), static_cast<size_t>(committed));
}

TEST_P(StoreConformance, OneTransactionsFailureLeavesItsNeighboursAlone) {
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const bool refuse = (t + i) % 2 == 0;
        const absl::Status status = store_->Write([&](Transaction& tx) -> absl::Status {
          AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", absl::StrCat(t, "-", i), 1, ""}, 0, {Key{"by", "x"}}));
          return refuse ? absl::FailedPreconditionError("refused") : absl::OkStatus();
        });
        EXPECT_EQ(status.ok(), !refuse) << status;
        if (status.ok()) ++committed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(AllIds().size(), static_cast<size_t>(committed));
  EXPECT_EQ(committed, 80);
}

TEST_P(StoreConformance, ReadsOneSnapshotWhileOthersWrite) {
  ASSERT_OK(Insert("a", "1"));
  EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto before, reader.Get("thing", "a"));
    std::thread writer([&] {
      EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
        AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "a", 2, "changed"}, 1, {Key{"by", "2"}}));
        AMIKECO_RETURN_IF_ERROR(tx.Append({0, "e", "a", 1, ""}));
        return tx.Put({"thing", "b", 1, ""}, 0, {Key{"by", "1"}});
      }));
    });
    writer.join();
    AMIKECO_ASSIGN_OR_RETURN(const auto after, reader.Get("thing", "a"));
    EXPECT_EQ(after->body, before->body);
    AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan({"thing", "by", "", "", std::nullopt, 10}));
    EXPECT_EQ(rows.size(), 1u);
    AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History("a", 0, 10));
    EXPECT_THAT(history, IsEmpty());
    return absl::OkStatus();
  }));
  EXPECT_EQ(BodyOf("a"), "changed");
}

TEST_P(StoreConformance, ReturnsTheReadersError) {
  EXPECT_EQ(store_->Read([](Reader&) { return absl::NotFoundError("x"); }), absl::NotFoundError("x"));
  EXPECT_EQ(Get("a"), std::nullopt);
}

TEST_P(StoreConformance, KeepsEverythingWhenReopened) {
  ASSERT_OK(Insert("a", "x", true));
  ASSERT_OK(AppendFact("a", 1));
  ASSERT_EQ(Number().size(), 1u);
  ASSERT_OK(AppendFact("a", 2));
  ASSERT_TRUE(Handle("group", "e"));
  ASSERT_OK(store_->Write([&](Transaction& tx) {
    return tx.SaveRequest({"actor", "r", "m", "f", "answer", absl::FromUnixSeconds(5'000'000'000)});
  }));
  Reopen();
  EXPECT_EQ(BodyOf("a"), "body of a");
  EXPECT_THAT(AllIds(), ElementsAre("a"));
  EXPECT_FALSE(Handle("group", "e"));
  EXPECT_EQ(FindRequest("actor", "r")->response, "answer");
  const auto numbered = Number();
  ASSERT_EQ(numbered.size(), 1u);
  EXPECT_EQ(numbered[0].number, 2);
  EXPECT_OK(store_->Check());
}

TEST_P(StoreConformance, IsNotReadyOnASchemaThatIsTooOld) {
  EXPECT_OK(store_->Check());
  ASSERT_OK(backend_->Execute("UPDATE schema_version SET version = 0"));
  EXPECT_EQ(store_->Check().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(store_->Check()), "SCHEMA_TOO_OLD");
  ASSERT_OK(backend_->Execute("UPDATE schema_version SET version = 1000"));  // a newer release was here
  EXPECT_OK(store_->Check());
  Reopen();
  EXPECT_OK(store_->Check());
}

// Facts
// --------------------------------------------------------------------------------------------------------------

TEST_P(StoreConformance, KeepsASubjectsHistoryInOrder) {
  for (const int64_t version : {1, 2, 3, 4, 5}) {
    ASSERT_OK(AppendFact("a", version));
    ASSERT_OK(AppendFact("b", version));
  }
  EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto all, reader.History("a", 0, 100));
    EXPECT_EQ(all.size(), 5u);
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].subject_version, static_cast<int64_t>(i) + 1);
      EXPECT_EQ(all[i].id, absl::StrCat("a-", i + 1));
      EXPECT_EQ(all[i].number, 0);
      EXPECT_EQ(all[i].body, "fact");
    }
    AMIKECO_ASSIGN_OR_RETURN(const auto part, reader.History("a", 2, 2));
    EXPECT_EQ(part.size(), 2u);
    EXPECT_EQ(part.at(0).subject_version, 3);
    AMIKECO_ASSIGN_OR_RETURN(const auto none, reader.History("c", 0, 10));
    EXPECT_THAT(none, IsEmpty());
    return absl::OkStatus();
  }));
}

TEST_P(StoreConformance, RefusesASecondFactOfOneVersion) {
  ASSERT_OK(AppendFact("a", 1));
  const absl::Status again = store_->Write([](Transaction& tx) { return tx.Append({0, "other", "a", 1, ""}); });
  EXPECT_EQ(again.code(), absl::StatusCode::kAborted) << again;
}

TEST_P(StoreConformance, NumbersFactsWithoutGapsAndOnce) {
  for (const int64_t version : {1, 2, 3, 4, 5}) ASSERT_OK(AppendFact("a", version));
  EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto published, reader.EventsAfter(0, 10));
    EXPECT_THAT(published, IsEmpty());
    return absl::OkStatus();
  }));
  const auto first = Number(2);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].number, 1);
  EXPECT_EQ(first[0].id, "a-1");
  EXPECT_EQ(first[0].body, "fact");
  EXPECT_EQ(first[1].number, 2);
  EXPECT_EQ(Number().size(), 3u);
  EXPECT_THAT(Number(), IsEmpty());
  EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto published, reader.EventsAfter(1, 3));
    EXPECT_EQ(published.size(), 3u);
    for (size_t i = 0; i < published.size(); ++i) {
      EXPECT_EQ(published[i].number, static_cast<int64_t>(i) + 2);
      EXPECT_EQ(published[i].subject_version, static_cast<int64_t>(i) + 2);
    }
    AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History("a", 0, 10));
    EXPECT_EQ(history.at(4).number, 5);
    return absl::OkStatus();
  }));
}

TEST_P(StoreConformance, LinksEveryNumberedFactToTheOneBefore) {
  for (const int64_t version : {1, 2, 3, 4, 5}) ASSERT_OK(AppendFact("a", version));
  const auto last = [&] {
    std::optional<StoredEvent> event;
    EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(event, reader.LastEvent());
      return absl::OkStatus();
    }));
    return event;
  };
  EXPECT_EQ(last(), std::nullopt);
  auto numbered = Number(2);
  Reopen();
  const auto more = Number();
  numbered.insert(numbered.end(), more.begin(), more.end());
  ASSERT_EQ(numbered.size(), 5u);
  std::string previous(32, '\0');
  for (const StoredEvent& event : numbered) {
    // Written out here once more: what is in databases can never change.
    const std::string number = std::string(7, '\0') + static_cast<char>(event.number);
    EXPECT_EQ(event.link, Sha256(previous + number + "fact")) << event.number;
    previous = event.link;
  }
  ASSERT_NE(last(), std::nullopt);
  EXPECT_EQ(last()->number, 5);
  EXPECT_EQ(last()->link, previous);
  EXPECT_OK(store_->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto published, reader.EventsAfter(0, 10));
    AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History("a", 0, 10));
    for (size_t i = 0; i < numbered.size(); ++i) {
      EXPECT_EQ(published.at(i).link, numbered[i].link);
      EXPECT_EQ(history.at(i).link, numbered[i].link);
    }
    return absl::OkStatus();
  }));
}

TEST_P(StoreConformance, BeginsTheChainBehindFactsThatWereNumberedWithoutLinks) {
  ASSERT_OK(AppendFact("a", 1));
  ASSERT_EQ(Number().size(), 1u);
  ASSERT_OK(backend_->Execute("UPDATE event SET link = NULL"));
  ASSERT_OK(AppendFact("a", 2));
  const auto numbered = Number();
  ASSERT_EQ(numbered.size(), 1u);
  EXPECT_EQ(numbered[0].link, LinkOf(FirstLink(), 2, "fact"));
}

TEST_P(StoreConformance, NumbersEverySubjectsFactsInTheirOrderWhileManyCommit) {
  constexpr int kThreads = 8, kFacts = 25;
  std::atomic<int> running = kThreads;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const std::string subject = absl::StrCat("s", t);
      for (int version = 1; version <= kFacts; version += 2) {
        EXPECT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
          AMIKECO_RETURN_IF_ERROR(tx.Append({0, absl::StrCat(subject, "/", version), subject, version, ""}));
          std::this_thread::yield();  // lets others take the next place in the table and commit before us
          return tx.Append({0, absl::StrCat(subject, "/", version + 1), subject, version + 1, ""});
        }));
      }
      --running;
    });
  }
  std::vector<StoredEvent> all;
  for (bool last = false; !last;) {
    last = running == 0;
    for (auto numbered = Number(7); !numbered.empty(); numbered = Number(7)) {
      all.insert(all.end(), numbered.begin(), numbered.end());
    }
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(all.size(), static_cast<size_t>(kThreads * (kFacts + 1)));
  std::map<std::string, int64_t> versions;
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].number, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(all[i].subject_version, ++versions[all[i].subject]);
  }
}

TEST_P(StoreConformance, WakesAfterACommitWithFactsAlone) {
  std::mutex mutex;
  std::condition_variable changed;
  int wakes = 0;
  store_->OnEvents([&] {
    const std::lock_guard<std::mutex> guard(mutex);
    ++wakes;
    changed.notify_all();
  });
  ASSERT_OK(Insert("a", "x"));
  ASSERT_FALSE(store_
                   ->Write([](Transaction& tx) -> absl::Status {
                     AMIKECO_RETURN_IF_ERROR(tx.Append({0, "no", "no", 1, ""}));
                     return absl::FailedPreconditionError("refused");
                   })
                   .ok());
  ASSERT_OK(AppendFact("a", 1));
  std::unique_lock<std::mutex> guard(mutex);
  EXPECT_TRUE(changed.wait_for(guard, std::chrono::seconds(10), [&] { return wakes == 1; })) << wakes;
}

// Inbox, requests, sweep, locks
// --------------------------------------------------------------------------------------

TEST_P(StoreConformance, HandlesAnEventOncePerConsumer) {
  EXPECT_TRUE(Handle("one", "e1"));
  EXPECT_FALSE(Handle("one", "e1"));
  EXPECT_TRUE(Handle("two", "e1"));
  EXPECT_TRUE(Handle("one", "e2"));
}

TEST_P(StoreConformance, OnlyOneOfManyHandlesAnEvent) {
  std::atomic<int> first = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int e = 0; e < 10; ++e) first += Handle("group", absl::StrCat("e", e));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first, 10);
}

TEST_P(StoreConformance, RemembersARequestPerActor) {
  const absl::Time expires = absl::FromUnixMicros(1'790'000'000'123'456);
  const StoredRequest request{"members/M-1", "r1", "Submit", "print", "answer", expires};
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.SaveRequest(request); }));
  const auto found = FindRequest("members/M-1", "r1");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->method, "Submit");
  EXPECT_EQ(found->fingerprint, "print");
  EXPECT_EQ(found->response, "answer");
  EXPECT_EQ(found->expires_at, expires);
  EXPECT_EQ(FindRequest("members/M-2", "r1"), std::nullopt);
  EXPECT_EQ(FindRequest("members/M-1", "r2"), std::nullopt);
  EXPECT_EQ(store_->Write([&](Transaction& tx) { return tx.SaveRequest(request); }).code(), absl::StatusCode::kAborted);
}

TEST_P(StoreConformance, SweepsExpiredRequestsUpToTheLimit) {
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  ASSERT_OK(store_->Write([&](Transaction& tx) -> absl::Status {
    for (int i = 0; i < 5; ++i) {
      const absl::Time expires = now + absl::Hours(i - 3);
      AMIKECO_RETURN_IF_ERROR(tx.SaveRequest({"actor", absl::StrCat(i), "", "", "", expires}));
    }
    return absl::OkStatus();
  }));
  const auto left = [&] {
    std::string left;
    for (const char* id : {"0", "1", "2", "3", "4"}) left += FindRequest("actor", id) ? id : "";
    return left;
  };
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Sweep(now, 2); }));
  EXPECT_EQ(left(), "234");
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Sweep(now, 100); }));
  EXPECT_EQ(left(), "34");  // the one that expires now is still good
}

TEST_P(StoreConformance, SweepsTheInboxAfterThirtyDaysOfRealTime) {
  ASSERT_TRUE(Handle("group", "old"));
  ASSERT_OK(backend_->Execute(absl::StrCat("UPDATE inbox SET handled_at = handled_at - ",
                                           absl::ToInt64Microseconds(absl::Hours(30 * 24 + 1)))));
  ASSERT_TRUE(Handle("group", "new"));
  // Also for a service whose clock was moved: facts are delivered in real time.
  ASSERT_OK(store_->Write([&](Transaction& tx) { return tx.Sweep(absl::Now() + absl::Hours(365 * 24), 100); }));
  EXPECT_FALSE(Handle("group", "new"));
  EXPECT_TRUE(Handle("group", "old"));
}

TEST_P(StoreConformance, GivesANamedLockToOneHolder) {
  auto first = store_->TryLock("relay");
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_NE(*first, nullptr);
  EXPECT_TRUE((*first)->StillHeld());
  auto second = store_->TryLock("relay");
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*second, nullptr);
  auto other = store_->TryLock("ticker");
  ASSERT_TRUE(other.ok());
  EXPECT_NE(*other, nullptr);
  first->reset();
  // A database may take a moment to notice that the holder is gone.
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  do {
    second = store_->TryLock("relay");
    ASSERT_TRUE(second.ok());
  } while (*second == nullptr && absl::Now() < deadline);
  EXPECT_NE(*second, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance, ::testing::Values(&NewSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, StoreConformance, ::testing::Values(&NewPostgres));

}  // namespace
}  // namespace amikeco
