// Personal data can be erased and is not readable on disk (A5-05).
#include "common/store/dossier.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/store/open.h"
#include "common/store/store_backends.h"
#include "google/protobuf/wrappers.pb.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using google::protobuf::StringValue;

StringValue Text(const std::string& text) {
  StringValue message;
  message.set_value(text);
  return message;
}

SecretKey KeyOf(char byte) { return *SecretKey::FromBytes(std::string(SecretKey::kSize, byte)); }

class DossiersTest : public ::testing::TestWithParam<MakeBackend> {
 protected:
  void SetUp() override {
    backend_ = GetParam()();
    ASSERT_NE(backend_, nullptr);
    auto opened = backend_->Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  absl::Status Put(const std::string& name, const std::string& text) {
    return store_->Write([&](Transaction& tx) { return dossiers_.Write(tx, name, "profile", Text(text)); });
  }
  absl::Status Erase(const std::string& name) {
    return store_->Write([&](Transaction& tx) { return dossiers_.Erase(tx, name).status(); });
  }
  absl::Status Empty(const std::string& name) {
    return store_->Write([&](Transaction& tx) { return dossiers_.Empty(tx, name).status(); });
  }
  Dossiers::State State(const std::string& name) {
    auto state = Dossiers::State::kNever;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(state, dossiers_.StateOf(reader, name));
                      return absl::OkStatus();
                    })
                    .ok());
    return state;
  }
  absl::StatusOr<std::string> GetWith(const Dossiers& dossiers, const std::string& name) {
    StringValue content;
    bool found = false;
    AMIKECO_RETURN_IF_ERROR(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(found, dossiers.Read(reader, name, "profile", content));
      return absl::OkStatus();
    }));
    return found ? content.value() : "none";
  }
  absl::StatusOr<std::string> Get(const std::string& name) { return GetWith(dossiers_, name); }
  std::optional<StoredRecord> Stored(const std::string& kind, const std::string& name) {
    std::optional<StoredRecord> found;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(found, reader.Get(kind, name));
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  }

  std::unique_ptr<StoreBackend> backend_;
  std::unique_ptr<Store> store_;
  const Dossiers dossiers_{KeyOf('k')};
};

TEST_P(DossiersTest, GivesBackWhatWasPutLast) {
  EXPECT_EQ(Get("officers/1").value_or("?"), "none");
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  ASSERT_TRUE(Put("officers/2", "").ok());
  EXPECT_EQ(Get("officers/1").value_or("?"), "Jane");
  EXPECT_EQ(Get("officers/2").value_or("?"), "");
  ASSERT_TRUE(Put("officers/1", "Joan").ok());
  EXPECT_EQ(Get("officers/1").value_or("?"), "Joan");
}

// A5-05
TEST_P(DossiersTest, StoresNothingThatCanBeRead) {
  ASSERT_TRUE(Put("officers/1", "Jane Officer").ok());
  EXPECT_FALSE(absl::StrContains(Stored("dossier_entry", "officers/1|profile")->body, "Jane"));
}

TEST_P(DossiersTest, EachPersonHasAKeyThatUpdatesKeep) {
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  ASSERT_TRUE(Put("officers/2", "Jane").ok());
  const std::string key = Stored("dossier_key", "officers/1")->body;
  EXPECT_NE(key, Stored("dossier_key", "officers/2")->body);
  ASSERT_TRUE(Put("officers/1", "Joan").ok());
  EXPECT_EQ(Stored("dossier_key", "officers/1")->body, key);
}

// A5-05
TEST_P(DossiersTest, IsErasedForGood) {
  EXPECT_EQ(State("officers/1"), Dossiers::State::kNever);
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  EXPECT_EQ(State("officers/1"), Dossiers::State::kLive);
  const StoredRecord key = *Stored("dossier_key", "officers/1");
  const StoredRecord entry = *Stored("dossier_entry", "officers/1|profile");
  ASSERT_TRUE(Erase("officers/1").ok());
  EXPECT_EQ(State("officers/1"), Dossiers::State::kErased);
  EXPECT_EQ(Stored("dossier_entry", "officers/1|profile"), std::nullopt);
  EXPECT_EQ(Get("officers/1").value_or("?"), "none");
  EXPECT_TRUE(Erase("officers/1").ok());

  // The sealed text from a backup says nothing without the key that went with it.
  ASSERT_TRUE(store_->Write([&](Transaction& tx) { return tx.Put(entry, 0, {}); }).ok());
  EXPECT_EQ(Get("officers/1").value_or("?"), "none");
}

// A5-05: a command or a fact that comes late finds the tombstone, and makes no new key.
TEST_P(DossiersTest, KeepsNothingMoreOfWhoWasErased) {
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  ASSERT_TRUE(Erase("officers/1").ok());
  const absl::Status late = Put("officers/1", "Jane again");
  EXPECT_EQ(ReasonOf(late), "PERSON_ERASED");
  EXPECT_EQ(late.code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Empty("officers/1").ok());
  EXPECT_EQ(State("officers/1"), Dossiers::State::kErased) << "emptying must not take the tombstone away";

  // Also of who never had anything.
  ASSERT_TRUE(Erase("officers/2").ok());
  EXPECT_EQ(ReasonOf(Put("officers/2", "Bert")), "PERSON_ERASED");
}

