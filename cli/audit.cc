#include "common/events/audit.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "cli/api.h"
#include "cli/audit_heads.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using ops::v1::GetAuditHeadRequest;
using ops::v1::GetAuditHeadResponse;
using ops::v1::ListEventsRequest;
using ops::v1::ListEventsResponse;

constexpr int kPageSize = 500;

struct Verified {
  std::string service;
  int64_t facts;
  AuditHead end;
  bool had_head;
  int64_t fault_count;
  std::vector<AuditFault> faults;
};

absl::StatusOr<std::map<std::string, AuditHead>> ReadHeads(const std::string& file) {
  if (file.empty()) return std::map<std::string, AuditHead>();
  std::ifstream stream(file);
  if (!stream) return Error(kNoFile, absl::StrCat("The file ", file, " cannot be read."), {{"file", file}});
  if (auto heads = ParseAuditHeads(std::string{std::istreambuf_iterator<char>(stream), {}})) return *std::move(heads);
  return Error(kUsageError, absl::StrCat("The file ", file, " is not what `amikeco audit head -o json` prints."),
               {{"file", file}});
}

// Fewer facts at once while they are too large for one answer.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> NextPage(Session& session, ListEventsRequest& request) {
  for (;;) {
    auto response = session.Call(*FindMethod("ops/ListEvents"), request);
    if (response.status().code() != absl::StatusCode::kResourceExhausted || request.page_size() <= 1) return response;
    request.set_page_size(request.page_size() / 2);
  }
}

absl::Status AddPage(const Service& service, const ListEventsResponse& page, Audit& audit) {
  const int64_t before = audit.end().number;
  for (const auto& entry : page.entries()) {
    if (!entry.has_kept()) {
      return absl::UnimplementedError(
          absl::StrCat("The ", service.name, " service is older than this program: it does not show facts as kept."));
    }
    const auto& kept = entry.kept();
    audit.Add({entry.number(), kept.id(), kept.subject(), kept.subject_version(), kept.body(), entry.link()});
  }
  if (audit.end().number > before) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("The ", service.name, " service showed facts up to number ", before,
                                          " again instead of later ones."));
}

absl::StatusOr<Verified> Verify(const Settings& settings, const Service& service, std::optional<AuditHead> head) {
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(settings, service));
  GetAuditHeadRequest ask;
  AMIKECO_ASSIGN_OR_RETURN(const auto answer, session->Call(*FindMethod("ops/GetAuditHead"), ask));
  const auto& now = static_cast<const GetAuditHeadResponse&>(*answer);
  // Only a measure of how much there is: what the service says of its own chain proves nothing.
  Progress progress(now.number(), absl::StrCat("facts of ", service.name));
  const bool had_head = head.has_value();
  Audit audit(std::move(head));
  ListEventsRequest request;
  request.set_kept(true);
  request.set_page_size(kPageSize);
  for (;;) {
    request.set_after(audit.end().number);
    AMIKECO_ASSIGN_OR_RETURN(const auto response, NextPage(*session, request));
    const auto& page = static_cast<const ListEventsResponse&>(*response);
    if (page.entries().empty()) break;
    AMIKECO_RETURN_IF_ERROR(AddPage(service, page, audit));
    progress.Show(audit.checked());
  }
  std::vector<AuditFault> faults = audit.Finish();
  return Verified{service.name, audit.checked(), audit.end(), had_head, audit.fault_count(), std::move(faults)};
}

nlohmann::ordered_json ToJson(const Verified& verified) {
  auto faults = nlohmann::ordered_json::array();
  for (const AuditFault& fault : verified.faults) {
    nlohmann::ordered_json item = {
        {"fault", NameOf(fault.kind)}, {"number", fault.number}, {"last_number", fault.last}};
    if (!fault.id.empty()) item["event"] = fault.id;
    if (fault.belongs_at != 0) item["belongs_at"] = fault.belongs_at;
    item["message"] = Describe(fault);
    faults.push_back(std::move(item));
  }
  return {{"whole", verified.fault_count == 0}, {"facts", verified.facts},
          {"number", verified.end.number},      {"link", absl::Base64Escape(verified.end.link)},
          {"head_checked", verified.had_head},  {"fault_count", verified.fault_count},
          {"faults", std::move(faults)}};
}

void PrintJson(const Settings& settings, const std::vector<Verified>& all) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const Verified& verified : all) json[verified.service] = ToJson(verified);
  // An event's id may be any bytes by now.
  std::cout << json.dump(settings.output == "json" ? 1 : -1, ' ', false, nlohmann::json::error_handler_t::replace)
            << "\n";
}

void PrintTables(const Settings& settings, const std::vector<Verified>& all) {
  const bool aligned = WantsTable(settings);
  std::vector<std::vector<std::string>> services, faults;
  for (const Verified& verified : all) {
    services.push_back({verified.service, absl::StrCat(verified.facts), absl::StrCat(verified.fault_count),
                        verified.fault_count > 0 ? "not whole"
                        : verified.had_head      ? "whole, contains the head"
                                                 : "whole"});
    for (const AuditFault& fault : verified.faults) {
      faults.push_back({verified.service, NameOf(fault.kind), absl::StrCat(fault.number), absl::CHexEscape(fault.id),
                        Describe(fault)});
    }
  }
  std::cout << Table({"SERVICE", "FACTS", "FAULTS", "CHAIN"}, services, aligned);
  if (faults.empty()) return;
  if (aligned) std::cout << "\n";
  std::cout << Table({"SERVICE", "FAULT", "NUMBER", "EVENT", "MEANING"}, faults, aligned);
}

}  // namespace

absl::StatusOr<int> VerifyAudit(Invocation& invocation) {
  Settings settings = invocation.settings;
  AMIKECO_ASSIGN_OR_RETURN(const auto heads, ReadHeads(settings.head));
  if (settings.services.empty()) {
    for (const auto& [service, head] : heads) settings.services.push_back(service);
  }
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<Service> services, ServicesOf(settings));
  std::vector<Verified> all;
  bool whole = true;
  for (const Service& service : services) {
    std::optional<AuditHead> head;
    if (const auto found = heads.find(service.name); found != heads.end()) head = found->second;
    if (!head && !heads.empty()) {
      return Error(kUsageError, absl::StrCat("The file ", settings.head, " has no head of ", service.name, "."));
    }
    AMIKECO_ASSIGN_OR_RETURN(all.emplace_back(), Verify(settings, service, std::move(head)));
    whole &= all.back().fault_count == 0;
  }
  settings.json() ? PrintJson(settings, all) : PrintTables(settings, all);
  return whole ? kOk : kFailed;
}

}  // namespace amikeco::cli
