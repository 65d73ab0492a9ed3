#include "cli/api.h"

#include <re2/re2.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/notify/v1/facts.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "google/protobuf/descriptor.pb.h"

// The proto files with their comments, which generated code does not keep.
asm(".section .rodata\n"
    "amikeco_api_begin: .incbin \"" AMIKECO_API_FILE
    "\"\n"
    "amikeco_api_end:\n"
    ".previous\n");
extern const char kApiBegin[] asm("amikeco_api_begin");
extern const char kApiEnd[] asm("amikeco_api_end");

namespace amikeco::cli {
namespace {

using google::protobuf::DescriptorPool;

// Naming a type of each file keeps it in the program: answers may hold any fact.
const DescriptorPool& GeneratedPool() {
  static const google::protobuf::Descriptor* const kLinked[] = {
      applicant::v1::Application::descriptor(),  applicant::v1::ApplicationFact::descriptor(),
      matching::v1::Placement::descriptor(),     matching::v1::PlacementFact::descriptor(),
      compliance::v1::Clearance::descriptor(),   compliance::v1::ClearanceFact::descriptor(),
      notify::v1::Contact::descriptor(),         notify::v1::MessageFact::descriptor(),
      ops::v1::GetProgressRequest::descriptor(), ops::v1::DataSubjectFact::descriptor()};
  return *kLinked[0]->file()->pool();
}

const DescriptorPool& CommentedPool() {
  static const DescriptorPool* const kPool = [] {
    google::protobuf::FileDescriptorSet files;
    files.ParseFromArray(kApiBegin, static_cast<int>(kApiEnd - kApiBegin));
    auto* pool = new DescriptorPool();
    for (const auto& file : files.file()) pool->BuildFile(file);
    return pool;
  }();
  return *kPool;
}

template <typename Descriptor>
std::string Comment(const Descriptor* described) {
  google::protobuf::SourceLocation location;
  if (described == nullptr || !described->GetSourceLocation(&location)) return "";
  std::string text = location.leading_comments;
  static const RE2 kRequirements(R"( \(A\d-\d\d[^)]*\))");
  absl::RemoveExtraAsciiWhitespace(&text);
  RE2::GlobalReplace(&text, kRequirements, "");
  return text;
}

}  // namespace

const google::protobuf::MethodDescriptor* FindMethod(absl::string_view name) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(name, absl::MaxSplits('/', 1));
  const std::string& package = parts.first;
  // What every service answers about itself is in two services.
  const std::vector<std::string> services =
      package == "ops" ? std::vector<std::string>{"operations", "privacy"} : std::vector<std::string>{package};
  for (std::string service : services) {
    service[0] = absl::ascii_toupper(static_cast<unsigned char>(service[0]));
    const auto* const method =
        GeneratedPool().FindMethodByName(absl::StrCat("amikeco.", package, ".v1.", service, "Service.", parts.second));
    if (method != nullptr) return method;
  }
  return nullptr;
}

std::string ServiceOf(const google::protobuf::MethodDescriptor& method) {
  return std::vector<std::string>(absl::StrSplit(method.full_name(), '.'))[1];
}

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

std::string CommentOf(const google::protobuf::MethodDescriptor& method) {
  return Comment(CommentedPool().FindMethodByName(method.full_name()));
}

std::string CommentOf(const google::protobuf::FieldDescriptor& field) {
  const auto* const commented = CommentedPool().FindFieldByName(field.full_name());
  std::string text = Comment(commented);
  if (!text.empty() || commented == nullptr) return text;
  if (commented->enum_type() != nullptr) return Comment(commented->enum_type());
  const bool ours =
      commented->message_type() != nullptr && commented->message_type()->full_name().rfind("google.", 0) != 0;
  return ours ? Comment(commented->message_type()) : "";
}

std::string FirstSentence(absl::string_view text) {
  static const RE2 kSentence(R"((.*?[.;:])(?: [A-Z0-9].*)?)");
  std::string first;
  return RE2::FullMatch({text.data(), text.size()}, kSentence, &first) ? first : std::string(text);
}

}  // namespace amikeco::cli
