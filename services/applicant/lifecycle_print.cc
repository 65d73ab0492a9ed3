// lifecycle-print: prints docs/lifecycle.md.
#include <iostream>

#include "services/applicant/lifecycle.h"

int main() {
  std::cout << amikeco::applicant::LifecycleDocument();
  return std::cout.good() ? 0 : 1;
}
