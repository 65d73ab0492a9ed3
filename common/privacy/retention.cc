#include "common/privacy/retention.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/dates.h"
#include "common/privacy/data_subject.h"
#include "common/privacy/erasure.h"

namespace amikeco {
namespace {

using ops::v1::DataSubjectFact;

// What is due, as a name: "|" is in no owner's and no type's.
std::string NameOf(const Dossiers::Due& due) {
  return absl::StrCat(due.entry.document, "|", due.owner, "|", due.entry.name);
}

Dossiers::Due DueOf(absl::string_view name) {
  const std::vector<std::string> parts = absl::StrSplit(name, absl::MaxSplits('|', 2));
  return {parts[1], {parts[2], parts[0]}};
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Retention::Due(Reader& reader, absl::Time now, int limit) {
  AMIKECO_ASSIGN_OR_RETURN(const auto entries, dossiers_.DueEntries(reader, now, limit));
  std::vector<std::string> names;
  for (const Dossiers::Due& due : entries) names.push_back(NameOf(due));
  return names;
}

absl::Status Retention::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  const Dossiers::Due due = DueOf(name);
  AMIKECO_ASSIGN_OR_RETURN(auto subject, FindDataSubject(tx, due.owner));
  std::optional<absl::Time> case_end;
  if (case_end_ != nullptr) {
    AMIKECO_ASSIGN_OR_RETURN(case_end, case_end_(tx, due.owner, due.entry.name));
  }
  const ops::v1::RetentionRule* const rule = dossiers_.RuleOf(due.entry.document);
  const Look look = Judge(rule, subject.value, case_end, origin.time);
  std::vector<DataSubjectFact> facts;
  if (look.verdict == Look::Verdict::kErase) {
    AMIKECO_ASSIGN_OR_RETURN(const bool there, dossiers_.EraseEntry(tx, due.owner, due.entry.name));
    if (!there) return absl::OkStatus();
    ops::v1::DocumentErased& erased = *facts.emplace_back().mutable_document_erased();
    erased.set_person(due.owner);
    erased.set_document(due.entry.document);
    erased.set_entry(due.entry.name);
    *erased.mutable_rule() = *rule;
    *erased.mutable_at() = ToTimestamp(origin.time);
    return Apply(tx, DataSubjects(), origin, facts, subject);
  }
  AMIKECO_RETURN_IF_ERROR(dossiers_.LookAgain(tx, due, look.again));
  const auto& deferred = subject.value.deferred();
  const bool told =
      std::any_of(deferred.begin(), deferred.end(), [&](const auto& one) { return one.entry() == due.entry.name; });
  if (look.verdict == Look::Verdict::kKeep || told) return absl::OkStatus();
  ops::v1::DocumentKept& kept = *facts.emplace_back().mutable_document_kept();
  kept.set_person(due.owner);
  kept.set_document(due.entry.document);
  kept.set_entry(due.entry.name);
  kept.set_hold(subject.value.holds(0).id());
  return Apply(tx, DataSubjects(), origin, facts, subject);
}

}  // namespace amikeco
