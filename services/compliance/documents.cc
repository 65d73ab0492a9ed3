// What documents mean for clearances, and what facts and the clock mean for documents.
#include "services/compliance/documents.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/document_tables.h"
#include "services/compliance/judge.h"
#include "services/compliance/rely.h"
#include "services/compliance/standing.h"

namespace amikeco::compliance {

using programme::v1::ComplianceItem;

namespace {

bool AsksForDocuments(const programme::v1::Programme& programme) {
  const auto& items = programme.compliance();
  return std::any_of(items.begin(), items.end(), [](const ComplianceItem& item) {
    v1::RequiredItem required;
    required.set_kind(item.kind());
    return FollowsDocument(required);
  });
}

bool HoldsDocuments(const v1::Clearance& clearance) {
  return std::any_of(clearance.items().begin(), clearance.items().end(), FollowsDocument);
}

// The documents say this of the clearance's items now. Nobody voids what they said before: it follows by itself.
absl::Status Restate(Transaction& tx, Versioned<v1::Clearance>& clearance, const std::vector<Standing>& standings,
                     const Origin& origin) {
  const Actor system = SystemActor("compliance");
  const Facts facts = OnStandings(clearance.value, Followed::kDocuments, standings, {origin.time, system});
  return Apply(tx, Clearances(), origin, facts, clearance);
}

}  // namespace

absl::Status Documents::CheckPolicyThere() const {
  return policy_.id().empty() ? errors::NoAssessmentPolicy() : absl::OkStatus();
}

// A version that is not loaded is a fault of this installation, not of the caller.
absl::StatusOr<const programme::v1::Programme*> Documents::ProgrammeOf(absl::string_view name, int version) const {
  auto found = programmes_.Find(name, version);
  if (!found.ok()) return absl::InternalError(found.status().message());
  return found;
}

absl::Status Documents::NoteActivity(Transaction& tx, absl::string_view application,
                                     const applicant::v1::ApplicationSubmitted& submitted) {
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(submitted.programme(), submitted.programme_version()));
  if (!AsksForDocuments(*programme)) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(auto found, Activities().Find(tx, application));
  v1::Activity activity;
  activity.set_application(std::string(application));
  activity.set_programme(submitted.programme());
  activity.set_programme_version(submitted.programme_version());
  *activity.mutable_countries() = submitted.assistance().countries();
  activity.set_delivery(submitted.assistance().delivery());
  *activity.mutable_parties() = submitted.parties();
  if (submitted.has_disclosure()) *activity.mutable_disclosure() = submitted.disclosure();
  return Activities().Put(tx, application, activity, found.version, found.version + 1);
}

absl::Status Documents::OnActivityChanged(Transaction& tx, Versioned<v1::Clearance>& clearance, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto assessment, Assessments().Find(tx, AssessmentNameOf(clearance.value.application())));
  const auto facts = compliance::OnActivityChanged(assessment.value, origin.actor.subject, origin.time);
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Assessments(), origin, facts, assessment));
  return Restate(tx, clearance, {}, origin);
}

absl::Status Documents::Follow(Transaction& tx, Versioned<v1::Clearance>& clearance, const Origin& origin) {
  if (clearance.exists() && !HoldsDocuments(clearance.value)) return absl::OkStatus();
  AMIKECO_RETURN_IF_ERROR(Rely(tx, clearance.name));
  if (!clearance.exists()) return absl::OkStatus();  // it will follow them when it is opened
  const std::string& application = clearance.value.application();
  AMIKECO_ASSIGN_OR_RETURN(const auto notification, Notifications().Find(tx, NotificationNameOf(application)));
  AMIKECO_ASSIGN_OR_RETURN(const auto assessment, Assessments().Find(tx, AssessmentNameOf(application)));
  return Restate(tx, clearance, StandingsOf(clearance.value, notification.value, assessment.value), origin);
}

absl::Status Documents::FollowOf(Transaction& tx, absl::string_view application, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto clearance, Clearances().Find(tx, ClearanceNameOf(application)));
  return Follow(tx, clearance, origin);
}

absl::Status Documents::Change(Transaction& tx, const Origin& origin, const AssessmentFacts& facts,
                               Versioned<v1::Assessment>& assessment) {
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Assessments(), origin, facts, assessment));
  return FollowOf(tx, assessment.value.application(), origin);
}

absl::Status Documents::ReopenFor(Transaction& tx, absl::string_view country, const Origin& origin) {
  // Names first: what is opened again is no longer found by its country.
  std::vector<std::string> names;
  PageRequest request{kByCountry, std::string(country), 1000, ""};
  do {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Assessments().List(tx, request));
    for (const auto& assessment : page.items) names.push_back(assessment.name);
    request.page_token = page.next_page_token;
  } while (!request.page_token.empty());
  for (const std::string& name : names) {
    AMIKECO_ASSIGN_OR_RETURN(auto assessment, Assessments().Get(tx, name));
    const auto facts = OnCountryChanged(assessment.value, country, origin.actor.subject, origin.time);
    AMIKECO_RETURN_IF_ERROR(Change(tx, origin, facts, assessment));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Documents::Due(Reader& reader, absl::Time now, int limit) {
  std::vector<std::string> names;
  const auto add = [&](const char* key, const std::string& from, const std::string& below) -> absl::Status {
    const int left = limit - static_cast<int>(names.size());
    if (left <= 0) return absl::OkStatus();
    AMIKECO_ASSIGN_OR_RETURN(const auto due, Assessments().Range(reader, key, from, below, left));
    for (const auto& assessment : due) {
      if (std::find(names.begin(), names.end(), assessment.name) == names.end()) names.push_back(assessment.name);
    }
    return absl::OkStatus();
  };
  AMIKECO_RETURN_IF_ERROR(add(kByDue, "", SortableTime(now + absl::Microseconds(1))));
  if (policy_.id().empty()) return names;
  // All other versions of the policy, and other policies.
  const std::string current = PolicyKey(policy_.id(), policy_.version());
  AMIKECO_RETURN_IF_ERROR(add(kByPolicy, "", current));
  AMIKECO_RETURN_IF_ERROR(add(kByPolicy, current + "!", ""));
  return names;
}

bool Documents::Owns(absl::string_view name) { return absl::StartsWith(name, "assessments/"); }

absl::Status Documents::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto assessment, Assessments().Get(tx, name));
  // Without a policy the clock goes on by the one that it was judged by.
  v1::AssessmentPolicy judged_by = policy_;
  if (judged_by.id().empty()) {
    judged_by.set_id(assessment.value.judgement().policy());
    judged_by.set_version(assessment.value.judgement().policy_version());
  }
  return Change(tx, origin, OnTime(assessment.value, judged_by, origin.time), assessment);
}

}  // namespace amikeco::compliance
