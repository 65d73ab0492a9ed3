// The play: scripted applicants, sections, hosts, commands and coordinators, each doing what its worklist asks for.
#ifndef AMIKECO_DEMO_PLAY_H_
#define AMIKECO_DEMO_PLAY_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "demo/cast.h"
#include "demo/oracle.h"
#include "demo/stage.h"

namespace amikeco::demo {

class Play {
 public:
  // Told how far the play is: applications whose story has ended, all of them, and the day that is played.
  using Progress = std::function<void(int ended, int applications, absl::CivilDay day)>;

  // So many officers of the exchange; how many apply to the other programmes follows from it.
  Play(Stage& stage, int seed, int officers) : stage_(stage), seed_(seed), officers_(officers) {}

  // Enters persons and hosts, plays day after day until every story has ended, and returns where each ended, by
  // application. An error names the call that went wrong.
  absl::StatusOr<std::map<std::string, Ending>> Run(const Progress& progress);

  const Cast& cast() const { return cast_; }
  // Programmes that are there and cannot be played, and why.
  const std::map<std::string, std::string>& unplayed() const { return unplayed_; }
  absl::CivilDay first_day() const { return first_day_; }

 private:
  using Application = applicant::v1::Application;
  // One thing that one player does now.
  using Act = std::function<absl::Status()>;

  // Before the curtain.
  absl::Status ReadProgrammes();
  absl::Status MakeCastNow();
  absl::StatusOr<std::vector<std::string>> FindAgencies(size_t more);
  absl::Status ChooseHosts();
  absl::Status ChooseHostsOf(const std::string& country);
  absl::Status EnterHost(const std::string& host, const std::string& country);
  absl::Status OptIn(const std::string& host, const matching::v1::HostWindow& window, const std::string& language);
  void OptInAll(std::vector<Act>& acts);
  absl::Status SetContact(const std::string& recipient, const Actor& actor);
  absl::Status Enter(const Applicant& applicant);
  absl::Status Enter(const Applicant& applicant, const std::string& person);
  absl::Status OpenIntake(const Intake& intake);
  absl::Status Prepare();

  absl::Status Submit(const Applicant& applicant);
  absl::Status SetRulesAside(const Applicant& applicant, const Application& application);
  absl::Status Triage(const Applicant& applicant);
  absl::Status Endorse(const Applicant& applicant, const std::string& person);

  absl::Status ListOf(const std::string& operator_organisation, std::vector<Application>& found);
  absl::StatusOr<std::vector<Application>> Worklist();
  // What is to be done today for an application; empty: nothing.
  std::vector<Act> Todo(const Application& application);
  void TodoForIntake(const Application& application, std::vector<Act>& acts);
  void TodoForHosts(const Application& application, std::vector<Act>& acts);
  void TodoForAgreed(const Application& application, std::vector<Act>& acts);
  void TodoForStay(const Application& application, std::vector<Act>& acts);
  void TodoForSteps(const Application& application, std::vector<Act>& acts);
  void TodoForStayItself(const Application& application, std::vector<Act>& acts);
  void TodoAfterStay(const Application& application, std::vector<Act>& acts);
  bool TodoForReview(const Application& application, std::vector<Act>& acts);
  absl::StatusOr<std::vector<matching::v1::Invitation>> OpenInvitations(const Application& application,
                                                                        const Actor& actor);
  absl::Status AnswerInvitation(const Applicant& applicant, const Application& application);
  absl::Status ApproveSteps(const Applicant& applicant, const Application& application);
  absl::Status AnswerPlacement(const Applicant& applicant, const Application& application, bool declines);
  absl::Status Start(const Applicant& applicant, const Application& application);
  absl::Status Report(const Applicant& applicant, const Application& application);
  absl::Status Withdraw(const Applicant& applicant, const Application& application);

  absl::Status Judge(const Intake& intake);
  absl::Status AcceptAward(const Applicant& applicant);

  absl::Status Clear(const Applicant& applicant, const Application& application, bool cover_too_short);
  absl::Status Record(const Applicant& applicant, const Application& application,
                      const compliance::v1::RequiredItem& item, bool cover_too_short);
  absl::Status Notify(const Applicant& applicant, const Application& application,
                      const compliance::v1::RequiredItem& item);
  absl::Status Assess(const Applicant& applicant, const Application& application,
                      const compliance::v1::RequiredItem& item);
  absl::Status AssessCountries(const Applicant& applicant, const compliance::v1::AssessmentPolicy& policy);
  absl::StatusOr<bool> HasCase(const Applicant& applicant, const char* method, const std::string& name);
  absl::Status Vet(const Applicant& applicant, const compliance::v1::OpenVettingCaseRequest& open, bool fails);
  absl::Status RecordByCase(const Applicant& applicant, const std::string& clearance,
                            const compliance::v1::RequiredItem& item, bool fails);
  absl::Status AddSecondAgency(const Applicant& applicant, const Application& application);
  absl::Status CancelCover(const Applicant& applicant, const Application& application);
  absl::Status RenewCover(const Applicant& applicant, const Application& application);
  absl::Status Revoke(const Applicant& applicant, const Application& application, bool reinstate);
  absl::Status ChangeDates(const Applicant& applicant, const Application& application);
  absl::Status Cancel(const Applicant& applicant, const Application& application, const char* reason);
  absl::Status Perform(std::vector<Act> acts);

  absl::CivilDay Today(absl::Time time) const { return absl::ToCivilDay(time, zone_); }
  // True once for each (applicant, what): scripted turns that happen once.
  bool Once(const Applicant& applicant, const char* what);
  // Days since the application came into its present state.
  int DaysInState(const Application& application);

  Stage& stage_;
  const int seed_;
  const int officers_;
  std::vector<programme::v1::Programme> programmes_;
  std::map<std::string, std::string> unplayed_;
  size_t exchange_ = 0;  // in programmes_
  absl::TimeZone zone_;
  Cast cast_;
  absl::CivilDay first_day_;
  absl::CivilDay today_;
  std::vector<std::string> private_hosts_;    // by their number in the cast
  std::vector<std::string> hosts_;            // of the exchange
  std::vector<std::string> hosts_elsewhere_;  // of other countries
  std::vector<std::string> operators_;
  std::map<std::string, const Applicant*> by_application_;
  std::map<std::string, std::pair<int, absl::CivilDay>> since_;
  std::map<std::string, int> turns_;
  absl::Mutex countries_mutex_;
  std::map<std::string, absl::CivilDay> assessed_countries_ ABSL_GUARDED_BY(countries_mutex_);  // since when
};

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_PLAY_H_
