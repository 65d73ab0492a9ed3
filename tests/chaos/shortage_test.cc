// A real program that may not write more to its disk, or open no more files: it says so, goes on, and works again as
// soon as there is room.
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/status.h"
#include "gtest/gtest.h"
#include "tests/chaos/trial.h"

namespace amikeco::chaos {
namespace {

constexpr char kMatching[] = "amikeco.matching.v1.MatchingService/";

class Shortage : public Trial {
 protected:
  // Of matching, from now on.
  void Limit(__rlimit_resource resource, rlim_t most) {
    const pid_t matching = installation_->replicas().at("matching")->pid();
    rlimit limit{};
    ASSERT_EQ(prlimit(matching, resource, nullptr, &limit), 0);
    limit.rlim_cur = std::min(most, limit.rlim_max);
    ASSERT_EQ(prlimit(matching, resource, &limit, nullptr), 0);
  }
  // The number that the next file would get.
  rlim_t NextFile() const {
    rlim_t number = 0;
    const std::string folder = absl::StrCat("/proc/", installation_->replicas().at("matching")->pid(), "/fd/");
    while (std::filesystem::is_symlink(absl::StrCat(folder, number))) ++number;
    return number;
  }

  // Sends a command, always the same, and notes it.
  absl::Status Register(const std::string& id) {
    matching::v1::RegisterHostRequest host;
    host.set_host_id(id);
    host.mutable_agency()->set_title("Police Department");
    host.mutable_agency()->set_country("US");
    host.set_request_id("7c1f5a52-8c1e-4f0e-9d3b-2a64c9d7e1b8");
    const std::string name = absl::StrCat("hosts/", id);
    history_.Call(host.request_id(), name, MarkerOf(name, 1));
    const auto answer =
        installation_->Call<matching::v1::Host>("matching", absl::StrCat(kMatching, "RegisterHost"), host);
    if (answer.ok()) history_.Acknowledged(host.request_id(), 0, DigestOf(*answer));
    return answer.status();
  }
  absl::Status Read() {
    matching::v1::SearchHostsRequest request;
    request.set_page_size(1);
    return installation_
        ->Call<matching::v1::SearchHostsResponse>("matching", absl::StrCat(kMatching, "SearchHosts"), request)
        .status();
  }
  // As a client that comes now.
  absl::Status HealthForNewcomers() {
    config::v1::PeerConfig peer;
    peer.set_target(installation_->TargetsOf("matching"));
    Channel channel(peer);
    return CheckHealth(channel, "readiness", absl::Seconds(1));
  }
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const absl::Time deadline = absl::Now() + absl::Seconds(40);
    while (absl::Now() < deadline) {
      if (condition()) return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }
};

// The size of a file that it may write is limited: to SQLite that is what a full disk is.
TEST_F(Shortage, OfDiskIsSaidAndLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  ASSERT_TRUE(Eventually([&] { return load_->answered() > 20; })) << load_->problem();
  ASSERT_NO_FATAL_FAILURE(Limit(RLIMIT_FSIZE, 1));
  absl::Status refused;
  ASSERT_TRUE(Eventually([&] { return !(refused = Register("shortage-of-disk")).ok(); }));
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
  EXPECT_EQ(ReasonOf(refused), "STORE_UNAVAILABLE") << refused;
  EXPECT_TRUE(Read().ok()) << "what is there can be read";
  EXPECT_TRUE(CheckHealth(installation_->channel("matching"), "liveness", absl::Seconds(10)).ok());
  ASSERT_NO_FATAL_FAILURE(Limit(RLIMIT_FSIZE, RLIM_INFINITY));
  EXPECT_TRUE(Eventually([&] { return Register("shortage-of-disk").ok(); }));
  ExpectNothingLostAndNothingTwice();
}

TEST_F(Shortage, OfFilesKeepsNewcomersOutAndNobodyElse) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  ASSERT_TRUE(Eventually([&] { return load_->answered() > 20; })) << load_->problem();
  ASSERT_NO_FATAL_FAILURE(Limit(RLIMIT_NOFILE, NextFile()));
  EXPECT_FALSE(HealthForNewcomers().ok());
  EXPECT_TRUE(Register("shortage-of-files").ok());
  EXPECT_TRUE(Read().ok());
  ASSERT_NO_FATAL_FAILURE(Limit(RLIMIT_NOFILE, 1024));
  EXPECT_TRUE(Eventually([&] { return HealthForNewcomers().ok(); }));
  ExpectNothingLostAndNothingTwice();
}

}  // namespace
}  // namespace amikeco::chaos
