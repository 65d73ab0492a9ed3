#include "services/matching/service.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "services/matching/csv_import.h"
#include "services/matching/errors.h"
#include "services/matching/service_testing.h"

namespace amikeco::matching {
namespace {

using testing::At;
using testing::CommandOf;
using testing::ContactOf;
using ::testing::Contains;
using testing::Date;
using ::testing::ElementsAre;
using testing::HomeHostActor;
using ::testing::IsEmpty;
using testing::kCoordinator;
using testing::kOfficer;
using testing::kRegistrar;
using testing::kSection;
using ::testing::Not;
using testing::Offer;
using ::testing::SizeIs;
using testing::Terms;
using ::testing::UnorderedElementsAre;

class ServiceTest : public testing::MatchingServiceTest {};

TEST_F(ServiceTest, LeadsFromAnApplicationToAnAgreedPlace_A0_17) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  EXPECT_EQ(Asked("17"), "hosts/A");
  const v1::Placement agreed = Agree("17");
  EXPECT_EQ(agreed.stage(), v1::Placement::STAGE_AGREED);
  EXPECT_THAT(FactsOf("placements/17"),
              ElementsAre("SearchOpened", "HostsRanked", "HostInvited", "HostWilling", "CommandStepApproved",
                          "CommandStepApproved", "CommandApproved", "PlacementAgreed"));
  EXPECT_THAT(FactsOf("hosts/A"),
              ElementsAre("HostRegistered", "HostOptedIn", "SeatHeld", "SeatSecured", "SeatConfirmed"));
}

options::v1::Disclosure Disclosed(options::v1::DisclosureClass disclosure_class) {
  options::v1::Disclosure disclosure;
  disclosure.set_disclosure_class(disclosure_class);
  disclosure.set_reason(options::v1::WITHHOLDING_REASON_SAFETY_OF_DEPLOYED);
  disclosure.add_insiders("members/M-1");
  disclosure.add_insiders("organisations/ipa-us");
  return disclosure;
}

// A3-13
TEST_F(ServiceTest, WithholdsFromHostsAndSectionsWhatTheApplicationWithholds) {
  AddHost("A");
  applicant::v1::MatchingOpened terms = Terms();
  *terms.mutable_disclosure() = Disclosed(options::v1::DISCLOSURE_CLASS_RESTRICTED);
  ASSERT_TRUE(HearOpened("17", terms).ok());
  const auto host = ContactOf("hosts/A");
  const v1::Placement shown = Placement("17", host);
  EXPECT_EQ(shown.stage(), v1::Placement::STAGE_INVITED);
  EXPECT_FALSE(shown.has_terms());
  EXPECT_THAT(shown.disclosure().withheld(), Not(IsEmpty()));
  EXPECT_TRUE(Placement("17", kOfficer).has_terms());
  EXPECT_TRUE(Placement("17").has_terms());
  const auto asked = Must<v1::ListInvitationsResponse>(host, "ListInvitations", v1::ListInvitationsRequest());
  ASSERT_EQ(asked.invitations_size(), 1);
  EXPECT_TRUE(asked.invitations(0).has_start()) << "without it the host could not answer";
  EXPECT_THAT(asked.invitations(0).topics(), IsEmpty());
  ASSERT_THAT(asked.invitations(0).disclosure().withheld(), Not(IsEmpty()));
  EXPECT_EQ(asked.invitations(0).disclosure().withheld(0).path(), "topics");
}

// A3-13
TEST_F(ServiceTest, FollowsWhatIsDecidedAnewOfTheApplicationAndTellsOfItWhenItIsAgreed) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  EXPECT_TRUE(Placement("17", kSection).has_terms());
  applicant::v1::ApplicationFact fact;
  *fact.mutable_disclosure_set()->mutable_disclosure() = Disclosed(options::v1::DISCLOSURE_CLASS_RESTRICTED);
  ASSERT_TRUE(Hear("applications/17", fact).ok());
  EXPECT_FALSE(Placement("17", kSection).has_terms());
  ASSERT_TRUE(Hear("applications/18", fact).ok()) << "of an application that is not looked for a place";
  EXPECT_THAT(FactsOf("placements/18"), IsEmpty());
  Agree("17");
  EXPECT_THAT(FactsOf("placements/17"), Contains("DisclosureFollowed"));
  bool told = false;
  ASSERT_TRUE(store_
                  ->Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.History("placements/17", 0, 100));
                    for (const StoredEvent& stored : events) {
                      event::v1::Event event;
                      v1::PlacementFact of_it;
                      EXPECT_TRUE(event.ParseFromString(stored.body) && event.data().UnpackTo(&of_it));
                      told = told ||
                             of_it.agreed().disclosure().disclosure_class() == options::v1::DISCLOSURE_CLASS_RESTRICTED;
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_TRUE(told);
}

// A3-13: who was asked once is no partner any more.
TEST_F(ServiceTest, ShowsAHostThatDeclinedNoDetailsOfAPartnersRecord) {
  AddHost("A");
  AddHost("B");
  applicant::v1::MatchingOpened terms = Terms();
  *terms.mutable_disclosure() = Disclosed(options::v1::DISCLOSURE_CLASS_PARTNER);
  ASSERT_TRUE(HearOpened("17", terms).ok());
  const Actor first = ContactOf(Asked("17"));
  EXPECT_TRUE(Placement("17", first).has_terms());
  ASSERT_TRUE(Answer("17", first, v1::ANSWER_DECLINE).ok());
  EXPECT_FALSE(Placement("17", first).has_terms());
  EXPECT_EQ(Placement("17", first).name(), "placements/17");
}

TEST_F(ServiceTest, AsksTheNextHostInTheTransactionInWhichOneDeclines) {
  AddHost("A");
  AddHost("B");
  ASSERT_TRUE(HearOpened("17").ok());
  const std::string first = Asked("17");
  const auto declined = Answer("17", ContactOf(first), v1::ANSWER_DECLINE);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_NE(Asked("17"), first);
  EXPECT_NE(Asked("17"), "");
  EXPECT_THAT(Calendar(first).host().bookings(), IsEmpty());
}

TEST_F(ServiceTest, EndsTheSearchWhenNobodyIsLeft) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  ASSERT_TRUE(Answer("17", ContactOf("hosts/A"), v1::ANSWER_DECLINE).ok());
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_EXHAUSTED);
  EXPECT_THAT(FactsOf("placements/17"), Contains("SearchExhausted"));
}

