// Requests as bytes: parsing, and finding out which field keeps them from being parsed.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/utf8.h"
#include "common/rpc/errors.h"
#include "common/rpc/validate.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// As many levels as protobuf's parser goes down.
constexpr int kMaxDepth = 100;

// Walks over the bytes of a message as the parser does and stops at the first thing that it does not take.
class Walker {
 public:
  // True when `bytes` are a good `descriptor` message; null: of an unknown type.
  bool Walk(const Descriptor* descriptor, absl::string_view bytes, const std::string& path, int depth) {
    if (depth > kMaxDepth) return Bad(path, absl::StrCat("is nested more than ", kMaxDepth, " levels deep"));
    CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
    while (static_cast<size_t>(input.CurrentPosition()) < bytes.size()) {
      const uint32_t tag = input.ReadTag();
      const int number = WireFormatLite::GetTagFieldNumber(tag);
      if (tag == 0 || number == 0) return Bad(path, "is cut off or is no message of this type");
      const FieldDescriptor* field = descriptor == nullptr ? nullptr : descriptor->FindFieldByNumber(number);
      const std::string inner = Join(path, field, number);
      if (!WalkField(input, bytes, tag, field, inner, depth)) return false;
    }
    return true;
  }

  BadField found() && { return std::move(found_); }

 private:
  static std::string Join(const std::string& path, const FieldDescriptor* field, int number) {
    const std::string name = field == nullptr ? absl::StrCat("field ", number) : field->name();
    return path.empty() ? name : absl::StrCat(path, ".", name);
  }

  bool Bad(const std::string& path, absl::string_view description) {
    found_ = {path, std::string(description)};
    return false;
  }

  bool WalkField(CodedInputStream& input, absl::string_view bytes, uint32_t tag, const FieldDescriptor* field,
                 const std::string& path, int depth) {
    if (WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      return WireFormatLite::SkipField(&input, tag) ? true : Bad(path, "is cut off or is no value of its type");
    }
    uint32_t size = 0;
    const bool has_size = input.ReadVarint32(&size);
    const auto start = static_cast<size_t>(input.CurrentPosition());
    if (!has_size || size > bytes.size() - start) return Bad(path, "is cut off");
    const absl::string_view value = bytes.substr(start, size);
    input.Skip(static_cast<int>(size));
    if (field == nullptr) return true;
    if (field->type() == FieldDescriptor::TYPE_STRING && !IsUtf8(value)) return Bad(path, "is not UTF-8 text");
    if (field->type() == FieldDescriptor::TYPE_MESSAGE) return Walk(field->message_type(), value, path, depth + 1);
    return true;
  }

  BadField found_;
};

}  // namespace

BadField FindBadField(const Descriptor* descriptor, absl::string_view bytes) {
  Walker walker;
  if (walker.Walk(descriptor, bytes, "", 1)) return {"", "is no message of this type"};
  return std::move(walker).found();
}

absl::Status ParseRequest(absl::string_view bytes, google::protobuf::Message& message) {
  if (bytes.size() > kMaxRequestBytes) {
    const std::string size = absl::StrCat(bytes.size());
    return Error(errors::kRequestTooLarge,
                 absl::StrCat("The request has ", size, " bytes; the most is ", kMaxRequestBytes, "."),
                 {{"bytes", size}});
  }
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  const BadField bad = FindBadField(message.GetDescriptor(), bytes);
  FieldErrors errors;
  errors.Add(bad.field, bad.description);
  return errors.ToStatus();
}

}  // namespace amikeco
