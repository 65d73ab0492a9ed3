// The methods about introductions, and what other methods do to them.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/hash.h"
#include "common/events/execute.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/introduction.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using v1::Introduction;
using v1::Member;

// Keeps marks of interests apart from other marks.
constexpr char kInterest[] = "interest";
// Members with one interest among whom one is chosen.
constexpr int kManyListings = 500;
// More introductions than a person can have; a bound all the same.
constexpr int kManyIntroductions = 1000;

// Only the two themselves see it: no organisation has a part in it.
template <typename Request>
absl::StatusOr<Versioned<Introduction>> Own(Reader& reader, const Request& request, const Actor& actor) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, Introductions().Get(reader, request.name()));
  if (found.value.asker() == actor.subject || found.value.asked() == actor.subject) return found;
  return NotFound(request.name());
}

absl::StatusOr<std::vector<Versioned<Introduction>>> IntroductionsOf(Reader& reader, const std::string& member) {
  AMIKECO_ASSIGN_OR_RETURN(auto page, Introductions().List(reader, {kByParty, KeyOf(member), kManyIntroductions, ""}));
  return std::move(page.items);
}

bool MayBeRead(const Introduction& introduction) {
  return introduction.state() == Introduction::STATE_ASKED || introduction.state() == Introduction::STATE_MUTUAL;
}

// Another introduction of the same two was committed meanwhile.
absl::Status NamePairTaken(absl::Status status) {
  if (status.code() != absl::StatusCode::kAlreadyExists) return status;
  return Error(amikeco::errors::kLostRace, "Somebody else asked at the same moment; ask again.");
}

}  // namespace

absl::StatusOr<v1::Profile> ApplicantService::ProfileOf(Reader& reader, const std::string& member) {
  v1::Profile profile;
  AMIKECO_RETURN_IF_ERROR(in_.dossiers.Read(reader, member, kProfile, profile).status());
  return profile;
}

absl::StatusOr<int> ApplicantService::UpdateListing(Transaction& tx, const Member& member) {
  v1::InterestListing listing;
  if (member.findable()) {
    AMIKECO_ASSIGN_OR_RETURN(const v1::Profile profile, ProfileOf(tx, member.name()));
    for (const std::string& interest : profile.interests()) {
      const std::string mark = in_.dossiers.Mark(InterestKey(interest), kInterest);
      const auto& marks = listing.marks();
      if (std::find(marks.begin(), marks.end(), mark) == marks.end()) listing.add_marks(mark);
    }
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, Listings().Find(tx, member.name()));
  if (!listing.marks().empty()) {
    listing.set_member(member.name());
    listing.set_section(member.section());
    AMIKECO_RETURN_IF_ERROR(Listings().Put(tx, member.name(), listing, stored.version, stored.version + 1));
  } else if (stored.exists()) {
    AMIKECO_RETURN_IF_ERROR(tx.Erase(Listings().kind(), member.name(), stored.version));
  }
  return listing.marks_size();
}

// Of those who share the interest and do not know the asker yet, the one whose lot it is: not always the same one.
absl::StatusOr<std::optional<Member>> ApplicantService::ChooseWhomToAsk(Reader& reader,
                                                                        const v1::RequestIntroductionRequest& request,
                                                                        const std::string& mark) {
  AMIKECO_ASSIGN_OR_RETURN(const auto sharing, Listings().List(reader, {kByInterest, KeyOf(mark), kManyListings, ""}));
  AMIKECO_ASSIGN_OR_RETURN(const auto known, IntroductionsOf(reader, request.member()));
  std::optional<std::pair<uint64_t, std::string>> best;
  for (const auto& listing : sharing.items) {
    const std::string& other = listing.name;
    const bool elsewhere = !request.section().empty() && listing.value.section() != request.section();
    const bool asked = std::any_of(known.begin(), known.end(), [&](const auto& introduction) {
      return OtherThan(request.member(), introduction.value) == other;
    });
    if (other == request.member() || elsewhere || asked) continue;
    const std::pair lot{Fnv1a(absl::StrCat(request.member(), "|", other)), other};
    if (!best || lot < *best) best = lot;
  }
  if (!best) return std::nullopt;
  AMIKECO_ASSIGN_OR_RETURN(auto member, Members().Get(reader, best->second));
  return std::move(member.value);
}