TEST_F(ServiceTest, AsksNoMoreHostsThanTheProgrammeSays) {
  for (const char* id : {"A", "B", "C", "D", "E"}) AddHost(id);
  ASSERT_TRUE(HearOpened("17").ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Answer("17", ContactOf(Asked("17")), v1::ANSWER_DECLINE).ok());
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_EXHAUSTED);
}

TEST_F(ServiceTest, SaysWhyNobodyCanTakeTheOfficer_A5_03) {
  AddHost("A", -1);
  AddHost("B", -1);
  ASSERT_TRUE(HearOpened("17").ok());
  const v1::Placement placement = Placement("17");
  EXPECT_EQ(placement.stage(), v1::Placement::STAGE_EXHAUSTED);
  EXPECT_EQ(placement.ranking().excluded().at("NOT_PARTICIPATING"), 2);
  EXPECT_EQ(placement.ranking().hosts_judged(), 2);
}

TEST_F(ServiceTest, WaitsForAFullHostAndTakesItsSeatWhenItIsFree) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  auto terms = TermsOf("2");
  *terms.mutable_wishes()->mutable_latest_end() = Date("2027-03-14");
  ASSERT_TRUE(HearOpened("2", terms).ok());
  EXPECT_EQ(Placement("2").stage(), v1::Placement::STAGE_SEARCHING);
  ASSERT_TRUE(HearWithdrawn("1").ok());
  EXPECT_EQ(Asked("2"), "hosts/A");
}

TEST_F(ServiceTest, WakesAWaitingSearchWhenAHostOptsInOrRaisesItsCapacity) {
  AddHost("A", 0);
  AddHost("B", -1);
  ASSERT_TRUE(HearOpened("17").ok());
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_SEARCHING);
  v1::OptInRequest opt_in;
  opt_in.set_name("hosts/B");
  *opt_in.mutable_offer() = Offer("2027-01-01", "2027-12-31", 1);
  Must<v1::Host>(ContactOf("hosts/B"), "OptIn", opt_in);
  EXPECT_EQ(Asked("17"), "hosts/B");
  ASSERT_TRUE(HearOpened("18", TermsOf("18")).ok());
  v1::UpdateOfferRequest update;
  update.set_name("hosts/A");
  *update.mutable_offer() = Offer("2027-01-01", "2027-12-31", 1);
  Must<v1::Host>(ContactOf("hosts/A"), "UpdateOffer", update);
  EXPECT_EQ(Placement("18").stage(), v1::Placement::STAGE_INVITED);
}

TEST_F(ServiceTest, GivesUpWaitingWhenTheLastPossibleStartIsOver) {
  AddHost("A", 0);
  ASSERT_TRUE(HearOpened("17").ok());
  EXPECT_EQ(Advance("2026-10-02"), 1);
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_SEARCHING);
  Advance("2027-04-16");
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_SEARCHING);  // 17 April would do
  Advance("2027-04-17");
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_EXHAUSTED);
}

TEST_F(ServiceTest, LetsSilenceLapseAndGoesOn) {
  AddHost("A");
  AddHost("B");
  ASSERT_TRUE(HearOpened("17").ok());
  const std::string first = Asked("17");
  EXPECT_EQ(Advance("2026-10-14"), 0);
  EXPECT_EQ(Advance("2026-10-15"), 1);
  EXPECT_NE(Asked("17"), first);
  EXPECT_EQ(Advance("2026-10-15"), 0);
  EXPECT_EQ(Placement("17").invitations(0).state(), v1::Invitation::STATE_LAPSED);
}

