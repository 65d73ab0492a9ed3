#include "services/compliance/standing.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/base/dates.h"
#include "services/compliance/assessment.h"
#include "services/compliance/background_check.h"
#include "services/compliance/case_transitions.h"
#include "services/compliance/notification.h"
#include "services/compliance/vetting.h"
#include "services/compliance/visa.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using v1::RequiredItem;

// What one person's case says; nothing: it has yet to.
struct Word {
  std::string source;
  std::optional<v1::Outcome> outcome;
  std::optional<absl::CivilDay> from, to;
};
// Of one kind, by person.
using Words = std::map<std::string, Word>;

bool Asks(const RequiredItem& required, const std::string& item, const std::string& person) {
  return required.item() == item && (required.person().empty() || required.person() == person);
}

// The narrower of both.
void Narrow(Standing& standing, const Word& word) {
  if (word.from) standing.from = standing.from ? std::max(*standing.from, *word.from) : *word.from;
  if (!word.to) return;
  if (!standing.to || *word.to < *standing.to) {
    standing.to = word.to;
    standing.source = word.source;  // it is the one that ends first
  }
}

std::optional<Standing> Combined(const v1::Clearance& clearance, const RequiredItem& required, const std::string& kind,
                                 const Words& words) {
  for (const v1::Outcome against : {v1::OUTCOME_NOT_SATISFIED, v1::OUTCOME_NEEDS_REVIEW, v1::OUTCOME_INCOMPLETE}) {
    for (const auto& [person, word] : words) {
      if (word.outcome != against) continue;
      return Standing{.item = required.id(),
                      .outcome = against,
                      .kind = kind,
                      .source = word.source,
                      .from = word.from,
                      .to = word.to};
    }
  }
  for (const std::string& person : PersonsOf(clearance, required)) {
    if (words.count(person) == 0) return std::nullopt;
  }
  std::optional<Standing> standing;
  for (const auto& [person, word] : words) {
    if (!word.outcome) return std::nullopt;
    if (!standing) {
      standing = Standing{.item = required.id(), .outcome = v1::OUTCOME_SATISFIED, .kind = kind, .source = word.source};
    }
    Narrow(*standing, word);
  }
  return standing;
}

std::map<std::string, Words> VettingWords(const RequiredItem& required, const Cases& cases) {
  const std::string kind = required.accepted_kinds().empty() ? "" : required.accepted_kinds(0);
  std::map<std::string, Words> words;
  for (const VettedPerson& vetted : cases.vettings) {
    if (!StandsFor(vetted.person) || !Asks(required, vetted.person.item(), vetted.person.person())) continue;
    Word& word = words[kind][vetted.person.person()];
    word.source = vetted.person.name();
    switch (StandingOf(vetted.person, vetted.unit)) {
      case Vetted::kCleared:
        word.outcome = v1::OUTCOME_SATISFIED;
        word.to = ClearedUntil(vetted.person, vetted.unit);
        break;
      case Vetted::kSuspended:
        word.outcome = v1::OUTCOME_NEEDS_REVIEW;
        break;
      case Vetted::kRejected:
        word.outcome = v1::OUTCOME_NOT_SATISFIED;
        break;
      case Vetted::kNotYet:
        break;
    }
  }
  return words;
}

std::optional<v1::Outcome> OutcomeOf(const v1::BackgroundCheck& check) {
  switch (StageOf(check)) {
    case CheckStage::kClear:
    case CheckStage::kEngaged:
      return v1::OUTCOME_SATISFIED;
    case CheckStage::kConsider:
    case CheckStage::kPreAdverse:
    case CheckStage::kDispute:
      return v1::OUTCOME_NEEDS_REVIEW;
    case CheckStage::kAdverse:
      return v1::OUTCOME_NOT_SATISFIED;
    default:
      return std::nullopt;
  }
}

std::map<std::string, Words> CheckWords(const RequiredItem& required, const Cases& cases) {
  std::vector<const v1::BackgroundCheck*> latest_first;
  for (const v1::BackgroundCheck& check : cases.checks) {
    if (OutcomeOf(check) && Asks(required, check.item(), check.person())) latest_first.push_back(&check);
  }
  std::stable_sort(latest_first.begin(), latest_first.end(),
                   [](const auto* a, const auto* b) { return ToTime(a->request_time()) > ToTime(b->request_time()); });
  std::map<std::string, Words> words;
  for (const v1::BackgroundCheck* check : latest_first) {
    Word word{check->name(), OutcomeOf(*check), {}, {}};
    if (check->has_valid_to() && word.outcome == v1::OUTCOME_SATISFIED) word.to = ToDay(check->valid_to());
    words[check->kind()].emplace(check->person(), std::move(word));  // an earlier one does not get in
  }
  return words;
}

