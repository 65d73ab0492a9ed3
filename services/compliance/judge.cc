#include "services/compliance/judge.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using Code = v1::OpenReason;

// What a date that is not set stands for: further than any date a request can name.
const absl::CivilDay kFirstDay(0, 1, 1);
const absl::CivilDay kLastDay(10000, 1, 1);

struct Entry {
  const v1::ItemRecord* record;
  Days days;
  bool accepted_kind;
  bool right_host;
  bool counts() const { return accepted_kind && right_host; }
};

enum class Verdict { kNothing, kGood, kIncomplete, kReview, kFailed };  // the worst last

// One required item beside everything that was recorded for it.
class Item {
 public:
  Item(const v1::RequiredItem& required, const v1::Clearance& clearance)
      : required_(required), days_{ToDay(required.first_day()), ToDay(required.last_day())} {
    for (const v1::ItemRecord& record : clearance.records()) {
      if (!SpeaksFor(record, required)) continue;
      if (!record.void_reason().empty()) {
        voided_.push_back(&record);
      } else {
        entries_.push_back(EntryOf(record));
      }
    }
  }

  const v1::RequiredItem& required() const { return required_; }
  const Days& days() const { return days_; }

  // The days that must hold now. None for a leg that a running stay has yet to reach, or has left.
  std::optional<Days> Needed(const v1::Clearance& clearance, absl::CivilDay today) const {
    if (!clearance.has_begun() || !required_.every_day()) return days_;
    if (!days_.Contains(today)) return std::nullopt;
    return Days{today, today};
  }

