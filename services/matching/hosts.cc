// The methods about hosts and the directory.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "services/matching/access.h"
#include "services/matching/casework.h"
#include "services/matching/csv_import.h"
#include "services/matching/errors.h"
#include "services/matching/service.h"

namespace amikeco::matching {
namespace {

// As old as GetHost's answers may be, by its access option.
constexpr absl::Duration kHostStaleness = absl::Seconds(10);

// The version of the answer's form is in the key: replicas of two releases share a cache.
std::string CacheKey(absl::string_view host) { return absl::StrCat("matching/1/", host); }

// The directory is open to every caller; who stays where is not.
v1::Host PublicView(const Versioned<v1::Host>& host) {
  v1::Host view = host.value;
  view.clear_bookings();
  view.set_etag(EtagFor(host));
  return view;
}

v1::HostCalendar CalendarOf(const Versioned<v1::Host>& host) {
  v1::HostCalendar calendar;
  *calendar.mutable_host() = host.value;
  calendar.mutable_host()->set_etag(EtagFor(host));
  for (const Stretch& stretch : Profile(WindowsOf(host.value.offer()), TakenOf(host.value))) {
    v1::Occupancy& occupancy = *calendar.add_occupancy();
    *occupancy.mutable_first_day() = ToDate(FromNumber(stretch.first));
    *occupancy.mutable_last_day() = ToDate(FromNumber(stretch.last));
    occupancy.set_capacity(stretch.capacity);
    occupancy.set_booked(stretch.booked);
  }
  return calendar;
}

// Names of the entries that fit, in order, beginning behind `after`; at most `limit`.
std::vector<std::string> Search(const DirectoryView& view, const v1::SearchHostsRequest& request,
                                const std::string& after, size_t limit) {
  const std::string text = absl::AsciiStrToLower(request.text());
  std::vector<absl::string_view> names;
  for (size_t i = 0; i < view.entries.size(); ++i) {
    const DirectoryEntry& entry = view.entries[i];
    const auto differs = [&](const std::string& wanted, Symbol has) {
      return !wanted.empty() && view.symbols.Word(has) != wanted;
    };
    if ((request.participating() && !entry.offering) || differs(request.region(), entry.region) ||
        differs(request.agency_type(), entry.agency_type) || differs(request.country(), entry.country)) {
      continue;
    }
    const std::string& name = view.symbols.Word(entry.host);
    if (name > after && absl::StrContains(view.cards[i].searchable, text)) names.push_back(name);
  }
  const size_t count = std::min(limit, names.size());
  std::partial_sort(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count), names.end());
  return {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)};
}

// A token is the last name shown and what was searched for, so that a changed search is noticed.
std::string SearchOf(v1::SearchHostsRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  return request.SerializeAsString();
}
std::string TokenOf(const v1::SearchHostsRequest& request, const std::string& last) {
  return absl::WebSafeBase64Escape(absl::StrCat(last, "\n", SearchOf(request)));
}
absl::StatusOr<std::string> AfterOf(const v1::SearchHostsRequest& request) {
  FieldErrors wrong;
  if (request.page_size() < 0) wrong.Add("page_size", "must not be negative; 0 asks for the default, 50");
  std::string plain;
  std::string after;
  if (!request.page_token().empty()) {
    const bool decoded = absl::WebSafeBase64Unescape(request.page_token(), &plain);
    const size_t end = plain.find('\n');
    if (!decoded || end == std::string::npos || plain.substr(end + 1) != SearchOf(request)) {
      wrong.Add("page_token", "is not a token that this search gave out; start without one");
    }
    after = plain.substr(0, end);
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return after;
}

// What a host keeps when it opts out: confirmed stays. Everybody else who has a seat there loses it.
absl::Status EndInvitationsAt(Casework& work, const Versioned<v1::Host>& host) {
  const auto bookings = host.value.bookings();  // a copy: ending an invitation releases its seat
  for (const v1::Booking& booking : bookings) {
    if (booking.state() == v1::Booking::STATE_CONFIRMED) continue;
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, work.Placement(booking.placement()));
    AMIKECO_RETURN_IF_ERROR(work.Do(*placement, LoseHost{host.name}));
  }
  return absl::OkStatus();
}

}  // namespace

template <typename Request>
absl::StatusOr<v1::Host> MatchingService::ChangeHost(const Call& call, const Request& request) {
  auto changed = Execute<v1::Host>(store_, call, [&](Transaction& tx) -> absl::StatusOr<v1::Host> {
    Casework work(tx, directory_, programmes_, OriginOf("matching", call));
    AMIKECO_RETURN_IF_ERROR(work.Refresh());
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Host>* const host, work.Host(request.name()));
    if (!host->exists()) return NotFound(request.name());
    AMIKECO_RETURN_IF_ERROR(CheckEtag(*host, request.etag()));
    AMIKECO_RETURN_IF_ERROR(work.Do(*host, request));
    if (!host->value.participating()) AMIKECO_RETURN_IF_ERROR(EndInvitationsAt(work, *host));
    AMIKECO_RETURN_IF_ERROR(work.Settle());
    return PublicView(*host);
  });
  if (cache_ != nullptr) cache_->Drop(CacheKey(request.name()));
  return changed;
}

absl::StatusOr<v1::Host> MatchingService::OptIn(Call& call, const v1::OptInRequest& request) {
  return ChangeHost(call, request);
}

absl::StatusOr<v1::Host> MatchingService::OptOut(Call& call, const v1::OptOutRequest& request) {
  return ChangeHost(call, request);
}

