#include "services/notify/message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "services/notify/errors.h"

namespace amikeco::notify {
namespace {

using programme::v1::CHANNEL_INBOX;

// Minutes. Grows fast, so that a mail server that is away for a weekend is not knocked at all the time.
constexpr std::array<int, kMaxAttempts - 1> kDelays = {1, 5, 15, 60, 120, 240, 480, 960, 960};

v1::MessageFact Delivered(absl::Time at) {
  v1::MessageFact fact;
  *fact.mutable_delivered()->mutable_at() = ToTimestamp(at);
  return fact;
}

v1::MessageFact Failed(absl::string_view reason, int code) {
  v1::MessageFact fact;
  fact.mutable_failed()->set_reason(std::string(reason));
  fact.mutable_failed()->set_code(code);
  return fact;
}

v1::MessageFact Deferred(absl::Time retry_at, int code) {
  v1::MessageFact fact;
  fact.mutable_deferred()->set_code(code);
  *fact.mutable_deferred()->mutable_retry_at() = ToTimestamp(retry_at);
  return fact;
}

// After an attempt that may be tried again, or too many of them.
v1::MessageFact AfterTemporary(const v1::Message& message, int code, absl::Time now) {
  const int counted = message.attempts() - message.attempts_forgiven();
  if (counted >= kMaxAttempts) return Failed("GAVE_UP", code);
  return Deferred(now + RetryDelay(counted), code);
}

bool Waiting(const v1::Message& message) {
  return message.state() == v1::MESSAGE_STATE_QUEUED || message.state() == v1::MESSAGE_STATE_DEFERRED;
}

bool Due(const v1::Message& message, absl::Time now) {
  return message.has_next_due() && ToTime(message.next_due()) <= now;
}

}  // namespace

absl::Duration RetryDelay(int attempts) {
  return absl::Minutes(kDelays[static_cast<size_t>(std::clamp(attempts, 1, kMaxAttempts - 1) - 1)]);
}

std::string MessageName(absl::string_view event, absl::string_view recipient, programme::v1::Channel channel) {
  // Lengths keep ("a", "bc") and ("ab", "c") apart.
  const std::string key = absl::StrCat(event.size(), ":", event, recipient.size(), ":", recipient, channel);
  return absl::StrCat("messages/", absl::BytesToHexString(Sha256(key).substr(0, 16)));
}

MessageFacts Decide(const v1::Message& message, const QueueMessage& command, const Circumstance& circumstance) {
  if (message.state() != v1::MESSAGE_STATE_UNSPECIFIED) return std::vector<v1::MessageFact>();
  std::vector<v1::MessageFact> facts(1);
  *facts[0].mutable_queued() = command.queued;
  *facts[0].mutable_queued()->mutable_at() = ToTimestamp(circumstance.now);
  if (command.queued.channel() == CHANNEL_INBOX) {
    facts.push_back(Delivered(circumstance.now));
  } else if (!command.has_address) {
    facts.push_back(Failed("NO_CONTACT", 0));
  }
  return facts;
}

MessageFacts Decide(const v1::Message& message, const BeginSending&, const Circumstance& circumstance) {
  if (!Waiting(message) || !Due(message, circumstance.now)) return errors::MessageNotDue(message.name());
  std::vector<v1::MessageFact> facts(1);
  facts[0].mutable_sending()->set_attempt(message.attempts() + 1);
  *facts[0].mutable_sending()->mutable_until() = ToTimestamp(circumstance.now + kSendingLease);
  return facts;
}

MessageFacts Decide(const v1::Message& message, const ReportDelivery& command, const Circumstance& circumstance) {
  if (message.state() != v1::MESSAGE_STATE_SENDING || message.attempts() != command.attempt) {
    return errors::StaleReport(message.name());
  }
  switch (command.outcome) {
    case Outcome::kAccepted:
      return std::vector{Delivered(circumstance.now)};
    case Outcome::kPermanent:
      return std::vector{Failed("REJECTED", command.code)};
    case Outcome::kNoContact:
      return std::vector{Failed("NO_CONTACT", 0)};
    case Outcome::kTemporary:
      break;
  }
  return std::vector{AfterTemporary(message, command.code, circumstance.now)};
}

MessageFacts Decide(const v1::Message& message, const GiveBack&, const Circumstance& circumstance) {
  if (message.state() != v1::MESSAGE_STATE_SENDING || !Due(message, circumstance.now)) {
    return errors::MessageNotDue(message.name());
  }
  return std::vector{AfterTemporary(message, 0, circumstance.now)};
}

MessageFacts Decide(const v1::Message& message, const v1::MarkReadRequest&, const Circumstance& circumstance) {
  if (message.channel() != CHANNEL_INBOX) return errors::NotAnInboxMessage(message.name());
  std::vector<v1::MessageFact> facts;
  if (message.has_read_time()) return facts;
  facts.emplace_back();
  *facts[0].mutable_read()->mutable_at() = ToTimestamp(circumstance.now);
  return facts;
}

MessageFacts Decide(const v1::Message& message, const v1::RetryMessageRequest&, const Circumstance& circumstance) {
  if (message.state() != v1::MESSAGE_STATE_FAILED) return errors::MessageNotFailed(message.name());
  std::vector<v1::MessageFact> facts(1);
  facts[0].mutable_retried()->set_by(circumstance.actor);
  *facts[0].mutable_retried()->mutable_at() = ToTimestamp(circumstance.now);
  return facts;
}

}  // namespace amikeco::notify

