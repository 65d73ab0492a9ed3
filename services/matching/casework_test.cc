// Random and concurrent work on a real store: seats stay within capacity, and every record is the fold of its facts.
#include "services/matching/casework.h"

#include <atomic>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/matching/errors.h"
#include "services/matching/service_testing.h"

namespace amikeco::matching {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::At;
using testing::CommandOf;
using testing::ContactOf;
using testing::Date;
using testing::HomeHostActor;
using testing::kCoordinator;
using testing::Offer;

programme::v1::Programme PatientProgramme() {
  programme::v1::Programme programme = testing::TestProgramme();
  programme.mutable_matching()->set_max_invitations(30);
  return programme;
}

class CaseworkTest : public testing::MatchingServiceTest {
 protected:
  CaseworkTest() : MatchingServiceTest(PatientProgramme()) {}

  // Every record of the kind equals the fold of its history (which also is its version).
  template <typename T, typename Fact>
  int CheckFolds(Reader& reader, const Table<T>& table, absl::string_view key) {
    const auto records = table.Range(reader, key, "", "", 100'000);
    EXPECT_TRUE(records.ok()) << records.status();
    for (const Versioned<T>& record : *records) {
      const auto folded = FoldHistory<T, Fact>(reader, record.name);
      EXPECT_TRUE(folded.ok()) << folded.status();
      EXPECT_EQ(folded->version, record.version) << record.name;
      EXPECT_TRUE(MessageDifferencer::Equals(folded->value, record.value)) << record.name;
    }
    return static_cast<int>(records->size());
  }

  // What must hold whatever happened. `lowered`: capacity may have been lowered below what was booked.
  void CheckEverything(bool lowered) {
    ASSERT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      CheckFolds<v1::HomeHost, v1::HomeHostFact>(reader, tables_.homes, "changed");
                      CheckFolds<v1::Placement, v1::PlacementFact>(reader, tables_.placements, "party");
                      CheckFolds<v1::Host, v1::HostFact>(reader, tables_.hosts, "changed");
                      AMIKECO_ASSIGN_OR_RETURN(const auto hosts, tables_.hosts.Range(reader, "changed", "", "", 1000));
                      int booked = 0;
                      for (const auto& host : hosts) {
                        for (const Stretch& stretch : Profile(WindowsOf(host.value.offer()), TakenOf(host.value))) {
                          if (!lowered) {
                            EXPECT_LE(stretch.booked, stretch.capacity)
                                << host.name << FormatDay(FromNumber(stretch.first));
                          }
                        }
                        booked += host.value.bookings_size();
                        for (const auto& booking : host.value.bookings()) CheckBooking(reader, host.name, booking);
                      }
                      AMIKECO_ASSIGN_OR_RETURN(const auto placements,
                                               tables_.placements.Range(reader, "party", "", "", 100'000));
                      std::set<std::string> seen;
                      int seats = 0;
                      for (const auto& placement : placements) {
                        if (!seen.insert(placement.name).second) continue;
                        if (OpenInvitation(placement.value) != nullptr) ++seats;
                        if (placement.value.stage() == v1::Placement::STAGE_AGREED)
                          seats += placement.value.legs_size();
                        const bool waits = placement.value.stage() != v1::Placement::STAGE_SEARCHING ||
                                           placement.value.ranking().has_retry();
                        EXPECT_TRUE(waits) << placement.name << " searches and nothing will ever happen";
                      }
                      EXPECT_EQ(booked, seats);
                      return absl::OkStatus();
                    })
                    .ok());
  }

