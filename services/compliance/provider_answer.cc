#include "services/compliance/provider_answer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/base/utf8.h"
#include "services/compliance/case_transitions.h"

namespace amikeco::compliance {
namespace {

constexpr int kLongestOrder = 200;
constexpr size_t kLongestReason = 60;

// A name that can be kept, told and asked for again.
bool IsOrder(absl::string_view name) {
  const auto control = [](char c) { return absl::ascii_iscntrl(c); };
  if (name.empty() || !IsUtf8(name) || std::any_of(name.begin(), name.end(), control)) return false;
  return std::count_if(name.begin(), name.end(), [](char c) { return (c & 0xC0) != 0x80; }) <= kLongestOrder;
}

// A code says nothing about anybody.
bool IsCode(absl::string_view reason) {
  return reason.size() <= kLongestReason && std::all_of(reason.begin(), reason.end(), [](char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

}  // namespace

absl::StatusOr<ProviderReport> ReportIn(absl::string_view order, const v1::ProviderOrder& answer) {
  if (!IsOrder(answer.order())) return absl::DataLossError("the answer names no order");
  if (!order.empty() && answer.order() != order) return absl::DataLossError("the answer is about another order");
  if (!CommandOf(answer.report())) return absl::DataLossError("the answer reports nothing that is known here");
  // Only we say that nobody asks the provider any more.
  const bool ours = answer.reason() == kProviderUnavailable || answer.reason() == kRefusedByProvider;
  return ProviderReport{answer.order(), answer.report(), IsCode(answer.reason()) && !ours ? answer.reason() : ""};
}

}  // namespace amikeco::compliance
