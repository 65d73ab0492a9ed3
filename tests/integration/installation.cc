#include "tests/integration/installation.h"

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/status.h"
#include "programmes/programmes.h"

namespace amikeco {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
#ifdef __SANITIZE_ADDRESS__
// The sanitizer's own library must be the first of all.
constexpr char kFakeTime[] = "libasan.so.8:/usr/$LIB/faketime/libfaketimeMT.so.1";
#else
constexpr char kFakeTime[] = "/usr/$LIB/faketime/libfaketimeMT.so.1";
#endif

const std::map<std::string, std::string>& Programs() {
  static const auto& programs = *new std::map<std::string, std::string>{{"applicant", AMIKECO_APPLICANT_PROGRAM},
                                                                        {"matching", AMIKECO_MATCHING_PROGRAM},
                                                                        {"compliance", AMIKECO_COMPLIANCE_PROGRAM},
                                                                        {"notify", AMIKECO_NOTIFY_PROGRAM}};
  return programs;
}

const Actor& Operator() {
  static const Actor& actor = *new Actor{"people/operator",
                                         "organisations/ipa-us",
                                         {options::v1::ROLE_COORDINATOR, options::v1::ROLE_REGISTRAR,
                                          options::v1::ROLE_OPERATIONS, options::v1::ROLE_AUDITOR}};
  return actor;
}

// Organisations that operate a programme; each sees the delivery log of its own.
std::set<std::string> OperatorsOf(const Programmes& programmes) {
  std::set<std::string> operators;
  for (const auto* programme : programmes.Latest()) operators.insert(programme->operator_organisation());
  return operators;
}

// "applicant-2" is a replica of "applicant".
std::string ServiceOf(const std::string& replica) { return replica.substr(0, replica.find('-')); }

std::string Contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// HTTP/1.0, so that the answer's end is the connection's.
absl::StatusOr<std::string> HttpGet(int port, absl::string_view path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n");
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
    char buffer[4096];
    for (ssize_t got = read(fd, buffer, sizeof(buffer)); got > 0; got = read(fd, buffer, sizeof(buffer))) {
      answer.append(buffer, static_cast<size_t>(got));
    }
  }
  close(fd);
  if (answer.find(" 200 ") == std::string::npos) return absl::UnavailableError(absl::StrCat("answered: ", answer));
  return answer;
}

// The answer's texts: none for a number or a bare OK.
absl::StatusOr<std::vector<std::string>> AskRedis(redisContext* redis, const char* command) {
  const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(redisCommand(redis, command)),
                                                           freeReplyObject);
  if (reply == nullptr) return absl::UnavailableError(redis->errstr);
  if (reply->type == REDIS_REPLY_ERROR) return absl::InternalError(reply->str);
  std::vector<std::string> texts;
  for (size_t i = 0; i < reply->elements; ++i) texts.emplace_back(reply->element[i]->str, reply->element[i]->len);
  return texts;
}

}  // namespace

const std::map<std::string, std::vector<std::string>>& Installation::Followed() {
  static const auto& followed =
      *new std::map<std::string, std::vector<std::string>>{{"applicant", {"matching", "compliance"}},
                                                           {"matching", {"applicant"}},
                                                           {"compliance", {"matching", "applicant"}},
                                                           {"notify", {"applicant", "matching", "compliance"}}};
  return followed;
}

const std::vector<std::string>& Installation::Services() {
  static const auto& services = *new std::vector<std::string>{"applicant", "matching", "compliance", "notify"};
  return services;
}

std::vector<std::string> Installation::ReplicasOf(const std::string& service) const {
  if (options_.twins.count(service) == 0) return {service};
  return {service, service + "-2"};
}

std::string Installation::TargetOf(const std::string& replica) const {
  return absl::StrCat("127.0.0.1:", ports_.at(replica));
}

absl::Status Installation::MakeFiles() {
  for (const char* name : {"config", "data", "log", "run"}) std::filesystem::create_directory(folder_ / name);
  std::ofstream(folder_ / "kek") << "7f3a1c5e9b0d2846"
                                 << "a1b2c3d4e5f60718"
                                 << "00112233445566778899aabbccddeeff\n";
  std::filesystem::permissions(folder_ / "kek", std::filesystem::perms::owner_read);
  for (const std::string& service : Services()) {
    for (const std::string& replica : ReplicasOf(service)) {
      ports_[replica] = FreePort();
      config::v1::PeerConfig peer;
      peer.set_target(TargetOf(replica));
      channels_[replica] = std::make_unique<Channel>(peer, Credentials{"", Operator()});
    }
  }
  for (const std::string& service : Services()) {
    config::v1::StoreConfig& store = stores_[service];
    if (options_.on_postgres) {
      AMIKECO_ASSIGN_OR_RETURN(*store.mutable_postgres()->mutable_conninfo(), postgres_->NewDatabase());
      store.mutable_postgres()->set_connections(10);
    } else {
      store.mutable_sqlite()->set_path(DatabaseOf(service));
    }
    for (const std::string& replica : ReplicasOf(service)) {
      AMIKECO_RETURN_IF_ERROR(Configure(service, replica, store.ShortDebugString()));
    }
  }
  return absl::OkStatus();
}

