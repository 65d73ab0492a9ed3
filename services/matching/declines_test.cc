// Taking part is voluntary: what agencies declined, let lapse or took back leaves no trace in what is asked of them
// later. Two worlds that differ in nothing but that are compared.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/matching/service_testing.h"

namespace amikeco::matching {
namespace {

using testing::ContactOf;
using testing::kCoordinator;
using testing::Offer;

constexpr char kAgency[] = "hosts/B";

// Six agencies, of which one has a past.
class World : public testing::MatchingServiceTest {
 public:
  World() {
    for (const char* id : {"A", "B", "C", "D", "E", "F"}) AddHost(id);
  }
  using MatchingServiceTest::Asked;
  void TestBody() override {}

  // An application for which only kAgency is wished and free, asked at once.
  std::string Invite(int number) {
    const std::string id = absl::StrCat("past", number);
    auto terms = TermsOf(id);
    terms.mutable_wishes()->add_hosts(kAgency);
    EXPECT_TRUE(HearOpened(id, terms).ok());
    EXPECT_EQ(Asked(id), kAgency);
    return id;
  }
  void Withdraw(const std::string& id) { EXPECT_TRUE(HearWithdrawn(id).ok()); }
  void Decline(const std::string& id, const std::string& reason) {
    v1::AnswerInvitationRequest request;
    request.set_name(absl::StrCat("placements/", id));
    request.set_answer(v1::ANSWER_DECLINE);
    request.set_reason(reason);
    Must<v1::Placement>(ContactOf(kAgency), "AnswerInvitation", request);
  }
  void Lower(int capacity) {
    v1::UpdateOfferRequest request;
    request.set_name(kAgency);
    *request.mutable_offer() = Offer("2027-01-01", "2027-12-31", capacity);
    Must<v1::Host>(ContactOf(kAgency), "UpdateOffer", request);
  }
  void Wait(absl::string_view day) { Advance(day); }

  // All that is said to anybody about agencies when somebody applies now: the invitation, the ranking with its scores,
  // what is judged of the one agency, its public record, and what an officer finds in the directory.
  std::string Later() {
    const std::string id = "later";
    EXPECT_TRUE(HearOpened(id, TermsOf(id)).ok());
    std::string said = absl::StrCat(Placement(id).invitations(0).DebugString(), "\n");
    v1::ListRankingRequest ranking;
    ranking.set_application(absl::StrCat("applications/", id));
    ranking.set_excluded(true);
    said += Must<v1::ListRankingResponse>(kCoordinator, "ListRanking", ranking).DebugString();
    v1::ExplainHostRequest explain;
    explain.set_application(ranking.application());
    explain.set_host(kAgency);
    said += Must<v1::HostVerdict>(kCoordinator, "ExplainHost", explain).DebugString();
    v1::SearchHostsRequest search;
    auto found = Must<v1::SearchHostsResponse>(testing::kOfficer, "SearchHosts", search);
    for (v1::Host& host : *found.mutable_hosts()) {
      host.clear_etag();  // counts changes, whatever they are
      host.clear_changed();
    }
    return absl::StrCat(said, found.DebugString());
  }
};

// What is said later in a world in which the agency had this past.
std::string After(const std::function<void(World&)>& past) {
  World world;
  past(world);
  world.Wait("2026-11-20");
  return world.Later();
}

// In the world that it is compared with, the same officers withdrew before the agency said anything.
void NothingSaid(World& world, int times) {
  for (int i = 0; i < times; ++i) world.Withdraw(world.Invite(i));
}

// A4-05: for any history of declines; a reason is possible and not needed.
TEST(Declines, ChangeNothingOfWhatIsSaidLater) {
  for (const int times : {1, 2, 7}) {
    const std::string declined = After([times](World& world) {
      for (int i = 0; i < times; ++i) {
        const std::string id = world.Invite(i);
        world.Decline(id, i % 2 == 0 ? "" : "short of staff");
        world.Withdraw(id);
      }
    });
    EXPECT_EQ(declined, After([times](World& world) { NothingSaid(world, times); })) << times;
  }
}

// A4-05: nor does silence.
TEST(Declines, ThatWereNotEvenSaidChangeNothingEither) {
  const std::string silent = After([](World& world) {
    const std::string id = world.Invite(0);
    world.Wait("2026-10-15");
    EXPECT_NE(world.Asked(id), kAgency) << "the invitation has lapsed";
    world.Withdraw(id);
  });
  EXPECT_EQ(silent, After([](World& world) { NothingSaid(world, 1); }));
}

// A4-06
TEST(Capacity, MayBeLoweredAndRaisedAgainWithoutATrace) {
  const std::string lowered = After([](World& world) {
    for (const int capacity : {0, 3, 0, 1}) world.Lower(capacity);
  });
  EXPECT_EQ(lowered, After([](World&) {}));
  EXPECT_NE(After([](World& world) { world.Lower(0); }), After([](World&) {})) << "what is offered now is seen";
}

}  // namespace
}  // namespace amikeco::matching
