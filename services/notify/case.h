// A case: whom the messages about one application, offer to host, call for applications or programme go to. A
// projection of the facts of the other services. Pure.
//
// Facts of one application come from three services, each in its own order, so a case may be asked for before it is
// known; see Known.
#ifndef AMIKECO_SERVICES_NOTIFY_CASE_H_
#define AMIKECO_SERVICES_NOTIFY_CASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/event/v1/event.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "google/protobuf/message.h"

namespace amikeco::notify {

// What an event says: its oneof message (ApplicationFact, …) and the member of it that is set.
struct Telling {
  std::unique_ptr<google::protobuf::Message> whole;
  const google::protobuf::Message* fact = nullptr;  // inside `whole`
};

// A null fact when this program does not know the type: a newer service states it. DATA_LOSS when it does not parse.
absl::StatusOr<Telling> Unpack(const event::v1::Event& event);

// "applications/…", "hostingOffers/…", "intakes/…" or "programmes/…" that the fact is about; "" when it is about none.
std::string ApplicationOf(const event::v1::Event& event, const google::protobuf::Message& fact);

// The case after the fact; as it was when the fact changes nobody and no day. Total.
v1::Case Project(v1::Case known, const event::v1::Event& event, const Telling& telling);
// The members, hosts and home-hosts that are known by name after the fact; `name` empty when it says nothing of them.
v1::Party ProjectParty(const event::v1::Event& event, const Telling& telling);

// The application has been submitted as far as this service has heard.
inline bool Known(const v1::Case& known) { return !known.member().empty(); }

// The host that the fact is about: its own, that of its leg, else the case's.
std::string HostOf(const v1::Case& known, const google::protobuf::Message& fact);
// Names of those who are meant, of a cohort all, of a call for applications or a programme the sections: "members/…",
// "sections/…", "hosts/…", "homeHosts/…", "organisations/…"; one "" when there is none (yet).
std::vector<std::string> RecipientNames(programme::v1::Recipient recipient, const v1::Case& known,
                                        const programme::v1::Programme& programme,
                                        const google::protobuf::Message& fact);
// Title of the task or compliance item that the fact names; "" when it names none.
std::string TaskTitle(const programme::v1::Programme& programme, const google::protobuf::Message& fact);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_CASE_H_
