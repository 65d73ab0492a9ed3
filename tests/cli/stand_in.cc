#include "tests/cli/stand_in.h"

#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/api.h"
#include "cli/command.h"
#include "common/rpc/testing/configs.h"

namespace amikeco::cli {
namespace {

using google::protobuf::Message;

}  // namespace

StandIn::StandIn() : process_(QuietProcess(), "stand-in"), server_(LoopbackConfig(), process_, clock_) {
  for (const char* method : {"applicant/GetMember", "matching/GetHost", "compliance/GetClearance", "notify/GetContact",
                             "ops/GetProgress", "ops/GetPrivacyPolicy"}) {
    Bind(*FindMethod(method)->service());
  }
  if (const absl::Status status = server_.Start(); !status.ok()) {
    std::cerr << status << "\n";
    std::abort();
  }
}

StandIn::~StandIn() { server_.Stop(); }

void StandIn::Bind(const google::protobuf::ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const auto* const method = service.method(i);
    const std::string name = absl::StrCat(service.name(), "/", method->name());
    const Message* const request =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type());
    server_.chain().Bind(method, request,
                         [this, name](Call& call, const Message& message, std::string& response, bool&) {
                           std::string text;
                           google::protobuf::TextFormat::Printer printer;
                           printer.SetSingleLineMode(true);
                           printer.PrintToString(message, &text);
                           Body body;
                           {
                             absl::MutexLock lock(&mutex_);
                             requests_.push_back(absl::StrCat(name, " ", absl::StripTrailingAsciiWhitespace(text)));
                             caller_ = absl::StrCat(call.actor.subject, " ", call.actor.organisation);
                             for (const Role role : call.actor.roles)
                               absl::StrAppend(&caller_, " ", options::v1::Role_Name(role));
                             if (const auto found = answers_.find(name); found != answers_.end()) body = found->second;
                           }
                           return body ? body(message, response) : absl::UnimplementedError("the test has no answer");
                         });
  }
}

void StandIn::Set(const std::string& method, Body body) {
  absl::MutexLock lock(&mutex_);
  answers_[method] = std::move(body);
}

std::vector<std::string> StandIn::requests() {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

std::string StandIn::caller() {
  absl::MutexLock lock(&mutex_);
  return caller_;
}

}  // namespace amikeco::cli
