// MatchingService: the directory of hosts, the search for places, invitations, itineraries and home-hosts.
//
// Thread safe. Methods are those of protos/amikeco/matching/v1/matching.proto; the same object reacts to applicant's
// facts (ReactionsOf) and to the clock (Timed). Every method is one transaction or one snapshot.
#ifndef AMIKECO_SERVICES_MATCHING_SERVICE_H_
#define AMIKECO_SERVICES_MATCHING_SERVICE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/ids.h"
#include "common/cache/read_through.h"
#include "common/countries/countries.h"
#include "common/events/reaction.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"
#include "common/store/store.h"
#include "programmes/programmes.h"
#include "services/matching/directory.h"
#include "services/matching/tables.h"

namespace amikeco::matching {

class MatchingService final : public Timed {
 public:
  // All outlive the service. Without `cache` every read goes to the store.
  MatchingService(Store& store, const Programmes& programmes, IdSource& ids, ReadThrough* cache = nullptr,
                  const Countries& countries = Countries::None())
      : store_(store), programmes_(programmes), ids_(ids), cache_(cache), countries_(countries) {}

  // Reads the directory into memory. Not needed, but the first call is slow without it.
  absl::Status LoadDirectory();

  absl::StatusOr<v1::ImportHostsResponse> ImportHosts(Call& call, const v1::ImportHostsRequest& request);
  absl::StatusOr<v1::Host> RegisterHost(Call& call, const v1::RegisterHostRequest& request);
  absl::StatusOr<v1::Host> GetHost(Call& call, const v1::GetHostRequest& request);
  absl::StatusOr<v1::HostCalendar> GetHostCalendar(Call& call, const v1::GetHostCalendarRequest& request);
  absl::StatusOr<v1::SearchHostsResponse> SearchHosts(Call& call, const v1::SearchHostsRequest& request);
  absl::StatusOr<v1::Host> OptIn(Call& call, const v1::OptInRequest& request);
  absl::StatusOr<v1::Host> OptOut(Call& call, const v1::OptOutRequest& request);
  absl::StatusOr<v1::Host> UpdateOffer(Call& call, const v1::UpdateOfferRequest& request);

  absl::StatusOr<v1::ListInvitationsResponse> ListInvitations(Call& call, const v1::ListInvitationsRequest& request);
  absl::StatusOr<v1::Placement> AnswerInvitation(Call& call, const v1::AnswerInvitationRequest& request);
  absl::StatusOr<v1::Placement> ApproveCommandStep(Call& call, const v1::ApproveCommandStepRequest& request);
  absl::StatusOr<v1::Placement> AnswerPlacement(Call& call, const v1::AnswerPlacementRequest& request);

  absl::StatusOr<v1::Placement> GetPlacement(Call& call, const v1::GetPlacementRequest& request);
  absl::StatusOr<v1::ListPlacementsResponse> ListPlacements(Call& call, const v1::ListPlacementsRequest& request);
  absl::StatusOr<v1::Placement> AddLeg(Call& call, const v1::AddLegRequest& request);
  absl::StatusOr<v1::Placement> ConfirmLeg(Call& call, const v1::ConfirmLegRequest& request);
  absl::StatusOr<v1::Placement> RemoveLeg(Call& call, const v1::RemoveLegRequest& request);
  absl::StatusOr<v1::Placement> SetActivities(Call& call, const v1::SetActivitiesRequest& request);

  absl::StatusOr<v1::HomeHost> OfferHomeStay(Call& call, const v1::OfferHomeStayRequest& request);
  absl::StatusOr<v1::HomeHost> WithdrawHomeStay(Call& call, const v1::WithdrawHomeStayRequest& request);
  absl::StatusOr<v1::Placement> RespondToHomeStay(Call& call, const v1::RespondToHomeStayRequest& request);
  absl::StatusOr<v1::HomeHost> GetHomeHost(Call& call, const v1::GetHomeHostRequest& request);
  absl::StatusOr<v1::ListHomeHostsResponse> ListHomeHosts(Call& call, const v1::ListHomeHostsRequest& request);

  absl::StatusOr<v1::HostVerdict> ExplainHost(Call& call, const v1::ExplainHostRequest& request);
  absl::StatusOr<v1::ListRankingResponse> ListRanking(Call& call, const v1::ListRankingRequest& request);

  // Placements whose time has come: an answer that did not arrive, a search that waits, a home that was not found.
  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

  // Acts on a fact of another service.
  absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin);

 private:
  template <typename Request>
  absl::StatusOr<v1::Placement> ChangePlacement(const Call& call, const Request& request);
  template <typename Request>
  absl::StatusOr<v1::Host> ChangeHost(const Call& call, const Request& request);
  absl::StatusOr<v1::ImportHostsResponse> ImportRows(Transaction& tx, const Call& call,
                                                     const v1::ImportHostsRequest& request);
  absl::Status ReactToApplication(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  absl::Status ReactToOffer(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  absl::Status ReactToSection(Transaction& tx, const event::v1::Event& event);
  // The placement, when the caller may see it, and its terms as a query over the directory brought up to date.
  struct Question;
  absl::StatusOr<Question> QuestionOf(Reader& reader, const Call& call, absl::string_view application);

  Store& store_;
  const Programmes& programmes_;
  IdSource& ids_;
  ReadThrough* const cache_;
  const Countries& countries_;
  const Tables tables_;
  Directory directory_;
};

// Applicant's facts open and end searches, bring in hosts and homes that were offered, and tell whose hosts may be
// asked.
Reactions ReactionsOf(MatchingService& service);

void Bind(Chain& chain, MatchingService& service);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_SERVICE_H_
