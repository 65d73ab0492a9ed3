#include "services/compliance/screening/lists.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace amikeco::screening {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Matcher;
using testing::SizeIs;

// Invented people, in the publishers' forms.
constexpr char kSdn[] =
    "101,\"BREZOVSKY, Zoltan\",\"individual\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB 03 Mar 1961; alt. DOB "
    "circa 1962; "
    "POB Szolnok, Hungary; nationality Hungary; a.k.a. 'THE BRICK'.\"\r\n"
    "102,\"BREZOVSKY TURBINES LTD\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
    "103,\"SEA LARK\",\"vessel\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Begins ; DOB 19\"\r\n\x1A";
constexpr char kAliases[] = "101,1,\"aka\",\"BREZOFFSKY, Soltan\",-0- \r\n999,2,\"aka\",\"NOBODY\",-0- \r\n\x1A";
constexpr char kAddresses[] = "101,1,\"1 Main Street\",\"Szeged\",\"Hungary\",-0- \r\n\x1A";
constexpr char kComments[] = "101,\"; DOB 1963\"\r\n\x1A";

constexpr char kXml[] = R"(<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-01">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <DATAID>7001</DATAID><FIRST_NAME>ZOLTAN</FIRST_NAME><SECOND_NAME>BREZOVSKY</SECOND_NAME>
      <NATIONALITY><VALUE>Hungary</VALUE></NATIONALITY>
      <NAME_ORIGINAL_SCRIPT>Золтан</NAME_ORIGINAL_SCRIPT>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Soltan Brezoffsky</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Brick</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1961-03-03</DATE></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1963</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
      <INDIVIDUAL_PLACE_OF_BIRTH><CITY>Szolnok</CITY><COUNTRY>Hungary</COUNTRY></INDIVIDUAL_PLACE_OF_BIRTH>
      <INDIVIDUAL_DOCUMENT><DATE_OF_ISSUE>2001-01-01</DATE_OF_ISSUE><NUMBER>X1</NUMBER></INDIVIDUAL_DOCUMENT>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES>
    <ENTITY><DATAID>7002</DATAID><FIRST_NAME>BREZOVSKY TURBINES</FIRST_NAME></ENTITY>
  </ENTITIES>
</CONSOLIDATED_LIST>
)";

constexpr char kDenied[] =
    "\"Name\"\t\"Street_Address\"\t\"City\"\t\"State\"\t\"Country\"\t\"Effective_Date\"\n"
    "\"ZOLTAN BREZOVSKY\"\t\"1 MAIN STREET\"\t\"SZEGED\"\t\"\"\t\"HU\"\t\"01/02/2020\"\n"
    "\"ZOLTAN BREZOVSKY\"\t\"2 SIDE STREET\"\t\"EGER\"\t\"\"\t\"HU\"\t\"01/02/2020\"\n";

constexpr char kNotices[] = R"({"total": 2, "_embedded": {"notices": [
  {"entity_id": "2026/1", "name": "BREZOVSKY", "forename": "Zoltan [x]", "date_of_birth": "1961/03/03", "nationalities": ["HU"],
   "_links": {"self": {"href": "x"}}},
  {"entity_id": "2026/2", "name": "MALINAK", "forename": null, "date_of_birth": "1970", "nationalities": null}
]}, "_links": {}})";

std::vector<std::string> Texts(const Entry& entry) {
  std::vector<std::string> texts;
  for (const ListedName& name : entry.names) {
    texts.push_back(absl::StrCat(name.text, name.quality == Quality::kWeak ? " (weak)" : ""));
  }
  return texts;
}

ListLimits Few(size_t bytes, size_t entries) {
  ListLimits limits;
  limits.bytes = bytes;
  limits.entries = entries;
  return limits;
}

ImportedList Good(absl::StatusOr<ImportedList> list) {
  EXPECT_TRUE(list.ok()) << list.status();
  return list.ok() ? *std::move(list) : ImportedList();
}

