#include "services/notify/service.h"

#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "amikeco/applicant/v1/programme_news.pb.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/notify/case.h"
#include "services/notify/contact.h"
#include "services/notify/message.h"
#include "services/notify/notify_house.h"

namespace amikeco::notify {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class NotifyTest : public ::testing::Test {
 protected:
  std::vector<std::string> Recipients(const std::vector<v1::Message>& messages) {
    std::vector<std::string> names;
    for (const auto& message : messages) names.push_back(message.recipient());
    return names;
  }

  NotifyHouse house_;
};

TEST_F(NotifyTest, TellsEveryRecipientOfTheNoticeOnBothChannels) {
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example").ok());
  ASSERT_TRUE(house_.Submit().ok());
  EXPECT_THAT(house_.Inbox(Officer()), SizeIs(1));
  EXPECT_THAT(house_.Inbox(Section()), SizeIs(1));
  EXPECT_THAT(house_.Inbox(Coordinator()), SizeIs(1));
  const auto queued = house_.Log(v1::MESSAGE_STATE_QUEUED);
  ASSERT_THAT(queued, SizeIs(1));
  EXPECT_EQ(queued[0].recipient(), "members/m1");
  EXPECT_EQ(queued[0].channel(), programme::v1::CHANNEL_EMAIL);
  EXPECT_EQ(queued[0].fact(), "amikeco.applicant.v1.ApplicationSubmitted");
}

TEST_F(NotifyTest, FailsEMailWithoutAContactButNotTheInbox) {
  ASSERT_TRUE(house_.Submit().ok());
  const auto failed = house_.Log(v1::MESSAGE_STATE_FAILED);
  ASSERT_THAT(failed, SizeIs(3));
  for (const auto& message : failed) EXPECT_EQ(message.failure_reason(), "NO_CONTACT");
  EXPECT_THAT(house_.Inbox(Officer()), SizeIs(1));
}

// A5-07
TEST_F(NotifyTest, WritesInTheRecipientsLanguageAndZone) {
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example", "de-AT", "Europe/Vienna").ok());
  ASSERT_TRUE(house_.Submit().ok());
  const auto inbox = house_.Inbox(Officer());
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_EQ(inbox[0].text().locale(), "de");
  EXPECT_THAT(inbox[0].text().body(), AllOf(HasSubstr("Guten Tag Anna Weber"), HasSubstr("1. Dezember 2026")));
  EXPECT_THAT(house_.Inbox(Section())[0].text().body(), HasSubstr("Dear colleague"));
}

// A5-07
TEST_F(NotifyTest, TellsAHostByItsTitleAndTheTimesByItsClock) {
  matching::v1::HostFact registered;
  registered.mutable_registered()->mutable_agency()->set_title("Albany Police Department");
  ASSERT_TRUE(house_.Tell("hosts/NY0010000", registered).ok());
  ASSERT_TRUE(house_.Submit().ok());
  ASSERT_TRUE(house_.Tell("placements/a1", house_.Invitation()).ok());
  const auto inbox = house_.Inbox(HostContact());
  ASSERT_THAT(inbox, SizeIs(1));
  // The programme's zone, since there is no contact: 09:00 UTC is 04:00 in New York.
  EXPECT_THAT(inbox[0].text().body(), AllOf(HasSubstr("Albany Police Department"), HasSubstr("3 May 2027"),
                                            HasSubstr("15 December 2026, 04:00 (EST)")));
}

TEST_F(NotifyTest, TellsTheHostThatTheInvitationEndedAndForgetsItThen) {
  ASSERT_TRUE(house_.Submit().ok());
  ASSERT_TRUE(house_.Tell("placements/a1", house_.Invitation()).ok());
  matching::v1::PlacementFact ended;
  ended.mutable_invitation_ended()->set_application("applications/a1");
  ended.mutable_invitation_ended()->set_host("hosts/NY0010000");
  ended.mutable_invitation_ended()->set_end(matching::v1::INVITATION_END_RECALLED);
  ended.mutable_invitation_ended()->set_reason("private matters of the officer");
  ASSERT_TRUE(house_.Tell("placements/a1", ended).ok());
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(2));
  // A5-07: the reason is in no channel.
  EXPECT_THAT(house_.Inbox(HostContact())[0].text().body(), Not(HasSubstr("private matters")));
  matching::v1::PlacementFact over;
  over.mutable_ended()->set_application("applications/a1");
  ASSERT_TRUE(house_.Tell("placements/a1", over).ok());
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(2));
}

