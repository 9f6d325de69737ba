// Signals and the terminal's settings. Handlers use async-signal-safe calls and atomics only.
#if defined(__linux__)
#define _GNU_SOURCE  // wcwidth
#endif
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static struct termios saved_settings;
static atomic_int settings_are_saved;
static atomic_int paste_is_bracketed;
static atomic_int interrupts;
static atomic_int interrupt_limit;

void terminal_use_utf8(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return;
  if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "UTF-8");
}

static void write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written <= 0) return;
    bytes += written;
    length -= (size_t)written;
  }
}

void terminal_bracketed_paste(int enabled) {
  static const char on[] = "\033[?2004h", off[] = "\033[?2004l";
  if (atomic_exchange(&paste_is_bracketed, enabled) == enabled) return;
  write_all(enabled ? on : off, sizeof on - 1);
}

void terminal_restore(void) {
  int failure = errno;
  terminal_bracketed_paste(0);
  if (atomic_load(&settings_are_saved)) {
    // A process in the background that sets the terminal would be stopped: not on the way out.
    sigset_t output, before;
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    sigprocmask(SIG_BLOCK, &output, &before);
    tcsetattr(STDIN_FILENO, TCSANOW, &saved_settings);
    sigprocmask(SIG_SETMASK, &before, NULL);
  }
  errno = failure;
}

// How each signal was handled before; what follows the restoring of the terminal.
static struct sigaction earlier[NSIG];

static void restore_and_pass_on(int number, siginfo_t *information, void *context) {
  (void)context;
  terminal_restore();
  sigaction(number, &earlier[number], NULL);
  // A fault happens again when the handler returns, and finds the earlier handler. What asks the
  // program to end does not, and comes from the system too, when a window is closed.
  int is_request = number == SIGTERM || number == SIGHUP || number == SIGQUIT;
  int is_fault = !is_request && number != SIGABRT && information != NULL && information->si_code > 0;
  if (!is_fault) raise(number);
}

void terminal_guard(void) {
  if (atomic_load(&settings_are_saved)) return;
  if (tcgetattr(STDIN_FILENO, &saved_settings) != 0) return;
  atomic_store(&settings_are_saved, 1);
  atexit(terminal_restore);

  // A stack of its own, so that the handler runs even when the process's stack is used up.
  static char stack[64 * 1024];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);

  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = restore_and_pass_on;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  static const int requests[] = {SIGTERM, SIGHUP, SIGQUIT};
  static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
    struct sigaction present;
    sigaction(requests[i], NULL, &present);
    // `nohup` stays in force.
    if (present.sa_handler == SIG_IGN) continue;
    memset(&earlier[requests[i]], 0, sizeof *earlier);
    earlier[requests[i]].sa_handler = SIG_DFL;
    sigaction(requests[i], &action, NULL);
  }
  // Swift's own handler, if there is one, writes a backtrace.
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    sigaction(crashes[i], &action, &earlier[crashes[i]]);
  }
}

void terminal_hide_interrupts(void) {
  struct termios settings;
  if (!atomic_load(&settings_are_saved) || tcgetattr(STDIN_FILENO, &settings) != 0) return;
  settings.c_lflag &= ~(tcflag_t)ECHOCTL;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &settings);
}

static int window(int descriptor, int rows) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return 0;
  return rows ? size.ws_row : size.ws_col;
}

int terminal_columns(int descriptor) { return window(descriptor, 0); }
int terminal_rows(int descriptor) { return window(descriptor, 1); }
int terminal_character_width(uint32_t character) { return wcwidth((wchar_t)character); }

// Handlers write here, and whoever waits for input waits for this too: a signal that comes just
// before the wait, or to another thread, wakes it all the same.
static int wake_pipe[2] = {-1, -1};

void signals_open(void) {
  if (wake_pipe[0] >= 0 || pipe(wake_pipe) != 0) return;
  for (int end = 0; end < 2; end++) {
    fcntl(wake_pipe[end], F_SETFD, FD_CLOEXEC);
    fcntl(wake_pipe[end], F_SETFL, O_NONBLOCK);
  }
}

void signals_wake(void) {
  int failure = errno;
  char byte = 0;
  if (write(wake_pipe[1], &byte, 1) < 0) {
    // A full pipe wakes as well.
  }
  errno = failure;
}

int terminal_wait(void) {
  struct pollfd sources[2] = {
      {.fd = STDIN_FILENO, .events = POLLIN}, {.fd = wake_pipe[0], .events = POLLIN}};
  if (poll(sources, 2, -1) < 0) return 0;
  if (sources[1].revents & POLLIN) {
    char bytes[64];
    while (read(wake_pipe[0], bytes, sizeof bytes) > 0) {
    }
    return 0;
  }
  return sources[0].revents != 0;
}

static void count_interrupt(int number) {
  (void)number;
  signals_wake();
  int count = atomic_fetch_add(&interrupts, 1) + 1;
  int limit = atomic_load(&interrupt_limit);
  if (limit == 0 || count < limit) return;
  terminal_restore();
  _exit(130);
}

void interrupts_count(int limit) {
  atomic_store(&interrupt_limit, limit);
  signals_open();
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = count_interrupt;  // no SA_RESTART: a waiting read must notice
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

int interrupts_pending(void) { return atomic_load(&interrupts); }
void interrupts_clear(void) { atomic_store(&interrupts, 0); }
