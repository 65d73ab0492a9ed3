// Screening against real watch-lists, beside what others do: quality on labelled pairs of names beside another
// matcher's scores, and the time of one person beside a full scan with a bit-parallel edit distance, the fastest there
// is.
//
// The data is not part of the tree. AMIKECO_SCREENING_DATA names a folder with watchlists/ofac_{sdn,alt_full,add,
// sdn_comments}.csv, watchlists/un_consolidated.xml, watchlists/us_dpl.txt, names/name_pairs.csv,
// names/un_queries_clean.csv, names/negatives_dev.csv and names/translit/wd_*_16.tsv.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/harness.h"
#include "bench/perturbed_names.h"
#include "common/base/hash.h"
#include "common/countries/countries.h"
#include "services/compliance/screening/list_builder.h"
#include "services/compliance/screening/screener.h"

namespace amikeco::bench {
namespace {

using screening::Screener;
using screening::Subject;

// Of names alone and of people alike.
constexpr double kThreshold = 0.5;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) OrDie(absl::NotFoundError(absl::StrCat(path, ": AMIKECO_SCREENING_DATA must have it")));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Seconds of this thread's work: the machine may have other work to do.
double Worked() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * 4096 / (1 << 20);
}

// Text of all files; what parsing takes is measured without reading them.
struct Files {
  explicit Files(const std::string& folder)
      : entries(ReadFile(folder + "/watchlists/ofac_sdn.csv")),
        aliases(ReadFile(folder + "/watchlists/ofac_alt_full.csv")),
        addresses(ReadFile(folder + "/watchlists/ofac_add.csv")),
        comments(ReadFile(folder + "/watchlists/ofac_sdn_comments.csv")),
        consolidated(ReadFile(folder + "/watchlists/un_consolidated.xml")),
        denied(ReadFile(folder + "/watchlists/us_dpl.txt")) {}
  size_t Bytes() const {
    return entries.size() + aliases.size() + addresses.size() + comments.size() + consolidated.size() + denied.size();
  }

  std::string entries, aliases, addresses, comments, consolidated, denied;
};

std::vector<screening::Entry> Parse(const Files& files) {
  std::vector<screening::Entry> entries;
  const auto take = [&entries](absl::StatusOr<screening::ImportedList> list) {
    screening::ImportedList imported = OrDie(std::move(list));
    std::move(imported.entries.begin(), imported.entries.end(), std::back_inserter(entries));
  };
  take(screening::ParseSdn("sdn", {files.entries, files.aliases, files.addresses, files.comments}));
  take(screening::ParseConsolidated("consolidated", files.consolidated));
  take(screening::ParseDenied("denied", files.denied));
  return entries;
}

std::vector<Subject> ReadPeople(const std::string& path, const Countries& countries) {
  const std::string text = ReadFile(path);
  screening::RowReader rows(text, ',');
  rows.Next();
  std::vector<Subject> people;
  while (rows.Next()) {
    const std::vector<std::string>& cells = rows.cells();
    if (cells.size() != 8) OrDie(absl::DataLossError(absl::StrCat(path, ":", rows.line(), ": not 8 columns")));
    Subject person;
    person.names = {cells[0]};
    person.birth = screening::ParseBirth(cells[5]);
    person.place = cells[6];
    const std::string country = cells[7].size() == 2 ? absl::AsciiStrToUpper(cells[7]) : cells[7];
    if (const auto territory = countries.Resolve(country); territory.ok())
      person.nationalities = {territory->code.substr(0, 2)};
    people.push_back(std::move(person));
  }
  return people;
}

struct Labelled {
  double score;
  bool same;
};

double F1(const std::vector<Labelled>& pairs, double threshold) {
  double hits = 0, wrong = 0, missed = 0;
  for (const Labelled& pair : pairs) {
    const bool taken = pair.score >= threshold;
    hits += taken && pair.same;
    wrong += taken && !pair.same;
    missed += !taken && pair.same;
  }
  return 2 * hits / (2 * hits + wrong + missed);
}

double BestF1(const std::vector<Labelled>& pairs) {
  double best = 0;
  for (const Labelled& pair : pairs) best = std::max(best, F1(pairs, pair.score));
  return best;
}