absl::Status Installation::Configure(const std::string& service, const std::string& replica, const std::string& store) {
  const std::string root = std::filesystem::current_path().string();
  const auto process = options_.process.find(service);
  std::string text = absl::StrReplaceAll(
      R"(common {
  process { $process metrics_listen: "127.0.0.1:0" metrics_port_file: "$run.metrics" adjustable_clock: true }
  server { listen: "$target" port_file: "$run.port" identity { insecure_loopback: true } $server }
  store { $store }
  queue { redis { host: "127.0.0.1" port: $redis } $sources }
  programmes_dir: "$root/programmes"
  territories_files: ["$root/data/territories.tsv", "$root/data/territory_additions.tsv"]
  key_file: "$kek"
  privacy_policy_file: "$root/privacy/policy.textproto"
}
)",
      {{"$run", folder_ / ("run/" + replica)},
       {"$target", TargetOf(replica)},
       {"$server", options_.server},
       {"$process", process == options_.process.end() ? R"(log_level: "info")" : process->second},
       {"$store", store},
       {"$redis", absl::StrCat(redis_->port())},
       {"$sources", absl::StrJoin(Followed().at(service), " ",
                                  [&](std::string* out, const std::string& source) {
                                    absl::StrAppend(out, "sources { service: \"", source,
                                                    "\" peer { target: \"ipv4:", TargetsOf(source), "\" } }");
                                  })},
       {"$root", root},
       {"$kek", folder_ / "kek"}});
  if (service == "applicant") absl::StrAppend(&text, "compliance { target: \"", TargetOf("compliance"), "\" }\n");
  if (service == "compliance") {
    absl::StrAppend(&text, "assessment_policy_file: \"", root, "/assessments/osja.textproto\"\n", "waivers_dir: \"",
                    root, "/services/compliance/waivers\"\n");
  }
  if (service == "notify") {
    absl::StrAppend(&text, "smtp { url: \"", mail_->url(), "\" from: \"office@amikeco.example\" }\n",
                    "templates_dir: \"", root, "/services/notify/templates\"\n");
  }
  std::ofstream file(folder_ / ("config/" + replica));
  file << text;
  file.close();
  return file.good() ? absl::OkStatus() : absl::InternalError("cannot write the configuration of " + replica);
}

absl::Status Installation::Migrate(const std::string& service) {
  const std::string log = folder_ / ("log/migrate-" + service);
  AMIKECO_ASSIGN_OR_RETURN(
      const auto child, Child::Start({Programs().at(service), "--config", folder_ / ("config/" + service), "--migrate"},
                                     {.log = log, .user = "", .folder = ""}));
  AMIKECO_ASSIGN_OR_RETURN(const int code, child->Wait(kPatience));
  return code == 0 ? absl::OkStatus() : absl::InternalError(absl::StrCat(service, " --migrate: ", code, TailOf(log)));
}

absl::Status Installation::Begin(const std::string& replica) {
  std::vector<std::string> argv{"env"};
  if (!options_.clock_file.empty()) {
    // The file is read again each second. What counts time without a date has the kernel's steady clock.
    argv.insert(argv.end(), {absl::StrCat("LD_PRELOAD=", kFakeTime), "FAKETIME_DONT_FAKE_MONOTONIC=1",
                             "FAKETIME_CACHE_DURATION=1", "FAKETIME_TIMESTAMP_FILE=" + options_.clock_file});
  }
  argv.insert(argv.end(), {Programs().at(ServiceOf(replica)), "--config", folder_ / ("config/" + replica)});
  AMIKECO_ASSIGN_OR_RETURN(replicas_[replica],
                           Child::Start(argv, {.log = folder_ / ("log/" + replica), .user = "", .folder = ""}));
  return absl::OkStatus();
}

absl::Status Installation::AwaitReady(const std::string& replica) {
  const absl::Time deadline = absl::Now() + kPatience;
  absl::Status health;
  while (replicas_[replica]->Running() && absl::Now() < deadline) {
    health = CheckHealth(*channels_.at(replica), "readiness", absl::Seconds(1));
    if (health.ok()) return health;
    absl::SleepFor(absl::Milliseconds(10));
  }
  return absl::UnavailableError(
      absl::StrCat(replica, " does not get ready: ", health.message(), "\n", TailOf(folder_ / ("log/" + replica))));
}

