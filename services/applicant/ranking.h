// Ranking: who wins an intake, in whole numbers. Pure.
//
// Means are compared as fractions, so that nothing depends on rounding; the order depends neither on the order in which
// contenders are given nor, while lots or times of receipt differ, on their names.
#ifndef AMIKECO_SERVICES_APPLICANT_RANKING_H_
#define AMIKECO_SERVICES_APPLICANT_RANKING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::applicant {

// What is ranked of an entry.
struct Contender {
  std::string application;
  int64_t points = 0;  // sum of its jurors' totals
  int jurors = 0;      // 1 or more
  absl::Time received;
  std::string lot = {};  // the smaller is first; "" when ties are not broken by lot
};

// A juror's points times the criteria's weights.
int64_t TotalOf(const programme::v1::Selection& selection,
                const google::protobuf::RepeatedPtrField<v1::CriterionPoints>& points);
// The highest total, and so the highest mean.
int64_t MostPoints(const programme::v1::Selection& selection);

// The application's lot from the intake's seed: `printf '%s|%s' SEED APPLICATION | sha256sum`, as bytes.
std::string LotOf(absl::string_view seed, absl::string_view application);

// All contenders, best first, each with its standing and the reason for it.
std::vector<v1::Placing> Rank(const programme::v1::Selection& selection, std::vector<Contender> contenders, int places);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_RANKING_H_
