// Watch-lists through the call chain on a real store: from an operator's files to the version that serves.
#include "services/compliance/watch_lists.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "services/compliance/list_keeper.h"
#include "services/compliance/test_screening.h"
#include "services/compliance/watch_list.h"

namespace amikeco::compliance {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kUn = v1::WATCH_LIST_FORMAT_CONSOLIDATED;

// Invented, in the publishers' forms.
constexpr char kSdn[] =
    "101,\"BREZOVSKY, Zoltan\",\"individual\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB 03 Mar 1961; "
    "nationality Hungary.\"\r\n"
    "102,\"MALINAK, Piotr\",\"individual\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
    "this is no row\r\n\x1A";
constexpr char kAliases[] = "101,1,\"aka\",\"BREZOFFSKY, Soltan\",-0- \r\n\x1A";
constexpr char kAddresses[] = "101,1,\"1 Main Street\",\"Szeged\",\"Hungary\",-0- \r\n\x1A";
constexpr char kComments[] = "101,\"; DOB 1963\"\r\n\x1A";
constexpr char kDenied[] =
    "\"Name\"\t\"Street_Address\"\t\"City\"\t\"State\"\t\"Country\"\t\"Effective_Date\"\t\"Shoe_Size\"\n"
    "\"ZOLTAN BREZOVSKY\"\t\"1 MAIN STREET\"\t\"SZEGED\"\t\"\"\t\"HU\"\t\"01/02/2020\"\t\"44\"\n";
constexpr char kNotices[] = R"([{"entity_id": "2026/1", "name": "BREZOVSKY", "forename": "Zoltan",
  "date_of_birth": "1961/03/03", "nationalities": ["HU"]}])";

config::v1::ScreeningConfig Requiring(const std::string& list, absl::Duration max_age) {
  config::v1::ScreeningConfig config;
  auto& required = *config.add_required_lists();
  required.set_list(list);
  if (max_age < absl::InfiniteDuration()) required.mutable_max_age()->set_seconds(absl::ToInt64Seconds(max_age));
  return config;
}

class WatchListsTest : public ScreeningTest {
 protected:
  // Names of the lists, and versions, that a replica screens against.
  static std::vector<std::string> Serving(Store& store, ComplianceService& service) {
    std::vector<std::string> serving;
    const absl::Status status = store.Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto lists, service.watch_lists().Serving(reader, absl::Now()));
      for (const auto& list : lists.lists) serving.push_back(absl::StrCat(list.list(), "@", list.version()));
      return absl::OkStatus();
    });
    if (!status.ok()) serving.push_back(ReasonOf(status));
    return serving;
  }
  std::vector<std::string> Serving() { return Serving(*store_, *service_); }
};

// A0-25
TEST_F(WatchListsTest, ReadsEachPublishersFilesAndReportsWhatItLeftOut) {
  const auto sdn = Import("ofac-sdn", v1::WATCH_LIST_FORMAT_SDN, {kSdn, kAliases, kAddresses, kComments});
  ASSERT_TRUE(sdn.ok()) << sdn.status();
  EXPECT_EQ(sdn->watch_list().versions(0).entries(), 2);
  EXPECT_EQ(sdn->watch_list().versions(0).names(), 3);
  EXPECT_EQ(sdn->rejected(), 1);
  ASSERT_THAT(sdn->rejects(), SizeIs(1));
  EXPECT_EQ(sdn->rejects(0).line(), 3);
  const auto denied = Import("dpl", v1::WATCH_LIST_FORMAT_DENIED_PERSONS, {kDenied});
  ASSERT_TRUE(denied.ok()) << denied.status();
  EXPECT_EQ(denied->rejects(0).line(), 1);
  EXPECT_THAT(denied->rejects(0).reason(), HasSubstr("Shoe_Size"));
  const auto notices = Import("interpol", v1::WATCH_LIST_FORMAT_NOTICES, {kNotices});
  ASSERT_TRUE(notices.ok()) << notices.status();
  EXPECT_TRUE(notices->watch_list().coverage_partial());
  EXPECT_FALSE(sdn->watch_list().coverage_partial());
  const auto un = Import("un", kUn, {ConsolidatedList({kBrezovsky})});
  ASSERT_TRUE(un.ok()) << un.status();
  EXPECT_EQ(un->watch_list().versions(0).entries(), 301);
  EXPECT_THAT(Serving(),
              ElementsAre("watchLists/dpl@1", "watchLists/interpol@1", "watchLists/ofac-sdn@1", "watchLists/un@1"));
  const auto all = Ask<v1::ListWatchListsResponse>(kVera, "ListWatchLists", v1::ListWatchListsRequest());
  EXPECT_THAT(all->watch_lists(), SizeIs(4));
  ExpectHistoryFoldsTo<v1::WatchList, v1::WatchListFact>(WatchListTable(), "watchLists/ofac-sdn");
}

