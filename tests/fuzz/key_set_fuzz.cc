#include "common/rpc/keys.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  const auto [json, signature] = Parts<2>(input);
  const auto keys = KeySet::Parse(json);
  if (!keys.ok()) return RequireRefusal(keys.status());
  for (const char* algorithm : {"RS256", "ES256", "none"}) {
    Require(!keys->Verify("", algorithm, "signed", signature).ok(), "nobody signs without the private key");
  }
}
