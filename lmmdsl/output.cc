#include "lmmdsl/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "lmmdsl/display_width.h"
#include "lmmdsl/run_json.h"

namespace lmmdsl {
namespace fs = std::filesystem;
namespace {

const std::string kTemporary = ".lmmdsl-";  // begins the names of files that are not complete

/// Whether a run may have written a file of this name, run.json aside.
bool is_result(const std::string& name) {
  for (const char* ours : {"run-data.txt", "summary.csv", "summary.json", "rows.csv"})
    if (name == ours) return true;
  for (const auto& [begin, end] : {std::pair("draws-", ".csv"), std::pair("run-table-", ".txt")}) {
    if (!name.starts_with(begin) || !name.ends_with(end)) continue;
    const std::size_t from = std::string_view(begin).size();
    const std::string number = name.substr(from, name.size() - from - 4);
    return !number.empty() && number.find_first_not_of("0123456789") == number.npos;
  }
  return false;
}

/// Names in a folder; empty when it cannot be read.
std::vector<std::string> entries(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
    names.push_back(it->path().filename().string());
  return names;
}

bool is_ours(const std::string& path) {
  const std::vector<std::string> names = entries(path);
  const bool has_others = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return !name.starts_with(kTemporary);
  });
  return !has_others || is_run_json(path + "/run.json");
}

}  // namespace

Failure input_output_failure(const std::string& what, int error_number) {
  return plain_error(ExitCode::input_output,
                     what + ": " + std::generic_category().message(error_number));
}

FileWriter::FileWriter(const std::string& path, std::string shown)
    : shown_(printable(shown.empty() ? path : shown)) {
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd_ < 0) error_ = errno;
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : shown_(std::move(other.shown_)), fd_(std::exchange(other.fd_, -1)), error_(other.error_) {}

void FileWriter::write(std::string_view text) {
  while (error_ == 0 && !text.empty()) {
    const ssize_t n = ::write(fd_, text.data(), text.size());
    if (n >= 0) text.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR) error_ = errno;
  }
}

Failure FileWriter::close() {
  if (fd_ >= 0 && ::close(fd_) != 0 && error_ == 0) error_ = errno;
  fd_ = -1;
  if (error_ == 0) return {};
  return input_output_failure(fmt::format("cannot write `{}`", shown_), error_);
}

Failure replace_file(const std::string& path, std::string_view text) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);  // of a link: what it points to
  if (error)
    return input_output_failure(fmt::format("cannot write `{}`", printable(path)), error.value());
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && ::access(target.c_str(), W_OK) != 0)
    return input_output_failure(fmt::format("cannot write `{}`", printable(path)), errno);
  if (exists && !S_ISREG(status.st_mode)) {  // a pipe or device is written to, not replaced
    FileWriter through(target.string(), path);
    through.write(text);
    return through.close();
  }
  const fs::path temporary = target.parent_path() / (kTemporary + target.filename().string() +
                                                     fmt::format(".{}", ::getpid()));
  FileWriter file(temporary.string(), path);
  if (exists && file.descriptor() >= 0) ::fchmod(file.descriptor(), status.st_mode & 07777);
  file.write(text);
  Failure failure = file.close();
  if (!failure && ::rename(temporary.c_str(), target.c_str()) != 0)
    failure = input_output_failure(fmt::format("cannot replace `{}`", printable(path)), errno);
  if (failure) ::unlink(temporary.c_str());
  return failure;
}

Result<OutputFolder> OutputFolder::open(const std::string& path, bool force) {
  const std::string shown = printable(path);
  std::error_code error;
  fs::create_directories(path, error);
  if (error && !fs::is_directory(path))
    return *input_output_failure(fmt::format("cannot create the folder `{}`", shown),
                                 error.value());
  const int lock = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0)
    return *input_output_failure(fmt::format("cannot open the folder `{}`", shown), errno);
  const auto refuse = [lock](Diagnostic d) {
    ::close(lock);
    return d;
  };
  // File systems without locks are no reason to refuse.
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return refuse(
        plain_error(ExitCode::input_output,
                    fmt::format("another run of lmmdsl writes to the folder `{}`", shown)));
  const bool ours = is_ours(path);
  if (!ours && !force)
    return refuse(plain_error(
        ExitCode::input_output,
        fmt::format("the folder `{}` is not empty, and its files are not of lmmdsl", shown),
        "name another, or write to it all the same with `--force`"));
  OutputFolder folder(path, lock, ours);
  FileWriter probe(path + "/" + kTemporary + "probe", path);
  probe.write("?");
  if (Failure failure = probe.close()) return *failure;
  folder.remove_temporary_files();
  return folder;
}

OutputFolder::OutputFolder(OutputFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)), ours_(other.ours_) {}

OutputFolder::~OutputFolder() {
  if (lock_ < 0) return;
  remove_temporary_files();
  ::close(lock_);
}

FileWriter OutputFolder::create(const std::string& name) const {
  return FileWriter(path_ + "/" + kTemporary + name, path_ + "/" + name);
}

Failure OutputFolder::publish(const std::vector<std::string>& names) {
  for (const std::string& name : entries(path_)) {
    const bool stale =
        ours_ && is_result(name) && std::find(names.begin(), names.end(), name) == names.end();
    if (stale && ::unlink((path_ + "/" + name).c_str()) != 0)
      return input_output_failure(fmt::format("cannot remove `{}/{}`", printable(path_), name),
                                  errno);
  }
  for (const std::string& name : names)
    if (::rename((path_ + "/" + kTemporary + name).c_str(), (path_ + "/" + name).c_str()) != 0)
      return input_output_failure(fmt::format("cannot write `{}/{}`", printable(path_), name),
                                  errno);
  return {};
}

void OutputFolder::remove_temporary_files() const {
  for (const std::string& name : entries(path_))
    if (name.starts_with(kTemporary)) ::unlink((path_ + "/" + name).c_str());
}

}  // namespace lmmdsl
