// The facts that a programme's notices can be about, once for all who must know them.
#ifndef AMIKECO_PROGRAMMES_FACTS_H_
#define AMIKECO_PROGRAMMES_FACTS_H_

#include <vector>

#include "google/protobuf/descriptor.h"

namespace amikeco {

// All that the services which run programmes state, service by service. Of an intake its call alone: who is told of an
// entry hears it of the application, and points are told to nobody.
const std::vector<const google::protobuf::Descriptor*>& NoticeFacts();

// About an application, an offer to host, a call for applications or a change of a programme, and so the cause of
// messages.
bool IsAboutAnApplication(const google::protobuf::Descriptor& fact);

}  // namespace amikeco

#endif  // AMIKECO_PROGRAMMES_FACTS_H_