absl::StatusOr<v1::Host> MatchingService::UpdateOffer(Call& call, const v1::UpdateOfferRequest& request) {
  return ChangeHost(call, request);
}

absl::StatusOr<v1::ImportHostsResponse> MatchingService::ImportRows(Transaction& tx, const Call& call,
                                                                    const v1::ImportHostsRequest& request) {
  std::string country = "US";
  if (!request.country().empty()) {
    AMIKECO_ASSIGN_OR_RETURN(country, countries_.CodeOf(request.country(), "country"));
  }
  const int first_line = request.first_line() == 0 ? 2 : request.first_line();
  AMIKECO_ASSIGN_OR_RETURN(const ImportedAgencies imported,
                           ParseAgencies(request.header(), request.csv_chunk(), first_line, country));
  v1::ImportHostsResponse response;
  for (const v1::RejectedRow& rejected : imported.rejected) *response.add_rejected() = rejected;
  const Origin origin = OriginOf("matching", call);
  const Circumstance circumstance{call.time, call.actor};
  for (const v1::Agency& agency : imported.agencies) {
    AMIKECO_ASSIGN_OR_RETURN(auto host, tables_.hosts.Find(tx, agency.name()));
    const bool is_new = !host.exists();
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(host.value, RegisterAgency{agency}, circumstance));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, tables_.hosts, origin, facts, host));
    if (facts.empty()) {
      response.set_unchanged(response.unchanged() + 1);
    } else if (is_new) {
      response.set_created(response.created() + 1);
    } else {
      response.set_updated(response.updated() + 1);
    }
  }
  return response;
}

absl::StatusOr<v1::ImportHostsResponse> MatchingService::ImportHosts(Call& call,
                                                                     const v1::ImportHostsRequest& request) {
  return Execute<v1::ImportHostsResponse>(store_, call, [&](Transaction& tx) { return ImportRows(tx, call, request); });
}

absl::StatusOr<v1::Host> MatchingService::RegisterHost(Call& call, const v1::RegisterHostRequest& request) {
  const std::string name = absl::StrCat("hosts/", request.host_id());
  FieldErrors wrong;
  if (!request.agency().name().empty() && request.agency().name() != name) {
    wrong.Add("agency.name", absl::StrCat("must be empty or ", name));
  }
  if (request.agency().title().empty()) wrong.Add("agency.title", "must be set");
  if (request.agency().country().empty()) wrong.Add("agency.country", "must be set: a country's name, or its code");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  RegisterAgency command{request.agency()};
  command.agency.set_name(name);
  AMIKECO_ASSIGN_OR_RETURN(*command.agency.mutable_country(),
                           countries_.CodeOf(request.agency().country(), "agency.country"));
  auto registered = Execute<v1::Host>(store_, call, [&](Transaction& tx) -> absl::StatusOr<v1::Host> {
    AMIKECO_ASSIGN_OR_RETURN(auto host, tables_.hosts.Find(tx, name));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(host, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(host.value, command, Circumstance{call.time, call.actor}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, tables_.hosts, OriginOf("matching", call), facts, host));
    return PublicView(host);
  });
  if (cache_ != nullptr) cache_->Drop(CacheKey(name));
  return registered;
}

absl::StatusOr<v1::Host> MatchingService::GetHost(Call&, const v1::GetHostRequest& request) {
  const auto load = [&] {
    return Query<v1::Host>(store_, [&](Reader& reader) -> absl::StatusOr<v1::Host> {
      AMIKECO_ASSIGN_OR_RETURN(const auto host, tables_.hosts.Get(reader, request.name()));
      return PublicView(host);
    });
  };
  if (cache_ == nullptr) return load();
  return cache_->ReadMessage<v1::Host>(CacheKey(request.name()), kHostStaleness, load);
}

absl::StatusOr<v1::HostCalendar> MatchingService::GetHostCalendar(Call& call,
                                                                  const v1::GetHostCalendarRequest& request) {
  const Actor& actor = call.actor;
  const bool insider = actor.organisation == request.name() || actor.Has(options::v1::ROLE_COORDINATOR) ||
                       actor.Has(options::v1::ROLE_SERVICE);
  if (!insider) return NotFound(request.name());
  return Query<v1::HostCalendar>(store_, [&](Reader& reader) -> absl::StatusOr<v1::HostCalendar> {
    AMIKECO_ASSIGN_OR_RETURN(const auto host, tables_.hosts.Get(reader, request.name()));
    return CalendarOf(host);
  });
}

absl::StatusOr<v1::SearchHostsResponse> MatchingService::SearchHosts(Call&, const v1::SearchHostsRequest& request) {
  using Response = v1::SearchHostsResponse;
  AMIKECO_ASSIGN_OR_RETURN(const std::string after, AfterOf(request));
  const size_t wanted = request.page_size() == 0 ? 50 : static_cast<size_t>(std::min(request.page_size(), 1000));
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_RETURN_IF_ERROR(directory_.Refresh(reader));
    std::vector<std::string> names;
    directory_.Read([&](const DirectoryView& view) { names = Search(view, request, after, wanted + 1); });
    Response response;
    if (names.size() > wanted) {
      names.pop_back();
      response.set_next_page_token(TokenOf(request, names.back()));
    }
    for (const std::string& name : names) {
      AMIKECO_ASSIGN_OR_RETURN(const auto host, tables_.hosts.Find(reader, name));
      if (host.exists()) *response.add_hosts() = PublicView(host);
    }
    return response;
  });
}

}  // namespace amikeco::matching
