// Place: what the directory says of a member's section and region, and what follows for eligibility. Pure.
//
// Section and region may ask for more than a programme and can never ask for less: their rules are judged besides the
// programme's, all results must hold, and none of theirs can be set aside (A2-03).
#ifndef AMIKECO_SERVICES_APPLICANT_PLACE_H_
#define AMIKECO_SERVICES_APPLICANT_PLACE_H_

#include <optional>
#include <string>
#include <vector>

#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"
#include "services/applicant/eligibility.h"

namespace amikeco::applicant {

struct Place {
  bool in_use = false;                 // some section is registered; otherwise nothing is asked of the directory
  std::optional<v1::Section> section;  // none: not in the directory
  std::optional<v1::Region> region;
  // What there is instead of one that is not in the directory, to find what was meant.
  std::vector<std::string> sections;
  std::vector<std::string> regions;
};

// Adds that `section` is not in the directory.
void CheckSection(const std::string& section, const Place& place, FieldErrors& wrong);
// Adds that `region` is not in the directory, or is another section's. "" is no region.
void CheckRegion(const std::string& section, const std::string& region, const Place& place, FieldErrors& wrong);

// Adds one result for what the programme asks of the candidate's section, and one for each rule of section and region.
// To be called behind SetAside.
void JudgePlace(const programme::v1::Programme& programme, const Place& place, const Candidate& candidate,
                std::vector<v1::RuleResult>& results);

// Days for the endorsement: the fewest that programme, section and region give. 0: it waits for ever.
int EndorsementDays(const programme::v1::Programme& programme, const Place& place);

// ", did you mean sections/DE or sections/DK?": at most three of `names`, the nearest first; "." when none is near.
std::string DidYouMean(const std::string& name, std::vector<std::string> names);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_PLACE_H_
