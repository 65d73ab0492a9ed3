// Table<T>: records of one message type in a store, with keys computed from the message.
#ifndef AMIKECO_COMMON_STORE_TABLE_H_
#define AMIKECO_COMMON_STORE_TABLE_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/store/parts.h"
#include "common/store/store.h"

namespace amikeco {

// A record as loaded. version 0: there is none yet, and `value` is the default message.
template <typename T>
struct Versioned {
  std::string name;
  T value;
  int64_t version = 0;

  bool exists() const { return version > 0; }
};

// The etag that callers see for a stored version.
inline std::string EtagOf(int64_t version) { return absl::StrCat("\"", version, "\""); }

template <typename T>
struct Page {
  std::vector<Versioned<T>> items;
  std::string next_page_token;  // "" at the end
};

// Which entries of a key a page shows: those whose value starts with `prefix`.
struct PageRequest {
  std::string key;
  std::string prefix;
  int page_size = 0;  // 0: 50; above 1,000: 1,000
  std::string page_token;
};

// Stateless but for its definition; safe to share.
template <typename T>
class Table {
 public:
  using KeysOf = std::function<std::vector<Key>(const T&)>;

  Table(std::string kind, KeysOf keys) : kind_(std::move(kind)), keys_(std::move(keys)) {}

  const std::string& kind() const { return kind_; }

  // The record, or version 0 when there is none. DATA_LOSS when it does not parse.
  absl::StatusOr<Versioned<T>> Find(Reader& reader, absl::string_view name) const {
    AMIKECO_ASSIGN_OR_RETURN(const auto stored, reader.Get(kind_, name));
    if (!stored) return Versioned<T>{std::string(name), T(), 0};
    return Parse(*stored);
  }

  // The record; NOT_FOUND when there is none.
  absl::StatusOr<Versioned<T>> Get(Reader& reader, absl::string_view name) const {
    AMIKECO_ASSIGN_OR_RETURN(auto found, Find(reader, name));
    if (!found.exists()) return NotFound(name);
    return found;
  }

  // Writes `value` as version `to` over version `from`.
  absl::Status Put(Transaction& tx, absl::string_view name, const T& value, int64_t from, int64_t to) const {
    return tx.Put({kind_, std::string(name), to, value.SerializeAsString()}, from, keys_(value));
  }

  // Up to `limit` records whose value of `key` is in [from, below), in order. `below` "" means no bound.
  absl::StatusOr<std::vector<Versioned<T>>> Range(Reader& reader, absl::string_view key, absl::string_view from,
                                                  absl::string_view below, int limit) const {
    AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan({kind_, std::string(key), std::string(from),
                                                           std::string(below), std::nullopt, limit}));
    std::vector<Versioned<T>> found;
    for (const auto& [position, record] : rows) {
      AMIKECO_ASSIGN_OR_RETURN(auto parsed, Parse(record));
      found.push_back(std::move(parsed));
    }
    return found;
  }

  // One page in key order. INVALID_ARGUMENT (field page_token or page_size) when the request makes no sense.
  absl::StatusOr<Page<T>> List(Reader& reader, const PageRequest& request) const {
    FieldErrors wrong;
    if (request.page_size < 0) wrong.Add("page_size", "must not be negative; 0 asks for the default, 50");
    ScanRange range{kind_, request.key, request.prefix, After(request.prefix), std::nullopt, 0};
    range.limit = request.page_size <= 0 ? 50 : std::min(request.page_size, 1000);
    if (!request.page_token.empty()) {
      range.after = PositionOf(request);
      if (!range.after) {
        wrong.Add("page_token", "is not a token that this list gave out with the same filter; start without one");
      }
    }
    AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
    const int wanted = range.limit++;  // one more tells whether there is a next page
    AMIKECO_ASSIGN_OR_RETURN(auto rows, reader.Scan(range));
    Page<T> page;
    Position last;
    for (auto& [position, record] : rows) {
      if (static_cast<int>(page.items.size()) == wanted) {
        page.next_page_token = TokenOf(request, last);
        break;
      }
      AMIKECO_ASSIGN_OR_RETURN(auto parsed, Parse(record));
      page.items.push_back(std::move(parsed));
      last = std::move(position);
    }
    return page;
  }

 private:
  absl::StatusOr<Versioned<T>> Parse(const StoredRecord& stored) const {
    Versioned<T> record{stored.id, T(), stored.version};
    if (!record.value.ParseFromString(stored.body)) {
      return Error(errors::kCorruptRecord, absl::StrCat("The stored ", kind_, " ", stored.id, " does not parse."),
                   {{"kind", kind_}, {"name", stored.id}});
    }
    return record;
  }

  // The first string that does not start with `prefix` and sorts behind those that do; "" when there is none.
  static std::string After(std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
    if (!prefix.empty()) ++prefix.back();
    return prefix;
  }

  // A token is bound to the key and prefix it was made for, so that a changed filter is noticed.
  static std::string TokenOf(const PageRequest& request, const Position& last) {
    std::string plain;
    for (const std::string* part : {&request.key, &request.prefix, &last.value, &last.id}) AppendPart(plain, *part);
    return absl::WebSafeBase64Escape(plain);
  }
  static std::optional<Position> PositionOf(const PageRequest& request) {
    std::string plain, key, prefix;
    Position last;
    if (!absl::WebSafeBase64Unescape(request.page_token, &plain)) return std::nullopt;
    absl::string_view rest = plain;
    const bool whole = TakePart(rest, key) && TakePart(rest, prefix) && TakePart(rest, last.value) &&
                       TakePart(rest, last.id) && rest.empty();
    if (!whole || key != request.key || prefix != request.prefix) return std::nullopt;
    return last;
  }

  std::string kind_;
  KeysOf keys_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_TABLE_H_
