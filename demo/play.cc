#include "demo/play.h"

#include <algorithm>
#include <atomic>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;
using matching::v1::Placement;

constexpr int kHosts = 60;
// Players act side by side; about as many as the services' test machines have cores, twice.
constexpr int kPlayers = 6;
// States whose agencies take part.
constexpr const char* kRegions[] = {"CA", "TX", "NY", "FL", "WA", "IL", "CO", "MA"};
constexpr const char* kSteps[] = {"Lieutenant", "Captain", "Chief"};

bool IsFinal(const Application& application) {
  switch (application.state()) {
    case Application::STATE_CLOSED:
    case Application::STATE_WITHDRAWN:
    case Application::STATE_CANCELLED:
    case Application::STATE_LAPSED:
    case Application::STATE_UNPLACED:
      return true;
    case Application::STATE_INELIGIBLE:
      return true;
    default:
      return false;
  }
}

}  // namespace

// -- Before the curtain ---------------------------------------------------------------------------------------------

absl::Status Play::ReadProgramme() {
  applicant::v1::ListProgrammesRequest request;
  AMIKECO_ASSIGN_OR_RETURN(const auto programmes,
                           stage_.Call<applicant::v1::ListProgrammesResponse>(
                               Service::kApplicant, "ListProgrammes",
                               As("people/demo", "organisations/demo", options::v1::ROLE_COORDINATOR), request));
  // The demo plays the first programme that places individuals of any section with ranked hosts of one country.
  for (const auto& programme : programmes.programmes()) {
    const bool individual = programme.applicants().kind() <= programme::v1::Applicants::KIND_INDIVIDUAL;
    if (individual && programme.matching().mode() == programme::v1::MatchingRules::MODE_RANKED_PROPOSALS &&
        !programme.matching().host_country().empty()) {
      programme_ = programme;
      AMIKECO_ASSIGN_OR_RETURN(zone_, ParseTimeZone(programme.time_zone()));
      return absl::OkStatus();
    }
  }
  return absl::NotFoundError("there is no programme with ranked hosts of one country");
}

absl::Status Play::OptIn(const std::string& host, const matching::v1::HostWindow& window, const std::string& language) {
  matching::v1::OptInRequest request;
  request.set_name(host);
  auto& offer = *request.mutable_offer();
  *offer.add_windows() = window;
  std::mt19937 random(std::hash<std::string>()(host) ^ static_cast<unsigned>(seed_));
  for (const char* topic : {"street-patrol", "detectives", "community-services", "traffic", "forensics", "k9"}) {
    if (random() % 2 == 0) offer.add_topics(topic);
  }
  offer.add_languages(language);
  offer.add_lodging(programme::v1::LODGING_HOTEL);
  const size_t steps = 1 + random() % std::size(kSteps);
  for (size_t i = 0; i < steps; ++i) offer.add_command_steps(kSteps[i]);
  auto answer = stage_.Call<matching::v1::Host>(Service::kMatching, "OptIn", HostContact(host), request);
  if (answer.ok()) return absl::OkStatus();
  // It took part in an earlier demo on the same data: what it offers is renewed.
  matching::v1::UpdateOfferRequest update;
  update.set_name(host);
  *update.mutable_offer() = request.offer();
  return stage_.Call<matching::v1::Host>(Service::kMatching, "UpdateOffer", HostContact(host), update).status();
}

absl::Status Play::SetContact(const std::string& recipient, const Actor& actor) {
  notify::v1::SetContactRequest request;
  request.set_recipient(recipient);
  std::string local = recipient;
  std::replace(local.begin(), local.end(), '/', '.');
  auto& card = *request.mutable_card();
  card.set_address(absl::StrCat(local, "@exchange.example"));
  card.set_display_name(recipient);
  card.set_locale(recipient == "sections/DE" ? "de" : "en");
  card.set_time_zone("UTC");
  return stage_.Call<notify::v1::Contact>(Service::kNotify, "SetContact", actor, request).status();
}