TEST_P(DossiersTest, IsEmptiedAndFilledAnewWithAnotherKey) {
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  const std::string sealed = Stored("dossier_entry", "officers/1|profile")->body;
  ASSERT_TRUE(Empty("officers/1").ok());
  EXPECT_EQ(State("officers/1"), Dossiers::State::kNever);
  EXPECT_EQ(Get("officers/1").value_or("?"), "none");
  ASSERT_TRUE(Put("officers/1", "Jane again").ok());
  EXPECT_EQ(Get("officers/1").value_or("?"), "Jane again");

  // Not even the sealed text from a backup helps when there is a new key.
  const int64_t version = Stored("dossier_entry", "officers/1|profile")->version;
  ASSERT_TRUE(store_
                  ->Write([&](Transaction& tx) {
                    return tx.Put({"dossier_entry", "officers/1|profile", version + 1, sealed}, version, {});
                  })
                  .ok());
  EXPECT_EQ(Get("officers/1").value_or("?"), "none");
}

TEST_P(DossiersTest, LeavesEverythingWhenTheTransactionFails) {
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  EXPECT_FALSE(store_
                   ->Write([&](Transaction& tx) -> absl::Status {
                     AMIKECO_RETURN_IF_ERROR(dossiers_.Erase(tx, "officers/1").status());
                     return absl::FailedPreconditionError("legal hold");
                   })
                   .ok());
  EXPECT_EQ(Get("officers/1").value_or("?"), "Jane");
}

TEST_P(DossiersTest, OnePersonsRecordDoesNotOpenInAnothersPlace) {
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  const StoredRecord text = *Stored("dossier_entry", "officers/1|profile");
  const StoredRecord key = *Stored("dossier_key", "officers/1");
  ASSERT_TRUE(store_
                  ->Write([&](Transaction& tx) -> absl::Status {
                    AMIKECO_RETURN_IF_ERROR(tx.Put({"dossier_entry", "officers/2|profile", 1, text.body}, 0, {}));
                    return tx.Put({"dossier_key", "officers/2", 1, key.body}, 0, {});
                  })
                  .ok());
  EXPECT_EQ(Get("officers/2").status().code(), absl::StatusCode::kDataLoss);
}

TEST_P(DossiersTest, DoesNotOpenWithAnotherKeyEncryptionKey) {
  ASSERT_TRUE(Put("officers/1", "Jane").ok());
  EXPECT_EQ(GetWith(Dossiers(KeyOf('l')), "officers/1").status().code(), absl::StatusCode::kDataLoss);
}

TEST_P(DossiersTest, EntriesShareTheOwnersKeyAndAreErasedWithIt) {
  const auto write = [&](const std::string& entry, const std::string& text) {
    return store_->Write([&](Transaction& tx) { return dossiers_.Write(tx, "officers/1", entry, Text(text)); });
  };
  const auto read = [&](const std::string& entry) -> std::string {
    StringValue content;
    bool found = false;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(found, dossiers_.Read(reader, "officers/1", entry, content));
                      return absl::OkStatus();
                    })
                    .ok());
    return found ? content.value() : "none";
  };
  ASSERT_TRUE(write("profile", "Jane").ok());
  ASSERT_TRUE(write("report", "It was good.").ok());
  ASSERT_TRUE(write("profile", "Joan").ok());
  EXPECT_EQ(read("profile"), "Joan");
  EXPECT_EQ(read("report"), "It was good.");
  EXPECT_EQ(read("other"), "none");
  ASSERT_TRUE(Empty("officers/1").ok());
  EXPECT_EQ(read("profile"), "none");
  // A new entry has a new key, and what was erased stays so.
  ASSERT_TRUE(write("profile", "Jane again").ok());
  EXPECT_EQ(read("profile"), "Jane again");
  EXPECT_EQ(read("report"), "none");
  ASSERT_TRUE(Erase("officers/1").ok());
  EXPECT_EQ(read("profile"), "none");
}

TEST_P(DossiersTest, AnEntryDoesNotOpenInTheOthersPlace) {
  ASSERT_TRUE(
      store_->Write([&](Transaction& tx) { return dossiers_.Write(tx, "officers/1", "profile", Text("Jane")); }).ok());
  const StoredRecord entry = *Stored("dossier_entry", "officers/1|profile");
  ASSERT_TRUE(store_
                  ->Write([&](Transaction& tx) {
                    return tx.Put({"dossier_entry", "officers/1|report", 1, entry.body}, 0, {});
                  })
                  .ok());
  StringValue content;
  EXPECT_EQ(
      store_->Read([&](Reader& reader) { return dossiers_.Read(reader, "officers/1", "report", content).status(); })
          .code(),
      absl::StatusCode::kDataLoss);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, DossiersTest, ::testing::Values(&NewSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, DossiersTest, ::testing::Values(&NewPostgres));

// A database that has room must not keep what was erased in it.
TEST(DossierFile, HoldsNothingOfAnErasedKeyAfterItsLogWasCopied) {
  const TemporaryFolder folder("dossier");
  config::v1::StoreConfig config;
  config.mutable_sqlite()->set_path(folder / "test.db");
  const Dossiers dossiers(KeyOf('k'));
  std::string sealed_key;
  {
    auto store = OpenStore(config);
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)
                    ->Write([&](Transaction& tx) { return dossiers.Write(tx, "officers/1", "profile", Text("Jane")); })
                    .ok());
    ASSERT_TRUE((*store)
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto key, reader.Get("dossier_key", "officers/1"));
                      sealed_key = key->body;
                      return absl::OkStatus();
                    })
                    .ok());
    ASSERT_TRUE((*store)->Write([&](Transaction& tx) { return dossiers.Erase(tx, "officers/1").status(); }).ok());
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_FALSE(absl::StrContains(bytes, sealed_key)) << entry.path();
  }
}

}  // namespace
}  // namespace amikeco
