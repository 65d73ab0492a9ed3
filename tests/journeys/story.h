// Story: plays a text of commands on a house of all four services and writes down every fact that follows.
//
// A story is a text file: `#` lines and empty lines stand as they are, every other line that does not begin with
// a space is a command, and the lines below it that do are what it caused:
//
//   submit A1 M-17 inbound 2027-03-01..2027-04-30 days=7
//     applications/A1 ApplicationSubmitted member=members/M-17 …
//   settle
//     placements/A1 HostInvited host=hosts/CA01 ordinal=1 …
//     told host_invited of applications/A1: hosts/CA01
//
// Commands. All go through the chain as the person who would give them; <days> are 2027-03-14..2027-03-20.
//   clock 2026-09-01           the first line: the day on which the story begins, at 12:00 UTC
//   host CA01 [<days>]         registers it, and opts it in for these days; capacity= topics= languages= steps=
//                              lodging= region= country= title=
//   member M-17 DE             and endorses, without `unendorsed`; duty= since= class=
//   endorse M-17
//   submit A1 M-17 inbound <days> days=7
//                              topics= hosts= stay= language=en:B2 employer= travel=<days> costs= inflexible
//                              home-host fellows=M-18 mentors-for=A0
//   wishes A1 <days> days=7    other wishes
//   override A1 notice         the coordinator sets a rule aside
//   willing, decline A1        the host that is asked; reason=
//   approve, refuse A1         its command; step=
//   accept, reject A1          the officer
//   leg A1 CA02 <days>         then: confirm-leg A1 2, remove-leg A1 2
//   home hh1 M-3 CA01 <days>   then: home-yes A1, home-no A1
//   cover A1 <days>            kind= replaces= by=
//   waiver A1 CA01 <days>      item=
//   check A1 ncic passed       or failed, review; by= id= person=
//   check-result A1-ncic clear or consider, needs-info, in-review; then: adjudicate A1-ncic pre-adverse,
//                              and dispute A1-ncic by the officer
//   visa A1 granted <days>     type= person=
//   unit U1 ipet-fellowship 2027-06-15   opens the case of a unit
//   nominate V1 A1 F-1 U1      opens the case of a person of the unit
//   vetted V1 cleared          or suspended, rejected, by all steps to it; until= reason=; then: remediate U1
//   consent A1 yes             or no
//   clear A1                   all of these four, for whatever the clearance asks for
//   void A1 health-cover       record= by=
//   revoke, reinstate A1       by=
//   request A1 moi-am ipas-assistance 2027-03-01..2027-04-30 days=5 category=advice area=command
//   triage A1 priorities=organised-crime harm=2
//   review A1 pre-deployment-training passed kind= until=2027-12-31
//   start, end, report, withdraw, cancel A1
//   phase A1 academic          is complete, says the coordinator
//   module A1 rule-of-law      is complete, says the host; by=organisations/university
//   propose A1                 writes the change proposal; topics= artefacts=policy,procedure person=
//   hand-in A1                 the change proposal; then: answer-proposal A1 yes, or no; of a cohort with of=M-1
//   return A1                  is home again; then: implement A1, implemented A1
//   evaluate A1 aims-met:4     the home answers the programme's questions; or: coordinator
//   completed M-17             what the officer has completed, as the home hears it
//   stay-in-touch M-17         allows to be contacted; then: alumni A1, as the coordinator of A1 sees them
//   profile M-17               the officer writes it; then: look-up M-17 by the section, and erase M-17 by the officer
//   hold M-17 H-1              a legal hold, in every service; then: lift M-17 H-1, what-is-kept M-17
//   consultations M-17         who was told what of the person
//   settle                     until nothing is left to do
//   advance 14d                or: until 2027-03-14; settles day by day, and tells the days
//   show A1                    where application, placement and clearance stand
#ifndef AMIKECO_TESTS_JOURNEYS_STORY_H_
#define AMIKECO_TESTS_JOURNEYS_STORY_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "tests/support/house.h"

namespace amikeco::journeys {

// Called with the house that a story is played on, when it is built and when the story is over.
struct Observer {
  std::function<void(House&)> begun = nullptr;
  std::function<void(House&)> ended = nullptr;
};

// The story with what happens when it is played now. INVALID_ARGUMENT with the line of a command that there is not; a
// command that a service refuses is part of the story. With the programmes of the folder.
absl::StatusOr<std::string> Play(const std::string& story, const std::string& programmes = "programmes",
                                 const Observer& observer = {});

}  // namespace amikeco::journeys

#endif  // AMIKECO_TESTS_JOURNEYS_STORY_H_
