// The methods about what is disclosed of records.
#include "absl/strings/match.h"
#include "common/events/execute.h"
#include "services/applicant/application.h"
#include "services/applicant/disclosure.h"
#include "services/applicant/doors.h"
#include "services/applicant/hosting_offer.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using options::v1::Disclosure;

template <typename T>
absl::StatusOr<Disclosure> SetDisclosureOf(Transaction& tx, const Table<T>& table, const Programmes& programmes,
                                           const Call& call, const v1::SetDisclosureRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto record, ForChange(tx, table, request, call.actor));
  AMIKECO_ASSIGN_OR_RETURN(const auto* programme, programmes.Find(record.value.programme()));
  AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                           Decide(record.value, request, DisclosureCircumstance{call.time, call.actor, *programme}));
  AMIKECO_RETURN_IF_ERROR(Apply(tx, table, OriginOf("applicant", call), facts, record));
  return record.value.disclosure();
}

}  // namespace

absl::StatusOr<Disclosure> ApplicantService::SetDisclosure(Call& call, const v1::SetDisclosureRequest& request) {
  return Execute<Disclosure>(in_.store, call, [&](Transaction& tx) {
    return absl::StartsWith(request.name(), "applications/")
               ? SetDisclosureOf(tx, Applications(), in_.programmes, call, request)
               : SetDisclosureOf(tx, HostingOffers(), in_.programmes, call, request);
  });
}

}  // namespace amikeco::applicant
