// ApplicantService: members, the directory, applications and offers to host, behind the clients', the facts' and the
// clock's doors.
//
// Thread safe. Methods are those of protos/amikeco/applicant/v1/applicant.proto; decisions are in the pure files beside
// this one.
#ifndef AMIKECO_SERVICES_APPLICANT_SERVICE_H_
#define AMIKECO_SERVICES_APPLICANT_SERVICE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/ids.h"
#include "common/countries/countries.h"
#include "common/events/reaction.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "programmes/programmes.h"
#include "services/applicant/application.h"
#include "services/applicant/place.h"
#include "services/applicant/section.h"

namespace amikeco::applicant {

// What the service works with. All of it outlives the service.
struct Surroundings {
  Store& store;
  const Programmes& programmes;
  const Dossiers& dossiers;
  IdSource& ids;
  Caller& compliance;  // for the start gate
  const Countries& countries = Countries::None();
};

// Entry of a member's dossier.
inline constexpr char kProfile[] = "profile";

class ApplicantService final : public Timed {
 public:
  explicit ApplicantService(const Surroundings& surroundings) : in_(surroundings) {}

  absl::StatusOr<v1::Member> RegisterMember(Call& call, const v1::RegisterMemberRequest& request);
  absl::StatusOr<v1::Member> UpdateMembership(Call& call, const v1::UpdateMembershipRequest& request);
  absl::StatusOr<v1::Member> EndorseMember(Call& call, const v1::EndorseMemberRequest& request);
  absl::StatusOr<v1::Member> GetMember(Call& call, const v1::GetMemberRequest& request);
  absl::StatusOr<v1::ListMembersResponse> ListMembers(Call& call, const v1::ListMembersRequest& request);
  absl::StatusOr<v1::Member> RecordProfile(Call& call, const v1::RecordProfileRequest& request);
  absl::StatusOr<v1::Profile> GetProfile(Call& call, const v1::GetProfileRequest& request);
  absl::StatusOr<v1::Member> EraseMember(Call& call, const v1::EraseMemberRequest& request);
  absl::StatusOr<v1::Member> SetFindable(Call& call, const v1::SetFindableRequest& request);

  absl::StatusOr<v1::Section> RegisterSection(Call& call, const v1::RegisterSectionRequest& request);
  absl::StatusOr<v1::Section> UpdateSection(Call& call, const v1::UpdateSectionRequest& request);
  absl::StatusOr<v1::Section> GetSection(Call& call, const v1::GetSectionRequest& request);
  absl::StatusOr<v1::ListSectionsResponse> ListSections(Call& call, const v1::ListSectionsRequest& request);
  absl::StatusOr<v1::Region> RegisterRegion(Call& call, const v1::RegisterRegionRequest& request);
  absl::StatusOr<v1::Region> UpdateRegion(Call& call, const v1::UpdateRegionRequest& request);
  absl::StatusOr<v1::Region> GetRegion(Call& call, const v1::GetRegionRequest& request);
  absl::StatusOr<v1::ListRegionsResponse> ListRegions(Call& call, const v1::ListRegionsRequest& request);

  absl::StatusOr<v1::Introduction> RequestIntroduction(Call& call, const v1::RequestIntroductionRequest& request);
  absl::StatusOr<v1::Introduction> AnswerIntroduction(Call& call, const v1::AnswerIntroductionRequest& request);
  absl::StatusOr<v1::Introduction> EndIntroduction(Call& call, const v1::EndIntroductionRequest& request);
  absl::StatusOr<v1::Introduction> GetIntroduction(Call& call, const v1::GetIntroductionRequest& request);
  absl::StatusOr<v1::ListIntroductionsResponse> ListIntroductions(Call& call,
                                                                  const v1::ListIntroductionsRequest& request);

  absl::StatusOr<v1::CheckEligibilityResponse> CheckEligibility(Call& call, const v1::CheckEligibilityRequest& request);
  absl::StatusOr<v1::Application> SubmitApplication(Call& call, const v1::SubmitApplicationRequest& request);
  absl::StatusOr<v1::Application> GetApplication(Call& call, const v1::GetApplicationRequest& request);
  absl::StatusOr<v1::ListApplicationsResponse> ListApplications(Call& call, const v1::ListApplicationsRequest& request);
  absl::StatusOr<v1::ApplicationExplanation> ExplainApplication(Call& call,
                                                                const v1::ExplainApplicationRequest& request);
  absl::StatusOr<v1::Application> ChangeWishes(Call& call, const v1::ChangeWishesRequest& request);
  absl::StatusOr<v1::Application> OverrideRule(Call& call, const v1::OverrideRuleRequest& request);
  absl::StatusOr<v1::Application> CompleteTask(Call& call, const v1::CompleteTaskRequest& request);
  absl::StatusOr<v1::Application> WithdrawApplication(Call& call, const v1::WithdrawApplicationRequest& request);
  absl::StatusOr<v1::Application> CancelApplication(Call& call, const v1::CancelApplicationRequest& request);
  absl::StatusOr<v1::Application> StartStay(Call& call, const v1::StartStayRequest& request);
  absl::StatusOr<v1::Application> EndStay(Call& call, const v1::EndStayRequest& request);
  absl::StatusOr<v1::Application> SubmitReport(Call& call, const v1::SubmitReportRequest& request);
  absl::StatusOr<v1::Report> GetReport(Call& call, const v1::GetReportRequest& request);

