#include "cli/failure.h"

#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/countries/countries.h"
#include "common/rpc/errors.h"
#include "services/applicant/errors.h"
#include "services/compliance/errors.h"
#include "services/matching/errors.h"
#include "services/notify/errors.h"

namespace amikeco::cli {
namespace {

const ErrorName& NameOf(const ErrorName& name) { return name; }
const ErrorName& NameOf(const ErrorName* name) { return *name; }

// What the catalogues say to do about it; "" when they do not have it.
std::string FixFor(absl::string_view domain, absl::string_view reason) {
  std::string fix;
  const auto search = [&](const auto& names) {
    for (const auto& entry : names) {
      const ErrorName& name = NameOf(entry);
      if (name.domain == domain && name.reason == reason) fix = name.fix;
    }
  };
  search(std::initializer_list<ErrorName>{kUsageError, kNoTarget, kNoFile});
  search(CommonErrors());
  search(errors::kCountryErrors);
  search(applicant::errors::kCatalogue);
  search(matching::errors::kAll);
  search(compliance::errors::kCatalogue);
  search(notify::errors::kAll);
  return fix;
}

struct Violation {
  std::string field;  // or the kind and subject of a condition
  std::string description;
};

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  std::vector<Violation> violations;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status); bad.ok()) {
    for (const auto& violation : bad->field_violations())
      violations.push_back({violation.field(), violation.description()});
  }
  if (const auto failure = DetailOf<google::rpc::PreconditionFailure>(status); failure.ok()) {
    for (const auto& violation : failure->violations())
      violations.push_back({violation.type(), violation.description()});
  }
  return violations;
}

std::string AsJson(const absl::Status& status, const google::rpc::ErrorInfo& info, absl::string_view request_id) {
  nlohmann::ordered_json error;
  error["code"] = absl::StatusCodeToString(status.code());
  error["reason"] = info.reason();
  error["domain"] = info.domain();
  error["message"] = std::string(status.message());
  error["metadata"] = nlohmann::ordered_json::object();
  const std::map<std::string, std::string> metadata(info.metadata().begin(), info.metadata().end());
  for (const auto& [key, value] : metadata) error["metadata"][key] = value;
  error["violations"] = nlohmann::ordered_json::array();
  for (const Violation& violation : ViolationsOf(status)) {
    error["violations"].push_back({{"field", violation.field}, {"description", violation.description}});
  }
  error["request_id"] = std::string(request_id);
  error["help"] = FixFor(info.domain(), info.reason());
  return error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kUsage;
    case absl::StatusCode::kNotFound:
      return kNotFound;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kDenied;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
      return kConflict;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kUnavailable;
    default:
      return kFailed;
  }
}

std::string DescribeFailure(const absl::Status& status, absl::string_view request_id, bool json) {
  const google::rpc::ErrorInfo info = DetailOf<google::rpc::ErrorInfo>(status).value_or(google::rpc::ErrorInfo());
  if (json) return AsJson(status, info, request_id);
  std::string text;
  const std::vector<Violation> violations = ViolationsOf(status);
  // A sentence that only repeats the first violation says nothing new.
  if (violations.empty() || !absl::StrContains(status.message(), violations[0].description)) {
    text = absl::StrCat("amikeco: ", status.message(), "\n");
  } else {
    text = "amikeco: this cannot be done:\n";
  }
  for (const Violation& violation : violations) {
    absl::StrAppend(&text, "  ", violation.field, violation.field.empty() ? "" : ": ", violation.description, "\n");
  }
  if (const std::string fix = FixFor(info.domain(), info.reason()); !fix.empty()) absl::StrAppend(&text, fix, "\n");
  if (info.domain() == kCliDomain) return text;
  absl::StrAppend(&text, "(", absl::StatusCodeToString(status.code()), info.reason().empty() ? "" : " ", info.reason());
  if (!request_id.empty()) absl::StrAppend(&text, ", request ", request_id);
  return text + ")\n";
}

}  // namespace amikeco::cli
