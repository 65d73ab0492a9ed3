// The cast of the demo: applicants with a script each, and the hosts that they can meet. All of it follows from a seed.
#ifndef AMIKECO_DEMO_CAST_H_
#define AMIKECO_DEMO_CAST_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::demo {

// What makes an applicant's story differ from one that goes smoothly.
enum class Plot {
  kSmooth,
  kItinerary,              // a second agency joins the stay
  kHostsDecline,           // some hosts decline, one takes the officer
  kHostSilent,             // an invitation lapses, the next host takes the officer
  kCommandRefuses,         // the chain of command refuses, the next host's approves
  kDeclinesPlace,          // the officer does not take the first place
  kEverybodyDeclines,      // no host is left
  kIneligible,             // rules do not hold
  kNoticeOverridden,       // notice is short; a coordinator sets the rule aside
  kNeverEndorsed,          // the section stays silent
  kWithdraws,              // the officer withdraws at a given state
  kNeverSigns,             // the waiver is never signed; the coordinator cancels on the first day
  kShortCover,             // the first cover ends too early; a second one follows
  kChangesDates,           // new dates after everything was agreed
  kCoverCancelledRenewed,  // the insurer cancels during the stay; the officer finds another
  kCoverCancelledForGood,  // the same, and the coordinator ends the stay
  kRevoked,                // clearance is revoked before the start
  kRevokedReinstated,      // and given back
  kSeatWon,                // wants the one seat of a host, and gets it
  kSeatLost,               // wants the same seat, and does not
  kNeverVetted,            // one of a cohort is not vetted; the coordinator cancels on the first day
  kMissingReview,          // one review is never recorded; the stay is never started
  kJudged,                 // the jury's points decide
  kNeverAccepts,           // does not accept the award that the jury gives, if it does
};

// What is wrong with the application of an ineligible officer of the exchange; several things can be.
enum class Flaw {
  kMembershipExpired,
  kAssociate,
  kTenureTooShort,
  kRetired,
  kLanguageTooWeak,
  kNoticeTooShort,
  kNotFlexible,
  kCostsNotAcknowledged,
  kTravelsBeforeEnd,
  kEmployerRefused,
};

enum class HostAnswer { kWilling, kDecline, kSilent, kCommandRefuses };

// One applicant, with one application: an officer, a cohort that goes together, or an organisation.
struct Applicant {
  const programme::v1::Programme* programme = nullptr;
  int index = 0;
  std::string member;                // "members/d1-017"; empty: an organisation
  std::vector<std::string> fellows;  // who goes with `member`
  std::string application;           // "applications/d1-017"
  std::string home;                  // "sections/DE"; of an organisation itself
  Plot plot = Plot::kSmooth;
  std::vector<Flaw> flaws;  // of the exchange's officers alone; what else is wrong is in what follows

  int submit_day = 0;     // days after the first
  int endorse_after = 0;  // days after submission; negative: before it
  programme::v1::DutyStatus duty = programme::v1::DUTY_STATUS_ACTIVE;
  applicant::v1::Membership membership;
  applicant::v1::Wishes wishes;
  applicant::v1::Declarations declarations;
  applicant::v1::Assistance assistance;  // of an organisation
  int triage_after = 0;                  // days that the coordinator takes to triage
  std::vector<std::string> priorities;   // what triage finds
  int harm = 0;
  std::vector<HostAnswer> answers;  // by ordinal of the invitation; kWilling behind the last
  int answer_after = 0;             // days that a host takes to answer
  int withdraw_at = 0;              // applicant.v1.Application.State
  int private_seat = -1;            // index of the host with one seat; -1: any host
  int intake = -1;                  // index of the call that is answered; -1: none
  int points = 0;             // that all jurors together give for each criterion; no two in an intake have as many
  absl::CivilDay child_born;  // for whom a member applies, where it is for a child

  bool is_organisation() const { return member.empty(); }
  std::vector<std::string> persons() const {
    std::vector<std::string> all = fellows;
    if (!member.empty()) all.insert(all.begin(), member);
    return all;
  }
};

// A host with one seat, that holds stays in a language in which no other does.
struct PrivateHost {
  std::string language;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
  std::string country = "";  // empty: one of the exchange's own hosts; else it is entered, in this country
};

// A call for applications to a programme whose places a jury gives. It opens on the first day.
struct Intake {
  const programme::v1::Programme* programme = nullptr;
  std::string name;  // "intakes/d1-2"
  absl::CivilDay closes;
  // Of what the places are for.
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

// How many give points to each entry, and how many places each intake has.
inline constexpr int kJurors = 3;
// That a juror gives for a criterion.
inline constexpr int kMostPoints = 10;
inline constexpr int kPlaces = 2;

struct Cast {
  std::vector<Applicant> applicants;
  std::vector<PrivateHost> private_hosts;
  std::vector<Intake> intakes;
  // When the other hosts have room.
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

// States whose agencies take part in the exchange.
inline constexpr const char* kRegions[] = {"CA", "TX", "NY", "FL", "WA", "IL", "CO", "MA"};

inline constexpr const char* kSections[] = {"DE", "FR", "IT", "ES", "AT", "CH", "NL", "PL", "IE", "GB"};

// `officers` of the exchange, which is `programmes[exchange]`, and behind them applicants to each other programme: each
// of its plots once, or one for every 16 officers when that is more. Deals from `seed` alone; `programmes` outlive the
// cast. `today` is the day of the first submissions.
Cast MakeCast(int seed, int officers, absl::CivilDay today, const std::vector<programme::v1::Programme>& programmes,
              size_t exchange);

// An id of the cast's, "d1-017".
std::string IdOf(int seed, int index);

// For people: "an invitation lapsed".
const char* Title(Plot plot);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_CAST_H_
