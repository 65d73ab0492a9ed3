#include "common/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "amikeco/config/v1/config.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"

namespace amikeco {
namespace {

using ::testing::HasSubstr;

std::string Mistakes(const std::string& text) {
  config::v1::ApplicantConfig config;
  const absl::Status status = ParseTextprotoText(text, "applicant.textproto", config);
  EXPECT_EQ(status.code(), status.ok() ? absl::StatusCode::kOk : absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(Textproto, BecomesAMessage) {
  config::v1::ApplicantConfig config;
  ASSERT_TRUE(ParseTextprotoText("common { server { listen: '127.0.0.1:7401' } } # where", "f", config).ok());
  EXPECT_EQ(config.common().server().listen(), "127.0.0.1:7401");
}

TEST(Textproto, RefusesAnUnknownFieldWithItsPlaceAndTheNameThatWasMeant) {
  EXPECT_EQ(Mistakes("common {\n  server {\n    lisen: 'x'\n  }\n}\n"),
            "applicant.textproto:3:5: Message type \"amikeco.config.v1.ServerConfig\" has no field named \"lisen\". "
            "Did you mean listen?");
}

TEST(Textproto, NamesTheFieldsThatThereAreWhenNoneIsNear) {
  EXPECT_THAT(Mistakes("zzzzzzzzzz: 1"), HasSubstr("Known are: common, compliance."));
}

TEST(Textproto, RefusesAFieldThatIsGivenTwice) {
  const std::string mistakes = Mistakes("common { programmes_dir: 'a' programmes_dir: 'b' }");
  EXPECT_THAT(mistakes, HasSubstr("applicant.textproto:1:"));
  EXPECT_THAT(mistakes, HasSubstr("Remove one of the two."));
}

TEST(Textproto, RefusesTwoMembersOfOneChoice) {
  EXPECT_THAT(Mistakes("common { store { sqlite { path: 'a' } postgres { conninfo: 'b' } } }"), HasSubstr("engine"));
}

TEST(Textproto, RefusesAValueOfTheWrongType) {
  EXPECT_THAT(Mistakes("common { server { max_in_flight: 'many' } }"), HasSubstr("1:34: "));
  EXPECT_THAT(Mistakes("common { server { max_in_flight: 99999999999 } }"), HasSubstr("out of range"));
}

TEST(Textproto, RefusesATextThatIsCutOff) {
  EXPECT_THAT(Mistakes("common { server {"), HasSubstr("applicant.textproto:1:"));
}

// Found by tests/fuzz: it was taken, and nothing that held it could be read again.
TEST(Textproto, RefusesAStringThatIsNotUtf8WithItsPlace) {
  EXPECT_EQ(Mistakes("common {\n  programmes_dir: '\xC3('\n}"),
            "applicant.textproto:2:3: programmes_dir is not UTF-8.");
  EXPECT_EQ(Mistakes("common {\n  server {\n    listen: '\\377' } }"), "applicant.textproto:3:5: listen is not UTF-8.");
  programme::v1::Programme programme;
  EXPECT_EQ(ParseTextprotoText("\nnotice_sets: ['a',\n'\\377']", "p", programme).message(),
            "p:2:1: notice_sets is not UTF-8.");
}

class ConfigFileTest : public ::testing::Test {
 protected:
  ConfigFileTest() : path_(absl::StrCat(::testing::TempDir(), "config-", getpid(), ".textproto")) {}
  ~ConfigFileTest() override { std::filesystem::remove(path_); }

  CommandLineAnswer Load(std::vector<const char*> words, const std::function<absl::Status()>& validate = nullptr) {
    words.insert(words.begin(), "/usr/bin/amikeco-applicant");
    return LoadConfig(static_cast<int>(words.size()), words.data(), config_, validate, [this] { return migrated_; });
  }

  const std::string path_;
  config::v1::ApplicantConfig config_;
  absl::StatusOr<std::string> migrated_ = "Step 2 of 2.";
};

TEST_F(ConfigFileTest, IsRead) {
  ASSERT_TRUE(WriteFileAtomically(path_, "common { programmes_dir: 'programmes' }").ok());
  EXPECT_FALSE(Load({"--config", path_.c_str()}).exit);
  EXPECT_EQ(config_.common().programmes_dir(), "programmes");
  EXPECT_FALSE(Load({absl::StrCat("--config=", path_).c_str()}).exit);
}

TEST_F(ConfigFileTest, IsOnlyCheckedWhenAskedFor) {
  ASSERT_TRUE(WriteFileAtomically(path_, "").ok());
  const CommandLineAnswer answer = Load({"--check", "--config", path_.c_str()});
  EXPECT_TRUE(answer.exit);
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_EQ(answer.out, absl::StrCat(path_, ": ok\n"));
}

TEST_F(ConfigFileTest, IsForMigratingAloneWhenAskedFor) {
  ASSERT_TRUE(WriteFileAtomically(path_, "").ok());
  const CommandLineAnswer done = Load({"--migrate", "--config", path_.c_str()});
  EXPECT_TRUE(done.exit);
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.out, "amikeco-applicant: Step 2 of 2.\n");
  migrated_ = absl::UnavailableError("no database");
  const CommandLineAnswer failed = Load({"--migrate", "--config", path_.c_str()});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_EQ(failed.error, "amikeco-applicant: no database\n");
}

TEST_F(ConfigFileTest, WithAMistakeEndsTheProgramWithCode2) {
  ASSERT_TRUE(WriteFileAtomically(path_, "comon {}").ok());
  const CommandLineAnswer answer = Load({"--config", path_.c_str()});
  EXPECT_TRUE(answer.exit);
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_THAT(answer.error, HasSubstr(absl::StrCat(path_, ":1:1: ")));
}

TEST_F(ConfigFileTest, IsRefusedByTheServicesOwnCheckToo) {
  ASSERT_TRUE(WriteFileAtomically(path_, "").ok());
  const CommandLineAnswer answer = Load({"--check", "--config", path_.c_str()},
                                        [] { return absl::InvalidArgumentError("programmes_dir is missing"); });
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_EQ(answer.error, absl::StrCat(path_, ": programmes_dir is missing\n"));
}

TEST_F(ConfigFileTest, IsRefusedFieldByFieldWithTheirLines) {
  ASSERT_TRUE(WriteFileAtomically(path_, "common {\n  process {\n    log_level: \"loud\"\n  }\n}\n").ok());
  const CommandLineAnswer answer = Load({"--check", "--config", path_.c_str()}, [] {
    FieldErrors wrong;
    wrong.Add("common.process.log_level", "must be \"info\"");
    wrong.Add("compliance", "must be set");
    return wrong.ToStatus();
  });
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_EQ(answer.error, absl::StrCat(path_, ":3: common.process.log_level: must be \"info\"\n", path_,
                                       ":1: compliance: must be set\n"));
}

TEST_F(ConfigFileTest, ThatCannotBeReadIsSaidSo) {
  EXPECT_THAT(Load({"--config", "/nowhere/x"}).error, HasSubstr("/nowhere/x"));
  EXPECT_EQ(Load({"--config", "/tmp"}).exit_code, 2) << "a folder is no file";
}

TEST_F(ConfigFileTest, MustBeNamed) {
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{}, {"--config"}, {"--cofig", "x"}, {"x"}}) {
    const CommandLineAnswer answer = Load(words);
    EXPECT_EQ(answer.exit_code, 2);
    EXPECT_THAT(answer.error, HasSubstr("see amikeco-applicant --help"));
  }
}

TEST_F(ConfigFileTest, HelpAndVersionNeedNoFile) {
  EXPECT_THAT(Load({"--help"}).out, HasSubstr("Usage: amikeco-applicant --config FILE"));
  EXPECT_EQ(Load({"--help"}).exit_code, 0);
  EXPECT_EQ(Load({"--version"}).out, absl::StrCat("amikeco-applicant ", Version(), "\n"));
}

TEST_F(ConfigFileTest, SecretsLoseTheLineEndAndNothingElse) {
  ASSERT_TRUE(WriteFileAtomically(path_, " s3cret \n").ok());
  EXPECT_EQ(ReadSecretFile(path_).value(), " s3cret ");
  ASSERT_TRUE(WriteFileAtomically(path_, "s3cret").ok());
  EXPECT_EQ(ReadSecretFile(path_).value(), "s3cret");
  EXPECT_EQ(ReadFile(absl::StrCat(path_, ".none")).status().code(), absl::StatusCode::kNotFound);
}

TEST(WriteFileAtomically, LeavesNothingBehindWhenItFails) {
  EXPECT_FALSE(WriteFileAtomically("/nowhere/at/all", "x").ok());
}

}  // namespace
}  // namespace amikeco
