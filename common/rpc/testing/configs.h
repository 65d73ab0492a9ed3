// Configurations that tests of servers share.
#ifndef AMIKECO_COMMON_RPC_TESTING_CONFIGS_H_
#define AMIKECO_COMMON_RPC_TESTING_CONFIGS_H_

#include "amikeco/config/v1/config.pb.h"

namespace amikeco {

// On a loopback address, where callers are whom they say.
inline config::v1::ServerConfig LoopbackConfig() {
  config::v1::ServerConfig config;
  config.mutable_identity()->set_insecure_loopback(true);
  return config;
}

inline config::v1::ProcessConfig QuietProcess() {
  config::v1::ProcessConfig config;
  config.set_log_level("error");
  return config;
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_TESTING_CONFIGS_H_
