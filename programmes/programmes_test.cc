#include "programmes/programmes.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
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
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "programmes/kept.h"
#include "programmes/testing/awards.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using programme::v1::ComplianceItem;
using programme::v1::Programme;
using testing::HasSubstr;
using testing::Not;

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
    std::filesystem::copy("programmes/notices", folder_ / "notices");
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

// Every mistake in the steps of a stay and after it is told, with its field.
TEST(Programmes, RefusesStepsThatContradictEachOther) {
  const Folder folder("after_stay { report_days: 30 }", R"(after_stay {
    return_days: -1
    phases { id: "University" kind: PARTNER_KIND_ACADEMIC days: 7 }
    phases { id: "police" title: "Police" kind: PARTNER_KIND_POLICE_HOST partner: "hosts/X" }
    modules { id: "law" title: "Law" }
    modules { id: "law" }
    change_proposal {}
    implementation_days: 180
    evaluation { evaluator: ROLE_HOST_CONTACT }
    mentor_programme: "mentors"
  })");
  for (const char* field :
       {"after_stay.return_days", "after_stay.phases[0].id", "after_stay.phases[0].title",
        "after_stay.phases[0].partner", "after_stay.phases[1].partner", "after_stay.phases[1].days",
        "after_stay.modules[1].id", "after_stay.modules[1].title", "after_stay.change_proposal: has no topic",
        "after_stay.implementation_days: begins only after", "after_stay.evaluation.days",
        "after_stay.evaluation.evaluator", "after_stay.evaluation: asks nothing", "after_stay.mentor_programme"}) {
    EXPECT_THAT(folder.Refusal(), HasSubstr(field));
  }
  const Folder alone("after_stay { report_days: 30 }", "after_stay { return_days: 9 implementation_days: 180 }");
  EXPECT_THAT(alone.Refusal(), HasSubstr("add change_proposal"));
  const Folder mentors("after_stay { report_days: 30 }", "after_stay { mentor_programme: \"programmes/mentors\" }");
  EXPECT_THAT(mentors.Refusal(), HasSubstr("add implementation_days"));
}

TEST(Programmes, RefusesMentorsOfAProgrammeThatIsNotThere) {
  const Folder folder("after_stay { report_days: 30 }", R"(after_stay {
    change_proposal { topics: "community-policing" }
    return_days: 14
    implementation_days: 180
    mentor_programme: "programmes/mentors"
  })");
  EXPECT_THAT(folder.Refusal(), HasSubstr("after_stay.mentor_programme: there is no programmes/mentors"));
}

// A5-01
TEST(Programmes, LoadsAllProgrammesThatShip) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  std::vector<std::string> names;
  for (const Programme* programme : programmes->Latest()) names.push_back(programme->name());
  EXPECT_THAT(names, testing::ElementsAre("programmes/college-course", "programmes/inl-overseas-assignment",
                                          "programmes/inl-study-visit", "programmes/ipa-college-scholarship",
                                          "programmes/ipa-contest", "programmes/ipa-exchange-inbound",
                                          "programmes/ipa-exchange-outbound", "programmes/ipa-training-scholarship",
                                          "programmes/ipa-youth-gathering", "programmes/ipas-assistance",
                                          "programmes/ipet-fellowship"));
}

// A0-26
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

// The months of notice that a programme asks for; 0: none.
int NoticeOf(const Programme& programme) {
  int months = 0;
  for (const auto& rule : programme.eligibility()) months += rule.notice().months();
  return months;
}

// A5-09: the numbers that the programmes' documents name.
TEST(Programmes, HoldTheDefaultsThatTheirDocumentsName) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  for (const char* name : {"programmes/ipa-exchange-inbound", "programmes/ipa-exchange-outbound"}) {
    const Programme& exchange = **programmes->Find(name);
    int years = 0;
    for (const auto& rule : exchange.eligibility()) years += rule.membership_tenure().years();
    EXPECT_EQ(NoticeOf(exchange), 4);
    EXPECT_EQ(years, 1);
    EXPECT_EQ(exchange.tasks_size(), 5);
    EXPECT_EQ(exchange.funding().cost_categories_size(), 6);
    EXPECT_EQ(exchange.matching().invitation_days(), 14);
  }
  int fellows = 0;
  for (const auto& rule : (*programmes->Find("programmes/ipet-fellowship"))->eligibility()) {
    fellows += rule.cohort().fellows();
  }
  EXPECT_EQ(fellows, 2);
}

