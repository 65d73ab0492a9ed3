// Screenings and their hits: what follows when a person was screened, and from what people decide about it. Pure.
//
//                  agrees as before   agrees otherwise   agrees no longer       a person says
//   (nothing)      -                  OPEN               -                      -
//   OPEN           -                  OPEN               LAPSED, or OPEN (1)    FALSE_POSITIVE, TRUE_MATCH, ESCALATED
//   ESCALATED      -                  OPEN               OPEN                   FALSE_POSITIVE, TRUE_MATCH, OPEN
//   FALSE_POSITIVE -                  OPEN               -                      OPEN
//   TRUE_MATCH     -                  OPEN               OPEN                   OPEN
//   LAPSED         OPEN               OPEN               -                      -
//
// Otherwise: the particulars or the entry have another hash. (1) Once a person has decided about it, a person says when
// it is over: a list that was cut short takes nobody off the hook.
#ifndef AMIKECO_SERVICES_COMPLIANCE_HIT_H_
#define AMIKECO_SERVICES_COMPLIANCE_HIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

using ScreeningFacts = std::vector<v1::ScreeningFact>;
using ScreenedLists = google::protobuf::RepeatedPtrField<v1::ScreenedList>;

// Hits that wait for a person at once; the best ones. More say that the particulars are too poor.
inline constexpr int kMostOpenHits = 100;

// Why a hit is open again.
inline constexpr char kPersonChanged[] = "PERSON_CHANGED";
inline constexpr char kEntryChanged[] = "ENTRY_CHANGED";
inline constexpr char kEntryGone[] = "ENTRY_GONE";
// Why a screening ended by itself.
inline constexpr char kErased[] = "ERASED";

struct ScreeningResult {
  std::string revision;
  std::string subject_hash;
  ScreenedLists lists;
  std::vector<v1::Match> matches;  // that are not clear, the highest score first, one an entry
};

// Who is screened, for whom. `again`: nobody asked, the lists or the thresholds changed.
struct ScreeningGround {
  std::string name;
  std::string person;
  std::string organisation;
  bool again = false;
};

// No facts when a screening that has ended would be made again.
ScreeningFacts OnScreened(const v1::Screening& screening, const ScreeningGround& ground, const ScreeningResult& result,
                          const Circumstance& c);
absl::StatusOr<ScreeningFacts> Decide(const v1::Screening& screening, const v1::AdjudicateHitRequest& command,
                                      const Circumstance& c);
absl::StatusOr<ScreeningFacts> Decide(const v1::Screening& screening, const v1::EndScreeningRequest& command,
                                      const Circumstance& c);
// The particulars are no longer there.
ScreeningFacts OnErased(const v1::Screening& screening, const Circumstance& c);

// A person has to decide about a hit.
bool IsOpen(const v1::Screening& screening);

// A list that is required was not searched, or was too old: that nothing was found says too little.
bool HasGap(const ScreenedLists& lists);
bool IsGap(const v1::ScreenedList& list);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
Screening Evolve(Screening screening, const ScreeningFact& fact);
}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_HIT_H_
