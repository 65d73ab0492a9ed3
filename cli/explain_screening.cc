#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "cli/explain.h"
#include "cli/print.h"
#include "cli/special.h"

namespace amikeco::cli {
namespace {

using compliance::v1::ExplainedMatch;
using compliance::v1::Explanation;
using compliance::v1::Hit;
using compliance::v1::Match;
using compliance::v1::MatchPersonResponse;
using compliance::v1::NameComparison;
using compliance::v1::ScreenedList;
using compliance::v1::Screening;
using Strings = google::protobuf::RepeatedPtrField<std::string>;

bool IsOpen(const Hit& hit) { return hit.state() == Hit::STATE_OPEN || hit.state() == Hit::STATE_ESCALATED; }

// What the state means for whoever looks.
std::string StateText(const Screening& screening) {
  switch (screening.state()) {
    case Screening::STATE_CLEAR:
      return "Nothing agrees, or somebody said that another person is listed.";
    case Screening::STATE_CONSIDER:
      return "Somebody has to look.";
    case Screening::STATE_BLOCKED:
      return "Name and birth agree: held until somebody has looked.";
    case Screening::STATE_MATCHED:
      return "Somebody said that the person is the one who is listed.";
    case Screening::STATE_INCOMPLETE:
      return "Nothing agrees, but not all was searched that must be.";
    case Screening::STATE_ENDED:
      return absl::StrCat("The person is not screened any more", screening.reason().empty() ? "" : ": ",
                          screening.reason(), ".");
    default:
      return "";
  }
}

std::string ToLine(const ScreenedList& list) {
  const bool gap = list.gap() != ScreenedList::GAP_UNSPECIFIED;
  std::string line = absl::StrCat("  ", Mark(!gap), " ", list.list());
  if (list.version() != 0) absl::StrAppend(&line, " version ", list.version());
  if (list.gap() == ScreenedList::GAP_NOT_IMPORTED) {
    absl::StrAppend(&line, ": NOT SEARCHED, it was never imported");
  } else if (list.gap() == ScreenedList::GAP_TOO_OLD) {
    absl::StrAppend(&line, ": searched, but TOO OLD");
  } else if (gap) {
    absl::StrAppend(&line, ": ", Short(list.gap()));
  }
  if (list.coverage_partial()) absl::StrAppend(&line, gap ? ";" : ":", " in part, so its silence says little");
  return line + "\n";
}

std::string ListsText(const google::protobuf::RepeatedPtrField<ScreenedList>& lists) {
  std::string text = lists.empty() ? "" : "\nThe lists:\n";
  for (const ScreenedList& list : lists) text += ToLine(list);
  return text;
}

// "block, score 0.97, watchLists/ofac-sdn version 3, entry 101"
std::string MatchText(const Match& match) {
  return absl::StrCat(Short(match.outcome()), ", score ", absl::StrFormat("%.2f", match.score()), ", ", match.list(),
                      " version ", match.list_version(), ", entry ", match.entry());
}

std::string Indented(const std::string& text, const std::string& indent) {
  return absl::StrCat(indent, absl::StrReplaceAll(absl::StripSuffix(text, "\n"), {{"\n", "\n" + indent}}), "\n");
}

// Both names word by word.
std::string WordsText(const NameComparison& names) {
  std::vector<std::vector<std::string>> lines;
  const auto word = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const NameComparison::Reason& reason : names.reasons()) {
    lines.push_back({word(reason.first()), word(reason.second()), Short(reason.agreement()),
                     absl::StrFormat("%.2f", reason.likeness()), absl::StrFormat("%.2f", reason.weight())});
  }
  if (lines.empty()) return "";
  return Indented(Table({"PERSON", "LISTED", "AGREEMENT", "LIKENESS", "WEIGHT"}, lines, true), "        ");
}

std::string ReasonsText(const Explanation& why) {
  std::string text;
  const auto line = [&](absl::string_view what, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&text, "      ", what, value, "\n");
  };
  const auto all = [](const Strings& values) { return absl::StrJoin(values, "; "); };
  line("", why.summary());
  if (!why.own_name().empty() || !why.listed_name().empty()) {
    line("names: ", absl::StrCat("“", why.own_name(), "” and, as listed, “", why.listed_name(), "”, alike to ",
                                 absl::StrFormat("%.2f", why.names().score())));
  }
  text += WordsText(why.names());
  if (why.names().fathers_contradict()) line("", "The names of the fathers contradict.");
  line("weak aliases that agree too: ", all(why.confirming()));
  line("listed births: ", all(why.births()));
  line("listed nationalities: ", all(why.nationalities()));
  line("listed places: ", all(why.places()));
  return text;
}