namespace amikeco::notify::v1 {
namespace {

void Queue(Message& message, const MessageQueued& queued) {
  message.set_name(notify::MessageName(queued.event(), queued.recipient(), queued.channel()));
  message.set_recipient(queued.recipient());
  message.set_channel(queued.channel());
  message.set_template_(queued.template_());
  message.set_event(queued.event());
  message.set_fact(queued.fact());
  message.set_application(queued.application());
  *message.mutable_parties() = queued.parties();
  message.set_state(MESSAGE_STATE_QUEUED);
  *message.mutable_queue_time() = queued.at();
  *message.mutable_next_due() = queued.at();
}

void Fail(Message& message, const MessageFailed& failed) {
  message.set_state(MESSAGE_STATE_FAILED);
  message.set_failure_reason(failed.reason());
  message.set_last_code(failed.code());
  message.clear_next_due();
}

void Retry(Message& message, const MessageRetried& retried) {
  message.set_state(MESSAGE_STATE_QUEUED);
  message.clear_failure_reason();
  message.set_attempts_forgiven(message.attempts());
  *message.mutable_next_due() = retried.at();
}

}  // namespace

Message Evolve(Message message, const MessageFact& fact) {
  switch (fact.fact_case()) {
    case MessageFact::kQueued:
      Queue(message, fact.queued());
      break;
    case MessageFact::kSending:
      message.set_state(MESSAGE_STATE_SENDING);
      message.set_attempts(fact.sending().attempt());
      *message.mutable_next_due() = fact.sending().until();
      break;
    case MessageFact::kDelivered:
      message.set_state(MESSAGE_STATE_DELIVERED);
      *message.mutable_deliver_time() = fact.delivered().at();
      message.clear_next_due();
      break;
    case MessageFact::kDeferred:
      message.set_state(MESSAGE_STATE_DEFERRED);
      message.set_last_code(fact.deferred().code());
      *message.mutable_next_due() = fact.deferred().retry_at();
      break;
    case MessageFact::kFailed:
      Fail(message, fact.failed());
      break;
    case MessageFact::kRead:
      *message.mutable_read_time() = fact.read().at();
      break;
    case MessageFact::kRetried:
      Retry(message, fact.retried());
      break;
    case MessageFact::FACT_NOT_SET:
      break;
  }
  return message;
}

}  // namespace amikeco::notify::v1
