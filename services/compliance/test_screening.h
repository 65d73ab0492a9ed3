// The whole service on a real store, for tests of watch-lists and screenings: lists of invented people, and calls.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_SCREENING_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_SCREENING_H_

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/screening_tables.h"
#include "services/compliance/service.h"
#include "services/compliance/test_cases.h"
#include "services/compliance/test_waivers.h"

namespace amikeco::compliance {

inline const Actor kOperations{"people/otto", "organisations/operator", {options::v1::ROLE_OPERATIONS}};
inline const Actor kZoe{"people/zoe", "organisations/operator", {options::v1::ROLE_COMPLIANCE_OFFICER}};
inline const Actor kStranger{"people/yves", "organisations/other", {options::v1::ROLE_COMPLIANCE_OFFICER}};

struct Listed {
  std::string id, first, second;
  std::string birth = {};  // "1961-03-04"; empty: not known
  std::string weak_alias = {};
};

// A consolidated list of `people`, and of `others` whom nobody is like, so that words can be rare.
inline std::string ConsolidatedList(const std::vector<Listed>& people, int others = 300) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CONSOLIDATED_LIST><INDIVIDUALS>\n";
  const auto add = [&](const Listed& one) {
    absl::StrAppend(&xml, "<INDIVIDUAL><DATAID>", one.id, "</DATAID><FIRST_NAME>", one.first,
                    "</FIRST_NAME><SECOND_NAME>", one.second,
                    "</SECOND_NAME><NATIONALITY><VALUE>HU</VALUE></NATIONALITY>");
    if (!one.weak_alias.empty()) {
      absl::StrAppend(&xml, "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>", one.weak_alias,
                      "</ALIAS_NAME></INDIVIDUAL_ALIAS>");
    }
    if (!one.birth.empty()) {
      absl::StrAppend(&xml, "<INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>", one.birth,
                      "</DATE></INDIVIDUAL_DATE_OF_BIRTH>");
    }
    absl::StrAppend(&xml, "</INDIVIDUAL>\n");
  };
  for (const Listed& one : people) add(one);
  std::mt19937 random(7);
  const std::string letters = "bdfgklmnprstvzaeiou";
  const auto word = [&] {
    std::string text;
    for (int i = 0; i < 7; ++i) text += letters[random() % letters.size()];
    return text;
  };
  for (int i = 0; i < others; ++i) add({absl::StrCat(9000 + i), word(), word(), "1950-01-02"});
  return absl::StrCat(xml, "</INDIVIDUALS></CONSOLIDATED_LIST>\n");
}

inline const Listed kBrezovsky{"7001", "Zoltan", "Brezovsky", "1961-03-04"};

class ScreeningTest : public testing::Test {
 protected:
  using Status = absl::Status;

