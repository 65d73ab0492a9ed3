#include "common/store/open.h"

#include "common/base/status.h"
#include "common/store/postgres_store.h"
#include "common/store/sqlite_store.h"

namespace amikeco {

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config) {
  FieldErrors wrong;
  switch (config.engine_case()) {
    case config::v1::StoreConfig::kSqlite:
      if (config.sqlite().path().empty()) wrong.Add("store.sqlite.path", "must name the database file");
      AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
      return SqliteStore::Open(config.sqlite().path());
    case config::v1::StoreConfig::kPostgres:
      if (config.postgres().conninfo().empty()) wrong.Add("store.postgres.conninfo", "must name the database");
      if (config.postgres().connections() < 0) wrong.Add("store.postgres.connections", "must not be negative");
      AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
      return PostgresStore::Open(config.postgres());
    case config::v1::StoreConfig::ENGINE_NOT_SET:
      break;
  }
  wrong.Add("store", "must name an engine: sqlite or postgres");
  return wrong.ToStatus();
}

}  // namespace amikeco
