#include "common/base/status.h"

#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

// A payload that stays in the process.
constexpr char kOutside[] = "amikeco/outside";

}  // namespace

absl::Status Error(const ErrorName& name, absl::string_view sentence, ErrorMetadata metadata) {
  absl::Status status(name.code, sentence);
  google::rpc::ErrorInfo info;
  info.set_domain(name.domain);
  info.set_reason(name.reason);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[std::string(key)] = std::string(value);
  SetDetail(status, info);
  return status;
}

absl::Status InsideError(const ErrorName& name, absl::string_view sentence, ErrorMetadata metadata) {
  absl::Status status = Error(name, sentence, metadata);
  status.SetPayload(kOutside, absl::Cord(name.fix));
  return status;
}

std::optional<std::string> OutsideOf(const absl::Status& status) {
  const auto outside = status.GetPayload(kOutside);
  return outside ? std::make_optional(std::string(*outside)) : std::nullopt;
}

absl::Status NotFound(absl::string_view name) {
  return Error(errors::kNotFound, absl::StrCat("There is no ", name, " that you may see."), {{"name", name}});
}

absl::Status InField(absl::Status status, absl::string_view field) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field(std::string(field));
  bad.mutable_field_violations(0)->set_description(std::string(status.message()));
  SetDetail(status, bad);
  return status;
}

void FieldErrors::Add(absl::string_view field, absl::string_view description) {
  auto* violation = bad_.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
}

absl::Status FieldErrors::ToStatus() const {
  if (empty()) return absl::OkStatus();
  const auto& first = bad_.field_violations(0);
  std::string sentence = absl::StrCat(first.field(), ": ", first.description());
  if (const int more = bad_.field_violations_size() - 1; more > 0) {
    absl::StrAppend(&sentence, " (and ", more, " more, see BadRequest)");
  }
  absl::Status status = Error(errors::kInvalidFields, sentence);
  SetDetail(status, bad_);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.ok() ? info->reason() : "";
}

}  // namespace amikeco
