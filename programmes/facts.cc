#include "programmes/facts.h"

#include <algorithm>

#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/applicant/v1/programme_news.pb.h"
#include "amikeco/compliance/v1/background_check.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/compliance/v1/vetting.pb.h"
#include "amikeco/compliance/v1/visa.pb.h"
#include "amikeco/compliance/v1/waiver.pb.h"
#include "amikeco/matching/v1/facts.pb.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using Facts = std::vector<const Descriptor*>;

// The members of each of `kinds`, such as ApplicationFact.
Facts MembersOf(const Facts& kinds) {
  Facts members;
  for (const Descriptor* kind : kinds) {
    for (int i = 0; i < kind->field_count(); ++i) members.push_back(kind->field(i)->message_type());
  }
  return members;
}

bool Contains(const Facts& facts, const Descriptor& fact) {
  return std::find(facts.begin(), facts.end(), &fact) != facts.end();
}

// What the applicant service states of applications and what is like them: all of it is about one.
const Facts& OfApplications() {
  static const auto& facts = *new Facts([] {
    Facts all = MembersOf({applicant::v1::ApplicationFact::descriptor(), applicant::v1::HostingOfferFact::descriptor(),
                           applicant::v1::ClaimFact::descriptor()});
    all.push_back(applicant::v1::IntakeOpened::descriptor());
    all.push_back(applicant::v1::ProgrammeChanged::descriptor());
    return all;
  }());
  return facts;
}

// All others; those with a field `application` are about one.
const Facts& Others() {
  static const auto& facts =
      *new Facts(MembersOf({applicant::v1::MemberFact::descriptor(), matching::v1::HostFact::descriptor(),
                            matching::v1::PlacementFact::descriptor(), matching::v1::HomeHostFact::descriptor(),
                            compliance::v1::ClearanceFact::descriptor(), compliance::v1::VettingFact::descriptor(),
                            compliance::v1::CheckFact::descriptor(), compliance::v1::VisaFact::descriptor(),
                            compliance::v1::WaiverFact::descriptor()}));
  return facts;
}

}  // namespace

const std::vector<const Descriptor*>& NoticeFacts() {
  static const auto& facts = *new Facts([] {
    Facts all = OfApplications();
    all.insert(all.end(), Others().begin(), Others().end());
    return all;
  }());
  return facts;
}

bool IsAboutAnApplication(const Descriptor& fact) {
  if (Contains(OfApplications(), fact)) return true;
  return fact.FindFieldByName("application") != nullptr && Contains(Others(), fact);
}

}  // namespace amikeco
