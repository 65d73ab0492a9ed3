// Message templates: checked when they are loaded against the facts that the programmes use them for. Pure.
//
// A text contains variables in double braces: {{fact.start}} is a field of the fact by its path, {{case.host}} is what
// is known of the application, {{recipient.name}} is how the recipient is greeted. A fact offers its dates, times,
// numbers and names; fields in which people write freely (reasons, descriptions), enums and lists are not offered, so
// that no message can carry what is confidential (A5-07).
#ifndef AMIKECO_SERVICES_NOTIFY_TEMPLATE_H_
#define AMIKECO_SERVICES_NOTIFY_TEMPLATE_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "google/protobuf/message.h"

namespace amikeco::notify {

// A file as it was read: mistakes are told with its path and line.
struct TemplateFile {
  std::string path;
  std::string text;
  v1::Template parsed;
};

// What messages about one application can say besides the fact itself. Every value is for people.
struct CaseView {
  std::string application;
  std::string programme;    // title
  std::string coordinator;  // title of the role that owns the case
  std::string section;
  std::string member;
  std::string host;  // title: of the fact's host, else the case's
  std::string task;  // title of the fact's task or compliance item, when it has one
  google::type::Date start;
  google::type::Date end;
};

// Who reads the message.
struct Addressee {
  std::string name;  // "Anna Weber"; empty: a general greeting
  absl::TimeZone zone;
};

// Paths of the variables that messages about `fact` can use, in order.
std::vector<std::string> VariablesOf(const google::protobuf::Descriptor& fact);

// The locales to try, best first: de-AT → de → en.
std::vector<std::string> FallbackChain(absl::string_view locale);

// Immutable; safe to share.
class Templates {
 public:
  // INVALID_ARGUMENT with one line for each mistake: unknown or malformed variables with the choices there are, notices
  // without a template, templates without a notice or without an English text, two notices that would send the same
  // recipient two messages about one fact, facts that there are not.
  static absl::StatusOr<Templates> Check(const std::vector<TemplateFile>& files,
                                         const std::vector<const programme::v1::Programme*>& programmes);

  // The nearest text to `locale`; null when there is no template of this id.
  const v1::Template* Find(absl::string_view id, absl::string_view locale) const;
  // Types of the facts that the programmes use the template for.
  std::vector<std::string> FactsOf(absl::string_view id) const;

  size_t size() const { return templates_.size(); }

 private:
  // (id, lower-case locale) → template.
  std::map<std::pair<std::string, std::string>, v1::Template> templates_;
  std::map<std::string, std::set<std::string>> facts_;
};

// The template filled in: dates and times as the template's language writes them, times in the reader's zone. A value
// that is not set is a dash.
v1::MessageText Render(const v1::Template& text, const google::protobuf::Message& fact, const CaseView& view,
                       const Addressee& addressee);

// Variables that the template uses, without repetition.
std::vector<std::string> VariablesIn(const v1::Template& text);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_TEMPLATE_H_
