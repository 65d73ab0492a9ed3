// amikeco-notify: tells people what happened, by e-mail and in their inbox.
#include <iostream>
#include <memory>

#include "common/config/config.h"
#include "services/notify/sender.h"
#include "services/notify/service.h"
#include "services/notify/smtp.h"
#include "services/notify/template_files.h"
#include "services/premises.h"

namespace amikeco {
namespace {

// The value, or the process has ended with what is wrong.
template <typename T>
T OrExit(absl::string_view what, absl::StatusOr<T> made) {
  if (made.ok()) return *std::move(made);
  std::cerr << what << ": " << made.status().message() << std::endl;
  std::exit(1);
}

int Run(int argc, char** argv) {
  const auto config = LoadConfigOrExit<config::v1::NotifyConfig>(argc, argv, CheckConfig<config::v1::NotifyConfig>,
                                                                 MigrateConfigured<config::v1::NotifyConfig>);
  Premises premises(config.common(), notify::kService);
  const notify::Templates templates =
      OrExit("templates_dir", notify::LoadTemplates(config.templates_dir(), premises.programmes()));
  notify::NotifyService service({premises.store(), premises.dossiers(), premises.programmes(), templates});

  std::unique_ptr<notify::SmtpMailer> mailer;
  std::unique_ptr<notify::Sender> sender;
  std::vector<Part*> parts;
  if (config.has_smtp()) {
    mailer = OrExit("smtp", notify::SmtpMailer::Make(config.smtp()));
    sender = std::make_unique<notify::Sender>(premises.store(), premises.dossiers(), premises.clock(), *mailer,
                                              premises.process().metrics());
    service.Mind(*sender);
    parts.push_back(sender.get());
  } else {
    LogWarning("No mail server is configured: e-mail stays queued.");
  }
  return premises.Run(
      notify::ReactionsOf(service), {&service}, [&](Chain& chain) { notify::Bind(chain, service); }, parts);
}

}  // namespace
}  // namespace amikeco

int main(int argc, char** argv) { return amikeco::Run(argc, argv); }
