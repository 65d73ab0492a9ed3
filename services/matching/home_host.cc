#include "services/matching/home_host.h"

#include <algorithm>

#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

using Facts = std::vector<v1::HomeHostFact>;

template <typename Bookings>
auto FindBooking(Bookings& bookings, absl::string_view placement) {
  return std::find_if(bookings.begin(), bookings.end(),
                      [&](const v1::HomeBooking& booking) { return booking.placement() == placement; });
}

v1::HomeHostFact FactAt(absl::Time now) {
  v1::HomeHostFact fact;
  *fact.mutable_at() = ToTimestamp(now);
  return fact;
}

}  // namespace

HomeHostFacts Decide(const v1::HomeHost& home_host, const OfferHome& command, const Circumstance& circumstance) {
  if (!home_host.member().empty()) return errors::HomeHostExists(command.offered.name());
  const Days days{ToDay(command.offered.first_day()), ToDay(command.offered.last_day())};
  if (days.count() == 0) {
    FieldErrors wrong;
    wrong.Add("last_day", "must not be before first_day");
    return wrong.ToStatus();
  }
  v1::HomeHostFact fact = FactAt(circumstance.now);
  *fact.mutable_offered() = command.offered;
  return Facts{std::move(fact)};
}

HomeHostFacts Decide(const v1::HomeHost& home_host, const v1::WithdrawHomeStayRequest&,
                     const Circumstance& circumstance) {
  const Actor& actor = circumstance.actor;
  if (actor.subject != home_host.member() && !actor.Has(options::v1::ROLE_COORDINATOR)) {
    return NotFound(home_host.name());
  }
  if (home_host.withdrawn()) return errors::HomeStayWithdrawn(home_host.name());
  v1::HomeHostFact fact = FactAt(circumstance.now);
  fact.mutable_withdrew()->set_by(actor.subject);
  return Facts{std::move(fact)};
}

HomeHostFacts Decide(const v1::HomeHost& home_host, const BookHome& command, const Circumstance& circumstance) {
  if (home_host.withdrawn()) return errors::HomeStayWithdrawn(home_host.name());
  if (!IsFree(home_host, command.days)) {
    return errors::NoFreeSeat(home_host.name(), FormatDay(command.days.first), FormatDay(command.days.last));
  }
  v1::HomeHostFact fact = FactAt(circumstance.now);
  v1::HomeHostBooked& booked = *fact.mutable_booked();
  booked.set_placement(command.placement);
  *booked.mutable_start() = ToDate(command.days.first);
  *booked.mutable_end() = ToDate(command.days.last);
  return Facts{std::move(fact)};
}

HomeHostFacts Decide(const v1::HomeHost& home_host, const FreeHome& command, const Circumstance& circumstance) {
  if (FindBooking(home_host.bookings(), command.placement) == home_host.bookings().end()) return Facts{};
  v1::HomeHostFact fact = FactAt(circumstance.now);
  fact.mutable_freed()->set_placement(command.placement);
  return Facts{std::move(fact)};
}

bool IsFree(const v1::HomeHost& home_host, const Days& days) {
  const Days offered{ToDay(home_host.first_day()), ToDay(home_host.last_day())};
  if (home_host.withdrawn() || !offered.Covers(days)) return false;
  return std::none_of(home_host.bookings().begin(), home_host.bookings().end(), [&](const v1::HomeBooking& booking) {
    return Days{ToDay(booking.start()), ToDay(booking.end())}.Overlaps(days);
  });
}

Home HomeOf(const v1::HomeHost& home_host) {
  Home home{ToNumber(home_host.first_day()), ToNumber(home_host.last_day()), {}};
  for (const v1::HomeBooking& booking : home_host.bookings()) {
    home.taken.push_back({ToNumber(booking.start()), ToNumber(booking.end()), Taken::kNever});
  }
  return home;
}

}  // namespace amikeco::matching

namespace amikeco::matching::v1 {

HomeHost Evolve(HomeHost home_host, const HomeHostFact& fact) {
  auto& bookings = *home_host.mutable_bookings();
  switch (fact.fact_case()) {
    case HomeHostFact::kOffered:
      home_host.set_name(fact.offered().name());
      home_host.set_host(fact.offered().host());
      *home_host.mutable_first_day() = fact.offered().first_day();
      *home_host.mutable_last_day() = fact.offered().last_day();
      home_host.set_member(fact.offered().member());
      home_host.clear_parties();
      home_host.add_parties(fact.offered().member());
      home_host.add_parties(fact.offered().host());
      break;
    case HomeHostFact::kBooked: {
      HomeBooking& booking = *bookings.Add();
      booking.set_placement(fact.booked().placement());
      *booking.mutable_start() = fact.booked().start();
      *booking.mutable_end() = fact.booked().end();
      break;
    }
    case HomeHostFact::kFreed:
      if (const auto it = matching::FindBooking(bookings, fact.freed().placement()); it != bookings.end()) {
        bookings.erase(it);
      }
      break;
    case HomeHostFact::kWithdrew:
      home_host.set_withdrawn(true);
      break;
    case HomeHostFact::FACT_NOT_SET:
      break;
  }
  if (fact.has_at()) *home_host.mutable_changed() = fact.at();
  return home_host;
}

}  // namespace amikeco::matching::v1