absl::Status Play::Enter(const Officer& officer) {
  applicant::v1::RegisterMemberRequest request;
  request.set_member_id(std::string(absl::StripPrefix(officer.member, "members/")));
  request.set_section(officer.section);
  *request.mutable_membership() = officer.membership;
  request.set_duty_status(officer.duty);
  AMIKECO_RETURN_IF_ERROR(
      stage_.Call<applicant::v1::Member>(Service::kApplicant, "RegisterMember", Endorser(officer), request).status());
  applicant::v1::RecordProfileRequest profile;
  profile.set_name(officer.member);
  profile.mutable_profile()->set_given_name("Alex");
  profile.mutable_profile()->set_family_name(absl::StrCat("Demo-", officer.index));
  AMIKECO_RETURN_IF_ERROR(
      stage_.Call<applicant::v1::Member>(Service::kApplicant, "RecordProfile", Endorser(officer), profile).status());
  AMIKECO_RETURN_IF_ERROR(SetContact(officer.member, Self(officer)));
  if (officer.endorse_after >= 0 || officer.plot == Plot::kNeverEndorsed) return absl::OkStatus();
  applicant::v1::EndorseMemberRequest endorse;
  endorse.set_name(officer.member);
  return stage_.Call<applicant::v1::Member>(Service::kApplicant, "EndorseMember", Endorser(officer), endorse).status();
}

absl::Status Play::Prepare() {
  AMIKECO_RETURN_IF_ERROR(ReadProgramme());
  AMIKECO_ASSIGN_OR_RETURN(const absl::Time now, stage_.Now());
  // The play begins in the morning, so that no midnight passes between two of a day's calls.
  first_day_ = Today(now) + 1;
  today_ = first_day_;
  AMIKECO_RETURN_IF_ERROR(stage_.SetClock(absl::FromCivil(absl::CivilHour(first_day_) + 9, zone_)));
  cast_ = MakeCast(seed_, count_, first_day_);
  for (Officer& officer : cast_.officers) {
    // Who forgets the costs was dealt that flaw; everybody else acknowledges each category.
    if (std::find(officer.flaws.begin(), officer.flaws.end(), Flaw::kCostsNotAcknowledged) == officer.flaws.end()) {
      for (const auto& category : programme_.funding().cost_categories()) {
        officer.declarations.add_cost_categories(category);
      }
    }
    by_application_[officer.application] = &officer;
  }

  std::mt19937 random(seed_);
  std::set<std::string> chosen;
  for (const char* region : kRegions) {
    matching::v1::SearchHostsRequest search;
    search.set_region(region);
    search.set_country(programme_.matching().host_country());
    search.set_page_size(300);
    AMIKECO_ASSIGN_OR_RETURN(
        auto found, stage_.Call<matching::v1::SearchHostsResponse>(
                        Service::kMatching, "SearchHosts",
                        As("people/demo", programme_.operator_organisation(), options::v1::ROLE_COORDINATOR), search));
    std::vector<std::string> names;
    for (const auto& host : found.hosts()) names.push_back(host.name());
    std::shuffle(names.begin(), names.end(), random);
    const size_t wanted = (kHosts + cast_.private_hosts.size()) / std::size(kRegions) + 1;
    for (size_t i = 0; i < std::min(wanted, names.size()); ++i) chosen.insert(names[i]);
  }
  std::vector<std::string> all(chosen.begin(), chosen.end());
  std::shuffle(all.begin(), all.end(), random);
  if (all.size() < kHosts / 2 + cast_.private_hosts.size()) {
    return absl::FailedPreconditionError("the directory has too few agencies; import data/us_agencies.csv first");
  }

  std::vector<Act> acts;
  for (size_t i = 0; i < all.size(); ++i) {
    matching::v1::HostWindow window;
    std::string language = "en";
    if (i < cast_.private_hosts.size()) {
      *window.mutable_first_day() = ToDate(cast_.private_hosts[i].first_day);
      *window.mutable_last_day() = ToDate(cast_.private_hosts[i].last_day);
      window.set_capacity(1);
      language = cast_.private_hosts[i].language;
    } else {
      *window.mutable_first_day() = ToDate(cast_.first_day);
      *window.mutable_last_day() = ToDate(cast_.last_day);
      window.set_capacity(12);
      hosts_.push_back(all[i]);
    }
    acts.push_back([this, host = all[i], window, language] { return OptIn(host, window, language); });
    acts.push_back([this, host = all[i]] { return SetContact(host, HostContact(host)); });
  }
  for (const char* code : kSections) {
    const std::string section = absl::StrCat("sections/", code);
    acts.push_back(
        [this, section] { return SetContact(section, As("people/secretary", section, options::v1::ROLE_ENDORSER)); });
  }
  acts.push_back([this] {
    return SetContact(programme_.operator_organisation(),
                      As("people/coordinator", programme_.operator_organisation(), options::v1::ROLE_COORDINATOR));
  });
  for (const Officer& officer : cast_.officers) acts.push_back([this, &officer] { return Enter(officer); });
  return Perform(std::move(acts));
}

