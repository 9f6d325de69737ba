// Starting, copying and ending processes. Between fork and exec only async-signal-safe calls.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CConfinement.h"
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

extern char **environ;

static void end_with_parent(int parent) {
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  // The parent may have ended before that was asked for.
  if (getppid() != parent) _exit(127);
}

static void usual_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
}

static void close_from(int first) {
#if defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
  struct rlimit limit;
  int last = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536
                 ? (int)limit.rlim_cur : 65536;
  for (int descriptor = first; descriptor < last; descriptor++) close(descriptor);
}

static int open_null(int target, int flags) {
  int descriptor = open("/dev/null", flags);
  return descriptor >= 0 && dup2(descriptor, target) == target ? 0 : -1;
}

int confinement_start(
    const char *path, char *const arguments[], const char *folder, int channel) {
  int parent = getpid();
  int process = fork();
  if (process == 0) {
    char *nothing[] = {NULL};
    setpgid(0, 0);
    end_with_parent(parent);
    usual_signals();
    if (chdir(folder) != 0) _exit(127);
    // The channel may stand where another descriptor is to come: it moves out of the way first.
    int high = fcntl(channel, F_DUPFD, 16);
    if (high < 0 || open_null(0, O_RDONLY) || open_null(1, O_WRONLY) || open_null(2, O_WRONLY) ||
        dup2(high, CONFINEMENT_CHANNEL) != CONFINEMENT_CHANNEL)
      _exit(127);
    close_from(CONFINEMENT_CHANNEL + 1);
    execve(path, arguments, nothing);
    _exit(127);
  }
  // Both sides do it, so that it is done whoever comes first.
  if (process > 0) setpgid(process, process);
  return process;
}

int confinement_start_helper(const char *path, char *const arguments[]) {
  int parent = getpid();
  int process = fork();
  if (process == 0) {
    setpgid(0, 0);
    end_with_parent(parent);
    usual_signals();
    if (open_null(0, O_RDONLY)) _exit(127);
    close_from(3);
    execve(path, arguments, environ);
    _exit(127);
  }
  if (process > 0) setpgid(process, process);
  return process;
}

int confinement_copy(double seconds) {
  int parent = getpid();
  int process = fork();
  if (process == 0) {
    end_with_parent(parent);
    confinement_forbid_processes();
    if (seconds < 0.01) seconds = 0.01;
    if (seconds > 1e6) seconds = 1e6;
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)seconds}};
    timer.it_value.tv_usec = (suseconds_t)((seconds - (double)timer.it_value.tv_sec) * 1e6);
    setitimer(ITIMER_REAL, &timer, NULL);
  }
  return process;
}

confinement_ending confinement_wait(int process, int poll) {
  confinement_ending ending = {0};
  struct rusage usage;
  int status = 0, result;
  do {
    result = wait4(process, &status, poll ? WNOHANG : 0, &usage);
  } while (result < 0 && errno == EINTR);
  if (result == 0) return ending;
  ending.finished = 1;
  if (result < 0) {
    ending.status = 127;
    return ending;
  }
  ending.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ending.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
#if defined(__linux__)
  ending.peak = (uint64_t)usage.ru_maxrss << 10;
#else
  ending.peak = (uint64_t)usage.ru_maxrss;
#endif
  return ending;
}

void confinement_kill(int process) {
  if (process <= 1) return;
  kill(-process, SIGKILL);
  kill(process, SIGKILL);
}

int confinement_channel(int pair[2]) {
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return -1;
  fcntl(pair[0], F_SETFD, FD_CLOEXEC);
  fcntl(pair[1], F_SETFD, FD_CLOEXEC);
  return 0;
}
