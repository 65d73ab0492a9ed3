#include "common/observe/log.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <ctime>
#include <mutex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/config/config.h"

namespace amikeco {
namespace {

constexpr size_t kFullBuffer = 64 << 10;
constexpr absl::string_view kNames[] = {"debug", "info", "warning", "error"};

void WriteAll(int file, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left to tell
    text.remove_prefix(written);
  }
}

// The one place where lines meet. Never destroyed: parts may log until the process is gone.
class Sink {
 public:
  static Sink& Get() {
    static Sink* const sink = new Sink;
    return *sink;
  }

  bool Enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }

  void Set(LogLevel level, absl::string_view service) {
    const std::lock_guard<std::mutex> lock(mutex_);
    level_ = level;
    common_.clear();
    if (!service.empty()) {
      common_ = ",\"service\":";
      AppendJsonString(common_, service);
    }
    absl::StrAppend(&common_, ",\"version\":");
    AppendJsonString(common_, Version());
  }

  void SetReceiver(std::function<void(absl::string_view)> receiver) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Flush();
    receiver_ = std::move(receiver);
  }

  void SetBuffered(bool buffered) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Flush();
    buffered_ = buffered;
  }

  void FlushNow() {
    const std::lock_guard<std::mutex> lock(mutex_);
    Flush();
  }

  void Write(LogLevel level, absl::string_view message, LogFields fields) {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    thread_local std::string rest;  // made outside of the lock
    rest.clear();
    AppendJsonString(rest, message);
    for (const LogField& field : fields) {
      absl::StrAppend(&rest, ",\"", field.key, "\":");
      field.value.AppendJson(rest);
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    const size_t start = buffer_.size();
    AppendTime(now);
    absl::StrAppend(&buffer_, "\",\"level\":\"", kNames[static_cast<int>(level)], "\"", common_, ",\"msg\":", rest,
                    "}\n");
    if (receiver_) {
      receiver_(absl::string_view(buffer_).substr(start, buffer_.size() - start - 1));
      buffer_.resize(start);
    } else if (!buffered_ || level >= LogLevel::kWarning || buffer_.size() >= kFullBuffer) {
      Flush();
    }
  }

 private:
  Sink() { Set(LogLevel::kInfo, ""); }

  void AppendTime(const timespec& now) {
    if (now.tv_sec != second_) {
      second_ = now.tv_sec;
      tm parts;
      gmtime_r(&second_, &parts);
      second_text_ = absl::StrFormat("{\"ts\":\"%04d-%02d-%02dT%02d:%02d:%02d.", parts.tm_year + 1900, parts.tm_mon + 1,
                                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    }
    absl::StrAppend(&buffer_, second_text_, absl::Dec(now.tv_nsec, absl::kZeroPad9), "Z");
  }

  void Flush() {
    WriteAll(STDERR_FILENO, buffer_);
    buffer_.clear();
  }

  std::atomic<LogLevel> level_{LogLevel::kInfo};
  std::mutex mutex_;
  std::string common_;
  std::string buffer_;
  bool buffered_ = false;
  time_t second_ = -1;
  std::string second_text_;
  std::function<void(absl::string_view)> receiver_;
};

// Bytes of the UTF-8 character that `text` begins with; 0 when it begins with none.
size_t CharacterLength(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

void AppendEscaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      absl::StrAppend(&out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
  }
}

}  // namespace

void AppendJsonString(std::string& out, absl::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    // Most texts are plain: take as much of that at once as there is.
    size_t plain = 0;
    while (plain < text.size() && text[plain] >= 0x20 && text[plain] < 0x7F && text[plain] != '"' &&
           text[plain] != '\\') {
      ++plain;
    }
    out.append(text.data(), plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const size_t length = CharacterLength(text);
    if (length == 1) AppendEscaped(out, text[0]);
    if (length == 0) out += "\xEF\xBF\xBD";
    if (length > 1) out.append(text.data(), length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out.push_back('"');
}

void LogValue::AppendJson(std::string& line) const {
  switch (kind_) {
    case Kind::kText:
      AppendJsonString(line, text_);
      break;
    case Kind::kWhole:
      absl::StrAppend(&line, whole_);
      break;
    case Kind::kFraction:
      // JSON has no word for them.
      if (std::isfinite(fraction_)) {
        absl::StrAppend(&line, fraction_);
      } else {
        line += "null";
      }
      break;
    case Kind::kBool:
      line += whole_ != 0 ? "true" : "false";
      break;
  }
}

bool LogEnabled(LogLevel level) { return Sink::Get().Enabled(level); }

void Log(LogLevel level, absl::string_view message, LogFields fields) {
  if (LogEnabled(level)) Sink::Get().Write(level, message, fields);
}

void SetLog(LogLevel level, absl::string_view service) { Sink::Get().Set(level, service); }
void SetLogSink(std::function<void(absl::string_view)> sink) { Sink::Get().SetReceiver(std::move(sink)); }
void SetLogBuffered(bool buffered) { Sink::Get().SetBuffered(buffered); }
void FlushLog() { Sink::Get().FlushNow(); }

LogLevel ParseLogLevel(absl::string_view name) {
  for (int i = 0; i < 4; ++i) {
    if (name == kNames[i]) return static_cast<LogLevel>(i);
  }
  return LogLevel::kInfo;
}

}  // namespace amikeco