absl::StatusOr<Introduction> ApplicantService::RequestIntroduction(Call& call,
                                                                   const v1::RequestIntroductionRequest& request) {
  const std::string mark = in_.dossiers.Mark(InterestKey(request.interest()), kInterest);
  return Execute<Introduction>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Introduction> {
    AMIKECO_ASSIGN_OR_RETURN(const auto asker, Visible(tx, Members(), request.member(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto listing, Listings().Find(tx, asker.name));
    AMIKECO_ASSIGN_OR_RETURN(const auto asked, ChooseWhomToAsk(tx, request, mark));
    Versioned<Introduction> introduction{NameFor("introductions", ""), {}, 0};
    IntroductionCircumstance circumstance{call.time, call.actor, introduction.name, &asker.value};
    const auto& marks = listing.value.marks();
    circumstance.names_interest = std::find(marks.begin(), marks.end(), mark) != marks.end();
    if (asked) circumstance.asked = &*asked;
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(introduction.value, request, circumstance));
    AMIKECO_RETURN_IF_ERROR(
        NamePairTaken(Apply(tx, Introductions(), OriginOf("applicant", call), facts, introduction)));
    return Shown(Answer(introduction), call.actor.subject);
  });
}

template <typename Request>
absl::StatusOr<Introduction> ApplicantService::ChangeIntroduction(Call& call, const Request& request) {
  return Execute<Introduction>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Introduction> {
    AMIKECO_ASSIGN_OR_RETURN(auto introduction, Own(tx, request, call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(introduction, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts,
                             Decide(introduction.value, request, IntroductionCircumstance{call.time, call.actor}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Introductions(), OriginOf("applicant", call), facts, introduction));
    // Answers of writes are kept for a day: what the profiles say is for reads alone.
    return Shown(Answer(introduction), call.actor.subject);
  });
}

absl::StatusOr<Introduction> ApplicantService::AnswerIntroduction(Call& call,
                                                                  const v1::AnswerIntroductionRequest& request) {
  return ChangeIntroduction(call, request);
}

absl::StatusOr<Introduction> ApplicantService::EndIntroduction(Call& call, const v1::EndIntroductionRequest& request) {
  return ChangeIntroduction(call, request);
}

absl::Status ApplicantService::EndIntroductionsOf(Transaction& tx, const Call& call, const Member& member) {
  const Actor themselves{member.name(), "", {}};
  AMIKECO_ASSIGN_OR_RETURN(auto introductions, IntroductionsOf(tx, member.name()));
  for (auto& introduction : introductions) {
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(introduction.value, v1::EndIntroductionRequest(),
                                                      IntroductionCircumstance{call.time, themselves}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Introductions(), OriginOf("applicant", call), facts, introduction));
  }
  return absl::OkStatus();
}

absl::StatusOr<Introduction> ApplicantService::ShownTo(Reader& reader, const Versioned<Introduction>& introduction,
                                                       const std::string& member, const v1::Profile& mine,
                                                       bool with_counterpart) {
  Introduction shown = Shown(Answer(introduction), member);
  if (!MayBeRead(introduction.value)) return shown;
  AMIKECO_ASSIGN_OR_RETURN(const v1::Profile theirs, ProfileOf(reader, OtherThan(member, introduction.value)));
  for (std::string& interest : SharedInterests(mine, theirs)) shown.add_shared_interests(std::move(interest));
  if (!with_counterpart || introduction.value.state() != Introduction::STATE_MUTUAL) return shown;
  shown.mutable_counterpart()->set_given_name(theirs.given_name());
  shown.mutable_counterpart()->set_family_name(theirs.family_name());
  shown.mutable_counterpart()->set_email(theirs.email());
  return shown;
}

absl::StatusOr<Introduction> ApplicantService::GetIntroduction(Call& call, const v1::GetIntroductionRequest& request) {
  return Query<Introduction>(in_.store, [&](Reader& reader) -> absl::StatusOr<Introduction> {
    AMIKECO_ASSIGN_OR_RETURN(const auto introduction, Own(reader, request, call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const v1::Profile mine, ProfileOf(reader, call.actor.subject));
    return ShownTo(reader, introduction, call.actor.subject, mine, true);
  });
}

absl::StatusOr<v1::ListIntroductionsResponse> ApplicantService::ListIntroductions(
    Call& call, const v1::ListIntroductionsRequest& request) {
  using Response = v1::ListIntroductionsResponse;
  return Query<Response>(in_.store, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(
        const auto page,
        Introductions().List(reader, {kByParty, KeyOf(call.actor.subject), request.page_size(), request.page_token()}));
    AMIKECO_ASSIGN_OR_RETURN(const v1::Profile mine, ProfileOf(reader, call.actor.subject));
    Response response;
    for (const auto& introduction : page.items) {
      AMIKECO_ASSIGN_OR_RETURN(*response.add_introductions(),
                               ShownTo(reader, introduction, call.actor.subject, mine, false));
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

}  // namespace amikeco::applicant
