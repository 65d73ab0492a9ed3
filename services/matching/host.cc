#include "services/matching/host.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

using google::protobuf::util::MessageDifferencer;
using Facts = std::vector<v1::HostFact>;

template <typename Bookings>
auto FindBooking(Bookings& bookings, absl::string_view placement, absl::string_view leg) {
  return std::find_if(bookings.begin(), bookings.end(), [&](const v1::Booking& booking) {
    return booking.placement() == placement && booking.leg() == leg;
  });
}

v1::HostFact FactAt(absl::Time now) {
  v1::HostFact fact;
  *fact.mutable_at() = ToTimestamp(now);
  return fact;
}

Days DaysOf(const google::type::Date& first, const google::type::Date& last) { return {ToDay(first), ToDay(last)}; }

// The youngest held booking of the worst tier that yields to `tier_rank` and is on one of `days`; end() when none.
std::vector<v1::Booking>::iterator NextToYield(std::vector<v1::Booking>& bookings, const Days& days, int tier_rank) {
  auto best = bookings.end();
  for (auto it = bookings.begin(); it != bookings.end(); ++it) {
    const bool yields = it->state() == v1::Booking::STATE_HELD && it->tier_rank() > tier_rank &&
                        DaysOf(it->start(), it->end()).Overlaps(days);
    if (yields && (best == bookings.end() || it->tier_rank() >= best->tier_rank())) best = it;
  }
  return best;
}

int SeatsOf(const v1::Booking& booking) { return std::max(1, booking.seats()); }

std::vector<Taken> AllTaken(absl::Span<const v1::Booking> bookings) {
  std::vector<Taken> taken;
  for (const v1::Booking& booking : bookings) {
    taken.push_back({ToNumber(booking.start()), ToNumber(booking.end()), Taken::kNever, SeatsOf(booking)});
  }
  return taken;
}

// The part of `days` on which fewer seats than asked for are left; nullopt when there are enough on each day.
std::optional<Days> FirstFullDays(const std::vector<Window>& windows, absl::Span<const v1::Booking> bookings,
                                  const Days& days, int seats) {
  absl::CivilDay day = days.first;
  for (const Stretch& stretch : Profile(windows, AllTaken(bookings))) {
    if (FromNumber(stretch.last) < day) continue;
    if (day < FromNumber(stretch.first)) break;  // outside all windows
    if (stretch.booked + seats > stretch.capacity) return Days{day, std::min(FromNumber(stretch.last), days.last)};
    day = FromNumber(stretch.last) + 1;
    if (days.last < day) return std::nullopt;
  }
  return Days{day, day};
}

}  // namespace

