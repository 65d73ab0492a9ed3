#include "services/applicant/lifecycle.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

// "STATE_IN_MATCHING" → "IN_MATCHING".
std::string NameOf(State state) { return v1::Application::State_Name(state).substr(6); }

std::string Node(State state) { return state == v1::Application::STATE_UNSPECIFIED ? "[*]" : NameOf(state); }

std::string Label(const Transition& row) {
  const absl::string_view when = applicant::NameOf(row.when);
  const absl::string_view event = applicant::NameOf(row.event);
  return when.empty() ? std::string(event) : absl::StrCat(event, ", ", when);
}

// Arrows that change the state, those between the same states joined. Ends that are open to nearly every state would
// hide the rest and are told in words.
std::string Diagram() {
  struct Arrow {
    State from, to;
    std::vector<std::string> labels;
  };
  std::vector<Arrow> arrows;
  for (const Transition& row : Transitions()) {
    if (row.from == row.to || row.event == Event::kWithdraw || row.event == Event::kCancel ||
        row.event == Event::kChangeWishes || row.event == Event::kAdoptProgramme) {
      continue;
    }
    const auto same = std::find_if(arrows.begin(), arrows.end(),
                                   [&](const Arrow& arrow) { return arrow.from == row.from && arrow.to == row.to; });
    if (same == arrows.end()) {
      arrows.push_back({row.from, row.to, {Label(row)}});
    } else {
      same->labels.push_back(Label(row));
    }
  }
  std::string diagram = "```mermaid\nstateDiagram-v2\n";
  for (const Arrow& arrow : arrows) {
    absl::StrAppend(&diagram, "  ", Node(arrow.from), " --> ", Node(arrow.to), ": ", absl::StrJoin(arrow.labels, " / "),
                    "\n");
  }
  for (const State state :
       {v1::Application::STATE_CLOSED, v1::Application::STATE_LAPSED, v1::Application::STATE_UNPLACED,
        v1::Application::STATE_AWARDED, v1::Application::STATE_NOT_SELECTED}) {
    absl::StrAppend(&diagram, "  ", NameOf(state), " --> [*]\n");
  }
  return diagram + "```\n";
}

std::string TableOf(State from) {
  std::string table;
  for (const Transition& row : Transitions()) {
    if (row.from != from) continue;
    const absl::string_view when = applicant::NameOf(row.when);
    absl::StrAppend(&table, "| ", DoorOf(row.event), " | ", applicant::NameOf(row.event), " | ",
                    when.empty() ? "" : when, when.empty() ? "| " : " | ",
                    row.from == row.to ? "stays" : absl::StrCat("**", NameOf(row.to), "**"), " |\n");
  }
  if (table.empty()) return "Final.\n";
  return absl::StrCat("| door | what happens | when | then |\n|---|---|---|---|\n", table);
}

}  // namespace

std::string LifecycleDocument() {
  std::string document =
      "# The lifecycle of an application\n\n"
      "Printed from the one transition table in `services/applicant/transitions.cc` by `lifecycle-print`; a test "
      "keeps\n"
      "the two alike. What is not in the table is refused when a client asks for it (NOT_POSSIBLE_IN_STATE) and has "
      "no\n"
      "effect when a late fact tells of it.\n\n"
      "Not drawn: until the stay has ended WithdrawApplication leads to WITHDRAWN and CancelApplication to CANCELLED;\n"
      "until it has begun ChangeWishes and AdoptProgramme lead back to IN_MATCHING, or to AGREED where no place is "
      "looked\n"
      "for (from AWAITING_ENDORSEMENT and AWAITING_TRIAGE it stays there).\n\n";
  document += Diagram();
  for (int number = 0; number < v1::Application::State_ARRAYSIZE; ++number) {
    if (!v1::Application::State_IsValid(number)) continue;
    const State state = static_cast<State>(number);
    if (!v1::Application::State_IsValid(number)) continue;
    absl::StrAppend(&document, "\n## ", number == 0 ? "A new application" : NameOf(state), "\n\n", TableOf(state));
  }
  return document;
}

}  // namespace amikeco::applicant
