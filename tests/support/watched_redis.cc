#include "tests/support/watched_redis.h"

#include <fstream>
#include <functional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace amikeco {
namespace {

bool Within(absl::Duration patience, const std::function<bool()>& done) {
  const absl::Time deadline = absl::Now() + patience;
  while (!done()) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return true;
}

std::vector<std::string> ServerArguments(int primary_port) {
  std::vector<std::string> arguments = {"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"};
  if (primary_port != 0) {
    arguments.insert(arguments.end(), {"--replicaof", "127.0.0.1", absl::StrCat(primary_port)});
  }
  return arguments;
}

// What a Sentinel knows about the primary and who else watches it.
std::string InfoOf(int sentinel_port) { return AskRedis(sentinel_port, "INFO sentinel"); }

bool Names(const std::string& info, int port) {
  return absl::StrContains(info, absl::StrCat("status=ok,address=127.0.0.1:", port, ","));
}

int Count(absl::string_view text, absl::string_view part) {
  int count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Whether the Sentinel has heard from both replicas that they are replicas of a primary that they reach, and from both
// other Sentinels. One that has not heard since a server was the primary makes that a replica again as soon as a
// failover makes it the primary, and the failover comes to nothing.
bool SeesAll(int sentinel_port) {
  const std::string replicas = AskRedis(sentinel_port, absl::StrCat("SENTINEL REPLICAS ", WatchedRedis::kPrimary));
  const std::string sentinels = AskRedis(sentinel_port, absl::StrCat("SENTINEL SENTINELS ", WatchedRedis::kPrimary));
  return Count(replicas, "\r\nflags\r\n$5\r\nslave\r\n") == 2 &&
         Count(replicas, "\r\nrole-reported\r\n$5\r\nslave\r\n") == 2 &&
         Count(replicas, "\r\nmaster-link-status\r\n$2\r\nok\r\n") == 2 &&
         Count(sentinels, "\r\nflags\r\n$8\r\nsentinel\r\n") == 2;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WatchedRedis>> WatchedRedis::Start() {
  auto watched = std::make_unique<WatchedRedis>();
  int primary_port = 0;
  for (auto& server : watched->servers_) {
    auto started = RedisServer::Start(ServerArguments(primary_port));
    if (!started.ok()) return started.status();
    server = *std::move(started);
    primary_port = watched->servers_[0]->port();
  }
  for (int i = 0; i < kSentinels; ++i) {
    Sentinel& sentinel = watched->sentinels_[i];
    sentinel.port = FreePort();
    sentinel.config = watched->folder_ / absl::StrCat("sentinel", i, ".conf");
    std::ofstream(sentinel.config) << "port " << sentinel.port << "\nbind 127.0.0.1\ndir " << watched->folder_.path()
                                   << "\nsentinel monitor " << kPrimary << " 127.0.0.1 " << primary_port
                                   << " 2\nsentinel down-after-milliseconds " << kPrimary
                                   << " 1000\nsentinel failover-timeout " << kPrimary << " 4000\n";
    if (const absl::Status status = watched->StartSentinel(i); !status.ok()) return status;
  }
  if (const absl::Status status = watched->Settle(); !status.ok()) return status;
  return watched;
}

absl::Status WatchedRedis::StartSentinel(int i) {
  Sentinel& sentinel = sentinels_[i];
  const std::string log = sentinel.config + ".log";
  // Debian's redis-sentinel is a link to another program.
  auto child = Child::Start({"redis-server", sentinel.config, "--sentinel"}, {.log = log, .user = "", .folder = ""});
  if (!child.ok()) return child.status();
  sentinel.child = *std::move(child);
  if (!Within(absl::Seconds(20), [&] { return AskRedis(sentinel.port, "PING") == "+PONG\r\n"; })) {
    return absl::UnavailableError(absl::StrCat("a Sentinel did not start: ", TailOf(log)));
  }
  // What they do every 10 s, and wait for up to 30 s, shortened: an old primary is made a replica 2 s after it is back.
  // A busy machine must not make them stop judging (tilt).
  const std::string answer =
      AskRedis(sentinel.port,
               "SENTINEL DEBUG info-period 500 publish-period 500 min-link-reconnect-period 1000 election-timeout 2000 "
               "tilt-trigger 20000 tilt-period 1000");
  return answer == "+OK\r\n" ? absl::OkStatus() : absl::InternalError("SENTINEL DEBUG: " + answer);
}

absl::StatusOr<int> WatchedRedis::Primary() const {
  for (int i = 0; i < kServers; ++i) {
    bool named = true;
    for (const Sentinel& sentinel : sentinels_) {
      if (sentinel.child != nullptr) named &= Names(InfoOf(sentinel.port), servers_[i]->port());
    }
    if (named) return i;
  }
  return absl::UnavailableError("the Sentinels do not agree on a primary");
}

absl::StatusOr<int> WatchedRedis::PrimaryAfter(int old, absl::Duration patience) const {
  absl::StatusOr<int> primary;
  const auto replaced = [&] {
    primary = Primary();
    return primary.ok() && *primary != old &&
           absl::StrContains(AskRedis(servers_[*primary]->port(), "ROLE"), "\r\nmaster\r\n");
  };
  if (Within(patience, replaced)) return primary;
  std::string found;
  for (const Sentinel& sentinel : sentinels_) {
    absl::StrAppend(&found, "\n", InfoOf(sentinel.port), TailOf(sentinel.config + ".log"));
  }
  return absl::DeadlineExceededError("no other primary: " + found);
}

absl::Status WatchedRedis::FailOver() {
  std::string answer;
  const auto begun = [&] {
    answer = AskRedis(sentinels_[0].port, absl::StrCat("SENTINEL FAILOVER ", kPrimary));
    return answer == "+OK\r\n";
  };
  if (Within(absl::Seconds(30), begun)) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat("no failover begins: ", answer));
}

absl::Status WatchedRedis::Rejoin(int i) {
  const auto primary = PrimaryAfter(i);
  if (!primary.ok()) return primary.status();
  return servers_[i]->Restart(ServerArguments(servers_[*primary]->port()));
}

bool WatchedRedis::Whole() const {
  const auto primary = Primary();
  if (!primary.ok()) return false;
  for (const Sentinel& sentinel : sentinels_) {
    if (sentinel.child != nullptr && !SeesAll(sentinel.port)) return false;
  }
  for (int i = 0; i < kServers; ++i) {
    const std::string info = AskRedis(servers_[i]->port(), "INFO replication");
    if (!absl::StrContains(info, i == *primary ? "connected_slaves:2" : "master_link_status:up")) return false;
    if (i != *primary && !absl::StrContains(info, absl::StrCat("master_port:", servers_[*primary]->port())))
      return false;
  }
  return true;
}

absl::Status WatchedRedis::Settle(absl::Duration patience) const {
  if (Within(patience, [this] { return Whole(); })) return absl::OkStatus();
  std::string found;
  for (const Sentinel& sentinel : sentinels_) absl::StrAppend(&found, "\n", InfoOf(sentinel.port));
  for (const auto& server : servers_) absl::StrAppend(&found, "\n", AskRedis(server->port(), "INFO replication"));
  return absl::DeadlineExceededError(absl::StrCat("Redis and its Sentinels do not settle: ", found));
}

}  // namespace amikeco
