#include "runtime/table/dictionary.h"

#include <functional>

namespace lmmdsl {

Dictionary::Dictionary() : slots_(64) {}

std::size_t Dictionary::place(std::string_view label, std::uint32_t hash) const {
  const std::size_t last = slots_.size() - 1;
  std::size_t at = hash & last;
  while (slots_[at].code >= 0 &&
         (slots_[at].hash != hash || labels_[static_cast<std::size_t>(slots_[at].code)] != label))
    at = (at + 1) & last;
  return at;
}

std::int32_t Dictionary::code(std::string_view label) {
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(label));
  std::size_t at = place(label, hash);
  if (slots_[at].code >= 0) return slots_[at].code;
  if (2 * (labels_.size() + 1) > slots_.size()) {
    grow();
    at = place(label, hash);
  }
  slots_[at] = {hash, static_cast<std::int32_t>(labels_.size())};
  labels_.push_back(texts_.emplace_back(label));
  return slots_[at].code;
}

void Dictionary::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  const std::size_t last = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code < 0) continue;
    std::size_t at = slot.hash & last;  // labels differ, so any free place will do
    while (slots_[at].code >= 0) at = (at + 1) & last;
    slots_[at] = slot;
  }
}

}  // namespace lmmdsl
