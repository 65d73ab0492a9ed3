// One officer's ranking over the whole directory, beside sorting as many bare scores: the least that any ranking does.
#include "services/matching/ranking.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/harness.h"
#include "common/base/dates.h"
#include "services/matching/csv_import.h"

namespace amikeco::bench {
namespace {

using matching::DirectoryEntry;

constexpr int kRepeats = 50;

std::vector<matching::v1::Agency> ReadAgencies() {
  std::ifstream file("data/us_agencies.csv");
  std::stringstream text;
  text << file.rdbuf();
  const matching::CsvFile csv = matching::SplitCsv(text.str());
  std::vector<matching::v1::Agency> agencies;
  for (const auto& chunk : csv.chunks) {
    auto parsed = OrDie(matching::ParseAgencies(csv.header, chunk.rows, chunk.first_line, "US"));
    agencies.insert(agencies.end(), parsed.agencies.begin(), parsed.agencies.end());
  }
  if (agencies.empty()) OrDie(absl::NotFoundError("data/us_agencies.csv: run from the root of the tree"));
  return agencies;
}

matching::v1::Host HostOf(const matching::v1::Agency& agency, std::mt19937& random, bool participating) {
  matching::v1::Host host;
  host.set_name(agency.name());
  *host.mutable_agency() = agency;
  host.set_participating(participating);
  if (!participating) return host;
  auto& offer = *host.mutable_offer();
  auto* window = offer.add_windows();
  *window->mutable_first_day() = ToDate(absl::CivilDay(2027, 1, 1) + static_cast<int>(random() % 60));
  *window->mutable_last_day() = ToDate(absl::CivilDay(2027, 9, 1) + static_cast<int>(random() % 60));
  window->set_capacity(2);
  for (const char* topic : {"street-patrol", "detectives", "community-services", "traffic"}) {
    if (random() % 2 == 0) offer.add_topics(topic);
  }
  offer.add_languages("en");
  offer.add_command_steps("Chief");
  for (int i = 0; i < static_cast<int>(random() % 4); ++i) {
    auto* booking = host.add_bookings();
    booking->set_placement(absl::StrCat("placements/", i));
    *booking->mutable_start() = ToDate(absl::CivilDay(2027, 3, 1) + static_cast<int>(random() % 90));
    *booking->mutable_end() = ToDate(ToDay(booking->start()) + 20);
    booking->set_state(matching::v1::Booking::STATE_CONFIRMED);
  }
  return host;
}

// Microseconds of one ranking, each the mean of some.
double Microseconds(const std::function<void()>& work) {
  const absl::Time start = absl::Now();
  for (int i = 0; i < kRepeats; ++i) work();
  return absl::ToDoubleMicroseconds(absl::Now() - start) / kRepeats;
}

void Bench(absl::string_view name, const std::vector<matching::v1::Agency>& agencies, int one_in) {
  std::mt19937 random(7);
  matching::Symbols symbols;
  std::vector<DirectoryEntry> entries;
  for (size_t i = 0; i < agencies.size(); ++i) {
    entries.push_back(matching::MakeEntry(HostOf(agencies[i], random, i % one_in == 0),
                                          [&](absl::string_view word) { return symbols.Intern(word); }));
  }
  applicant::v1::MatchingOpened terms;
  *terms.mutable_wishes()->mutable_earliest_start() = ToDate(absl::CivilDay(2027, 4, 1));
  *terms.mutable_wishes()->mutable_latest_end() = ToDate(absl::CivilDay(2027, 6, 30));
  terms.mutable_wishes()->set_stay_days(30);
  terms.mutable_wishes()->set_stay_language("en");
  for (const char* topic : {"street-patrol", "detectives", "forensics"}) terms.mutable_wishes()->add_topics(topic);
  terms.mutable_wishes()->add_regions("CA");
  programme::v1::Programme programme;
  programme.mutable_matching()->set_host_country("US");
  programme.mutable_matching()->mutable_weights()->set_topic(10);
  programme.mutable_matching()->mutable_weights()->set_preferred_region(4);
  const matching::SearchTerms query = matching::MakeTerms("applications/bench", terms, programme, 0, {}, symbols);

  std::vector<double> ours, bare;
  std::vector<std::pair<int32_t, uint64_t>> scores(entries.size());
  size_t candidates = 0;
  for (int run = 0; run < kRuns; ++run) {
    ours.push_back(Microseconds([&] { candidates += matching::Rank(query, entries, symbols).candidates.size(); }));
    bare.push_back(Microseconds([&] {
      for (auto& score : scores) score = {static_cast<int32_t>(random() % 40), random()};
      std::sort(scores.begin(), scores.end());
    }));
  }
  if (candidates == 0) OrDie(absl::InternalError("nobody was ranked"));
  Print(absl::StrCat(name, "_", agencies.size()), "us", ours, bare, false);
}

}  // namespace

void BenchRanking() {
  const std::vector<matching::v1::Agency> agencies = ReadAgencies();
  Bench("ranking_one_in_30_takes_part", agencies, 30);
  Bench("ranking_all_take_part", agencies, 1);
}

}  // namespace amikeco::bench
