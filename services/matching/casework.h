// Casework: one command's or fact's work on placements, hosts and homes, in one transaction.
//
// A placement's facts take seats and homes with them: they are written together or not at all. What follows by itself
// (the next host is asked, a freed seat goes to whoever waits for it, a home is looked for) is done by Settle, in the
// same transaction. Lives as long as the transaction; not thread safe.
#ifndef AMIKECO_SERVICES_MATCHING_CASEWORK_H_
#define AMIKECO_SERVICES_MATCHING_CASEWORK_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/events/execute.h"
#include "programmes/programmes.h"
#include "services/matching/directory.h"
#include "services/matching/home_host.h"
#include "services/matching/host.h"
#include "services/matching/placement.h"
#include "services/matching/sections.h"
#include "services/matching/tables.h"

namespace amikeco::matching {

class Casework {
 public:
  // All but `origin` outlive this.
  Casework(Transaction& tx, Directory& directory, const Programmes& programmes, Origin origin)
      : tx_(tx), directory_(directory), programmes_(programmes), origin_(std::move(origin)) {}

  // Brings the directory up to date. Before the first change of a host or home, and before anything that may rank.
  absl::Status Refresh() { return directory_.Refresh(tx_); }

  // The record, or version 0 when there is none; the same object each time.
  absl::StatusOr<Versioned<v1::Placement>*> Placement(absl::string_view name);
  absl::StatusOr<Versioned<v1::Host>*> Host(absl::string_view name);
  absl::StatusOr<Versioned<v1::HomeHost>*> HomeHost(absl::string_view name);

  // Decides `command` and applies the facts, with the seats and homes that follow.
  template <typename Command>
  absl::Status Do(Versioned<v1::Placement>& placement, const Command& command) {
    AMIKECO_ASSIGN_OR_RETURN(const std::vector<v1::PlacementFact> facts, Ask(placement.value, command));
    for (const v1::PlacementFact& fact : facts) AMIKECO_RETURN_IF_ERROR(State(placement, fact));
    return absl::OkStatus();
  }
  template <typename Command>
  absl::Status Do(Versioned<v1::Host>& host, const Command& command) {
    AMIKECO_ASSIGN_OR_RETURN(const std::vector<v1::HostFact> facts, Decide(host.value, command, circumstance()));
    AMIKECO_RETURN_IF_ERROR(Apply(tx_, tables_.hosts, origin_, facts, host));
    if (!facts.empty()) Changed(host.name, facts.back());
    return absl::OkStatus();
  }
  template <typename Command>
  absl::Status Do(Versioned<v1::HomeHost>& home, const Command& command) {
    AMIKECO_ASSIGN_OR_RETURN(const std::vector<v1::HomeHostFact> facts, Decide(home.value, command, circumstance()));
    AMIKECO_RETURN_IF_ERROR(Apply(tx_, tables_.homes, origin_, facts, home));
    if (!facts.empty() && !home.value.withdrawn()) homes_freed_.insert(home.value.host());
    return absl::OkStatus();
  }
  // The search goes on, although nothing was stated: its time to wait is over.
  void Continue(const Versioned<v1::Placement>& placement) { Enqueue(placement); }
  // Does what follows from everything done so far, until nothing does.
  absl::Status Settle();

  Circumstance circumstance() const { return {origin_.time, origin_.actor}; }
  // INTERNAL when the programme's version is not loaded: the file must be there.
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(const v1::Placement& placement) const;
  absl::StatusOr<Rules> RulesOf(const v1::Placement& placement) const;

 private:
  struct Found;

  template <typename Command>
  PlacementFacts Ask(const v1::Placement& placement, const Command& command) {
    if constexpr (requires { Decide(placement, command, circumstance(), Rules()); }) {
      AMIKECO_ASSIGN_OR_RETURN(const Rules rules, RulesOf(placement));
      return Decide(placement, command, circumstance(), rules);
    } else {
      return Decide(placement, command, circumstance());
    }
  }
  absl::Status State(Versioned<v1::Placement>& placement, const v1::PlacementFact& fact);
  void Changed(const std::string& host, const v1::HostFact& fact);
  void Enqueue(const Versioned<v1::Placement>& placement);

  absl::Status Advance(Versioned<v1::Placement>& placement);
  Found RankAll(const SearchTerms& query, const v1::Placement& placement);
  absl::StatusOr<std::optional<ChosenHost>> Choose(const Versioned<v1::Placement>& placement, Found& found);
  absl::Status MakeRoom(const v1::Host& host, const Days& days, const StaySought& stay);
  absl::Status OfferFreedSeats(const std::string& host);
  absl::Status FindHome(Versioned<v1::Placement>& placement);
  absl::Status OfferFreedHomes(const std::string& host);

  Transaction& tx_;
  Directory& directory_;
  const Programmes& programmes_;
  const Origin origin_;
  const Tables tables_;
  std::map<std::string, Versioned<v1::Placement>, std::less<>> placements_;
  std::map<std::string, Versioned<v1::Host>, std::less<>> hosts_;
  std::map<std::string, Versioned<v1::HomeHost>, std::less<>> homes_;

  // What Settle has to do. Searches go on in the order of tier, then of receipt.
  std::set<std::tuple<int, absl::Time, std::string>> searching_;
  std::set<std::string> seats_freed_;  // hosts
  std::set<std::string> home_sought_;  // placements
  std::set<std::string> homes_freed_;  // hosts near which a home is free
};

absl::StatusOr<Rules> RulesIn(const programme::v1::Programme& programme);
// A query for the placement as it is now. `hosting`: see HostingCountries.
SearchTerms TermsOf(const v1::Placement& placement, const programme::v1::Programme& programme, const Rules& rules,
                    const std::optional<std::vector<std::string>>& hosting, absl::Time now, const Symbols& symbols);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_CASEWORK_H_