TEST(ParseSdn, ReadsNamesBirthsPlacesAndWeakAliases) {
  const ImportedList list = Good(ParseSdn("sdn", {kSdn, kAliases, kAddresses, kComments}));
  ASSERT_THAT(list.entries, SizeIs(3));
  const Entry& entry = list.entries[0];
  EXPECT_EQ(entry.list, "sdn");
  EXPECT_EQ(entry.id, "101");
  EXPECT_EQ(entry.line, 1);
  EXPECT_EQ(entry.kind, Kind::kPerson);
  EXPECT_THAT(Texts(entry), ElementsAre("BREZOVSKY, Zoltan", "THE BRICK (weak)", "BREZOFFSKY, Soltan"));
  EXPECT_THAT(entry.births, ElementsAre(Birth{1961, 1961, 3, 3, false}, Birth{1962, 1962, 0, 0, true},
                                        Birth{1963, 1963, 0, 0, false}));
  EXPECT_THAT(entry.nationalities, ElementsAre("Hungary"));
  EXPECT_THAT(entry.places, ElementsAre("Szolnok, Hungary", "Szeged, Hungary"));
  EXPECT_EQ(list.entries[1].kind, Kind::kOrganisation);
  EXPECT_EQ(list.entries[2].kind, Kind::kVessel);
  EXPECT_THAT(list.entries[2].births, IsEmpty());
  EXPECT_EQ(list.names, 5);
  EXPECT_EQ(list.weak_names, 1);
}

TEST(ParseSdn, ReportsRowsWithTheirLines) {
  const std::string rows = absl::StrCat(kSdn, "104,\"SHORT\"\r\n105,\"OPEN, -0- \r\n\xFF,x\r\n\x1A");
  const ImportedList list = Good(ParseSdn("sdn", {rows, kAliases, "", ""}));
  EXPECT_THAT(list.entries, SizeIs(3));
  EXPECT_EQ(list.rejected, 4);
  ASSERT_THAT(list.rejects, SizeIs(4));
  EXPECT_EQ(list.rejects[0].line, 4);
  EXPECT_THAT(list.rejects[0].reason, HasSubstr("columns instead of 12"));
  EXPECT_EQ(list.rejects[1].line, 5);
  EXPECT_THAT(list.rejects[1].reason, HasSubstr("quote"));
  EXPECT_EQ(list.rejects[2].line, 6);
  EXPECT_THAT(list.rejects[2].reason, HasSubstr("UTF-8"));
  EXPECT_EQ(list.rejects[3].line, 2);
  EXPECT_THAT(list.rejects[3].reason, HasSubstr("no entry of this number"));
}

TEST(ParseSdn, SaysWhenTheEndIsMissing) {
  const std::string cut = std::string(kSdn).substr(0, std::string(kSdn).size() - 40);
  const ImportedList list = Good(ParseSdn("sdn", {cut, "", "", ""}));
  EXPECT_THAT(list.entries, SizeIs(2));
  EXPECT_THAT(list.rejects, Contains(Field(&Reject::reason, HasSubstr("end-of-file mark"))));
}

TEST(ParseConsolidated, ReadsPeopleAndOrganisations) {
  const ImportedList list = Good(ParseConsolidated("consolidated", kXml));
  ASSERT_THAT(list.entries, SizeIs(2));
  const Entry& entry = list.entries[0];
  EXPECT_EQ(entry.id, "7001");
  EXPECT_EQ(entry.line, 4);
  EXPECT_THAT(Texts(entry), ElementsAre("ZOLTAN BREZOVSKY", "Золтан", "Soltan Brezoffsky", "The Brick (weak)"));
  EXPECT_THAT(entry.births, ElementsAre(Birth{1961, 1961, 3, 3, false}, Birth{1960, 1963, 0, 0, false}));
  EXPECT_THAT(entry.nationalities, ElementsAre("Hungary"));
  EXPECT_THAT(entry.places, ElementsAre("Szolnok, Hungary"));
  EXPECT_EQ(list.entries[1].kind, Kind::kOrganisation);
  EXPECT_THAT(list.rejects, IsEmpty());
}

