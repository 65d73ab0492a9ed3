#include "services/matching/csv_import.h"

#include <fstream>
#include <set>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kHeader[] = "ori,agency_name,agency_type_name,county_name,state_abbr,latitude,longitude";

ImportedAgencies Parse(absl::string_view rows, absl::string_view header = kHeader, int first_line = 2) {
  auto parsed = ParseAgencies(header, rows, first_line, "US");
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *std::move(parsed) : ImportedAgencies();
}

TEST(ParseAgencies, ReadsARow) {
  const ImportedAgencies read = Parse("CA0194200,Los Angeles Police Department,City,LOS ANGELES,CA,34.05,-118.24\n");
  ASSERT_EQ(read.agencies.size(), 1u);
  EXPECT_THAT(read.rejected, IsEmpty());
  const v1::Agency& agency = read.agencies[0];
  EXPECT_EQ(agency.name(), "hosts/CA0194200");
  EXPECT_EQ(agency.title(), "Los Angeles Police Department");
  EXPECT_EQ(agency.agency_type(), "City");
  EXPECT_EQ(agency.county(), "LOS ANGELES");
  EXPECT_EQ(agency.region(), "CA");
  EXPECT_EQ(agency.country(), "US");
  EXPECT_DOUBLE_EQ(agency.latitude(), 34.05);
  EXPECT_DOUBLE_EQ(agency.longitude(), -118.24);
}

TEST(ParseAgencies, FindsColumnsByNameInAnyOrderAndIgnoresOthers) {
  const ImportedAgencies read = Parse("x,CA,Some PD,CA1\n", "nibrs,STATE_ABBR, agency_name ,ori");
  ASSERT_EQ(read.agencies.size(), 1u);
  EXPECT_EQ(read.agencies[0].name(), "hosts/CA1");
  EXPECT_EQ(read.agencies[0].title(), "Some PD");
}

TEST(ParseAgencies, UnderstandsQuotesByteOrderMarkAndEitherLineEnd) {
  const ImportedAgencies read =
      Parse("CA1,\"Smith, \"\"Bob\"\" PD\",City,X,CA,,\r\nCA2,\"Two\nlines\",City,X,CA,,\nCA3,Last,City,X,CA,,",
            absl::StrCat("\xEF\xBB\xBF", kHeader, "\r"));
  EXPECT_THAT(read.rejected, IsEmpty());
  ASSERT_EQ(read.agencies.size(), 3u);
  EXPECT_EQ(read.agencies[0].title(), "Smith, \"Bob\" PD");
  EXPECT_EQ(read.agencies[1].title(), "Two\nlines");
  EXPECT_EQ(read.agencies[2].title(), "Last");
}

TEST(ParseAgencies, ReportsABadRowWithItsLineAndTakesTheOthers) {
  const ImportedAgencies read =
      Parse("CA1,\"a\nb\",City,X,CA,,\n,No ori,City,X,CA,,\nCA2,B,City,X,CA,,\n", kHeader, 100);
  EXPECT_EQ(read.agencies.size(), 2u);
  ASSERT_EQ(read.rejected.size(), 1u);
  EXPECT_EQ(read.rejected[0].line(), 102);
  EXPECT_THAT(read.rejected[0].reason(), HasSubstr("ori"));
}

TEST(ParseAgencies, SaysWhatIsWrongWithEachKindOfBadRow) {
  const std::pair<std::string, std::string> bad[] = {
      {"CA1,Cut off,Ci", "3 fields, the header has 7"},
      {"CA1,\"never closed,City,X,CA,,", "quotes"},
      {"CA1,\"closed\" and more,City,X,CA,,", "quotes"},
      {"CA1,a \"quote\" inside,City,X,CA,,", "quotes"},
      {"CA 1,Name,City,X,CA,,", "ori"},
      {"CA1,,City,X,CA,,", "agency_name"},
      {"CA1,Name,City,X,,,", "state_abbr"},
      {"CA1,Name,City,X,California,,", "state_abbr"},
      {"CA1,Name,City,X,CA,91,", "latitude"},
      {"CA1,Name,City,X,CA,north,", "latitude"},
      {"CA1,Name,City,X,CA,nan,", "latitude"},
      {"CA1,Name,City,X,CA,,-181", "longitude"},
      {"CA1,Stra\xDF"
       "e,City,X,CA,,",
       "UTF-8"},
      {"CA1,Cut in a letter \xC3", "UTF-8"},
  };
  for (const auto& [row, reason] : bad) {
    const ImportedAgencies read = Parse(row);
    EXPECT_THAT(read.agencies, IsEmpty()) << row;
    ASSERT_EQ(read.rejected.size(), 1u) << row;
    EXPECT_THAT(read.rejected[0].reason(), HasSubstr(reason)) << row;
  }
}

