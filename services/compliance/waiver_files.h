// Reads the templates of waivers from a folder, and keeps every version that was ever loaded in the store: what was
// signed can be shown for as long as the record is there.
#ifndef AMIKECO_SERVICES_COMPLIANCE_WAIVER_FILES_H_
#define AMIKECO_SERVICES_COMPLIANCE_WAIVER_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "services/compliance/waiver_template.h"

namespace amikeco::compliance {

// Every *.textproto of `dir`, strictly parsed and checked. INVALID_ARGUMENT with a line for each mistake; NOT_FOUND
// when there is no such folder.
absl::StatusOr<WaiverTemplates> LoadWaiverTemplates(const std::string& dir);

// Keeps what was loaded (records of kind "waiver_template") and adds the versions that were kept before. To be called
// once at start, before `templates` is shared. FAILED_PRECONDITION (WAIVER_TEMPLATE_CHANGED) when a kept version says
// something else than the file, or has no file any more and never ended: what people signed is neither changed nor
// dropped by a file.
absl::Status KeepWaiverTemplates(Store& store, WaiverTemplates& templates);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_WAIVER_FILES_H_
