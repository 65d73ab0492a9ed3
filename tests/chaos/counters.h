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

// Writes all facts and records of the store into the history; facts with a cause are effects of `service`. Published
// facts must be a whole audit chain.
inline absl::Status WriteFound(Store& store, const std::string& service, History& history) {
  return store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(std::vector<StoredEvent> found, reader.EventsAfter(0, 10'000'000));
    Audit audit;
    for (const StoredEvent& stored : found) audit.Add(stored);
    for (const AuditFault& fault : audit.Finish()) return absl::DataLossError(Describe(fault));
    AMIKECO_ASSIGN_OR_RETURN(auto fresh, reader.UnnumberedEvents(10'000'000));
    std::move(fresh.begin(), fresh.end(), std::back_inserter(found));
    std::set<std::string> subjects;
    for (const StoredEvent& stored : found) {
      event::v1::Event event;
      if (!event.ParseFromString(stored.body)) return absl::DataLossError("a fact does not parse");
      const std::string text = testing::TextOf(event);
      const bool effect = !event.caused_by().empty();
      history.Fact({service, stored.number, stored.id, stored.subject, stored.subject_version,
                    effect ? "" : text.substr(0, text.find(',')), event.caused_by()});
      if (effect) history.Effect(service, event.caused_by());
      subjects.insert(stored.subject);
    }
    for (const std::string& subject : subjects) {
      AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<testing::Record, testing::Fact>(reader, subject)));
      AMIKECO_ASSIGN_OR_RETURN(const auto record, testing::Records().Find(reader, subject));
      history.Record(subject, folded.version == record.version && folded.value.target() == record.value.target());
    }
    return absl::OkStatus();
  });
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
