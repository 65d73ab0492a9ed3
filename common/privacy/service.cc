#include "common/privacy/service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "common/privacy/data_subject.h"
#include "common/privacy/erasure.h"

namespace amikeco {

using ops::v1::DataSubject;

PrivacyService::PrivacyService(Store& store, const Dossiers& dossiers, std::string service, CaseEnd case_end)
    : store_(store),
      dossiers_(dossiers),
      service_(std::move(service)),
      policy_(dossiers.policy() == nullptr ? ops::v1::PrivacyPolicy() : *dossiers.policy()),
      retention_(dossiers, std::move(case_end)),
      consultations_(store, service_, policy_) {}

absl::StatusOr<DataSubject> PrivacyService::Answer(Reader& reader, const std::string& person) const {
  AMIKECO_ASSIGN_OR_RETURN(const auto found, FindDataSubject(reader, person));
  AMIKECO_ASSIGN_OR_RETURN(const Dossiers::State state, dossiers_.StateOf(reader, person));
  DataSubject answer = found.value;
  answer.set_person(person);
  answer.set_state(state == Dossiers::State::kNever  ? DataSubject::STATE_NEVER
                   : state == Dossiers::State::kLive ? DataSubject::STATE_LIVE
                                                     : DataSubject::STATE_ERASED);
  for (auto& kept : KeptBy(&policy_)) *answer.add_kept() = std::move(kept);
  AMIKECO_ASSIGN_OR_RETURN(const auto entries, dossiers_.EntriesOf(reader, person));
  for (const Dossiers::Entry& entry : entries) {
    DataSubject::Document& document = *answer.add_documents();
    document.set_document(entry.document);
    document.set_entry(entry.name);
    if (const auto* rule = dossiers_.RuleOf(entry.document); rule != nullptr) *document.mutable_rule() = *rule;
  }
  return answer;
}

absl::StatusOr<DataSubject> PrivacyService::PlaceLegalHold(Call& call, const ops::v1::PlaceLegalHoldRequest& request) {
  return Execute<DataSubject>(store_, call, [&](Transaction& tx) -> absl::StatusOr<DataSubject> {
    AMIKECO_ASSIGN_OR_RETURN(auto subject, FindDataSubject(tx, request.person()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(subject.value, request, call.actor, call.time));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, DataSubjects(), OriginOf(service_, call), facts, subject));
    return Answer(tx, request.person());
  });
}

absl::StatusOr<DataSubject> PrivacyService::LiftLegalHold(Call& call, const ops::v1::LiftLegalHoldRequest& request) {
  return Execute<DataSubject>(store_, call, [&](Transaction& tx) -> absl::StatusOr<DataSubject> {
    const Origin origin = OriginOf(service_, call);
    AMIKECO_ASSIGN_OR_RETURN(auto subject, FindDataSubject(tx, request.person()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(subject.value, request, call.actor, call.time));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, DataSubjects(), origin, facts, subject));
    if (ErasureIsDue(subject.value)) AMIKECO_RETURN_IF_ERROR(ErasePerson(tx, dossiers_, request.person(), origin));
    return Answer(tx, request.person());
  });
}

absl::StatusOr<DataSubject> PrivacyService::GetDataSubject(Call& call, const ops::v1::GetDataSubjectRequest& request) {
  return Query<DataSubject>(store_, [&](Reader& reader) { return Answer(reader, request.person()); });
}

absl::StatusOr<ops::v1::ListErasuresResponse> PrivacyService::ListErasures(
    Call& call, const ops::v1::ListErasuresRequest& request) {
  using Response = ops::v1::ListErasuresResponse;
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(auto page,
                             DataSubjects().List(reader, {kErased, "", request.page_size(), request.page_token()}));
    Response response;
    for (const auto& item : page.items) {
      auto& erasure = *response.add_erasures();
      erasure.set_person(item.value.person());
      *erasure.mutable_erase_time() = item.value.erase_time();
    }
    response.set_next_page_token(std::move(page.next_page_token));
    return response;
  });
}

absl::StatusOr<DataSubject> PrivacyService::RepeatErasure(Call& call, const ops::v1::RepeatErasureRequest& request) {
  return Execute<DataSubject>(store_, call, [&](Transaction& tx) -> absl::StatusOr<DataSubject> {
    AMIKECO_RETURN_IF_ERROR(ErasePerson(tx, dossiers_, request.person(), OriginOf(service_, call)));
    return Answer(tx, request.person());
  });
}

absl::StatusOr<ops::v1::ListConsultationsResponse> PrivacyService::ListConsultations(
    Call& call, const ops::v1::ListConsultationsRequest& request) {
  using Response = ops::v1::ListConsultationsResponse;
  PageRequest wanted{kByTime, "", request.page_size(), request.page_token()};
  if (!request.person().empty()) {
    wanted.key = kByPerson;
    wanted.prefix = PersonPrefix(request.person());
  }
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(auto page, ConsultationTable().List(reader, wanted));
    Response response;
    for (auto& item : page.items) *response.add_consultations() = std::move(item.value);
    response.set_next_page_token(std::move(page.next_page_token));
    return response;
  });
}

absl::StatusOr<ops::v1::PrivacyPolicy> PrivacyService::GetPrivacyPolicy(
    Call& call, const ops::v1::GetPrivacyPolicyRequest& request) {
  return policy_;
}

void Bind(Chain& chain, PrivacyService& service) {
  chain.KeepConsultations(service.consultations());
  ServiceBinding(chain, "amikeco.ops.v1.PrivacyService")
      .Method("PlaceLegalHold", service, &PrivacyService::PlaceLegalHold)
      .Method("LiftLegalHold", service, &PrivacyService::LiftLegalHold)
      .Method("GetDataSubject", service, &PrivacyService::GetDataSubject)
      .Method("ListErasures", service, &PrivacyService::ListErasures)
      .Method("RepeatErasure", service, &PrivacyService::RepeatErasure)
      .Method("ListConsultations", service, &PrivacyService::ListConsultations)
      .Method("GetPrivacyPolicy", service, &PrivacyService::GetPrivacyPolicy);
}

}  // namespace amikeco
