#include "services/applicant/introduction.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"

namespace amikeco::applicant {

using Facts = std::vector<v1::IntroductionFact>;

IntroductionFacts Decide(const v1::Introduction& introduction, const v1::RequestIntroductionRequest& command,
                         const IntroductionCircumstance& c) {
  if (c.actor.subject != c.asker->name()) return errors::NotYourself(c.actor.subject, c.asker->name());
  if (!c.asker->findable()) {
    return Error(errors::kNotFindable, absl::StrCat(c.asker->name(), " is not findable."), {{"name", c.asker->name()}});
  }
  if (!c.names_interest) {
    FieldErrors wrong;
    wrong.Add("interest", "is not among the interests of your profile; write it there first");
    return wrong.ToStatus();
  }
  if (c.asked == nullptr) {
    return Error(errors::kNobodyShares, "Nobody who shares this interest, and was not asked before, is findable there.",
                 {{"section", command.section()}});
  }
  v1::IntroductionFact fact;
  v1::IntroductionRequested& requested = *fact.mutable_requested();
  requested.set_name(c.name);
  requested.set_asker(c.asker->name());
  requested.set_asked(c.asked->name());
  requested.set_asker_section(c.asker->section());
  requested.set_asker_region(c.asker->region());
  requested.set_asked_section(c.asked->section());
  requested.set_asked_region(c.asked->region());
  *requested.mutable_at() = ToTimestamp(c.now);
  return Facts{fact};
}

IntroductionFacts Decide(const v1::Introduction& introduction, const v1::AnswerIntroductionRequest& command,
                         const IntroductionCircumstance& c) {
  if (c.actor.subject != introduction.asked()) {
    return Error(errors::kNotAsked,
                 absl::StrCat(introduction.name(), " waits for the other one's answer, not for yours."),
                 {{"name", introduction.name()}});
  }
  const v1::Introduction::State wanted =
      command.accept() ? v1::Introduction::STATE_MUTUAL : v1::Introduction::STATE_DECLINED;
  if (introduction.state() == wanted) return Facts{};
  if (introduction.state() != v1::Introduction::STATE_ASKED) {
    return Error(errors::kIntroductionIsDecided, absl::StrCat(introduction.name(), " was answered or ended before."),
                 {{"name", introduction.name()}});
  }
  v1::IntroductionFact fact;
  if (command.accept()) {
    fact.mutable_accepted();
  } else {
    fact.mutable_declined();
  }
  return Facts{fact};
}

IntroductionFacts Decide(const v1::Introduction& introduction, const v1::EndIntroductionRequest& command,
                         const IntroductionCircumstance& c) {
  const bool open =
      introduction.state() == v1::Introduction::STATE_ASKED || introduction.state() == v1::Introduction::STATE_MUTUAL;
  if (!open) return Facts{};
  v1::IntroductionFact fact;
  fact.mutable_ended()->set_by(c.actor.subject);
  return Facts{fact};
}

const std::string& OtherThan(const std::string& member, const v1::Introduction& introduction) {
  return introduction.asker() == member ? introduction.asked() : introduction.asker();
}

v1::Introduction Shown(v1::Introduction introduction, const std::string& member) {
  if (introduction.state() == v1::Introduction::STATE_MUTUAL) return introduction;
  if (introduction.asker() != member) introduction.clear_asker();
  if (introduction.asked() != member) introduction.clear_asked();
  return introduction;
}

std::string InterestKey(absl::string_view interest) {
  std::string key = absl::AsciiStrToLower(interest);
  absl::RemoveExtraAsciiWhitespace(&key);
  return key;
}

std::vector<std::string> SharedInterests(const v1::Profile& mine, const v1::Profile& theirs) {
  std::set<std::string> keys;
  for (const std::string& interest : theirs.interests()) keys.insert(InterestKey(interest));
  std::vector<std::string> shared;
  for (const std::string& interest : mine.interests()) {
    if (keys.erase(InterestKey(interest)) > 0) shared.push_back(interest);
  }
  return shared;
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {

Introduction Evolve(Introduction introduction, const IntroductionFact& fact) {
  switch (fact.fact_case()) {
    case IntroductionFact::kRequested: {
      const IntroductionRequested& requested = fact.requested();
      introduction.set_name(requested.name());
      introduction.set_state(Introduction::STATE_ASKED);
      introduction.set_asker(requested.asker());
      introduction.set_asked(requested.asked());
      introduction.set_asker_section(requested.asker_section());
      introduction.set_asker_region(requested.asker_region());
      introduction.set_asked_section(requested.asked_section());
      introduction.set_asked_region(requested.asked_region());
      *introduction.mutable_ask_time() = requested.at();
      break;
    }
    case IntroductionFact::kAccepted:
      introduction.set_state(Introduction::STATE_MUTUAL);
      break;
    case IntroductionFact::kDeclined:
      introduction.set_state(Introduction::STATE_DECLINED);
      break;
    case IntroductionFact::kEnded:
      introduction.set_state(Introduction::STATE_ENDED);
      break;
    case IntroductionFact::FACT_NOT_SET:
      break;
  }
  return introduction;
}

}  // namespace amikeco::applicant::v1
