#include "cli/session.h"

#include <cstdio>
#include <cstdlib>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/fields.h"
#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/config/textproto.h"
#include "common/rpc/errors.h"
#include "google/rpc/error_details.pb.h"

namespace amikeco::cli {
namespace {

constexpr const char* kServices[] = {"applicant", "matching", "compliance", "notify"};
constexpr int kTries = 3;
constexpr absl::Duration kFirstPause = absl::Milliseconds(200);

absl::StatusOr<Service> FindService(absl::string_view name) {
  const std::string variable = absl::StrCat("AMIKECO_", absl::AsciiStrToUpper(name));
  const char* const address = std::getenv(variable.c_str());
  if (address != nullptr && *address != '\0') return Service{std::string(name), address};
  return Error(kNoTarget, absl::StrCat("It is not known where the ", name, " service is: ", variable, " is not set."),
               {{"variable", variable}});
}

absl::StatusOr<Credentials> CredentialsOf(const Settings& settings) {
  Credentials credentials;
  if (!settings.token_file.empty()) {
    auto token = ReadFile(settings.token_file);
    if (!token.ok()) return Error(kNoFile, absl::StrCat("The token file ", settings.token_file, " cannot be read."));
    credentials.bearer_token = std::string(absl::StripAsciiWhitespace(*token));
  }
  if (settings.as.empty() && settings.organisation.empty() && settings.roles.empty()) return credentials;
  Actor actor{settings.as, settings.organisation, {}};
  for (const std::string& name : settings.roles) {
    const auto role = ParseEnum(*options::v1::Role_descriptor(), name);
    if (!role.ok()) return Error(kUsageError, absl::StrCat("--role: ", role.status().message()));
    actor.roles.push_back(static_cast<Role>(*role));
  }
  credentials.actor = std::move(actor);
  return credentials;
}

void Tell(const Settings& settings, absl::string_view method, absl::string_view request_id, absl::Duration took,
          const absl::Status& status) {
  if (!settings.verbose) return;
  const std::string line = absl::StrCat(method, request_id.empty() ? "" : " request ", request_id, " ",
                                        absl::FormatDuration(absl::Trunc(took, absl::Microseconds(1))), " ",
                                        absl::StatusCodeToString(status.code()), "\n");
  std::fputs(line.c_str(), stderr);
}

std::string& LastId() {
  static std::string id;
  return id;
}

}  // namespace

const std::string& LastRequestId() { return LastId(); }

absl::StatusOr<std::vector<Service>> ServicesOf(const Settings& settings) {
  if (!settings.target.empty()) {
    const std::string name = settings.services.size() == 1 ? settings.services[0] : "target";
    return std::vector<Service>{{name, settings.target}};
  }
  std::vector<std::string> names = settings.services;
  if (names.empty() || names == std::vector<std::string>{"all"})
    names.assign(std::begin(kServices), std::end(kServices));
  std::vector<Service> services;
  for (const std::string& name : names) {
    AMIKECO_ASSIGN_OR_RETURN(services.emplace_back(), FindService(name));
  }
  return services;
}

absl::StatusOr<Service> ServiceFor(const Settings& settings, const google::protobuf::MethodDescriptor& method) {
  const std::string name = ServiceOf(method);
  if (!settings.target.empty()) return Service{name, settings.target};
  return FindService(name);
}

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const Settings& settings, const Service& service) {
  absl::Duration timeout = absl::Seconds(10);
  if (!settings.timeout.empty() &&
      (!absl::ParseDuration(settings.timeout, &timeout) || timeout <= absl::ZeroDuration())) {
    return Error(kUsageError,
                 absl::StrCat("--timeout: “", settings.timeout, "” is not a time such as 500ms, 10s or 2m."));
  }
  AMIKECO_ASSIGN_OR_RETURN(Credentials credentials, CredentialsOf(settings));
  config::v1::PeerConfig peer;
  peer.set_target(service.address);
  peer.set_ca_file(settings.ca);
  peer.set_certificate_file(settings.certificate);
  peer.set_key_file(settings.key);
  auto session = std::unique_ptr<Session>(new Session(peer, std::move(credentials), timeout, settings));
  session->service_ = service;
  return session;
}

absl::StatusOr<std::string> Session::CallRaw(absl::string_view method, const std::string& request) {
  const absl::Time start = absl::Now();
  auto response = channel_.CallRaw(method, request, {.timeout = timeout_, .purpose = settings_.purpose});
  // A service that answers names its refusal; without a name there was no answer.
  if (absl::IsUnavailable(response.status()) && !DetailOf<google::rpc::ErrorInfo>(response.status()).ok()) {
    response = absl::UnavailableError(absl::StrCat("No answer from ", service_.name, " at ", service_.address, ": ",
                                                   response.status().message(),
                                                   ". amikeco health says which services are there."));
  }
  Tell(settings_, method, request_id_, absl::Now() - start, response.status());
  return response;
}

absl::StatusOr<std::string> Session::TryThrice(absl::string_view method, const std::string& request) {
  std::mt19937 random{std::random_device{}()};
  absl::Duration pause = kFirstPause;
  for (int tries = 1;; ++tries) {
    auto response = CallRaw(method, request);
    if (response.status().code() != absl::StatusCode::kUnavailable || tries == kTries) return response;
    absl::SleepFor(pause * std::uniform_real_distribution<double>(0.5, 1.5)(random));
    pause *= 2;
  }
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Session::Call(
    const google::protobuf::MethodDescriptor& method, google::protobuf::Message& request) {
  request_id_.clear();
  if (const auto* const field = request.GetDescriptor()->FindFieldByName("request_id"); field != nullptr) {
    request_id_ = settings_.request_id.empty() ? RandomUuid() : settings_.request_id;
    request.GetReflection()->SetString(&request, field, request_id_);
  }
  LastId() = request_id_;
  AMIKECO_ASSIGN_OR_RETURN(
      const std::string bytes,
      TryThrice(absl::StrCat(method.service()->full_name(), "/", method.name()), request.SerializeAsString()));
  auto response = NewMessage(*method.output_type());
  if (!response->ParseFromString(bytes)) return absl::DataLossError("The service's answer does not parse.");
  return response;
}

}  // namespace amikeco::cli