  ScreeningTest() {
    std::string dir = testing::TempDir() + "screeningXXXXXX";
    dir_ = mkdtemp(dir.data());
    store_ = *SqliteStore::Open(dir_ + "/compliance.db");
    programme_ = CasesProgramme();
    programme_.clear_compliance();
    auto& item = *programme_.add_compliance();
    item.set_id("screening");
    item.set_kind(programme::v1::ComplianceItem::KIND_SCREENING);
    item.set_mandatory(true);
    item.set_per_person(true);
    programmes_.Add(programme_);
    Start();
  }
  ~ScreeningTest() override {
    service_.reset();
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  // Instead of what runs.
  void Start(const config::v1::ScreeningConfig& config = {}) {
    service_ = MakeService(config);
    chain_ = std::make_unique<Chain>(LoopbackConfig(), process_, clock_);
    Bind(*chain_, *service_);
    EXPECT_TRUE(chain_->Check().ok()) << chain_->Check();
  }
  // On the same store, as another replica is.
  std::unique_ptr<ComplianceService> MakeService(const config::v1::ScreeningConfig& config = {}) {
    return std::make_unique<ComplianceService>(*store_, programmes_, dossiers_, policy_, templates_,
                                               std::set<std::string>(), Countries::None(), config);
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Ask(const Actor& actor, absl::string_view method, const Request& request) {
    InProcessCaller caller(*chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }

  absl::StatusOr<v1::WatchListUpload> Chunk(const std::string& upload, v1::WatchListPart part, int number,
                                            const std::string& data) {
    v1::UploadWatchListChunkRequest request;
    request.set_upload(upload);
    request.set_part(part);
    request.set_number(number);
    request.set_data(data);
    return Ask<v1::WatchListUpload>(kOperations, "UploadWatchListChunk", request);
  }
  // In chunks of a few kilobytes, so that there are several.
  std::string Upload(const std::vector<std::string>& files) {
    constexpr size_t kChunk = 5000;
    const std::string upload = absl::StrCat("watchListUploads/u", ++uploads_);
    for (size_t i = 0; i < files.size(); ++i) {
      int number = 0;
      for (size_t at = 0; at == 0 || at < files[i].size(); at += kChunk) {
        const auto stored = Chunk(upload, static_cast<v1::WatchListPart>(i + 1), ++number, files[i].substr(at, kChunk));
        EXPECT_TRUE(stored.ok()) << stored.status();
      }
    }
    return upload;
  }
  absl::StatusOr<v1::ImportWatchListResponse> Import(const std::string& id, v1::WatchListFormat format,
                                                     const std::vector<std::string>& files, bool shrink = false) {
    v1::ImportWatchListRequest request;
    request.set_watch_list_id(id);
    request.set_format(format);
    request.set_upload(Upload(files));
    request.set_accept_shrinkage(shrink);
    return Ask<v1::ImportWatchListResponse>(kOperations, "ImportWatchList", request);
  }
  void ImportPeople(const std::vector<Listed>& people) {
    const auto imported = Import("un", v1::WATCH_LIST_FORMAT_CONSOLIDATED, {ConsolidatedList(people)});
    ASSERT_TRUE(imported.ok()) << imported.status();
  }
  v1::WatchList List(const std::string& name) {
    v1::GetWatchListRequest request;
    request.set_name(name);
    return Ask<v1::WatchList>(kOperations, "GetWatchList", request).value_or(v1::WatchList());
  }

  static v1::Particulars Person(const std::string& name, const std::string& birth = "") {
    v1::Particulars particulars;
    particulars.add_names(name);
    particulars.set_birth(birth);
    return particulars;
  }
  absl::StatusOr<v1::Screening> Screen(const std::string& person, const v1::Particulars& particulars,
                                       const Actor& actor = kOmar) {
    v1::ScreenPersonRequest request;
    request.set_person(person);
    *request.mutable_particulars() = particulars;
    return Ask<v1::Screening>(actor, "ScreenPerson", request);
  }
  absl::StatusOr<v1::Screening> Decide(const std::string& screening, int hit, v1::Hit::State decision,
                                       const Actor& actor = kVera) {
    v1::AdjudicateHitRequest request;
    request.set_name(screening);
    request.set_hit(hit);
    request.set_decision(decision);
    request.set_reason("LOOKED_AT");
    return Ask<v1::Screening>(actor, "AdjudicateHit", request);
  }
  absl::StatusOr<v1::Screening> Get(const std::string& screening, const Actor& actor = kVera) {
    v1::GetScreeningRequest request;
    request.set_name(screening);
    return Ask<v1::Screening>(actor, "GetScreening", request);
  }

  // What the clock's door has to do now; done, in the order in which it was named.
  std::vector<std::string> TickAll() {
    std::vector<std::string> due;
    Status status = store_->Read([&](Reader& reader) -> Status {
      AMIKECO_ASSIGN_OR_RETURN(due, service_->Due(reader, clock_.Now(), 100));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", ""};
    for (const std::string& name : due) {
      status = store_->Write([&](Transaction& tx) { return service_->Tick(tx, name, origin); });
      EXPECT_TRUE(status.ok()) << name << status;
    }
    return due;
  }
  template <typename Fact>
  void Hear(absl::string_view subject, const Fact& fact) {
    const Origin origin{"compliance", SystemActor("compliance"), clock_.Now(), "", "event-1"};
    const auto event = MakeEvent(origin, subject, 1, fact);
    const Status heard = store_->Write([&](Transaction& tx) { return service_->React(tx, event, origin); });
    ASSERT_TRUE(heard.ok()) << heard;
  }
  template <typename T, typename Fact>
  void ExpectHistoryFoldsTo(const Table<T>& table, const std::string& name) {
    const Status status = store_->Read([&](Reader& reader) -> Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto record, table.Get(reader, name));
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<T, Fact>(reader, name)));
      EXPECT_EQ(folded.version, record.version);
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(folded.value, record.value)) << name;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  // Whether `text` stands anywhere in the database's files.
  bool IsOnDisk(const std::string& text) {
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }

  std::string dir_;
  int uploads_ = 0;
  AdjustableClock clock_ = AdjustableClock::Frozen(At("2027-02-01"));
  Process process_{QuietProcess(), "compliance"};
  std::unique_ptr<Store> store_;
  programme::v1::Programme programme_;
  Programmes programmes_;
  Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  v1::AssessmentPolicy policy_;
  WaiverTemplates templates_ = *CheckTemplates({TestTemplate()});
  std::unique_ptr<ComplianceService> service_;
  std::unique_ptr<Chain> chain_;
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_SCREENING_H_