TEST_F(NotifyTest, TellsHostAndHomeHostThatTheDatesChanged) {
  ASSERT_TRUE(house_.Submit().ok());
  matching::v1::HomeHostFact offered;
  offered.mutable_offered()->set_host("hosts/NY0010000");
  offered.mutable_offered()->set_member("members/h1");
  ASSERT_TRUE(house_.Tell("homeHosts/hh1", offered).ok());
  ASSERT_TRUE(house_.Tell("placements/a1", house_.Invitation()).ok());
  matching::v1::PlacementFact proposed;
  proposed.mutable_home_host_proposed()->set_application("applications/a1");
  proposed.mutable_home_host_proposed()->set_home_host("homeHosts/hh1");
  ASSERT_TRUE(house_.Tell("placements/a1", proposed).ok());
  matching::v1::PlacementFact rescheduled;
  rescheduled.mutable_rescheduled()->set_application("applications/a1");
  ASSERT_TRUE(house_.Tell("placements/a1", rescheduled).ok());
  const Actor home{"members/h1", "sections/US", {options::v1::ROLE_HOME_HOST}};
  EXPECT_THAT(house_.Inbox(home), SizeIs(2));
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(2));
}

// A0-21
TEST_F(NotifyTest, TellsTheOfficerToBookHotelAndCarAtOwnCostWhenNoHomeIsFound) {
  ASSERT_TRUE(house_.Submit().ok());
  ASSERT_TRUE(house_.Tell("placements/a1", house_.Invitation()).ok());
  matching::v1::PlacementFact none;
  none.mutable_home_host_not_found()->set_application("applications/a1");
  ASSERT_TRUE(house_.Tell("placements/a1", none).ok());
  EXPECT_THAT(house_.Inbox(Officer())[0].text().body(),
              AllOf(HasSubstr("book a hotel"), HasSubstr("rental car"), HasSubstr("own cost")));
}

TEST_F(NotifyTest, WaitsForTheSubmissionBeforeItTellsOfWhatFollowed) {
  EXPECT_EQ(house_.Tell("placements/a1", house_.Invitation()).code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(house_.Submit().ok());
  EXPECT_TRUE(house_.Tell("placements/a1", house_.Invitation()).ok());
}

TEST_F(NotifyTest, HasAFactParkedWhoseApplicationIsNeverHeardOf) {
  const auto invitation = house_.Event("placements/a1", house_.Invitation());
  for (int i = 0; i < kPatience; ++i) ASSERT_TRUE(absl::IsUnavailable(house_.Deliver(invitation)));
  const absl::Status parked = house_.Deliver(invitation);
  EXPECT_EQ(parked.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(parked.message()), HasSubstr("applications/a1"));
  // It can be redriven once the application is known.
  ASSERT_TRUE(house_.Submit().ok());
  EXPECT_TRUE(house_.Deliver(invitation).ok());
}

TEST_F(NotifyTest, TellsWhoeverOwesAnItemAndNotTheOther) {  // A0-33
  ASSERT_TRUE(house_.Submit().ok());
  const size_t before = house_.Inbox(Officer()).size();
  compliance::v1::ClearanceFact due;
  due.mutable_item_due()->set_application("applications/a1");
  due.mutable_item_due()->set_item("media-consent-host/1");
  due.mutable_item_due()->set_owner("hosts/NY0010000");
  ASSERT_TRUE(house_.Tell("clearances/a1", due).ok());
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(1));
  EXPECT_THAT(house_.Inbox(Officer()), SizeIs(before));
  due.mutable_item_due()->set_item("health-cover");
  due.mutable_item_due()->set_owner("members/m1");
  ASSERT_TRUE(house_.Tell("clearances/a1", due).ok());
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(1)) << "a person's cover is not the host's business";
  EXPECT_THAT(house_.Inbox(Officer()), SizeIs(before + 1));
}

