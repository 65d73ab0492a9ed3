// `watch-list import` and `watch-list upload`: files of tens of megabytes, in pieces that a call can carry.
#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/compliance/v1/watch_list.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/import.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/ids.h"
#include "common/config/textproto.h"

namespace amikeco::cli {
namespace {

namespace v1 = compliance::v1;

constexpr size_t kChunkBytes = size_t{1} << 20;

struct File {
  v1::WatchListPart part;
  std::string text;
};

absl::StatusOr<File> ReadPart(v1::WatchListPart part, const std::string& name) {
  auto text = ReadFile(name);
  if (!text.ok()) return Error(kNoFile, absl::StrCat("The file ", name, " cannot be read."), {{"file", name}});
  return File{part, *std::move(text)};
}

absl::Status Upload(Session& session, const std::string& upload, const std::vector<File>& files) {
  const auto& method = *FindMethod("compliance/UploadWatchListChunk");
  size_t total = 0, done = 0;
  for (const File& file : files) total += file.text.size();
  Progress progress(static_cast<int64_t>(total / 1024), "KiB");
  for (const File& file : files) {
    v1::UploadWatchListChunkRequest request;
    request.set_upload(upload);
    request.set_part(file.part);
    for (size_t at = 0; at == 0 || at < file.text.size(); at += kChunkBytes) {
      request.set_number(request.number() + 1);
      request.set_data(file.text.substr(at, kChunkBytes));
      AMIKECO_RETURN_IF_ERROR(CallPatiently(session, method, request).status());
      done += request.data().size();
      progress.Show(static_cast<int64_t>(done / 1024));
    }
  }
  return absl::OkStatus();
}

void PrintImport(const Settings& settings, const v1::ImportWatchListResponse& response) {
  if (settings.json()) {
    std::cout << ToJson(response, settings.output == "json");
    return;
  }
  const bool aligned = WantsTable(settings);
  const auto& version = *response.watch_list().versions().rbegin();
  std::cout << Table(
      {"LIST", "VERSION", "ENTRIES", "NAMES", "WEAK-NAMES", "REJECTED"},
      {{response.watch_list().name(), absl::StrCat(version.number()), absl::StrCat(version.entries()),
        absl::StrCat(version.names()), absl::StrCat(version.weak_names()), absl::StrCat(response.rejected())}},
      aligned);
  std::vector<std::vector<std::string>> lines;
  for (const auto& reject : response.rejects()) lines.push_back({absl::StrCat(reject.line()), reject.reason()});
  if (lines.empty()) return;
  if (aligned) std::cout << "\n";
  std::cout << Table({"LINE", "REASON"}, lines, aligned);
}

}  // namespace

absl::StatusOr<int> ImportWatchList(Invocation& invocation) {
  AMIKECO_RETURN_IF_ERROR(CheckNoRequestId(invocation));
  auto& request = static_cast<v1::ImportWatchListRequest&>(*invocation.request);
  std::vector<File> files;
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(invocation.words[0], ','))) {
    const auto part = static_cast<v1::WatchListPart>(files.size() + 1);
    if (!v1::WatchListPart_IsValid(part)) return Error(kUsageError, "A list has four files at most.");
    AMIKECO_ASSIGN_OR_RETURN(files.emplace_back(), ReadPart(part, name));
  }
  const auto& method = *FindMethod("compliance/ImportWatchList");
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, method));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  if (request.upload().empty()) {
    request.set_upload(absl::StrCat("watchListUploads/", RandomUuid()));
    AMIKECO_RETURN_IF_ERROR(Upload(*session, request.upload(), files));
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto answer, CallPatiently(*session, method, request));
  const auto& response = static_cast<const v1::ImportWatchListResponse&>(*answer);
  PrintImport(invocation.settings, response);
  return response.rejected() == 0 ? kOk : kPartial;
}

absl::StatusOr<int> UploadWatchList(Invocation& invocation) {
  AMIKECO_RETURN_IF_ERROR(CheckNoRequestId(invocation));
  const auto& request = static_cast<const v1::UploadWatchListChunkRequest&>(*invocation.request);
  std::vector<File> files(1);
  AMIKECO_ASSIGN_OR_RETURN(files[0], ReadPart(request.part(), invocation.words[0]));
  const auto& method = *FindMethod("compliance/UploadWatchListChunk");
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, method));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  AMIKECO_RETURN_IF_ERROR(Upload(*session, request.upload(), files));
  std::cout << request.upload() << "\n";
  return kOk;
}

}  // namespace amikeco::cli
