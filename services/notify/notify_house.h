// NotifyHouse: the notify service with everything real around it, for its tests: SQLite, dossiers, the shipped
// programmes and templates, the call chain, and facts as the other services state them.
#ifndef AMIKECO_SERVICES_NOTIFY_NOTIFY_HOUSE_H_
#define AMIKECO_SERVICES_NOTIFY_NOTIFY_HOUSE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "common/base/dates.h"
#include "common/events/execute.h"
#include "common/observe/process.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "gtest/gtest.h"
#include "services/notify/sender.h"
#include "services/notify/service.h"
#include "services/notify/tables.h"
#include "services/notify/template_files.h"
#include "tests/support/child.h"

namespace amikeco::notify {

inline absl::Time StartOfStory() {
  return absl::FromCivil(absl::CivilSecond(2026, 12, 1, 9, 0, 0), absl::UTCTimeZone());
}

inline Actor Coordinator() { return {"people/coordinator", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}}; }
inline Actor Officer(const std::string& member = "members/m1") {
  return {member, "sections/DE", {options::v1::ROLE_OFFICER}};
}
inline Actor Section(const std::string& section = "sections/DE") {
  return {"people/endorser", section, {options::v1::ROLE_ENDORSER, options::v1::ROLE_REGISTRAR}};
}
inline Actor HostContact(const std::string& host = "hosts/NY0010000") {
  return {"people/sergeant", host, {options::v1::ROLE_HOST_CONTACT}};
}

class NotifyHouse {
 public:
  explicit NotifyHouse(Programmes programmes = *Programmes::Load("programmes"))
      : folder_("notify"),
        dossiers_(*SecretKey::FromBytes(std::string(32, 'k'))),
        programmes_(std::move(programmes)),
        templates_(*LoadTemplates("services/notify/templates", programmes_)),
        process_(QuietProcess(), "notify-test") {
    Open();
  }

  // As after a crash: everything but the database is gone.
  void Reopen() {
    chain_ = nullptr;
    service_ = nullptr;
    store_ = nullptr;
    Open();
  }

  Store& store() { return *store_; }
  const Dossiers& dossiers() const { return dossiers_; }
  NotifyService& service() { return *service_; }
  Metrics& metrics() { return process_.metrics(); }
  Chain& chain() { return *chain_; }
  const TemporaryFolder& folder() const { return folder_; }
  AdjustableClock clock = AdjustableClock::Frozen(StartOfStory());

  // Calls through the chain as `actor`.
  template <typename Response>
  absl::StatusOr<Response> Call(const Actor& actor, const std::string& method,
                                const google::protobuf::Message& request) {
    InProcessCaller caller(*chain_, Credentials{"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.notify.v1.NotifyService/", method), request);
  }

  // An event as another service would publish it. Ids count up.
  event::v1::Event Event(const std::string& subject, const google::protobuf::Message& fact) {
    const Origin origin{"other", {"people/x", "sections/DE", {}}, clock.Now(), "00-t-01", ""};
    event::v1::Event event = MakeEvent(origin, subject, ++events_, fact);
    event.set_id(absl::StrCat("ev", events_));
    return event;
  }

