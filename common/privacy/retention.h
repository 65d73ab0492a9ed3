// Retention: the clock's door of the privacy policy. Erases documents whose time is over.
#ifndef AMIKECO_COMMON_PRIVACY_RETENTION_H_
#define AMIKECO_COMMON_PRIVACY_RETENTION_H_

#include <string>
#include <vector>

#include "common/events/reaction.h"
#include "common/store/dossier.h"

namespace amikeco {

// Each document that is erased, and each that was due and stays because of a hold, is a fact of its person.
class Retention final : public Timed {
 public:
  // `dossiers` outlives it. `case_end` null: no document belongs to a case.
  Retention(const Dossiers& dossiers, CaseEnd case_end) : dossiers_(dossiers), case_end_(std::move(case_end)) {}

  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

 private:
  const Dossiers& dossiers_;
  const CaseEnd case_end_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_PRIVACY_RETENTION_H_
