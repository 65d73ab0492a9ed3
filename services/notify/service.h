// NotifyService: contacts, inboxes and the delivery log (clients' door), messages caused by facts (facts' door) and
// attempts that were never reported on (time's door).
#ifndef AMIKECO_SERVICES_NOTIFY_SERVICE_H_
#define AMIKECO_SERVICES_NOTIFY_SERVICE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/events/reaction.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "programmes/programmes.h"
#include "services/notify/case.h"
#include "services/notify/template.h"

namespace amikeco::notify {

class Sender;

inline constexpr char kService[] = "notify";
// Tries of a fact before what it rests on counts as lost: about an hour at the consumer's longest pause of 5 s.
inline constexpr int kPatience = 720;

// What is looked up; all of it outlives the service.
struct Shelf {
  Store& store;
  const Dossiers& dossiers;
  const Programmes& programmes;
  const Templates& templates;
};

// Thread safe.
class NotifyService final : public Timed {
 public:
  explicit NotifyService(const Shelf& shelf);

  absl::StatusOr<v1::Contact> SetContact(Call& call, const v1::SetContactRequest& request);
  absl::StatusOr<v1::Contact> GetContact(Call& call, const v1::GetContactRequest& request);
  absl::StatusOr<v1::DeleteContactResponse> DeleteContact(Call& call, const v1::DeleteContactRequest& request);
  absl::StatusOr<v1::ListInboxResponse> ListInbox(Call& call, const v1::ListInboxRequest& request);
  absl::StatusOr<v1::Message> MarkRead(Call& call, const v1::MarkReadRequest& request);
  absl::StatusOr<v1::Message> GetMessage(Call& call, const v1::GetMessageRequest& request);
  absl::StatusOr<v1::ListMessagesResponse> ListMessages(Call& call, const v1::ListMessagesRequest& request);
  absl::StatusOr<v1::PreviewTemplateResponse> PreviewTemplate(Call& call, const v1::PreviewTemplateRequest& request);
  absl::StatusOr<v1::Message> RetryMessage(Call& call, const v1::RetryMessageRequest& request);

  // Acts on a fact of another service. UNAVAILABLE, to be tried again, for a fact about an application whose submission
  // has not been heard of yet: it is on its way. INTERNAL, to be parked, when it has not come after kPatience tries.
  absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin);

  // What this sender of the same process has in hand is never given back, however far the clock was moved. Before
  // anything starts; the sender is there for as long as the service is asked for what is due.
  void Mind(Sender& sender) { sender_ = &sender; }
  // Attempts whose lease is over, to be tried again.
  absl::StatusOr<std::vector<std::string>> Due(amikeco::Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

 private:
  struct Occasion;  // one fact that people hear of

  absl::Status ActOn(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  // UNAVAILABLE while `what` may still be on its way.
  absl::Status Await(const event::v1::Event& event, absl::string_view what);
  absl::Status EraseContact(Transaction& tx, const std::string& recipient, const Origin& origin);
  absl::Status NoteParty(Transaction& tx, const v1::Party& party);
  absl::Status Notify(Transaction& tx, const Occasion& occasion, const programme::v1::Notice& notice);
  absl::Status Queue(Transaction& tx, const Occasion& occasion, const programme::v1::Notice& notice,
                     const std::string& recipient);
  absl::StatusOr<std::string> Addressed(Transaction& tx, const Occasion& occasion, const std::string& name);
  absl::StatusOr<CaseView> ViewOf(Transaction& tx, const Occasion& occasion);

  // Puts the text into a message of the actor's own.
  absl::Status AddText(amikeco::Reader& reader, const Actor& actor, v1::Message& message);

  const Shelf shelf_;
  Sender* sender_ = nullptr;
  const Table<v1::Message> messages_;
  const Table<v1::Contact> contacts_;
  const Table<v1::Case> cases_;
  const Table<v1::Party> parties_;
  std::set<std::string> operators_;  // organisations that operate a programme
  absl::Mutex mutex_;
  // Tries of facts that wait for another, by event. Few: a subject's later facts wait behind its first.
  std::map<std::string, int> tries_ ABSL_GUARDED_BY(mutex_);
};

// Dossier entries, all under the recipient as owner: "card", and each message's text under the message's name.
inline constexpr char kCardEntry[] = "card";

// All other services' facts: people hear of them.
Reactions ReactionsOf(NotifyService& service);

void Bind(Chain& chain, NotifyService& service);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_SERVICE_H_
