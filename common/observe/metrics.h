// Metrics: counters, gauges and histograms with a Prometheus page.
//
// Look a metric up once and keep the reference: counting costs 10 ns, looking up 700. References stay valid
// as long as the Metrics. Labels must have few values: methods, codes, sources; never ids of records or
// persons. Thread safe.
#ifndef AMIKECO_COMMON_OBSERVE_METRICS_H_
#define AMIKECO_COMMON_OBSERVE_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace prometheus {
class Exposer;
class Registry;
}  // namespace prometheus

namespace amikeco {

class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;
  // From 0.1 ms to 10 s.
  static const std::vector<double>& LatencyBuckets();

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The metric with this name and these labels, made at the first call. `help` and buckets count at the first
  // call.
  prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  prometheus::Histogram& Histogram(const std::string& name, const std::string& help, const Labels& labels = {},
                                   const std::vector<double>& buckets = LatencyBuckets());

  // Runs `update` before each scrape: for gauges that are read somewhere rather than counted. It must not
  // block, and what it refers to must outlive this object or be dropped with the returned handle.
  [[nodiscard]] std::shared_ptr<void> OnScrape(std::function<void()> update);

  // The page's text.
  std::string Render() const;
  // Serves the page at http://`listen`/metrics and writes the port to `port_file` when it is not empty.
  absl::Status Expose(const std::string& listen, const std::string& port_file);
  int port() const { return port_; }

 private:
  class Updates;
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<Updates> updates_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_ = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_OBSERVE_METRICS_H_
