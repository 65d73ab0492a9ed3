#include "services/applicant/intake.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"
#include "services/applicant/intake_parts.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Programme;
using programme::v1::Selection;
using v1::Entry;
using v1::Intake;
using Facts = std::vector<v1::IntakeFact>;

bool CountsFromItsStart(const Programme& programme) {
  return std::any_of(programme.eligibility().begin(), programme.eligibility().end(), [](const auto& rule) {
    return rule.beneficiary_age().on() == programme::v1::EligibilityRule::REFERENCE_DATE_START;
  });
}

int PlacesOf(const v1::OpenIntakeRequest& command, const Selection& selection) {
  if (command.places() > 0) return command.places();
  return selection.places() > 0 ? selection.places() : selection.yearly_quota();
}

void CheckDays(const v1::OpenIntakeRequest& command, const IntakeCircumstance& c, FieldErrors& wrong) {
  const absl::CivilDay closes = ToDay(command.closes());
  if (closes < ToDay(command.opens())) wrong.Add("closes", "must not lie before opens");
  if (closes < TodayOf(c)) {
    wrong.Add("closes", absl::StrCat("must not lie before today, ", FormatDay(TodayOf(c))));
  }
  if (command.has_first_day() != command.has_last_day()) {
    wrong.Add(command.has_first_day() ? "last_day" : "first_day", "is missing; both are set, or neither");
  } else if (command.has_first_day()) {
    if (ToDay(command.last_day()) < ToDay(command.first_day())) wrong.Add("last_day", "must not lie before first_day");
    if (ToDay(command.first_day()) < closes) wrong.Add("first_day", "must not lie before closes");
  } else if (CountsFromItsStart(c.programme)) {
    wrong.Add("first_day", "is missing; a rule of the programme counts years on that day");
  }
}

absl::Status CheckOpening(const v1::OpenIntakeRequest& command, const IntakeCircumstance& c) {
  FieldErrors wrong;
  if (!Selects(c.programme)) wrong.Add("programme", "does not select by ranking, so it has no intakes");
  if (PlacesOf(command, c.programme.selection()) < 1) wrong.Add("places", "is missing; the programme has no default");
  CheckDays(command, c, wrong);
  return wrong.ToStatus();
}

absl::Status CheckQuota(const v1::OpenIntakeRequest& command, const IntakeCircumstance& c) {
  const int quota = c.programme.selection().yearly_quota();
  const int places = PlacesOf(command, c.programme.selection());
  if (quota == 0 || c.quota_taken + places <= quota) return absl::OkStatus();
  const std::string year = absl::StrCat(PeriodOf(command));
  return Error(errors::kYearlyQuotaExceeded,
               absl::StrCat(c.programme.name(), " has ", quota, " places in ", year, ", of which ", c.quota_taken,
                            " are taken; ", places, " more are too many."),
               {{"programme", c.programme.name()},
                {"period", year},
                {"quota", absl::StrCat(quota)},
                {"taken", absl::StrCat(c.quota_taken)},
                {"places", absl::StrCat(places)}});
}

v1::IntakeFact Scheduled(const v1::OpenIntakeRequest& command, const IntakeCircumstance& c) {
  v1::IntakeFact fact;
  v1::IntakeScheduled& scheduled = *fact.mutable_scheduled();
  scheduled.set_name(c.name);
  scheduled.set_programme(c.programme.name());
  scheduled.set_programme_version(c.programme.version());
  scheduled.set_title(command.title());
  *scheduled.mutable_opens() = command.opens();
  *scheduled.mutable_closes() = command.closes();
  scheduled.set_places(PlacesOf(command, c.programme.selection()));
  scheduled.set_period(PeriodOf(command));
  scheduled.set_home_country(command.home_country());
  scheduled.set_home_organisation(command.home_organisation());
  if (command.has_first_day()) *scheduled.mutable_first_day() = command.first_day();
  if (command.has_last_day()) *scheduled.mutable_last_day() = command.last_day();
  scheduled.set_time_zone(c.programme.time_zone());
  scheduled.add_parties(c.programme.operator_organisation());
  *scheduled.mutable_at() = ToTimestamp(c.now);
  *scheduled.mutable_announce_to() = command.announce_to();
  if (command.announce_to().empty() && !command.home_organisation().empty()) {
    scheduled.add_announce_to(command.home_organisation());
  }
  return fact;
}

}  // namespace

