#include "tests/chaos/trial.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/store/open.h"
#include "gmock/gmock.h"
#include "tests/chaos/checker.h"
#include "tests/integration/remains.h"
#include "tests/support/postgres.h"

namespace amikeco::chaos {
namespace {

using ::testing::IsEmpty;

int FollowersOf(const std::string& source) {
  int count = 0;
  for (const auto& [service, sources] : Installation::Followed()) {
    count += static_cast<int>(std::count(sources.begin(), sources.end(), source));
  }
  return count;
}

}  // namespace

std::string InWords(std::vector<absl::Duration> durations) {
  if (durations.empty()) return "none";
  std::sort(durations.begin(), durations.end());
  return absl::StrCat(
      "median ", absl::FormatDuration(absl::Trunc(durations[durations.size() / 2], absl::Milliseconds(1))), ", most ",
      absl::FormatDuration(absl::Trunc(durations.back(), absl::Milliseconds(1))), " of ", durations.size());
}

Trial::~Trial() {
  if (!HasFailure()) return;
  const auto kept = std::filesystem::temp_directory_path() / "amikeco-history";
  std::filesystem::copy(history_.path(), kept, std::filesystem::copy_options::overwrite_existing);
  std::cout << "The history is kept: " << kept << std::endl;
}

void Trial::Start(Installation::Options options, const std::string& service_config) {
  options.agencies = false;
  installation_ = std::make_unique<Installation>(options);
  const absl::Status started = installation_->Start();
  ASSERT_TRUE(started.ok()) << started;
  for (const std::string& service : Installation::Services()) {
    const absl::Status numbered = NumberEffects(installation_->StoreOf(service));
    ASSERT_TRUE(numbered.ok()) << numbered;
  }
  load_ = std::make_unique<Load>(
      std::map<demo::Service, std::string>{{demo::Service::kApplicant, installation_->TargetsOf("applicant")},
                                           {demo::Service::kMatching, installation_->TargetsOf("matching")},
                                           {demo::Service::kCompliance, installation_->TargetsOf("compliance")},
                                           {demo::Service::kNotify, installation_->TargetsOf("notify")}},
      absl::StrCat("x", TestSeed()), clients_, TestSeed(), history_, service_config);
}

bool Trial::AnswersMore(int64_t count) {
  const absl::Time deadline = absl::Now() + kSettled;
  const int64_t enough = load_->answered() + count;
  while (load_->answered() < enough && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(10));
  return load_->answered() >= enough;
}

bool Trial::Acknowledged(const std::string& source, int64_t number) {
  const auto stats = installation_->Call<ops::v1::GetQueueStatsResponse>(
      source, "amikeco.ops.v1.OperationsService/GetQueueStats", ops::v1::GetQueueStatsRequest());
  if (!stats.ok()) return false;
  int groups = 0;
  for (const auto& stream : stats->streams()) {
    if (stream.source() != source) continue;
    ++groups;
    if (stream.acknowledged_number() < number) return false;
  }
  return groups == FollowersOf(source);
}

void Trial::AwaitCaughtUp() {
  const absl::Time deadline = absl::Now() + kSettled;
  for (const char* source : {"applicant", "matching", "compliance"}) {
    const auto ask = [&] {
      return installation_->Call<ops::v1::GetAuditHeadResponse>(source, "amikeco.ops.v1.OperationsService/GetAuditHead",
                                                                ops::v1::GetAuditHeadRequest());
    };
    auto head = ask();
    for (; !head.ok(); head = ask()) ASSERT_LT(absl::Now(), deadline) << head.status();
    while (!Acknowledged(source, head->number())) {
      ASSERT_LT(absl::Now(), deadline) << installation_->Account();
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
}

void Trial::AwaitEffects() {
  for (const auto& [service, sources] : Installation::Followed()) {
    for (const std::string& source : sources) {
      const auto stated = PostgresServer::Execute(installation_->StoreOf(source).postgres().conninfo(),
                                                  "SELECT string_agg(encode(id, 'escape'), ' ') FROM event");
      ASSERT_TRUE(stated.ok()) << stated.status();
      std::set<std::string> missing = absl::StrSplit(*stated, ' ', absl::SkipEmpty());
      const absl::Time deadline = absl::Now() + kSettled;
      while (true) {
        const auto handled = HandledBy(installation_->StoreOf(service));
        ASSERT_TRUE(handled.ok()) << handled.status();
        for (const std::string& event : *handled) missing.erase(event);
        if (missing.empty()) break;
        ASSERT_LT(absl::Now(), deadline) << service << " has not handled " << missing.size() << " facts of " << source;
        absl::SleepFor(absl::Milliseconds(50));
      }
    }
  }
}

void Trial::ExpectNothingLostAndNothingTwice() {
  load_->Stop();
  EXPECT_EQ(load_->problem(), "");
  const absl::Time start = absl::Now();
  const absl::Status settled = installation_->Settle(kSettled);
  ASSERT_TRUE(settled.ok()) << settled << installation_->Account();
  const absl::Duration to_rest = absl::Now() - start;
  const std::string log = folder_ / "verify";
  const auto verified = installation_->RunCommandLine({"audit", "verify"}, log);
  EXPECT_TRUE(verified.ok() && *verified == 0) << TailOf(log);
  const absl::Status stopped = installation_->StopServices();
  EXPECT_TRUE(stopped.ok()) << stopped;
  for (const auto& [service, sources] : Installation::Followed()) ASSERT_NO_FATAL_FAILURE(WriteFound(service, sources));
  std::ifstream file(history_.path());
  Checker checker;
  checker.Read(file);
  EXPECT_THAT(checker.Finish(), IsEmpty());
  std::cout << checker.Summary() << "; " << load_->retries() << " calls sent again; at rest "
            << absl::FormatDuration(absl::Trunc(to_rest, absl::Milliseconds(1))) << " after the last" << std::endl;
}

void Trial::WriteFound(const std::string& service, const std::vector<std::string>& sources) {
  const auto handled = HandledBy(installation_->StoreOf(service));
  ASSERT_TRUE(handled.ok()) << handled.status();
  for (const std::string& event : *handled) history_.Effect(service, event);
  for (const std::string& source : sources) history_.Follows(service, source);
  const auto store = OpenStore(installation_->StoreOf(service));
  ASSERT_TRUE(store.ok()) << store.status();
  std::vector<StoredEvent> events;
  const absl::Status read = (*store)->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(events, reader.EventsAfter(0, 100'000'000));
    return absl::OkStatus();
  });
  ASSERT_TRUE(read.ok()) << read;
  std::set<std::string> subjects;
  for (const StoredEvent& event : events) {
    history_.Fact({service, event.number, event.id, event.subject, event.subject_version,
                   MarkerOf(event.subject, event.subject_version), ""});
    subjects.insert(event.subject);
  }
  const auto comparison = CompareWithHistories(service, **store, subjects);
  ASSERT_TRUE(comparison.ok()) << comparison.status();
  EXPECT_THAT(comparison->wrong, IsEmpty()) << service;
}

}  // namespace amikeco::chaos
