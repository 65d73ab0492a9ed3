// Redaction of every answer of the API, field by field, walked over the descriptors: what each audience is shown of
// records of each class. A field of a record that nobody decided about fails here.
#include "common/rpc/redact.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "amikeco/options/v1/options.pb.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;
using options::v1::Audience;
using options::v1::Disclosure;
using options::v1::DisclosureClass;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAreArray;

struct GeneratedFiles : DescriptorPool {
  static std::vector<std::string> Names() {
    std::vector<std::string> names;
    internal_generated_database()->FindAllFileNames(&names);
    return names;
  }
};

// The types that methods answer with.
std::set<const Descriptor*> Answers() {
  std::set<const Descriptor*> answers;
  for (const std::string& name : GeneratedFiles::Names()) {
    if (!absl::StartsWith(name, "amikeco/")) continue;
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) {
      for (int k = 0; k < file->service(i)->method_count(); ++k) {
        answers.insert(file->service(i)->method(k)->output_type());
      }
    }
  }
  return answers;
}

void Reach(const Descriptor* type, std::set<const Descriptor*>& reached) {
  if (!reached.insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->message_type() != nullptr) Reach(type->field(i)->message_type(), reached);
  }
}

std::set<const Descriptor*> AnsweredTypes() {
  std::set<const Descriptor*> reached;
  for (const Descriptor* answer : Answers()) Reach(answer, reached);
  return reached;
}

Audience LevelOf(const FieldDescriptor& field) { return field.options().GetExtension(options::v1::field).disclosure(); }

std::vector<std::string> Undecided(const Descriptor& record) {
  std::vector<std::string> fields;
  for (int i = 0; i < record.field_count(); ++i) {
    if (LevelOf(*record.field(i)) == options::v1::AUDIENCE_UNSPECIFIED) fields.push_back(record.field(i)->full_name());
  }
  return fields;
}

constexpr char kInsider[] = "members/insider";
constexpr char kPartner[] = "organisations/partner";

Actor ActorOf(Audience audience) {
  switch (audience) {
    case options::v1::AUDIENCE_INSIDER:
      return {kInsider, "sections/DE", {options::v1::ROLE_OFFICER}};
    case options::v1::AUDIENCE_PARTNER:
      return {"people/p", kPartner, {options::v1::ROLE_COORDINATOR}};
    default:
      return {"people/s", "organisations/stranger", {options::v1::ROLE_COORDINATOR, options::v1::ROLE_HOST_CONTACT}};
  }
}

// Deep enough for everything that is answered.
constexpr int kDepth = 8;

// Something in every field. Only the outermost of nested records has a disclosure: the others have theirs from it.
class Filler {
 public:
  explicit Filler(DisclosureClass disclosure_class) : class_(disclosure_class) {}

  void Fill(Message& message, bool in_record = false, int depth = 0) const {
    const Descriptor& type = *message.GetDescriptor();
    const bool is_record = DisclosureField(type) != nullptr;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.real_containing_oneof() != nullptr && field.real_containing_oneof()->field(0) != &field) continue;
      if (field.name() == "parties" && field.is_repeated()) {
        for (const char* party : {kInsider, kPartner}) message.GetReflection()->AddString(&message, &field, party);
      } else if (field.message_type() == Disclosure::descriptor()) {
        if (!in_record) Decide(static_cast<Disclosure&>(*message.GetReflection()->MutableMessage(&message, &field)));
      } else {
        FillField(message, field, in_record || is_record, depth);
      }
    }
  }

 private:
  void Decide(Disclosure& disclosure) const {
    disclosure.set_disclosure_class(class_);
    disclosure.set_reason(options::v1::WITHHOLDING_REASON_SAFETY_OF_DEPLOYED);
    disclosure.add_insiders(kInsider);
  }

  void FillField(Message& message, const FieldDescriptor& field, bool in_record, int depth) const {
    const Reflection& r = *message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth == kDepth) return;
        return Fill(many ? *r.AddMessage(&message, &field) : *r.MutableMessage(&message, &field), in_record, depth + 1);
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? r.AddString(&message, &field, "x") : r.SetString(&message, &field, "x");
      case FieldDescriptor::CPPTYPE_INT32:
        return many ? r.AddInt32(&message, &field, 1) : r.SetInt32(&message, &field, 1);
      case FieldDescriptor::CPPTYPE_INT64:
        return many ? r.AddInt64(&message, &field, 1) : r.SetInt64(&message, &field, 1);
      case FieldDescriptor::CPPTYPE_BOOL:
        return many ? r.AddBool(&message, &field, true) : r.SetBool(&message, &field, true);
      case FieldDescriptor::CPPTYPE_ENUM:
        return many ? r.AddEnumValue(&message, &field, 1) : r.SetEnumValue(&message, &field, 1);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return many ? r.AddDouble(&message, &field, 1) : r.SetDouble(&message, &field, 1);
      default:
        FAIL() << "What goes into " << field.full_name() << "?";
    }
  }

  const DisclosureClass class_;
};

