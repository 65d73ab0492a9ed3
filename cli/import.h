// What imports of files have in common: reading the file, and the report of what became of each row.
#ifndef AMIKECO_CLI_IMPORT_H_
#define AMIKECO_CLI_IMPORT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "cli/csv.h"
#include "cli/settings.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

struct Invocation;
class Session;

// Rows counted, and those that were skipped, with line and reason; of every import, whichever service it is for.
using ImportReport = matching::v1::ImportHostsResponse;

// Longer rows are skipped: a quote may be missing.
inline constexpr size_t kLongestRow = size_t{512} * 1024;

// A usage error when the command has a request id: an import is many commands.
absl::Status CheckNoRequestId(const Invocation& invocation);
// The text of the file that is the command's first word, for a command without a request id.
absl::StatusOr<std::string> ReadImported(const Invocation& invocation);
// A usage error when there is no header row.
absl::Status CheckHeader(const std::string& name, const CsvFile& file);

void Reject(ImportReport& report, int line, absl::string_view reason);
// "ORI CA0194200 is on line 3 already."
std::string RepeatOf(absl::string_view key, absl::string_view value, int earlier_line);
// What the file itself loses, before any service has seen it. `key` is what tells its rows apart: "ORI".
void ReportLosses(const CsvFile& file, absl::string_view key, ImportReport& report);
// Waits, as it is told to, when the service is asked too often.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> CallPatiently(
    Session& session, const google::protobuf::MethodDescriptor& method, google::protobuf::Message& request);
// Prints the report, skipped rows by line; the exit code.
int Conclude(const Settings& settings, ImportReport& report);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_IMPORT_H_
