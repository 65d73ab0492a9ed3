// Redaction: clears from an answer what its caller may not see, by what the records in it and the descriptors say.
//
// A message with a field `disclosure` (options/v1/disclosure.proto) that is set is a record: its class says who sees
// the fields that are as the record, its insiders and its `parties` say what the caller is to it, and
// FieldRules.disclosure says it of each field. A record inside another that has no disclosure, or no parties, has those
// of the outer one. What was cleared is listed in disclosure.withheld, with the reason: a caller sees that there is
// something, and not what.
#ifndef AMIKECO_COMMON_RPC_REDACT_H_
#define AMIKECO_COMMON_RPC_REDACT_H_

#include <set>

#include "amikeco/options/v1/disclosure.pb.h"
#include "common/base/actor.h"
#include "google/protobuf/message.h"

namespace amikeco {

// For answers of one type. Thread safe.
class Redactor {
 public:
  explicit Redactor(const google::protobuf::Descriptor* answer);

  // Clears what `viewer` may not see of `answer`, which is of the type.
  void Redact(const Actor& viewer, google::protobuf::Message& answer) const;

 private:
  struct View;
  void Walk(google::protobuf::Message& message, const View* outer, const std::string& path, const Actor& viewer) const;
  void WalkField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, const View* view,
                 const std::string& path, const Actor& viewer) const;

  // Types in which something may have to be cleared.
  std::set<const google::protobuf::Descriptor*> concerned_;
};

// The field that makes a message a record; null: it is none.
const google::protobuf::FieldDescriptor* DisclosureField(const google::protobuf::Descriptor& type);
// Who is the least audience of fields that are as the record.
options::v1::Audience AudienceOf(options::v1::DisclosureClass disclosure_class);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_REDACT_H_
