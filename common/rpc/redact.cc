#include "common/rpc/redact.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/options/v1/options.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/reflection.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using options::v1::Audience;
using options::v1::Disclosure;

Audience LevelOf(const FieldDescriptor& field) { return field.options().GetExtension(options::v1::field).disclosure(); }

// A map's values are shown or cleared together.
bool HoldsMessages(const FieldDescriptor& field) { return field.message_type() != nullptr && !field.is_map(); }

bool IsConcerned(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  if (DisclosureField(type) != nullptr) return true;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (LevelOf(field) != options::v1::AUDIENCE_UNSPECIFIED) return true;
    if (HoldsMessages(field) && IsConcerned(*field.message_type(), seen)) return true;
  }
  return false;
}

void AddConcerned(const Descriptor& type, std::set<const Descriptor*>& seen, std::set<const Descriptor*>& concerned) {
  if (!seen.insert(&type).second) return;
  std::set<const Descriptor*> inside;
  if (IsConcerned(type, inside)) concerned.insert(&type);
  for (int i = 0; i < type.field_count(); ++i) {
    if (HoldsMessages(*type.field(i))) AddConcerned(*type.field(i)->message_type(), seen, concerned);
  }
}

const FieldDescriptor* PartiesField(const Descriptor& type) {
  const FieldDescriptor* field = type.FindFieldByName("parties");
  return field != nullptr && field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING ? field : nullptr;
}

}  // namespace

// What the caller is to the record that is being walked, and what that record says.
struct Redactor::View {
  Audience viewer;
  Audience details;  // who sees what is as the record
  Disclosure& disclosure;

  // The field was cleared; `needed` would have seen it.
  void Withhold(const std::string& path, Audience needed, bool as_record) const {
    const auto& listed = disclosure.withheld();
    if (std::any_of(listed.begin(), listed.end(), [&](const auto& one) { return one.path() == path; })) return;
    auto& withheld = *disclosure.add_withheld();
    withheld.set_path(path);
    withheld.set_audience(needed);
    if (as_record) withheld.set_reason(disclosure.reason());
  }
};

const FieldDescriptor* DisclosureField(const Descriptor& type) {
  const FieldDescriptor* field = type.FindFieldByName("disclosure");
  const bool is_one = field != nullptr && !field->is_repeated() && field->message_type() == Disclosure::descriptor();
  return is_one ? field : nullptr;
}

Audience AudienceOf(options::v1::DisclosureClass disclosure_class) {
  switch (disclosure_class) {
    case options::v1::DISCLOSURE_CLASS_UNSPECIFIED:
    case options::v1::DISCLOSURE_CLASS_PUBLIC:
      return options::v1::AUDIENCE_PUBLIC;
    case options::v1::DISCLOSURE_CLASS_PARTNER:
      return options::v1::AUDIENCE_PARTNER;
    default:
      return options::v1::AUDIENCE_INSIDER;  // a class of a newer program withholds, too
  }
}

Redactor::Redactor(const Descriptor* answer) {
  std::set<const Descriptor*> seen;
  AddConcerned(*answer, seen, concerned_);
}

void Redactor::Redact(const Actor& viewer, Message& answer) const { Walk(answer, nullptr, "", viewer); }

void Redactor::Walk(Message& message, const View* outer, const std::string& path, const Actor& viewer) const {
  const Descriptor& type = *message.GetDescriptor();
  if (!concerned_.contains(&type)) return;
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  const FieldDescriptor* own = DisclosureField(type);
  if (own == nullptr || !reflection.HasField(message, own)) {
    for (const FieldDescriptor* field : set) WalkField(message, *field, outer, path, viewer);
    return;
  }
  auto& disclosure = static_cast<Disclosure&>(*reflection.MutableMessage(&message, own));
  if (disclosure.disclosure_class() == options::v1::DISCLOSURE_CLASS_UNSPECIFIED) {
    // Nobody decided: nothing of the record is withheld.
    for (const FieldDescriptor* field : set) WalkField(message, *field, nullptr, "", viewer);
    return;
  }
  View view{options::v1::AUDIENCE_PARTNER, AudienceOf(disclosure.disclosure_class()), disclosure};
  if (const FieldDescriptor* parties = PartiesField(type)) {
    const bool is_party = viewer.MaySee(reflection.GetRepeatedFieldRef<std::string>(message, parties));
    view.viewer = is_party ? options::v1::AUDIENCE_PARTNER : options::v1::AUDIENCE_PUBLIC;
  } else if (outer != nullptr) {
    view.viewer = outer->viewer;
  }
  if (viewer.MaySee(disclosure.insiders())) view.viewer = options::v1::AUDIENCE_INSIDER;
  // Paths are those from the record.
  for (const FieldDescriptor* field : set) {
    if (field != own) WalkField(message, *field, &view, "", viewer);
  }
}

void Redactor::WalkField(Message& message, const FieldDescriptor& field, const View* view, const std::string& path,
                         const Actor& viewer) const {
  const Reflection& reflection = *message.GetReflection();
  const std::string here = view == nullptr ? "" : absl::StrCat(path, path.empty() ? "" : ".", field.name());
  const Audience level = LevelOf(field);
  if (view != nullptr && level != options::v1::AUDIENCE_UNSPECIFIED) {
    const bool as_record = level == options::v1::AUDIENCE_AS_RECORD;
    const Audience needed = as_record ? view->details : level;
    if (view->viewer < needed) {
      reflection.ClearField(&message, &field);
      return view->Withhold(here, needed, as_record);
    }
  }
  if (!HoldsMessages(field)) return;
  if (!field.is_repeated()) return Walk(*reflection.MutableMessage(&message, &field), view, here, viewer);
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    Walk(*reflection.MutableRepeatedMessage(&message, &field, i), view, here, viewer);
  }
}

}  // namespace amikeco
