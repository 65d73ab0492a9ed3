// The answers are those of Redis 7, as they come over the wire, and others that it does not give.
#include "common/events/redis_streams.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/events/redis_sentinels.h"
#include "gtest/gtest.h"

namespace amikeco {
namespace {

// Each line of the answer ends with CRLF on the wire.
RedisReply Answer(absl::string_view lines) {
  const std::string wire = absl::StrReplaceAll(lines, {{" ", "\r\n"}}) + "\r\n";
  const RedisReader reader = NewRedisReader();
  redisReaderFeed(reader.get(), wire.data(), wire.size());
  void* reply = nullptr;
  EXPECT_EQ(redisReaderGetReply(reader.get(), &reply), REDIS_OK) << lines;
  EXPECT_NE(reply, nullptr) << lines;
  return RedisReply(static_cast<redisReply*>(reply));
}

constexpr char kFields[] = "*4 $7 subject $3 a/1 $5 event $4 body";

TEST(StreamsIn, ReadsFactsAndWhatIsLeftOfThoseThatWereDropped) {
  const auto streams = StreamsIn(*Answer(absl::StrCat("*1 *2 $7 a:facts *2 *2 $3 7-0 ", kFields, " *2 $3 8-0 *-1")));
  ASSERT_TRUE(streams.ok()) << streams.status();
  ASSERT_EQ(streams->size(), 1u);
  EXPECT_EQ(streams->at(0).key, "a:facts");
  const auto& entries = streams->at(0).entries;
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_FALSE(entries[0].lost);
  EXPECT_EQ(entries[0].parcel.number, 7);
  EXPECT_EQ(entries[0].parcel.subject, "a/1");
  EXPECT_EQ(entries[0].parcel.body, "body");
  EXPECT_EQ(entries[1].id, "8-0");
  EXPECT_TRUE(entries[1].lost);
  EXPECT_TRUE(StreamsIn(*Answer("*-1"))->empty()) << "it waited in vain";
}

TEST(StreamsIn, TakesNothingForAFactThatTheRelayDidNotPublish) {
  for (const std::string& entry :
       {absl::StrCat("$3 7-1 ", kFields), absl::StrCat("$3 0-0 ", kFields),
        absl::StrCat("$22 99999999999999999999-0 ", kFields), std::string("$3 7-0 *2 $7 subject $3 a/1"),
        std::string("$3 7-0 *4 $7 subject $3 a/1 $4 else $4 body"),
        std::string("$3 7-0 *4 $7 subject $3 a/\xff $5 event $4 body"), std::string("$3 7-0 *4 :1 :2 :3 :4")}) {
    const auto streams = StreamsIn(*Answer(absl::StrCat("*1 *2 $7 a:facts *1 *2 ", entry)));
    ASSERT_TRUE(streams.ok()) << entry << streams.status();
    EXPECT_TRUE(streams->at(0).entries.at(0).lost) << entry;
  }
}

TEST(Replies, OfAnotherFormAreRefused) {
  for (const char* wrong : {":1", "+OK", "*1 $1 a", "*1 *1 $1 a", "*1 *2 $1 a :1", "*1 *2 $1 a *1 $3 7-0",
                            "*1 *2 $1 a *1 *2 $1 7 *-1", "*1 *2 :1 *0"}) {
    EXPECT_TRUE(absl::IsInternal(StreamsIn(*Answer(wrong)).status())) << wrong;
  }
  for (const char* wrong : {":1", "*-1", "*1 $3 0-0", "*2 $1 x *0", "*2 :0 *0", "*2 $3 0-0 :1", "*3 $3 0-0 *0 :1"}) {
    EXPECT_TRUE(absl::IsInternal(ClaimedIn(*Answer(wrong)).status())) << wrong;
  }
  for (const char* wrong : {":1", "*8 :1 :1 :1 :1 :1 :1 :1 :2", "*8 :1 :1 :1 :1 :1 :1 :1 $1 1", "*1 :1"}) {
    EXPECT_TRUE(absl::IsInternal(LeasesIn(*Answer(wrong)).status())) << wrong;
  }
  for (const char* wrong : {"+OK", "$1 1", ":-1", "*-1"}) {
    EXPECT_TRUE(absl::IsInternal(NumberIn(*Answer(wrong)).status())) << wrong;
  }
}

// An answer of kStats with this for its first partition.
std::string Stats(absl::string_view first) {
  std::string answer = absl::StrCat("*9 :12 ", first);
  for (int p = 1; p < kPartitions; ++p) absl::StrAppend(&answer, " *4 :1 :12 :12 *4 $1 g :0 :12 :0");
  return answer;
}

TEST(StatsIn, ReadsHowFarEachGroupIs) {
  const auto stats = StatsIn("applicant", *Answer(Stats("*4 :2 :12 :12 *4 $1 g :1 :12 :11")));
  ASSERT_TRUE(stats.ok()) << stats.status();
  ASSERT_EQ(stats->size(), 1u);
  EXPECT_EQ(stats->at(0).group, "g");
  EXPECT_EQ(stats->at(0).length, 9);
  EXPECT_EQ(stats->at(0).pending, 1);
  EXPECT_EQ(stats->at(0).last_number, 12);
  EXPECT_EQ(stats->at(0).acknowledged_number, 10);
  for (const char* wrong : {":1", "*2 :1 :12", "*3 :-1 :12 :12", "*3 :1 :12 $2 12", "*3 :9223372036854775807 :1 :1",
                            "*4 :1 :12 :12 $1 g", "*4 :1 :12 :12 *3 $1 g :0 :12", "*4 :1 :12 :12 *4 :7 :0 :12 :0",
                            "*5 :1 :12 :12 *4 $1 g :0 :12 :0 *4 $1 g :0 :12 :0"}) {
    EXPECT_TRUE(absl::IsInternal(StatsIn("applicant", *Answer(Stats(wrong))).status())) << wrong;
  }
  EXPECT_TRUE(absl::IsInternal(StatsIn("applicant", *Answer("*1 :1")).status()));
}

TEST(PrimaryIn, IsAHostAndAPortOrRefused) {
  const auto primary = PrimaryIn(*Answer("*2 $9 127.0.0.1 $4 6379"));
  ASSERT_TRUE(primary.ok()) << primary.status();
  EXPECT_EQ(Describe(*primary), "127.0.0.1:6379");
  for (const char* wrong : {"*-1", "*1 $1 a", "*2 $0  $4 6379", "*2 $1 a $1 0", "*2 $1 a $5 70000", "*2 $1 a $2 -1",
                            "*2 $1 a $3 +63", "*2 $3 a/b $1 1", "*2 :1 :1", "*2 $1 a $0 "}) {
    EXPECT_TRUE(absl::IsUnavailable(PrimaryIn(*Answer(wrong)).status())) << wrong;
  }
}

TEST(NewRedisReader, RefusesMoreElementsThanAnyAnswerHas) {
  const RedisReader reader = NewRedisReader();
  const absl::string_view wire = "*1000000000\r\n";
  redisReaderFeed(reader.get(), wire.data(), wire.size());
  void* reply = nullptr;
  EXPECT_EQ(redisReaderGetReply(reader.get(), &reply), REDIS_ERR);
}

}  // namespace
}  // namespace amikeco
