// Personal data: what is written and read of a person, and how it is held and erased.
#include "absl/strings/str_cat.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/base/status.h"
#include "common/rpc/client.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {
namespace {

// Those that keep personal data.
constexpr const char* kKeepers[] = {"applicant", "compliance", "notify"};
constexpr char kPrivacy[] = "amikeco.ops.v1.PrivacyService/";

std::string PersonIn(const Command& c) { return absl::StrCat("members/", c.word(0)); }

}  // namespace

absl::Status Player::Profile(const Command& c) {
  applicant::v1::RecordProfileRequest request;
  request.set_name(PersonIn(c));
  request.mutable_profile()->set_given_name("Anna");
  request.mutable_profile()->set_family_name("Weber");
  return Send<applicant::v1::Member>(Officer(request.name(), sections_[request.name()]),
                                     absl::StrCat(kApplicant, "RecordProfile"), request);
}

absl::Status Player::LookUp(const Command& c) {
  applicant::v1::GetProfileRequest request;
  request.set_name(PersonIn(c));
  const auto profile = house_->Call<applicant::v1::Profile>(Section(sections_[request.name()]),
                                                            absl::StrCat(kApplicant, "GetProfile"), request);
  lines_.push_back(profile.ok() ? absl::StrCat(profile->given_name(), " ", profile->family_name())
                                : Line(profile.status()));
  return absl::OkStatus();
}

absl::Status Player::Erase(const Command& c) {
  applicant::v1::EraseMemberRequest request;
  request.set_name(PersonIn(c));
  return Send<applicant::v1::Member>(Officer(request.name(), sections_[request.name()]),
                                     absl::StrCat(kApplicant, "EraseMember"), request);
}

template <typename Request>
absl::Status Player::AskKeepers(const Command& c, absl::string_view method, Request request) {
  request.set_person(PersonIn(c));
  const Actor officer{"people/vera", kOperator, {options::v1::ROLE_COMPLIANCE_OFFICER, options::v1::ROLE_AUDITOR}};
  for (const char* const service : kKeepers) {
    if constexpr (requires { request.set_request_id(""); }) {
      request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", ++requests_));
    }
    InProcessCaller caller(house_->chain(service), {"", officer});
    const auto subject = caller.Call<ops::v1::DataSubject>(absl::StrCat(kPrivacy, method), request);
    if (!subject.ok()) {
      lines_.push_back(absl::StrCat(service, " ", Line(subject.status())));
      continue;
    }
    lines_.push_back(absl::StrCat(service, " ", ops::v1::DataSubject::State_Name(subject->state()),
                                  " documents=", subject->documents_size()));
  }
  return absl::OkStatus();
}

absl::Status Player::Hold(const Command& c) {
  ops::v1::PlaceLegalHoldRequest request;
  request.set_hold_id(c.word(1));
  request.set_reason(ops::v1::HOLD_REASON_INVESTIGATION);
  return AskKeepers(c, "PlaceLegalHold", request);
}

absl::Status Player::Lift(const Command& c) {
  ops::v1::LiftLegalHoldRequest request;
  request.set_hold_id(c.word(1));
  return AskKeepers(c, "LiftLegalHold", request);
}

absl::Status Player::WhatIsKept(const Command& c) {
  return AskKeepers(c, "GetDataSubject", ops::v1::GetDataSubjectRequest());
}

absl::Status Player::Consultations(const Command& c) {
  ops::v1::ListConsultationsRequest request;
  request.set_person(PersonIn(c));
  for (const char* const service : kKeepers) {
    InProcessCaller caller(house_->chain(service), {"", Actor{"people/ann", "", {options::v1::ROLE_AUDITOR}}});
    AMIKECO_ASSIGN_OR_RETURN(const auto kept, caller.Call<ops::v1::ListConsultationsResponse>(
                                                  absl::StrCat(kPrivacy, "ListConsultations"), request));
    for (const auto& consultation : kept.consultations()) {
      lines_.push_back(absl::StrCat(service, " told ", consultation.actor(), " of ", consultation.organisation(), ": ",
                                    consultation.told(0).entry()));
    }
  }
  return absl::OkStatus();
}

}  // namespace amikeco::journeys