// -- The play -------------------------------------------------------------------------------------------------------

bool Play::Once(const Officer& officer, const char* what) {
  return turns_[absl::StrCat(officer.index, " ", what)]++ == 0;
}

int Play::DaysInState(const Application& application) {
  const auto found = since_.find(application.name());
  return found == since_.end() ? 0 : static_cast<int>(today_ - found->second.second);
}

void Play::TodoForHosts(const Application& application, std::vector<Act>& acts) {
  const Officer& officer = *by_application_.at(application.name());
  switch (application.state()) {
    case Application::STATE_INVITED:
      acts.push_back([this, &officer, application] { return AnswerInvitation(officer, application); });
      break;
    case Application::STATE_HOST_WILLING:
      if (officer.plot == Plot::kWithdraws && officer.withdraw_at == application.state()) break;
      acts.push_back([this, &officer, application] { return ApproveSteps(officer, application); });
      break;
    case Application::STATE_COMMAND_APPROVED: {
      if (officer.plot == Plot::kWithdraws && officer.withdraw_at == application.state()) break;
      const bool declines = officer.plot == Plot::kOfficerDeclines && Once(officer, "declines a place");
      acts.push_back([this, &officer, application, declines] {
        matching::v1::AnswerPlacementRequest answer;
        answer.set_name(application.placement().placement());
        answer.set_answer(declines ? matching::v1::ANSWER_DECLINE : matching::v1::ANSWER_ACCEPT);
        return stage_.Call<Placement>(Service::kMatching, "AnswerPlacement", Self(officer), answer).status();
      });
      break;
    }
    default:
      break;
  }
}

void Play::TodoForClearance(const Application& application, std::vector<Act>& acts) {
  const Officer& officer = *by_application_.at(application.name());
  const bool first_day_is_here = ToDay(application.placement().start()) <= today_;
  switch (application.state()) {
    case Application::STATE_AGREED:
      if (officer.plot == Plot::kChangesDates && Once(officer, "changes dates")) {
        acts.push_back([this, &officer, application] { return ChangeDates(officer, application); });
      } else if (officer.plot == Plot::kItinerary && Once(officer, "second agency")) {
        acts.push_back([this, &officer, application] { return AddSecondAgency(officer, application); });
      } else if (officer.plot == Plot::kNeverSigns && first_day_is_here) {
        acts.push_back([this, application] { return Cancel(application, "The waiver was never signed."); });
      } else if (officer.plot == Plot::kRevoked && turns_.count(absl::StrCat(officer.index, " revoked"))) {
        if (first_day_is_here)
          acts.push_back([this, application] { return Cancel(application, "Clearance was revoked."); });
      } else if (officer.plot == Plot::kRevokedReinstated && turns_.count(absl::StrCat(officer.index, " revoked"))) {
        if (DaysInState(application) >= 3 && Once(officer, "reinstated")) {
          acts.push_back([this, &officer, application] { return Revoke(officer, application, true); });
        }
      } else if (officer.plot != Plot::kNeverSigns || Once(officer, "records the rest")) {
        acts.push_back([this, &officer, application] { return Clear(officer, application); });
      }
      break;
    case Application::STATE_CLEARED:
      if ((officer.plot == Plot::kRevoked || officer.plot == Plot::kRevokedReinstated) && Once(officer, "revoked")) {
        acts.push_back([this, &officer, application] { return Revoke(officer, application, false); });
      } else if (first_day_is_here) {
        acts.push_back([this, &officer, application] {
          applicant::v1::StartStayRequest start;
          start.set_name(application.name());
          return stage_.Call<Application>(Service::kApplicant, "StartStay", Self(officer), start).status();
        });
      }
      break;
    case Application::STATE_STARTED:
      if ((officer.plot == Plot::kCoverCancelledRenewed || officer.plot == Plot::kCoverCancelledForGood) &&
          DaysInState(application) >= 4 && Once(officer, "cover cancelled")) {
        acts.push_back([this, &officer, application] { return CancelCover(officer, application); });
      }
      break;
    case Application::STATE_SUSPENDED:
      if (DaysInState(application) < 2) break;
      if (officer.plot == Plot::kCoverCancelledRenewed && Once(officer, "cover renewed")) {
        acts.push_back([this, &officer, application] { return RenewCover(officer, application); });
      } else if (officer.plot == Plot::kCoverCancelledForGood) {
        acts.push_back([this, application] { return Cancel(application, "There is no cover any more."); });
      }
      break;
    default:
      break;
  }
}

