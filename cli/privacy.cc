// `amikeco privacy verify`: whether what was erased has come back.
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "cli/api.h"
#include "cli/erased_persons.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

// Those that hear of every erasure; matching keeps no personal data.
constexpr const char* kKeepers[] = {"applicant", "compliance", "notify"};

// Whom the file names; nobody without a file.
absl::StatusOr<std::set<std::string>> PersonsIn(const std::string& file) {
  if (file.empty()) return std::set<std::string>();
  std::ifstream stream(file);
  if (!stream) return Error(kNoFile, absl::StrCat("The file ", file, " cannot be read."), {{"file", file}});
  if (auto persons = ParseErasedPersons(std::string{std::istreambuf_iterator<char>(stream), {}})) {
    return *std::move(persons);
  }
  return Error(kUsageError, absl::StrCat("The file ", file, " is not what `amikeco privacy erasures -o json` prints."),
               {{"file", file}});
}

absl::StatusOr<std::set<std::string>> ErasedBy(const Settings& settings, const Service& service) {
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(settings, service));
  ops::v1::ListErasuresRequest request;
  request.set_page_size(1000);
  std::set<std::string> persons;
  do {
    AMIKECO_ASSIGN_OR_RETURN(const auto answer, session->Call(*FindMethod("ops/ListErasures"), request));
    const auto& page = static_cast<const ops::v1::ListErasuresResponse&>(*answer);
    for (const auto& erasure : page.erasures()) persons.insert(erasure.person());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return persons;
}

}  // namespace

absl::StatusOr<int> VerifyErasures(Invocation& invocation) {
  Settings settings = invocation.settings;
  if (settings.services.empty()) settings.services.assign(std::begin(kKeepers), std::end(kKeepers));
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<Service> services, ServicesOf(settings));
  AMIKECO_ASSIGN_OR_RETURN(std::set<std::string> all, PersonsIn(settings.head));
  std::map<std::string, std::set<std::string>> erased;
  for (const Service& service : services) {
    AMIKECO_ASSIGN_OR_RETURN(erased[service.name], ErasedBy(settings, service));
    all.insert(erased[service.name].begin(), erased[service.name].end());
  }
  std::vector<std::vector<std::string>> missing;
  for (const auto& [service, persons] : erased) {
    for (const std::string& person : all) {
      if (persons.count(person) == 0) missing.push_back({service, person});
    }
  }
  if (settings.json()) {
    nlohmann::json lines = nlohmann::json::array();
    for (const auto& line : missing) lines.push_back({{"service", line[0]}, {"person", line[1]}});
    std::cout << nlohmann::json{{"erased", all.size()}, {"not_erased", lines}}.dump(2) << "\n";
  } else {
    std::cout << Table({"SERVICE", "NOT-ERASED"}, missing, WantsTable(settings));
    std::cerr << all.size() << " persons were erased; " << missing.size()
              << " times one is not where they should be.\n";
  }
  return missing.empty() ? kOk : kFailed;
}

}  // namespace amikeco::cli