TEST(ParseConsolidated, RefusesABombOfEntities) {
  std::string bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'z'; ++c) {
    absl::StrAppend(&bomb, "<!ENTITY ", std::string(1, c), " \"");
    for (int i = 0; i < 10; ++i) absl::StrAppend(&bomb, "&", std::string(1, static_cast<char>(c - 1)), ";");
    bomb += "\">";
  }
  bomb += "]><CONSOLIDATED_LIST>&y;</CONSOLIDATED_LIST>";
  const absl::Status status = ParseConsolidated("consolidated", bomb).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("document type"));
}

TEST(ParseConsolidated, RefusesWhatIsCutOffAnywhere) {
  const std::string xml = kXml;
  for (size_t size = 0; size + 2 < xml.size(); size += 7) {
    const auto list = ParseConsolidated("consolidated", xml.substr(0, size));
    EXPECT_EQ(list.status().code(), absl::StatusCode::kInvalidArgument) << size;
    EXPECT_THAT(list.status().message(), HasSubstr("List consolidated")) << size;
  }
}

TEST(ParseConsolidated, RefusesAnotherRootDeepNestingAndLongTexts) {
  EXPECT_THAT(ParseConsolidated("x", "<HTML/>").status().message(), HasSubstr("root"));
  const std::string nested =
      absl::StrReplaceAll(kXml, {{"<ENTITY>", "<ENTITY>\n<ENTITY>"}, {"</ENTITY>", "</ENTITY></ENTITY>"}});
  EXPECT_THAT(ParseConsolidated("x", nested).status().message(), HasSubstr("inside another"));
  std::string deep = "<CONSOLIDATED_LIST>";
  for (int i = 0; i < 1000; ++i) deep += "<A>";
  EXPECT_THAT(ParseConsolidated("x", deep).status().message(), HasSubstr("nested"));
  EXPECT_THAT(ParseConsolidated("x", "<CONSOLIDATED_LIST>" + std::string(1 << 20, 'a')).status().message(),
              HasSubstr("too much text"));
}

TEST(ParseConsolidated, ReportsAnElementItDoesNotKnowOnce) {
  const std::string xml = absl::StrReplaceAll(kXml, {{"<ENTITIES>", "<ENTITIES><NEW/><NEW/>"}});
  const ImportedList list = Good(ParseConsolidated("consolidated", xml));
  ASSERT_THAT(list.rejects, SizeIs(1));
  EXPECT_THAT(list.rejects[0].reason, HasSubstr("element NEW"));
  EXPECT_GT(list.rejects[0].line, 15);
}

TEST(ParseDenied, ReadsAnOrderOfSeveralAddressesOnce) {
  const ImportedList list = Good(ParseDenied("denied", kDenied));
  ASSERT_THAT(list.entries, SizeIs(1));
  EXPECT_EQ(list.entries[0].kind, Kind::kUnknown);
  EXPECT_EQ(list.entries[0].line, 2);
  EXPECT_THAT(list.entries[0].places, ElementsAre("SZEGED , HU", "EGER , HU"));
}

TEST(ParseDenied, FindsColumnsByNameAndReportsNewOnes) {
  const std::string tsv = "City\tName\tState\tCountry\tEffective_Date\tShoe_Size\nEGER\tZOLTAN B\t\tHU\t2020\t44\n";
  const ImportedList list = Good(ParseDenied("denied", tsv));
  EXPECT_EQ(list.entries[0].names[0].text, "ZOLTAN B");
  ASSERT_THAT(list.rejects, SizeIs(1));
  EXPECT_EQ(list.rejects[0].line, 1);
  EXPECT_THAT(list.rejects[0].reason, HasSubstr("Shoe_Size"));
  EXPECT_THAT(ParseDenied("denied", "City\tState\nEGER\tx\n").status().message(), HasSubstr("lacks the column Name"));
}