  Verdict On(absl::CivilDay day) const {
    Verdict worst = Verdict::kNothing;
    bool good = false, review = false;
    std::set<std::string> decided;  // kinds about which a later record has spoken
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
      if (!entry->counts() || !entry->days.Contains(day)) continue;
      if (!decided.insert(entry->record->kind()).second) continue;
      const Verdict verdict = VerdictOf(entry->record->outcome());
      worst = std::max(worst, verdict);
      good = good || verdict == Verdict::kGood;
      review = review || verdict == Verdict::kReview;
    }
    if (Checked()) return worst;
    if (good) return Verdict::kGood;
    return review ? Verdict::kReview : worst;
  }

  bool HoldsOn(absl::CivilDay day) const { return On(day) == Verdict::kGood; }

  // First days of the stretches into which `within` falls, on each of which nothing changes.
  std::vector<absl::CivilDay> Stretches(const Days& within) const {
    std::set<absl::CivilDay> starts = {within.first};
    for (const Entry& entry : entries_) {
      if (within.Contains(entry.days.first)) starts.insert(entry.days.first);
      if (within.Contains(entry.days.last + 1)) starts.insert(entry.days.last + 1);
    }
    return {starts.begin(), starts.end()};
  }

  bool HoldsThroughout(const Days& within) const {
    const auto starts = Stretches(within);
    return std::all_of(starts.begin(), starts.end(), [this](absl::CivilDay day) { return HoldsOn(day); });
  }

  v1::OpenItem Explain(const Days& needed) const {
    v1::OpenItem open;
    open.set_item(required_.id());
    open.set_mandatory(required_.mandatory());
    *open.mutable_due() = required_.due();
    AddRecordReasons(open);
    AddDayReasons(needed, open);
    if (open.reasons().empty()) Add(open, Code::CODE_MISSING, nullptr, "Nothing was recorded.");
    return open;
  }

 private:
  // Looked into by others, and not merely handed in: what they found last stands against what was found before.
  bool Checked() const { return required_.kind() == ComplianceItem::KIND_BACKGROUND_CHECK || IsReviewed(required_); }

  Entry EntryOf(const v1::ItemRecord& record) const {
    Entry entry{&record, {kFirstDay, kLastDay}, true, true};
    if (record.has_valid_from()) entry.days.first = ToDay(record.valid_from());
    if (record.has_valid_to()) entry.days.last = ToDay(record.valid_to());
    if (required_.kind() == ComplianceItem::KIND_HEALTH_COVER || Checked()) {
      const auto& kinds = required_.accepted_kinds();
      entry.accepted_kind = kinds.empty() || std::find(kinds.begin(), kinds.end(), record.kind()) != kinds.end();
    }
    // What was found out late is as bad as if it had been known on the first day, the only one a check is judged for.
    if (Checked() && VerdictOf(record.outcome()) != Verdict::kGood) entry.days.first = kFirstDay;
    // A check or cover for a leg names no agency; a waiver or consent does.
    if (!required_.host().empty() && !record.host().empty()) entry.right_host = record.host() == required_.host();
    return entry;
  }

  Verdict VerdictOf(v1::Outcome outcome) const {
    switch (outcome) {
      case v1::OUTCOME_SATISFIED:
        return Verdict::kGood;
      case v1::OUTCOME_REFUSED:  // an answered media consent holds; no other item does
        return required_.kind() == ComplianceItem::KIND_MEDIA_CONSENT ? Verdict::kGood : Verdict::kFailed;
      case v1::OUTCOME_NEEDS_REVIEW:
        return Verdict::kReview;
      case v1::OUTCOME_INCOMPLETE:
        return Verdict::kIncomplete;
      default:
        return Verdict::kFailed;
    }
  }

  static v1::OpenReason& Add(v1::OpenItem& open, Code::Code code, const v1::ItemRecord* record,
                             std::string explanation) {
    v1::OpenReason& reason = *open.add_reasons();
    reason.set_code(code);
    if (record != nullptr) reason.set_record(record->number());
    reason.set_explanation(std::move(explanation));
    return reason;
  }

  void AddRecordReasons(v1::OpenItem& open) const {
    for (const v1::ItemRecord* record : voided_) {
      if (record->void_reason() == "REPLACED") continue;  // its successor speaks for it
      Add(open, Code::CODE_VOIDED, record, absl::StrCat("Record ", record->number(), " was voided."));
    }
    for (const Entry& entry : entries_) {
      if (!entry.accepted_kind) {
        Add(open, Code::CODE_WRONG_KIND, entry.record,
            absl::StrCat("The programme does not accept ", entry.record->kind(), "."))
            .set_kind(entry.record->kind());
      }
      if (!entry.right_host) {
        Add(open, Code::CODE_OTHER_AGENCY, entry.record,
            absl::StrCat("The waiver is for ", entry.record->host(), " and the leg at ", required_.host(), "."))
            .set_host(entry.record->host());
      }
    }
  }

  // Stretches of needed days that do not hold, neighbours with the same verdict joined.
  void AddDayReasons(const Days& needed, v1::OpenItem& open) const {
    if (std::none_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.counts(); })) return;
    const auto starts = Stretches(needed);
    v1::OpenReason* last = nullptr;
    for (size_t i = 0; i < starts.size(); ++i) {
      const absl::CivilDay end = i + 1 < starts.size() ? starts[i + 1] - 1 : needed.last;
      const Verdict verdict = On(starts[i]);
      if (verdict == Verdict::kGood) {
        last = nullptr;
        continue;
      }
      if (last == nullptr || last->code() != CodeOf(verdict)) {
        last = &Add(open, CodeOf(verdict), nullptr, "");
        *last->mutable_first_day() = ToDate(starts[i]);
      }
      *last->mutable_last_day() = ToDate(end);
      last->set_explanation(Sentence(*last));
    }
  }

  static Code::Code CodeOf(Verdict verdict) {
    if (verdict == Verdict::kFailed) return Code::CODE_NOT_SATISFIED;
    if (verdict == Verdict::kIncomplete) return Code::CODE_INCOMPLETE;
    return verdict == Verdict::kReview ? Code::CODE_NEEDS_REVIEW : Code::CODE_NOT_COVERED;
  }

  static std::string Sentence(const v1::OpenReason& reason) {
    const std::string days = absl::StrCat(FormatDate(reason.first_day()), " to ", FormatDate(reason.last_day()));
    if (reason.code() == Code::CODE_NOT_SATISFIED) return absl::StrCat("Not satisfied from ", days, ".");
    if (reason.code() == Code::CODE_INCOMPLETE) return "A watch-list that is required was not searched, or is too old.";
    if (reason.code() == Code::CODE_NEEDS_REVIEW) return absl::StrCat("A person has yet to decide about ", days, ".");
    return absl::StrCat("Does not cover ", days, ".");
  }

  const v1::RequiredItem& required_;
  Days days_;
  std::vector<Entry> entries_;  // oldest first
  std::vector<const v1::ItemRecord*> voided_;
};

