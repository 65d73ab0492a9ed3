#include "programmes/programmes.h"

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "programmes/kept.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using programme::v1::Programme;
using testing::HasSubstr;
using testing::Not;

constexpr char kInboundName[] = "programmes/ipa-exchange-inbound";

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A folder with one programme: the inbound one, with a text in it replaced.
class Folder {
 public:
  Folder(const std::string& from, const std::string& to) : folder_("programmes") {
    const std::string text = ReadText("programmes/ipa_exchange_inbound.textproto");
    EXPECT_THAT(text, HasSubstr(from));
    Write("one.textproto", absl::StrReplaceAll(text, {{from, to}}));
  }
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  std::string path() const { return folder_ / ""; }
  std::string Refusal() const { return std::string(Programmes::Load(path()).status().message()); }

 private:
  TemporaryFolder folder_;
};

int LineOf(const std::string& text) {
  const std::string file = ReadText("programmes/ipa_exchange_inbound.textproto");
  const size_t at = file.find(text);
  EXPECT_NE(at, std::string::npos) << text;
  return 1 + static_cast<int>(std::count(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

// "notices[3].fact" for the field of the notice that holds `text`.
std::string NoticeField(const std::string& text, const std::string& field) {
  const std::string file = ReadText("programmes/ipa_exchange_inbound.textproto");
  const std::vector<std::string> notices = absl::StrSplit(file.substr(0, file.find(text)), "\nnotices {");
  return absl::StrCat("notices[", notices.size() - 2, "].", field);
}

// A5-01
TEST(Programmes, LoadsAllProgrammesThatShip) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  std::vector<std::string> names;
  for (const Programme* programme : programmes->Latest()) names.push_back(programme->name());
  EXPECT_THAT(names, testing::ElementsAre("programmes/ipa-exchange-inbound", "programmes/ipa-exchange-outbound"));
}

// A0-23, A0-24, A0-25, A0-26
TEST(Programmes, AskForTheSameClearanceInBothDirections) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  const Programme& in = **programmes->Find("programmes/ipa-exchange-inbound");
  const Programme& out = **programmes->Find("programmes/ipa-exchange-outbound");
  ASSERT_EQ(in.compliance_size(), out.compliance_size());
  for (int i = 0; i < in.compliance_size(); ++i) {
    EXPECT_EQ(in.compliance(i).SerializeAsString(), out.compliance(i).SerializeAsString());
  }
}

// A5-09: the numbers that the programmes' documents name.
TEST(Programmes, HoldTheDefaultsThatTheirDocumentsName) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  for (const Programme* programme : programmes->Latest()) {
    int months = 0, years = 0;
    for (const auto& rule : programme->eligibility()) {
      months += rule.notice().months();
      years += rule.membership_tenure().years();
    }
    EXPECT_EQ(months, 4);
    EXPECT_EQ(years, 1);
    EXPECT_EQ(programme->tasks_size(), 5);
    EXPECT_EQ(programme->funding().cost_categories_size(), 6);
    EXPECT_EQ(programme->matching().invitation_days(), 14);
  }
}

TEST(Programmes, FindAVersionOrTheLatest) {
  Programmes programmes;
  for (const int version : {2, 10, 9}) {
    Programme programme;
    programme.set_name("programmes/a");
    programme.set_version(version);
    programmes.Add(programme);
  }
  Programme other;
  other.set_name("programmes/ab");
  other.set_version(77);
  programmes.Add(other);
  EXPECT_EQ((*programmes.Find("programmes/a"))->version(), 10);
  EXPECT_EQ((*programmes.Find("programmes/a", 9))->version(), 9);
  EXPECT_TRUE(absl::IsNotFound(programmes.Find("programmes/a", 3).status()));
  EXPECT_TRUE(absl::IsNotFound(programmes.Find("programmes/b").status()));
  ASSERT_EQ(programmes.Latest().size(), 2u);
  EXPECT_EQ(programmes.Latest()[0]->version(), 10);
}

TEST(Load, NamesFileAndLineOfAMisspelledField) {
  const Folder folder("coordinator_title", "co_ordinator_title");
  const int line = LineOf("coordinator_title");
  EXPECT_THAT(folder.Refusal(), HasSubstr(absl::StrCat("one.textproto:", line, ":")));
  EXPECT_THAT(folder.Refusal(), HasSubstr("co_ordinator_title"));
}

