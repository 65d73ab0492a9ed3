#include "services/compliance/waiver.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/base/zones.h"
#include "services/compliance/errors.h"

namespace amikeco::compliance {
namespace {

using v1::Waiver;
using v1::WaiverFact;
using v1::WaiverTemplate;

struct Row {
  WaiverState from;
  WaiverCommand command;
  WaiverState to;
};

constexpr Row kTable[] = {
    {Waiver::STATE_DRAFT, WaiverCommand::kSend, Waiver::STATE_SENT},
    {Waiver::STATE_DRAFT, WaiverCommand::kVoid, Waiver::STATE_VOIDED},
    {Waiver::STATE_DRAFT, WaiverCommand::kExpire, Waiver::STATE_EXPIRED},
    {Waiver::STATE_DRAFT, WaiverCommand::kSupersede, Waiver::STATE_SUPERSEDED},

    {Waiver::STATE_SENT, WaiverCommand::kView, Waiver::STATE_VIEWED},
    {Waiver::STATE_SENT, WaiverCommand::kSign, Waiver::STATE_SIGNED},
    {Waiver::STATE_SENT, WaiverCommand::kDecline, Waiver::STATE_DECLINED},
    {Waiver::STATE_SENT, WaiverCommand::kVoid, Waiver::STATE_VOIDED},
    {Waiver::STATE_SENT, WaiverCommand::kExpire, Waiver::STATE_EXPIRED},
    {Waiver::STATE_SENT, WaiverCommand::kSupersede, Waiver::STATE_SUPERSEDED},

    {Waiver::STATE_VIEWED, WaiverCommand::kView, Waiver::STATE_VIEWED},
    {Waiver::STATE_VIEWED, WaiverCommand::kSign, Waiver::STATE_SIGNED},
    {Waiver::STATE_VIEWED, WaiverCommand::kDecline, Waiver::STATE_DECLINED},
    {Waiver::STATE_VIEWED, WaiverCommand::kVoid, Waiver::STATE_VOIDED},
    {Waiver::STATE_VIEWED, WaiverCommand::kExpire, Waiver::STATE_EXPIRED},
    {Waiver::STATE_VIEWED, WaiverCommand::kSupersede, Waiver::STATE_SUPERSEDED},

    {Waiver::STATE_SIGNED, WaiverCommand::kVoid, Waiver::STATE_VOIDED},
    {Waiver::STATE_SIGNED, WaiverCommand::kSupersede, Waiver::STATE_SUPERSEDED},

    {Waiver::STATE_DECLINED, WaiverCommand::kVoid, Waiver::STATE_VOIDED},
    {Waiver::STATE_DECLINED, WaiverCommand::kSupersede, Waiver::STATE_SUPERSEDED},
};

absl::Status CheckPossible(const Waiver& waiver, WaiverCommand command) {
  if (Next(waiver.state(), command)) return absl::OkStatus();
  const std::string state = Waiver::State_Name(waiver.state());
  return Error(errors::kWaiverNotPossibleInState,
               absl::StrCat(NameOf(command), " is not possible while ", waiver.name(), " is ",
                            absl::AsciiStrToLower(state.substr(6)), "."),
               {{"name", waiver.name()},
                {"state", state},
                {"command", NameOf(command)},
                {"possible_commands", absl::StrJoin(PossibleCommands(waiver.state()), ",")}});
}

absl::Status CheckParticipant(const Waiver& waiver, const Actor& actor) {
  if (waiver.participant() == actor.subject) return absl::OkStatus();
  return errors::NotTheOfficer(waiver.name());
}

Days DaysOf(const Waiver& waiver) { return {ToDay(waiver.valid_from()), ToDay(waiver.valid_to())}; }

// The request's dates where it has them, else the waiver's; never shorter than the leg.
template <typename Request>
Days ExtendedDays(const Waiver& waiver, const Request& request, const Days& leg, FieldErrors& wrong) {
  Days days = DaysOf(waiver);
  if (request.has_valid_from()) days.first = ToDay(request.valid_from());
  if (request.has_valid_to()) days.last = ToDay(request.valid_to());
  const auto needs = [](absl::string_view what, absl::CivilDay day) {
    return absl::StrCat("must not be ", what, " ", FormatDay(day), ": the waiver has to cover every day of its leg");
  };
  if (leg.first < days.first) wrong.Add("valid_from", needs("after", leg.first));
  if (days.last < leg.last) wrong.Add("valid_to", needs("before", leg.last));
  return days;
}

std::string LanguageOf(const Waiver& waiver, const std::string& asked, const WaiverTemplate& text, FieldErrors& wrong) {
  const std::string& language = asked.empty() ? waiver.language() : asked;
  if (TextIn(text, language) != nullptr) return language;
  wrong.Add("language", absl::StrCat("must be one of the template's: ",
                                     absl::StrJoin(text.texts(), ", ", [](std::string* out, const v1::WaiverText& one) {
                                       absl::StrAppend(out, one.language());
                                     })));
  return language;
}

void CheckAcknowledgements(const v1::SignWaiverRequest& request, const WaiverTemplate& text, FieldErrors& wrong) {
  std::set<std::string> missing;
  for (const auto& one : text.acknowledgements()) missing.insert(one.code());
  const std::set<std::string> known = missing;
  for (int i = 0; i < request.acknowledgements_size(); ++i) {
    const std::string& code = request.acknowledgements(i);
    if (missing.erase(code) > 0) continue;
    wrong.Add(absl::StrCat("acknowledgements[", i, "]"),
              known.count(code) > 0 ? absl::StrCat(code, " is there twice; remove one")
                                    : absl::StrCat("is not asked for; these are: ", absl::StrJoin(known, ", ")));
  }
  if (!missing.empty()) {
    wrong.Add("acknowledgements",
              absl::StrCat("must hold every code of the text; missing: ", absl::StrJoin(missing, ", ")));
  }
}

template <typename Fact>
Fact& Stamp(Fact* fact, const Waiver& waiver, absl::Time now) {
  fact->set_application(waiver.application());
  *fact->mutable_at() = ToTimestamp(now);
  return *fact;
}

WaiverFact VoidedFact(const Waiver& waiver, absl::string_view reason, const Circumstance& c) {
  WaiverFact fact;
  v1::WaiverVoided& voided = Stamp(fact.mutable_voided(), waiver, c.now);
  voided.set_by(c.actor.subject);
  voided.set_reason(std::string(reason));
  return fact;
}

WaiverFact SentFact(const Waiver& waiver, const std::string& language, const Days& days, const Circumstance& c) {
  WaiverFact fact;
  v1::WaiverSent& sent = Stamp(fact.mutable_sent(), waiver, c.now);
  sent.set_by(c.actor.subject);
  sent.set_owner(waiver.participant());
  sent.set_host(waiver.agency());
  sent.set_language(language);
  *sent.mutable_valid_from() = ToDate(days.first);
  *sent.mutable_valid_to() = ToDate(days.last);
  return fact;
}

bool IsWaiver(const v1::RequiredItem& item) {
  return item.kind() == programme::v1::ComplianceItem::KIND_LIABILITY_WAIVER;
}

bool IsFor(const Waiver& waiver, const v1::Clearance& clearance, const v1::RequiredItem& item) {
  return IsWaiver(item) && waiver.agency() == item.host() && waiver.participant() == ParticipantOf(clearance, item);
}

bool CoversDays(const Waiver& waiver, const v1::RequiredItem& item) {
  return DaysOf(waiver).Covers({ToDay(item.first_day()), ToDay(item.last_day())});
}

// Neither the other persons' business nor the other agencies'.
std::vector<std::string> PartiesOf(const v1::Clearance& clearance, const std::string& participant,
                                   const std::string& agency) {
  std::vector<std::string> parties = {participant};
  const auto is_person = [&](const std::string& party) {
    return party == clearance.member() || std::count(clearance.fellows().begin(), clearance.fellows().end(), party) > 0;
  };
  const auto is_agency = [&](const std::string& party) {
    return std::any_of(clearance.legs().begin(), clearance.legs().end(),
                       [&](const matching::v1::Leg& leg) { return leg.host() == party; });
  };
  for (const std::string& party : clearance.parties()) {
    if (!is_person(party) && (!is_agency(party) || party == agency)) parties.push_back(party);
  }
  return parties;
}

// What was signed before waivers were kept counts as it did.
bool HoldsWithoutWaiver(const v1::Clearance& clearance, const v1::RequiredItem& item) {
  return std::any_of(clearance.records().begin(), clearance.records().end(), [&](const v1::ItemRecord& record) {
    if (!record.waiver().empty() || !record.void_reason().empty() || record.item() != item.id()) return false;
    return record.outcome() == v1::OUTCOME_SATISFIED && record.has_valid_from() && record.has_valid_to() &&
           Days{ToDay(record.valid_from()), ToDay(record.valid_to())}.Covers(
               {ToDay(item.first_day()), ToDay(item.last_day())});
  });
}

// Takes the steps as it finds them, so that each sees what became of those before.
class Follower {
 public:
  Follower(const v1::Clearance& clearance, std::vector<Waiver> waivers, const WaiverTemplates& templates,
           const Circumstance& circumstance)
      : clearance_(clearance), waivers_(std::move(waivers)), templates_(templates), c_(circumstance) {}

