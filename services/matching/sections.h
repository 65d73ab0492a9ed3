// What matching knows of the association's sections, from applicant's facts: whose hosts may be asked for what.
#ifndef AMIKECO_SERVICES_MATCHING_SECTIONS_H_
#define AMIKECO_SERVICES_MATCHING_SECTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/sections.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/store/store.h"
#include "services/matching/tables.h"

namespace amikeco::matching {

// The section after the fact.
v1::SectionNoted Noted(v1::SectionNoted section, const applicant::v1::SectionFact& fact);

// Countries whose section hosts for the programme. Nothing when every country may host: the programme does not ask, or
// the directory is empty (A2-10).
absl::StatusOr<std::optional<std::vector<std::string>>> HostingCountries(Reader& reader, const Tables& tables,
                                                                         const programme::v1::Programme& programme);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_SECTIONS_H_
