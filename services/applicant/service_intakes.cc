// The methods about intakes and awards.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "services/applicant/award.h"
#include "services/applicant/change.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/intake.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using v1::Intake;

// Everybody may read intakes, so there is nothing to hide from who may not change them.
template <typename Request>
absl::StatusOr<Versioned<Intake>> IntakeForChange(Reader& reader, const Request& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto intake, Intakes().Get(reader, request.name()));
  AMIKECO_RETURN_IF_ERROR(CheckEtag(intake, request.etag()));
  return intake;
}

Intake PublicAnswer(const Versioned<Intake>& intake) { return Public(Answer(intake)); }

int Taken(const v1::YearlyQuota& quota) {
  int taken = 0;
  for (const v1::YearlyQuota::Share& share : quota.shares()) taken += share.places();
  return taken;
}

std::string QuotaName(absl::string_view programme, int period) { return absl::StrCat(programme, "/", period); }

absl::StatusOr<Versioned<v1::YearlyQuota>> QuotaOf(Reader& reader, absl::string_view programme, int period) {
  return YearlyQuotas().Find(reader, QuotaName(programme, period));
}

// A new intake takes its places from the year's quota, a cancelled one gives them back.
absl::Status KeepQuota(Transaction& tx, const Intake& before, const Intake& intake) {
  const bool is_new = before.state() == Intake::STATE_UNSPECIFIED;
  if (!is_new && (before.state() == intake.state() || intake.state() != Intake::STATE_CANCELLED)) {
    return absl::OkStatus();
  }
  AMIKECO_ASSIGN_OR_RETURN(auto quota, QuotaOf(tx, intake.programme(), intake.period()));
  auto& shares = *quota.value.mutable_shares();
  if (is_new) {
    v1::YearlyQuota::Share& share = *shares.Add();
    share.set_intake(intake.name());
    share.set_places(intake.places());
  } else {
    const auto own = [&](const v1::YearlyQuota::Share& share) { return share.intake() == intake.name(); };
    shares.erase(std::remove_if(shares.begin(), shares.end(), own), shares.end());
  }
  return YearlyQuotas().Put(tx, quota.name, quota.value, quota.version, quota.version + 1);
}

}  // namespace

absl::StatusOr<const programme::v1::Programme*> ApplicantService::ProgrammeOf(const Intake& intake) const {
  return in_.programmes.Find(intake.programme(), intake.programme_version());
}

absl::Status ApplicantService::ChangeIntake(Transaction& tx, const Origin& origin,
                                            const std::vector<v1::IntakeFact>& facts, Versioned<Intake>& intake) {
  const Intake before = intake.value;
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Intakes(), origin, facts, intake));
  AMIKECO_RETURN_IF_ERROR(KeepQuota(tx, before, intake.value));
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(intake.value));
  // Entries are only ever added, at the end.
  for (int i = 0; i < before.entries_size(); ++i) {
    const v1::Entry& entry = intake.value.entries(i);
    if (entry.stage() == before.entries(i).stage()) continue;
    AMIKECO_ASSIGN_OR_RETURN(auto application, Applications().Get(tx, entry.application()));
    const auto follows = Follow(application.value, intake.value, Circumstance{origin.time, origin.actor, *programme});
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Applications(), origin, follows, application));
  }
  return absl::OkStatus();
}

absl::Status ApplicantService::TellIntake(Transaction& tx, const Origin& origin, const v1::Application& application) {
  if (application.intake().empty()) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(auto intake, Intakes().Get(tx, application.intake()));
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(intake.value));
  const auto facts = Follow(intake.value, application, IntakeCircumstance{origin.time, origin.actor, *programme});
  return ChangeIntake(tx, origin, facts, intake);
}

absl::Status ApplicantService::Move(Transaction& tx, const Origin& origin,
                                    const std::vector<v1::ApplicationFact>& facts,
                                    Versioned<v1::Application>& application) {
  AMIKECO_RETURN_IF_ERROR(Apply(tx, Applications(), origin, facts, application));
  return facts.empty() ? absl::OkStatus() : TellIntake(tx, origin, application.value);
}

template <typename Request>
absl::StatusOr<Versioned<Intake>> ApplicantService::DoIntake(Transaction& tx, const Call& call,
                                                             const Request& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto intake, IntakeForChange(tx, request));
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(intake.value));
  const IntakeCircumstance c{call.time, call.actor, *programme, intake.name, 0, in_.ids.Next()};
  AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(intake.value, request, c));
  AMIKECO_RETURN_IF_ERROR(ChangeIntake(tx, OriginOf("applicant", call), facts, intake));
  return intake;
}

template <typename Request>
absl::StatusOr<Intake> ApplicantService::DoIntakeAndAnswer(Call& call, const Request& request) {
  return Execute<Intake>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Intake> {
    AMIKECO_ASSIGN_OR_RETURN(const auto intake, DoIntake(tx, call, request));
    return PublicAnswer(intake);
  });
}