void Installation::Kill(const std::string& replica) { replicas_.at(replica)->End(SIGKILL, absl::Seconds(10)); }

absl::Status Installation::Launch(const std::vector<std::string>& replicas) {
  for (const std::string& replica : replicas) AMIKECO_RETURN_IF_ERROR(Begin(replica));
  for (const std::string& replica : replicas) AMIKECO_RETURN_IF_ERROR(AwaitReady(replica));
  return absl::OkStatus();
}

absl::StatusOr<absl::Duration> Installation::Stop(const std::vector<std::string>& replicas) {
  const absl::Time start = absl::Now();
  for (const std::string& replica : replicas) replicas_.at(replica)->Signal(SIGTERM);
  for (const std::string& replica : replicas) {
    AMIKECO_ASSIGN_OR_RETURN(const int code, replicas_.at(replica)->Wait(kPatience));
    if (code != 0) return absl::InternalError(absl::StrCat(replica, ": exit code ", code));
  }
  return absl::Now() - start;
}

absl::Status Installation::StopServices() {
  std::vector<std::string> wrong;
  for (auto& [replica, child] : replicas_) child->Signal(SIGTERM);
  for (auto& [replica, child] : replicas_) {
    const auto code = child->Wait(absl::Seconds(30));
    if (!code.ok() || (*code != 0 && *code != 128 + SIGKILL)) {
      wrong.push_back(absl::StrCat(replica, ": ", code.ok() ? absl::StrCat("exit code ", *code) : "does not end"));
    }
  }
  return wrong.empty() ? absl::OkStatus() : absl::InternalError(absl::StrJoin(wrong, ", "));
}

absl::Status Installation::Start() {
  AMIKECO_ASSIGN_OR_RETURN(redis_, RedisServer::Start());
  AMIKECO_ASSIGN_OR_RETURN(mail_, SmtpSink::Start({}));
  if (options_.on_postgres) {
    AMIKECO_ASSIGN_OR_RETURN(postgres_, PostgresServer::Start());
  }
  AMIKECO_RETURN_IF_ERROR(MakeFiles());
  AMIKECO_ASSIGN_OR_RETURN(const Programmes programmes, Programmes::Load("programmes"));
  operators_ = OperatorsOf(programmes);
  if (options_.on_postgres) {
    for (const std::string& service : Services()) AMIKECO_RETURN_IF_ERROR(Migrate(service));
  }
  std::vector<std::string> all;
  for (const auto& [replica, port] : ports_) all.push_back(replica);
  AMIKECO_RETURN_IF_ERROR(Launch(all));
  return options_.agencies ? ImportAgencies() : absl::OkStatus();
}

absl::StatusOr<int> Installation::RunCommandLine(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> argv{"env", "AMIKECO_AS=people/operator", "AMIKECO_ORG=organisations/ipa-us",
                                "AMIKECO_ROLE=coordinator,registrar,operations,auditor"};
  for (const std::string& service : Services()) {
    argv.push_back(absl::StrCat("AMIKECO_", absl::AsciiStrToUpper(service), "=", TargetOf(service)));
  }
  argv.push_back(AMIKECO_PROGRAM);
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  AMIKECO_ASSIGN_OR_RETURN(const auto child, Child::Start(argv, {.log = log, .user = "", .folder = ""}));
  return child->Wait(absl::Minutes(2));
}

absl::Status Installation::ImportAgencies() {
  const std::string log = folder_ / "log/import";
  AMIKECO_ASSIGN_OR_RETURN(const int code, RunCommandLine({"host", "import", "data/us_agencies.csv"}, log));
  return code == 0 ? absl::OkStatus() : absl::InternalError(absl::StrCat("host import: ", code, "\n", TailOf(log)));
}

std::string Installation::TargetsOf(const std::string& service) const {
  std::vector<std::string> targets;
  for (const std::string& replica : ReplicasOf(service)) targets.push_back(TargetOf(replica));
  return absl::StrJoin(targets, ",");
}

absl::StatusOr<std::unique_ptr<Child>> Installation::Play(int seed, int officers) {
  std::vector<std::string> argv{"env"};
  for (const std::string& service : Services()) {
    argv.push_back(absl::StrCat("AMIKECO_", absl::AsciiStrToUpper(service), "=", TargetsOf(service)));
  }
  argv.insert(argv.end(),
              {AMIKECO_DEMO_PROGRAM, "run", "--seed", absl::StrCat(seed), "--officers", absl::StrCat(officers)});
  return Child::Start(argv, {.log = PlayLog(), .user = "", .folder = ""});
}