TEST_F(WatchListsTest, GoesOnServingWhenAFileCannotBeRead) {
  const std::string good = ConsolidatedList({kBrezovsky});
  ImportPeople({kBrezovsky});
  const std::string bomb =
      absl::StrCat("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>",
                   good.substr(good.find("<CONSOLIDATED_LIST")));
  std::string utf16 = "\xFF\xFE";
  for (const char c : good) utf16 += {c, '\0'};
  const std::string latin1 = absl::StrReplaceAll(good, {{"Zoltan", "Zolt\xE1n"}});
  for (const std::string& bad : {std::string(), good.substr(0, good.size() / 2), bomb, utf16, latin1,
                                 std::string("<HTML>not found</HTML>"), std::string(kDenied), std::string(kNotices)}) {
    const auto refused = Import("un", kUn, {bad}, true);
    EXPECT_EQ(ReasonOf(refused.status()), "LIST_UNREADABLE") << bad.substr(0, 60);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(Serving(), ElementsAre("watchLists/un@1"));
  EXPECT_THAT(List("watchLists/un").versions(), SizeIs(1));
  EXPECT_EQ(ReasonOf(Import("dpl", v1::WATCH_LIST_FORMAT_DENIED_PERSONS, {"Name\tCity\nX\tY\n"}).status()),
            "LIST_UNREADABLE");
  EXPECT_EQ(ReasonOf(Import("dpl", v1::WATCH_LIST_FORMAT_NOTICES, {"[{\"entity_id\""}).status()), "LIST_UNREADABLE");
}

TEST_F(WatchListsTest, RefusesAListThatHasShrunkUnlessThatIsMeant) {
  const std::vector<std::string> whole = {ConsolidatedList({kBrezovsky}, 100)};
  const std::vector<std::string> few = {ConsolidatedList({kBrezovsky}, 70)};
  ASSERT_TRUE(Import("un", kUn, whole).ok());
  const auto refused = Import("un", kUn, few);
  EXPECT_EQ(ReasonOf(refused.status()), "LIST_SHRUNKEN");
  const auto info = DetailOf<google::rpc::ErrorInfo>(refused.status());
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->metadata().at("entries_before"), "101");
  EXPECT_THAT(Serving(), ElementsAre("watchLists/un@1"));
  EXPECT_TRUE(Import("un", kUn, {ConsolidatedList({kBrezovsky}, 85)}).ok()) << "a few less are nothing unusual";
  EXPECT_TRUE(Import("un", kUn, {ConsolidatedList({kBrezovsky}, 1000)}).ok()) << "ten times as many";
  EXPECT_TRUE(Import("un", kUn, few, true).ok());
  EXPECT_THAT(Serving(), ElementsAre("watchLists/un@4"));
  EXPECT_EQ(ReasonOf(Import("un", v1::WATCH_LIST_FORMAT_NOTICES, {kNotices}, true).status()), "OTHER_FORMAT");
}

