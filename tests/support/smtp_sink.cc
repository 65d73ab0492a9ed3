#include "tests/support/smtp_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace amikeco {
namespace {

// Longer letters and lines are none that we send.
constexpr size_t kMost = 16 << 20;

}  // namespace

// One connection.
class SmtpSink::Session {
 public:
  Session(SmtpSink& sink, int socket, int number) : sink_(sink), socket_(socket), number_(number) {}
  ~Session() {
    if (ssl_ != nullptr) SSL_free(ssl_);
  }

  void Run() {
    if (!Answer("CONNECT", "220 localhost ESMTP")) return;
    std::string line;
    while (ReadLine(line)) {
      if (!Obey(line)) return;
    }
  }

 private:
  // False when the connection is to be closed.
  bool Obey(const std::string& line) {
    const std::string verb = absl::AsciiStrToUpper(line.substr(0, line.find(' ')));
    if (verb == "EHLO" || verb == "HELO") {
      const bool offer = sink_.tls_ != nullptr && ssl_ == nullptr && verb == "EHLO";
      return Answer("EHLO", offer ? "250-localhost\r\n250-8BITMIME\r\n250 STARTTLS" : "250 localhost");
    }
    if (verb == "STARTTLS") return StartTls();
    if (verb == "MAIL") {
      mail_ = Mail();
      mail_.from = Address(line);
      return Answer("MAIL", "250 ok");
    }
    if (verb == "RCPT") {
      mail_.recipients.push_back(Address(line));
      return Answer("RCPT", "250 ok");
    }
    if (verb == "DATA") {
      bool refused = false;
      if (!Answer("DATA", "354 go on", &refused)) return false;
      return refused || ReadBody();
    }
    if (verb == "RSET" || verb == "NOOP") return Answer(verb, "250 ok");
    if (verb == "QUIT") {
      Write("221 bye\r\n");
      return false;
    }
    return Answer(verb, "500 unknown");
  }

  // Sends the reply, or what the script says. False when the connection is to be closed.
  bool Answer(const std::string& at, const std::string& reply, bool* refused = nullptr) {
    Fault fault;
    if (!sink_.TakeFault(at, fault)) return Write(absl::StrCat(reply, "\r\n"));
    if (refused != nullptr) *refused = true;
    if (fault.kind == Fault::kDrop) return false;
    if (fault.kind == Fault::kReply) return Write(absl::StrCat(fault.reply, "\r\n"));
    std::string ignored;
    while (ReadLine(ignored)) {
    }
    return false;
  }

  bool StartTls() {
    if (sink_.tls_ == nullptr || ssl_ != nullptr) return Answer("STARTTLS", "502 no");
    bool refused = false;
    if (!Answer("STARTTLS", "220 go on", &refused)) return false;
    if (refused) return true;
    ssl_ = SSL_new(static_cast<SSL_CTX*>(sink_.tls_));
    SSL_set_fd(ssl_, socket_);
    return SSL_accept(ssl_) == 1;
  }

  bool ReadBody() {
    std::string text;
    std::string line;
    while (ReadLine(line)) {
      if (line == ".") return TakeBody(std::move(text));
      if (text.size() > kMost) return false;
      absl::StrAppend(&text, absl::StartsWith(line, ".") ? line.substr(1) : line, "\r\n");
    }
    return false;
  }

  bool TakeBody(std::string text) {
    mail_.text = std::move(text);
    mail_.encrypted = ssl_ != nullptr;
    mail_.connection = number_;
    Fault fault{"BODY", Fault::kDrop, "", true};
    const bool faulty = sink_.LosesAnswer() || sink_.TakeFault("BODY", fault);
    mail_.answered = !faulty;
    if (!faulty || fault.keep) sink_.Keep(mail_);
    if (!faulty) return Write("250 taken\r\n");
    if (fault.kind == Fault::kDrop) return false;
    if (fault.kind == Fault::kReply) return Write(absl::StrCat(fault.reply, "\r\n"));
    std::string ignored;
    while (ReadLine(ignored)) {
    }
    return false;
  }

  bool ReadLine(std::string& line) {
    size_t end;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      char bytes[4096];
      const ssize_t got = ssl_ != nullptr ? SSL_read(ssl_, bytes, sizeof bytes) : read(socket_, bytes, sizeof bytes);
      if (got <= 0 || buffer_.size() > kMost) return false;
      buffer_.append(bytes, static_cast<size_t>(got));
    }
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }

  bool Write(absl::string_view text) {
    while (!text.empty()) {
      const ssize_t put = ssl_ != nullptr ? SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                                          : send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      text.remove_prefix(static_cast<size_t>(put));
    }
    return true;
  }

  static std::string Address(const std::string& line) {
    const size_t open = line.find('<');
    const size_t close = line.find('>', open == std::string::npos ? 0 : open);
    if (open == std::string::npos || close == std::string::npos) return "";
    return line.substr(open + 1, close - open - 1);
  }

  SmtpSink& sink_;
  const int socket_;
  const int number_;
  SSL* ssl_ = nullptr;
  std::string buffer_;
  Mail mail_;
};

