// Assisted activities and public reports, through the door.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/applicant/report_tables.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Actor kAnybody{"people/ann", "sections/FR", {options::v1::ROLE_ENDORSER}};

class ReportsService : public ServiceTest {
 protected:
  absl::StatusOr<v1::AssistedActivity> Record(const std::string& id, const std::string& country, int64_t units = 100,
                                              int year = 2024, const Actor& actor = kCoordinator) {
    v1::RecordAssistedActivityRequest request;
    request.set_activity_id(id);
    request.set_programme(kInboundName);
    request.set_country(country);
    request.set_service_area("leadership");
    request.set_year(year);
    request.mutable_amount()->set_currency_code("GBP");
    request.mutable_amount()->set_units(units);
    return Ask<v1::AssistedActivity>(actor, "RecordAssistedActivity", request);
  }
  void RecordSix() {
    for (const char* country : {"Albania", "Georgia", "Kenya", "Hong Kong", "Bermuda", "Falkland Islands"}) {
      const auto recorded = Record("", country);
      ASSERT_TRUE(recorded.ok()) << recorded.status();
    }
  }
  absl::StatusOr<v1::PublicReport> Publish(const Actor& actor = kCoordinator) {
    v1::PublishReportRequest request;
    request.set_programme(kInboundName);
    return Ask<v1::PublicReport>(actor, "PublishReport", request);
  }
  absl::StatusOr<v1::PublicReport> Report(int number = 0, int year = 0) {
    v1::GetPublicReportRequest request;
    request.set_programme(kInboundName);
    request.set_number(number);
    request.set_year(year);
    return Ask<v1::PublicReport>(kAnybody, "GetPublicReport", request);
  }
  std::vector<std::string> Countries() {
    v1::ListCountriesAssistedRequest request;
    request.set_programme(kInboundName);
    const auto listed = Ask<v1::ListCountriesAssistedResponse>(kAnybody, "ListCountriesAssisted", request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> names;
    for (const auto& country : listed->countries()) names.push_back(country.name());
    return names;
  }
};

// A3-15, A3-16
TEST_F(ReportsService, NamesEachCountryAndTerritoryOnceWhateverItIsCalled) {
  for (const char* name : {"Republic of Macedonia", "The Former Yugoslav Republic of Macedonia", "North Macedonia",
                           "Hong Kong", "Bermuda", "Falkland Islands"}) {
    const auto recorded = Record("", name);
    ASSERT_TRUE(recorded.ok()) << name << ": " << recorded.status();
  }
  EXPECT_THAT(Countries(), IsEmpty()) << "nothing was published";
  ASSERT_TRUE(Publish().ok());
  const std::vector<std::string> names = Countries();
  EXPECT_EQ(names.size(), 4u);
  EXPECT_THAT(names, ElementsAre("Bermuda", HasSubstr("Falkland"), HasSubstr("Hong Kong"), HasSubstr("Macedonia")));
}

// A3-14
TEST_F(ReportsService, PublishesFiguresOfGroupsThatNeverChange) {
  EXPECT_EQ(Report().status().code(), absl::StatusCode::kNotFound);
  RecordSix();
  const auto first = Publish();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->number(), 1);
  EXPECT_EQ(first->figures().amounts(0).units(), 600);
  EXPECT_THAT(first->groups(), IsEmpty());
  EXPECT_THAT(first->countries(), IsEmpty());
  ASSERT_TRUE(Record("", "Kenya", 5000).ok());
  EXPECT_EQ(ReasonOf(Publish().status()), "NOTHING_TO_PUBLISH");
  RecordSix();
  ASSERT_TRUE(Publish().ok());
  EXPECT_EQ(Report()->number(), 2);
  EXPECT_EQ(Report(1)->figures().amounts(0).units(), 600);
  EXPECT_EQ(Report(1, 2023)->figures().activities(), 0);
  EXPECT_EQ(Report(3).status().code(), absl::StatusCode::kNotFound);
  ExpectFoldIsRecord<v1::PublicReport, v1::PublicReportFact>(PublicReports(), ReportName(kInboundName, 2));
}

TEST_F(ReportsService, KeepsEachActivityAsItsFactsSay) {
  ASSERT_TRUE(Record("a-1", "Kenya").ok());
  RecordSix();
  ASSERT_TRUE(Publish().ok());
  ExpectFoldIsRecord<v1::AssistedActivity, v1::AssistedActivityFact>(AssistedActivities(), "assistedActivities/a-1");
  const auto again = Record("a-1", "KE");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->summed_in(), 1) << "the same, entered again";
  EXPECT_EQ(ReasonOf(Record("a-1", "KE", 200).status()), "ACTIVITY_EXISTS");
}

TEST_F(ReportsService, RefusesWhatIsNoCountryAndSaysWhatMayBeMeant) {
  EXPECT_THAT(std::string(Record("", "Germny").status().message()),
              AllOf(HasSubstr("country: "), HasSubstr("Germany")));
  EXPECT_THAT(std::string(Record("", "USSR").status().message()), HasSubstr("country: "));
  EXPECT_EQ(Record("", "Kenya", 1, 2024, kSection).status().code(), absl::StatusCode::kPermissionDenied);
  const Actor other{"people/olaf", "organisations/other", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(Publish(other).status()), "NOT_YOUR_PROGRAMME");
}

}  // namespace
}  // namespace amikeco::applicant::test
