// A contact: how a recipient is reached. The record knows that there is a card; the card is in the dossier. Pure.
#ifndef AMIKECO_SERVICES_NOTIFY_CONTACT_H_
#define AMIKECO_SERVICES_NOTIFY_CONTACT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "amikeco/notify/v1/facts.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/actor.h"

namespace amikeco::notify::v1 {

Contact Evolve(Contact contact, const ContactFact& fact);

}  // namespace amikeco::notify::v1

namespace amikeco::notify {

inline std::string ContactName(absl::string_view recipient) { return absl::StrCat("contacts/", recipient); }

// Who asks, and what is known of the recipient.
struct ContactCircumstance {
  absl::Time now;
  const Actor& actor;
  std::string section;     // the recipient's, when it is a member that is known
  bool operator_ = false;  // the actor's organisation operates a programme
};

// Whose messages an actor reads: the person's for those with nothing but personal roles, else the organisation's.
std::string InboxOf(const Actor& actor);

using ContactFacts = absl::StatusOr<std::vector<v1::ContactFact>>;
// PERMISSION_DENIED (FOREIGN_RECIPIENT) when the contact is not the actor's to set; NOT_FOUND, as for any record of
// others, when it is there and does not name the actor.
ContactFacts Decide(const v1::Contact& contact, const v1::SetContactRequest& command,
                    const ContactCircumstance& circumstance);
ContactFacts Decide(const v1::Contact& contact, const v1::DeleteContactRequest& command,
                    const ContactCircumstance& circumstance);

// There is a card.
inline bool IsSet(const v1::Contact& contact) { return !contact.recipient().empty() && !contact.has_erase_time(); }

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_CONTACT_H_
