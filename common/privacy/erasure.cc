#include "common/privacy/erasure.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/privacy/data_subject.h"

namespace amikeco {

using ops::v1::DataSubject;
using ops::v1::DataSubjectFact;

const Table<DataSubject>& DataSubjects() {
  static const auto* const table = new Table<DataSubject>("data_subject", [](const DataSubject& subject) {
    if (!subject.has_erase_time()) return std::vector<Key>();
    return std::vector<Key>{{kErased, subject.person()}};
  });
  return *table;
}

absl::StatusOr<Versioned<DataSubject>> FindDataSubject(Reader& reader, absl::string_view person) {
  return DataSubjects().Find(reader, absl::StrCat("dataSubjects/", person));
}

namespace {

absl::Status Erase(Transaction& tx, const Dossiers& dossiers, const std::string& person, const Origin& origin,
                   Versioned<DataSubject>& subject) {
  if (subject.value.has_erase_time()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const int documents, dossiers.Erase(tx, person));
  std::vector<DataSubjectFact> facts(1);
  ops::v1::SubjectErased& erased = *facts[0].mutable_subject_erased();
  erased.set_person(person);
  *erased.mutable_at() = ToTimestamp(origin.time);
  erased.set_documents(documents);
  for (ops::v1::KeptDocument& kept : KeptBy(dossiers.policy())) *erased.add_kept() = std::move(kept);
  return Apply(tx, DataSubjects(), origin, facts, subject);
}

}  // namespace

absl::Status ErasePerson(Transaction& tx, const Dossiers& dossiers, const std::string& person, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto subject, FindDataSubject(tx, person));
  AMIKECO_RETURN_IF_ERROR(MayErase(subject.value, person));
  return Erase(tx, dossiers, person, origin, subject);
}

absl::Status ErasePersonWhenFree(Transaction& tx, const Dossiers& dossiers, const std::string& person,
                                 const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto subject, FindDataSubject(tx, person));
  if (subject.value.holds().empty()) return Erase(tx, dossiers, person, origin, subject);
  std::vector<DataSubjectFact> facts(1);
  ops::v1::ErasureDeferred& deferred = *facts[0].mutable_erasure_deferred();
  deferred.set_person(person);
  for (const auto& hold : subject.value.holds()) deferred.add_holds(hold.id());
  *deferred.mutable_at() = ToTimestamp(origin.time);
  return Apply(tx, DataSubjects(), origin, facts, subject);
}

absl::Status EmptyDossier(Transaction& tx, const Dossiers& dossiers, const std::string& person, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto subject, FindDataSubject(tx, person));
  AMIKECO_RETURN_IF_ERROR(MayErase(subject.value, person));
  AMIKECO_ASSIGN_OR_RETURN(const int documents, dossiers.Empty(tx, person));
  if (documents == 0) return absl::OkStatus();
  std::vector<DataSubjectFact> facts(1);
  ops::v1::DossierEmptied& emptied = *facts[0].mutable_dossier_emptied();
  emptied.set_person(person);
  *emptied.mutable_at() = ToTimestamp(origin.time);
  emptied.set_documents(documents);
  return Apply(tx, DataSubjects(), origin, facts, subject);
}

}  // namespace amikeco
