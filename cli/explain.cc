#include "cli/explain.h"

#include <iostream>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/dates.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using applicant::v1::ApplicationExplanation;
using applicant::v1::RuleResult;
using applicant::v1::Waiting;
using compliance::v1::Clearance;
using compliance::v1::ItemRecord;
using compliance::v1::OpenItem;

std::string ToLine(const Waiting& waiting) {
  std::string line = absl::StrCat("  - ", waiting.what());
  std::string owner = Short(waiting.owner());
  if (!waiting.owner_name().empty()) absl::StrAppend(&owner, owner.empty() ? "" : " ", waiting.owner_name());
  if (!owner.empty()) absl::StrAppend(&line, "\n      owed by ", owner);
  if (waiting.has_due())
    absl::StrAppend(&line, owner.empty() ? "\n      due" : ", due", " ", FormatDate(waiting.due()));
  if (waiting.overdue()) absl::StrAppend(&line, ", OVERDUE");
  return line + "\n";
}

std::string ToLine(const RuleResult& result) {
  std::string line = absl::StrCat("  ", Mark(result.holds() || result.overridden()), " ", result.rule());
  if (!result.holds() && !result.reason().empty()) absl::StrAppend(&line, " (", result.reason(), ")");
  if (result.overridden()) absl::StrAppend(&line, " set aside");
  if (!result.explanation().empty()) absl::StrAppend(&line, ": ", result.explanation());
  if (!result.holds() && !result.overridden() && !result.remedy().empty()) {
    absl::StrAppend(&line, "\n      What would change it: ", result.remedy());
  }
  return line + "\n";
}

// "WithdrawApplication" as a command of this program; "" when it has none.
std::string CommandFor(absl::string_view rpc) {
  for (const Command& command : Commands()) {
    if (command.method == absl::StrCat("applicant/", rpc)) return command.words();
  }
  return "";
}

std::string ToText(const ApplicationExplanation& explanation) {
  std::string text = absl::StrCat(explanation.name(), ": ", Short(explanation.state()), "\n", explanation.summary(),
                                  explanation.summary().empty() ? "" : "\n");
  if (explanation.waiting_for_size() > 0) text += "\nIt waits for:\n";
  for (const Waiting& waiting : explanation.waiting_for()) text += ToLine(waiting);
  // What does not hold comes first: that is what a person asks about.
  if (explanation.rule_results_size() > 0) text += "\nThe rules:\n";
  for (const bool holds : {false, true}) {
    for (const RuleResult& result : explanation.rule_results()) {
      if (result.holds() == holds) text += ToLine(result);
    }
  }
  std::vector<std::string> commands;
  for (const std::string& rpc : explanation.possible_commands()) {
    if (std::string command = CommandFor(rpc); !command.empty()) commands.push_back(std::move(command));
  }
  if (!commands.empty()) absl::StrAppend(&text, "\nWhat can be done now:\n  ", absl::StrJoin(commands, "\n  "), "\n");
  return text;
}

std::string DaysText(const google::type::Date& first, const google::type::Date& last) {
  const std::string from = first.year() == 0 ? "" : FormatDate(first);
  const std::string to = last.year() == 0 ? "" : FormatDate(last);
  if (from.empty() && to.empty()) return "without end";
  return from == to ? from : absl::StrCat(from.empty() ? "…" : from, " to ", to.empty() ? "…" : to);
}

std::string ToLine(const ItemRecord& record) {
  std::string line = absl::StrCat("      record ", record.number(), ": ", Short(record.outcome()));
  if (!record.kind().empty()) absl::StrAppend(&line, ", ", record.kind());
  if (!record.host().empty()) absl::StrAppend(&line, ", ", record.host());
  absl::StrAppend(&line, ", ", DaysText(record.valid_from(), record.valid_to()), ", by ", record.by());
  for (const std::string* source : {&record.source(), &record.waiver()}) {
    if (!source->empty()) absl::StrAppend(&line, ", see ", *source);
  }
  if (!record.void_reason().empty()) absl::StrAppend(&line, ", void: ", record.void_reason());
  return line + "\n";
}

