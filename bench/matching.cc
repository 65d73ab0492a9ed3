#include "bench/matching.h"

#include "absl/strings/str_cat.h"
#include "bench/backends.h"
#include "bench/harness.h"
#include "common/rpc/testing/configs.h"
#include "common/store/open.h"
#include "tests/support/child.h"

namespace amikeco::bench {

const Actor& Registrar() {
  static const Actor actor{
      "people/bench", "organisations/bench", {options::v1::ROLE_REGISTRAR, options::v1::ROLE_COORDINATOR}};
  return actor;
}

Matching::Matching(const config::v1::StoreConfig& store, Cache cache, RedisCache* shared)
    : process_(QuietProcess(), "matching"),
      store_(OrDie(OpenStore(store))),
      programmes_(OrDie(Programmes::Load("programmes"))),
      server_(LoopbackConfig(), process_, clock_),
      cache_("matching", clock_, process_.metrics(), cache == Cache::kShared ? shared : nullptr),
      service_(*store_, programmes_, ids_, cache == Cache::kNone ? nullptr : &cache_),
      caller_(server_.chain(), Credentials{"", Registrar()}) {
  matching::Bind(server_.chain(), service_);
  OrDie(server_.Start());
}

Matching::~Matching() { server_.Stop(); }

std::string Matching::target() const { return absl::StrCat("127.0.0.1:", server_.port()); }

matching::v1::RegisterHostRequest RegistrationOf(const std::string& host_id, const std::string& title) {
  matching::v1::RegisterHostRequest request;
  request.set_host_id(host_id);
  request.mutable_agency()->set_title(title);
  request.mutable_agency()->set_agency_type("City");
  request.mutable_agency()->set_country("US");
  request.mutable_agency()->set_region("CA");
  request.set_request_id(RandomUuid());
  return request;
}

absl::Status RegisterHost(Caller& caller, const matching::v1::RegisterHostRequest& request) {
  return caller.Call<matching::v1::Host>("amikeco.matching.v1.MatchingService/RegisterHost", request).status();
}

CommandRows RowsOfRegisterHost() {
  const TemporaryFolder folder("bench");
  const std::string database = folder / "matching.db";
  Matching matching(SqliteAt(database));
  OrDie(RegisterHost(matching.caller(), RegistrationOf(RandomIds().Next(), "Bench Police Department")));
  return OrDie(LastCommand(database));
}

}  // namespace amikeco::bench
