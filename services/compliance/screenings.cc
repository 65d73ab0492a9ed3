#include "services/compliance/screenings.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/observe/log.h"
#include "common/privacy/data_subject.h"
#include "common/privacy/erasure.h"
#include "services/compliance/doors.h"
#include "services/compliance/errors.h"
#include "services/compliance/follow.h"
#include "services/compliance/hit.h"
#include "services/compliance/screening_match.h"

namespace amikeco::compliance {
namespace {

using v1::Screening;

constexpr char kService[] = "compliance";
// Shown at once; who agrees with more has too common a name.
constexpr size_t kMostShown = 100;

// The dossier's entry with what the person is screened by.
std::string ParticularsOf(absl::string_view screening) { return absl::StrCat(screening, "/particulars"); }

v1::Match MatchOn(const ServingLists& lists, const screening::Hit& hit) {
  v1::Match match = MatchOf(*lists.screener, hit);
  for (const v1::ScreenedList& list : lists.lists) {
    if (list.list() == match.list()) match.set_list_version(list.version());
  }
  return match;
}

ScreeningResult ResultOf(const ServingLists& lists, const screening::Subject& subject,
                         const screening::Thresholds& thresholds, std::string subject_hash) {
  ScreeningResult result{lists.revision, std::move(subject_hash), lists.lists, {}};
  for (const auto& hit : lists.screener->Screen(subject, thresholds).hits)
    result.matches.push_back(MatchOn(lists, hit));
  return result;
}

void Explain(const ServingLists& lists, const screening::Subject& subject, const screening::Thresholds& thresholds,
             Screening& screening) {
  for (const auto& found : lists.screener->Screen(subject, thresholds).hits) {
    const v1::Match match = MatchOn(lists, found);
    for (v1::Hit& hit : *screening.mutable_hits()) {
      const bool same = hit.match().list() == match.list() && hit.match().entry() == match.entry();
      if (same) *hit.mutable_explanation() = ExplanationOf(*lists.screener, found);
    }
  }
}

absl::StatusOr<Versioned<Screening>> ScreeningFor(Reader& reader, const std::string& organisation,
                                                  const std::string& person, IdSource& ids) {
  const std::string key = ScreenedKey(organisation, person);
  AMIKECO_ASSIGN_OR_RETURN(auto found, AllOf(reader, ScreeningTable(), kByOrganisationAndPerson, key));
  if (!found.empty()) return std::move(found.front());
  return Versioned<Screening>{absl::StrCat("screenings/", ids.Next()), Screening(), 0};
}

}  // namespace

absl::Status Screenings::Load(absl::Time now) {
  return store_.Read([&](Reader& reader) { return lists_.Serving(reader, now).status(); });
}

absl::StatusOr<Screening> Screenings::ScreenPerson(Call& call, const v1::ScreenPersonRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const screening::Subject subject, SubjectOf(request.particulars()));
  // Nobody is screened for no organisation, and nobody screens the own self.
  if (call.actor.organisation.empty()) return NotFound(request.person());
  if (call.actor.subject == request.person()) return errors::OwnCheck(request.person());
  AMIKECO_RETURN_IF_ERROR(Load(call.time));
  const Origin origin = OriginOf(kService, call);
  return Execute<Screening>(store_, call, [&](Transaction& tx) -> absl::StatusOr<Screening> {
    AMIKECO_ASSIGN_OR_RETURN(const auto lists, lists_.Serving(tx, call.time));
    AMIKECO_ASSIGN_OR_RETURN(auto found, ScreeningFor(tx, call.actor.organisation, request.person(), ids_));
    const ScreeningGround ground{found.name, request.person(), call.actor.organisation};
    const std::string hash = dossiers_.Mark(request.particulars().SerializeAsString(), "screening");
    const ScreeningFacts facts = OnScreened(found.value, ground, ResultOf(lists, subject, lists_.thresholds(), hash),
                                            Circumstance{call.time, call.actor});
    AMIKECO_RETURN_IF_ERROR(Apply(tx, ScreeningTable(), origin, facts, found));
    AMIKECO_RETURN_IF_ERROR(dossiers_.Write(tx, request.person(), ParticularsOf(found.name), request.particulars()));
    AMIKECO_RETURN_IF_ERROR(Follow(tx, origin, found.value));
    return Bare(found);
  });
}

