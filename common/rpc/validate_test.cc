#include "common/rpc/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/rpc/testing/echo.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/text_format.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> violations;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status); bad.ok()) {
    for (const auto& violation : bad->field_violations()) {
      violations.push_back(absl::StrCat(violation.field(), " ", violation.description()));
    }
  }
  return violations;
}

std::vector<std::string> Check(EchoRequest request) {
  static const Validator* const validator = new Validator(EchoRequest::descriptor());
  FieldErrors errors;
  validator->Check(request, errors);
  return Violations(errors.ToStatus());
}

std::vector<std::string> CheckText(const std::string& textproto) {
  EchoRequest request = GoodRequest();
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(textproto, &request)) << textproto;
  return Check(request);
}

TEST(Validate, AcceptsWhatBreaksNoRule) {
  EXPECT_THAT(Check(GoodRequest()), IsEmpty());
  EXPECT_THAT(CheckText("number: 5 kind: KIND_ONE legs { agency: 'hosts/A1' start { year: 2024 month: 2 day: 29 } } "
                        "time { seconds: 1 } duration { seconds: -1 nanos: -5 } kinds: KIND_ONE counts: 9 "
                        "labels { key: 'a' value: 'b' } one_leg { agency: 'hosts/B' }"),
              IsEmpty());
}

// A5-03: all reasons at once.
TEST(Validate, ReportsEverythingThatIsWrongAtOnceWithItsPath) {
  EchoRequest request;
  request.set_number(6);
  request.set_kind(static_cast<v1::Kind>(99));
  request.add_legs()->set_agency("hosts/A1");
  request.add_legs()->set_agency("A1");
  request.mutable_legs(0)->add_inner();
  request.mutable_date()->set_year(2023);
  EXPECT_THAT(Check(request),
              ElementsAre("text is required", "number 6 is not between 1 and 5", "kind 99 is no value of Kind",
                          "legs[0].inner[0].agency is required", "legs[1].agency must look like hosts/CA0194200",
                          HasSubstr("date is no day of the calendar")));
}

TEST(Validate, CountsTheCharactersOfATextAndNotItsBytes) {
  EchoRequest request = GoodRequest();
  request.set_text("ĉirkaŭ ĉiu ĝardenoj ");  // 20 characters, 25 bytes
  EXPECT_THAT(Check(request), IsEmpty());
  request.set_text("ĉirkaŭ ĉiu ĝardenoj x");
  EXPECT_THAT(Check(request), ElementsAre("text is longer than 20 characters"));
}

TEST(Validate, BoundsTextsAndListsThatHaveNoRule) {
  EchoRequest request = GoodRequest();
  request.set_free(std::string(1000, 'x'));
  for (int i = 0; i < 100; ++i) request.add_tags("x");
  EXPECT_THAT(Check(request), IsEmpty());
  request.set_free(std::string(1001, 'x'));
  request.add_tags(std::string(1001, 'x'));
  EXPECT_THAT(Check(request),
              ElementsAre("tags has 101 items; the most is 100", "free is longer than 1000 characters"));
}

TEST(Validate, BoundsEachTextOfAListAndOfAMap) {
  EchoRequest request = GoodRequest();
  request.add_tags("x");
  request.add_tags(std::string(1001, 'x'));
  (*request.mutable_labels())["a"] = std::string(1001, 'x');
  EXPECT_THAT(Check(request),
              ElementsAre("tags[1] is longer than 1000 characters", "labels[0].value is longer than 1000 characters"));
}

TEST(Validate, BoundsEachNumberAndEnumOfAList) {
  EchoRequest request = GoodRequest();
  request.add_counts(9);
  request.add_counts(10);
  request.add_kinds(static_cast<v1::Kind>(7));
  EXPECT_THAT(Check(request), ElementsAre("kinds[0] 7 is no value of Kind", "counts[1] 10 is not between 1 and 9"));
}

TEST(Validate, AcceptsRealDatesAlone) {
  EXPECT_THAT(CheckText("date { year: 2024 month: 2 day: 29 }"), IsEmpty());
  for (const char* date :
       {"year: 2023 month: 2 day: 29", "year: 2023 month: 13 day: 1", "year: 2023 month: 4 day: 31", "year: 2023",
        "month: 4 day: 1", "", "year: -1 month: 1 day: 1", "year: 10000 month: 1 day: 1"}) {
    EXPECT_THAT(CheckText(absl::StrCat("date { ", date, " }")), ElementsAre(HasSubstr("date is no day"))) << date;
  }
}

