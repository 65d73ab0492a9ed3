#include "tests/integration/remains.h"

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/notify/v1/facts.pb.h"
#include "common/events/execute.h"
#include "common/privacy/consultations.h"
#include "common/privacy/data_subject.h"
#include "common/privacy/erasure.h"
#include "common/store/sqlite_store.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/application.h"
#include "services/applicant/claim.h"
#include "services/applicant/costs.h"
#include "services/applicant/hosting_offer.h"
#include "services/applicant/intake.h"
#include "services/applicant/introduction.h"
#include "services/applicant/member.h"
#include "services/applicant/section.h"
#include "services/applicant/tables.h"
#include "services/compliance/assessment.h"
#include "services/compliance/background_check.h"
#include "services/compliance/case_tables.h"
#include "services/compliance/clearance.h"
#include "services/compliance/country_assessment.h"
#include "services/compliance/document_tables.h"
#include "services/compliance/notification.h"
#include "services/compliance/screening_tables.h"
#include "services/compliance/tables.h"
#include "services/compliance/vetting.h"
#include "services/compliance/visa.h"
#include "services/compliance/waiver.h"
#include "services/compliance/watch_list.h"
#include "services/matching/home_host.h"
#include "services/matching/host.h"
#include "services/matching/placement.h"
#include "services/matching/tables.h"
#include "services/notify/contact.h"
#include "services/notify/message.h"
#include "services/notify/tables.h"
#include "tests/support/postgres.h"

namespace amikeco {
namespace {

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

// What is wrong with it, the next statement says.
Database Open(const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  return {opened, sqlite3_close};
}

// The rows of a query with two columns of text.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Rows(const std::string& path, const char* sql) {
  const Database database = Open(path, SQLITE_OPEN_READONLY);
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database.get(), sql, -1, &prepared, nullptr) != SQLITE_OK) {
    return absl::InternalError(absl::StrCat(path, ": ", sqlite3_errmsg(database.get())));
  }
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
  std::vector<std::pair<std::string, std::string>> rows;
  const auto column = [&](int index) {
    const void* bytes = sqlite3_column_blob(prepared, index);
    return std::string(static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(prepared, index)));
  };
  int step = 0;
  while ((step = sqlite3_step(prepared)) == SQLITE_ROW) rows.emplace_back(column(0), column(1));
  if (step != SQLITE_DONE) return absl::InternalError(absl::StrCat(path, ": ", sqlite3_errmsg(database.get())));
  return rows;
}

using Compare = std::function<absl::Status(Reader&, const std::string& name, Comparison&)>;

template <typename Fact, typename T>
std::pair<std::string, Compare> Aggregate(const Table<T>& table) {
  return {table.kind(), [&table](Reader& reader, const std::string& name, Comparison& comparison) -> absl::Status {
            AMIKECO_ASSIGN_OR_RETURN(const Versioned<T> stored, table.Get(reader, name));
            AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<T, Fact>(reader, name)));
            ++comparison.records;
            comparison.facts += static_cast<int>(folded.version);
            std::string difference;
            google::protobuf::util::MessageDifferencer differencer;
            differencer.ReportDifferencesToString(&difference);
            if (!differencer.Compare(folded.value, stored.value) || folded.version != stored.version) {
              comparison.wrong.push_back(absl::StrCat(name, ": version ", stored.version, ", by its facts ",
                                                      folded.version, "; ", difference));
            }
            return absl::OkStatus();
          }};
}

// Aggregates by service and kind. Other kinds are projections, sealed dossiers and a service's own notes.
const std::map<std::string, Compare>& AggregatesOf(const std::string& service) {
  using Tables = std::map<std::string, Compare>;
  static const auto& matching = *new matching::Tables();
  static const auto& messages = *new Table<notify::v1::Message>(notify::MessageTable());
  static const auto& contacts = *new Table<notify::v1::Contact>(notify::ContactTable());
  static const auto& all = *new std::map<std::string, Tables>{
      {"applicant", Tables{Aggregate<applicant::v1::MemberFact>(applicant::Members()),
                           Aggregate<applicant::v1::ApplicationFact>(applicant::Applications()),
                           Aggregate<applicant::v1::HostingOfferFact>(applicant::HostingOffers()),
                           Aggregate<applicant::v1::IntakeFact>(applicant::Intakes()),
                           Aggregate<applicant::v1::ClaimFact>(applicant::Claims()),
                           Aggregate<applicant::v1::CostEstimateFact>(applicant::CostEstimates()),
                           Aggregate<applicant::v1::PriceSplitFact>(applicant::PriceSplits()),
                           Aggregate<applicant::v1::SectionFact>(applicant::Sections()),
                           Aggregate<applicant::v1::RegionFact>(applicant::Regions()),
                           Aggregate<applicant::v1::IntroductionFact>(applicant::Introductions())}},
      {"matching",
       Tables{Aggregate<matching::v1::HostFact>(matching.hosts), Aggregate<matching::v1::HomeHostFact>(matching.homes),
              Aggregate<matching::v1::PlacementFact>(matching.placements)}},
      {"compliance", Tables{Aggregate<compliance::v1::ClearanceFact>(compliance::Clearances()),
                            Aggregate<compliance::v1::WaiverFact>(compliance::Waivers()),
                            Aggregate<compliance::v1::CountryAssessmentFact>(compliance::CountryAssessments()),
                            Aggregate<compliance::v1::AssessmentFact>(compliance::Assessments()),
                            Aggregate<compliance::v1::NotificationFact>(compliance::Notifications()),
                            Aggregate<compliance::v1::VettingFact>(compliance::Vettings()),
                            Aggregate<compliance::v1::CheckFact>(compliance::Checks()),
                            Aggregate<compliance::v1::VisaFact>(compliance::Visas()),
                            Aggregate<compliance::v1::WatchListFact>(compliance::WatchListTable()),
                            Aggregate<compliance::v1::ScreeningFact>(compliance::ScreeningTable())}},
      {"notify", Tables{Aggregate<notify::v1::MessageFact>(messages), Aggregate<notify::v1::ContactFact>(contacts)}}};
  // What every service keeps of persons.
  static const auto& common = *new Tables{Aggregate<ops::v1::DataSubjectFact>(DataSubjects()),
                                          Aggregate<ops::v1::ConsultationFact>(ConsultationTable())};
  static const auto& together = *[] {
    auto* const tables = new std::map<std::string, Tables>(all);
    for (auto& [name, of_service] : *tables) of_service.insert(common.begin(), common.end());
    return tables;
  }();
  return together.at(service);
}

}  // namespace