// A4-08, A0-28, A3-17: who pays is the programme's.
TEST(Programmes, ArePaidForInThreeWays) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  const auto model = [&](const char* name) { return (*programmes->Find(name))->funding().model(); };
  EXPECT_EQ(model("programmes/ipa-exchange-inbound"), programme::v1::Funding::MODEL_SELF_FUNDED);
  EXPECT_EQ(model("programmes/inl-study-visit"), programme::v1::Funding::MODEL_SPONSOR_REIMBURSES);
  EXPECT_EQ(model("programmes/college-course"), programme::v1::Funding::MODEL_RECIPIENT_PAYS);
}

// The shipped programme.
Programme Shipped(const std::string& name) { return **Programmes::Load("programmes")->Find("programmes/" + name); }

// A1-05, A1-06, A1-07, A1-08, A1-09, A1-10, A1-12: the fellows' stay has two partners and a curriculum, and what
// they propose is carried out at home with the help of officers who come with a programme of their own.
TEST(Programmes, FollowFellowsFromTheUniversityToTheirOwnStations) {
  const Programme fellowship = Shipped("ipet-fellowship");
  const programme::v1::AfterStay& after = fellowship.after_stay();
  ASSERT_EQ(after.phases_size(), 2);
  EXPECT_EQ(after.phases(0).kind(), programme::v1::AfterStay::Phase::PARTNER_KIND_ACADEMIC);
  EXPECT_EQ(after.phases(1).kind(), programme::v1::AfterStay::Phase::PARTNER_KIND_POLICE_HOST);
  std::vector<std::string> mandatory;
  for (const auto& module : after.modules()) {
    if (module.mandatory()) mandatory.push_back(module.id());
  }
  EXPECT_THAT(mandatory, testing::ElementsAre("rule-of-law", "strategic-planning", "community-service"));
  EXPECT_THAT(after.change_proposal().topics(),
              testing::IsSupersetOf({"community-policing", "intelligence-led-policing", "evidence-collection",
                                     "crime-scene-preservation"}));
  EXPECT_GT(after.return_days(), 0);
  EXPECT_GT(after.implementation_days(), 0);
  const Programme mentors = Shipped(std::string(absl::StripPrefix(after.mentor_programme(), "programmes/")));
  const bool trained = std::any_of(mentors.compliance().begin(), mentors.compliance().end(), [](const auto& item) {
    return item.kind() == programme::v1::ComplianceItem::KIND_TRAINING && item.mandatory();
  });
  EXPECT_TRUE(trained);
}

// A3-20
TEST(Programmes, AskWhatCameOfAssistanceOfCoursesAndOfAssignments) {
  for (const char* name : {"college-course", "ipas-assistance", "ipet-fellowship", "inl-overseas-assignment"}) {
    EXPECT_GE(Shipped(name).after_stay().evaluation().questions_size(), 2) << name;
  }
}

// All that is wrong, a line each.
std::string WrongWith(const Programme& programme) {
  std::string lines;
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckProgramme(programme));
  if (!bad.ok()) return lines;
  for (const auto& violation : bad->field_violations()) {
    absl::StrAppend(&lines, violation.field(), ": ", violation.description(), "\n");
  }
  return lines;
}

