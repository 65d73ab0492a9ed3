// News of programmes as services start with newer and older files, one after the other and at once.
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "programmes/kept.h"
#include "services/applicant/programme_news.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant {
namespace {

using test::kInboundName;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Actor kOffice{"people/otto", "organisations/association", {options::v1::ROLE_REGISTRAR}};

class NewsTest : public test::ServiceTest {
 protected:
  void RegisterSection(const std::string& country, const std::string& contact = "") {
    v1::RegisterSectionRequest request;
    request.set_country(country);
    request.mutable_terms()->set_title(country);
    request.mutable_terms()->set_state(v1::Section::STATE_ACTIVE);
    request.mutable_terms()->set_contact(contact);
    auto& exchange = *request.mutable_terms()->add_exchanges();
    exchange.set_programme(kInboundName);
    exchange.set_hosts(true);
    const auto section = Ask<v1::Section>(kOffice, "RegisterSection", request);
    ASSERT_TRUE(section.ok()) << section.status();
  }

  // What a service knows that starts on this store with this version's file.
  Programmes Install(int version) {
    programme::v1::Programme programme = **test::RealProgrammes().Find(kInboundName);
    programme.set_version(version);
    Programmes programmes;
    programmes.Add(programme);
    const absl::Status kept = KeepProgrammes(*store_, programmes);
    EXPECT_TRUE(kept.ok()) << kept;
    return programmes;
  }
  // A process's life: what is due is asked for, and done.
  absl::Status Run(const Programmes& programmes) {
    ApplicantService service({*store_, programmes, dossiers_, ids_, gate_, test::RealCountries()});
    std::vector<std::string> due;
    AMIKECO_RETURN_IF_ERROR(store_->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(due, service.Due(reader, clock_.Now(), 1000));
      return absl::OkStatus();
    }));
    const Origin origin{"applicant", SystemActor("applicant"), clock_.Now(), "", ""};
    for (const std::string& name : due) {
      AMIKECO_RETURN_IF_ERROR(store_->Write([&](Transaction& tx) { return service.Tick(tx, name, origin); }));
    }
    return absl::OkStatus();
  }
  // Every change that was ever stated, oldest first.
  std::vector<v1::ProgrammeChanged> Stated() {
    std::vector<v1::ProgrammeChanged> stated;
    EXPECT_TRUE(store_
                    ->Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto history, reader.History(kInboundName, 0, 1000));
                      for (const StoredEvent& stored : history) {
                        event::v1::Event event;
                        v1::ProgrammeFact fact;
                        EXPECT_TRUE(event.ParseFromString(stored.body) && event.data().UnpackTo(&fact));
                        stated.push_back(fact.changed());
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return stated;
  }
};

// A0-32
TEST_F(NewsTest, AreStatedOnceForEachVersionWhateverIsStartedAgain) {
  RegisterSection("DE");
  RegisterSection("AT", "people/secretary");
  ASSERT_TRUE(Run(Install(1)).ok());
  EXPECT_THAT(Stated(), IsEmpty()) << "the first version is no change";

  ASSERT_TRUE(Run(Install(2)).ok());
  ASSERT_THAT(Stated(), SizeIs(1));
  EXPECT_EQ(Stated()[0].old_version(), 1);
  EXPECT_EQ(Stated()[0].version(), 2);
  EXPECT_THAT(Stated()[0].contacts(), ElementsAre("people/secretary", "sections/DE"));

  for (const int again : {2, 1, 2}) ASSERT_TRUE(Run(Install(again)).ok());
  EXPECT_THAT(Stated(), SizeIs(1)) << "restarts, and a file that went back and came again, are no news";

  // Who joins later hears of what comes later.
  RegisterSection("FR");
  ASSERT_TRUE(Run(Install(2)).ok());
  ASSERT_THAT(Stated(), SizeIs(1));
  ASSERT_TRUE(Run(Install(3)).ok());
  ASSERT_THAT(Stated(), SizeIs(2));
  EXPECT_EQ(Stated()[1].old_version(), 2);
  EXPECT_THAT(Stated()[1].contacts(), ElementsAre("people/secretary", "sections/DE", "sections/FR"));
  ExpectFoldIsRecord<v1::ProgrammeNews, v1::ProgrammeFact>(News(), kInboundName);
}

// A0-32
TEST_F(NewsTest, AreStatedOnceByReplicasThatStartAtOnce) {
  RegisterSection("DE");
  ASSERT_TRUE(Run(Install(1)).ok());
  const Programmes programmes = Install(2);
  std::vector<std::thread> replicas;
  for (int i = 0; i < 8; ++i) replicas.emplace_back([&] { EXPECT_TRUE(Run(programmes).ok()); });
  for (auto& replica : replicas) replica.join();
  EXPECT_THAT(Stated(), SizeIs(1));
}

// A0-32: a replica that has not been replaced yet knows the older file alone.
TEST_F(NewsTest, AreNotTakenBackByAReplicaThatStillRunsTheOlderVersion) {
  const Programmes older = Install(1);
  ASSERT_TRUE(Run(Install(2)).ok());
  ASSERT_TRUE(Run(older).ok());
  ASSERT_TRUE(Run(Install(2)).ok());
  EXPECT_THAT(Stated(), SizeIs(1));
}

}  // namespace
}  // namespace amikeco::applicant