double AveragePrecision(std::vector<Labelled> pairs) {
  std::stable_sort(pairs.begin(), pairs.end(), [](const Labelled& a, const Labelled& b) { return a.score > b.score; });
  double found = 0, sum = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].same) sum += ++found / static_cast<double>(i + 1);
  }
  return sum / found;
}

// Percent of pairs that have the highest score, to four digits.
double TopShare(const std::vector<Labelled>& pairs) {
  const auto rounded = [](double score) { return int64_t{std::llround(score * 10'000)}; };
  int64_t top = 0;
  for (const Labelled& pair : pairs) top = std::max(top, rounded(pair.score));
  const auto at_top =
      std::count_if(pairs.begin(), pairs.end(), [&](const Labelled& p) { return rounded(p.score) == top; });
  return 100.0 * static_cast<double>(at_top) / static_cast<double>(pairs.size());
}

// Three in five pairs, by their hash, are what the weights were fitted to; the others validate them.
void BenchPairs(const std::string& folder, const Screener& screener) {
  const std::string text = ReadFile(folder + "/names/name_pairs.csv");
  screening::RowReader rows(text, ',');
  rows.Next();
  std::vector<Labelled> ours[2], theirs[2];
  while (rows.Next()) {
    const std::vector<std::string>& cells = rows.cells();
    if (cells.size() < 7) OrDie(absl::DataLossError(absl::StrCat("name_pairs.csv:", rows.line(), ": not 7 columns")));
    const std::string digest = Sha256(absl::StrCat(cells[1], "|", cells[2]));
    int last_digit = 0;
    for (const char byte : digest) last_digit = (last_digit * 6 + static_cast<uint8_t>(byte)) % 10;  // 256 is 6 mod 10
    const bool validates = last_digit >= 6;
    const auto kind = cells[0] == "Person" ? screening::Kind::kPerson : screening::Kind::kOrganisation;
    const bool same = cells[3] == "true";
    ours[validates].push_back({screener.Compare(cells[1], cells[2], kind).score, same});
    double score = 0;
    if (absl::SimpleAtod(cells[6], &score)) theirs[validates].push_back({score, same});
  }
  for (const bool validates : {false, true}) {
    const char* const which = validates ? "validation" : "tuning";
    const auto& pairs = ours[validates];
    const auto& others = theirs[validates];
    Print(absl::StrCat("screening_pairs_f1_", which), "share", {F1(pairs, kThreshold)}, {BestF1(others)}, true);
    Print(absl::StrCat("screening_pairs_average_precision_", which), "share", {AveragePrecision(pairs)},
          {AveragePrecision(others)}, true);
    Print(absl::StrCat("screening_pairs_with_top_score_", which), "percent", {TopShare(pairs)}, {TopShare(others)},
          false);
  }
}

// Every name as its words in order, compared as a whole: what finds names in any order without an index.
class FullScan {
 public:
  explicit FullScan(const std::vector<screening::Entry>& entries) {
    for (const screening::Entry& entry : entries) {
      for (const screening::ListedName& name : entry.names) names_.push_back(InOrder(name.text));
    }
  }

  // The greatest likeness, 0 to 1, of any name.
  double Best(absl::string_view name) const {
    const std::string asked = InOrder(name);
    if (asked.empty()) return 0;
    uint64_t where[256] = {};
    for (size_t i = 0; i < asked.size(); ++i) where[static_cast<uint8_t>(asked[i])] |= uint64_t{1} << i;
    double best = 0;
    for (const std::string& listed : names_) {
      const auto longer = static_cast<double>(std::max(asked.size(), listed.size()));
      best = std::max(best, 1 - Distance(where, asked.size(), listed) / longer);
    }
    return best;
  }

 private:
  static std::string InOrder(absl::string_view name) {
    std::vector<std::string> words;
    for (screening::Word& word : screening::SplitWords(name)) words.push_back(std::move(word.latin));
    std::sort(words.begin(), words.end());
    return absl::StrJoin(words, " ").substr(0, 64);
  }

  // Myers (1999), as Hyyrö (2003) writes it.
  static int Distance(const uint64_t (&where)[256], size_t size, absl::string_view other) {
    uint64_t plus = ~uint64_t{0}, minus = 0;
    const uint64_t last = uint64_t{1} << (size - 1);
    auto distance = static_cast<int>(size);
    for (const char c : other) {
      const uint64_t here = where[static_cast<uint8_t>(c)] | minus;
      const uint64_t diagonal = (((here & plus) + plus) ^ plus) | here;
      uint64_t up = minus | ~(diagonal | plus);
      uint64_t down = plus & diagonal;
      distance += ((up & last) != 0) - ((down & last) != 0);
      up = up << 1 | 1;
      minus = up & diagonal;
      plus = (down << 1) | ~(up | diagonal);
    }
    return distance;
  }

  std::vector<std::string> names_;
};

size_t Found(const Screener& screener, const std::vector<Subject>& people, absl::string_view list) {
  size_t found = 0;
  for (const Subject& person : people) {
    const auto screened = screener.Screen(person, {kThreshold, 0.9});
    found += std::any_of(screened.hits.begin(), screened.hits.end(), [&](const screening::Hit& hit) {
      return list.empty() || screener.entries()[hit.entry].list == list;
    });
  }
  return found;
}

void BenchPeople(const Screener& screener, const std::vector<Subject>& listed, const std::vector<Subject>& others) {
  const auto count = [](size_t n) { return std::vector<double>{static_cast<double>(n)}; };
  // The baselines of these two are what is asked for.
  Print(absl::StrCat("screening_queries_found_of_", listed.size()), "people",
        count(Found(screener, listed, "consolidated")), {680}, true);
  Print(absl::StrCat("screening_cleared_of_", others.size(), "_on_no_list"), "people",
        count(others.size() - Found(screener, others, "")), {static_cast<double>(others.size()) * 0.9998}, true);
}

// Others of the same countries and scripts: each has somebody's first names, somebody's last word, and somebody's date
// and place of birth.
std::vector<Subject> Mixed(const std::vector<Subject>& people, uint32_t seed) {
  std::map<std::pair<std::vector<std::string>, screening::Script>, std::vector<size_t>> groups;
  for (size_t i = 0; i < people.size(); ++i) {
    const std::vector<screening::Word> words = screening::SplitWords(people[i].names[0]);
    if (!words.empty()) groups[{people[i].nationalities, words.back().script}].push_back(i);
  }
  std::mt19937 random(seed);
  std::vector<Subject> mixed = people;
  for (const auto& [alike, members] : groups) {
    std::vector<size_t> last = members, born = members;
    std::shuffle(last.begin(), last.end(), random);
    std::shuffle(born.begin(), born.end(), random);
    for (size_t k = 0; k < members.size(); ++k) {
      Subject& person = mixed[members[k]];
      const std::string& other = people[last[k]].names[0];
      const size_t end = person.names[0].rfind(' '), from = other.rfind(' ');
      if (end != std::string::npos && from != std::string::npos)
        person.names[0] = absl::StrCat(person.names[0].substr(0, end), other.substr(from));
      person.birth = people[born[k]].birth;
      person.place = people[born[k]].place;
    }
  }
  return mixed;
}

// How many of ten thousand people on no list are asked about: as many alone are too few to tell one rate from another.
void BenchMixed(const Screener& screener, const std::vector<Subject>& others) {
  constexpr uint32_t kSeeds = 20;
  double found = 0;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed)
    found += static_cast<double>(Found(screener, Mixed(others, seed), ""));
  // The baseline is what is asked for.
  Print(absl::StrCat("screening_asked_about_of_", others.size(), "_mixed_mean_of_seeds_1_to_", kSeeds), "people",
        {found / kSeeds}, {2}, false);
}

// "LAST, First" is "First LAST".
std::string InOrder(absl::string_view name) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(name, absl::MaxSplits(", ", 1));
  return parts.second.empty() ? std::string(name) : absl::StrCat(parts.second, " ", parts.first);
}

// People of the lists with a date of birth, under their names in Latin letters.
struct Listed {
  size_t entry;
  Subject subject;
};
std::vector<Listed> ListedPeople(const Screener& screener, const Countries& countries) {
  std::vector<Listed> people;
  for (size_t i = 0; i < screener.entries().size(); ++i) {
    const screening::Entry& entry = screener.entries()[i];
    const std::string name = InOrder(entry.names[0].text);
    const bool is_latin = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
    if (entry.kind != screening::Kind::kPerson || entry.births.empty() || !is_latin) continue;
    Subject subject;
    subject.names = {name};
    subject.birth = entry.births[0];
    if (!entry.nationalities.empty()) {
      if (const auto territory = countries.Resolve(entry.nationalities[0]); territory.ok())
        subject.nationalities = {territory->code.substr(0, 2)};
    }
    people.push_back({i, std::move(subject)});
  }
  return people;
}

// How many of the same people are found when their names are written otherwise, with the date of birth and without; the
// scan, which knows names only, takes for a hit what is more alike than anybody of a thousand who is on no list.
void BenchPerturbed(const Screener& screener, const Countries& countries, const FullScan& scan,
                    const std::vector<Subject>& others) {
  constexpr uint32_t kSeed = 20'260'227;
  constexpr size_t kPeople = 500, kScanned = 100;
  double threshold = 0;
  for (size_t i = 0; i < others.size(); i += 10) threshold = std::max(threshold, scan.Best(others[i].names[0]));
  std::vector<Listed> listed = ListedPeople(screener, countries);
  std::shuffle(listed.begin(), listed.end(), std::mt19937(kSeed));
  for (const Perturbation& perturbation : Perturbations()) {
    std::mt19937 random(kSeed);
    double tried = 0, dated = 0, undated = 0, scans = 0, scanned = 0;
    for (const Listed& person : listed) {
      Subject subject = person.subject;
      subject.names[0] = perturbation.write(subject.names[0], random);
      if (subject.names[0].empty()) continue;
      const auto is_found = [&] {
        const auto screened = screener.Screen(subject, {kThreshold, 0.9});
        return std::any_of(screened.hits.begin(), screened.hits.end(),
                           [&](const screening::Hit& hit) { return hit.entry == person.entry; });
      };
      dated += is_found();
      subject.birth.reset();
      undated += is_found();
      if (scans < kScanned) {
        ++scans;
        scanned += scan.Best(subject.names[0]) > threshold;
      }
      if (++tried == kPeople) break;
    }
    for (const bool with_birth : {true, false}) {
      Print(absl::StrCat("screening_found_", perturbation.name, with_birth ? "" : "_undated", "_of_", tried, "_seed_",
                         kSeed),
            "percent", {100 * (with_birth ? dated : undated) / tried}, {100 * scanned / scans}, true);
    }
  }
}

// Names of two words beside what people who write in another script make of them, and beside what they make of two
// others.
void BenchOtherScripts(const std::string& folder, const Screener& screener) {
  constexpr uint32_t kSeed = 20'260'227;
  for (const char* language : {"arabic", "chinese", "hebrew", "japanese", "katakana", "korean", "russian"}) {
    std::vector<std::pair<std::string, std::string>> words;
    const std::string text = ReadFile(absl::StrCat(folder, "/names/translit/wd_", language, "_16.tsv"));
    screening::RowReader rows(text, '\t');
    while (rows.Next()) {
      if (rows.cells().size() >= 2)
        words.emplace_back(rows.cells()[0], absl::StrReplaceAll(rows.cells()[1], {{" ", ""}}));
    }
    std::shuffle(words.begin(), words.end(), std::mt19937(kSeed));
    std::vector<Labelled> pairs;
    for (size_t i = 0; i + 3 < words.size(); i += 2) {
      const std::string name = absl::StrCat(words[i].first, " ", words[i + 1].first);
      for (const size_t other : {i, i + 2}) {
        const std::string written = absl::StrCat(words[other].second, " ", words[other + 1].second);
        pairs.push_back({screener.Compare(name, written, screening::Kind::kPerson).score, other == i});
      }
    }
    Print(absl::StrCat("screening_pairs_in_", language, "_f1_of_", pairs.size(), "_seed_", kSeed), "share",
          {F1(pairs, kThreshold)}, {BestF1(pairs)}, true);  // beside the best of all thresholds
  }
}

void BenchOnePerson(const Screener& screener, const FullScan& scan, const std::vector<Subject>& people) {
  std::vector<double> ours[2], scans[2];
  size_t hits = 0;
  double best = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> screened, scanned;
    for (size_t i = 0; i < people.size(); ++i) {
      const double start = Worked();
      hits += screener.Screen(people[i], {kThreshold, 0.9}).hits.size();
      screened.push_back(1e6 * (Worked() - start));
      if (i % 50 != 0) continue;
      const double begin = Worked();
      best += scan.Best(people[i].names[0]);
      scanned.push_back(1e6 * (Worked() - begin));
    }
    for (const int which : {0, 1}) {
      ours[which].push_back(Percentile(screened, which == 0 ? 0.5 : 0.99));
      scans[which].push_back(Percentile(scanned, which == 0 ? 0.5 : 0.99));
    }
  }
  if (best == 0) OrDie(absl::InternalError(absl::StrCat("nothing was scanned beside ", hits, " hits")));
  Print(absl::StrCat("screening_one_person_p50_", screener.names(), "_names"), "us", ours[0], scans[0], false);
  Print(absl::StrCat("screening_one_person_p99_", screener.names(), "_names"), "us", ours[1], scans[1], false);
}

