#include "common/base/dates.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/zones.h"

namespace amikeco {
namespace {

absl::CivilDay Day(absl::string_view text) {
  const auto date = ParseDate(text);
  EXPECT_TRUE(date.ok()) << date.status();
  return date.ok() ? ToDay(*date) : absl::CivilDay();
}

TEST(Dates, AreThoseOfTheCalendar) {
  struct Case {
    const char* text;
    bool real;
  };
  for (const Case& c :
       {Case{"2024-02-29", true},  Case{"2023-02-29", false}, Case{"2000-02-29", true},  Case{"1900-02-29", false},
        Case{"2100-02-29", false}, Case{"2026-04-30", true},  Case{"2026-04-31", false}, Case{"2026-12-31", true},
        Case{"2026-13-01", false}, Case{"2026-00-10", false}, Case{"2026-01-00", false}, Case{"0001-01-01", true},
        Case{"0000-01-01", false}, Case{"9999-12-31", true},  Case{"2026-1-01", false},  Case{"2026-01-1", false},
        Case{"2026/01/01", false}, Case{"+026-01-01", false}, Case{" 026-01-01", false}, Case{"2026-01-01 ", false},
        Case{"", false},           Case{"20260101", false},   Case{"2026-01--1", false}}) {
    const auto date = ParseDate(c.text);
    EXPECT_EQ(date.ok(), c.real) << c.text;
    if (!date.ok()) continue;
    EXPECT_EQ(FormatDate(*date), c.text);
    EXPECT_EQ(FormatDate(ToDate(ToDay(*date))), c.text);
  }
}

TEST(AddMonths, EndsWithTheMonthWhenItIsShorter) {
  struct Case {
    const char* day;
    int months;
    const char* later;
  };
  for (const Case& c : {
           Case{"2026-10-28", 4, "2027-02-28"},
           Case{"2026-10-29", 4, "2027-02-28"},
           Case{"2026-10-31", 4, "2027-02-28"},
           Case{"2027-10-29", 4, "2028-02-29"},
           Case{"2027-10-30", 4, "2028-02-29"},
           Case{"2027-10-31", 4, "2028-02-29"},
           Case{"2026-12-31", 4, "2027-04-30"},
           Case{"2026-05-31", 4, "2026-09-30"},
           Case{"2027-01-31", 1, "2027-02-28"},
           Case{"2027-02-28", 1, "2027-03-28"},  // what was cut does not come back
           Case{"2028-02-29", 12, "2029-02-28"},
           Case{"2028-02-29", 48, "2032-02-29"},
           Case{"2096-02-29", 48, "2100-02-28"},  // 2100 has no leap day
           Case{"2027-02-28", 12, "2028-02-28"},
           Case{"2027-03-31", -1, "2027-02-28"},
           Case{"2027-01-15", -13, "2025-12-15"},
           Case{"2026-11-30", 0, "2026-11-30"},
       }) {
    EXPECT_EQ(FormatDay(AddMonths(Day(c.day), c.months)), c.later) << c.day << " + " << c.months;
  }
}

// Against an oracle that walks from month to month: the same day of the month, or the month's last.
TEST(AddMonths, IsTheSameDayOfTheMonthOrItsLast) {
  for (absl::CivilDay day(2023, 1, 1); day < absl::CivilDay(2029, 1, 1); ++day) {
    absl::CivilMonth month(day);
    for (int months = 0; months <= 26; ++months, ++month) {
      absl::CivilDay expected(month);
      while (expected.day() < day.day() && absl::CivilMonth(expected + 1) == month) ++expected;
      ASSERT_EQ(AddMonths(day, months), expected) << FormatDay(day) << " + " << months;
    }
  }
}

TEST(SortableTime, SortsLikeTime) {
  const absl::Time times[] = {absl::FromUnixMicros(-1),
                              absl::UnixEpoch(),
                              absl::FromUnixMicros(1),
                              absl::FromUnixSeconds(999'999'999),
                              absl::FromUnixSeconds(1'000'000'000),
                              absl::FromCivil(absl::CivilSecond(2026, 12, 31, 23, 59, 59), absl::UTCTimeZone()),
                              absl::FromCivil(absl::CivilDay(2027, 1, 1), absl::UTCTimeZone())};
  for (size_t i = 1; i < std::size(times); ++i) EXPECT_LT(SortableTime(times[i - 1]), SortableTime(times[i]));
  EXPECT_EQ(SortableTime(times[6]), "2027-01-01T00:00:00.000000Z");
  for (const absl::Time time : times) EXPECT_EQ(ToTime(ToTimestamp(time)), time);
}

TEST(ZoneNamed, IsUtcWhereThereIsNoneOfThatName) {
  const absl::Time noon = absl::FromCivil(absl::CivilHour(2027, 7, 1, 12), absl::UTCTimeZone());
  EXPECT_EQ(absl::ToCivilHour(noon, ZoneNamed("Europe/Berlin")), absl::CivilHour(2027, 7, 1, 14));
  for (const char* name : {"", "Europe/Atlantis"}) {
    EXPECT_EQ(absl::ToCivilHour(noon, ZoneNamed(name)), absl::CivilHour(2027, 7, 1, 12)) << name;
  }
}

TEST(ParseTimeZone, KnowsZonesByTheirNames) {
  for (const char* name : {"UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"}) {
    EXPECT_TRUE(ParseTimeZone(name).ok()) << name;
  }
  for (const char* name : {"", "Europe/Atlantis", "../etc/passwd", "EUROPE/BERLIN?", "localtime"}) {
    EXPECT_FALSE(ParseTimeZone(name).ok()) << name;
  }
}

TEST(ParseTimeZone, OpensNoOtherFiles) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("/usr/share/zoneinfo/Europe/Berlin", &zone)) << "Abseil does";
  for (const std::string& name :
       {std::string("/usr/share/zoneinfo/Europe/Berlin"), std::string("file:/usr/share/zoneinfo/Europe/Berlin"),
        std::string("Europe/../Europe/Berlin"), std::string("Europe/Berlin\0x", 15), std::string(61, 'A')}) {
    EXPECT_FALSE(ParseTimeZone(name).ok()) << name;
  }
}

TEST(Days, IncludeBothEnds) {
  const Days leap{Day("2028-02-28"), Day("2028-03-01")};
  EXPECT_EQ(leap.count(), 3);
  EXPECT_EQ((Days{Day("2027-02-28"), Day("2027-03-01")}).count(), 2);
  EXPECT_EQ((Days{Day("2027-03-01"), Day("2027-02-28")}).count(), 0);
  EXPECT_TRUE(leap.Contains(Day("2028-02-29")));
  EXPECT_FALSE(leap.Contains(Day("2028-03-02")));
  EXPECT_TRUE(leap.Covers({Day("2028-02-29"), Day("2028-03-01")}));
  EXPECT_FALSE(leap.Covers({Day("2028-02-29"), Day("2028-03-02")}));
  EXPECT_TRUE(leap.Overlaps({Day("2028-03-01"), Day("2028-03-31")}));
  EXPECT_FALSE(leap.Overlaps({Day("2028-03-02"), Day("2028-03-31")}));
}

}  // namespace
}  // namespace amikeco
