#include "services/matching/casework.h"

#include <algorithm>
#include <optional>

#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

// Of those that could take the officer, how many the ranking's fact names.
constexpr size_t kShortlist = 20;
// Waiting searches (homeless stays) that are looked at when a seat (home) becomes free; the daily look has the rest.
constexpr int kLookedAt = 50;

template <typename T>
absl::StatusOr<Versioned<T>*> Load(Reader& reader, const Table<T>& table,
                                   std::map<std::string, Versioned<T>, std::less<>>& loaded, absl::string_view name) {
  if (const auto it = loaded.find(name); it != loaded.end()) return &it->second;
  AMIKECO_ASSIGN_OR_RETURN(auto found, table.Find(reader, name));
  return &loaded.emplace(std::string(name), std::move(found)).first->second;
}

v1::HostsRanked Summary(const Ranking& ranking, const std::vector<DirectoryEntry>& entries, const SearchTerms& query,
                        const Symbols& symbols) {
  v1::HostsRanked summary;
  summary.set_hosts_judged(static_cast<int>(entries.size()));
  for (const Candidate& candidate : ranking.candidates) {
    if (summary.shortlist_size() == static_cast<int>(kShortlist)) break;
    *summary.add_shortlist() = Explain(entries[candidate.index], query, symbols);
  }
  for (int i = v1::Exclusion_MIN; i <= v1::Exclusion_MAX; ++i) {
    if (ranking.excluded_by[i] == 0) continue;
    (*summary.mutable_excluded())[CodeOf(static_cast<v1::Exclusion>(i))] = ranking.excluded_by[i];
  }
  return summary;
}

}  // namespace

// What a ranking comes to, and what a second look at one host needs.
struct Casework::Found {
  v1::HostsRanked summary;
  std::vector<std::string> hosts;  // best first
  SearchTerms query;
  bool waits = false;
};

SearchTerms TermsOf(const v1::Placement& placement, const programme::v1::Programme& programme, const Rules& rules,
                    const std::optional<std::vector<std::string>>& hosting, absl::Time now, const Symbols& symbols) {
  const DayNumber tomorrow = ToNumber(rules.Today(now) + 1);
  return MakeTerms(placement.application(), placement.terms(), programme, tomorrow, AskedHosts(placement), symbols,
                   hosting ? &*hosting : nullptr);
}

absl::StatusOr<Rules> RulesIn(const programme::v1::Programme& programme) {
  AMIKECO_ASSIGN_OR_RETURN(const absl::TimeZone zone, ParseTimeZone(programme.time_zone()));
  return Rules{programme.matching(), zone, programme.operator_organisation()};
}

absl::StatusOr<Versioned<v1::Placement>*> Casework::Placement(absl::string_view name) {
  return Load(tx_, tables_.placements, placements_, name);
}
absl::StatusOr<Versioned<v1::Host>*> Casework::Host(absl::string_view name) {
  return Load(tx_, tables_.hosts, hosts_, name);
}
absl::StatusOr<Versioned<v1::HomeHost>*> Casework::HomeHost(absl::string_view name) {
  return Load(tx_, tables_.homes, homes_, name);
}

absl::StatusOr<const programme::v1::Programme*> Casework::ProgrammeOf(const v1::Placement& placement) const {
  auto found = programmes_.Find(placement.terms().programme(), placement.terms().programme_version());
  // Not NOT_FOUND, which would pass for a stale fact.
  if (!found.ok()) return absl::InternalError(found.status().message());
  return found;
}

absl::StatusOr<Rules> Casework::RulesOf(const v1::Placement& placement) const {
  AMIKECO_ASSIGN_OR_RETURN(const programme::v1::Programme* programme, ProgrammeOf(placement));
  return RulesIn(*programme);
}

absl::Status Casework::State(Versioned<v1::Placement>& placement, const v1::PlacementFact& fact) {
  // SearchOpened gives the placement its name, which seats are kept under; nothing is kept before it.
  const std::vector<SeatChange> seats = SeatsAfter(placement.value, fact);
  const std::vector<HomeChange> homes = HomesAfter(placement.value, fact);
  AMIKECO_RETURN_IF_ERROR(Apply(tx_, tables_.placements, origin_, std::vector<v1::PlacementFact>{fact}, placement));
  for (const SeatChange& change : seats) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Host>* const host, Host(change.host));
    AMIKECO_RETURN_IF_ERROR(std::visit([&](const auto& command) { return Do(*host, command); }, change.command));
  }
  for (const HomeChange& change : homes) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::HomeHost>* const home, HomeHost(change.home_host));
    AMIKECO_RETURN_IF_ERROR(std::visit([&](const auto& command) { return Do(*home, command); }, change.command));
  }
  if (fact.has_search_opened() || fact.has_invitation_ended() || fact.has_rescheduled()) Enqueue(placement);
  if (fact.has_agreed() || fact.has_home_host_lost()) home_sought_.insert(placement.name);
  return absl::OkStatus();
}

