// What is recorded in a clearance, and by whom.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"
#include "demo/play.h"
#include "demo/programmes.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;
using compliance::v1::Clearance;
using compliance::v1::RequiredItem;
using programme::v1::ComplianceItem;

// 64 hexadecimal digits: the hash of a document that the demo does not have.
constexpr char kDocumentHash[] = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

std::string ClearanceOf(const Application& application) {
  return absl::StrCat("clearances/", absl::StripPrefix(application.name(), "applications/"));
}

bool IsFirstReview(const Applicant& applicant, const RequiredItem& item) {
  const ComplianceItem* review = FirstReview(*applicant.programme);
  return review != nullptr && item.item() == review->id();
}

// What the plot keeps from being recorded.
bool IsWithheld(const Applicant& applicant, const RequiredItem& item) {
  if (applicant.plot == Plot::kNeverSigns) return item.kind() == ComplianceItem::KIND_LIABILITY_WAIVER;
  return applicant.plot == Plot::kMissingReview && IsFirstReview(applicant, item);
}

// The last of the fellows is the one.
bool IsFailed(const Applicant& applicant, const RequiredItem& item) {
  return applicant.plot == Plot::kNeverVetted && IsFirstReview(applicant, item) &&
         item.person() == applicant.fellows.back();
}

Actor PersonFor(const Applicant& applicant, const RequiredItem& item) {
  return item.person().empty() ? Self(applicant) : Person(applicant, item.person());
}

std::string KindFor(const RequiredItem& item) { return item.accepted_kinds().empty() ? "" : item.accepted_kinds(0); }

compliance::v1::RecordHealthCoverRequest Cover(const std::string& clearance, const RequiredItem& item) {
  compliance::v1::RecordHealthCoverRequest cover;
  cover.set_name(clearance);
  cover.set_item(item.id());
  cover.set_kind(KindFor(item));
  *cover.mutable_valid_from() = item.first_day();
  *cover.mutable_valid_to() = item.last_day();
  return cover;
}

compliance::v1::SignWaiverRequest Waiver(const std::string& clearance, const RequiredItem& item, int index) {
  compliance::v1::SignWaiverRequest waiver;
  waiver.set_name(clearance);
  waiver.set_item(item.id());
  waiver.set_host(item.host());
  *waiver.mutable_valid_from() = item.first_day();
  *waiver.mutable_valid_to() = item.last_day();
  waiver.set_signature_name(absl::StrCat("Alex Demo-", index));
  waiver.set_document_hash(kDocumentHash);
  return waiver;
}

compliance::v1::RecordBackgroundCheckRequest Check(const std::string& clearance, const RequiredItem& item) {
  compliance::v1::RecordBackgroundCheckRequest check;
  check.set_name(clearance);
  check.set_item(item.id());
  check.set_kind(KindFor(item));
  check.set_outcome(compliance::v1::OUTCOME_SATISFIED);
  *check.mutable_valid_to() = item.last_day();
  return check;
}

compliance::v1::RecordReviewRequest Review(const std::string& clearance, const RequiredItem& item, bool failed) {
  compliance::v1::RecordReviewRequest review;
  review.set_name(clearance);
  review.set_item(item.id());
  review.set_kind(KindFor(item));
  review.set_outcome(failed ? compliance::v1::OUTCOME_NOT_SATISFIED : compliance::v1::OUTCOME_SATISFIED);
  *review.mutable_valid_to() = item.last_day();
  return review;
}

compliance::v1::RecordMediaConsentRequest Consent(const std::string& clearance, const RequiredItem& item, bool yes) {
  compliance::v1::RecordMediaConsentRequest consent;
  consent.set_name(clearance);
  consent.set_item(item.id());
  consent.set_consent(yes ? compliance::v1::CONSENT_YES : compliance::v1::CONSENT_NO);
  return consent;
}

}  // namespace

