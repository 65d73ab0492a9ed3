// The counters of common/events/testing.h under chaos: commands with request_ids, a reaction, and what is found at the
// end, all written into a history.
#ifndef AMIKECO_TESTS_CHAOS_COUNTERS_H_
#define AMIKECO_TESTS_CHAOS_COUNTERS_H_

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/events/audit.h"
#include "common/events/testing.h"
#include "tests/chaos/checker.h"
#include "tests/chaos/history.h"

namespace amikeco::chaos {

// A command that may be sent more than once; its marker is its id.
struct Command {
  std::string id;
  std::string subject;
  std::string padding;  // makes the fact larger
};

// Sends the command once, as a service would, and notes what came of it. The answer is the subject's version.
inline absl::Status Send(Store& store, const Clock& clock, const Command& command, History& history) {
  Call call;
  call.method = "test/Add";
  call.actor = {"people/jdoe", "sections/DE", {}};
  call.time = clock.Now();
  call.request_id = command.id;
  call.fingerprint = command.subject;
  const auto answer = Execute<testing::Record>(store, call, [&](Transaction& tx) -> absl::StatusOr<testing::Record> {
    AMIKECO_ASSIGN_OR_RETURN(auto record, testing::Records().Find(tx, command.subject));
    AMIKECO_RETURN_IF_ERROR(
        (Apply<testing::Record, testing::Fact>(tx, testing::Records(), OriginOf("applicant", call),
                                               {testing::FactOf(command.id + "," + command.padding)}, record)));
    testing::Record response;
    response.set_target(absl::StrCat(record.version));
    return response;
  });
  if (!answer.ok()) return answer.status();
  int64_t version = 0;
  if (!absl::SimpleAtoi(answer->target(), &version)) return absl::DataLossError("the answer is no version");
  history.Acknowledged(command.id, version, answer->target());
  return absl::OkStatus();
}

// The reaction whose effects are counted: the same text, about the same subject.
inline absl::Status Follow(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  return testing::Service::StateIn(tx, origin, event.subject(), testing::TextOf(event));
}

// Writes one fact into the history; one with a cause is an effect of `service`.
inline absl::Status WriteFact(const StoredEvent& stored, const std::string& service, History& history) {
  event::v1::Event event;
  if (!event.ParseFromString(stored.body)) return absl::DataLossError("a fact does not parse");
  const std::string text = testing::TextOf(event);
  const bool effect = !event.caused_by().empty();
  history.Fact({service, stored.number, stored.id, stored.subject, stored.subject_version,
                effect ? "" : text.substr(0, text.find(',')), event.caused_by()});
  if (effect) history.Effect(service, event.caused_by());
  return absl::OkStatus();
}

// Writes all facts and records of a store that is at rest into the history. Published facts must be a whole audit
// chain. Reads page by page: millions of facts are more than one read of a store may take time for.
inline absl::Status WriteFound(Store& store, const std::string& service, History& history) {
  constexpr int kPage = 50'000;
  Audit audit;
  std::set<std::string> subjects;
  const auto write = [&](const std::vector<StoredEvent>& page) -> absl::Status {
    for (const StoredEvent& stored : page) {
      AMIKECO_RETURN_IF_ERROR(WriteFact(stored, service, history));
      subjects.insert(stored.subject);
    }
    return absl::OkStatus();
  };
  for (std::vector<StoredEvent> page(1);;) {
    const int64_t after = page.back().number;
    AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(page, reader.EventsAfter(after, kPage));
      return absl::OkStatus();
    }));
    if (page.empty()) break;
    for (const StoredEvent& stored : page) audit.Add(stored);
    AMIKECO_RETURN_IF_ERROR(write(page));
  }
  for (const AuditFault& fault : audit.Finish()) return absl::DataLossError(Describe(fault));
  AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto fresh, reader.UnnumberedEvents(10'000'000));
    return write(fresh);
  }));
  for (const std::string& subject : subjects) {
    AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<testing::Record, testing::Fact>(reader, subject)));
      AMIKECO_ASSIGN_OR_RETURN(const auto record, testing::Records().Find(reader, subject));
      history.Record(subject, folded.version == record.version && folded.value.target() == record.value.target());
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

// What the checker says of the history.
inline std::vector<std::string> FaultsIn(const History& history) {
  std::ifstream file(history.path());
  Checker checker;
  checker.Read(file);
  return checker.Finish();
}

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_COUNTERS_H_
