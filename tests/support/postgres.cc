#include "tests/support/postgres.h"

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace amikeco {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr char kUser[] = "postgres";

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start() {
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  if (absl::Status made = server->MakeCluster(); !made.ok()) return made;
  if (absl::Status launched = server->Launch(); !launched.ok()) return launched;
  return server;
}

PostgresServer::~PostgresServer() { Kill(); }  // its data goes too, so nothing needs to be written down

absl::Status PostgresServer::MakeCluster() {
  // PostgreSQL refuses to run as root; whoever it runs as must own its folder.
  if (geteuid() == 0) {
    const passwd* entry = getpwnam(kUser);
    if (entry == nullptr || chown(folder_.path().c_str(), entry->pw_uid, entry->pw_gid) != 0) {
      return absl::UnavailableError("there is no user postgres: is the package postgresql-15 installed?");
    }
  }
  const std::string log = folder_ / "initdb.log";
  auto child =
      Child::Start({absl::StrCat(kPrograms, "initdb"), "-D", folder_ / "data", "-U", kUser, "-A", "trust", "-E", "UTF8",
                    "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync"},
                   {.log = log, .user = kUser, .folder = folder_.path()});
  if (!child.ok()) return child.status();
  const auto code = (*child)->Wait(absl::Seconds(60));
  if (code.ok() && *code == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("initdb failed (is postgresql-15 installed?): ", TailOf(log)));
}

absl::Status PostgresServer::Launch() {
  const std::string log = folder_ / "postgres.log";
  auto child = Child::Start(
      {absl::StrCat(kPrograms, "postgres"), "-D", folder_ / "data", "-k", folder_.path(), "-c",
       "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=100", "-c", "log_min_messages=warning"},
      {.log = log, .user = kUser, .folder = folder_.path(), .orphan_signal = SIGQUIT});
  if (!child.ok()) return child.status();
  child_ = *std::move(child);
  const std::string conninfo = ConnInfo("postgres");
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (child_->Running() && absl::Now() < deadline) {
    if (PQping(conninfo.c_str()) == PQPING_OK) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(10));
  }
  child_.reset();
  return absl::UnavailableError(absl::StrCat("PostgreSQL did not start: ", TailOf(log)));
}

std::string PostgresServer::ConnInfo(absl::string_view database) const {
  return absl::StrCat("host=", folder_.path(), " user=", kUser, " dbname=", database);
}

absl::StatusOr<std::string> PostgresServer::NewDatabase() {
  const std::string name = absl::StrCat("test_", ++databases_);
  const auto made = Execute(ConnInfo("postgres"), absl::StrCat("CREATE DATABASE ", name));
  if (!made.ok()) return made.status();
  return ConnInfo(name);
}

absl::StatusOr<std::string> PostgresServer::Execute(const std::string& conninfo, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(conninfo.c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return absl::InternalError(absl::StrCat(sql, ": ", PQerrorMessage(connection.get())));
  }
  return PQntuples(result.get()) == 0 ? std::string() : std::string(PQgetvalue(result.get(), 0, 0));
}

absl::Status PostgresServer::DropConnections() {
  return Execute(ConnInfo("postgres"),
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                 " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
      .status();
}

void PostgresServer::Stop() {
  if (child_ == nullptr) return;
  child_->End(SIGINT, absl::Seconds(30));  // "fast" shutdown
  child_.reset();
}

// The first process before the others: it would make new ones.
void PostgresServer::SignalAll(int signal) {
  if (child_ == nullptr) return;
  child_->Signal(signal);
  std::ifstream children(absl::StrCat("/proc/", child_->pid(), "/task/", child_->pid(), "/children"));
  for (pid_t pid = 0; children >> pid;) kill(pid, signal);
}

void PostgresServer::Pause() { SignalAll(SIGSTOP); }

void PostgresServer::Resume() { SignalAll(SIGCONT); }

void PostgresServer::Kill() {
  if (child_ == nullptr) return;
  Resume();
  child_->End(SIGQUIT, absl::Seconds(30));  // "immediate": no checkpoint, recovery at the next start
  child_.reset();
}

absl::Status PostgresServer::Restart() {
  Stop();
  return Launch();
}

}  // namespace amikeco