// What the person was screened by; while a hold stands it stays for as long as the privacy policy says.
absl::Status Screenings::Forget(Transaction& tx, const Screening& screening) {
  AMIKECO_ASSIGN_OR_RETURN(const auto subject, FindDataSubject(tx, screening.person()));
  if (!MayErase(subject.value, screening.person()).ok()) return absl::OkStatus();
  return dossiers_.EraseEntry(tx, screening.person(), ParticularsOf(screening.name())).status();
}

template <typename Request>
absl::StatusOr<Screening> Screenings::Change(Transaction& tx, const Call& call, const Request& request) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(tx, ScreeningTable(), request.name(), call.actor));
  AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
  AMIKECO_ASSIGN_OR_RETURN(const ScreeningFacts facts,
                           Decide(found.value, request, Circumstance{call.time, call.actor}));
  const Origin origin = OriginOf(kService, call);
  AMIKECO_RETURN_IF_ERROR(Apply(tx, ScreeningTable(), origin, facts, found));
  if (found.value.state() == Screening::STATE_ENDED) AMIKECO_RETURN_IF_ERROR(Forget(tx, found.value));
  AMIKECO_RETURN_IF_ERROR(Follow(tx, origin, found.value));
  return Bare(found);
}

absl::StatusOr<Screening> Screenings::AdjudicateHit(Call& call, const v1::AdjudicateHitRequest& request) {
  return Execute<Screening>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Screening> Screenings::EndScreening(Call& call, const v1::EndScreeningRequest& request) {
  return Execute<Screening>(store_, call, [&](Transaction& tx) { return Change(tx, call, request); });
}

absl::StatusOr<Screening> Screenings::GetScreening(Call& call, const v1::GetScreeningRequest& request) {
  return Query<Screening>(store_, [&](Reader& reader) -> absl::StatusOr<Screening> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, ScreeningTable(), request.name(), call.actor));
    Screening answer = Bare(found);
    v1::Particulars particulars;
    AMIKECO_ASSIGN_OR_RETURN(const bool known,
                             dossiers_.Read(reader, found.value.person(), ParticularsOf(found.name), particulars));
    if (!known) return answer;
    AMIKECO_ASSIGN_OR_RETURN(const screening::Subject subject, SubjectOf(particulars));
    AMIKECO_ASSIGN_OR_RETURN(const auto lists, lists_.Serving(reader, call.time));
    Explain(lists, subject, lists_.thresholds(), answer);
    return answer;
  });
}

absl::StatusOr<v1::ListScreeningsResponse> Screenings::ListScreenings(Call& call,
                                                                      const v1::ListScreeningsRequest& request) {
  const bool any = request.state() == Screening::STATE_UNSPECIFIED;
  if (!request.person().empty() && !any) {
    FieldErrors wrong;
    wrong.Add("state", "must be left out when the screenings of one person are asked for");
    return wrong.ToStatus();
  }
  const std::string& party = call.actor.organisation;
  if (party.empty()) return v1::ListScreeningsResponse();
  PageRequest wanted{kByParty, any ? CaseKey(party) : CaseKey(party, request.state()), request.page_size(),
                     request.page_token()};
  if (!request.person().empty()) {
    wanted.key = kByOrganisationAndPerson;
    wanted.prefix = ScreenedKey(party, request.person());
  }
  return Query<v1::ListScreeningsResponse>(store_, [&](Reader& reader) -> absl::StatusOr<v1::ListScreeningsResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, ScreeningTable().List(reader, wanted));
    v1::ListScreeningsResponse response;
    for (const auto& found : page.items) {
      Screening& answer = *response.add_screenings();
      answer = Bare(found);
      // What was found is for those who decide about it (A5-05).
      if (!call.actor.Has(options::v1::ROLE_COMPLIANCE_OFFICER)) answer.clear_hits();
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<v1::MatchPersonResponse> Screenings::MatchPerson(Call& call, const v1::MatchPersonRequest& request) {
  AMIKECO_ASSIGN_OR_RETURN(const screening::Subject subject, SubjectOf(request.particulars()));
  return Query<v1::MatchPersonResponse>(store_, [&](Reader& reader) -> absl::StatusOr<v1::MatchPersonResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto lists, lists_.Serving(reader, call.time));
    const screening::Screening result = lists.screener->Screen(subject, lists_.thresholds());
    v1::MatchPersonResponse response;
    const bool incomplete = result.outcome == screening::Outcome::kClear && HasGap(lists.lists);
    response.set_outcome(incomplete ? v1::MATCH_OUTCOME_INCOMPLETE : OutcomeOf(result.outcome));
    for (size_t i = 0; i < result.hits.size() && i < kMostShown; ++i) {
      auto& match = *response.add_matches();
      *match.mutable_match() = MatchOn(lists, result.hits[i]);
      *match.mutable_explanation() = ExplanationOf(*lists.screener, result.hits[i]);
    }
    response.set_omitted(static_cast<int>(result.hits.size()) - response.matches_size());
    *response.mutable_lists() = lists.lists;
    return response;
  });
}