// Each: what is broken, the field, and a word of the fix.
TEST(Load, NamesFileLineFieldAndFixOfEachMistakeInMeaning) {
  struct Case {
    const char* from;
    const char* to;
    const char* line_of;  // in the file as it ships
    std::string field;
    const char* fix;
  };
  for (const Case& c : {
           Case{"time_zone: \"America/New_York\"", "time_zone: \"Mars/Olympus\"", "time_zone:", "time_zone", "IANA"},
           Case{"version: 1", "version: 0", "version: 1", "version", "1 or more"},
           Case{"name: \"programmes/ipa-exchange-inbound\"", "name: \"IPA\"", "name: \"prog", "name",
                "programmes/my-exchange"},
           Case{"notice { months: 4 }", "notice { months: 0 }", "notice { months", "eligibility[6].notice",
                "1 or more"},
           Case{"id: \"duty\"", "id: \"membership\"", "id: \"duty\"", "eligibility[3].id", "its own id"},
           Case{"reason: \"DUTY_STATUS\"", "reason: \"duty\"", "reason: \"DUTY_STATUS\"", "eligibility[3].reason",
                "NOT_MEMBER"},
           Case{"least_level: \"B2\"", "least_level: \"B7\"", "language { code", "eligibility[5].language.least_level",
                "CEFR"},
           Case{"stay_length { min_days: 5 max_days: 90 }", "stay_length { min_days: 90 max_days: 5 }", "stay_length {",
                "eligibility[7].stay_length", "min_days <= max_days"},
           Case{"on: REFERENCE_DATE_SUBMISSION", "", "membership_tenure {", "eligibility[2].membership_tenure",
                "REFERENCE_DATE_START"},
           Case{"tiers { id: \"students\" }", "tiers { id: \"students\" duty_statuses: [DUTY_STATUS_STUDENT] }",
                "tiers { id: \"students\"", "tiers[1]", "leave duty_statuses out"},
           Case{"days_after_receipt: 45", "days_after_receipt: 45\n  days_before_start: 3", "id: \"find-willing-host\"",
                "tasks[1]", "either"},
           Case{"invitation_days: 14", "invitation_days: 0", "invitation_days: 14", "matching.invitation_days",
                "1 or more"},
           Case{"host_country: \"US\"", "host_country: \"USA\"", "host_country:", "matching.host_country", "ISO 3166"},
           Case{"accepted_kinds: [\"ncic\", \"interpol\", \"home-conduct-certificate\"]", "",
                "id: \"background-check\"", "compliance[2]", "add accepted_kinds"},
           Case{"kind: KIND_HEALTH_COVER", "", "id: \"health-cover\"", "compliance[0].kind", "KIND_HEALTH_COVER"},
           Case{"cost_categories: [\"air-ticket\", \"rental-car\", \"hotel\", \"food\", \"personal-travel\", "
                "\"shopping\"]",
                "", "funding {", "funding.cost_categories", "list what is to be paid"},
           Case{"fact: \"amikeco.matching.v1.HostInvited\"", "fact: \"amikeco.matching.v1.HostInvted\"",
                "fact: \"amikeco.matching.v1.HostInvited\"", NoticeField("\"amikeco.matching.v1.HostInvited\"", "fact"),
                "is not a fact"},
           Case{"template: \"host_invited\"", "template: \"Host Invited\"", "template: \"host_invited\"",
                NoticeField("\"host_invited\"", "template"), "lower_snake"},
       }) {
    const Folder folder(c.from, c.to);
    const std::string refusal = folder.Refusal();
    // A field that is not written stands where the message does that lacks it: at its first line, one before the id.
    const int line = LineOf(c.line_of);
    EXPECT_TRUE(absl::StrContains(refusal, absl::StrCat("one.textproto:", line, ": ", c.field, ": ")) ||
                absl::StrContains(refusal, absl::StrCat("one.textproto:", line - 1, ": ", c.field, ": ")))
        << c.field << " at " << line << ":\n"
        << refusal;
    EXPECT_THAT(refusal, HasSubstr(c.fix));
  }
}

