#include "common/events/redis.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/events/backoff.h"

namespace amikeco {
namespace {

constexpr absl::Duration kLeastBackoff = absl::Milliseconds(20);

}  // namespace

RedisConnection::RedisConnection(RedisAddress address) : address_(std::move(address)), sentinels_(address_) {}

void RedisConnection::Close() {
  transport_.reset();
  not_before_ = absl::InfinitePast();
}

absl::Status RedisConnection::Broken(const absl::Status& reason) {
  transport_.reset();
  sentinels_.Doubt();
  not_before_ = SteadyNow() + BackoffAfter(++failures_, kLeastBackoff, kMostPause);
  return absl::UnavailableError(absl::StrCat("Redis cannot be reached: ", reason.message()));
}

// Says who we are, and asks a server that Sentinels named whether it is the primary.
absl::Status RedisConnection::Greet(RedisTransport& transport) const {
  std::vector<RedisCommand> commands;
  if (!address_.password.empty()) commands.push_back({"AUTH", address_.password});
  if (!address_.sentinels.empty()) commands.push_back({"ROLE"});
  AMIKECO_ASSIGN_OR_RETURN(const auto replies, transport.Exchange(commands, address_.timeout));
  for (const RedisReply& reply : replies) AMIKECO_RETURN_IF_ERROR(StatusOf(*reply));
  if (address_.sentinels.empty()) return absl::OkStatus();
  const redisReply& role = *replies.back();
  if (role.type == REDIS_REPLY_ARRAY && role.elements > 0 && TextOf(*role.element[0]) == "master") {
    return absl::OkStatus();
  }
  return absl::UnavailableError("the Sentinels name a server that is a replica; a failover is under way");
}

absl::Status RedisConnection::Connect() {
  if (transport_ != nullptr) return absl::OkStatus();
  if (SteadyNow() < not_before_) return absl::UnavailableError("Redis was away a moment ago");
  auto reached = Reach();
  if (!reached.ok()) return Broken(reached.status());
  transport_ = *std::move(reached);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<RedisTransport>> RedisConnection::Reach() {
  RedisEndpoint primary{address_.host, address_.port};
  if (!address_.sentinels.empty()) {
    AMIKECO_ASSIGN_OR_RETURN(primary, sentinels_.FindPrimary());
  }
  AMIKECO_ASSIGN_OR_RETURN(auto transport, RedisTransport::Connect(primary, address_.tls, address_.timeout));
  AMIKECO_RETURN_IF_ERROR(Greet(*transport));
  return transport;
}

absl::StatusOr<std::vector<RedisReply>> RedisConnection::Run(absl::Span<const RedisCommand> commands,
                                                             absl::Duration blocking) {
  AMIKECO_RETURN_IF_ERROR(Connect());
  auto replies = transport_->Exchange(commands, address_.timeout + blocking);
  if (!replies.ok()) return Broken(replies.status());
  failures_ = 0;
  // After a failover the old primary may answer so for ever: the next call connects anew.
  const auto stale = [](const RedisReply& reply) { return IsFromStalePrimary(*reply); };
  if (std::any_of(replies->begin(), replies->end(), stale)) (void)Broken(absl::OkStatus());
  return replies;
}

absl::StatusOr<RedisReply> RedisConnection::Run(const RedisCommand& command, absl::Duration blocking) {
  AMIKECO_ASSIGN_OR_RETURN(auto replies, Run(absl::MakeConstSpan(&command, 1), blocking));
  AMIKECO_RETURN_IF_ERROR(StatusOf(*replies[0]));
  return std::move(replies[0]);
}

}  // namespace amikeco
