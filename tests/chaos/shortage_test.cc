// A real program whose disk is full, or that may not write more to it: it says so, goes on, and works again as soon as
// there is room.
// And one that may open no more files: it works on for those who are there, and says that it must be started again.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/hash.h"
#include "common/base/status.h"
#include "gtest/gtest.h"
#include "tests/chaos/trial.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

constexpr char kMatching[] = "amikeco.matching.v1.MatchingService/";

// Always the same for an id, as a UUID.
std::string RequestIdOf(const std::string& id) {
  const std::string hex = absl::BytesToHexString(Sha256(id).substr(0, 16));
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-4", hex.substr(13, 3), "-a", hex.substr(17, 3), "-",
                      hex.substr(20, 12));
}

// A file system of its own, which this process and those that it starts see.
class SmallDisk {
 public:
  // Needs the right to mount.
  SmallDisk() {
    mounted_ = unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("small-disk", folder_.path().c_str(), "tmpfs", 0, "size=256m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }

  bool mounted() const { return mounted_; }
  const std::string& path() const { return folder_.path(); }
  // Leaves room for nothing.
  void Fill() {
    const std::string zeros(4096, '\0');
    const int fd = open(ballast_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    while (write(fd, zeros.data(), zeros.size()) > 0) {
    }
    EXPECT_EQ(errno, ENOSPC);
    close(fd);
  }
  void Free() { std::filesystem::remove(ballast_); }

 private:
  const TemporaryFolder folder_{"small-disk"};
  const std::string ballast_ = folder_ / "ballast";
  bool mounted_;
};

class Shortage : public Trial {
 protected:
  // `begin` and `end` the shortage of disk space.
  void ExpectThatShortageOfDiskIsSaid(const std::function<void()>& begin, const std::function<void()>& end);

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
    host.set_request_id(RequestIdOf(id));
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
  // Whether the server says anything to a client that comes now. The connection stays.
  bool AnswersNewcomer() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    newcomers_.push_back(fd);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const std::string target = installation_->TargetsOf("matching");
    address.sin_port = htons(static_cast<uint16_t>(std::stoi(target.substr(target.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    const absl::string_view hello("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);  // with empty SETTINGS
    char answer = 0;
    return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
           send(fd, hello.data(), hello.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(hello.size()) &&
           recv(fd, &answer, 1, 0) == 1;
  }
  void DismissNewcomers() {
    for (const int fd : newcomers_) close(fd);
    newcomers_.clear();
  }
  absl::Status Liveness() { return CheckHealth(installation_->channel("matching"), "liveness", absl::Seconds(10)); }
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const absl::Time deadline = absl::Now() + absl::Seconds(40);
    while (absl::Now() < deadline) {
      if (condition()) return true;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return false;
  }

  std::vector<int> newcomers_;
};

void Shortage::ExpectThatShortageOfDiskIsSaid(const std::function<void()>& begin, const std::function<void()>& end) {
  for (int64_t round = 0; round < RunSize(2, 50); ++round) {
    ASSERT_TRUE(AnswersMore(20)) << load_->problem();
    const int retries = load_->retries();
    ASSERT_NO_FATAL_FAILURE(begin());
    // Others each time: the write-ahead log may have room for a few more, and a command that is known writes nothing.
    std::string id;
    absl::Status refused;
    int tries = 0;
    ASSERT_TRUE(Eventually([&] {
      id = absl::StrCat("shortage-of-disk-", round, "-", ++tries);
      return !(refused = Register(id)).ok();
    }));
    EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable) << refused;
    EXPECT_EQ(ReasonOf(refused), "STORE_UNAVAILABLE") << refused;
    ASSERT_TRUE(Eventually([&] { return load_->retries() > retries + 10; })) << "the load is refused as well";
    EXPECT_TRUE(Read().ok()) << "what is there can be read";
    EXPECT_TRUE(Liveness().ok());
    const auto ready = [&] { return CheckHealth(installation_->channel("matching"), "readiness", absl::Seconds(10)); };
    EXPECT_TRUE(Eventually([&] { return !ready().ok(); })) << "the log and the probes say so";
    ASSERT_NO_FATAL_FAILURE(end());
    EXPECT_TRUE(Eventually([&] { return Register(id).ok(); }));
    EXPECT_TRUE(Eventually([&] { return ready().ok(); }));
  }
  ExpectNothingLostAndNothingTwice();
}

TEST_F(Shortage, OfDiskIsSaidAndLosesNothing) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "may not mount a file system: run as root";
  Installation::Options options;
  options.data_folder = disk.path();
  ASSERT_NO_FATAL_FAILURE(Start(options));
  ExpectThatShortageOfDiskIsSaid([&] { disk.Fill(); }, [&] { disk.Free(); });
}

// Each write is an error, and not for lack of space.
TEST_F(Shortage, OfFileSizeIsSaidAndLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  ExpectThatShortageOfDiskIsSaid([&] { Limit(RLIMIT_FSIZE, 1); }, [&] { Limit(RLIMIT_FSIZE, RLIM_INFINITY); });
}

// gRPC never accepts a connection again after one that it could not accept (grpc/grpc#20418), so that the process must
// say that it has to be started again.
TEST_F(Shortage, OfFilesKeepsNewcomersOutAndNobodyElseUntilTheRestartThatLivenessAsksFor) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan opens a pipe to look at an object's vptr, and takes every one for invalid when it cannot";
#endif
  ASSERT_NO_FATAL_FAILURE(Start({}));
  for (int64_t round = 0; round < RunSize(2, 50); ++round) {
    ASSERT_TRUE(AnswersMore(20)) << load_->problem();
    ASSERT_TRUE(Liveness().ok());
    ASSERT_NO_FATAL_FAILURE(Limit(RLIMIT_NOFILE, NextFile()));
    ASSERT_TRUE(Eventually([&] { return !AnswersNewcomer(); })) << "the first ones may find files that were closed";
    EXPECT_TRUE(Register(absl::StrCat("shortage-of-files-", round)).ok());
    EXPECT_TRUE(Read().ok());
    EXPECT_TRUE(AnswersMore(50)) << load_->problem();
    EXPECT_TRUE(Eventually([&] { return !Liveness().ok(); }));
    DismissNewcomers();
    ASSERT_NO_FATAL_FAILURE(Limit(RLIMIT_NOFILE, 1024));
    EXPECT_FALSE(Liveness().ok()) << "it stays, as the trouble does";
    const auto stopped = installation_->Stop({"matching"});
    ASSERT_TRUE(stopped.ok()) << stopped.status();
    const absl::Status launched = installation_->Launch({"matching"});
    ASSERT_TRUE(launched.ok()) << launched;
    EXPECT_TRUE(Eventually([&] { return AnswersNewcomer(); }));
    DismissNewcomers();
    EXPECT_TRUE(Liveness().ok());
    EXPECT_TRUE(AnswersMore(50)) << load_->problem();
  }
  ExpectNothingLostAndNothingTwice();
}

}  // namespace
}  // namespace amikeco::chaos
