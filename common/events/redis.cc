#include "common/events/redis.h"

#include <algorithm>
#include <csignal>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/config/textproto.h"

namespace amikeco {
namespace {

constexpr absl::Duration kLeastBackoff = absl::Milliseconds(20);
constexpr absl::Duration kMostBackoff = absl::Milliseconds(500);

}  // namespace

absl::StatusOr<RedisAddress> RedisAddressOf(const config::v1::QueueConfig::Redis& config) {
  RedisAddress address;
  if (!config.host().empty()) address.host = config.host();
  if (config.port() != 0) address.port = config.port();
  if (!config.prefix().empty()) address.prefix = config.prefix();
  if (config.password_file().empty()) return address;
  auto password = ReadSecretFile(config.password_file());
  if (!password.ok()) return absl::FailedPreconditionError(password.status().message());
  address.password = *std::move(password);
  return address;
}

absl::Status StatusOf(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ERROR) return absl::OkStatus();
  const absl::string_view text = TextOf(reply);
  for (const char* passing : {"LOADING", "BUSY", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "OOM", "MISCONF", "NOAUTH",
                              "WRONGPASS", "TRYAGAIN", "UNBLOCKED", "NOREPLICAS", "ERR max number of clients"}) {
    if (absl::StartsWith(text, passing)) return absl::UnavailableError(absl::StrCat("Redis: ", text));
  }
  // An error inside a script is wrapped in words of Redis's own.
  if (absl::StrContains(text, "OOM") || absl::StrContains(text, "READONLY")) {
    return absl::UnavailableError(absl::StrCat("Redis: ", text));
  }
  return absl::InternalError(absl::StrCat("Redis: ", text));
}

RedisConnection::RedisConnection(RedisAddress address) : address_(std::move(address)), backoff_(kLeastBackoff) {
  // hiredis writes without MSG_NOSIGNAL: a peer that went away would end the process.
  static const bool ignored = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  (void)ignored;
}

void RedisConnection::Close() {
  context_.reset();
  not_before_ = absl::InfinitePast();
}

absl::Status RedisConnection::Broken() {
  const absl::Status status = absl::UnavailableError(absl::StrCat(
      "Redis at ", address_.host, ":", address_.port,
      " cannot be reached: ", context_ != nullptr && context_->err != 0 ? context_->errstr : "connection lost"));
  context_.reset();
  static thread_local absl::BitGen random;
  not_before_ = SteadyNow() + backoff_ * absl::Uniform(random, 0.5, 1.0);
  backoff_ = std::min(backoff_ * 2, kMostBackoff);
  return status;
}

void RedisConnection::SetTimeout(absl::Duration timeout) {
  if (timeout == timeout_) return;
  timeout_ = timeout;
  redisSetTimeout(context_.get(), absl::ToTimeval(timeout));
}

absl::Status RedisConnection::Connect() {
  if (context_ != nullptr) return absl::OkStatus();
  if (SteadyNow() < not_before_) return absl::UnavailableError("Redis was away a moment ago");
  context_.reset(redisConnectWithTimeout(address_.host.c_str(), address_.port, absl::ToTimeval(address_.timeout)));
  if (context_ == nullptr || context_->err != 0) return Broken();
  redisEnableKeepAlive(context_.get());
  timeout_ = absl::ZeroDuration();
  SetTimeout(address_.timeout);
  if (!address_.password.empty()) {
    const RedisReply reply(static_cast<redisReply*>(
        redisCommand(context_.get(), "AUTH %b", address_.password.data(), address_.password.size())));
    if (reply == nullptr) return Broken();
    if (const absl::Status status = StatusOf(*reply); !status.ok()) {
      (void)Broken();
      return status;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<RedisReply> RedisConnection::Read() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK || reply == nullptr) return Broken();
  return RedisReply(static_cast<redisReply*>(reply));
}

absl::StatusOr<std::vector<RedisReply>> RedisConnection::Run(absl::Span<const RedisCommand> commands,
                                                             absl::Duration blocking) {
  AMIKECO_RETURN_IF_ERROR(Connect());
  SetTimeout(address_.timeout + blocking);
  std::vector<const char*> words;
  std::vector<size_t> sizes;
  for (const RedisCommand& command : commands) {
    words.clear();
    sizes.clear();
    for (const std::string& word : command) {
      words.push_back(word.data());
      sizes.push_back(word.size());
    }
    redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(), sizes.data());
  }
  std::vector<RedisReply> replies;
  bool stale = false;
  while (replies.size() < commands.size()) {
    AMIKECO_ASSIGN_OR_RETURN(replies.emplace_back(), Read());
    const absl::string_view text = TextOf(*replies.back());
    stale |= replies.back()->type == REDIS_REPLY_ERROR && absl::StrContains(text, "READONLY");
  }
  backoff_ = kLeastBackoff;
  // After a failover the old primary answers so for ever: the next call connects anew.
  if (stale) (void)Broken();
  return replies;
}

absl::StatusOr<RedisReply> RedisConnection::Run(const RedisCommand& command, absl::Duration blocking) {
  AMIKECO_ASSIGN_OR_RETURN(auto replies, Run(absl::MakeConstSpan(&command, 1), blocking));
  AMIKECO_RETURN_IF_ERROR(StatusOf(*replies[0]));
  return std::move(replies[0]);
}

}  // namespace amikeco
