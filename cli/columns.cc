#include <utility>

#include "cli/command.h"

namespace amikeco::cli {

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
      {"amikeco.applicant.v1.CompletedAssignment",
       "APPLICATION=application MEMBER=member SECTION=section PROGRAMME=programme ROLE=role HOST=host FROM=first_day "
       "TO=last_day"},
      {"amikeco.applicant.v1.RuleResult", "RULE=rule HOLDS=holds REASON=reason EXPLANATION=explanation REMEDY=remedy"},
      {"amikeco.applicant.v1.HostingOffer",
       "NAME=name KIND=kind STATE=state HOST=host HOME-HOST=home_host FROM=first_day TO=last_day CAPACITY=capacity"},
      {"amikeco.applicant.v1.Intake",
       "NAME=name STATE=state PROGRAMME=programme OPENS=opens CLOSES=closes PLACES=places YEAR=period "
       "ENTRIES=entry_count FOR=home_organisation COUNTRY=home_country SETTLED=settled"},
      {"amikeco.applicant.v1.Entry",
       "POSITION=standing.position APPLICATION=application MEMBER=member STAGE=stage JURORS=jurors "
       "POINTS=standing.points REASON=standing.reason RECEIVED=receive_time ANSWER-BY=answer_by"},
      {"amikeco.applicant.v1.Claim",
       "NAME=name STATE=state APPLICATION=application CLAIMANT=claimant REVISION=revision TOTALS=totals "
       "SUBMITTED=submit_time PAID=payment.day"},
      {"amikeco.applicant.v1.CostEstimate",
       "NAME=name APPLICATION=application REVISION=revision TOTALS=totals CONTRIBUTION=section_contribution "
       "OWN-SHARE=own_share RECORDED=record_time"},
      {"amikeco.applicant.v1.PriceSplit",
       "NAME=name APPLICATION=application REVISION=revision RECORDER=recorder RECORDED=record_time "
       "PRICE=terms.price"},
      {"amikeco.applicant.v1.AssistedActivity",
       "NAME=name PROGRAMME=programme COUNTRY=country AREA=service_area YEAR=year AMOUNT=amount COUNTED-IN=counted_in "
       "SUMMED-IN=summed_in"},
      {"amikeco.applicant.v1.AssistedCountry", "NAME=name"},
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
      {"amikeco.compliance.v1.EngagementNotification", "NAME=name STATE=state"},
      {"amikeco.compliance.v1.CountryAssessment", "NAME=name COUNTRY=country"},
      {"amikeco.compliance.v1.Assessment",
       "NAME=name STATE=state PROGRAMME=programme COUNTRIES=countries REVISION=revision RISK=judgement.overall "
       "APPROVER=judgement.approver_level"},
      {"amikeco.compliance.v1.Waiver",
       "NAME=name STATE=state PARTICIPANT=participant AGENCY=agency FROM=valid_from TO=valid_to TEMPLATE=template "
       "LANGUAGE=language SIGNED=sign_time REASON=reason"},
      {"amikeco.compliance.v1.VettingCase",
       "NAME=name STATE=state PERSON=person UNIT=unit CLEARANCE=clearance DUE=due START=start UNTIL=cleared_until "
       "HOLDS=holds MISSING=missing"},
      {"amikeco.compliance.v1.BackgroundCheck",
       "NAME=name STATE=state RESULT=result ADJUDICATION=adjudication KIND=kind PERSON=person CLEARANCE=clearance "
       "ADVERSE-FROM=adverse_from UNTIL=valid_to"},
      {"amikeco.compliance.v1.VisaCase",
       "NAME=name STATE=state TYPE=type PERSON=person CLEARANCE=clearance FROM=valid_from TO=valid_to "
       "COVERS=covers_stay"},
      {"amikeco.compliance.v1.WatchList",
       "NAME=name FORMAT=format SERVING=serving VERSIONS=versions.number ENTRIES=versions.entries "
       "IMPORTED=versions.import_time PARTIAL=coverage_partial"},
      {"amikeco.compliance.v1.Screening",
       "NAME=name STATE=state PERSON=person HITS=hits.state LISTS=hits.match.list SCREENED=screen_time REASON=reason"},
      {"amikeco.compliance.v1.ExplainedMatch",
       "OUTCOME=match.outcome SCORE=match.score LIST=match.list ENTRY=match.entry WHY=explanation.summary"},
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
      {"amikeco.ops.v1.DataSubject",
       "PERSON=person STATE=state HOLDS=holds.id ERASURE-ASKED=erasure_asked_time ERASED=erase_time "
       "DOCUMENTS=documents.document"},
      {"amikeco.ops.v1.Consultation",
       "TIME=time ACTOR=actor ORGANISATION=organisation PERSON=told.person DOCUMENT=told.document METHOD=method~ "
       "PURPOSE=purpose"},
      {"amikeco.ops.v1.ListErasuresResponse.Erasure", "PERSON=person ERASED=erase_time"},
  };
  for (const auto& [name, columns] : kColumns) {
    if (name == type.full_name()) return columns;
  }
  return "";
}

}  // namespace amikeco::cli
