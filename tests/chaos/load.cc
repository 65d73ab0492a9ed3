#include "tests/chaos/load.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "common/base/ids.h"

namespace amikeco::chaos {
namespace {

constexpr char kSection[] = "sections/DE";
constexpr absl::Duration kPause = absl::Milliseconds(25);  // between a client's commands

Actor As(const std::string& subject, const std::string& organisation, options::v1::Role role) {
  return {subject, organisation, {role}};
}

google::type::Date InDays(int days) { return ToDate(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + days); }

applicant::v1::SubmitApplicationRequest Application(const std::string& id) {
  applicant::v1::SubmitApplicationRequest request;
  request.set_application_id(id);
  request.set_member(absl::StrCat("members/", id));
  request.set_programme("programmes/ipa-exchange-inbound");
  auto& wishes = *request.mutable_wishes();
  *wishes.mutable_earliest_start() = InDays(400);
  *wishes.mutable_latest_end() = InDays(440);
  wishes.set_stay_days(21);
  wishes.set_stay_language("en");
  wishes.add_topics("street-patrol");
  auto& declared = *request.mutable_declarations();
  for (const auto acknowledged :
       {programme::v1::ACKNOWLEDGEMENT_FLEXIBILITY, programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE,
        programme::v1::ACKNOWLEDGEMENT_NOT_A_VACATION}) {
    declared.add_acknowledgements(acknowledged);
  }
  for (const char* cost : {"air-ticket", "rental-car", "hotel", "food", "personal-travel", "shopping"}) {
    declared.add_cost_categories(cost);
  }
  auto& english = *declared.add_languages();
  english.set_code("en");
  english.set_level("C1");
  declared.set_employer_status(applicant::v1::EMPLOYER_STATUS_PAID_LEAVE);
  return request;
}

// The version of a member that an etag tells: each command on a member states one fact. 0 for other records, whose
// etags tell less.
int64_t VersionIn(absl::string_view subject, absl::string_view etag) {
  int64_t version = -1;
  if (!absl::StartsWith(subject, "members/")) return 0;
  absl::ConsumePrefix(&etag, "\"");
  absl::ConsumeSuffix(&etag, "\"");
  return absl::SimpleAtoi(etag, &version) ? version : -1;
}

}  // namespace

std::string MarkerOf(absl::string_view subject, int64_t version) { return absl::StrCat(subject, "#", version); }

std::string DigestOf(const google::protobuf::Message& answer) {
  return absl::BytesToHexString(Sha256(answer.SerializeAsString()).substr(0, 8));
}

Load::Load(const std::map<demo::Service, std::string>& targets, std::string name, int clients, uint64_t seed,
           History& history, const std::string& service_config)
    : stage_(targets, service_config), name_(std::move(name)), dice_(seed), history_(history) {
  for (int client = 0; client < clients; ++client) clients_.emplace_back([this, client] { Run(client); });
}

Load::~Load() { Stop(); }

void Load::Stop() {
  stopping_ = true;
  for (std::thread& client : clients_) {
    if (client.joinable()) client.join();
  }
}

std::string Load::problem() const {
  absl::MutexLock lock(&mutex_);
  return problem_;
}

void Load::Run(int client) {
  for (int story = 0; !stopping_; ++story) {
    const std::string id = absl::StrCat(name_, "-", client, "-", story);
    LookAround();
    if (story % 2 == 0) {
      TellAnOfficersStory(id);
    } else {
      TellAHostsStory(id);
    }
  }
}

// Each subject has one client, who sends one command after the other: so it knows which version follows.
template <typename Response, typename Request>
bool Load::Command(demo::Service service, const char* method, const Actor& actor, Request request,
                   const std::string& subject, int64_t version) {
  absl::SleepFor(kPause);
  request.set_request_id(RandomUuid());
  history_.Call(request.request_id(), subject, MarkerOf(subject, version));
  for (int time = 0; time < (dice_.Below(5) == 0 ? 2 : 1); ++time) {
    const auto answer = stage_.Call<Response>(service, method, actor, request);
    if (!answer.ok()) {
      Note(absl::StrCat(subject, " ", method), answer.status());
      return false;
    }
    history_.Acknowledged(request.request_id(), VersionIn(subject, answer->etag()), DigestOf(*answer));
    ++answered_;
  }
  return true;
}

void Load::Note(absl::string_view what, const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  absl::StrAppend(&problem_, what, ": ", status.ToString(), "\n");
}

// Reads from the services that no command goes to.
void Load::LookAround() {
  const Actor clerk = As("people/clerk", "organisations/ipa-us", options::v1::ROLE_COORDINATOR);
  compliance::v1::ListClearancesRequest clearances;
  clearances.set_page_size(1);
  const auto cleared = stage_.Call<compliance::v1::ListClearancesResponse>(demo::Service::kCompliance, "ListClearances",
                                                                           clerk, clearances);
  if (!cleared.ok()) Note("ListClearances", cleared.status());
  notify::v1::ListMessagesRequest messages;
  messages.set_page_size(1);
  const auto told =
      stage_.Call<notify::v1::ListMessagesResponse>(demo::Service::kNotify, "ListMessages", clerk, messages);
  if (!told.ok()) Note("ListMessages", told.status());
}

void Load::TellAHostsStory(const std::string& id) {
  const std::string name = absl::StrCat("hosts/", id);
  matching::v1::RegisterHostRequest host;
  host.set_host_id(id);
  host.mutable_agency()->set_title("Police Department");
  host.mutable_agency()->set_country("US");
  host.mutable_agency()->set_region("CA");
  if (!Command<matching::v1::Host>(demo::Service::kMatching, "RegisterHost",
                                   As("people/registrar", "organisations/ipa-us", options::v1::ROLE_REGISTRAR), host,
                                   name, 1)) {
    return;
  }
  matching::v1::OptInRequest offer;
  offer.set_name(name);
  auto& window = *offer.mutable_offer()->add_windows();
  *window.mutable_first_day() = InDays(300);
  *window.mutable_last_day() = InDays(500);
  window.set_capacity(2);
  offer.mutable_offer()->add_topics("street-patrol");
  offer.mutable_offer()->add_languages("en");
  offer.mutable_offer()->add_command_steps("Chief");
  Command<matching::v1::Host>(demo::Service::kMatching, "OptIn",
                              As("people/desk", name, options::v1::ROLE_HOST_CONTACT), offer, name, 2);
}

void Load::TellAnOfficersStory(const std::string& id) {
  const std::string member = absl::StrCat("members/", id);
  const Actor endorser = As("people/secretary", kSection, options::v1::ROLE_ENDORSER);
  applicant::v1::RegisterMemberRequest entry;
  entry.set_member_id(id);
  entry.set_section(kSection);
  entry.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_REGULAR);
  *entry.mutable_membership()->mutable_since() = InDays(-2000);
  entry.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  applicant::v1::EndorseMemberRequest endorse;
  endorse.set_name(member);
  if (!Command<applicant::v1::Member>(demo::Service::kApplicant, "RegisterMember", endorser, entry, member, 1) ||
      !Command<applicant::v1::Member>(demo::Service::kApplicant, "EndorseMember", endorser, endorse, member, 2)) {
    return;
  }
  Command<applicant::v1::Application>(demo::Service::kApplicant, "SubmitApplication",
                                      As(member, kSection, options::v1::ROLE_OFFICER), Application(id),
                                      absl::StrCat("applications/", id), 1);
}

}  // namespace amikeco::chaos
