#include "cli/run.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/print.h"
#include "cli/session.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const FieldDescriptor* PageField(const google::protobuf::Descriptor& type, const char* name) {
  return type.FindFieldByName(name);
}

// The following pages' records behind those of `response`, which then has no further page.
absl::Status FollowPages(Session& session, const MethodDescriptor& method, Message& request, Message& response) {
  const FieldDescriptor* const next = PageField(*response.GetDescriptor(), "next_page_token");
  const FieldDescriptor* const token = PageField(*request.GetDescriptor(), "page_token");
  if (next == nullptr || token == nullptr) return absl::OkStatus();
  while (true) {
    const std::string page = response.GetReflection()->GetString(response, next);
    if (page.empty()) return absl::OkStatus();
    request.GetReflection()->SetString(&request, token, page);
    response.GetReflection()->ClearField(&response, next);
    AMIKECO_ASSIGN_OR_RETURN(const auto more, session.Call(method, request));
    response.MergeFrom(*more);
  }
}

absl::StatusOr<std::unique_ptr<Message>> Ask(const Invocation& invocation, const MethodDescriptor& method,
                                             const Service& service) {
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  AMIKECO_ASSIGN_OR_RETURN(auto response, session->Call(method, *invocation.request));
  if (invocation.settings.all) AMIKECO_RETURN_IF_ERROR(FollowPages(*session, method, *invocation.request, *response));
  return response;
}

// On a terminal a list that goes on says so; a program reads next_page_token.
void TellOfNextPage(const Settings& settings, const Message& response) {
  const FieldDescriptor* const next = PageField(*response.GetDescriptor(), "next_page_token");
  if (next == nullptr || settings.json() || response.GetReflection()->GetString(response, next).empty()) return;
  std::cerr << "There is more: --all, or --page-token " << response.GetReflection()->GetString(response, next) << "\n";
}

absl::StatusOr<std::vector<Service>> Targets(const Invocation& invocation, const MethodDescriptor& method) {
  if (!invocation.command->of_every_service()) {
    AMIKECO_ASSIGN_OR_RETURN(Service service, ServiceFor(invocation.settings, method));
    return std::vector<Service>{std::move(service)};
  }
  AMIKECO_ASSIGN_OR_RETURN(std::vector<Service> services, ServicesOf(invocation.settings));
  const google::protobuf::Descriptor& request = *invocation.request->GetDescriptor();
  // "source": a pause by mistake in every service would stop everything.
  const bool one = request.FindFieldByName("name") != nullptr || request.FindFieldByName("source") != nullptr;
  if (one && services.size() > 1) return Error(kUsageError, "Say which service: --service NAME.");
  return services;
}

}  // namespace

absl::StatusOr<int> Run(Invocation& invocation) {
  const Command& command = *invocation.command;
  if (command.extra.run != nullptr) return command.extra.run(invocation);
  const MethodDescriptor& method = *FindMethod(command.method);
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<Service> services, Targets(invocation, method));
  std::vector<std::unique_ptr<Message>> responses;
  std::vector<Answer> answers;
  for (const Service& service : services) {
    auto response = Ask(invocation, method, service);
    if (!response.ok()) {
      absl::Status status = response.status();
      if (services.size() == 1) return status;
      absl::Status named(status.code(), absl::StrCat(service.name, ": ", status.message()));
      status.ForEachPayload([&](absl::string_view url, const absl::Cord& detail) { named.SetPayload(url, detail); });
      return named;
    }
    answers.push_back({command.of_every_service() ? service.name : "", response->get()});
    responses.push_back(*std::move(response));
  }
  std::cout << Print(invocation.settings, command.extra.view, answers);
  TellOfNextPage(invocation.settings, *responses.back());
  return kOk;
}

}  // namespace amikeco::cli
