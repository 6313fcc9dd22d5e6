// Files that appear whole or not at all, and the folder of --out that holds them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// Nothing, or why it failed (ExitCode::input_output, with the system's reason).
using Failure = std::optional<Diagnostic>;

Failure input_output_failure(const std::string& what, int error_number);

/// Writes one file. The first failure is kept: later writes do nothing, and close reports it.
class FileWriter {
 public:
  /// Creates, or truncates. Messages name `shown`, or the path if that is empty.
  explicit FileWriter(const std::string& path, std::string shown = {});
  ~FileWriter();
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;

  void write(std::string_view text);
  /// Flushes and closes, and says how it all went.
  Failure close();
  int descriptor() const { return fd_; }

 private:
  std::string shown_;
  int fd_ = -1;
  int error_ = 0;  // errno of the first failure
};

/// Replaces a file at once: written beside it under a temporary name, then renamed. The mode of an
/// existing file is kept, and a symbolic link still points to it. A pipe or device is written to.
Failure replace_file(const std::string& path, std::string_view text);

/// The folder of --out. It is ours when it is new or empty, or has a run.json of lmmdsl. While it
/// is open no other run can open it. Files are written under temporary names until publish(); what
/// has not been published by then is removed.
class OutputFolder {
 public:
  /// Creates the folder if need be and makes sure that it can be written. Errors: not a folder, not
  /// ours (without `force`), in use by another run, not writable.
  static Result<OutputFolder> open(const std::string& path, bool force);
  ~OutputFolder();
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;

  const std::string& path() const { return path_; }
  FileWriter create(const std::string& name) const;
  /// Gives the files written since open() their names, in this order, and removes draws and
  /// summaries of an earlier run of ours that are not among them.
  Failure publish(const std::vector<std::string>& names);

 private:
  OutputFolder(std::string path, int lock, bool ours)
      : path_(std::move(path)), lock_(lock), ours_(ours) {}
  void remove_temporary_files() const;

  std::string path_;
  int lock_ = -1;
  bool ours_;
};

}  // namespace lmmdsl
