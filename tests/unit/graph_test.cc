// The graph of a model: what it has, that its drawing is one in which plates mean what they
// enclose, and that both texts are valid. LMMDSL_ACCEPT=1 rewrites the expected texts.

#include "compiler/graph/graph.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <sstream>

#include "compiler/graph/placement.h"
#include "support/catch.h"
#include "support/golden.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

std::vector<fs::path> all_models() {
  std::vector<fs::path> models;
  for (const char* folder : {"models", "tests/cases", "tests/golden/ok", "tests/golden/explain"})
    for (const auto& entry : fs::directory_iterator(fs::path(LMMDSL_ROOT) / folder))
      if (entry.path().extension() == ".lmm") models.push_back(entry.path());
  return models;
}

Program program_of(const fs::path& file) { return must(compile(must(read_file(file.string())))); }

Graph graph_of_text(const std::string& model) {
  return graph_of(*must(compile(text("m.lmm", model))).model);
}

/// "θ -> y", ... sorted.
std::vector<std::string> arrows(const Graph& graph) {
  std::vector<std::string> found;
  for (const GraphEdge& e : graph.edges)
    found.push_back(graph.nodes[e.from].text + " -> " + graph.nodes[e.to].text);
  std::sort(found.begin(), found.end());
  return found;
}

TEST_CASE("graphs read as their golden texts") {
  for (const char* name : {"randomized_block", "crossed", "nested_three_level"}) {
    CAPTURE(name);
    const Program program =
        program_of(fs::path(LMMDSL_ROOT) / "models" / (std::string(name) + ".lmm"));
    const fs::path expected = fs::path(LMMDSL_ROOT) / "tests/golden/graph" / name;
    CHECK(agrees_with_golden(expected.string() + ".dot", graph(program, GraphFormat::dot)));
    CHECK(agrees_with_golden(expected.string() + ".svg", graph(program, GraphFormat::svg)));
  }
}

TEST_CASE("arrows go from what a density mentions to what it is of") {
  const Graph graph = graph_of_text(
      "data y, z, x : real\ndata g, d : factor\nc = mean(x)\n"
      "eta = a[g] + b * x\nm2 = 2 * b\n"
      "y ~ Normal(eta, s^2)\nz ~ Normal(eta + m2, s^2)\n"
      "a[g] ~ Normal(u[d] + x * 0.5, c)\nu[d] ~ Normal(mean(y), 4)\n"
      "b ~ Normal(0, 1)\n1/s^2 ~ Gamma(1, 1)\n");
  // The covariate x is read on the rows and, constant within its levels, on the plate of g.
  CHECK(arrows(graph) == std::vector<std::string>{"a[g] -> y", "a[g] -> z", "b -> y", "b -> z",
                                                  "c -> a[g]", "s² -> y", "s² -> z", "u[d] -> a[g]",
                                                  "x -> a[g]", "x -> y", "x -> z"});
  const auto dots = std::count_if(graph.nodes.begin(), graph.nodes.end(),
                                  [](const GraphNode& n) { return n.kind == NodeKind::known; });
  CHECK(dots == 3);
}

TEST_CASE("a response that explains another is one node") {
  const Graph graph =
      graph_of_text("data y, z : real\nz ~ Normal(b * y, 1)\ny ~ Normal(b, 1)\nb ~ Normal(0, 1)\n");
  CHECK(arrows(graph) == std::vector<std::string>{"b -> y", "b -> z", "y -> z"});
}

TEST_CASE("names are typeset with subscripts and superscripts") {
  const Model model = *must(compile(text("m.lmm",
                                         "data y : real\ndata g, h : factor\n"
                                         "y ~ Normal(mu0 + w[g, h], sigma_e^2)\n"
                                         "mu0 ~ Flat()\nw[g, h] ~ Normal(0, tau)\n"
                                         "tau ~ InverseGamma(1, 1)\n"
                                         "sigma_e^2 ~ InverseGamma(1, 1)\n")))
                           .model;
  const Plate gh = model[model.find("w")].plate;
  const auto written = [](const TypesetName& n) { return n.base + "_" + n.sub + "^" + n.sup; };
  CHECK(written(typeset(model, "sigma_e", once_plate(), "2")) == "σ_e^2");
  CHECK(written(typeset(model, "mu0", once_plate())) == "μ_0^");
  CHECK(written(typeset(model, "w", gh)) == "w_g, h^");
  CHECK(written(typeset(model, "s2x", gh)) == "s_2x, g, h^");
  CHECK(typeset(model, "yield", once_plate()).upright);
  CHECK_FALSE(typeset(model, "Sigma", once_plate()).upright);
}

bool apart(const Rectangle& a, const Rectangle& b) {
  return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
}

bool inside(const Rectangle& a, const Rectangle& b) {
  return b.left < a.left && a.right < b.right && b.top < a.top && a.bottom < b.bottom;
}

