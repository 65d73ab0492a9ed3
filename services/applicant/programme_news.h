// News of programmes: that a newer version is in force is told to the sections that take part, once. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_PROGRAMME_NEWS_H_
#define AMIKECO_SERVICES_APPLICANT_PROGRAMME_NEWS_H_

#include <vector>

#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/applicant/v1/programme_news.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::applicant {

struct NewsCircumstance {
  absl::Time now;
  const programme::v1::Programme& programme;  // the latest version that is known
  const programme::v1::Programme* before;     // the one before it; null: it is the first
  std::vector<v1::Section> sections = {};     // the directory
};

// There is a version that sections have not been told of. Never of the first one, nor of one that is older than what
// they know.
bool IsNews(const v1::ProgrammeNews& told, const NewsCircumstance& c);

// What is due: nothing when there is no news.
std::vector<v1::ProgrammeFact> Tick(const v1::ProgrammeNews& told, const NewsCircumstance& c);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
ProgrammeNews Evolve(ProgrammeNews told, const ProgrammeFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_PROGRAMME_NEWS_H_
