// Reading files: what can go wrong before a byte is looked at.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "grammar/print.h"
#include "runtime/table.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    path_ = (std::filesystem::temp_directory_path() /
             ("lmmdsl_table_file_test_" + std::to_string(std::hash<std::string>{}(text))))
                .string();
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST_CASE("A file is read byte by byte") {
  for (const std::string& text : {std::string(), std::string("a,b\r\n1,2"),
                                  std::string(1000000, 'x'), std::string("\0\xFF\n", 3)}) {
    const TemporaryFile file(text);
    const Result<SourcePtr> source = read_file(file.path());
    REQUIRE(source);
    CHECK((*source)->text() == text);
    CHECK((*source)->name() == file.path());
  }
}

TEST_CASE("Of a large file pieces are read, as long as nobody writes to it") {
  const std::string text = "a,b\n1,x\n2,y\n";
  const auto change = [](const std::string& path, const std::string& changed) {
    std::ofstream(path, std::ios::binary) << changed;
    // Whatever the resolution of the file system's clock.
    std::filesystem::last_write_time(
        path, std::filesystem::last_write_time(path) + std::chrono::seconds(1));
  };
  for (const std::string changed : {"a,b\n1,x\n2,z\n", "a,b\n"}) {
    const TemporaryFile file(text);
    const Result<SourcePtr> small = open_file(file.path(), text.size());
    REQUIRE(small);
    CHECK(!(*small)->is_stored());
    const Result<SourcePtr> source = open_file(file.path(), text.size() - 1);
    REQUIRE(source);
    CHECK((*source)->is_stored());
    CHECK((*source)->size() == text.size());
    const Result<Table> table = read_table(*source);
    REQUIRE(table);
    CHECK(*numbers(*table, 0) == std::vector<double>{1, 2});

    change(file.path(), changed);
    const std::string message =
        "cannot read `" + file.path() + "`: another program wrote to it meanwhile";
    const auto check_lost = [&](const Diagnostics& diagnostics) {
      REQUIRE(diagnostics.size() == 1);
      CHECK(diagnostics.front().code == ExitCode::input_output);
      CHECK(diagnostics.front().message == message);
    };
    check_lost(numbers(*table, 0).diagnostics);
    check_lost(labels(*table, 1).diagnostics);
    check_lost(read_table(*source).diagnostics);
    CHECK_THROWS_AS((*source)->text(), LostText);
    CHECK_THROWS_AS(read_columns(*table, {{0}}), LostText);
    // What is to be said is said, without its place.
    Diagnostic wrong = plain_error(ExitCode::refused, "something is wrong", "mend it");
    wrong.source = *source;
    CHECK(print({wrong}) ==
          "lmmdsl: error: something is wrong\n  hint: mend it\n"
          "lmmdsl: error: " +
              message + "\n");
  }
  // One that is gone from its folder is still there while it is open.
  std::optional<TemporaryFile> file(text);
  const Result<SourcePtr> source = open_file(file->path(), 0);
  file.reset();
  REQUIRE(source);
  CHECK((*source)->text() == text);
}

TEST_CASE("A file that cannot be read is an error with the system's reason") {
  const auto message = [](const std::string& path) {
    const Result<SourcePtr> source = read_file(path);
    REQUIRE(!source);
    REQUIRE(source.diagnostics.size() == 1);
    CHECK(source.diagnostics.front().code == ExitCode::input_output);
    return source.diagnostics.front().message;
  };
  CHECK(message("/no/such/file") == "cannot read `/no/such/file`: No such file or directory");
  CHECK(message("") == "cannot read ``: No such file or directory");
  CHECK(message("/") == "cannot read `/`: it is a directory");
  CHECK(message(std::string(5000, 'x')).find("File name too long") != std::string::npos);
}

#ifdef __linux__
TEST_CASE("Devices neither hang nor crash") {
  const Result<SourcePtr> null = read_file("/dev/null");
  REQUIRE(null);
  CHECK((*null)->text().empty());
  // It holds bytes although its size is said to be zero.
  const Result<SourcePtr> status = read_file("/proc/self/status");
  REQUIRE(status);
  CHECK(!(*status)->text().empty());
}

TEST_CASE("A file of more than 4 GiB is refused unread") {
  const TemporaryFile file("sparse");
  std::error_code error;
  std::filesystem::resize_file(file.path(), (std::uintmax_t{1} << 32), error);
  if (error) return;  // the file system has no sparse files
  const Result<SourcePtr> source = read_file(file.path());
  REQUIRE(!source);
  CHECK(source.diagnostics.front().code == ExitCode::limit);
}
#endif

}  // namespace
}  // namespace lmmdsl
