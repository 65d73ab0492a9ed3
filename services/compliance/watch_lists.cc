#include "services/compliance/watch_lists.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "common/observe/log.h"
#include "re2/re2.h"
#include "services/compliance/doors.h"
#include "services/compliance/screening/list_builder.h"
#include "services/compliance/screening_errors.h"
#include "services/compliance/screening_tables.h"

namespace amikeco::compliance {
namespace {

using v1::WatchList;
using v1::WatchListPart;
using v1::WatchListUpload;
using Files = std::map<WatchListPart, std::string>;

// An installation has a handful.
constexpr int kMostLists = 1000;
constexpr absl::Duration kUploadTime = absl::Hours(24);

absl::StatusOr<std::vector<WatchList>> AllLists(Reader& reader) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, WatchListTable().Range(reader, kByName, "", "", kMostLists));
  std::vector<WatchList> lists;
  for (auto& list : found) lists.push_back(std::move(list.value));
  return lists;
}

absl::StatusOr<Files> FilesOf(Reader& reader, const WatchListUpload& upload) {
  Files files;
  for (const v1::WatchListFile& file : upload.files()) {
    std::string& text = files[file.part()];
    text.reserve(static_cast<size_t>(file.bytes()));
    for (int number = 1; number <= file.chunks(); ++number) {
      AMIKECO_ASSIGN_OR_RETURN(const auto chunk,
                               ChunkTable().Get(reader, ChunkName(upload.name(), file.part(), number)));
      text += chunk.value.data();
    }
  }
  return files;
}

v1::WatchListFile& FileOf(WatchListUpload& upload, WatchListPart part) {
  for (v1::WatchListFile& file : *upload.mutable_files()) {
    if (file.part() == part) return file;
  }
  v1::WatchListFile& file = *upload.add_files();
  file.set_part(part);
  return file;
}

// Which files a list of this format has.
absl::Status CheckParts(v1::WatchListFormat format, const Files& files) {
  FieldErrors wrong;
  const bool only_entries = files.size() == 1 && files.count(v1::WATCH_LIST_PART_ENTRIES) > 0;
  if (files.count(v1::WATCH_LIST_PART_ENTRIES) == 0) wrong.Add("upload", "must have the file of ENTRIES");
  if (format != v1::WATCH_LIST_FORMAT_SDN && !only_entries) {
    wrong.Add("upload", "must have one file alone, of ENTRIES; WATCH_LIST_FORMAT_SDN has others");
  }
  return wrong.ToStatus();
}

// A moment ago for the clock's door.
absl::Status Discard(Transaction& tx, const std::string& name, absl::Time at) {
  AMIKECO_ASSIGN_OR_RETURN(auto upload, UploadTable().Get(tx, name));
  *upload.value.mutable_discard_time() = ToTimestamp(at);
  return UploadTable().Put(tx, name, upload.value, upload.version, upload.version + 1);
}

}  // namespace

absl::Status CheckScreening(const config::v1::ScreeningConfig& config) {
  FieldErrors wrong;
  const auto check = [&](const char* field, double value) {
    if (!(value >= 0 && value <= 1)) wrong.Add(absl::StrCat("screening.", field), "must be from 0 to 1");
  };
  check("consider", config.consider());
  check("block", config.block());
  check("least_share", config.least_share());
  const screening::Thresholds defaults;
  if ((config.block() > 0 ? config.block() : defaults.block) <
      (config.consider() > 0 ? config.consider() : defaults.consider)) {
    wrong.Add("screening.block", "must be at least screening.consider");
  }
  std::set<std::string> named;
  for (int i = 0; i < config.required_lists_size(); ++i) {
    const auto& required = config.required_lists(i);
    const std::string field = absl::StrCat("screening.required_lists[", i, "].");
    if (!RE2::FullMatch(required.list(), "watchLists/[a-z0-9-]+")) {
      wrong.Add(field + "list", "must be the name of a watch-list, as in watchLists/un");
    } else if (!named.insert(required.list()).second) {
      wrong.Add(field + "list", "is required twice");
    }
    if (required.has_max_age() && ToDuration(required.max_age()) <= absl::ZeroDuration()) {
      wrong.Add(field + "max_age", "must be more than 0 s, or be left out");
    }
  }
  return wrong.ToStatus();
}

