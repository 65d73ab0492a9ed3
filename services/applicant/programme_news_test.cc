#include "services/applicant/programme_news.h"

#include <string>
#include <vector>

#include "common/base/dates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant {
namespace {

using test::kInboundName;
using test::kOutboundName;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

programme::v1::Programme Version(int version) {
  programme::v1::Programme programme;
  programme.set_name(kInboundName);
  programme.set_version(version);
  return programme;
}

v1::ProgrammeNews Told(int version) {
  v1::ProgrammeNews told;
  told.set_name(kInboundName);
  told.set_version(version);
  return told;
}

v1::Section SectionIn(const std::string& code, const std::string& programme, const std::string& contact = "") {
  v1::Section section;
  section.set_name("sections/" + code);
  section.mutable_terms()->set_state(v1::Section::STATE_ACTIVE);
  section.mutable_terms()->set_contact(contact);
  if (!programme.empty()) section.mutable_terms()->add_exchanges()->set_programme(programme);
  return section;
}

// What is due when `latest` is in force after `before`, 0 being none.
std::vector<v1::ProgrammeFact> News(const v1::ProgrammeNews& told, int before, int latest,
                                    const std::vector<v1::Section>& sections = {}) {
  const programme::v1::Programme now = Version(latest), earlier = Version(before);
  return Tick(told, {test::Noon(test::kReceived), now, before == 0 ? nullptr : &earlier, sections});
}

// A0-32
TEST(ProgrammeNews, TellOfANewerVersionOnce) {
  const auto facts = News({}, 1, 2);
  ASSERT_THAT(facts, SizeIs(1));
  const v1::ProgrammeChanged& changed = facts[0].changed();
  EXPECT_EQ(changed.programme(), kInboundName);
  EXPECT_EQ(changed.old_version(), 1);
  EXPECT_EQ(changed.version(), 2);
  EXPECT_EQ(ToTime(changed.at()), test::Noon(test::kReceived));
  const v1::ProgrammeNews told = Evolve({}, facts[0]);
  EXPECT_EQ(told.name(), kInboundName);
  EXPECT_EQ(told.version(), 2);
  EXPECT_THAT(News(told, 1, 2), IsEmpty());
}

// A0-32
TEST(ProgrammeNews, AreNoneOfTheFirstVersionOrOfOneThatIsOlderThanWhatWasTold) {
  EXPECT_THAT(News({}, 0, 1), IsEmpty());
  EXPECT_THAT(News({}, 0, 4), IsEmpty());
  EXPECT_THAT(News(Told(3), 1, 2), IsEmpty());
  EXPECT_THAT(News(Told(3), 2, 3), IsEmpty());
}

// A0-32
TEST(ProgrammeNews, NameTheVersionThatSectionsKnow) {
  // Version 3 was installed for a moment and never told of.
  EXPECT_EQ(News(Told(2), 3, 4).at(0).changed().old_version(), 2);
  EXPECT_EQ(News({}, 3, 4).at(0).changed().old_version(), 3);
}

// A0-32, A2-10
TEST(ProgrammeNews, GoToTheContactOfEachSectionThatTakesPart) {
  v1::Section suspended = SectionIn("FR", kInboundName);
  suspended.mutable_terms()->set_state(v1::Section::STATE_SUSPENDED);
  const auto facts =
      News({}, 1, 2,
           {SectionIn("AT", kInboundName, "people/secretary"), SectionIn("CH", kInboundName, "people/secretary"),
            SectionIn("DE", kInboundName), SectionIn("ES", kOutboundName), suspended, SectionIn("IT", "")});
  ASSERT_THAT(facts, SizeIs(1));
  EXPECT_THAT(facts[0].changed().contacts(), ElementsAre("people/secretary", "sections/DE", "sections/FR"))
      << "once where sections share a contact; also who does not send at the moment";
}

// A0-32: the fact is stated all the same, for the audit trail.
TEST(ProgrammeNews, GoToNobodyWhereNoSectionTakesPart) {
  const auto facts = News({}, 1, 2);
  ASSERT_THAT(facts, SizeIs(1));
  EXPECT_THAT(facts[0].changed().contacts(), IsEmpty());
}

}  // namespace
}  // namespace amikeco::applicant
