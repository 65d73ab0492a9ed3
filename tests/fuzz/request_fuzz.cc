#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/status.h"
#include "common/rpc/validate.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

using applicant::v1::SubmitApplicationRequest;

void TryBytes(const std::string& bytes) {
  SubmitApplicationRequest request;
  const absl::Status status = ParseRequest(bytes, request);
  if (!status.ok()) {
    const auto bad = DetailOf<google::rpc::BadRequest>(status);
    RequireRefusal(status);
    return Require(bad.ok() && bad->field_violations_size() == 1, "a refusal names the field");
  }
  static const auto& validator = *new Validator(SubmitApplicationRequest::descriptor());
  FieldErrors wrong;
  validator.Check(request, wrong);
  const std::string once = request.SerializeAsString();
  validator.Check(request, wrong);
  Require(request.SerializeAsString() == once, "what the server sets is cleared once and for all");
}

}  // namespace

// Bytes as a client might send them; or text, so that more of what is tried is a message.
void Try(absl::string_view input) {
  TryBytes(std::string(input));
  SubmitApplicationRequest request;
  google::protobuf::TextFormat::Parser parser;
  struct Silent : google::protobuf::io::ErrorCollector {
    void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
  } silent;
  parser.RecordErrorsTo(&silent);
  if (parser.ParseFromString(std::string(input), &request)) TryBytes(request.SerializeAsString());
}
}  // namespace amikeco::fuzz
