#include "tests/support/house.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "common/events/consumer.h"
#include "common/events/operations.h"
#include "common/events/relay.h"
#include "common/events/ticker.h"
#include "common/privacy/policy.h"
#include "common/privacy/service.h"
#include "common/rpc/testing/configs.h"
#include "common/store/dossier.h"
#include "common/store/sqlite_store.h"
#include "programmes/kept.h"
#include "services/applicant/service.h"
#include "services/compliance/policy_file.h"
#include "services/compliance/service.h"
#include "services/compliance/waiver_files.h"
#include "services/matching/service.h"
#include "services/notify/sender.h"
#include "services/notify/service.h"
#include "services/notify/template_files.h"
#include "services/premises.h"

namespace amikeco {

// A mail server that takes everything.
class House::MailDrop final : public notify::Mailer {
 public:
  notify::Handover Send(const notify::Letter& letter) override {
    letters.push_back(letter);
    return {notify::Outcome::kAccepted, 250, ""};
  }
  const std::string& from() const override { return from_; }

  std::vector<notify::Letter> letters;

 private:
  const std::string from_ = "exchange@ipa.example";
};

// What one service is wired to; parts are made in Furnish.
struct House::Room {
  Room(House& house, std::string service)
      : name(std::move(service)), process(QuietProcess(), name), chain(LoopbackConfig(), process, house.clock_) {}

