// Dossiers: personal data that is unreadable on disk, and that can be erased for good while the facts stay.
#ifndef AMIKECO_COMMON_STORE_DOSSIER_H_
#define AMIKECO_COMMON_STORE_DOSSIER_H_

#include <optional>
#include <string>
#include <vector>

#include "amikeco/ops/v1/privacy.pb.h"
#include "common/base/clock.h"
#include "common/base/seal.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "google/protobuf/message.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kPersonErased{
    absl::StatusCode::kFailedPrecondition, kDomain, "PERSON_ERASED",
    "The person's data was erased, and nothing of them can be kept any more. A person who comes back gets a new id."};
inline constexpr ErrorName kNoRetentionRule{
    absl::StatusCode::kInternal, kDomain, "NO_RETENTION_RULE",
    "The privacy policy does not say how long such documents are kept; the operator adds a rule for their type."};
}  // namespace errors

// A dossier is what belongs to one person (the owner) and comes in entries: a profile, reports, texts of messages. They
// are sealed with a key of the owner's own, which is sealed with the key-encryption key and kept in another record.
// Both seals are bound to their place: one person's record opens in no other's. Erasing destroys the key, so that
// copies of the sealed texts (in backups, in the database's log) say nothing any more, and leaves a tombstone in the
// key's place: no command or fact that comes late makes another.
//
// Thread safe. ABORTED when another transaction changed the dossier first; DATA_LOSS (SEAL_BROKEN) when what is stored
// was tampered with or the key-encryption key is another one.
class Dossiers {
 public:
  enum class State { kNever, kLive, kErased };
  // Where an entry is and what type of message it holds; not what it says.
  struct Entry {
    std::string name;
    std::string document;  // full name of the message
  };
  // An entry whose time to be looked at has come.
  struct Due {
    std::string owner;
    Entry entry;
  };

  // Without a policy nothing is ever due. Policy and clock outlive this.
  explicit Dossiers(const SecretKey& key_encryption_key, const ops::v1::PrivacyPolicy* policy = nullptr,
                    const Clock* clock = nullptr)
      : master_(key_encryption_key), policy_(policy), clock_(clock) {}

  // Writes the entry, new or in place of the one there, and makes the owner's key when there never was one.
  // FAILED_PRECONDITION (PERSON_ERASED) behind Erase; INTERNAL (NO_RETENTION_RULE) when the policy has no rule for it.
  absl::Status Write(Transaction& tx, absl::string_view owner, absl::string_view entry,
                     const google::protobuf::Message& content) const;
  // False when there is no such entry or it was erased. What was read is noted (readings.h).
  absl::StatusOr<bool> Read(Reader& reader, absl::string_view owner, absl::string_view entry,
                            google::protobuf::Message& content) const;
  // A name for `text` by which equal texts are found and that says nothing about them without the key-encryption key.
  std::string Mark(absl::string_view text, absl::string_view context) const;

  absl::StatusOr<State> StateOf(Reader& reader, absl::string_view owner) const;
  absl::StatusOr<std::vector<Entry>> EntriesOf(Reader& reader, absl::string_view owner) const;
  // Makes every entry unreadable for good; the owner may have new ones, with a new key. How many there were.
  absl::StatusOr<int> Empty(Transaction& tx, absl::string_view owner) const;
  // The same, and the owner never has entries again, also when there never was one. Erased already: OK.
  absl::StatusOr<int> Erase(Transaction& tx, absl::string_view owner) const;

  // Entries to be looked at by `now`, earliest first.
  absl::StatusOr<std::vector<Due>> DueEntries(Reader& reader, absl::Time now, int limit) const;
  // The entry is looked at again then. Nothing happens when it is not there.
  absl::Status LookAgain(Transaction& tx, const Due& due, absl::Time when) const;
  // Removes one entry; the owner's other ones stay readable. False when it is not there.
  absl::StatusOr<bool> EraseEntry(Transaction& tx, absl::string_view owner, absl::string_view entry) const;
  // The policy's rule for the type; null: it has none.
  const ops::v1::RetentionRule* RuleOf(absl::string_view document) const;
  const ops::v1::PrivacyPolicy* policy() const { return policy_; }

 private:
  // An owner's key, and what tells entries sealed with it from those of a key that was destroyed.
  struct OwnerKey {
    SecretKey key;
    std::string id;
  };
  absl::StatusOr<std::optional<OwnerKey>> FindKey(Reader& reader, absl::string_view name) const;
  absl::StatusOr<OwnerKey> FindOrMakeKey(Transaction& tx, absl::string_view name) const;
  absl::StatusOr<std::vector<Key>> KeysFor(absl::string_view owner, const std::string& document) const;
  absl::StatusOr<int> RemoveEntries(Transaction& tx, absl::string_view owner) const;

  SecretKey master_;
  const ops::v1::PrivacyPolicy* policy_;
  const Clock* clock_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_DOSSIER_H_
