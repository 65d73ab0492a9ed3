#include "common/rpc/consulted.h"

#include <vector>

#include "amikeco/options/v1/options.pb.h"
#include "google/protobuf/descriptor.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsPersonal(const FieldDescriptor& field) { return field.options().GetExtension(options::v1::field).personal(); }

// All types that are in `type`, itself among them.
void Gather(const Descriptor* type, std::set<const Descriptor*>& types) {
  if (!types.insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() != nullptr) Gather(type->field(i)->message_type(), types);
  }
}

}  // namespace

PersonalFields::PersonalFields(const Descriptor* type) {
  std::set<const Descriptor*> types;
  Gather(type, types);
  // Types may hold each other, so whatever holds a concerned one is found by going round until nothing is added.
  for (bool more = true; more;) {
    more = false;
    for (const Descriptor* candidate : types) {
      if (concerned_.count(candidate) > 0) continue;
      for (int i = 0; i < candidate->field_count(); ++i) {
        const FieldDescriptor& field = *candidate->field(i);
        if (!IsPersonal(field) && concerned_.count(field.message_type()) == 0) continue;
        more = concerned_.insert(candidate).second;
        break;
      }
    }
  }
  if (concerned_.count(type) == 0) concerned_.clear();
}

bool PersonalFields::In(const Message& message) const {
  if (concerned_.count(message.GetDescriptor()) == 0) return false;
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (IsPersonal(*field)) return true;
    if (concerned_.count(field->message_type()) == 0) continue;
    if (!field->is_repeated() && In(reflection.GetMessage(message, field))) return true;
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i) {
      if (In(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

}  // namespace amikeco
