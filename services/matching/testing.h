// What the tests of this service share: days, hosts, terms and a programme. Test code alone.
#ifndef AMIKECO_SERVICES_MATCHING_TESTING_H_
#define AMIKECO_SERVICES_MATCHING_TESTING_H_

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"
#include "common/base/dates.h"
#include "services/matching/circumstance.h"

namespace amikeco::matching::testing {

inline google::type::Date Date(absl::string_view text) { return *ParseDate(text); }
inline absl::CivilDay Day(absl::string_view text) { return ToDay(Date(text)); }
inline absl::Time At(absl::string_view day) { return absl::FromCivil(Day(day), absl::UTCTimeZone()); }

inline const Actor kCoordinator{"people/carl", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
inline const Actor kRegistrar{"people/rita", "organisations/ipa-us", {options::v1::ROLE_REGISTRAR}};
inline const Actor kOfficer{"members/M-1", "sections/DE", {options::v1::ROLE_OFFICER}};
inline const Actor kSection{"people/eva", "sections/DE", {options::v1::ROLE_ENDORSER}};
inline Actor ContactOf(absl::string_view host) {
  return {absl::StrCat("people/contact-", host), std::string(host), {options::v1::ROLE_HOST_CONTACT}};
}
inline Actor CommandOf(absl::string_view host) {
  return {absl::StrCat("people/command-", host), std::string(host), {options::v1::ROLE_COMMAND_APPROVER}};
}
inline Actor HomeHostActor(absl::string_view member) {
  return {std::string(member), "sections/US", {options::v1::ROLE_HOME_HOST}};
}

// Hosts are in the United States, English is spoken, ten points a topic.
inline programme::v1::Programme TestProgramme() {
  programme::v1::Programme programme;
  programme.set_name("programmes/test");
  programme.set_version(1);
  programme.set_operator_organisation("organisations/ipa-us");
  programme.set_time_zone("UTC");
  programme.add_eligibility()->mutable_language()->set_code("en");
  auto& rules = *programme.mutable_matching();
  rules.set_mode(programme::v1::MatchingRules::MODE_RANKED_PROPOSALS);
  rules.set_invitation_days(14);
  rules.set_command_approval_days(21);
  rules.set_officer_answer_days(7);
  rules.set_max_invitations(3);
  rules.add_excluded_lodging(programme::v1::LODGING_POLICE_ACADEMY);
  rules.set_home_host_days_before_start(28);
  rules.set_host_country("US");
  auto& weights = *rules.mutable_weights();
  weights.set_topic(10);
  weights.set_home_host(8);
  weights.set_preferred_region(4);
  weights.set_preferred_type(3);
  weights.set_preferred_host(5);
  weights.set_earliest_start(2);
  return programme;
}

inline Rules TestRules() {
  return {TestProgramme().matching(), absl::UTCTimeZone(), TestProgramme().operator_organisation()};
}

inline v1::HostOffer Offer(absl::string_view first, absl::string_view last, int capacity) {
  v1::HostOffer offer;
  auto& window = *offer.add_windows();
  *window.mutable_first_day() = Date(first);
  *window.mutable_last_day() = Date(last);
  window.set_capacity(capacity);
  offer.add_topics("street-patrol");
  offer.add_languages("en");
  offer.add_command_steps("Captain");
  offer.add_command_steps("Chief");
  return offer;
}

inline v1::Agency Agency(absl::string_view id, absl::string_view region = "CA") {
  v1::Agency agency;
  agency.set_name(absl::StrCat("hosts/", id));
  agency.set_title(absl::StrCat("Police Department ", id));
  agency.set_agency_type("City");
  agency.set_country("US");
  agency.set_region(std::string(region));
  return agency;
}

// Takes part all year 2027 with one seat.
inline v1::Host OpenHost(absl::string_view id, int capacity = 1) {
  v1::Host host;
  host.set_name(absl::StrCat("hosts/", id));
  *host.mutable_agency() = Agency(id);
  host.set_participating(true);
  *host.mutable_offer() = Offer("2027-01-01", "2027-12-31", capacity);
  return host;
}

inline void Book(v1::Host& host, absl::string_view placement, absl::string_view start, absl::string_view end,
                 v1::Booking::State state = v1::Booking::STATE_CONFIRMED, int tier_rank = 0) {
  auto& booking = *host.add_bookings();
  booking.set_placement(std::string(placement));
  booking.set_leg("1");
  *booking.mutable_start() = Date(start);
  *booking.mutable_end() = Date(end);
  booking.set_state(state);
  booking.set_tier_rank(tier_rank);
}

// Fourteen days between 1 March and 30 April 2027, an active officer.
inline applicant::v1::MatchingOpened Terms(int round = 1, int tier_rank = 0) {
  applicant::v1::MatchingOpened terms;
  terms.set_round(round);
  terms.set_member("members/M-1");
  terms.set_section("sections/DE");
  terms.set_programme("programmes/test");
  terms.set_programme_version(1);
  terms.set_tier(tier_rank == 0 ? "active-duty" : "student");
  terms.set_tier_rank(tier_rank);
  auto& wishes = *terms.mutable_wishes();
  *wishes.mutable_earliest_start() = Date("2027-03-01");
  *wishes.mutable_latest_end() = Date("2027-04-30");
  wishes.set_stay_days(14);
  wishes.add_topics("street-patrol");
  wishes.set_home_host(true);
  for (const char* party : {"members/M-1", "sections/DE", "organisations/ipa-us"}) terms.add_parties(party);
  *terms.mutable_received_at() = ToTimestamp(At("2026-09-01"));
  return terms;
}

}  // namespace amikeco::matching::testing

#endif  // AMIKECO_SERVICES_MATCHING_TESTING_H_