WatchLists::WatchLists(Store& store, const Countries& countries, const config::v1::ScreeningConfig& config)
    : store_(store),
      countries_(countries),
      thresholds_{config.consider() > 0 ? config.consider() : screening::Thresholds().consider,
                  config.block() > 0 ? config.block() : screening::Thresholds().block},
      least_share_(config.least_share() > 0 ? config.least_share() : 0.8),
      required_(config.required_lists()) {}

absl::StatusOr<WatchListUpload> WatchLists::UploadWatchListChunk(Call& call,
                                                                 const v1::UploadWatchListChunkRequest& request) {
  return Execute<WatchListUpload>(store_, call, [&](Transaction& tx) -> absl::StatusOr<WatchListUpload> {
    AMIKECO_ASSIGN_OR_RETURN(auto upload, UploadTable().Find(tx, request.upload()));
    if (upload.exists() && !upload.value.has_discard_time()) return errors::UploadUsed(upload.name);
    if (!upload.exists()) {
      upload.value.set_name(request.upload());
      upload.value.set_uploader(call.actor.subject);
      *upload.value.mutable_discard_time() = ToTimestamp(call.time + kUploadTime);
    }
    v1::WatchListFile& file = FileOf(upload.value, request.part());
    if (request.number() <= file.chunks()) return upload.value;
    if (request.number() != file.chunks() + 1) {
      return errors::ChunkOutOfOrder(upload.name, request.number(), file.chunks() + 1);
    }
    file.set_chunks(request.number());
    file.set_bytes(file.bytes() + static_cast<int64_t>(request.data().size()));
    if (static_cast<size_t>(file.bytes()) > screening::ListLimits().bytes) {
      return screening::Unreadable(upload.name, absl::StrCat("a file is longer than ", screening::ListLimits().bytes,
                                                             " bytes, the most that is read"));
    }
    v1::WatchListChunk chunk;
    chunk.set_data(request.data());
    AMIKECO_RETURN_IF_ERROR(
        ChunkTable().Put(tx, ChunkName(upload.name, request.part(), request.number()), chunk, 0, 1));
    AMIKECO_RETURN_IF_ERROR(UploadTable().Put(tx, upload.name, upload.value, upload.version, upload.version + 1));
    return upload.value;
  });
}

absl::StatusOr<v1::ImportWatchListResponse> WatchLists::ImportWatchList(Call& call,
                                                                        const v1::ImportWatchListRequest& request) {
  const std::string name = absl::StrCat("watchLists/", request.watch_list_id());
  // Reading takes a while; nothing else is to wait for it. What an upload has does not change once it is imported.
  Files files;
  AMIKECO_RETURN_IF_ERROR(store_.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto upload, UploadTable().Get(reader, request.upload()));
    AMIKECO_ASSIGN_OR_RETURN(files, FilesOf(reader, upload.value));
    return absl::OkStatus();
  }));
  AMIKECO_RETURN_IF_ERROR(CheckParts(request.format(), files));
  AMIKECO_ASSIGN_OR_RETURN(const screening::ImportedList read, Parse(name, request.format(), files));
  v1::WatchListVersion version;
  version.set_upload(request.upload());
  version.set_entries(static_cast<int>(read.entries.size()));
  version.set_names(static_cast<int>(read.names));
  version.set_weak_names(static_cast<int>(read.weak_names));
  version.set_rejected(static_cast<int>(read.rejected));
  std::string whole;
  for (const auto& [part, text] : files) whole += text;
  version.set_sha256(absl::BytesToHexString(Sha256(whole)));
  return Execute<v1::ImportWatchListResponse>(
      store_, call, [&](Transaction& tx) -> absl::StatusOr<v1::ImportWatchListResponse> {
        AMIKECO_ASSIGN_OR_RETURN(auto upload, UploadTable().Get(tx, request.upload()));
        if (!upload.value.has_discard_time()) return errors::UploadUsed(upload.name);
        AMIKECO_ASSIGN_OR_RETURN(auto list, WatchListTable().Find(tx, name));
        AMIKECO_ASSIGN_OR_RETURN(
            const auto facts, Decide(list.value, request, version, least_share_, Circumstance{call.time, call.actor}));
        for (const int dropped : facts.front().imported().dropped()) {
          AMIKECO_RETURN_IF_ERROR(Discard(tx, VersionOf(list.value, dropped)->upload(), call.time));
        }
        upload.value.clear_discard_time();
        AMIKECO_RETURN_IF_ERROR(UploadTable().Put(tx, upload.name, upload.value, upload.version, upload.version + 1));
        AMIKECO_RETURN_IF_ERROR(Apply(tx, WatchListTable(), OriginOf("compliance", call), facts, list));
        v1::ImportWatchListResponse response;
        *response.mutable_watch_list() = Bare(list);
        response.set_rejected(version.rejected());
        for (const screening::Reject& reject : read.rejects) {
          auto& one = *response.add_rejects();
          one.set_line(reject.line);
          one.set_reason(reject.reason);
        }
        return response;
      });
}

