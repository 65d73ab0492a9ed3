#include "tests/docs/error_catalogue.h"

#include <algorithm>
#include <initializer_list>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cli/failure.h"
#include "common/base/seal.h"
#include "common/countries/countries.h"
#include "common/events/operations.h"
#include "common/privacy/consultations.h"
#include "common/privacy/data_subject.h"
#include "common/rpc/errors.h"
#include "common/store/dossier.h"
#include "common/store/errors.h"
#include "programmes/kept.h"
#include "services/applicant/errors.h"
#include "services/applicant/money_errors.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/errors.h"
#include "services/compliance/screening/lists.h"
#include "services/compliance/screening_errors.h"
#include "services/matching/errors.h"
#include "services/notify/errors.h"

namespace amikeco {
namespace {

const ErrorName& NameOf(const ErrorName& name) { return name; }
const ErrorName& NameOf(const ErrorName* name) { return *name; }

template <typename... Names>
ErrorChapter Chapter(std::string title, std::string text, const Names&... names) {
  ErrorChapter chapter{std::move(title), std::move(text), {}};
  const auto add = [&](const auto& some) {
    for (const auto& entry : some) chapter.errors.push_back(NameOf(entry));
  };
  (add(names), ...);
  std::sort(chapter.errors.begin(), chapter.errors.end(), [](const ErrorName& a, const ErrorName& b) {
    return absl::string_view(a.reason) < absl::string_view(b.reason);
  });
  return chapter;
}

using Names = std::initializer_list<ErrorName>;

}  // namespace

std::vector<ErrorChapter> ErrorCatalogue() {
  using namespace errors;  // NOLINT(google-build-using-namespace): a list of its names
  return {
      Chapter("Any service", "What each service may answer to any call.", CommonErrors(),
              Names{kStoreUnavailable, kStoreTimeout, kKeyTaken, kBadStoreUse, kCorruptDatabase, kSealBroken}),
      Chapter("Operations", "What OperationsService, which every service has, answers besides.",
              Names{kClockNotAdjustable, kFactStillRefused, kFactWaitsBehind}),
      Chapter("Privacy", "What every service answers where personal data is kept, erased or told.",
              Names{kPersonErased, kNoRetentionRule, kLegalHold, kPurposeRequired, kUnknownPurpose}),
      Chapter("Countries", "What a method that takes the name of a country answers besides.", kCountryErrors),
      Chapter("Start", "Why a service does not start, or is not ready. Seen on standard error and in the log.",
              Names{kStoreInUse, kSchemaTooOld, kBadKeyFile, kProgrammeChanged}),
      Chapter("applicant", "Members, applications, offers to host, money.", applicant::errors::kCatalogue,
              applicant::errors::kMoneyCatalogue),
      Chapter("matching", "Hosts, invitations, placements, home-hosts.", matching::errors::kAll),
      Chapter("compliance", "Clearances, and the documents and cases that they rest on.",
              compliance::errors::kCatalogue, compliance::errors::kDocumentCatalogue,
              compliance::errors::kCaseCatalogue, compliance::errors::kScreeningCatalogue,
              Names{screening::kListUnreadable}),
      Chapter("notify", "Contacts and messages.", notify::errors::kAll),
      Chapter("The command line", "What `amikeco` refuses before it calls anybody.",
              Names{cli::kUsageError, cli::kNoTarget, cli::kNoFile}),
  };
}

std::string RetryAdvice(const ErrorName& name) {
  if (absl::string_view(name.reason) == errors::kRequestTooLarge.reason) return "no";
  switch (name.code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return "the same call";
    case absl::StatusCode::kAborted:
      return "after reading again";
    default:
      return "no";
  }
}

std::string ErrorsDocument() {
  std::string document =
      "# Errors\n\n"
      "Made by `errors-print` from the services' catalogues (`errors.h`); a test compares.\n\n"
      "Every error has a code, one sentence for people and exactly one `google.rpc.ErrorInfo` in\n"
      "`grpc-status-details-bin`: `domain` and `reason` are for programs and never change, `metadata` has every value\n"
      "that the sentence names. INVALID_ARGUMENT also has a `BadRequest` with the wrong fields, TOO_MANY_CALLS a\n"
      "`RetryInfo`.\n\n"
      "| retry | meaning |\n|---|---|\n"
      "| the same call | Send it again after RetryInfo's delay or a growing pause, a write with the **same** "
      "request_id: "
      "it takes place once. |\n"
      "| after reading again | Something changed meanwhile. Read, decide again, send a new command. |\n"
      "| no | The same call gets the same answer until somebody does what the last column says. |\n\n"
      "That an applicant is not eligible is no error but an answer: see `rule_results` of an application. INTERNAL\n"
      "leaves a service as INTERNAL_ERROR with the call's id alone; what it was is in the service's log.\n";
  for (const ErrorChapter& chapter : ErrorCatalogue()) {
    const absl::string_view domain = chapter.errors.front().domain;
    absl::StrAppend(&document, "\n## ", chapter.title, "\n\n", chapter.text, " Domain `", domain,
                    "`.\n\n| reason | code | retry | what to do |\n|---|---|---|---|\n");
    for (const ErrorName& name : chapter.errors) {
      absl::StrAppend(&document, "| ", name.reason, " | ", absl::StatusCodeToString(name.code), " | ",
                      RetryAdvice(name), " | ", name.fix, " |\n");
    }
  }
  return document;
}

}  // namespace amikeco
