#include "cli/command.h"
#include "cli/special.h"

namespace amikeco::cli {

absl::Span<const Command> Commands() {
  using enum View;
  static const Command kCommands[] = {
      {"application",
       "submit",
       "applicant/SubmitApplication",
       "member",
       "application submit M-1042 --programme ipa-exchange-inbound --earliest-start 2027-06-01 --latest-end 2027-06-30 "
       "--stay-days 14 --languages en:C1 --acknowledgements flexibility,own-expense,not-a-vacation",
       {.aliases = "dry-run=validate-only"}},
      {"application", "check", "applicant/CheckEligibility", "member",
       "application check M-1042 --programme ipa-exchange-inbound --earliest-start 2027-06-01 --latest-end 2027-06-30 "
       "--stay-days 14"},
      {"application",
       "get",
       "applicant/GetApplication",
       "name",
       "application get A-2027-001",
       {.view = kDetails, .summary = "One application, all of it."}},
      {"application", "list", "applicant/ListApplications", "", "application list --state in-matching --all"},
      {"application",
       "why",
       "applicant/ExplainApplication",
       "name",
       "application why A-2027-001",
       {.run = ExplainApplication}},
      {"application", "change", "applicant/ChangeWishes", "name",
       "application change A-2027-001 --earliest-start 2027-07-01 --latest-end 2027-07-31 --stay-days 14"},
      {"application", "withdraw", "applicant/WithdrawApplication", "name", "application withdraw A-2027-001"},
      {"application", "cancel", "applicant/CancelApplication", "name",
       "application cancel A-2027-001 --reason \"host country closed its borders\""},
      {"application", "override", "applicant/OverrideRule", "name,rule",
       "application override A-2027-001 notice --reason \"the host asked for these days\""},
      {"application", "complete", "applicant/CompleteTask", "name,task",
       "application complete A-2027-001 collect-wishes"},
      {"application", "start", "applicant/StartStay", "name", "application start A-2027-001"},
      {"application", "end", "applicant/EndStay", "name", "application end A-2027-001"},
      {"application", "report", "applicant/SubmitReport", "name", "application report A-2027-001 --text @report.txt"},
      {"application",
       "show-report",
       "applicant/GetReport",
       "name",
       "application show-report A-2027-001",
       {.view = kDetails}},

      {"member",
       "register",
       "applicant/RegisterMember",
       "",
       "member register --member-id M-1042 --section DE --class regular --since 2015-05-01 --duty active",
       {.aliases = "class=membership.membership-class duty=duty-status"}},
      {"member",
       "update",
       "applicant/UpdateMembership",
       "name",
       "member update M-1042 --class regular --since 2015-05-01 --duty retired",
       {.aliases = "class=membership.membership-class duty=duty-status"}},
      {"member",
       "get",
       "applicant/GetMember",
       "name",
       "member get M-1042",
       {.view = kDetails, .summary = "One member."}},
      {"member", "list", "applicant/ListMembers", "", "member list --all"},
      {"member", "endorse", "applicant/EndorseMember", "name", "member endorse M-1042"},
      {"member", "profile", "applicant/GetProfile", "name", "member profile M-1042", {.view = kDetails}},
      {"member", "record-profile", "applicant/RecordProfile", "name", "member record-profile M-1042 -f profile.json"},
      {"member", "erase", "applicant/EraseMember", "name", "member erase M-1042"},

      {"member", "findable", "applicant/SetFindable", "name,findable", "member findable M-1042 true"},

      {"section", "register", "applicant/RegisterSection", "country",
       "section register Germany --title \"IPA Section Germany\" --state active "
       "--exchanges ipa-exchange-inbound:true:false"},
      {"section", "update", "applicant/UpdateSection", "name",
       "section update DE --title \"IPA Section Germany\" --state suspended"},
      {"section",
       "get",
       "applicant/GetSection",
       "name",
       "section get DE",
       {.view = kDetails, .summary = "One section of the directory."}},
      {"section", "list", "applicant/ListSections", "", "section list --state active --all"},
      {"section",
       "import",
       "",
       "FILE",
       "section import sections.csv",
       {.summary =
            "Registers the sections of a CSV file that are not in the directory yet, and reports every row that was "
            "skipped. Importing again changes nothing. Columns, in any order: alpha2 (code or name of the country) and "
            "iso_name (in English) must be there; status (member, provisional or suspended; empty: member), sends, "
            "hosts (programmes with spaces between them) and contact are read when they are.",
        .run = ImportSections}},
      {"region", "register", "applicant/RegisterRegion", "region_id",
       "region register US-9 --section US --title \"Region 9\" --area \"San Francisco Bay Area\" "
       "--meeting-cadence monthly"},
      {"region", "update", "applicant/UpdateRegion", "name",
       "region update US-9 --title \"Region 9\" --meeting-cadence semi-annual"},
      {"region",
       "get",
       "applicant/GetRegion",
       "name",
       "region get US-9",
       {.view = kDetails, .summary = "One region of the directory."}},
      {"region", "list", "applicant/ListRegions", "", "region list --section US"},

      {"introduction", "request", "applicant/RequestIntroduction", "member,interest",
       "introduction request M-1042 \"choral singing\" --section DE"},
      {"introduction", "answer", "applicant/AnswerIntroduction", "name,accept", "introduction answer 7k3 true"},
      {"introduction", "end", "applicant/EndIntroduction", "name", "introduction end 7k3"},
      {"introduction", "get", "applicant/GetIntroduction", "name", "introduction get 7k3", {.view = kDetails}},
      {"introduction", "list", "applicant/ListIntroductions", "", "introduction list"},

      {"offer", "submit", "applicant/OfferToHost", "",
       "offer submit --programme ipa-exchange-inbound --kind host-agency --host CA0194200 --first-day 2027-05-01 "
       "--last-day 2027-09-30 --capacity 2"},
      {"offer",
       "get",
       "applicant/GetHostingOffer",
       "name",
       "offer get O-17",
       {.view = kDetails, .summary = "One offer to host."}},
      {"offer",
       "list",
       "applicant/ListHostingOffers",
       "",
       "offer list --state received",
       {.summary = "Offers to host."}},
      {"offer", "decide", "applicant/DecideHostingOffer", "name,accept", "offer decide O-17 true"},

      {"programme", "list", "applicant/ListProgrammes", "", "programme list"},
      {"programme", "get", "applicant/GetProgramme", "name", "programme get ipa-exchange-inbound", {.view = kDetails}},
      {"programme",
       "check",
       "",
       "FILE",
       "programme check programmes/ipa_exchange_inbound.textproto",
       {.summary =
            "Checks a programme file, or all those of a folder, as a service does when it starts. Prints file, line, "
            "field and fix of everything that is wrong. Asks no service.",
        .run = CheckProgrammes}},

      {"host",
       "import",
       "matching/ImportHosts",
       "FILE",
       "host import data/us_agencies.csv",
       {.summary = "Enters the agencies of a CSV file into the directory, keyed by ORI, and reports every row that was "
                   "skipped. Importing again changes nothing.",
        .meanings = "source-id=Where the file is from, for the log; without it the file's name.|"
                    "first-line=Go on from this line, after an interruption.|"
                    "country=Of all rows: a country's name, or its two-letter code; without it US.",
        .run = ImportHosts}},
      {"host", "get", "matching/GetHost", "name", "host get CA0194200", {.view = kDetails}},
      {"host",
       "search",
       "matching/SearchHosts",
       "text?",
       "host search \"los angeles\" --state CA --participating",
       {.aliases = "state=region"}},
      {"host", "register", "matching/RegisterHost", "host_id",
       "host register DE-BE-0001 --title \"Polizei Berlin\" --country DE --region BE"},
      {"host", "opt-in", "matching/OptIn", "name",
       "host opt-in CA0194200 --windows 2027-05-01:2027-09-30:2 --topics street-patrol --lodging home-host "
       "--command-steps Captain,Chief"},
      {"host", "opt-out", "matching/OptOut", "name", "host opt-out CA0194200"},
      {"host", "update-offer", "matching/UpdateOffer", "name",
       "host update-offer CA0194200 --windows 2027-05-01:2027-09-30:1 --command-steps Chief"},
      {"host", "calendar", "matching/GetHostCalendar", "name", "host calendar CA0194200"},

      {"home-stay", "offer", "matching/OfferHomeStay", "host",
       "home-stay offer CA0194200 --first-day 2027-05-01 --last-day 2027-09-30"},
      {"home-stay", "withdraw", "matching/WithdrawHomeStay", "name", "home-stay withdraw hh-1"},
      {"home-stay", "respond", "matching/RespondToHomeStay", "name,answer", "home-stay respond A-2027-001 accept"},
      {"home-stay",
       "get",
       "matching/GetHomeHost",
       "name",
       "home-stay get hh-1",
       {.view = kDetails, .summary = "One home."}},
      {"home-stay", "list", "matching/ListHomeHosts", "", "home-stay list --host CA0194200"},

      {"invitation", "list", "matching/ListInvitations", "", "invitation list --open"},
      {"invitation",
       "accept",
       "matching/AnswerInvitation",
       "name",
       "invitation accept A-2027-001",
       {.preset = "answer=accept", .summary = "The host would like to have the officer."}},
      {"invitation",
       "decline",
       "matching/AnswerInvitation",
       "name",
       "invitation decline A-2027-001",
       {.preset = "answer=decline",
        .summary = "The host does not have the officer. Declining has no effect on later invitations."}},
      {"invitation",
       "approve",
       "matching/ApproveCommandStep",
       "name,step",
       "invitation approve A-2027-001 Captain",
       {.preset = "answer=accept", .summary = "The next step of the host's chain of command approves."}},
      {"invitation",
       "refuse",
       "matching/ApproveCommandStep",
       "name,step",
       "invitation refuse A-2027-001 Captain",
       {.preset = "answer=decline", .summary = "The next step of the host's chain of command refuses."}},

      {"placement", "get", "matching/GetPlacement", "name", "placement get A-2027-001", {.view = kDetails}},
      {"placement", "list", "matching/ListPlacements", "", "placement list --stage agreed"},
      {"placement",
       "accept",
       "matching/AnswerPlacement",
       "name",
       "placement accept A-2027-001",
       {.preset = "answer=accept",
        .summary = "The officer, or the coordinator on the officer's behalf, takes the approved place."}},
      {"placement",
       "decline",
       "matching/AnswerPlacement",
       "name",
       "placement decline A-2027-001",
       {.preset = "answer=decline", .summary = "The officer does not take the approved place."}},
      {"placement", "ranking", "matching/ListRanking", "application", "placement ranking A-2027-001 --excluded"},
      {"placement", "explain", "matching/ExplainHost", "application,host", "placement explain A-2027-001 CA0194200"},
      {"placement", "leg-add", "matching/AddLeg", "name,host",
       "placement leg-add A-2027-001 CA0190000 --start 2027-06-08 --end 2027-06-10"},
      {"placement", "leg-confirm", "matching/ConfirmLeg", "name,leg", "placement leg-confirm A-2027-001 2"},
      {"placement", "leg-remove", "matching/RemoveLeg", "name,leg", "placement leg-remove A-2027-001 2"},
      {"placement", "activities", "matching/SetActivities", "name",
       "placement activities A-2027-001 --activities 1:2027-06-02:street-patrol:\"night shift\""},

      {"clearance", "show", "compliance/GetClearance", "name", "clearance show A-2027-001", {.run = ShowClearance}},
      {"clearance", "list", "compliance/ListClearances", "", "clearance list --state open"},
      {"clearance", "cover", "compliance/RecordHealthCover", "name",
       "clearance cover A-2027-001 --kind travel-insurance --valid-from 2027-06-01 --valid-to 2027-06-30"},
      {"clearance", "waiver", "compliance/SignWaiver", "name",
       "clearance waiver A-2027-001 --host CA0194200 --valid-from 2027-06-01 --valid-to 2027-06-30 --signature-name "
       "@name.txt "
       "--document-hash \"$(sha256sum < waiver.pdf | cut -c -64)\""},
      {"clearance",
       "signature",
       "compliance/GetWaiverSignature",
       "name,record",
       "clearance signature A-2027-001 2",
       {.view = kDetails}},
      {"clearance", "check", "compliance/RecordBackgroundCheck", "name,outcome",
       "clearance check A-2027-001 satisfied --kind ncic"},
      {"clearance", "consent", "compliance/RecordMediaConsent", "name,consent", "clearance consent A-2027-001 yes"},
      {"clearance", "void", "compliance/VoidItem", "name,item",
       "clearance void A-2027-001 health-cover --reason RECORDED_IN_ERROR"},
      {"clearance", "revoke", "compliance/RevokeClearance", "name", "clearance revoke A-2027-001 --reason CONDUCT"},
      {"clearance", "reinstate", "compliance/ReinstateClearance", "name",
       "clearance reinstate A-2027-001 --reason RESOLVED"},

      {"inbox", "list", "notify/ListInbox", "", "inbox list --unread"},
      {"inbox",
       "read",
       "notify/MarkRead",
       "name",
       "inbox read 9f86d081884c7d65",
       {.view = kDetails, .summary = "Shows a message of the caller's own inbox and marks it as read."}},

      {"contact", "set", "notify/SetContact", "recipient",
       "contact set members/M-1042 --address @address.txt --locale de"},
      {"contact", "get", "notify/GetContact", "name", "contact get members/M-1042", {.view = kDetails}},
      {"contact", "delete", "notify/DeleteContact", "name", "contact delete members/M-1042"},

      {"message", "list", "notify/ListMessages", "", "message list --state failed"},
      {"message", "get", "notify/GetMessage", "name", "message get 9f86d081884c7d65", {.view = kDetails}},
      {"message", "retry", "notify/RetryMessage", "name", "message retry 9f86d081884c7d65"},
      {"message",
       "preview",
       "notify/PreviewTemplate",
       "template",
       "message preview host_invited --locale de",
       {.view = kDetails}},

      {"queue", "stats", "ops/GetQueueStats", "", "queue stats"},
      {"queue", "progress", "ops/GetProgress", "", "queue progress"},
      {"queue", "parked", "ops/ListParkedFacts", "", "queue parked --service matching"},
      {"queue", "redrive", "ops/RedriveParkedFact", "name", "queue redrive 0b7kq2 --service matching"},
      {"queue", "pause", "ops/PauseConsumer", "source?",
       "queue pause applicant --service matching --reason \"the hosts' register is being mended\""},
      {"queue", "resume", "ops/ResumeConsumer", "source?", "queue resume applicant --service matching"},

      {"audit", "show", "ops/ListEvents", "subject?", "audit show applications/A-2027-001 --service applicant"},
      {"audit", "head", "ops/GetAuditHead", "", "audit head --service applicant -o json"},
      {"audit",
       "verify",
       "",
       "",
       "audit verify --service applicant --head head.json",
       {.summary = "Reads all facts of the services as they are kept, computes their chains anew without trusting the "
                   "services, and prints every fact that was changed, removed, moved or cut off, with its number. With "
                   "--head: the services in that file, and their chains must still contain the heads in it; only this "
                   "shows that the end was cut off or that everything was written anew. Exit code 1 when something is "
                   "wrong.",
        .run = VerifyAudit}},

      {"clock",
       "get",
       "ops/GetProgress",
       "",
       "clock get",
       {.summary = "What the services' clocks show, and whether they have settled."}},
      {"clock", "set", "ops/SetClock", "time", "clock set 2027-06-01T08:00:00Z"},

      {"health",
       "",
       "",
       "",
       "health",
       {.summary = "Whether each service is ready to be called. Exit code 6 when one is not.", .run = Health}},
      {"version", "", "", "", "version", {.summary = "The version of this program.", .run = Version}},
  };
  return kCommands;
}

std::string MeaningOf(absl::string_view noun) {
  static const std::pair<absl::string_view, const char*> kMeanings[] = {
      {"application", "an officer's application, and with it the state of the whole process"},
      {"member", "people in the association, their endorsement and profile"},
      {"section", "the association's sections, one a country, and what they take part in"},
      {"region", "the parts of a section, and what they ask of their members besides"},
      {"introduction", "members who come to know each other by a shared interest"},
      {"offer", "offers to host, by agencies and people"},
      {"programme", "the programmes and their rules"},
      {"host", "the directory of host agencies and what they offer"},
      {"home-stay", "homes near an agency that officers can stay in"},
      {"invitation", "what hosts are asked, and their answers"},
      {"placement", "the search for a place, the itinerary and its activities"},
      {"clearance", "what must hold before and during a stay"},
      {"inbox", "the caller's own messages"},
      {"contact", "how people and organisations are reached"},
      {"message", "the delivery log and the templates"},
      {"queue", "facts on their way between services"},
      {"audit", "what happened, in order"},
      {"clock", "the services' clocks"},
      {"health", "whether the services are ready"},
      {"version", "the version of this program"},
  };
  for (const auto& [name, meaning] : kMeanings) {
    if (name == noun) return meaning;
  }
  return "";
}

std::string ColumnsOf(const google::protobuf::Descriptor& type) {
  static const std::pair<absl::string_view, const char*> kColumns[] = {
      {"amikeco.applicant.v1.Application",
       "NAME=name STATE=state MEMBER=member PROGRAMME=programme FROM=wishes.earliest_start TO=wishes.latest_end "
       "HOST=placement.host START=placement.start END=placement.end"},
      {"amikeco.applicant.v1.Member",
       "NAME=name SECTION=section CLASS=membership.membership_class SINCE=membership.since DUTY=duty_status "
       "ENDORSED=endorsement.date"},
      {"amikeco.applicant.v1.Section",
       "NAME=name COUNTRY=country STATE=terms.state TITLE=terms.title PROGRAMMES=terms.exchanges.programme "
       "CONTACT=terms.contact"},
      {"amikeco.applicant.v1.Region",
       "NAME=name SECTION=section TITLE=terms.title AREA=terms.area MEETS=terms.meeting_cadence CONTACT=terms.contact"},
      {"amikeco.applicant.v1.Introduction",
       "NAME=name STATE=state ASKER=asker ASKED=asked FROM=asker_section TO=asked_section "
       "INTERESTS=shared_interests"},
      {"amikeco.applicant.v1.RuleResult", "RULE=rule HOLDS=holds REASON=reason EXPLANATION=explanation REMEDY=remedy"},
      {"amikeco.applicant.v1.HostingOffer",
       "NAME=name KIND=kind STATE=state HOST=host HOME-HOST=home_host FROM=first_day TO=last_day CAPACITY=capacity"},
      {"amikeco.programme.v1.Programme",
       "NAME=name VERSION=version TITLE=title OPERATOR=operator_organisation ZONE=time_zone"},
      {"amikeco.matching.v1.Host",
       "NAME=name TITLE=agency.title TYPE=agency.agency_type COUNTRY=agency.country REGION=agency.region "
       "PARTICIPATING=participating"},
      {"amikeco.matching.v1.Occupancy",
       "FROM=first_day TO=last_day CAPACITY=capacity BOOKED=booked FREE=capacity-booked"},
      {"amikeco.matching.v1.HomeHost",
       "NAME=name HOST=host MEMBER=member FROM=first_day TO=last_day WITHDRAWN=withdrawn"},
      {"amikeco.matching.v1.Invitation",
       "PLACEMENT=placement NO=ordinal HOST=host STATE=state START=start END=end STEPS=command_steps "
       "APPROVED=approved_steps "
       "EXPIRES=expires"},
      {"amikeco.matching.v1.Placement",
       "NAME=name STAGE=stage HOST=legs.host ASKED=invitations.host START=legs.start END=legs.end "
       "HOME-STAY=home_stay.state"},
      {"amikeco.matching.v1.HostVerdict",
       "RANK=position HOST=host TITLE=title SCORE=ranked.score START=ranked.start END=ranked.end FOR=ranked.terms.term "
       "EXCLUDED=exclusions"},
      {"amikeco.compliance.v1.Clearance",
       "NAME=name STATE=state MEMBER=member START=legs.start END=legs.end OPEN=open_items.item VERSION=version"},
      {"amikeco.notify.v1.Message",
       "NAME=name RECIPIENT=recipient CHANNEL=channel TEMPLATE=template APPLICATION=application STATE=state "
       "QUEUED=queue_time SUBJECT=text.subject"},
      {"amikeco.notify.v1.Contact",
       "NAME=name ADDRESS=card.address DISPLAY-NAME=card.display_name LOCALE=card.locale ZONE=card.time_zone"},
      {"amikeco.ops.v1.GetQueueStatsResponse.Stream",
       "SOURCE=source GROUP=group LENGTH=length PENDING=pending LAG=last_number-acknowledged_number "
       "UNPUBLISHED=^unpublished PARKED=^parked PAUSED=pause.pause_time PAUSED-BY=pause.actor REASON=pause.reason"},
      {"amikeco.ops.v1.ConsumerPause", "SOURCE=source PAUSED=pause_time PAUSED-BY=actor REASON=reason"},
      {"amikeco.ops.v1.GetProgressResponse",
       "TIME=time SETTLED=settled PUBLISHED=published_number HANDLED=handled_number WAITING-FOR=waiting_for"},
      {"amikeco.ops.v1.ParkedFact",
       "NAME=name FACT=event.type~ SUBJECT=event.subject TRIES=tries PARKED=park_time WAITS-BEHIND=waits_behind "
       "REASON=reason"},
      {"amikeco.ops.v1.RedriveParkedFactResponse", "HANDLED=handled"},
      {"amikeco.ops.v1.ListEventsResponse.Entry",
       "NUMBER=number TIME=event.time SUBJECT=event.subject VERSION=event.subject_version FACT=event.type~ "
       "ACTOR=event.actor "
       "ORGANISATION=event.organisation"},
      {"amikeco.ops.v1.GetAuditHeadResponse", "NUMBER=number LINK=link TIME=time"},
      {"amikeco.ops.v1.SetClockResponse", "TIME=time"},
  };
  for (const auto& [name, columns] : kColumns) {
    if (name == type.full_name()) return columns;
  }
  return "";
}

}  // namespace amikeco::cli
