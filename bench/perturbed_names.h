// Names as others write them: in another order, with slips of the keyboard, shortened, with particles joined and
// parted, and in other scripts. What a search by name has to see through.
#ifndef AMIKECO_BENCH_PERTURBED_NAMES_H_
#define AMIKECO_BENCH_PERTURBED_NAMES_H_

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace amikeco::bench {

struct Perturbation {
  std::string name;
  // `name` in Latin letters, written in this way; "" where it cannot be.
  std::function<std::string(absl::string_view name, std::mt19937& random)> write;
};

std::vector<Perturbation> Perturbations();

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_PERTURBED_NAMES_H_
