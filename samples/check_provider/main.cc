// amikeco-check-provider: the sample provider of background checks, on a loopback address.
//
//   amikeco-check-provider 127.0.0.1:8095
//
// and in the config of amikeco-compliance:
//
//   check_providers { kinds: "ncic" peer { target: "127.0.0.1:8095" } }
#include <iostream>

#include "common/base/clock.h"
#include "common/observe/process.h"
#include "common/rpc/server.h"
#include "samples/check_provider/check_provider.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: amikeco-check-provider HOST:PORT" << std::endl;
    return 2;
  }
  amikeco::Process process({}, "check-provider");
  amikeco::config::v1::ServerConfig config;
  config.set_listen(argv[1]);
  config.mutable_identity()->set_insecure_loopback(true);
  const amikeco::SystemClock clock;
  amikeco::Server server(config, process, clock);
  amikeco::samples::SampleProvider provider;
  amikeco::samples::Bind(server.chain(), provider);
  return process.RunUntilSignal(server);
}
