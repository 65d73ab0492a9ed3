// Skeleton: a command's request as a file to be filled in, for requests that are too large for flags.
#ifndef AMIKECO_CLI_SKELETON_H_
#define AMIKECO_CLI_SKELETON_H_

#include <string>

#include "cli/command.h"

namespace amikeco::cli {

// Text that is understood as a .textproto: the fields that must be given, empty, and all others behind a "#", each
// below its meaning behind "# ". What the command line gives is left out. The command must call a method.
std::string SkeletonOf(const Command& command);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_SKELETON_H_