// What cannot be is refused when the file is read.
TEST(CheckProgramme, FindsWhatContradictsWhoApplies) {
  Programme course = Shipped("college-course");
  course.clear_applicants();
  EXPECT_THAT(WrongWith(course), HasSubstr("eligibility[0]: asks for an organisation's request"));
  Programme fellowship = Shipped("ipet-fellowship");
  fellowship.mutable_applicants()->set_kind(programme::v1::Applicants::KIND_INDIVIDUAL);
  EXPECT_THAT(WrongWith(fellowship), HasSubstr("eligibility[0]: asks for a cohort"));
  Programme exchange = Shipped("ipa-exchange-inbound");
  exchange.mutable_applicants()->set_without_endorsement(true);
  EXPECT_THAT(WrongWith(exchange), HasSubstr("endorsement_days: is set, yet nobody endorses"));
  exchange.mutable_triage()->set_harm_points(1);
  EXPECT_THAT(WrongWith(exchange), HasSubstr("triage: is for requests of organisations"));
}

TEST(CheckProgramme, FindsWhatNeverHappensWithoutASearch) {
  Programme exchange = Shipped("ipa-exchange-inbound");
  exchange.mutable_matching()->set_mode(programme::v1::MatchingRules::MODE_NONE);
  const std::string wrong = WrongWith(exchange);
  EXPECT_THAT(wrong, HasSubstr("tasks[1].done_when: never happens"));
  EXPECT_THAT(wrong, HasSubstr("compliance[1].per_leg: has no agency to be for"));
}

// A3-19: a document is of the whole activity, all its countries, legs and persons.
TEST(CheckProgramme, FindsDocumentsThatAreOfAPartOfTheActivity) {
  for (const auto kind : {ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION, ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT}) {
    for (const char* part : {"per_leg", "per_person", "accepted_kinds"}) {
      Programme programme;
      ComplianceItem& item = *programme.add_compliance();
      item.set_kind(kind);
      item.set_per_leg(part == std::string("per_leg"));
      item.set_per_person(part == std::string("per_person"));
      if (part == std::string("accepted_kinds")) item.add_accepted_kinds("short");
      EXPECT_THAT(WrongWith(programme), HasSubstr("compliance[0]: is about the whole activity")) << part;
    }
  }
}

// A0-25: persons are screened, against all lists.
TEST(CheckProgramme, FindsScreeningsOfHostsAndByKinds) {
  Programme programme = Shipped("ipa-exchange-inbound");
  ComplianceItem& item = *programme.add_compliance();
  item.set_id("screening");
  item.set_title("Screening against watch-lists");
  item.set_kind(ComplianceItem::KIND_SCREENING);
  item.set_per_person(true);
  EXPECT_THAT(WrongWith(programme), testing::IsEmpty());
  item.set_per_leg(true);
  EXPECT_THAT(WrongWith(programme), HasSubstr("is about persons, against all watch-lists"));
  item.set_per_leg(false);
  item.add_accepted_kinds("un");
  EXPECT_THAT(WrongWith(programme), HasSubstr("is about persons, against all watch-lists"));
}

// A4-11
TEST(CheckProgramme, NeverAsksForATrainersCertificateOfAStudyVisitNorOfAHost) {
  Programme visit = Shipped("inl-study-visit");
  EXPECT_THAT(WrongWith(visit), testing::IsEmpty());
  auto& certificate = *visit.add_compliance();
  certificate.set_id("trainer-certificate");
  certificate.set_title("Trainer's certificate");
  certificate.set_kind(programme::v1::ComplianceItem::KIND_CERTIFICATE);
  EXPECT_THAT(WrongWith(visit), HasSubstr("compliance[1].kind: must not be KIND_CERTIFICATE"));
  Programme exchange = Shipped("ipa-exchange-inbound");
  *exchange.add_compliance() = certificate;
  EXPECT_THAT(WrongWith(exchange), testing::IsEmpty()) << "it depends on the assignment";
  exchange.mutable_compliance()->rbegin()->set_per_leg(true);
  EXPECT_THAT(WrongWith(exchange), HasSubstr("per_leg: asks hosts for a trainer's certificate"));
}

