// Failures as people and programs are told of them, and the exit codes.
#ifndef AMIKECO_CLI_FAILURE_H_
#define AMIKECO_CLI_FAILURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"

namespace amikeco::cli {

enum ExitCode {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,  // a command line or a request that is wrong whatever the state
  kNotFound = 3,
  kDenied = 4,
  kConflict = 5,     // etag, lost race, exists already, or not possible now
  kUnavailable = 6,  // also timed out and too many calls
  kPartial = 7,      // a part of it was done: an import skipped rows
  kInterrupted = 130,
};

inline constexpr char kCliDomain[] = "amikeco.cli";
inline constexpr ErrorName kUsageError{absl::StatusCode::kInvalidArgument, kCliDomain, "USAGE",
                                       "Run the command with --help: it shows examples and every flag."};
inline constexpr ErrorName kNoTarget{absl::StatusCode::kInvalidArgument, kCliDomain, "NO_TARGET",
                                     "Say where the service is: --target HOST:PORT, or the environment variable."};
inline constexpr ErrorName kNoFile{absl::StatusCode::kInvalidArgument, kCliDomain, "FILE_UNREADABLE",
                                   "Check the file's name and whether you may read it."};

ExitCode ExitCodeOf(const absl::Status& status);

// For people: the sentence, each wrong field on a line, what to do, and the names to quote. For programs (`json`): one
// JSON object on one line {code, reason, domain, message, metadata, violations, request_id, help}. Ends with a newline.
std::string DescribeFailure(const absl::Status& status, absl::string_view request_id, bool json);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_FAILURE_H_