absl::StatusOr<Intake> ApplicantService::OpenIntake(Call& call, const v1::OpenIntakeRequest& request) {
  return Execute<Intake>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Intake> {
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, in_.programmes.Find(request.programme()));
    AMIKECO_ASSIGN_OR_RETURN(auto intake, Intakes().Find(tx, NameFor("intakes", request.intake_id())));
    AMIKECO_ASSIGN_OR_RETURN(const auto quota, QuotaOf(tx, request.programme(), PeriodOf(request)));
    const IntakeCircumstance c{call.time, call.actor, *programme, intake.name, Taken(quota.value)};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(intake.value, request, c));
    AMIKECO_RETURN_IF_ERROR(ChangeIntake(tx, OriginOf("applicant", call), facts, intake));
    return PublicAnswer(intake);
  });
}

absl::StatusOr<Intake> ApplicantService::CloseIntake(Call& call, const v1::CloseIntakeRequest& request) {
  return DoIntakeAndAnswer(call, request);
}

absl::StatusOr<Intake> ApplicantService::CancelIntake(Call& call, const v1::CancelIntakeRequest& request) {
  return DoIntakeAndAnswer(call, request);
}

absl::StatusOr<Intake> ApplicantService::DecideIntake(Call& call, const v1::DecideIntakeRequest& request) {
  return DoIntakeAndAnswer(call, request);
}

absl::StatusOr<v1::Entry> ApplicantService::ScoreEntry(Call& call, const v1::ScoreEntryRequest& request) {
  return Execute<v1::Entry>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<v1::Entry> {
    AMIKECO_ASSIGN_OR_RETURN(const auto intake, DoIntake(tx, call, request));
    return applicant::ShownTo(call.actor, *FindEntry(intake.value, request.application()), intake.value.state());
  });
}

absl::StatusOr<Intake> ApplicantService::GetIntake(Call& call, const v1::GetIntakeRequest& request) {
  return Query<Intake>(in_.store, [&](Reader& reader) -> absl::StatusOr<Intake> {
    AMIKECO_ASSIGN_OR_RETURN(const auto intake, Intakes().Get(reader, request.name()));
    return PublicAnswer(intake);
  });
}

absl::StatusOr<v1::ListIntakesResponse> ApplicantService::ListIntakes(Call& call,
                                                                      const v1::ListIntakesRequest& request) {
  PageRequest page_request{kByName, "", request.page_size(), request.page_token()};
  if (!request.programme().empty()) {
    page_request.key = kByProgramme;
    page_request.prefix = KeyOf(request.programme());
  }
  return Query<v1::ListIntakesResponse>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListIntakesResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Intakes().List(reader, page_request));
    v1::ListIntakesResponse response;
    for (const auto& intake : page.items) {
      const bool matches = request.state() == Intake::STATE_UNSPECIFIED || request.state() == intake.value.state();
      if (matches) *response.add_intakes() = PublicAnswer(intake);
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<v1::Ranking> ApplicantService::GetRanking(Call& call, const v1::GetRankingRequest& request) {
  return Query<v1::Ranking>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::Ranking> {
    AMIKECO_ASSIGN_OR_RETURN(const auto intake, Intakes().Get(reader, request.name()));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(intake.value));
    AMIKECO_RETURN_IF_ERROR(CheckMaySeeRanking(call.actor, *programme));
    v1::Ranking ranking;
    *ranking.mutable_intake() = PublicAnswer(intake);
    for (const v1::Entry& entry : intake.value.entries()) {
      *ranking.add_entries() = applicant::ShownTo(call.actor, entry, intake.value.state());
    }
    // Entries that left before the decision have no position and stay behind.
    const auto position = [](const v1::Entry& entry) {
      return entry.has_standing() ? entry.standing().position() : kMostEntries + 1;
    };
    std::stable_sort(ranking.mutable_entries()->begin(), ranking.mutable_entries()->end(),
                     [&](const v1::Entry& a, const v1::Entry& b) { return position(a) < position(b); });
    return ranking;
  });
}

absl::StatusOr<v1::Beneficiary> ApplicantService::GetBeneficiary(Call& call, const v1::GetBeneficiaryRequest& request) {
  return Query<v1::Beneficiary>(in_.store, [&](Reader& reader) {
    return ReadFiled<v1::Beneficiary>(reader, call.actor, request.name(), kBeneficiary);
  });
}

absl::StatusOr<std::vector<std::string>> ApplicantService::DueIntakes(Reader& reader, absl::Time now, int limit) {
  AMIKECO_ASSIGN_OR_RETURN(const auto due,
                           Intakes().Range(reader, kByDue, "", SortableTime(now + absl::Microseconds(1)), limit));
  std::vector<std::string> names;
  for (const auto& intake : due) names.push_back(intake.name);
  return names;
}

absl::Status ApplicantService::TickIntake(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto intake, Intakes().Get(tx, name));
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(intake.value));
  const IntakeCircumstance c{origin.time, origin.actor, *programme, intake.name, 0, in_.ids.Next()};
  return ChangeIntake(tx, origin, applicant::Tick(intake.value, c), intake);
}

}  // namespace amikeco::applicant
