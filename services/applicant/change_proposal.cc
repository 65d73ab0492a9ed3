#include "services/applicant/change_proposal.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"
#include "services/applicant/steps.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using v1::ChangeProposal;
using Facts = std::vector<v1::ApplicationFact>;

absl::Status CheckTopics(const v1::WriteProposalRequest& command, const programme::v1::Programme& programme) {
  const auto& topics = programme.after_stay().change_proposal().topics();
  FieldErrors wrong;
  std::set<std::string> seen;
  for (int i = 0; i < command.topics_size(); ++i) {
    const std::string field = absl::StrCat("topics[", i, "]");
    if (std::find(topics.begin(), topics.end(), command.topics(i)) == topics.end()) {
      wrong.Add(field,
                absl::StrCat("is not a topic of ", programme.name(), "; its topics are ", absl::StrJoin(topics, ", ")));
    } else if (!seen.insert(command.topics(i)).second) {
      wrong.Add(field, "is named twice");
    }
  }
  return wrong.ToStatus();
}

// "The change proposal of applications/A-1", of a cohort with its author.
std::string Words(const v1::Application& application, const std::string& author) {
  return absl::StrCat("The change proposal of ", application.name(),
                      application.fellows().empty() ? "" : absl::StrCat(" by ", author));
}

// It is with its author.
absl::Status CheckOpen(const v1::Application& application, const std::string& author) {
  const ChangeProposal& proposal = ProposalOf(application, author);
  if (!IsHandedIn(proposal)) return absl::OkStatus();
  const std::string& state = ChangeProposal::State_Name(proposal.state());
  return Error(errors::kProposalIsSubmitted, absl::StrCat(Words(application, author), " is in ", state, "."),
               {{"name", application.name()}, {"proposal", state}, {"member", author}});
}

absl::Status CheckReview(const v1::Application& application, const std::string& author,
                         const v1::ReviewProposalRequest& command, const Circumstance& c) {
  const ChangeProposal& proposal = ProposalOf(application, author);
  if (proposal.state() != ChangeProposal::STATE_SUBMITTED) {
    const std::string& state = ChangeProposal::State_Name(proposal.state());
    return Error(errors::kProposalNotSubmitted,
                 absl::StrCat(Words(application, author), " waits for no review; it is in ", state, "."),
                 {{"name", application.name()}, {"proposal", state}, {"member", author}});
  }
  if (c.actor.subject == author || c.actor.subject == proposal.submitted_by()) {
    return errors::SecondPersonNeeded(c.actor.subject, application.name());
  }
  FieldErrors wrong;
  if (!command.accept() && command.comments().empty()) {
    wrong.Add("comments", "is missing: say what is to be revised");
  }
  return wrong.ToStatus();
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

absl::StatusOr<std::string> AuthorOf(const v1::Application& application, const std::string& member,
                                     const Actor& actor) {
  const std::vector<std::string> authors = AuthorsOf(application);
  const std::string& meant = member.empty() && Has(authors, actor.subject) ? actor.subject : member;
  FieldErrors wrong;
  if (meant.empty() && authors.size() == 1) return authors[0];
  if (!Has(authors, meant)) {
    wrong.Add("member",
              absl::StrCat(meant.empty() ? "must say whose change proposal is meant" : "is not of this application",
                           "; there are ", absl::StrJoin(authors, ", ")));
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  if (meant != actor.subject && Has(authors, actor.subject)) return errors::NotYourself(actor.subject, meant);
  return meant;
}

absl::StatusOr<std::string> ReviewedOf(const v1::Application& application, const std::string& member,
                                       const Actor& actor) {
  std::vector<std::string> waiting;
  for (const std::string& author : AuthorsOf(application)) {
    if (ProposalOf(application, author).state() == ChangeProposal::STATE_SUBMITTED) waiting.push_back(author);
  }
  if (member.empty() && waiting.size() == 1) return waiting[0];
  return AuthorOf(application, member, actor);
}

ApplicationFacts Decide(const v1::Application& application, const v1::WriteProposalRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kWriteProposal, c));
  AMIKECO_ASSIGN_OR_RETURN(const std::string author, AuthorOf(application, command.member(), c.actor));
  AMIKECO_RETURN_IF_ERROR(CheckOpen(application, author));
  AMIKECO_RETURN_IF_ERROR(CheckTopics(command, c.programme));
  Facts facts(1);
  v1::ProposalWritten& written = *facts.front().mutable_proposal_written();
  *written.mutable_topics() = command.topics();
  for (const v1::TitledArtefact& titled : command.artefacts()) *written.add_artefacts() = titled.artefact();
  written.set_by(c.actor.subject);
  written.set_member(author);
  *written.mutable_date() = ToDate(Today(c));
  return facts;
}

ApplicationFacts Decide(const v1::Application& application, const v1::SubmitProposalRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kSubmitProposal, c));
  AMIKECO_ASSIGN_OR_RETURN(const std::string author, AuthorOf(application, command.member(), c.actor));
  AMIKECO_RETURN_IF_ERROR(CheckOpen(application, author));
  const ChangeProposal& proposal = ProposalOf(application, author);
  std::vector<std::string> missing;
  if (!proposal.has_written_on()) missing.emplace_back("text");
  if (proposal.topics().empty()) missing.emplace_back("topics");
  if (!missing.empty()) {
    return Error(errors::kProposalIncomplete,
                 absl::StrCat(Words(application, author), " lacks ", absl::StrJoin(missing, ", "), "."),
                 {{"name", application.name()}, {"missing", absl::StrJoin(missing, ",")}, {"member", author}});
  }
  Facts facts(1);
  v1::ProposalSubmitted& submitted = *facts.front().mutable_proposal_submitted();
  submitted.set_by(c.actor.subject);
  *submitted.mutable_date() = ToDate(Today(c));
  submitted.set_revision(proposal.revision() + 1);
  submitted.set_member(author);
  return facts;
}

ApplicationFacts Decide(const v1::Application& application, const v1::ReviewProposalRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kReviewProposal, c));
  AMIKECO_ASSIGN_OR_RETURN(const std::string author, ReviewedOf(application, command.member(), c.actor));
  AMIKECO_RETURN_IF_ERROR(CheckReview(application, author, command, c));
  Facts facts(1);
  const auto review = [&](auto& reviewed) {
    reviewed.set_by(c.actor.subject);
    *reviewed.mutable_date() = ToDate(Today(c));
    reviewed.set_member(author);
  };
  command.accept() ? review(*facts.front().mutable_proposal_accepted())
                   : review(*facts.front().mutable_proposal_returned());
  return ThenClosed(application, std::move(facts), Today(c), c);
}

}  // namespace amikeco::applicant