TEST(Load, TellsOfAllMistakesInAllFilesAtOnce) {
  Folder folder("version: 1", "version: 0");
  folder.Write("two.textproto",
               absl::StrReplaceAll(ReadText("programmes/ipa_exchange_outbound.textproto"),
                                   {{"report_days: 30", "report_days: -1"}, {"months: 4", "months: 0"}}));
  EXPECT_THAT(folder.Refusal(), HasSubstr("one.textproto"));
  EXPECT_THAT(folder.Refusal(), HasSubstr("report_days"));
  EXPECT_THAT(folder.Refusal(), HasSubstr("eligibility[6].notice"));
}

TEST(Load, RefusesTwoFilesForOneProgrammeAndAFolderWithoutAny) {
  Folder folder("version: 1", "version: 2");
  folder.Write("two.textproto", ReadText("programmes/ipa_exchange_inbound.textproto"));
  EXPECT_THAT(folder.Refusal(), HasSubstr("one.textproto"));
  EXPECT_THAT(folder.Refusal(), HasSubstr("two.textproto: name: "));
  const TemporaryFolder empty("empty");
  EXPECT_THAT(std::string(Programmes::Load(empty / "").status().message()), HasSubstr("no *.textproto"));
  EXPECT_FALSE(Programmes::Load(empty / "nothing").ok());
}

// Randomly broken text must be refused or taken, with a message that names the file; never anything else.
TEST(Load, SurvivesTextThatIsCutAnywhere) {
  const std::string text = ReadText("programmes/ipa_exchange_inbound.textproto");
  for (size_t length = 0; length < text.size(); length += 97) {
    Folder folder("version: 1", "version: 1");
    folder.Write("one.textproto", text.substr(0, length));
    const auto loaded = Programmes::Load(folder.path());
    if (!loaded.ok()) {
      EXPECT_THAT(std::string(loaded.status().message()), HasSubstr("one.textproto")) << length;
    }
  }
}

class Keeping : public testing::Test {
 protected:
  Keeping() : folder_("kept"), store_(*SqliteStore::Open(folder_ / "store.db")) {}

  static Programmes With(int version, const std::string& title) {
    Programme programme;
    programme.set_name("programmes/a");
    programme.set_version(version);
    programme.set_title(title);
    Programmes programmes;
    programmes.Add(programme);
    return programmes;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(Keeping, AddsVersionsThatWereLoadedBefore) {
  Programmes first = With(1, "old"), second = With(2, "new");
  ASSERT_TRUE(KeepProgrammes(*store_, first).ok());
  ASSERT_TRUE(KeepProgrammes(*store_, second).ok());
  EXPECT_EQ((*second.Find("programmes/a"))->title(), "new");
  EXPECT_EQ((*second.Find("programmes/a", 1))->title(), "old");
  Programmes again = With(2, "new");
  ASSERT_TRUE(KeepProgrammes(*store_, again).ok());
  EXPECT_EQ((*again.Find("programmes/a", 1))->title(), "old");
}

TEST_F(Keeping, RefusesAVersionThatSaysSomethingElseThanBefore) {
  Programmes first = With(1, "old"), changed = With(1, "changed");
  ASSERT_TRUE(KeepProgrammes(*store_, first).ok());
  const absl::Status refused = KeepProgrammes(*store_, changed);
  EXPECT_EQ(ReasonOf(refused), "PROGRAMME_CHANGED");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("version 2"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("title"));
}

// A3-16
TEST(Load, KnowsWhichCountriesThereAre) {
  const auto countries = Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"});
  ASSERT_TRUE(countries.ok()) << countries.status();
  EXPECT_TRUE(Programmes::Load("programmes", *countries).ok());
  const auto refusal = [&](const std::string& to) {
    Folder folder("host_country: \"US\"", to);
    return std::string(Programmes::Load(folder.path(), *countries).status().message());
  };
  EXPECT_THAT(refusal("host_country: \"XQ\""), HasSubstr(absl::StrCat("one.textproto:", LineOf("host_country: \"US\""),
                                                                      ": matching.host_country: must")));
  EXPECT_THAT(refusal("host_country: \"Germany\""), HasSubstr("\"Germany\" is a name; write its code, DE"));
  EXPECT_THAT(refusal("excluded_host_countries: [\"US\", \"UK\"]"),
              HasSubstr("matching.excluded_host_countries[1]: \"UK\" is a name; write its code, GB"));
}

}  // namespace
}  // namespace amikeco
