// Templates of liability waivers: what is signed, each version known by the hash of what it says. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_WAIVER_TEMPLATE_H_
#define AMIKECO_SERVICES_COMPLIANCE_WAIVER_TEMPLATE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "amikeco/compliance/v1/waiver.pb.h"

namespace amikeco::compliance {

// A file as it was read: mistakes are told with its path and line.
struct WaiverFile {
  std::string path;
  std::string text;
  v1::WaiverTemplate parsed;
};

// SHA-256 of what the template says, in hexadecimal digits. How long it is grandfathered is not part of it.
std::string HashOf(const v1::WaiverTemplate& waiver);
// "ride-along@1".
std::string IdOf(const v1::WaiverTemplate& waiver);
// The text in this language; null when there is none.
const v1::WaiverText* TextIn(const v1::WaiverTemplate& waiver, absl::string_view language);

// Immutable once it is shared; safe to share then.
class WaiverTemplates {
 public:
  // INVALID_ARGUMENT with one line for each mistake, "file:line: field: fix": ids and versions that are malformed or
  // given twice, languages that are missing, several current versions of one template or for one agency, no current
  // one for agencies without their own.
  static absl::StatusOr<WaiverTemplates> Check(const std::vector<WaiverFile>& files);

  // What an agency's waivers are issued on: its own current template, else the general one.
  const v1::WaiverTemplate& For(absl::string_view agency) const;
  // The version that says exactly this; null when it was never loaded.
  const v1::WaiverTemplate* Find(absl::string_view hash) const;
  // By hash.
  const std::map<std::string, v1::WaiverTemplate>& all() const { return templates_; }
  // A version that was loaded before and is in no file any more.
  void AddFormer(const v1::WaiverTemplate& waiver) { templates_.emplace(HashOf(waiver), waiver); }

 private:
  std::map<std::string, v1::WaiverTemplate> templates_;
  std::map<std::string, std::string> current_;  // by agency
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_WAIVER_TEMPLATE_H_
