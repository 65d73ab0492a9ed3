// Dossiers: personal data that is unreadable on disk, and that can be erased for good while the facts stay.
#ifndef AMIKECO_COMMON_STORE_DOSSIER_H_
#define AMIKECO_COMMON_STORE_DOSSIER_H_

#include <optional>
#include <string>

#include "common/base/seal.h"
#include "common/store/store.h"
#include "google/protobuf/message.h"

namespace amikeco {

// A dossier is what belongs to one person (the owner) and comes in entries: a profile, reports, texts of messages. They
// are sealed with a key of the owner's own, which is sealed with the key-encryption key and kept in another record.
// Both seals are bound to their place: one person's record opens in no other's. Erasing destroys the key, so that
// copies of the sealed texts (in backups, in the database's log) say nothing any more.
//
// Thread safe. ABORTED when another transaction changed the dossier first; DATA_LOSS (SEAL_BROKEN) when what is stored
// was tampered with or the key-encryption key is another one.
class Dossiers {
 public:
  explicit Dossiers(const SecretKey& key_encryption_key) : master_(key_encryption_key) {}
  // With the key-encryption key in this file; see SecretKey::FromFile.
  static absl::StatusOr<Dossiers> FromKeyFile(const std::string& path);

  // Writes the entry, new or in place of the one there, and makes the owner's key when there is none.
  absl::Status Write(Transaction& tx, absl::string_view owner, absl::string_view entry,
                     const google::protobuf::Message& content) const;
  // False when there is no such entry or it was erased.
  absl::StatusOr<bool> Read(Reader& reader, absl::string_view owner, absl::string_view entry,
                            google::protobuf::Message& content) const;
  // A name for `text` by which equal texts are found and that says nothing about them without the key-encryption key.
  std::string Mark(absl::string_view text, absl::string_view context) const;
  // Makes every entry unreadable for good; a new entry gets a new key. Nothing to erase: OK.
  absl::Status Erase(Transaction& tx, absl::string_view owner) const;

 private:
  // An owner's key, and what tells entries sealed with it from those of a key that was destroyed.
  struct OwnerKey {
    SecretKey key;
    std::string id;
  };
  absl::StatusOr<std::optional<OwnerKey>> FindKey(Reader& reader, absl::string_view name) const;
  absl::StatusOr<OwnerKey> FindOrMakeKey(Transaction& tx, absl::string_view name) const;

  SecretKey master_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_DOSSIER_H_
