// How members, the directory, introductions, applications, offers, intakes, claims and costs are stored and found.
#ifndef AMIKECO_SERVICES_APPLICANT_TABLES_H_
#define AMIKECO_SERVICES_APPLICANT_TABLES_H_

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/applicant/v1/programme_news.pb.h"
#include "common/base/dates.h"
#include "common/store/table.h"
#include "services/applicant/claim.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {

inline constexpr char kByName[] = "name";
inline constexpr char kByParty[] = "party";
inline constexpr char kByPartyAndState[] = "party-state";
inline constexpr char kByMember[] = "member";
inline constexpr char kActive[] = "active";
inline constexpr char kByDue[] = "due";
inline constexpr char kByProgramme[] = "programme";

// Entry of a dossier, behind the application's name: the child that it is for.
inline constexpr char kBeneficiary[] = "beneficiary";
inline constexpr char kBySection[] = "section";
inline constexpr char kByInterest[] = "interest";
inline constexpr char kPair[] = "pair";
inline constexpr char kByApplication[] = "application";
inline constexpr char kByReceipt[] = "receipt";

// Values of keys are their parts, each ended by '|', which no name contains: so a prefix of whole parts finds exactly
// what begins with them.
template <typename... Parts>
std::string KeyOf(const Parts&... parts) {
  std::string value;
  (absl::StrAppend(&value, parts, "|"), ...);
  return value;
}

inline std::string ActiveKey(absl::string_view member, absl::string_view programme) { return KeyOf(member, programme); }

inline const Table<v1::Member>& Members() {
  static const auto& table = *new Table<v1::Member>("member", [](const v1::Member& member) {
    std::vector<Key> keys{{kByName, member.name()}};
    for (const std::string& party : member.parties()) keys.push_back({kByParty, KeyOf(party, member.name())});
    return keys;
  });
  return table;
}

inline const Table<v1::Section>& Sections() {
  static const auto& table = *new Table<v1::Section>("section", [](const v1::Section& section) {
    return std::vector<Key>{{kByName, section.name()}};
  });
  return table;
}

// More than there can be; a bound all the same.
inline constexpr int kManySections = 1000;

inline const Table<v1::Region>& Regions() {
  static const auto& table = *new Table<v1::Region>("region", [](const v1::Region& region) {
    return std::vector<Key>{{kByName, region.name()}, {kBySection, KeyOf(region.section(), region.name())}};
  });
  return table;
}

// Two members have at most one.
inline const Table<v1::Introduction>& Introductions() {
  static const auto& table = *new Table<v1::Introduction>("introduction", [](const v1::Introduction& introduction) {
    const std::string time = SortableTime(ToTime(introduction.ask_time()));
    const auto [first, second] = std::minmax(introduction.asker(), introduction.asked());
    return std::vector<Key>{{kByParty, KeyOf(introduction.asker(), time)},
                            {kByParty, KeyOf(introduction.asked(), time)},
                            {kPair, KeyOf(first, second), true}};
  });
  return table;
}

inline const Table<v1::InterestListing>& Listings() {
  static const auto& table =
      *new Table<v1::InterestListing>("interest-listing", [](const v1::InterestListing& listing) {
        std::vector<Key> keys;
        for (const std::string& mark : listing.marks()) keys.push_back({kByInterest, KeyOf(mark, listing.member())});
        return keys;
      });
  return table;
}

inline const Table<v1::Application>& Applications() {
  static const auto& table = *new Table<v1::Application>("application", [](const v1::Application& application) {
    const std::string time = SortableTime(ToTime(application.submit_time()));
    // Of an organisation's there is one as well, for those who list all.
    std::vector<std::string> persons(application.fellows().begin(), application.fellows().end());
    if (persons.empty()) persons.push_back(application.member());
    std::vector<Key> keys;
    for (const std::string& person : persons) {
      keys.push_back({kByMember, KeyOf(person, time)});
      if (!person.empty() && IsOpen(application.state())) {
        keys.push_back({kActive, ActiveKey(person, application.programme()), true});
      }
    }
    for (const std::string& party : application.parties()) {
      keys.push_back({kByParty, KeyOf(party, time)});
      keys.push_back({kByPartyAndState, KeyOf(party, static_cast<int>(application.state()), time)});
    }
    if (application.has_next_due()) keys.push_back({kByDue, SortableTime(ToTime(application.next_due()))});
    return keys;
  });
  return table;
}

