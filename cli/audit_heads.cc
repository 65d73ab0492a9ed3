#include "cli/audit_heads.h"

#include <google/protobuf/util/json_util.h>

#include "amikeco/ops/v1/ops.pb.h"
#include "cli/bounded_json.h"

namespace amikeco::cli {
namespace {

using Heads = std::map<std::string, AuditHead>;

// Brackets within brackets: two for several heads, and what a later program may add to one.
constexpr int kMaxDepth = 8;

bool AddHead(const std::string& json, Heads& heads) {
  ops::v1::GetAuditHeadResponse head;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(json, &head, options).ok()) return false;
  if (head.source().empty() || head.number() < 0 || head.link().size() != (head.number() == 0 ? 0 : 32)) return false;
  heads[head.source()] = {head.number(), head.link()};
  return true;
}

}  // namespace

std::optional<Heads> ParseAuditHeads(absl::string_view json) {
  const auto parsed = ParseBoundedJson(json, kMaxDepth);
  if (!parsed || parsed->empty()) return std::nullopt;
  Heads heads;
  if (parsed->contains("source")) return AddHead(std::string(json), heads) ? std::optional(heads) : std::nullopt;
  for (const auto& member : *parsed) {
    if (!AddHead(member.dump(), heads)) return std::nullopt;
  }
  return heads;
}

}  // namespace amikeco::cli
