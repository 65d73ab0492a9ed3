// RenderPdf: a waiver as a document: its text, what the signer agrees to, and the page of evidence.
//
// The same waiver and signature give the same bytes, in whatever process, time zone and locale: times are printed in
// UTC, the font is built in, and nothing of the day of printing is in it. What happened after the signature (voiding,
// say) is not in it either, so its SHA-256 stays what it was. Letters are those of DejaVu Sans; a character that it
// lacks is printed as its code point, "[U+738B]", so that two names that differ never look the same. Words of scripts
// that are written from right to left stand as such; letters that join are joined.
//
// Thread safe; one document is made at a time.
#ifndef AMIKECO_SERVICES_COMPLIANCE_WAIVER_PDF_H_
#define AMIKECO_SERVICES_COMPLIANCE_WAIVER_PDF_H_

#include <string>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/compliance/v1/waiver.pb.h"

namespace amikeco::compliance {

// A waiver that was not signed gives a form with lines for a signature on paper; `signature` is then not looked at.
absl::StatusOr<std::string> RenderPdf(const v1::Waiver& waiver, const v1::WaiverTemplate& text,
                                      const v1::WaiverSignature& signature);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_WAIVER_PDF_H_
