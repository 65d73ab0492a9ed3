#include "common/store/dossier.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/dates.h"
#include "common/base/readings.h"

namespace amikeco {
namespace {

constexpr char kDossierKey[] = "dossier_key";
constexpr char kDossierEntry[] = "dossier_entry";
// A sealed key begins with its format and its random nonce, which tell it from every other.
constexpr size_t kKeyIdBytes = 13;
// Keys of entries: whose they are, and when they are to be looked at; both name the type of document behind it.
constexpr char kByOwner[] = "owner";
constexpr char kByLook[] = "look";
constexpr char kSeparator = '\x1f';
constexpr int kBatch = 500;

// Where a seal belongs. No kind has a zero byte, so no two places have one name.
std::string PlaceOf(absl::string_view kind, absl::string_view name) {
  return absl::StrCat(kind, absl::string_view("\0", 1), name);
}

// "|" is in no name.
std::string EntryId(absl::string_view owner, absl::string_view entry) { return absl::StrCat(owner, "|", entry); }

absl::Status Lost(absl::string_view name) {
  return Error(errors::kCorruptRecord, absl::StrCat("The dossier entry ", name, " does not parse."),
               {{"kind", kDossierEntry}, {"name", name}});
}

}  // namespace

absl::StatusOr<std::optional<Dossiers::OwnerKey>> Dossiers::FindKey(Reader& reader, absl::string_view name) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, reader.Get(kDossierKey, name));
  if (!stored || stored->body.empty()) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(const std::string bytes, Unseal(master_, stored->body, PlaceOf(kDossierKey, name)));
  AMIKECO_ASSIGN_OR_RETURN(const SecretKey key, SecretKey::FromBytes(bytes));
  return OwnerKey{key, stored->body.substr(0, kKeyIdBytes)};
}

absl::StatusOr<Dossiers::OwnerKey> Dossiers::FindOrMakeKey(Transaction& tx, absl::string_view name) const {
  AMIKECO_ASSIGN_OR_RETURN(auto found, FindKey(tx, name));
  if (found) return *found;
  AMIKECO_ASSIGN_OR_RETURN(const State state, StateOf(tx, name));
  if (state == State::kErased) {
    return Error(errors::kPersonErased, absl::StrCat("The personal data of ", name, " was erased."),
                 {{"person", name}});
  }
  AMIKECO_ASSIGN_OR_RETURN(const SecretKey key, SecretKey::Random());
  AMIKECO_ASSIGN_OR_RETURN(const std::string sealed, Seal(master_, key.bytes(), PlaceOf(kDossierKey, name)));
  AMIKECO_RETURN_IF_ERROR(tx.Put({kDossierKey, std::string(name), 1, sealed}, 0, {}));
  return OwnerKey{key, sealed.substr(0, kKeyIdBytes)};
}

const ops::v1::RetentionRule* Dossiers::RuleOf(absl::string_view document) const {
  if (policy_ == nullptr) return nullptr;
  for (const ops::v1::RetentionRule& rule : policy_->rules()) {
    if (rule.document() == document) return &rule;
  }
  return nullptr;
}

// The schedule looks at an entry for the first time when its days are over since it was written: it cannot be due
// before.
absl::StatusOr<std::vector<Key>> Dossiers::KeysFor(absl::string_view owner, const std::string& document) const {
  std::vector<Key> keys{{kByOwner, absl::StrCat(owner, absl::string_view(&kSeparator, 1), document)}};
  if (policy_ == nullptr || policy_->rules().empty()) return keys;
  const ops::v1::RetentionRule* const rule = RuleOf(document);
  if (rule == nullptr) {
    return Error(errors::kNoRetentionRule, absl::StrCat("The privacy policy has no rule for ", document, "."),
                 {{"document", document}});
  }
  if (rule->keep_days() > 0) {
    const absl::Time look = clock_->Now() + absl::Hours(24) * rule->keep_days();
    keys.push_back({kByLook, absl::StrCat(SortableTime(look), absl::string_view(&kSeparator, 1), document)});
  }
  return keys;
}

absl::Status Dossiers::Write(Transaction& tx, absl::string_view owner, absl::string_view entry,
                             const google::protobuf::Message& content) const {
  const std::string id = EntryId(owner, entry);
  AMIKECO_ASSIGN_OR_RETURN(const OwnerKey key, FindOrMakeKey(tx, owner));
  AMIKECO_ASSIGN_OR_RETURN(const auto before, tx.Get(kDossierEntry, id));
  AMIKECO_ASSIGN_OR_RETURN(const std::string sealed,
                           Seal(key.key, content.SerializeAsString(), PlaceOf(kDossierEntry, id)));
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<Key> keys, KeysFor(owner, content.GetDescriptor()->full_name()));
  const int64_t version = before ? before->version : 0;
  return tx.Put({kDossierEntry, id, version + 1, key.id + sealed}, version, keys);
}

