#include "cli/run.h"

#include <iostream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/watch.h"
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
  // A copy: another look begins at the first page again.
  const std::unique_ptr<Message> request(invocation.request->New());
  request->CopyFrom(*invocation.request);
  AMIKECO_ASSIGN_OR_RETURN(auto response, session->Call(method, *request));
  if (invocation.settings.all) AMIKECO_RETURN_IF_ERROR(FollowPages(*session, method, *request, *response));
  return response;
}

// What a command prints, and the token of a further page; "" when there is none.
struct Looked {
  std::string text;
  std::string next_page;
};

std::string NextPageOf(const Message& response) {
  const FieldDescriptor* const next = PageField(*response.GetDescriptor(), "next_page_token");
  return next == nullptr ? "" : response.GetReflection()->GetString(response, next);
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

// The answers of all services that the command asks.
absl::StatusOr<Looked> Look(const Invocation& invocation) {
  const Command& command = *invocation.command;
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
  return Looked{Print(invocation.settings, command.extra.view, answers), NextPageOf(*responses.back())};
}

// The same of a command that prints by itself.
absl::StatusOr<Looked> Overhear(Invocation& invocation) {
  std::ostringstream heard;
  std::streambuf* const out = std::cout.rdbuf(heard.rdbuf());
  const absl::StatusOr<int> code = invocation.command->extra.run(invocation);
  std::cout.rdbuf(out);
  if (!code.ok()) return code.status();
  return Looked{heard.str(), ""};
}

}  // namespace

absl::StatusOr<int> Run(Invocation& invocation) {
  const bool by_itself = invocation.command->extra.run != nullptr;
  if (invocation.settings.watch) {
    return Watch(invocation, [&]() -> absl::StatusOr<std::string> {
      AMIKECO_ASSIGN_OR_RETURN(Looked looked, by_itself ? Overhear(invocation) : Look(invocation));
      return std::move(looked.text);
    });
  }
  if (by_itself) return invocation.command->extra.run(invocation);
  AMIKECO_ASSIGN_OR_RETURN(const Looked looked, Look(invocation));
  std::cout << looked.text;
  // On a terminal a list that goes on says so; a program reads next_page_token.
  if (!looked.next_page.empty() && !invocation.settings.json()) {
    std::cerr << "There is more: --all, or --page-token " << looked.next_page << "\n";
  }
  return kOk;
}

}  // namespace amikeco::cli