  // The booking's placement knows of it, in the right state.
  void CheckBooking(Reader& reader, const std::string& host, const v1::Booking& booking) {
    const auto placement = tables_.placements.Get(reader, booking.placement());
    ASSERT_TRUE(placement.ok());
    const v1::Invitation* open = OpenInvitation(placement->value);
    if (open != nullptr && NextLeg(placement->value) == booking.leg()) {
      EXPECT_EQ(open->host(), host);
      const bool secured = open->state() == v1::Invitation::STATE_COMMAND_APPROVED;
      EXPECT_EQ(booking.state(), secured ? v1::Booking::STATE_SECURED : v1::Booking::STATE_HELD);
      return;
    }
    bool found = false;
    for (const auto& leg : placement->value.legs()) {
      if (leg.id() != booking.leg()) continue;
      found = true;
      EXPECT_EQ(leg.host(), host);
      EXPECT_EQ(booking.state(), leg.confirmed() ? v1::Booking::STATE_CONFIRMED : v1::Booking::STATE_HELD);
    }
    EXPECT_TRUE(found) << host << " keeps a seat that nobody has: " << booking.ShortDebugString();
  }
};

TEST_F(CaseworkTest, KeepsSeatsPlacementsAndHistoryInStepUnderRandomCommands) {
  const unsigned seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int i = 0; i < 4; ++i) AddHost(absl::StrCat("H", i), 1 + i % 2);
  const auto host = [&] { return absl::StrCat("hosts/H", pick(4)); };
  // Mostly the host that is asked, sometimes another.
  const auto asked = [&](absl::string_view id) {
    const std::string right = pick(6) == 0 ? "" : Asked(id);
    return right.empty() ? host() : right;
  };
  const auto day = [&](int from, int days) { return ToDate(absl::CivilDay(2027, 3, 1) + from + pick(days)); };
  int applications = 0;
  bool lowered = false;
  std::map<std::string, int> outcomes;
  for (int step = 0; step < 3000; ++step) {
    // Of the last few applications, so that some come all the way.
    const int recent = std::min(applications, 5);
    const std::string id = absl::StrCat(applications - (recent == 0 ? 0 : 1 + pick(recent)));
    const std::string name = absl::StrCat("placements/", id);
    absl::Status status;
    const int what = pick(16);
    if ((what == 0 && pick(3) == 0) || applications == 0) {
      const std::string fresh = absl::StrCat(applications++);
      auto terms = TermsOf(fresh, pick(3));
      *terms.mutable_wishes()->mutable_latest_end() = Date(pick(2) == 0 ? "2027-03-14" : "2027-04-30");
      status = HearOpened(fresh, terms);
    } else if (what <= 2) {
      status = Answer(id, ContactOf(asked(id)), pick(5) == 0 ? v1::ANSWER_DECLINE : v1::ANSWER_ACCEPT).status();
    } else if (what <= 5) {
      const std::string answering = asked(id);
      status = Approve(id, CommandOf(answering), pick(4) == 0 ? "Chief" : "Captain").status();
      if (pick(2) == 0) status = Approve(id, CommandOf(answering), "Chief").status();
    } else if (what <= 7) {
      status = Take(id, pick(5) == 0 ? v1::ANSWER_DECLINE : v1::ANSWER_ACCEPT).status();
    } else if (what == 8) {
      status = pick(5) == 0 ? HearWithdrawn(id) : absl::OkStatus();
    } else if (what == 9 && pick(10) == 0) {
      const int round = 2 + step;
      auto terms = TermsOf(id, pick(3));
      terms.set_round(round);
      status = HearOpened(id, terms);
    } else if (what == 10) {
      v1::AddLegRequest request;
      request.set_name(name);
      request.set_host(host());
      *request.mutable_start() = day(0, 10);
      *request.mutable_end() = ToDate(ToDay(request.start()) + pick(3));
      status = Ask<v1::Placement>(kCoordinator, "AddLeg", request).status();
    } else if (what == 11) {
      v1::ConfirmLegRequest confirm;
      confirm.set_name(name);
      confirm.set_leg(absl::StrCat(1 + pick(4)));
      v1::RemoveLegRequest remove;
      remove.set_name(name);
      remove.set_leg(confirm.leg());
      status = pick(3) > 0 ? Ask<v1::Placement>(ContactOf(host()), "ConfirmLeg", confirm).status()
                           : Ask<v1::Placement>(kCoordinator, "RemoveLeg", remove).status();
    } else if (what == 12) {
      v1::OfferHomeStayRequest request;
      request.set_host(host());
      *request.mutable_first_day() = day(0, 3);
      *request.mutable_last_day() = day(20, 60);
      status =
          Ask<v1::HomeHost>(HomeHostActor(absl::StrCat("members/home", pick(3))), "OfferHomeStay", request).status();
    } else if (what == 13) {
      v1::RespondToHomeStayRequest respond;
      respond.set_name(name);
      respond.set_answer(pick(2) == 0 ? v1::ANSWER_ACCEPT : v1::ANSWER_DECLINE);
      v1::WithdrawHomeStayRequest withdraw;
      withdraw.set_name(absl::StrFormat("homeHosts/%04d", 1 + pick(20)));
      const Actor member = HomeHostActor(absl::StrCat("members/home", pick(3)));
      status = pick(3) > 0 ? Ask<v1::Placement>(member, "RespondToHomeStay", respond).status()
                           : Ask<v1::HomeHost>(member, "WithdrawHomeStay", withdraw).status();
    } else if (what == 14 && pick(8) == 0) {
      const std::string name_of_host = host();
      if (pick(2) == 0) {
        v1::OptOutRequest opt_out;
        opt_out.set_name(name_of_host);
        status = Ask<v1::Host>(kCoordinator, "OptOut", opt_out).status();
      } else {
        v1::OptInRequest opt_in;
        opt_in.set_name(name_of_host);
        *opt_in.mutable_offer() = Offer("2027-01-01", "2027-12-31", 2);
        status = Ask<v1::Host>(kCoordinator, "OptIn", opt_in).status();
      }
    } else if (step > 1500) {
      v1::UpdateOfferRequest update;
      update.set_name(host());
      *update.mutable_offer() = Offer("2027-01-01", "2027-12-31", pick(4));
      lowered = true;
      status = Ask<v1::Host>(kCoordinator, "UpdateOffer", update).status();
    } else {
      Advance(FormatDay(absl::CivilDay(2026, 10, 1) + step / 40));
    }
    ++outcomes[std::string(absl::StatusCodeToString(status.code()))];
    ASSERT_TRUE(status.code() != absl::StatusCode::kInternal && status.code() != absl::StatusCode::kAborted &&
                status.code() != absl::StatusCode::kUnknown)
        << "step " << step << " command " << what << ": " << status;
    if (step % 150 == 149) CheckEverything(lowered);
    if (HasFatalFailure()) return;
  }
  CheckEverything(lowered);
  Advance("2027-06-01");
  CheckEverything(lowered);
  for (int i = 0; i < applications; ++i) {
    for (const std::string& type : FactsOf(absl::StrCat("placements/", i))) ++outcomes[type];
  }
  for (const auto& [outcome, count] : outcomes) std::cout << outcome << " " << count << "\n";
  for (const char* fact : {"HostInvited", "InvitationEnded", "CommandApproved", "PlacementAgreed"}) {
    EXPECT_GT(outcomes[fact], 0) << fact;
  }
}

