#include "common/store/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "common/store/store_backends.h"
#include "google/protobuf/type.pb.h"

namespace amikeco {
namespace {

using google::protobuf::Option;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Any message with a text in it will do.
Table<Option> Options() {
  return {"option", [](const Option& option) -> std::vector<Key> {
            return {{"name", option.name(), true}, {"initial", option.name().substr(0, 1)}};
          }};
}

class TableTest : public ::testing::TestWithParam<MakeBackend> {
 protected:
  void SetUp() override {
    backend_ = GetParam()();
    ASSERT_NE(backend_, nullptr);
    auto opened = backend_->Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }

  absl::Status Put(const std::string& id, const std::string& name, int64_t from, int64_t to) {
    Option option;
    option.set_name(name);
    return store_->Write([&](Transaction& tx) { return table_.Put(tx, id, option, from, to); });
  }

  absl::StatusOr<Versioned<Option>> Load(const std::string& id, bool must_exist) {
    absl::StatusOr<Versioned<Option>> found;
    store_
        ->Read([&](Reader& reader) {
          found = must_exist ? table_.Get(reader, id) : table_.Find(reader, id);
          return absl::OkStatus();
        })
        .IgnoreError();
    return found;
  }

  absl::StatusOr<Page<Option>> List(const PageRequest& request) {
    absl::StatusOr<Page<Option>> page;
    store_
        ->Read([&](Reader& reader) {
          page = table_.List(reader, request);
          return absl::OkStatus();
        })
        .IgnoreError();
    return page;
  }

  // All names that pages of `size` show, one page after the other.
  std::vector<std::string> Walk(const std::string& key, const std::string& prefix, int size) {
    std::vector<std::string> names;
    PageRequest request{key, prefix, size, ""};
    do {
      const auto page = List(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->items.size(), static_cast<size_t>(size));
      EXPECT_TRUE(page->next_page_token.empty() || page->items.size() == static_cast<size_t>(size));
      for (const auto& item : page->items) names.push_back(item.value.name());
      request.page_token = page->next_page_token;
    } while (!request.page_token.empty());
    return names;
  }

  std::unique_ptr<StoreBackend> backend_;
  std::unique_ptr<Store> store_;
  const Table<Option> table_ = Options();
};

TEST_P(TableTest, FindsWhatWasPutAndSaysWhenThereIsNone) {
  EXPECT_FALSE(Load("options/1", false)->exists());
  EXPECT_EQ(Load("options/1", true).status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Put("options/1", "anna", 0, 3).ok());
  const auto found = Load("options/1", true);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->name, "options/1");
  EXPECT_EQ(found->value.name(), "anna");
  EXPECT_EQ(found->version, 3);
  EXPECT_EQ(EtagOf(found->version), "\"3\"");
  EXPECT_EQ(Put("options/2", "anna", 0, 1).code(), absl::StatusCode::kAlreadyExists);
}

TEST_P(TableTest, SaysWhichRecordDoesNotParse) {
  ASSERT_TRUE(store_->Write([](Transaction& tx) {
                      return tx.Put({"option", "options/1", 1, "\xff\xff"}, 0, {});
                    })
                  .ok());
  const absl::Status status = Load("options/1", true).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "CORRUPT_RECORD");
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("options/1"));
}

TEST_P(TableTest, WalksAllPagesOfAnySizeInOrder) {
  std::vector<std::string> names;
  for (int i = 0; i < 23; ++i) names.push_back(absl::StrFormat("n%02d", i));
  for (size_t i = 0; i < names.size(); ++i) {
    ASSERT_TRUE(Put(absl::StrFormat("options/%02d", 99 - i), names[i], 0, 1).ok());
  }
  ASSERT_TRUE(Put("options/other", "other", 0, 1).ok());
  for (const int size : {1, 2, 5, 11, 22, 23, 24, 1000}) {
    EXPECT_EQ(Walk("name", "n", size), names) << size;
    EXPECT_EQ(Walk("initial", "n", size).size(), names.size()) << size;  // one value for all: the id decides
  }
  EXPECT_THAT(Walk("name", "n1", 4).size(), 10u);
  EXPECT_THAT(Walk("name", "x", 4), IsEmpty());
  EXPECT_EQ(Walk("name", "", 7).size(), 24u);
}

