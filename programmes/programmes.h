// Programmes: the programme files, strictly parsed and checked, and every version that was ever loaded.
//
// Immutable after loading; safe to share between threads.
#ifndef AMIKECO_PROGRAMMES_PROGRAMMES_H_
#define AMIKECO_PROGRAMMES_PROGRAMMES_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/countries/countries.h"

namespace amikeco {

class Programmes {
 public:
  // Every *.textproto of `dir`, whose countries are among `countries`. INVALID_ARGUMENT names file, line, field and
  // fix.
  static absl::StatusOr<Programmes> Load(const std::string& dir, const Countries& countries = Countries::None());
  // One file. The same errors; NOT_FOUND when it is not there.
  static absl::StatusOr<Programmes> LoadFile(const std::string& path, const Countries& countries = Countries::None());

  // The programme in that version; version 0: the latest. NOT_FOUND otherwise.
  absl::StatusOr<const programme::v1::Programme*> Find(absl::string_view name, int version = 0) const;
  // The version that came before `programme`, of those that are known; null when it is the first.
  const programme::v1::Programme* Before(const programme::v1::Programme& programme) const;
  // The latest version of each, by name.
  std::vector<const programme::v1::Programme*> Latest() const;
  // Adds a version, unless the same (name, version) is there.
  void Add(const programme::v1::Programme& programme);

 private:
  std::map<std::pair<std::string, int>, programme::v1::Programme> versions_;
};

// Everything that is wrong with a programme, as field violations: contradictions, unknown zones and countries,
// duplicate ids.
absl::Status CheckProgramme(const programme::v1::Programme& programme, const Countries& countries = Countries::None());

}  // namespace amikeco

#endif  // AMIKECO_PROGRAMMES_PROGRAMMES_H_