  std::vector<WaiverStep> Follow() {
    if (clearance_.state() == v1::Clearance::STATE_UNSPECIFIED) return {};
    for (Waiver& waiver : waivers_) FollowRecord(waiver);
    for (Waiver& waiver : waivers_) {
      if (clearance_.state() == v1::Clearance::STATE_CLOSED) {
        if (IsOpen(waiver.state())) Take(waiver, VoidedFact(waiver, clearance_.reason(), c_));
      } else if (!clearance_.legs().empty()) {
        FollowItems(waiver);
      }
    }
    if (clearance_.state() != v1::Clearance::STATE_CLOSED) {
      for (const v1::RequiredItem& item : clearance_.items()) Provide(item);
    }
    return std::move(steps_);
  }

 private:
  void Take(Waiver& waiver, WaiverFact fact) {
    const std::string name = fact.has_issued() ? fact.issued().waiver() : waiver.name();
    waiver = Evolve(std::move(waiver), fact);
    steps_.push_back({name, std::move(fact)});
  }

  // Its record in the clearance was voided.
  void FollowRecord(Waiver& waiver) {
    if (!Next(waiver.state(), WaiverCommand::kVoid) || waiver.record() == 0) return;
    for (const v1::ItemRecord& record : clearance_.records()) {
      if (record.number() != waiver.record() || record.void_reason().empty()) continue;
      Take(waiver, VoidedFact(waiver, record.void_reason(), c_));
      return;
    }
  }

