#include <iostream>

#include "amikeco/compliance/v1/waiver.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/config/textproto.h"

namespace amikeco::cli {

absl::StatusOr<int> SaveWaiver(Invocation& invocation) {
  const auto& method = *FindMethod(invocation.command->method);
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, method));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  AMIKECO_ASSIGN_OR_RETURN(const auto answer, session->Call(method, *invocation.request));
  auto document = static_cast<const compliance::v1::WaiverDocument&>(*answer);
  AMIKECO_RETURN_IF_ERROR(WriteFileAtomically(invocation.words[0], document.pdf()));
  document.clear_pdf();  // which is in the file now
  std::cout << Print(invocation.settings, View::kDetails, {{"", &document}});
  return kOk;
}

}  // namespace amikeco::cli
