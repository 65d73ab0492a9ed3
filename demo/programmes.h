// What the demo knows of a programme, told from its data alone: nothing here or elsewhere in the demo goes by its name.
#ifndef AMIKECO_DEMO_PROGRAMMES_H_
#define AMIKECO_DEMO_PROGRAMMES_H_

#include <optional>
#include <string>
#include <vector>

#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::demo {

// What the demo cannot play of the programme; "" when it can play all of it.
std::string WhyNotPlayed(const programme::v1::Programme& programme);

// The exchange: the first programme that places individuals with ranked hosts of one country.
std::optional<size_t> FindExchange(const std::vector<programme::v1::Programme>& programmes);

bool IsForOrganisations(const programme::v1::Programme& programme);
bool IsForCohorts(const programme::v1::Programme& programme);
// A place is looked for.
bool IsSought(const programme::v1::Programme& programme);
// A jury gives its places.
bool IsJudged(const programme::v1::Programme& programme);
// Members apply for a child.
bool IsForChildren(const programme::v1::Programme& programme);
bool IsEndorsed(const programme::v1::Programme& programme);

// The first item that must hold and that somebody else reviews; nullptr: there is none.
const programme::v1::ComplianceItem* FirstReview(const programme::v1::Programme& programme);
bool IsReviewed(programme::v1::ComplianceItem::Kind kind);

// The programme's rule of this sort; nullptr: there is none.
const programme::v1::EligibilityRule* FindRule(const programme::v1::Programme& programme,
                                               programme::v1::EligibilityRule::RuleCase rule);

// A country whose hosts count.
std::string CountryOf(const programme::v1::Programme& programme);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_PROGRAMMES_H_