// Two officers and one seat, many times over: applications arrive on many threads at once.
TEST_F(CaseworkTest, SellsOneSeatOnceHoweverManyWantItAtOnce) {
  AddHost("A", 1);
  constexpr int kThreads = 8;
  constexpr int kEach = 5;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = absl::StrCat(t, "-", i);
        auto terms = TermsOf(id, i % 2);
        *terms.mutable_wishes()->mutable_latest_end() = Date("2027-03-14");
        const absl::Status heard = HearOpened(id, terms);
        EXPECT_TRUE(heard.ok()) << heard;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CheckEverything(false);
  const v1::HostCalendar calendar = Calendar("hosts/A");
  ASSERT_EQ(calendar.host().bookings_size(), 1);
  // Whoever came first, the seat is an active officer's (A0-05).
  EXPECT_EQ(calendar.host().bookings(0).tier_rank(), 0);
}

TEST_F(CaseworkTest, LetsOneOfManyAnswersToAnInvitationCount) {
  AddHost("A", 1);
  ASSERT_TRUE(HearOpened("17").ok());
  std::atomic<int> accepted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      if (Answer("17", ContactOf("hosts/A"), v1::ANSWER_ACCEPT).ok()) ++accepted;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 1);
  CheckEverything(false);
}

// Another replica on the same store: its directory does not know what this one wrote until it refreshes.
TEST_F(CaseworkTest, IsRightAtTwoReplicas) {
  CountingIds ids;
  MatchingService other(*store_, programmes_, ids);
  ASSERT_TRUE(other.LoadDirectory().ok());
  AddHost("A", 1);
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  applicant::v1::ApplicationFact fact;
  *fact.mutable_matching_opened() = TermsOf("2");
  *fact.mutable_matching_opened()->mutable_wishes()->mutable_latest_end() = Date("2027-03-14");
  const Origin origin{"matching", SystemActor("matching"), clock_.Now(), "", "event-2"};
  const auto event = MakeEvent({"applicant", {}, clock_.Now(), "", ""}, "applications/2", 1, fact);
  ASSERT_TRUE(store_->Write([&](Transaction& tx) { return other.React(tx, event, origin); }).ok());
  EXPECT_EQ(Placement("2").stage(), v1::Placement::STAGE_SEARCHING);
  EXPECT_EQ(Asked("1"), "hosts/A");
  CheckEverything(false);
}

TEST(Directory, SeesWhatWasWrittenWithAClockThatIsBehind) {
  TemporaryFolder folder("directory");
  const auto store = *SqliteStore::Open(folder / "matching.db");
  const Tables tables;
  Directory directory;
  const auto write = [&](absl::string_view id, absl::Time at) {
    ASSERT_TRUE(store
                    ->Write([&](Transaction& tx) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(auto host, tables.hosts.Find(tx, absl::StrCat("hosts/", id)));
                      const Origin origin{"matching", kCoordinator, at, "", ""};
                      AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(host.value, RegisterAgency{testing::Agency(id)},
                                                                        Circumstance{at, kCoordinator}));
                      return Apply(tx, tables.hosts, origin, facts, host);
                    })
                    .ok());
  };
  const auto count = [&] {
    EXPECT_TRUE(store->Read([&](Reader& reader) { return directory.Refresh(reader); }).ok());
    size_t entries = 0;
    directory.Read([&](const DirectoryView& view) { entries = view.entries.size(); });
    return entries;
  };
  write("A", At("2026-10-01"));
  EXPECT_EQ(count(), 1u);
  write("B", At("2026-10-01") - absl::Seconds(30));
  EXPECT_EQ(count(), 2u);
  write("N", At("2026-10-02"));
  EXPECT_EQ(count(), 3u);
  // More than one page of a scan, all of the same moment.
  for (int i = 0; i < 1199; ++i) ASSERT_NO_FATAL_FAILURE(write(absl::StrCat("N", i), At("2026-10-02")));
  EXPECT_EQ(count(), 3u + 1199u);
}

}  // namespace
}  // namespace amikeco::matching