TEST_F(NotifyTest, TellsWhoOfferedToHostWhatBecameOfIt) {  // A0-31
  for (const std::string home : {"", "members/h1"}) {
    const std::string offer = home.empty() ? "hostingOffers/agency" : "hostingOffers/home";
    applicant::v1::HostingOfferFact fact;
    fact.mutable_received()->set_host("hosts/NY0010000");
    fact.mutable_received()->set_home_host(home);
    fact.mutable_received()->set_programme("programmes/ipa-exchange-inbound");
    ASSERT_TRUE(house_.Tell(offer, fact).ok());
    fact.mutable_declined()->set_reason("NO_NEED");
    ASSERT_TRUE(house_.Tell(offer, fact).ok());
  }
  EXPECT_THAT(house_.Inbox(Coordinator()), SizeIs(2));
  const auto agency = house_.Inbox(HostContact());
  ASSERT_THAT(agency, SizeIs(2));
  EXPECT_EQ(agency[0].application(), "hostingOffers/agency");
  EXPECT_THAT(house_.Inbox({"members/h1", "sections/US", {options::v1::ROLE_HOME_HOST}}), SizeIs(2));
  v1::ListMessagesRequest request;
  request.set_application("hostingOffers/home");
  const auto log = house_.Call<v1::ListMessagesResponse>(Coordinator(), "ListMessages", request);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_THAT(log->messages(), SizeIs(6));
}

// A1-11
TEST(RecipientNames, OfACallForApplicationsAreTheSectionsThatItNames) {
  applicant::v1::IntakeOpened opened;
  opened.add_sections("sections/DE");
  opened.add_sections("sections/FR");
  programme::v1::Programme programme;
  programme.set_operator_organisation("organisations/ipa-us");
  const auto names = [&](programme::v1::Recipient recipient) {
    return RecipientNames(recipient, v1::Case(), programme, opened);
  };
  EXPECT_THAT(names(programme::v1::RECIPIENT_SECTION), ElementsAre("sections/DE", "sections/FR"));
  EXPECT_THAT(names(programme::v1::RECIPIENT_COORDINATOR), ElementsAre("organisations/ipa-us"));
  EXPECT_THAT(names(programme::v1::RECIPIENT_APPLICANT), IsEmpty());
}

// A0-32: the contact of each section is told once of a version, however often the fact comes; sections may share one.
TEST_F(NotifyTest, TellsTheContactOfEachSectionThatAProgrammeChanged) {
  const Actor secretary{"people/secretary", "sections/AT", {options::v1::ROLE_REGISTRAR}};
  ASSERT_TRUE(house_.SetContact(secretary, "people/secretary", "secretary@ipa.example", "de").ok());
  applicant::v1::ProgrammeFact fact;
  auto& changed = *fact.mutable_changed();
  changed.set_programme("programmes/ipa-exchange-inbound");
  changed.set_old_version(1);
  changed.set_version(2);
  changed.add_contacts("people/secretary");
  changed.add_contacts("sections/DE");
  *changed.mutable_at() = ToTimestamp(StartOfStory());
  const auto event = house_.Event("programmes/ipa-exchange-inbound", fact);
  ASSERT_TRUE(house_.Deliver(event).ok());
  house_.Reopen();
  ASSERT_TRUE(house_.Deliver(event).ok());
  ASSERT_TRUE(house_.DeliverAgain(event).ok());

  const auto inbox = house_.Inbox(Section());
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_EQ(inbox[0].template_(), "programme_changed");
  EXPECT_THAT(inbox[0].text().subject(), HasSubstr("version 2"));
  EXPECT_THAT(inbox[0].text().body(),
              AllOf(HasSubstr("version 1"), HasSubstr("programmes/ipa-exchange-inbound in version 2"),
                    HasSubstr("1 December 2026"), Not(HasSubstr("–")), Not(HasSubstr("{{"))));
  v1::ListMessagesRequest request;
  request.set_application("programmes/ipa-exchange-inbound");
  const auto log = house_.Call<v1::ListMessagesResponse>(Coordinator(), "ListMessages", request);
  ASSERT_TRUE(log.ok()) << log.status();
  const std::vector<v1::Message> messages(log->messages().begin(), log->messages().end());
  EXPECT_THAT(Recipients(messages),
              UnorderedElementsAre("people/secretary", "people/secretary", "sections/DE", "sections/DE"));
  const auto queued = house_.Log(v1::MESSAGE_STATE_QUEUED);
  ASSERT_THAT(queued, SizeIs(1));
  EXPECT_EQ(queued[0].recipient(), "people/secretary");
  const auto failed = house_.Log(v1::MESSAGE_STATE_FAILED);
  ASSERT_THAT(failed, SizeIs(1)) << "a section that has said no address reads it in its inbox";
  EXPECT_EQ(failed[0].recipient(), "sections/DE");

  // The next version is another fact.
  changed.set_old_version(2);
  changed.set_version(3);
  changed.clear_contacts();
  changed.add_contacts("sections/DE");
  ASSERT_TRUE(house_.Tell("programmes/ipa-exchange-inbound", fact).ok());
  EXPECT_THAT(house_.Inbox(Section()), SizeIs(2));
}

