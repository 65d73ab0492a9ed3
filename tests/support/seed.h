// What random tests share: the seed that they start from, and how long they go on.
#ifndef AMIKECO_TESTS_SUPPORT_SEED_H_
#define AMIKECO_TESTS_SUPPORT_SEED_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace amikeco {

// Drawn anew in each run and printed, so that a failed one can be played again: AMIKECO_TEST_SEED=N gives N.
inline uint32_t TestSeed() {
  static const uint32_t seed = [] {
    const char* const given = std::getenv("AMIKECO_TEST_SEED");
    const auto chosen =
        given == nullptr ? std::random_device()() : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
    std::cout << "AMIKECO_TEST_SEED=" << chosen << std::endl;
    return chosen;
  }();
  return seed;
}

// `small` in an ordinary run, `large` in the long one (`make chaos LONG=1`).
inline int64_t RunSize(int64_t small, int64_t large) {
  return std::getenv("AMIKECO_CHAOS_LONG") == nullptr ? small : large;
}

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_SEED_H_