HostFacts Decide(const v1::Host& host, const RegisterAgency& command, const Circumstance& circumstance) {
  if (!host.name().empty() && MessageDifferencer::Equals(host.agency(), command.agency)) return Facts{};
  v1::HostFact fact = FactAt(circumstance.now);
  *fact.mutable_registered()->mutable_agency() = command.agency;
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const v1::OptInRequest& command, const Circumstance& circumstance) {
  if (!MayActFor(host.name(), circumstance.actor)) return errors::ForeignHost(host.name());
  AMIKECO_RETURN_IF_ERROR(CheckOffer(command.offer()));
  if (host.participating()) return errors::AlreadyParticipating(host.name());
  v1::HostFact fact = FactAt(circumstance.now);
  *fact.mutable_opted_in()->mutable_offer() = command.offer();
  fact.mutable_opted_in()->set_by(circumstance.actor.subject);
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const v1::OptOutRequest& command, const Circumstance& circumstance) {
  if (!MayActFor(host.name(), circumstance.actor)) return errors::ForeignHost(host.name());
  if (!host.participating()) return errors::NotParticipating(host.name());
  v1::HostFact fact = FactAt(circumstance.now);
  fact.mutable_opted_out()->set_by(circumstance.actor.subject);
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const v1::UpdateOfferRequest& command, const Circumstance& circumstance) {
  if (!MayActFor(host.name(), circumstance.actor)) return errors::ForeignHost(host.name());
  AMIKECO_RETURN_IF_ERROR(CheckOffer(command.offer()));
  if (!host.participating()) return errors::NotParticipating(host.name());
  if (MessageDifferencer::Equals(host.offer(), command.offer())) return Facts{};
  v1::HostFact fact = FactAt(circumstance.now);
  *fact.mutable_offer_changed()->mutable_offer() = command.offer();
  fact.mutable_offer_changed()->set_by(circumstance.actor.subject);
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const HoldSeat& command, const Circumstance& circumstance) {
  const v1::SeatHeld& seat = command.seat;
  if (!host.participating()) return errors::NotParticipating(host.name());
  const Days days = DaysOf(seat.start(), seat.end());
  const std::vector<v1::Booking> bookings(host.bookings().begin(), host.bookings().end());
  const bool twice = FindBooking(bookings, seat.placement(), seat.leg()) != bookings.end();
  if (twice || days.count() == 0 || FirstFullDays(WindowsOf(host.offer()), bookings, days, std::max(1, seat.seats()))) {
    return errors::NoFreeSeat(host.name(), FormatDay(days.first), FormatDay(days.last));
  }
  v1::HostFact fact = FactAt(circumstance.now);
  *fact.mutable_seat_held() = seat;
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const SecureSeat& command, const Circumstance& circumstance) {
  const auto booking = FindBooking(host.bookings(), command.placement, command.leg);
  if (booking == host.bookings().end()) return errors::NoSuchBooking(host.name(), command.placement);
  if (booking->state() != v1::Booking::STATE_HELD) return Facts{};
  v1::HostFact fact = FactAt(circumstance.now);
  fact.mutable_seat_secured()->set_placement(command.placement);
  fact.mutable_seat_secured()->set_leg(command.leg);
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const ConfirmSeat& command, const Circumstance& circumstance) {
  const auto booking = FindBooking(host.bookings(), command.placement, command.leg);
  if (booking == host.bookings().end()) return errors::NoSuchBooking(host.name(), command.placement);
  if (booking->state() == v1::Booking::STATE_CONFIRMED) return Facts{};
  v1::HostFact fact = FactAt(circumstance.now);
  v1::SeatConfirmed& confirmed = *fact.mutable_seat_confirmed();
  confirmed.set_placement(command.placement);
  confirmed.set_leg(command.leg);
  *confirmed.mutable_start() = booking->start();
  *confirmed.mutable_end() = booking->end();
  return Facts{std::move(fact)};
}

HostFacts Decide(const v1::Host& host, const ReleaseSeat& command, const Circumstance& circumstance) {
  if (FindBooking(host.bookings(), command.placement, command.leg) == host.bookings().end()) return Facts{};
  v1::HostFact fact = FactAt(circumstance.now);
  fact.mutable_seat_released()->set_placement(command.placement);
  fact.mutable_seat_released()->set_leg(command.leg);
  return Facts{std::move(fact)};
}

absl::Status CheckOffer(const v1::HostOffer& offer) {
  FieldErrors wrong;
  for (int i = 0; i < offer.windows_size(); ++i) {
    const v1::HostWindow& window = offer.windows(i);
    const std::string field = absl::StrCat("offer.windows[", i, "]");
    if (!IsRealDate(window.first_day()) || !IsRealDate(window.last_day())) {
      wrong.Add(field, "must have a real first_day and last_day");
      continue;
    }
    if (DaysOf(window.first_day(), window.last_day()).count() == 0) wrong.Add(field, "must not end before it begins");
    if (window.capacity() < 0) wrong.Add(field, "capacity must not be negative; 0 means none for now");
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  const std::vector<Window> windows = WindowsOf(offer);
  for (size_t i = 1; i < windows.size(); ++i) {
    if (windows[i].first <= windows[i - 1].last) {
      wrong.Add("offer.windows", absl::StrCat("overlap on ", FormatDay(FromNumber(windows[i].first)),
                                              "; give each day in one window, with that day's capacity"));
    }
  }
  if (offer.command_steps().empty()) wrong.Add("offer.command_steps", "must name at least one step: \"Chief\"");
  for (int i = 0; i < offer.command_steps_size(); ++i) {
    const auto first = std::find(offer.command_steps().begin(), offer.command_steps().end(), offer.command_steps(i));
    if (offer.command_steps(i).empty() || first - offer.command_steps().begin() < i) {
      wrong.Add(absl::StrCat("offer.command_steps[", i, "]"), "must have a name that no other step has");
    }
  }
  return wrong.ToStatus();
}

std::vector<Window> WindowsOf(const v1::HostOffer& offer) {
  std::vector<Window> windows;
  for (const v1::HostWindow& window : offer.windows()) {
    windows.push_back({ToNumber(window.first_day()), ToNumber(window.last_day()), window.capacity()});
  }
  std::sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return a.first < b.first; });
  return windows;
}