inline const Table<v1::HostingOffer>& HostingOffers() {
  static const auto& table = *new Table<v1::HostingOffer>("hosting-offer", [](const v1::HostingOffer& offer) {
    const std::string time = SortableTime(ToTime(offer.receive_time()));
    std::vector<Key> keys{{kByName, offer.name()}};
    for (const std::string& party : offer.parties()) {
      keys.push_back({kByParty, KeyOf(party, time)});
      keys.push_back({kByPartyAndState, KeyOf(party, static_cast<int>(offer.state()), time)});
    }
    return keys;
  });
  return table;
}

inline const Table<v1::Intake>& Intakes() {
  static const auto& table = *new Table<v1::Intake>("intake", [](const v1::Intake& intake) {
    std::vector<Key> keys{{kByName, intake.name()},
                          {kByProgramme, KeyOf(intake.programme(), FormatDate(intake.opens()))}};
    if (intake.has_next_due()) keys.push_back({kByDue, SortableTime(ToTime(intake.next_due()))});
    return keys;
  });
  return table;
}

inline std::string ReceiptKey(absl::string_view application, absl::string_view sha256) {
  return KeyOf(application, sha256);
}

// A receipt is claimed once by an application: its key is unique while a claim holds it.
inline const Table<v1::Claim>& Claims() {
  static const auto& table = *new Table<v1::Claim>("claim", [](const v1::Claim& claim) {
    const std::string time = SortableTime(ToTime(claim.first_submit_time()));
    std::vector<Key> keys{{kByName, claim.name()}, {kByApplication, KeyOf(claim.application(), time)}};
    for (const std::string& party : claim.parties()) {
      keys.push_back({kByParty, KeyOf(party, time)});
      keys.push_back({kByPartyAndState, KeyOf(party, static_cast<int>(claim.state()), time)});
    }
    for (const v1::ExpenseLine& line : claim.lines()) {
      if (!HoldsReceipts(claim)) break;
      keys.push_back({kByReceipt, ReceiptKey(claim.application(), line.receipt().sha256()), true});
    }
    return keys;
  });
  return table;
}

// The intake that an application is an entry of; nothing for "", NOT_FOUND when there is none of this name.
inline absl::StatusOr<std::optional<v1::Intake>> FindIntake(Reader& reader, const std::string& name) {
  if (name.empty()) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(auto intake, Intakes().Get(reader, name));
  return std::optional(std::move(intake.value));
}

// By programme and year; see YearlyQuota.
inline const Table<v1::YearlyQuota>& YearlyQuotas() {
  static const auto& table =
      *new Table<v1::YearlyQuota>("yearly-quota", [](const v1::YearlyQuota&) { return std::vector<Key>(); });
  return table;
}

// Of each programme that has changed, under its name.
inline const Table<v1::ProgrammeNews>& News() {
  static const auto& table =
      *new Table<v1::ProgrammeNews>("programme-news", [](const v1::ProgrammeNews&) { return std::vector<Key>(); });
  return table;
}

// One of each an application, found by name.
inline const Table<v1::CostEstimate>& CostEstimates() {
  static const auto& table = *new Table<v1::CostEstimate>("cost-estimate", [](const v1::CostEstimate& estimate) {
    return std::vector<Key>{{kByName, estimate.name()}};
  });
  return table;
}

inline const Table<v1::PriceSplit>& PriceSplits() {
  static const auto& table = *new Table<v1::PriceSplit>("price-split", [](const v1::PriceSplit& split) {
    return std::vector<Key>{{kByName, split.name()}};
  });
  return table;
}

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_TABLES_H_
