// The API as its proto files describe it: types by name, and the comments that are the manual.
#ifndef AMIKECO_CLI_API_H_
#define AMIKECO_CLI_API_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

// "applicant/GetMember" as a method; null when there is none. "ops/…" are the methods that every service has.
const google::protobuf::MethodDescriptor* FindMethod(absl::string_view name);
// "applicant" of the method's package, the key of its target.
std::string ServiceOf(const google::protobuf::MethodDescriptor& method);
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

// The comment above a method or field in its proto file as one line, without the ids of requirements; a field without
// one has its type's. "" when there is none.
std::string CommentOf(const google::protobuf::MethodDescriptor& method);
std::string CommentOf(const google::protobuf::FieldDescriptor& field);
// The first sentence alone.
std::string FirstSentence(absl::string_view text);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_API_H_
