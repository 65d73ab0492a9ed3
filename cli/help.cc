#include "cli/help.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/api.h"
#include "cli/meanings.h"
#include "cli/print.h"

namespace amikeco::cli {
namespace {

using Lines = std::vector<std::vector<std::string>>;

constexpr char kSynopsis[] = "amikeco <noun> <verb> [arguments] [flags]";

constexpr char kEnvironment[] =
    "AMIKECO_APPLICANT, AMIKECO_MATCHING, AMIKECO_COMPLIANCE and AMIKECO_NOTIFY say where the services are "
    "(host:port).";

const Lines& ExitCodes() {
  static const Lines kCodes = {
      {"0", "done"},
      {"1", "failed for another reason"},
      {"2", "the command line or the request is wrong, whatever the state"},
      {"3", "not found, or another organisation's"},
      {"4", "the caller is not known or may not"},
      {"5", "not now: something changed meanwhile, exists already, or the state does not allow it"},
      {"6", "unavailable, timed out, or too many calls: try again"},
      {"7", "done in part: an import skipped rows"},
      {"130", "interrupted"},
  };
  return kCodes;
}

// The command's own words for a flag; "" when it has none.
std::string OwnMeaning(const Command& command, absl::string_view flag) {
  for (const absl::string_view entry : absl::StrSplit(command.extra.meanings, '|')) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(entry, absl::MaxSplits('=', 1));
    if (parts.first == flag) return std::string(parts.second);
  }
  return "";
}

Lines ArgumentLines(const Command& command) {
  Lines lines;
  for (const Argument& argument : ArgumentsOf(command)) {
    std::string meaning = OwnMeaning(command, argument.name);
    if (meaning.empty())
      meaning = argument.path.empty() ? "CSV file with a header row" : MeaningOf(*argument.path.back());
    const std::string value = argument.path.empty() ? "" : PlaceholderOf(*argument.path.back());
    if (!value.empty() && value != "TEXT" && value != "N")
      absl::StrAppend(&meaning, meaning.empty() ? "" : " ", "(", value, ")");
    lines.push_back({absl::AsciiStrToUpper(argument.name), meaning});
  }
  return lines;
}

Lines FlagLines(const Command& command) {
  Lines lines;
  for (const Flag& flag : FlagsOf(command)) {
    const std::string value = PlaceholderOf(*flag.path.back());
    const std::string own = OwnMeaning(command, flag.name);
    lines.push_back(
        {absl::StrCat("--", flag.name, value.empty() ? "" : " ", value),
         own.empty() ? absl::StrCat(flag.required ? "(required) " : "", MeaningOf(*flag.path.back())) : own});
  }
  return lines;
}

Lines GlobalLines() {
  Lines lines;
  for (const GlobalFlag& flag : GlobalFlags()) {
    const std::string letter = flag.letter == 0 ? "" : absl::StrCat("-", absl::string_view(&flag.letter, 1), ", ");
    lines.push_back(
        {absl::StrCat(letter, "--", flag.name, *flag.value == '\0' ? "" : " ", flag.value),
         absl::StrCat(flag.meaning, *flag.environment == '\0' ? "" : absl::StrCat("; else ", flag.environment))});
  }
  return lines;
}

std::string Indented(const Lines& lines) {
  const std::string table = Table({}, lines, true);
  return table.empty()
             ? ""
             : absl::StrCat("  ", absl::StrReplaceAll(absl::StripSuffix(table, "\n"), {{"\n", "\n  "}}), "\n");
}

Lines CommandLines(absl::string_view noun) {
  Lines lines;
  for (const Command& command : Commands()) {
    if (command.noun == noun) lines.push_back({command.words(), FirstSentence(Summary(command))});
  }
  return lines;
}

std::vector<std::string> Nouns() {
  std::vector<std::string> nouns;
  for (const Command& command : Commands()) {
    if (nouns.empty() || nouns.back() != command.noun) nouns.emplace_back(command.noun);
  }
  return nouns;
}

// A cell of a Markdown table.
std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}, {"<", "&lt;"}, {"{{", "`{{"}, {"}}", "}}`"}});
}

