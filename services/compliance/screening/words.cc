#include "services/compliance/screening/words.h"

#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"

namespace amikeco::screening {
namespace {

using Set = absl::flat_hash_set<absl::string_view>;

const Set& Particles() {
  static const Set* const kWords =
      new Set{"al",  "el",  "ul",  "ol",  "il",  "ad",  "ed",  "ud", "ar",  "er",  "ur", "as",  "es",  "us",
              "ash", "esh", "ush", "at",  "et",  "an",  "en",  "un", "az",  "ez",  "uz", "de",  "del", "della",
              "di",  "da",  "do",  "dos", "das", "du",  "des", "la", "le",  "les", "lo", "los", "las", "van",
              "von", "der", "den", "dem", "ter", "ten", "vom", "zu", "zum", "zur", "af", "av",  "e",   "y",
              "i",   "und", "and", "of",  "the", "a",   "san", "st", "mac", "mc",  "d",  "o"};
  return *kWords;
}

const Set& SonOf() {
  static const Set* const kWords =
      new Set{"bin", "ben", "ibn", "bint", "bent", "binti", "bn", "wld", "abn", "ould", "wuld", "oglu", "ogly"};
  return *kWords;
}

const Set& Titles() {
  static const Set* const kWords = new Set{
      "mr",       "mrs",     "ms",        "miss",     "dr",      "prof",      "professor",  "sir",       "dame",
      "lord",     "lady",    "sheikh",    "shaikh",   "sheik",   "shaykh",    "sheykh",     "haji",      "hajji",
      "hadji",    "haj",     "hajj",      "alhaji",   "mullah",  "mulla",     "maulavi",    "mawlawi",   "maulawi",
      "molvi",    "maulana", "mawlana",   "qari",     "imam",    "ayatollah", "general",    "gen",       "colonel",
      "col",      "major",   "maj",       "captain",  "capt",    "lt",        "lieutenant", "commander", "commandant",
      "sergeant", "sgt",     "brigadier", "marshal",  "admiral", "eng",       "engineer",   "ing",       "ustad",
      "ustadh",   "ustaz",   "president", "minister", "jr",      "sr",        "junior",     "ii",        "iii",
      "iv",       "phd",     "esq",       "don",      "dona",    "senor",     "senora",     "herr",      "frau",
      "monsieur", "madame",  "mme",       "mlle",     "rev",     "reverend",  "father",     "comrade"};
  return *kWords;
}

const Set& Generics() {
  static const Set* const kWords = new Set{
      "company",       "co",           "corporation", "corp",       "group",        "holding",      "holdings",
      "international", "intl",         "trading",     "trade",      "general",      "enterprise",   "enterprises",
      "industries",    "industry",     "industrial",  "services",   "service",      "systems",      "construction",
      "management",    "investment",   "investments", "foundation", "organization", "organisation", "institute",
      "center",        "centre",       "association", "committee",  "council",      "bank",         "global",
      "national",      "state",        "shipping",    "import",     "export",       "development",  "commercial",
      "technology",    "technologies", "trust",       "partners",   "firm",         "agency"};
  return *kWords;
}

struct Form {
  absl::string_view written;
  absl::string_view form;
};

// Forms that one law calls by several names, in its own language and in others.
constexpr Form kLegalForms[] = {
    {"ltd", "ltd"},
    {"limited", "ltd"},
    {"private limited", "ltd"},
    {"pvt ltd", "ltd"},
    {"pte ltd", "ltd"},
    {"pty ltd", "ltd"},
    {"co ltd", "ltd"},
    {"company limited", "ltd"},
    {"limited company", "ltd"},
    {"pvt limited", "ltd"},
    {"pte limited", "ltd"},
    {"pty limited", "ltd"},
    {"private limited company", "ltd"},
    {"sdn bhd", "ltd"},
    {"bhd", "plc"},
    {"inc", "inc"},
    {"incorporated", "inc"},
    {"plc", "plc"},
    {"public limited company", "plc"},
    {"llc", "llc"},
    {"limited liability company", "llc"},
    {"ooo", "llc"},
    {"too", "llc"},
    {"llp", "llp"},
    {"limited liability partnership", "llp"},
    {"lp", "lp"},
    {"limited partnership", "lp"},
    {"jsc", "jsc"},
    {"ojsc", "jsc"},
    {"pjsc", "jsc"},
    {"cjsc", "jsc"},
    {"ao", "jsc"},
    {"oao", "jsc"},
    {"pao", "jsc"},
    {"zao", "jsc"},
    {"joint stock company", "jsc"},
    {"open joint stock company", "jsc"},
    {"public joint stock company", "jsc"},
    {"closed joint stock company", "jsc"},
    {"private joint stock company", "jsc"},
    {"pjs", "jsc"},
    {"aktsionernoe obshchestvo", "jsc"},
    {"aktsionernoe obshestvo", "jsc"},
    {"gmbh", "gmbh"},
    {"mbh", "gmbh"},
    {"ag", "ag"},
    {"aktiengesellschaft", "ag"},
    {"kg", "kg"},
    {"sa", "sa"},
    {"sociedad anonima", "sa"},
    {"societe anonyme", "sa"},
    {"sarl", "srl"},
    {"srl", "srl"},
    {"societatea cu raspundere limitata", "srl"},
    {"sl", "srl"},
    {"spa", "sa"},
    {"sas", "sas"},
    {"ltda", "srl"},
    {"limitada", "srl"},
    {"sa de cv", "sa"},
    {"bv", "bv"},
    {"nv", "nv"},
    {"ab", "ab"},
    {"aktiebolag", "ab"},
    {"oy", "oy"},
    {"oyj", "oy"},
    {"asa", "as"},
    {"aps", "aps"},
    {"kft", "kft"},
    {"zrt", "zrt"},
    {"sp z o o", "llc"},
    {"sp z oo", "llc"},
    {"doo", "llc"},
    {"d o o", "llc"},
    {"a s", "as"},
    {"pt", "pt"},
    {"ano", "ano"},
    {"fze", "fze"},
    {"fzco", "fze"},
    {"fz llc", "fze"},
    {"gesellschaft mit beschrankter haftung", "gmbh"},
    {"anonim sirketi", "as"},
};

// Forms of given names that neither spelling nor sound brings together.
constexpr absl::string_view kForms[] = {
    "alexander sasha alex sascha alejandro iskandar sandro alec",
    "andrew andy drew andrei andreas andres andrzej",
    "anthony tony antonio anton",
    "benjamin ben benny binyamin",
    "charles charlie chuck carlos karl carl",
    "christopher chris kris",
    "daniel dan danny",
    "david dave dawood daoud dawud",
    "dmitry dima mitya",
    "edward ed eddie ted eduardo",
    "elizabeth liz beth betty eliza lisa",
    "eugene gene yevgeny evgeny",
    "francis frank francisco francois franz paco pancho",
    "george jorge georg yuri georgy jerzy giorgio",
    "gregory greg grigory",
    "henry harry hank enrique heinrich henri",
    "ibrahim abraham avraham",
    "ivan vanya john",
    "jacob jake yakov yaqub jakub",
    "james jim jimmy jamie jaime",
    "john jack johnny jon juan jean johann giovanni",
    "joseph joe jose pepe yusuf yosef giuseppe josef",
    "katherine kate kathy katie catherine",
    "lawrence larry",
    "leonard leo lenny",
    "louis luis lou ludwig luigi",
    "margaret peggy maggie meg",
    "mark marcus marcos marco",
    "mary maria marie maryam miriam",
    "matthew matt mateo matteo",
    "michael mike mick misha mikhail miguel michel",
    "moses musa moshe moises",
    "nicholas nick nikolai nicolas niko kolya",
    "nataliya natasha natalia natalie",
    "patricia pat patty",
    "paul pablo pavel paolo",
    "peter pete pedro pyotr pierre piotr petr",
    "philip phil felipe philippe",
    "richard dick rick rich ricardo",
    "robert bob bobby rob roberto",
    "ronald ron ronnie",
    "samuel sam sammy",
    "sergei seryozha sergio",
    "solomon sulaiman suleiman",
    "stephen steve steven stefan esteban etienne",
    "theodore ted teddy fyodor",
    "thomas tom tommy tomas",
    "timothy tim",
    "vladimir vova volodya volodymyr",
    "william bill billy will liam guillermo wilhelm guillaume",
    "yahya john yohanan",
};

using Groups = absl::flat_hash_map<absl::string_view, uint64_t>;

// A bit for each line that has the name.
const Groups& FormsOfNames() {
  static const Groups* const kGroups = [] {
    auto* const groups = new Groups;
    static_assert(std::size(kForms) <= 64);
    for (size_t i = 0; i < std::size(kForms); ++i) {
      for (const absl::string_view name : absl::StrSplit(kForms[i], ' ')) (*groups)[name] |= uint64_t{1} << i;
    }
    return groups;
  }();
  return *kGroups;
}

}  // namespace

Role RoleInPerson(absl::string_view word) {
  if (SonOf().contains(word)) return Role::kSonOf;
  if (word.size() == 1) return word == "e" || word == "y" ? Role::kParticle : Role::kInitial;
  if (Particles().contains(word)) return Role::kParticle;
  if (Titles().contains(word)) return Role::kTitle;
  return Role::kName;
}

Role RoleInOrganisation(absl::string_view word) {
  if (Generics().contains(word)) return Role::kGeneric;
  return word.size() > 1 && Particles().contains(word) ? Role::kParticle : Role::kName;
}

absl::string_view LegalForm(absl::string_view words) {
  using Table = absl::flat_hash_map<absl::string_view, absl::string_view>;
  static const Table* const kTable = [] {
    auto* const table = new Table;
    for (const Form& form : kLegalForms) (*table)[form.written] = form.form;
    return table;
  }();
  const auto found = kTable->find(words);
  return found == kTable->end() ? absl::string_view() : found->second;
}

absl::string_view WrittenOut(absl::string_view word) {
  constexpr std::pair<absl::string_view, absl::string_view> kShort[] = {
      {"corp", "corporation"},  {"co", "company"},      {"intl", "international"}, {"org", "organization"},
      {"assoc", "association"}, {"dept", "department"}, {"mfg", "manufacturing"},  {"bros", "brothers"},
      {"univ", "university"},   {"inst", "institute"},  {"govt", "government"},    {"natl", "national"}};
  for (const auto& [brief, full] : kShort) {
    if (brief == word) return full;
  }
  return word;
}

bool AreForms(absl::string_view a, absl::string_view b) {
  const auto first = FormsOfNames().find(a);
  if (first == FormsOfNames().end()) return false;
  const auto second = FormsOfNames().find(b);
  return second != FormsOfNames().end() && (first->second & second->second) != 0;
}

}  // namespace amikeco::screening
