// What the cases and documents of a stay come to for each item of its clearance. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_STANDING_H_
#define AMIKECO_SERVICES_COMPLIANCE_STANDING_H_

#include <set>
#include <string>
#include <vector>

#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/background_check.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "amikeco/compliance/v1/vetting.pb.h"
#include "amikeco/compliance/v1/visa.pb.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

// A person's case beside that of the person's unit.
struct VettedPerson {
  v1::VettingCase person;
  v1::VettingCase unit;
};

// All cases of one stay.
struct Cases {
  std::vector<VettedPerson> vettings;
  std::vector<v1::BackgroundCheck> checks;
  std::vector<v1::VisaCase> visas;
  std::vector<v1::Screening> screenings;  // of its persons, for whichever organisation
};

// Whom the item asks; empty: nobody is known by name.
std::set<std::string> PersonsOf(const v1::Clearance& clearance, const v1::RequiredItem& required);

// An item that asks several persons is answered when all of them are, and is not when one of them fails. An item of an
// organisation's stay, whose persons are not known here, asks those who have a case.
//
//                vetting                        background check                  visa
//   SATISFIED    person and unit cleared        clear, engaged                    granted (its days), not needed
//   REVIEW       one of them suspended          to consider, pre-adverse,         -
//                                               disputed
//   NOT          one of them rejected           adverse                           refused
//   nothing      else                           else                              else
//
// Of screenings: SATISFIED while clear, REVIEW while a hit is open, NOT when a person said that it is the same person.
// Of the checks of a person and kind the latest counts that has come to something.
std::vector<Standing> StandingsOf(const v1::Clearance& clearance, const Cases& cases);

// What the documents say of the items that follow them.
std::vector<Standing> StandingsOf(const v1::Clearance& clearance, const v1::EngagementNotification& notification,
                                  const v1::Assessment& assessment);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_STANDING_H_
