#include "bench/bare_echo.h"

#include <grpcpp/grpcpp.h>
#include <sqlite3.h>

#include <atomic>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "bench/echo.grpc.pb.h"

namespace amikeco::bench {
namespace {

class EchoServer final : public BareEcho, public EchoService::CallbackService {
 public:
  EchoServer(int rows, int row_bytes) : rows_(rows), row_(static_cast<size_t>(row_bytes), 'x') {}
  ~EchoServer() override {
    if (server_) server_->Shutdown();
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  absl::Status Open(const std::string& path) {
    if (rows_ > 0 && (sqlite3_open(path.c_str(), &database_) != SQLITE_OK ||
                      !Sql("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
                           "CREATE TABLE row (id INTEGER PRIMARY KEY, name BLOB NOT NULL, body BLOB NOT NULL);"
                           "CREATE UNIQUE INDEX row_name ON row (name)") ||
                      sqlite3_prepare_v2(database_, "INSERT INTO row (name, body) VALUES (?1, ?2)", -1, &insert_,
                                         nullptr) != SQLITE_OK)) {
      return absl::UnavailableError("the baseline's database does not open");
    }
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    return server_ ? absl::OkStatus() : absl::UnavailableError("the baseline's server does not start");
  }

  std::string target() const override { return absl::StrCat("127.0.0.1:", port_); }

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    auto* reactor = context->DefaultReactor();
    response->set_payload(request->payload());
    reactor->Finish(rows_ == 0 || Write() ? grpc::Status::OK : grpc::Status(grpc::StatusCode::INTERNAL, "no commit"));
    return reactor;
  }

 private:
  bool Sql(const char* text) { return sqlite3_exec(database_, text, nullptr, nullptr, nullptr) == SQLITE_OK; }

  bool Write() {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (!Sql("BEGIN IMMEDIATE")) return false;
    for (int i = 0; i < rows_; ++i) {
      const std::string name = absl::StrCat("rows/", ++last_);
      sqlite3_bind_blob(insert_, 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
      sqlite3_bind_blob(insert_, 2, row_.data(), static_cast<int>(row_.size()), SQLITE_STATIC);
      const bool done = sqlite3_step(insert_) == SQLITE_DONE;
      sqlite3_reset(insert_);
      if (!done) return false;
    }
    return Sql("COMMIT");
  }

  const int rows_;
  const std::string row_;
  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  int64_t last_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BareEcho>> BareEcho::Start(const std::string& database, int rows, int row_bytes) {
  auto echo = std::make_unique<EchoServer>(rows, row_bytes);
  if (absl::Status status = echo->Open(database); !status.ok()) return status;
  return std::unique_ptr<BareEcho>(std::move(echo));
}

}  // namespace amikeco::bench
