// The product's own stores and queue at an address: what a service's configuration would name.
#ifndef AMIKECO_BENCH_BACKENDS_H_
#define AMIKECO_BENCH_BACKENDS_H_

#include <string>

#include "amikeco/config/v1/config.pb.h"
#include "bench/harness.h"
#include "common/store/open.h"
#include "tests/support/postgres.h"
#include "tests/support/redis.h"

namespace amikeco::bench {

inline config::v1::StoreConfig SqliteAt(const std::string& path) {
  config::v1::StoreConfig config;
  config.mutable_sqlite()->set_path(path);
  return config;
}

inline config::v1::StoreConfig PostgresAt(const std::string& conninfo, int connections) {
  config::v1::StoreConfig config;
  config.mutable_postgres()->set_conninfo(conninfo);
  config.mutable_postgres()->set_connections(connections);
  return config;
}

// The conninfo of a database with the product's tables.
inline std::string NewDatabase(PostgresServer& server) {
  std::string conninfo = OrDie(server.NewDatabase());
  OrDie(MigrateStore(PostgresAt(conninfo, 1)));
  return conninfo;
}

inline config::v1::QueueConfig QueueAt(const RedisServer& redis) {
  config::v1::QueueConfig config;
  config.mutable_redis()->set_port(redis.port());
  return config;
}

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BACKENDS_H_
