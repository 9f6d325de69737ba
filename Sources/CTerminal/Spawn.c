// A program on a pseudo-terminal, for the tests.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CTerminal.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>
#if defined(__linux__)
#include <pty.h>
#else
#include <util.h>
#endif

int terminal_spawn(
    const char *path, char *const arguments[], char *const environment[], const char *folder,
    int columns, int rows, int *master) {
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  int process = forkpty(master, NULL, NULL, &size);
  if (process == 0) {
    // Only async-signal-safe calls: the parent has other threads.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
    if (folder != NULL && chdir(folder) != 0) _exit(127);
    execve(path, arguments, environment);
    _exit(127);
  }
  if (process > 0) fcntl(*master, F_SETFD, FD_CLOEXEC);
  return process;
}
