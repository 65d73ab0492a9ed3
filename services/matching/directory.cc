#include "services/matching/directory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/matching/home_host.h"

namespace amikeco::matching {
namespace {

constexpr int kRecordsPerScan = 1000;
// A transaction stamps its facts with the time it began and becomes visible later, on another machine whose clock may
// differ: whatever changed this long before the newest change is looked at again.
constexpr absl::Duration kMargin = absl::Seconds(60);

// Where to read on from, having seen `newest`.
std::string FromKey(absl::string_view newest) {
  int64_t micros = 0;
  if (!absl::SimpleAtoi(newest, &micros)) return "";
  const absl::Time from = absl::FromUnixMicros(micros) - kMargin;
  return from < absl::UnixEpoch() ? "" : ChangedKey(ToTimestamp(from));
}

// Calls `take` for the records of `kind` that changed at or after `from`; returns the newest change.
absl::StatusOr<std::string> ReadChanged(Reader& reader, const std::string& kind, const std::string& from,
                                        absl::FunctionRef<absl::Status(const StoredRecord&)> take) {
  ScanRange range{kind, "changed", from, "", std::nullopt, kRecordsPerScan};
  while (true) {
    AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan(range));
    for (const auto& [position, record] : rows) AMIKECO_RETURN_IF_ERROR(take(record));
    if (!rows.empty()) range.after = rows.back().first;
    if (static_cast<int>(rows.size()) < kRecordsPerScan) break;
  }
  return range.after ? range.after->value : from;
}

absl::Status DoesNotParse(const StoredRecord& record) {
  return Error(::amikeco::errors::kCorruptRecord,
               absl::StrCat("The stored ", record.kind, " ", record.id, " does not parse."),
               {{"kind", record.kind}, {"name", record.id}});
}

}  // namespace

absl::Status Directory::Refresh(Reader& reader) {
  AMIKECO_RETURN_IF_ERROR(RefreshHosts(reader));
  return RefreshHomes(reader);
}

absl::Status Directory::RefreshHosts(Reader& reader) {
  std::string from;
  {
    absl::ReaderMutexLock lock(&mutex_);
    from = FromKey(newest_host_);
  }
  std::vector<std::pair<v1::Host, int64_t>> changed;
  const auto take = [&](const StoredRecord& record) -> absl::Status {
    {
      absl::ReaderMutexLock lock(&mutex_);
      const auto known = index_.find(record.id);
      if (known != index_.end() && cards_[known->second].version == record.version) return absl::OkStatus();
    }
    v1::Host host;
    if (!host.ParseFromString(record.body)) return DoesNotParse(record);
    changed.emplace_back(std::move(host), record.version);
    return absl::OkStatus();
  };
  AMIKECO_ASSIGN_OR_RETURN(const std::string newest, ReadChanged(reader, tables_.hosts.kind(), from, take));
  absl::MutexLock lock(&mutex_);
  for (const auto& [host, version] : changed) SetHost(host, version);
  newest_host_ = std::max(newest_host_, newest);
  return absl::OkStatus();
}

absl::Status Directory::RefreshHomes(Reader& reader) {
  std::string from;
  {
    absl::ReaderMutexLock lock(&mutex_);
    from = FromKey(newest_home_);
  }
  std::vector<std::pair<v1::HomeHost, int64_t>> changed;
  const auto take = [&](const StoredRecord& record) -> absl::Status {
    auto& [home, version] = changed.emplace_back(v1::HomeHost(), record.version);
    return home.ParseFromString(record.body) ? absl::OkStatus() : DoesNotParse(record);
  };
  AMIKECO_ASSIGN_OR_RETURN(const std::string newest, ReadChanged(reader, tables_.homes.kind(), from, take));
  absl::MutexLock lock(&mutex_);
  for (const auto& [home, version] : changed) SetHome(home, version);
  newest_home_ = std::max(newest_home_, newest);
  return absl::OkStatus();
}

void Directory::SetHost(const v1::Host& host, int64_t version) {
  const auto [it, is_new] = index_.try_emplace(host.name(), static_cast<uint32_t>(entries_.size()));
  if (is_new) {
    entries_.emplace_back();
    cards_.emplace_back();
  }
  entries_[it->second] = MakeEntry(host, [this](absl::string_view word) {
    mutex_.AssertHeld();
    return symbols_.Intern(word);
  });
  Card& card = cards_[it->second];
  card.title = host.agency().title();
  card.county = host.agency().county();
  card.searchable = absl::AsciiStrToLower(absl::StrCat(host.agency().title(), "\n", host.name()));
  card.latitude = host.agency().latitude();
  card.longitude = host.agency().longitude();
  card.version = version;
  card.changed_micros = absl::ToUnixMicros(ToTime(host.changed()));
  AttachHomes(host.name());
}

void Directory::SetHome(const v1::HomeHost& home, int64_t version) {
  NearHome& near = homes_[home.host()][home.name()];
  if (near.version == version) return;
  near = {version, home.withdrawn(), HomeOf(home)};
  AttachHomes(home.host());
}

void Directory::AttachHomes(const std::string& host) {
  const auto entry = index_.find(host);
  const auto near = homes_.find(host);
  if (entry == index_.end() || near == homes_.end()) return;
  auto homes = std::make_shared<std::vector<Home>>();
  for (const auto& [name, home] : near->second) {
    if (!home.withdrawn) homes->push_back(home.home);
  }
  entries_[entry->second].homes = std::move(homes);
}

void Directory::Learn(const v1::HostOffer& offer) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& topic : offer.topics()) symbols_.Intern(topic);
  for (const std::string& code : offer.languages()) symbols_.Intern(PrimaryLanguage(code));
}

void Directory::Read(absl::FunctionRef<void(const DirectoryView& view)> body) const {
  absl::ReaderMutexLock lock(&mutex_);
  body({entries_, cards_, symbols_, index_});
}

}  // namespace amikeco::matching
