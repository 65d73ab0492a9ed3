// The methods about sections and regions.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "services/applicant/doors.h"
#include "services/applicant/section.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using v1::Region;
using v1::Section;

template <typename T>
std::vector<std::string> NamesOf(const std::vector<Versioned<T>>& records) {
  std::vector<std::string> names;
  for (const auto& record : records) names.push_back(record.name);
  return names;
}

}  // namespace

absl::StatusOr<Place> ApplicantService::PlaceOf(Reader& reader, const std::string& section, const std::string& region) {
  Place place;
  AMIKECO_ASSIGN_OR_RETURN(auto found, Sections().Find(reader, section));
  if (found.exists()) {
    place.section = std::move(found.value);
  } else {
    AMIKECO_ASSIGN_OR_RETURN(const auto sections, Sections().Range(reader, kByName, "", "", kManySections));
    place.sections = NamesOf(sections);
    if (sections.empty()) return place;
  }
  place.in_use = true;
  if (region.empty()) return place;
  AMIKECO_ASSIGN_OR_RETURN(auto part, Regions().Find(reader, region));
  if (part.exists()) {
    place.region = std::move(part.value);
    return place;
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto regions, Regions().List(reader, {kBySection, KeyOf(section), kManySections, ""}));
  place.regions = NamesOf(regions.items);
  return place;
}

DirectoryCircumstance ApplicantService::DirectoryCircumstanceOf(const Call& call, std::string name) const {
  DirectoryCircumstance circumstance{call.time, call.actor, std::move(name), {}};
  for (const auto* programme : in_.programmes.Latest()) circumstance.programmes.push_back(programme->name());
  return circumstance;
}

absl::StatusOr<Section> ApplicantService::RegisterSection(Call& call, const v1::RegisterSectionRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string country, in_.countries.CodeOf(request.country(), "country"));
  return Execute<Section>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Section> {
    AMIKECO_ASSIGN_OR_RETURN(auto section, Sections().Find(tx, absl::StrCat("sections/", country)));
    DirectoryCircumstance circumstance = DirectoryCircumstanceOf(call, section.name);
    circumstance.country = country;
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(section.value, request, circumstance));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Sections(), OriginOf("applicant", call), facts, section));
    return Answer(section);
  });
}

template <typename T, typename Request>
absl::StatusOr<T> ApplicantService::ChangeInDirectory(Call& call, const Table<T>& table, const Request& request) {
  return Execute<T>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<T> {
    AMIKECO_ASSIGN_OR_RETURN(auto record, table.Get(tx, request.name()));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(record.value, request, DirectoryCircumstanceOf(call, record.name)));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, table, OriginOf("applicant", call), facts, record));
    return Answer(record);
  });
}

absl::StatusOr<Section> ApplicantService::UpdateSection(Call& call, const v1::UpdateSectionRequest& request) {
  return ChangeInDirectory(call, Sections(), request);
}

absl::StatusOr<Section> ApplicantService::GetSection(Call& call, const v1::GetSectionRequest& request) {
  return Query<Section>(in_.store, [&](Reader& reader) -> absl::StatusOr<Section> {
    AMIKECO_ASSIGN_OR_RETURN(const auto section, Sections().Get(reader, request.name()));
    return Answer(section);
  });
}

absl::StatusOr<v1::ListSectionsResponse> ApplicantService::ListSections(Call& call,
                                                                        const v1::ListSectionsRequest& request) {
  using Response = v1::ListSectionsResponse;
  return Query<Response>(in_.store, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page,
                             Sections().List(reader, {kByName, "", request.page_size(), request.page_token()}));
    Response response;
    for (const auto& section : page.items) {
      const bool wanted =
          request.state() == Section::STATE_UNSPECIFIED || request.state() == section.value.terms().state();
      if (wanted) *response.add_sections() = Answer(section);
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<Region> ApplicantService::RegisterRegion(Call& call, const v1::RegisterRegionRequest& request) {
  return Execute<Region>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Region> {
    AMIKECO_ASSIGN_OR_RETURN(auto region, Regions().Find(tx, absl::StrCat("regions/", request.region_id())));
    AMIKECO_ASSIGN_OR_RETURN(const auto section, Sections().Find(tx, request.section()));
    DirectoryCircumstance circumstance = DirectoryCircumstanceOf(call, region.name);
    if (section.exists()) circumstance.section = &section.value;
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(region.value, request, circumstance));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Regions(), OriginOf("applicant", call), facts, region));
    return Answer(region);
  });
}

absl::StatusOr<Region> ApplicantService::UpdateRegion(Call& call, const v1::UpdateRegionRequest& request) {
  return ChangeInDirectory(call, Regions(), request);
}

absl::StatusOr<Region> ApplicantService::GetRegion(Call& call, const v1::GetRegionRequest& request) {
  return Query<Region>(in_.store, [&](Reader& reader) -> absl::StatusOr<Region> {
    AMIKECO_ASSIGN_OR_RETURN(const auto region, Regions().Get(reader, request.name()));
    return Answer(region);
  });
}

absl::StatusOr<v1::ListRegionsResponse> ApplicantService::ListRegions(Call& call,
                                                                      const v1::ListRegionsRequest& request) {
  using Response = v1::ListRegionsResponse;
  PageRequest page_request{kByName, "", request.page_size(), request.page_token()};
  if (!request.section().empty()) {
    page_request.key = kBySection;
    page_request.prefix = KeyOf(request.section());
  }
  return Query<Response>(in_.store, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Regions().List(reader, page_request));
    Response response;
    for (const auto& region : page.items) *response.add_regions() = Answer(region);
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

}  // namespace amikeco::applicant
