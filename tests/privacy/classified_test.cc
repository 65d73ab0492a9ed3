// Every text that a request may bring is said to be personal, or is known not to be: a new field has to be classified.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "amikeco/options/v1/options.pb.h"
#include "google/protobuf/descriptor.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;

// One full name a line: texts without a pattern that the operator's rules keep free of what is personal, such as titles
// of programmes and reasons of decisions.
constexpr char kImpersonal[] = "tests/privacy/impersonal_texts.txt";

const options::v1::FieldRules& RulesOf(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::field);
}

void Gather(const Descriptor& type, std::set<const Descriptor*>& types) {
  if (!types.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->message_type() != nullptr) Gather(*type.field(i)->message_type(), types);
  }
}

// The inputs of all methods, and what they hold.
std::set<const Descriptor*> RequestTypes() {
  std::set<const Descriptor*> types;
  for (const char* const name : {"amikeco.applicant.v1.ApplicantService", "amikeco.matching.v1.MatchingService",
                                 "amikeco.compliance.v1.ComplianceService", "amikeco.notify.v1.NotifyService",
                                 "amikeco.ops.v1.OperationsService", "amikeco.ops.v1.PrivacyService"}) {
    const auto* const service = DescriptorPool::generated_pool()->FindServiceByName(name);
    EXPECT_NE(service, nullptr) << name;
    if (service == nullptr) continue;
    for (int i = 0; i < service->method_count(); ++i) Gather(*service->method(i)->input_type(), types);
  }
  return types;
}

// A pattern says that it is a name or a code; these are the chain's own.
bool IsClassified(const FieldDescriptor& field) {
  static const std::set<std::string> kOfTheChain = {"request_id", "etag", "page_token"};
  const auto& rules = RulesOf(field);
  return rules.personal() || rules.output_only() || !rules.pattern().empty() || kOfTheChain.count(field.name()) > 0;
}

// A5-05
TEST(PersonalFields, EveryTextOfARequestIsClassified) {
  std::set<std::string> known, found;
  std::ifstream file(kImpersonal);
  for (std::string line; std::getline(file, line);) known.insert(line);
  for (const Descriptor* type : RequestTypes()) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      if (field.type() == FieldDescriptor::TYPE_STRING && !IsClassified(field)) found.insert(field.full_name());
    }
  }
  std::vector<std::string> unclassified, gone;
  std::set_difference(found.begin(), found.end(), known.begin(), known.end(), std::back_inserter(unclassified));
  std::set_difference(known.begin(), known.end(), found.begin(), found.end(), std::back_inserter(gone));
  EXPECT_EQ(absl::StrJoin(unclassified, "\n"), "")
      << "say `personal: true`, give a pattern, or, of a text that says nothing about a person, add it to "
      << kImpersonal;
  EXPECT_EQ(absl::StrJoin(gone, "\n"), "") << "are classified otherwise now; remove them from " << kImpersonal;
}

// A name of a person, an address or a birthday is never left to a list.
TEST(PersonalFields, WhatIsCalledLikeAPersonsDataIsPersonal) {
  for (const Descriptor* type : RequestTypes()) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      for (const char* const word : {"given_name", "family_name", "birth", "phone", "postal", "ip_address",
                                     "signature_name", "witness_name", "user_agent"}) {
        if (absl::StrContains(field.name(), word)) {
          EXPECT_TRUE(RulesOf(field).personal()) << field.full_name();
        }
      }
    }
  }
}

}  // namespace
}  // namespace amikeco
