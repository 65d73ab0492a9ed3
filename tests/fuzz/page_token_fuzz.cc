#include "common/store/table.h"
#include "google/type/date.pb.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

// A store with many records, all of which stand at one position.
class Shelf : public Reader {
 public:
  explicit Shelf(Position position) : position_(std::move(position)) {}
  const std::optional<Position>& after() const { return after_; }

  absl::StatusOr<std::vector<std::pair<Position, StoredRecord>>> Scan(const ScanRange& range) override {
    after_ = range.after;
    return std::vector<std::pair<Position, StoredRecord>>(static_cast<size_t>(range.limit),
                                                          {position_, {range.kind, position_.id, 1, ""}});
  }
  absl::StatusOr<std::optional<StoredRecord>> Get(absl::string_view, absl::string_view) override {
    return std::nullopt;
  }
  absl::StatusOr<std::vector<StoredEvent>> History(absl::string_view, int64_t, int) override { return Nothing(); }
  absl::StatusOr<std::vector<StoredEvent>> EventsAfter(int64_t, int) override { return Nothing(); }
  absl::StatusOr<std::optional<StoredEvent>> LastEvent() override { return std::nullopt; }
  absl::StatusOr<std::vector<StoredEvent>> UnnumberedEvents(int) override { return Nothing(); }

 private:
  static std::vector<StoredEvent> Nothing() { return {}; }
  Position position_;
  std::optional<Position> after_;
};

}  // namespace

// A token from outside, and one that the list gave out itself, whatever bytes it is made of.
void Try(absl::string_view input) {
  const auto parts = Parts<4>(input);
  const absl::string_view token = parts[0], prefix = parts[1], value = parts[2], id = parts[3];
  const Table<google::type::Date> table("date", [](const google::type::Date&) { return std::vector<Key>(); });
  Shelf shelf({std::string(value), std::string(id)});
  const auto list = [&](absl::string_view key, absl::string_view page) {
    return table.List(shelf, {std::string(key), std::string(prefix), 1, std::string(page)});
  };
  if (const auto page = list("key", token); !page.ok()) RequireRefusal(page.status());
  const auto first = list("key", "");
  Require(first.ok() && !first->next_page_token.empty(), "there is more");
  const auto second = list("key", first->next_page_token);
  Require(second.ok() && shelf.after() && shelf.after()->value == value && shelf.after()->id == id,
          "a list goes on where it stopped");
  Require(!list("other", first->next_page_token).ok(), "a token is of its list alone");
}
}  // namespace amikeco::fuzz
