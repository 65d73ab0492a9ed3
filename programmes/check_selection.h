// What must be true of a programme whose places go by ranking, and of its rule about the child that it is for.
#ifndef AMIKECO_PROGRAMMES_CHECK_SELECTION_H_
#define AMIKECO_PROGRAMMES_CHECK_SELECTION_H_

#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"

namespace amikeco {

// All but the ids of the criteria. A selection has no stay: what needs one contradicts it.
void CheckSelection(const programme::v1::Programme& programme, FieldErrors& wrong);

}  // namespace amikeco

#endif  // AMIKECO_PROGRAMMES_CHECK_SELECTION_H_
