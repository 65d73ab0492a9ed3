// Random histories of both documents, the dates and the countries of one activity through the whole service.
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/test_documents.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using testing::Contains;

// No order of events opens the gate with a document missing, returned, of another country or for other days.
TEST_F(DocumentsTest, RandomHistoriesNeverOpenTheGateTooWide) {
  std::mt19937 random(TestSeed());
  const auto pick = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
  HearSubmitted();
  HearArranged();
  ASSERT_TRUE(AssessCountry("AM").ok());
  int opened = 0, day = 14;
  const int64_t steps = RunSize(6'000, 60'000);
  for (int64_t step = 0; step < steps; ++step) {
    const auto notification = GetNotification(kRequester);
    switch (pick(16)) {
      case 0:
        (void)Notify(pick(4) == 0 ? std::vector<std::string>{"AM", "GE"} : std::vector<std::string>{"AM"});
        break;
      case 1:
      case 2:
      case 3:
        if (notification.ok()) {
          (void)ReviewNotification(notification->versions_size(),
                                   pick(4) == 0 ? v1::REVIEW_OUTCOME_RETURNED : v1::REVIEW_OUTCOME_OK);
        }
        break;
      case 4:
        (void)Write(
            ContentFor(policy_, pick(3) == 0 ? std::vector<std::string>{"AM", "GE"} : std::vector<std::string>{"AM"}));
        break;
      case 5:
      case 6:
        (void)Submit();
        break;
      case 7:
      case 8:
        (void)Review();
        break;
      case 9:
      case 10:
        (void)Approve(kLead, pick(3) == 0 ? "2027-03-15" : "2027-12-31");
        break;
      case 11:
      case 12:
      case 13:
        (void)Decide();
        break;
      case 14:
        if (pick(3) == 0) (void)AssessCountry(pick(2) == 0 ? "AM" : "GE", true);
        break;
      default:
        if (pick(3) == 0) {
          day = 14 + pick(3);
          HearArranged(absl::StrCat("2027-03-", day), absl::StrCat("2027-03-", day + 6));
        }
    }
    if (!Gate().cleared()) continue;
    ++opened;
    const auto assessment = Get();
    const auto notified = GetNotification(kRequester);
    ASSERT_TRUE(assessment.ok() && notified.ok());
    EXPECT_EQ(assessment->state(), Assessment::STATE_PROCEEDING);
    EXPECT_EQ(notified->state(), EngagementNotification::STATE_ACCEPTED);
    const v1::Approval& approval = *assessment->approvals().rbegin();
    EXPECT_EQ(approval.void_reason(), "");
    EXPECT_EQ(approval.approved().content_hash(), ContentHash(assessment->content()));
    EXPECT_GE(ToDay(approval.approved().valid_to()), absl::CivilDay(2027, 3, day + 6));
    for (const std::string& country : notified->content().countries()) {
      EXPECT_THAT(assessment->content().countries(), Contains(country));
    }
    if (HasFailure()) FAIL() << "step " << step;
  }
  EXPECT_GT(opened, 5) << "the walk hardly ever opens the gate";
  ExpectAllFold();
}

}  // namespace
}  // namespace amikeco::compliance