TEST_F(NotifyTest, HearsOfCallsForApplicationsAndOfNoPoints) {
  applicant::v1::IntakeFact fact;
  fact.mutable_opened()->set_programme("programmes/ipa-exchange-inbound");
  EXPECT_TRUE(house_.Tell("intakes/i1", fact).ok());
  fact.mutable_entry_scored()->set_application("applications/a1");
  EXPECT_TRUE(house_.Tell("intakes/i1", fact).ok());
}

// A4-08: a claim's facts are told as any about an application, in a programme that has notices of them.
TEST(Claims, AreToldToTheClaimantWithoutAmountsOrReasons) {
  Programmes programmes = *Programmes::Load("programmes");
  programme::v1::Programme sponsored = **programmes.Find("programmes/ipa-exchange-inbound");
  sponsored.set_version(sponsored.version() + 1);
  applicant::v1::ClaimFact submitted, returned, approved, rejected, paid;
  submitted.mutable_submitted();
  returned.mutable_returned()->set_reason("Secret-Reason");
  approved.mutable_approved();
  rejected.mutable_rejected()->set_reason("Secret-Reason");
  *paid.mutable_paid()->mutable_day() = ToDate(absl::CivilDay(2027, 6, 2));
  paid.mutable_paid()->set_reference("Secret-Reference");
  const std::pair<const char*, applicant::v1::ClaimFact*> facts[] = {{"ClaimSubmitted", &submitted},
                                                                     {"ClaimReturned", &returned},
                                                                     {"ClaimApproved", &approved},
                                                                     {"ClaimRejected", &rejected},
                                                                     {"ClaimPaid", &paid}};
  for (const auto& [type, fact] : facts) {
    auto& notice = *sponsored.add_notices();
    notice.set_fact(absl::StrCat("amikeco.applicant.v1.", type));
    notice.set_template_(absl::StrCat("claim_", absl::AsciiStrToLower(absl::StripPrefix(type, "Claim"))));
    notice.add_recipients(programme::v1::RECIPIENT_APPLICANT);
  }
  programmes.Add(sponsored);
  NotifyHouse house(std::move(programmes));
  ASSERT_TRUE(house.Submit().ok());
  const size_t before = house.Inbox(Officer()).size();
  for (const auto& [type, fact] : facts) {
    const auto& reflection = *fact->GetReflection();
    const auto* set = reflection.GetOneofFieldDescriptor(*fact, fact->GetDescriptor()->oneof_decl(0));
    auto& said = *reflection.MutableMessage(fact, set);
    said.GetReflection()->SetString(&said, said.GetDescriptor()->FindFieldByName("claim"), "claims/C-1");
    said.GetReflection()->SetString(&said, said.GetDescriptor()->FindFieldByName("application"), "applications/a1");
    ASSERT_TRUE(house.Tell("claims/C-1", *fact).ok()) << type;
  }
  const auto inbox = house.Inbox(Officer());
  ASSERT_THAT(inbox, SizeIs(before + 5));
  for (const auto& message : inbox) {
    EXPECT_THAT(message.text().body(), Not(HasSubstr("Secret")));
    EXPECT_THAT(message.text().body(), Not(HasSubstr("{{")));
  }
}

// A1-06: of a cohort the one whose proposal it is.
TEST(RecipientNames, OfAChangeProposalAreItsAuthorAlone) {
  v1::Case known;
  known.set_member("members/m1");
  known.add_fellows("members/m1");
  known.add_fellows("members/m2");
  const auto names = [&](const google::protobuf::Message& fact) {
    return RecipientNames(programme::v1::RECIPIENT_APPLICANT, known, programme::v1::Programme(), fact);
  };
  applicant::v1::ProposalReturned returned;
  returned.set_member("members/m2");
  EXPECT_THAT(names(returned), ElementsAre("members/m2"));
  EXPECT_THAT(names(applicant::v1::ProposalReturned()), ElementsAre("members/m1", "members/m2"));
  applicant::v1::ApplicationSubmitted submitted;
  submitted.set_member("members/m1");
  EXPECT_THAT(names(submitted), ElementsAre("members/m1", "members/m2"));
}

TEST_F(NotifyTest, ActsOnNoFactOfATypeItDoesNotKnow) {
  event::v1::Event event = house_.Event("applications/a1", applicant::v1::ApplicationFact());
  EXPECT_TRUE(house_.Deliver(event).ok());
  event.set_id("ev-new");
  event.mutable_data()->set_type_url("type.googleapis.com/amikeco.future.v1.SomethingFact");
  EXPECT_TRUE(house_.Deliver(event).ok());
}