TEST_F(ServiceTest, GivesCommandAndOfficerTheirOwnTime) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  ASSERT_TRUE(Answer("17", ContactOf("hosts/A"), v1::ANSWER_ACCEPT).ok());
  EXPECT_EQ(ToTime(Placement("17").next_due()), At("2026-10-22"));
  ASSERT_TRUE(Approve("17", CommandOf("hosts/A"), "Captain").ok());
  ASSERT_TRUE(Approve("17", CommandOf("hosts/A"), "Chief").ok());
  EXPECT_EQ(ToTime(Placement("17").next_due()), At("2026-10-08"));
  Advance("2026-10-08");
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_EXHAUSTED);
}

TEST_F(ServiceTest, PutsAnActiveOfficerBeforeAStudentWhoIsOnlyAsked_A0_05) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("student", TermsOf("student", 1)).ok());
  ASSERT_TRUE(Answer("student", ContactOf("hosts/A"), v1::ANSWER_ACCEPT).ok());
  ASSERT_TRUE(HearOpened("active", TermsOf("active")).ok());
  EXPECT_EQ(Asked("active"), "hosts/A");
  EXPECT_EQ(Placement("student").invitations(0).state(), v1::Invitation::STATE_YIELDED);
  EXPECT_EQ(FormatDate(Placement("active").invitations(0).start()), "2027-03-01");
  // The student goes on to the days that are left, at the same host: yielding was no answer (A0-06).
  EXPECT_EQ(Asked("student"), "hosts/A");
  EXPECT_EQ(FormatDate(Placement("student").invitations(1).start()), "2027-03-15");
}

TEST_F(ServiceTest, KeepsAStudentsPlaceOnceCommandHasApproved_A0_05) {
  AddHost("A");
  auto student = TermsOf("student", 1);
  auto active = TermsOf("active");
  for (auto* terms : {&student, &active}) *terms->mutable_wishes()->mutable_latest_end() = Date("2027-03-14");
  ASSERT_TRUE(HearOpened("student", student).ok());
  ASSERT_TRUE(Answer("student", ContactOf("hosts/A"), v1::ANSWER_ACCEPT).ok());
  ASSERT_TRUE(Approve("student", CommandOf("hosts/A"), "Captain").ok());
  ASSERT_TRUE(Approve("student", CommandOf("hosts/A"), "Chief").ok());
  ASSERT_TRUE(HearOpened("active", active).ok());
  EXPECT_EQ(Placement("active").stage(), v1::Placement::STAGE_SEARCHING);
  EXPECT_EQ(Placement("student").stage(), v1::Placement::STAGE_COMMAND_APPROVED);
}

TEST_F(ServiceTest, GivesAFreedSeatToTheBestTierThatWaits_A0_05) {
  AddHost("A");
  const auto short_wish = [&](absl::string_view id, int tier) {
    auto terms = TermsOf(id, tier);
    *terms.mutable_wishes()->mutable_latest_end() = Date("2027-03-14");
    return terms;
  };
  ASSERT_TRUE(HearOpened("first", short_wish("first", 0)).ok());
  Agree("first");
  ASSERT_TRUE(HearOpened("student", short_wish("student", 1)).ok());
  ASSERT_TRUE(HearOpened("active", short_wish("active", 0)).ok());
  ASSERT_TRUE(HearWithdrawn("first").ok());
  EXPECT_EQ(Asked("active"), "hosts/A");
  EXPECT_EQ(Asked("student"), "");
}

TEST_F(ServiceTest, StillMatchesAStudentWhereSeatsAreFree_A0_06) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("student", TermsOf("student", 1)).ok());
  EXPECT_EQ(Agree("student").stage(), v1::Placement::STAGE_AGREED);
}

TEST_F(ServiceTest, RanksTheSameWhateverHostsDeclinedBefore_A4_05) {
  for (const char* id : {"A", "B", "C", "D", "E", "F"}) AddHost(id);
  const auto order_of = [&](absl::string_view id) {
    v1::ListRankingRequest request;
    request.set_application(absl::StrCat("applications/", id));
    std::vector<std::string> order;
    const auto ranking = Must<v1::ListRankingResponse>(kCoordinator, "ListRanking", request);
    for (const auto& host : ranking.hosts()) {
      order.push_back(absl::StrCat(host.host(), " ", host.ranked().score()));
    }
    return order;
  };
  // The application under test is at the officer's own dates, so that seats held for others do not matter.
  auto terms = TermsOf("17");
  *terms.mutable_wishes()->mutable_earliest_start() = Date("2027-08-01");
  *terms.mutable_wishes()->mutable_latest_end() = Date("2027-08-31");
  ASSERT_TRUE(HearOpened("17", terms).ok());
  const auto before = order_of("17");
  for (int i = 0; i < 5; ++i) {
    const std::string other = absl::StrCat("other", i);
    ASSERT_TRUE(HearOpened(other, TermsOf(other)).ok());
    while (!Asked(other).empty()) ASSERT_TRUE(Answer(other, ContactOf(Asked(other)), v1::ANSWER_DECLINE).ok());
  }
  EXPECT_EQ(order_of("17"), before);
}

