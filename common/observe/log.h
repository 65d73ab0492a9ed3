// Log lines: one JSON object a line on standard error, for programs to read.
//
//   LogWarning("A fact was parked.", {{"event", id}, {"tries", 5}});
//
// Never log personal data: ids, codes and counts only. Thread safe, and cheap: while Process runs, lines are
// buffered for at most 100 ms; warnings and errors are always written at once.
#ifndef AMIKECO_COMMON_OBSERVE_LOG_H_
#define AMIKECO_COMMON_OBSERVE_LOG_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"

namespace amikeco {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// A value of a log line: text, a whole number, a fraction or a truth value.
class LogValue {
 public:
  LogValue(absl::string_view text) : kind_(Kind::kText), text_(text) {}     // NOLINT(google-explicit-constructor)
  LogValue(const char* text) : LogValue(absl::string_view(text)) {}         // NOLINT(google-explicit-constructor)
  LogValue(const std::string& text) : LogValue(absl::string_view(text)) {}  // NOLINT(google-explicit-constructor)
  LogValue(bool value) : kind_(Kind::kBool), whole_(value) {}               // NOLINT(google-explicit-constructor)
  LogValue(double value) : kind_(Kind::kFraction), fraction_(value) {}      // NOLINT(google-explicit-constructor)
  template <typename T, typename = std::enable_if_t<std::is_integral_v<T>>>
  LogValue(T value) : kind_(Kind::kWhole), whole_(static_cast<int64_t>(value)) {}  // NOLINT

  void AppendJson(std::string& line) const;

 private:
  enum class Kind { kText, kWhole, kFraction, kBool };
  Kind kind_;
  absl::string_view text_;
  int64_t whole_ = 0;
  double fraction_ = 0;
};

struct LogField {
  absl::string_view key;
  LogValue value;
};
using LogFields = std::initializer_list<LogField>;

// True when lines of `level` are written, to save the work of making one.
bool LogEnabled(LogLevel level);
void Log(LogLevel level, absl::string_view message, LogFields fields = {});
inline void LogDebug(absl::string_view message, LogFields fields = {}) { Log(LogLevel::kDebug, message, fields); }
inline void LogInfo(absl::string_view message, LogFields fields = {}) { Log(LogLevel::kInfo, message, fields); }
inline void LogWarning(absl::string_view message, LogFields fields = {}) { Log(LogLevel::kWarning, message, fields); }
inline void LogError(absl::string_view message, LogFields fields = {}) { Log(LogLevel::kError, message, fields); }

// The process's log; Process sets it up. `service` is written in each line; several services in one process
// share it.
void SetLog(LogLevel level, absl::string_view service);
// Gives lines to `sink` instead of standard error, for tests; null: standard error again.
void SetLogSink(std::function<void(absl::string_view line)> sink);
// Lets lines below warning wait for the next FlushLog (or 64 KiB), instead of a write each. For who flushes
// regularly.
void SetLogBuffered(bool buffered);
// Writes what is buffered.
void FlushLog();

// "debug", "info", "warning" or "error"; info for anything else.
LogLevel ParseLogLevel(absl::string_view name);
// Appends `text` as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string& out, absl::string_view text);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_OBSERVE_LOG_H_