absl::StatusOr<bool> Dossiers::Read(Reader& reader, absl::string_view owner, absl::string_view entry,
                                    google::protobuf::Message& content) const {
  const std::string id = EntryId(owner, entry);
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, reader.Get(kDossierEntry, id));
  if (!stored) return false;
  AMIKECO_ASSIGN_OR_RETURN(const auto key, FindKey(reader, owner));
  const absl::string_view body = stored->body;
  if (!key || body.substr(0, kKeyIdBytes) != key->id) return false;
  AMIKECO_ASSIGN_OR_RETURN(const std::string plain,
                           Unseal(key->key, body.substr(kKeyIdBytes), PlaceOf(kDossierEntry, id)));
  if (!content.ParseFromString(plain)) return Lost(id);
  NoteReading({std::string(owner), content.GetDescriptor()->full_name(), std::string(entry)});
  return true;
}

std::string Dossiers::Mark(absl::string_view text, absl::string_view context) const {
  return absl::BytesToHexString(KeyedDigest(master_, text, context));
}

absl::StatusOr<Dossiers::State> Dossiers::StateOf(Reader& reader, absl::string_view owner) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto key, reader.Get(kDossierKey, owner));
  if (!key) return State::kNever;
  return key->body.empty() ? State::kErased : State::kLive;
}

absl::StatusOr<std::vector<Dossiers::Entry>> Dossiers::EntriesOf(Reader& reader, absl::string_view owner) const {
  ScanRange range{kDossierEntry, kByOwner, absl::StrCat(owner, absl::string_view(&kSeparator, 1)), "", {}, kBatch};
  range.below = absl::StrCat(owner, "\x20");
  std::vector<Entry> entries;
  while (true) {
    AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan(range));
    for (const auto& [position, record] : rows) {
      entries.push_back({record.id.substr(owner.size() + 1), position.value.substr(owner.size() + 1)});
    }
    if (static_cast<int>(rows.size()) < kBatch) return entries;
    range.after = rows.back().first;
  }
}

absl::StatusOr<int> Dossiers::RemoveEntries(Transaction& tx, absl::string_view owner) const {
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<Entry> entries, EntriesOf(tx, owner));
  for (const Entry& entry : entries) AMIKECO_RETURN_IF_ERROR(EraseEntry(tx, owner, entry.name).status());
  return static_cast<int>(entries.size());
}

absl::StatusOr<int> Dossiers::Empty(Transaction& tx, absl::string_view owner) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto key, tx.Get(kDossierKey, owner));
  if (!key || key->body.empty()) return 0;
  AMIKECO_RETURN_IF_ERROR(tx.Erase(kDossierKey, owner, key->version));
  return RemoveEntries(tx, owner);
}

absl::StatusOr<int> Dossiers::Erase(Transaction& tx, absl::string_view owner) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto key, tx.Get(kDossierKey, owner));
  if (key && key->body.empty()) return 0;
  const int64_t version = key ? key->version : 0;
  AMIKECO_RETURN_IF_ERROR(tx.Put({kDossierKey, std::string(owner), version + 1, ""}, version, {}));
  return RemoveEntries(tx, owner);
}

absl::StatusOr<std::vector<Dossiers::Due>> Dossiers::DueEntries(Reader& reader, absl::Time now, int limit) const {
  const std::string below = SortableTime(now + absl::Microseconds(1));
  AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan({kDossierEntry, kByLook, "", below, std::nullopt, limit}));
  std::vector<Due> due;
  for (const auto& [position, record] : rows) {
    const std::pair<std::string, std::string> id = absl::StrSplit(record.id, absl::MaxSplits('|', 1));
    const std::pair<std::string, std::string> look = absl::StrSplit(position.value, absl::MaxSplits(kSeparator, 1));
    due.push_back({id.first, {id.second, look.second}});
  }
  return due;
}

absl::Status Dossiers::LookAgain(Transaction& tx, const Due& due, absl::Time when) const {
  const std::string id = EntryId(due.owner, due.entry.name);
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, tx.Get(kDossierEntry, id));
  if (!stored) return absl::OkStatus();
  const std::string document = absl::StrCat(absl::string_view(&kSeparator, 1), due.entry.document);
  return tx.Put({kDossierEntry, id, stored->version + 1, stored->body}, stored->version,
                {{kByOwner, due.owner + document}, {kByLook, SortableTime(when) + document}});
}

absl::StatusOr<bool> Dossiers::EraseEntry(Transaction& tx, absl::string_view owner, absl::string_view entry) const {
  const std::string id = EntryId(owner, entry);
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, tx.Get(kDossierEntry, id));
  if (!stored) return false;
  AMIKECO_RETURN_IF_ERROR(tx.Erase(kDossierEntry, id, stored->version));
  return true;
}

}  // namespace amikeco
