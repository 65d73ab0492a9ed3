// Prints docs/errors.md.
#include <iostream>

#include "tests/docs/error_catalogue.h"

int main() {
  std::cout << amikeco::ErrorsDocument();
  return 0;
}