std::string SmtpSink::Mail::Header(const std::string& name) const {
  const std::string headers = text.substr(0, text.find("\r\n\r\n"));
  std::string value;
  bool inside = false;
  for (absl::string_view line : absl::StrSplit(headers, "\r\n")) {
    const bool folded = absl::StartsWith(line, " ") || absl::StartsWith(line, "\t");
    if (folded && inside) absl::StrAppend(&value, line);
    if (folded) continue;
    if (inside) break;
    inside = absl::StartsWithIgnoreCase(line, absl::StrCat(name, ":"));
    if (inside) value = std::string(absl::StripLeadingAsciiWhitespace(line.substr(name.size() + 1)));
  }
  return value;
}

absl::StatusOr<std::unique_ptr<SmtpSink>> SmtpSink::Start(const Options& options) {
  auto sink = std::unique_ptr<SmtpSink>(new SmtpSink(options));
  if (!options.certificate_file.empty()) {
    SSL_CTX* tls = SSL_CTX_new(TLS_server_method());
    sink->tls_ = tls;
    if (SSL_CTX_use_certificate_chain_file(tls, options.certificate_file.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
      return absl::InvalidArgumentError(absl::StrCat("no certificate and key in ", options.certificate_file));
    }
  }
  if (absl::Status status = sink->Listen(); !status.ok()) return status;
  sink->acceptor_ = std::thread([raw = sink.get()] { raw->Accept(); });
  return sink;
}

SmtpSink::~SmtpSink() {
  std::list<std::thread> threads;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (listener_ >= 0) shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  if (acceptor_.joinable()) acceptor_.join();
  {
    absl::MutexLock lock(&mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  if (listener_ >= 0) close(listener_);
  SSL_CTX_free(static_cast<SSL_CTX*>(tls_));
}

std::string SmtpSink::url() const { return absl::StrCat("smtp://127.0.0.1:", port_); }

absl::Status SmtpSink::Listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 64) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on port ", options_.port, ": ", std::strerror(errno)));
  }
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  return absl::OkStatus();
}

void SmtpSink::Accept() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0 && errno == EINTR) continue;
    absl::MutexLock lock(&mutex_);
    if (socket < 0 || stopping_) {
      if (socket >= 0) close(socket);
      return;
    }
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockets_.insert(socket);
    const int number = ++connections_;
    threads_.emplace_back([this, socket, number] { Serve(socket, number); });
  }
}

void SmtpSink::Serve(int socket, int number) {
  Session(*this, socket, number).Run();
  absl::MutexLock lock(&mutex_);
  sockets_.erase(socket);
  close(socket);
}

bool SmtpSink::TakeFault(const std::string& at, Fault& fault) {
  absl::MutexLock lock(&mutex_);
  if (faults_.empty() || faults_.front().at != at) return false;
  fault = std::move(faults_.front());
  faults_.pop_front();
  return true;
}

void SmtpSink::Keep(Mail mail) {
  absl::MutexLock lock(&mutex_);
  mails_.push_back(std::move(mail));
  if (mails_.size() > options_.keep) mails_.pop_front();
  ++count_;
}

void SmtpSink::Fail(Fault fault) {
  absl::MutexLock lock(&mutex_);
  faults_.push_back(std::move(fault));
}

void SmtpSink::LoseAnswers(double share, uint32_t seed) {
  absl::MutexLock lock(&mutex_);
  lost_answers_ = share;
  dice_.seed(seed);
}

bool SmtpSink::LosesAnswer() {
  absl::MutexLock lock(&mutex_);
  return std::bernoulli_distribution(lost_answers_)(dice_);
}

std::vector<SmtpSink::Mail> SmtpSink::mails() const {
  absl::MutexLock lock(&mutex_);
  return {mails_.begin(), mails_.end()};
}

size_t SmtpSink::count() const {
  absl::MutexLock lock(&mutex_);
  return count_;
}

int SmtpSink::connections() const {
  absl::MutexLock lock(&mutex_);
  return connections_;
}

bool SmtpSink::WaitForMails(size_t count, absl::Duration patience) const {
  absl::MutexLock lock(&mutex_);
  const auto enough = [this, count] {
    mutex_.AssertReaderHeld();
    return count_ >= count;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), patience);
}

absl::Status WriteSelfSigned(const std::string& certificate_file, const std::string& key_file) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  const std::pair<int, const char*> extensions[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                                    {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"}};
  for (const auto& [nid, value] : extensions) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) return absl::InternalError("signing failed");
  const std::unique_ptr<FILE, decltype(&fclose)> out(fopen(certificate_file.c_str(), "w"), fclose);
  const std::unique_ptr<FILE, decltype(&fclose)> secret(fopen(key_file.c_str(), "w"), fclose);
  if (out == nullptr || secret == nullptr || PEM_write_X509(out.get(), certificate.get()) != 1 ||
      PEM_write_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return absl::UnavailableError(absl::StrCat("cannot write ", certificate_file));
  }
  return absl::OkStatus();
}

}  // namespace amikeco
