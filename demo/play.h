// The play: scripted officers, sections, hosts, commands and coordinators, each doing what its worklist asks for.
#ifndef AMIKECO_DEMO_PLAY_H_
#define AMIKECO_DEMO_PLAY_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "demo/cast.h"
#include "demo/oracle.h"
#include "demo/stage.h"

namespace amikeco::demo {

class Play {
 public:
  // Told how far the play is: officers whose story has ended, all officers, and the day that is played.
  using Progress = std::function<void(int ended, int officers, absl::CivilDay day)>;

  Play(Stage& stage, int seed, int officers) : stage_(stage), seed_(seed), count_(officers) {}

  // Enters members and hosts, plays day after day until every story has ended, and returns where each officer ended, by
  // application. An error names the officer and the call that went wrong.
  absl::StatusOr<std::map<std::string, Ending>> Run(const Progress& progress);

  const Cast& cast() const { return cast_; }
  absl::CivilDay first_day() const { return first_day_; }

 private:
  using Application = applicant::v1::Application;
  // One thing that one player does now.
  using Act = std::function<absl::Status()>;

  absl::Status ReadProgramme();
  absl::Status Prepare();
  absl::Status OptIn(const std::string& host, const matching::v1::HostWindow& window, const std::string& language);
  absl::Status SetContact(const std::string& recipient, const Actor& actor);
  absl::Status Enter(const Officer& officer);
  absl::Status Submit(const Officer& officer);

  absl::StatusOr<std::vector<Application>> Worklist();
  // What is to be done today for an application; empty: nothing.
  std::vector<Act> Todo(const Application& application);
  void TodoForHosts(const Application& application, std::vector<Act>& acts);
  void TodoForClearance(const Application& application, std::vector<Act>& acts);
  absl::Status AnswerInvitation(const Officer& officer, const Application& application);
  absl::Status ApproveSteps(const Officer& officer, const Application& application);
  absl::Status Clear(const Officer& officer, const Application& application);
  absl::Status AddSecondAgency(const Officer& officer, const Application& application);
  absl::Status CancelCover(const Officer& officer, const Application& application);
  absl::Status RenewCover(const Officer& officer, const Application& application);
  absl::Status Revoke(const Officer& officer, const Application& application, bool reinstate);
  absl::Status ChangeDates(const Officer& officer, const Application& application);
  absl::Status Cancel(const Application& application, const char* reason);
  absl::Status Perform(std::vector<Act> acts);

  absl::CivilDay Today(absl::Time time) const { return absl::ToCivilDay(time, zone_); }
  // True once for each (officer, what): scripted turns that happen once.
  bool Once(const Officer& officer, const char* what);
  // Days since the officer's application came into its present state.
  int DaysInState(const Application& application);

  Stage& stage_;
  const int seed_;
  const int count_;
  programme::v1::Programme programme_;
  absl::TimeZone zone_;
  Cast cast_;
  absl::CivilDay first_day_;
  absl::CivilDay today_;
  std::vector<std::string> private_hosts_;
  std::vector<std::string> hosts_;
  std::map<std::string, const Officer*> by_application_;
  std::map<std::string, std::pair<int, absl::CivilDay>> since_;
  std::map<std::string, int> turns_;
};

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_PLAY_H_
