// What must be true of a programme's compliance items that are kept as cases, and of trainers' certificates.
#ifndef AMIKECO_PROGRAMMES_CHECK_CASES_H_
#define AMIKECO_PROGRAMMES_CHECK_CASES_H_

#include <string>

#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"

namespace amikeco {

// `field` is the item's: "compliance[2]". Nobody who hosts, or is on, a study visit is asked for a trainer's
// certificate (A4-11).
void CheckCases(const programme::v1::Programme& programme, const programme::v1::ComplianceItem& item,
                const std::string& field, FieldErrors& wrong);

}  // namespace amikeco

#endif  // AMIKECO_PROGRAMMES_CHECK_CASES_H_
