// Templates of waivers for tests: small, in two languages.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_WAIVERS_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_WAIVERS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/compliance/waiver_template.h"

namespace amikeco::compliance {

// "release@1", of every agency, with the acknowledgements NO_WEAPONS and SEAT_BELT in English and German.
inline v1::WaiverTemplate TestTemplate(int version = 1, const std::string& agency = "") {
  v1::WaiverTemplate waiver;
  waiver.set_id(agency.empty() ? "release" : "own-form");
  waiver.set_version(version);
  waiver.set_agency(agency);
  for (const char* language : {"en", "de"}) {
    v1::WaiverText& text = *waiver.add_texts();
    text.set_language(language);
    text.set_title(absl::StrCat("Release ", version, " in ", language));
    text.add_paragraphs("I accept the dangers of police work.");
    text.add_paragraphs("I release the agency from liability.");
  }
  for (const char* code : {"NO_WEAPONS", "SEAT_BELT"}) {
    v1::WaiverAcknowledgement& one = *waiver.add_acknowledgements();
    one.set_code(code);
    for (const char* language : {"en", "de"}) {
      one.add_texts()->set_language(language);
      one.mutable_texts()->rbegin()->set_text(absl::StrCat(code, " in ", language));
    }
  }
  return waiver;
}

inline absl::StatusOr<WaiverTemplates> CheckTemplates(const std::vector<v1::WaiverTemplate>& waivers) {
  std::vector<WaiverFile> files;
  for (const auto& waiver : waivers) {
    files.push_back({absl::StrCat("waivers/", files.size(), ".textproto"), waiver.DebugString(), waiver});
  }
  return WaiverTemplates::Check(files);
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_WAIVERS_H_