std::string ItemsText(const Clearance& clearance) {
  std::string text;
  for (const auto& item : clearance.items()) {
    const OpenItem* open = nullptr;
    for (const OpenItem& candidate : clearance.open_items()) {
      if (candidate.item() == item.id()) open = &candidate;
    }
    absl::StrAppend(&text, "  ", Mark(open == nullptr), " ", item.id(), item.mandatory() ? "" : " (optional)");
    if (!item.host().empty()) absl::StrAppend(&text, " at ", item.host());
    absl::StrAppend(&text, ", for ", DaysText(item.first_day(), item.last_day()));
    if (open != nullptr && item.has_due()) absl::StrAppend(&text, ", due ", FormatDate(item.due()));
    text += "\n";
    for (const auto& record : clearance.records()) {
      if (record.item() == item.id()) text += ToLine(record);
    }
    if (open == nullptr) continue;
    for (const auto& reason : open->reasons()) {
      absl::StrAppend(&text, "      open: ", reason.explanation().empty() ? Short(reason.code()) : reason.explanation(),
                      "\n");
    }
    if (open->owner_name().empty()) continue;  // an older service
    absl::StrAppend(&text, "      owed by ", Short(open->owner()), " ", open->owner_name(), "\n");
  }
  return text;
}

// What comes when, if nothing more is recorded.
std::string TimelineText(const Clearance& clearance) {
  std::multimap<std::string, std::string> days;  // of one day in the order in which they are put in
  for (const auto& open : clearance.open_items()) {
    if (!open.has_due()) continue;
    days.emplace(FormatDate(open.due()), absl::StrCat(open.item(), " is due", open.mandatory() ? "" : " (optional)"));
  }
  for (const auto& leg : clearance.legs()) {
    const std::string where = leg.host().empty() ? "" : absl::StrCat(" at ", leg.host());
    days.emplace(FormatDate(leg.start()), absl::StrCat("leg ", leg.id(), where, " begins"));
    days.emplace(FormatDate(leg.end()), absl::StrCat("last day of leg ", leg.id(), where));
  }
  for (const auto& lapse : clearance.lapses()) {
    days.emplace(FormatDate(lapse.day()),
                 absl::StrCat(lapse.item(), " lapses", lapse.needed() ? ": the stay needs it then" : ""));
  }
  if (clearance.has_clearance_ends()) {
    days.emplace(FormatDate(clearance.clearance_ends()), "THE STAY IS WITHOUT CLEARANCE");
  }
  std::string text = days.empty() ? "" : "\nWhat comes when, if nothing more is recorded:\n";
  for (const auto& [day, what] : days) absl::StrAppend(&text, "  ", day, "  ", what, "\n");
  return text;
}

std::string ToText(const Clearance& clearance) {
  std::string text =
      absl::StrCat(clearance.name(), ": ", Short(clearance.state()), " (version ", clearance.version(), ")\n",
                   Mark(clearance.cleared()),
                   clearance.cleared() ? " The stay may begin and go on.\n" : " The stay may not begin or go on.\n");
  if (!clearance.reason().empty()) absl::StrAppend(&text, "Reason: ", clearance.reason(), "\n");
  if (!clearance.revoked_by().empty()) absl::StrAppend(&text, "Revoked by ", clearance.revoked_by(), "\n");
  if (clearance.legs_size() > 0) text += "\nThe stay:\n";
  for (const auto& leg : clearance.legs()) {
    absl::StrAppend(&text, "  ", leg.id(), "  ", leg.host(), "  ", DaysText(leg.start(), leg.end()), "\n");
  }
  if (clearance.items_size() > 0) absl::StrAppend(&text, "\nItems:\n", ItemsText(clearance));
  absl::StrAppend(&text, "\nPictures and reports: ", clearance.media_allowed() ? "allowed" : "not allowed", "\n");
  absl::StrAppend(&text, TimelineText(clearance));
  return text;
}

}  // namespace

const char* Mark(bool holds) {
  if (SpeaksUtf8()) return holds ? "✓" : "✗";
  return holds ? "[ok]" : "[--]";
}

absl::StatusOr<int> Explain(Invocation& invocation,
                            absl::FunctionRef<std::string(const google::protobuf::Message&)> words) {
  const Settings& settings = invocation.settings;
  const auto& method = *FindMethod(invocation.command->method);
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(settings, method));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(settings, service));
  AMIKECO_ASSIGN_OR_RETURN(const auto answer, session->Call(method, *invocation.request));
  const bool for_programs = settings.json() || settings.output == "name";
  std::cout << (for_programs ? Print(settings, View::kDetails, {{"", answer.get()}}) : words(*answer));
  return kOk;
}

absl::StatusOr<int> ExplainApplication(Invocation& invocation) {
  return Explain(invocation,
                 [](const auto& answer) { return ToText(static_cast<const ApplicationExplanation&>(answer)); });
}

absl::StatusOr<int> ShowClearance(Invocation& invocation) {
  return Explain(invocation, [](const auto& answer) { return ToText(static_cast<const Clearance&>(answer)); });
}

}  // namespace amikeco::cli