std::string BirthAndCountryText(const Match& match) {
  std::vector<std::string> parts;
  if (match.birth() != compliance::v1::BIRTH_MATCH_UNSPECIFIED)
    parts.push_back(absl::StrCat("birth: ", Short(match.birth())));
  if (match.country() != compliance::v1::COUNTRY_MATCH_UNSPECIFIED)
    parts.push_back(absl::StrCat("country: ", Short(match.country())));
  if (match.place_agrees()) parts.emplace_back("place: agrees");
  return parts.empty() ? "" : absl::StrCat("      ", absl::StrJoin(parts, ", "), "\n");
}

std::string HitText(const Hit& hit) {
  std::string text = absl::StrCat("  ", hit.number(), ". ", Short(hit.state()));
  if (!hit.decider().empty()) absl::StrAppend(&text, " by ", hit.decider(), " on ", TextAt(hit, "decide_time"));
  if (!hit.reason().empty()) absl::StrAppend(&text, " (", hit.reason(), ")");
  absl::StrAppend(&text, ": ", MatchText(hit.match()), "\n", BirthAndCountryText(hit.match()));
  return text + ReasonsText(hit.explanation());
}

std::string OmittedText(int omitted) {
  if (omitted == 0) return "";
  return absl::StrCat("\n", omitted, " further matches are not shown: more has to be known of the person.\n");
}

std::string ScreeningText(const Screening& screening) {
  std::vector<std::string> open;
  for (const Hit& hit : screening.hits()) {
    if (IsOpen(hit)) open.push_back(absl::StrCat(hit.number()));
  }
  std::string text = absl::StrCat(screening.name(), ": ", Short(screening.state()), "\n",
                                  Mark(screening.state() == Screening::STATE_CLEAR), " ", StateText(screening), "\n",
                                  screening.person(), ", screened for ", screening.organisation());
  if (screening.has_screen_time()) absl::StrAppend(&text, " on ", TextAt(screening, "screen_time"));
  text += "\n";
  if (!open.empty()) absl::StrAppend(&text, "To be decided: ", absl::StrJoin(open, ", "), "\n");
  text += ListsText(screening.lists());
  if (!screening.hits().empty()) text += "\nThe hits:\n";
  // What somebody has to decide comes first.
  for (const bool first : {true, false}) {
    for (const Hit& hit : screening.hits()) {
      if (IsOpen(hit) == first) text += HitText(hit);
    }
  }
  return text + OmittedText(screening.omitted());
}

std::string MatchesText(const MatchPersonResponse& response) {
  std::string text = absl::StrCat(Mark(response.outcome() == compliance::v1::MATCH_OUTCOME_CLEAR), " ",
                                  Short(response.outcome()), "\n", ListsText(response.lists()));
  if (!response.matches().empty()) text += "\nThe matches:\n";
  int number = 0;
  for (const ExplainedMatch& one : response.matches()) {
    absl::StrAppend(&text, "  ", ++number, ". ", MatchText(one.match()), "\n", BirthAndCountryText(one.match()),
                    ReasonsText(one.explanation()));
  }
  return text + OmittedText(response.omitted());
}

}  // namespace

absl::StatusOr<int> ExplainScreening(Invocation& invocation) {
  return Explain(invocation, [](const auto& answer) { return ScreeningText(static_cast<const Screening&>(answer)); });
}

absl::StatusOr<int> ExplainMatches(Invocation& invocation) {
  return Explain(invocation,
                 [](const auto& answer) { return MatchesText(static_cast<const MatchPersonResponse&>(answer)); });
}

}  // namespace amikeco::cli
