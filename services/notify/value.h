// Values for people: fields of facts, days and times as a language writes them. Pure.
#ifndef AMIKECO_SERVICES_NOTIFY_VALUE_H_
#define AMIKECO_SERVICES_NOTIFY_VALUE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace amikeco::notify {

// How a language writes days and times: English ("12 May 2027"), German ("12. Mai 2027"); others as ISO 8601.
class Wording {
 public:
  Wording(absl::string_view locale, absl::TimeZone zone);

  std::string Day(absl::CivilDay day) const;
  // With the time of day and the zone's abbreviation: nobody has to guess whose clock is meant.
  std::string Time(absl::Time time) const;
  // How somebody is greeted whose name is not known.
  std::string Colleague() const;

 private:
  enum class Language { kEnglish, kGerman, kOther };
  Language language_;
  absl::TimeZone zone_;
};

// Paths of the fields of `type` that messages may show, for instance "start" and "leg.host": names, numbers, dates and
// times. Neither lists nor enums nor fields in which people write freely or that name who acted.
std::vector<std::string> FieldPaths(const google::protobuf::Descriptor& type);

// The field's value for people; "" when it is not set.
std::string FieldValue(const google::protobuf::Message& message, absl::string_view path, const Wording& wording);

// Gives every field of FieldPaths a made-up value of its kind, for previews.
void FillWithSamples(google::protobuf::Message& message);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_VALUE_H_
