#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <system_error>

#include "runtime/table.h"
#include "runtime/table/large_memory.h"

namespace lmmdsl {
namespace {

// Places in a text are 32-bit offsets.
constexpr std::uint64_t kLargest = std::numeric_limits<std::uint32_t>::max();
// A pipe or device does not say how long it is, and may never end.
constexpr std::uint64_t kLargestStream = std::uint64_t{1} << 30;
constexpr std::size_t kChunk = std::size_t{1} << 18;

/// A file descriptor, closed at the end unless it is standard input.
class File {
 public:
  explicit File(const std::string& path)
      : standard_input_(path == "-"),
        descriptor_(standard_input_ ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ >= 0 && !standard_input_) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  bool standard_input_;
  int descriptor_;
};

Diagnostic cannot_read(const std::string& name, int error) {
  return plain_error(ExitCode::input_output,
                     "cannot read `" + name + "`: " + std::generic_category().message(error));
}

Diagnostic too_large(const std::string& name, bool regular) {
  if (regular) {
    return plain_error(ExitCode::limit,
                       "`" + name + "` is too large: a file may have 4 GiB at most",
                       "keep only the columns and rows that the model needs");
  }
  return plain_error(
      ExitCode::limit,
      "`" + name + "` gives more than 1 GiB, the most that is read from a pipe or device",
      "write the data to a file, and read that");
}

Result<SourcePtr> read_all(const std::string& path) {
  const std::string name = path == "-" ? "standard input" : path;
  const File file(path);
  struct stat status {};
  if (file.descriptor() < 0 || fstat(file.descriptor(), &status) != 0) {
    return cannot_read(name, errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return plain_error(ExitCode::input_output, "cannot read `" + name + "`: it is a directory",
                       "name a file in it");
  }
  const bool regular = S_ISREG(status.st_mode);
  const std::uint64_t limit = regular ? kLargest : kLargestStream;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (regular && size > limit) return too_large(name, regular);

  std::string text;
  text.reserve(regular ? size : kChunk);
  expect_use(text.data(), text.capacity());
  // By way of a buffer that stays in the processor's cache: a string would have to be filled with
  // zeros before it can be read into.
  const auto chunk = std::make_unique_for_overwrite<char[]>(kChunk);
  for (;;) {
    const ssize_t got = read(file.descriptor(), chunk.get(), kChunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(name, errno);
    if (got == 0) break;
    if (text.size() + static_cast<std::size_t>(got) > limit) return too_large(name, regular);
    text.append(chunk.get(), static_cast<std::size_t>(got));
  }
  return SourcePtr(std::make_shared<const Source>(name, std::move(text)));
}

}  // namespace

Result<SourcePtr> read_file(const std::string& path) {
  try {
    return read_all(path);
  } catch (const std::bad_alloc&) {
    return plain_error(ExitCode::limit, "not enough memory to read `" + path + "`");
  }
}

}  // namespace lmmdsl
