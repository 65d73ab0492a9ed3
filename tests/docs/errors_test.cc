// docs/errors.md against the code: the document is the printed catalogue, and the catalogue has every name there is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "tests/docs/error_catalogue.h"

namespace amikeco {
namespace {

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Reason -> file, of every ErrorName that the product's sources define.
std::map<std::string, std::string> DefinedReasons() {
  static const std::regex definition(R"(constexpr\s+ErrorName\s+k\w+\s*\{[^}]*?"([A-Z0-9_]+)\")");
  std::map<std::string, std::string> reasons;
  for (const char* folder : {"common", "services", "programmes", "cli"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string path = entry.path().string();
      if (!entry.is_regular_file() || path.find("_test") != std::string::npos) continue;
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cc") continue;
      const std::string text = TextOf(entry.path());
      for (std::sregex_iterator found(text.begin(), text.end(), definition), end; found != end; ++found) {
        reasons[(*found)[1]] = path;
      }
    }
  }
  return reasons;
}

TEST(ErrorCatalogue, IsTheDocument) {
  // Not EXPECT_EQ: that would print both.
  EXPECT_TRUE(TextOf("docs/errors.md") == ErrorsDocument()) << "build/dev/bin/errors-print > docs/errors.md";
}

TEST(ErrorCatalogue, HasEveryNameThatTheSourcesDefine) {
  std::set<std::string> listed;
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    for (const ErrorName& name : chapter.errors) listed.insert(name.reason);
  }
  const auto defined = DefinedReasons();
  EXPECT_GT(defined.size(), 80u);  // the expression still finds them
  for (const auto& [reason, path] : defined) EXPECT_TRUE(listed.count(reason) > 0) << reason << " of " << path;
  for (const std::string& reason : listed) EXPECT_TRUE(defined.count(reason) > 0) << reason << " is nowhere defined";
}

TEST(ErrorCatalogue, HasEveryNameOnceInItsDomainWithAFix) {
  std::set<std::pair<std::string, std::string>> names;
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    for (const ErrorName& name : chapter.errors) {
      EXPECT_TRUE(names.emplace(name.domain, name.reason).second) << name.reason;
      EXPECT_STREQ(name.domain, chapter.errors.front().domain) << name.reason;
      EXPECT_FALSE(std::string(name.fix).empty()) << name.reason;
      EXPECT_EQ(std::string(name.fix).find('|'), std::string::npos) << name.reason << " would break the table";
    }
  }
}

TEST(ErrorCatalogue, AdvisesToSendAgainOnlyWhatMayHelp) {
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    for (const ErrorName& name : chapter.errors) {
      const bool passing = name.code == absl::StatusCode::kUnavailable ||
                           name.code == absl::StatusCode::kDeadlineExceeded ||
                           name.code == absl::StatusCode::kResourceExhausted;
      EXPECT_TRUE(passing || RetryAdvice(name) != "the same call") << name.reason;
    }
  }
}

}  // namespace
}  // namespace amikeco
