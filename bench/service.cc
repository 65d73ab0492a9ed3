// A durable command and reads through the whole call chain over gRPC, each beside the bare echo: for the command an
// echo that writes the same rows in one transaction a request, for the reads one that answers as many bytes.
#include "services/matching/service.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "bench/bare_echo.h"
#include "bench/bare_sqlite.h"
#include "bench/echo.pb.h"
#include "bench/harness.h"
#include "common/base/ids.h"
#include "common/cache/read_through.h"
#include "common/observe/process.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/store/open.h"
#include "programmes/programmes.h"
#include "tests/support/child.h"

namespace amikeco::bench {
namespace {

constexpr int kCallers = 32;
constexpr absl::Duration kLength = absl::Seconds(2);

const Actor& Registrar() {
  static const Actor actor{
      "people/bench", "organisations/bench", {options::v1::ROLE_REGISTRAR, options::v1::ROLE_COORDINATOR}};
  return actor;
}

std::unique_ptr<Channel> Connect(const std::string& target) {
  config::v1::PeerConfig peer;
  peer.set_target(target);
  auto channel = std::make_unique<Channel>(peer, Credentials{"", Registrar()});
  OrDie(channel->WaitUntilConnected(absl::Seconds(5)));
  return channel;
}

config::v1::ServerConfig Loopback() {
  config::v1::ServerConfig config;
  config.mutable_identity()->set_insecure_loopback(true);
  return config;
}

config::v1::ProcessConfig Quiet() {
  config::v1::ProcessConfig config;
  config.set_log_level("error");
  return config;
}

// The matching service with all its layers, on SQLite. Without its relay, as the baseline has none.
class Matching {
 public:
  explicit Matching(const std::string& database)
      : process_(Quiet(), "matching"),
        store_(Open(database)),
        programmes_(OrDie(Programmes::Load("programmes"))),
        server_(Loopback(), process_, clock_),
        cache_("matching", clock_, process_.metrics(), nullptr),
        service_(*store_, programmes_, ids_, &cache_) {
    matching::Bind(server_.chain(), service_);
    OrDie(server_.Start());
  }
  ~Matching() { server_.Stop(); }

  std::string target() const { return absl::StrCat("127.0.0.1:", server_.port()); }

 private:
  static std::unique_ptr<Store> Open(const std::string& database) {
    config::v1::StoreConfig config;
    config.mutable_sqlite()->set_path(database);
    return OrDie(OpenStore(config));
  }

  SystemClock clock_;
  RandomIds ids_;
  Process process_;
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Server server_;
  ReadThrough cache_;
  matching::MatchingService service_;
};

std::string Uuid(RandomIds& ids) {
  std::string hex;
  for (const char c : ids.Next() + ids.Next()) hex.push_back("0123456789abcdef"[static_cast<unsigned char>(c) % 16]);
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-4", hex.substr(13, 3), "-a", hex.substr(17, 3), "-",
                      hex.substr(20, 12));
}

absl::Status RegisterHost(Channel& channel, RandomIds& ids) {
  matching::v1::RegisterHostRequest request;
  request.set_host_id(ids.Next());
  request.mutable_agency()->set_title("Bench Police Department");
  request.mutable_agency()->set_agency_type("City");
  request.mutable_agency()->set_country("US");
  request.mutable_agency()->set_region("CA");
  request.set_request_id(Uuid(ids));
  return channel.Call<matching::v1::Host>("amikeco.matching.v1.MatchingService/RegisterHost", request).status();
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

}  // namespace

void BenchCommandsAndReads() {
  const TemporaryFolder folder("bench");
  const std::string database = folder.path() + "/matching.db";
  Matching matching(database);
  const auto channel = Connect(matching.target());
  RandomIds ids;

  OrDie(RegisterHost(*channel, ids));
  const CommandRows rows = OrDie(LastCommand(database));
  BenchStore(rows);
  {
    const auto bare = OrDie(BareEcho::Start(folder.path() + "/bare.db", rows));
    const auto bare_channel = Connect(bare->target());
    Compare(
        absl::StrCat("durable_command_sqlite_", kCallers, "_callers_", rows.count(), "_rows"),
        [&] { return RegisterHost(*channel, ids); }, [&] { return Echo(*bare_channel, rows.request.response); });
  }

  matching::v1::RegisterHostRequest host;
  host.set_host_id("BENCH1");
  host.mutable_agency()->set_title("Bench Police Department");
  host.mutable_agency()->set_country("US");
  host.mutable_agency()->set_region("CA");
  const auto registered =
      OrDie(channel->Call<matching::v1::Host>("amikeco.matching.v1.MatchingService/RegisterHost", host));
  const std::string payload = registered.SerializeAsString();
  const auto bare = OrDie(BareEcho::Start("", std::nullopt));
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

}  // namespace amikeco::bench
