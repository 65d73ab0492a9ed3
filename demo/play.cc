#include "demo/play.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;

// Players act side by side; about as many as the services' test machines have cores, twice.
constexpr int kPlayers = 6;

bool IsFinal(const Application& application) {
  switch (application.state()) {
    case Application::STATE_CLOSED:
    case Application::STATE_WITHDRAWN:
    case Application::STATE_CANCELLED:
    case Application::STATE_LAPSED:
    case Application::STATE_UNPLACED:
    case Application::STATE_INELIGIBLE:
    case Application::STATE_AWARDED:
    case Application::STATE_NOT_SELECTED:
      return true;
    default:
      return false;
  }
}

// Why the coordinator has to end a story on its first day; nullptr: it does not.
const char* FirstDayCancellation(Plot plot) {
  if (plot == Plot::kNeverSigns) return "The waiver was never signed.";
  return plot == Plot::kNeverVetted ? "One of the fellows was not vetted." : nullptr;
}

// Something that must hold is never recorded.
bool StaysOpen(Plot plot) { return FirstDayCancellation(plot) != nullptr || plot == Plot::kMissingReview; }

}  // namespace

bool Play::Once(const Applicant& applicant, const char* what) {
  return turns_[absl::StrCat(applicant.index, " ", what)]++ == 0;
}

int Play::DaysInState(const Application& application) {
  const auto found = since_.find(application.name());
  return found == since_.end() ? 0 : static_cast<int>(today_ - found->second.second);
}

void Play::TodoForIntake(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  const absl::CivilDay submitted = first_day_ + applicant.submit_day;
  if (application.state() == Application::STATE_AWAITING_TRIAGE && today_ >= submitted + applicant.triage_after) {
    acts.push_back([this, &applicant] { return Triage(applicant); });
  }
  if (application.state() == Application::STATE_AWAITING_ENDORSEMENT && applicant.plot != Plot::kNeverEndorsed &&
      today_ >= submitted + applicant.endorse_after) {
    for (const std::string& person : applicant.persons()) {
      acts.push_back([this, &applicant, person] { return Endorse(applicant, person); });
    }
  }
}

void Play::TodoForHosts(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  switch (application.state()) {
    case Application::STATE_INVITED:
      if (DaysInState(application) < applicant.answer_after) break;
      acts.push_back([this, &applicant, application] { return AnswerInvitation(applicant, application); });
      break;
    case Application::STATE_HOST_WILLING:
      acts.push_back([this, &applicant, application] { return ApproveSteps(applicant, application); });
      break;
    case Application::STATE_COMMAND_APPROVED: {
      const bool declines = applicant.plot == Plot::kDeclinesPlace && Once(applicant, "declines a place");
      acts.push_back(
          [this, &applicant, application, declines] { return AnswerPlacement(applicant, application, declines); });
      break;
    }
    default:
      break;
  }
}

// While a place is agreed and clearance is under way.
void Play::TodoForAgreed(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  const Plot plot = applicant.plot;
  const bool first_day_is_here = ToDay(application.placement().start()) <= today_;
  const bool was_revoked = turns_.count(absl::StrCat(applicant.index, " revoked")) != 0;
  const char* cancellation = FirstDayCancellation(plot);
  if (plot == Plot::kRevoked && was_revoked) cancellation = "Clearance was revoked.";
  if (cancellation != nullptr && first_day_is_here) {
    acts.push_back(
        [this, &applicant, application, cancellation] { return Cancel(applicant, application, cancellation); });
  } else if (plot == Plot::kChangesDates && Once(applicant, "changes dates")) {
    acts.push_back([this, &applicant, application] { return ChangeDates(applicant, application); });
  } else if (plot == Plot::kItinerary && Once(applicant, "second agency")) {
    acts.push_back([this, &applicant, application] { return AddSecondAgency(applicant, application); });
  } else if (was_revoked) {
    const bool reinstates = plot == Plot::kRevokedReinstated && DaysInState(application) >= 3;
    if (reinstates && Once(applicant, "reinstated")) {
      acts.push_back([this, &applicant, application] { return Revoke(applicant, application, true); });
    }
  } else if (!StaysOpen(plot) || Once(applicant, "records the rest")) {
    const bool too_short = plot == Plot::kShortCover && Once(applicant, "short cover");
    acts.push_back([this, &applicant, application, too_short] { return Clear(applicant, application, too_short); });
  }
}

void Play::TodoForStay(const Application& application, std::vector<Act>& acts) {
  const Applicant& applicant = *by_application_.at(application.name());
  const Plot plot = applicant.plot;
  const bool loses_cover = plot == Plot::kCoverCancelledRenewed || plot == Plot::kCoverCancelledForGood;
  const bool is_revoked = plot == Plot::kRevoked || plot == Plot::kRevokedReinstated;
  switch (application.state()) {
    case Application::STATE_CLEARED:
      if (is_revoked && Once(applicant, "revoked")) {
        acts.push_back([this, &applicant, application] { return Revoke(applicant, application, false); });
      } else if (ToDay(application.placement().start()) <= today_) {
        acts.push_back([this, &applicant, application] { return Start(applicant, application); });
      }
      break;
    case Application::STATE_STARTED:
      if (loses_cover && DaysInState(application) >= 4 && Once(applicant, "cover cancelled")) {
        acts.push_back([this, &applicant, application] { return CancelCover(applicant, application); });
      }
      break;
    case Application::STATE_SUSPENDED:
      if (DaysInState(application) < 2) break;
      if (plot == Plot::kCoverCancelledRenewed && Once(applicant, "cover renewed")) {
        acts.push_back([this, &applicant, application] { return RenewCover(applicant, application); });
      } else if (plot == Plot::kCoverCancelledForGood) {
        acts.push_back(
            [this, &applicant, application] { return Cancel(applicant, application, "There is no cover any more."); });
      }
      break;
    default:
      break;
  }
}

