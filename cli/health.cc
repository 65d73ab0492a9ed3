#include <google/protobuf/unknown_field_set.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

constexpr char kCheck[] = "grpc.health.v1.Health/Check";
// HealthCheckRequest{service: "readiness"} and HealthCheckResponse{status = 1: SERVING}, by their wire format.
constexpr char kReadiness[] = "\n\x09readiness";
constexpr uint64_t kServing = 1;

// "ready", or what is wrong.
std::string Check(const Settings& settings, const Service& service) {
  const auto session = Session::Open(settings, service);
  if (!session.ok()) return std::string(session.status().message());
  const auto bytes = (*session)->CallRaw(kCheck, kReadiness);
  if (!bytes.ok()) return std::string(bytes.status().message());
  google::protobuf::UnknownFieldSet fields;
  if (!fields.ParseFromString(*bytes)) return "the answer does not parse";
  for (int i = 0; i < fields.field_count(); ++i) {
    if (fields.field(i).number() == 1 && fields.field(i).varint() == kServing) return "ready";
  }
  return "not ready";
}

}  // namespace

absl::StatusOr<int> Health(Invocation& invocation) {
  const Settings& settings = invocation.settings;
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<Service> services, ServicesOf(settings));
  std::vector<std::vector<std::string>> lines;
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  bool ready = true;
  for (const Service& service : services) {
    const std::string state = Check(settings, service);
    ready &= state == "ready";
    lines.push_back({service.name, service.address, state});
    json[service.name] = {{"address", service.address}, {"ready", state == "ready"}, {"state", state}};
  }
  if (settings.json()) {
    std::cout << json.dump(settings.output == "json" ? 1 : -1) << "\n";
  } else {
    std::cout << Table({"SERVICE", "ADDRESS", "STATE"}, lines, WantsTable(settings));
  }
  return ready ? kOk : kUnavailable;
}

absl::StatusOr<int> Version(Invocation& invocation) {
  if (invocation.settings.json()) {
    std::cout << nlohmann::json({{"version", AMIKECO_VERSION}}) << "\n";
  } else {
    std::cout << "amikeco " << AMIKECO_VERSION << "\n";
  }
  return kOk;
}

}  // namespace amikeco::cli
