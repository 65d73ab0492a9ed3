// The transition table as a document: docs/lifecycle.md.
#ifndef AMIKECO_SERVICES_APPLICANT_LIFECYCLE_H_
#define AMIKECO_SERVICES_APPLICANT_LIFECYCLE_H_

#include <string>

namespace amikeco::applicant {

// Markdown with a diagram of the states and one table for each.
std::string LifecycleDocument();

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_LIFECYCLE_H_
