// The databases that every test of the store runs on.
#ifndef AMIKECO_COMMON_STORE_STORE_BACKENDS_H_
#define AMIKECO_COMMON_STORE_STORE_BACKENDS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace amikeco {

// An empty database of its own, gone with the object.
class StoreBackend {
 public:
  virtual ~StoreBackend() = default;
  // Opens a store on it; the one opened before must be gone.
  virtual absl::StatusOr<std::unique_ptr<Store>> Open() = 0;
  // Changes the database behind the store's back.
  virtual absl::Status Execute(const std::string& sql) = 0;
};

using MakeBackend = std::unique_ptr<StoreBackend> (*)();

std::unique_ptr<StoreBackend> NewSqlite();
// On a server that the test program starts when it first needs it.
std::unique_ptr<StoreBackend> NewPostgres();

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_STORE_BACKENDS_H_