  void FollowItems(Waiver& waiver) {
    if (!Next(waiver.state(), WaiverCommand::kSupersede)) return;
    bool asked = false, fits = false, needed = false, days = false;
    for (const v1::RequiredItem& item : clearance_.items()) {
      if (!IsFor(waiver, clearance_, item)) continue;
      asked = true;
      days = days || CoversDays(waiver, item);
      if (!Fits(waiver, clearance_, item)) continue;
      fits = true;
      needed = needed || !std::any_of(waivers_.begin(), waivers_.end(), [&](const Waiver& other) {
                 return other.state() == Waiver::STATE_SIGNED && Fits(other, clearance_, item);
               });
    }
    if (IsOpen(waiver.state()) && (!asked || (fits && !needed))) {
      Take(waiver, VoidedFact(waiver, "NOT_ASKED_ANY_MORE", c_));
    } else if (asked && !fits) {
      WaiverFact fact;
      Stamp(fact.mutable_superseded(), waiver, c_.now).set_reason(days ? "TEMPLATE_ENDED" : "DATES_CHANGED");
      Take(waiver, std::move(fact));
    }
  }

  // Issues a waiver for the item unless it has one, or its days are over.
  void Provide(const v1::RequiredItem& item) {
    const std::string participant = ParticipantOf(clearance_, item);
    if (!IsWaiver(item) || participant.empty() || HoldsWithoutWaiver(clearance_, item)) return;
    if (ToDay(item.last_day()) < Today(clearance_, c_.now) || waivers_.size() >= kMostRecords) return;
    const bool provided = std::any_of(waivers_.begin(), waivers_.end(), [&](const Waiver& waiver) {
      return Next(waiver.state(), WaiverCommand::kSupersede) && Fits(waiver, clearance_, item);
    });
    if (provided) return;
    const WaiverTemplate& text = templates_.For(item.host());
    Waiver& waiver = waivers_.emplace_back();
    Take(waiver, IssuedFact(item, participant, text));
    if (text.prepared_by_hand()) return;
    Take(waiver, SentFact(waiver, waiver.language(), DaysOf(waiver), c_));
  }

