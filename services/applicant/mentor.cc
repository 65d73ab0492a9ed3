#include "services/applicant/mentor.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {

absl::Status CheckMentor(const v1::Member& mentor, const v1::SubmitApplicationRequest& command,
                         const v1::Application& helped, const programme::v1::Programme& of_helped) {
  std::vector<std::string> reasons, sentences;
  const auto add = [&](const char* reason, std::string sentence) {
    reasons.emplace_back(reason);
    sentences.push_back(std::move(sentence));
  };
  const std::string& agency = mentor.agency();
  const std::string& host = helped.placement().host();
  const std::string& programme = of_helped.after_stay().mentor_programme();
  if (!IsPossible(helped.state(), Event::kNominateMentor)) {
    add("NOT_IMPLEMENTING", absl::StrCat("It is ", errors::Words(helped.state()), ", not implementing."));
  }
  if (agency.empty() || agency != host) {
    add("OTHER_AGENCY", absl::StrCat("Its host was ", host.empty() ? "nobody" : host, ", and ", mentor.name(),
                                     " is of ", agency.empty() ? "no known agency" : agency, "."));
  }
  if (command.programme() != programme) {
    add("OTHER_PROGRAMME", programme.empty() ? absl::StrCat(of_helped.name(), " sends no mentors.")
                                             : absl::StrCat(of_helped.name(), " sends mentors with ", programme, "."));
  }
  if (helped.member() == mentor.name()) add("SAME_PERSON", "Nobody is their own mentor.");
  if (reasons.empty()) return absl::OkStatus();
  return Error(
      errors::kMentorNotPossible,
      absl::StrCat(mentor.name(), " cannot be a mentor for ", helped.name(), ". ", absl::StrJoin(sentences, " ")),
      {{"member", mentor.name()},
       {"mentors_for", helped.name()},
       {"reasons", absl::StrJoin(reasons, ",")},
       {"agency", agency},
       {"host", host},
       {"mentor_programme", programme}});
}

v1::ApplicationFact MentorNominated(const v1::Application& application, const v1::Member& mentor) {
  v1::ApplicationFact fact;
  v1::MentorNominated& nominated = *fact.mutable_mentor_nominated();
  nominated.set_mentor_application(application.name());
  nominated.set_mentor(application.member());
  nominated.set_agency(mentor.agency());
  *nominated.mutable_date() = application.received();
  return fact;
}

}  // namespace amikeco::applicant