void Casework::Changed(const std::string& host, const v1::HostFact& fact) {
  if (fact.has_opted_in()) directory_.Learn(fact.opted_in().offer());
  if (fact.has_offer_changed()) directory_.Learn(fact.offer_changed().offer());
  if (fact.has_opted_in() || fact.has_offer_changed() || fact.has_seat_released()) seats_freed_.insert(host);
}

void Casework::Enqueue(const Versioned<v1::Placement>& placement) {
  const applicant::v1::MatchingOpened& terms = placement.value.terms();
  searching_.emplace(terms.tier_rank(), ToTime(terms.received_at()), placement.name);
}

absl::Status Casework::Settle() {
  while (true) {
    if (!searching_.empty()) {
      const std::string name = std::get<std::string>(*searching_.begin());
      searching_.erase(searching_.begin());
      AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, Placement(name));
      AMIKECO_RETURN_IF_ERROR(Advance(*placement));
    } else if (!seats_freed_.empty()) {
      AMIKECO_RETURN_IF_ERROR(OfferFreedSeats(seats_freed_.extract(seats_freed_.begin()).value()));
    } else if (!home_sought_.empty()) {
      AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement,
                               Placement(home_sought_.extract(home_sought_.begin()).value()));
      AMIKECO_RETURN_IF_ERROR(FindHome(*placement));
    } else if (!homes_freed_.empty()) {
      AMIKECO_RETURN_IF_ERROR(OfferFreedHomes(homes_freed_.extract(homes_freed_.begin()).value()));
    } else {
      return absl::OkStatus();
    }
  }
}

absl::Status Casework::Advance(Versioned<v1::Placement>& placement) {
  if (placement.value.stage() != v1::Placement::STAGE_SEARCHING) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const programme::v1::Programme* programme, ProgrammeOf(placement.value));
  AMIKECO_ASSIGN_OR_RETURN(const Rules rules, RulesIn(*programme));
  const int most = rules.matching.max_invitations();
  if (most > 0 && CountedInvitations(placement.value) >= most) return Do(placement, GiveUp());
  AMIKECO_ASSIGN_OR_RETURN(const auto hosting, HostingCountries(tx_, tables_, *programme));
  SearchTerms query;
  directory_.Read([&](const DirectoryView& view) {
    query = TermsOf(placement.value, *programme, rules, hosting, origin_.time, view.symbols);
  });
  Found found = RankAll(query, placement.value);
  AMIKECO_ASSIGN_OR_RETURN(auto chosen, Choose(placement, found));
  std::optional<absl::Time> retry;
  if (!chosen && found.waits) retry = rules.BeginOf(rules.Today(origin_.time) + 1);
  return Do(placement, ConcludeRanking{std::move(found.summary), std::move(chosen), retry});
}

Casework::Found Casework::RankAll(const SearchTerms& query, const v1::Placement& placement) {
  Found found;
  found.query = query;
  directory_.Read([&](const DirectoryView& view) {
    // Hosts that this transaction has changed are judged as they are now, not as the directory knows them.
    std::vector<DirectoryEntry> entries(view.entries.begin(), view.entries.end());
    for (const auto& [name, host] : hosts_) {
      const auto it = view.index.find(name);
      if (it == view.index.end() || view.cards[it->second].version == host.version) continue;
      DirectoryEntry& entry = entries[it->second];
      auto homes = std::move(entry.homes);
      entry = MakeEntry(host.value, [&](absl::string_view word) { return view.symbols.Find(word); });
      entry.homes = std::move(homes);
    }
    const Ranking ranking = Rank(query, entries, view.symbols);
    found.summary = Summary(ranking, entries, query, view.symbols);
    found.waits = ranking.waits;
    for (const Candidate& candidate : ranking.candidates) {
      found.hosts.push_back(view.symbols.Word(entries[candidate.index].host));
    }
  });
  return found;
}

