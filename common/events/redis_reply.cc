#include "common/events/redis_reply.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace amikeco {

namespace {

// A batch of facts, the claims of one call and the groups of a stream are some hundreds.
constexpr int kMostElements = 1 << 16;

void* CreateArray(const redisReadTask* task, int elements) {
  static auto* const create = RedisReader(redisReaderCreate())->fn->createArray;
  return elements > kMostElements ? nullptr : create(task, elements);
}

}  // namespace

RedisReader NewRedisReader() {
  RedisReader reader(redisReaderCreate());
  static redisReplyObjectFunctions functions = [&] {
    redisReplyObjectFunctions bounded = *reader->fn;
    bounded.createArray = CreateArray;
    return bounded;
  }();
  reader->fn = &functions;
  return reader;
}

absl::Status StatusOf(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ERROR) return absl::OkStatus();
  const absl::string_view text = TextOf(reply);
  for (const char* passing : {"LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "MISCONF", "NOAUTH", "WRONGPASS",
                              "TRYAGAIN", "UNBLOCKED", "ERR max number of clients"}) {
    if (absl::StartsWith(text, passing)) return absl::UnavailableError(absl::StrCat("Redis: ", text));
  }
  if (absl::StrContains(text, "OOM") || IsFromStalePrimary(reply)) {
    return absl::UnavailableError(absl::StrCat("Redis: ", text));
  }
  return absl::InternalError(absl::StrCat("Redis: ", text));
}

// Not only at the beginning: an error inside a script is wrapped in words of Redis's own.
bool IsFromStalePrimary(const redisReply& reply) {
  return reply.type == REDIS_REPLY_ERROR &&
         (absl::StrContains(TextOf(reply), "READONLY") || absl::StrContains(TextOf(reply), "NOREPLICAS"));
}

}  // namespace amikeco
