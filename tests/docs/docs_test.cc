// What documents say of the tree, held to it: links lead somewhere, the metrics told of are those that there are, and
// what is printed twice is the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/docs/tool.h"

namespace {

using ::testing::HasSubstr;

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::string> Found(const std::string& text, const std::regex& what) {
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), what), end; at != end; ++at) found.insert((*at)[1]);
  return found;
}

std::vector<std::filesystem::path> Documents() {
  std::vector<std::filesystem::path> documents = {"README.md", "CHANGELOG.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator("docs")) {
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  }
  return documents;
}

// The names that the product gives to its counters, gauges and histograms.
std::set<std::string> MetricsOfTheSources() {
  static const std::regex made(R"((?:Counter|Gauge|Histogram)\(\s*\"((?:amikeco|grpc_server)_\w+)\")");
  std::set<std::string> metrics;
  for (const char* folder : {"common", "services"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string path = entry.path().string();
      if (entry.path().extension() != ".cc" || path.find("_test.cc") != std::string::npos) continue;
      metrics.merge(Found(TextOf(entry.path()), made));
    }
  }
  return metrics;
}

TEST(Documents, LinkToWhatIsThere) {
  static const std::regex link(R"(\]\(([^)#\s]+)\))");
  for (const auto& document : Documents()) {
    for (const std::string& target : Found(TextOf(document), link)) {
      if (target.find("://") != std::string::npos) continue;
      EXPECT_TRUE(std::filesystem::exists(document.parent_path() / target)) << document << " links to " << target;
    }
  }
}

TEST(Documents, TellOfEveryMetricThereIsAndOfNoOther) {
  static const std::regex named(
      R"(((?:amikeco|grpc_server)_[a-z0-9_]+_(?:total|seconds|bytes|unpublished|lag|pending|paused|depth|open|entries|gaps)))");
  const std::set<std::string> made = MetricsOfTheSources();
  const std::set<std::string> told = Found(TextOf("docs/operations.md"), named);
  EXPECT_GT(made.size(), 15u);  // the expression still finds them
  EXPECT_EQ(told, made);
}

TEST(Documents, ShowTheServiceConfigThatTheSamplesUse) {
  EXPECT_THAT(TextOf("docs/partner-guide.md"),
              HasSubstr("```json\n" + TextOf("samples/service_config.json") + "```\n"));
}

TEST(Documents, TellWhichTestsShowEachRequirement) {
  const amikeco::Ran printed = amikeco::RunTool({"tools/requirements"});
  ASSERT_EQ(printed.code, 0) << printed.output;
  // Not EXPECT_EQ: that would print both.
  EXPECT_TRUE(TextOf("docs/requirements.md") == printed.output) << "tools/requirements > docs/requirements.md";
}

bool HasFiles(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) return true;
  }
  return false;
}

// The map of the tree in README.md: every folder at the root is in it, and what it names is there.
TEST(Documents, MapTheTree) {
  const std::string readme = TextOf("README.md");
  for (const auto& entry : std::filesystem::directory_iterator(".")) {
    const std::string name = entry.path().filename();
    if (!entry.is_directory() || name[0] == '.' || name == "build" || name == "var" || name == "cmake") continue;
    if (!HasFiles(entry.path())) continue;
    EXPECT_TRUE(readme.find("| `" + name + "/") != std::string::npos) << name << "/ is not in README.md's map";
  }
  static const std::regex mapped(R"(\n\| `([a-z]+/))");
  for (const std::string& folder : Found(readme, mapped)) EXPECT_TRUE(std::filesystem::exists(folder)) << folder;
}

}  // namespace
