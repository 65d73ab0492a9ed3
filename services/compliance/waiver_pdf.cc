#include "services/compliance/waiver_pdf.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <unicode/ubidi.h>
#include <unicode/unistr.h>
#include <unicode/ushape.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "services/compliance/waiver_template.h"

// The font's file, built into the program.
asm(".section .rodata\n"
    "amikeco_font_begin: .incbin \"" AMIKECO_FONT_FILE
    "\"\n"
    "amikeco_font_end:\n"
    ".previous\n");
extern const unsigned char kFontBegin[] asm("amikeco_font_begin");
extern const unsigned char kFontEnd[] asm("amikeco_font_end");

namespace amikeco::compliance {
namespace {

// A4, in points.
constexpr double kWidth = 595.28, kHeight = 841.89, kMargin = 56;
constexpr double kBody = 10, kTitle = 16, kHeading = 12, kSmall = 8;
constexpr double kLeading = 1.4;  // height of a line, by the size of its letters
constexpr double kLabelWidth = 130;

// The one typeface. FreeType's faces are not thread safe, and Cairo keeps them in caches of its own for as long as the
// process runs: whoever draws holds `mutex`.
struct Font {
  Font() {
    FT_Library library = nullptr;
    if (FT_Init_FreeType(&library) != 0) return;
    if (FT_New_Memory_Face(library, kFontBegin, kFontEnd - kFontBegin, 0, &face) != 0) return;
    cairo = cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING);
  }
  static Font& Only() {
    static Font& font = *new Font();
    return font;
  }
  bool Has(UChar32 character) const { return FT_Get_Char_Index(face, static_cast<FT_ULong>(character)) != 0; }

