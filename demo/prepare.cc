// Before the curtain: programmes are read, the cast is dealt, hosts and persons are entered.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"
#include "demo/play.h"
#include "demo/programmes.h"

namespace amikeco::demo {
namespace {

constexpr size_t kHosts = 60;
// In each country that hosts of other programmes are in. Each has many seats.
constexpr size_t kHostsElsewhere = 8;
constexpr int kSeats = 12;
// In the names of hosts that are entered for a contest; others do not ask them.
constexpr char kSeat[] = "-SEAT-";
constexpr const char* kSteps[] = {"Lieutenant", "Captain", "Chief"};

matching::v1::HostWindow WindowOf(absl::CivilDay first, absl::CivilDay last, int seats) {
  matching::v1::HostWindow window;
  *window.mutable_first_day() = ToDate(first);
  *window.mutable_last_day() = ToDate(last);
  window.set_capacity(seats);
  return window;
}

}  // namespace

absl::Status Play::ReadProgrammes() {
  applicant::v1::ListProgrammesRequest request;
  AMIKECO_ASSIGN_OR_RETURN(
      const auto all, stage_.Call<applicant::v1::ListProgrammesResponse>(Service::kApplicant, "ListProgrammes",
                                                                         Coordinator("organisations/demo"), request));
  for (const auto& programme : all.programmes()) {
    if (const std::string why = WhyNotPlayed(programme); !why.empty()) {
      unplayed_[programme.name()] = why;
      continue;
    }
    programmes_.push_back(programme);
    const std::string& by = programme.operator_organisation();
    if (std::find(operators_.begin(), operators_.end(), by) == operators_.end()) operators_.push_back(by);
  }
  const auto exchange = FindExchange(programmes_);
  if (!exchange) return absl::NotFoundError("there is no programme with ranked hosts of one country");
  exchange_ = *exchange;
  AMIKECO_ASSIGN_OR_RETURN(zone_, ParseTimeZone(programmes_[exchange_].time_zone()));
  return absl::OkStatus();
}

absl::Status Play::MakeCastNow() {
  AMIKECO_ASSIGN_OR_RETURN(const absl::Time now, stage_.Now());
  // The play begins in the morning, so that no midnight passes between two of a day's calls.
  first_day_ = Today(now) + 1;
  today_ = first_day_;
  AMIKECO_RETURN_IF_ERROR(stage_.SetClock(absl::FromCivil(absl::CivilHour(first_day_) + 9, zone_)));
  cast_ = MakeCast(seed_, officers_, first_day_, programmes_, exchange_);
  for (const Applicant& applicant : cast_.applicants) by_application_[applicant.application] = &applicant;
  return absl::OkStatus();
}

// Agencies of the exchange, in the seed's order: as many as it needs, and `more`.
absl::StatusOr<std::vector<std::string>> Play::FindAgencies(size_t more) {
  const auto& exchange = programmes_[exchange_];
  std::mt19937 random(seed_);
  std::set<std::string> chosen;
  for (const char* region : kRegions) {
    matching::v1::SearchHostsRequest search;
    search.set_region(region);
    search.set_country(exchange.matching().host_country());
    search.set_page_size(300);
    AMIKECO_ASSIGN_OR_RETURN(
        auto found, stage_.Call<matching::v1::SearchHostsResponse>(
                        Service::kMatching, "SearchHosts", Coordinator(exchange.operator_organisation()), search));
    std::vector<std::string> names;
    for (const auto& host : found.hosts()) names.push_back(host.name());
    std::shuffle(names.begin(), names.end(), random);
    const size_t wanted = (kHosts + more) / std::size(kRegions) + 1;
    for (size_t i = 0; i < std::min(wanted, names.size()); ++i) chosen.insert(names[i]);
  }
  std::vector<std::string> all(chosen.begin(), chosen.end());
  std::shuffle(all.begin(), all.end(), random);
  if (all.size() >= kHosts / 2 + more) return all;
  return absl::FailedPreconditionError("the directory has too few agencies; import data/us_agencies.csv first");
}

absl::Status Play::ChooseHosts() {
  const size_t own = std::count_if(cast_.private_hosts.begin(), cast_.private_hosts.end(),
                                   [](const PrivateHost& host) { return host.country.empty(); });
  AMIKECO_ASSIGN_OR_RETURN(const auto agencies, FindAgencies(own));
  auto next = agencies.begin();
  for (const PrivateHost& host : cast_.private_hosts) {
    if (host.country.empty()) {
      private_hosts_.push_back(*next++);
      continue;
    }
    private_hosts_.push_back(absl::StrCat("hosts/DEMO-", host.country, kSeat, private_hosts_.size()));
    AMIKECO_RETURN_IF_ERROR(EnterHost(private_hosts_.back(), host.country));
  }
  hosts_.assign(next, agencies.end());

  std::set<std::string> countries;
  for (const auto& programme : programmes_) {
    if (IsSought(programme)) countries.insert(CountryOf(programme));
  }
  countries.erase(programmes_[exchange_].matching().host_country());
  for (const std::string& country : countries) AMIKECO_RETURN_IF_ERROR(ChooseHostsOf(country));
  return absl::OkStatus();
}

// Those that the directory has; when it has none, some are entered.
absl::Status Play::ChooseHostsOf(const std::string& country) {
  matching::v1::SearchHostsRequest search;
  search.set_country(country);
  search.set_page_size(100);
  AMIKECO_ASSIGN_OR_RETURN(const auto found,
                           stage_.Call<matching::v1::SearchHostsResponse>(Service::kMatching, "SearchHosts",
                                                                          Coordinator(operators_.front()), search));
  const size_t before = hosts_elsewhere_.size();
  for (const auto& host : found.hosts()) {
    const bool seat = absl::StrContains(host.name(), kSeat);
    if (!seat && hosts_elsewhere_.size() < before + kHostsElsewhere) hosts_elsewhere_.push_back(host.name());
  }
  if (hosts_elsewhere_.size() > before) return absl::OkStatus();
  for (size_t i = 1; i <= kHostsElsewhere; ++i) {
    hosts_elsewhere_.push_back(absl::StrCat("hosts/DEMO-", country, "-", i));
    AMIKECO_RETURN_IF_ERROR(EnterHost(hosts_elsewhere_.back(), country));
  }
  return absl::OkStatus();
}

absl::Status Play::EnterHost(const std::string& host, const std::string& country) {
  matching::v1::RegisterHostRequest request;
  request.set_host_id(std::string(absl::StripPrefix(host, "hosts/")));
  auto& agency = *request.mutable_agency();
  agency.set_title(absl::StrCat("Police of ", request.host_id()));
  agency.set_agency_type("City");
  agency.set_country(country);
  return stage_.Call<matching::v1::Host>(Service::kMatching, "RegisterHost", Coordinator(operators_.front()), request)
      .status();
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

void Play::OptInAll(std::vector<Act>& acts) {
  const auto add = [&](const std::string& host, const matching::v1::HostWindow& window, const std::string& language) {
    acts.push_back([this, host, window, language] { return OptIn(host, window, language); });
    acts.push_back([this, host] { return SetContact(host, HostContact(host)); });
  };
  for (size_t i = 0; i < private_hosts_.size(); ++i) {
    const PrivateHost& host = cast_.private_hosts[i];
    add(private_hosts_[i], WindowOf(host.first_day, host.last_day, 1), host.language);
  }
  for (const auto& hosts : {hosts_, hosts_elsewhere_}) {
    for (const std::string& host : hosts) add(host, WindowOf(cast_.first_day, cast_.last_day, kSeats), "en");
  }
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

absl::Status Play::Enter(const Applicant& applicant, const std::string& person) {
  applicant::v1::RegisterMemberRequest request;
  request.set_member_id(std::string(absl::StripPrefix(person, "members/")));
  request.set_section(applicant.home);
  if (applicant.membership.has_since()) *request.mutable_membership() = applicant.membership;
  request.set_duty_status(applicant.duty);
  AMIKECO_RETURN_IF_ERROR(
      stage_.Call<applicant::v1::Member>(Service::kApplicant, "RegisterMember", Endorser(applicant), request).status());
  applicant::v1::RecordProfileRequest profile;
  profile.set_name(person);
  profile.mutable_profile()->set_given_name("Alex");
  profile.mutable_profile()->set_family_name(absl::StrCat("Demo-", applicant.index));
  AMIKECO_RETURN_IF_ERROR(
      stage_.Call<applicant::v1::Member>(Service::kApplicant, "RecordProfile", Endorser(applicant), profile).status());
  AMIKECO_RETURN_IF_ERROR(SetContact(person, Person(applicant, person)));
  if (applicant.endorse_after >= 0 || applicant.plot == Plot::kNeverEndorsed) return absl::OkStatus();
  return Endorse(applicant, person);
}

absl::Status Play::Enter(const Applicant& applicant) {
  for (const std::string& person : applicant.persons()) AMIKECO_RETURN_IF_ERROR(Enter(applicant, person));
  return absl::OkStatus();
}

absl::Status Play::OpenIntake(const Intake& intake) {
  applicant::v1::OpenIntakeRequest request;
  request.set_intake_id(std::string(absl::StripPrefix(intake.name, "intakes/")));
  request.set_programme(intake.programme->name());
  request.set_title(intake.programme->title());
  *request.mutable_opens() = ToDate(first_day_);
  *request.mutable_closes() = ToDate(intake.closes);
  request.set_places(kPlaces);
  *request.mutable_first_day() = ToDate(intake.first_day);
  *request.mutable_last_day() = ToDate(intake.last_day);
  return stage_
      .Call<applicant::v1::Intake>(Service::kApplicant, "OpenIntake",
                                   Coordinator(intake.programme->operator_organisation()), request)
      .status();
}

absl::Status Play::Prepare() {
  AMIKECO_RETURN_IF_ERROR(ReadProgrammes());
  AMIKECO_RETURN_IF_ERROR(MakeCastNow());
  AMIKECO_RETURN_IF_ERROR(ChooseHosts());
  std::vector<Act> acts;
  OptInAll(acts);
  for (const Intake& intake : cast_.intakes) {
    acts.push_back([this, &intake] { return OpenIntake(intake); });
  }
  std::set<std::string> homes;
  for (const Applicant& applicant : cast_.applicants) homes.insert(applicant.home);
  for (const std::string& home : homes) {
    acts.push_back([this, home] { return SetContact(home, As("people/secretary", home, options::v1::ROLE_ENDORSER)); });
  }
  for (const std::string& by : operators_) acts.push_back([this, by] { return SetContact(by, Coordinator(by)); });
  for (const Applicant& applicant : cast_.applicants) {
    acts.push_back([this, &applicant] { return Enter(applicant); });
  }
  return Perform(std::move(acts));
}

}  // namespace amikeco::demo
