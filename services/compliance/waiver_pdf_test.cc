#include "services/compliance/waiver_pdf.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/test_waivers.h"
#include "services/compliance/waiver_files.h"
#include "tests/support/child.h"

namespace amikeco::compliance {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

v1::WaiverTemplate General() { return LoadWaiverTemplates("services/compliance/waivers")->For(""); }

google::protobuf::Timestamp At(int hour) {
  return ToTimestamp(absl::FromCivil(absl::CivilSecond(2027, 1, 10, hour, 30, 15), absl::UTCTimeZone()));
}

v1::Waiver Sent(const v1::WaiverTemplate& text = General()) {
  v1::Waiver waiver;
  waiver.set_name("waivers/7-1");
  waiver.set_application("applications/7");
  waiver.set_leg("1");
  waiver.set_participant("members/M-17");
  waiver.set_agency("hosts/CA01");
  waiver.set_template_(IdOf(text));
  waiver.set_template_hash(HashOf(text));
  waiver.set_language("en");
  *waiver.mutable_valid_from() = *ParseDate("2027-03-14");
  *waiver.mutable_valid_to() = *ParseDate("2027-03-20");
  *waiver.mutable_issue_time() = At(1);
  *waiver.mutable_send_time() = At(2);
  return waiver;
}

v1::Waiver Signed() {
  v1::Waiver waiver = Sent();
  waiver.set_method(v1::SIGNATURE_METHOD_TYPED_NAME);
  *waiver.mutable_view_time() = At(3);
  *waiver.mutable_sign_time() = At(4);
  const v1::WaiverTemplate general = General();
  for (const auto& one : general.acknowledgements()) waiver.add_acknowledgements(one.code());
  return waiver;
}

v1::WaiverSignature By(const std::string& name) {
  v1::WaiverSignature signature;
  signature.set_signature_name(name);
  signature.set_ip_address("198.51.100.7");
  signature.set_user_agent("Example/1.0");
  signature.set_witness_name("Wanda Witness");
  return signature;
}

std::string Render(const v1::Waiver& waiver, const v1::WaiverSignature& signature) {
  const auto pdf = RenderPdf(waiver, General(), signature);
  EXPECT_TRUE(pdf.ok()) << pdf.status();
  return pdf.ok() ? *pdf : "";
}

// What a reader finds in the document, words separated by single spaces. With Poppler's pdftotext, which
// `tools/install check` installs.
std::string TextOf(const std::string& pdf) {
  const TemporaryFolder folder("waiver-pdf");
  std::ofstream(folder / "waiver.pdf", std::ios::binary) << pdf;
  FILE* const pipe = popen(absl::StrCat("pdftotext -layout ", folder / "waiver.pdf", " -").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t read = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), read);
  EXPECT_EQ(pclose(pipe), 0) << "pdftotext is missing or refuses the document; tools/install check installs it";
  absl::RemoveExtraAsciiWhitespace(&text);
  return text;
}