absl::StatusOr<Comparison> CompareWithHistories(const std::string& service, const std::string& path) {
  AMIKECO_ASSIGN_OR_RETURN(const auto records, Rows(path, "SELECT kind, id FROM record"));
  AMIKECO_ASSIGN_OR_RETURN(const auto subjects, Rows(path, "SELECT DISTINCT subject, '' FROM event"));
  AMIKECO_ASSIGN_OR_RETURN(const auto store, SqliteStore::Open(path));
  Comparison comparison;
  std::set<std::string> compared;
  AMIKECO_RETURN_IF_ERROR(store->Read([&](Reader& reader) -> absl::Status {
    for (const auto& [kind, name] : records) {
      const auto aggregate = AggregatesOf(service).find(kind);
      if (aggregate == AggregatesOf(service).end()) continue;
      AMIKECO_RETURN_IF_ERROR(aggregate->second(reader, name, comparison));
      compared.insert(name);
    }
    return absl::OkStatus();
  }));
  for (const auto& [subject, nothing] : subjects) {
    if (compared.count(subject) == 0) comparison.wrong.push_back(absl::StrCat(subject, ": there is no record"));
  }
  return comparison;
}

absl::StatusOr<Comparison> CompareWithHistories(const std::string& service, Store& store,
                                                const std::set<std::string>& subjects) {
  Comparison comparison;
  AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
    for (const std::string& subject : subjects) {
      bool found = false;
      for (const auto& [kind, compare] : AggregatesOf(service)) {
        AMIKECO_ASSIGN_OR_RETURN(const auto record, reader.Get(kind, subject));
        if (!record) continue;
        found = true;
        AMIKECO_RETURN_IF_ERROR(compare(reader, subject, comparison));
      }
      if (!found) comparison.wrong.push_back(absl::StrCat(subject, ": there is no record"));
    }
    return absl::OkStatus();
  }));
  return comparison;
}

absl::Status NumberEffects(const config::v1::StoreConfig& store) {
  if (store.has_postgres()) {
    return PostgresServer::Execute(store.postgres().conninfo(), R"sql(
CREATE TABLE effect (turn BIGSERIAL PRIMARY KEY, event_id BYTEA NOT NULL);
CREATE FUNCTION number_effect() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO effect (event_id) VALUES (new.event_id); RETURN NULL; END $$;
CREATE TRIGGER number_effect AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION number_effect())sql")
        .status();
  }
  const auto database = Open(store.sqlite().path(), SQLITE_OPEN_READWRITE);
  sqlite3_busy_timeout(database.get(), 60'000);
  const char* const sql = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE effect (turn INTEGER PRIMARY KEY AUTOINCREMENT, event_id BLOB NOT NULL);
CREATE TRIGGER number_effect AFTER INSERT ON inbox BEGIN INSERT INTO effect (event_id) VALUES (new.event_id); END;
COMMIT)sql";
  if (sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(store.sqlite().path(), ": ", sqlite3_errmsg(database.get())));
}

absl::StatusOr<std::vector<std::string>> HandledBy(const config::v1::StoreConfig& store) {
  std::vector<std::string> events;
  if (store.has_postgres()) {
    AMIKECO_ASSIGN_OR_RETURN(
        const std::string text,
        PostgresServer::Execute(store.postgres().conninfo(),
                                "SELECT string_agg(encode(event_id, 'escape'), ' ' ORDER BY turn) FROM effect"));
    return std::vector<std::string>(absl::StrSplit(text, ' ', absl::SkipEmpty()));
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto rows,
                           Rows(store.sqlite().path(), "SELECT event_id, '' FROM effect ORDER BY turn"));
  for (const auto& [event, nothing] : rows) events.push_back(event);
  return events;
}

absl::StatusOr<std::vector<notify::v1::Message>> MessagesIn(const std::string& path) {
  AMIKECO_ASSIGN_OR_RETURN(const auto rows,
                           Rows(path, "SELECT id, body FROM record WHERE kind = CAST('message' AS BLOB)"));
  std::vector<notify::v1::Message> messages(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!messages[i].ParseFromString(rows[i].second)) return absl::DataLossError(rows[i].first);
  }
  return messages;
}

std::string BytesOf(const std::string& path) {
  std::ostringstream bytes;
  for (const char* part : {"", "-wal"}) {
    const std::string file = path + part;
    if (std::filesystem::exists(file) && std::filesystem::file_size(file) > 0) {
      bytes << std::ifstream(file, std::ios::binary).rdbuf();
    }
  }
  return bytes.str();
}

}  // namespace amikeco