absl::StatusOr<v1::NameComparison> Screenings::CompareNames(Call& call, const v1::CompareNamesRequest& request) {
  return Query<v1::NameComparison>(store_, [&](Reader& reader) -> absl::StatusOr<v1::NameComparison> {
    AMIKECO_ASSIGN_OR_RETURN(const auto lists, lists_.Serving(reader, call.time));
    return ComparisonOf(lists.screener->Compare(request.first(), request.second(), screening::Kind::kPerson));
  });
}

absl::Status Screenings::OnErased(Transaction& tx, const std::string& person, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto screenings, AllOf(tx, ScreeningTable(), kByPerson, CaseKey(person)));
  for (auto& found : screenings) {
    AMIKECO_RETURN_IF_ERROR(
        Apply(tx, ScreeningTable(), origin, compliance::OnErased(found.value, {origin.time, origin.actor}), found));
    AMIKECO_RETURN_IF_ERROR(Follow(tx, origin, found.value));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Screenings::Due(Reader& reader, absl::Time now, int limit) {
  std::vector<std::string> names;
  AMIKECO_ASSIGN_OR_RETURN(const std::string revision, lists_.Revision(reader, now));
  if (revision.empty()) return names;
  const auto add = [&](const std::string& from, const std::string& below) -> absl::Status {
    const int left = limit - static_cast<int>(names.size());
    if (left <= 0) return absl::OkStatus();
    AMIKECO_ASSIGN_OR_RETURN(const auto due, ScreeningTable().Range(reader, kByRevision, from, below, left));
    for (const auto& screening : due) names.push_back(screening.name);
    return absl::OkStatus();
  };
  AMIKECO_RETURN_IF_ERROR(add("", revision));
  AMIKECO_RETURN_IF_ERROR(add(revision + "!", ""));
  if (names.empty()) return names;
  // Loaded here, where nobody waits for it. Lists that cannot be read hold up nothing else that is due.
  if (const auto lists = lists_.Serving(reader, now); !lists.ok()) {
    LogError("Watch-lists could not be loaded; nobody is screened anew.", {{"reason", lists.status().message()}});
    names.clear();
  }
  return names;
}

bool Screenings::Owns(absl::string_view name) { return absl::StartsWith(name, "screenings/"); }

absl::Status Screenings::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, ScreeningTable().Get(tx, name));
  AMIKECO_ASSIGN_OR_RETURN(const auto lists, lists_.Serving(tx, origin.time));
  if (found.value.state() == Screening::STATE_ENDED || found.value.revision() == lists.revision) {
    return absl::OkStatus();
  }
  v1::Particulars particulars;
  AMIKECO_ASSIGN_OR_RETURN(const bool known,
                           dossiers_.Read(tx, found.value.person(), ParticularsOf(found.name), particulars));
  const Circumstance circumstance{origin.time, origin.actor};
  ScreeningFacts facts;
  if (known) {
    AMIKECO_ASSIGN_OR_RETURN(const screening::Subject subject, SubjectOf(particulars));
    const ScreeningGround ground{found.name, found.value.person(), found.value.organisation(), true};
    // The same person as before, whatever the program that wrote the particulars.
    facts = OnScreened(found.value, ground, ResultOf(lists, subject, lists_.thresholds(), found.value.subject_hash()),
                       circumstance);
  } else {
    facts = compliance::OnErased(found.value, circumstance);
  }
  AMIKECO_RETURN_IF_ERROR(Apply(tx, ScreeningTable(), origin, facts, found));
  return Follow(tx, origin, found.value);
}

}  // namespace amikeco::compliance
