#include "services/notify/contact.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/notify/errors.h"

namespace amikeco::notify {
namespace {

bool IsPersonal(const Actor& actor) {
  return std::all_of(actor.roles.begin(), actor.roles.end(), [](Role role) {
    return role == options::v1::ROLE_OFFICER || role == options::v1::ROLE_HOME_HOST;
  });
}

bool IsOwn(const std::string& recipient, const Actor& actor) {
  return recipient == InboxOf(actor) || recipient == actor.subject || actor.Has(options::v1::ROLE_SERVICE);
}

bool MaySet(const std::string& recipient, const ContactCircumstance& circumstance) {
  const Actor& actor = circumstance.actor;
  if (IsOwn(recipient, actor)) return true;
  if (IsPersonal(actor) || actor.organisation.empty()) return false;
  return circumstance.section == actor.organisation || circumstance.operator_;
}

}  // namespace

std::string InboxOf(const Actor& actor) { return IsPersonal(actor) ? actor.subject : actor.organisation; }

ContactFacts Decide(const v1::Contact& contact, const v1::SetContactRequest& command,
                    const ContactCircumstance& circumstance) {
  const bool is_set = IsSet(contact);
  const Actor& actor = circumstance.actor;
  // A person may always set its own; others only what they may see.
  if (is_set && !IsOwn(command.recipient(), actor) && !actor.MaySee(contact.parties())) {
    return NotFound(ContactName(command.recipient()));
  }
  if (!is_set && !MaySet(command.recipient(), circumstance)) return errors::ForeignRecipient(command.recipient());
  std::vector<v1::ContactFact> facts(1);
  v1::ContactSet& set = *facts[0].mutable_set();
  set.set_recipient(command.recipient());
  set.set_by(actor.subject);
  set.add_parties(command.recipient());
  for (const std::string& party : {circumstance.section, actor.organisation}) {
    const bool there = std::find(set.parties().begin(), set.parties().end(), party) != set.parties().end();
    // A person's organisation is no party by the person's own act alone; its section is.
    if (!party.empty() && !there && (party == circumstance.section || !IsPersonal(actor))) set.add_parties(party);
  }
  return facts;
}

ContactFacts Decide(const v1::Contact& contact, const v1::DeleteContactRequest& command,
                    const ContactCircumstance& circumstance) {
  if (!IsSet(contact) || !circumstance.actor.MaySee(contact.parties())) return NotFound(command.name());
  std::vector<v1::ContactFact> facts(1);
  facts[0].mutable_erased()->set_by(circumstance.actor.subject);
  *facts[0].mutable_erased()->mutable_at() = ToTimestamp(circumstance.now);
  return facts;
}

}  // namespace amikeco::notify

namespace amikeco::notify::v1 {

Contact Evolve(Contact contact, const ContactFact& fact) {
  switch (fact.fact_case()) {
    case ContactFact::kSet:
      contact.set_name(notify::ContactName(fact.set().recipient()));
      contact.set_recipient(fact.set().recipient());
      *contact.mutable_parties() = fact.set().parties();
      contact.clear_erase_time();
      break;
    case ContactFact::kErased:
      *contact.mutable_erase_time() = fact.erased().at();
      break;
    case ContactFact::FACT_NOT_SET:
      break;
  }
  return contact;
}

}  // namespace amikeco::notify::v1
