#include "common/events/redis_streams.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace amikeco {
namespace {

// A script's numbers are Lua's: whole up to here.
constexpr int64_t kLargest = int64_t{1} << 53;

absl::Status Unexpected(absl::string_view what) {
  return absl::InternalError(absl::StrCat("Redis: unexpected answer to ", what));
}

absl::Span<redisReply* const> ElementsOf(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return {};
  return {reply.element, static_cast<size_t>(reply.elements)};
}

bool IsText(const redisReply& reply) { return reply.type == REDIS_REPLY_STRING; }

bool IsCount(const redisReply& reply) {
  return reply.type == REDIS_REPLY_INTEGER && reply.integer >= 0 && reply.integer <= kLargest;
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && text.size() <= 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

bool IsId(absl::string_view text) {
  const size_t dash = text.find('-');
  return dash != text.npos && IsDigits(text.substr(0, dash)) && IsDigits(text.substr(dash + 1));
}

// False when it is not what the relay adds (kPublish).
bool ReadParcel(absl::string_view id, const redisReply& reply, Parcel& parcel) {
  const auto fields = ElementsOf(reply);
  if (fields.size() != 4 || !std::all_of(fields.begin(), fields.end(), [](auto* field) { return IsText(*field); }) ||
      TextOf(*fields[0]) != "subject" || TextOf(*fields[2]) != "event" || !IsUtf8(TextOf(*fields[1])) ||
      !absl::ConsumeSuffix(&id, "-0") || !absl::SimpleAtoi(id, &parcel.number) || parcel.number < 1) {
    return false;
  }
  parcel.subject = std::string(TextOf(*fields[1]));
  parcel.body = std::string(TextOf(*fields[3]));
  return true;
}

struct Row {
  std::string group;
  int64_t pending, delivered, lowest;
};

absl::StatusOr<Row> RowIn(const redisReply& reply) {
  const auto row = ElementsOf(reply);
  if (row.size() != 4 || !IsText(*row[0]) ||
      !std::all_of(row.begin() + 1, row.end(), [](auto* number) { return IsCount(*number); })) {
    return Unexpected("a question about a group");
  }
  return Row{std::string(TextOf(*row[0])), row[1]->integer, row[2]->integer, row[3]->integer};
}

}  // namespace

absl::StatusOr<std::vector<StreamRead>> StreamsIn(const redisReply& reply) {
  std::vector<StreamRead> streams;
  if (reply.type == REDIS_REPLY_NIL) return streams;
  if (reply.type != REDIS_REPLY_ARRAY) return Unexpected("XREADGROUP");
  for (const redisReply* stream : ElementsOf(reply)) {
    const auto pair = ElementsOf(*stream);
    if (pair.size() != 2 || !IsText(*pair[0]) || pair[1]->type != REDIS_REPLY_ARRAY) return Unexpected("XREADGROUP");
    StreamRead& read = streams.emplace_back();
    read.key = std::string(TextOf(*pair[0]));
    for (const redisReply* item : ElementsOf(*pair[1])) {
      const auto parts = ElementsOf(*item);
      if (parts.size() != 2 || !IsText(*parts[0]) || !IsId(TextOf(*parts[0]))) return Unexpected("XREADGROUP");
      StreamEntry& entry = read.entries.emplace_back();
      entry.id = std::string(TextOf(*parts[0]));
      entry.lost = !ReadParcel(entry.id, *parts[1], entry.parcel);
    }
  }
  return streams;
}

absl::StatusOr<Claimed> ClaimedIn(const redisReply& reply) {
  const auto parts = ElementsOf(reply);
  if (parts.size() < 2 || !IsText(*parts[0]) || !IsId(TextOf(*parts[0])) || parts[1]->type != REDIS_REPLY_ARRAY ||
      (parts.size() > 2 && parts[2]->type != REDIS_REPLY_ARRAY)) {
    return Unexpected("XAUTOCLAIM");
  }
  return Claimed{std::string(TextOf(*parts[0])), parts.size() > 2 && !ElementsOf(*parts[2]).empty()};
}

absl::StatusOr<int64_t> NumberIn(const redisReply& reply) {
  if (!IsCount(reply)) return Unexpected("a script");
  return reply.integer;
}

absl::StatusOr<std::array<bool, kPartitions>> LeasesIn(const redisReply& reply) {
  const auto leases = ElementsOf(reply);
  if (leases.size() != kPartitions) return Unexpected("a lease");
  std::array<bool, kPartitions> held{};
  for (size_t p = 0; p < held.size(); ++p) {
    if (!IsCount(*leases[p]) || leases[p]->integer > 1) return Unexpected("a lease");
    held[p] = leases[p]->integer == 1;
  }
  return held;
}

absl::StatusOr<std::vector<StreamStats>> StatsIn(absl::string_view source, const redisReply& reply) {
  const auto parts = ElementsOf(reply);
  if (parts.size() != kPartitions + 1 || !IsCount(*parts[0])) return Unexpected("a question about a stream");
  const int64_t all = parts[0]->integer;
  StreamStats stream{std::string(source), "", 0, 0, all, 0, 0};
  std::map<std::string, StreamStats> groups;
  std::map<std::string, int> seen;
  for (int p = 0; p < kPartitions; ++p) {
    const auto entry = ElementsOf(*parts[p + 1]);
    if (entry.size() < 3 || !std::all_of(entry.begin(), entry.begin() + 3, [](auto* n) { return IsCount(*n); })) {
      return Unexpected("a question about a stream");
    }
    const int64_t last = entry[1]->integer;
    const bool intact = last >= entry[2]->integer;
    stream.length += entry[0]->integer;
    for (const redisReply* item : entry.subspan(3)) {
      AMIKECO_ASSIGN_OR_RETURN(const Row row, RowIn(*item));
      const StreamStats fresh{stream.source, row.group, 0, 0, all, 0, all};
      StreamStats& group = groups.try_emplace(row.group, fresh).first->second;
      int64_t done = row.delivered >= last ? all : row.delivered;
      if (row.pending > 0) done = std::max<int64_t>(row.lowest - 1, 0);
      if (!intact) done = 0;  // what the stream lost is not acknowledged, however well the rest looks
      group.pending += row.pending;
      group.delivered_number = std::max(group.delivered_number, row.delivered);
      group.acknowledged_number = std::min(group.acknowledged_number, done);
      if (++seen[row.group] > p + 1) return Unexpected("a question about a stream");
    }
  }
  if (groups.empty()) return std::vector<StreamStats>{stream};
  std::vector<StreamStats> stats;
  for (auto& [name, group] : groups) {
    group.length = stream.length;
    if (seen[name] < kPartitions) group.acknowledged_number = 0;
    stats.push_back(group);
  }
  return stats;
}

}  // namespace amikeco
