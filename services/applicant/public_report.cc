#include "services/applicant/public_report.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/money.h"
#include "common/base/status.h"
#include "common/base/zones.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/errors.h"

namespace amikeco::applicant {
namespace {

using google::protobuf::util::MessageDifferencer;
using google::type::Money;
using v1::AssistedActivity;

// Billionths of a unit; activities, where it is a number of them.
using Value = absl::int128;
constexpr int64_t kNanos = 1'000'000'000;
// More than any activity costs, and little enough for sums of all of them.
constexpr int64_t kMostUnits = 1'000'000'000'000;
// What a figure is of: a currency, or this, the activities themselves.
constexpr char kNumber[] = "";

Value ValueOf(const Money& amount) { return Value(amount.units()) * kNanos + amount.nanos(); }

int YearOf(const ReportCircumstance& c) {
  return static_cast<int>(absl::ToCivilYear(c.now, ZoneNamed(c.programme.time_zone())).year());
}

// Year and area of a group: 0 and "" where it is of several.
using Place = std::pair<int, std::string>;

// Figures by place, to be added to.
class Figures {
 public:
  explicit Figures(const v1::PublicReport& report) {
    for (const v1::ReportGroup& group : report.groups()) {
      const Place place{group.year(), group.service_area()};
      Add(place, kNumber, group.figures().activities());
      for (const Money& amount : group.figures().amounts()) Add(place, amount.currency_code(), ValueOf(amount));
    }
  }

  void Add(const Place& place, const std::string& figure, Value value) { sums_[place][figure] += value; }
  // The sum of those places that are wanted.
  v1::Figures Sum(const std::function<bool(const Place&)>& wanted) const {
    std::map<std::string, Value> total;
    for (const auto& [place, sums] : sums_) {
      if (!wanted(place)) continue;
      for (const auto& [figure, value] : sums) total[figure] += value;
    }
    return ToMessage(total);
  }
  void WriteTo(v1::PublicReport& report) const {
    for (const auto& [place, sums] : sums_) {
      v1::ReportGroup& group = *report.add_groups();
      group.set_year(place.first);
      group.set_service_area(place.second);
      *group.mutable_figures() = ToMessage(sums);
    }
  }

 private:
  static v1::Figures ToMessage(const std::map<std::string, Value>& sums) {
    v1::Figures figures;
    for (const auto& [figure, value] : sums) {
      if (figure == kNumber) {
        figures.set_activities(static_cast<int64_t>(value));
        continue;
      }
      Money& amount = *figures.add_amounts();
      amount.set_currency_code(figure);
      amount.set_units(static_cast<int64_t>(value / kNanos));
      amount.set_nanos(static_cast<int32_t>(value % kNanos));
    }
    return figures;
  }

