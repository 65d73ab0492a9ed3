#include "samples/check_provider/check_provider.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace amikeco::samples {
namespace {

using compliance::v1::CheckReport;
using compliance::v1::ProviderOrder;

std::optional<CheckReport> ReportOf(const std::string& word) {
  static const auto& reports =
      *new std::map<std::string, CheckReport>{{"pending", compliance::v1::CHECK_REPORT_PENDING},
                                              {"info", compliance::v1::CHECK_REPORT_NEEDS_INFO},
                                              {"review", compliance::v1::CHECK_REPORT_IN_REVIEW},
                                              {"clear", compliance::v1::CHECK_REPORT_CLEAR},
                                              {"consider", compliance::v1::CHECK_REPORT_CONSIDER}};
  const auto found = reports.find(word);
  if (found == reports.end()) return std::nullopt;
  return found->second;
}

bool IsKnown(const std::string& word) {
  return ReportOf(word) || word == "away" || word == "unknown" || word == "dispute";
}

std::vector<std::string> WordsOf(const std::string& reference) {
  std::vector<std::string> words = absl::StrSplit(reference, '.');
  words.erase(std::remove_if(words.begin(), words.end(), [](const std::string& word) { return !IsKnown(word); }),
              words.end());
  if (words.empty()) words.push_back("clear");
  return words;
}

}  // namespace

absl::StatusOr<ProviderOrder> SampleProvider::Look(const std::string& name) {
  const auto found = orders_.find(name);
  if (found == orders_.end()) return absl::NotFoundError("There is no such order.");
  Order& order = found->second;
  const std::string word = order.words[order.at];
  const bool waits = order.at + 1 == order.words.size() || (order.words[order.at + 1] == "dispute" && !order.disputed);
  if (!waits) order.at += order.words[order.at + 1] == "dispute" ? 2 : 1;
  order.at = std::min(order.at, order.words.size() - 1);
  if (word == "away") return absl::UnavailableError("The provider is away.");
  ProviderOrder answer;
  answer.set_order(name);
  answer.set_report(ReportOf(word).value_or(compliance::v1::CHECK_REPORT_PENDING));
  if (word == "info") answer.set_reason("PARTICULARS_MISSING");
  if (word == "review") answer.set_reason("LOOKED_AT");
  return answer;
}

absl::StatusOr<ProviderOrder> SampleProvider::PlaceOrder(Call&, const compliance::v1::PlaceOrderRequest& request) {
  absl::MutexLock lock(&mutex_);
  const std::vector<std::string> words = WordsOf(request.reference());
  if (words.front() == "unknown") return absl::NotFoundError("The reference is unknown.");
  const auto [placed, is_new] = placed_.emplace(request.request_id(), absl::StrCat("orders/", placed_.size() + 1));
  if (is_new) orders_[placed->second].words = words;
  return Look(placed->second);
}

absl::StatusOr<ProviderOrder> SampleProvider::GetOrder(Call&, const compliance::v1::GetOrderRequest& request) {
  absl::MutexLock lock(&mutex_);
  return Look(request.order());
}

absl::StatusOr<ProviderOrder> SampleProvider::DisputeOrder(Call&, const compliance::v1::DisputeOrderRequest& request) {
  absl::MutexLock lock(&mutex_);
  const auto found = orders_.find(request.order());
  if (found == orders_.end()) return absl::NotFoundError("There is no such order.");
  const bool is_new = disputed_.emplace(request.request_id(), request.order()).second;
  Order& order = found->second;
  if (is_new && !order.disputed) {
    const auto dispute = std::find(order.words.begin(), order.words.end(), "dispute");
    if (dispute != order.words.end() && dispute + 1 != order.words.end()) {
      order.at = static_cast<size_t>(dispute + 1 - order.words.begin());
    }
    order.disputed = true;
  }
  return Look(request.order());
}

absl::StatusOr<ProviderOrder> SampleProvider::CancelOrder(Call&, const compliance::v1::CancelOrderRequest& request) {
  absl::MutexLock lock(&mutex_);
  const auto found = orders_.find(request.order());
  if (found == orders_.end()) return absl::NotFoundError("There is no such order.");
  found->second.cancelled = true;
  ProviderOrder answer;
  answer.set_order(request.order());
  return answer;
}

int SampleProvider::orders() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(orders_.size());
}

int SampleProvider::cancelled() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(
      std::count_if(orders_.begin(), orders_.end(), [](const auto& entry) { return entry.second.cancelled; }));
}

void Bind(Chain& chain, SampleProvider& provider) {
  ServiceBinding(chain, "amikeco.compliance.v1.CheckProviderService")
      .Method("PlaceOrder", provider, &SampleProvider::PlaceOrder)
      .Method("GetOrder", provider, &SampleProvider::GetOrder)
      .Method("DisputeOrder", provider, &SampleProvider::DisputeOrder)
      .Method("CancelOrder", provider, &SampleProvider::CancelOrder);
}

}  // namespace amikeco::samples
