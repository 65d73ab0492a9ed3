// Requests made from descriptors: a valid sample of any message, and the ways in which it can be wrong.
#ifndef AMIKECO_TESTS_BAD_INPUT_REQUESTS_H_
#define AMIKECO_TESTS_BAD_INPUT_REQUESTS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace amikeco {

// Names that stand for the examples of their collections: "members/" → "members/M-17".
using Names = std::map<std::string, std::string>;

// A message of the type that satisfies every field rule, all fields set: strings from the rules' examples, dates and
// times in the year 2030, periods the right way round, one item in each list.
std::unique_ptr<google::protobuf::Message> SampleOf(const google::protobuf::Descriptor& type, const Names& names = {});

// One wrong request, as it goes over the wire.
struct WrongRequest {
  std::string what;  // "wishes.stay_language: too long"
  std::string bytes;
  // It breaks a rule that holds whatever the state: INVALID_ARGUMENT with the field is the one right answer. Otherwise
  // any documented code will do.
  bool must_be_refused = true;
};

// Empty, too long, too many, unknown enum, bad UTF-8, dates that are not or are past, reversed periods, wrong wire
// types, cut off.
std::vector<WrongRequest> WrongRequestsOf(const google::protobuf::Descriptor& type, const Names& names = {});

}  // namespace amikeco

#endif  // AMIKECO_TESTS_BAD_INPUT_REQUESTS_H_
