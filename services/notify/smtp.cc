#include "services/notify/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/config/textproto.h"

namespace amikeco::notify {
namespace {

// The part of a text that is still to be read by curl.
size_t ReadText(char* buffer, size_t size, size_t count, void* from) {
  auto& rest = *static_cast<absl::string_view*>(from);
  const size_t bytes = std::min(rest.size(), size * count);
  std::memcpy(buffer, rest.data(), bytes);
  rest.remove_prefix(bytes);
  return bytes;
}

size_t Ignore(char*, size_t size, size_t count, void*) { return size * count; }

int Progress(void* interrupted, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<std::atomic<bool>*>(interrupted) ? 1 : 0;
}

// Permanent is what the server said of this letter. Replies that say that we have not signed in rightly would refuse
// every letter alike: those are an operator's to mend, and letters wait meanwhile.
bool IsPermanent(CURLcode result, long reply) {
  if (reply == 530 || reply == 534 || reply == 535 || reply == 538) return false;
  const bool in_dialogue = result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
                           result == CURLE_WEIRD_SERVER_REPLY || result == CURLE_UPLOAD_FAILED;
  return in_dialogue && reply >= 500 && reply < 600;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SmtpMailer>> SmtpMailer::Make(const config::v1::NotifyConfig::Smtp& config,
                                                             const SmtpTimeouts& timeouts) {
  FieldErrors wrong;
  if (!absl::StartsWith(config.url(), "smtp://") && !absl::StartsWith(config.url(), "smtps://")) {
    wrong.Add("smtp.url", "must begin with smtp:// or smtps://, for instance smtp://mail.example:587");
  }
  if (!IsAddress(config.from())) wrong.Add("smtp.from", "must be an e-mail address: exchange@ipa.example");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  std::string password;
  if (!config.password_file().empty()) {
    AMIKECO_ASSIGN_OR_RETURN(password, ReadSecretFile(config.password_file()));
  }
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto mailer = std::unique_ptr<SmtpMailer>(new SmtpMailer(config, timeouts, std::move(password)));
  if (mailer->curl_ == nullptr) return absl::InternalError("libcurl could not be started");
  return mailer;
}

SmtpMailer::SmtpMailer(const config::v1::NotifyConfig::Smtp& config, const SmtpTimeouts& timeouts, std::string password)
    : config_(config), timeouts_(timeouts), password_(std::move(password)), curl_(curl_easy_init()) {
  // The path is the name that EHLO gives; without one it would be this machine's.
  const bool has_path = config.url().find('/', config.url().find("//") + 2) != std::string::npos;
  url_ = has_path ? config.url() : absl::StrCat(config.url(), "/", config.from().substr(config.from().rfind('@') + 1));
}

SmtpMailer::~SmtpMailer() { curl_easy_cleanup(curl_); }

void SmtpMailer::SetOptions() {
  curl_easy_reset(curl_);  // keeps the connection
  curl_easy_setopt(curl_, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  // A password never travels in the clear, whatever a server (or who stands in for it) says that it offers.
  const bool only_tls = config_.require_tls() || !config_.user().empty();
  curl_easy_setopt(curl_, CURLOPT_USE_SSL, static_cast<long>(only_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  curl_easy_setopt(curl_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!config_.ca_file().empty()) curl_easy_setopt(curl_, CURLOPT_CAINFO, config_.ca_file().c_str());
  if (!config_.user().empty()) {
    curl_easy_setopt(curl_, CURLOPT_USERNAME, config_.user().c_str());
    curl_easy_setopt(curl_, CURLOPT_PASSWORD, password_.c_str());
  }
  curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT_MS, absl::ToInt64Milliseconds(timeouts_.connect));
  curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, absl::ToInt64Milliseconds(timeouts_.letter));
  curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, Progress);
  curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, &interrupted_);
  curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, Ignore);
}

Handover SmtpMailer::Send(const Letter& letter) {
  const absl::StatusOr<std::string> text = Compose(letter);
  if (!text.ok()) return {Outcome::kPermanent, 0, std::string(text.status().message())};
  if (interrupted_) return {Outcome::kTemporary, 0, "stopping"};
  SetOptions();
  absl::string_view rest = *text;
  const std::string sender = absl::StrCat("<", letter.from, ">");
  curl_slist* recipients = curl_slist_append(nullptr, absl::StrCat("<", letter.to, ">").c_str());
  curl_easy_setopt(curl_, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl_, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt(curl_, CURLOPT_READFUNCTION, ReadText);
  curl_easy_setopt(curl_, CURLOPT_READDATA, &rest);
  curl_easy_setopt(curl_, CURLOPT_UPLOAD, 1L);
  const CURLcode result = curl_easy_perform(curl_);
  long reply = 0;
  curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &reply);
  curl_slist_free_all(recipients);
  if (result == CURLE_OK) return {Outcome::kAccepted, static_cast<int>(reply), ""};
  // A reply of success is the last one before what failed: the connection was lost.
  const int code = reply >= 400 && reply < 600 ? static_cast<int>(reply) : 0;
  return {IsPermanent(result, reply) ? Outcome::kPermanent : Outcome::kTemporary, code, curl_easy_strerror(result)};
}

}  // namespace amikeco::notify
