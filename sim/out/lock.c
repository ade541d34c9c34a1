/* NAME.h5.lock: held by the one process that writes NAME.h5. The result itself is opened and closed for each frame, so
   that readers get in between; its writer has to be known by something that stays.

   The lock is the system's and ends with its process, however that ends; the file may be left behind and says nothing
   by itself. It belongs to the open file, not to the process (F_OFD_*): looking at it does not take it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sim/out/out.h"

/* Which process, as it wrote into the file; 0: it says nothing. */
static long writer_of(int fd) {
  char text[32] = "";
  ssize_t n = pread(fd, text, sizeof text - 1, 0);
  return n > 0 ? strtol(text, NULL, 10) : 0;
}

/* Locked by somebody else? */
static bool is_held(int fd) {
  struct flock l = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  return !fcntl(fd, F_OFD_GETLK, &l) && l.l_type != F_UNLCK;
}

bool result_lock_held(const char *file, long *process) {
  size_t size = strlen(file) + sizeof ".lock";
  char *lock = malloc(size);
  if (lock) snprintf(lock, size, "%s.lock", file);
  int fd = lock ? open(lock, O_RDONLY | O_CLOEXEC) : -1;
  bool held = fd >= 0 && is_held(fd);
  *process = held ? writer_of(fd) : 0;
  if (fd >= 0) close(fd);
  free(lock);
  return held;
}

/* Does the name still lead to the open file? Whoever held it may have removed it meanwhile. */
static bool is_named(int fd, const char *name) {
  struct stat open, named;
  return !fstat(fd, &open) && !stat(name, &named) && open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

status result_lock_take(const char *name, arena *a, result_lock *out) {
  size_t size = strlen(name) + sizeof ".h5.lock";
  *out = (result_lock){.fd = -1};
  NEW(a, out->file, size);
  for (;;) {
    long process;
    snprintf(out->file, size, "%s.h5", name);
    bool held = result_lock_held(out->file, &process);
    snprintf(out->file, size, "%s.h5.lock", name);
    if (held && process) FAIL(ST_OUTPUT, "%s.h5 is being written by another run (process %ld)", name, process);
    if (held) FAIL(ST_OUTPUT, "%s.h5 is being written by another run", name);
    int fd = open(out->file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) return ST_OK; /* no folder, no right to write: creating the result will say so */
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    bool taken = !fcntl(fd, F_OFD_SETLK, &l), busy = !taken && (errno == EAGAIN || errno == EACCES);
    if (taken && is_named(fd, out->file)) {
      out->fd = fd;
      (void)(ftruncate(fd, 0) || dprintf(fd, "%ld\n", (long)getpid()) < 0); /* a full disk: a lock all the same */
      return ST_OK;
    }
    if (!taken && !busy) unlink(out->file); /* a file system without locks: go on without */
    close(fd);
    if (!taken && !busy) return ST_OK;
  }
}

void result_lock_release(result_lock *l) {
  if (l->fd < 0) return;
  unlink(l->file); /* while it is held: nobody else's */
  close(l->fd);
  l->fd = -1;
}