  // Delivers the event as the consumer does: at most once, by the inbox.
  absl::Status Deliver(const event::v1::Event& event) {
    return store_->Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const bool fresh, tx.MarkHandled("notify", event.id()));
      return fresh ? service_->React(tx, event, OriginFor(event)) : absl::OkStatus();
    });
  }
  // Delivers it without the inbox, as if that had been lost.
  absl::Status DeliverAgain(const event::v1::Event& event) {
    return store_->Write([&](Transaction& tx) { return service_->React(tx, event, OriginFor(event)); });
  }
  absl::Status Tell(const std::string& subject, const google::protobuf::Message& fact) {
    return Deliver(Event(subject, fact));
  }

  // The application applications/a1 of members/m1 of sections/DE.
  absl::Status Submit(const std::string& application = "applications/a1", const std::string& member = "members/m1") {
    applicant::v1::ApplicationFact fact;
    auto& submitted = *fact.mutable_submitted();
    submitted.set_member(member);
    submitted.set_section("sections/DE");
    submitted.set_programme("programmes/ipa-exchange-inbound");
    submitted.set_programme_version(1);
    *submitted.mutable_received() = ToDate(absl::CivilDay(2026, 12, 1));
    *submitted.mutable_wishes()->mutable_earliest_start() = ToDate(absl::CivilDay(2027, 5, 1));
    *submitted.mutable_wishes()->mutable_latest_end() = ToDate(absl::CivilDay(2027, 6, 30));
    return Tell(application, fact);
  }
  absl::Status Register(const std::string& member = "members/m1", const std::string& section = "sections/DE") {
    applicant::v1::MemberFact fact;
    fact.mutable_registered()->set_section(section);
    return Tell(member, fact);
  }
  matching::v1::PlacementFact Invitation(const std::string& host = "hosts/NY0010000") const {
    matching::v1::PlacementFact fact;
    auto& invited = *fact.mutable_host_invited();
    invited.set_application("applications/a1");
    invited.set_host(host);
    *invited.mutable_start() = ToDate(absl::CivilDay(2027, 5, 3));
    *invited.mutable_end() = ToDate(absl::CivilDay(2027, 5, 16));
    *invited.mutable_expires() = ToTimestamp(StartOfStory() + absl::Hours(24 * 14));
    return fact;
  }

  absl::StatusOr<v1::Contact> SetContact(const Actor& actor, const std::string& recipient, const std::string& address,
                                         const std::string& locale = "en", const std::string& zone = "") {
    v1::SetContactRequest request;
    request.set_recipient(recipient);
    request.mutable_card()->set_address(address);
    request.mutable_card()->set_display_name("Anna Weber");
    request.mutable_card()->set_locale(locale);
    request.mutable_card()->set_time_zone(zone);
    request.set_request_id(Uuid());
    return Call<v1::Contact>(actor, "SetContact", request);
  }

  std::vector<v1::Message> Inbox(const Actor& actor, bool unread = false) {
    v1::ListInboxRequest request;
    request.set_unread(unread);
    const auto inbox = Call<v1::ListInboxResponse>(actor, "ListInbox", request);
    EXPECT_TRUE(inbox.ok()) << inbox.status();
    if (!inbox.ok()) return {};
    return {inbox->messages().begin(), inbox->messages().end()};
  }
  // The delivery log of the operator; with a state, of that state.
  std::vector<v1::Message> Log(v1::MessageState state = v1::MESSAGE_STATE_UNSPECIFIED) {
    v1::ListMessagesRequest request;
    request.set_state(state);
    request.set_page_size(1000);
    const auto log = Call<v1::ListMessagesResponse>(Coordinator(), "ListMessages", request);
    EXPECT_TRUE(log.ok()) << log.status();
    if (!log.ok()) return {};
    return {log->messages().begin(), log->messages().end()};
  }

  std::string Uuid() { return absl::StrFormat("00000000-0000-4000-8000-%012d", ++uuids_); }

  Origin OriginFor(const event::v1::Event& event) {
    return {kService, SystemActor(kService), clock.Now(), event.traceparent(), event.id()};
  }

 private:
  void Open() {
    auto store = SqliteStore::Open(folder_ / "notify.db");
    if (!store.ok()) {
      ADD_FAILURE() << store.status();
      std::abort();
    }
    store_ = *std::move(store);
    service_ = std::make_unique<NotifyService>(Shelf{*store_, dossiers_, programmes_, templates_});
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock);
    Bind(*chain_, *service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }

  TemporaryFolder folder_;
  const Dossiers dossiers_;
  const Programmes programmes_;
  const Templates templates_;
  Process process_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<NotifyService> service_;
  std::unique_ptr<Chain> chain_;
  int events_ = 0;
  int uuids_ = 0;
};

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_NOTIFY_HOUSE_H_
