#include "services/compliance/screening/gate.h"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/seed.h"

namespace amikeco::screening {
namespace {

// A date of one of few years, known to the day, to the month, as a year or as a span, or about.
Birth RandomBirth(std::mt19937& random) {
  Birth birth;
  birth.first_year = birth.last_year = 1960 + static_cast<int>(random() % 15);
  const uint32_t known = random() % 5;
  if (known >= 1) birth.month = 1 + static_cast<int>(random() % 3);
  if (known >= 2) birth.day = 1 + static_cast<int>(random() % 4);
  if (random() % 6 == 0) birth.circa = true;
  if (random() % 8 == 0) birth = Birth{birth.first_year, birth.first_year + static_cast<int>(random() % 40), 0, 0};
  return birth;
}

Kind RandomKind(std::mt19937& random) {
  constexpr Kind kKinds[] = {Kind::kUnknown, Kind::kPerson, Kind::kPerson, Kind::kOrganisation, Kind::kVessel};
  return kKinds[random() % std::size(kKinds)];
}

class RandomEntries : public testing::Test {
 protected:
  RandomEntries() {
    for (int i = 0; i < 300; ++i) {
      Entry entry;
      entry.kind = RandomKind(random_);
      for (uint32_t births = random_() % 4; births > 0; --births) entry.births.push_back(RandomBirth(random_));
      for (uint32_t names = 1 + random_() % 2; names > 0; --names) entry_of_.push_back(static_cast<uint32_t>(i));
      entries_.push_back(std::move(entry));
    }
    gate_ = Gate(entries_, entry_of_);
  }

  std::mt19937 random_{TestSeed()};
  std::vector<Entry> entries_;
  std::vector<uint32_t> entry_of_;
  Gate gate_;
};

TEST_F(RandomEntries, ShutsOutNobodyWhoseBirthDoesNotContradict) {
  NameBits open;
  size_t shut = 0;
  for (int64_t run = RunSize(300, 30'000); run > 0; --run) {
    const std::optional<Birth> birth = run % 10 == 0 ? std::nullopt : std::optional(RandomBirth(random_));
    gate_.Open(Kind::kUnknown, birth, open);
    for (uint32_t name = 0; name < entry_of_.size(); ++name) {
      const bool contradicts = CompareBirths(entries_[entry_of_[name]].births, birth) == BirthAgreement::kContradicts;
      ASSERT_TRUE(contradicts || IsOpen(open, name)) << FormatBirth(birth.value_or(Birth())) << " of " << name;
      shut += !IsOpen(open, name);
    }
  }
  EXPECT_GT(shut, 0U);
}

TEST_F(RandomEntries, OpensToAPersonNoOrganisationAndToAShipNoPerson) {
  NameBits people, ships, all;
  gate_.Open(Kind::kPerson, std::nullopt, people);
  gate_.Open(Kind::kVessel, std::nullopt, ships);
  gate_.Open(Kind::kUnknown, std::nullopt, all);
  for (uint32_t name = 0; name < entry_of_.size(); ++name) {
    const Kind kind = entries_[entry_of_[name]].kind;
    EXPECT_EQ(IsOpen(people, name), !IsOrganisation(kind));
    EXPECT_EQ(IsOpen(ships, name), kind != Kind::kPerson);
    EXPECT_TRUE(IsOpen(all, name));
  }
}

TEST(Gate, ShutsOutWhoIsBornOnAnotherDayOfTheYear) {
  Entry entry;
  entry.kind = Kind::kPerson;
  entry.births = {*ParseBirth("1961-03-04")};
  const Gate gate({entry}, {0});
  NameBits open;
  const auto is_open = [&](const char* birth) {
    gate.Open(Kind::kPerson, ParseBirth(birth), open);
    return IsOpen(open, 0);
  };
  EXPECT_TRUE(is_open("1961-04-03"));   // swapped
  EXPECT_TRUE(is_open("1971-03-04"));   // a digit
  EXPECT_TRUE(is_open("1962"));         // about then
  EXPECT_FALSE(is_open("1962-05-06"));  // another day of another year
  EXPECT_FALSE(is_open("1964"));
}

}  // namespace
}  // namespace amikeco::screening
