// Nothing personal is in plain text anywhere, and what was erased cannot be had back (A5-05): whole stories are played
// with a canary in every personal field of every request, and everything that is left behind is searched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/events/audit.h"
#include "common/events/execute.h"
#include "common/store/dossier.h"
#include "common/store/sqlite_store.h"
#include "google/protobuf/empty.pb.h"
#include "tests/journeys/story.h"
#include "tests/privacy/canaries.h"
#include "tests/privacy/members.h"
#include "tests/support/child.h"
#include "tests/support/house.h"

namespace amikeco {
namespace {

using google::protobuf::Message;
using options::v1::Role;
using ::testing::IsEmpty;

constexpr const char* kKeepers[] = {"applicant", "compliance", "notify"};
// Together they use every method that takes personal data, but for those in Afterwards.
constexpr const char* kStories[] = {"an_erased_officer", "accepted", "ipet_fellowship", "ipa_awards",
                                    "stay_ended_early_and_report_overdue"};
// Searched for by a test of its own, on a programme that no story plays:
// MoneyTest.SealsThePriceAndShowsItToTheOperatorAlone.
const std::set<std::string>& ElsewhereTested() {
  static const auto& fields = *new std::set<std::string>{"amikeco.applicant.v1.PriceShare.department"};
  return fields;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What this process writes to standard error goes to a file while it lives.
class Stderr {
 public:
  explicit Stderr(const std::string& path) : path_(path), before_(dup(STDERR_FILENO)) {
    std::fflush(stderr);
    const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
    dup2(fileno(file.get()), STDERR_FILENO);
  }
  ~Stderr() { Restore(); }
  std::string Restore() {
    if (before_ >= 0) {
      dup2(before_, STDERR_FILENO);
      close(std::exchange(before_, -1));
    }
    return ReadFile(path_);
  }

 private:
  const std::string path_;
  int before_;
};

class CanaryTest : public ::testing::TestWithParam<const char*> {
 protected:
  // A personal field that is new must be in some story.
  static void TearDownTestSuite() {
    if (played_ < static_cast<int>(std::size(kStories))) return;  // some were left out
    std::vector<std::string> missed;
    for (const std::string& field : Fields()) {
      if (Taken().count(field) == 0 && ElsewhereTested().count(field) == 0) missed.push_back(field);
    }
    EXPECT_THAT(missed, IsEmpty()) << "no story puts these personal fields into a request that is taken";
  }

  // What no story does.
  void Afterwards(House& house) {
    PlayMembers([&](const Actor& actor, const std::string& method, const Message& request) {
      return house.Call<google::protobuf::Empty>(actor, method, request).status();
    });
    EXPECT_TRUE(house.Settle().ok());
  }

  // A fact that nobody can act on, so that it is parked with its reason by everybody who follows the applicant service.
  void Park(House& house) {
    event::v1::Event event = MakeEvent({"applicant", SystemActor("applicant"), house.clock().Now(), "", ""},
                                       "applications/unknown", 1, applicant::v1::ApplicationFact());
    event.set_type("amikeco.applicant.v1.ApplicationWithdrawn");
    event.mutable_data()->set_type_url("type.googleapis.com/amikeco.applicant.v1.ApplicationFact");
    event.mutable_data()->set_value("\xff\xff");
    ASSERT_TRUE(house.store("applicant")
                    .Write([&](Transaction& tx) {
                      return tx.Append({0, event.id(), event.subject(), 1, event.SerializeAsString()});
                    })
                    .ok());
    EXPECT_TRUE(house.Settle().ok());
    InProcessCaller caller(house.chain("compliance"), {"", Actor{"people/olga", "", {Role::ROLE_OPERATIONS}}});
    const auto answer = caller.Call<ops::v1::ListParkedFactsResponse>(
        "amikeco.ops.v1.OperationsService/ListParkedFacts", ops::v1::ListParkedFactsRequest());
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer->parked_facts_size(), 1);
  }

  void ExpectNoCanaryInFilesOf(const std::string& folder) {
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      EXPECT_THAT(canaries_.FoundIn(ReadFile(entry.path())), IsEmpty()) << entry.path();
    }
    EXPECT_GE(files, 4);
  }

