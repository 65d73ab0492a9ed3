// PostgresServer: a private PostgreSQL 15 on a Unix socket, for the tests that need a real one.
#ifndef AMIKECO_TESTS_SUPPORT_POSTGRES_H_
#define AMIKECO_TESTS_SUPPORT_POSTGRES_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/support/child.h"

namespace amikeco {

// Durable (fsync is on), and its default collation is a linguistic one, so that a column that forgets COLLATE
// "C" is noticed. As root it runs as the user postgres. Not thread safe; start it on the test's main thread.
// The programs must be installed (postgresql-15): a test that cannot start it fails, it is not skipped.
class PostgresServer {
 public:
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start();
  ~PostgresServer();

  // Makes an empty database and returns the connection string for it.
  absl::StatusOr<std::string> NewDatabase();
  // The first column of the first row that `sql` gives, "" when there is none.
  static absl::StatusOr<std::string> Execute(const std::string& conninfo, const std::string& sql);
  // The path of the Unix socket that it listens on.
  std::string socket() const { return folder_ / ".s.PGSQL.5432"; }
  // Ends all connections of clients, as a failover does.
  absl::Status DropConnections();
  // Ends it with open connections cut; what was committed is on disk.
  void Stop();
  // Stops all its processes where they are, as a machine that hangs; connections stay. Resume lets them go on.
  void Pause();
  void Resume();
  // Ends it at once, as a crash does.
  void Kill();
  // Stops it if it runs, and starts it on the same data; returns when it answers.
  absl::Status Restart();

 private:
  PostgresServer() : folder_("postgres") {}
  absl::Status MakeCluster();
  absl::Status Launch();
  void SignalAll(int signal);
  std::string ConnInfo(absl::string_view database) const;

  TemporaryFolder folder_;
  std::unique_ptr<Child> child_;
  int databases_ = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_POSTGRES_H_
