// The directory of sections and regions through the applicant service's door, and what members and applications owe it.
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/section.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant {
namespace {

using test::kCoordinator;
using test::kOfficer;
using test::kSection;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const Actor kOffice{"people/otto", "organisations/association", {options::v1::ROLE_REGISTRAR}};

class DirectoryTest : public test::ServiceTest {
 protected:
  static v1::RegisterSectionRequest SectionRequest(const std::string& country) {
    v1::RegisterSectionRequest request;
    request.set_country(country);
    request.mutable_terms()->set_title(country);
    request.mutable_terms()->set_state(v1::Section::STATE_ACTIVE);
    auto& exchange = *request.mutable_terms()->add_exchanges();
    exchange.set_programme(test::kInboundName);
    exchange.set_sends(true);
    return request;
  }
  absl::StatusOr<v1::Section> RegisterSection(const std::string& country) {
    return Ask<v1::Section>(kOffice, "RegisterSection", SectionRequest(country));
  }
  absl::StatusOr<v1::Section> SetState(v1::Section::State state) {
    v1::UpdateSectionRequest request;
    request.set_name("sections/DE");
    *request.mutable_terms() = SectionRequest("DE").terms();
    request.mutable_terms()->set_state(state);
    return Ask<v1::Section>(kOffice, "UpdateSection", request);
  }
  absl::StatusOr<v1::Region> RegisterRegion(const std::string& id, const v1::RegionTerms& terms) {
    v1::RegisterRegionRequest request;
    request.set_region_id(id);
    request.set_section("sections/DE");
    *request.mutable_terms() = terms;
    return Ask<v1::Region>(kSection, "RegisterRegion", request);
  }
  static v1::RegionTerms Berlin() {
    v1::RegionTerms terms;
    terms.set_title("Berlin");
    terms.set_meeting_cadence(v1::MEETING_CADENCE_MONTHLY);
    return terms;
  }
  absl::StatusOr<v1::Member> RegisterIn(const std::string& id, const std::string& section, const std::string& region) {
    v1::RegisterMemberRequest request;
    request.set_member_id(id);
    request.set_section(section);
    request.set_region(region);
    *request.mutable_membership() = test::GoodMember().membership();
    request.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
    Actor registrar = kSection;
    registrar.organisation = section;
    return Ask<v1::Member>(registrar, "RegisterMember", request);
  }
  static std::vector<std::string> Reasons(const v1::Application& application) {
    std::vector<std::string> reasons;
    for (const auto& result : application.rule_results()) {
      if (!result.holds()) reasons.push_back(result.reason());
    }
    return reasons;
  }
};

// A2-01, A3-16
TEST_F(DirectoryTest, GivesACountryOneSectionUnderWhicheverNameItIsCalled) {
  const auto section = RegisterSection("Türkei");
  ASSERT_TRUE(section.ok()) << section.status();
  EXPECT_EQ(section->name(), "sections/TR");
  EXPECT_EQ(section->country(), "TR");
  for (const char* same : {"TR", "Turkey", "Republic of Turkey", "TÜRKİYE"}) {
    EXPECT_EQ(ReasonOf(RegisterSection(same).status()), "SECTION_EXISTS") << same;
  }
  ExpectFoldIsRecord<v1::Section, v1::SectionFact>(Sections(), "sections/TR");
}

// A3-16
TEST_F(DirectoryTest, RefusesCountriesByTheReasonThatTheirNamesHave) {
  EXPECT_EQ(ReasonOf(RegisterSection("Germny").status()), "COUNTRY_UNKNOWN");
  EXPECT_THAT(std::string(RegisterSection("Germny").status().message()), HasSubstr("Germany (DE)"));
  EXPECT_EQ(ReasonOf(RegisterSection("Congo").status()), "COUNTRY_AMBIGUOUS");
  EXPECT_EQ(ReasonOf(RegisterSection("USSR").status()), "COUNTRY_FORMER");
  const auto bad = DetailOf<google::rpc::BadRequest>(RegisterSection("USSR").status());
  ASSERT_TRUE(bad.ok());
  EXPECT_EQ(bad->field_violations(0).field(), "country");
  // Territories have sections, too.
  EXPECT_EQ(RegisterSection("Hong Kong")->name(), "sections/HK");
  EXPECT_EQ(RegisterSection("Gibraltar")->name(), "sections/GI");
}

// A2-02
TEST_F(DirectoryTest, HoldsAsManySectionsAsThereAreAndListsThemByState) {
  const std::vector<std::string> codes = {"AD", "AL", "AM", "AR", "AT", "AU", "BA", "BE", "BG", "BR", "BW", "BY"};
  for (const std::string& code : codes) ASSERT_TRUE(RegisterSection(code).ok());
  ASSERT_TRUE(RegisterSection("DE").ok());
  ASSERT_TRUE(SetState(v1::Section::STATE_SUSPENDED).ok());
  v1::ListSectionsRequest request;
  request.set_page_size(1000);
  EXPECT_THAT(Ask<v1::ListSectionsResponse>(kOfficer, "ListSections", request)->sections(), SizeIs(codes.size() + 1));
  request.set_state(v1::Section::STATE_SUSPENDED);
  const auto suspended = Ask<v1::ListSectionsResponse>(kOfficer, "ListSections", request);
  ASSERT_THAT(suspended->sections(), SizeIs(1));
  EXPECT_EQ(suspended->sections(0).name(), "sections/DE");
}

TEST_F(DirectoryTest, TakesMembersOfAnySectionWhileItIsEmptyAndOnlyOfItsOwnAfterwards) {
  ASSERT_TRUE(RegisterIn("M-1", "sections/XX", "regions/anywhere").ok());
  ASSERT_TRUE(RegisterSection("DE").ok());
  ASSERT_TRUE(RegisterSection("DK").ok());
  ASSERT_TRUE(RegisterRegion("DE-BE", Berlin()).ok());
  const absl::Status status = RegisterIn("M-2", "sections/DX", "regions/DE-BE").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_TRUE(bad.ok() && bad->field_violations_size() == 2) << status;
  EXPECT_THAT(bad->field_violations(0).description(), HasSubstr("did you mean sections/DE or sections/DK?"));
  EXPECT_EQ(bad->field_violations(1).field(), "region");
  ASSERT_TRUE(RegisterIn("M-3", "sections/DE", "regions/DE-BE").ok());

  // Who was there before can still be corrected.
  v1::UpdateMembershipRequest update;
  update.set_name("members/M-1");
  *update.mutable_membership() = test::GoodMember().membership();
  update.set_duty_status(programme::v1::DUTY_STATUS_RETIRED);
  update.set_region("regions/anywhere");
  const Actor theirs{"people/x", "sections/XX", {options::v1::ROLE_REGISTRAR}};
  EXPECT_TRUE(Ask<v1::Member>(theirs, "UpdateMembership", update).ok());
  update.set_region("regions/DE-BE");
  EXPECT_EQ(Ask<v1::Member>(theirs, "UpdateMembership", update).status().code(), absl::StatusCode::kInvalidArgument);
}

// A2-10: as the exchange ships.
TEST_F(DirectoryTest, LetsOnlyMembersOfSendingSectionsApply) {
  ASSERT_TRUE(RegisterSection("DE").ok());
  Register("M-17");
  v1::CheckEligibilityRequest check;
  check.set_member("members/M-17");
  check.set_programme(test::kInboundName);
  *check.mutable_wishes() = test::GoodWishes();
  *check.mutable_declarations() = test::GoodDeclarations();
  EXPECT_TRUE(Ask<v1::CheckEligibilityResponse>(kSection, "CheckEligibility", check)->eligible());
  ASSERT_TRUE(SetState(v1::Section::STATE_SUSPENDED).ok());
  EXPECT_FALSE(Ask<v1::CheckEligibilityResponse>(kSection, "CheckEligibility", check)->eligible());
  const auto refused = Submit("A-1");
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->state(), v1::Application::STATE_INELIGIBLE);
  EXPECT_THAT(Reasons(*refused), ElementsAre("SECTION_SUSPENDED"));
  ASSERT_TRUE(SetState(v1::Section::STATE_ACTIVE).ok());
  EXPECT_EQ(Submit("A-2")->state(), v1::Application::STATE_AWAITING_ENDORSEMENT);
}

// A2-03
TEST_F(DirectoryTest, HoldsAMemberToTheRulesOfTheRegion) {
  ASSERT_TRUE(RegisterSection("DE").ok());
  v1::RegionTerms strict = Berlin();
  auto& local = *strict.add_local_rules();
  local.set_endorsement_days(3);
  auto& rule = *local.add_rules();
  rule.set_id("notice");
  rule.set_reason("NOTICE_TOO_SHORT_IN_BERLIN");
  rule.mutable_notice()->set_months(6);
  const auto region = RegisterRegion("DE-BE", strict);
  ASSERT_TRUE(region.ok()) << region.status();
  ASSERT_TRUE(RegisterIn("M-17", "sections/DE", "regions/DE-BE").ok());
  const auto refused = Submit("A-1");
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_THAT(Reasons(*refused), ElementsAre("NOTICE_TOO_SHORT_IN_BERLIN"));
  EXPECT_EQ(refused->rule_results().rbegin()->origin(), "regions/DE-BE");

  v1::UpdateRegionRequest relax;
  relax.set_name("regions/DE-BE");
  relax.set_etag(region->etag());
  *relax.mutable_terms() = strict;
  relax.mutable_terms()->mutable_local_rules(0)->clear_rules();
  ASSERT_TRUE(Ask<v1::Region>(kSection, "UpdateRegion", relax).ok());
  const auto taken = Submit("A-2");
  EXPECT_EQ(taken->state(), v1::Application::STATE_AWAITING_ENDORSEMENT);
  EXPECT_EQ(FormatDate(taken->endorse_by()), FormatDay(test::Day(test::kReceived) + 3));
  EXPECT_EQ(ReasonOf(Ask<v1::Region>(kSection, "UpdateRegion", relax).status()), "ETAG_MISMATCH");
  ExpectFoldIsRecord<v1::Region, v1::RegionFact>(Regions(), "regions/DE-BE");

  v1::ListRegionsRequest list;
  list.set_section("sections/DE");
  EXPECT_THAT(Ask<v1::ListRegionsResponse>(kOfficer, "ListRegions", list)->regions(), SizeIs(1));
}

// A2-05, A2-06, A2-07: the three denials, and that nothing else is denied.
TEST_F(DirectoryTest, ShowsAnAssociatesRightsAndTakesTheAssociatesOfferOfAHome) {
  v1::RegisterMemberRequest request;
  request.set_member_id("M-9");
  request.set_section("sections/DE");
  *request.mutable_membership() = test::GoodMember().membership();
  request.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
  request.set_duty_status(programme::v1::DUTY_STATUS_SUPPORT);
  const auto associate = Ask<v1::Member>(kSection, "RegisterMember", request);
  ASSERT_TRUE(associate.ok()) << associate.status();
  EXPECT_THAT(associate->rights(), ElementsAre(v1::MEMBER_RIGHT_FUNCTIONS));
  v1::GetMemberRequest get;
  get.set_name("members/M-9");
  EXPECT_THAT(Ask<v1::Member>(kSection, "GetMember", get)->rights(), ElementsAre(v1::MEMBER_RIGHT_FUNCTIONS));
  const auto refused = Submit("A-9", "members/M-9");
  EXPECT_THAT(Reasons(*refused), testing::Contains("ASSOCIATE_MEMBER"));

  v1::OfferToHostRequest offer;
  offer.set_programme(test::kInboundName);
  offer.set_kind(v1::OFFER_KIND_HOME_HOST);
  offer.set_host("hosts/CA0194200");
  offer.set_home_host("members/M-9");
  *offer.mutable_first_day() = test::Date("2026-07-01");
  *offer.mutable_last_day() = test::Date("2026-07-31");
  offer.set_capacity(1);
  const Actor home{"members/M-9", "sections/DE", {options::v1::ROLE_HOME_HOST}};
  EXPECT_TRUE(Ask<v1::HostingOffer>(home, "OfferToHost", offer).ok());
}

}  // namespace
}  // namespace amikeco::applicant