  // Every entry that a service's dossiers have.
  struct Entry {
    std::string owner, document, entry;
  };
  std::vector<Entry> EntriesOf(Store& store) {
    std::vector<Entry> entries;
    EXPECT_TRUE(store
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto rows,
                                               reader.Scan({"dossier_entry", "owner", "", "", std::nullopt, 100'000}));
                      for (const auto& [position, record] : rows) {
                        const std::vector<std::string> value = absl::StrSplit(position.value, '\x1f');
                        entries.push_back({value[0], value[1], record.id.substr(value[0].size() + 1)});
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return entries;
  }
  // How many of the entries can be read, and that those hold canaries.
  int Readable(Store& store, const Dossiers& dossiers, const std::vector<Entry>& entries, std::string& told) {
    int readable = 0;
    EXPECT_TRUE(store
                    .Read([&](Reader& reader) -> absl::Status {
                      for (const Entry& entry : entries) {
                        const auto* type =
                            google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(entry.document);
                        const std::unique_ptr<Message> content(
                            google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
                        AMIKECO_ASSIGN_OR_RETURN(const bool there,
                                                 dossiers.Read(reader, entry.owner, entry.entry, *content));
                        readable += there ? 1 : 0;
                        if (there) absl::StrAppend(&told, content->SerializeAsString());
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return readable;
  }

  void EraseEverybody(House& house) {
    for (const char* const service : kKeepers) {
      std::set<std::string> persons;
      for (const Entry& entry : EntriesOf(house.store(service))) {
        if (absl::StartsWith(entry.owner, "members/")) persons.insert(entry.owner);
      }
      InProcessCaller officer(house.chain(service), {"", Actor{"people/vera", "", {Role::ROLE_COMPLIANCE_OFFICER}}});
      for (const std::string& person : persons) {
        ops::v1::RepeatErasureRequest request;
        request.set_person(person);
        const auto erased = officer.Call<ops::v1::DataSubject>("amikeco.ops.v1.PrivacyService/RepeatErasure", request);
        ASSERT_TRUE(erased.ok()) << erased.status();
        EXPECT_EQ(erased->state(), ops::v1::DataSubject::STATE_ERASED);
        EXPECT_EQ(erased->documents_size(), 0);
      }
    }
    EXPECT_TRUE(house.Settle().ok());
  }

  void ExpectWholeChain(House& house, const std::string& service) {
    Audit audit;
    EXPECT_TRUE(house.store(service)
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.EventsAfter(0, 1'000'000));
                      for (const StoredEvent& event : events) audit.Add(event);
                      return absl::OkStatus();
                    })
                    .ok());
    EXPECT_THAT(audit.Finish(), IsEmpty()) << service;
    // A story need not come as far as compliance.
    if (service == "applicant") {
      EXPECT_GT(audit.checked(), 0);
    }
  }

  // What was there before the erasure is not to be had from a copy of the databases, even with the key of keys.
  void ExpectForgotten(House& house) {
    std::map<std::string, std::vector<Entry>> before;
    for (const char* const service : kKeepers) {
      std::string told;
      for (const Entry& entry : EntriesOf(house.store(service))) {
        if (absl::StartsWith(entry.owner, "members/")) before[service].push_back(entry);
      }
      const auto& entries = before[service];
      EXPECT_EQ(Readable(house.store(service), house.dossiers(), entries, told), static_cast<int>(entries.size()));
      if (!entries.empty()) {
        EXPECT_THAT(canaries_.FoundIn(told), ::testing::Not(IsEmpty())) << service;
      }
    }
    EraseEverybody(house);
    const TemporaryFolder copy("canary");
    for (const char* const service : kKeepers) {
      ExpectWholeChain(house, service);
      for (const char* const end : {".db", ".db-wal"}) {
        std::error_code none;
        std::filesystem::copy(absl::StrCat(house.folder(), "/", service, end), copy / absl::StrCat(service, end), none);
      }
      auto store = SqliteStore::Open(copy / absl::StrCat(service, ".db"));
      ASSERT_TRUE(store.ok()) << store.status();
      std::string told;
      EXPECT_EQ(Readable(**store, house.dossiers(), before[service], told), 0) << service;
    }
    ExpectNoCanaryInFilesOf(house.folder());
  }

  void CollectFields(House& house) {
    for (const std::string& service : House::Services()) {
      for (const auto* method : house.chain(service).methods()) {
        fields_.merge(PersonalTextsIn(*method->input_type()));
      }
    }
  }

  // Over all stories.
  static std::set<std::string>& Taken() {
    static auto& taken = *new std::set<std::string>();
    return taken;
  }
  static std::set<std::string>& Fields() {
    static auto& fields = *new std::set<std::string>();
    return fields;
  }

  static inline int played_ = 0;

  Canaries canaries_;
  std::set<std::string> fields_;
};

// A5-05
TEST_P(CanaryTest, FindsNothingPersonalInWhatAStoryLeavesBehind) {
  const TemporaryFolder folder("canary");
  Stderr log(folder / "stderr");
  bool ended = false;
  journeys::Observer observer;
  observer.begun = [&](House& house) {
    house.Watch([&](Message& request) { canaries_.PutInto(request); },
                [&](const Message& request) { canaries_.NoteTaken(request); });
  };
  observer.ended = [&](House& house) {
    Afterwards(house);
    Park(house);
    CollectFields(house);
    ExpectNoCanaryInFilesOf(house.folder());
    for (const std::string& service : House::Services()) {
      EXPECT_THAT(canaries_.FoundIn(house.Metrics(service)), IsEmpty());
    }
    ExpectForgotten(house);
    ended = true;
  };
  const auto told =
      journeys::Play(ReadFile(absl::StrCat("tests/journeys/", GetParam(), ".txt")), "programmes", observer);
  const std::string written = log.Restore();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_TRUE(ended);
  EXPECT_THAT(canaries_.FoundIn(written), IsEmpty()) << "in what was logged";
  ++played_;
  Taken().insert(canaries_.taken().begin(), canaries_.taken().end());
  Fields().merge(fields_);
}

INSTANTIATE_TEST_SUITE_P(Stories, CanaryTest, ::testing::ValuesIn(kStories));

}  // namespace
}  // namespace amikeco