TEST_F(ServiceTest, SearchesAgainOnNewTermsAndFreesTheOldSeat_A5_06) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  Agree("17");
  auto terms = Terms(2);
  *terms.mutable_wishes()->mutable_earliest_start() = Date("2027-03-05");
  ASSERT_TRUE(HearOpened("17", terms).ok());
  const v1::Placement placement = Placement("17");
  // The one seat of the host is free for the same officer again.
  EXPECT_EQ(placement.stage(), v1::Placement::STAGE_INVITED);
  EXPECT_EQ(FormatDate(placement.invitations(1).start()), "2027-03-05");
  EXPECT_THAT(placement.legs(), IsEmpty());
  ASSERT_THAT(Calendar("hosts/A").host().bookings(), SizeIs(1));
  EXPECT_EQ(Calendar("hosts/A").host().bookings(0).state(), v1::Booking::STATE_HELD);
}

TEST_F(ServiceTest, TakesAnEarlierRoundForStale) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17", Terms(2)).ok());
  const size_t facts = FactsOf("placements/17").size();
  EXPECT_EQ(HearOpened("17", Terms(2)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(HearOpened("17", Terms(1)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(FactsOf("placements/17"), SizeIs(facts));
}

TEST_F(ServiceTest, FreesTheSeatOfAStayThatWasNeverStarted) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  Agree("17");
  applicant::v1::ApplicationFact fact;
  fact.mutable_stay_missed()->set_placement("placements/17");
  ASSERT_TRUE(Hear("applications/17", fact).ok());
  EXPECT_EQ(Placement("17").end_reason(), "STAY_MISSED");
  EXPECT_THAT(Calendar("hosts/A").host().bookings(), IsEmpty());
}

TEST_F(ServiceTest, RecallsAndReleasesWhenTheApplicationEnds) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  ASSERT_TRUE(HearWithdrawn("17").ok());
  EXPECT_EQ(Placement("17").end_reason(), "WITHDRAWN");
  EXPECT_EQ(Placement("17").invitations(0).state(), v1::Invitation::STATE_RECALLED);
  EXPECT_THAT(Calendar("hosts/A").host().bookings(), IsEmpty());
  EXPECT_EQ(HearWithdrawn("17").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(HearWithdrawn("unknown").ok());
}

TEST_F(ServiceTest, EndsAPlacementWhoseApplicationIsNoLongerEligible) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  applicant::v1::ApplicationFact fact;
  fact.mutable_eligibility_decided()->set_eligible(true);
  ASSERT_TRUE(Hear("applications/17", fact).ok());
  EXPECT_EQ(Placement("17").stage(), v1::Placement::STAGE_INVITED);
  fact.mutable_eligibility_decided()->set_eligible(false);
  ASSERT_TRUE(Hear("applications/17", fact).ok());
  EXPECT_EQ(Placement("17").end_reason(), "INELIGIBLE");
}

TEST_F(ServiceTest, ParksAnApplicationOfAProgrammeThatIsNotLoaded) {
  auto terms = Terms();
  terms.set_programme_version(9);
  EXPECT_EQ(HearOpened("17", terms).code(), absl::StatusCode::kInternal);
}

TEST_F(ServiceTest, LetsAHostLeaveAtAnyTimeButNotConfirmedStays_A4_06) {
  AddHost("A", 3);
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  Agree("1");
  ASSERT_TRUE(HearOpened("2", TermsOf("2")).ok());
  AddHost("B");
  v1::OptOutRequest opt_out;
  opt_out.set_name("hosts/A");
  Must<v1::Host>(ContactOf("hosts/A"), "OptOut", opt_out);
  EXPECT_EQ(Placement("1").stage(), v1::Placement::STAGE_AGREED);
  EXPECT_EQ(Asked("2"), "hosts/B");
  ASSERT_THAT(Calendar("hosts/A").host().bookings(), SizeIs(1));
}

TEST_F(ServiceTest, BuildsAnItineraryWithAgenciesThatConfirm_A0_19) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  Agree("17");
  AddHost("B");
  AddHost("closed", -1);
  v1::AddLegRequest add;
  add.set_name("placements/17");
  add.set_host("hosts/B");
  *add.mutable_start() = Date("2027-03-03");
  *add.mutable_end() = Date("2027-03-05");
  EXPECT_EQ(Must<v1::Placement>(kCoordinator, "AddLeg", add).legs_size(), 2);
  ASSERT_THAT(Calendar("hosts/B").host().bookings(), SizeIs(1));
  v1::ConfirmLegRequest confirm;
  confirm.set_name("placements/17");
  confirm.set_leg("2");
  EXPECT_TRUE(Must<v1::Placement>(ContactOf("hosts/B"), "ConfirmLeg", confirm).legs(1).confirmed());
  EXPECT_EQ(Calendar("hosts/B").host().bookings(0).state(), v1::Booking::STATE_CONFIRMED);
  add.set_host("hosts/closed");
  *add.mutable_start() = *add.mutable_end() = Date("2027-03-08");
  EXPECT_EQ(ReasonOf(Ask<v1::Placement>(kCoordinator, "AddLeg", add).status()), errors::kNotParticipating.reason);
  v1::RemoveLegRequest remove;
  remove.set_name("placements/17");
  remove.set_leg("2");
  Must<v1::Placement>(ContactOf("hosts/B"), "RemoveLeg", remove);
  EXPECT_EQ(Placement("17").legs_size(), 1);
  EXPECT_THAT(Calendar("hosts/B").host().bookings(), IsEmpty());
}

