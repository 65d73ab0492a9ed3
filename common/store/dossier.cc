#include "common/store/dossier.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

constexpr char kDossierKey[] = "dossier_key";
constexpr char kDossierEntry[] = "dossier_entry";
// A sealed key begins with its format and its random nonce, which tell it from every other.
constexpr size_t kKeyIdBytes = 13;

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

absl::StatusOr<Dossiers> Dossiers::FromKeyFile(const std::string& path) {
  AMIKECO_ASSIGN_OR_RETURN(const SecretKey key, SecretKey::FromFile(path));
  return Dossiers(key);
}

absl::StatusOr<std::optional<Dossiers::OwnerKey>> Dossiers::FindKey(Reader& reader, absl::string_view name) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, reader.Get(kDossierKey, name));
  if (!stored) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(const std::string bytes, Unseal(master_, stored->body, PlaceOf(kDossierKey, name)));
  AMIKECO_ASSIGN_OR_RETURN(const SecretKey key, SecretKey::FromBytes(bytes));
  return OwnerKey{key, stored->body.substr(0, kKeyIdBytes)};
}

absl::StatusOr<Dossiers::OwnerKey> Dossiers::FindOrMakeKey(Transaction& tx, absl::string_view name) const {
  AMIKECO_ASSIGN_OR_RETURN(auto found, FindKey(tx, name));
  if (found) return *found;
  AMIKECO_ASSIGN_OR_RETURN(const SecretKey key, SecretKey::Random());
  AMIKECO_ASSIGN_OR_RETURN(const std::string sealed, Seal(master_, key.bytes(), PlaceOf(kDossierKey, name)));
  AMIKECO_RETURN_IF_ERROR(tx.Put({kDossierKey, std::string(name), 1, sealed}, 0, {}));
  return OwnerKey{key, sealed.substr(0, kKeyIdBytes)};
}

absl::Status Dossiers::Write(Transaction& tx, absl::string_view owner, absl::string_view entry,
                             const google::protobuf::Message& content) const {
  const std::string id = EntryId(owner, entry);
  AMIKECO_ASSIGN_OR_RETURN(const OwnerKey key, FindOrMakeKey(tx, owner));
  AMIKECO_ASSIGN_OR_RETURN(const auto before, tx.Get(kDossierEntry, id));
  AMIKECO_ASSIGN_OR_RETURN(const std::string sealed,
                           Seal(key.key, content.SerializeAsString(), PlaceOf(kDossierEntry, id)));
  const int64_t version = before ? before->version : 0;
  return tx.Put({kDossierEntry, id, version + 1, key.id + sealed}, version, {});
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
  return true;
}

std::string Dossiers::Mark(absl::string_view text, absl::string_view context) const {
  return absl::BytesToHexString(KeyedDigest(master_, text, context));
}

absl::Status Dossiers::Erase(Transaction& tx, absl::string_view owner) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto key, tx.Get(kDossierKey, owner));
  return key ? tx.Erase(kDossierKey, owner, key->version) : absl::OkStatus();
}

}  // namespace amikeco
