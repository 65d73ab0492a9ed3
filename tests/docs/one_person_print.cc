// Prints docs/one-person.md.
#include <iostream>

#include "programmes/programmes.h"
#include "tests/docs/one_person.h"

int main() {
  const auto programmes = amikeco::Programmes::Load("programmes");
  if (!programmes.ok()) {
    std::cerr << programmes.status().message() << "\n";
    return 1;
  }
  std::cout << amikeco::OnePersonDocument(programmes->Latest());
  return std::cout.good() ? 0 : 1;
}