std::vector<Play::Act> Play::Todo(const Application& application) {
  const Officer& officer = *by_application_.at(application.name());
  std::vector<Act> acts;
  if (officer.plot == Plot::kWithdraws && officer.withdraw_at == application.state()) {
    acts.push_back([this, &officer, application] {
      applicant::v1::WithdrawApplicationRequest request;
      request.set_name(application.name());
      return stage_.Call<Application>(Service::kApplicant, "WithdrawApplication", Self(officer), request).status();
    });
    return acts;
  }
  if (application.state() == Application::STATE_AWAITING_ENDORSEMENT && officer.plot != Plot::kNeverEndorsed &&
      today_ >= first_day_ + officer.submit_day + officer.endorse_after) {
    acts.push_back([this, &officer] {
      applicant::v1::EndorseMemberRequest request;
      request.set_name(officer.member);
      return stage_.Call<applicant::v1::Member>(Service::kApplicant, "EndorseMember", Endorser(officer), request)
          .status();
    });
  }
  if (application.state() == Application::STATE_ENDED) {
    acts.push_back([this, &officer, application] {
      applicant::v1::SubmitReportRequest request;
      request.set_name(application.name());
      request.set_text(
          "Five shifts on patrol, two days with the detectives. I will propose their briefing format at home.");
      return stage_.Call<Application>(Service::kApplicant, "SubmitReport", Self(officer), request).status();
    });
  }
  TodoForHosts(application, acts);
  TodoForClearance(application, acts);
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

absl::StatusOr<std::vector<Play::Application>> Play::Worklist() {
  std::vector<Application> found;
  applicant::v1::ListApplicationsRequest request;
  request.set_page_size(200);
  request.set_programme(programme_.name());
  do {
    AMIKECO_ASSIGN_OR_RETURN(
        const auto page,
        stage_.Call<applicant::v1::ListApplicationsResponse>(
            Service::kApplicant, "ListApplications",
            As("people/coordinator", programme_.operator_organisation(), options::v1::ROLE_COORDINATOR), request));
    for (const auto& application : page.applications()) {
      if (by_application_.count(application.name()) != 0) found.push_back(application);
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return found;
}

absl::StatusOr<std::map<std::string, Ending>> Play::Run(const Progress& progress) {
  AMIKECO_RETURN_IF_ERROR(Prepare());
  std::vector<Application> applications;
  // Long enough for every script; a story that has not ended by then is reported as it stands.
  const absl::CivilDay last_day = first_day_ + 1000;
  for (; today_ <= last_day; today_ += 1) {
    AMIKECO_RETURN_IF_ERROR(stage_.SetClock(absl::FromCivil(absl::CivilHour(today_) + 9, zone_)));
    std::vector<Act> acts;
    for (const Officer& officer : cast_.officers) {
      if (today_ == first_day_ + officer.submit_day) acts.push_back([this, &officer] { return Submit(officer); });
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
    progress(static_cast<int>(ended), count_, today_);
    if (ended == static_cast<int>(cast_.officers.size())) break;
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
