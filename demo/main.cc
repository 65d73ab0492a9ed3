// amikeco-demo: plays all programmes' applications against running services and compares the ends with an oracle.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "demo/oracle.h"
#include "demo/play.h"
#include "demo/report.h"
#include "demo/stage.h"
#include "tests/support/smtp_sink.h"

namespace amikeco::demo {
namespace {

constexpr char kUsage[] =
    "usage: amikeco-demo run [--seed N] [--officers N]\n"
    "           plays N officers' exchanges (200) and some applications to each other programme, from seed N (1),\n"
    "           against the services at\n"
    "           $AMIKECO_APPLICANT, $AMIKECO_MATCHING, $AMIKECO_COMPLIANCE and $AMIKECO_NOTIFY (host:port, of several\n"
    "           replicas separated by commas)\n"
    "       amikeco-demo smtp-sink [--port N] --port-file FILE\n"
    "           a mail server that takes everything and delivers nothing, until it is told to stop\n";

std::string FlagOr(const std::vector<std::string>& args, const std::string& name, std::string otherwise) {
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i] == name && i + 1 < args.size()) return args[i + 1];
    if (absl::string_view value = args[i]; absl::ConsumePrefix(&value, name + "=")) return std::string(value);
  }
  return otherwise;
}

int Fail(absl::string_view message) {
  std::fprintf(stderr, "amikeco-demo: %s\n", std::string(message).c_str());
  return 2;
}

int Run(const std::vector<std::string>& args) {
  int seed = 0, officers = 0;
  if (!absl::SimpleAtoi(FlagOr(args, "--seed", "1"), &seed) || seed < 0) return Fail("--seed takes a number from 0");
  if (!absl::SimpleAtoi(FlagOr(args, "--officers", "200"), &officers) || officers < 1 || officers > 900) {
    return Fail("--officers takes a number from 1 to 900");
  }
  std::map<Service, std::string> targets;
  for (const auto& [service, variable] :
       {std::pair(Service::kApplicant, "AMIKECO_APPLICANT"), std::pair(Service::kMatching, "AMIKECO_MATCHING"),
        std::pair(Service::kCompliance, "AMIKECO_COMPLIANCE"), std::pair(Service::kNotify, "AMIKECO_NOTIFY")}) {
    const char* target = std::getenv(variable);
    if (target == nullptr) return Fail(absl::StrCat(variable, " is not set; it takes the service's host:port"));
    targets[service] = target;
  }

  Stage stage(targets);
  Play play(stage, seed, officers);
  ProgressBar bar;
  const auto endings = play.Run([&](int ended, int all, absl::CivilDay day) { bar.Show(ended, all, day); });
  bar.Finish();
  if (!endings.ok()) return Fail(endings.status().ToString());

  std::vector<Outcome> outcomes;
  for (const Applicant& applicant : play.cast().applicants) {
    const auto found = endings->find(applicant.application);
    outcomes.push_back({&applicant, found == endings->end() ? Ending{"NOT THERE", {}} : found->second,
                        Foretell(play.cast(), applicant, play.first_day())});
  }
  return PrintReport(outcomes, play.unplayed(), stage.Latencies(), stage.retries()) ? 0 : 1;
}

int RunSink(const std::vector<std::string>& args) {
  const std::string port_file = FlagOr(args, "--port-file", "");
  if (port_file.empty()) return Fail("smtp-sink needs --port-file FILE");
  SmtpSink::Options options;
  if (!absl::SimpleAtoi(FlagOr(args, "--port", "0"), &options.port)) return Fail("--port takes a number");
  options.keep = 1000;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  auto sink = SmtpSink::Start(options);
  if (!sink.ok()) return Fail(sink.status().ToString());
  std::ofstream(port_file + ".new") << (*sink)->port() << "\n";
  if (std::rename((port_file + ".new").c_str(), port_file.c_str()) != 0) return Fail("cannot write " + port_file);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace
}  // namespace amikeco::demo

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (!args.empty() && args[0] == "run") return amikeco::demo::Run(args);
  if (!args.empty() && args[0] == "smtp-sink") return amikeco::demo::RunSink(args);
  std::fputs(amikeco::demo::kUsage, stderr);
  return 2;
}
