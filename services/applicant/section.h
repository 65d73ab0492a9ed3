// Sections and regions: what follows from commands about them. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_SECTION_H_
#define AMIKECO_SERVICES_APPLICANT_SECTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/actor.h"

namespace amikeco::applicant {

struct DirectoryCircumstance {
  absl::Time now;
  const Actor& actor;
  std::string name;                      // of the record
  std::vector<std::string> programmes;   // names of those that there are
  std::string country = {};              // code of a new section's
  const v1::Section* section = nullptr;  // of a new region; null: not in the directory
};

using SectionFacts = absl::StatusOr<std::vector<v1::SectionFact>>;
using RegionFacts = absl::StatusOr<std::vector<v1::RegionFact>>;

SectionFacts Decide(const v1::Section& section, const v1::RegisterSectionRequest& command,
                    const DirectoryCircumstance& c);
SectionFacts Decide(const v1::Section& section, const v1::UpdateSectionRequest& command,
                    const DirectoryCircumstance& c);
RegionFacts Decide(const v1::Region& region, const v1::RegisterRegionRequest& command, const DirectoryCircumstance& c);
RegionFacts Decide(const v1::Region& region, const v1::UpdateRegionRequest& command, const DirectoryCircumstance& c);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
Section Evolve(Section section, const SectionFact& fact);
Region Evolve(Region region, const RegionFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_SECTION_H_
