// Canaries: texts that nobody else writes, put into the personal fields of requests, and found again wherever they
// leak.
#ifndef AMIKECO_TESTS_PRIVACY_CANARIES_H_
#define AMIKECO_TESTS_PRIVACY_CANARIES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace amikeco {

class Canaries {
 public:
  // Gives every personal text of the request, and of the messages that are set in it, a canary: in one of several
  // scripts, or as the field's pattern asks.
  void PutInto(google::protobuf::Message& request);
  // The request was taken, so its fields have been through the system.
  void NoteTaken(const google::protobuf::Message& request);

  // Full names of the fields that were in a request that was taken.
  const std::set<std::string>& taken() const { return taken_; }
  // Where a canary stands in the bytes, in whatever encoding: "field amikeco… in UTF-8". Empty: nowhere.
  std::vector<std::string> FoundIn(const std::string& bytes) const;

 private:
  std::string CanaryFor(const google::protobuf::FieldDescriptor& field);

  int count_ = 0;
  std::map<std::string, std::string> texts_;  // field by canary
  std::string interest_;
  std::set<std::string> taken_;
};

// The personal texts that requests of the type may hold, by their full names.
std::set<std::string> PersonalTextsIn(const google::protobuf::Descriptor& request);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_PRIVACY_CANARIES_H_
