// Intakes: calls for applications whose places go to the best (A1-11, A2-09, A2-11). What follows from commands about
// them, from time, and from what becomes of their entries. Pure.
//
// An intake holds all its entries with the jury's points, so that its own version guards what depends on all of them:
// no more winners than places, and a decision over exactly the entries that are in. An application and its entry follow
// each other in one transaction: see Follow here and in award.h.
#ifndef AMIKECO_SERVICES_APPLICANT_INTAKE_H_
#define AMIKECO_SERVICES_APPLICANT_INTAKE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"

namespace amikeco::applicant {

// Most entries of an intake: a decision writes to all of them in one transaction.
inline constexpr int kMostEntries = 1000;

struct IntakeCircumstance {
  absl::Time now;
  const Actor& actor;
  const programme::v1::Programme& programme;  // in the intake's version
  std::string name = {};                      // of the record
  int quota_taken = 0;                        // places of the year's other intakes
  std::string seed = {};                      // fresh, for lots
};

using IntakeFacts = absl::StatusOr<std::vector<v1::IntakeFact>>;

inline bool Selects(const programme::v1::Programme& programme) {
  return programme.matching().mode() == programme::v1::MatchingRules::MODE_SELECTION;
}

// The year whose quota the places are taken from.
int PeriodOf(const v1::OpenIntakeRequest& command);

IntakeFacts Decide(const v1::Intake& intake, const v1::OpenIntakeRequest& command, const IntakeCircumstance& c);
// Closing again changes nothing.
IntakeFacts Decide(const v1::Intake& intake, const v1::CloseIntakeRequest& command, const IntakeCircumstance& c);
// Cancelling again changes nothing.
IntakeFacts Decide(const v1::Intake& intake, const v1::CancelIntakeRequest& command, const IntakeCircumstance& c);
// The same points again change nothing.
IntakeFacts Decide(const v1::Intake& intake, const v1::ScoreEntryRequest& command, const IntakeCircumstance& c);
IntakeFacts Decide(const v1::Intake& intake, const v1::DecideIntakeRequest& command, const IntakeCircumstance& c);

// What the intake notes of an application's new state; a winner who leaves hands the place on.
std::vector<v1::IntakeFact> Follow(const v1::Intake& intake, const v1::Application& application,
                                   const IntakeCircumstance& c);
// What time alone brings.
std::vector<v1::IntakeFact> Tick(const v1::Intake& intake, const IntakeCircumstance& c);

// Whether a member of `organisations` could enter today; INTAKE_TAKES_NO_ENTRIES with every reason why not.
absl::Status CheckTakes(const v1::Intake& intake, const programme::v1::Programme& programme,
                        const std::vector<std::string>& organisations, absl::CivilDay today);

// The application's entry; null when it has none.
const v1::Entry* FindEntry(const v1::Intake& intake, absl::string_view application);

// OK for the operator's coordinators and those who judge; NOT_ON_JURY for others.
absl::Status CheckMaySeeRanking(const Actor& actor, const programme::v1::Programme& programme);
// The intake as everybody may see it: with the number of its entries in their place.
v1::Intake Public(v1::Intake intake);
// The entry with the points that the actor may see.
v1::Entry ShownTo(const Actor& actor, v1::Entry entry, v1::Intake::State state);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
// The intake after `fact`. Total.
Intake Evolve(Intake intake, const IntakeFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_INTAKE_H_