TEST_F(ServiceTest, FindsAHomeNearTheHost_A0_21) {
  AddHost("A");
  const auto offer = [&](absl::string_view id, absl::string_view last) {
    v1::OfferHomeStayRequest request;
    request.set_home_host_id(std::string(id));
    request.set_host("hosts/A");
    *request.mutable_first_day() = Date("2027-03-01");
    *request.mutable_last_day() = Date(last);
    return Must<v1::HomeHost>(HomeHostActor(absl::StrCat("members/", id)), "OfferHomeStay", request);
  };
  offer("short", "2027-03-13");
  offer("first", "2027-03-31");
  ASSERT_TRUE(HearOpened("17").ok());
  EXPECT_EQ(Agree("17").home_stay().home_host(), "homeHosts/first");
  v1::RespondToHomeStayRequest respond;
  respond.set_name("placements/17");
  respond.set_answer(v1::ANSWER_DECLINE);
  Must<v1::Placement>(HomeHostActor("members/first"), "RespondToHomeStay", respond);
  EXPECT_EQ(Placement("17").home_stay().state(), v1::HomeStay::STATE_SEARCHING);
  offer("second", "2027-03-31");
  EXPECT_EQ(Placement("17").home_stay().home_host(), "homeHosts/second");
  respond.set_answer(v1::ANSWER_ACCEPT);
  Must<v1::Placement>(HomeHostActor("members/second"), "RespondToHomeStay", respond);
  EXPECT_EQ(Placement("17").home_stay().state(), v1::HomeStay::STATE_AGREED);
  v1::WithdrawHomeStayRequest withdraw;
  withdraw.set_name("homeHosts/second");
  EXPECT_THAT(Must<v1::HomeHost>(HomeHostActor("members/second"), "WithdrawHomeStay", withdraw).bookings(), IsEmpty());
  EXPECT_EQ(Placement("17").home_stay().state(), v1::HomeStay::STATE_SEARCHING);
  Advance("2027-02-01");
  EXPECT_EQ(Placement("17").home_stay().state(), v1::HomeStay::STATE_NOT_FOUND);
}

TEST_F(ServiceTest, LetsAHomeTipTheScales_A0_20) {
  for (const char* id : {"A", "B", "C"}) AddHost(id);
  for (const char* id : {"A", "B", "C"}) {
    v1::OfferHomeStayRequest request;
    request.set_host(absl::StrCat("hosts/", id));
    *request.mutable_first_day() = Date("2027-01-01");
    *request.mutable_last_day() = Date("2027-12-31");
    const auto home = Must<v1::HomeHost>(HomeHostActor("members/H"), "OfferHomeStay", request);
    ASSERT_TRUE(HearOpened(absl::StrCat("near", id), TermsOf(absl::StrCat("near", id))).ok());
    EXPECT_EQ(Asked(absl::StrCat("near", id)), absl::StrCat("hosts/", id));
    ASSERT_TRUE(HearWithdrawn(absl::StrCat("near", id)).ok());
    v1::WithdrawHomeStayRequest withdraw;
    withdraw.set_name(home.name());
    Must<v1::HomeHost>(HomeHostActor("members/H"), "WithdrawHomeStay", withdraw);
  }
}

TEST_F(ServiceTest, TakesUpOffersToHost_A0_31) {
  AddHost("A", -1);
  applicant::v1::HostingOfferFact fact;
  auto& accepted = *fact.mutable_accepted();
  accepted.set_kind(applicant::v1::OFFER_KIND_HOST_AGENCY);
  accepted.set_host("hosts/A");
  *accepted.mutable_first_day() = Date("2027-03-01");
  *accepted.mutable_last_day() = Date("2027-03-31");
  accepted.set_capacity(2);
  accepted.add_topics("detectives");
  ASSERT_TRUE(Hear("hostingOffers/1", fact).ok());
  v1::GetHostRequest get;
  get.set_name("hosts/A");
  EXPECT_TRUE(Must<v1::Host>(kOfficer, "GetHost", get).participating());
  EXPECT_EQ(Hear("hostingOffers/1", fact).code(), absl::StatusCode::kFailedPrecondition);
  *accepted.mutable_first_day() = Date("2027-04-01");
  *accepted.mutable_last_day() = Date("2027-04-30");
  ASSERT_TRUE(Hear("hostingOffers/2", fact).ok());
  EXPECT_EQ(Calendar("hosts/A").host().offer().windows_size(), 2);
  accepted.set_kind(applicant::v1::OFFER_KIND_HOME_HOST);
  accepted.set_home_host("members/H");
  ASSERT_TRUE(Hear("hostingOffers/3", fact).ok());
  v1::GetHomeHostRequest home;
  home.set_name("homeHosts/3");
  EXPECT_EQ(Must<v1::HomeHost>(HomeHostActor("members/H"), "GetHomeHost", home).host(), "hosts/A");
  accepted.set_host("hosts/nobody");
  EXPECT_EQ(Hear("hostingOffers/4", fact).code(), absl::StatusCode::kNotFound);
}

