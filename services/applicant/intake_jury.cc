// What a jury does to an intake: points, and the decision.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/errors.h"
#include "services/applicant/intake.h"
#include "services/applicant/intake_parts.h"
#include "services/applicant/ranking.h"

namespace amikeco::applicant {
namespace {

using google::protobuf::util::MessageDifferencer;
using programme::v1::Programme;
using programme::v1::Selection;
using v1::Entry;
using v1::Intake;
using Facts = std::vector<v1::IntakeFact>;

bool Judges(const Actor& actor, const Programme& programme) {
  if (!actor.Has(options::v1::ROLE_JURY)) return false;
  const auto& organisations = programme.selection().jury_organisations();
  if (organisations.empty()) return actor.organisation == programme.operator_organisation();
  return std::find(organisations.begin(), organisations.end(), actor.organisation) != organisations.end();
}

absl::Status NotOnJury(const Actor& actor, const Programme& programme) {
  return Error(errors::kNotOnJury, absl::StrCat(actor.subject, " is not on the jury of ", programme.name(), "."),
               {{"subject", actor.subject}, {"programme", programme.name()}});
}

absl::Status CheckImpartial(const Entry& entry, const IntakeCircumstance& c) {
  if (c.actor.subject == entry.member() || c.actor.subject == entry.submitter()) {
    return errors::SecondPersonNeeded(c.actor.subject, entry.application());
  }
  const auto& own = entry.organisations();
  const bool of_own = std::find(own.begin(), own.end(), c.actor.organisation) != own.end();
  if (!of_own || !c.programme.selection().jurors_skip_own_section()) return absl::OkStatus();
  return Error(
      errors::kJurorOfOwnSection,
      absl::StrCat(entry.application(), " is of ", c.actor.organisation, ", as the juror ", c.actor.subject, " is."),
      {{"name", entry.application()}, {"organisation", c.actor.organisation}});
}

// One violation for each criterion that is missing, twice there, unknown or out of bounds.
absl::Status CheckPoints(const v1::ScoreEntryRequest& command, const Selection& selection) {
  FieldErrors wrong;
  std::set<std::string> given;
  for (int i = 0; i < command.points_size(); ++i) {
    const v1::CriterionPoints& points = command.points(i);
    const std::string field = absl::StrCat("points[", i, "]");
    const auto criterion = std::find_if(selection.criteria().begin(), selection.criteria().end(),
                                        [&](const auto& one) { return one.id() == points.criterion(); });
    if (!given.insert(points.criterion()).second) {
      wrong.Add(absl::StrCat(field, ".criterion"), "has points already; give each criterion once");
    } else if (criterion == selection.criteria().end()) {
      const auto id = [](std::string* out, const Selection::Criterion& one) { out->append(one.id()); };
      wrong.Add(absl::StrCat(field, ".criterion"),
                absl::StrCat("is not a criterion; there are ", absl::StrJoin(selection.criteria(), ", ", id)));
    } else if (points.points() < 0 || points.points() > criterion->max_points()) {
      wrong.Add(absl::StrCat(field, ".points"), absl::StrCat("must be 0 to ", criterion->max_points()));
    }
  }
  for (const Selection::Criterion& criterion : selection.criteria()) {
    if (!given.contains(criterion.id())) wrong.Add("points", absl::StrCat("lack the criterion ", criterion.id()));
  }
  return wrong.ToStatus();
}

// In the programme's order, so that the same points are the same message.
v1::Score ScoreOf(const v1::ScoreEntryRequest& command, const IntakeCircumstance& c) {
  v1::Score score;
  score.set_juror(c.actor.subject);
  for (const Selection::Criterion& criterion : c.programme.selection().criteria()) {
    for (const v1::CriterionPoints& points : command.points()) {
      if (points.criterion() == criterion.id()) *score.add_points() = points;
    }
  }
  score.set_total(TotalOf(c.programme.selection(), score.points()));
  *score.mutable_score_time() = ToTimestamp(c.now);
  return score;
}

bool HasSame(const Entry& entry, const v1::Score& score) {
  return std::any_of(entry.scores().begin(), entry.scores().end(), [&](const v1::Score& earlier) {
    if (earlier.juror() != score.juror() || earlier.points_size() != score.points_size()) return false;
    return std::equal(earlier.points().begin(), earlier.points().end(), score.points().begin(),
                      [](const auto& a, const auto& b) { return MessageDifferencer::Equals(a, b); });
  });
}

absl::Status CheckDecider(const Intake& intake, const IntakeCircumstance& c) {
  for (const Entry& entry : intake.entries()) {
    const bool judged = std::any_of(entry.scores().begin(), entry.scores().end(),
                                    [&](const v1::Score& score) { return score.juror() == c.actor.subject; });
    if (judged || c.actor.subject == entry.member() || c.actor.subject == entry.submitter()) {
      return errors::SecondPersonNeeded(c.actor.subject, intake.name());
    }
  }
  return absl::OkStatus();
}

// Every entry that too few jurors have scored, at once.
absl::Status CheckReady(const Intake& intake, const Selection& selection) {
  std::vector<std::string> lacking, names;
  for (const Entry& entry : intake.entries()) {
    if (entry.stage() != Entry::STAGE_ADMITTED || entry.scores_size() >= selection.least_jurors()) continue;
    lacking.push_back(
        absl::StrCat(entry.application(), " (", entry.scores_size(), " of ", selection.least_jurors(), " jurors)"));
    names.push_back(entry.application());
  }
  if (lacking.empty()) return absl::OkStatus();
  return Error(
      errors::kIntakeNotReady,
      absl::StrCat(intake.name(), " cannot be decided yet; too few have scored ", absl::StrJoin(lacking, ", "), "."),
      {{"name", intake.name()}, {"applications", absl::StrJoin(names, ",")}});
}

std::vector<Contender> Contenders(const Intake& intake) {
  std::vector<Contender> contenders;
  for (const Entry& entry : intake.entries()) {
    if (entry.stage() != Entry::STAGE_ADMITTED) continue;
    Contender& contender = contenders.emplace_back();
    contender.application = entry.application();
    for (const v1::Score& score : entry.scores()) contender.points += score.total();
    contender.jurors = entry.scores_size();
    contender.received = ToTime(entry.receive_time());
    if (!intake.lottery_seed().empty()) contender.lot = LotOf(intake.lottery_seed(), entry.application());
  }
  return contenders;
}

}  // namespace

IntakeFacts Decide(const Intake& intake, const v1::ScoreEntryRequest& command, const IntakeCircumstance& c) {
  if (!Judges(c.actor, c.programme)) return NotOnJury(c.actor, c.programme);
  AMIKECO_RETURN_IF_ERROR(CheckState(intake, {Intake::STATE_OPEN, Intake::STATE_CLOSED}, "ScoreEntry"));
  const Entry* entry = FindEntry(intake, command.application());
  if (entry == nullptr || entry->stage() != Entry::STAGE_ADMITTED) {
    return Error(
        errors::kNotInSelection,
        absl::StrCat(command.application(), " is not among the entries that the jury of ", intake.name(), " judges."),
        {{"application", command.application()}, {"name", intake.name()}});
  }
  AMIKECO_RETURN_IF_ERROR(CheckImpartial(*entry, c));
  AMIKECO_RETURN_IF_ERROR(CheckPoints(command, c.programme.selection()));
  v1::IntakeFact fact;
  fact.mutable_entry_scored()->set_application(command.application());
  *fact.mutable_entry_scored()->mutable_score() = ScoreOf(command, c);
  if (HasSame(*entry, fact.entry_scored().score())) return Facts{};
  return Facts{fact};
}

IntakeFacts Decide(const Intake& intake, const v1::DecideIntakeRequest& command, const IntakeCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckState(intake, {Intake::STATE_CLOSED}, "DecideIntake"));
  AMIKECO_RETURN_IF_ERROR(CheckDecider(intake, c));
  AMIKECO_RETURN_IF_ERROR(CheckReady(intake, c.programme.selection()));
  v1::IntakeFact fact;
  v1::IntakeDecided& decided = *fact.mutable_decided();
  const auto placings = Rank(c.programme.selection(), Contenders(intake), intake.places());
  decided.mutable_placings()->Assign(placings.begin(), placings.end());
  const int answer_days = c.programme.selection().answer_days();
  if (answer_days > 0) *decided.mutable_answer_by() = ToDate(TodayOf(c) + answer_days);
  decided.set_by(c.actor.subject);
  IntakeCourse course(intake);
  course.Add(std::move(fact));
  SettleWhenDone(course);
  return std::move(course).facts();
}

absl::Status CheckMaySeeRanking(const Actor& actor, const Programme& programme) {
  if (actor.Has(options::v1::ROLE_SERVICE) || Judges(actor, programme)) return absl::OkStatus();
  return errors::CheckOperator(actor, programme).ok() ? absl::OkStatus() : NotOnJury(actor, programme);
}

Entry ShownTo(const Actor& actor, Entry entry, Intake::State state) {
  if (state == Intake::STATE_DECIDED) return entry;
  auto& scores = *entry.mutable_scores();
  scores.erase(std::remove_if(scores.begin(), scores.end(),
                              [&](const v1::Score& score) { return score.juror() != actor.subject; }),
               scores.end());
  return entry;
}

}  // namespace amikeco::applicant
