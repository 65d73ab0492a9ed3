// What the fields of requests mean, for the manual and for skeletons.
#ifndef AMIKECO_CLI_MEANINGS_H_
#define AMIKECO_CLI_MEANINGS_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace amikeco::cli {

// The comment above the field in its proto file. A field without one has, in this order: what fields of its name mean,
// the comment of the pair that it ends ("valid_from", "valid_to"), or the record that it names ("The hosting offer.").
// "" when nothing is known.
std::string MeaningOf(const google::protobuf::FieldDescriptor& field);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_MEANINGS_H_
