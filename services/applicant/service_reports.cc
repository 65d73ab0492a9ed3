// The methods about assisted activities and the public report.
#include <algorithm>
#include <utility>

#include "common/events/execute.h"
#include "services/applicant/doors.h"
#include "services/applicant/public_report.h"
#include "services/applicant/report_tables.h"
#include "services/applicant/service.h"

namespace amikeco::applicant {
namespace {

using v1::AssistedActivity;
using v1::PublicReport;

// More than wait in decades. What lies behind waits for the next report.
constexpr int kMostWaiting = 100'000;

// All whose `key` begins with the programme.
template <typename T>
absl::StatusOr<std::vector<Versioned<T>>> OfProgramme(Reader& reader, const Table<T>& table, absl::string_view key,
                                                      const std::string& programme, int limit) {
  const std::string from = KeyOf(programme);
  std::string below = from;
  ++below.back();
  return table.Range(reader, key, from, below, limit);
}

// The default message when there is none.
absl::StatusOr<PublicReport> LatestReport(Reader& reader, const std::string& programme) {
  AMIKECO_ASSIGN_OR_RETURN(const auto latest, OfProgramme(reader, PublicReports(), kLatest, programme, 1));
  return latest.empty() ? PublicReport() : latest.front().value;
}

PublicReport AnswerAbout(PublicReport report, int year, absl::string_view service_area) {
  *report.mutable_figures() = FiguresOf(report, year, service_area);
  report.clear_countries();
  report.clear_groups();
  return report;
}

}  // namespace

absl::StatusOr<AssistedActivity> ApplicantService::RecordAssistedActivity(
    Call& call, const v1::RecordAssistedActivityRequest& request) {
  return Execute<AssistedActivity>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<AssistedActivity> {
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, in_.programmes.Find(request.programme()));
    AMIKECO_ASSIGN_OR_RETURN(auto activity,
                             AssistedActivities().Find(tx, NameFor("assistedActivities", request.activity_id())));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(activity.value, request, activity.name, in_.countries.Resolve(request.country()),
                                    ReportCircumstance{call.time, call.actor, *programme}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, AssistedActivities(), OriginOf("applicant", call), facts, activity));
    return Answer(activity);
  });
}

absl::StatusOr<PublicReport> ApplicantService::PublishReport(Call& call, const v1::PublishReportRequest& request) {
  return Execute<PublicReport>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<PublicReport> {
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, in_.programmes.Find(request.programme()));
    AMIKECO_ASSIGN_OR_RETURN(const PublicReport before, LatestReport(tx, request.programme()));
    AMIKECO_ASSIGN_OR_RETURN(auto waiting,
                             OfProgramme(tx, AssistedActivities(), kWaiting, request.programme(), kMostWaiting));
    std::vector<AssistedActivity> activities;
    for (const auto& activity : waiting) activities.push_back(activity.value);
    AMIKECO_ASSIGN_OR_RETURN(const Publication publication,
                             Decide(before, activities, request, {call.time, call.actor, *programme}));
    const Origin origin = OriginOf("applicant", call);
    AMIKECO_ASSIGN_OR_RETURN(auto report,
                             PublicReports().Find(tx, ReportName(request.programme(), before.number() + 1)));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, PublicReports(), origin, std::vector{publication.published}, report));
    for (size_t i = 0; i < waiting.size(); ++i) {
      if (!publication.reported[i].has_reported()) continue;
      AMIKECO_RETURN_IF_ERROR(
          Apply(tx, AssistedActivities(), origin, std::vector{publication.reported[i]}, waiting[i]));
    }
    return AnswerAbout(report.value, 0, "");
  });
}

absl::StatusOr<v1::ListCountriesAssistedResponse> ApplicantService::ListCountriesAssisted(
    Call& call, const v1::ListCountriesAssistedRequest& request) {
  return Query<v1::ListCountriesAssistedResponse>(
      in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListCountriesAssistedResponse> {
        AMIKECO_ASSIGN_OR_RETURN(const PublicReport report, LatestReport(reader, request.programme()));
        v1::ListCountriesAssistedResponse response;
        for (const std::string& code : report.countries()) {
          const Territory* territory = in_.countries.Find(code);
          response.add_countries()->set_name(territory == nullptr ? code : territory->name);
        }
        std::sort(response.mutable_countries()->pointer_begin(), response.mutable_countries()->pointer_end(),
                  [](const auto* a, const auto* b) { return a->name() < b->name(); });
        return response;
      });
}

absl::StatusOr<PublicReport> ApplicantService::GetPublicReport(Call& call, const v1::GetPublicReportRequest& request) {
  return Query<PublicReport>(in_.store, [&](Reader& reader) -> absl::StatusOr<PublicReport> {
    const std::string name = ReportName(request.programme(), request.number());
    AMIKECO_ASSIGN_OR_RETURN(PublicReport report, LatestReport(reader, request.programme()));
    if (request.number() != 0) {
      AMIKECO_ASSIGN_OR_RETURN(const auto numbered, PublicReports().Get(reader, name));
      report = numbered.value;
    }
    if (report.name().empty()) return NotFound(name);
    return AnswerAbout(report, request.year(), request.service_area());
  });
}

}  // namespace amikeco::applicant