TEST(WaiverPdf, ShowsTheTextTheAcknowledgementsAndTheEvidence) {  // A0-24
  const std::string text = TextOf(Render(Signed(), By("Katarína Čapeková")));
  for (const std::string part :
       {"Release of liability for ride-along and observation", "I take part as a guest.",
        "[x] NO_WEAPONS: I carry no weapon", "[x] CHECK_ALLOWED:", "members/M-17", "hosts/CA01",
        "2027-03-14 to 2027-03-20", "Evidence of signature", "Signed 2027-01-10T04:30:15Z",
        "Opened 2027-01-10T03:30:15Z", "Signed as Katarína Čapeková", "By the account members/M-17", "How typed name",
        "From the address 198.51.100.7", "With the program Example/1.0", "Witness Wanda Witness", "ride-along@1",
        "SAMPLE TEXT"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, HasSubstr(HashOf(General())));
  EXPECT_THAT(text, Not(HasSubstr("[U+")));
}

TEST(WaiverPdf, IsAFormToSignOnPaperUntilItIsSigned) {
  v1::Waiver waiver = Sent();
  waiver.set_language("de");
  const std::string text = TextOf(Render(waiver, v1::WaiverSignature()));
  EXPECT_THAT(text, HasSubstr("Haftungsfreistellung für Mitfahrt und Hospitation"));
  EXPECT_THAT(text, HasSubstr("[ ] SEAT_BELT: Ich lege den Sicherheitsgurt an."));
  EXPECT_THAT(text, HasSubstr("Signature ____"));
  EXPECT_THAT(text, HasSubstr("not signed"));
  EXPECT_THAT(text, Not(HasSubstr("Evidence")));
}

TEST(WaiverPdf, TellsNamesApartInWhateverScript) {
  EXPECT_THAT(TextOf(Render(Signed(), By("Иван Ὀδυσσεύς Հայկ"))), HasSubstr("Signed as Иван Ὀδυσσεύς Հայկ"));
  EXPECT_THAT(TextOf(Render(Signed(), By("王 小明"))), HasSubstr("Signed as [U+738B] [U+5C0F][U+660E]"))
      << "what the font lacks is spelt out";
  EXPECT_THAT(TextOf(Render(Signed(), By("A\nB\x01"))), HasSubstr("Signed as A B[U+0001]"));
  EXPECT_NE(Render(Signed(), By("王")), Render(Signed(), By("玉")));
  const std::string hebrew = TextOf(Render(Signed(), By("דוד")));
  EXPECT_THAT(hebrew, Not(HasSubstr("[U+")));
  EXPECT_NE(Render(Signed(), By("דוד")), Render(Signed(), By("דדו")));
}

TEST(WaiverPdf, IsTheSameByteForByteUntilTheRecordDiffers) {
  const std::string first = Render(Signed(), By("Katarína"));
  EXPECT_THAT(first, StartsWith("%PDF-"));
  EXPECT_EQ(first, Render(Signed(), By("Katarína")));
  v1::Waiver voided = Signed();
  voided.set_state(v1::Waiver::STATE_VOIDED);
  voided.set_reason("SIGNED_BY_ANOTHER");
  EXPECT_EQ(first, Render(voided, By("Katarína"))) << "what was signed does not change with what became of it";
  EXPECT_NE(first, Render(Signed(), By("Katarina")));
  v1::Waiver later = Signed();
  *later.mutable_sign_time() = At(5);
  EXPECT_NE(first, Render(later, By("Katarína")));
}

// A process of its own, which has drawn nothing yet, at another place on earth.
TEST(WaiverPdf, IsTheSameInAnotherProcessAndTimeZone) {
  const std::string here = absl::BytesToHexString(Sha256(Render(Signed(), By("Katarína"))));
  std::array<int, 2> ends;
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    setenv("TZ", "Pacific/Auckland", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("AMIKECO_PRINT_WAIVER", "1", 1);
    execl("/proc/self/exe", "waiver_pdf_test", "--gtest_filter=WaiverPdf.PrintsItsHashForAnotherProcess",
          static_cast<char*>(nullptr));
    _exit(1);
  }
  close(ends[1]);
  std::string there;
  std::array<char, 4096> buffer;
  for (ssize_t size; (size = read(ends[0], buffer.data(), buffer.size())) > 0;) {
    there.append(buffer.data(), static_cast<size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(there, HasSubstr(absl::StrCat("Pacific/Auckland ", here)));
}

TEST(WaiverPdf, PrintsItsHashForAnotherProcess) {
  if (getenv("AMIKECO_PRINT_WAIVER") == nullptr) return;  // the other half of the test before
  tzset();
  printf("%s %s\n", getenv("TZ"), absl::BytesToHexString(Sha256(Render(Signed(), By("Katarína")))).c_str());
  fflush(stdout);
}

TEST(WaiverPdf, BreaksLongTextsIntoLinesAndPages) {
  v1::WaiverTemplate text = TestTemplate();
  for (int i = 0; i < 40; ++i) {
    text.mutable_texts(0)->add_paragraphs(
        absl::StrCat("Paragraph ", i, std::string(30, ' '), std::string(200, 'W'), ". The end."));
  }
  v1::Waiver waiver = Sent(text);
  const auto pdf = RenderPdf(waiver, text, v1::WaiverSignature());
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  const std::string read = TextOf(*pdf);
  EXPECT_THAT(read, HasSubstr("Paragraph 39"));
  EXPECT_THAT(read, HasSubstr("SEAT_BELT"));
  waiver.set_language("eo");
  EXPECT_EQ(RenderPdf(waiver, text, v1::WaiverSignature()).status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace amikeco::compliance
