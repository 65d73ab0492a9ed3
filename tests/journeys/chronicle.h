// Chronicle: facts as lines of text, the same each time a story is played.
#ifndef AMIKECO_TESTS_JOURNEYS_CHRONICLE_H_
#define AMIKECO_TESTS_JOURNEYS_CHRONICLE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "amikeco/event/v1/event.pb.h"

namespace amikeco::journeys {

// One line a fact in the order given: subject, name and the fields that tell a story (ids, codes, days; not times of
// recording, nor what follows from the subject). Messages to people come last, one line a template, recipients in
// order.
std::vector<std::string> Lines(const std::vector<event::v1::Event>& events);
// "refused FAILED_PRECONDITION NOT_CLEARED: <sentence>".
std::string Line(const absl::Status& refusal);

}  // namespace amikeco::journeys

#endif  // AMIKECO_TESTS_JOURNEYS_CHRONICLE_H_