std::vector<Item> ItemsOf(const v1::Clearance& clearance) {
  std::vector<Item> items;
  for (const v1::RequiredItem& required : clearance.items()) items.emplace_back(required, clearance);
  return items;
}

bool RunsOn(const std::vector<Item>& items, const v1::Clearance& clearance, absl::CivilDay day) {
  return !clearance.legs().empty() && std::all_of(items.begin(), items.end(), [&](const Item& item) {
    if (!item.required().mandatory()) return true;
    const auto needed = item.Needed(clearance, day);
    return !needed || item.HoldsThroughout(*needed);
  });
}

// Only the operator's officers assess, screen, and keep cases of checks and vetting.
bool IsForOperator(const ComplianceItem& rule) {
  return rule.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT || rule.kind() == ComplianceItem::KIND_SCREENING ||
         rule.has_vetting() || rule.has_check();
}

v1::RequiredItem Required(const ComplianceItem& rule, const Days& days, const matching::v1::Leg* leg,
                          const std::string& person, const std::string& operator_organisation) {
  v1::RequiredItem item;
  item.set_id(rule.id());
  if (leg != nullptr) absl::StrAppend(item.mutable_id(), "/", leg->id());
  if (!person.empty()) absl::StrAppend(item.mutable_id(), "/", absl::StripPrefix(person, "members/"));
  item.set_item(rule.id());
  item.set_person(person);
  if (leg != nullptr) {
    item.set_leg(leg->id());
    item.set_host(leg->host());
  }
  item.set_mandatory(rule.mandatory());
  item.set_kind(rule.kind());
  *item.mutable_accepted_kinds() = rule.accepted_kinds();
  item.set_every_day(rule.every_day());
  item.set_kept_as_case(rule.has_vetting() || rule.has_check() || rule.kind() == ComplianceItem::KIND_VISA ||
                        rule.kind() == ComplianceItem::KIND_SCREENING);
  *item.mutable_due() = ToDate(days.first - rule.due_days_before_start());
  *item.mutable_first_day() = ToDate(days.first);
  *item.mutable_last_day() = ToDate(rule.every_day() ? days.last : days.first);
  if (IsForOperator(rule)) item.set_owner(operator_organisation);
  if (rule.kind() == ComplianceItem::KIND_SCREENING) item.set_screened_for(operator_organisation);
  return item;
}

// Who has to see to it.
void SetOwner(const v1::Clearance& clearance, const v1::RequiredItem& item, v1::OpenItem& open) {
  const auto set = [&](options::v1::Role role, const std::string& name) {
    open.set_owner(role);
    open.set_owner_name(name);
  };
  if (!item.owner().empty()) {
    const bool assesses = item.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT;
    return set(assesses ? options::v1::ROLE_ASSESSOR : options::v1::ROLE_COMPLIANCE_OFFICER, item.owner());
  }
  // A host answers for itself on pictures (A0-33).
  if (item.kind() == ComplianceItem::KIND_MEDIA_CONSENT && !item.host().empty()) {
    return set(options::v1::ROLE_HOST_CONTACT, item.host());
  }
  if (!item.person().empty()) return set(options::v1::ROLE_OFFICER, item.person());
  if (clearance.member().empty() && !clearance.parties().empty()) {
    return set(options::v1::ROLE_REQUESTER, clearance.parties(0));
  }
  set(options::v1::ROLE_OFFICER, clearance.member());
}

}  // namespace

bool IsReviewed(const v1::RequiredItem& item) { return item.kind() >= ComplianceItem::KIND_TRAINING; }

bool FollowsDocument(const v1::RequiredItem& item) {
  return item.kind() == ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION ||
         item.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT;
}

