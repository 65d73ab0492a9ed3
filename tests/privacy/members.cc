#include "tests/privacy/members.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "amikeco/compliance/v1/watch_list.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "gtest/gtest.h"

namespace amikeco {
namespace {

using options::v1::Role;

constexpr char kSection[] = "sections/DE";

Actor Officer(const std::string& member) { return {member, kSection, {Role::ROLE_OFFICER}}; }

// Sends each request with an id of its own.
class Sender {
 public:
  explicit Sender(const Ask& ask) : ask_(ask) {}

  template <typename Request>
  void Send(const Actor& actor, const std::string& service, const char* method, Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      request.set_request_id(absl::StrFormat("00000000-0000-4000-9000-%012d", ++requests_));
    }
    const absl::Status status = ask_(actor, absl::StrCat("amikeco.", service, "/", method), request);
    EXPECT_TRUE(status.ok()) << method << ": " << status;
  }
  template <typename Request>
  void Applicant(const Actor& actor, const char* method, const Request& request) {
    Send(actor, "applicant.v1.ApplicantService", method, request);
  }
  template <typename Request>
  void Compliance(const Actor& actor, const char* method, const Request& request) {
    Send(actor, "compliance.v1.ComplianceService", method, request);
  }

 private:
  const Ask& ask_;
  int requests_ = 0;
};

void Join(Sender& sender, const std::string& id) {
  const Actor section{"people/secretary-DE", kSection, {Role::ROLE_ENDORSER, Role::ROLE_REGISTRAR}};
  const std::string member = absl::StrCat("members/", id);
  applicant::v1::RegisterMemberRequest registered;
  registered.set_member_id(id);
  registered.set_section(kSection);
  registered.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_REGULAR);
  registered.mutable_membership()->mutable_since()->set_year(2015);
  registered.mutable_membership()->mutable_since()->set_month(1);
  registered.mutable_membership()->mutable_since()->set_day(1);
  registered.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  sender.Applicant(section, "RegisterMember", registered);
  applicant::v1::RecordProfileRequest profile;
  profile.set_name(member);
  profile.mutable_profile();
  sender.Applicant(Officer(member), "RecordProfile", profile);
  applicant::v1::SetFindableRequest findable;
  findable.set_name(member);
  findable.set_findable(true);
  sender.Applicant(Officer(member), "SetFindable", findable);
  applicant::v1::GetProfileRequest seen;
  seen.set_name(member);
  sender.Applicant(Officer(member), "GetProfile", seen);
  notify::v1::SetContactRequest contact;
  contact.set_recipient(member);
  contact.mutable_card()->set_locale("en");
  sender.Send(Officer(member), "notify.v1.NotifyService", "SetContact", contact);
}

void Screen(Sender& sender, const std::string& member) {
  const Actor operations{"people/otto", "organisations/operator", {Role::ROLE_OPERATIONS}};
  const Actor officer{"people/zoe", "organisations/operator", {Role::ROLE_COMPLIANCE_OFFICER}};
  compliance::v1::UploadWatchListChunkRequest chunk;
  chunk.set_upload("watchListUploads/canaries");
  chunk.set_part(compliance::v1::WATCH_LIST_PART_ENTRIES);
  chunk.set_number(1);
  chunk.set_data(
      "<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>Zoltan</FIRST_NAME>"
      "<SECOND_NAME>Brezovsky</SECOND_NAME></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>");
  sender.Compliance(operations, "UploadWatchListChunk", chunk);
  compliance::v1::ImportWatchListRequest list;
  list.set_watch_list_id("un");
  list.set_format(compliance::v1::WATCH_LIST_FORMAT_CONSOLIDATED);
  list.set_upload(chunk.upload());
  sender.Compliance(operations, "ImportWatchList", list);
  compliance::v1::ScreenPersonRequest person;
  person.set_person(member);
  person.mutable_particulars();
  sender.Compliance(officer, "ScreenPerson", person);
  sender.Compliance(officer, "CompareNames", compliance::v1::CompareNamesRequest());
  compliance::v1::MatchPersonRequest match;
  match.mutable_particulars();
  sender.Compliance(officer, "MatchPerson", match);
}

}  // namespace

void PlayMembers(const Ask& ask) {
  Sender sender(ask);
  for (const char* const id : {"M-98", "M-99"}) Join(sender, id);
  applicant::v1::RequestIntroductionRequest introduction;
  introduction.set_member("members/M-98");
  sender.Applicant(Officer("members/M-98"), "RequestIntroduction", introduction);
  Screen(sender, "members/M-98");
}

}  // namespace amikeco
