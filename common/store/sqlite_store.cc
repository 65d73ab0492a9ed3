#include "common/store/sqlite_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/deadline.h"
#include "common/base/steady.h"
#include "common/store/errors.h"
#include "common/store/retry.h"
#include "common/store/sql_transaction.h"

namespace amikeco {
namespace {

// More transactions in one commit gain little (the disk's wait is already shared) and make the first one
// wait.
constexpr size_t kGroup = 64;
// More connections than threads that can run at once gain nothing.
constexpr int kReaders = 16;
// How long a write waits for another program that has the file locked.
constexpr absl::Duration kBusy = absl::Seconds(5);
// 16 MiB of log: rare enough to cost little, small enough that reading through the log stays cheap.
constexpr int kCheckpointPages = 4000;

// What absl::Notification is, with waits by SteadyNow(). May go as soon as somebody has waited for it.
class Signal {
 public:
  void Notify() {
    const std::lock_guard<std::mutex> guard(mutex_);
    given_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock<std::mutex> guard(mutex_);
    changed_.wait(guard, [this] { return given_; });
  }
  bool WaitUntil(absl::Time deadline) {
    std::unique_lock<std::mutex> guard(mutex_);
    return changed_.wait_for(guard, absl::ToChronoNanoseconds(deadline - SteadyNow()), [this] { return given_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool given_ = false;
};

}  // namespace

struct SqliteStore::Job {
  absl::FunctionRef<absl::Status(Transaction&)> body;
  const absl::Time deadline;
  absl::Status status{};
  bool appended = false;
  Signal done{};
};

class SqliteStore::NamedLock final : public Store::Lock {
 public:
  NamedLock(std::shared_ptr<LockNames> names, std::string name) : names_(std::move(names)), name_(std::move(name)) {}
  ~NamedLock() override {
    const std::lock_guard<std::mutex> guard(names_->mutex);
    names_->held.erase(name_);
  }
  bool StillHeld() override { return true; }

 private:
  std::shared_ptr<LockNames> names_;
  std::string name_;
};

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(const std::string& path) {
  std::unique_ptr<SqliteStore> store(new SqliteStore(path));
  AMIKECO_RETURN_IF_ERROR(store->LockFile());
  AMIKECO_ASSIGN_OR_RETURN(store->writer_, SqliteConnection::Open(path));
  AMIKECO_ASSIGN_OR_RETURN(store->checkpointer_, SqliteConnection::Open(path));
  AMIKECO_RETURN_IF_ERROR(store->Migrate());
  sqlite3_wal_hook(
      store->writer_->handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        auto* const that = static_cast<SqliteStore*>(self);
        if (pages < kCheckpointPages) return SQLITE_OK;
        const std::lock_guard<std::mutex> guard(that->checkpoint_mutex_);
        that->checkpoint_wanted_ = true;
        that->checkpoint_due_.notify_one();
        return SQLITE_OK;
      },
      store.get());
  store->writing_ = std::thread([self = store.get()] { self->RunWriter(); });
  store->checkpointing_ = std::thread([self = store.get()] { self->RunCheckpoints(); });
  return store;
}

SqliteStore::~SqliteStore() {
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    stop_ = true;
    work_.notify_all();
  }
  if (writing_.joinable()) writing_.join();
  {
    const std::lock_guard<std::mutex> guard(checkpoint_mutex_);
    checkpoint_stop_ = true;
    checkpoint_due_.notify_all();
  }
  if (checkpointing_.joinable()) checkpointing_.join();
  readers_.clear();
  checkpointer_.reset();
  writer_.reset();
  if (lock_file_ >= 0) close(lock_file_);
}

absl::Status SqliteStore::LockFile() {
  // A file of its own: closing any descriptor of the database file would drop SQLite's locks on it.
  const std::string name = absl::StrCat(path_, ".lock");
  lock_file_ = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (lock_file_ < 0) {
    return InsideError(errors::kStoreUnavailable, absl::StrCat("Cannot open ", name, ": ", std::strerror(errno), "."),
                       {{"path", path_}});
  }
  if (flock(lock_file_, LOCK_EX | LOCK_NB) == 0) {
    const std::string pid = absl::StrCat(getpid(), "\n");
    if (ftruncate(lock_file_, 0) == 0 && pwrite(lock_file_, pid.data(), pid.size(), 0) > 0) return absl::OkStatus();
    return absl::OkStatus();  // the process id is there for people alone
  }
  char text[32] = {};
  const ssize_t size = pread(lock_file_, text, sizeof(text) - 1, 0);
  const int holder = size > 0 ? std::atoi(text) : 0;
  return InsideError(errors::kStoreInUse,
                     absl::StrCat("The database ", path_, " is in use by process ", holder,
                                  "; an SQLite database serves one process. Stop that one, or use PostgreSQL."),
                     {{"path", path_}, {"pid", absl::StrCat(holder)}});
}

absl::Status SqliteStore::Migrate() {
  AMIKECO_RETURN_IF_ERROR(writer_->BeginWrite());
  AMIKECO_RETURN_IF_ERROR(writer_->Run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)"));
  size_t version = 0;
  AMIKECO_RETURN_IF_ERROR(writer_->Query(Sql::kSchemaVersion, {},
                                         [&](const SqlRow& row) { version = static_cast<size_t>(row.Number(0)); }));
  for (; version < SchemaSteps().size(); ++version) {
    AMIKECO_RETURN_IF_ERROR(writer_->Run(SchemaStep(version, kSqliteDialect).c_str()));
    AMIKECO_RETURN_IF_ERROR(
        writer_->Run(absl::StrCat("INSERT INTO schema_version (version) VALUES (", version + 1, ")").c_str()));
  }
  return writer_->Commit();
}

absl::Status SqliteStore::Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) {
  const absl::Time deadline = CallDeadline();
  return last_write_.Note(RetryLostRaces(deadline, [&] {
    Job job{body, deadline};
    std::unique_lock<std::mutex> guard(mutex_);
    // While calls come one at a time, handing each to the writer's thread and back costs as much as a third of the
    // commit: such a caller writes itself.
    if (!writing_now_ && waiting_.empty() && last_group_ <= 1) {
      writing_now_ = true;
      guard.unlock();
      Commit(&job);
      guard.lock();
      writing_now_ = false;
      if (!waiting_.empty()) work_.notify_one();
      return std::move(job.status);
    }
    waiting_.push_back(&job);
    if (waiting_.size() == 1) work_.notify_one();
    guard.unlock();
    if (!job.done.WaitUntil(deadline) && Withdraw(&job)) return TimedOut("earlier writes");
    job.done.Wait();
    return std::move(job.status);
  }));
}

bool SqliteStore::Withdraw(Job* job) {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto place = std::find(waiting_.begin(), waiting_.end(), job);
  if (place == waiting_.end()) return false;
  waiting_.erase(place);
  return true;
}

SqliteStore::Job* SqliteStore::Next() {
  const std::lock_guard<std::mutex> guard(mutex_);
  while (!waiting_.empty()) {
    Job* const job = waiting_.front();
    waiting_.pop_front();
    if (SteadyNow() < job->deadline) return job;
    job->status = TimedOut("earlier writes");
    job->done.Notify();
  }
  return nullptr;
}

void SqliteStore::RunWriter() {
  std::unique_lock<std::mutex> guard(mutex_);
  for (;;) {
    work_.wait(guard, [this] { return stop_ || (!waiting_.empty() && !writing_now_); });
    if (waiting_.empty()) return;
    writing_now_ = true;
    guard.unlock();
    const size_t group = Commit(nullptr);
    guard.lock();
    last_group_ = group;
    writing_now_ = false;
  }
}

size_t SqliteStore::Commit(Job* alone) {
  const std::vector<Job*> group = WriteGroup(alone);
  bool appended = false;
  for (Job* job : group) {
    appended = appended || (job->appended && job->status.ok());
    job->done.Notify();  // from here on the job is its caller's, and may be gone
  }
  if (appended && wake_) wake_();
  // The checkpointer copied most of the log while we wrote on; with us standing still the rest is copied too, and the
  // log starts again at its beginning. Otherwise a busy log would never end.
  if (finish_checkpoint_.exchange(false)) {
    sqlite3_wal_checkpoint_v2(writer_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  return group.size();
}

std::vector<SqliteStore::Job*> SqliteStore::WriteGroup(Job* alone) {
  std::vector<Job*> group;
  // Another program may hold the file's lock. Those who wait behind us are free to leave meanwhile.
  const absl::Duration patience = alone == nullptr ? kBusy : std::min(kBusy, alone->deadline - SteadyNow());
  sqlite3_busy_timeout(writer_->handle(), static_cast<int>(absl::ToInt64Milliseconds(patience)));
  absl::Status status = writer_->BeginWrite();
  for (Job* job = alone != nullptr ? alone : Next(); job != nullptr;) {
    group.push_back(job);
    if (status.ok()) {
      job->status = RunMember(*job);
      if (sqlite3_get_autocommit(writer_->handle()) != 0) {
        status = InsideError(errors::kStoreUnavailable, absl::StrCat("SQLite gave up: ", job->status.message()));
      }
    }
    job = alone == nullptr && group.size() < kGroup ? Next() : nullptr;
  }
  if (status.ok()) status = writer_->Commit();
  if (status.ok()) return group;
  writer_->Rollback();
  for (Job* job : group) job->status = status;
  return group;
}

absl::Status SqliteStore::RunMember(Job& job) {
  AMIKECO_RETURN_IF_ERROR(writer_->Savepoint());
  SqlTransaction tx(*writer_);
  const absl::Status verdict = tx.Run(job.body);
  job.appended = tx.appended();
  if (verdict.ok()) return writer_->Release();
  AMIKECO_RETURN_IF_ERROR(writer_->RollbackToSavepoint());
  return verdict;
}

void SqliteStore::RunCheckpoints() {
  std::unique_lock<std::mutex> guard(checkpoint_mutex_);
  for (;;) {
    checkpoint_due_.wait(guard, [this] { return checkpoint_wanted_ || checkpoint_stop_; });
    if (checkpoint_stop_) return;
    checkpoint_wanted_ = false;
    guard.unlock();
    sqlite3_wal_checkpoint_v2(checkpointer_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    finish_checkpoint_ = true;
    guard.lock();
  }
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteStore::TakeReader(absl::Time deadline) {
  {
    std::unique_lock<std::mutex> guard(readers_mutex_);
    const auto free = [this] { return !readers_.empty() || readers_open_ < kReaders; };
    if (!free() && !reader_back_.wait_for(guard, absl::ToChronoNanoseconds(deadline - SteadyNow()), free)) {
      return TimedOut("earlier reads");
    }
    if (!readers_.empty()) {
      auto reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
    ++readers_open_;
  }
  auto opened = SqliteConnection::Open(path_);
  if (!opened.ok()) {
    const std::lock_guard<std::mutex> guard(readers_mutex_);
    --readers_open_;
    reader_back_.notify_one();
  }
  return opened;
}

void SqliteStore::ReturnReader(std::unique_ptr<SqliteConnection> reader) {
  const std::lock_guard<std::mutex> guard(readers_mutex_);
  readers_.push_back(std::move(reader));
  reader_back_.notify_one();
}

absl::Status SqliteStore::Read(absl::FunctionRef<absl::Status(Reader& reader)> body) {
  AMIKECO_ASSIGN_OR_RETURN(auto connection, TakeReader(CallDeadline()));
  absl::Status status = connection->BeginRead();
  if (status.ok()) {
    SqlTransaction reader(*connection);
    status = reader.Run(body);
  }
  connection->Rollback();
  ReturnReader(std::move(connection));
  return status;
}

absl::StatusOr<std::unique_ptr<Store::Lock>> SqliteStore::TryLock(absl::string_view name) {
  // The file has one process, so this process's names are all there are.
  const std::lock_guard<std::mutex> guard(locks_->mutex);
  if (!locks_->held.insert(std::string(name)).second) return std::unique_ptr<Lock>();
  return std::make_unique<NamedLock>(locks_, std::string(name));
}

absl::Status SqliteStore::Check() {
  const DeadlineScope within(SteadyNow() + kCheckPatience);
  AMIKECO_ASSIGN_OR_RETURN(auto connection, TakeReader(CallDeadline()));
  int64_t version = 0;
  absl::Status status = connection->Query(Sql::kSchemaVersion, {}, [&](const SqlRow& row) { version = row.Number(0); });
  ReturnReader(std::move(connection));
  if (status.ok() && version < static_cast<int64_t>(SchemaSteps().size())) {
    status = InsideError(errors::kSchemaTooOld, absl::StrCat("The schema of ", path_, " is at step ", version, " of ",
                                                             SchemaSteps().size(), "."));
  }
  return status.ok() ? last_write_.Check(*this) : status;
}

}  // namespace amikeco
