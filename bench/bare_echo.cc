#include "bench/bare_echo.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/echo.grpc.pb.h"
#include "common/base/status.h"

namespace amikeco::bench {
namespace {

class EchoServer final : public BareEcho, public EchoService::CallbackService {
 public:
  explicit EchoServer(std::optional<CommandRows> rows) : rows_(std::move(rows)) {}
  ~EchoServer() override {
    if (server_) server_->Shutdown();
  }

  absl::Status Open(const std::string& path) {
    if (rows_) {
      AMIKECO_ASSIGN_OR_RETURN(database_, BareSqlite::Open(path));
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
    const bool written = !rows_ || database_->Write(Numbered(*rows_, ++last_)).ok();
    reactor->Finish(written ? grpc::Status::OK : grpc::Status(grpc::StatusCode::INTERNAL, "no commit"));
    return reactor;
  }

 private:
  const std::optional<CommandRows> rows_;
  std::unique_ptr<BareSqlite> database_;
  std::atomic<int64_t> last_{0};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BareEcho>> BareEcho::Start(const std::string& database,
                                                          std::optional<CommandRows> rows) {
  auto echo = std::make_unique<EchoServer>(std::move(rows));
  if (absl::Status status = echo->Open(database); !status.ok()) return status;
  return std::unique_ptr<BareEcho>(std::move(echo));
}

}  // namespace amikeco::bench
