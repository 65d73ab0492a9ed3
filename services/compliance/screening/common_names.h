// Names that very many people have, so that to agree in them says little. Which names are common on watch-lists is
// counted from the lists (Rarity); these are common among those who are screened.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_COMMON_NAMES_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_COMMON_NAMES_H_

#include "absl/strings/string_view.h"

namespace amikeco::screening {

// `latin` is one of the some hundred given or family names that are most frequent in large countries.
bool IsCommonName(absl::string_view latin);

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_COMMON_NAMES_H_
