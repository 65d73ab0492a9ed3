// Installation: the four real programs with a private Redis, a mail server and, if wanted, a private PostgreSQL, as an
// operator would set them up in a folder; and what a test does to it from outside.
#ifndef AMIKECO_TESTS_INTEGRATION_INSTALLATION_H_
#define AMIKECO_TESTS_INTEGRATION_INSTALLATION_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/base/actor.h"
#include "common/rpc/client.h"
#include "tests/support/child.h"
#include "tests/support/postgres.h"
#include "tests/support/redis.h"
#include "tests/support/smtp_sink.h"

namespace amikeco {

// Not thread safe; use it on the test's main thread. Run from the root of the tree.
class Installation {
 public:
  struct Options {
    bool on_postgres = false;          // each service in a database of its own; otherwise in SQLite files
    std::set<std::string> twins = {};  // services with a second replica, "applicant-2"; needs PostgreSQL
    bool agencies = true;              // the agencies of the United States are imported
    std::string server = "";           // further fields of every replica's server config: "max_in_flight: 16"
    std::map<std::string, std::string> process = {};  // by service: fields of its process config, its log level too
    std::string clock_file = "";   // "": the system's clock; else what libfaketime makes of this file's "+3600"
    std::string data_folder = "";  // where the SQLite files are; "": in the installation's own folder
  };
  // "applicant", "matching", "compliance", "notify".
  static const std::vector<std::string>& Services();
  // Whose facts each service follows.
  static const std::map<std::string, std::vector<std::string>>& Followed();

  explicit Installation(Options options) : options_(std::move(options)), folder_("integration") {}

  // Starts everything, waits until all is healthy and imports what the options say.
  absl::Status Start();
  // Starts the demo with so many officers of the exchange; the program ends with 0 when all programmes were played and
  // every application ended as the oracle foretold.
  absl::StatusOr<std::unique_ptr<Child>> Play(int seed, int officers);
  std::string PlayLog() const { return folder_ / "log/play"; }

  // Replicas: "matching", "applicant-2". Kill is SIGKILL; Launch starts them, at once, on the ports that they had.
  absl::Status Launch(const std::vector<std::string>& replicas);
  void Kill(const std::string& replica);
  // SIGTERM to all, and how long the last took to end; an error when one does not exit with 0 within a minute.
  absl::StatusOr<absl::Duration> Stop(const std::vector<std::string>& replicas);
  // Ends every service in order; an error names those that did not exit with 0, killed ones aside.
  absl::Status StopServices();

  // The "host:port" of each of the service's replicas, separated by commas.
  std::string TargetsOf(const std::string& service) const;
  // What the service keeps its records in.
  config::v1::StoreConfig StoreOf(const std::string& service) const { return stores_.at(service); }
  // Runs `amikeco` with these arguments as the operator, against the first replica of each service; its exit code.
  absl::StatusOr<int> RunCommandLine(const std::vector<std::string>& arguments, const std::string& log);

  RedisServer& redis() { return *redis_; }
  SmtpSink& mail() { return *mail_; }
  const std::map<std::string, std::unique_ptr<Child>>& replicas() const { return replicas_; }
  std::string DatabaseOf(const std::string& service) const {
    return absl::StrCat(options_.data_folder.empty() ? folder_ / "data" : options_.data_folder, "/", service, ".db");
  }

  // What the replica wrote, over all its starts.
  std::string LogOf(const std::string& replica) const;
  absl::StatusOr<std::string> MetricsOf(const std::string& replica) const;
  // Everything that Redis keeps, as plain bytes.
  absl::StatusOr<std::string> RedisContent() const;

  // Calls "package.Service/Method" of a replica as the operator's coordinator, who also runs the system. Does not
  // retry.
  template <typename Response>
  absl::StatusOr<Response> Call(const std::string& replica, const std::string& method,
                                const google::protobuf::Message& request) {
    return channels_.at(replica)->Call<Response>(method, request);
  }
  // The operator's connection to the replica, for calls as others. Thread safe.
  Channel& channel(const std::string& replica) { return *channels_.at(replica); }
  absl::StatusOr<ops::v1::GetProgressResponse> ProgressOf(const std::string& replica);
  // For messages of a test that failed: what each service waits for, its place in the queue, the end of its log.
  std::string Account();
  // Waits until every service says that nothing is left to do and no e-mail waits.
  absl::Status Settle(absl::Duration patience);

 private:
  std::vector<std::string> ReplicasOf(const std::string& service) const;
  absl::Status MakeFiles();
  absl::Status Migrate(const std::string& service);
  absl::Status Configure(const std::string& service, const std::string& replica, const std::string& store);
  absl::Status Begin(const std::string& replica);
  absl::Status AwaitReady(const std::string& replica);
  absl::Status ImportAgencies();
  absl::StatusOr<bool> MailWaits();
  std::string LeftToDo(std::vector<int64_t>& numbers);
  std::string TargetOf(const std::string& replica) const;

  const Options options_;
  TemporaryFolder folder_;
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<SmtpSink> mail_;
  std::unique_ptr<PostgresServer> postgres_;
  std::set<std::string> operators_;
  std::map<std::string, config::v1::StoreConfig> stores_;  // by service
  std::map<std::string, int> ports_;                       // by replica
  std::map<std::string, std::unique_ptr<Channel>> channels_;
  std::map<std::string, std::unique_ptr<Child>> replicas_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_INTEGRATION_INSTALLATION_H_
