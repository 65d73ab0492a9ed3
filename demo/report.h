// What the demo shows: a progress bar while it plays and the tables at the end.
#ifndef AMIKECO_DEMO_REPORT_H_
#define AMIKECO_DEMO_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "demo/cast.h"
#include "demo/oracle.h"

namespace amikeco::demo {

// On a terminal one line that is drawn over; otherwise a line each tenth of the way.
class ProgressBar {
 public:
  void Show(int done, int all, absl::CivilDay day);
  void Finish();

 private:
  int last_tenth_ = -1;
};

struct Outcome {
  const Officer* officer;
  Ending ended;
  Ending foretold;
};

// How many ended where and why, how long each step took, and every officer that did not end as foretold. True when
// none.
bool PrintReport(const std::vector<Outcome>& outcomes, const std::map<std::string, std::vector<double>>& latencies,
                 int retries);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_REPORT_H_
