// The public report: what may be told of assisted activities so that nobody learns a figure of one country (A3-14), and
// which countries were assisted (A3-15). Pure.
//
// A figure is a number of activities or a sum of amounts in one currency. It is told of *groups* alone:
//
//   - An activity's part in a figure is in one group at most, and stays there for ever. A group takes in an area's
//     activities of a year; what is left there may make one for the year, and then one for all years.
//   - A group has five countries or more, and none stands out (see below).
//   - Every answer, to every question about every report, is the sum of whole groups. A later report has the groups of
//     the one before, and more, of activities that were in none.
//
// So in any linear combination of answers all activities of a group have the same factor. Either it is zero for all
// groups, and the combination says nothing; or the combination holds a whole group, of at least five countries. It
// cannot hold one country alone: not by taking areas from a year, nor a report from the one after it, nor both.
//
// That a sum hides its parts is not enough: one large part is nearly the sum. In a group the countries but the two
// largest make up at least half of the largest. So whoever knows the group's figure, and its own part of it, still
// estimates any other country's at half too much or more; and what holds for each group holds for their sums. Of
// numbers it is known besides that each country has at least one: there are twice as many activities as countries.
//
// Says nothing of a group that is too small, not even that there is one; and takes up years only when they are over.
#ifndef AMIKECO_SERVICES_APPLICANT_PUBLIC_REPORT_H_
#define AMIKECO_SERVICES_APPLICANT_PUBLIC_REPORT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"
#include "common/countries/countries.h"

namespace amikeco::applicant {

// Two that conspire, and know their own, still see three others together.
inline constexpr int kLeastCountries = 5;

struct ReportCircumstance {
  absl::Time now;
  const Actor& actor;
  const programme::v1::Programme& programme;
};

// What follows from the command to record an activity under `name`: nothing when it is recorded so already. `country`
// is what its country was found to be.
absl::StatusOr<std::vector<v1::AssistedActivityFact>> Decide(const v1::AssistedActivity& activity,
                                                             const v1::RecordAssistedActivityRequest& command,
                                                             const std::string& name,
                                                             const absl::StatusOr<Territory>& country,
                                                             const ReportCircumstance& c);

struct Publication {
  v1::PublicReportFact published;
  // For each of the activities that were waiting, in their order; not set: it waits on.
  std::vector<v1::AssistedActivityFact> reported;
};
// `before` is the latest report, the default message when there is none; `waiting` are all activities that are not, or
// not with their amount, in it.
absl::StatusOr<Publication> Decide(const v1::PublicReport& before, absl::Span<const v1::AssistedActivity> waiting,
                                   const v1::PublishReportRequest& command, const ReportCircumstance& c);

// The figures of the activities of `year` (0: all) in `service_area` (empty: all).
v1::Figures FiguresOf(const v1::PublicReport& report, int year, absl::string_view service_area);

// "publicReports/assistance-3" of "programmes/assistance".
std::string ReportName(absl::string_view programme, int number);
// True when no report has all of it.
bool IsWaiting(const v1::AssistedActivity& activity);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
AssistedActivity Evolve(AssistedActivity activity, const AssistedActivityFact& fact);
PublicReport Evolve(PublicReport report, const PublicReportFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_PUBLIC_REPORT_H_