// Who may see what, in full.
bool Allowed(Audience level, DisclosureClass disclosure_class, Audience viewer) {
  using options::v1::AUDIENCE_INSIDER, options::v1::AUDIENCE_PUBLIC;
  if (disclosure_class == options::v1::DISCLOSURE_CLASS_UNSPECIFIED) return true;
  switch (level) {
    case options::v1::AUDIENCE_PARTNER:
      return viewer != AUDIENCE_PUBLIC;
    case options::v1::AUDIENCE_INSIDER:
      return viewer == AUDIENCE_INSIDER;
    case options::v1::AUDIENCE_AS_RECORD:
      if (disclosure_class == options::v1::DISCLOSURE_CLASS_PARTNER) return viewer != AUDIENCE_PUBLIC;
      return disclosure_class == options::v1::DISCLOSURE_CLASS_PUBLIC || viewer == AUDIENCE_INSIDER;
    default:
      return true;
  }
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  return field.is_repeated() ? message.GetReflection()->FieldSize(message, &field) > 0
                             : message.GetReflection()->HasField(message, &field);
}

// Holds a redacted answer against the whole one.
class Comparison {
 public:
  Comparison(DisclosureClass disclosure_class, Audience viewer) : class_(disclosure_class), viewer_(viewer) {}

  // `viewer` is what the viewer is to the record that the messages are of, or are in.
  void Compare(const Message& whole, const Message& shown, bool in_record, Audience viewer, const std::string& path,
               std::vector<std::string>& cleared) {
    const Descriptor& type = *whole.GetDescriptor();
    const FieldDescriptor* own = DisclosureField(type);
    if (own != nullptr && !in_record) return CompareRecord(whole, shown, *own);
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (&field == own) continue;
      const std::string here = absl::StrCat(path, path.empty() ? "" : ".", field.name());
      const bool allowed = !in_record || Allowed(LevelOf(field), class_, viewer);
      EXPECT_EQ(IsSet(shown, field), IsSet(whole, field) && allowed)
          << field.full_name() << " at " << here << " of class " << class_ << " for " << viewer;
      if (IsSet(whole, field) && !allowed) cleared.push_back(here);
      ++fields_;
      if (allowed) Descend(whole, shown, field, in_record, viewer, here, cleared);
    }
  }

  int fields() const { return fields_; }
  int withheld() const { return withheld_; }

 private:
  void CompareRecord(const Message& whole, const Message& shown, const FieldDescriptor& own) {
    // Who is answered a record without parties is one of its parties.
    Audience viewer = viewer_;
    const bool has_parties = whole.GetDescriptor()->FindFieldByName("parties") != nullptr;
    if (!has_parties && viewer == options::v1::AUDIENCE_PUBLIC) viewer = options::v1::AUDIENCE_PARTNER;
    std::vector<std::string> cleared, told;
    Compare(whole, shown, true, viewer, "", cleared);
    const auto& disclosure = static_cast<const Disclosure&>(shown.GetReflection()->GetMessage(shown, &own));
    for (const auto& withheld : disclosure.withheld()) {
      told.push_back(withheld.path());
      EXPECT_TRUE(withheld.audience() > viewer) << withheld.path();
      const bool by_class = withheld.audience() == AudienceOf(class_);
      EXPECT_TRUE(by_class || withheld.reason() == options::v1::WITHHOLDING_REASON_UNSPECIFIED) << withheld.path();
    }
    EXPECT_THAT(told, UnorderedElementsAreArray(cleared)) << whole.GetTypeName();
    withheld_ += static_cast<int>(told.size());
  }

  void Descend(const Message& whole, const Message& shown, const FieldDescriptor& field, bool in_record,
               Audience viewer, const std::string& path, std::vector<std::string>& cleared) {
    if (field.message_type() == nullptr || field.is_map()) return;
    const Reflection& r = *whole.GetReflection();
    if (!field.is_repeated()) {
      if (!r.HasField(whole, &field)) return;
      return Compare(r.GetMessage(whole, &field), r.GetMessage(shown, &field), in_record, viewer, path, cleared);
    }
    for (int i = 0; i < r.FieldSize(whole, &field); ++i) {
      Compare(r.GetRepeatedMessage(whole, &field, i), r.GetRepeatedMessage(shown, &field, i), in_record, viewer, path,
              cleared);
    }
  }

  const DisclosureClass class_;
  const Audience viewer_;
  int fields_ = 0;
  int withheld_ = 0;
};

