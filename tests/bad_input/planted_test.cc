// The same wrong requests, about records that are there and that the caller may see: they get past the door, to the
// decisions.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/bad_input/answers.h"
#include "tests/bad_input/requests.h"
#include "tests/support/house.h"

namespace amikeco {
namespace {

using google::protobuf::MethodDescriptor;
using options::v1::Role;

constexpr char kOperator[] = "organisations/ipa-us";
constexpr char kHost[] = "hosts/CA0194200";
constexpr char kMember[] = "members/M-1042";

// How far the application has come.
enum Stage { kInvited, kWilling, kAgreed };

class Planted : public ::testing::TestWithParam<Stage> {
 protected:
  void SetUp() override {
    google::protobuf::SetLogHandler(nullptr);  // a line for each text that is not UTF-8
    ASSERT_TRUE(house_.status().ok()) << house_.status();
    Plant();
  }

  template <typename Request, typename Response>
  void Do(const Actor& actor, const std::string& method, const std::string& text) {
    Request request;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    request.set_request_id(absl::StrCat("00000000-0000-4000-8000-00000000000", ++planted_));
    const auto answer = house_.Call<Response>(actor, method, request);
    ASSERT_TRUE(answer.ok()) << method << ": " << answer.status();
    ASSERT_TRUE(house_.Settle().ok());
  }

  void Plant() {
    using namespace applicant::v1;  // NOLINT(google-build-using-namespace)
    using namespace matching::v1;   // NOLINT(google-build-using-namespace)
    const std::string applicants = "amikeco.applicant.v1.ApplicantService/";
    const std::string matchings = "amikeco.matching.v1.MatchingService/";
    const Actor section{"people/secretary", "sections/DE", {Role::ROLE_ENDORSER, Role::ROLE_REGISTRAR}};
    const Actor coordinator{"people/carla", kOperator, {Role::ROLE_COORDINATOR}};
    const Actor contact{"people/contact", kHost, {Role::ROLE_HOST_CONTACT}};
    const Actor chief{"people/chief", kHost, {Role::ROLE_COMMAND_APPROVER}};
    const Actor officer{kMember, "sections/DE", {Role::ROLE_OFFICER}};
    Do<RegisterHostRequest, Host>(coordinator, matchings + "RegisterHost", R"pb(
      host_id: "CA0194200"
      agency { title: "Albany" agency_type: "City" country: "US" region: "CA" })pb");
    Do<OptInRequest, Host>(contact, matchings + "OptIn", R"pb(
      name: "hosts/CA0194200"
      offer {
        windows {
          first_day { year: 2030 month: 1 day: 1 }
          last_day { year: 2030 month: 12 day: 31 }
          capacity: 2
        }
        topics: "street-patrol"
        languages: "en"
        lodging: LODGING_HOTEL
        command_steps: "Chief"
      })pb");
    Do<RegisterMemberRequest, applicant::v1::Member>(section, applicants + "RegisterMember", R"pb(
      member_id: "M-1042"
      section: "sections/DE"
      duty_status: DUTY_STATUS_ACTIVE
      membership {
        membership_class: MEMBERSHIP_CLASS_REGULAR
        since { year: 2015 month: 1 day: 1 }
      })pb");
    Do<EndorseMemberRequest, applicant::v1::Member>(section, applicants + "EndorseMember",
                                                    R"pb(name: "members/M-1042")pb");
    Do<SubmitApplicationRequest, Application>(officer, applicants + "SubmitApplication", R"pb(
      application_id: "A-2027-001"
      member: "members/M-1042"
      programme: "programmes/ipa-exchange-inbound"
      wishes {
        earliest_start { year: 2030 month: 6 day: 1 }
        latest_end { year: 2030 month: 6 day: 30 }
        stay_days: 14
        topics: "street-patrol"
      }
      declarations {
        acknowledgements: ACKNOWLEDGEMENT_FLEXIBILITY
        acknowledgements: ACKNOWLEDGEMENT_OWN_EXPENSE
        acknowledgements: ACKNOWLEDGEMENT_NOT_A_VACATION
        cost_categories: [ "air-ticket", "rental-car", "hotel", "food", "personal-travel", "shopping" ]
        languages { code: "en" level: "C1" }
        employer_status: EMPLOYER_STATUS_PAID_DUTY
      })pb");
    if (GetParam() == kInvited) return;
    Do<AnswerInvitationRequest, Placement>(contact, matchings + "AnswerInvitation", R"pb(name: "placements/A-2027-001"
                                                                                         answer: ANSWER_ACCEPT)pb");
    if (GetParam() == kWilling) return;
    Do<ApproveCommandStepRequest, Placement>(chief, matchings + "ApproveCommandStep", R"pb(name: "placements/A-2027-001"
                                                                                           step: "Chief"
                                                                                           answer: ANSWER_ACCEPT)pb");
    Do<AnswerPlacementRequest, Placement>(officer, matchings + "AnswerPlacement", R"pb(name: "placements/A-2027-001"
                                                                                       answer: ANSWER_ACCEPT)pb");
  }

