// Commands that do more than call a method and print its answer.
#ifndef AMIKECO_CLI_SPECIAL_H_
#define AMIKECO_CLI_SPECIAL_H_

#include "absl/status/statusor.h"

namespace amikeco::cli {

struct Invocation;

// `host import`: sends the file in chunks of whole rows, with progress on standard error. 7 when rows were skipped.
absl::StatusOr<int> ImportHosts(Invocation& invocation);
// `section import`, `claim import` and the others of RowImports: a call for each record of a file.
absl::StatusOr<int> ImportRows(Invocation& invocation);
// `application why`: as a person would like to be told.
absl::StatusOr<int> ExplainApplication(Invocation& invocation);
// `clearance show`: what holds and what does not, and what lapses when.
absl::StatusOr<int> ShowClearance(Invocation& invocation);
// `screening get`: the lists that were searched, and each hit with its reasons.
absl::StatusOr<int> ExplainScreening(Invocation& invocation);
// `screening match`: the same of a person who is not kept.
absl::StatusOr<int> ExplainMatches(Invocation& invocation);
// `waiver pdf`: writes the document to the file and prints its SHA-256.
absl::StatusOr<int> SaveWaiver(Invocation& invocation);
// `watch-list import`: uploads the files in pieces, with progress on standard error, and imports them. 7 when rows were
// left out.
absl::StatusOr<int> ImportWatchList(Invocation& invocation);
// `watch-list upload`: one file alone.
absl::StatusOr<int> UploadWatchList(Invocation& invocation);
// `screen`: the people of a file, with progress and wrong rows on standard error. 7 when rows were skipped.
absl::StatusOr<int> ScreenFile(Invocation& invocation);
// `programme check`: what is wrong with a file, or with those of a folder, as "file:line: field: fix".
absl::StatusOr<int> CheckProgrammes(Invocation& invocation);
// `health`: 6 when a service is not ready.
absl::StatusOr<int> Health(Invocation& invocation);
// `audit verify`: 1 when a chain is not whole.
absl::StatusOr<int> VerifyAudit(Invocation& invocation);
// `privacy verify`: 1 when somebody is erased in one service and not in another.
absl::StatusOr<int> VerifyErasures(Invocation& invocation);
absl::StatusOr<int> Version(Invocation& invocation);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_SPECIAL_H_