// The best host that, by its own record, has a seat; room is made there if a worse tier's seat must yield.
absl::StatusOr<std::optional<ChosenHost>> Casework::Choose(const Versioned<v1::Placement>& placement, Found& found) {
  for (const std::string& name : found.hosts) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Host>* const host, Host(name));
    Verdict verdict;
    directory_.Read([&](const DirectoryView& view) {
      const auto find = [&](absl::string_view word) { return view.symbols.Find(word); };
      verdict = Judge(MakeEntry(host->value, find), found.query, view.symbols);
    });
    found.waits |= verdict.exclusions == BitOf(v1::EXCLUSION_NO_CAPACITY);
    if (verdict.exclusions != 0) continue;
    const absl::CivilDay start = FromNumber(verdict.start);
    const Days days{start, start + found.query.stay.length - 1};
    AMIKECO_RETURN_IF_ERROR(MakeRoom(host->value, days, found.query.stay));
    const auto& steps = host->value.offer().command_steps();
    return ChosenHost{name, days, {steps.begin(), steps.end()}};
  }
  return std::nullopt;
}

absl::Status Casework::MakeRoom(const v1::Host& host, const Days& days, const StaySought& stay) {
  const auto yielding = SeatsToYield(host, days, stay.tier, stay.seats);
  if (!yielding) return errors::NoFreeSeat(host.name(), FormatDay(days.first), FormatDay(days.last));
  for (const v1::Booking& booking : *yielding) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const other, Placement(booking.placement()));
    AMIKECO_RETURN_IF_ERROR(Do(*other, YieldSeat{booking.leg()}));
  }
  return absl::OkStatus();
}

absl::Status Casework::OfferFreedSeats(const std::string& host) {
  AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Host>* const freed, Host(host));
  AMIKECO_ASSIGN_OR_RETURN(const auto waiting, tables_.placements.Range(tx_, "waiting", "", "", kLookedAt));
  for (const Versioned<v1::Placement>& seen : waiting) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, Placement(seen.name));
    if (placement->value.stage() != v1::Placement::STAGE_SEARCHING) continue;
    AMIKECO_ASSIGN_OR_RETURN(const programme::v1::Programme* programme, ProgrammeOf(placement->value));
    AMIKECO_ASSIGN_OR_RETURN(const Rules rules, RulesIn(*programme));
    AMIKECO_ASSIGN_OR_RETURN(const auto hosting, HostingCountries(tx_, tables_, *programme));
    Verdict verdict;
    directory_.Read([&](const DirectoryView& view) {
      const SearchTerms query = TermsOf(placement->value, *programme, rules, hosting, origin_.time, view.symbols);
      const auto find = [&](absl::string_view word) { return view.symbols.Find(word); };
      verdict = Judge(MakeEntry(freed->value, find), query, view.symbols);
    });
    if (verdict.exclusions == 0) AMIKECO_RETURN_IF_ERROR(Advance(*placement));
  }
  return absl::OkStatus();
}

absl::Status Casework::FindHome(Versioned<v1::Placement>& placement) {
  const v1::HomeStay& stay = placement.value.home_stay();
  const bool sought = placement.value.stage() == v1::Placement::STAGE_AGREED &&
                      stay.state() == v1::HomeStay::STATE_SEARCHING && origin_.time < ToTime(stay.until());
  if (!sought) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const Rules rules, RulesOf(placement.value));
  const auto& excluded = rules.matching.excluded_lodging();
  if (std::find(excluded.begin(), excluded.end(), programme::v1::LODGING_HOME_HOST) != excluded.end()) {
    return absl::OkStatus();
  }
  const v1::Leg& lead = placement.value.legs(0);
  const Days days{ToDay(lead.start()), ToDay(lead.end())};
  const std::string near = absl::StrCat(lead.host(), std::string(1, kEnd));
  AMIKECO_ASSIGN_OR_RETURN(const auto homes, tables_.homes.List(tx_, {"near", near, 1000, ""}));
  for (const Versioned<v1::HomeHost>& seen : homes.items) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::HomeHost>* const home, HomeHost(seen.name));
    const bool asked = std::find(stay.asked().begin(), stay.asked().end(), seen.name) != stay.asked().end();
    const bool own = home->value.member() == placement.value.terms().member();
    if (asked || own || !IsFree(home->value, days)) continue;
    return Do(placement, ProposeHome{home->name, home->value.member()});
  }
  return absl::OkStatus();
}

absl::Status Casework::OfferFreedHomes(const std::string& host) {
  const std::string near = absl::StrCat(host, std::string(1, kEnd));
  AMIKECO_ASSIGN_OR_RETURN(const auto sought, tables_.placements.List(tx_, {"home-sought", near, kLookedAt, ""}));
  for (const Versioned<v1::Placement>& seen : sought.items) {
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, Placement(seen.name));
    AMIKECO_RETURN_IF_ERROR(FindHome(*placement));
  }
  return absl::OkStatus();
}

}  // namespace amikeco::matching
