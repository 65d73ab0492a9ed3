// The table of files that can be imported row by row.
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "cli/import_rows.h"

namespace amikeco::cli {
namespace {

using applicant::v1::Section;
using applicant::v1::SectionTerms;
using google::protobuf::Message;

SectionTerms& TermsOf(Message& request) {
  return *static_cast<applicant::v1::RegisterSectionRequest&>(request).mutable_terms();
}

// As associations' lists have it: who is a member is active.
absl::Status SetState(Message& request, const std::string& cell) {
  static const auto& states = *new std::map<std::string, Section::State>{{"member", Section::STATE_ACTIVE},
                                                                         {"active", Section::STATE_ACTIVE},
                                                                         {"provisional", Section::STATE_PROVISIONAL},
                                                                         {"suspended", Section::STATE_SUSPENDED}};
  const auto state = states.find(absl::AsciiStrToLower(cell));
  if (state == states.end()) {
    return absl::InvalidArgumentError(absl::StrCat("“", cell, "” is none of member, provisional and suspended."));
  }
  TermsOf(request).set_state(state->second);
  return absl::OkStatus();
}

// "ipa-exchange-inbound" and "programmes/ipa-exchange-inbound" are the same.
applicant::v1::SectionExchange& ExchangeOf(SectionTerms& terms, absl::string_view word) {
  const std::string name =
      absl::StartsWith(word, "programmes/") ? std::string(word) : absl::StrCat("programmes/", word);
  for (auto& exchange : *terms.mutable_exchanges()) {
    if (exchange.programme() == name) return exchange;
  }
  terms.add_exchanges()->set_programme(name);
  return *terms.mutable_exchanges()->rbegin();
}

absl::Status SetSends(Message& request, const std::string& cell) {
  for (const absl::string_view word : absl::StrSplit(cell, ' ', absl::SkipEmpty())) {
    ExchangeOf(TermsOf(request), word).set_sends(true);
  }
  return absl::OkStatus();
}

absl::Status SetHosts(Message& request, const std::string& cell) {
  for (const absl::string_view word : absl::StrSplit(cell, ' ', absl::SkipEmpty())) {
    ExchangeOf(TermsOf(request), word).set_hosts(true);
  }
  return absl::OkStatus();
}

// An estimate is called like its application.
absl::Status SetEstimate(Message& request, const std::string& cell) {
  static_cast<applicant::v1::RecordCostEstimateRequest&>(request).set_name(
      absl::StrCat("costEstimates/", absl::StripPrefix(cell, "applications/")));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const RowImport> RowImports() {
  static const auto& imports = *new std::vector<RowImport>{
      {.noun = "section",
       .verb = "import",
       .method = "applicant/RegisterSection",
       .key = "alpha2",
       .creates = true,
       .columns = {{"alpha2", "country", Column::kRequired},
                   {"iso_name", "terms.title", Column::kRequired},
                   {"status", "", Column::kOptional, SetState},
                   {"sends", "", Column::kOptional, SetSends},
                   {"hosts", "", Column::kOptional, SetHosts},
                   {"contact", "terms.contact"}},
       .preset = "terms.state=active"},
      {.noun = "intake",
       .verb = "import",
       .method = "applicant/OpenIntake",
       .key = "intake_id",
       .creates = true,
       .columns = {{"intake_id", "intake_id", Column::kRequired},
                   {"programme", "programme", Column::kRequired},
                   {"title", "title", Column::kRequired},
                   {"opens", "opens", Column::kRequired},
                   {"closes", "closes", Column::kRequired},
                   {"places", "places"},
                   {"period", "period"},
                   {"home_country", "home_country"},
                   {"home_organisation", "home_organisation"},
                   {"first_day", "first_day"},
                   {"last_day", "last_day"},
                   {"announce_to", "announce_to"}}},
      {.noun = "entry",
       .verb = "import",
       .method = "applicant/ScoreEntry",
       .key = "application",
       .creates = false,
       .columns = {{"intake", "name", Column::kRequired}, {"application", "application", Column::kRequired}},
       .others_of = "points"},
      {.noun = "claim",
       .verb = "import",
       .method = "applicant/SubmitClaim",
       .key = "claim_id",
       .creates = true,
       .columns = {{"claim_id", "claim_id", Column::kRequired},
                   {"application", "application", Column::kRequired},
                   {"category", "lines.category", Column::kRequired},
                   {"amount", "lines.amount", Column::kRequiredAmount},
                   {"day", "lines.day", Column::kRequired},
                   {"receipt", "lines.receipt.id", Column::kRequired},
                   {"issuer", "lines.receipt.issuer", Column::kRequired},
                   {"media_type", "lines.receipt.media_type", Column::kRequired},
                   {"size_bytes", "lines.receipt.size_bytes", Column::kRequired},
                   {"sha256", "lines.receipt.sha256", Column::kRequired},
                   {"agreement", "lines.agreement"}},
       .rows_of = "lines"},
      {.noun = "claim",
       .verb = "import-payments",
       .method = "applicant/RecordPayment",
       .key = "claim",
       .creates = false,
       .columns = {{"claim", "name", Column::kRequired},
                   {"reference", "reference", Column::kRequired},
                   {"day", "day", Column::kRequired}}},
      {.noun = "estimate",
       .verb = "import",
       .method = "applicant/RecordCostEstimate",
       .key = "application",
       .creates = false,
       .columns = {{"application", "", Column::kRequired, SetEstimate},
                   {"section_contribution", "section_contribution", Column::kAmount}},
       .others_of = "lines",
       .others_are_amounts = true},
      {.noun = "assistance",
       .verb = "import",
       .method = "applicant/RecordAssistedActivity",
       .key = "activity_id",
       .creates = false,
       .columns = {{"activity_id", "activity_id", Column::kRequired},
                   {"programme", "programme", Column::kRequired},
                   {"country", "country", Column::kRequired},
                   {"service_area", "service_area", Column::kRequired},
                   {"year", "year", Column::kRequired},
                   {"amount", "amount", Column::kAmount}}},
  };
  return imports;
}

}  // namespace amikeco::cli