  WaiverFact IssuedFact(const v1::RequiredItem& item, const std::string& participant,
                        const WaiverTemplate& text) const {
    WaiverFact fact;
    v1::WaiverIssued& issued = *fact.mutable_issued();
    issued.set_waiver(
        absl::StrCat("waivers/", clearance_.name().substr(clearance_.name().find('/') + 1), "-", waivers_.size()));
    issued.set_application(clearance_.application());
    issued.set_clearance(clearance_.name());
    issued.set_item(item.id());
    issued.set_leg(item.leg());
    issued.set_participant(participant);
    issued.set_agency(item.host());
    issued.set_template_(IdOf(text));
    issued.set_template_hash(HashOf(text));
    issued.set_language(text.texts(0).language());
    *issued.mutable_valid_from() = item.first_day();
    *issued.mutable_valid_to() = item.last_day();
    issued.set_time_zone(clearance_.time_zone());
    const auto parties = PartiesOf(clearance_, participant, item.host());
    issued.mutable_parties()->Assign(parties.begin(), parties.end());
    *issued.mutable_at() = ToTimestamp(c_.now);
    return fact;
  }

  const v1::Clearance& clearance_;
  std::vector<Waiver> waivers_;
  const WaiverTemplates& templates_;
  const Circumstance& c_;
  std::vector<WaiverStep> steps_;
};

}  // namespace

std::optional<WaiverState> Next(WaiverState from, WaiverCommand command) {
  for (const Row& row : kTable) {
    if (row.from == from && row.command == command) return row.to;
  }
  return std::nullopt;
}

absl::string_view NameOf(WaiverCommand command) {
  switch (command) {
    case WaiverCommand::kSend:
      return "SendWaiver";
    case WaiverCommand::kView:
      return "ViewWaiver";
    case WaiverCommand::kSign:
      return "SignWaiver";
    case WaiverCommand::kDecline:
      return "DeclineWaiver";
    case WaiverCommand::kVoid:
      return "VoidWaiver";
    case WaiverCommand::kExpire:
      return "expiry";
    case WaiverCommand::kSupersede:
      return "supersession";
  }
  return "";
}

std::vector<std::string> PossibleCommands(WaiverState from) {
  std::vector<std::string> names;
  for (const Row& row : kTable) {
    if (row.from == from && row.command < WaiverCommand::kExpire) names.emplace_back(NameOf(row.command));
  }
  return names;
}

bool IsOpen(WaiverState state) { return Next(state, WaiverCommand::kExpire).has_value(); }

WaiverTerms TermsOf(const v1::Clearance& clearance, const Waiver& waiver, const WaiverTemplate& text) {
  const v1::RequiredItem* item = ItemOf(clearance, waiver);
  if (item == nullptr) return {text, DaysOf(waiver)};
  return {text, {ToDay(item->first_day()), ToDay(item->last_day())}};
}

absl::StatusOr<WaiverFacts> Decide(const Waiver& waiver, const v1::SendWaiverRequest& request, const WaiverTerms& terms,
                                   const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(waiver, WaiverCommand::kSend));
  FieldErrors wrong;
  const Days days = ExtendedDays(waiver, request, terms.days, wrong);
  const std::string language = LanguageOf(waiver, request.language(), terms.text, wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return WaiverFacts{SentFact(waiver, language, days, c)};
}

absl::StatusOr<WaiverFacts> Decide(const Waiver& waiver, const v1::ViewWaiverRequest&, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckParticipant(waiver, c.actor));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(waiver, WaiverCommand::kView));
  if (waiver.state() == Waiver::STATE_VIEWED) return WaiverFacts();
  WaiverFact fact;
  Stamp(fact.mutable_viewed(), waiver, c.now);
  return WaiverFacts{fact};
}

