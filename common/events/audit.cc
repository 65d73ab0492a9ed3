#include "common/events/audit.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "amikeco/event/v1/event.pb.h"
#include "common/base/chain.h"

namespace amikeco {
namespace {

using Kind = AuditFault::Kind;

// Facts kept aside to find out what became of them: comparing each with each takes 4,096 hashes.
constexpr size_t kMostSuspects = 64;

bool LabelledAsItSays(const StoredEvent& event) {
  const google::protobuf::LogSilencer quiet;  // bytes that do not parse are no surprise here
  event::v1::Event says;
  return says.ParseFromString(event.body) && says.id() == event.id && says.subject() == event.subject &&
         says.subject_version() == event.subject_version;
}

std::string Numbers(const AuditFault& fault) {
  return fault.number == fault.last ? absl::StrCat("number ", fault.number)
                                    : absl::StrCat("numbers ", fault.number, " to ", fault.last);
}

}  // namespace

const char* NameOf(Kind kind) {
  switch (kind) {
    case Kind::kFlipped:
      return "FLIPPED";
    case Kind::kRemoved:
      return "REMOVED";
    case Kind::kSwapped:
      return "SWAPPED";
    case Kind::kMislabelled:
      return "MISLABELLED";
    case Kind::kUnlinked:
      return "UNLINKED";
    case Kind::kRepeated:
      return "REPEATED";
    case Kind::kTruncated:
      return "TRUNCATED";
    case Kind::kRewritten:
      return "REWRITTEN";
  }
  return "";
}

std::string Describe(const AuditFault& fault) {
  const std::string where = Numbers(fault);
  switch (fault.kind) {
    case Kind::kFlipped:
      return absl::StrCat("The fact with ", where, " or its link was changed.");
    case Kind::kRemoved:
      return absl::StrCat("No fact has ", where, "; the one behind cannot be proved without it.");
    case Kind::kSwapped:
      return absl::StrCat("What stands at ", where, " belongs at number ", fault.belongs_at, ".");
    case Kind::kMislabelled:
      return absl::StrCat("The fact with ", where, " is filed under another id, subject or version than its own.");
    case Kind::kUnlinked:
      return absl::StrCat("Nothing links ", where, " to the chain.");
    case Kind::kRepeated:
      return absl::StrCat("Several facts have ", where, ".");
    case Kind::kTruncated:
      return absl::StrCat("The chain ends before the head that was exported: ", where, " missing.");
    case Kind::kRewritten:
      return absl::StrCat("The chain at ", where, " is not the one whose head was exported.");
  }
  return "";
}

void Audit::Report(AuditFault fault) {
  const bool goes_on = fault.kind == Kind::kUnlinked && !faults_.empty() && faults_.back().kind == fault.kind &&
                       faults_.back().last + 1 == fault.number;
  if (goes_on) {
    faults_.back().last = fault.last;
    return;
  }
  ++fault_count_;
  if (faults_.size() < kMostFaults) faults_.push_back(std::move(fault));
}

void Audit::Add(const StoredEvent& event) {
  if (checked_ == 0) previous_ = {FirstLink()};
  if (event.number <= last_) return Report({Kind::kRepeated, event.number, event.number, event.id});
  if (event.number > last_ + 1) {
    // What was missing before a gap that is not kept is forgotten; that it is missing is not.
    if (gaps_.size() < kMostFaults)
      gaps_.push_back({last_ + 1, event.number - 1, previous_});
    else
      Report({Kind::kRemoved, last_ + 1, event.number - 1});
    previous_.clear();
  }
  ++checked_;
  last_ = event.number;
  last_link_ = event.link;
  if (head_ && head_->number == event.number) head_link_ = event.link;
  const bool said = !CheckLink(event);
  if (!said && !LabelledAsItSays(event) && mislabelled_.size() < kMostFaults) {
    mislabelled_.push_back({Kind::kMislabelled, event.number, event.number, event.id});
  }
}

// False when the fact was reported as changed.
bool Audit::CheckLink(const StoredEvent& event) {
  Links computed;
  for (const std::string& previous : previous_) {
    computed.push_back(LinkOf(previous, event.number, event.body));
    if (computed.back() != event.link) continue;
    previous_ = {event.link};
    return true;
  }
  bool open = true;
  if (event.link.empty()) {
    Report({Kind::kUnlinked, event.number, event.number, event.id});
  } else {
    open = Suspected(event);
  }
  // The next link shows which of the two was changed: a fact's link is as it was when that follows from it, the fact is
  // when that follows from what its link would be. The relay begins anew behind a fact without a link.
  previous_ = {event.link.empty() ? FirstLink() : event.link};
  if (!computed.empty()) previous_.push_back(computed.front());
  if (computed.size() > 1) previous_.push_back(computed.back());
  return open;
}

bool Audit::Suspected(const StoredEvent& event) {
  if (suspects_.size() < kMostSuspects) {
    suspects_.push_back({event, previous_});
    return true;
  }
  if (previous_.empty()) return true;
  Report({Kind::kFlipped, event.number, event.number, event.id});
  return false;
}

// Places where another fact may belong than the one that stands there, with that one; null for none.
std::map<int64_t, Audit::Suspect*> Audit::Slots() {
  std::map<int64_t, Suspect*> slots;
  for (const Gap& gap : gaps_) {
    for (int64_t number = gap.first; number <= gap.last && slots.size() < kMostSuspects; ++number) {
      slots[number] = nullptr;
    }
  }
  for (Suspect& suspect : suspects_) slots[suspect.event.number] = &suspect;
  return slots;
}

void Audit::Resolve() {
  std::map<int64_t, Links> before_gaps;
  for (const Gap& gap : gaps_) before_gaps[gap.first] = gap.previous;
  std::map<int64_t, Links> found;  // by number: what the link there was
  for (const auto& [number, self] : Slots()) {
    Links previous;
    if (const auto known = found.find(number - 1); known != found.end()) {
      previous = known->second;
    } else if (self != nullptr) {
      previous = self->previous;
    } else if (const auto gap = before_gaps.find(number); gap != before_gaps.end()) {
      previous = gap->second;
    }
    found[number] = ResolveSlot(number, self, previous);
  }
}

// What the link of `number` may have been, given what the one before may have been.
Audit::Links Audit::ResolveSlot(int64_t number, Suspect* self, const Links& previous) {
  for (const std::string& link : previous) {
    if (self != nullptr && LinkOf(link, number, self->event.body) == self->event.link) {
      self->intact = true;
      return {self->event.link};
    }
  }
  for (const std::string& link : previous) {
    for (Suspect& with_body : suspects_) {
      const std::string right = LinkOf(link, number, with_body.event.body);
      for (Suspect& with_link : suspects_) {
        if (with_link.event.link != right) continue;
        // Whole facts were moved, or bodies, or links.
        for (Suspect* moved : {&with_body, &with_link}) {
          if (moved->event.number != number) moved->belongs_at = number;
        }
        if (self != nullptr) self->proved_wrong = true;
        return {right};
      }
    }
  }
  if (self == nullptr) return {};
  if (!previous.empty()) self->proved_wrong = true;
  Links links = {self->event.link};
  for (const std::string& link : previous) links.push_back(LinkOf(link, number, self->event.body));
  return links;
}

void Audit::ReportSuspects() {
  for (const Suspect& suspect : suspects_) {
    const int64_t number = suspect.event.number;
    if (!suspect.wrong()) continue;
    if (suspect.belongs_at != 0) {
      Report({Kind::kSwapped, number, number, suspect.event.id, suspect.belongs_at});
    } else {
      Report({Kind::kFlipped, number, number, suspect.event.id});
    }
  }
}

void Audit::CheckHead() {
  if (!head_ || head_->number <= 0) return;
  if (last_ < head_->number) return Report({Kind::kTruncated, last_ + 1, head_->number});
  if (head_link_ != head_->link) Report({Kind::kRewritten, head_->number, head_->number});
}

std::vector<AuditFault> Audit::Finish() {
  Resolve();
  for (const Gap& gap : gaps_) Report({Kind::kRemoved, gap.first, gap.last});
  ReportSuspects();
  for (AuditFault& fault : mislabelled_) {
    // That the body is another one is said already.
    const bool said = std::any_of(suspects_.begin(), suspects_.end(), [&](const Suspect& suspect) {
      return suspect.event.number == fault.number && suspect.wrong();
    });
    if (!said) Report(std::move(fault));
  }
  CheckHead();
  std::stable_sort(faults_.begin(), faults_.end(),
                   [](const AuditFault& a, const AuditFault& b) { return a.number < b.number; });
  return std::move(faults_);
}

}  // namespace amikeco