// A0-25, A1-13
TEST(CheckProgramme, FindsMistakesInHowItemsAreKeptAsCases) {
  Programme fellowship = Shipped("ipet-fellowship");
  auto& vetting = *fellowship.mutable_compliance(0)->mutable_vetting();
  vetting.set_lead_working_days(-1);
  vetting.add_unit_package("Commander");
  vetting.add_person_package("rank");
  vetting.add_closed_days()->set_year(2027);
  fellowship.mutable_compliance(1)->mutable_check()->set_valid_days(-1);
  const std::string wrong = WrongWith(fellowship);
  for (const char* mistake :
       {"compliance[0].vetting.lead_working_days: must be 0 to 250", "vetting.unit_package[4]: must be lower-case",
        "vetting.person_package[9]: \"rank\" is named twice", "vetting.closed_days[0]: must be a day that there is",
        "compliance[1].check: is of KIND_BACKGROUND_CHECK alone",
        "compliance[1].check.valid_days: must not be negative"}) {
    EXPECT_THAT(wrong, HasSubstr(mistake));
  }
  Programme exchange = Shipped("ipa-exchange-inbound");
  exchange.mutable_compliance(0)->mutable_vetting();
  EXPECT_THAT(WrongWith(exchange), HasSubstr("compliance[0].vetting: is of KIND_VETTING alone"));
}

TEST(CheckProgramme, FindsTiersThatNobodyReaches) {
  Programme request = Shipped("ipas-assistance");
  request.clear_triage();
  EXPECT_THAT(WrongWith(request), HasSubstr("tiers[0].least_points: can never be reached"));
  request = Shipped("ipas-assistance");
  request.mutable_tiers()->RemoveLast();
  EXPECT_THAT(WrongWith(request), HasSubstr("tiers[1]: is the last tier and must take everybody"));
}

TEST(Programmes, TakeNoticesFromSetsAndLetTheLastSetCount) {
  const Programme course = Shipped("college-course");
  EXPECT_TRUE(course.notice_sets().empty()) << "what is kept is what is in force";
  int received = 0;
  for (const auto& notice : course.notices()) {
    if (notice.fact() != "amikeco.applicant.v1.ApplicationSubmitted") continue;
    ++received;
    EXPECT_EQ(notice.template_(), "request_received");
  }
  EXPECT_EQ(received, 1);
}

TEST(Programmes, NameANoticeSetThatIsNotThere) {
  const Folder folder("notice_sets: [\"application\",", "notice_sets: [\"letters\",");
  EXPECT_THAT(folder.Refusal(), HasSubstr("notice_sets[0]: \"letters\" is not there"));
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
                "tiers { id: \"students\"", "tiers[1]", "leave duty_statuses and least_points out"},
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
           Case{"notice_sets:", "notices { fact: \"HostInvted\" template: \"host_invited\" }\nnotice_sets:",
                "notice_sets:", "notices[0].fact", "is not a fact"},
           Case{"notice_sets:", "notices { fact: \"HostInvited\" template: \"Host Invited\" }\nnotice_sets:",
                "notice_sets:", "notices[0].template", "lower_snake"},
           Case{"funding {", "disclosure { default_class: DISCLOSURE_CLASS_RESTRICTED }\nfunding {", "funding {",
                "disclosure.default_reason", "withheld for a reason"},
           Case{"funding {", "disclosure { default_reason: WITHHOLDING_REASON_CONFIDENTIALITY_DUTY }\nfunding {",
                "funding {", "disclosure.default_reason", "set default_class"},
           Case{"funding {", "disclosure { countries_since: 17 }\nfunding {", "funding {", "disclosure.countries_since",
                "as in 2017"},
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