  std::mutex mutex;
  FT_Face face = nullptr;
  cairo_font_face_t* cairo = nullptr;
};

// Nothing of it is a control character, and what the font lacks is spelt out.
icu::UnicodeString Printable(const std::string& text, const Font& font) {
  const icu::UnicodeString given = icu::UnicodeString::fromUTF8(text);
  icu::UnicodeString printable;
  for (int32_t i = 0; i < given.length(); i = given.moveIndex32(i, 1)) {
    const UChar32 character = given.char32At(i);
    if (u_isUWhiteSpace(character)) {
      printable.append(static_cast<UChar32>(' '));
    } else if (!u_iscntrl(character) && font.Has(character)) {
      printable.append(character);
    } else {
      printable.append(icu::UnicodeString::fromUTF8(absl::StrFormat("[U+%04X]", character)));
    }
  }
  return printable;
}

// As it is drawn from left to right: Cairo draws one letter after the other.
std::string Visual(const icu::UnicodeString& line) {
  std::string plain;
  line.toUTF8String(plain);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UBiDi, decltype(&ubidi_close)> order(ubidi_open(), ubidi_close);
  ubidi_setPara(order.get(), line.getBuffer(), line.length(), UBIDI_DEFAULT_LTR, nullptr, &error);
  if (U_FAILURE(error) || ubidi_getDirection(order.get()) == UBIDI_LTR) return plain;
  // Joined letters first: what joins is known of neighbours as they are read. One letter may become one letter alone.
  std::vector<UChar> shaped(static_cast<size_t>(line.length()) + 1);
  const int32_t joined =
      u_shapeArabic(line.getBuffer(), line.length(), shaped.data(), static_cast<int32_t>(shaped.size()),
                    U_SHAPE_LETTERS_SHAPE | U_SHAPE_TEXT_DIRECTION_LOGICAL, &error);
  ubidi_setPara(order.get(), shaped.data(), joined, UBIDI_DEFAULT_LTR, nullptr, &error);
  std::vector<UChar> drawn(shaped.size());
  const int32_t length = ubidi_writeReordered(order.get(), drawn.data(), static_cast<int32_t>(drawn.size()),
                                              UBIDI_DO_MIRRORING | UBIDI_REMOVE_BIDI_CONTROLS, &error);
  if (U_FAILURE(error)) return plain;
  std::string visual;
  icu::UnicodeString(drawn.data(), length).toUTF8String(visual);
  return visual;
}

cairo_status_t Append(void* bytes, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(bytes)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

// Lines from top to bottom, on as many pages as they need. Errors are kept until Finish.
class Paper {
 public:
  Paper(const Font& font, const std::string& title, const std::string& created, std::string footer)
      : font_(font),
        footer_(std::move(footer)),
        surface_(cairo_pdf_surface_create_for_stream(Append, &bytes_, kWidth, kHeight)),
        cairo_(cairo_create(surface_)) {
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATE_DATE, created.c_str());
    cairo_set_font_face(cairo_, font.cairo);
  }
  ~Paper() {
    cairo_destroy(cairo_);
    cairo_surface_destroy(surface_);
  }
  Paper(const Paper&) = delete;
  Paper& operator=(const Paper&) = delete;

  void Write(const std::string& text, double size, double indent = 0) {
    for (const icu::UnicodeString& line : Lines(Printable(text, font_), size, kWidth - 2 * kMargin - indent)) {
      Draw(Visual(line), size, indent);
    }
  }
  // "label      value"; nothing when there is no value.
  void Tell(const std::string& label, const std::string& value, double size = kBody) {
    if (value.empty()) return;
    Room(kBody);
    DrawAt(label, kBody, kMargin, y_ + kBody * kLeading);
    y_ += (kBody - size) * kLeading;  // on one baseline
    Write(value, size, kLabelWidth);
  }
  void Skip(double points) { y_ += points; }
  void NewPage() {
    Foot();
    cairo_show_page(cairo_);
    ++page_;
    y_ = kMargin;
  }

  absl::StatusOr<std::string> Finish() {
    Foot();
    cairo_show_page(cairo_);
    cairo_surface_finish(surface_);
    for (const cairo_status_t status : {cairo_status(cairo_), cairo_surface_status(surface_)}) {
      if (status != CAIRO_STATUS_SUCCESS) {
        return absl::InternalError(absl::StrCat("The PDF cannot be made: ", cairo_status_to_string(status)));
      }
    }
    return std::move(bytes_);
  }

 private:
  double WidthOf(const icu::UnicodeString& text, double size) {
    std::string utf8;
    text.toUTF8String(utf8);
    cairo_set_font_size(cairo_, size);
    cairo_text_extents_t extents;
    cairo_text_extents(cairo_, utf8.c_str(), &extents);
    return extents.x_advance;
  }

  // Broken between words, and within a word that is longer than a line.
  std::vector<icu::UnicodeString> Lines(icu::UnicodeString text, double size, double width) {
    std::vector<icu::UnicodeString> lines;
    text.trim();
    while (WidthOf(text, size) > width) {
      int32_t fits = 0, space = 0;
      for (int32_t end = text.moveIndex32(0, 1); end < text.length(); end = text.moveIndex32(end, 1)) {
        if (WidthOf(text.tempSubString(0, end), size) > width) break;
        fits = end;
        if (text.charAt(end) == u' ') space = end;
      }
      const int32_t at = space > 0 ? space : std::max(fits, text.moveIndex32(0, 1));
      lines.emplace_back(text, 0, at);  // a copy: a part would be one of what comes next
      text.remove(0, at).trim();
    }
    lines.push_back(text);
    return lines;
  }

  void Room(double size) {
    if (y_ + size * kLeading > kHeight - kMargin) NewPage();
  }
  void Draw(const std::string& line, double size, double indent) {
    Room(size);
    y_ += size * kLeading;
    DrawAt(line, size, kMargin + indent, y_);
  }
  void DrawAt(const std::string& line, double size, double x, double y) {
    cairo_set_font_size(cairo_, size);
    cairo_move_to(cairo_, x, y);
    cairo_show_text(cairo_, line.c_str());
  }
  void Foot() {
    DrawAt(Visual(Printable(footer_, font_)), kSmall, kMargin, kHeight - kMargin / 2);
    DrawAt(absl::StrCat(page_), kSmall, kWidth - kMargin, kHeight - kMargin / 2);
  }

  const Font& font_;
  const std::string footer_;
  std::string bytes_;  // before the surface, which writes into it
  cairo_surface_t* const surface_;
  cairo_t* const cairo_;
  double y_ = kMargin;
  int page_ = 1;
};

std::string Utc(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", ToTime(time), absl::UTCTimeZone());
}
std::string UtcOf(bool is_set, const google::protobuf::Timestamp& time) { return is_set ? Utc(time) : ""; }

std::string TextOf(const v1::WaiverAcknowledgement& one, const std::string& language) {
  for (const auto& text : one.texts()) {
    if (text.language() == language) return text.text();
  }
  return one.code();
}

const char* MethodName(v1::SignatureMethod method) {
  return method == v1::SIGNATURE_METHOD_PAPER ? "on paper" : "typed name, each acknowledgement given by itself";
}

void WriteText(Paper& paper, const v1::Waiver& waiver, const v1::WaiverTemplate& text) {
  const v1::WaiverText& says = *TextIn(text, waiver.language());
  paper.Write(says.title(), kTitle);
  paper.Skip(kBody);
  paper.Tell("Participant", waiver.participant());
  paper.Tell("Agency", waiver.agency());
  paper.Tell("Application", absl::StrCat(waiver.application(), waiver.leg().empty() ? "" : ", leg ", waiver.leg()));
  paper.Tell("Days", absl::StrCat(FormatDate(waiver.valid_from()), " to ", FormatDate(waiver.valid_to())));
  paper.Skip(kBody);
  for (const std::string& paragraph : says.paragraphs()) {
    paper.Write(paragraph, kBody);
    paper.Skip(kBody / 2);
  }
  const auto& given = waiver.acknowledgements();
  for (const v1::WaiverAcknowledgement& one : text.acknowledgements()) {
    const bool accepted = std::find(given.begin(), given.end(), one.code()) != given.end();
    paper.Write(absl::StrCat(accepted ? "[x] " : "[  ] ", one.code(), ": ", TextOf(one, waiver.language())), kBody,
                kBody);
  }
}

void WriteEvidence(Paper& paper, const v1::Waiver& waiver, const v1::WaiverSignature& signature) {
  paper.NewPage();
  paper.Write("Evidence of signature", kHeading);
  paper.Skip(kBody);
  paper.Tell("Waiver", waiver.name());
  paper.Tell("Text", absl::StrCat(waiver.template_(), ", in ", waiver.language()));
  paper.Tell("SHA-256 of the text", waiver.template_hash(), kSmall);  // in one line
  paper.Tell("Asked", UtcOf(waiver.has_send_time(), waiver.send_time()));
  paper.Tell("Opened", UtcOf(waiver.has_view_time(), waiver.view_time()));
  paper.Tell("Signed", Utc(waiver.sign_time()));
  paper.Tell("Signed as", signature.signature_name());
  paper.Tell("By the account", waiver.participant());
  paper.Tell("How", MethodName(waiver.method()));
  paper.Tell("Acknowledged", absl::StrJoin(waiver.acknowledgements(), ", "));
  paper.Tell("SHA-256 of the form", waiver.document_hash(), kSmall);
  paper.Tell("From the address", signature.ip_address().empty() ? "not stated" : signature.ip_address());
  paper.Tell("With the program", signature.user_agent().empty() ? "not stated" : signature.user_agent());
  paper.Tell("Witness", signature.witness_name());
}

void WriteLinesToSign(Paper& paper) {
  paper.Skip(3 * kBody);
  for (const char* line : {"Name", "Signature", "Date"}) {
    paper.Tell(line, "________________________________________________");
    paper.Skip(2 * kBody);
  }
}

}  // namespace

absl::StatusOr<std::string> RenderPdf(const v1::Waiver& waiver, const v1::WaiverTemplate& text,
                                      const v1::WaiverSignature& signature) {
  if (TextIn(text, waiver.language()) == nullptr) {
    return absl::InternalError(absl::StrCat(waiver.template_(), " has no text in ", waiver.language()));
  }
  Font& font = Font::Only();
  if (font.cairo == nullptr) return absl::InternalError("The font cannot be read.");
  const std::scoped_lock lock(font.mutex);
  const bool is_signed = waiver.has_sign_time();
  Paper paper(font, absl::StrCat(TextIn(text, waiver.language())->title(), ", ", waiver.name()),
              Utc(is_signed ? waiver.sign_time() : waiver.issue_time()),
              absl::StrCat(text.sample() ? "SAMPLE TEXT, not approved by counsel. " : "", waiver.name(), ", ",
                           waiver.template_(), is_signed ? "" : ", not signed"));
  WriteText(paper, waiver, text);
  if (is_signed) {
    WriteEvidence(paper, waiver, signature);
  } else {
    WriteLinesToSign(paper);
  }
  return paper.Finish();
}

}  // namespace amikeco::compliance
