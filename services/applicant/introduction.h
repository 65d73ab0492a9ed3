// Introductions of members who share an interest (A2-12): what follows from commands about them. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_INTRODUCTION_H_
#define AMIKECO_SERVICES_APPLICANT_INTRODUCTION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/actor.h"

namespace amikeco::applicant {

struct IntroductionCircumstance {
  absl::Time now;
  const Actor& actor;
  // Of a new introduction:
  std::string name = {};
  const v1::Member* asker = nullptr;
  bool names_interest = false;        // the asker's profile names the interest
  const v1::Member* asked = nullptr;  // null: nobody is left to ask
};

using IntroductionFacts = absl::StatusOr<std::vector<v1::IntroductionFact>>;

IntroductionFacts Decide(const v1::Introduction& introduction, const v1::RequestIntroductionRequest& command,
                         const IntroductionCircumstance& c);
IntroductionFacts Decide(const v1::Introduction& introduction, const v1::AnswerIntroductionRequest& command,
                         const IntroductionCircumstance& c);
IntroductionFacts Decide(const v1::Introduction& introduction, const v1::EndIntroductionRequest& command,
                         const IntroductionCircumstance& c);

// Who `member` came, or would come, to know.
const std::string& OtherThan(const std::string& member, const v1::Introduction& introduction);
// Without what `member` must not know: who the other is, unless both consent.
v1::Introduction Shown(v1::Introduction introduction, const std::string& member);

// By which interests are compared: "Choral  Singing" is "choral singing".
std::string InterestKey(absl::string_view interest);
// Those of `mine` that `theirs` names, too.
std::vector<std::string> SharedInterests(const v1::Profile& mine, const v1::Profile& theirs);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
Introduction Evolve(Introduction introduction, const IntroductionFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_INTRODUCTION_H_