// Everything that can be recorded now, for what is open.
absl::Status Play::Clear(const Applicant& applicant, const Application& application, bool cover_too_short) {
  compliance::v1::GetClearanceRequest get;
  get.set_name(ClearanceOf(application));
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, stage_.Call<Clearance>(Service::kCompliance, "GetClearance",
                                                                        ComplianceOfficer(applicant), get));
  std::set<std::string> open;
  for (const auto& item : clearance.open_items()) open.insert(item.item());
  for (const RequiredItem& item : clearance.items()) {
    if (open.count(item.id()) == 0 || IsWithheld(applicant, item)) continue;
    AMIKECO_RETURN_IF_ERROR(Record(applicant, application, item, cover_too_short));
  }
  return absl::OkStatus();
}

absl::Status Play::Record(const Applicant& applicant, const Application& application, const RequiredItem& item,
                          bool cover_too_short) {
  const std::string clearance = ClearanceOf(application);
  const auto record = [&](const char* method, const Actor& actor, const auto& request) {
    return stage_.Call<Clearance>(Service::kCompliance, method, actor, request).status();
  };
  if (item.kind() == ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION) return Notify(applicant, application, item);
  if (item.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT) return Assess(applicant, application, item);
  if (item.kept_as_case()) return RecordByCase(applicant, clearance, item, IsFailed(applicant, item));
  if (IsReviewed(item.kind())) {
    return record("RecordReview", ComplianceOfficer(applicant), Review(clearance, item, IsFailed(applicant, item)));
  }
  switch (item.kind()) {
    case ComplianceItem::KIND_HEALTH_COVER: {
      auto cover = Cover(clearance, item);
      if (cover_too_short) *cover.mutable_valid_to() = ToDate(ToDay(item.last_day()) - 2);
      return record("RecordHealthCover", PersonFor(applicant, item), cover);
    }
    case ComplianceItem::KIND_LIABILITY_WAIVER:
      return record("SignWaiver", PersonFor(applicant, item), Waiver(clearance, item, applicant.index));
    case ComplianceItem::KIND_BACKGROUND_CHECK:
      return record("RecordBackgroundCheck", ComplianceOfficer(applicant), Check(clearance, item));
    case ComplianceItem::KIND_MEDIA_CONSENT:
      return record("RecordMediaConsent", item.host().empty() ? PersonFor(applicant, item) : HostContact(item.host()),
                    Consent(clearance, item, applicant.index % 3 != 0));
    default:
      return absl::UnimplementedError(absl::StrCat("the demo does not know how to record ", item.id()));
  }
}

absl::Status Play::CancelCover(const Applicant& applicant, const Application& application) {
  compliance::v1::VoidItemRequest request;
  request.set_name(ClearanceOf(application));
  for (const auto& item : applicant.programme->compliance()) {
    if (item.kind() == ComplianceItem::KIND_HEALTH_COVER) request.set_item(item.id());
  }
  request.set_reason("CANCELLED_BY_INSURER");
  return stage_.Call<Clearance>(Service::kCompliance, "VoidItem", ComplianceOfficer(applicant), request).status();
}

absl::Status Play::RenewCover(const Applicant& applicant, const Application& application) {
  RequiredItem item;
  for (const auto& rule : applicant.programme->compliance()) {
    if (rule.kind() != ComplianceItem::KIND_HEALTH_COVER) continue;
    item.set_id(rule.id());
    *item.mutable_accepted_kinds() = rule.accepted_kinds();
  }
  *item.mutable_first_day() = application.placement().start();
  *item.mutable_last_day() = application.placement().end();
  return stage_
      .Call<Clearance>(Service::kCompliance, "RecordHealthCover", Self(applicant),
                       Cover(ClearanceOf(application), item))
      .status();
}

absl::Status Play::Revoke(const Applicant& applicant, const Application& application, bool reinstate) {
  if (reinstate) {
    compliance::v1::ReinstateClearanceRequest request;
    request.set_name(ClearanceOf(application));
    request.set_reason("RESOLVED");
    return stage_
        .Call<Clearance>(Service::kCompliance, "ReinstateClearance",
                         ComplianceOfficer(applicant, "people/chief-compliance"), request)
        .status();
  }
  compliance::v1::RevokeClearanceRequest request;
  request.set_name(ClearanceOf(application));
  request.set_reason("CONDUCT");
  return stage_.Call<Clearance>(Service::kCompliance, "RevokeClearance", ComplianceOfficer(applicant), request)
      .status();
}

}  // namespace amikeco::demo
