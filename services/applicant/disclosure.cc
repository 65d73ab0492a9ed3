#include "services/applicant/disclosure.h"

#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"

namespace amikeco::applicant {
namespace {

using options::v1::Disclosure;
using programme::v1::Programme;

Disclosure About(const std::vector<std::string>& subjects, const Programme& programme, absl::Time now) {
  Disclosure disclosure;
  *disclosure.mutable_set_time() = ToTimestamp(now);
  for (const std::string& subject : subjects) {
    if (!subject.empty()) disclosure.add_insiders(subject);
  }
  disclosure.add_insiders(programme.operator_organisation());
  return disclosure;
}

absl::Status CheckReason(const v1::SetDisclosureRequest& command) {
  FieldErrors wrong;
  const bool given = command.reason() != options::v1::WITHHOLDING_REASON_UNSPECIFIED;
  if (command.disclosure_class() == options::v1::DISCLOSURE_CLASS_RESTRICTED && !given) {
    wrong.Add("reason", "is missing; details are withheld for one of the four reasons alone");
  }
  if (command.disclosure_class() == options::v1::DISCLOSURE_CLASS_PUBLIC && given) {
    wrong.Add("reason", "must be left out: nothing of a public record is withheld");
  }
  return wrong.ToStatus();
}

template <typename Fact, typename Record>
absl::StatusOr<std::vector<Fact>> DecideAbout(const Record& record, const v1::SetDisclosureRequest& command,
                                              const DisclosureCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckReason(command));
  const Disclosure& before = record.disclosure();
  if (before.disclosure_class() == command.disclosure_class() && before.reason() == command.reason()) {
    return std::vector<Fact>{};
  }
  Fact fact;
  Disclosure& disclosure = *fact.mutable_disclosure_set()->mutable_disclosure();
  disclosure = About(SubjectsOf(record), c.programme, c.now);
  disclosure.set_disclosure_class(command.disclosure_class());
  disclosure.set_reason(command.reason());
  disclosure.set_set_by(c.actor.subject);
  return std::vector{fact};
}

}  // namespace

std::optional<Disclosure> DefaultDisclosure(const Programme& programme, const std::vector<std::string>& subjects,
                                            absl::Time now) {
  const programme::v1::DisclosureRules& rules = programme.disclosure();
  if (rules.default_class() == options::v1::DISCLOSURE_CLASS_UNSPECIFIED) return std::nullopt;
  Disclosure disclosure = About(subjects, programme, now);
  disclosure.set_disclosure_class(rules.default_class());
  disclosure.set_reason(rules.default_reason());
  disclosure.set_set_by(programme.name());
  return disclosure;
}

std::vector<std::string> SubjectsOf(const v1::Application& application) {
  if (application.has_assistance()) return {application.assistance().requester()};
  if (!application.fellows().empty()) return {application.fellows().begin(), application.fellows().end()};
  return {application.member()};
}

std::vector<std::string> SubjectsOf(const v1::HostingOffer& offer) {
  return {offer.home_host().empty() ? offer.host() : offer.home_host()};
}

absl::StatusOr<std::vector<v1::ApplicationFact>> Decide(const v1::Application& application,
                                                        const v1::SetDisclosureRequest& command,
                                                        const DisclosureCircumstance& c) {
  return DecideAbout<v1::ApplicationFact>(application, command, c);
}

absl::StatusOr<std::vector<v1::HostingOfferFact>> Decide(const v1::HostingOffer& offer,
                                                         const v1::SetDisclosureRequest& command,
                                                         const DisclosureCircumstance& c) {
  return DecideAbout<v1::HostingOfferFact>(offer, command, c);
}

}  // namespace amikeco::applicant
