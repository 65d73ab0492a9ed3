// What holds for every service, method and field of the API, walked over the descriptors: a new RPC that forgets its
// access option, or a rule that cannot work, fails here and not in production.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/options/v1/options.pb.h"
#include "common/rpc/validate.h"
#include "re2/re2.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

struct GeneratedFiles : DescriptorPool {
  static std::vector<const FileDescriptor*> OfOurs() {
    std::vector<std::string> names;
    internal_generated_database()->FindAllFileNames(&names);
    std::vector<const FileDescriptor*> files;
    for (const std::string& name : names) {
      if (absl::StartsWith(name, "amikeco/")) files.push_back(generated_pool()->FindFileByName(name));
    }
    return files;
  }
};

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : GeneratedFiles::OfOurs()) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int k = 0; k < file->service(i)->method_count(); ++k) methods.push_back(file->service(i)->method(k));
    }
  }
  return methods;
}

void Collect(const Descriptor* message, std::vector<const Descriptor*>& messages) {
  messages.push_back(message);
  for (int i = 0; i < message->nested_type_count(); ++i) Collect(message->nested_type(i), messages);
}

std::vector<const Descriptor*> Messages() {
  std::vector<const Descriptor*> messages;
  for (const FileDescriptor* file : GeneratedFiles::OfOurs()) {
    for (int i = 0; i < file->message_type_count(); ++i) Collect(file->message_type(i), messages);
  }
  return messages;
}

TEST(Api, HasTheServicesThatWeKnow) {
  std::set<std::string> services;
  for (const MethodDescriptor* method : Methods()) services.insert(method->service()->full_name());
  EXPECT_TRUE(services.contains("amikeco.ops.v1.OperationsService"));
}

TEST(Api, EveryMethodSaysWhoMayCallIt) {
  for (const MethodDescriptor* method : Methods()) {
    const auto& access = method->options().GetExtension(options::v1::access);
    EXPECT_TRUE(access.anyone() || !access.roles().empty()) << method->full_name();
    EXPECT_FALSE(access.anyone() && !access.roles().empty()) << method->full_name() << " says both anyone and roles";
    for (const int role : access.roles()) EXPECT_NE(role, options::v1::ROLE_UNSPECIFIED) << method->full_name();
  }
}

// A8
TEST(Api, EveryWriteTakesARequestId) {
  for (const MethodDescriptor* method : Methods()) {
    const auto& access = method->options().GetExtension(options::v1::access);
    const FieldDescriptor* id = method->input_type()->FindFieldByName("request_id");
    const bool has_id = id != nullptr && id->type() == FieldDescriptor::TYPE_STRING && !id->is_repeated();
    EXPECT_EQ(access.write(), has_id) << method->full_name();
    EXPECT_FALSE(access.write() && access.max_staleness_seconds() > 0)
        << method->full_name() << " writes and is cached";
  }
}

TEST(Api, EveryMethodsRulesCompile) {
  for (const MethodDescriptor* method : Methods()) {
    EXPECT_FALSE(method->client_streaming() || method->server_streaming()) << method->full_name();
    Validator validator(method->input_type());
  }
}

TEST(Api, EveryExampleMatchesItsPatternAndEveryPatternHasAnExample) {
  for (const Descriptor* message : Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      const auto& rules = field->options().GetExtension(options::v1::field);
      if (rules.pattern().empty()) continue;
      EXPECT_FALSE(rules.example().empty()) << field->full_name();
      // An example may be shortened with an ellipsis, or be words.
      if (absl::StrContains(rules.example(), "…") || absl::StrContains(rules.example(), " ")) continue;
      EXPECT_TRUE(RE2::FullMatch(rules.example(), rules.pattern())) << field->full_name();
    }
  }
}

TEST(Api, BoundsBelongToNumbersAndPatternsToTexts) {
  for (const Descriptor* message : Messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      const auto& rules = field->options().GetExtension(options::v1::field);
      const bool is_text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      if (rules.min() != rules.max()) {
        EXPECT_LT(rules.min(), rules.max()) << field->full_name();
        EXPECT_FALSE(is_text || field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) << field->full_name();
      }
      const bool wants_text = !rules.pattern().empty() || rules.max_length() > 0;
      EXPECT_TRUE(is_text || !wants_text) << field->full_name();
      EXPECT_TRUE(field->is_repeated() || rules.max_items() == 0) << field->full_name();
    }
  }
}

void FindPersonal(const Descriptor* message, std::set<const Descriptor*>& seen, std::vector<std::string>& found) {
  if (!seen.insert(message).second) return;
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (field->options().GetExtension(options::v1::field).personal()) found.push_back(field->full_name());
    if (field->message_type() != nullptr) FindPersonal(field->message_type(), seen, found);
  }
}

// Facts are kept for ever and travel: nothing personal may be in them (A5-05).
TEST(Api, NoFactHoldsAPersonalField) {
  for (const Descriptor* message : Messages()) {
    if (!absl::EndsWith(message->name(), "Fact")) continue;
    std::set<const Descriptor*> seen;
    std::vector<std::string> found;
    FindPersonal(message, seen, found);
    EXPECT_THAT(found, ::testing::IsEmpty()) << message->full_name();
  }
}

}  // namespace
}  // namespace amikeco
