// ApplicantService: members, the directory, applications, intakes, offers to host and money, behind the clients', the
// facts' and the clock's doors.
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

// When the case of a document of a member's dossier was over (CaseEnd).
absl::StatusOr<std::optional<absl::Time>> CaseEndOf(Reader& reader, const std::string& owner, const std::string& entry);

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
  absl::StatusOr<v1::Application> TriageApplication(Call& call, const v1::TriageApplicationRequest& request);
  absl::StatusOr<v1::Application> AdoptProgramme(Call& call, const v1::AdoptProgrammeRequest& request);
  absl::StatusOr<v1::Application> OverrideRule(Call& call, const v1::OverrideRuleRequest& request);
  absl::StatusOr<v1::Application> CompleteTask(Call& call, const v1::CompleteTaskRequest& request);
  absl::StatusOr<v1::Application> WithdrawApplication(Call& call, const v1::WithdrawApplicationRequest& request);
  absl::StatusOr<v1::Application> CancelApplication(Call& call, const v1::CancelApplicationRequest& request);
  absl::StatusOr<v1::Application> StartStay(Call& call, const v1::StartStayRequest& request);
  absl::StatusOr<v1::Application> EndStay(Call& call, const v1::EndStayRequest& request);
  absl::StatusOr<v1::Application> SubmitReport(Call& call, const v1::SubmitReportRequest& request);
  absl::StatusOr<v1::Report> GetReport(Call& call, const v1::GetReportRequest& request);

  absl::StatusOr<v1::StayProgress> GetStayProgress(Call& call, const v1::GetStayProgressRequest& request);
  absl::StatusOr<v1::StayProgress> CompletePhase(Call& call, const v1::CompletePhaseRequest& request);
  absl::StatusOr<v1::StayProgress> CompleteModule(Call& call, const v1::CompleteModuleRequest& request);
  absl::StatusOr<v1::Application> WriteProposal(Call& call, const v1::WriteProposalRequest& request);
  absl::StatusOr<v1::Application> SubmitProposal(Call& call, const v1::SubmitProposalRequest& request);
  absl::StatusOr<v1::Application> ReviewProposal(Call& call, const v1::ReviewProposalRequest& request);
  absl::StatusOr<v1::ProposalText> GetProposal(Call& call, const v1::GetProposalRequest& request);
  absl::StatusOr<v1::Application> RecordReturn(Call& call, const v1::RecordReturnRequest& request);
  absl::StatusOr<v1::Application> BeginImplementation(Call& call, const v1::BeginImplementationRequest& request);
  absl::StatusOr<v1::Application> CompleteImplementation(Call& call, const v1::CompleteImplementationRequest& request);
  absl::StatusOr<v1::Application> RecordEvaluation(Call& call, const v1::RecordEvaluationRequest& request);
  absl::StatusOr<v1::EvaluationText> GetEvaluation(Call& call, const v1::GetEvaluationRequest& request);

  absl::StatusOr<v1::ListCompletedAssignmentsResponse> ListCompletedAssignments(
      Call& call, const v1::ListCompletedAssignmentsRequest& request);
  absl::StatusOr<v1::Member> SetAlumniContact(Call& call, const v1::SetAlumniContactRequest& request);
  absl::StatusOr<v1::ListAlumniResponse> ListAlumni(Call& call, const v1::ListAlumniRequest& request);

  absl::StatusOr<v1::HostingOffer> OfferToHost(Call& call, const v1::OfferToHostRequest& request);
  absl::StatusOr<v1::HostingOffer> DecideHostingOffer(Call& call, const v1::DecideHostingOfferRequest& request);
  absl::StatusOr<v1::HostingOffer> GetHostingOffer(Call& call, const v1::GetHostingOfferRequest& request);
  absl::StatusOr<v1::ListHostingOffersResponse> ListHostingOffers(Call& call,
                                                                  const v1::ListHostingOffersRequest& request);

  absl::StatusOr<v1::Intake> OpenIntake(Call& call, const v1::OpenIntakeRequest& request);
  absl::StatusOr<v1::Intake> GetIntake(Call& call, const v1::GetIntakeRequest& request);
  absl::StatusOr<v1::ListIntakesResponse> ListIntakes(Call& call, const v1::ListIntakesRequest& request);
  absl::StatusOr<v1::Intake> CloseIntake(Call& call, const v1::CloseIntakeRequest& request);
  absl::StatusOr<v1::Intake> CancelIntake(Call& call, const v1::CancelIntakeRequest& request);
  absl::StatusOr<v1::Entry> ScoreEntry(Call& call, const v1::ScoreEntryRequest& request);
  absl::StatusOr<v1::Intake> DecideIntake(Call& call, const v1::DecideIntakeRequest& request);
  absl::StatusOr<v1::Ranking> GetRanking(Call& call, const v1::GetRankingRequest& request);
  absl::StatusOr<v1::Application> AcceptAward(Call& call, const v1::AcceptAwardRequest& request);
  absl::StatusOr<v1::Beneficiary> GetBeneficiary(Call& call, const v1::GetBeneficiaryRequest& request);
  absl::StatusOr<v1::Claim> SubmitClaim(Call& call, const v1::SubmitClaimRequest& request);
  absl::StatusOr<v1::Claim> ResubmitClaim(Call& call, const v1::ResubmitClaimRequest& request);
  absl::StatusOr<v1::Claim> ApproveClaim(Call& call, const v1::ApproveClaimRequest& request);
  absl::StatusOr<v1::Claim> RejectClaim(Call& call, const v1::RejectClaimRequest& request);
  absl::StatusOr<v1::Claim> ReturnClaim(Call& call, const v1::ReturnClaimRequest& request);
  absl::StatusOr<v1::Claim> RecordPayment(Call& call, const v1::RecordPaymentRequest& request);
  absl::StatusOr<v1::Claim> WithdrawClaim(Call& call, const v1::WithdrawClaimRequest& request);
  absl::StatusOr<v1::Claim> GetClaim(Call& call, const v1::GetClaimRequest& request);
  absl::StatusOr<v1::ListClaimsResponse> ListClaims(Call& call, const v1::ListClaimsRequest& request);
  absl::StatusOr<v1::CostEstimate> RecordCostEstimate(Call& call, const v1::RecordCostEstimateRequest& request);
  absl::StatusOr<v1::CostEstimate> GetCostEstimate(Call& call, const v1::GetCostEstimateRequest& request);
  absl::StatusOr<v1::PriceSplit> RecordPriceSplit(Call& call, const v1::RecordPriceSplitRequest& request);
  absl::StatusOr<v1::PriceSplit> GetPriceSplit(Call& call, const v1::GetPriceSplitRequest& request);
  absl::StatusOr<options::v1::Disclosure> SetDisclosure(Call& call, const v1::SetDisclosureRequest& request);

  absl::StatusOr<v1::AssistedActivity> RecordAssistedActivity(Call& call,
                                                              const v1::RecordAssistedActivityRequest& request);
  absl::StatusOr<v1::PublicReport> PublishReport(Call& call, const v1::PublishReportRequest& request);
  absl::StatusOr<v1::ListCountriesAssistedResponse> ListCountriesAssisted(
      Call& call, const v1::ListCountriesAssistedRequest& request);
  absl::StatusOr<v1::PublicReport> GetPublicReport(Call& call, const v1::GetPublicReportRequest& request);

  absl::StatusOr<programme::v1::Programme> GetProgramme(Call& call, const v1::GetProgrammeRequest& request);
  absl::StatusOr<v1::ListProgrammesResponse> ListProgrammes(Call& call, const v1::ListProgrammesRequest& request);

  // Acts on a fact of matching or compliance.
  absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

 private:
  // These templates are defined in change.h, for the files of this service.
  //
  // Does what `request` asks for to the application.
  template <typename Request>
  absl::Status Change(Transaction& tx, const Call& call, const Request& request,
                      Versioned<v1::Application>& application);
  // The same to the application that it names, when the caller may see that; answers what it is then.
  template <typename Request>
  absl::StatusOr<v1::Application> Change(Transaction& tx, const Call& call, const Request& request);
  template <typename Request>
  absl::StatusOr<v1::Application> ChangeAndAnswer(Call& call, const Request& request);
  // And writes `words` into the member's dossier as the application's `entry`: "report".
  template <typename Request>
  absl::StatusOr<v1::Application> ChangeAndFile(Call& call, const Request& request, absl::string_view entry,
                                                const google::protobuf::Message& words);
  // The words that were filed, of a cohort by `author`; NOT_FOUND while there are none, MEMBER_IS_ERASED when they were
  // erased.
  template <typename Words>
  absl::StatusOr<Words> ReadFiled(Reader& reader, const Actor& actor, absl::string_view name, absl::string_view entry,
                                  const std::string& author = "");
  // Changes the proposal of who `author` says, and files the words in that person's dossier.
  template <typename Request, typename Author>
  absl::StatusOr<v1::Application> ChangeProposalOf(Call& call, const Request& request, Author author,
                                                   absl::string_view entry, const v1::ProposalText& words);
  template <typename Request>
  absl::StatusOr<v1::StayProgress> ChangeStay(Call& call, const Request& request);
  // Visible, also to those with whom the officer stays.
  absl::StatusOr<Versioned<v1::Application>> VisibleStay(Reader& reader, absl::string_view name, const Actor& actor);
  absl::StatusOr<v1::Application> Read(absl::string_view name, const Actor& actor);
  template <typename Request>
  absl::StatusOr<v1::Member> ChangeMember(Transaction& tx, const Call& call, const Request& request);

  // What the directory says of them; "" is no region.
  static absl::StatusOr<Place> PlaceOf(Reader& reader, const std::string& section, const std::string& region);
  // Of the first of them; nobody is nowhere.
  static absl::StatusOr<Place> PlaceOf(Reader& reader, const std::vector<v1::Member>& persons) {
    return persons.empty() ? Place() : PlaceOf(reader, persons[0].section(), persons[0].region());
  }
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
  // Decides about a claim with whatever else the decision needs.
  template <typename Request>
  absl::StatusOr<v1::Claim> ChangeClaim(Call& call, const Request& request);
  // Writes the estimate or price of an application; `besides` runs in the same transaction.
  template <typename T, typename Request, typename Besides>
  absl::StatusOr<T> RecordCosts(Call& call, const Table<T>& table, const Request& request, Besides besides);

  absl::StatusOr<Versioned<v1::Application>> NewApplication(Reader& reader, const Call& call,
                                                            const v1::SubmitApplicationRequest& request,
                                                            std::vector<v1::ApplicationFact>& facts);
  // The caller may name the application that a mentor would help with, and the mentor may.
  absl::Status MayMentor(Reader& reader, const Actor& actor, const v1::SubmitApplicationRequest& request,
                         const v1::Member& mentor);
  // Tells the application that is helped, if one is.
  absl::Status NominateMentor(Transaction& tx, const v1::Application& application, const Origin& origin);
  // Applies the facts, and lets the application's intake follow.
  absl::Status Move(Transaction& tx, const Origin& origin, const std::vector<v1::ApplicationFact>& facts,
                    Versioned<v1::Application>& application);
  absl::Status TellIntake(Transaction& tx, const Origin& origin, const v1::Application& application);
  // Applies the facts, and lets the applications follow whose entries they moved.
  absl::Status ChangeIntake(Transaction& tx, const Origin& origin, const std::vector<v1::IntakeFact>& facts,
                            Versioned<v1::Intake>& intake);
  template <typename Request>
  absl::StatusOr<Versioned<v1::Intake>> DoIntake(Transaction& tx, const Call& call, const Request& request);
  template <typename Request>
  absl::StatusOr<v1::Intake> DoIntakeAndAnswer(Call& call, const Request& request);
  absl::StatusOr<std::vector<std::string>> DueIntakes(Reader& reader, absl::Time now, int limit);
  absl::Status TickIntake(Transaction& tx, absl::string_view name, const Origin& origin);
  // Programmes with a version that sections have not been told of: for a moment, after a newer file was installed.
  absl::StatusOr<std::vector<std::string>> DueNews(Reader& reader, absl::Time now);
  absl::Status TickNews(Transaction& tx, absl::string_view name, const Origin& origin);
  absl::Status MoveEndorsed(Transaction& tx, const v1::Member& member, const Origin& origin);
  absl::Status MayReadProfile(Reader& reader, const v1::Member& member, const Actor& actor);
  absl::StatusOr<std::optional<GateReading>> ReadGate(const Call& call, const v1::StartStayRequest& request);
  // As compliance has it now; waits two seconds at most.
  absl::StatusOr<compliance::v1::Clearance> ReadClearance(const Call& call, const v1::Application& application);
  // In the version that the application runs on; for a request, the one that is to be adopted.
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(const v1::Application& application) const;
  template <typename Request>
  absl::StatusOr<const programme::v1::Programme*> ProgrammeFor(const v1::Application& application,
                                                               const Request& request) const;
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(const v1::Intake& intake) const;
  std::string NameFor(absl::string_view collection, const std::string& id) const;

  const Surroundings in_;
};

// The facts of matching and compliance move applications on.
Reactions ReactionsOf(ApplicantService& service);

void Bind(Chain& chain, ApplicantService& service);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_SERVICE_H_
