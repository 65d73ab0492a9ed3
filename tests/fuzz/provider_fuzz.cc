// The order that a provider of background checks is asked about, and what it answers: bytes, or text, so that more of
// what is tried is a message.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/base/utf8.h"
#include "common/config/textproto.h"
#include "services/compliance/provider_answer.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

using compliance::ProviderReport;
using compliance::v1::BackgroundCheck;
using compliance::v1::CheckFact;
using compliance::v1::ProviderOrder;

void RequireReport(const ProviderReport& report, absl::string_view asked, const ProviderOrder& answer) {
  Require(report.order == answer.order() && !report.order.empty(), "an order has its name");
  Require(asked.empty() || report.order == asked, "what is said is said of the order that was asked for");
  Require(report.order.size() <= 4 * 200 && report.order.find('\n') == std::string::npos, "a name can be kept");
  Require(
      report.report >= compliance::v1::CHECK_REPORT_PENDING && report.report <= compliance::v1::CHECK_REPORT_CONSIDER,
      "a report is one that there is");
  Require(report.reason.empty() || report.reason == answer.reason(), "a reason is the provider's");
  Require(std::none_of(report.reason.begin(), report.reason.end(), [](char c) { return absl::ascii_islower(c); }) &&
              report.reason.size() <= 60 && report.reason != compliance::kRefusedByProvider,
          "it is a code and none of ours");
}

// A check that stands like this hears the report once and again.
void TryCheck(BackgroundCheck check, const ProviderReport& report) {
  check.set_name("backgroundChecks/1");
  check.set_by_provider(true);
  const std::string order = check.order();
  const compliance::Circumstance now{absl::UnixEpoch(), SystemActor("compliance")};
  const auto facts = compliance::Decide(check, report, now);
  Require(facts.ok(), "whatever is reported is heard");
  for (const CheckFact& fact : *facts) {
    Require(CheckFact().ParseFromString(fact.SerializeAsString()), "a fact can be read again");
    check = Evolve(std::move(check), fact);
  }
  Require(order.empty() || check.order() == order, "an order stays the same");
  Require(facts->empty() || check.order() == report.order, "nothing is heard of another order");
  const auto again = compliance::Decide(check, report, now);
  Require(again.ok() && again->empty(), "what is known is no fact");
}

}  // namespace

void Try(absl::string_view input) {
  const auto [asked, text] = Parts<2>(input);
  ProviderOrder answer;
  if (!answer.ParseFromString(std::string(text)) && !ParseTextprotoText(text, "input", answer).ok()) return;
  const auto report = compliance::ReportIn(asked, answer);
  if (!report.ok()) return RequireRefusal(report.status(), absl::StatusCode::kDataLoss);
  RequireReport(*report, asked, answer);
  for (int state = 0; state < BackgroundCheck::State_ARRAYSIZE; ++state) {
    for (const std::string& order : {std::string(), std::string(asked), std::string("orders/other")}) {
      if (!IsUtf8(order)) continue;
      BackgroundCheck check;
      check.set_state(static_cast<BackgroundCheck::State>(state));
      check.set_order(order);
      TryCheck(check, *report);
    }
  }
}
}  // namespace amikeco::fuzz
