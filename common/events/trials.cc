#include "common/events/trials.h"

#include "amikeco/ops/v1/records.pb.h"
#include "common/base/status.h"
#include "common/store/table.h"

namespace amikeco {
namespace {

const Table<ops::v1::TrialRecord>& Trials() {
  static const auto* const table =
      new Table<ops::v1::TrialRecord>("trial", [](const ops::v1::TrialRecord&) { return std::vector<Key>(); });
  return *table;
}

}  // namespace

absl::StatusOr<int> BeginTrial(Transaction& tx, absl::string_view event_id, absl::string_view life, int known) {
  AMIKECO_ASSIGN_OR_RETURN(auto trial, Trials().Find(tx, event_id));
  const bool ended = !trial.value.tried_by().empty() && trial.value.tried_by() != life;
  trial.value.set_ends(trial.value.ends() + (ended ? 1 : 0));
  trial.value.set_tried_by(trial.value.ends() > known ? "" : std::string(life));
  AMIKECO_RETURN_IF_ERROR(Trials().Put(tx, event_id, trial.value, trial.version, trial.version + 1));
  return trial.value.ends();
}

absl::Status EndTrial(Transaction& tx, absl::string_view event_id) {
  AMIKECO_ASSIGN_OR_RETURN(auto trial, Trials().Find(tx, event_id));
  if (!trial.exists()) return absl::OkStatus();
  trial.value.clear_tried_by();
  return Trials().Put(tx, event_id, trial.value, trial.version, trial.version + 1);
}

absl::Status ForgetTrial(Transaction& tx, absl::string_view event_id) {
  AMIKECO_ASSIGN_OR_RETURN(const auto trial, Trials().Find(tx, event_id));
  return trial.exists() ? tx.Erase(Trials().kind(), event_id, trial.version) : absl::OkStatus();
}

}  // namespace amikeco
