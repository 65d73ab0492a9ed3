// BareEcho: the baseline. A generated callback service, and, when given one, a plain write for each request.
#ifndef AMIKECO_BENCH_BARE_ECHO_H_
#define AMIKECO_BENCH_BARE_ECHO_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace amikeco::bench {

class BareEcho {
 public:
  // Calls `write` before each answer: on the thread that received the request, or on a pool of `threads` threads.
  static absl::StatusOr<std::unique_ptr<BareEcho>> Start(std::function<absl::Status()> write = nullptr,
                                                         int threads = 0);
  virtual ~BareEcho() = default;
  // "127.0.0.1:port".
  virtual std::string target() const = 0;
};

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BARE_ECHO_H_
