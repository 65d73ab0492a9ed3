// Readings: which personal documents this thread has read, for whoever must know what a call was told.
#ifndef AMIKECO_COMMON_BASE_READINGS_H_
#define AMIKECO_COMMON_BASE_READINGS_H_

#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace amikeco {

// One document of a person's dossier.
struct Reading {
  std::string person;    // "members/M-17"
  std::string document;  // its type: "amikeco.applicant.v1.Profile"
  std::string entry;     // "profile"

  friend bool operator<(const Reading& a, const Reading& b) {
    return std::tie(a.person, a.document, a.entry) < std::tie(b.person, b.document, b.entry);
  }
};

namespace internal {
inline constinit thread_local std::set<Reading>* thread_readings = nullptr;
}  // namespace internal

// Collects what the thread reads while it lives. A body of the store that runs again is collected once.
class ReadingsScope {
 public:
  ReadingsScope() : before_(std::exchange(internal::thread_readings, &readings_)) {}
  ~ReadingsScope() { internal::thread_readings = before_; }
  ReadingsScope(const ReadingsScope&) = delete;
  ReadingsScope& operator=(const ReadingsScope&) = delete;

  const std::set<Reading>& readings() const { return readings_; }

 private:
  std::set<Reading> readings_;
  std::set<Reading>* const before_;
};

inline void NoteReading(Reading reading) {
  if (internal::thread_readings != nullptr) internal::thread_readings->insert(std::move(reading));
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_READINGS_H_
