#include "common/rpc/errors.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "re2/re2.h"

namespace amikeco {
namespace {

TEST(Errors, TravelThroughGrpcWithCodeSentenceAndDetails) {
  FieldErrors fields;
  fields.Add("legs[1].agency", "is required");
  const absl::Status sent = fields.ToStatus();
  const grpc::Status wire = ToGrpc(sent);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(details.message(), wire.error_message());
  EXPECT_EQ(details.details_size(), 2);
  EXPECT_EQ(FromGrpc(wire), sent);
  EXPECT_TRUE(FromGrpc(ToGrpc(absl::OkStatus())).ok());
}

TEST(Errors, OfGrpcItselfKeepTheirCode) {
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no route")), absl::UnavailableError("no route"));
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no route", "\xff")),
            absl::UnavailableError("no route"));
}

// A16: ErrorInfo in every error.
TEST(Errors, LeaveWithExactlyOneErrorInfoWhateverTheirCode) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status shown = ToPublic(absl::Status(static_cast<absl::StatusCode>(code), "host=db password=x"), "r1");
    EXPECT_FALSE(ReasonOf(shown).empty()) << code;
    EXPECT_EQ(shown.message().find("password"), std::string::npos) << code;
    int infos = 0;
    shown.ForEachPayload([&](absl::string_view url, const absl::Cord&) {
      infos += url == "type.googleapis.com/google.rpc.ErrorInfo" ? 1 : 0;
    });
    EXPECT_EQ(infos, 1);
  }
}

TEST(Errors, WithANameAreShownAsTheyAre) {
  const absl::Status named = NotFound("applications/a1");
  EXPECT_EQ(ToPublic(named, "r1"), named);
  EXPECT_FALSE(IsHidden(named));
  EXPECT_TRUE(IsHidden(absl::NotFoundError("no row")));
  EXPECT_EQ(ToPublic(absl::NotFoundError("no row"), "r1").code(), absl::StatusCode::kInternal);
}

TEST(Errors, OfTransientKindsKeepTheirCodeAndLoseTheirCause) {
  const absl::Status shown = ToPublic(absl::UnavailableError("10.0.0.7:5432 refused"), "r1");
  EXPECT_EQ(shown.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(shown), "DEPENDENCY_UNAVAILABLE");
  EXPECT_EQ(shown.message().find("5432"), std::string::npos);
}

TEST(Errors, OfTheInsideKeepTheirNameAndTellAClientOnlyWhatToDo) {
  constexpr ErrorName kAway{absl::StatusCode::kUnavailable, errors::kDomain, "STORE_AWAY", "Send it again, later."};
  const absl::Status cause = InsideError(kAway, "connection to 10.0.0.7 failed for user jdoe", {{"host", "10.0.0.7"}});
  EXPECT_TRUE(IsHidden(cause));
  const absl::Status shown = ToPublic(cause, "r1");
  EXPECT_EQ(shown, Error(kAway, "Send it again, later."));
  EXPECT_FALSE(IsHidden(shown));
}

// Trailers of more than 8 KiB reach many clients as RESOURCE_EXHAUSTED, without the error.
TEST(Errors, FitIntoTrailersWhateverACallerSent) {
  std::string name = "applications/";
  while (name.size() < 5000) name += "ŝ";
  const absl::Status shown = ToPublic(NotFound(name), "r1");
  EXPECT_EQ(ReasonOf(shown), "RESOURCE_NOT_FOUND");
  EXPECT_LT(ToGrpc(shown).error_details().size(), 2500u);
  EXPECT_TRUE(RE2::FullMatch(std::string(shown.message()), ".*ŝ…"));

  FieldErrors fields;
  for (int i = 0; i < 1000; ++i) fields.Add(absl::StrCat("legs[", i, "].agency"), "is required");
  const grpc::Status wire = ToGrpc(ToPublic(fields.ToStatus(), "r1"));
  EXPECT_LT(wire.error_details().size(), 2500u);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(wire.error_message().find("999 more"), std::string::npos);
}

TEST(Errors, OfTheCatalogueHaveUniqueWellFormedReasonsAndAFix) {
  std::set<std::string> reasons;
  for (const ErrorName& name : CommonErrors()) {
    EXPECT_TRUE(RE2::FullMatch(name.reason, "[A-Z][A-Z0-9_]{1,61}[A-Z0-9]")) << name.reason;
    EXPECT_TRUE(reasons.insert(name.reason).second) << name.reason;
    EXPECT_GT(std::string(name.fix).size(), 10u);
    EXPECT_STREQ(name.domain, errors::kDomain);
  }
}

TEST(Errors, CodesHaveTheNamesThatDashboardsKnow) {
  EXPECT_EQ(MetricCode(absl::StatusCode::kOk), "OK");
  EXPECT_EQ(MetricCode(absl::StatusCode::kCancelled), "Canceled");
  EXPECT_EQ(MetricCode(absl::StatusCode::kPermissionDenied), "PermissionDenied");
  EXPECT_EQ(MetricCode(absl::StatusCode::kUnauthenticated), "Unauthenticated");
}

}  // namespace
}  // namespace amikeco