// A5-07: once per (event, recipient, channel), whatever is delivered twice.
TEST_F(NotifyTest, MakesOneMessageOfAnEventThatIsDeliveredTwice) {
  ASSERT_TRUE(house_.Submit().ok());
  const auto event = house_.Event("placements/a1", house_.Invitation());
  ASSERT_TRUE(house_.Deliver(event).ok());
  ASSERT_TRUE(house_.Deliver(event).ok());
  ASSERT_TRUE(house_.DeliverAgain(event).ok());
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(1));
}

// A5-07
TEST_F(NotifyTest, MakesOneMessageOfAnEventThatIsDeliveredConcurrently) {
  ASSERT_TRUE(house_.Submit().ok());
  const auto event = house_.Event("placements/a1", house_.Invitation());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int again = 0; again < 5; ++again) {
        const absl::Status status = i % 2 == 0 ? house_.Deliver(event) : house_.DeliverAgain(event);
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(1));
}

// A5-07
TEST_F(NotifyTest, MakesOneMessageOfAnEventThatIsDeliveredAgainAfterACrash) {
  ASSERT_TRUE(house_.Submit().ok());
  const auto event = house_.Event("placements/a1", house_.Invitation());
  ASSERT_TRUE(house_.Deliver(event).ok());
  house_.Reopen();
  ASSERT_TRUE(house_.Deliver(event).ok());
  ASSERT_TRUE(house_.DeliverAgain(event).ok());
  EXPECT_THAT(house_.Inbox(HostContact()), SizeIs(1));
}

TEST_F(NotifyTest, ListsTheInboxNewestFirstInPagesAndUnreadOnesAlone) {
  ASSERT_TRUE(house_.Submit().ok());
  for (int i = 0; i < 5; ++i) {
    house_.clock.Advance(absl::Hours(1));
    applicant::v1::ApplicationFact changed;
    *changed.mutable_wishes_changed()->mutable_received() = ToDate(absl::CivilDay(2026, 12, 2 + i));
    ASSERT_TRUE(house_.Tell("applications/a1", changed).ok());
  }
  const auto all = house_.Inbox(Officer());
  ASSERT_THAT(all, SizeIs(6));
  EXPECT_THAT(all[0].text().body(), HasSubstr("6 December 2026"));
  EXPECT_EQ(all[5].template_(), "application_received");

  v1::ListInboxRequest request;
  request.set_page_size(4);
  const auto first = house_.Call<v1::ListInboxResponse>(Officer(), "ListInbox", request);
  ASSERT_THAT(first->messages(), SizeIs(4));
  request.set_page_token(first->next_page_token());
  const auto second = house_.Call<v1::ListInboxResponse>(Officer(), "ListInbox", request);
  ASSERT_THAT(second->messages(), SizeIs(2));
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(second->messages(0).name(), all[4].name());

  v1::MarkReadRequest read;
  read.set_name(all[0].name());
  read.set_request_id(house_.Uuid());
  const auto marked = house_.Call<v1::Message>(Officer(), "MarkRead", read);
  ASSERT_TRUE(marked.ok()) << marked.status();
  EXPECT_FALSE(marked->has_text());
  EXPECT_THAT(house_.Inbox(Officer(), true), SizeIs(5));
  EXPECT_THAT(house_.Inbox(Officer()), SizeIs(6));
}

TEST_F(NotifyTest, ShowsTextToTheRecipientAlone) {
  ASSERT_TRUE(house_.Submit().ok());
  v1::GetMessageRequest request;
  request.set_name(house_.Inbox(Officer())[0].name());
  EXPECT_TRUE(house_.Call<v1::Message>(Officer(), "GetMessage", request)->has_text());
  const auto seen = house_.Call<v1::Message>(Coordinator(), "GetMessage", request);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_FALSE(seen->has_text());
  for (const Actor& other : {Officer("members/m2"), Section(), HostContact()}) {
    EXPECT_EQ(house_.Call<v1::Message>(other, "GetMessage", request).status().code(), absl::StatusCode::kNotFound);
  }
  for (const v1::Message& message : house_.Log()) EXPECT_FALSE(message.has_text());
}

