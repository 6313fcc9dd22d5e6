#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <system_error>
#include <utility>

#include "runtime/table.h"

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

  File(File&& from) noexcept
      : standard_input_(from.standard_input_), descriptor_(std::exchange(from.descriptor_, -1)) {}

  int descriptor() const { return descriptor_; }

 private:
  bool standard_input_;
  int descriptor_;
};

/// A file that stays open. What is read from it counts only if nobody wrote to it since.
class StoredFile : public StoredText {
 public:
  StoredFile(std::string name, File file, const struct stat& status)
      : name_(std::move(name)), file_(std::move(file)), first_(status) {}

  std::size_t size() const override { return static_cast<std::size_t>(first_.st_size); }

  void read(std::size_t begin, std::size_t size, char* to) const override {
    while (size > 0) {
      const ssize_t got = pread(file_.descriptor(), to, size, static_cast<off_t>(begin));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(std::generic_category().message(errno));
      if (got == 0) break;  // shorter than it was: the status says so, too
      const auto bytes = static_cast<std::size_t>(got);
      begin += bytes;
      to += bytes;
      size -= bytes;
    }
    struct stat now {};
    if (fstat(file_.descriptor(), &now) != 0) fail(std::generic_category().message(errno));
    const bool same_time = now.st_mtim.tv_sec == first_.st_mtim.tv_sec &&
                           now.st_mtim.tv_nsec == first_.st_mtim.tv_nsec;
    if (size > 0 || now.st_size != first_.st_size || !same_time)
      fail("another program wrote to it meanwhile");
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw LostText("cannot read `" + name_ + "`: " + why);
  }

  std::string name_;
  File file_;
  struct stat first_;
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

Result<SourcePtr> open_or_read(const std::string& path, std::uint64_t most_in_memory) {
  const std::string name = path == "-" ? "standard input" : path;
  File file(path);
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
  if (regular && file.descriptor() != STDIN_FILENO && size > most_in_memory)
    return SourcePtr(std::make_shared<const Source>(
        name, std::make_unique<const StoredFile>(name, std::move(file), status)));

  std::string text;
  text.reserve(regular ? size : kChunk);
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

Result<SourcePtr> within_memory(const std::string& path, std::uint64_t most_in_memory) {
  try {
    return open_or_read(path, most_in_memory);
  } catch (const std::bad_alloc&) {
    return plain_error(ExitCode::limit, "not enough memory to read `" + path + "`");
  }
}

}  // namespace

Result<SourcePtr> read_file(const std::string& path) { return within_memory(path, kLargest); }

Result<SourcePtr> open_file(const std::string& path, std::size_t most_in_memory) {
  return within_memory(path, most_in_memory);
}

}  // namespace lmmdsl
