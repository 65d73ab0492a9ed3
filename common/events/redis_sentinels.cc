#include "common/events/redis_sentinels.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/events/redis_transport.h"

namespace amikeco {
namespace {

// All of them may have to be asked, while somebody waits.
constexpr absl::Duration kPatience = absl::Milliseconds(500);

}  // namespace

absl::StatusOr<RedisEndpoint> PrimaryIn(const redisReply& answer) {
  if (answer.type != REDIS_REPLY_ARRAY || answer.elements != 2) {
    return absl::UnavailableError("watches no primary of this name");
  }
  auto primary = EndpointOf(TextOf(*answer.element[0]), TextOf(*answer.element[1]));
  if (!primary.ok()) return absl::UnavailableError("names a primary without host and port");
  return primary;
}

absl::StatusOr<RedisEndpoint> RedisSentinels::Ask(const RedisEndpoint& sentinel) const {
  const absl::Duration timeout = std::min(address_.timeout, kPatience);
  AMIKECO_ASSIGN_OR_RETURN(const auto transport, RedisTransport::Connect(sentinel, address_.tls, timeout));
  std::vector<RedisCommand> commands;
  if (!address_.sentinel_password.empty()) commands.push_back({"AUTH", address_.sentinel_password});
  commands.push_back({"SENTINEL", "get-master-addr-by-name", address_.primary});
  AMIKECO_ASSIGN_OR_RETURN(const auto replies, transport->Exchange(commands, timeout));
  for (const RedisReply& reply : replies) {
    if (reply->type == REDIS_REPLY_ERROR) {
      return absl::UnavailableError(absl::StrCat(Describe(sentinel), ": ", TextOf(*reply)));
    }
  }
  auto primary = PrimaryIn(*replies.back());
  if (primary.ok()) return primary;
  return absl::UnavailableError(absl::StrCat(Describe(sentinel), ": ", primary.status().message()));
}

absl::StatusOr<RedisEndpoint> RedisSentinels::FindPrimary() {
  std::string faults = absl::StrCat("no Sentinel knows where the primary \"", address_.primary, "\" is");
  for (size_t i = 0; i < sentinels_.size(); ++i) {
    auto primary = Ask(sentinels_.front());
    if (primary.ok()) return primary;
    absl::StrAppend(&faults, "; ", primary.status().message());
    Doubt();
  }
  return absl::UnavailableError(faults);
}

void RedisSentinels::Doubt() {
  if (!sentinels_.empty()) std::rotate(sentinels_.begin(), sentinels_.begin() + 1, sentinels_.end());
}

}  // namespace amikeco
