// `graph`: the graph of a model, with the sizes of its plates where data are bound.
#include "compiler/graph/graph.h"

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {
namespace {

std::string written(const Graph& graph, GraphFormat format) {
  return format == GraphFormat::svg ? to_svg(graph) : to_dot(graph);
}

}  // namespace

std::string graph(const Program& program, GraphFormat format) {
  return written(graph_of(*program.model), format);
}

std::string graph(const Bound& bound, GraphFormat format) {
  Graph graph = graph_of(*bound.program->model);
  for (GraphPlate& plate : graph.plates) plate.size = bound.data->plate(plate.plate).size;
  return written(graph, format);
}

}  // namespace lmmdsl
