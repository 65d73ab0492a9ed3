// Errors at the edge: what the call chain itself refuses with, and the one mapping between absl::Status and
// gRPC.
//
// Every error that leaves a service has exactly one ErrorInfo. Errors without a name, INTERNAL and UNKNOWN
// leave as "internal error, request <id>"; their cause is in the log alone.
#ifndef AMIKECO_COMMON_RPC_ERRORS_H_
#define AMIKECO_COMMON_RPC_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/status.h"

namespace grpc {
class Status;
}

namespace amikeco {

// Refusals of the call chain and of the client; domain "amikeco".
namespace errors {
inline constexpr ErrorName kNoCredentials{absl::StatusCode::kUnauthenticated, kDomain, "NO_CREDENTIALS",
                                          "Send a bearer token, or connect with a client certificate."};
inline constexpr ErrorName kTokenInvalid{absl::StatusCode::kUnauthenticated, kDomain, "TOKEN_INVALID",
                                         "Get a new token from the issuer that this installation trusts."};
inline constexpr ErrorName kTokenExpired{absl::StatusCode::kUnauthenticated, kDomain, "TOKEN_EXPIRED",
                                         "Get a new token and send the same call again."};
inline constexpr ErrorName kUnknownCertificate{absl::StatusCode::kUnauthenticated, kDomain, "CERTIFICATE_UNKNOWN",
                                               "Ask the operator to enter the certificate's name in the config."};
inline constexpr ErrorName kRoleMissing{absl::StatusCode::kPermissionDenied, kDomain, "ROLE_MISSING",
                                        "Call as someone who has one of the roles named in the metadata."};
inline constexpr ErrorName kTooManyCalls{absl::StatusCode::kResourceExhausted, kDomain, "TOO_MANY_CALLS",
                                         "Wait as long as RetryInfo says, then send the same call again."};
inline constexpr ErrorName kQuotaExceeded{absl::StatusCode::kResourceExhausted, kDomain, "QUOTA_EXCEEDED",
                                          "Wait as long as RetryInfo says, and make fewer calls a second."};
inline constexpr ErrorName kRequestTooLarge{absl::StatusCode::kResourceExhausted, kDomain, "REQUEST_TOO_LARGE",
                                            "Send less in one request: 4 MiB is the most."};
inline constexpr ErrorName kDeadlineTooShort{absl::StatusCode::kDeadlineExceeded, kDomain, "DEADLINE_TOO_SHORT",
                                             "Leave at least 50 ms of the deadline for the service's work."};
inline constexpr ErrorName kUnknownMethod{absl::StatusCode::kUnimplemented, kDomain, "UNKNOWN_METHOD",
                                          "Check the method's name and that this is the right service."};
inline constexpr ErrorName kInternal{absl::StatusCode::kInternal, kDomain, "INTERNAL_ERROR",
                                     "It is our fault: tell the operator the request's id. A retry may not help."};
// Given to errors of these codes that carry no name of their own.
inline constexpr ErrorName kUnavailable{absl::StatusCode::kUnavailable, kDomain, "DEPENDENCY_UNAVAILABLE",
                                        "Send the same call again after a short while."};
inline constexpr ErrorName kDeadlineExceeded{absl::StatusCode::kDeadlineExceeded, kDomain, "DEADLINE_EXCEEDED",
                                             "A write may have happened: send it again with the same request_id."};
inline constexpr ErrorName kCancelled{absl::StatusCode::kCancelled, kDomain, "CALL_CANCELLED",
                                      "The caller gave up. A write may have happened."};
inline constexpr ErrorName kAborted{absl::StatusCode::kAborted, kDomain, "CONFLICT",
                                    "Read again, decide again, and send the whole command again."};
inline constexpr ErrorName kExhausted{absl::StatusCode::kResourceExhausted, kDomain, "RESOURCE_EXHAUSTED",
                                      "Wait a little, then send the same call again."};
inline constexpr ErrorName kDataLoss{absl::StatusCode::kDataLoss, kDomain, "DATA_LOSS", "Tell the operator."};
}  // namespace errors

// All that common/ refuses with, for the error catalogue.
absl::Span<const ErrorName> CommonErrors();

// RESOURCE_EXHAUSTED, or another `name`, with RetryInfo.
absl::Status RetryAfter(const ErrorName& name, absl::string_view sentence, absl::Duration delay);

// `status` as a client may see it: named, silent about our insides, and short enough for the trailers of a call (8 KiB
// is all that many clients take). OK stays OK.
absl::Status ToPublic(const absl::Status& status, absl::string_view call_id);
// True when ToPublic would hide the cause, so that it must be logged.
bool IsHidden(const absl::Status& status);

// Code, message and details (as google.rpc.Status in grpc-status-details-bin), there and back.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

// "NOT_FOUND" in metrics' spelling: "NotFound".
absl::string_view MetricCode(absl::StatusCode code);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_ERRORS_H_
