#include "cli/meanings.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/options/v1/options.pb.h"
#include "cli/api.h"

namespace amikeco::cli {
namespace {

using google::protobuf::FieldDescriptor;

// What fields of a name mean everywhere, where the proto file says nothing.
constexpr std::pair<absl::string_view, const char*> kMeanings[] = {
    {"birth_date", "Day of birth."},
    {"email", "Electronic mail address."},
    {"etag", "Only if the record still has the etag that was seen."},
    {"family_name", "Family name."},
    {"first_day", "First day."},
    {"given_name", "Given name."},
    {"hold_id", "Of the hold; chosen by whoever places it."},
    {"last_day", "Last day; it counts."},
    {"person", "Who it is: an id, never a name."},
    {"phone", "Telephone number."},
    {"postal_address", "Where letters are sent to."},
    {"reason", "Why; no personal data."},
    {"topics", "Topics of which it has something to show."},
};

std::string KnownMeaningOf(const FieldDescriptor& field) {
  for (const auto& [name, meaning] : kMeanings) {
    if (name == field.name()) return meaning;
  }
  return "";
}

// "First and last day covered." is written once, above the first of two days; so it is of latitude and longitude.
std::string CommentOfPair(const FieldDescriptor& field) {
  if (field.index() == 0) return "";
  const FieldDescriptor& first = *field.containing_type()->field(field.index() - 1);
  const bool same = field.type() == first.type() && field.message_type() == first.message_type();
  const bool pairs =
      field.type() == FieldDescriptor::TYPE_DOUBLE ||
      (field.message_type() != nullptr && absl::StartsWith(field.message_type()->full_name(), "google."));
  return same && pairs ? CommentOf(first) : "";
}

// "The hosting offer." of a field that is a name such as "hostingOffers/O-17".
std::string RecordOf(const FieldDescriptor& field) {
  const absl::string_view example = field.options().GetExtension(options::v1::field).example();
  const size_t slash = example.find('/');
  if (slash == example.npos) return "";
  std::string words;
  for (const char c : absl::StripSuffix(example.substr(0, slash), "s")) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) words += ' ';
    words += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return absl::StrCat("The ", words, ".");
}

}  // namespace

std::string MeaningOf(const FieldDescriptor& field) {
  // Every list says it a little differently.
  if (field.name() == "page_size") return "Records a page; without it 50, at most 1,000.";
  if (field.name() == "page_token") return "Go on behind an earlier page.";
  std::string meaning = CommentOf(field);
  for (const auto of : {KnownMeaningOf, CommentOfPair, RecordOf}) {
    if (meaning.empty()) meaning = of(field);
  }
  return meaning;
}

}  // namespace amikeco::cli
