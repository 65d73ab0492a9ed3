// What a stay costs: the participant's estimate (A0-28), and the price that a recipient and others bear (A3-17): what
// follows from commands about them. Pure.
//
// A price is confidential. Facts travel to partners and are kept for ever, and a record is what its facts fold to; so
// neither may hold the amounts. They are an entry of a sealed dossier that the split itself owns: the operator alone is
// party to the record and so to the entry, nobody reads it off a disk, a backup or the queue, and it stays when the
// person whom an application concerns is erased, for it is an account and not about a person.
#ifndef AMIKECO_SERVICES_APPLICANT_COSTS_H_
#define AMIKECO_SERVICES_APPLICANT_COSTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/costs.pb.h"
#include "services/applicant/money.h"

namespace amikeco::applicant {

using CostEstimateFacts = absl::StatusOr<std::vector<v1::CostEstimateFact>>;
using PriceSplitFacts = absl::StatusOr<std::vector<v1::PriceSplitFact>>;

// Writing the same again changes nothing.
CostEstimateFacts Decide(const v1::CostEstimate& estimate, const v1::RecordCostEstimateRequest& command,
                         const MoneyCircumstance& c);
PriceSplitFacts Decide(const v1::PriceSplit& split, const v1::RecordPriceSplitRequest& command,
                       const MoneyCircumstance& c);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
CostEstimate Evolve(CostEstimate estimate, const CostEstimateFact& fact);
PriceSplit Evolve(PriceSplit split, const PriceSplitFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_COSTS_H_