  const std::string name;
  Process process;
  std::unique_ptr<Store> store;
  Chain chain;
  std::unique_ptr<Relay> relay;
  std::unique_ptr<Consumer> consumer;
  std::unique_ptr<PrivacyService> privacy;
  std::unique_ptr<Ticker> ticker;
  std::unique_ptr<OperationsService> operations;
  std::unique_ptr<notify::Sender> sender;  // notify's alone
  int64_t gathered = 0;                    // publish number of the last fact told
};

// What the services share, and the services.
struct House::Furniture {
  Programmes programmes;
  compliance::v1::AssessmentPolicy policy;
  ops::v1::PrivacyPolicy privacy;
  std::unique_ptr<Dossiers> dossiers;
  CountingIds ids;
  MailDrop mail;
  notify::Templates templates;
  compliance::WaiverTemplates waivers;
  std::unique_ptr<InProcessCaller> gate;
  std::unique_ptr<applicant::ApplicantService> applicant;
  std::unique_ptr<matching::MatchingService> matching;
  std::unique_ptr<compliance::ComplianceService> compliance;
  std::unique_ptr<notify::NotifyService> notify;
};

const std::vector<std::string>& House::Services() {
  static const auto& services = *new std::vector<std::string>{"applicant", "matching", "compliance", "notify"};
  return services;
}

House::House(absl::Time start, std::string programmes)
    : programmes_(std::move(programmes)),
      clock_(AdjustableClock::Frozen(start)),
      furniture_(std::make_unique<Furniture>()) {
  std::string pattern = std::filesystem::temp_directory_path() / "amikeco-house-XXXXXX";
  dir_ = mkdtemp(pattern.data());
  status_ = Build();
}

House::~House() {
  for (auto& room : rooms_) {
    room->sender.reset();
    room->operations.reset();
    room->ticker.reset();
    room->privacy.reset();
    room->consumer.reset();
    room->relay.reset();
  }
  furniture_.reset();
  rooms_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

absl::Status House::Build() {
  Furniture& f = *furniture_;
  for (const std::string& service : Services()) {
    Room& room = *rooms_.emplace_back(std::make_unique<Room>(*this, service));
    AMIKECO_ASSIGN_OR_RETURN(room.store, SqliteStore::Open(absl::StrCat(dir_, "/", service, ".db")));
  }
  // Once for all houses: it takes longer than most stories.
  static const auto& countries =
      *new absl::StatusOr<Countries>(Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"}));
  AMIKECO_RETURN_IF_ERROR(countries.status());
  AMIKECO_ASSIGN_OR_RETURN(f.programmes, Programmes::Load(programmes_, *countries));
  AMIKECO_ASSIGN_OR_RETURN(f.templates, notify::LoadTemplates("services/notify/templates", f.programmes));
  AMIKECO_ASSIGN_OR_RETURN(f.waivers, compliance::LoadWaiverTemplates("services/compliance/waivers"));
  AMIKECO_ASSIGN_OR_RETURN(f.privacy, LoadPrivacyPolicy("privacy/policy.textproto"));
  f.dossiers = std::make_unique<Dossiers>(*SecretKey::FromBytes(std::string(32, 'h')), &f.privacy, &clock_);
  f.gate = std::make_unique<InProcessCaller>(chain("compliance"), Credentials{"", SystemActor("applicant")});
  f.applicant = std::make_unique<applicant::ApplicantService>(
      applicant::Surroundings{store("applicant"), f.programmes, *f.dossiers, f.ids, *f.gate, *countries});
  f.matching = std::make_unique<matching::MatchingService>(store("matching"), f.programmes, f.ids, nullptr, *countries);
  AMIKECO_ASSIGN_OR_RETURN(f.policy, compliance::LoadPolicy("assessments/osja.textproto"));
  f.compliance = std::make_unique<compliance::ComplianceService>(store("compliance"), f.programmes, *f.dossiers,
                                                                 f.policy, f.waivers);
  f.notify =
      std::make_unique<notify::NotifyService>(notify::Shelf{store("notify"), *f.dossiers, f.programmes, f.templates});
  Furnish(RoomOf("applicant"), *f.applicant);
  Furnish(RoomOf("matching"), *f.matching);
  Furnish(RoomOf("compliance"), *f.compliance);
  Room& notify = RoomOf("notify");
  Furnish(notify, *f.notify);
  notify.sender =
      std::make_unique<notify::Sender>(*notify.store, *f.dossiers, clock_, f.mail, notify.process.metrics());
  for (auto& room : rooms_) {
    AMIKECO_RETURN_IF_ERROR(room->chain.Check());
    AMIKECO_RETURN_IF_ERROR(room->consumer->RunOnce().status());  // from now on facts wait for it
  }
  return absl::OkStatus();
}

template <typename Service>
void House::Furnish(Room& room, Service& service) {
  const Wiring wiring{room.name, *room.store, queue_, clock_, room.process.metrics()};
  const Reactions reactions = ReactionsOf(service);
  room.relay = std::make_unique<Relay>(wiring);
  room.consumer = std::make_unique<Consumer>(wiring, reactions);
  room.privacy = std::make_unique<PrivacyService>(*room.store, *furniture_->dossiers, room.name, reactions.case_end);
  room.ticker = std::make_unique<Ticker>(wiring, std::vector<Timed*>{&service, &room.privacy->retention()});
  room.operations = std::make_unique<OperationsService>(wiring, reactions, *room.ticker, &clock_);
  Bind(room.chain, service);
  Bind(room.chain, *room.privacy);
  BindOperations(room.chain, *room.operations);
}

House::Room& House::RoomOf(absl::string_view service) {
  for (auto& room : rooms_) {
    if (room->name == service) return *room;
  }
  std::abort();  // a test that misspells a service
}

Chain& House::chain(absl::string_view service) { return RoomOf(service).chain; }
Store& House::store(absl::string_view service) { return *RoomOf(service).store; }
const Dossiers& House::dossiers() const { return *furniture_->dossiers; }
std::string House::Metrics(absl::string_view service) { return RoomOf(service).process.metrics().Render(); }

Chain& House::ChainOf(absl::string_view method) {
  const std::vector<absl::string_view> words = absl::StrSplit(method, '.');
  return chain(words.size() > 1 ? words[1] : "");
}

// Publishes the room's facts and keeps them for News.
absl::Status House::Gather(Room& room) {
  AMIKECO_RETURN_IF_ERROR(room.relay->RunOnce().status());
  std::vector<StoredEvent> events;
  AMIKECO_RETURN_IF_ERROR(room.store->Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(events, reader.EventsAfter(room.gathered, 1'000'000));
    return absl::OkStatus();
  }));
  for (const StoredEvent& stored : events) {
    if (!news_.emplace_back().ParseFromString(stored.body)) return absl::DataLossError("a fact does not parse");
    room.gathered = stored.number;
  }
  return absl::OkStatus();
}

// How many things the room did.
absl::StatusOr<int> House::Turn(Room& room) {
  AMIKECO_ASSIGN_OR_RETURN(int done, room.consumer->RunOnce());
  AMIKECO_RETURN_IF_ERROR(Gather(room));
  AMIKECO_ASSIGN_OR_RETURN(const int ticked, room.ticker->RunOnce());
  AMIKECO_RETURN_IF_ERROR(Gather(room));
  done += ticked;
  if (room.sender != nullptr) {
    AMIKECO_ASSIGN_OR_RETURN(const int sent, room.sender->SendDue());
    AMIKECO_RETURN_IF_ERROR(Gather(room));
    done += sent;
  }
  return done;
}

absl::StatusOr<bool> House::Settled(Room& room) {
  InProcessCaller operator_(room.chain, {"", Actor{"people/olga", "", {options::v1::ROLE_OPERATIONS}}});
  AMIKECO_ASSIGN_OR_RETURN(const auto progress,
                           operator_.Call<ops::v1::GetProgressResponse>("amikeco.ops.v1.OperationsService/GetProgress",
                                                                        ops::v1::GetProgressRequest()));
  return progress.settled();
}

absl::Status House::Settle() {
  const absl::Time deadline = absl::Now() + absl::Minutes(1);
  for (auto& room : rooms_) AMIKECO_RETURN_IF_ERROR(Gather(*room));
  while (true) {
    int done = 0;
    for (auto& room : rooms_) {
      AMIKECO_ASSIGN_OR_RETURN(const int by_room, Turn(*room));
      done += by_room;
    }
    if (done > 0) continue;
    bool settled = true;
    for (auto& room : rooms_) {
      AMIKECO_ASSIGN_OR_RETURN(const bool room_settled, Settled(*room));
      settled = settled && room_settled;
    }
    if (settled) return absl::OkStatus();
    if (absl::Now() > deadline) return absl::DeadlineExceededError("the services do not come to rest");
    // A fact that must wait for another is tried again in real time.
    absl::SleepFor(absl::Milliseconds(2));
  }
}

std::vector<event::v1::Event> House::News() {
  for (auto& room : rooms_) {
    if (const absl::Status status = Gather(*room); !status.ok()) status_.Update(status);
  }
  return std::exchange(news_, {});
}

std::vector<notify::Letter> House::Letters() { return std::exchange(furniture_->mail.letters, {}); }

}  // namespace amikeco