TEST(ParseAgencies, TakesTheFirstOfTwoRowsWithOneOri) {
  const ImportedAgencies read = Parse("CA1,First,City,X,CA,,\nCA1,Second,City,X,CA,,\n");
  ASSERT_EQ(read.agencies.size(), 1u);
  EXPECT_EQ(read.agencies[0].title(), "First");
  ASSERT_EQ(read.rejected.size(), 1u);
  EXPECT_EQ(read.rejected[0].line(), 3);
  EXPECT_THAT(read.rejected[0].reason(), HasSubstr("line 2"));
}

TEST(ParseAgencies, TakesAChunkWithoutRows) {
  EXPECT_THAT(Parse("").agencies, IsEmpty());
  EXPECT_THAT(Parse("\r\n\n").rejected, IsEmpty());
}

TEST(ParseAgencies, RefusesAHeaderWithoutNeededColumnsAndNamesThemAll) {
  const auto refused = ParseAgencies("ORI;agency_name", "CA1;x\n", 2, "US");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(refused.status()), errors::kHeaderLacksColumn.reason);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("ori, agency_name, state_abbr"));
}

TEST(ParseAgencies, RefusesMoreRowsThanAChunkMayHave) {
  std::string rows;
  for (int i = 0; i <= kMaxRowsPerChunk; ++i) absl::StrAppend(&rows, "A", i, ",x,City,X,CA,,\n");
  EXPECT_EQ(ReasonOf(ParseAgencies(kHeader, rows, 2, "US").status()), errors::kChunkTooLarge.reason);
  const std::string large(kMaxChunkBytes + 1, 'x');
  EXPECT_EQ(ReasonOf(ParseAgencies(kHeader, large, 2, "US").status()), errors::kChunkTooLarge.reason);
}

TEST(SplitCsv, CutsBetweenRowsAndKeepsLineNumbers) {
  const CsvFile file = SplitCsv(
      "\xEF\xBB\xBF"
      "h1,h2\r\na,1\r\n\"b\nb\",2\nc,3",
      2);
  EXPECT_EQ(file.header, "h1,h2");
  ASSERT_EQ(file.chunks.size(), 2u);
  EXPECT_EQ(file.chunks[0].rows, "a,1\r\n\"b\nb\",2\n");
  EXPECT_EQ(file.chunks[0].first_line, 2);
  EXPECT_EQ(file.chunks[1].rows, "c,3");
  EXPECT_EQ(file.chunks[1].first_line, 5);
}

TEST(SplitCsv, CutsByBytesToo) {
  const CsvFile file = SplitCsv("h\n123456\n123456\n123456\n", 100, 15);
  ASSERT_EQ(file.chunks.size(), 2u);
  EXPECT_EQ(file.chunks[0].rows, "123456\n123456\n");
}

TEST(SplitCsv, TakesAnEmptyFileAndOneOfAHeaderAlone) {
  EXPECT_THAT(SplitCsv("").chunks, IsEmpty());
  EXPECT_EQ(SplitCsv("").header, "");
  EXPECT_THAT(SplitCsv("a,b\n").chunks, IsEmpty());
  EXPECT_EQ(SplitCsv("a,b").header, "a,b");
}

// A0-16: the real directory, cut anywhere, never crashes and never makes up an agency.
class RealFile : public ::testing::Test {
 protected:
  RealFile() {
    std::ifstream in("data/us_agencies.csv");
    std::stringstream text;
    text << in.rdbuf();
    text_ = text.str();
  }
  std::string text_;
};

TEST_F(RealFile, IsReadWhole_A0_16) {
  ASSERT_FALSE(text_.empty()) << "data/us_agencies.csv is not there";
  const CsvFile file = SplitCsv(text_);
  std::set<std::string> names;
  size_t rejected = 0;
  for (const CsvChunk& chunk : file.chunks) {
    const ImportedAgencies read = Parse(chunk.rows, file.header, chunk.first_line);
    for (const v1::Agency& agency : read.agencies) names.insert(agency.name());
    for (const v1::RejectedRow& row : read.rejected) {
      ++rejected;
      ADD_FAILURE() << row.line() << ": " << row.reason();
    }
  }
  EXPECT_EQ(names.size(), 18702u);
  EXPECT_EQ(rejected, 0u);
}

TEST_F(RealFile, MayEndAnywhere) {
  const CsvFile whole = SplitCsv(text_);
  const std::string& rows = whole.chunks.front().rows;
  std::set<std::string> known;
  for (const v1::Agency& agency : Parse(rows, whole.header).agencies) known.insert(agency.SerializeAsString());
  for (size_t end = 0; end < rows.size(); end += 997) {
    const ImportedAgencies read = Parse(rows.substr(0, end), whole.header);
    // The last row may be cut inside its last field and still look whole; all before it are as they were.
    for (size_t i = 0; i + 1 < read.agencies.size(); ++i)
      EXPECT_EQ(known.count(read.agencies[i].SerializeAsString()), 1u);
    EXPECT_LE(read.rejected.size(), 1u);
  }
}

}  // namespace
}  // namespace amikeco::matching
