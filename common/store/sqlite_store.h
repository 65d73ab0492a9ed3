// SqliteStore: the embedded store, for one process.
#ifndef AMIKECO_COMMON_STORE_SQLITE_STORE_H_
#define AMIKECO_COMMON_STORE_SQLITE_STORE_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/store/last_write.h"
#include "common/store/sqlite_connection.h"
#include "common/store/store.h"

namespace amikeco {

// A commit waits for the disk, and everybody waits for the commit: so one thread writes, and commits whatever
// transactions wait as one group, each in a savepoint of its own. (A caller who is alone writes on its own thread.) One
// that fails takes back only its own changes; when the commit itself fails, all of them get the error. A transaction
// that still waits at its caller's deadline is withdrawn; once it has begun its caller waits for what becomes of it.
// Reads run beside it on their own connections.
//
// Copying the log into the database (the checkpoint) runs on a third thread, off the path of commits.
class SqliteStore final : public Store {
 public:
  // Makes the file when there is none and brings its schema up to date. FAILED_PRECONDITION (STORE_IN_USE)
  // when another process, or another store in this one, has the file open.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path);
  // No call may be in work.
  ~SqliteStore() override;

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) override;
  absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) override;
  absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) override;
  absl::Status Check() override;
  void OnEvents(std::function<void()> wake) override { wake_ = std::move(wake); }

 private:
  struct Job;
  class NamedLock;
  // Names in use; outlives the store when a lock does.
  struct LockNames {
    std::mutex mutex;
    std::set<std::string> held;
  };

  explicit SqliteStore(std::string path) : path_(std::move(path)) {}
  absl::Status LockFile();
  absl::Status Migrate();
  void RunWriter();
  void RunCheckpoints();
  // The transaction that has waited longest and is still wanted; null when there is none.
  Job* Next();
  // Takes a transaction back that has not begun; false when it has.
  bool Withdraw(Job* job);
  // Writes and commits `alone`, or, when it is null, a group of those that wait; how many there were.
  size_t Commit(Job* alone);
  std::vector<Job*> WriteGroup(Job* alone);
  absl::Status RunMember(Job& job);
  absl::StatusOr<std::unique_ptr<SqliteConnection>> TakeReader(absl::Time deadline);
  void ReturnReader(std::unique_ptr<SqliteConnection> reader);

  const std::string path_;
  int lock_file_ = -1;
  std::function<void()> wake_;
  LastWrite last_write_;
  std::unique_ptr<SqliteConnection> writer_;
  std::unique_ptr<SqliteConnection> checkpointer_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable work_;
  std::deque<Job*> waiting_;
  bool writing_now_ = false;
  size_t last_group_ = 0;  // transactions in the last commit of the writer's thread
  bool stop_ = false;

  std::mutex readers_mutex_;
  std::condition_variable reader_back_;
  std::vector<std::unique_ptr<SqliteConnection>> readers_;
  int readers_open_ = 0;

  std::mutex checkpoint_mutex_;
  std::condition_variable checkpoint_due_;
  bool checkpoint_wanted_ = false;
  bool checkpoint_stop_ = false;
  std::atomic<bool> finish_checkpoint_{false};

  std::shared_ptr<LockNames> locks_ = std::make_shared<LockNames>();
  std::thread writing_;
  std::thread checkpointing_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_SQLITE_STORE_H_
