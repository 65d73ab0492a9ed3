#include "services/applicant/section.h"

#include <string>
#include <vector>

#include "common/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant {
namespace {

using test::kInboundName;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Actor kOffice{"people/otto", "organisations/association", {options::v1::ROLE_REGISTRAR}};

DirectoryCircumstance By(const Actor& actor, const std::string& name = "sections/DE") {
  return {test::Noon(test::kReceived), actor, name, {kInboundName, test::kOutboundName}, "DE"};
}

v1::SectionTerms GoodTerms() {
  v1::SectionTerms terms;
  terms.set_title("Section Germany");
  terms.set_state(v1::Section::STATE_ACTIVE);
  terms.add_exchanges()->set_programme(kInboundName);
  terms.mutable_exchanges(0)->set_sends(true);
  return terms;
}

v1::Section Registered() {
  v1::RegisterSectionRequest command;
  *command.mutable_terms() = GoodTerms();
  const auto facts = Decide(v1::Section(), command, By(kOffice));
  EXPECT_TRUE(facts.ok()) << facts.status();
  return Evolve(v1::Section(), facts->at(0));
}

void AddRule(google::protobuf::RepeatedPtrField<v1::LocalRules>& all, const std::string& id) {
  auto& rule = *all.Add()->add_rules();
  rule.set_id(id);
  rule.set_reason("TENURE_TOO_SHORT_HERE");
  rule.mutable_membership_tenure()->set_years(3);
  rule.mutable_membership_tenure()->set_on(programme::v1::EligibilityRule::REFERENCE_DATE_SUBMISSION);
}

std::vector<std::string> WrongFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok()) return fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  return fields;
}

// A2-01
TEST(DecideSection, LetsTheOfficeRegisterASectionOfACountryOnce) {
  const v1::Section section = Registered();
  EXPECT_EQ(section.name(), "sections/DE");
  EXPECT_EQ(section.country(), "DE");
  EXPECT_EQ(section.terms().state(), v1::Section::STATE_ACTIVE);
  v1::RegisterSectionRequest again;
  *again.mutable_terms() = GoodTerms();
  EXPECT_EQ(ReasonOf(Decide(section, again, By(kOffice)).status()), "SECTION_EXISTS");
}

// A2-01
TEST(DecideSection, RefusesEveryRegistrarWhoIsNotOfTheOffice) {
  v1::RegisterSectionRequest command;
  *command.mutable_terms() = GoodTerms();
  for (const char* organisation : {"sections/DE", "regions/US-9", "hosts/CA0194200", ""}) {
    const Actor actor{"people/x", organisation, {options::v1::ROLE_REGISTRAR}};
    EXPECT_EQ(ReasonOf(Decide(v1::Section(), command, By(actor)).status()), "NOT_THE_OFFICE") << organisation;
  }
}

// A2-10
TEST(DecideSection, LetsASectionChangeWhatItTakesPartInButNotItsState) {
  const v1::Section section = Registered();
  v1::UpdateSectionRequest command;
  *command.mutable_terms() = GoodTerms();
  command.mutable_terms()->mutable_exchanges(0)->set_hosts(true);
  const auto changed = Decide(section, command, By(test::kSection));
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_TRUE(Evolve(section, changed->at(0)).terms().exchanges(0).hosts());
  EXPECT_EQ(ReasonOf(Decide(section, command, By(test::kOtherSection)).status()), "NOT_THE_OFFICE");

  command.mutable_terms()->set_state(v1::Section::STATE_SUSPENDED);
  EXPECT_EQ(ReasonOf(Decide(section, command, By(test::kSection)).status()), "NOT_THE_OFFICE");
  EXPECT_THAT(*Decide(section, command, By(kOffice)), SizeIs(1));
}

TEST(DecideSection, ChangesNothingWhenNothingChanges) {
  v1::UpdateSectionRequest command;
  *command.mutable_terms() = GoodTerms();
  EXPECT_THAT(*Decide(Registered(), command, By(kOffice)), IsEmpty());
}

TEST(DecideSection, TellsAllThatIsWrongWithTermsAtOnce) {
  v1::RegisterSectionRequest command;
  auto& terms = *command.mutable_terms() = GoodTerms();
  terms.add_exchanges()->set_programme("programmes/ipa-exchange-inbund");
  *terms.add_exchanges() = terms.exchanges(0);
  AddRule(*terms.mutable_local_rules(), "tenure");
  AddRule(*terms.mutable_local_rules(), "tenure");
  terms.mutable_local_rules(1)->set_programme("programmes/no-such");
  terms.mutable_local_rules(1)->mutable_rules(0)->set_overridable(true);
  terms.mutable_local_rules(1)->mutable_rules(0)->mutable_membership_tenure()->set_years(0);
  terms.add_local_rules();
  const absl::Status status = Decide(v1::Section(), command, By(kOffice)).status();
  EXPECT_THAT(WrongFields(status),
              ElementsAre("terms.exchanges[1].programme", "terms.exchanges[1]", "terms.exchanges[2]",
                          "terms.local_rules[1].programme", "terms.local_rules[1].rules[0].membership_tenure",
                          "terms.local_rules[1].rules[0].overridable", "terms.local_rules[1].rules[0].id",
                          "terms.local_rules[2]"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("did you mean programmes/ipa-exchange-inbound"));
}

// A2-03
TEST(DecideRegion, LetsASectionHaveRegionsThatMeetAsOftenAsTheyLike) {
  const v1::Section section = Registered();
  for (const auto cadence :
       {v1::MEETING_CADENCE_MONTHLY, v1::MEETING_CADENCE_SEMI_ANNUAL, v1::MEETING_CADENCE_ANNUAL}) {
    v1::RegisterRegionRequest command;
    command.set_section("sections/DE");
    command.mutable_terms()->set_title("Berlin");
    command.mutable_terms()->set_meeting_cadence(cadence);
    DirectoryCircumstance c = By(test::kSection, "regions/DE-BE");
    c.section = &section;
    const auto facts = Decide(v1::Region(), command, c);
    ASSERT_TRUE(facts.ok()) << facts.status();
    const v1::Region region = Evolve(v1::Region(), facts->at(0));
    EXPECT_EQ(region.name(), "regions/DE-BE");
    EXPECT_EQ(region.section(), "sections/DE");
    EXPECT_EQ(region.terms().meeting_cadence(), cadence);
    EXPECT_EQ(ReasonOf(Decide(region, command, c).status()), "REGION_EXISTS");
  }
}

// A2-03
TEST(DecideRegion, RefusesRegionsOfOtherSectionsAndOfNone) {
  v1::RegisterRegionRequest command;
  command.set_section("sections/DE");
  EXPECT_EQ(ReasonOf(Decide(v1::Region(), command, By(test::kOtherSection)).status()), "NOT_YOUR_REGION");
  EXPECT_THAT(WrongFields(Decide(v1::Region(), command, By(test::kSection)).status()), ElementsAre("section"));

  v1::Region region;
  region.set_name("regions/DE-BE");
  region.set_section("sections/DE");
  v1::UpdateRegionRequest update;
  update.mutable_terms()->set_title("Berlin");
  EXPECT_EQ(ReasonOf(Decide(region, update, By(test::kOtherSection)).status()), "NOT_YOUR_REGION");
  const auto changed = Decide(region, update, By(test::kSection));
  ASSERT_THAT(*changed, SizeIs(1));
  EXPECT_THAT(*Decide(Evolve(region, changed->at(0)), update, By(test::kSection)), IsEmpty());
}

}  // namespace
}  // namespace amikeco::applicant