// In each drawing a plate encloses the nodes that repeat over it, and no other.
TEST_CASE("plates of a drawing enclose what is on them and nothing else") {
  for (const fs::path& file : all_models()) {
    CAPTURE(file.string());
    const Graph graph = graph_of(*program_of(file).model);
    const Placement layout = place(graph);
    const Rectangle all{0, 0, layout.width, layout.height};
    std::vector<Rectangle> boxes;
    for (const Placement::Spot& s : layout.nodes)
      boxes.push_back({s.x - s.rx, s.y - s.ry, s.x + s.rx, s.y + s.ry});
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      CHECK(inside(boxes[i], all));
      for (std::size_t j = 0; j < i; ++j) CHECK(apart(boxes[i], boxes[j]));
      for (std::size_t p = 0; p < layout.plates.size(); ++p) {
        CAPTURE(graph.nodes[i].text, graph.plates[p].label);
        if (graph.contains(static_cast<int>(p), static_cast<int>(i)))
          CHECK(inside(boxes[i], layout.plates[p]));
        else CHECK(apart(boxes[i], layout.plates[p]));
      }
    }
    for (std::size_t p = 0; p < layout.plates.size(); ++p)
      for (std::size_t q = 0; q < layout.plates.size(); ++q)
        if (graph.within(static_cast<int>(p), static_cast<int>(q)))
          CHECK(inside(layout.plates[p], layout.plates[q]));
  }
}

TEST_CASE("arrows of a drawing point down, or sideways from what is known") {
  for (const fs::path& file : all_models()) {
    const Graph graph = graph_of(*program_of(file).model);
    const Placement layout = place(graph);
    for (const GraphEdge& e : graph.edges) {
      CAPTURE(file.string(), graph.nodes[e.from].text, graph.nodes[e.to].text);
      if (graph.nodes[e.from].kind != NodeKind::known)
        CHECK(layout.nodes[e.from].y < layout.nodes[e.to].y);
    }
  }
}

const char* kAwkward =
    "model \"a < b & \\\"c\\\" \\\\ d\"\ndata y : real\ndata g : factor\n"
    "y ~ Normal(a[g], 1)\na[g] ~ Normal(0, 1)\n";

TEST_CASE("SVG is well-formed XML with a title and a description") {
  namespace pt = boost::property_tree;
  const Program program = must(compile(text("m.lmm", kAwkward)));
  std::istringstream svg(graph(program, GraphFormat::svg));
  pt::ptree tree;
  pt::read_xml(svg, tree);
  CHECK(tree.get<std::string>("svg.title") == program.model->title);
  CHECK(tree.get<std::string>("svg.desc") ==
        "y, observed, for each row: depends on a[g]. "
        "a[g], for each g: depends on no other.");
  int ellipses = 0, lines = 0;
  for (const auto& [name, child] : tree.get_child("svg.g")) {
    ellipses += name == "ellipse";
    lines += name == "line";
  }
  CHECK(ellipses == 2);
  CHECK(lines == 1);
  for (const fs::path& file : all_models()) {
    std::istringstream each(graph(program_of(file), GraphFormat::svg));
    CAPTURE(file.string());
    CHECK_NOTHROW(pt::read_xml(each, tree));
  }
}

TEST_CASE("Graphviz reads the DOT, if it is here") {
  if (std::system("command -v dot > /dev/null 2>&1") != 0) {
    WARN("no program `dot`: DOT was not read");
    return;
  }
  const fs::path file = fs::temp_directory_path() / ("lmmdsl-graph-" + std::to_string(getpid()));
  const auto reads = [&](const std::string& dot) {
    std::ofstream(file, std::ios::binary) << dot;
    return std::system(("dot -Tsvg " + file.string() + " > " + file.string() + ".svg 2> " +
                        file.string() + ".err")
                           .c_str()) == 0 &&
           read_golden(file.string() + ".err").empty();
  };
  CHECK(reads(graph(must(compile(text("m.lmm", kAwkward))), GraphFormat::dot)));
  CHECK(read_golden(file.string() + ".svg").find("a &lt; b &amp; &quot;c&quot; \\ d") !=
        std::string::npos);
  for (const char* name : {"crossed", "two_way_anova", "bivariate_response"}) {
    CAPTURE(name);
    CHECK(reads(graph(program_of(fs::path(LMMDSL_ROOT) / "models" / (std::string(name) + ".lmm")),
                      GraphFormat::dot)));
  }
  for (const char* ending : {"", ".svg", ".err"}) fs::remove(file.string() + ending);
}

TEST_CASE("plates have their sizes where there are data") {
  const Bound bound = bind_texts(
      text("m.lmm", "data y : real\ndata g : factor\ny ~ Normal(a[g], 1)\na[g] ~ Normal(0, 1)\n"),
      text("d.csv", "y,g\n1,a\n2,a\n3,b\n"));
  const std::string dot = graph(bound, GraphFormat::dot);
  CHECK(dot.find("label=\"g (2)\"") != dot.npos);
  CHECK(dot.find("label=\"rows (3)\"") != dot.npos);
}

// A model with many names does not take long.
TEST_CASE("the search for a layout is bounded") {
  std::string model = "data y : real\n", mean = "0";
  for (int k = 0; k < 150; ++k) {
    model += "b" + std::to_string(k) + " ~ Normal(0, v" + std::to_string(k) + ")\nv" +
             std::to_string(k) + " ~ InverseGamma(1, 1)\n";
    mean += " + b" + std::to_string(k);
  }
  const Graph graph = graph_of_text(model + "y ~ Normal(" + mean + ", 1)\n");
  const Placement layout = place(graph, 1e7);
  CHECK(layout.nodes.size() == 301);
  CHECK(layout.work > 1e7);
  CHECK(layout.work < 2e7);
}

}  // namespace
}  // namespace lmmdsl::testing