int PeriodOf(const v1::OpenIntakeRequest& command) {
  return command.period() > 0 ? command.period() : command.opens().year();
}

IntakeFacts Decide(const Intake& intake, const v1::OpenIntakeRequest& command, const IntakeCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  if (!intake.name().empty()) return errors::Exists(errors::kIntakeExists, intake.name());
  AMIKECO_RETURN_IF_ERROR(CheckOpening(command, c));
  AMIKECO_RETURN_IF_ERROR(CheckQuota(command, c));
  IntakeCourse course(intake);
  course.Add(Scheduled(command, c));
  if (ToDay(command.opens()) <= TodayOf(c)) course.Add(Opened(course.intake(), c));
  return std::move(course).facts();
}

IntakeFacts Decide(const Intake& intake, const v1::CloseIntakeRequest& command, const IntakeCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  if (intake.state() == Intake::STATE_CLOSED) return Facts{};
  AMIKECO_RETURN_IF_ERROR(CheckState(intake, {Intake::STATE_OPEN}, "CloseIntake"));
  return Facts{Closed(c)};
}

IntakeFacts Decide(const Intake& intake, const v1::CancelIntakeRequest& command, const IntakeCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  if (intake.state() == Intake::STATE_CANCELLED) return Facts{};
  AMIKECO_RETURN_IF_ERROR(
      CheckState(intake, {Intake::STATE_SCHEDULED, Intake::STATE_OPEN, Intake::STATE_CLOSED}, "CancelIntake"));
  v1::IntakeFact fact;
  fact.mutable_cancelled()->set_by(c.actor.subject);
  fact.mutable_cancelled()->set_reason(command.reason());
  return Facts{fact};
}

absl::Status CheckTakes(const Intake& intake, const Programme& programme, const std::vector<std::string>& organisations,
                        absl::CivilDay today) {
  std::vector<std::string> reasons, sentences;
  const auto add = [&](const char* reason, const std::string& sentence) {
    reasons.emplace_back(reason);
    sentences.push_back(sentence);
  };
  if (intake.programme() != programme.name()) {
    add("OTHER_PROGRAMME", absl::StrCat("It is an intake of ", intake.programme(), "."));
  }
  if (intake.state() == Intake::STATE_CANCELLED) add("CANCELLED", "It was cancelled.");
  if (intake.state() == Intake::STATE_SCHEDULED && today < ToDay(intake.opens())) {
    add("NOT_YET_OPEN", absl::StrCat("It opens on ", FormatDate(intake.opens()), "."));
  }
  const bool closed = intake.state() == Intake::STATE_CLOSED || intake.state() == Intake::STATE_DECIDED;
  if (closed || today > ToDay(intake.closes())) {
    add("CLOSED", absl::StrCat("It took entries until ", FormatDate(intake.closes()), "."));
  }
  const std::string& home = intake.home_organisation();
  if (!home.empty() && std::find(organisations.begin(), organisations.end(), home) == organisations.end()) {
    add("OTHER_ORGANISATION", absl::StrCat("It is for members of ", home, "."));
  }
  if (intake.entries_size() >= kMostEntries) {
    add("FULL", absl::StrCat("It has ", kMostEntries, " entries, as many as an intake can have."));
  }
  if (reasons.empty()) return absl::OkStatus();
  return Error(errors::kIntakeTakesNoEntries,
               absl::StrCat(intake.name(), " does not take the entry. ", absl::StrJoin(sentences, " ")),
               {{"name", intake.name()}, {"reasons", absl::StrJoin(reasons, ",")}});
}

const Entry* FindEntry(const Intake& intake, absl::string_view application) {
  const auto found = std::find_if(intake.entries().begin(), intake.entries().end(),
                                  [&](const Entry& entry) { return entry.application() == application; });
  return found == intake.entries().end() ? nullptr : &*found;
}

Intake Public(Intake intake) {
  const auto left = [](const Entry& entry) { return entry.stage() == Entry::STAGE_LEFT; };
  const auto out = std::count_if(intake.entries().begin(), intake.entries().end(), left);
  intake.set_entry_count(intake.entries_size() - static_cast<int>(out));
  intake.clear_entries();
  return intake;
}

}  // namespace amikeco::applicant