TEST_F(WatchListsTest, TakesChunksInOrderOnceAndUploadsForOneImport) {
  constexpr auto kEntries = v1::WATCH_LIST_PART_ENTRIES;
  EXPECT_EQ(ReasonOf(Chunk("watchListUploads/a", kEntries, 2, "x").status()), "CHUNK_OUT_OF_ORDER");
  const std::string text = ConsolidatedList({kBrezovsky});
  ASSERT_TRUE(Chunk("watchListUploads/a", kEntries, 1, text.substr(0, 100)).ok());
  ASSERT_TRUE(Chunk("watchListUploads/a", kEntries, 1, text.substr(0, 100)).ok()) << "it was sent again";
  const auto stored = Chunk("watchListUploads/a", kEntries, 2, text.substr(100));
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->files(0).bytes(), static_cast<int64_t>(text.size()));
  v1::ImportWatchListRequest request;
  request.set_watch_list_id("un");
  request.set_format(kUn);
  request.set_upload("watchListUploads/a");
  const auto import = [&] { return Ask<v1::ImportWatchListResponse>(kOperations, "ImportWatchList", request); };
  ASSERT_TRUE(import().ok());
  EXPECT_EQ(ReasonOf(import().status()), "UPLOAD_USED");
  EXPECT_EQ(ReasonOf(Chunk("watchListUploads/a", kEntries, 3, "x").status()), "UPLOAD_USED");
  request.set_upload("watchListUploads/none");
  EXPECT_EQ(import().status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(Chunk("watchListUploads/b", v1::WATCH_LIST_PART_ALIASES, 1, kAliases).ok());
  request.set_upload("watchListUploads/b");
  EXPECT_EQ(import().status().code(), absl::StatusCode::kInvalidArgument) << "aliases of nobody";
  EXPECT_FALSE(Ask<v1::ImportWatchListResponse>(kVera, "ImportWatchList", request).ok()) << "operators alone";
}

TEST_F(WatchListsTest, TakesNoFileThatIsLongerThanAListMayBe) {
  const std::string chunk(size_t{1} << 20, 'x');
  int number = 0;
  for (; number < 64; ++number) {
    ASSERT_TRUE(Chunk("watchListUploads/a", v1::WATCH_LIST_PART_ENTRIES, number + 1, chunk).ok());
  }
  EXPECT_EQ(ReasonOf(Chunk("watchListUploads/a", v1::WATCH_LIST_PART_ENTRIES, number + 1, "x").status()),
            "LIST_UNREADABLE");
  EXPECT_FALSE(Chunk("watchListUploads/b", v1::WATCH_LIST_PART_ENTRIES, 1, chunk + "x").ok());
}

TEST_F(WatchListsTest, DiscardsUploadsThatNobodyImportedAndVersionsThatAreNotKept) {
  ASSERT_TRUE(Chunk("watchListUploads/a", v1::WATCH_LIST_PART_ENTRIES, 1, "x").ok());
  for (int i = 0; i < kKeptVersions + 2; ++i) ImportPeople({kBrezovsky});
  const v1::WatchList list = List("watchLists/un");
  EXPECT_THAT(list.versions(), SizeIs(kKeptVersions));
  EXPECT_EQ(list.versions(0).number(), 3);
  EXPECT_THAT(TickAll(), ElementsAre("watchListUploads/u1", "watchListUploads/u2"));
  EXPECT_THAT(TickAll(), IsEmpty());
  clock_.AdvanceTo(At("2027-02-02"));
  EXPECT_THAT(TickAll(), ElementsAre("watchListUploads/a"));
  EXPECT_THAT(TickAll(), IsEmpty());
  EXPECT_THAT(Serving(), ElementsAre("watchLists/un@12"));
}

// Any number of replicas: each screens against what the store says, whoever imported it.
TEST_F(WatchListsTest, ServeTheSameVersionInEveryReplica) {
  const auto other = MakeService();
  EXPECT_THAT(Serving(*store_, *other), ElementsAre("NO_WATCH_LIST"));
  ImportPeople({kBrezovsky});
  EXPECT_THAT(Serving(*store_, *other), ElementsAre("watchLists/un@1"));
  ImportPeople({kBrezovsky, {"7002", "Piotr", "Malinak"}});
  EXPECT_THAT(Serving(*store_, *other), ElementsAre("watchLists/un@2"));
  v1::ServeWatchListVersionRequest back;
  back.set_name("watchLists/un");
  back.set_version(1);
  ASSERT_TRUE(Ask<v1::WatchList>(kOperations, "ServeWatchListVersion", back).ok());
  EXPECT_THAT(Serving(*store_, *other), ElementsAre("watchLists/un@1"));
  EXPECT_THAT(Serving(), ElementsAre("watchLists/un@1"));
  back.set_version(3);
  EXPECT_EQ(ReasonOf(Ask<v1::WatchList>(kOperations, "ServeWatchListVersion", back).status()), "VERSION_NOT_KEPT");
  ExpectHistoryFoldsTo<v1::WatchList, v1::WatchListFact>(WatchListTable(), "watchLists/un");
}

