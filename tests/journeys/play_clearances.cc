// What must be cleared.
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

using programme::v1::ComplianceItem;

Actor Player::PersonOf(const Command& c) {
  const std::string person = "members/" + c.get("person");
  return c.get("person").empty() ? OfficerOf(c) : Officer(person, sections_[person]);
}

absl::Status Player::Cover(const Command& c) {
  compliance::v1::RecordHealthCoverRequest request;
  request.set_name(Of("clearances", c));
  request.set_kind(c.get("kind", "travel-insurance"));
  AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(1)));
  *request.mutable_valid_from() = days.first;
  *request.mutable_valid_to() = days.last;
  int replaces = 0;
  if (!absl::SimpleAtoi(c.get("replaces", "0"), &replaces)) return absl::InvalidArgumentError("replaces");
  request.set_replaces(replaces);
  request.set_item(c.get("item"));
  return SendClearance(c.get("by").empty() ? PersonOf(c) : ComplianceOfficer(c, c.get("by")), "RecordHealthCover",
                       request);
}

absl::Status Player::Waiver(const Command& c) {
  compliance::v1::SignWaiverRequest request;
  request.set_name(Of("clearances", c));
  request.set_host("hosts/" + c.word(1));
  request.set_item(c.get("item"));
  AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
  *request.mutable_valid_from() = days.first;
  *request.mutable_valid_to() = days.last;
  request.set_signature_name("Officer " + c.word(0));
  request.set_document_hash(std::string(64, 'a'));
  return SendClearance(PersonOf(c), "SignWaiver", request);
}

absl::Status Player::Check(const Command& c) {
  const auto clearance = ClearanceOf(c);
  if (clearance.ok() && std::any_of(clearance->items().begin(), clearance->items().end(), [](const auto& item) {
        return item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK && item.kept_as_case();
      })) {
    return CheckAsCase(c);
  }
  compliance::v1::RecordBackgroundCheckRequest request;
  request.set_name(Of("clearances", c));
  request.set_kind(c.word(1));
  request.set_outcome(c.word(2) == "passed"   ? compliance::v1::OUTCOME_SATISFIED
                      : c.word(2) == "failed" ? compliance::v1::OUTCOME_NOT_SATISFIED
                                              : compliance::v1::OUTCOME_NEEDS_REVIEW);
  return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "RecordBackgroundCheck", request);
}

absl::Status Player::Review(const Command& c) {
  compliance::v1::RecordReviewRequest request;
  request.set_name(Of("clearances", c));
  request.set_item(c.word(1));
  request.set_kind(c.get("kind"));
  request.set_outcome(c.word(2) == "passed"   ? compliance::v1::OUTCOME_SATISFIED
                      : c.word(2) == "failed" ? compliance::v1::OUTCOME_NOT_SATISFIED
                                              : compliance::v1::OUTCOME_NEEDS_REVIEW);
  if (!c.get("until").empty()) {
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_valid_to(), DateOf(c.get("until")));
  }
  return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "RecordReview", request);
}

absl::Status Player::Consent(const Command& c) {
  compliance::v1::RecordMediaConsentRequest request;
  request.set_name(Of("clearances", c));
  request.set_consent(c.word(1) == "yes" ? compliance::v1::CONSENT_YES : compliance::v1::CONSENT_NO);
  request.set_item(c.get("item"));
  return SendClearance(PersonOf(c), "RecordMediaConsent", request);
}

// Everything that the clearance asks for, as it asks for it.
absl::Status Player::Clear(const Command& c) {
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, ClearanceOf(c));
  const std::string id = c.word(0);
  for (const auto& item : clearance.items()) {
    const std::string days = absl::StrCat(FormatDate(item.first_day()), "..", FormatDate(item.last_day()));
    const std::map<std::string, std::string> named{
        {"item", item.id()},
        {"person", std::string(absl::StripPrefix(item.person(), "members/"))},
        {"kind", item.accepted_kinds().empty() ? "" : item.accepted_kinds(0)}};
    if (item.kept_as_case()) {
      AMIKECO_RETURN_IF_ERROR(ClearByCase(c, clearance, item));
    } else if (item.kind() == ComplianceItem::KIND_HEALTH_COVER) {
      AMIKECO_RETURN_IF_ERROR(Cover({"cover", {id, days}, named}));
    } else if (item.kind() == ComplianceItem::KIND_LIABILITY_WAIVER) {
      AMIKECO_RETURN_IF_ERROR(Waiver({"waiver", {id, item.host().substr(6), days}, named}));
    } else if (item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK) {
      AMIKECO_RETURN_IF_ERROR(Check({"check", {id, "ncic", "passed"}, {}}));
    } else if (item.kind() == ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION) {
      AMIKECO_RETURN_IF_ERROR(Notification({"notification", {id}, {}}));
    } else if (item.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT) {
      AMIKECO_RETURN_IF_ERROR(AssessAll(c));
    } else if (item.kind() >= ComplianceItem::KIND_TRAINING) {
      AMIKECO_RETURN_IF_ERROR(Review({"review", {id, item.id(), "passed"}, named}));
    } else if (item.host().empty()) {
      AMIKECO_RETURN_IF_ERROR(Consent({"consent", {id, "no"}, named}));
    }
  }
  return absl::OkStatus();
}

absl::Status Player::Void(const Command& c) {
  compliance::v1::VoidItemRequest request;
  request.set_name(Of("clearances", c));
  request.set_item(c.word(1));
  int record = 0;
  if (!absl::SimpleAtoi(c.get("record", "0"), &record)) return absl::InvalidArgumentError("record");
  request.set_record(record);
  request.set_reason(c.get("reason", "RECORDED_IN_ERROR"));
  return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "VoidItem", request);
}

absl::Status Player::Revoke(const Command& c) {
  compliance::v1::RevokeClearanceRequest request;
  request.set_name(Of("clearances", c));
  request.set_reason(c.get("reason", "CONDUCT"));
  return SendClearance(ComplianceOfficer(c, c.get("by", "vera")), "RevokeClearance", request);
}

absl::Status Player::Reinstate(const Command& c) {
  compliance::v1::ReinstateClearanceRequest request;
  request.set_name(Of("clearances", c));
  request.set_reason(c.get("reason", "RESOLVED"));
  return SendClearance(ComplianceOfficer(c, c.get("by", "omar")), "ReinstateClearance", request);
}

}  // namespace amikeco::journeys