  std::map<Place, std::map<std::string, Value>> sums_;
};

// An activity's part in one figure.
struct Part {
  size_t activity;
  const AssistedActivity* is;
  Value value;
};

// The rule for groups; see the header.
bool MayBeTold(const std::vector<Part>& group, bool is_number) {
  std::map<absl::string_view, Value> by_country;
  for (const Part& part : group) by_country[part.is->country()] += part.value;
  if (by_country.size() < kLeastCountries) return false;
  if (is_number && group.size() < 2 * by_country.size()) return false;
  std::vector<Value> values;
  for (const auto& [country, value] : by_country) values.push_back(value);
  std::sort(values.begin(), values.end(), std::greater<>());
  Value others = 0;
  for (size_t i = 2; i < values.size(); ++i) others += values[i];
  return 2 * others >= values[0];
}

// The parts in all figures that no report has yet.
std::map<std::string, std::vector<Part>> PartsOf(absl::Span<const AssistedActivity> waiting, int current_year) {
  std::map<std::string, std::vector<Part>> parts;
  for (size_t i = 0; i < waiting.size(); ++i) {
    const AssistedActivity& activity = waiting[i];
    if (activity.year() >= current_year) continue;
    if (activity.counted_in() == 0) parts[kNumber].push_back({i, &activity, 1});
    if (activity.has_amount() && activity.summed_in() == 0) {
      parts[activity.amount().currency_code()].push_back({i, &activity, ValueOf(activity.amount())});
    }
  }
  return parts;
}

// Hands the groups that may be told to `tell`, the small ones first.
void FormGroups(std::vector<Part> parts, bool is_number,
                const std::function<void(const Place&, const std::vector<Part>&)>& tell) {
  const std::function<Place(const AssistedActivity&)> kWider[] = {
      [](const AssistedActivity& activity) { return Place(activity.year(), activity.service_area()); },
      [](const AssistedActivity& activity) { return Place(activity.year(), ""); },
      [](const AssistedActivity&) { return Place(0, ""); },
  };
  for (const auto& place_of : kWider) {
    std::map<Place, std::vector<Part>> groups;
    for (const Part& part : parts) groups[place_of(*part.is)].push_back(part);
    parts.clear();
    for (const auto& [place, group] : groups) {
      if (MayBeTold(group, is_number)) {
        tell(place, group);
      } else {
        parts.insert(parts.end(), group.begin(), group.end());
      }
    }
  }
}

std::set<std::string> CountriesIn(const v1::PublicReport& before, absl::Span<const AssistedActivity> waiting,
                                  const ReportCircumstance& c) {
  std::set<std::string> countries(before.countries().begin(), before.countries().end());
  for (const AssistedActivity& activity : waiting) {
    const bool is_over = activity.year() < YearOf(c);
    if (is_over && activity.year() >= c.programme.disclosure().countries_since()) countries.insert(activity.country());
  }
  return countries;
}

absl::Status CheckActivity(const v1::RecordAssistedActivityRequest& command, const absl::StatusOr<Territory>& country,
                           const ReportCircumstance& c) {
  FieldErrors wrong;
  if (!country.ok()) wrong.Add("country", country.status().message());
  if (command.year() > YearOf(c)) wrong.Add("year", "must not lie in the future");
  if (SignOf(command.amount()) < 0 || command.amount().units() > kMostUnits) {
    wrong.Add("amount", absl::StrCat("must be from 0 to ", kMostUnits));
  }
  return wrong.ToStatus();
}

AssistedActivity Activity(const v1::RecordAssistedActivityRequest& command, const std::string& name,
                          const std::string& country, const ReportCircumstance& c) {
  AssistedActivity activity;
  activity.set_name(name);
  activity.set_programme(command.programme());
  activity.set_country(country);
  activity.set_service_area(command.service_area());
  activity.set_year(command.year());
  // Nothing paid is no part of a sum, and does not make its country one of a group.
  if (ValueOf(command.amount()) > 0) *activity.mutable_amount() = command.amount();
  activity.set_recorded_by(c.actor.subject);
  *activity.mutable_record_time() = ToTimestamp(c.now);
  return activity;
}

// What somebody stated of it, without when, by whom and what became of it.
AssistedActivity Content(AssistedActivity activity) {
  activity.clear_recorded_by();
  activity.clear_record_time();
  activity.clear_counted_in();
  activity.clear_summed_in();
  return activity;
}

}  // namespace

std::string ReportName(absl::string_view programme, int number) {
  return absl::StrCat("publicReports/", absl::StripPrefix(programme, "programmes/"), "-", number);
}

bool IsWaiting(const AssistedActivity& activity) {
  return activity.counted_in() == 0 || (activity.has_amount() && activity.summed_in() == 0);
}

absl::StatusOr<std::vector<v1::AssistedActivityFact>> Decide(const AssistedActivity& activity,
                                                             const v1::RecordAssistedActivityRequest& command,
                                                             const std::string& name,
                                                             const absl::StatusOr<Territory>& country,
                                                             const ReportCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckActivity(command, country, c));
  v1::AssistedActivityFact fact;
  *fact.mutable_recorded()->mutable_activity() = Activity(command, name, country->code, c);
  if (activity.name().empty()) return std::vector{fact};
  if (MessageDifferencer::Equals(Content(activity), Content(fact.recorded().activity()))) {
    return std::vector<v1::AssistedActivityFact>{};
  }
  return errors::Exists(errors::kActivityExists, name);
}

absl::StatusOr<Publication> Decide(const v1::PublicReport& before, absl::Span<const AssistedActivity> waiting,
                                   const v1::PublishReportRequest& command, const ReportCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  const int number = before.number() + 1;
  Publication publication;
  publication.reported.resize(waiting.size());
  Figures figures(before);
  bool is_news = false;
  for (auto& [figure, parts] : PartsOf(waiting, YearOf(c))) {
    FormGroups(parts, figure == kNumber, [&, &figure = figure](const Place& place, const std::vector<Part>& group) {
      is_news = true;
      for (const Part& part : group) {
        figures.Add(place, figure, part.value);
        v1::ActivityReported& reported = *publication.reported[part.activity].mutable_reported();
        reported.set_report(ReportName(command.programme(), number));
        figure == kNumber ? reported.set_counted_in(number) : reported.set_summed_in(number);
      }
    });
  }
  const std::set<std::string> countries = CountriesIn(before, waiting, c);
  if (!is_news && countries.size() == static_cast<size_t>(before.countries_size())) {
    return errors::NothingToPublish(command.programme());
  }
  v1::PublicReport& report = *publication.published.mutable_published()->mutable_report();
  report.set_name(ReportName(command.programme(), number));
  report.set_programme(command.programme());
  report.set_number(number);
  *report.mutable_publish_time() = ToTimestamp(c.now);
  report.mutable_countries()->Assign(countries.begin(), countries.end());
  figures.WriteTo(report);
  return publication;
}

v1::Figures FiguresOf(const v1::PublicReport& report, int year, absl::string_view service_area) {
  return Figures(report).Sum([&](const Place& place) {
    return (year == 0 || place.first == year) && (service_area.empty() || place.second == service_area);
  });
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {

AssistedActivity Evolve(AssistedActivity activity, const AssistedActivityFact& fact) {
  if (fact.has_recorded()) return fact.recorded().activity();
  if (fact.reported().counted_in() != 0) activity.set_counted_in(fact.reported().counted_in());
  if (fact.reported().summed_in() != 0) activity.set_summed_in(fact.reported().summed_in());
  return activity;
}

PublicReport Evolve(PublicReport report, const PublicReportFact& fact) {
  if (fact.has_published()) report = fact.published().report();
  return report;
}

}  // namespace amikeco::applicant::v1
