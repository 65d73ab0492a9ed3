// A message to one recipient on one channel: what may happen to it and when it is tried again. Pure.
//
//   QUEUED -> SENDING -> DELIVERED            inbox messages are DELIVERED at once
//                |  \--> FAILED (REJECTED, NO_CONTACT, GAVE_UP) -> QUEUED when a person has it retried
//                \-> DEFERRED -> SENDING ...
//
// SENDING is committed before the mail server is spoken to, and the outcome afterwards. After a crash in between nobody
// knows whether the server took the letter: it is sent again under the same Message-ID, since a second copy (which mail
// programs can tell by that id) harms less than silence.
#ifndef AMIKECO_SERVICES_NOTIFY_MESSAGE_H_
#define AMIKECO_SERVICES_NOTIFY_MESSAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/notify/v1/facts.pb.h"
#include "amikeco/notify/v1/notify.pb.h"

namespace amikeco::notify::v1 {

// The message after `fact`.
Message Evolve(Message message, const MessageFact& fact);

}  // namespace amikeco::notify::v1

namespace amikeco::notify {

// Attempts before a message is given up: with RetryDelay, within two days.
inline constexpr int kMaxAttempts = 10;
// How long an attempt may take before it counts as crashed; well above the mailer's own timeouts.
inline constexpr absl::Duration kSendingLease = absl::Minutes(5);

// Time until the next attempt, after `attempts` (1 or more) have failed: 1 min, 5 min, 15 min, 1 h … 16 h.
absl::Duration RetryDelay(int attempts);

// "messages/…": the same for the same (event, recipient, channel), and for no other.
std::string MessageName(absl::string_view event, absl::string_view recipient, programme::v1::Channel channel);

struct Circumstance {
  absl::Time now;
  std::string actor;  // subject
};

// Commands, besides those of the API.
struct QueueMessage {
  v1::MessageQueued queued;
  bool has_address = false;  // e-mail can be sent at all
};
struct BeginSending {};
// What came of an attempt.
enum class Outcome { kAccepted, kTemporary, kPermanent, kNoContact };
struct ReportDelivery {
  int attempt = 0;
  Outcome outcome = Outcome::kTemporary;
  int code = 0;  // SMTP reply; 0: no connection
};
// The lease of an attempt is over and nobody reported.
struct GiveBack {};

using MessageFacts = absl::StatusOr<std::vector<v1::MessageFact>>;

// No facts when the message is there already.
MessageFacts Decide(const v1::Message& message, const QueueMessage& command, const Circumstance& circumstance);
MessageFacts Decide(const v1::Message& message, const BeginSending& command, const Circumstance& circumstance);
MessageFacts Decide(const v1::Message& message, const ReportDelivery& command, const Circumstance& circumstance);
MessageFacts Decide(const v1::Message& message, const GiveBack& command, const Circumstance& circumstance);
MessageFacts Decide(const v1::Message& message, const v1::MarkReadRequest& command, const Circumstance& circumstance);
MessageFacts Decide(const v1::Message& message, const v1::RetryMessageRequest& command,
                    const Circumstance& circumstance);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_MESSAGE_H_
