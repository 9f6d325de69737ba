// Asks the terminal about itself, between two lines that are read.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CTerminal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static unsigned char given_back[4096];
static size_t given_back_count, given_back_taken;

void terminal_give_back(const unsigned char *bytes, size_t count) {
  if (given_back_taken == given_back_count) given_back_taken = given_back_count = 0;
  if (count > sizeof given_back - given_back_count) count = sizeof given_back - given_back_count;
  memcpy(given_back + given_back_count, bytes, count);
  given_back_count += count;
}

int terminal_take_back(unsigned char *byte) {
  if (given_back_taken == given_back_count) return 0;
  *byte = given_back[given_back_taken++];
  return 1;
}

// Whether the answer to the question for the terminal's kind is there: ESC [ ? numbers c.
static int is_complete(const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i + 3 < count; i++) {
    if (bytes[i] != 033 || bytes[i + 1] != '[' || bytes[i + 2] != '?') continue;
    size_t end = i + 3;
    while (end < count && ((bytes[end] >= '0' && bytes[end] <= '9') || bytes[end] == ';')) end++;
    if (end < count && bytes[end] == 'c') return 1;
  }
  return 0;
}

static long milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

int terminal_ask(const char *question, unsigned char *answer, size_t size, int milliseconds) {
  struct termios settings, raw;
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return -1;
  // In the background it would be stopped.
  if (tcgetpgrp(STDIN_FILENO) != getpgrp()) return -1;
  if (tcgetattr(STDIN_FILENO, &settings) != 0) return -1;
  raw = settings;
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0) return -1;
  int waiting = 0, count = -1;
  // What was typed ahead belongs to whoever reads next, perhaps another program.
  if (ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == 0) {
    count = 0;
    size_t length = strlen(question);
    while (length > 0) {
      ssize_t written = write(STDOUT_FILENO, question, length);
      if (written < 0 && errno != EINTR) break;
      if (written > 0) {
        question += written;
        length -= (size_t)written;
      }
    }
    long end = milliseconds_now() + milliseconds;
    while ((size_t)count < size && !is_complete(answer, (size_t)count)) {
      long left = end - milliseconds_now();
      if (left <= 0) break;
      struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
      if (poll(&input, 1, (int)left) <= 0) break;
      ssize_t got = read(STDIN_FILENO, answer + count, size - (size_t)count);
      if (got <= 0) break;
      count += (int)got;
    }
  }
  tcsetattr(STDIN_FILENO, TCSANOW, &settings);
  return count;
}
