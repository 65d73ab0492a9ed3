// What the program amikeco-poisoned says by its exit code.
#ifndef AMIKECO_TESTS_CHAOS_POISONED_H_
#define AMIKECO_TESTS_CHAOS_POISONED_H_

namespace amikeco::chaos {

inline constexpr int kHangs = 9;

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_POISONED_H_