std::string MarkdownTable(absl::string_view first, absl::string_view second, const Lines& lines) {
  if (lines.empty()) return "";
  std::string text = absl::StrCat("| ", first, " | ", second, " |\n|---|---|\n");
  for (const auto& line : lines) {
    absl::StrAppend(&text, "| `", absl::StrReplaceAll(line[0], {{"|", "\\|"}}), "` | ", Escaped(line[1]), " |\n");
  }
  return text + "\n";
}

}  // namespace

std::string Overview() {
  Lines nouns;
  for (const std::string& noun : Nouns()) nouns.push_back({noun, MeaningOf(absl::string_view(noun))});
  return absl::StrCat("Usage: ", kSynopsis, "\n\nExamples:\n",
                      "  amikeco health\n  amikeco application list --state in-matching -o json\n",
                      "  amikeco application why A-2027-001\n\nNouns:\n", Indented(nouns),
                      "\nFlags of every command:\n", Indented(GlobalLines()), "\nExit codes:\n", Indented(ExitCodes()),
                      "\n", kEnvironment,
                      "\namikeco <noun> lists its verbs; amikeco <noun> <verb> --help says what each takes.\n");
}

std::string Summary(const Command& command) {
  if (*command.extra.summary != '\0') return command.extra.summary;
  const auto* const method = FindMethod(command.method);
  return method == nullptr ? "" : CommentOf(*method);
}

std::string Synopsis(const Command& command) {
  std::string line = absl::StrCat("amikeco ", command.words());
  for (const Argument& argument : ArgumentsOf(command)) {
    const std::string name = absl::AsciiStrToUpper(argument.name);
    absl::StrAppend(&line, " ", argument.optional ? absl::StrCat("[", name, "]") : name);
  }
  return line;
}

std::string HelpFor(absl::string_view noun) {
  return absl::StrCat("amikeco ", noun, ": ", MeaningOf(noun), "\n\nCommands:\n", Indented(CommandLines(noun)),
                      "\namikeco ", noun, " <verb> --help says what each takes.\n");
}

std::string HelpFor(const Command& command) {
  std::string text = absl::StrCat("Example:\n  amikeco ", command.example, "\n\n", Summary(command),
                                  "\n\nUsage: ", Synopsis(command), " [flags]\n");
  if (const Lines lines = ArgumentLines(command); !lines.empty())
    absl::StrAppend(&text, "\nArguments:\n", Indented(lines));
  if (const Lines lines = FlagLines(command); !lines.empty()) absl::StrAppend(&text, "\nFlags:\n", Indented(lines));
  return text + "\nFlags that every command has: amikeco help\n";
}

std::string Manual() {
  std::string text = absl::StrCat(
      "# amikeco, the command line\n\n<!-- Made by `amikeco help --markdown`; a test compares. -->\n\n    ", kSynopsis,
      "\n\n", kEnvironment,
      " Names may be shortened: `M-1042` is `members/M-1042` where a member is expected. Days are `YYYY-MM-DD`, times "
      "RFC 3339; "
      "several values have commas between them; a text `@FILE` is the file's. A failure prints nothing on standard "
      "output; with "
      "`-o json` standard error has one JSON object `{code, reason, domain, message, metadata, violations, request_id, "
      "help}`.\n\n"
      "## Flags of every command\n\n",
      MarkdownTable("flag", "meaning", GlobalLines()), "## Exit codes\n\n",
      MarkdownTable("code", "meaning", ExitCodes()));
  for (const std::string& noun : Nouns()) {
    absl::StrAppend(&text, "## ", noun, "\n\n", MeaningOf(absl::string_view(noun)), "\n\n");
    for (const Command& command : Commands()) {
      if (command.noun != noun) continue;
      absl::StrAppend(&text, "### ", command.words(), "\n\n    amikeco ", command.example, "\n\n",
                      Escaped(Summary(command)), "\n\n", MarkdownTable("argument", "meaning", ArgumentLines(command)),
                      MarkdownTable("flag", "meaning", FlagLines(command)));
    }
  }
  return absl::StrCat(absl::StripTrailingAsciiWhitespace(text), "\n");
}

}  // namespace amikeco::cli
