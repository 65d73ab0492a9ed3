#include "bench/bare_echo.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/echo.grpc.pb.h"
#include "common/rpc/pool.h"

namespace amikeco::bench {
namespace {

class EchoServer final : public BareEcho, public EchoService::CallbackService {
 public:
  EchoServer(std::function<absl::Status()> write, int threads)
      : write_(std::move(write)), pool_(threads > 0 ? std::make_unique<Pool>(threads) : nullptr) {}
  ~EchoServer() override {
    if (server_) server_->Shutdown();
  }

  absl::Status Open() {
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
    if (pool_ != nullptr) {
      pool_->Add(new Answer(*this, reactor));
    } else {
      Finish(reactor);
    }
    return reactor;
  }

 private:
  class Answer final : public Pool::Work {
   public:
    Answer(EchoServer& server, grpc::ServerUnaryReactor* reactor) : server_(server), reactor_(reactor) {}
    virtual ~Answer() = default;
    void Run() override {
      server_.Finish(reactor_);
      delete this;
    }

   private:
    EchoServer& server_;
    grpc::ServerUnaryReactor* const reactor_;
  };

  void Finish(grpc::ServerUnaryReactor* reactor) {
    const bool written = write_ == nullptr || write_().ok();
    reactor->Finish(written ? grpc::Status::OK : grpc::Status(grpc::StatusCode::INTERNAL, "no commit"));
  }

  const std::function<absl::Status()> write_;
  const std::unique_ptr<Pool> pool_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BareEcho>> BareEcho::Start(std::function<absl::Status()> write, int threads) {
  auto echo = std::make_unique<EchoServer>(std::move(write), threads);
  if (absl::Status status = echo->Open(); !status.ok()) return status;
  return std::unique_ptr<BareEcho>(std::move(echo));
}

}  // namespace amikeco::bench
