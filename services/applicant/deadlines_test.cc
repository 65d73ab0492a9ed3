// Days and deadlines where the coordinator works: on both sides of the date line, at offsets that are no whole hours,
// and on days of 23 and 25 hours. A command at half past eleven at night counts for that day; the next day begins at
// midnight, or, where clocks go forward at midnight, at one.
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::Day;
using test::FactNames;
using test::Story;
using test::StoryIn;
using testing::Contains;
using testing::IsEmpty;

absl::Time Utc(absl::string_view text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%dT%H:%MZ", text, &time, &error)) << text << ": " << error;
  return time;
}

// A0-09
TEST(Today, IsTheDayWhereTheCoordinatorWorks) {
  struct Case {
    const char* zone;
    const char* last_minute;  // of `day`; a minute later it is `next`
    const char* day;
    const char* next;
  };
  for (const Case& c : {
           Case{"UTC", "2028-02-29T23:59Z", "2028-02-29", "2028-03-01"},
           Case{"Pacific/Kiritimati", "2026-03-01T09:59Z", "2026-03-01", "2026-03-02"},
           Case{"Pacific/Pago_Pago", "2026-03-02T10:59Z", "2026-03-01", "2026-03-02"},
           Case{"Asia/Kathmandu", "2026-12-31T18:14Z", "2026-12-31", "2027-01-01"},
           Case{"Australia/Eucla", "2026-06-30T15:14Z", "2026-06-30", "2026-07-01"},
           Case{"America/New_York", "2026-03-08T04:59Z", "2026-03-07", "2026-03-08"},
           Case{"America/New_York", "2026-03-09T03:59Z", "2026-03-08", "2026-03-09"},  // after 23 hours
           Case{"America/New_York", "2026-11-01T03:59Z", "2026-10-31", "2026-11-01"},
           Case{"America/New_York", "2026-11-02T04:59Z", "2026-11-01", "2026-11-02"},  // after 25 hours
           Case{"America/Santiago", "2026-09-06T03:59Z", "2026-09-05", "2026-09-06"},  // begins at one o'clock
           Case{"Pacific/Apia", "2011-12-30T09:59Z", "2011-12-29", "2011-12-31"},      // the date line was moved
       }) {
    Story story;
    story.programme.set_time_zone(c.zone);
    story.now = Utc(c.last_minute);
    EXPECT_EQ(FormatDay(Today(story.At(test::kOfficer))), c.day) << c.zone << " " << c.last_minute;
    story.now += absl::Minutes(1);
    EXPECT_EQ(FormatDay(Today(story.At(test::kOfficer))), c.next) << c.zone << " after " << c.last_minute;
  }
}

// A day that is the last to do something, in a zone.
struct LastDay {
  const char* zone;
  const char* day;

  absl::Time At(absl::CivilDay on, int hour, int minute) const {
    return absl::FromCivil(absl::CivilMinute(on.year(), on.month(), on.day(), hour, minute), *ParseTimeZone(zone));
  }
  absl::Time LateOn(absl::CivilDay on) const { return At(on, 23, 30); }
  absl::Time Late() const { return LateOn(Day(day)); }
  absl::Time NextDay() const { return absl::FromCivil(Day(day) + 1, *ParseTimeZone(zone)); }
};

class Deadlines : public testing::TestWithParam<LastDay> {
 protected:
  // Received late in the evening `days` before the last day, by a programme of the zone.
  static Story Received(int days, programme::v1::Programme programme = test::Inbound()) {
    programme.set_time_zone(GetParam().zone);
    Story story(test::GoodMember(), programme);
    story.now = GetParam().LateOn(Last() - days);
    v1::SubmitApplicationRequest request = test::GoodRequest();
    *request.mutable_wishes()->mutable_earliest_start() = ToDate(Last() + 200);
    *request.mutable_wishes()->mutable_latest_end() = ToDate(Last() + 260);
    EXPECT_TRUE(story.Submit(request).ok());
    EXPECT_EQ(story.state(), App::STATE_AWAITING_ENDORSEMENT);
    return story;
  }
  // The same with one task, of the coordinator, and no deadline for the endorsement.
  static Story WithTask(int days) {
    programme::v1::Programme programme = test::Inbound();
    programme.mutable_tasks()->DeleteSubrange(1, programme.tasks_size() - 1);
    programme.mutable_tasks(0)->set_days_after_receipt(days);
    programme.clear_endorsement_days();
    return Received(days, programme);
  }
  // A stay, cleared or started, from ten days before to `end`.
  static Story Stay(App::State state, absl::CivilDay end) {
    Story story = StoryIn(state);
    story.programme.set_time_zone(GetParam().zone);
    story.application.set_time_zone(GetParam().zone);
    *story.application.mutable_placement()->mutable_start() = ToDate(end - 10);
    *story.application.mutable_placement()->mutable_end() = ToDate(end);
    return story;
  }
  static absl::CivilDay Last() { return Day(GetParam().day); }
};