TEST_P(TableTest, TakesAPrefixAsBytes) {
  for (const std::string name : {"a", "a\xc3\xa4", "a\xef\xbf\xbf", "b"})
    ASSERT_TRUE(Put("o/" + name, name, 0, 1).ok());
  EXPECT_THAT(Walk("name", "a", 2), ElementsAre("a", "a\xc3\xa4", "a\xef\xbf\xbf"));
  EXPECT_THAT(Walk("name", "a\xef", 2), ElementsAre("a\xef\xbf\xbf"));
}

TEST_P(TableTest, AsksForFiftyUnlessToldAndGivesAThousandAtMost) {
  ASSERT_TRUE(store_
                  ->Write([&](Transaction& tx) -> absl::Status {
                    for (int i = 0; i < 1005; ++i) {
                      Option option;
                      option.set_name(absl::StrFormat("n%04d", i));
                      AMIKECO_RETURN_IF_ERROR(table_.Put(tx, absl::StrCat("o/", i), option, 0, 1));
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(List({"name", "", 0, ""})->items.size(), 50u);
  EXPECT_EQ(List({"name", "", 5000, ""})->items.size(), 1000u);
}

TEST_P(TableTest, RefusesWrongPagesNamingTheField) {
  for (const char* name : {"n1", "n2", "n3"}) ASSERT_TRUE(Put(absl::StrCat("o/", name), name, 0, 1).ok());
  const std::string token = List({"name", "n", 1, ""})->next_page_token;
  ASSERT_FALSE(token.empty());
  for (const PageRequest& wrong :
       {PageRequest{"name", "n", -1, ""}, PageRequest{"name", "n", 1, "rubbish"}, PageRequest{"name", "n", 1, "!"},
        PageRequest{"name", "m", 1, token}, PageRequest{"initial", "n", 1, token}}) {
    const absl::Status status = List(wrong).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    const auto detail = DetailOf<google::rpc::BadRequest>(status);
    ASSERT_TRUE(detail.ok());
    EXPECT_EQ(detail->field_violations(0).field(), wrong.page_size < 0 ? "page_size" : "page_token");
  }
}

TEST_P(TableTest, GivesATokenThatSurvivesAnyBytes) {
  const std::string odd("x\x1f\x00y", 4);
  ASSERT_TRUE(Put("o/1", odd + "1", 0, 1).ok());
  ASSERT_TRUE(Put("o/2", odd + "2", 0, 1).ok());
  EXPECT_THAT(Walk("name", odd, 1), ElementsAre(odd + "1", odd + "2"));
}

TEST_P(TableTest, ReadsARangeOfValues) {
  for (const char* name : {"a", "b", "c", "d"}) ASSERT_TRUE(Put(absl::StrCat("o/", name), name, 0, 1).ok());
  const auto names = [&](const std::string& from, const std::string& below, int limit) {
    std::vector<std::string> found;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto rows, table_.Range(reader, "name", from, below, limit));
                      for (const auto& row : rows) found.push_back(row.value.name());
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  };
  EXPECT_THAT(names("b", "d", 10), ElementsAre("b", "c"));
  EXPECT_THAT(names("b", "", 10), ElementsAre("b", "c", "d"));
  EXPECT_THAT(names("", "", 2), ElementsAre("a", "b"));
}

INSTANTIATE_TEST_SUITE_P(Sqlite, TableTest, ::testing::Values(&NewSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, TableTest, ::testing::Values(&NewPostgres));

}  // namespace
}  // namespace amikeco
