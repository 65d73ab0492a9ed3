#include "services/notify/sender.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/dates.h"
#include "common/observe/log.h"
#include "common/observe/trace.h"
#include "services/notify/message.h"
#include "services/notify/service.h"
#include "services/notify/tables.h"

namespace amikeco::notify {
namespace {

absl::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAccepted:
      return "accepted";
    case Outcome::kTemporary:
      return "temporary";
    case Outcome::kPermanent:
      return "permanent";
    case Outcome::kNoContact:
      break;
  }
  return "no_contact";
}

// No reply at all: the server is away, and the next letter would fare alike.
bool Unreachable(const Handover& handover) { return handover.outcome == Outcome::kTemporary && handover.code == 0; }

}  // namespace

Sender::Sender(Store& store, const Dossiers& dossiers, const Clock& clock, Mailer& mailer, Metrics& metrics,
               const SenderOptions& options)
    : store_(store),
      dossiers_(dossiers),
      clock_(clock),
      mailer_(mailer),
      options_(options),
      messages_(MessageTable()),
      metrics_(metrics) {}

absl::Status Sender::Start() {
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void Sender::Stop() {
  {
    const std::lock_guard<std::mutex> lock(stop_mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Sender::Stopping() {
  const std::lock_guard<std::mutex> lock(stop_mutex_);
  return stopping_;
}

void Sender::Run() {
  absl::Duration pause = options_.least_pause;
  while (!Stopping()) {
    const absl::StatusOr<int> sent = SendDue();
    if (!sent.ok()) LogWarning("E-mail could not be looked up.", {{"error", sent.status().message()}});
    const bool well = sent.ok() && reachable_;
    pause = well ? options_.least_pause : std::min(2 * pause, options_.most_pause);
    std::unique_lock<std::mutex> lock(stop_mutex_);
    stop_.wait_for(lock, absl::ToChronoNanoseconds(well ? options_.poll : pause), [this] { return stopping_; });
  }
}

std::set<std::string> Sender::InHand() {
  absl::MutexLock lock(&mutex_);
  return in_hand_;
}

absl::StatusOr<int> Sender::SendDue() {
  int sent = 0;
  reachable_ = true;
  while (reachable_ && !Stopping()) {
    const absl::Cleanup done = [this] {
      absl::MutexLock lock(&mutex_);
      in_hand_.clear();
    };
    AMIKECO_ASSIGN_OR_RETURN(const std::vector<Attempt> attempts, TakeUp());
    if (attempts.empty()) break;
    for (const Attempt& attempt : attempts) {
      // When the first letter met no server, the rest of the batch is not tried either.
      Handover handover{Outcome::kTemporary, 0, "the mail server is away"};
      if (attempt.letter.to.empty()) {
        handover = {Outcome::kNoContact, 0, ""};
      } else if (reachable_) {
        handover = mailer_.Send(attempt.letter);
      }
      if (Unreachable(handover)) reachable_ = false;
      if (absl::Status status = Report(attempt, handover); !status.ok()) {
        // The ticker gives it back when its lease is over, and it is sent again under the same Message-ID.
        LogWarning("The outcome of an attempt was not kept.", {{"name", attempt.name}, {"error", status.message()}});
      }
      ++sent;
    }
  }
  return sent;
}

Origin Sender::Now() const { return {kService, SystemActor(kService), clock_.Now(), NewTrace().Traceparent(), ""}; }

absl::StatusOr<std::vector<Sender::Attempt>> Sender::TakeUp() {
  std::vector<Attempt> attempts;
  const Origin origin = Now();
  const std::string below = SortableTime(origin.time + absl::Microseconds(1));
  // Looked up outside of the write, so that a sender with nothing to do does not take the writer's turn.
  bool any = false;
  AMIKECO_RETURN_IF_ERROR(store_.Read([&](amikeco::Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto due, messages_.Range(reader, "due", "", below, 1));
    any = !due.empty();
    return absl::OkStatus();
  }));
  if (!any) return attempts;
  AMIKECO_RETURN_IF_ERROR(store_.Write([&](Transaction& tx) -> absl::Status {
    attempts.clear();
    AMIKECO_ASSIGN_OR_RETURN(auto due, messages_.Range(tx, "due", "", below, options_.batch));
    for (auto& message : due) {
      AMIKECO_ASSIGN_OR_RETURN(auto attempt, TakeUpOne(tx, std::move(message), origin));
      attempts.push_back(std::move(attempt));
    }
    return absl::OkStatus();
  }));
  return attempts;
}

absl::StatusOr<Sender::Attempt> Sender::TakeUpOne(Transaction& tx, Versioned<v1::Message> message,
                                                  const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                           Decide(message.value, BeginSending(), {origin.time, origin.actor.subject}));
  AMIKECO_RETURN_IF_ERROR(Apply(tx, messages_, origin, facts, message));
  {
    // Before anybody can see that it is being sent.
    absl::MutexLock lock(&mutex_);
    in_hand_.insert(message.name);
  }
  Attempt attempt{message.name, message.value.attempts(), Letter()};
  v1::ContactCard card;
  v1::MessageText text;
  const std::string& recipient = message.value.recipient();
  AMIKECO_ASSIGN_OR_RETURN(const bool has_card, dossiers_.Read(tx, recipient, kCardEntry, card));
  AMIKECO_ASSIGN_OR_RETURN(const bool has_text, dossiers_.Read(tx, recipient, message.name, text));
  if (!has_card || !has_text || card.address().empty()) return attempt;
  const std::string domain = mailer_.from().substr(mailer_.from().rfind('@') + 1);
  Letter& letter = attempt.letter;
  letter.message_id = absl::StrCat(message.name.substr(message.name.find('/') + 1), "@", domain);
  letter.from = mailer_.from();
  letter.to = card.address();
  letter.to_name = card.display_name();
  letter.subject = text.subject();
  letter.body = text.body();
  letter.language = text.locale();
  letter.date = ToTime(message.value.queue_time());
  return attempt;
}

absl::Status Sender::Report(const Attempt& attempt, const Handover& handover) {
  metrics_
      .Counter("amikeco_notify_emails_total", "Attempts to hand an e-mail to the mail server.",
               {{"outcome", std::string(NameOf(handover.outcome))}})
      .Increment();
  if (handover.outcome != Outcome::kAccepted) {
    LogInfo("An e-mail was not taken.", {{"name", attempt.name},
                                         {"outcome", NameOf(handover.outcome)},
                                         {"code", handover.code},
                                         {"reason", handover.reason}});
  }
  const Origin origin = Now();
  return store_.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(auto message, messages_.Get(tx, attempt.name));
    const ReportDelivery report{attempt.number, handover.outcome, handover.code};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(message.value, report, {origin.time, origin.actor.subject}));
    return Apply(tx, messages_, origin, facts, message);
  });
}

}  // namespace amikeco::notify
