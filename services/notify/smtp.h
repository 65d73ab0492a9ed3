// SmtpMailer: hands letters to a mail server.
//
// STARTTLS whenever the server offers it (always, with require_tls or a user to sign in as), TLS 1.2 or newer,
// certificates verified: a server with a wrong certificate gets nothing. The connection stays open from one letter to
// the next. Not thread safe.
#ifndef AMIKECO_SERVICES_NOTIFY_SMTP_H_
#define AMIKECO_SERVICES_NOTIFY_SMTP_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "services/notify/letter.h"
#include "services/notify/message.h"

namespace amikeco::notify {

// What came of handing over a letter.
struct Handover {
  Outcome outcome = Outcome::kTemporary;
  int code = 0;        // SMTP reply; 0: no connection, or it was lost
  std::string reason;  // for logs: what failed, without addresses or text
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  // May block for a minute. Never kNoContact.
  virtual Handover Send(const Letter& letter) = 0;
  // Domain of the sender, for Message-IDs, and its address.
  virtual const std::string& from() const = 0;
};

struct SmtpTimeouts {
  absl::Duration connect = absl::Seconds(10);
  // All in all; far below the lease of an attempt.
  absl::Duration letter = absl::Seconds(60);
};

class SmtpMailer final : public Mailer {
 public:
  // INVALID_ARGUMENT when the url, the sender's address or a file makes no sense.
  static absl::StatusOr<std::unique_ptr<SmtpMailer>> Make(const config::v1::NotifyConfig::Smtp& config,
                                                          const SmtpTimeouts& timeouts = {});
  ~SmtpMailer() override;
  SmtpMailer(const SmtpMailer&) = delete;
  SmtpMailer& operator=(const SmtpMailer&) = delete;

  Handover Send(const Letter& letter) override;
  const std::string& from() const override { return config_.from(); }
  // Ends a Send in work, and later ones, soon: for stopping. From any thread.
  void Interrupt() { interrupted_ = true; }

 private:
  SmtpMailer(const config::v1::NotifyConfig::Smtp& config, const SmtpTimeouts& timeouts, std::string password);
  void SetOptions();

  const config::v1::NotifyConfig::Smtp config_;
  const SmtpTimeouts timeouts_;
  const std::string password_;
  std::string url_;
  void* curl_;  // CURL*
  std::atomic<bool> interrupted_{false};
};

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_SMTP_H_
