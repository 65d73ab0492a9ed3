#include "services/compliance/waiver.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/compliance/judge.h"
#include "services/compliance/test_programme.h"
#include "services/compliance/test_waivers.h"
#include "services/compliance/waiver_files.h"

namespace amikeco::compliance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using v1::Clearance;
using v1::Waiver;

const Actor kOfficer{"members/M-17", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kStranger{"members/M-18", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kCompliance{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const absl::Time kNow = absl::FromCivil(absl::CivilDay(2027, 1, 10), absl::UTCTimeZone());
const std::string kFormHash(64, 'a');

google::type::Date Day(absl::string_view text) { return *ParseDate(text); }

matching::v1::Leg Leg(const std::string& id, const std::string& host, absl::string_view start, absl::string_view end) {
  matching::v1::Leg leg;
  leg.set_id(id);
  leg.set_host(host);
  *leg.mutable_start() = Day(start);
  *leg.mutable_end() = Day(end);
  leg.set_confirmed(true);
  return leg;
}

// A clearance and its waivers, as the service's transactions keep them.
struct Case {
  explicit Case(WaiverTemplates with = *CheckTemplates({TestTemplate()})) : templates(std::move(with)) {
    matching::v1::PlacementAgreed agreed;
    agreed.set_application("applications/7");
    agreed.set_member("members/M-17");
    *agreed.add_legs() = Leg("1", "hosts/A", "2027-03-14", "2027-03-20");
    for (const char* party : {"members/M-17", "sections/DE", "organisations/ipa-us"}) agreed.add_parties(party);
    Take(OnAgreed(clearance, agreed, "placements/7", TestProgramme(), now));
    FollowAll();
  }

  void Take(const Facts& facts) {
    for (const auto& fact : facts) clearance = Evolve(std::move(clearance), fact);
  }
  Waiver& Of(const std::string& name) {
    for (Waiver& waiver : waivers) {
      if (waiver.name() == name) return waiver;
    }
    return waivers.emplace_back();
  }
  std::vector<std::string> FollowAll(const Actor& actor = kCompliance) {
    std::vector<std::string> told;
    std::map<std::string, std::string> ended;
    for (const WaiverStep& step : Follow(clearance, waivers, templates, {now, actor})) {
      Waiver& waiver = Of(step.waiver);
      waiver = Evolve(std::move(waiver), step.fact);
      if (step.fact.has_superseded()) ended[step.waiver] = step.fact.superseded().reason();
      told.push_back(absl::StrCat(step.waiver, " ", Waiver::State_Name(waiver.state()).substr(6)));
    }
    Take(OnWaiversEnded(clearance, ended, {now, actor}));
    return told;
  }
  void Reschedule(const std::vector<matching::v1::Leg>& legs) {
    Take(OnLegsChanged(clearance, {legs.begin(), legs.end()}, TestProgramme(), now));
  }
  absl::Status Sign(const std::string& name, v1::SignWaiverRequest request = {}, const Actor& actor = kOfficer) {
    request.set_signature_name("K. Z.");
    if (request.acknowledgements().empty() && request.document_hash().empty()) {
      for (const char* code : {"NO_WEAPONS", "SEAT_BELT"}) request.add_acknowledgements(code);
    }
    Waiver& waiver = Of(name);
    const int record = clearance.records_size() + 1;
    const auto facts = Decide(waiver, request, TermsOf(clearance, waiver, *templates.Find(waiver.template_hash())),
                              record, Circumstance{now, actor});
    if (!facts.ok()) return facts.status();
    for (const auto& fact : *facts) waiver = Evolve(std::move(waiver), fact);
    request.set_item(ItemOf(clearance, waiver)->id());
    request.set_host(waiver.agency());
    request.set_waiver(name);
    *request.mutable_valid_from() = waiver.valid_from();
    *request.mutable_valid_to() = waiver.valid_to();
    const auto recorded = Decide(clearance, request, Circumstance{now, actor});
    if (!recorded.ok()) return recorded.status();
    Take(*recorded);
    return absl::OkStatus();
  }
  WaiverState StateOf(const std::string& name) { return Of(name).state(); }

  absl::Time now = kNow;
  WaiverTemplates templates;
  Clearance clearance;
  std::vector<Waiver> waivers;
};

std::vector<std::pair<std::string, std::string>> Violations(const absl::Status& status) {
  std::vector<std::pair<std::string, std::string>> found;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok()) return found;
  for (const auto& violation : bad->field_violations()) found.emplace_back(violation.field(), violation.description());
  return found;
}

// What may happen, told once more and in another form: by command, the states in which it is possible. A waiver is
// prepared, asked for, opened, and then signed or declined; a person may take it back until it is over, and the clock
// and the clearance end what is open, the clearance also what was answered.
const std::map<std::string, std::pair<std::set<std::string>, std::string>>& Model() {
  static const auto& model = *new std::map<std::string, std::pair<std::set<std::string>, std::string>>{
      {"SendWaiver", {{"DRAFT"}, "SENT"}},
      {"ViewWaiver", {{"SENT", "VIEWED"}, "VIEWED"}},
      {"SignWaiver", {{"SENT", "VIEWED"}, "SIGNED"}},
      {"DeclineWaiver", {{"SENT", "VIEWED"}, "DECLINED"}},
      {"VoidWaiver", {{"DRAFT", "SENT", "VIEWED", "SIGNED", "DECLINED"}, "VOIDED"}},
      {"expiry", {{"DRAFT", "SENT", "VIEWED"}, "EXPIRED"}},
      {"supersession", {{"DRAFT", "SENT", "VIEWED", "SIGNED", "DECLINED"}, "SUPERSEDED"}},
  };
  return model;
}

std::vector<std::string> MethodsIn(const std::string& state) {
  std::vector<std::string> methods;
  for (const auto& [command, rule] : Model()) {
    if (command[0] <= 'Z' && rule.first.count(state) > 0) methods.push_back(command);
  }
  return methods;
}

std::string ShortState(WaiverState state) { return Waiver::State_Name(state).substr(6); }

// The only waiver of a new case, in this state.
Case CaseIn(WaiverState state) {
  Case one;
  Waiver& waiver = one.waivers.front();
  waiver.set_state(state);
  return one;
}

// Does the command to the case's waiver; the facts, or why it is refused. What is not a client's gives no facts then.
absl::StatusOr<WaiverFacts> Try(Case& one, const std::string& command) {
  const Waiver& waiver = one.waivers.front();
  const WaiverTerms terms = TermsOf(one.clearance, waiver, *one.templates.Find(waiver.template_hash()));
  if (command == "SendWaiver")
    return Decide(waiver, v1::SendWaiverRequest(), terms, Circumstance{one.now, kCompliance});
  if (command == "ViewWaiver") return Decide(waiver, v1::ViewWaiverRequest(), Circumstance{one.now, kOfficer});
  if (command == "DeclineWaiver") return Decide(waiver, v1::DeclineWaiverRequest(), 1, Circumstance{one.now, kOfficer});
  if (command == "VoidWaiver") return Decide(waiver, v1::VoidWaiverRequest(), Circumstance{one.now, kCompliance});
  if (command == "expiry") return OnTime(waiver, one.now + absl::Hours(24 * 365));
  if (command == "SignWaiver") {
    v1::SignWaiverRequest request;
    request.set_document_hash(kFormHash);
    return Decide(waiver, request, terms, 1, Circumstance{one.now, kOfficer});
  }
  one.Reschedule({Leg("1", "hosts/A", "2027-03-16", "2027-03-22")});
  WaiverFacts facts;
  for (auto& step : Follow(one.clearance, one.waivers, one.templates, {one.now, kCompliance})) {
    if (step.waiver == waiver.name()) facts.push_back(step.fact);
  }
  return facts;
}

TEST(Transitions, AreThoseOfTheModelInEveryStateForEveryCommand) {  // A0-24
  int tried = 0;
  for (int number = Waiver::STATE_DRAFT; number <= Waiver::STATE_SUPERSEDED; ++number) {
    const auto state = static_cast<WaiverState>(number);
    for (const auto& [command, rule] : Model()) {
      SCOPED_TRACE(absl::StrCat(command, " in ", ShortState(state)));
      Case one = CaseIn(state);
      const Waiver before = one.waivers.front();
      const auto facts = Try(one, command);
      const bool possible = rule.first.count(ShortState(state)) > 0;
      const bool is_method = command[0] <= 'Z';
      ++tried;
      if (possible) {
        ASSERT_TRUE(facts.ok()) << facts.status();
        Waiver after = before;
        for (const auto& fact : *facts) after = Evolve(std::move(after), fact);
        EXPECT_EQ(ShortState(after.state()), rule.second);
      } else if (is_method) {
        ASSERT_EQ(ReasonOf(facts.status()), "WAIVER_NOT_POSSIBLE_IN_STATE") << facts.status();
        const auto metadata = DetailOf<google::rpc::ErrorInfo>(facts.status())->metadata();
        std::vector<std::string> offered = absl::StrSplit(metadata.at("possible_commands"), ',', absl::SkipEmpty());
        std::sort(offered.begin(), offered.end());
        EXPECT_EQ(offered, MethodsIn(ShortState(state)));
        EXPECT_EQ(metadata.at("state"), Waiver::State_Name(state));
        EXPECT_EQ(metadata.at("command"), command);
      } else {
        ASSERT_TRUE(facts.ok());
        EXPECT_THAT(*facts, IsEmpty());
      }
    }
  }
  EXPECT_EQ(tried, 8 * 7);
}

TEST(Transitions, OfferWhatTheRecordsCommentTells) {
  for (int number = Waiver::STATE_DRAFT; number <= Waiver::STATE_SUPERSEDED; ++number) {
    auto offered = PossibleCommands(static_cast<WaiverState>(number));
    std::sort(offered.begin(), offered.end());
    EXPECT_EQ(offered, MethodsIn(ShortState(static_cast<WaiverState>(number))));
  }
}

TEST(Follow, IssuesOneWaiverForEachLegAndSendsIt) {  // A0-24
  Case one;
  ASSERT_THAT(one.waivers, SizeIs(1));
  const Waiver& waiver = one.waivers.front();
  EXPECT_EQ(waiver.name(), "waivers/7-1");
  EXPECT_EQ(waiver.state(), Waiver::STATE_SENT);
  EXPECT_EQ(waiver.item(), "liability-waiver/1");
  EXPECT_EQ(waiver.participant(), "members/M-17");
  EXPECT_EQ(waiver.agency(), "hosts/A");
  EXPECT_EQ(waiver.template_(), "release@1");
  EXPECT_EQ(waiver.template_hash(), HashOf(TestTemplate()));
  EXPECT_EQ(FormatDate(waiver.valid_from()), "2027-03-14");
  EXPECT_EQ(FormatDate(waiver.valid_to()), "2027-03-20");
  EXPECT_THAT(waiver.parties(), UnorderedElementsAre("members/M-17", "sections/DE", "organisations/ipa-us", "hosts/A"));
  EXPECT_THAT(one.FollowAll(), IsEmpty()) << "once it is asked for, nothing more is to be done";

  one.Reschedule({Leg("1", "hosts/A", "2027-03-14", "2027-03-20"), Leg("2", "hosts/B", "2027-03-18", "2027-03-19")});
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-2 DRAFT", "waivers/7-2 SENT"));
  EXPECT_THAT(one.Of("waivers/7-2").parties(),
              UnorderedElementsAre("members/M-17", "sections/DE", "organisations/ipa-us", "hosts/B"));
}

TEST(Follow, LeavesWhatIsPreparedByHandADraft) {
  v1::WaiverTemplate own = TestTemplate(1, "hosts/A");
  own.set_prepared_by_hand(true);
  Case one(*CheckTemplates({TestTemplate(), own}));
  ASSERT_EQ(one.StateOf("waivers/7-1"), Waiver::STATE_DRAFT);
  EXPECT_EQ(one.waivers.front().template_(), "own-form@1") << "an agency's own form goes before the general one";
  v1::SendWaiverRequest send;
  send.set_language("de");
  *send.mutable_valid_to() = Day("2027-03-31");
  const auto sent = Decide(one.waivers.front(), send, TermsOf(one.clearance, one.waivers.front(), own),
                           Circumstance{kNow, kCompliance});
  ASSERT_TRUE(sent.ok()) << sent.status();
  const Waiver waiver = Evolve(one.waivers.front(), sent->front());
  EXPECT_EQ(waiver.language(), "de");
  EXPECT_EQ(FormatDate(waiver.valid_from()), "2027-03-14");
  EXPECT_EQ(FormatDate(waiver.valid_to()), "2027-03-31");
  *send.mutable_valid_to() = Day("2027-03-19");
  send.set_language("eo");
  EXPECT_THAT(
      Violations(Decide(one.waivers.front(), send, TermsOf(one.clearance, one.waivers.front(), own),
                        Circumstance{kNow, kCompliance})
                     .status()),
      ElementsAre(Pair("valid_to", HasSubstr("must not be before 2027-03-20")), Pair("language", HasSubstr("en, de"))));
}

TEST(Follow, SupersedesAndAsksAnewWhenTheDatesFitNoMore) {  // A5-06
  Case one;
  ASSERT_TRUE(one.Sign("waivers/7-1").ok());
  EXPECT_THAT(one.FollowAll(), IsEmpty());
  one.Reschedule({});
  EXPECT_THAT(one.FollowAll(), IsEmpty()) << "while the dates are being changed nothing is asked for";
  one.Reschedule({Leg("2", "hosts/A", "2027-03-15", "2027-03-19")});
  EXPECT_THAT(one.FollowAll(), IsEmpty()) << "what was signed for longer still fits, on whatever leg";
  one.Reschedule({Leg("2", "hosts/A", "2027-03-15", "2027-03-21")});
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-1 SUPERSEDED", "waivers/7-2 DRAFT", "waivers/7-2 SENT"));
  EXPECT_EQ(one.Of("waivers/7-1").reason(), "DATES_CHANGED");
  EXPECT_EQ(one.clearance.records(0).void_reason(), "DATES_CHANGED") << "the clearance's item follows";
  one.Reschedule({Leg("2", "hosts/A", "2027-03-14", "2027-03-20")});
  EXPECT_FALSE(std::any_of(one.clearance.records().begin(), one.clearance.records().end(), [](const auto& record) {
    return record.void_reason().empty();
  })) << "what was superseded does not come back";
}

TEST(Follow, TakesBackWhatIsNotAskedForAnyMore) {
  Case one;
  one.Reschedule({Leg("1", "hosts/B", "2027-03-14", "2027-03-20")});
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-1 VOIDED", "waivers/7-2 DRAFT", "waivers/7-2 SENT"));
  EXPECT_EQ(one.Of("waivers/7-1").reason(), "NOT_ASKED_ANY_MORE");
  one.Take(OnEnded(one.clearance, "WITHDRAWN"));
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-2 VOIDED"));
  EXPECT_EQ(one.Of("waivers/7-2").reason(), "WITHDRAWN");
}

TEST(Follow, TakesOneSignatureForBothLegsAtTheAgencyThatItCovers) {  // A0-24
  Case one;
  one.Reschedule({Leg("1", "hosts/A", "2027-03-14", "2027-03-20"), Leg("2", "hosts/A", "2027-03-25", "2027-03-27")});
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-2 DRAFT", "waivers/7-2 SENT"));
  v1::SignWaiverRequest request;
  *request.mutable_valid_to() = Day("2027-03-31");
  ASSERT_TRUE(one.Sign("waivers/7-1", request).ok());
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-2 VOIDED"));
}

TEST(Follow, AsksAgainWhenTheClearancesRecordIsVoidedAndNotWhenTheStayIsOver) {
  Case one;
  ASSERT_TRUE(one.Sign("waivers/7-1").ok());
  v1::VoidItemRequest request;
  request.set_item("liability-waiver/1");
  request.set_reason("SIGNED_BY_ANOTHER");
  one.Take(*Decide(one.clearance, request, Circumstance{kNow, kCompliance}));
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-1 VOIDED", "waivers/7-2 DRAFT", "waivers/7-2 SENT"));
  EXPECT_EQ(one.Of("waivers/7-1").reason(), "SIGNED_BY_ANOTHER");
  one.now = absl::FromCivil(absl::CivilDay(2027, 3, 21), absl::UTCTimeZone());
  for (const auto& fact : OnTime(one.Of("waivers/7-2"), one.now)) {
    one.Of("waivers/7-2") = Evolve(one.Of("waivers/7-2"), fact);
  }
  EXPECT_EQ(one.StateOf("waivers/7-2"), Waiver::STATE_EXPIRED);
  EXPECT_THAT(one.FollowAll(), IsEmpty());
}

TEST(Follow, EndsWaiversOfATemplateThatEndsBeforeTheLegDoes) {  // A0-24
  v1::WaiverTemplate old = TestTemplate(1);
  Case one;
  ASSERT_TRUE(one.Sign("waivers/7-1").ok());
  const auto until = [&](absl::string_view day) {
    *old.mutable_grandfathered_until() = Day(day);
    one.templates = *CheckTemplates({old, TestTemplate(2)});
    for (const auto& fact : OnTemplate(one.Of("waivers/7-1"), old)) {
      one.Of("waivers/7-1") = Evolve(one.Of("waivers/7-1"), fact);
    }
    EXPECT_THAT(OnTemplate(one.Of("waivers/7-1"), old), IsEmpty()) << "it was told";
  };
  until("2027-03-20");
  EXPECT_THAT(one.FollowAll(), IsEmpty()) << "grandfathered for the whole leg";
  until("2027-03-19");
  EXPECT_THAT(one.FollowAll(), ElementsAre("waivers/7-1 SUPERSEDED", "waivers/7-2 DRAFT", "waivers/7-2 SENT"));
  EXPECT_EQ(one.Of("waivers/7-1").reason(), "TEMPLATE_ENDED");
  EXPECT_EQ(one.Of("waivers/7-2").template_(), "release@2");
}

TEST(Sign, SaysEverythingThatIsMissingAtOnce) {
  Case one;
  v1::SignWaiverRequest request;
  request.set_host("hosts/B");
  request.set_language("eo");
  *request.mutable_valid_from() = Day("2027-03-15");
  *request.mutable_valid_to() = Day("2027-03-19");
  for (const char* code : {"NO_WEAPONS", "NO_WEAPONS", "NO_SHOES"}) request.add_acknowledgements(code);
  EXPECT_THAT(Violations(one.Sign("waivers/7-1", request)),
              ElementsAre(Pair("host", HasSubstr("hosts/A")), Pair("valid_from", HasSubstr("after 2027-03-14")),
                          Pair("valid_to", HasSubstr("before 2027-03-20")), Pair("language", HasSubstr("en, de")),
                          Pair("acknowledgements[1]", HasSubstr("twice")),
                          Pair("acknowledgements[2]", HasSubstr("NO_WEAPONS, SEAT_BELT")),
                          Pair("acknowledgements", HasSubstr("missing: SEAT_BELT"))));
  v1::SignWaiverRequest paper;
  paper.set_method(v1::SIGNATURE_METHOD_PAPER);
  EXPECT_THAT(Violations(one.Sign("waivers/7-1", paper)), ElementsAre(Pair("document_hash", HasSubstr("SHA-256"))));
  EXPECT_EQ(ReasonOf(one.Sign("waivers/7-1", {}, kStranger)), "NOT_THE_OFFICER");
  EXPECT_EQ(one.StateOf("waivers/7-1"), Waiver::STATE_SENT);
}

// A waiver counts exactly if it is signed, covers every day of its leg, is the leg's agency's, and its template is
// current or grandfathered; and the clearance's item holds exactly then. Judged here by four plain conditions, whatever
// became of legs, waivers and templates before.
TEST(Validity, IsWhatTheFourConditionsSayAfterAnyHistory) {  // A0-24, A5-02, A5-06
  const uint32_t seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  std::mt19937 random(seed);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<uint32_t>(below)); };
  const auto day = [&](int number) { return FormatDay(absl::CivilDay(2027, 3, 10) + number); };
  int valid = 0, walks = 0;
  for (; walks < 1000; ++walks) {
    Case one;
    v1::WaiverTemplate old = TestTemplate(1);
    for (int step = 0; step < 12; ++step) {
      const std::string name = one.waivers[static_cast<size_t>(pick(static_cast<int>(one.waivers.size())))].name();
      switch (pick(5)) {
        case 0: {
          const int from = pick(6);
          one.Reschedule({Leg("1", pick(3) == 0 ? "hosts/B" : "hosts/A", day(from), day(from + pick(6)))});
          break;
        }
        case 1: {
          v1::SignWaiverRequest request;
          if (pick(2) == 0) *request.mutable_valid_from() = Day("2027-03-01");
          if (pick(2) == 0) *request.mutable_valid_to() = Day("2027-03-31");
          (void)one.Sign(name, request);
          break;
        }
        case 2: {
          const auto voided = Decide(one.Of(name), v1::VoidWaiverRequest(), Circumstance{one.now, kCompliance});
          if (!voided.ok()) break;
          one.Of(name) = Evolve(one.Of(name), voided->front());
          one.Take(OnWaiversEnded(one.clearance, {{name, "TEST"}}, {one.now, kCompliance}));
          break;
        }
        case 3:
          if (pick(4) == 0) *old.mutable_grandfathered_until() = Day(day(pick(10)));
          if (!old.has_grandfathered_until()) break;
          one.templates = *CheckTemplates({old, TestTemplate(2)});
          for (Waiver& waiver : one.waivers) {
            const auto facts = OnTemplate(waiver, *one.templates.Find(waiver.template_hash()));
            for (const auto& fact : facts) waiver = Evolve(std::move(waiver), fact);
          }
          break;
        default:
          (void)one.FollowAll();
      }
      (void)one.FollowAll();
      const auto& item = *std::find_if(one.clearance.items().begin(), one.clearance.items().end(),
                                       [](const auto& asked) { return asked.item() == "liability-waiver"; });
      const bool expected = std::any_of(one.waivers.begin(), one.waivers.end(), [&](const Waiver& waiver) {
        const auto& text = *one.templates.Find(waiver.template_hash());
        return waiver.state() == Waiver::STATE_SIGNED && waiver.agency() == item.host() &&
               ToDay(waiver.valid_from()) <= ToDay(item.first_day()) &&
               ToDay(item.last_day()) <= ToDay(waiver.valid_to()) &&
               (!text.has_grandfathered_until() || ToDay(item.last_day()) <= ToDay(text.grandfathered_until()));
      });
      const auto open = Judge(one.clearance, absl::CivilDay(2027, 1, 10)).open;
      const bool holds = std::none_of(open.begin(), open.end(), [&](const auto& o) { return o.item() == item.id(); });
      ASSERT_EQ(holds, expected) << "walk " << walks << " step " << step;
      valid += expected ? 1 : 0;
      const auto asked = std::count_if(one.waivers.begin(), one.waivers.end(),
                                       [](const Waiver& waiver) { return IsOpen(waiver.state()); });
      ASSERT_EQ(asked, expected ? 0 : 1) << "exactly one is asked for while none counts; walk " << walks;
    }
  }
  EXPECT_GT(valid, walks) << "the walks reach what they are to test";
}