TEST_F(NotifyTest, LetsNobodyReadOrMarkTheInboxOfOthers) {
  ASSERT_TRUE(house_.Submit().ok());
  EXPECT_THAT(house_.Inbox(Officer("members/m2")), IsEmpty());
  EXPECT_THAT(house_.Inbox(Section("sections/FR")), IsEmpty());
  v1::MarkReadRequest request;
  request.set_name(house_.Inbox(Officer())[0].name());
  request.set_request_id(house_.Uuid());
  // Not even the operator, who sees the delivery.
  for (const Actor& other : {Coordinator(), Section("sections/FR"), Officer("members/m2")}) {
    EXPECT_EQ(house_.Call<v1::Message>(other, "MarkRead", request).status().code(), absl::StatusCode::kNotFound);
  }
}

TEST_F(NotifyTest, ListsTheDeliveryLogOfOneApplication) {
  ASSERT_TRUE(house_.Submit().ok());
  ASSERT_TRUE(house_.Submit("applications/a10", "members/m2").ok());
  v1::ListMessagesRequest request;
  request.set_application("applications/a1");
  const auto log = house_.Call<v1::ListMessagesResponse>(Coordinator(), "ListMessages", request);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_THAT(log->messages(), SizeIs(6));
  for (const auto& message : log->messages()) EXPECT_EQ(message.application(), "applications/a1");
  request.set_state(v1::MESSAGE_STATE_FAILED);
  EXPECT_EQ(ReasonOf(house_.Call<v1::ListMessagesResponse>(Coordinator(), "ListMessages", request).status()),
            "INVALID_FIELDS");
}

