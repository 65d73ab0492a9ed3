// The methods about programmes, and the news of them.
#include <utility>

#include "common/events/execute.h"
#include "services/applicant/programme_news.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {

using programme::v1::Programme;

absl::StatusOr<Programme> ApplicantService::GetProgramme(Call& call, const v1::GetProgrammeRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, in_.programmes.Find(request.name(), request.version()));
  return *programme;
}

absl::StatusOr<v1::ListProgrammesResponse> ApplicantService::ListProgrammes(Call& call,
                                                                            const v1::ListProgrammesRequest& request) {
  v1::ListProgrammesResponse response;
  for (const Programme* programme : in_.programmes.Latest()) *response.add_programmes() = *programme;
  return response;
}

absl::StatusOr<std::vector<std::string>> ApplicantService::DueNews(Reader& reader, absl::Time now) {
  std::vector<std::string> names;
  for (const Programme* programme : in_.programmes.Latest()) {
    const NewsCircumstance c{now, *programme, in_.programmes.Before(*programme)};
    if (c.before == nullptr) continue;  // as most are: nothing is read then
    AMIKECO_ASSIGN_OR_RETURN(const auto told, News().Find(reader, programme->name()));
    if (IsNews(told.value, c)) names.push_back(programme->name());
  }
  return names;
}

absl::Status ApplicantService::TickNews(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(const Programme* programme, in_.programmes.Find(name));
  AMIKECO_ASSIGN_OR_RETURN(auto told, News().Find(tx, name));
  AMIKECO_ASSIGN_OR_RETURN(auto sections, Sections().Range(tx, kByName, "", "", kManySections));
  NewsCircumstance c{origin.time, *programme, in_.programmes.Before(*programme)};
  for (auto& section : sections) c.sections.push_back(std::move(section.value));
  return Apply(tx, News(), origin, applicant::Tick(told.value, c), told);
}

}  // namespace amikeco::applicant
