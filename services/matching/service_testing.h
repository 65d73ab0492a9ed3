// A whole matching service on a real store, called through the chain, with facts and time brought to it. Test code
// alone.
#ifndef AMIKECO_SERVICES_MATCHING_SERVICE_TESTING_H_
#define AMIKECO_SERVICES_MATCHING_SERVICE_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "common/base/clock.h"
#include "common/cache/read_through.h"
#include "common/events/execute.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "gtest/gtest.h"
#include "services/matching/placement.h"
#include "services/matching/service.h"
#include "services/matching/tables.h"
#include "services/matching/testing.h"
#include "tests/support/child.h"

namespace amikeco::matching::testing {

class MatchingServiceTest : public ::testing::Test {
 protected:
  explicit MatchingServiceTest(programme::v1::Programme programme = TestProgramme()) {
    auto opened = SqliteStore::Open(folder_ / "matching.db");
    EXPECT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    programmes_.Add(std::move(programme));
    service_ = std::make_unique<MatchingService>(*store_, programmes_, ids_, &cache_);
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.matching.v1.MatchingService/", method), request);
  }
  // The response; a failure of the test when it is refused.
  template <typename Response, typename Request>
  Response Must(const Actor& actor, absl::string_view method, const Request& request) {
    auto response = Ask<Response>(actor, method, request);
    EXPECT_TRUE(response.ok()) << method << ": " << response.status();
    return response.ok() ? *std::move(response) : Response();
  }

  // Registers the agency "hosts/<id>"; it takes part when `capacity` is not negative, in 2027.
  v1::Host AddHost(absl::string_view id, int capacity = 1) {
    v1::RegisterHostRequest request;
    request.set_host_id(std::string(id));
    *request.mutable_agency() = Agency(id);
    request.mutable_agency()->clear_name();
    v1::Host host = Must<v1::Host>(kRegistrar, "RegisterHost", request);
    if (capacity < 0) return host;
    v1::OptInRequest opt_in;
    opt_in.set_name(host.name());
    *opt_in.mutable_offer() = Offer("2027-01-01", "2027-12-31", capacity);
    return Must<v1::Host>(ContactOf(host.name()), "OptIn", opt_in);
  }

  // A fact of applicant's, as its relay would bring it.
  template <typename Fact>
  absl::Status Hear(absl::string_view subject, const Fact& fact) {
    const Origin origin{"matching", SystemActor("matching"), clock_.Now(), "", "event-1"};
    const event::v1::Event event = MakeEvent({"applicant", {}, clock_.Now(), "", ""}, subject, 1, fact);
    return store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
  }
  absl::Status HearOpened(absl::string_view id, const applicant::v1::MatchingOpened& terms = Terms()) {
    applicant::v1::ApplicationFact fact;
    *fact.mutable_matching_opened() = terms;
    return Hear(absl::StrCat("applications/", id), fact);
  }
  // Application `id` of member "members/<id>".
  applicant::v1::MatchingOpened TermsOf(absl::string_view id, int tier_rank = 0) {
    applicant::v1::MatchingOpened terms = Terms(1, tier_rank);
    terms.set_member(absl::StrCat("members/", id));
    terms.set_parties(0, terms.member());
    return terms;
  }
  absl::Status HearWithdrawn(absl::string_view id) {
    applicant::v1::ApplicationFact fact;
    fact.mutable_withdrawn()->set_reason("plans changed");
    return Hear(absl::StrCat("applications/", id), fact);
  }

  // Moves to `day` and lets happen what is due, as the ticker would; the number of records ticked.
  int Advance(absl::string_view day) {
    clock_.AdvanceTo(At(day));
    std::vector<std::string> due;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(due, service_->Due(reader, clock_.Now(), 100));
                      return absl::OkStatus();
                    })
                    .ok());
    const Origin origin{"matching", SystemActor("matching"), clock_.Now(), "", ""};
    for (const std::string& name : due) {
      const absl::Status ticked = store_->Write([&](Transaction& tx) { return service_->Tick(tx, name, origin); });
      EXPECT_TRUE(ticked.ok()) << name << ": " << ticked;
    }
    return static_cast<int>(due.size());
  }

  v1::Placement Placement(absl::string_view id, const Actor& actor = kCoordinator) {
    v1::GetPlacementRequest request;
    request.set_name(absl::StrCat("placements/", id));
    return Must<v1::Placement>(actor, "GetPlacement", request);
  }
  v1::HostCalendar Calendar(absl::string_view host) {
    v1::GetHostCalendarRequest request;
    request.set_name(std::string(host));
    return Must<v1::HostCalendar>(kCoordinator, "GetHostCalendar", request);
  }
  // Host that is asked for the placement now; "" when none is.
  std::string Asked(absl::string_view id) {
    const v1::Placement placement = Placement(id);
    const v1::Invitation* open = OpenInvitation(placement);
    return open == nullptr ? "" : open->host();
  }

  absl::StatusOr<v1::Placement> Answer(absl::string_view id, const Actor& actor, v1::Answer answer) {
    v1::AnswerInvitationRequest request;
    request.set_name(absl::StrCat("placements/", id));
    request.set_answer(answer);
    return Ask<v1::Placement>(actor, "AnswerInvitation", request);
  }
  absl::StatusOr<v1::Placement> Approve(absl::string_view id, const Actor& actor, absl::string_view step) {
    v1::ApproveCommandStepRequest request;
    request.set_name(absl::StrCat("placements/", id));
    request.set_step(std::string(step));
    request.set_answer(v1::ANSWER_ACCEPT);
    return Ask<v1::Placement>(actor, "ApproveCommandStep", request);
  }
  absl::StatusOr<v1::Placement> Take(absl::string_view id, v1::Answer answer = v1::ANSWER_ACCEPT) {
    v1::AnswerPlacementRequest request;
    request.set_name(absl::StrCat("placements/", id));
    request.set_answer(answer);
    return Ask<v1::Placement>(kCoordinator, "AnswerPlacement", request);
  }
  // From the invitation to the agreement with whom is asked now.
  v1::Placement Agree(absl::string_view id) {
    const std::string host = Asked(id);
    EXPECT_TRUE(Answer(id, ContactOf(host), v1::ANSWER_ACCEPT).ok());
    EXPECT_TRUE(Approve(id, CommandOf(host), "Captain").ok());
    EXPECT_TRUE(Approve(id, CommandOf(host), "Chief").ok());
    const auto agreed = Take(id);
    EXPECT_TRUE(agreed.ok()) << agreed.status();
    return agreed.ok() ? *agreed : v1::Placement();
  }

  // "HostInvited", … of the subject's facts, in order.
  std::vector<std::string> FactsOf(absl::string_view subject) {
    std::vector<std::string> types;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.History(subject, 0, 100'000));
                      for (const StoredEvent& stored : events) {
                        event::v1::Event event;
                        EXPECT_TRUE(event.ParseFromString(stored.body));
                        types.push_back(event.type().substr(event.type().rfind('.') + 1));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return types;
  }

  AdjustableClock clock_ = AdjustableClock::Frozen(At("2026-10-01"));
  Process process_{QuietProcess(), "matching"};
  TemporaryFolder folder_{"matching"};
  CountingIds ids_;
  Programmes programmes_;
  Tables tables_;
  ReadThrough cache_{"matching", clock_, process_.metrics(), nullptr};
  std::unique_ptr<Store> store_;
  std::unique_ptr<MatchingService> service_;
  std::unique_ptr<Chain> chain_;
};

}  // namespace amikeco::matching::testing

#endif  // AMIKECO_SERVICES_MATCHING_SERVICE_TESTING_H_