// All processors; the baseline is one of them.
void BenchRescreen(const Screener& screener, const std::vector<Subject>& people) {
  constexpr size_t kPeople = 100'000;
  const auto rate = [&](size_t threads) {
    const absl::Time start = absl::Now();
    std::vector<std::thread> workers;
    for (size_t worker = 0; worker < threads; ++worker) {
      workers.emplace_back([&, worker] {
        for (size_t i = worker; i < kPeople; i += threads)
          screener.Screen(people[i % people.size()], {kThreshold, 0.9});
      });
    }
    for (std::thread& worker : workers) worker.join();
    return static_cast<double>(kPeople) / absl::ToDoubleSeconds(absl::Now() - start);
  };
  const size_t processors = std::max(1U, std::thread::hardware_concurrency());
  Print(absl::StrCat("screening_100000_people_by_", processors, "_threads"), "people/s", {rate(processors)}, {rate(1)},
        true);
}

}  // namespace

void BenchScreening() {
  const char* const folder = std::getenv("AMIKECO_SCREENING_DATA");
  if (folder == nullptr) {
    std::fprintf(
        stderr, "screening: not run; AMIKECO_SCREENING_DATA names no folder of lists and names (bench/screening.cc)\n");
    return;
  }
  const Countries countries = OrDie(Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"}));
  const Files files(folder);
  std::vector<double> parsing, indexing, memory;
  std::unique_ptr<Screener> screener;
  for (int run = 0; run < kRuns; ++run) {
    screener.reset();
    const double before = ResidentMegabytes(), start = Worked();
    std::vector<screening::Entry> entries = Parse(files);
    const double parsed = Worked();
    screener = std::make_unique<Screener>(std::move(entries), countries);
    parsing.push_back(1e3 * (parsed - start));
    indexing.push_back(1e3 * (Worked() - parsed));
    if (run == 0) memory.push_back(ResidentMegabytes() - before);
  }
  Print("screening_import_and_index", "ms", indexing, parsing, false);  // beside parsing alone
  Print("screening_memory", "MiB", memory, {static_cast<double>(files.Bytes()) / (1 << 20)},
        false);  // beside the files
  const FullScan scan(screener->entries());
  const std::vector<Subject> listed = ReadPeople(absl::StrCat(folder, "/names/un_queries_clean.csv"), countries);
  const std::vector<Subject> others = ReadPeople(absl::StrCat(folder, "/names/negatives_dev.csv"), countries);
  BenchPairs(folder, *screener);
  BenchPeople(*screener, listed, others);
  BenchMixed(*screener, others);
  BenchOtherScripts(folder, *screener);
  BenchPerturbed(*screener, countries, scan, others);
  BenchOnePerson(*screener, scan, others);
  BenchRescreen(*screener, others);
}

}  // namespace amikeco::bench