std::map<std::string, Words> VisaWords(const RequiredItem& required, const Cases& cases) {
  std::map<std::string, Words> words;
  for (const v1::VisaCase& visa : cases.visas) {
    if (!Asks(required, visa.item(), visa.person())) continue;
    const bool not_needed = visa.state() == v1::VisaCase::STATE_NOT_NEEDED;
    Word& word = words[not_needed ? kVisaNotNeeded : visa.type()][visa.person()];
    word.source = visa.name();
    if (not_needed) word.outcome = v1::OUTCOME_SATISFIED;
    if (visa.state() == v1::VisaCase::STATE_REFUSED) word.outcome = v1::OUTCOME_NOT_SATISFIED;
    if (!visa.has_valid_to()) continue;
    word.outcome = v1::OUTCOME_SATISFIED;  // for its days, also when they are over
    word.from = ToDay(visa.valid_from());
    word.to = ToDay(visa.valid_to());
  }
  return words;
}

std::map<std::string, Words> ScreeningWords(const v1::Clearance& clearance, const RequiredItem& required,
                                            const Cases& cases) {
  const std::set<std::string> persons = PersonsOf(clearance, required);
  std::map<std::string, Words> words;
  for (const v1::Screening& screening : cases.screenings) {
    if (screening.organisation() != required.screened_for() || persons.count(screening.person()) == 0) continue;
    Word& word = words["watch-list"][screening.person()];
    word.source = screening.name();
    switch (screening.state()) {
      case v1::Screening::STATE_CLEAR:
        word.outcome = v1::OUTCOME_SATISFIED;
        break;
      case v1::Screening::STATE_INCOMPLETE:
        word.outcome = v1::OUTCOME_INCOMPLETE;
        break;
      case v1::Screening::STATE_CONSIDER:
      case v1::Screening::STATE_BLOCKED:
        word.outcome = v1::OUTCOME_NEEDS_REVIEW;
        break;
      case v1::Screening::STATE_MATCHED:
        word.outcome = v1::OUTCOME_NOT_SATISFIED;
        break;
      default:
        break;
    }
  }
  return words;
}

}  // namespace

std::set<std::string> PersonsOf(const v1::Clearance& clearance, const RequiredItem& required) {
  if (!required.person().empty()) return {required.person()};
  if (!clearance.fellows().empty()) return {clearance.fellows().begin(), clearance.fellows().end()};
  if (!clearance.member().empty()) return {clearance.member()};
  return {};
}

std::vector<Standing> StandingsOf(const v1::Clearance& clearance, const Cases& cases) {
  std::vector<Standing> standings;
  for (const RequiredItem& required : clearance.items()) {
    if (!required.kept_as_case()) continue;
    std::map<std::string, Words> kinds;
    if (required.kind() == ComplianceItem::KIND_VETTING) kinds = VettingWords(required, cases);
    if (required.kind() == ComplianceItem::KIND_BACKGROUND_CHECK) kinds = CheckWords(required, cases);
    if (required.kind() == ComplianceItem::KIND_VISA) kinds = VisaWords(required, cases);
    if (required.kind() == ComplianceItem::KIND_SCREENING) kinds = ScreeningWords(clearance, required, cases);
    for (const auto& [kind, words] : kinds) {
      if (auto standing = Combined(clearance, required, kind, words)) standings.push_back(*std::move(standing));
    }
  }
  return standings;
}

std::vector<Standing> StandingsOf(const v1::Clearance& clearance, const v1::EngagementNotification& notification,
                                  const v1::Assessment& assessment) {
  std::vector<Standing> standings;
  for (const RequiredItem& required : clearance.items()) {
    std::optional<Standing> standing;
    if (required.kind() == ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION) standing = StandingOf(notification);
    if (required.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT) standing = StandingOf(assessment);
    if (!standing) continue;
    standing->item = required.id();
    standings.push_back(*std::move(standing));
  }
  return standings;
}

}  // namespace amikeco::compliance
