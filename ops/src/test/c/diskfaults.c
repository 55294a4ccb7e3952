/* Preloaded into a node by the torture test. While a file of this name is in the folder $TORTURE_DISK,
 *   sync.fails   fsync, fdatasync and msync do nothing and report EIO
 *   sync.hangs   they wait, and then do what they should
 *   disk.full    writes to files report ENOSPC
 * and each first time a fault strikes leaves NAME.struck there. A node whose parent is gone is let go. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(f) ({ static __typeof__(f) *real; if (!real) real = dlsym(RTLD_NEXT, #f); real; })

static const char *folder;
static pid_t parent;

__attribute__((constructor)) static void begin(void) { folder = getenv("TORTURE_DISK"); parent = getppid(); }

static int is_on(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0 && getppid() == parent;
}

static void struck(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.struck", folder, name);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd >= 0) close(fd);
}

static int sync_fails(void) {
    int before = errno;
    if (is_on("sync.hangs")) {
        struck("sync.hangs");
        while (is_on("sync.hangs")) usleep(5000);
    }
    if (is_on("sync.fails")) {
        struck("sync.fails");
        errno = EIO;
        return 1;
    }
    errno = before;
    return 0;
}

static int is_full(int fd) {
    struct stat stat;
    int before = errno;
    if (fd > 2 && is_on("disk.full") && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)) {
        struck("disk.full");
        errno = ENOSPC;
        return 1;
    }
    errno = before;
    return 0;
}

int fsync(int fd) { return sync_fails() ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return sync_fails() ? -1 : REAL(fdatasync)(fd); }
int msync(void *at, size_t n, int flags) { return sync_fails() ? -1 : REAL(msync)(at, n, flags); }
ssize_t write(int fd, const void *from, size_t n) { return is_full(fd) ? -1 : REAL(write)(fd, from, n); }
ssize_t pwrite(int fd, const void *from, size_t n, off_t at) {
    return is_full(fd) ? -1 : REAL(pwrite)(fd, from, n, at);
}
ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at) {
    return is_full(fd) ? -1 : REAL(pwrite64)(fd, from, n, at);
}