TEST(Validate, AcceptsTimesAndDurationsInRangeAlone) {
  EXPECT_THAT(CheckText("time { seconds: 253402300799 nanos: 999999999 }"), IsEmpty());
  EXPECT_THAT(CheckText("time { seconds: 253402300800 }"), ElementsAre(HasSubstr("time is no time")));
  EXPECT_THAT(CheckText("time { nanos: -1 }"), ElementsAre(HasSubstr("time is no time")));
  EXPECT_THAT(CheckText("time { nanos: 1000000000 }"), ElementsAre(HasSubstr("time is no time")));
  EXPECT_THAT(CheckText("duration { seconds: 1 nanos: -1 }"), ElementsAre(HasSubstr("duration is no duration")));
  EXPECT_THAT(CheckText("duration { seconds: 315576000001 }"), ElementsAre(HasSubstr("duration is no duration")));
}

TEST(Validate, ClearsWhatOnlyTheServiceSets) {
  EchoRequest request = GoodRequest();
  request.set_state("PLACED");
  const Validator validator(EchoRequest::descriptor());
  FieldErrors errors;
  validator.Check(request, errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(request.state(), "");
}

TEST(Validate, LooksIntoTheMemberOfAOneofThatIsSet) {
  EXPECT_THAT(CheckText("one_leg {}"), ElementsAre("one_leg.agency is required"));
}

absl::Status Parse(absl::string_view bytes) {
  EchoRequest request;
  return ParseRequest(bytes, request);
}

TEST(ParseRequest, NamesTheFieldWithTextThatIsNotUtf8) {
  EchoRequest request = GoodRequest();
  request.add_legs()->set_agency("hosts/A");
  request.add_legs()->set_agency("hosts/MARK");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("MARK"), 4, "\xff\xfe\x80\x80");
  EXPECT_THAT(Violations(Parse(bytes)), ElementsAre("legs.agency is not UTF-8 text"));
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    EXPECT_THAT(Violations(Parse(absl::StrCat("\x0a", std::string(1, static_cast<char>(strlen(bad))), bad))),
                ElementsAre("text is not UTF-8 text"));
  }
}

TEST(ParseRequest, NamesTheFieldThatIsCutOff) {
  EchoRequest request = GoodRequest();
  request.mutable_date()->set_year(2027);
  const std::string bytes = request.SerializeAsString();
  EXPECT_THAT(Violations(Parse(absl::string_view(bytes).substr(0, bytes.size() - 1))), ElementsAre("date is cut off"));
  EXPECT_THAT(Violations(Parse(absl::string_view(bytes).substr(0, 4))), ElementsAre("text is cut off"));
  EXPECT_EQ(Parse("\xff\xff\xff\xff\xff\xff").code(), absl::StatusCode::kInvalidArgument);
}

TEST(ParseRequest, RefusesWhatIsNestedTooDeeply) {
  v1::Leg leg;
  for (int i = 0; i < 120; ++i) {
    v1::Leg outer;
    *outer.add_inner() = std::move(leg);
    leg = std::move(outer);
  }
  EchoRequest request = GoodRequest();
  *request.mutable_one_leg() = std::move(leg);
  EXPECT_THAT(Violations(Parse(request.SerializeAsString())), ElementsAre(HasSubstr("nested more than 100 levels")));
}

TEST(ParseRequest, RefusesWhatIsTooLarge) {
  EXPECT_EQ(ReasonOf(Parse(std::string(kMaxRequestBytes + 1, '\0'))), "REQUEST_TOO_LARGE");
}

TEST(ParseRequest, KeepsFieldsOfANewerClient) { EXPECT_TRUE(Parse("\x0a\x01x\xf8\x7f\x01").ok()); }

// F2: whatever bytes come, the answer is a message or INVALID_ARGUMENT, and the walker finds what the parser refused.
TEST(ParseRequest, AnswersDamagedBytesWithOkOrAViolation) {
  EchoRequest good = GoodRequest();
  good.add_legs()->set_agency("hosts/A1");
  good.add_counts(1);
  good.add_counts(300);
  (*good.mutable_labels())["ŝlosilo"] = "valoro";
  const std::string bytes = good.SerializeAsString();
  const unsigned seed = 20261122;
  google::protobuf::LogSilencer quiet;
  std::mt19937 random(seed);
  int refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = bytes;
    for (int flips = 1 + static_cast<int>(random() % 3); flips > 0; --flips) {
      damaged[random() % damaged.size()] ^= static_cast<char>(1u << (random() % 8));
    }
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    const absl::Status status = Parse(damaged);
    if (status.ok()) continue;
    ++refused;
    ASSERT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << "seed " << seed << " round " << round;
    ASSERT_EQ(Violations(status).size(), 1u);
  }
  EXPECT_GT(refused, 1000);
}

// Every pattern and bound of our API compiles, and each field's example matches its own pattern.
TEST(Validate, AllRulesOfTheApiAreUsable) {
  // Through a message of it, so that the file is linked.
  ASSERT_NE(ops::v1::SetClockRequest::descriptor(), nullptr);
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  const auto* service = pool->FindServiceByName("amikeco.ops.v1.OperationsService");
  for (int i = 0; i < service->method_count(); ++i) Validator validator(service->method(i)->input_type());
}

}  // namespace
}  // namespace amikeco::testing
