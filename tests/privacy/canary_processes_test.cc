// What the four real programs write where others read it, at the most talkative level: logs, metrics, spans, Redis,
// their databases and the folder that they run in hold no personal text (A5-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/observe/testing.h"
#include "google/protobuf/empty.pb.h"
#include "tests/integration/installation.h"
#include "tests/integration/remains.h"
#include "tests/privacy/canaries.h"
#include "tests/privacy/members.h"

namespace amikeco {
namespace {

using google::protobuf::Message;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CanaryProcesses, WriteNothingPersonalWhereOthersRead) {
  std::map<std::string, std::unique_ptr<testing::Collector>> collectors;
  Installation::Options options;
  options.agencies = false;
  for (const std::string& service : Installation::Services()) {
    auto& collector = collectors[service] = std::make_unique<testing::Collector>();
    options.process[service] =
        absl::StrCat(R"(log_level: "debug" otlp_endpoint: "http://127.0.0.1:)", collector->port(), "\"");
  }
  Installation installation(options);
  const absl::Status started = installation.Start();
  ASSERT_TRUE(started.ok()) << started;

  Canaries canaries;
  PlayMembers([&](const Actor& actor, const std::string& method, const Message& request) {
    const std::unique_ptr<Message> sent(request.New());
    sent->CopyFrom(request);
    canaries.PutInto(*sent);
    const std::vector<std::string> words = absl::StrSplit(method, '.');  // "amikeco", "applicant", …
    CallOptions as;
    as.credentials = Credentials{"", actor};
    return installation.channel(words[1]).Call<google::protobuf::Empty>(method, *sent, as).status();
  });
  const absl::Status settled = installation.Settle(absl::Seconds(30));
  ASSERT_TRUE(settled.ok()) << settled << installation.Account();

  const auto redis = installation.RedisContent();
  ASSERT_TRUE(redis.ok()) << redis.status();
  EXPECT_THAT(*redis, HasSubstr("members/M-98")) << "facts go by Redis";
  EXPECT_THAT(canaries.FoundIn(*redis), IsEmpty());
  for (const std::string& service : Installation::Services()) {
    const auto metrics = installation.MetricsOf(service);
    ASSERT_TRUE(metrics.ok()) << metrics.status();
    EXPECT_THAT(canaries.FoundIn(*metrics), IsEmpty()) << service;
  }
  const absl::Status ended = installation.StopServices();
  ASSERT_TRUE(ended.ok()) << ended;
  for (const std::string& service : Installation::Services()) {
    const std::string log = installation.LogOf(service);
    EXPECT_THAT(log, HasSubstr("\"msg\":\"call\"")) << service;
    EXPECT_THAT(canaries.FoundIn(log), IsEmpty()) << service;
    const std::string spans = collectors[service]->Received();
    EXPECT_THAT(spans, HasSubstr("spanId")) << service;
    EXPECT_THAT(canaries.FoundIn(spans), IsEmpty()) << service;
    EXPECT_THAT(canaries.FoundIn(BytesOf(installation.DatabaseOf(service))), IsEmpty()) << service;
  }
}

}  // namespace
}  // namespace amikeco