TEST_F(NotifyTest, LetsRightPeopleSetContactsAndNobodyElse) {
  ASSERT_TRUE(house_.Register().ok());
  EXPECT_TRUE(house_.SetContact(Officer(), "members/m1", "a@b.example").ok());
  EXPECT_TRUE(house_.SetContact(Section(), "sections/DE", "a@b.example").ok());
  EXPECT_TRUE(house_.SetContact(Section(), "people/endorser", "a@b.example").ok());
  EXPECT_TRUE(house_.SetContact(HostContact(), "hosts/NY0010000", "a@b.example").ok());
  EXPECT_TRUE(house_.SetContact(Coordinator(), "members/m7", "a@b.example").ok());
  ASSERT_TRUE(house_.Register("members/m3").ok());
  EXPECT_TRUE(house_.SetContact(Section(), "members/m3", "a@b.example").ok());
  EXPECT_EQ(ReasonOf(house_.SetContact(Section("sections/FR"), "members/m9", "a@b.example").status()),
            "FOREIGN_RECIPIENT");
  EXPECT_EQ(ReasonOf(house_.SetContact(Section(), "people/registrar", "a@b.example").status()), "FOREIGN_RECIPIENT");
  EXPECT_EQ(ReasonOf(house_.SetContact(Officer(), "members/m9", "a@b.example").status()), "FOREIGN_RECIPIENT");
  EXPECT_EQ(ReasonOf(house_.SetContact(HostContact(), "hosts/NY0020000", "a@b.example").status()), "FOREIGN_RECIPIENT");
  const Actor elsewhere{"people/x", "organisations/other", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(house_.SetContact(elsewhere, "members/m9", "a@b.example").status()), "FOREIGN_RECIPIENT");
  // What is there and not one's own is as if it were not there.
  EXPECT_EQ(house_.SetContact(Coordinator(), "members/m1", "x@y.example").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(NotifyTest, ShowsTheCardToThePartiesAlone) {
  ASSERT_TRUE(house_.Register().ok());
  const auto set = house_.SetContact(Officer(), "members/m1", "anna@polizei.example");
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_FALSE(set->has_card());  // answers are kept for retries
  EXPECT_THAT(set->parties(), UnorderedElementsAre("members/m1", "sections/DE"));
  v1::GetContactRequest request;
  request.set_name(set->name());
  for (const Actor& party : {Officer(), Section()}) {
    const auto contact = house_.Call<v1::Contact>(party, "GetContact", request);
    ASSERT_TRUE(contact.ok()) << contact.status();
    EXPECT_EQ(contact->card().address(), "anna@polizei.example");
  }
  for (const Actor& other : {Officer("members/m2"), Coordinator(), HostContact()}) {
    EXPECT_EQ(house_.Call<v1::Contact>(other, "GetContact", request).status().code(), absl::StatusCode::kNotFound);
  }
}

TEST_F(NotifyTest, RefusesCardsThatCannotBe) {
  for (const char* address : {"no address", "a@b", "a@b.example\r\nBcc: x@y", "a@b@c.example"}) {
    const auto refused = house_.SetContact(Officer(), "members/m1", address);
    EXPECT_EQ(ReasonOf(refused.status()), "INVALID_FIELDS") << address;
  }
  EXPECT_EQ(ReasonOf(house_.SetContact(Officer(), "members/m1", "a@b.example", "en", "Mars/Olympus").status()),
            "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf(house_.SetContact(Officer(), "members/m1", "a@b.example", "english please").status()),
            "INVALID_FIELDS");
}

// A5-05
TEST_F(NotifyTest, ErasesContactAndTextsForGood) {
  const auto set = house_.SetContact(Officer(), "members/m1", "anna@polizei.example");
  ASSERT_TRUE(house_.Submit().ok());
  v1::DeleteContactRequest request;
  request.set_name(set->name());
  request.set_request_id(house_.Uuid());
  EXPECT_EQ(house_.Call<v1::DeleteContactResponse>(Coordinator(), "DeleteContact", request).status().code(),
            absl::StatusCode::kNotFound);
  request.set_request_id(house_.Uuid());
  ASSERT_TRUE(house_.Call<v1::DeleteContactResponse>(Officer(), "DeleteContact", request).ok());
  v1::GetContactRequest get;
  get.set_name(set->name());
  EXPECT_EQ(house_.Call<v1::Contact>(Officer(), "GetContact", get).status().code(), absl::StatusCode::kNotFound);
  const auto inbox = house_.Inbox(Officer());
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_TRUE(inbox[0].erased());
  EXPECT_FALSE(inbox[0].has_text());
  // Set again, what was erased stays so.
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example").ok());
  EXPECT_TRUE(house_.Inbox(Officer())[0].erased());
}

// A5-05
TEST_F(NotifyTest, ErasesWhoIsErasedElsewhere) {
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example").ok());
  ASSERT_TRUE(house_.Submit().ok());
  applicant::v1::MemberFact erased;
  *erased.mutable_erased()->mutable_at() = ToTimestamp(house_.clock.Now());
  ASSERT_TRUE(house_.Tell("members/m1", erased).ok());
  EXPECT_TRUE(house_.Inbox(Officer())[0].erased());
  v1::GetContactRequest get;
  get.set_name("contacts/members/m1");
  EXPECT_EQ(house_.Call<v1::Contact>(Officer(), "GetContact", get).status().code(), absl::StatusCode::kNotFound);
}

// A5-05
TEST_F(NotifyTest, KeepsNoPersonalDataOutsideOfDossiers) {
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna.secret@polizei.example").ok());
  ASSERT_TRUE(house_.Submit().ok());
  const std::string path = house_.folder().path();
  house_.Reopen();  // writes everything
  for (const char* file : {"/notify.db", "/notify.db-wal"}) {
    std::ifstream in(path + file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    EXPECT_EQ(bytes.find("anna.secret"), std::string::npos) << file;
    EXPECT_EQ(bytes.find("Anna Weber"), std::string::npos) << file;
  }
}

TEST_F(NotifyTest, RefusesAnEtagThatIsNotTheLatest) {
  const auto first = house_.SetContact(Officer(), "members/m1", "a@b.example");
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "c@d.example").ok());
  v1::SetContactRequest request;
  request.set_recipient("members/m1");
  request.mutable_card()->set_address("e@f.example");
  request.set_etag(first->etag());
  request.set_request_id(house_.Uuid());
  EXPECT_EQ(ReasonOf(house_.Call<v1::Contact>(Officer(), "SetContact", request).status()), "ETAG_MISMATCH");
}

TEST_F(NotifyTest, AnswersARetriedRequestTheSame) {
  v1::SetContactRequest request;
  request.set_recipient("members/m1");
  request.mutable_card()->set_address("a@b.example");
  request.set_request_id(house_.Uuid());
  const auto first = house_.Call<v1::Contact>(Officer(), "SetContact", request);
  const auto again = house_.Call<v1::Contact>(Officer(), "SetContact", request);
  ASSERT_TRUE(first.ok() && again.ok());
  EXPECT_EQ(first->etag(), again->etag());
}

TEST_F(NotifyTest, PreviewsATemplateInTheNearestLocale) {
  v1::PreviewTemplateRequest request;
  request.set_template_("command_approved");
  request.set_locale("de-CH");
  const auto preview = house_.Call<v1::PreviewTemplateResponse>(Coordinator(), "PreviewTemplate", request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->text().locale(), "de");
  EXPECT_THAT(preview->text().body(), AllOf(HasSubstr("Sample Police Dept."), Not(HasSubstr("{{"))));
  EXPECT_THAT(preview->facts(), ElementsAre("amikeco.matching.v1.CommandApproved"));
  request.set_template_("no_such");
  EXPECT_EQ(house_.Call<v1::PreviewTemplateResponse>(Coordinator(), "PreviewTemplate", request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(NotifyTest, RetriesAFailedEMailOnce) {
  ASSERT_TRUE(house_.Submit().ok());
  v1::RetryMessageRequest request;
  request.set_name(house_.Log(v1::MESSAGE_STATE_FAILED)[0].name());
  request.set_request_id(house_.Uuid());
  const auto retried = house_.Call<v1::Message>(Coordinator(), "RetryMessage", request);
  ASSERT_TRUE(retried.ok()) << retried.status();
  EXPECT_EQ(retried->state(), v1::MESSAGE_STATE_QUEUED);
  request.set_request_id(house_.Uuid());
  EXPECT_EQ(ReasonOf(house_.Call<v1::Message>(Coordinator(), "RetryMessage", request).status()), "MESSAGE_NOT_FAILED");
  const Actor elsewhere{"people/x", "organisations/other", {options::v1::ROLE_COORDINATOR}};
  request.set_request_id(house_.Uuid());
  EXPECT_EQ(house_.Call<v1::Message>(elsewhere, "RetryMessage", request).status().code(), absl::StatusCode::kNotFound);
}

// fold(history) == record, for messages and contacts, under random commands.
TEST_F(NotifyTest, FoldsTheHistoryOfEveryRecordIntoTheRecord) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example").ok());
  ASSERT_TRUE(house_.Submit().ok());
  const Table<v1::Message> messages = MessageTable();
  std::vector<std::string> names;
  for (const auto& message : house_.Log()) names.push_back(message.name());
  for (int step = 0; step < 150; ++step) {
    house_.clock.Advance(absl::Minutes(random() % 300));
    const std::string& name = names[random() % names.size()];
    const Origin origin{kService, SystemActor(kService), house_.clock.Now(), "", ""};
    const Circumstance circumstance{origin.time, origin.actor.subject};
    ASSERT_TRUE(house_.store()
                    .Write([&](Transaction& tx) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(auto message, messages.Get(tx, name));
                      MessageFacts facts = std::vector<v1::MessageFact>();
                      switch (random() % 4) {
                        case 0:
                          facts = Decide(message.value, BeginSending(), circumstance);
                          break;
                        case 1:
                          facts =
                              Decide(message.value,
                                     ReportDelivery{message.value.attempts(), static_cast<Outcome>(random() % 4), 450},
                                     circumstance);
                          break;
                        case 2:
                          facts = Decide(message.value, GiveBack(), circumstance);
                          break;
                        case 3:
                          facts = Decide(message.value, v1::RetryMessageRequest(), circumstance);
                          break;
                      }
                      return facts.ok() ? Apply(tx, messages, origin, *facts, message) : absl::OkStatus();
                    })
                    .ok());
    if (random() % 10 == 0) (void)house_.SetContact(Officer(), "members/m1", "other@polizei.example");
    if (random() % 15 == 0) {
      v1::DeleteContactRequest request;
      request.set_name("contacts/members/m1");
      request.set_request_id(house_.Uuid());
      (void)house_.Call<v1::DeleteContactResponse>(Officer(), "DeleteContact", request);
    }
  }
  ASSERT_TRUE(house_.store()
                  .Read([&](amikeco::Reader& reader) -> absl::Status {
                    for (const std::string& name : names) {
                      AMIKECO_ASSIGN_OR_RETURN(const auto record, messages.Get(reader, name));
                      AMIKECO_ASSIGN_OR_RETURN(const auto folded,
                                               (FoldHistory<v1::Message, v1::MessageFact>(reader, name)));
                      EXPECT_EQ(folded.version, record.version);
                      EXPECT_TRUE(MessageDifferencer::Equals(folded.value, record.value)) << record.value.DebugString();
                    }
                    AMIKECO_ASSIGN_OR_RETURN(const auto contact, ContactTable().Get(reader, "contacts/members/m1"));
                    AMIKECO_ASSIGN_OR_RETURN(
                        const auto folded, (FoldHistory<v1::Contact, v1::ContactFact>(reader, "contacts/members/m1")));
                    EXPECT_TRUE(MessageDifferencer::Equals(folded.value, contact.value));
                    return absl::OkStatus();
                  })
                  .ok());
}

}  // namespace
}  // namespace amikeco::notify