  House house_{absl::FromCivil(absl::CivilSecond(2029, 12, 1, 12, 0, 0), absl::UTCTimeZone())};
  int planted_ = 0;
};

// What ends things comes last, so that there is something for the others to decide on.
bool IsTheEnd(const MethodDescriptor& method) {
  const std::string& name = method.name();
  return absl::StartsWith(name, "Cancel") || absl::StartsWith(name, "Withdraw") || absl::StartsWith(name, "Erase") ||
         absl::StartsWith(name, "End") || absl::StartsWith(name, "OptOut") || name == "SetClock";
}

TEST_P(Planted, RecordsAreNotHarmedByWrongRequests) {
  const Names names = {{"members/", kMember},
                       {"applications/", "applications/A-2027-001"},
                       {"placements/", "placements/A-2027-001"},
                       {"clearances/", "clearances/A-2027-001"},
                       {"hosts/", kHost},
                       {"programmes/", "programmes/ipa-exchange-inbound"},
                       {"contacts/", absl::StrCat("contacts/", kMember)}};
  const std::vector<std::pair<std::string, std::string>> people = {
      {"people/carla", kOperator}, {"people/contact", kHost}, {kMember, "sections/DE"}};
  int reached = 0;
  for (const std::string& service : House::Services()) {
    std::vector<const MethodDescriptor*> methods = house_.chain(service).methods();
    std::stable_partition(methods.begin(), methods.end(), [](const auto* method) { return !IsTheEnd(*method); });
    for (const MethodDescriptor* method : methods) {
      const std::string name = absl::StrCat(method->service()->full_name(), "/", method->name());
      for (const auto& [subject, organisation] : people) {
        InProcessCaller caller(house_.chain(service), {"", CallerOf(*method, subject, organisation)});
        auto wrongs = WrongRequestsOf(*method->input_type(), names);
        wrongs.push_back({"sample", SampleOf(*method->input_type(), names)->SerializeAsString(), false});
        for (const WrongRequest& wrong : wrongs) {
          const absl::Status status = caller.CallRaw(name, wrong.bytes, {}).status();
          ExpectDocumented(status, absl::StrCat(name, " by ", organisation, ", ", wrong.what));
          if (wrong.must_be_refused) {
            EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << ", " << wrong.what;
          }
          if (status.code() != absl::StatusCode::kInvalidArgument && status.code() != absl::StatusCode::kNotFound) {
            ++reached;
          }
        }
      }
    }
  }
  // Enough of them came as far as a decision.
  EXPECT_GT(reached, 300);
  // What they caused can be acted on, by all services.
  EXPECT_TRUE(house_.Settle().ok());
}

std::string NameOf(const ::testing::TestParamInfo<Stage>& stage) {
  return stage.param == kInvited ? "Invited" : stage.param == kWilling ? "Willing" : "Agreed";
}

INSTANTIATE_TEST_SUITE_P(Stages, Planted, ::testing::Values(kInvited, kWilling, kAgreed), NameOf);

}  // namespace
}  // namespace amikeco
