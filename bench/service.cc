// A durable command and reads through the whole call chain over gRPC, each beside the bare echo: for the command an
// echo that writes the same rows in one transaction a request, for the reads one that answers as many bytes.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/backends.h"
#include "bench/bare_echo.h"
#include "bench/bare_postgres.h"
#include "bench/bare_sqlite.h"
#include "bench/echo.pb.h"
#include "bench/harness.h"
#include "bench/matching.h"
#include "common/store/open.h"
#include "tests/support/child.h"
#include "tests/support/postgres.h"

namespace amikeco::bench {
namespace {

constexpr int kCallers = 32;
constexpr int kConnections = 16;
constexpr absl::Duration kLength = absl::Seconds(2);

std::unique_ptr<Channel> Connect(const std::string& target) {
  config::v1::PeerConfig peer;
  peer.set_target(target);
  auto channel = std::make_unique<Channel>(peer, Credentials{"", Registrar()});
  OrDie(channel->WaitUntilConnected(absl::Seconds(5)));
  return channel;
}

absl::Status Echo(Channel& channel, const std::string& payload) {
  EchoRequest request;
  request.set_payload(payload);
  return channel.Call<EchoResponse>("amikeco.bench.EchoService/Echo", request).status();
}

// Calls per second of ours and of the bare echo, in turn.
void Compare(absl::string_view name, const std::function<absl::Status()>& ours,
             const std::function<absl::Status()>& bare) {
  std::vector<double> our_rates, bare_rates;
  for (int run = 0; run < kRuns; ++run) {
    bare_rates.push_back(Rate(kCallers, kLength, [&](int) { return bare(); }));
    our_rates.push_back(Rate(kCallers, kLength, [&](int) { return ours(); }));
  }
  Print(name, "calls/s", our_rates, bare_rates, true);
}

void CompareCommand(absl::string_view name, const std::string& target, const CommandRows& rows, const BareEcho& bare) {
  const auto channel = Connect(target), bare_channel = Connect(bare.target());
  RandomIds ids;
  Compare(
      absl::StrCat("durable_command_", name, "_", kCallers, "_callers_", rows.count(), "_rows"),
      [&] { return RegisterHost(*channel, RegistrationOf(ids.Next(), "Bench Police Department")); },
      [&] { return Echo(*bare_channel, rows.request.response); });
}

void BenchCommands() {
  const CommandRows rows = RowsOfRegisterHost();
  std::atomic<int64_t> number{0};
  {
    const TemporaryFolder folder("bench");
    const Matching matching(SqliteAt(folder / "matching.db"));
    const auto sqlite = OrDie(BareSqlite::Open(folder / "bare.db"));
    const auto bare = OrDie(BareEcho::Start([&] { return sqlite->Write(Numbered(rows, ++number)); }));
    CompareCommand("sqlite", matching.target(), rows, *bare);
  }
  const auto server = OrDie(PostgresServer::Start());
  const std::string ours = NewDatabase(*server), plain = NewDatabase(*server);
  const Matching matching(PostgresAt(ours, kConnections));
  const auto postgres = OrDie(BarePostgres::Open(plain, kConnections));
  const auto bare =
      OrDie(BareEcho::Start([&] { return postgres->AskAndWrite(Numbered(rows, ++number)); }, kConnections));
  CompareCommand("postgres", matching.target(), rows, *bare);
}

void BenchReads() {
  const TemporaryFolder folder("bench");
  const Matching matching(SqliteAt(folder / "matching.db"));
  const auto channel = Connect(matching.target());
  const auto registered = OrDie(channel->Call<matching::v1::Host>("amikeco.matching.v1.MatchingService/RegisterHost",
                                                                  RegistrationOf("BENCH1", "Bench Police Department")));
  const std::string payload = registered.SerializeAsString();
  const auto bare = OrDie(BareEcho::Start());
  const auto bare_channel = Connect(bare->target());
  const auto echo = [&] { return Echo(*bare_channel, payload); };
  matching::v1::GetHostRequest get;
  get.set_name(registered.name());
  Compare(
      "cached_read",
      [&] { return channel->Call<matching::v1::Host>("amikeco.matching.v1.MatchingService/GetHost", get).status(); },
      echo);
  matching::v1::GetHostCalendarRequest fresh;
  fresh.set_name(registered.name());
  Compare(
      "uncached_read",
      [&] {
        return channel->Call<matching::v1::HostCalendar>("amikeco.matching.v1.MatchingService/GetHostCalendar", fresh)
            .status();
      },
      echo);
}

}  // namespace

void BenchCommandsAndReads() {
  BenchCommands();
  BenchReads();
}

}  // namespace amikeco::bench
