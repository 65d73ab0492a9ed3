// Dossiers: personal data that is unreadable on disk, and that can be erased for good while the facts stay.
#ifndef AMIKECO_COMMON_STORE_DOSSIER_H_
#define AMIKECO_COMMON_STORE_DOSSIER_H_

#include <optional>
#include <string>

#include "common/base/seal.h"
#include "common/store/store.h"
#include "google/protobuf/message.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kDossierErased{
    absl::StatusCode::kFailedPrecondition, kDomain, "DOSSIER_ERASED",
    "The personal data was erased and cannot be given, nor entered again under this name."};
}  // namespace errors

// Each dossier is sealed with a key of its own, which is sealed with the key-encryption key and kept in another record.
// Both seals are bound to the dossier's name: one person's record opens in no other's place. Erasing destroys the key,
// so that copies of the sealed text (in backups, in the database's log) say nothing any more, and leaves a mark, so
// that the name is never used for a new dossier.
//
// Thread safe. ABORTED when another transaction changed the dossier first; DATA_LOSS (SEAL_BROKEN) when what is stored
// was tampered with or the key-encryption key is another one.
class Dossiers {
 public:
  explicit Dossiers(const SecretKey& key_encryption_key) : master_(key_encryption_key) {}
  // With the key-encryption key in this file; see SecretKey::FromFile.
  static absl::StatusOr<Dossiers> FromKeyFile(const std::string& path);

  // Writes the dossier, new or in place of the one there. FAILED_PRECONDITION (DOSSIER_ERASED) when it was erased.
  absl::Status Put(Transaction& tx, absl::string_view name, const google::protobuf::Message& content) const;
  // NOT_FOUND when there never was one; FAILED_PRECONDITION (DOSSIER_ERASED) when it was erased.
  absl::Status Get(Reader& reader, absl::string_view name, google::protobuf::Message* content) const;
  // Entries: what belongs to one person and comes in pieces (a profile, reports, texts of messages), all sealed with
  // the owner's key. Write makes the key when there is none; Erase(owner) makes every entry unreadable, after which a
  // new entry gets a new key. Read: false when there is no such entry or it was erased.
  absl::Status Write(Transaction& tx, absl::string_view owner, absl::string_view entry,
                     const google::protobuf::Message& content) const;
  absl::StatusOr<bool> Read(Reader& reader, absl::string_view owner, absl::string_view entry,
                            google::protobuf::Message& content) const;
  // Erases it for good, with its entries, also when there never was one; again changes nothing.
  absl::Status Erase(Transaction& tx, absl::string_view name) const;

 private:
  // An owner's key, and what tells entries sealed with it from those of a key that was destroyed.
  struct OwnerKey {
    SecretKey key;
    std::string id;
  };
  absl::StatusOr<SecretKey> KeyOf(Reader& reader, absl::string_view name) const;
  absl::StatusOr<std::optional<OwnerKey>> FindKey(Reader& reader, absl::string_view name) const;
  absl::StatusOr<OwnerKey> FindOrMakeKey(Transaction& tx, absl::string_view name) const;

  SecretKey master_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_DOSSIER_H_
