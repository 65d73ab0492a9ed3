// House: all four services in one process, for tests — real stores, real chains, a queue in memory and one clock that
// only the test moves. Nothing runs by itself: Settle lets facts, mail and the clock's doors go on until nothing is
// left.
#ifndef AMIKECO_TESTS_SUPPORT_HOUSE_H_
#define AMIKECO_TESTS_SUPPORT_HOUSE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/event/v1/event.pb.h"
#include "common/base/clock.h"
#include "common/events/local_queue.h"
#include "common/rpc/client.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "google/protobuf/message.h"
#include "services/notify/letter.h"

namespace amikeco {

// Not thread safe, but for Call. Run from the root of the tree: it loads the templates that are there.
class House {
 public:
  // The clock stands at `start`. With the programmes of the folder.
  explicit House(absl::Time start, std::string programmes = "programmes");
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  // OK, or why the house could not be built; then nothing else may be called.
  const absl::Status& status() const { return status_; }
  AdjustableClock& clock() { return clock_; }
  // "applicant", "matching", "compliance", "notify".
  static const std::vector<std::string>& Services();
  Chain& chain(absl::string_view service);
  Store& store(absl::string_view service);
  const Dossiers& dossiers() const;
  // The folder with the services' databases, and what a scrape of the service's metrics shows.
  const std::string& folder() const { return dir_; }
  std::string Metrics(absl::string_view service);

  // Calls "amikeco.matching.v1.MatchingService/GetHost" as `actor`, through the service's chain. OperationsService,
  // which all have, is asked by chain().
  template <typename Response>
  absl::StatusOr<Response> Call(const Actor& actor, absl::string_view method,
                                const google::protobuf::Message& request) {
    InProcessCaller caller(ChainOf(method), {"", actor});
    if (rewrite_ == nullptr) return caller.Call<Response>(method, request);
    const std::unique_ptr<google::protobuf::Message> sent(request.New());
    sent->CopyFrom(request);
    rewrite_(*sent);
    auto response = caller.Call<Response>(method, *sent);
    if (response.ok()) taken_(*sent);
    return response;
  }
  // From now on `rewrite` may change each request before it is sent, and `taken` hears of those that were answered.
  void Watch(std::function<void(google::protobuf::Message&)> rewrite,
             std::function<void(const google::protobuf::Message&)> taken) {
    rewrite_ = std::move(rewrite);
    taken_ = std::move(taken);
  }

  // Publishes what was stated, lets everybody react to it, does what is due and sends mail, until nothing is left.
  // DEADLINE_EXCEEDED when that does not come to an end within a minute.
  absl::Status Settle();
  // The facts stated since this was last asked, in the order in which they came to be.
  std::vector<event::v1::Event> News();
  // The mail sent since this was last asked.
  std::vector<notify::Letter> Letters();

 private:
  struct Room;
  class MailDrop;

  absl::Status Build();
  template <typename Service>
  void Furnish(Room& room, Service& service);
  Chain& ChainOf(absl::string_view method);
  Room& RoomOf(absl::string_view service);
  absl::StatusOr<int> Turn(Room& room);
  absl::StatusOr<bool> Settled(Room& room);
  absl::Status Gather(Room& room);

  const std::string programmes_;
  std::function<void(google::protobuf::Message&)> rewrite_;
  std::function<void(const google::protobuf::Message&)> taken_;
  absl::Status status_;
  std::string dir_;
  AdjustableClock clock_;
  LocalQueue queue_;
  struct Furniture;
  std::unique_ptr<Furniture> furniture_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::vector<event::v1::Event> news_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_HOUSE_H_
