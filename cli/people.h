// The people of a file that `screen` reads: a person a row.
#ifndef AMIKECO_CLI_PEOPLE_H_
#define AMIKECO_CLI_PEOPLE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/screening.pb.h"

namespace amikeco::cli {

struct PeopleColumns {
  size_t width = 0;
  std::map<std::string, size_t> places;  // of the columns that are read and are there
  std::vector<std::string> unread;       // titles
};

struct Person {
  std::string id, name;
  compliance::v1::MatchPersonRequest request;
};

// A usage error when there is no column name, or one that is read twice.
absl::StatusOr<PeopleColumns> ReadPeopleHeader(absl::string_view header);
// Empty when the row makes sense, else what is wrong with it.
std::string ReadPerson(const PeopleColumns& columns, absl::string_view row, Person& person);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_PEOPLE_H_
