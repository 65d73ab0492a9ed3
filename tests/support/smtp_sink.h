// SmtpSink: a small mail server on loopback that keeps what it gets and fails when told to.
//
// Speaks EHLO, HELO, STARTTLS, MAIL, RCPT, DATA, RSET, NOOP and QUIT. One thread a connection; thread safe.
#ifndef AMIKECO_TESTS_SUPPORT_SMTP_SINK_H_
#define AMIKECO_TESTS_SUPPORT_SMTP_SINK_H_

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace amikeco {

class SmtpSink {
 public:
  struct Options {
    int port = 0;  // of 127.0.0.1; 0: a free one
    // PEM files; with them STARTTLS is offered.
    std::string certificate_file;
    std::string key_file;
    size_t keep = 100'000;  // mails kept; older ones are counted and dropped
  };

  // A letter that was taken.
  struct Mail {
    std::string from;
    std::vector<std::string> recipients;
    std::string text;  // headers and body, lines ended by CRLF, dots unstuffed
    bool encrypted = false;
    int connection = 0;    // counted from 1
    bool answered = true;  // false: the connection was closed in the place of the answer

    // The header's value, unfolded; "" when there is none.
    std::string Header(const std::string& name) const;
  };

  // What goes wrong, once, when a command of this name comes: "CONNECT", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", or
  // "BODY", the letter's end.
  struct Fault {
    enum Kind { kReply, kDrop, kStall };
    std::string at;
    Kind kind = kReply;
    std::string reply;  // kReply: "451 try later"
    bool keep = false;  // at BODY: the letter is taken all the same, only the answer is lost
  };

  static absl::StatusOr<std::unique_ptr<SmtpSink>> Start(const Options& options);
  ~SmtpSink();
  SmtpSink(const SmtpSink&) = delete;
  SmtpSink& operator=(const SmtpSink&) = delete;

  int port() const { return port_; }
  std::string url() const;

  // Faults happen in the order given, each at the first command it fits.
  void Fail(Fault fault);
  // From now on this share of the letters, of 1, is taken and not answered.
  void LoseAnswers(double share, uint32_t seed);
  std::vector<Mail> mails() const;
  size_t count() const;  // of all that were taken
  int connections() const;
  // False when fewer than `count` mails were taken in time.
  bool WaitForMails(size_t count, absl::Duration patience) const;

 private:
  class Session;

  explicit SmtpSink(const Options& options) : options_(options) {}
  absl::Status Listen();
  void Accept();
  void Serve(int socket, int number);
  bool TakeFault(const std::string& at, Fault& fault);
  bool LosesAnswer();
  void Keep(Mail mail);

  const Options options_;
  int listener_ = -1;
  int port_ = 0;
  void* tls_ = nullptr;  // SSL_CTX*
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Fault> faults_ ABSL_GUARDED_BY(mutex_);
  double lost_answers_ ABSL_GUARDED_BY(mutex_) = 0;
  std::mt19937 dice_ ABSL_GUARDED_BY(mutex_);
  std::deque<Mail> mails_ ABSL_GUARDED_BY(mutex_);
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  int connections_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<int> sockets_ ABSL_GUARDED_BY(mutex_);
  std::list<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

// Writes a key and a certificate that is its own authority, for 127.0.0.1 and localhost, valid for a day.
absl::Status WriteSelfSigned(const std::string& certificate_file, const std::string& key_file);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_SMTP_SINK_H_