absl::StatusOr<WaiverFacts> Decide(const Waiver& waiver, const v1::SignWaiverRequest& request, const WaiverTerms& terms,
                                   int record, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckParticipant(waiver, c.actor));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(waiver, WaiverCommand::kSign));
  FieldErrors wrong;
  if (!request.host().empty() && request.host() != waiver.agency()) {
    wrong.Add("host", absl::StrCat("must be the waiver's agency, ", waiver.agency()));
  }
  const Days days = ExtendedDays(waiver, request, terms.days, wrong);
  const std::string language = LanguageOf(waiver, request.language(), terms.text, wrong);
  auto method = request.method();
  if (method == v1::SIGNATURE_METHOD_UNSPECIFIED) {
    method = request.document_hash().empty() ? v1::SIGNATURE_METHOD_TYPED_NAME : v1::SIGNATURE_METHOD_PAPER;
  }
  if (method == v1::SIGNATURE_METHOD_TYPED_NAME) CheckAcknowledgements(request, terms.text, wrong);
  if (method == v1::SIGNATURE_METHOD_PAPER && request.document_hash().empty()) {
    wrong.Add("document_hash", "must be the SHA-256 of the form that was signed on paper");
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  WaiverFact fact;
  v1::WaiverSigned& signed_ = Stamp(fact.mutable_signed_(), waiver, c.now);
  signed_.set_by(c.actor.subject);
  signed_.set_method(method);
  signed_.set_language(language);
  *signed_.mutable_valid_from() = ToDate(days.first);
  *signed_.mutable_valid_to() = ToDate(days.last);
  *signed_.mutable_acknowledgements() = request.acknowledgements();
  signed_.set_document_hash(request.document_hash());
  signed_.set_record(record);
  return WaiverFacts{fact};
}

absl::StatusOr<WaiverFacts> Decide(const Waiver& waiver, const v1::DeclineWaiverRequest& request, int record,
                                   const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckParticipant(waiver, c.actor));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(waiver, WaiverCommand::kDecline));
  WaiverFact fact;
  v1::WaiverDeclined& declined = Stamp(fact.mutable_declined(), waiver, c.now);
  declined.set_by(c.actor.subject);
  declined.set_reason(request.reason());
  declined.set_record(record);
  return WaiverFacts{fact};
}

absl::StatusOr<WaiverFacts> Decide(const Waiver& waiver, const v1::VoidWaiverRequest& request, const Circumstance& c) {
  if (waiver.participant() == c.actor.subject) return errors::OwnCheck(waiver.name());
  AMIKECO_RETURN_IF_ERROR(CheckPossible(waiver, WaiverCommand::kVoid));
  return WaiverFacts{VoidedFact(waiver, request.reason(), c)};
}

WaiverFacts OnTime(const Waiver& waiver, absl::Time now) {
  const auto due = NextDue(waiver);
  if (!due || now < *due) return {};
  WaiverFact fact;
  Stamp(fact.mutable_expired(), waiver, now);
  return {fact};
}

WaiverFacts OnTemplate(const Waiver& waiver, const WaiverTemplate& text) {
  const bool same = waiver.has_template_until() == text.has_grandfathered_until() &&
                    ToDay(waiver.template_until()) == ToDay(text.grandfathered_until());
  if (same) return {};
  WaiverFact fact;
  fact.mutable_template_ending()->set_application(waiver.application());
  if (text.has_grandfathered_until()) *fact.mutable_template_ending()->mutable_until() = text.grandfathered_until();
  return {fact};
}

std::optional<absl::Time> NextDue(const Waiver& waiver) {
  if (!IsOpen(waiver.state())) return std::nullopt;
  return absl::FromCivil(DaysOf(waiver).last + 1, ZoneNamed(waiver.time_zone()));
}

std::string ParticipantOf(const v1::Clearance& clearance, const v1::RequiredItem& item) {
  return item.person().empty() ? clearance.member() : item.person();
}