  absl::StatusOr<v1::HostingOffer> OfferToHost(Call& call, const v1::OfferToHostRequest& request);
  absl::StatusOr<v1::HostingOffer> DecideHostingOffer(Call& call, const v1::DecideHostingOfferRequest& request);
  absl::StatusOr<v1::HostingOffer> GetHostingOffer(Call& call, const v1::GetHostingOfferRequest& request);
  absl::StatusOr<v1::ListHostingOffersResponse> ListHostingOffers(Call& call,
                                                                  const v1::ListHostingOffersRequest& request);

  absl::StatusOr<programme::v1::Programme> GetProgramme(Call& call, const v1::GetProgrammeRequest& request);
  absl::StatusOr<v1::ListProgrammesResponse> ListProgrammes(Call& call, const v1::ListProgrammesRequest& request);

  // Acts on a fact of matching or compliance.
  absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

 private:
  // The answer for what `request` would do to the application, in `tx`.
  template <typename Request>
  absl::StatusOr<v1::Application> Change(Transaction& tx, const Call& call, const Request& request);
  template <typename Request>
  absl::StatusOr<v1::Application> ChangeAndAnswer(Call& call, const Request& request);
  absl::StatusOr<v1::Application> Read(absl::string_view name, const Actor& actor);
  template <typename Request>
  absl::StatusOr<v1::Member> ChangeMember(Transaction& tx, const Call& call, const Request& request);

  // What the directory says of them; "" is no region.
  static absl::StatusOr<Place> PlaceOf(Reader& reader, const std::string& section, const std::string& region);
  DirectoryCircumstance DirectoryCircumstanceOf(const Call& call, std::string name) const;
  template <typename T, typename Request>
  absl::StatusOr<T> ChangeInDirectory(Call& call, const Table<T>& table, const Request& request);

  // Empty when there is none.
  absl::StatusOr<v1::Profile> ProfileOf(Reader& reader, const std::string& member);
  // Lets a findable member be found by the interests of the profile as it is now, and nobody else; their number.
  absl::StatusOr<int> UpdateListing(Transaction& tx, const v1::Member& member);
  absl::StatusOr<std::optional<v1::Member>> ChooseWhomToAsk(Reader& reader,
                                                            const v1::RequestIntroductionRequest& request,
                                                            const std::string& mark);
  template <typename Request>
  absl::StatusOr<v1::Introduction> ChangeIntroduction(Call& call, const Request& request);
  absl::Status EndIntroductionsOf(Transaction& tx, const Call& call, const v1::Member& member);
  // As `member`, whose profile is `mine`, may see it.
  absl::StatusOr<v1::Introduction> ShownTo(Reader& reader, const Versioned<v1::Introduction>& introduction,
                                           const std::string& member, const v1::Profile& mine, bool with_counterpart);

  absl::StatusOr<Versioned<v1::Application>> NewApplication(Reader& reader, const Call& call,
                                                            const v1::SubmitApplicationRequest& request,
                                                            std::vector<v1::ApplicationFact>& facts);
  absl::Status MoveEndorsed(Transaction& tx, const v1::Member& member, const Origin& origin);
  absl::Status MayReadProfile(Reader& reader, const v1::Member& member, const Actor& actor);
  absl::StatusOr<std::optional<GateReading>> ReadGate(const Call& call, const v1::StartStayRequest& request);
  // As compliance has it now; waits two seconds at most.
  absl::StatusOr<compliance::v1::Clearance> ReadClearance(const Call& call, const v1::Application& application);
  // In the version that the application runs on.
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(const v1::Application& application) const;
  std::string NameFor(absl::string_view collection, const std::string& id) const;

  const Surroundings in_;
};

// The facts of matching and compliance move applications on.
Reactions ReactionsOf(ApplicantService& service);

void Bind(Chain& chain, ApplicantService& service);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_SERVICE_H_
