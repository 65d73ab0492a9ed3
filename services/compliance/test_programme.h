// The programme that the compliance service's tests run on: the four kinds of items (A0-23, 24, 25, 33).
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_PROGRAMME_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_PROGRAMME_H_

#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::compliance {

inline programme::v1::Programme TestProgramme() {
  using programme::v1::ComplianceItem;
  programme::v1::Programme programme;
  programme.set_name("programmes/test");
  programme.set_version(1);
  programme.set_operator_organisation("organisations/ipa-us");
  programme.set_time_zone("UTC");
  const auto add = [&](const char* id, ComplianceItem::Kind kind, int due) {
    ComplianceItem& item = *programme.add_compliance();
    item.set_id(id);
    item.set_kind(kind);
    item.set_mandatory(true);
    item.set_due_days_before_start(due);
    return &item;
  };
  ComplianceItem* cover = add("health-cover", ComplianceItem::KIND_HEALTH_COVER, 30);
  cover->set_every_day(true);
  cover->add_accepted_kinds("travel-insurance");
  cover->add_accepted_kinds("government-care");
  ComplianceItem* waiver = add("liability-waiver", ComplianceItem::KIND_LIABILITY_WAIVER, 14);
  waiver->set_every_day(true);
  waiver->set_per_leg(true);
  ComplianceItem* check = add("background-check", ComplianceItem::KIND_BACKGROUND_CHECK, 60);
  check->add_accepted_kinds("ncic");
  check->add_accepted_kinds("interpol");
  add("media-consent", ComplianceItem::KIND_MEDIA_CONSENT, 14);
  return programme;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_PROGRAMME_H_
