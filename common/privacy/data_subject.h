// DataSubject: what stands in the way of erasing a person's data, and what became of it. Decisions alone.
#ifndef AMIKECO_COMMON_PRIVACY_DATA_SUBJECT_H_
#define AMIKECO_COMMON_PRIVACY_DATA_SUBJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/base/actor.h"
#include "common/base/status.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kLegalHold{absl::StatusCode::kFailedPrecondition, kDomain, "LEGAL_HOLD",
                                      "A legal hold stands on the person's data. Nothing of them is erased until it is "
                                      "lifted (amikeco privacy lift)."};
}  // namespace errors

using DataSubjectFacts = absl::StatusOr<std::vector<ops::v1::DataSubjectFact>>;

DataSubjectFacts Decide(const ops::v1::DataSubject& subject, const ops::v1::PlaceLegalHoldRequest& command,
                        const Actor& actor, absl::Time now);
// Behind the last hold, an erasure that waited follows: ErasureIsDue says so of the record with these facts.
DataSubjectFacts Decide(const ops::v1::DataSubject& subject, const ops::v1::LiftLegalHoldRequest& command,
                        const Actor& actor, absl::Time now);

// LEGAL_HOLD when one stands.
absl::Status MayErase(const ops::v1::DataSubject& subject, const std::string& person);
// An erasure waited, and no hold stands any more.
bool ErasureIsDue(const ops::v1::DataSubject& subject);

// What the schedule does about an entry that it looks at.
struct Look {
  enum class Verdict { kErase, kKeep, kHeld };
  Verdict verdict;
  absl::Time again;  // of kKeep and kHeld
};
// `case_end`: when the entry's case was over; none: it is not, or there is none.
Look Judge(const ops::v1::RetentionRule* rule, const ops::v1::DataSubject& subject, std::optional<absl::Time> case_end,
           absl::Time now);

// What erasing a person leaves by the policy, and until when; null: there is none.
std::vector<ops::v1::KeptDocument> KeptBy(const ops::v1::PrivacyPolicy* policy);

namespace ops::v1 {
DataSubject Evolve(DataSubject subject, const DataSubjectFact& fact);
Consultation Evolve(Consultation consultation, const ConsultationFact& fact);
}  // namespace ops::v1

}  // namespace amikeco

#endif  // AMIKECO_COMMON_PRIVACY_DATA_SUBJECT_H_
