// Makes one operation on files in a folder fail, to show that a program notices.
//
//   cc -shared -fPIC -o failing_write.so failing_write.c -ldl
//   LD_PRELOAD=./failing_write.so FAIL_IN=/some/folder FAIL_AT=3 FAIL_ERROR=5 program
//
// The operation number FAIL_AT, counted from 1, fails with FAIL_ERROR; from it on all do where
// FAIL_ON is set. FAIL_COUNT names a file that gets a byte for every operation.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long number(const char *name) {
  const char *text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

static int is_inside(const char *path) {
  const char *folder = getenv("FAIL_IN");
  return folder != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_file_inside(int file) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_inside(path);
}

/// Whether the operation that begins now is to fail; sets errno.
static int fails(void) {
  static long count;
  const char *counter = getenv("FAIL_COUNT");
  if (counter != NULL) {
    const int file = (int)syscall(SYS_openat, AT_FDCWD, counter, O_WRONLY | O_CREAT | O_APPEND, 0644);
    syscall(SYS_write, file, ".", 1);
    syscall(SYS_close, file);
  }
  count++;
  const long at = number("FAIL_AT");
  if (at == 0 || count < at || (count > at && getenv("FAIL_ON") == NULL)) return 0;
  errno = (int)number("FAIL_ERROR");
  return 1;
}

#define NEXT(NAME) ((__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME))

ssize_t write(int file, const void *bytes, size_t count) {
  return is_file_inside(file) && fails() ? -1 : NEXT(write)(file, bytes, count);
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
  return is_file_inside(file) && fails() ? -1 : NEXT(pwrite)(file, bytes, count, at);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  return is_file_inside(file) && fails() ? -1 : NEXT(pwrite64)(file, bytes, count, at);
}
int ftruncate(int file, off_t length) {
  return is_file_inside(file) && fails() ? -1 : NEXT(ftruncate)(file, length);
}
int ftruncate64(int file, off64_t length) {
  return is_file_inside(file) && fails() ? -1 : NEXT(ftruncate64)(file, length);
}
int fsync(int file) { return is_file_inside(file) && fails() ? -1 : NEXT(fsync)(file); }
int rename(const char *from, const char *to) {
  return is_inside(to) && fails() ? -1 : NEXT(rename)(from, to);
}
