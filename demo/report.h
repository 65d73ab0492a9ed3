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
  const Applicant* applicant;
  Ending ended;
  Ending foretold;
};

// For each programme how many ended where and why; how long each step took; every application that did not end as
// foretold; and the programmes that were not played, with the reason. True when there is none of either.
bool PrintReport(const std::vector<Outcome>& outcomes, const std::map<std::string, std::string>& unplayed,
                 const std::map<std::string, std::vector<double>>& latencies, int retries);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_REPORT_H_