std::vector<Taken> TakenOf(const v1::Host& host) {
  std::vector<Taken> taken;
  for (const v1::Booking& booking : host.bookings()) {
    const bool yields = booking.state() == v1::Booking::STATE_HELD;
    taken.push_back({ToNumber(booking.start()), ToNumber(booking.end()), yields ? booking.tier_rank() : Taken::kNever,
                     SeatsOf(booking)});
  }
  return taken;
}

std::optional<std::vector<v1::Booking>> SeatsToYield(const v1::Host& host, const Days& days, int tier_rank, int seats) {
  const std::vector<Window> windows = WindowsOf(host.offer());
  std::vector<v1::Booking> bookings(host.bookings().begin(), host.bookings().end());
  std::vector<v1::Booking> yielding;
  while (const auto full = FirstFullDays(windows, bookings, days, seats)) {
    const auto next = NextToYield(bookings, *full, tier_rank);
    if (next == bookings.end()) return std::nullopt;
    yielding.push_back(*next);
    bookings.erase(next);
  }
  return yielding;
}

bool MayActFor(absl::string_view host, const Actor& actor) {
  using options::v1::ROLE_COORDINATOR, options::v1::ROLE_HOST_CONTACT, options::v1::ROLE_REGISTRAR,
      options::v1::ROLE_SERVICE;
  if (actor.Has(ROLE_COORDINATOR) || actor.Has(ROLE_REGISTRAR) || actor.Has(ROLE_SERVICE)) return true;
  return actor.Has(ROLE_HOST_CONTACT) && actor.organisation == host;
}

}  // namespace amikeco::matching

namespace amikeco::matching::v1 {

Host Evolve(Host host, const HostFact& fact) {
  auto& bookings = *host.mutable_bookings();
  switch (fact.fact_case()) {
    case HostFact::kRegistered:
      host.set_name(fact.registered().agency().name());
      *host.mutable_agency() = fact.registered().agency();
      break;
    case HostFact::kOptedIn:
      host.set_participating(true);
      *host.mutable_offer() = fact.opted_in().offer();
      break;
    case HostFact::kOptedOut:
      host.set_participating(false);
      break;
    case HostFact::kOfferChanged:
      *host.mutable_offer() = fact.offer_changed().offer();
      break;
    case HostFact::kSeatHeld: {
      Booking& booking = *bookings.Add();
      booking.set_placement(fact.seat_held().placement());
      booking.set_leg(fact.seat_held().leg());
      *booking.mutable_start() = fact.seat_held().start();
      *booking.mutable_end() = fact.seat_held().end();
      booking.set_tier_rank(fact.seat_held().tier_rank());
      booking.set_seats(fact.seat_held().seats());
      booking.set_state(Booking::STATE_HELD);
      break;
    }
    case HostFact::kSeatSecured:
      if (const auto it = matching::FindBooking(bookings, fact.seat_secured().placement(), fact.seat_secured().leg());
          it != bookings.end()) {
        it->set_state(Booking::STATE_SECURED);
      }
      break;
    case HostFact::kSeatConfirmed:
      if (const auto it =
              matching::FindBooking(bookings, fact.seat_confirmed().placement(), fact.seat_confirmed().leg());
          it != bookings.end()) {
        it->set_state(Booking::STATE_CONFIRMED);
      }
      break;
    case HostFact::kSeatReleased:
      if (const auto it = matching::FindBooking(bookings, fact.seat_released().placement(), fact.seat_released().leg());
          it != bookings.end()) {
        bookings.erase(it);
      }
      break;
    case HostFact::FACT_NOT_SET:
      break;
  }
  if (fact.has_at()) *host.mutable_changed() = fact.at();
  return host;
}

}  // namespace amikeco::matching::v1
