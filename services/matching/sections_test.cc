// Whose hosts are asked, as the directory of sections says it: at matching's doors.
#include "services/matching/sections.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/matching/service_testing.h"

namespace amikeco::matching {
namespace {

using applicant::v1::Section;
using applicant::v1::SectionFact;
using ::testing::ElementsAre;
using testing::kCoordinator;
using testing::TestProgramme;

programme::v1::Programme Exchange() {
  programme::v1::Programme programme = TestProgramme();
  programme.mutable_sections()->set_must_host(true);
  return programme;
}

applicant::v1::SectionTerms Hosting(Section::State state = Section::STATE_ACTIVE) {
  applicant::v1::SectionTerms terms;
  terms.set_state(state);
  terms.add_exchanges()->set_programme("programmes/test");
  terms.mutable_exchanges(0)->set_hosts(true);
  return terms;
}

class SectionsTest : public testing::MatchingServiceTest {
 protected:
  SectionsTest() : MatchingServiceTest(Exchange()) {}

  void Registered(const std::string& country, const applicant::v1::SectionTerms& terms) {
    SectionFact fact;
    fact.mutable_registered()->set_name("sections/" + country);
    fact.mutable_registered()->set_country(country);
    *fact.mutable_registered()->mutable_terms() = terms;
    ASSERT_TRUE(Hear("sections/" + country, fact).ok());
  }
  void Changed(const std::string& country, const applicant::v1::SectionTerms& terms) {
    SectionFact fact;
    *fact.mutable_changed()->mutable_terms() = terms;
    ASSERT_TRUE(Hear("sections/" + country, fact).ok());
  }
  std::vector<int> Exclusions(const std::string& id, const std::string& host) {
    v1::ExplainHostRequest request;
    request.set_application("applications/" + id);
    request.set_host(host);
    const auto verdict = Must<v1::HostVerdict>(kCoordinator, "ExplainHost", request);
    return {verdict.exclusions().begin(), verdict.exclusions().end()};
  }
};

// A2-10
TEST_F(SectionsTest, AsksHostsOfEveryCountryWhileTheDirectoryIsEmpty) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  EXPECT_EQ(Asked("1"), "hosts/A");
}

// A2-10
TEST_F(SectionsTest, AsksNoHostOfACountryWhoseSectionDoesNotHost) {
  AddHost("A");
  Registered("DE", Hosting());
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  EXPECT_EQ(Placement("1").stage(), v1::Placement::STAGE_EXHAUSTED);
  EXPECT_THAT(Exclusions("1", "hosts/A"), ElementsAre(v1::EXCLUSION_SECTION_DOES_NOT_HOST));
  Registered("US", Hosting());
  ASSERT_TRUE(HearOpened("2", TermsOf("2")).ok());
  EXPECT_EQ(Asked("2"), "hosts/A");
}

// A2-10
TEST_F(SectionsTest, FollowsASuspensionAtOnce) {
  AddHost("A", 5);
  Registered("US", Hosting());
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  EXPECT_EQ(Asked("1"), "hosts/A");
  for (const auto state : {Section::STATE_SUSPENDED, Section::STATE_PROVISIONAL}) {
    Changed("US", Hosting(state));
    const std::string id = std::to_string(state) + "0";
    ASSERT_TRUE(HearOpened(id, TermsOf(id)).ok());
    EXPECT_EQ(Asked(id), "");
  }
  applicant::v1::SectionTerms another = Hosting();
  another.mutable_exchanges(0)->set_programme("programmes/another");
  Changed("US", another);
  ASSERT_TRUE(HearOpened("4", TermsOf("4")).ok());
  EXPECT_EQ(Asked("4"), "");
  Changed("US", Hosting());
  ASSERT_TRUE(HearOpened("5", TermsOf("5")).ok());
  EXPECT_EQ(Asked("5"), "hosts/A");
}

class IndifferentTest : public testing::MatchingServiceTest {};

// A2-10
TEST_F(IndifferentTest, ProgrammesAreNotHeldUpByTheDirectory) {
  AddHost("A");
  SectionFact fact;
  fact.mutable_registered()->set_name("sections/US");
  fact.mutable_registered()->set_country("US");
  ASSERT_TRUE(Hear("sections/US", fact).ok());
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  EXPECT_EQ(Asked("1"), "hosts/A");
}

// A3-16: a service that knows the names, which MatchingServiceTest does not.
TEST_F(IndifferentTest, HostsAreRegisteredAndImportedUnderANameOfTheirCountry) {
  const auto countries = Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"});
  ASSERT_TRUE(countries.ok()) << countries.status();
  MatchingService service(*store_, programmes_, ids_, nullptr, *countries);
  Chain chain(LoopbackConfig(), process_, clock_);
  Bind(chain, service);
  InProcessCaller caller(chain, {"", testing::kRegistrar});
  v1::RegisterHostRequest host;
  host.set_host_id("MK-1");
  host.mutable_agency()->set_title("Skopje");
  for (const char* name : {"Republic of Macedonia", "The Former Yugoslav Republic of Macedonia", "MK"}) {
    host.mutable_agency()->set_country(name);
    const auto registered = caller.Call<v1::Host>("amikeco.matching.v1.MatchingService/RegisterHost", host);
    ASSERT_TRUE(registered.ok()) << registered.status();
    EXPECT_EQ(registered->agency().country(), "MK");
  }
  EXPECT_EQ(FactsOf("hosts/MK-1").size(), 1u);
  host.mutable_agency()->set_country("Macedona");
  EXPECT_EQ(ReasonOf(caller.Call<v1::Host>("amikeco.matching.v1.MatchingService/RegisterHost", host).status()),
            "COUNTRY_UNKNOWN");

  v1::ImportHostsRequest import;
  import.set_source_id("test");
  import.set_header("ori,agency_name,state_abbr");
  import.set_csv_chunk("DE1,Berlin,BE\n");
  import.set_country("Yugoslavia");
  const auto refused = caller.Call<v1::ImportHostsResponse>("amikeco.matching.v1.MatchingService/ImportHosts", import);
  EXPECT_EQ(ReasonOf(refused.status()), "COUNTRY_FORMER");
  import.set_country("Deutschland");
  ASSERT_TRUE(caller.Call<v1::ImportHostsResponse>("amikeco.matching.v1.MatchingService/ImportHosts", import).ok());
  v1::GetHostRequest get;
  get.set_name("hosts/DE1");
  EXPECT_EQ(caller.Call<v1::Host>("amikeco.matching.v1.MatchingService/GetHost", get)->agency().country(), "DE");
}

TEST(Noted, KeepsWhatASectionHostsForWhileItIsActive) {
  SectionFact fact;
  fact.mutable_registered()->set_name("sections/US");
  fact.mutable_registered()->set_country("US");
  *fact.mutable_registered()->mutable_terms() = Hosting();
  const v1::SectionNoted noted = Noted({}, fact);
  EXPECT_THAT(noted.hosts_for(), ElementsAre("programmes/test"));
  SectionFact suspended;
  *suspended.mutable_changed()->mutable_terms() = Hosting(Section::STATE_SUSPENDED);
  EXPECT_EQ(Noted(noted, suspended).country(), "US");
  EXPECT_TRUE(Noted(noted, suspended).hosts_for().empty());
}

}  // namespace
}  // namespace amikeco::matching
