#include "common/cache/redis_buckets.h"

#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace amikeco {
namespace {

// ARGV: tokens taken, tokens a second and burst of each key. Returns what is left in each, as text: Redis's numbers
// have no fraction.
constexpr char kTake[] = R"lua(
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local result = {}
for i, key in ipairs(KEYS) do
  local taken, rate, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local kept = redis.call('HMGET', key, 'tokens', 'time')
  local tokens = burst
  if kept[1] then tokens = math.min(burst, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * rate) end
  tokens = tokens - taken
  redis.call('HSET', key, 'tokens', string.format('%.6f', tokens), 'time', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil((burst - tokens) / rate * 1000) + 1000)
  result[i] = string.format('%.6f', tokens)
end
return result
)lua";

}  // namespace

absl::StatusOr<std::vector<double>> TokensIn(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return absl::InternalError("Redis: no numbers of tokens");
  std::vector<double> tokens(reply.elements);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!absl::SimpleAtod(TextOf(*reply.element[i]), &tokens[i]) || !std::isfinite(tokens[i])) {
      return absl::InternalError("Redis: no number of tokens");
    }
  }
  return tokens;
}

RedisBuckets::RedisBuckets(RedisAddress address, const std::string& service)
    : stem_(absl::StrCat(address.prefix, ":quota:", service, ":")), redis_(std::move(address)) {}

absl::StatusOr<std::vector<double>> RedisBuckets::Take(absl::Span<const Charge> charges) {
  RedisCommand command = {"EVAL", kTake, absl::StrCat(charges.size())};
  for (const Charge& charge : charges) command.push_back(absl::StrCat(stem_, charge.bucket));
  for (const Charge& charge : charges) {
    for (const double number : {charge.tokens, charge.per_second, charge.burst})
      command.push_back(absl::StrCat(number));
  }
  absl::MutexLock lock(&mutex_);
  AMIKECO_ASSIGN_OR_RETURN(const RedisReply reply, redis_.Run(command));
  return TokensIn(*reply);
}

}  // namespace amikeco