TEST_F(ServiceTest, ShowsAPlacementToItsPartiesAlone_A3_09) {
  AddHost("A");
  AddHost("B", -1);
  ASSERT_TRUE(HearOpened("17").ok());
  v1::GetPlacementRequest request;
  request.set_name("placements/17");
  for (const Actor& actor : {kOfficer, kSection, kCoordinator, ContactOf("hosts/A")}) {
    EXPECT_TRUE(Ask<v1::Placement>(actor, "GetPlacement", request).ok()) << actor.subject;
  }
  const Actor other_officer{"members/M-2", "sections/DE", {options::v1::ROLE_OFFICER}};
  const Actor other_section{"people/x", "sections/FR", {options::v1::ROLE_ENDORSER}};
  v1::GetPlacementRequest missing;
  missing.set_name("placements/18");
  for (const Actor& actor : {other_officer, other_section, ContactOf("hosts/B")}) {
    EXPECT_EQ(Ask<v1::Placement>(actor, "GetPlacement", request).status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(ReasonOf(Ask<v1::Placement>(actor, "GetPlacement", request).status()),
              ReasonOf(Ask<v1::Placement>(actor, "GetPlacement", missing).status()));
    v1::AnswerInvitationRequest answer;
    answer.set_name("placements/17");
    answer.set_answer(v1::ANSWER_ACCEPT);
    EXPECT_FALSE(Ask<v1::Placement>(actor, "AnswerInvitation", answer).ok());
  }
}

TEST_F(ServiceTest, ListsPlacementsOfTheCallerByStage) {
  AddHost("A", 5);
  for (const char* id : {"1", "2", "3"}) ASSERT_TRUE(HearOpened(id, TermsOf(id)).ok());
  Agree("2");
  v1::ListPlacementsRequest request;
  request.set_page_size(2);
  const auto first = Must<v1::ListPlacementsResponse>(kSection, "ListPlacements", request);
  EXPECT_THAT(first.placements(), SizeIs(2));
  request.set_page_token(first.next_page_token());
  const auto second = Must<v1::ListPlacementsResponse>(kSection, "ListPlacements", request);
  EXPECT_THAT(second.placements(), SizeIs(1));
  EXPECT_EQ(second.next_page_token(), "");
  v1::ListPlacementsRequest agreed;
  agreed.set_stage(v1::Placement::STAGE_AGREED);
  EXPECT_EQ(Must<v1::ListPlacementsResponse>(kCoordinator, "ListPlacements", agreed).placements(0).name(),
            "placements/2");
  const Actor officer{"members/3", "sections/DE", {options::v1::ROLE_OFFICER}};
  EXPECT_THAT(Must<v1::ListPlacementsResponse>(officer, "ListPlacements", v1::ListPlacementsRequest()).placements(),
              SizeIs(1));
}

TEST_F(ServiceTest, ListsAHostsInvitationsWithTheWishesItJudgesBy) {
  AddHost("A", 2);
  ASSERT_TRUE(HearOpened("1", TermsOf("1")).ok());
  ASSERT_TRUE(HearOpened("2", TermsOf("2")).ok());
  ASSERT_TRUE(Answer("1", ContactOf("hosts/A"), v1::ANSWER_DECLINE).ok());
  v1::ListInvitationsRequest request;
  const auto all = Must<v1::ListInvitationsResponse>(ContactOf("hosts/A"), "ListInvitations", request);
  EXPECT_THAT(all.invitations(), SizeIs(2));
  request.set_open(true);
  const auto open = Must<v1::ListInvitationsResponse>(ContactOf("hosts/A"), "ListInvitations", request);
  ASSERT_THAT(open.invitations(), SizeIs(1));
  EXPECT_EQ(open.invitations(0).application(), "applications/2");
  EXPECT_THAT(open.invitations(0).topics(), ElementsAre("street-patrol"));
  EXPECT_THAT(Must<v1::ListInvitationsResponse>(ContactOf("hosts/B"), "ListInvitations", request).invitations(),
              IsEmpty());
  const Actor works_there{"members/M-9", "hosts/A", {options::v1::ROLE_OFFICER}};
  EXPECT_THAT(Must<v1::ListInvitationsResponse>(works_there, "ListInvitations", request).invitations(), IsEmpty());
  request.set_open(false);
  request.set_application("applications/1");
  EXPECT_THAT(Must<v1::ListInvitationsResponse>(kCoordinator, "ListInvitations", request).invitations(), SizeIs(1));
}

TEST_F(ServiceTest, RefusesAChangeOfWhatChangedMeanwhile) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  v1::AnswerInvitationRequest answer;
  answer.set_name("placements/17");
  answer.set_answer(v1::ANSWER_ACCEPT);
  answer.set_etag("\"1\"");
  EXPECT_EQ(ReasonOf(Ask<v1::Placement>(ContactOf("hosts/A"), "AnswerInvitation", answer).status()), "ETAG_MISMATCH");
  answer.set_etag(Placement("17").etag());
  Must<v1::Placement>(ContactOf("hosts/A"), "AnswerInvitation", answer);
}

