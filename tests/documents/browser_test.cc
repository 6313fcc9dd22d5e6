// Explanations in HTML need nothing but themselves, and a browser sets their mathematics, also on
// the screen of a phone.
#include <iostream>
#include <nlohmann/json.hpp>

#include "compiler/math/layout.h"
#include "documents/support.h"
#include "support/catch.h"

namespace lmmdsl::testing {
namespace {

TEST_CASE("explanations in HTML are one file without scripts and addresses") {
  for (const SourcePtr& model : documented_models()) {
    const std::string page = document(model, Format::html);
    CAPTURE(model->name());
    for (const char* outside : {"<script", "<link", "<img", "<iframe", "<object",
                                " src=", " href=", "@import", "url(", "http:", "https:", "//cdn"}) {
      CAPTURE(outside);
      CHECK(page.find(outside) == std::string::npos);
    }
    CHECK(page.find("<b>y</b>") == std::string::npos);
  }
}

/// The page in a frame as wide as a desk's or a phone's screen, and a script that measures it.
std::string frame(const std::string& page, int width) {
  return "<!DOCTYPE html><meta charset=\"utf-8\"><iframe id=\"page\" style=\"border: 0; height: "
         "800px; "
         "width: " +
         std::to_string(width) + "px\" srcdoc=\"" + escape_html(page) + "\"></iframe>" +
         R"(<script>
window.onload = () => {
  const page = document.getElementById("page").contentDocument;
  const box = e => e.getBoundingClientRect();
  const all = tag => [...page.querySelectorAll(tag)];
  const measured = {
    formulas: all("math").length,
    empty: all("math").filter(m => !(box(m).width > 2 && box(m).height > 5)).length,
    fractions: all("mfrac").length,
    unstacked: all("mfrac").filter(f => box(f.children[0]).bottom > box(f.children[1]).top + 1)
                 .length,
    powers: all("msup").length,
    raised: all("msup").filter(s => box(s.children[1]).top < box(s.children[0]).bottom - 1).length,
    errors: all("parsererror, merror").length,
    width: page.documentElement.clientWidth,
    needed: page.documentElement.scrollWidth};
  document.body.innerHTML = "<pre>measured " + JSON.stringify(measured) + "</pre>";
};
</script>)";
}

TEST_CASE("a browser sets every explanation, on a desk and on a phone") {
  if (!has_program("chromium")) {
    std::cout << "no chromium: explanations in HTML were not shown\n";
    return;
  }
  const Folder folder;
  for (const SourcePtr& model : documented_models()) {
    const std::string page = document(model, Format::html);
    for (const int width : {1200, 360}) {
      const fs::path file = folder.write("page.html", frame(page, width));
      const std::string dom = output_of(
          "chromium --headless --no-sandbox --disable-gpu --host-resolver-rules='MAP * ~NOTFOUND' "
          "--user-data-dir=" +
          folder.path.string() +
          "/profile --window-size=1300,900 --virtual-time-budget=5000 --dump-dom file://" +
          file.string());
      const std::size_t begin = dom.rfind("<pre>measured ");
      CAPTURE(model->name(), width, dom.substr(0, 2000));
      REQUIRE(begin != std::string::npos);
      const std::size_t end = dom.find("</pre>", begin);
      const auto measured = nlohmann::json::parse(dom.substr(begin + 14, end - begin - 14));
      CAPTURE(measured.dump());
      CHECK(measured["formulas"] > 20);
      CHECK(measured["empty"] == 0);
      CHECK(measured["fractions"] > 0);
      CHECK(measured["unstacked"] == 0);
      CHECK(measured["raised"] == measured["powers"]);
      CHECK(measured["errors"] == 0);
      CHECK(measured["width"] > 0.9 * width);
      CHECK(measured["needed"] <= measured["width"]);
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