TEST(Templates, AreKnownByWhatTheySay) {
  v1::WaiverTemplate waiver = TestTemplate();
  const std::string hash = HashOf(waiver);
  EXPECT_THAT(hash, testing::MatchesRegex("[0-9a-f]{64}"));
  *waiver.mutable_grandfathered_until() = Day("2027-12-31");
  EXPECT_EQ(HashOf(waiver), hash) << "how long it counts is not what it says";
  waiver.mutable_texts(0)->set_paragraphs(0, "I accept all dangers.");
  EXPECT_NE(HashOf(waiver), hash);
}

TEST(Templates, AreRefusedWithFileLineFieldAndFix) {
  v1::WaiverTemplate bad = TestTemplate();
  bad.set_id("Release");
  bad.set_version(-1);
  bad.set_agency("CA1");
  bad.mutable_texts(1)->set_language("german");
  bad.mutable_acknowledgements(1)->set_code("seat belt");
  const std::string wrong(CheckTemplates({bad, TestTemplate(2), TestTemplate(2)}).status().message());
  for (const char* part :
       {"waivers/0.textproto:1: id: must be lower-case", "waivers/0.textproto:2: version: must be 1",
        "waivers/0.textproto:3: agency: must be an agency's name", "texts[1].language: must be a language",
        "acknowledgements[1].code: must be capitals", "acknowledgements[0].texts: \"de\" is no language",
        "waivers/2.textproto:2: version: release@2 is in waivers/1.textproto as well",
        "agency: the current template of all is in waivers/1.textproto too"}) {
    EXPECT_THAT(wrong, HasSubstr(part));
  }
  const std::string file = bad.DebugString();
  const auto second = static_cast<long>(file.rfind("acknowledgements {"));
  const auto line = 1 + std::count(file.begin(), file.begin() + second, '\n');
  EXPECT_THAT(wrong, HasSubstr(absl::StrCat("waivers/0.textproto:", line, ": acknowledgements[1].code")));
  EXPECT_THAT(std::string(CheckTemplates({TestTemplate(1, "hosts/A")}).status().message()),
              HasSubstr("no current template is for every agency"));
}

TEST(Templates, ThatShipAreInOrder) {
  const auto shipped = LoadWaiverTemplates("services/compliance/waivers");
  ASSERT_TRUE(shipped.ok()) << shipped.status();
  const v1::WaiverTemplate& general = shipped->For("hosts/CA01");
  EXPECT_TRUE(general.sample());
  EXPECT_NE(TextIn(general, "en"), nullptr);
  EXPECT_NE(TextIn(general, "de"), nullptr);
  EXPECT_FALSE(LoadWaiverTemplates("no/such/folder").ok());
}

}  // namespace
}  // namespace amikeco::compliance
