// What must be true of rules of eligibility, wherever they are written. Pure.
#ifndef AMIKECO_PROGRAMMES_CHECK_H_
#define AMIKECO_PROGRAMMES_CHECK_H_

#include <string>

#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"

namespace amikeco {

// Adds everything that is wrong with the rules; `list` is the field that holds them: "eligibility".
void CheckRules(const google::protobuf::RepeatedPtrField<programme::v1::EligibilityRule>& rules,
                const std::string& list, FieldErrors& wrong);

}  // namespace amikeco

#endif  // AMIKECO_PROGRAMMES_CHECK_H_