// A0-03, A0-09
TEST_P(Deadlines, LetASectionEndorseUntilTheLastDayIsOver) {
  Story story = Received(test::Inbound().endorsement_days());
  EXPECT_EQ(ToDay(story.application.received()), Last() - test::Inbound().endorsement_days());
  EXPECT_EQ(ToDay(story.application.endorse_by()), Last());
  Story late = story, later = story;
  late.Pass(GetParam().Late());
  ASSERT_TRUE(late.Endorse().ok());
  EXPECT_EQ(late.state(), App::STATE_IN_MATCHING);
  // Time's door need not have been there for the day to be over.
  later.now = GetParam().NextDay();
  ASSERT_TRUE(later.Endorse().ok());
  EXPECT_THAT(later.last, IsEmpty());
  story.Pass(GetParam().NextDay() - absl::Seconds(1));
  EXPECT_EQ(story.state(), App::STATE_AWAITING_ENDORSEMENT);
  story.Pass(GetParam().NextDay());
  EXPECT_EQ(story.state(), App::STATE_LAPSED);
}

// A0-10
TEST_P(Deadlines, CallATaskOverdueWhenItsDayIsOver) {
  Story story = WithTask(20);
  EXPECT_EQ(ToDay(story.application.tasks(0).due()), Last());
  EXPECT_EQ(ToTime(story.application.next_due()), GetParam().NextDay());
  Story done = story;
  done.Pass(GetParam().Late());
  EXPECT_THAT(done.last, IsEmpty());
  v1::CompleteTaskRequest complete;
  complete.set_task(done.application.tasks(0).id());
  ASSERT_TRUE(done.Do(test::kCoordinator, complete).ok());
  EXPECT_EQ(ToDay(done.application.tasks(0).done_on()), Last());
  done.Pass(GetParam().NextDay());
  EXPECT_THAT(done.last, IsEmpty());
  story.Pass(GetParam().NextDay() - absl::Seconds(1));
  EXPECT_THAT(story.last, IsEmpty());
  story.Pass(GetParam().NextDay());
  EXPECT_THAT(FactNames(story.last), Contains("task_overdue"));
}

TEST_P(Deadlines, LetAStayBeginFromItsFirstMomentToItsLast) {
  Story story = Stay(App::STATE_CLEARED, Last());
  const absl::CivilDay first = ToDay(story.application.placement().start());
  story.now = GetParam().LateOn(first - 1);
  EXPECT_EQ(ReasonOf(story.Start()), "NOT_THE_DAY");
  for (const absl::Time moment : {GetParam().LateOn(first - 1) + absl::Minutes(30), GetParam().Late()}) {
    Story in_time = story;
    in_time.now = moment;
    EXPECT_TRUE(in_time.Start().ok()) << moment;
  }
  story.now = GetParam().NextDay();
  EXPECT_EQ(ReasonOf(story.Start()), "NOT_THE_DAY");
  story.Pass(GetParam().NextDay());
  EXPECT_EQ(story.state(), App::STATE_LAPSED);
}

TEST_P(Deadlines, CallAReportOverdueWhenItsDayIsOver) {
  const int days = test::Inbound().after_stay().report_days();
  Story story = Stay(App::STATE_STARTED, Last() - days);
  story.now = GetParam().LateOn(Last() - days);
  ASSERT_TRUE(story.Do(test::kOfficer, v1::EndStayRequest()).ok());
  EXPECT_EQ(ToDay(story.application.ended_on()), Last() - days);
  EXPECT_EQ(ToDay(story.application.report_due()), Last());
  EXPECT_EQ(ToTime(story.application.next_due()), GetParam().NextDay());
  story.Pass(GetParam().Late());
  EXPECT_THAT(story.last, IsEmpty());
  Story reported = story;
  ASSERT_TRUE(reported.Do(test::kOfficer, v1::SubmitReportRequest()).ok());
  EXPECT_EQ(ToDay(reported.last.front().closed().date()), Last());
  story.Pass(GetParam().NextDay());
  EXPECT_THAT(FactNames(story.last), Contains("report_overdue"));
}

TEST_P(Deadlines, EndAStayWhenItsLastDayIsOver) {
  Story story = Stay(App::STATE_STARTED, Last());
  story.Pass(GetParam().NextDay() - absl::Seconds(1));
  EXPECT_EQ(story.state(), App::STATE_STARTED);
  story.Pass(GetParam().NextDay());
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  EXPECT_EQ(ToDay(story.application.ended_on()), Last());
}

INSTANTIATE_TEST_SUITE_P(
    Zones, Deadlines,
    testing::Values(LastDay{"UTC", "2028-02-29"}, LastDay{"Pacific/Kiritimati", "2026-03-31"},
                    LastDay{"Pacific/Pago_Pago", "2026-03-31"}, LastDay{"Asia/Kathmandu", "2026-12-31"},
                    LastDay{"America/New_York", "2026-03-07"}, LastDay{"America/New_York", "2026-03-08"},
                    LastDay{"America/New_York", "2026-10-31"}, LastDay{"America/New_York", "2026-11-01"},
                    LastDay{"America/Santiago", "2026-09-05"}, LastDay{"Europe/Berlin", "2026-10-25"}),
    [](const auto& tested) {
      std::string name = absl::StrCat(tested.param.zone, "_", tested.param.day);
      for (char& c : name) c = absl::ascii_isalnum(c) ? c : '_';
      return name;
    });

}  // namespace
}  // namespace amikeco::applicant
