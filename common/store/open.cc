#include "common/store/open.h"

#include "common/base/status.h"
#include "common/store/postgres_store.h"
#include "common/store/sqlite_store.h"

namespace amikeco {

namespace {

absl::Status Check(const config::v1::StoreConfig& config) {
  FieldErrors wrong;
  switch (config.engine_case()) {
    case config::v1::StoreConfig::kSqlite:
      if (config.sqlite().path().empty()) wrong.Add("store.sqlite.path", "must name the database file");
      break;
    case config::v1::StoreConfig::kPostgres:
      if (config.postgres().conninfo().empty()) wrong.Add("store.postgres.conninfo", "must name the database");
      if (config.postgres().connections() < 0) wrong.Add("store.postgres.connections", "must not be negative");
      break;
    case config::v1::StoreConfig::ENGINE_NOT_SET:
      wrong.Add("store", "must name an engine: sqlite or postgres");
      break;
  }
  return wrong.ToStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config) {
  AMIKECO_RETURN_IF_ERROR(Check(config));
  return config.has_sqlite() ? SqliteStore::Open(config.sqlite().path()) : PostgresStore::Open(config.postgres());
}

absl::StatusOr<std::string> MigrateStore(const config::v1::StoreConfig& config) {
  AMIKECO_RETURN_IF_ERROR(Check(config));
  if (config.has_postgres()) return PostgresStore::Migrate(config.postgres());
  AMIKECO_RETURN_IF_ERROR(SqliteStore::Open(config.sqlite().path()).status());
  return "The schema is up to date; an SQLite database is migrated whenever it is opened.";
}

}  // namespace amikeco
