// Random histories of a clearance against a tiny model that counts days one by one and shares no code with the service:
// whatever happens in whatever order, a clearance is CLEARED exactly when the model says so, and its history folds to
// it.
#include <algorithm>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/clearance.h"
#include "services/compliance/test_programme.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using v1::Clearance;

const absl::CivilDay kBase(2027, 3, 1);
const Actor kOfficer{"members/M-17", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kFirst{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kSecond{"people/omar", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};

// Days are whole numbers from kBase.
struct ModelLeg {
  char host;
  int from, to;
};
struct ModelRecord {
  std::string item, kind;
  v1::Outcome outcome;
  int from, to;
  char host;
  bool live = true;
};

struct Model {
  bool exists = false, revoked = false, begun = false;
  std::string closed;
  std::vector<ModelLeg> legs;
  std::vector<ModelRecord> records;

  // A waiver counts wherever its agency is, whichever leg it was signed for.
  static bool Counts(const ModelRecord& record, const std::string& item, char host) {
    return item[0] == 'l' ? record.item[0] == 'l' && record.host == host : record.item == item;
  }

  bool Good(const std::string& item, int day, char host) const {
    bool good = false, bad = false;
    for (size_t i = 0; i < records.size(); ++i) {
      const ModelRecord& r = records[i];
      if (!r.live || !Counts(r, item, host) || day < r.from || day > r.to) continue;
      if (r.kind == "nonsense") continue;
      bool newest = true;
      for (size_t j = i + 1; j < records.size(); ++j) {
        const ModelRecord& later = records[j];
        newest = newest && !(later.live && Counts(later, item, host) && later.kind == r.kind && later.from <= day &&
                             day <= later.to);
      }
      if (!newest) continue;
      const bool fine = r.outcome == v1::OUTCOME_SATISFIED || r.outcome == v1::OUTCOME_REFUSED;
      good = good || fine;
      bad = bad || !fine;
    }
    return good && !(bad && item == "background-check");
  }

  bool Cleared(int today) const {
    if (!exists || revoked || !closed.empty() || legs.empty()) return false;
    int first = 1000, last = -1000;
    for (const ModelLeg& leg : legs) first = std::min(first, leg.from), last = std::max(last, leg.to);
    if (!Good("background-check", first, '?') || !Good("media-consent", first, '?')) return false;
    for (int day = first; day <= last; ++day) {
      if (begun && day != today) continue;
      if (!Good("health-cover", day, '?')) return false;
      for (size_t i = 0; i < legs.size(); ++i) {
        if (legs[i].from <= day && day <= legs[i].to &&
            !Good(absl::StrCat("liability-waiver/", i + 1), day, legs[i].host)) {
          return false;
        }
      }
    }
    return true;
  }
};

// The service's clearance and the model, side by side.
class Pair {
 public:
  explicit Pair(uint32_t seed) : random_(seed) {}

  void Step() {
    switch (Pick(14)) {
      case 0:
        return Agree(true);
      case 1:
        return Pick(4) == 0 ? Agree(false) : Cover();
      case 2:
      case 3:
        return Cover();
      case 4:
      case 5:
        return Waiver();
      case 6:
      case 7:
        return Check();
      case 8:
        return Consent();
      case 9:
        return Void();
      case 10:
        return Revocation();
      case 11:
        return Begin();
      case 12:
        return Pick(12) == 0 ? End() : Cover();
      default:
        return Pass();
    }
  }

  // What must be true at all times.
  void Verify() {
    ASSERT_EQ(clearance_.state() == Clearance::STATE_CLEARED, settled_ ? model_.Cleared(today_) : cleared_before_)
        << Trail();
    Clearance described = clearance_;
    Describe(described, 1, Now());
    ASSERT_TRUE(!described.cleared() || model_.Cleared(today_)) << "not fail-closed: " << Trail();
    const auto due = NextDue(clearance_);
    ASSERT_TRUE(!settled_ || !due || *due > Now()) << "something is due for ever: " << Trail();
    times_cleared += described.cleared() ? 1 : 0;
  }

  void VerifyHistory() {
    Clearance folded;
    for (const auto& fact : history_) folded = Evolve(folded, fact);
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(folded, clearance_)) << Trail();
  }

  // Begins where most histories only get by luck: a placement is agreed and everything it needs is there.
  void Prepare() {
    Agree(true);
    for (int i = 1; i <= static_cast<int>(model_.legs.size()); ++i) {
      const ModelLeg leg = model_.legs[static_cast<size_t>(i) - 1];
      RecordCover("travel-insurance", leg.from, leg.to);
      RecordWaiver(i, leg.host, leg.from, leg.to);
    }
    RecordCheck("ncic", v1::OUTCOME_SATISFIED, {});
    Consent();
  }

  int times_cleared = 0;

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }
  absl::Time Now() const { return absl::FromCivil(kBase + today_, absl::UTCTimeZone()) + absl::Hours(7); }
  static google::type::Date DateOf(int day) { return ToDate(kBase + day); }
  std::string Trail() const { return absl::StrCat("after ", trail_, " on day ", today_); }

  void Add(absl::string_view what, const Facts& facts) {
    absl::StrAppend(&trail_, " ", what);
    for (const auto& fact : facts) {
      clearance_ = Evolve(clearance_, fact);
      history_.push_back(fact);
    }
    // A command finds the clock's door open: what is due by now happens first or right after, to the same end.
    Tick();
  }

  void Tick() {
    for (Facts due = OnTime(clearance_, Now()); !due.empty(); due = OnTime(clearance_, Now())) {
      for (const auto& fact : due) {
        clearance_ = Evolve(clearance_, fact);
        history_.push_back(fact);
      }
    }
    settled_ = true;
  }

  template <typename Request>
  bool Do(absl::string_view what, const Request& request, const Actor& actor) {
    const auto facts = Decide(clearance_, request, {Now(), actor});
    if (facts.ok()) Add(what, *facts);
    return facts.ok();
  }

  void Agree(bool agreed) {
    matching::v1::PlacementAgreed message;
    message.set_application("applications/7");
    message.set_member("members/M-17");
    std::vector<ModelLeg> legs;
    int from = 4 + Pick(4);
    for (int i = 0; agreed && i < 1 + Pick(2); ++i) {
      legs.push_back({"AB"[Pick(2)], from, from + Pick(5)});
      auto& leg = *message.add_legs();
      leg.set_id(absl::StrCat(i + 1));
      leg.set_host(absl::StrCat("hosts/", std::string(1, legs.back().host)));
      *leg.mutable_start() = DateOf(legs.back().from);
      *leg.mutable_end() = DateOf(legs.back().to);
      leg.set_confirmed(true);
      from = legs.back().to + 1;
    }
    const bool may = model_.closed.empty() || (model_.closed == "PLACEMENT_ENDED" && agreed);
    if (agreed) {
      Add("agree", OnAgreed(clearance_, message, "placements/7", TestProgramme(), Now()));
    } else {
      Add("reschedule", OnLegsChanged(clearance_, message.legs(), TestProgramme(), Now()));
    }
    if (!may || (!agreed && !model_.exists)) return;
    if (!agreed || !model_.closed.empty() || model_.legs.empty()) model_.begun = false;
    model_.exists = true;
    model_.closed = "";
    model_.legs = legs;
  }

  std::pair<int, int> Period() {
    const int from = Pick(10);
    return {from, from + Pick(14)};
  }

  void Cover() {
    const auto [from, to] = Period();
    const int kind = Pick(7);
    RecordCover(kind == 0 ? "nonsense" : kind < 3 ? "government-care" : "travel-insurance", from, to);
  }
  void RecordCover(const std::string& kind, int from, int to) {
    v1::RecordHealthCoverRequest request;
    request.set_kind(kind);
    *request.mutable_valid_from() = DateOf(from);
    *request.mutable_valid_to() = DateOf(to);
    if (Do("cover", request, kOfficer)) {
      model_.records.push_back({"health-cover", kind, v1::OUTCOME_SATISFIED, from, to, '?'});
    }
  }

  void Waiver() {
    const auto [from, to] = Period();
    const char host = "AB"[Pick(2)];
    RecordWaiver(1 + Pick(2), host, from, to);
  }
  void RecordWaiver(int leg, char host, int from, int to) {
    v1::SignWaiverRequest request;
    request.set_item(absl::StrCat("liability-waiver/", leg));
    request.set_host(absl::StrCat("hosts/", std::string(1, host)));
    *request.mutable_valid_from() = DateOf(from);
    *request.mutable_valid_to() = DateOf(to);
    if (Do("waiver", request, kOfficer)) {
      model_.records.push_back({request.item(), "", v1::OUTCOME_SATISFIED, from, to, host});
    }
  }

  void Check() {
    const std::string kind = Pick(6) == 0 ? "nonsense" : Pick(2) == 0 ? "ncic" : "interpol";
    const int outcome = Pick(6);
    std::optional<std::pair<int, int>> period;
    if (Pick(3) == 0) period = Period();
    RecordCheck(kind,
                outcome == 0   ? v1::OUTCOME_NOT_SATISFIED
                : outcome == 1 ? v1::OUTCOME_NEEDS_REVIEW
                               : v1::OUTCOME_SATISFIED,
                period);
  }
  void RecordCheck(const std::string& kind, v1::Outcome outcome, std::optional<std::pair<int, int>> period) {
    v1::RecordBackgroundCheckRequest request;
    request.set_kind(kind);
    request.set_outcome(outcome);
    if (period) {
      *request.mutable_valid_from() = DateOf(period->first);
      *request.mutable_valid_to() = DateOf(period->second);
    }
    if (Do("check", request, kFirst)) {
      auto [from, to] = period.value_or(std::pair(-10000, 10000));
      if (outcome != v1::OUTCOME_SATISFIED) from = -10000;
      model_.records.push_back({"background-check", kind, outcome, from, to, '?'});
    }
  }

  void Consent() {
    v1::RecordMediaConsentRequest request;
    request.set_consent(Pick(2) == 0 ? v1::CONSENT_YES : v1::CONSENT_NO);
    if (Do("consent", request, kOfficer)) {
      model_.records.push_back({"media-consent", "", v1::OUTCOME_SATISFIED, -10000, 10000, '?'});
    }
  }

  void Void() {
    if (model_.records.empty()) return;
    const size_t i = static_cast<size_t>(Pick(static_cast<int>(model_.records.size())));
    // All of a waiver's item would be those of its leg's agency too: that is clearance_test's.
    const bool all = Pick(3) == 0 && model_.records[i].item[0] != 'l';
    v1::VoidItemRequest request;
    request.set_item(model_.records[i].item);
    request.set_record(all ? 0 : static_cast<int>(i) + 1);
    request.set_reason("RECORDED_IN_ERROR");
    if (!Do("void", request, kFirst)) return;
    for (size_t j = 0; j < model_.records.size(); ++j) {
      if (model_.records[j].item == request.item() && (all || j == i)) model_.records[j].live = false;
    }
  }

  void Revocation() {
    if (model_.revoked) {
      v1::ReinstateClearanceRequest request;
      request.set_reason("RESOLVED");
      if (Do("reinstate", request, Pick(3) == 0 ? kFirst : kSecond)) model_.revoked = false;
    } else if (model_.exists && Pick(3) == 0) {
      v1::RevokeClearanceRequest request;
      request.set_reason("CONDUCT");
      if (Do("revoke", request, kFirst)) model_.revoked = true;
    }
  }

  void Begin() {
    // As the start gate has it; and, rarely, as a fault of the gate would.
    if (!model_.Cleared(today_) && Pick(10) != 0) return;
    const bool lives = model_.exists && model_.closed.empty();
    Add("begin", OnBegun(clearance_, DateOf(today_), Now()));
    if (lives) model_.begun = true;
  }

  void End() {
    const std::string reason = Pick(2) == 0 ? "PLACEMENT_ENDED" : "WITHDRAWN";
    Add(reason, OnEnded(clearance_, reason));
    if (!model_.exists) return;
    if (model_.closed.empty() || model_.closed == "PLACEMENT_ENDED") model_.closed = reason;
  }

  // Time passes; the clock's door is sometimes late.
  void Pass() {
    cleared_before_ = clearance_.state() == Clearance::STATE_CLEARED;
    today_ += 1 + Pick(3);
    settled_ = false;
    absl::StrAppend(&trail_, " +");
    if (Pick(3) != 0) Tick();
  }

  std::mt19937 random_;
  Clearance clearance_;
  Facts history_;
  Model model_;
  int today_ = 0;
  bool settled_ = true;
  bool cleared_before_ = false;
  std::string trail_;
};

TEST(Clearance, IsClearedExactlyWhenNothingIsMissingOrLapsedInTenThousandRandomHistories) {
  const uint32_t seed = TestSeed();
  int cleared = 0;
  for (uint32_t history = 0; history < 10'000; ++history) {
    Pair pair(seed + history);
    if (history % 2 == 0) pair.Prepare();
    for (int step = 0; step < 40; ++step) {
      pair.Step();
      pair.Verify();
      if (testing::Test::HasFatalFailure()) {
        FAIL() << "history " << history << " step " << step << " of AMIKECO_TEST_SEED=" << seed;
      }
    }
    pair.VerifyHistory();
    cleared += pair.times_cleared;
  }
  // Else the histories would prove little.
  EXPECT_GT(cleared, 20'000) << "of 400,000 steps";
  std::cout << cleared << " of 400,000 steps found the clearance cleared" << std::endl;
}

}  // namespace
}  // namespace amikeco::compliance
