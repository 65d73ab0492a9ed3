// The errors of the notify service, by name.
#ifndef AMIKECO_SERVICES_NOTIFY_ERRORS_H_
#define AMIKECO_SERVICES_NOTIFY_ERRORS_H_

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace amikeco::notify::errors {

inline constexpr char kDomain[] = "notify.amikeco";

inline constexpr ErrorName kMessageNotFailed{absl::StatusCode::kFailedPrecondition, kDomain, "MESSAGE_NOT_FAILED",
                                             "Retry messages in state FAILED only; others are on their way or there."};
inline constexpr ErrorName kMessageNotDue{
    absl::StatusCode::kFailedPrecondition, kDomain, "MESSAGE_NOT_DUE",
    "Nothing to do: the message is being sent, is settled or waits for its time."};
inline constexpr ErrorName kStaleReport{absl::StatusCode::kFailedPrecondition, kDomain, "STALE_DELIVERY_REPORT",
                                        "Nothing to do: the attempt that this reports on is over."};
inline constexpr ErrorName kNotAnInboxMessage{absl::StatusCode::kFailedPrecondition, kDomain, "NOT_AN_INBOX_MESSAGE",
                                              "Mark messages of your inbox only; e-mail is read elsewhere."};
inline constexpr ErrorName kForeignRecipient{
    absl::StatusCode::kPermissionDenied, kDomain, "FOREIGN_RECIPIENT",
    "Set your own contact, your organisation's, your section's members', or, as a programme's operator, any."};
// All of them, for the error catalogue.
inline constexpr ErrorName kAll[] = {kMessageNotFailed, kMessageNotDue, kStaleReport, kNotAnInboxMessage,
                                     kForeignRecipient};

inline absl::Status MessageNotFailed(absl::string_view name) {
  return Error(kMessageNotFailed, absl::StrCat(name, " has not failed."), {{"message", name}});
}
inline absl::Status MessageNotDue(absl::string_view name) {
  return Error(kMessageNotDue, absl::StrCat(name, " is not to be sent now."), {{"message", name}});
}
inline absl::Status StaleReport(absl::string_view name) {
  return Error(kStaleReport, absl::StrCat("This attempt to send ", name, " is over."), {{"message", name}});
}
inline absl::Status NotAnInboxMessage(absl::string_view name) {
  return Error(kNotAnInboxMessage, absl::StrCat(name, " is not an inbox message."), {{"message", name}});
}
inline absl::Status ForeignRecipient(absl::string_view recipient) {
  return Error(kForeignRecipient, absl::StrCat("You may not set the contact of ", recipient, "."),
               {{"recipient", recipient}});
}

}  // namespace amikeco::notify::errors

#endif  // AMIKECO_SERVICES_NOTIFY_ERRORS_H_
