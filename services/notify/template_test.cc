#include "services/notify/template.h"

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "common/base/dates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/notify/template_files.h"
#include "services/notify/value.h"

namespace amikeco::notify {
namespace {

using programme::v1::Programme;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kInvited[] = "amikeco.matching.v1.HostInvited";

Programme WithNotice(const std::string& fact, const std::string& text) {
  Programme programme;
  programme.set_name("programmes/example");
  auto& notice = *programme.add_notices();
  notice.set_fact(fact);
  notice.set_template_(text);
  notice.add_recipients(programme::v1::RECIPIENT_HOST);
  return programme;
}

TemplateFile File(const std::string& id, const std::string& locale, const std::string& paragraph) {
  TemplateFile file;
  file.path = absl::StrCat("templates/", id, ".", locale, ".textproto");
  file.text =
      absl::StrCat("id: \"", id, "\"\nlocale: \"", locale, "\"\nsubject: \"News\"\nparagraphs: \"", paragraph, "\"\n");
  file.parsed.set_id(id);
  file.parsed.set_locale(locale);
  file.parsed.set_subject("News");
  file.parsed.add_paragraphs(paragraph);
  return file;
}

std::string Mistakes(const std::vector<TemplateFile>& files, const Programme& programme) {
  return std::string(Templates::Check(files, {&programme}).status().message());
}

matching::v1::HostInvited Invited() {
  matching::v1::HostInvited fact;
  fact.set_application("applications/a1");
  fact.set_host("hosts/CA0194200");
  *fact.mutable_start() = ToDate(absl::CivilDay(2027, 3, 1));
  *fact.mutable_end() = ToDate(absl::CivilDay(2027, 3, 14));
  *fact.mutable_expires() = ToTimestamp(absl::FromCivil(absl::CivilSecond(2026, 12, 1, 17, 0, 0), absl::UTCTimeZone()));
  return fact;
}

absl::TimeZone Zone(const char* name) { return *ParseTimeZone(name); }

TEST(FallbackChain, GoesFromTheRegionToTheLanguageToEnglish) {
  EXPECT_THAT(FallbackChain("de-AT-1996"), ElementsAre("de-at-1996", "de-at", "de", "en"));
  EXPECT_THAT(FallbackChain("en-GB"), ElementsAre("en-gb", "en"));
  EXPECT_THAT(FallbackChain(""), ElementsAre("en"));
}

TEST(Templates, GiveTheNearestLocale) {
  const Programme programme = WithNotice(kInvited, "host_invited");
  const auto templates =
      Templates::Check({File("host_invited", "en", "Hello"), File("host_invited", "de", "Hallo")}, {&programme});
  ASSERT_TRUE(templates.ok()) << templates.status();
  EXPECT_EQ(templates->Find("host_invited", "de-AT")->locale(), "de");
  EXPECT_EQ(templates->Find("host_invited", "DE")->locale(), "de");
  EXPECT_EQ(templates->Find("host_invited", "eo")->locale(), "en");
  EXPECT_EQ(templates->Find("other", "en"), nullptr);
}

TEST(Check, RefusesAnUnknownVariableWithFileLineAndChoices) {
  const std::string mistakes =
      Mistakes({File("host_invited", "en", "From {{fact.begin}}")}, WithNotice(kInvited, "host_invited"));
  EXPECT_THAT(mistakes, AllOf(HasSubstr("templates/host_invited.en.textproto:4: {{fact.begin}} is not known"),
                              HasSubstr(kInvited), HasSubstr("fact.start"), HasSubstr("case.host")));
}

TEST(Check, LooksAtEveryFactThatATemplateIsUsedFor) {
  Programme programme = WithNotice(kInvited, "news");
  *programme.add_notices() = WithNotice("amikeco.applicant.v1.StayEnded", "news").notices(0);
  EXPECT_THAT(Mistakes({File("news", "en", "Until {{fact.expires}}")}, programme),
              AllOf(HasSubstr("StayEnded"), Not(HasSubstr("messages about amikeco.matching.v1.HostInvited"))));
}

TEST(Check, RefusesBracesThatDoNotMatch) {
  for (const char* text : {"{{fact.start", "fact.start}}", "{{}}", "{{a{{b}}"}) {
    EXPECT_THAT(Mistakes({File("host_invited", "en", text)}, WithNotice(kInvited, "host_invited")),
                HasSubstr("braces do not match"))
        << text;
  }
}

TEST(Check, RefusesANoticeWithoutATemplateAndATemplateWithoutANotice) {
  const std::string mistakes = Mistakes({File("other", "en", "Hello")}, WithNotice(kInvited, "host_invited"));
  EXPECT_THAT(mistakes, HasSubstr("there is no template host_invited; there are other"));
  EXPECT_THAT(mistakes, HasSubstr("no programme has a notice with template other"));
}

TEST(Check, TakesAnUnusedTemplateForTheFactThatIsCalledLikeIt) {
  const Programme programme = WithNotice(kInvited, "host_invited");
  const TemplateFile used = File("host_invited", "en", "Hello");
  EXPECT_EQ(Mistakes({used, File("return_overdue", "en", "Since {{fact.due}}")}, programme), "");
  EXPECT_THAT(Mistakes({used, File("return_overdue", "en", "Since {{fact.start}}")}, programme),
              AllOf(HasSubstr("{{fact.start}} is not known"), HasSubstr("amikeco.applicant.v1.ReturnOverdue")));
}

TEST(Check, LetsATemplateThatIsNamedAfterItsFactWaitForAProgramme) {
  const Programme other = WithNotice(kInvited, "host_invited");
  const auto used = File("host_invited", "en", "Hello");
  const auto templates = Templates::Check({used, File("claim_paid", "en", "Paid on {{fact.day}}")}, {&other});
  ASSERT_TRUE(templates.ok()) << templates.status();
  EXPECT_THAT(templates->FactsOf("claim_paid"), ElementsAre("amikeco.applicant.v1.ClaimPaid"));
  EXPECT_THAT(Mistakes({used, File("claim_paid", "en", "{{fact.amount}}")}, other), HasSubstr("ClaimPaid"));
  EXPECT_THAT(Mistakes({used, File("money_order", "en", "Hello")}, other), HasSubstr("no programme has a notice"));
}

TEST(Check, RefusesFactsThatThereAreNotOrThatAreAboutNoApplication) {
  EXPECT_THAT(Mistakes({File("x", "en", "Hello")}, WithNotice("amikeco.matching.v1.Nothing", "x")),
              HasSubstr("there is no such fact about an application"));
  EXPECT_THAT(Mistakes({File("x", "en", "Hello")}, WithNotice("amikeco.applicant.v1.MemberRegistered", "x")),
              HasSubstr("there is no such fact about an application"));
}

TEST(Check, RefusesATemplateWithoutEnglish) {
  EXPECT_THAT(Mistakes({File("host_invited", "de", "Hallo")}, WithNotice(kInvited, "host_invited")),
              HasSubstr("there is no host_invited.en.textproto to fall back to"));
}

TEST(Check, RefusesTwoMessagesAboutOneFactToOneRecipient) {
  Programme programme = WithNotice(kInvited, "host_invited");
  *programme.add_notices() = programme.notices(0);
  EXPECT_THAT(Mistakes({File("host_invited", "en", "Hello")}, programme), HasSubstr("RECIPIENT_HOST is named twice"));
}

TEST(Check, RefusesAFileOfAnotherNameAndASubjectOfTwoLines) {
  TemplateFile file = File("host_invited", "en", "Hello");
  file.path = "templates/invitation.textproto";
  file.parsed.set_subject("News\r\nBcc: everybody@example");
  EXPECT_THAT(Mistakes({file}, WithNotice(kInvited, "host_invited")),
              AllOf(HasSubstr("a file named host_invited.en.textproto"), HasSubstr("the subject is one line")));
}

TEST(Check, TellsAllMistakesAtOnce) {
  const std::string mistakes =
      Mistakes({File("host_invited", "en", "{{fact.a}} {{fact.b}}")}, WithNotice(kInvited, "host_invited"));
  EXPECT_THAT(mistakes, AllOf(HasSubstr("{{fact.a}}"), HasSubstr("{{fact.b}}")));
}

// A5-07: what people write freely, who acted and what is open never gets into a channel.
TEST(VariablesOf, LeaveOutWhatIsConfidential) {
  EXPECT_THAT(VariablesOf(*compliance::v1::ClearanceRevoked::descriptor()),
              AllOf(Not(Contains("fact.reason")), Not(Contains("fact.by"))));
  EXPECT_THAT(VariablesOf(*compliance::v1::ClearanceLost::descriptor()), Not(Contains("fact.open_items")));
  EXPECT_THAT(VariablesOf(*matching::v1::InvitationEnded::descriptor()), Not(Contains("fact.reason")));
}

TEST(VariablesOf, OfferNamesDatesAndTimesOfTheFactByPath) {
  EXPECT_THAT(VariablesOf(*matching::v1::LegAdded::descriptor()),
              AllOf(Contains("fact.leg.start"), Contains("fact.leg.host"), Contains("fact.application"),
                    Contains("recipient.name"), Not(Contains("case.task"))));
  EXPECT_THAT(VariablesOf(*compliance::v1::ItemDue::descriptor()), Contains("case.task"));
}

// Every free text of a fact about an application has a known name; a new one must be looked at.
TEST(VariablesOf, OfferNothingThatAnyoneCanWriteFreely) {
  const std::set<std::string> looked_at = {"application",
                                           "clearance",
                                           "host",
                                           "home_host",
                                           "item",
                                           "member",
                                           "programme",
                                           "rule",
                                           "section",
                                           "task",
                                           "tier",
                                           "id",
                                           "step",
                                           "kind",
                                           "stay_language",
                                           "name",
                                           "time_zone",
                                           "owner",
                                           "phase",
                                           "module",
                                           "agency",
                                           "mentor",
                                           "mentor_application",
                                           "mentors_for",
                                           "requester",
                                           "service_area",
                                           "intake",
                                           "claim",
                                           "claimant",
                                           "waiver",
                                           "source"};
  for (const auto* whole : {applicant::v1::ApplicationFact::descriptor(), applicant::v1::HostingOfferFact::descriptor(),
                            applicant::v1::ClaimFact::descriptor(), matching::v1::PlacementFact::descriptor(),
                            compliance::v1::ClearanceFact::descriptor()}) {
    for (int i = 0; i < whole->field_count(); ++i) {
      const auto* fact = whole->field(i)->message_type();
      for (const std::string& path : FieldPaths(*fact)) {
        const auto* type = fact;
        const google::protobuf::FieldDescriptor* field = nullptr;
        for (const auto part : absl::StrSplit(path, '.')) {
          field = type->FindFieldByName(std::string(part));
          type = field->message_type();
        }
        if (field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) continue;
        EXPECT_TRUE(looked_at.contains(field->name())) << fact->full_name() << ": " << path;
      }
    }
  }
}

// A5-07: times are told by the reader's own clock.
TEST(Render, WritesDatesInTheLanguageAndTimesInTheReadersZone) {
  v1::Template text;
  text.set_locale("en");
  text.set_subject("{{case.host}}, {{fact.start}}");
  text.add_paragraphs("Dear {{recipient.name}}");
  text.add_paragraphs("until {{fact.expires}}");
  const CaseView view{.application = "",
                      .programme = "",
                      .coordinator = "",
                      .section = "",
                      .member = "",
                      .host = "Albany Police",
                      .task = "",
                      .start = {},
                      .end = {}};
  const v1::MessageText english = Render(text, Invited(), view, {"Anna Weber", Zone("America/New_York")});
  EXPECT_EQ(english.subject(), "Albany Police, 1 March 2027");
  EXPECT_EQ(english.body(), "Dear Anna Weber\n\nuntil 1 December 2026, 12:00 (EST)\n");
  text.set_locale("de");
  const v1::MessageText german = Render(text, Invited(), view, {"", Zone("Europe/Vienna")});
  EXPECT_EQ(german.subject(), "Albany Police, 1. März 2027");
  EXPECT_THAT(german.body(), HasSubstr("1. Dezember 2026, 18:00 Uhr (CET)"));
  text.set_locale("eo");
  EXPECT_THAT(Render(text, Invited(), view, {"", absl::UTCTimeZone()}).subject(), HasSubstr("2027-03-01"));
}

TEST(Render, WritesADashForWhatIsNotSet) {
  v1::Template text;
  text.set_locale("en");
  text.set_subject("{{fact.start}} {{fact.host}} {{case.section}}");
  EXPECT_EQ(Render(text, matching::v1::HostInvited(), CaseView(), {"", absl::UTCTimeZone()}).subject(), "– – –");
}

TEST(Render, TakesAValueWithBracesForText) {
  v1::Template text;
  text.set_locale("en");
  text.set_subject("{{case.host}}");
  CaseView view;
  view.host = "{{recipient.name}}";
  EXPECT_EQ(Render(text, Invited(), view, {"Anna Weber", absl::UTCTimeZone()}).subject(), "{{recipient.name}}");
}

TEST(TheShippedTemplates, FitTheShippedProgrammes) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  const auto templates = LoadTemplates("services/notify/templates", *programmes);
  ASSERT_TRUE(templates.ok()) << templates.status();
  EXPECT_GT(templates->size(), 40u);
}

TEST(TheShippedTemplates, AreEachUsedByAShippedProgramme) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  std::set<std::string> used;
  for (const auto* programme : programmes->Latest()) {
    for (const auto& notice : programme->notices()) used.insert(notice.template_());
  }
  for (const auto& file : std::filesystem::directory_iterator("services/notify/templates")) {
    const std::string name = file.path().filename().string();
    EXPECT_TRUE(used.count(name.substr(0, name.find('.'))) > 0) << name << ": no programme's notice uses it";
  }
}