// A4-08: what can be claimed is said where a sponsor reimburses, and nowhere else.
TEST(Load, TakesClaimsOnlyWhereASponsorReimburses) {
  const std::string own = "model: MODEL_SELF_FUNDED";
  const std::string sponsor = "model: MODEL_SPONSOR_REIMBURSES";
  const std::string travel = " claim_categories { id: \"travel\" title: \"Travel\" }";
  EXPECT_THAT(
      Folder(own, sponsor + travel + " claim_currencies: [\"USD\"] claim_days: 30 claim_travel_days: 2").Refusal(),
      testing::IsEmpty());
  EXPECT_THAT(Folder(own, "model: MODEL_RECIPIENT_PAYS").Refusal(), testing::IsEmpty());
  const std::pair<std::string, const char*> mistakes[] = {
      {sponsor, "funding.claim_categories: is empty"},
      {sponsor + travel + travel, "funding.claim_categories[1].id: \"travel\" is used twice"},
      {sponsor + " claim_categories { id: \"Travel\" }", "funding.claim_categories[0].title: is missing"},
      {sponsor + travel + " claim_currencies: [\"DEM\"]", "funding.claim_currencies[0]: must be a currency"},
      {sponsor + travel + " claim_currencies: [\"USD\", \"USD\"]", "funding.claim_currencies[1]: USD is there twice"},
      {sponsor + travel + " claim_days: -1", "funding.claim_days: must not be negative"},
      {sponsor + travel + " claim_travel_days: -1", "funding.claim_travel_days: must not be negative"},
      {own + travel, "funding.claim_categories: says how to claim, yet with MODEL_SELF_FUNDED nobody pays back"},
      {"model: MODEL_RECIPIENT_PAYS claim_days: 3", "funding.claim_days: says how to claim"},
      {own + " claim_travel_days: 1", "funding.claim_travel_days: says how to claim"},
      {own + " claim_currencies: [\"USD\"]", "funding.claim_currencies: says how to claim"},
  };
  for (const auto& [funding, mistake] : mistakes) EXPECT_THAT(Folder(own, funding).Refusal(), HasSubstr(mistake));
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

// A2-09, A2-11, A5-09
TEST(Selection, HasProgrammesToWhichNothingIsWrong) {
  const auto programmes = testing_awards::AwardProgrammes().Latest();
  ASSERT_EQ(programmes.size(), 4u);
  for (const Programme* programme : programmes) {
    EXPECT_TRUE(CheckProgramme(*programme).ok()) << programme->name() << ": " << CheckProgramme(*programme);
  }
}

// Each: what is broken, the field, and a word of the fix.
TEST(Selection, IsCheckedForMistakesAndForWhatNeedsAStay) {
  struct Case {
    const char* from;
    const char* to;
    const char* field;
    const char* fix;
  };
  constexpr char kDuty[] = "duty { statuses: [DUTY_STATUS_ACTIVE] }";
  for (const Case& c : {
           Case{"mode: MODE_SELECTION", "mode: MODE_NONE", "matching.mode", "MODE_SELECTION"},
           Case{"mode: MODE_SELECTION", "mode: MODE_SELECTION invitation_days: 3", "matching", "mode alone"},
           Case{"id: \"benefit\"", "id: \"merit\"", "selection.criteria[1].id", "its own id"},
           Case{"title: \"Merit\"", "", "selection.criteria[0].title", "jurors are shown it"},
           Case{"weight: 3", "weight: 0", "selection.criteria[0].weight", "1 to 1000"},
           Case{"weight: 3 max_points: 10", "weight: 3 max_points: 1001", "selection.criteria[0].max_points",
                "1 to 1000"},
           Case{"least_jurors: 2", "least_jurors: 0", "selection.least_jurors", "1 to 100"},
           Case{"yearly_quota: 2", "yearly_quota: -2", "selection.yearly_quota", "0 to 1000"},
           Case{"yearly_quota: 2", "yearly_quota: 2 places: 3", "selection.places", "yearly_quota"},
           Case{"tie_rule: TIE_RULE_LOTTERY", "", "selection.tie_rule", "TIE_RULE_LOTTERY"},
           Case{"beneficiary: BENEFICIARY_KIND_SELF", "", "selection.beneficiary", "BENEFICIARY_KIND_CHILD"},
           Case{"answer_days: 14", "answer_days: -1", "selection.answer_days", "0 to 365"},
           Case{"tiers { id: \"all\" }", "tiers { id: \"all\" } applicants { without_endorsement: true }",
                "endorsement_days", "nobody endorses"},
           Case{"\"sections/DE\"", "\"DE\"", "selection.jury_organisations[1]", "sections/DE"},
           Case{"answer_days: 14", "prize { currency_code: \"usd\" units: 5 }", "selection.prize.currency_code",
                "ISO 4217"},
           Case{"answer_days: 14", "prize { currency_code: \"USD\" }", "selection.prize", "more than nothing"},
           Case{kDuty, "notice { months: 4 }", "eligibility[1].notice", "needs a stay"},
           Case{kDuty, "travel_after_stay {}", "eligibility[1].travel_after_stay", "needs a stay"},
           Case{kDuty, "membership_tenure { years: 1 on: REFERENCE_DATE_START }", "eligibility[1].membership_tenure.on",
                "needs a stay"},
           Case{kDuty, "language { least_level: \"B2\" }", "eligibility[1].language.code", "needs a stay"},
           Case{kDuty, "beneficiary_age { min_years: 13 max_years: 17 on: REFERENCE_DATE_START }",
                "eligibility[1].beneficiary_age", "BENEFICIARY_KIND_CHILD"},
           Case{kDuty, "beneficiary_age { min_years: 17 max_years: 13 on: REFERENCE_DATE_START }",
                "eligibility[1].beneficiary_age", "min_years <= max_years"},
           Case{kDuty, "beneficiary_age { min_years: 13 max_years: 17 }", "eligibility[1].beneficiary_age",
                "REFERENCE_DATE_START"},
           Case{"days_after_receipt: 14", "days_before_start: 14", "tasks[0].days_before_start", "needs a stay"},
           Case{"days_after_receipt: 14", "days_after_receipt: 14 done_when: TASK_TRIGGER_HOST_WILLING",
                "tasks[0].done_when", "needs a stay"},
           Case{"endorsement_days: 30", "endorsement_days: 30 after_stay { report_days: 30 }", "after_stay",
                "needs a stay"},
           Case{"endorsement_days: 30",
                "endorsement_days: 30 compliance { id: \"w\" title: \"W\" kind: KIND_LIABILITY_WAIVER per_leg: true }",
                "compliance[0]", "needs a stay"},
       }) {
    const std::string text = absl::StrReplaceAll(testing_awards::kScholarship, {{c.from, c.to}});
    const absl::Status wrong = CheckProgramme(testing_awards::Parsed(text));
    const auto bad = DetailOf<google::rpc::BadRequest>(wrong);
    ASSERT_TRUE(bad.ok()) << c.field << ": " << wrong;
    bool told = false;
    for (const auto& violation : bad->field_violations()) {
      told |= violation.field() == c.field && absl::StrContains(violation.description(), c.fix);
    }
    EXPECT_TRUE(told) << c.field << ":\n" << bad->DebugString();
  }
  Programme without = testing_awards::Parsed(testing_awards::kScholarship);
  without.clear_selection();
  EXPECT_THAT(std::string(CheckProgramme(without).message()), HasSubstr("selection"));
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

// A0-32
TEST_F(Keeping, KnowsWhichVersionCameBeforeAnother) {
  Programmes programmes = With(4, "latest");
  EXPECT_EQ(programmes.Before(**programmes.Find("programmes/a")), nullptr);
  for (Programmes older : {With(1, "first"), With(2, "second")}) {
    ASSERT_TRUE(KeepProgrammes(*store_, older).ok());
  }
  Programme neighbour;
  neighbour.set_name("programmes/b");
  neighbour.set_version(7);
  programmes.Add(neighbour);
  ASSERT_TRUE(KeepProgrammes(*store_, programmes).ok());
  EXPECT_EQ(programmes.Before(**programmes.Find("programmes/a"))->title(), "second");
  EXPECT_EQ(programmes.Before(**programmes.Find("programmes/a", 2))->title(), "first");
  EXPECT_EQ(programmes.Before(**programmes.Find("programmes/a", 1)), nullptr);
  EXPECT_EQ(programmes.Before(**programmes.Find("programmes/b")), nullptr);
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