TEST(ParseNotices, ReadsNoticesWhereverTheyStand) {
  const ImportedList list = Good(ParseNotices("notices", kNotices));
  ASSERT_THAT(list.entries, SizeIs(2));
  EXPECT_EQ(list.entries[0].id, "2026/1");
  EXPECT_EQ(list.entries[0].line, 2);
  EXPECT_THAT(Texts(list.entries[0]), ElementsAre("Zoltan [x] BREZOVSKY"));
  EXPECT_THAT(list.entries[0].births, ElementsAre(Birth{1961, 1961, 3, 3, false}));
  EXPECT_THAT(list.entries[0].nationalities, ElementsAre("HU"));
  EXPECT_EQ(list.entries[1].line, 4);
  EXPECT_THAT(Good(ParseNotices("notices", R"([{"entity_id": "1", "name": "X"}])")).entries, SizeIs(1));
}

TEST(ParseNotices, ReportsANoticeThatIsWrongAndKeepsTheOthers) {
  const ImportedList list = Good(ParseNotices("notices", R"([
{"entity_id": "1", "name": "A B"},
{"entity_id": "2", "name": "C D", "date_of_birth": "soon"},
{"entity_id": "3", "name": "E F"}])"));
  EXPECT_THAT(list.entries, SizeIs(2));
  ASSERT_THAT(list.rejects, SizeIs(1));
  EXPECT_EQ(list.rejects[0].line, 3);
  EXPECT_THAT(list.rejects[0].reason, HasSubstr("date_of_birth"));
}