TEST(TheShippedTemplates, FillInCompletely) {
  const auto programmes = Programmes::Load("programmes");
  ASSERT_TRUE(programmes.ok()) << programmes.status();
  const auto templates = LoadTemplates("services/notify/templates", *programmes);
  ASSERT_TRUE(templates.ok()) << templates.status();
  const google::type::Date day = ToDate(absl::CivilDay(2027, 5, 12));
  const CaseView view{"applications/a1", "Exchange",     "Coordinator", "DE", "members/m1",
                      "Albany Police",   "Health cover", day,           day};
  for (const auto& file : std::filesystem::directory_iterator("services/notify/templates")) {
    const std::vector<std::string> parts = absl::StrSplit(file.path().filename().string(), '.');
    for (const std::string& name : templates->FactsOf(parts[0])) {
      const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
      const std::unique_ptr<google::protobuf::Message> fact(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      FillWithSamples(*fact);
      const auto text = Render(*templates->Find(parts[0], parts[1]), *fact, view, {"Anna", Zone("UTC")});
      EXPECT_EQ(text.locale(), parts[1]) << parts[0];
      EXPECT_THAT(text.subject() + text.body(), AllOf(Not(HasSubstr("–")), Not(HasSubstr("{{")), Not(HasSubstr("}}"))))
          << parts[0] << " " << parts[1];
      EXPECT_THAT(text.subject(), HasSubstr("applications/a1")) << parts[0];
    }
  }
}

}  // namespace
}  // namespace amikeco::notify