std::string Installation::LogOf(const std::string& replica) const { return Contents(folder_ / ("log/" + replica)); }

absl::StatusOr<std::string> Installation::MetricsOf(const std::string& replica) const {
  int port = 0;
  std::ifstream(folder_ / ("run/" + replica + ".metrics")) >> port;
  return HttpGet(port, "/metrics");
}

absl::StatusOr<std::string> Installation::RedisContent() const {
  const std::unique_ptr<redisContext, void (*)(redisContext*)> redis(redisConnect("127.0.0.1", redis_->port()),
                                                                     redisFree);
  if (redis == nullptr || redis->err != 0) return absl::UnavailableError("cannot connect to Redis");
  AMIKECO_RETURN_IF_ERROR(AskRedis(redis.get(), "CONFIG SET rdbcompression no").status());
  AMIKECO_RETURN_IF_ERROR(AskRedis(redis.get(), "SAVE").status());
  AMIKECO_ASSIGN_OR_RETURN(const auto folder, AskRedis(redis.get(), "CONFIG GET dir"));  // "dir" and where it is
  return Contents(folder.at(1) + "/dump.rdb");
}

absl::StatusOr<ops::v1::GetProgressResponse> Installation::ProgressOf(const std::string& replica) {
  return Call<ops::v1::GetProgressResponse>(replica, "amikeco.ops.v1.OperationsService/GetProgress",
                                            ops::v1::GetProgressRequest());
}

std::string Installation::Account() {
  std::string account;
  for (const auto& [replica, child] : replicas_) {
    absl::StrAppend(&account, "\n", replica, child->Running() ? "" : " (does not run)", ":\n");
    const auto progress = ProgressOf(replica);
    const auto stats = Call<ops::v1::GetQueueStatsResponse>(replica, "amikeco.ops.v1.OperationsService/GetQueueStats",
                                                            ops::v1::GetQueueStatsRequest());
    absl::StrAppend(&account, progress.ok() ? progress->ShortDebugString() : progress.status().ToString(), "\n",
                    stats.ok() ? stats->DebugString() : stats.status().ToString(), "\n",
                    TailOf(folder_ / ("log/" + replica)));
  }
  return account;
}

absl::StatusOr<bool> Installation::MailWaits() {
  for (const std::string& organisation : operators_) {
    CallOptions options;
    // As a service, whose calls no quota counts.
    options.credentials = Credentials{
        "", Actor{Operator().subject, organisation, {options::v1::ROLE_COORDINATOR, options::v1::ROLE_SERVICE}}};
    for (const auto state :
         {notify::v1::MESSAGE_STATE_QUEUED, notify::v1::MESSAGE_STATE_SENDING, notify::v1::MESSAGE_STATE_DEFERRED}) {
      notify::v1::ListMessagesRequest request;
      request.set_state(state);
      request.set_page_size(1);
      AMIKECO_ASSIGN_OR_RETURN(const auto found, channel("notify").Call<notify::v1::ListMessagesResponse>(
                                                     "amikeco.notify.v1.NotifyService/ListMessages", request, options));
      if (found.messages_size() > 0) return true;
    }
  }
  return false;
}

// A service that does not answer in time is asked again, until patience is over.
std::string Installation::LeftToDo(std::vector<int64_t>& numbers) {
  std::string left;
  for (const std::string& service : Services()) {
    const auto progress = ProgressOf(service);
    if (!progress.ok()) {
      absl::StrAppend(&left, service, ": ", progress.status().ToString(), "\n");
      continue;
    }
    for (const std::string& what : progress->waiting_for()) absl::StrAppend(&left, service, ": ", what, "\n");
    numbers.push_back(progress->published_number());
    numbers.push_back(progress->handled_number());
  }
  const auto mail = MailWaits();
  if (!mail.ok()) absl::StrAppend(&left, "notify: ", mail.status().ToString(), "\n");
  if (mail.ok() && *mail) absl::StrAppend(&left, "notify: e-mail waits\n");
  return left;
}

absl::Status Installation::Settle(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  std::string left;
  // A service that was asked first may have been given work by one that was asked later: so two looks must show nothing
  // left, and nothing that moved in between.
  std::vector<int64_t> before;
  while (absl::Now() < deadline) {
    std::vector<int64_t> numbers;
    left = LeftToDo(numbers);
    if (left.empty() && numbers == before) return absl::OkStatus();
    before = left.empty() ? numbers : std::vector<int64_t>();
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::DeadlineExceededError(left);
}

}  // namespace amikeco