absl::StatusOr<WatchList> WatchLists::ServeWatchListVersion(Call& call,
                                                            const v1::ServeWatchListVersionRequest& request) {
  return Execute<WatchList>(store_, call, [&](Transaction& tx) -> absl::StatusOr<WatchList> {
    AMIKECO_ASSIGN_OR_RETURN(auto list, WatchListTable().Get(tx, request.name()));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(list, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(list.value, request, Circumstance{call.time, call.actor}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, WatchListTable(), OriginOf("compliance", call), facts, list));
    return Bare(list);
  });
}

absl::StatusOr<WatchList> WatchLists::GetWatchList(Call&, const v1::GetWatchListRequest& request) {
  return Query<WatchList>(store_, [&](Reader& reader) -> absl::StatusOr<WatchList> {
    AMIKECO_ASSIGN_OR_RETURN(const auto list, WatchListTable().Get(reader, request.name()));
    return Bare(list);
  });
}

absl::StatusOr<v1::ListWatchListsResponse> WatchLists::ListWatchLists(Call&, const v1::ListWatchListsRequest& request) {
  return Query<v1::ListWatchListsResponse>(store_, [&](Reader& reader) -> absl::StatusOr<v1::ListWatchListsResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page,
                             WatchListTable().List(reader, {kByName, "", request.page_size(), request.page_token()}));
    v1::ListWatchListsResponse response;
    for (const auto& list : page.items) *response.add_watch_lists() = Bare(list);
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<screening::ImportedList> WatchLists::Parse(absl::string_view name, v1::WatchListFormat format,
                                                          const Files& files) const {
  const auto text = [&](WatchListPart part) -> absl::string_view {
    const auto file = files.find(part);
    return file == files.end() ? absl::string_view() : absl::string_view(file->second);
  };
  const absl::string_view entries = text(v1::WATCH_LIST_PART_ENTRIES);
  switch (format) {
    case v1::WATCH_LIST_FORMAT_SDN:
      return screening::ParseSdn(name, {entries, text(v1::WATCH_LIST_PART_ALIASES), text(v1::WATCH_LIST_PART_ADDRESSES),
                                        text(v1::WATCH_LIST_PART_COMMENTS)});
    case v1::WATCH_LIST_FORMAT_CONSOLIDATED:
      return screening::ParseConsolidated(name, entries);
    case v1::WATCH_LIST_FORMAT_DENIED_PERSONS:
      return screening::ParseDenied(name, entries);
    case v1::WATCH_LIST_FORMAT_NOTICES:
      return screening::ParseNotices(name, entries);
    default:
      return absl::InternalError(absl::StrCat("no parser for format ", static_cast<int>(format)));
  }
}

std::string WatchLists::RevisionOf(const ScreenedLists& lists) const {
  std::string text = absl::StrCat(thresholds_.consider, "|", thresholds_.block);
  for (const v1::ScreenedList& list : lists) {
    absl::StrAppend(&text, "|", list.list(), "@", list.version());
    if (IsGap(list)) absl::StrAppend(&text, "!", static_cast<int>(list.gap()));
  }
  return absl::BytesToHexString(Sha256(text).substr(0, 8));
}

absl::StatusOr<ScreenedLists> WatchLists::ToScreen(Reader& reader, absl::Time now) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto lists, AllLists(reader));
  return ListsToScreen(lists, required_, now);
}