std::vector<v1::RequiredItem> ItemsFor(const programme::v1::Programme& programme,
                                       const google::protobuf::RepeatedPtrField<matching::v1::Leg>& legs,
                                       const google::protobuf::RepeatedPtrField<std::string>& fellows) {
  std::vector<const matching::v1::Leg*> counted;
  for (const matching::v1::Leg& leg : legs) {
    if (counted.empty() || leg.confirmed()) counted.push_back(&leg);
  }
  std::vector<v1::RequiredItem> items;
  if (counted.empty()) return items;
  Days stay{ToDay(counted[0]->start()), ToDay(counted[0]->end())};
  for (const matching::v1::Leg* leg : counted) {
    stay = {std::min(stay.first, ToDay(leg->start())), std::max(stay.last, ToDay(leg->end()))};
  }
  for (const ComplianceItem& rule : programme.compliance()) {
    std::vector<std::string> persons(1);  // nobody in particular
    if (rule.per_person() && !fellows.empty()) persons.assign(fellows.begin(), fellows.end());
    const auto add = [&](const Days& days, const matching::v1::Leg* leg, const std::string& person) {
      items.push_back(Required(rule, days, leg, person, programme.operator_organisation()));
    };
    for (const std::string& person : persons) {
      if (!rule.per_leg()) add(stay, nullptr, person);
      for (const matching::v1::Leg* leg : counted) {
        if (rule.per_leg()) add({ToDay(leg->start()), ToDay(leg->end())}, leg, person);
      }
    }
  }
  return items;
}

bool SpeaksFor(const v1::ItemRecord& record, const v1::RequiredItem& required) {
  if (record.item() == required.id()) return true;
  const absl::string_view item = absl::string_view(record.item()).substr(0, record.item().find('/'));
  return item == required.item() && !record.host().empty() && record.host() == required.host() &&
         (required.person().empty() || record.by() == required.person());
}

Judgement Judge(const v1::Clearance& clearance, absl::CivilDay today) {
  Judgement judgement;
  const std::vector<Item> items = ItemsOf(clearance);
  judgement.holds = RunsOn(items, clearance, today);
  for (const Item& item : items) {
    const auto needed = item.Needed(clearance, today);
    if (!needed || item.HoldsThroughout(*needed)) continue;
    v1::OpenItem& open = judgement.open.emplace_back(item.Explain(*needed));
    SetOwner(clearance, item.required(), open);
  }
  return judgement;
}

std::vector<v1::Lapse> LapsesOf(const v1::Clearance& clearance, absl::CivilDay today) {
  std::vector<v1::Lapse> lapses;
  for (const Item& item : ItemsOf(clearance)) {
    const Days from{std::max(today, item.days().first), kLastDay};
    if (!item.HoldsOn(from.first)) continue;
    for (const absl::CivilDay day : item.Stretches(from)) {
      if (item.HoldsOn(day) || day == kLastDay) continue;
      v1::Lapse& lapse = lapses.emplace_back();
      *lapse.mutable_day() = ToDate(day);
      lapse.set_item(item.required().id());
      lapse.set_needed(item.days().Contains(day));
      break;
    }
  }
  std::stable_sort(lapses.begin(), lapses.end(),
                   [](const auto& a, const auto& b) { return ToDay(a.day()) < ToDay(b.day()); });
  return lapses;
}

std::optional<absl::CivilDay> NextChange(const v1::Clearance& clearance, absl::CivilDay day) {
  if (!clearance.has_begun() || clearance.legs().empty()) return std::nullopt;
  const std::vector<Item> items = ItemsOf(clearance);
  std::set<absl::CivilDay> candidates;
  for (const Item& item : items) {
    if (!item.required().every_day()) continue;  // judged for one day for ever
    for (const absl::CivilDay start : item.Stretches(item.days())) candidates.insert(start);
    candidates.insert(item.days().last + 1);
  }
  const bool now = RunsOn(items, clearance, day);
  for (auto at = candidates.upper_bound(day); at != candidates.end(); ++at) {
    if (RunsOn(items, clearance, *at) != now) return *at;
  }
  return std::nullopt;
}

bool MediaAllowed(const v1::Clearance& clearance) {
  bool asked = false;
  for (const v1::RequiredItem& item : clearance.items()) {
    if (item.kind() != ComplianceItem::KIND_MEDIA_CONSENT) continue;
    asked = true;
    const v1::ItemRecord* latest = nullptr;
    for (const v1::ItemRecord& record : clearance.records()) {
      const bool same_host = record.host() == item.host();
      if (SpeaksFor(record, item) && same_host && record.void_reason().empty()) latest = &record;
    }
    if (latest == nullptr || latest->outcome() != v1::OUTCOME_SATISFIED) return false;
  }
  return asked;
}

}  // namespace amikeco::compliance