std::unique_ptr<Message> NewAnswer(const Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

constexpr DisclosureClass kClasses[] = {options::v1::DISCLOSURE_CLASS_UNSPECIFIED, options::v1::DISCLOSURE_CLASS_PUBLIC,
                                        options::v1::DISCLOSURE_CLASS_PARTNER,
                                        options::v1::DISCLOSURE_CLASS_RESTRICTED};
constexpr Audience kAudiences[] = {options::v1::AUDIENCE_PUBLIC, options::v1::AUDIENCE_PARTNER,
                                   options::v1::AUDIENCE_INSIDER};

// A3-13
TEST(Redact, ShowsEachFieldOfEachAnswerToWhomItIsForAndToNobodyElse) {
  std::map<std::pair<DisclosureClass, Audience>, int> withheld;
  int fields = 0;
  for (const Descriptor* type : Answers()) {
    SCOPED_TRACE(type->full_name());
    const Redactor redactor(type);
    for (const DisclosureClass disclosure_class : kClasses) {
      const auto whole = NewAnswer(*type);
      Filler(disclosure_class).Fill(*whole);
      for (const Audience viewer : kAudiences) {
        const std::unique_ptr<Message> shown(whole->New());
        shown->CopyFrom(*whole);
        redactor.Redact(ActorOf(viewer), *shown);
        Comparison comparison(disclosure_class, viewer);
        std::vector<std::string> none;
        comparison.Compare(*whole, *shown, false, viewer, "", none);
        fields += comparison.fields();
        withheld[{disclosure_class, viewer}] += comparison.withheld();
      }
    }
  }
  EXPECT_GT(fields, 5000) << "the walk has lost its way";
  for (const auto& [key, count] : withheld) {
    const bool sees_all =
        key.first == options::v1::DISCLOSURE_CLASS_UNSPECIFIED || key.second == options::v1::AUDIENCE_INSIDER;
    EXPECT_EQ(count == 0, sees_all) << key.first << " " << key.second;
  }
}

// A3-13
TEST(Redact, EveryFieldOfEveryRecordWasDecidedAbout) {
  int records = 0;
  for (const Descriptor* type : AnsweredTypes()) {
    const FieldDescriptor* own = DisclosureField(*type);
    if (own == nullptr) continue;
    ++records;
    EXPECT_THAT(Undecided(*type), IsEmpty()) << "say who may see it: disclosure: AUDIENCE_AS_RECORD, or another";
    EXPECT_EQ(LevelOf(*own), options::v1::AUDIENCE_PUBLIC) << own->full_name();
  }
  EXPECT_GE(records, 13);
}

// That the test above can fail: a fact, which nobody is answered, has a disclosure and no decisions.
TEST(Redact, FindsAFieldThatNobodyDecidedAbout) {
  const Descriptor* fact =
      DescriptorPool::generated_pool()->FindMessageTypeByName("amikeco.applicant.v1.ApplicationSubmitted");
  ASSERT_NE(DisclosureField(*fact), nullptr);
  EXPECT_THAT(Undecided(*fact), Contains("amikeco.applicant.v1.ApplicationSubmitted.wishes"));
}

// A3-13
TEST(Redact, EveryAnswerThatNamesItsPartiesCarriesADisclosure) {
  // Directories of people and homes, without anything about a case but who booked; each recipient's own mail; calls for
  // entries, and what the operator alone reads.
  const std::set<std::string> directories = {"amikeco.applicant.v1.Member",    "amikeco.matching.v1.HomeHost",
                                             "amikeco.notify.v1.Contact",      "amikeco.notify.v1.Message",
                                             "amikeco.applicant.v1.Intake",    "amikeco.applicant.v1.PriceSplit",
                                             "amikeco.compliance.v1.Screening"};
  for (const Descriptor* type : AnsweredTypes()) {
    if (type->FindFieldByName("parties") == nullptr || directories.contains(type->full_name())) continue;
    EXPECT_NE(DisclosureField(*type), nullptr) << type->full_name();
  }
}

TEST(Redact, ShowsFellowServicesEverything) {
  const Descriptor* type = DescriptorPool::generated_pool()->FindMessageTypeByName("amikeco.applicant.v1.Application");
  const auto whole = NewAnswer(*type);
  Filler(options::v1::DISCLOSURE_CLASS_RESTRICTED).Fill(*whole);
  const std::unique_ptr<Message> shown(whole->New());
  shown->CopyFrom(*whole);
  Redactor(type).Redact(SystemActor("matching"), *shown);
  EXPECT_EQ(shown->SerializeAsString(), whole->SerializeAsString());
}

// A class that a newer program wrote is not taken for one that withholds nothing.
TEST(Redact, WithholdsWhatIsOfAClassThatItDoesNotKnow) {
  EXPECT_EQ(AudienceOf(static_cast<DisclosureClass>(77)), options::v1::AUDIENCE_INSIDER);
}

}  // namespace
}  // namespace amikeco
