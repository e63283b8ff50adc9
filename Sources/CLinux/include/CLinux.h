// Kernel calls, constants and structures that Swift's Glibc module lacks.
//
// Headers and static inline shims only: no logic, no state, no allocation. Where glibc hides a declaration behind _GNU_SOURCE (which an importer
// of this header cannot define in time), the shim makes the system call itself and keeps the C convention: -1 and errno on failure.
// Names that begin with clinux_ are this header's own; all others come from the headers below under their usual names.

#pragma once

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

long syscall(long number, ...);

// MARK: Processes

/// A descriptor that stands for the process `pid`, close-on-exec by definition; readable once the process has ended. pidfd_open(2).
static inline int clinux_pidfd_open(pid_t pid, unsigned int flags) {
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

/// Sends `signal` to the process behind `pidfd`; ESRCH once it has been reaped. pidfd_send_signal(2).
static inline int clinux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

/// waitid(2) on the child behind `pidfd`; `options` as there (WEXITED, WNOHANG, WNOWAIT, ...). `usage` may be NULL.
static inline int clinux_waitid_pidfd(int pidfd, siginfo_t *info, int options, struct rusage *usage) {
    return (int)syscall(SYS_waitid, 3 /* P_PIDFD */, pidfd, info, options, usage);
}

/// How many descriptors this process may have open: what it keeps to, and what it may raise that to. getrlimit(2), RLIMIT_NOFILE.
static inline int clinux_get_descriptor_limit(uint64_t *present, uint64_t *highest) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    *present = limit.rlim_cur;
    *highest = limit.rlim_max;
    return 0;
}

/// Sets what it keeps to, and leaves what that may be raised to.
static inline int clinux_set_descriptor_limit(uint64_t present, uint64_t highest) {
    struct rlimit limit = {.rlim_cur = present, .rlim_max = highest};
    return setrlimit(RLIMIT_NOFILE, &limit);
}

static inline pid_t clinux_siginfo_pid(const siginfo_t *info) { return info->si_pid; }
static inline uid_t clinux_siginfo_uid(const siginfo_t *info) { return info->si_uid; }
static inline int clinux_siginfo_code(const siginfo_t *info) { return info->si_code; }

/// The exit code or the signal's number, according to `clinux_siginfo_code`.
static inline int clinux_siginfo_status(const siginfo_t *info) { return info->si_status; }

/// The status word of wait(2) taken apart; the C macros of the same names are invisible to Swift.
static inline int clinux_wifexited(int status) { return WIFEXITED(status); }
static inline int clinux_wexitstatus(int status) { return WEXITSTATUS(status); }
static inline int clinux_wifsignaled(int status) { return WIFSIGNALED(status); }
static inline int clinux_wtermsig(int status) { return WTERMSIG(status); }

/// prctl(2), which is variadic; unused arguments are 0.
static inline int clinux_prctl(int option, unsigned long second, unsigned long third, unsigned long fourth, unsigned long fifth) {
    return prctl(option, second, third, fourth, fifth);
}

/// `signal` (0 for none) is sent to the calling process when the thread that made it ends. PR_SET_PDEATHSIG(2const).
static inline int clinux_set_parent_death_signal(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL);
}

/// Orphaned descendants become children of the calling process. PR_SET_CHILD_SUBREAPER(2const).
static inline int clinux_become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL);
}

static inline pid_t clinux_gettid(void) { return (pid_t)syscall(SYS_gettid); }

/// The process's environment; the global variable of that name is mutable state to Swift.
static inline char **clinux_environ(void) {
    extern char **environ;
    return environ;
}

/// Sets the disposition of `signal` to the default one; async-signal-safe.
///
/// The system call itself, as sigaction(3) refuses the two signals that glibc keeps for its threads, and those may be inherited as ignored too. All
/// zeros is SIG_DFL, no flags and an empty mask in the kernel's structure.
static inline int clinux_signal_default(int signal) {
    unsigned long action[8] = {0};
    return (int)syscall(SYS_rt_sigaction, signal, action, NULL, 8);
}