bool Fits(const Waiver& waiver, const v1::Clearance& clearance, const v1::RequiredItem& item) {
  if (!IsFor(waiver, clearance, item) || !CoversDays(waiver, item)) return false;
  return !waiver.has_template_until() || ToDay(item.last_day()) <= ToDay(waiver.template_until()) ||
         clearance.has_begun();
}

const v1::RequiredItem* ItemOf(const v1::Clearance& clearance, const Waiver& waiver) {
  for (const v1::RequiredItem& item : clearance.items()) {
    if (Fits(waiver, clearance, item)) return &item;
  }
  return nullptr;
}

std::vector<WaiverStep> Follow(const v1::Clearance& clearance, std::vector<Waiver> waivers,
                               const WaiverTemplates& templates, const Circumstance& circumstance) {
  return Follower(clearance, std::move(waivers), templates, circumstance).Follow();
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
namespace {

void Apply(Waiver& waiver, const WaiverIssued& issued) {
  waiver.set_name(issued.waiver());
  waiver.set_application(issued.application());
  waiver.set_clearance(issued.clearance());
  waiver.set_item(issued.item());
  waiver.set_leg(issued.leg());
  waiver.set_participant(issued.participant());
  waiver.set_agency(issued.agency());
  waiver.set_template_(issued.template_());
  waiver.set_template_hash(issued.template_hash());
  waiver.set_language(issued.language());
  *waiver.mutable_valid_from() = issued.valid_from();
  *waiver.mutable_valid_to() = issued.valid_to();
  if (issued.has_template_until()) *waiver.mutable_template_until() = issued.template_until();
  waiver.set_time_zone(issued.time_zone());
  *waiver.mutable_parties() = issued.parties();
  waiver.set_state(Waiver::STATE_DRAFT);
  *waiver.mutable_issue_time() = issued.at();
}

void Apply(Waiver& waiver, const WaiverSent& sent) {
  waiver.set_state(Waiver::STATE_SENT);
  waiver.set_language(sent.language());
  *waiver.mutable_valid_from() = sent.valid_from();
  *waiver.mutable_valid_to() = sent.valid_to();
  *waiver.mutable_send_time() = sent.at();
}

void Apply(Waiver& waiver, const WaiverSigned& signed_) {
  waiver.set_state(Waiver::STATE_SIGNED);
  waiver.set_method(signed_.method());
  waiver.set_language(signed_.language());
  *waiver.mutable_valid_from() = signed_.valid_from();
  *waiver.mutable_valid_to() = signed_.valid_to();
  *waiver.mutable_acknowledgements() = signed_.acknowledgements();
  waiver.set_document_hash(signed_.document_hash());
  waiver.set_record(signed_.record());
  *waiver.mutable_sign_time() = signed_.at();
}

}  // namespace

Waiver Evolve(Waiver waiver, const WaiverFact& fact) {
  switch (fact.fact_case()) {
    case WaiverFact::kIssued:
      Apply(waiver, fact.issued());
      break;
    case WaiverFact::kSent:
      Apply(waiver, fact.sent());
      break;
    case WaiverFact::kViewed:
      waiver.set_state(Waiver::STATE_VIEWED);
      *waiver.mutable_view_time() = fact.viewed().at();
      break;
    case WaiverFact::kSigned:
      Apply(waiver, fact.signed_());
      break;
    case WaiverFact::kDeclined:
      waiver.set_state(Waiver::STATE_DECLINED);
      waiver.set_reason(fact.declined().reason());
      waiver.set_record(fact.declined().record());
      break;
    case WaiverFact::kExpired:
      waiver.set_state(Waiver::STATE_EXPIRED);
      break;
    case WaiverFact::kVoided:
      waiver.set_state(Waiver::STATE_VOIDED);
      waiver.set_reason(fact.voided().reason());
      break;
    case WaiverFact::kSuperseded:
      waiver.set_state(Waiver::STATE_SUPERSEDED);
      waiver.set_reason(fact.superseded().reason());
      break;
    case WaiverFact::kTemplateEnding:
      waiver.clear_template_until();
      if (fact.template_ending().has_until()) *waiver.mutable_template_until() = fact.template_ending().until();
      break;
    case WaiverFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return waiver;
}

}  // namespace amikeco::compliance::v1
