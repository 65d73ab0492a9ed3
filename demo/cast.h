// The cast of the demo: officers with a script each, and the hosts that they can meet. All of it follows from a seed.
#ifndef AMIKECO_DEMO_CAST_H_
#define AMIKECO_DEMO_CAST_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::demo {

// What makes an officer's story differ from one that goes smoothly.
enum class Plot {
  kSmooth,
  kItinerary,              // a second agency joins the stay
  kHostsDecline,           // some hosts decline, one takes the officer
  kHostSilent,             // an invitation lapses, the next host takes the officer
  kCommandRefuses,         // the chain of command refuses, the next host's approves
  kOfficerDeclines,        // the officer does not take the first place
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
};

// The first thing that is wrong with an ineligible officer's application; several can be.
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

struct Officer {
  int index = 0;
  std::string member;       // "members/d1-017"
  std::string application;  // "applications/d1-017"
  std::string section;      // "sections/DE"
  Plot plot = Plot::kSmooth;
  std::vector<Flaw> flaws;

  int submit_day = 0;     // days after the first
  int endorse_after = 0;  // days after submission; negative: before it
  programme::v1::DutyStatus duty = programme::v1::DUTY_STATUS_ACTIVE;
  applicant::v1::Membership membership;
  applicant::v1::Wishes wishes;
  applicant::v1::Declarations declarations;
  std::vector<HostAnswer> answers;  // by ordinal of the invitation; kWilling behind the last
  int answer_after = 0;             // days that a host takes to answer
  int withdraw_at = 0;              // applicant.v1.Application.State
  int private_seat = -1;            // index of the host with one seat; -1: any host
};

// A host with one seat, that holds stays in a language in which no other does.
struct PrivateHost {
  std::string language;
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

struct Cast {
  std::vector<Officer> officers;
  std::vector<PrivateHost> private_hosts;
  // When the other hosts have room.
  absl::CivilDay first_day;
  absl::CivilDay last_day;
};

inline constexpr const char* kSections[] = {"DE", "FR", "IT", "ES", "AT", "CH", "NL", "PL", "IE", "GB"};

// `today` is the day of the first submissions, in the programme's time zone.
Cast MakeCast(int seed, int officers, absl::CivilDay today);

// For people: "an invitation lapsed".
const char* Title(Plot plot);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_CAST_H_