TEST(ParseNotices, RefusesWhatIsCutOffOrNested) {
  const std::string json = kNotices;
  for (size_t size = 0; size + 1 < json.size(); size += 5) {
    EXPECT_EQ(ParseNotices("n", json.substr(0, size)).status().code(), absl::StatusCode::kInvalidArgument) << size;
  }
  EXPECT_THAT(ParseNotices("n", std::string(100'000, '[')).status().message(), HasSubstr("nested"));
  EXPECT_THAT(ParseNotices("n", "{}").status().message(), HasSubstr("no array of notices"));
}

TEST(Lists, RefuseOtherEncodingsAndTooMuch) {
  const std::string utf16("\xFF\xFE<\0C\0", 6);
  for (const auto& parse : {ParseConsolidated, ParseDenied, ParseNotices}) {
    EXPECT_THAT(parse("x", utf16, {}).status().message(), HasSubstr("UTF-8"));
    EXPECT_THAT(parse("x", kXml, Few(100, 1000)).status().message(), HasSubstr("the most that is read is 100"));
    EXPECT_FALSE(parse("x", "", {}).ok());
    EXPECT_FALSE(parse("x", "garbage\n\n\"", {}).ok());
  }
  EXPECT_FALSE(ParseSdn("x", {"garbage", "", "", ""}).ok());
  EXPECT_THAT(ParseSdn("x", {kSdn, "", "", ""}, Few(10'000, 2)).status().message(), HasSubstr("too many"));
}

// A file that something was done to, and what becomes of it: it is refused with a sentence, or the rows that are right
// stand, and the others are reported with their lines.
struct Damaged {
  const char* what;
  absl::StatusOr<ImportedList> (*parse)(absl::string_view, absl::string_view, const ListLimits&);
  std::string text;
  size_t entries;    // 0: it is refused
  const char* says;  // in the refusal, or in a reason; "": there is none
  int line = 0;      // of the reason; 0: of any
};

absl::StatusOr<ImportedList> ParseEntries(absl::string_view list, absl::string_view csv, const ListLimits& limits) {
  return ParseSdn(list, {csv, "", "", ""}, limits);
}

std::string Utf16(absl::string_view text, bool with_mark) {
  std::string wide = with_mark ? "\xFF\xFE" : "";
  for (const char c : text) wide.append({c, '\0'});
  return wide;
}

std::string WithDoctype(absl::string_view declarations) {
  return absl::StrCat("<?xml version=\"1.0\"?>\n<!DOCTYPE x [", declarations,
                      "]>\n<CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>");
}

std::string ManyRows(int rows, absl::string_view header, absl::string_view before, absl::string_view after) {
  std::string text(header);
  for (int i = 0; i < rows; ++i) absl::StrAppend(&text, before, i, after);
  return text;
}

std::vector<Damaged> DamagedFiles() {
  const std::string sdn = kSdn, xml = kXml, denied = kDenied, notices = kNotices;
  const std::string sdn_row = ",\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";
  const std::string header = "Name\tCity\tState\tCountry\tEffective_Date\n";
  const std::string root = "<CONSOLIDATED_LIST><ENTITIES>";
  return {
      {"cut off in a quote", ParseDenied, denied.substr(0, denied.size() - 20), 1, "quote is not closed", 3},
      {"cut off between cells", ParseDenied, denied.substr(0, denied.rfind('\t')), 1, "5 columns instead of 6", 3},
      {"cut off in a row", ParseEntries, sdn.substr(0, sdn.rfind("\"P\"")), 2, "columns instead of 12", 3},
      {"cut off behind a row", ParseEntries, sdn.substr(0, sdn.find("103")), 2, "end-of-file mark"},
      {"cut off behind an element", ParseConsolidated, xml.substr(0, xml.find("</INDIVIDUALS>")), 0,
       "no element found"},
      {"cut off behind a notice", ParseNotices, notices.substr(0, notices.rfind(']')), 0, "cut off"},

      {"UTF-16 with a mark", ParseEntries, Utf16(sdn, true), 0, "UTF-8"},
      {"UTF-16 without one", ParseEntries, Utf16(sdn, false), 0, "UTF-8"},
      {"UTF-16 without one", ParseDenied, Utf16(denied, false), 0, "UTF-8"},
      {"UTF-16 without one", ParseConsolidated, Utf16(xml, false), 0, "UTF-8"},
      {"UTF-16 without one", ParseNotices, Utf16(notices, false), 0, "UTF-8"},
      {"a mark of UTF-8", ParseEntries, "\xEF\xBB\xBF" + sdn, 3, ""},
      {"a mark of UTF-8", ParseDenied, "\xEF\xBB\xBF" + denied, 1, ""},
      {"a row of Latin-1", ParseDenied, denied + "\"JOS\xC9\"\t\"\"\t\"\"\t\"\"\t\"ES\"\t\"2020\"\n", 1, "not UTF-8",
       4},
      {"a notice of Latin-1", ParseNotices, absl::StrReplaceAll(notices, {{"MALINAK", "M\xC1LINAK"}}), 1,
       "not valid JSON", 4},
      {"Latin-1", ParseConsolidated, absl::StrReplaceAll(xml, {{"ZOLTAN", "ZOLT\xC1N"}}), 0, "not well-formed"},
      {"said to be UTF-16", ParseConsolidated, absl::StrReplaceAll(xml, {{"UTF-8", "UTF-16"}}), 0, "encoding"},

      {"entities within entities", ParseConsolidated, WithDoctype("<!ENTITY b \"bbb\"><!ENTITY a \"&b;&b;&b;\">"), 0,
       "document type", 2},
      {"an entity of itself", ParseConsolidated, WithDoctype("<!ENTITY a \"&a;\">"), 0, "document type"},
      {"a large entity", ParseConsolidated, WithDoctype("<!ENTITY a \"" + std::string(100'000, 'x') + "\">"), 0,
       "document type"},
      {"a file as an entity", ParseConsolidated, WithDoctype("<!ENTITY a SYSTEM \"file:///etc/hostname\">"), 0,
       "document type"},
      {"a parameter entity", ParseConsolidated, WithDoctype("<!ENTITY % a SYSTEM \"http://127.0.0.1/\"> %a;"), 0,
       "document type"},
      {"an entity of no name", ParseConsolidated, "<CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>", 0, "undefined entity"},

      {"ten times as many rows", ParseEntries, ManyRows(90'000, "", "", sdn_row), 90'000, "end-of-file mark"},
      {"ten times as many rows", ParseDenied, ManyRows(90'000, header, "X ", "\tEGER\t\tHU\t2020\n"), 90'000, ""},
      {"ten times as many elements", ParseConsolidated,
       ManyRows(30'000, root, "<ENTITY><FIRST_NAME>X</FIRST_NAME><DATAID>", "</DATAID></ENTITY>") +
           "</ENTITIES></CONSOLIDATED_LIST>",
       30'000, ""},
      {"ten times as many notices", ParseNotices,
       ManyRows(70'000, "[", "{\"name\":\"X\",\"entity_id\":\"", "\"},") + "{}]", 70'000, "no name"},
      {"every row ten times", ParseEntries, ManyRows(10, "", "7,\"", "\"" + sdn_row.substr(4)), 0, "wrong"},
      {"a name without end", ParseDenied, header + std::string(1 << 20, 'x') + "\tEGER\t\tHU\t2020\n", 1, ""},
      {"one cell too many to count", ParseEntries, sdn + std::string(100'000, ','), 3, "too many cells"},

      {"a column more", ParseEntries, absl::StrReplaceAll(sdn, {{"\r\n", ",x\r\n"}}), 0, "13 columns instead of 12"},
      {"a column less", ParseEntries, absl::StrReplaceAll(sdn, {{",\"P\"", ""}}), 0, "11 columns instead of 12"},
      {"a column of another name", ParseDenied, absl::StrReplaceAll(denied, {{"\"City\"", "\"Town\""}}), 0,
       "lacks the column City"},
      {"a column in two places", ParseDenied, absl::StrReplaceAll(denied, {{"\"Street_Address\"", "\"Shoe_Size\""}}), 1,
       "Shoe_Size", 1},
      {"a field of another name", ParseNotices, absl::StrReplaceAll(notices, {{"\"forename\"", "\"first_name\""}}), 2,
       "first_name", 2},
      {"an element of another name", ParseConsolidated, absl::StrReplaceAll(xml, {{"COUNTRY>", "LAND>"}}), 2,
       "element LAND", 13},
  };
}

TEST(Lists, AreRefusedOrReadInPartWhateverWasDoneToThem) {
  for (const Damaged& file : DamagedFiles()) {
    const auto list = file.parse("list", file.text, {});
    if (file.entries == 0) {
      EXPECT_EQ(ReasonOf(list.status()), "LIST_UNREADABLE") << file.what;
      EXPECT_THAT(list.status().message(), HasSubstr(file.says)) << file.what;
      const std::string line = file.line == 0 ? "" : absl::StrCat("line ", file.line);
      EXPECT_THAT(list.status().message(), HasSubstr(line)) << file.what;
      continue;
    }
    ASSERT_TRUE(list.ok()) << file.what << ": " << list.status();
    EXPECT_THAT(list->entries, SizeIs(file.entries)) << file.what;
    if (*file.says == '\0') {
      EXPECT_THAT(list->rejects, IsEmpty()) << file.what;
      continue;
    }
    EXPECT_THAT(list->rejects, Contains(AllOf(Field(&Reject::reason, HasSubstr(file.says)),
                                              Field(&Reject::line, file.line == 0 ? Ge(0) : Matcher<int>(file.line)))))
        << file.what;
  }
}

TEST(Lists, CutLongTextsBetweenCharacters) {
  std::string name = "a";
  for (int i = 0; i < 600; ++i) name += "ж";
  const std::string row = absl::StrCat("\t", name, "\t\tHU\t2020\n");
  const ImportedList list =
      Good(ParseDenied("denied", absl::StrCat("Name\tCity\tState\tCountry\tEffective_Date\n", name, row)));
  ASSERT_THAT(list.entries, SizeIs(1));
  EXPECT_EQ(list.entries[0].names[0].text, name.substr(0, 511));
  EXPECT_EQ(list.entries[0].places[0], name.substr(0, 999));
}

TEST(ParseBirth, ReadsThePublishersForms) {
  EXPECT_EQ(ParseBirth("1965"), (Birth{1965, 1965, 0, 0, false}));
  EXPECT_EQ(ParseBirth("1965-03-01"), (Birth{1965, 1965, 3, 1, false}));
  EXPECT_EQ(ParseBirth("1965/3/1"), (Birth{1965, 1965, 3, 1, false}));
  EXPECT_EQ(ParseBirth("01 Mar 1965"), (Birth{1965, 1965, 3, 1, false}));
  EXPECT_EQ(ParseBirth("Mar 1965"), (Birth{1965, 1965, 3, 0, false}));
  EXPECT_EQ(ParseBirth("circa 1965"), (Birth{1965, 1965, 0, 0, true}));
  EXPECT_EQ(ParseBirth("1965 to 1967"), (Birth{1965, 1967, 0, 0, false}));
  EXPECT_EQ(ParseBirth("01 Jan 1965 to 31 Dec 1965"), (Birth{1965, 1965, 0, 0, false}));
  for (const char* wrong : {"", "65", "1965-13-01", "1965-02-30", "30 Feb 1965", "01/02/1965", "1967 to 1965", "soon",
                            "9999", "1965-03-01T"}) {
    EXPECT_FALSE(ParseBirth(wrong).has_value()) << wrong;
  }
  EXPECT_FALSE(ParseBirth(absl::string_view()).has_value());
}

TEST(CompareBirths, TellsHowFarTwoAgree) {
  const auto compare = [](const char* listed, const char* own) {
    return CompareBirths({*ParseBirth(listed)}, ParseBirth(own));
  };
  EXPECT_EQ(compare("1965-03-04", "1965-03-04"), BirthAgreement::kSameDay);
  EXPECT_EQ(compare("1965-03-04", "1965-04-03"), BirthAgreement::kSwapped);
  EXPECT_EQ(compare("1965-03-04", "1965-03-14"), BirthAgreement::kSlip);
  EXPECT_EQ(compare("1965-03-04", "1966-03-04"), BirthAgreement::kSlip);
  EXPECT_EQ(compare("1965", "1965-03-04"), BirthAgreement::kSameYear);
  EXPECT_EQ(compare("1965-01-01", "1965-01-01"), BirthAgreement::kSameYear);
  EXPECT_EQ(compare("1965", "1966-03-04"), BirthAgreement::kNearYear);
  EXPECT_EQ(compare("1960 to 1963", "1962-03-04"), BirthAgreement::kNearYear);
  EXPECT_EQ(compare("1965-03-04", "1971-07-09"), BirthAgreement::kContradicts);
  EXPECT_EQ(compare("1965-03-04", "1965-07-19"), BirthAgreement::kContradicts);
  EXPECT_EQ(CompareBirths({}, ParseBirth("1965")), BirthAgreement::kUnknown);
  EXPECT_EQ(CompareBirths({*ParseBirth("1965")}, std::nullopt), BirthAgreement::kUnknown);
  EXPECT_EQ(CompareBirths({*ParseBirth("1950"), *ParseBirth("1965-03-04")}, ParseBirth("1965-03-04")),
            BirthAgreement::kSameDay);
}

}  // namespace
}  // namespace amikeco::screening