absl::StatusOr<std::string> WatchLists::Revision(Reader& reader, absl::Time now) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto lists, AllLists(reader));
  return lists.empty() ? "" : RevisionOf(ListsToScreen(lists, required_, now));
}

absl::StatusOr<ServingLists> WatchLists::Serving(Reader& reader, absl::Time now) {
  AMIKECO_ASSIGN_OR_RETURN(const auto lists, AllLists(reader));
  if (lists.empty()) return errors::NoWatchList();
  ServingLists serving;
  serving.lists = ListsToScreen(lists, required_, now);
  serving.revision = RevisionOf(serving.lists);
  AMIKECO_ASSIGN_OR_RETURN(serving.screener, ScreenerOf(reader, lists));
  return serving;
}

absl::StatusOr<std::shared_ptr<const screening::Screener>> WatchLists::ScreenerOf(Reader& reader,
                                                                                  const std::vector<WatchList>& lists) {
  const std::string versions = absl::StrJoin(lists, " ", [](std::string* out, const WatchList& list) {
    absl::StrAppend(out, list.name(), "@", list.serving());
  });
  const absl::MutexLock lock(&mutex_);
  if (screener_ != nullptr && loaded_ == versions) return screener_;
  std::vector<screening::Entry> entries;
  for (const WatchList& list : lists) {
    AMIKECO_ASSIGN_OR_RETURN(const auto upload, UploadTable().Get(reader, VersionOf(list, list.serving())->upload()));
    AMIKECO_ASSIGN_OR_RETURN(const Files files, FilesOf(reader, upload.value));
    AMIKECO_ASSIGN_OR_RETURN(auto read, Parse(list.name(), list.format(), files));
    std::move(read.entries.begin(), read.entries.end(), std::back_inserter(entries));
  }
  LogInfo("Watch-lists were loaded.", {{"lists", versions}, {"entries", entries.size()}});
  screener_ = std::make_shared<const screening::Screener>(std::move(entries), countries_);
  loaded_ = versions;
  return screener_;
}

absl::StatusOr<std::vector<std::string>> WatchLists::Due(Reader& reader, absl::Time now, int limit) {
  std::vector<std::string> names;
  if (limit <= 0) return names;
  AMIKECO_ASSIGN_OR_RETURN(const auto due,
                           UploadTable().Range(reader, kByDue, "", SortableTime(now + absl::Microseconds(1)), limit));
  for (const auto& upload : due) names.push_back(upload.name);
  return names;
}

bool WatchLists::Owns(absl::string_view name) { return absl::StartsWith(name, "watchListUploads/"); }

absl::Status WatchLists::Tick(Transaction& tx, absl::string_view name, const Origin& origin) {
  AMIKECO_ASSIGN_OR_RETURN(const auto upload, UploadTable().Get(tx, name));
  if (!upload.value.has_discard_time() || ToTime(upload.value.discard_time()) > origin.time) return absl::OkStatus();
  for (const v1::WatchListFile& file : upload.value.files()) {
    for (int number = 1; number <= file.chunks(); ++number) {
      const std::string chunk = ChunkName(upload.name, file.part(), number);
      AMIKECO_RETURN_IF_ERROR(tx.Erase(ChunkTable().kind(), chunk, 1));
    }
  }
  return tx.Erase(UploadTable().kind(), upload.name, upload.version);
}

}  // namespace amikeco::compliance