TEST_F(WatchListsTest, TellHowOldTheyAreAndWhatWaits) {
  ImportPeople({kBrezovsky});
  ASSERT_TRUE(Screen("members/F-1", Person("Zoltan Brezovsky")).ok());
  clock_.AdvanceTo(At("2027-02-03"));
  Metrics metrics;
  Start(Requiring("watchLists/dpl", absl::InfiniteDuration()));
  ListKeeper keeper(*store_, clock_, metrics, service_->watch_lists());
  ASSERT_TRUE(keeper.Look().ok());
  EXPECT_THAT(metrics.Render(), AllOf(HasSubstr("amikeco_watch_list_age_seconds{list=\"watchLists/un\"} 172800"),
                                      HasSubstr("amikeco_watch_list_entries{list=\"watchLists/un\"} 301"),
                                      HasSubstr("amikeco_watch_list_gaps 1"), HasSubstr("amikeco_screenings_open 1")));
}

// A0-25
TEST(ListsToScreen, NamesWhatIsRequiredAndMissingOrTooOld) {
  v1::WatchList list;
  list.set_name("watchLists/un");
  list.set_serving(2);
  for (const int number : {1, 2}) {
    auto& version = *list.add_versions();
    version.set_number(number);
    *version.mutable_import_time() = ToTimestamp(At("2027-02-01") + absl::Hours(number));
  }
  const auto gaps = [&](const config::v1::ScreeningConfig& config, absl::Duration after) {
    std::vector<std::string> gaps;
    for (const auto& one : ListsToScreen({list}, config.required_lists(), At("2027-02-01") + after)) {
      gaps.push_back(absl::StrCat(one.list(), "@", one.version(), " ", v1::ScreenedList::Gap_Name(one.gap())));
    }
    return gaps;
  };
  const std::string fresh = "watchLists/un@2 GAP_UNSPECIFIED";
  EXPECT_THAT(gaps({}, absl::Hours(9999)), ElementsAre(fresh));
  EXPECT_THAT(gaps(Requiring("watchLists/un", absl::InfiniteDuration()), absl::Hours(9999)), ElementsAre(fresh));
  EXPECT_THAT(gaps(Requiring("watchLists/un", absl::Hours(24)), absl::Hours(26)), ElementsAre(fresh)) << "of version 2";
  EXPECT_THAT(gaps(Requiring("watchLists/un", absl::Hours(24)), absl::Hours(26) + absl::Seconds(1)),
              ElementsAre("watchLists/un@2 GAP_TOO_OLD"));
  EXPECT_THAT(gaps(Requiring("watchLists/dpl", absl::Hours(24)), absl::Hours(2)),
              ElementsAre(fresh, "watchLists/dpl@0 GAP_NOT_IMPORTED"));
}

TEST(CheckScreening, RefusesRequiredListsThatAreNone) {
  const auto wrong = [](config::v1::ScreeningConfig config) { return std::string(CheckScreening(config).message()); };
  EXPECT_EQ(wrong(Requiring("watchLists/un", absl::Hours(24))), "");
  EXPECT_EQ(wrong(Requiring("watchLists/un", absl::InfiniteDuration())), "");
  EXPECT_THAT(wrong(Requiring("un", absl::Hours(24))), HasSubstr("screening.required_lists[0].list"));
  EXPECT_THAT(wrong(Requiring("watchLists/un", -absl::Hours(1))), HasSubstr("screening.required_lists[0].max_age"));
  config::v1::ScreeningConfig twice = Requiring("watchLists/un", absl::Hours(24));
  *twice.add_required_lists() = twice.required_lists(0);
  EXPECT_THAT(wrong(twice), HasSubstr("screening.required_lists[1].list: is required twice"));
}

TEST(CheckScreening, RefusesThresholdsThatMakeNoSense) {
  const auto check = [](double consider, double block, double share) {
    config::v1::ScreeningConfig config;
    config.set_consider(consider);
    config.set_block(block);
    config.set_least_share(share);
    return CheckScreening(config).ok();
  };
  EXPECT_TRUE(check(0, 0, 0));
  EXPECT_TRUE(check(0.4, 0.4, 1));
  EXPECT_FALSE(check(0.95, 0, 0)) << "above the block of 0.9";
  EXPECT_FALSE(check(0.8, 0.7, 0));
  EXPECT_FALSE(check(0, 1.1, 0));
  EXPECT_FALSE(check(-0.1, 0, 0));
  EXPECT_FALSE(check(0, 0, 2));
}

}  // namespace
}  // namespace amikeco::compliance
