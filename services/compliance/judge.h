// Judge: whether a clearance holds, item by item, with all reasons. Pure: a function of the clearance and a day.
//
// Of the records of one item and kind, the latest that speaks of a day decides about that day; so periods add up, and a
// new outcome takes the place of the old one for the days it names. A background check that was not passed stands
// whatever another kind says: one passed check is enough (A0-25), a failed one is never outvoted, and it speaks of all
// days up to its last, whatever its first.
// Before the stay starts every needed day must hold (A5-02); while it runs, today.
#ifndef AMIKECO_SERVICES_COMPLIANCE_JUDGE_H_
#define AMIKECO_SERVICES_COMPLIANCE_JUDGE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::compliance {

struct Judgement {
  // Every mandatory item holds and there is an agreed leg. Whether a person revoked it is not judged here.
  bool holds = false;
  std::vector<v1::OpenItem> open;  // in the order of the items
};

// The items that `programme` asks for on `legs`: one for the stay, or one for each leg at its agency (A0-24). A leg
// counts once it is confirmed; the first, the lead host's, always.
std::vector<v1::RequiredItem> ItemsFor(const programme::v1::Programme& programme,
                                       const google::protobuf::RepeatedPtrField<matching::v1::Leg>& legs,
                                       const google::protobuf::RepeatedPtrField<std::string>& fellows);
// Its outcome is what somebody who is not of the stay says after a review.
bool IsReviewed(const v1::RequiredItem& item);

// It follows a record of its own in this service, and nobody records it by hand (A3-02).
bool FollowsDocument(const v1::RequiredItem& item);

// Whether what was recorded speaks for the item: it was recorded for it, or for another leg at the same agency. So a
// waiver that an agency has holds for each of the person's legs there, also when an itinerary is made anew (A0-24).
bool SpeaksFor(const v1::ItemRecord& record, const v1::RequiredItem& required);

Judgement Judge(const v1::Clearance& clearance, absl::CivilDay today);

// What ends after `today`, of the items that hold then, in the order of days.
std::vector<v1::Lapse> LapsesOf(const v1::Clearance& clearance, absl::CivilDay today);

// The first day after `day` on which a running stay's items hold when they did not on `day`, or the other way round, if
// nothing more is recorded. A stay that has not started changes by records alone, never by time.
std::optional<absl::CivilDay> NextChange(const v1::Clearance& clearance, absl::CivilDay day);

// Everybody who is asked agreed to pictures and reports; nobody asked means no (A0-33).
bool MediaAllowed(const v1::Clearance& clearance);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_JUDGE_H_
