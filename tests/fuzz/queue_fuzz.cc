// What Redis and its Sentinels answer, as it comes over the wire: each answer is read as one to everything that is
// asked. Behind a form feed, where a Sentinel is, as a configuration has it.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/cache/redis_buckets.h"
#include "common/events/redis_sentinels.h"
#include "common/events/redis_streams.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

constexpr auto kOther = absl::StatusCode::kInternal;

void TryStreams(const redisReply& reply) {
  const auto streams = StreamsIn(reply);
  if (!streams.ok()) return RequireRefusal(streams.status(), kOther);
  for (const StreamRead& stream : *streams) {
    for (const StreamEntry& entry : stream.entries) {
      Require(entry.id.size() >= 3 && entry.id.find_first_not_of("0123456789-") == std::string::npos, "an id");
      if (entry.lost) continue;
      Require(entry.parcel.number > 0 && IsUtf8(entry.parcel.subject), "a fact is as it was published");
      Require(absl::EndsWith(entry.id, absl::StrCat(entry.parcel.number, "-0")), "it can be acknowledged");
    }
  }
}

void TryStats(const redisReply& reply) {
  const auto stats = StatsIn("applicant", reply);
  if (!stats.ok()) return RequireRefusal(stats.status(), kOther);
  Require(!stats->empty(), "a source has an entry, whoever follows it");
  std::set<std::string> groups;
  for (const StreamStats& group : *stats) {
    Require(groups.insert(group.group).second, "a group is there once");
    Require(group.length >= 0 && group.pending >= 0 && group.delivered_number >= 0, "counts");
    Require(group.acknowledged_number >= 0 && group.acknowledged_number <= group.last_number,
            "nothing is acknowledged that was not published");
  }
}

void TrySentinel(const std::string& text) {
  config::v1::QueueConfig::Redis config;
  config.set_primary("main");
  config.add_sentinels(text);
  const auto address = RedisAddressOf(config);
  if (!address.ok()) return RequireRefusal(address.status());
  Require(address->sentinels.size() == 1, "a Sentinel is an address");
  const RedisEndpoint& endpoint = address->sentinels[0];
  Require(!endpoint.host.empty() && endpoint.port >= 1 && endpoint.port <= 65535, "it can be called");
  config.set_sentinels(0, Describe(endpoint));
  const auto again = RedisAddressOf(config);
  Require(again.ok() && again->sentinels[0].host == endpoint.host && again->sentinels[0].port == endpoint.port,
          "what is written is read again as it was");
}

void TryReply(const redisReply& reply) {
  Require(StatusOf(reply).ok() == (reply.type != REDIS_REPLY_ERROR), "an error is one");
  TryStreams(reply);
  TryStats(reply);
  if (const auto claimed = ClaimedIn(reply); !claimed.ok()) RequireRefusal(claimed.status(), kOther);
  if (const auto leases = LeasesIn(reply); !leases.ok()) RequireRefusal(leases.status(), kOther);
  const auto number = NumberIn(reply);
  number.ok() ? Require(*number == reply.integer, "a number") : RequireRefusal(number.status(), kOther);
  const auto tokens = TokensIn(reply);
  if (!tokens.ok()) RequireRefusal(tokens.status(), kOther);
  for (const double left : tokens.value_or(std::vector<double>())) Require(left - left == 0, "finite");
  const auto primary = PrimaryIn(reply);
  primary.ok() ? TrySentinel(Describe(*primary)) : RequireRefusal(primary.status(), absl::StatusCode::kUnavailable);
  if (primary.ok()) Require(!primary->host.empty() && primary->port > 0, "a primary can be called");
}

}  // namespace

void Try(absl::string_view input) {
  const auto [wire, sentinel] = Parts<2>(input);
  const RedisReader reader = NewRedisReader();
  redisReaderFeed(reader.get(), wire.data(), wire.size());
  for (void* reply = nullptr; redisReaderGetReply(reader.get(), &reply) == REDIS_OK && reply != nullptr;) {
    TryReply(*RedisReply(static_cast<redisReply*>(reply)));
  }
  TrySentinel(std::string(sentinel));
}
}  // namespace amikeco::fuzz