/// Sets the disposition of `signal` to being ignored.
static inline int clinux_signal_ignore(int signal) {
    struct sigaction action = {0};
    action.sa_handler = SIG_IGN;
    return sigaction(signal, &action, NULL);
}

// MARK: Descriptors

#define CLINUX_CLOSE_RANGE_CLOEXEC 4U

/// Closes the descriptors `first...last`, or marks them close-on-exec with CLINUX_CLOSE_RANGE_CLOEXEC. close_range(2).
static inline int clinux_close_range(unsigned int first, unsigned int last, unsigned int flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}

/// pipe2(2): both ends get `flags` (O_CLOEXEC, O_NONBLOCK) at birth.
static inline int clinux_pipe2(int descriptors[2], int flags) {
    return (int)syscall(SYS_pipe2, descriptors, flags);
}

static inline int clinux_dup3(int from, int to, int flags) { return (int)syscall(SYS_dup3, from, to, flags); }

static inline int clinux_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    return (int)syscall(SYS_accept4, fd, address, length, flags);
}

/// fcntl(2) with an integer argument.
static inline int clinux_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }

#define CLINUX_MFD_CLOEXEC 1U
#define CLINUX_MFD_ALLOW_SEALING 2U
#define CLINUX_F_ADD_SEALS 1033
#define CLINUX_F_GET_SEALS 1034
/// F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE of memfd_create(2): nobody changes the file any more.
#define CLINUX_F_SEAL_ALL 15

/// A file in memory that has no name in any folder. memfd_create(2).
static inline int clinux_memfd_create(const char *name, unsigned int flags) {
    return (int)syscall(SYS_memfd_create, name, flags);
}

#define CLINUX_F_SETPIPE_SZ 1031
#define CLINUX_F_GETPIPE_SZ 1032

/// A signalfd for `mask`, made close-on-exec and non-blocking by `flags` (SFD_CLOEXEC | SFD_NONBLOCK). signalfd(2).
static inline int clinux_signalfd(int fd, const sigset_t *mask, int flags) { return signalfd(fd, mask, flags); }

// MARK: Sockets

/// struct ucred of unix(7), which glibc declares under _GNU_SOURCE only.
struct clinux_ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/// The credentials of the process at the other end of a Unix socket, as the kernel recorded them at connect(2). SO_PEERCRED of unix(7).
static inline int clinux_peer_credentials(int fd, struct clinux_ucred *credentials) {
    socklen_t length = sizeof(*credentials);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, &length);
}

/// The supplementary groups of that process at connect(2), into `groups` with room for `*count`; `*count` is how many there are, ERANGE where
/// that is more. SO_PEERGROUPS of unix(7).
static inline int clinux_peer_groups(int fd, gid_t *groups, unsigned int *count) {
    socklen_t length = *count * sizeof(gid_t);
    int result = getsockopt(fd, SOL_SOCKET, 59 /* SO_PEERGROUPS */, groups, &length);
    *count = length / sizeof(gid_t);
    return result;
}

/// Sends an empty message that carries the descriptor `payload` over the Unix socket `fd`. SCM_RIGHTS of unix(7).
static inline ssize_t clinux_send_descriptor(int fd, int payload) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    *(int *)CMSG_DATA(&control.header) = payload;
    struct msghdr message = {.msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// Receives a message and the descriptor that it may carry, close-on-exec; `*passed` is -1 where it carries none.
static inline ssize_t clinux_receive_with_descriptor(int fd, void *buffer, size_t size, int *passed) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec vector = {.iov_base = buffer, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
    ssize_t count = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = count < 0 ? NULL : CMSG_FIRSTHDR(&message);
    *passed = header && header->cmsg_type == SCM_RIGHTS ? *(int *)CMSG_DATA(header) : -1;
    return count;
}

// MARK: File systems

/// Puts down all that was changed on the file system of an open file. syncfs(2).
static inline int clinux_syncfs(int fd) {
    return (int)syscall(SYS_syncfs, fd);
}
