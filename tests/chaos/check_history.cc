// amikeco-check-history FILE…: reads histories of chaos runs and prints every fault; exit code 0 only if there is none.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "tests/chaos/checker.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: amikeco-check-history FILE...\n", stderr);
    return 2;
  }
  int result = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i]);
    if (!file) {
      std::fprintf(stderr, "%s cannot be read\n", argv[i]);
      return 2;
    }
    amikeco::chaos::Checker checker;
    checker.Read(file);
    const std::vector<std::string> faults = checker.Finish();
    for (const std::string& fault : faults) std::printf("%s\n", fault.c_str());
    std::printf("%s; %zu faults\n", checker.Summary().c_str(), faults.size());
    if (!faults.empty()) result = 1;
  }
  return result;
}
