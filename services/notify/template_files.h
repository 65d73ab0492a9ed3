// Reads the message templates of a folder.
#ifndef AMIKECO_SERVICES_NOTIFY_TEMPLATE_FILES_H_
#define AMIKECO_SERVICES_NOTIFY_TEMPLATE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "programmes/programmes.h"
#include "services/notify/template.h"

namespace amikeco::notify {

// Every *.textproto of `dir`, strictly parsed and checked against the programmes' notices. INVALID_ARGUMENT with a line
// for each mistake; NOT_FOUND when there is no such folder.
absl::StatusOr<Templates> LoadTemplates(const std::string& dir, const Programmes& programmes);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_TEMPLATE_FILES_H_
