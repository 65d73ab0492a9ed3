#include <algorithm>
#include <cstdio>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/sections.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/import.h"
#include "cli/invocation.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using applicant::v1::RegisterSectionRequest;
using applicant::v1::Section;

constexpr char kMethod[] = "applicant/RegisterSection";

// A row by its columns' names; "" for a column that is not there.
class Row {
 public:
  Row(const std::vector<std::string>& names, const std::vector<std::string>& fields) {
    for (size_t i = 0; i < names.size(); ++i) {
      fields_[std::string(absl::StripAsciiWhitespace(names[i]))] = std::string(absl::StripAsciiWhitespace(fields[i]));
    }
  }
  const std::string& operator[](const std::string& name) { return fields_[name]; }

 private:
  std::map<std::string, std::string> fields_;
};

// "ipa-exchange-inbound" and "programmes/ipa-exchange-inbound" are the same.
std::string ProgrammeOf(absl::string_view word) {
  return absl::StartsWith(word, "programmes/") ? std::string(word) : absl::StrCat("programmes/", word);
}

void AddExchanges(Row& row, applicant::v1::SectionTerms& terms) {
  std::map<std::string, applicant::v1::SectionExchange> exchanges;
  for (absl::string_view word : absl::StrSplit(row["sends"], ' ', absl::SkipEmpty())) {
    exchanges[ProgrammeOf(word)].set_sends(true);
  }
  for (absl::string_view word : absl::StrSplit(row["hosts"], ' ', absl::SkipEmpty())) {
    exchanges[ProgrammeOf(word)].set_hosts(true);
  }
  for (auto& [programme, exchange] : exchanges) {
    exchange.set_programme(programme);
    *terms.add_exchanges() = exchange;
  }
}

// Why the row is no request; "" when it is one.
std::string ReadRow(const std::vector<std::string>& names, absl::string_view text, RegisterSectionRequest& request) {
  static const auto& states = *new std::map<std::string, Section::State>{{"", Section::STATE_ACTIVE},
                                                                         {"member", Section::STATE_ACTIVE},
                                                                         {"active", Section::STATE_ACTIVE},
                                                                         {"provisional", Section::STATE_PROVISIONAL},
                                                                         {"suspended", Section::STATE_SUSPENDED}};
  const std::vector<std::string> fields = CsvFields(text);
  if (fields.size() != names.size()) {
    return absl::StrCat("The row has ", fields.size(), " fields, the header has ", names.size(), ".");
  }
  Row row(names, fields);
  const auto state = states.find(absl::AsciiStrToLower(row["status"]));
  if (state == states.end()) {
    return absl::StrCat("status \"", row["status"], "\" is none of member, provisional and suspended.");
  }
  request.set_country(row["alpha2"]);
  request.mutable_terms()->set_title(row["iso_name"]);
  request.mutable_terms()->set_state(state->second);
  request.mutable_terms()->set_contact(row["contact"]);
  AddExchanges(row, *request.mutable_terms());
  return "";
}

// The sentences that a refusal has for people.
std::string Sentences(const absl::Status& status) {
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok()) return std::string(status.message());
  return absl::StrJoin(bad->field_violations(), "; ", [](std::string* out, const auto& violation) {
    absl::StrAppend(out, violation.field(), ": ", violation.description());
  });
}

// A row's own mistake is reported and the next row goes on; anything else ends the import.
absl::Status Register(Session& session, RegisterSectionRequest request, int line, ImportReport& report) {
  const absl::Status status = session.Call(*FindMethod(kMethod), request).status();
  if (status.ok()) {
    report.set_created(report.created() + 1);
  } else if (absl::IsAlreadyExists(status)) {
    report.set_unchanged(report.unchanged() + 1);
  } else if (absl::IsInvalidArgument(status)) {
    Reject(report, line, Sentences(status));
  } else {
    absl::FPrintF(stderr, "\nEverything before line %d is imported; import the file again to go on.\n", line);
    return status;
  }
  return absl::OkStatus();
}

absl::Status CheckColumns(const std::vector<std::string>& names) {
  for (const char* needed : {"alpha2", "iso_name"}) {
    const bool there = std::any_of(names.begin(), names.end(),
                                   [&](const std::string& name) { return absl::StripAsciiWhitespace(name) == needed; });
    if (!there) return Error(kUsageError, absl::StrCat("The header has no column ", needed, "; nothing was imported."));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> ImportSections(Invocation& invocation) {
  const std::string& name = invocation.words[0];
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadImported(invocation));
  const CsvFile file = SplitCsv(text, 1, kLongestRow, "alpha2");
  AMIKECO_RETURN_IF_ERROR(CheckHeader(name, file));
  const std::vector<std::string> names = CsvFields(file.header);
  AMIKECO_RETURN_IF_ERROR(CheckColumns(names));
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, *FindMethod(kMethod)));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  ImportReport report;
  Progress progress(file.rows, "rows");
  for (int done = 0; const CsvChunk& row : file.chunks) {
    RegisterSectionRequest request;
    const std::string mistake = ReadRow(names, row.text, request);
    if (mistake.empty()) {
      AMIKECO_RETURN_IF_ERROR(Register(*session, request, row.first_line, report));
    } else {
      Reject(report, row.first_line, mistake);
    }
    progress.Show(++done);
  }
  ReportLosses(file, "alpha2", report);
  return Conclude(invocation.settings, report);
}

}  // namespace amikeco::cli