TEST_F(ServiceTest, LetsAHostChangeItsOfferWhileSeatsAreBooked_A4_06) {
  v1::UpdateOfferRequest update;
  update.set_name("hosts/A");
  update.set_etag(AddHost("A", 2).etag());
  ASSERT_TRUE(HearOpened("17").ok());
  *update.mutable_offer() = Offer("2027-01-01", "2027-12-31", 0);
  Must<v1::Host>(ContactOf("hosts/A"), "UpdateOffer", update);
  *update.mutable_offer() = Offer("2027-01-01", "2027-12-31", 3);
  EXPECT_EQ(ReasonOf(Ask<v1::Host>(ContactOf("hosts/A"), "UpdateOffer", update).status()), "ETAG_MISMATCH");
}

TEST_F(ServiceTest, AnswersARepeatedRequestTheSameAndOnce) {
  AddHost("A");
  AddHost("B");
  ASSERT_TRUE(HearOpened("17").ok());
  v1::AnswerInvitationRequest answer;
  answer.set_name("placements/17");
  answer.set_answer(v1::ANSWER_DECLINE);
  answer.set_request_id("0b7e0c5e-62a2-4bb6-9d3f-0a8a5d3a9e11");
  const Actor contact = ContactOf(Asked("17"));
  const auto first = Must<v1::Placement>(contact, "AnswerInvitation", answer);
  const size_t facts = FactsOf("placements/17").size();
  EXPECT_EQ(Must<v1::Placement>(contact, "AnswerInvitation", answer).SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(FactsOf("placements/17"), SizeIs(facts));
  answer.set_reason("another payload");
  EXPECT_EQ(ReasonOf(Ask<v1::Placement>(contact, "AnswerInvitation", answer).status()), "REQUEST_ID_REUSED");
}

TEST_F(ServiceTest, ExplainsWhyAHostIsOrIsNotInQuestion_A5_03) {
  AddHost("A");
  AddHost("B", -1);
  ASSERT_TRUE(HearOpened("17").ok());
  v1::ExplainHostRequest request;
  request.set_application("applications/17");
  request.set_host("hosts/B");
  EXPECT_THAT(Must<v1::HostVerdict>(kOfficer, "ExplainHost", request).exclusions(),
              ElementsAre(v1::EXCLUSION_NOT_PARTICIPATING));
  request.set_host("hosts/nobody");
  EXPECT_EQ(Ask<v1::HostVerdict>(kOfficer, "ExplainHost", request).status().code(), absl::StatusCode::kNotFound);
  const Actor other{"members/M-2", "sections/DE", {options::v1::ROLE_OFFICER}};
  request.set_host("hosts/B");
  EXPECT_EQ(Ask<v1::HostVerdict>(other, "ExplainHost", request).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ServiceTest, PagesOverAllHostsTheBestFirst) {
  for (int i = 0; i < 5; ++i) AddHost(absl::StrCat("open", i), 3);
  for (int i = 0; i < 4; ++i) AddHost(absl::StrCat("closed", i), -1);
  ASSERT_TRUE(HearOpened("17").ok());
  v1::ListRankingRequest request;
  request.set_application("applications/17");
  request.set_excluded(true);
  request.set_page_size(2);
  std::vector<std::string> hosts;
  int positions = 0;
  do {
    const auto page = Must<v1::ListRankingResponse>(kCoordinator, "ListRanking", request);
    EXPECT_EQ(page.hosts_judged(), 9);
    EXPECT_EQ(page.eligible(), 5);
    for (const auto& host : page.hosts()) {
      hosts.push_back(host.host());
      positions += host.position() > 0 ? 1 : 0;
      EXPECT_EQ(host.exclusions().empty(), host.position() > 0);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(hosts, SizeIs(9));
  EXPECT_EQ(positions, 5);
  request.set_page_token("x");
  EXPECT_EQ(Ask<v1::ListRankingResponse>(kCoordinator, "ListRanking", request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ServiceTest, FindsHostsByPartOfTheirNamePlaceAndKind) {
  AddHost("CA1");
  AddHost("CA2", -1);
  AddHost("NV1");
  v1::SearchHostsRequest request;
  const auto found = [&] {
    std::vector<std::string> names;
    const auto page = Must<v1::SearchHostsResponse>(kOfficer, "SearchHosts", request);
    for (const auto& host : page.hosts()) {
      EXPECT_THAT(host.bookings(), IsEmpty());
      names.push_back(host.name());
    }
    return names;
  };
  EXPECT_THAT(found(), ElementsAre("hosts/CA1", "hosts/CA2", "hosts/NV1"));
  request.set_text("department ca");
  EXPECT_THAT(found(), ElementsAre("hosts/CA1", "hosts/CA2"));
  request.set_participating(true);
  EXPECT_THAT(found(), ElementsAre("hosts/CA1"));
  request.set_region("NV");
  EXPECT_THAT(found(), IsEmpty());
  request.Clear();
  request.set_page_size(2);
  const auto page = Must<v1::SearchHostsResponse>(kOfficer, "SearchHosts", request);
  request.set_page_token(page.next_page_token());
  EXPECT_THAT(found(), ElementsAre("hosts/NV1"));
  request.set_text("changed");
  EXPECT_EQ(Ask<v1::SearchHostsResponse>(kOfficer, "SearchHosts", request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(ServiceTest, ShowsBookingsToTheHostAndCoordinatorsAlone) {
  AddHost("A");
  ASSERT_TRUE(HearOpened("17").ok());
  v1::GetHostRequest get;
  get.set_name("hosts/A");
  EXPECT_THAT(Must<v1::Host>(ContactOf("hosts/B"), "GetHost", get).bookings(), IsEmpty());
  v1::GetHostCalendarRequest calendar;
  calendar.set_name("hosts/A");
  const auto own = Must<v1::HostCalendar>(ContactOf("hosts/A"), "GetHostCalendar", calendar);
  ASSERT_THAT(own.occupancy(), SizeIs(3));
  EXPECT_EQ(own.occupancy(1).booked(), 1);
  EXPECT_EQ(FormatDate(own.occupancy(1).last_day()), "2027-03-14");
  EXPECT_EQ(Ask<v1::HostCalendar>(ContactOf("hosts/B"), "GetHostCalendar", calendar).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ServiceTest, RegistersAHostAbroadAndCorrectsIt) {
  v1::RegisterHostRequest request;
  request.set_host_id("DE-BE-1");
  request.mutable_agency()->set_title("Polizei Berlin");
  EXPECT_EQ(Ask<v1::Host>(kRegistrar, "RegisterHost", request).status().code(), absl::StatusCode::kInvalidArgument);
  request.mutable_agency()->set_country("DE");
  EXPECT_EQ(Must<v1::Host>(kRegistrar, "RegisterHost", request).name(), "hosts/DE-BE-1");
  request.mutable_agency()->set_region("DE-BE");
  EXPECT_EQ(Must<v1::Host>(kRegistrar, "RegisterHost", request).agency().region(), "DE-BE");
  EXPECT_THAT(FactsOf("hosts/DE-BE-1"), SizeIs(2));
  EXPECT_EQ(Ask<v1::Host>(kOfficer, "RegisterHost", request).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(ServiceTest, ImportsAChunkAgainWithoutWriting) {
  v1::ImportHostsRequest request;
  request.set_source_id("test");
  request.set_header("ori,agency_name,state_abbr");
  request.set_csv_chunk("CA1,One,CA\nCA2,Two,CA\nCA2,Again,CA\n");
  auto report = Must<v1::ImportHostsResponse>(kRegistrar, "ImportHosts", request);
  EXPECT_EQ(report.created(), 2);
  ASSERT_THAT(report.rejected(), SizeIs(1));
  EXPECT_EQ(report.rejected(0).line(), 4);
  request.set_csv_chunk("CA1,One,CA\nCA2,Two changed,CA\nCA3,Three,CA\n");
  report = Must<v1::ImportHostsResponse>(kRegistrar, "ImportHosts", request);
  EXPECT_EQ(report.created(), 1);
  EXPECT_EQ(report.updated(), 1);
  EXPECT_EQ(report.unchanged(), 1);
  EXPECT_THAT(FactsOf("hosts/CA1"), SizeIs(1));
  request.set_header("ori,agency_name");
  EXPECT_EQ(ReasonOf(Ask<v1::ImportHostsResponse>(kRegistrar, "ImportHosts", request).status()),
            errors::kHeaderLacksColumn.reason);
}

// A0-16: the real directory, imported, searched and ranked.
TEST_F(ServiceTest, WorksWithTheWholeDirectory_A0_16) {
  std::ifstream in("data/us_agencies.csv");
  std::stringstream text;
  text << in.rdbuf();
  const CsvFile file = SplitCsv(text.str());
  int created = 0;
  for (const CsvChunk& chunk : file.chunks) {
    v1::ImportHostsRequest request;
    request.set_source_id("us-agencies");
    request.set_header(file.header);
    request.set_csv_chunk(chunk.rows);
    request.set_first_line(chunk.first_line);
    created += Must<v1::ImportHostsResponse>(kRegistrar, "ImportHosts", request).created();
  }
  EXPECT_EQ(created, 18702);
  ASSERT_TRUE(service_->LoadDirectory().ok());
  v1::OptInRequest opt_in;
  opt_in.set_name("hosts/HI0020000");
  *opt_in.mutable_offer() = Offer("2027-01-01", "2027-12-31", 1);
  Must<v1::Host>(kCoordinator, "OptIn", opt_in);
  const absl::Time begin = absl::Now();
  ASSERT_TRUE(HearOpened("17").ok());
  std::cout << "search opened, ranked and invited in " << absl::Now() - begin << "\n";
  EXPECT_EQ(Asked("17"), "hosts/HI0020000");
  EXPECT_EQ(Placement("17").ranking().hosts_judged(), 18702);
  EXPECT_EQ(Placement("17").ranking().excluded().at("NOT_PARTICIPATING"), 18701);
  v1::SearchHostsRequest search;
  search.set_text("honolulu");
  EXPECT_THAT(Must<v1::SearchHostsResponse>(kOfficer, "SearchHosts", search).hosts(), Not(IsEmpty()));
}

}  // namespace
}  // namespace amikeco::matching
