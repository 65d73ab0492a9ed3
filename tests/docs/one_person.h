// One person through every programme, as a document: docs/one-person.md. The same officer with the same papers gets
// another answer from each, and each answer says why.
#ifndef AMIKECO_TESTS_DOCS_ONE_PERSON_H_
#define AMIKECO_TESTS_DOCS_ONE_PERSON_H_

#include <string>
#include <vector>

#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco {

// Every rule of the programme judged over the person, in the programme's order.
std::vector<applicant::v1::RuleResult> AnswersToOnePerson(const programme::v1::Programme& programme);

// Markdown: the answer, who pays, how places are found, what must be cleared and what follows. Without the heading.
std::string ChapterOfOnePerson(const programme::v1::Programme& programme);

// The whole document.
std::string OnePersonDocument(const std::vector<const programme::v1::Programme*>& programmes);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_DOCS_ONE_PERSON_H_
