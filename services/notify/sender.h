// Sender: hands e-mail that is due to the mail server.
//
// Outside of transactions: SENDING is committed first, then the letter is handed over, then its outcome is committed.
// Several replicas may send at once; a message is taken up by one. While the mail server is away few attempts are made.
#ifndef AMIKECO_SERVICES_NOTIFY_SENDER_H_
#define AMIKECO_SERVICES_NOTIFY_SENDER_H_

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/clock.h"
#include "common/base/part.h"
#include "common/events/execute.h"
#include "common/observe/metrics.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "services/notify/smtp.h"

namespace amikeco::notify {

struct SenderOptions {
  absl::Duration poll = absl::Milliseconds(500);
  // Real time to wait after the mail server could not be reached; doubles up to the most.
  absl::Duration least_pause = absl::Seconds(1);
  absl::Duration most_pause = absl::Minutes(1);
  // Messages taken up in one transaction. All of them must be sent well within their lease.
  int batch = 4;
};

class Sender final : public Part {
 public:
  // All of it outlives the sender. `mailer` is used by one thread at a time.
  Sender(Store& store, const Dossiers& dossiers, const Clock& clock, Mailer& mailer, Metrics& metrics,
         const SenderOptions& options = {});
  ~Sender() override { Stop(); }

  absl::Status Start() override;
  // Returns when the letter in work has been handed over.
  void Stop() override;
  // Sends what is due now; the number of attempts made. Ends early when the mail server cannot be reached.
  absl::StatusOr<int> SendDue();
  // Messages that this sender has taken up and not reported on yet. From any thread.
  std::set<std::string> InHand();

 private:
  // A message that was taken up, and its letter; no address in it when there is no contact or text any more.
  struct Attempt {
    std::string name;
    int number = 0;
    Letter letter;
  };

  absl::StatusOr<std::vector<Attempt>> TakeUp();
  absl::StatusOr<Attempt> TakeUpOne(Transaction& tx, Versioned<v1::Message> message, const Origin& origin);
  absl::Status Report(const Attempt& attempt, const Handover& handover);
  Origin Now() const;
  bool Stopping();
  void Run();

  Store& store_;
  const Dossiers& dossiers_;
  const Clock& clock_;
  Mailer& mailer_;
  const SenderOptions options_;
  const Table<v1::Message> messages_;
  Metrics& metrics_;
  absl::Mutex mutex_;
  std::set<std::string> in_hand_ ABSL_GUARDED_BY(mutex_);
  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  bool reachable_ = true;  // of the sending thread
  std::thread thread_;
};

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_SENDER_H_