std::vector<Play::Act> Play::Todo(const Application& application) {
  const Applicant& applicant = *by_application_.at(application.name());
  std::vector<Act> acts;
  if (applicant.plot == Plot::kWithdraws && applicant.withdraw_at == application.state()) {
    acts.push_back([this, &applicant, application] { return Withdraw(applicant, application); });
    return acts;
  }
  TodoForIntake(application, acts);
  TodoForHosts(application, acts);
  if (application.state() == Application::STATE_AGREED) TodoForAgreed(application, acts);
  TodoForStay(application, acts);
  TodoForSteps(application, acts);
  if (application.state() == Application::STATE_AWARD_OFFERED && applicant.plot != Plot::kNeverAccepts) {
    acts.push_back([this, &applicant] { return AcceptAward(applicant); });
  }
  return acts;
}

absl::Status Play::Perform(std::vector<Act> acts) {
  std::atomic<size_t> next{0};
  absl::Mutex mutex;
  absl::Status first_error;
  std::vector<std::thread> players;
  for (int i = 0; i < kPlayers; ++i) {
    players.emplace_back([&] {
      for (size_t turn = next++; turn < acts.size(); turn = next++) {
        if (absl::Status status = acts[turn](); !status.ok()) {
          absl::MutexLock lock(&mutex);
          first_error.Update(status);
        }
      }
    });
  }
  for (std::thread& player : players) player.join();
  return first_error;
}

absl::Status Play::ListOf(const std::string& operator_organisation, std::vector<Application>& found) {
  applicant::v1::ListApplicationsRequest request;
  request.set_page_size(200);
  do {
    AMIKECO_ASSIGN_OR_RETURN(const auto page,
                             stage_.Call<applicant::v1::ListApplicationsResponse>(
                                 Service::kApplicant, "ListApplications", Coordinator(operator_organisation), request));
    for (const auto& application : page.applications()) {
      if (by_application_.count(application.name()) != 0) found.push_back(application);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

// What each operator's coordinator sees.
absl::StatusOr<std::vector<Play::Application>> Play::Worklist() {
  std::vector<std::vector<Application>> lists(operators_.size());
  std::vector<Act> acts;
  for (size_t i = 0; i < operators_.size(); ++i) {
    acts.push_back([this, i, &lists] { return ListOf(operators_[i], lists[i]); });
  }
  AMIKECO_RETURN_IF_ERROR(Perform(std::move(acts)));
  std::vector<Application> all;
  for (std::vector<Application>& list : lists) std::move(list.begin(), list.end(), std::back_inserter(all));
  return all;
}

absl::StatusOr<std::map<std::string, Ending>> Play::Run(const Progress& progress) {
  AMIKECO_RETURN_IF_ERROR(Prepare());
  std::vector<Application> applications;
  // Long enough for every script; a story that has not ended by then is reported as it stands.
  const absl::CivilDay last_day = first_day_ + 1000;
  for (; today_ <= last_day; today_ += 1) {
    AMIKECO_RETURN_IF_ERROR(stage_.SetClock(absl::FromCivil(absl::CivilHour(today_) + 9, zone_)));
    std::vector<Act> acts;
    for (const Applicant& applicant : cast_.applicants) {
      if (today_ == first_day_ + applicant.submit_day) acts.push_back([this, &applicant] { return Submit(applicant); });
    }
    for (const Intake& intake : cast_.intakes) {
      // It was closed by the day before.
      if (today_ == intake.closes + 2) acts.push_back([this, &intake] { return Judge(intake); });
    }
    // First the day's submissions, then everybody does what the worklist asks for, as long as that leads somewhere.
    bool moved = false;
    for (int round = 0; round < 2 || moved; ++round) {
      AMIKECO_RETURN_IF_ERROR(Perform(std::move(acts)));
      acts.clear();
      AMIKECO_RETURN_IF_ERROR(stage_.Settle());
      AMIKECO_ASSIGN_OR_RETURN(applications, Worklist());
      moved = false;
      for (const Application& application : applications) {
        auto& [state, since] = since_[application.name()];
        // Another host's invitation is another state for whoever waits for an answer.
        const int seen = application.state() * 1000 +
                         static_cast<int>(std::hash<std::string>()(application.placement().host()) % 997);
        if (state != seen) {
          moved = true;
          state = seen;
          since = today_;
        }
        if (IsFinal(application)) continue;
        for (Act& act : Todo(application)) acts.push_back(std::move(act));
      }
    }
    const auto ended = std::count_if(applications.begin(), applications.end(), IsFinal);
    progress(static_cast<int>(ended), static_cast<int>(cast_.applicants.size()), today_);
    if (ended == static_cast<int>(cast_.applicants.size())) break;
  }

  std::map<std::string, Ending> endings;
  for (const Application& application : applications) {
    Ending& ending = endings[application.name()];
    ending.state = std::string(absl::StripPrefix(Application::State_Name(application.state()), "STATE_"));
    if (application.state() != Application::STATE_INELIGIBLE) continue;
    for (const auto& result : application.rule_results()) {
      if (!result.holds()) ending.reasons.insert(result.reason());
    }
  }
  return endings;
}

}  // namespace amikeco::demo
