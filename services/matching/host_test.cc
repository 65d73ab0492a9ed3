#include "services/matching/host.h"

#include <iostream>
#include <map>
#include <random>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/matching/errors.h"
#include "services/matching/home_host.h"
#include "services/matching/testing.h"

namespace amikeco::matching {
namespace {

using testing::At;
using testing::Book;
using testing::ContactOf;
using testing::Date;
using testing::Day;
using ::testing::IsEmpty;
using testing::Offer;
using testing::OpenHost;
using ::testing::SizeIs;

const Circumstance kContact{At("2026-10-01"), ContactOf("hosts/A")};

template <typename Command>
v1::Host After(v1::Host host, const Command& command, const Circumstance& circumstance = kContact) {
  const auto facts = Decide(host, command, circumstance);
  EXPECT_TRUE(facts.ok()) << facts.status();
  if (!facts.ok()) return host;
  for (const v1::HostFact& fact : *facts) host = Evolve(std::move(host), fact);
  return host;
}

template <typename Command>
std::string RefusalOf(const v1::Host& host, const Command& command, const Circumstance& circumstance = kContact) {
  return ReasonOf(Decide(host, command, circumstance).status());
}

v1::Host Closed() {
  v1::Host host = OpenHost("A");
  host.set_participating(false);
  host.clear_offer();
  return host;
}

v1::OptInRequest OptIn(const v1::HostOffer& offer) {
  v1::OptInRequest request;
  *request.mutable_offer() = offer;
  return request;
}

v1::UpdateOfferRequest Update(const v1::HostOffer& offer) {
  v1::UpdateOfferRequest request;
  *request.mutable_offer() = offer;
  return request;
}

HoldSeat Hold(absl::string_view placement, absl::string_view start, absl::string_view end, int tier_rank = 0) {
  HoldSeat hold;
  hold.seat.set_placement(std::string(placement));
  hold.seat.set_leg("1");
  *hold.seat.mutable_start() = Date(start);
  *hold.seat.mutable_end() = Date(end);
  hold.seat.set_tier_rank(tier_rank);
  return hold;
}

TEST(Directory, TakesAnAgencyAndStatesNothingWhenItSaysTheSame) {
  const v1::Host host = After(v1::Host(), RegisterAgency{testing::Agency("A")});
  EXPECT_EQ(host.name(), "hosts/A");
  EXPECT_FALSE(host.participating());
  EXPECT_THAT(*Decide(host, RegisterAgency{testing::Agency("A")}, kContact), IsEmpty());
  EXPECT_THAT(*Decide(host, RegisterAgency{testing::Agency("A", "NV")}, kContact), SizeIs(1));
}

TEST(Participation, BeginsWithAnOfferAndEndsAtAnyTime_A0_13) {
  v1::Host host = After(Closed(), OptIn(Offer("2027-01-01", "2027-12-31", 2)));
  EXPECT_TRUE(host.participating());
  EXPECT_EQ(host.offer().windows(0).capacity(), 2);
  EXPECT_EQ(RefusalOf(host, OptIn(Offer("2027-01-01", "2027-12-31", 2))), errors::kAlreadyParticipating.reason);
  host = After(host, v1::OptOutRequest());
  EXPECT_FALSE(host.participating());
  EXPECT_EQ(RefusalOf(host, v1::OptOutRequest()), errors::kNotParticipating.reason);
  EXPECT_EQ(RefusalOf(host, Update(Offer("2027-01-01", "2027-12-31", 2))), errors::kNotParticipating.reason);
}

TEST(Participation, IsTheAgencysOwnToDecideOrACoordinatorsForIt) {
  const Circumstance other{At("2026-10-01"), ContactOf("hosts/B")};
  const Circumstance officer{At("2026-10-01"), testing::kOfficer};
  const Circumstance coordinator{At("2026-10-01"), testing::kCoordinator};
  const auto opt_in = OptIn(Offer("2027-01-01", "2027-12-31", 2));
  EXPECT_EQ(RefusalOf(Closed(), opt_in, other), errors::kForeignHost.reason);
  EXPECT_EQ(RefusalOf(Closed(), opt_in, officer), errors::kForeignHost.reason);
  EXPECT_EQ(RefusalOf(OpenHost("A"), v1::OptOutRequest(), other), errors::kForeignHost.reason);
  EXPECT_TRUE(After(Closed(), opt_in, coordinator).participating());
}

// A5-03
TEST(CheckOffer, SaysEverythingThatIsWrong) {
  v1::HostOffer offer = Offer("2027-02-01", "2027-01-01", -1);
  *offer.add_windows()->mutable_first_day() = Date("2027-01-01");
  const absl::Status wrong = CheckOffer(offer);
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(wrong)->field_violations_size(), 3);
}

TEST(CheckOffer, RefusesADayInTwoWindowsAndTakesAdjoiningOnes) {
  v1::HostOffer offer = Offer("2027-02-01", "2027-02-28", 1);
  auto& window = *offer.add_windows();
  *window.mutable_last_day() = Date("2027-02-01");
  *window.mutable_first_day() = Date("2027-01-01");
  EXPECT_FALSE(CheckOffer(offer).ok());
  *window.mutable_last_day() = Date("2027-01-31");
  EXPECT_TRUE(CheckOffer(offer).ok());
}

TEST(CheckOffer, AsksForStepsOfCommandThatCanBeToldApart_A0_17) {
  v1::HostOffer offer = Offer("2027-02-01", "2027-02-28", 1);
  offer.add_command_steps("Chief");
  EXPECT_FALSE(CheckOffer(offer).ok());
  offer.clear_command_steps();
  EXPECT_FALSE(CheckOffer(offer).ok());
}

TEST(Seats, AreHeldSecuredConfirmedAndReleased) {
  v1::Host host = After(OpenHost("A"), Hold("placements/1", "2027-03-01", "2027-03-14"));
  ASSERT_THAT(host.bookings(), SizeIs(1));
  EXPECT_EQ(host.bookings(0).state(), v1::Booking::STATE_HELD);
  host = After(host, SecureSeat{"placements/1", "1"});
  EXPECT_EQ(host.bookings(0).state(), v1::Booking::STATE_SECURED);
  host = After(host, ConfirmSeat{"placements/1", "1"});
  EXPECT_EQ(host.bookings(0).state(), v1::Booking::STATE_CONFIRMED);
  EXPECT_THAT(After(host, ReleaseSeat{"placements/1", "1"}).bookings(), IsEmpty());
  EXPECT_EQ(RefusalOf(host, ConfirmSeat{"placements/2", "1"}), errors::kNoSuchBooking.reason);
  EXPECT_EQ(RefusalOf(host, SecureSeat{"placements/1", "2"}), errors::kNoSuchBooking.reason);
  EXPECT_THAT(*Decide(host, ReleaseSeat{"placements/2", "1"}, kContact), IsEmpty());
}

TEST(Seats, AreNotSoldTwiceOnTheSameDay) {
  const v1::Host host = After(OpenHost("A"), Hold("placements/1", "2027-03-01", "2027-03-14"));
  EXPECT_EQ(RefusalOf(host, Hold("placements/2", "2027-03-14", "2027-03-20")), errors::kNoFreeSeat.reason);
  EXPECT_EQ(RefusalOf(host, Hold("placements/1", "2027-05-01", "2027-05-02")), errors::kNoFreeSeat.reason);
  After(host, Hold("placements/2", "2027-03-15", "2027-03-20"));
}

TEST(Seats, AreGivenInsideTheWindowsAlone) {
  v1::Host host = OpenHost("A");
  *host.mutable_offer() = Offer("2027-03-01", "2027-03-14", 1);
  EXPECT_EQ(RefusalOf(host, Hold("placements/1", "2027-03-01", "2027-03-15")), errors::kNoFreeSeat.reason);
  EXPECT_EQ(RefusalOf(host, Hold("placements/1", "2027-02-28", "2027-03-02")), errors::kNoFreeSeat.reason);
  After(host, Hold("placements/1", "2027-03-01", "2027-03-14"));
  host.set_participating(false);
  EXPECT_EQ(RefusalOf(host, Hold("placements/1", "2027-03-01", "2027-03-14")), errors::kNotParticipating.reason);
}

TEST(Seats, StayWithWhomTheyWereConfirmedForWhenCapacityIsLowered_A4_06) {
  v1::Host host = OpenHost("A", 2);
  Book(host, "placements/1", "2027-03-01", "2027-03-14");
  Book(host, "placements/2", "2027-03-01", "2027-03-14", v1::Booking::STATE_HELD);
  host = After(host, Update(Offer("2027-01-01", "2027-12-31", 0)));
  EXPECT_THAT(host.bookings(), SizeIs(2));
  EXPECT_EQ(After(host, ConfirmSeat{"placements/2", "1"}).bookings(1).state(), v1::Booking::STATE_CONFIRMED);
  EXPECT_EQ(RefusalOf(host, Hold("placements/3", "2027-05-01", "2027-05-14")), errors::kNoFreeSeat.reason);
  EXPECT_THAT(After(host, v1::OptOutRequest()).bookings(), SizeIs(2));
}

std::vector<std::string> Yielding(const v1::Host& host, absl::string_view start, absl::string_view end, int tier) {
  const auto yielding = SeatsToYield(host, {Day(start), Day(end)}, tier);
  if (!yielding) return {"none"};
  std::vector<std::string> placements;
  for (const v1::Booking& booking : *yielding) placements.push_back(booking.placement());
  return placements;
}

TEST(SeatsToYield, NamesHeldSeatsOfWorseTiersAndNoOthers_A0_05) {
  using ::testing::ElementsAre;
  v1::Host host = OpenHost("A", 1);
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-14", 0), IsEmpty());
  Book(host, "placements/student", "2027-03-10", "2027-03-20", v1::Booking::STATE_HELD, 1);
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-14", 0), ElementsAre("placements/student"));
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-09", 0), IsEmpty());
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-14", 1), ElementsAre("none"));
  host.mutable_bookings(0)->set_state(v1::Booking::STATE_SECURED);
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-14", 0), ElementsAre("none"));
}

TEST(SeatsToYield, TakesTheWorstTierFirstAndNoMoreThanItNeeds) {
  using ::testing::ElementsAre;
  v1::Host host = OpenHost("A", 2);
  Book(host, "placements/worst", "2027-03-01", "2027-03-14", v1::Booking::STATE_HELD, 2);
  Book(host, "placements/worse", "2027-03-01", "2027-03-14", v1::Booking::STATE_HELD, 1);
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-14", 0), ElementsAre("placements/worst"));
  EXPECT_THAT(Yielding(host, "2027-03-01", "2027-03-14", 1), ElementsAre("placements/worst"));
}

// Random commands; an oracle that counts day by day.
TEST(Seats, NeverExceedCapacityOnAnyDayOnWhichOneWasGiven) {
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const absl::CivilDay first(2027, 1, 1);
  int held = 0;
  int refused = 0;
  for (int run = 0; run < 40; ++run) {
    v1::Host host = OpenHost("A");
    for (int step = 0; step < 120; ++step) {
      if (step % 30 == 0) {
        v1::HostOffer& offer = *host.mutable_offer();
        offer.clear_windows();
        absl::CivilDay day = first;
        for (int i = 0; i < 4; ++i) {
          auto& window = *offer.add_windows();
          *window.mutable_first_day() = ToDate(day);
          day += pick(10);
          *window.mutable_last_day() = ToDate(day);
          day += 1 + pick(3);
          window.set_capacity(pick(4));
        }
      }
      const absl::CivilDay start = first + pick(40);
      const absl::CivilDay end = start + pick(10);
      const std::string placement = absl::StrCat("placements/", step);
      const HoldSeat hold = Hold(placement, FormatDay(start), FormatDay(end), pick(3));
      bool free = true;
      for (absl::CivilDay day = start; day <= end; ++day) {
        int seats = 0;
        for (const auto& window : host.offer().windows()) {
          if (ToDay(window.first_day()) <= day && day <= ToDay(window.last_day())) seats = window.capacity();
        }
        for (const auto& booking : host.bookings()) {
          seats -= ToDay(booking.start()) <= day && day <= ToDay(booking.end()) ? 1 : 0;
        }
        free = free && seats > 0;
      }
      const auto decided = Decide(host, hold, kContact);
      ASSERT_EQ(decided.ok(), free) << FormatDay(start) << " " << FormatDay(end) << " " << host.DebugString();
      const auto yielding = SeatsToYield(host, {start, end}, hold.seat.tier_rank());
      ASSERT_EQ(yielding.has_value() && yielding->empty(), free);
      if (free) host = After(host, hold);
      (free ? held : refused) += 1;
      if (yielding && !yielding->empty()) {
        for (const auto& booking : *yielding) host = After(host, ReleaseSeat{booking.placement(), booking.leg()});
        host = After(host, hold);
      }
      if (host.bookings_size() > 0) {
        const v1::Booking booking = host.bookings(pick(host.bookings_size()));
        const int what = pick(4);
        if (what == 0) host = After(host, SecureSeat{booking.placement(), booking.leg()});
        if (what == 1) host = After(host, ConfirmSeat{booking.placement(), booking.leg()});
        if (what == 2) host = After(host, ReleaseSeat{booking.placement(), booking.leg()});
      }
    }
  }
  EXPECT_GT(held, 200);
  EXPECT_GT(refused, 200);
}

// EarliestStart against trying every day.
TEST(EarliestStart, IsTheFirstDayThatAnOracleFinds) {
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int found = 0;
  for (int run = 0; run < 5000; ++run) {
    std::vector<Window> windows;
    for (DayNumber day = pick(5); windows.size() < 4; day = windows.back().last + 1 + pick(3)) {
      windows.push_back({day, day + pick(12), pick(3)});
    }
    std::vector<Taken> taken;
    for (int i = pick(5); i > 0; --i) {
      const DayNumber start = pick(40);
      taken.push_back({start, start + pick(8), pick(4) - 1});
    }
    const StaySought stay{pick(10), 20 + pick(30), 1 + pick(8), pick(3)};
    const auto fits = [&](DayNumber start, bool seats) {
      for (DayNumber day = start; day < start + stay.length; ++day) {
        int left = -1000;
        for (const Window& window : windows) {
          if (window.first <= day && day <= window.last) left = seats ? window.capacity : 1;
        }
        for (const Taken& seat : taken) {
          const bool stands = seat.yields_above == Taken::kNever || seat.yields_above <= stay.tier;
          left -= seats && stands && seat.first <= day && day <= seat.last ? 1 : 0;
        }
        if (left <= 0) return false;
      }
      return true;
    };
    std::optional<DayNumber> expected;
    bool holds = false;
    for (DayNumber start = stay.first; start + stay.length - 1 <= stay.last; ++start) {
      if (!expected && fits(start, true)) expected = start;
      holds = holds || fits(start, false);
    }
    ASSERT_EQ(EarliestStart(windows, taken, stay), expected) << "run " << run;
    ASSERT_EQ(WindowsHold(windows, stay), holds) << "run " << run;
    found += expected ? 1 : 0;
  }
  EXPECT_GT(found, 500);
  EXPECT_LT(found, 4500);
}

TEST(Profile, CutsWindowsWhereTheNumberOfSeatsChanges) {
  const auto profile = Profile({{0, 9, 2}, {12, 14, 1}}, {{3, 5, Taken::kNever}, {5, 20, 1}});
  std::string text;
  for (const Stretch& s : profile) absl::StrAppend(&text, s.first, "-", s.last, ":", s.booked, "/", s.capacity, " ");
  EXPECT_EQ(text, "0-2:0/2 3-4:1/2 5-5:2/2 6-9:1/2 12-14:1/1 ");
}

v1::HomeHost Home() {
  v1::HomeHostOffered offered;
  offered.set_name("homeHosts/1");
  offered.set_host("hosts/A");
  *offered.mutable_first_day() = Date("2027-03-01");
  *offered.mutable_last_day() = Date("2027-03-31");
  offered.set_member("members/H");
  const auto facts = Decide(v1::HomeHost(), OfferHome{offered}, kContact);
  return Evolve(v1::HomeHost(), facts->front());
}

TEST(HomeHost, TakesOneOfficerAtATime_A0_21) {
  v1::HomeHost home = Home();
  const BookHome book{"placements/1", {Day("2027-03-01"), Day("2027-03-14")}};
  home = Evolve(home, Decide(home, book, kContact)->front());
  EXPECT_FALSE(Decide(home, BookHome{"placements/2", {Day("2027-03-14"), Day("2027-03-20")}}, kContact).ok());
  EXPECT_TRUE(Decide(home, BookHome{"placements/2", {Day("2027-03-15"), Day("2027-03-20")}}, kContact).ok());
  EXPECT_FALSE(Decide(home, BookHome{"placements/2", {Day("2027-03-31"), Day("2027-04-01")}}, kContact).ok());
  home = Evolve(home, Decide(home, FreeHome{"placements/1"}, kContact)->front());
  EXPECT_TRUE(IsFree(home, {Day("2027-03-01"), Day("2027-03-31")}));
  EXPECT_THAT(*Decide(home, FreeHome{"placements/1"}, kContact), IsEmpty());
}

// A0-21
TEST(HomeHost, WithdrawsByItselfOrByACoordinatorAndOnce) {
  const v1::HomeHost home = Home();
  const Circumstance self{At("2026-10-01"), testing::HomeHostActor("members/H")};
  const Circumstance other{At("2026-10-01"), testing::HomeHostActor("members/X")};
  EXPECT_EQ(Decide(home, v1::WithdrawHomeStayRequest(), other).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Decide(home, v1::WithdrawHomeStayRequest(), {At("2026-10-01"), testing::kCoordinator}).ok());
  const v1::HomeHost gone = Evolve(home, Decide(home, v1::WithdrawHomeStayRequest(), self)->front());
  EXPECT_FALSE(IsFree(gone, {Day("2027-03-01"), Day("2027-03-02")}));
  EXPECT_EQ(ReasonOf(Decide(gone, v1::WithdrawHomeStayRequest(), self).status()), errors::kHomeStayWithdrawn.reason);
  EXPECT_EQ(ReasonOf(Decide(gone, OfferHome{}, self).status()), errors::kHomeHostExists.reason);
}

}  // namespace
}  // namespace amikeco::matching
