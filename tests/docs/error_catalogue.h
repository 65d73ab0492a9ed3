// The error catalogue: every named refusal of the product as one document, docs/errors.md.
#ifndef AMIKECO_TESTS_DOCS_ERROR_CATALOGUE_H_
#define AMIKECO_TESTS_DOCS_ERROR_CATALOGUE_H_

#include <string>
#include <vector>

#include "common/base/status.h"

namespace amikeco {

// Errors that come from one place, in the order of their reasons.
struct ErrorChapter {
  std::string title;
  std::string text;
  std::vector<ErrorName> errors;
};

std::vector<ErrorChapter> ErrorCatalogue();

// What a caller may do by itself about an error of this name.
std::string RetryAdvice(const ErrorName& name);

// Markdown.
std::string ErrorsDocument();

}  // namespace amikeco

#endif  // AMIKECO_TESTS_DOCS_ERROR_CATALOGUE_H_
