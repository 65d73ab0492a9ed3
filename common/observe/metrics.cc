#include "common/observe/metrics.h"

#include <prometheus/exposer.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <list>
#include <mutex>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/config/textproto.h"

namespace amikeco {

// A collectable without metrics of its own, put before the registry, so that gauges are fresh when that is
// read.
class Metrics::Updates final : public prometheus::Collectable, public std::enable_shared_from_this<Updates> {
 public:
  std::shared_ptr<void> Add(std::function<void()> update) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = updates_.insert(updates_.end(), std::move(update));
    return std::shared_ptr<void>(nullptr, [self = shared_from_this(), at](void*) {
      const std::lock_guard<std::mutex> lock(self->mutex_);
      self->updates_.erase(at);
    });
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& update : updates_) update();
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::list<std::function<void()>> updates_;
};

const std::vector<double>& Metrics::LatencyBuckets() {
  static const auto* const buckets =
      new std::vector<double>{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
  return *buckets;
}

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()), updates_(std::make_shared<Updates>()) {}
Metrics::~Metrics() = default;

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Gauge& Metrics::Gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(labels);
}

prometheus::Histogram& Metrics::Histogram(const std::string& name, const std::string& help, const Labels& labels,
                                          const std::vector<double>& buckets) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_).Add(labels, buckets);
}

std::shared_ptr<void> Metrics::OnScrape(std::function<void()> update) { return updates_->Add(std::move(update)); }

std::string Metrics::Render() const {
  updates_->Collect();
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, registry_->Collect());
  return text.str();
}

absl::Status Metrics::Expose(const std::string& listen, const std::string& port_file) {
  try {
    exposer_ = std::make_unique<prometheus::Exposer>(listen, 1);
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("metrics page at ", listen, ": ", error.what()));
  }
  exposer_->RegisterCollectable(updates_);
  exposer_->RegisterCollectable(registry_);
  port_ = exposer_->GetListeningPorts().front();
  return port_file.empty() ? absl::OkStatus() : WriteFileAtomically(port_file, absl::StrCat(port_, "\n"));
}

}  // namespace amikeco
