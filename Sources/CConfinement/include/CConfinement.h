// Starting, confining and copying the process that runs what somebody else has written.
#ifndef CCONFINEMENT_H
#define CCONFINEMENT_H

#include <stddef.h>
#include <stdint.h>

// The descriptor on which a confined process finds its channel.
enum { CONFINEMENT_CHANNEL = 3 };

// Starts a program in a process group of its own and in `folder`: nothing in its environment, nothing
// on its standard streams, and of the open descriptors `channel` alone. It ends with its parent where
// the system can see to that. Returns the process, or -1 (see errno).
int confinement_start(
    const char *path, char *const arguments[], const char *folder, int channel);

// Starts a program with the caller's environment and standard streams but nothing to read; it ends
// with its parent where the system can see to that. Returns the process, or -1.
int confinement_start_helper(const char *path, char *const arguments[]);

typedef struct {
  uint64_t memory;      // bytes of address space
  uint64_t file_bytes;  // bytes of one file
  uint64_t seconds;     // of the processor
  uint64_t files;       // open at once
} confinement_limits;

// Which protections are in force.
enum {
  CONFINEMENT_LIMITS = 1,     // setrlimit
  CONFINEMENT_FILES = 2,      // Landlock
  CONFINEMENT_CALLS = 4,      // seccomp: no other programs, no network, no way out of the group
};

// Puts the calling process under limits for good. `readable` and `writable` are lists of paths that
// end with NULL; all other files are closed to it where the system has Landlock. Returns the
// protections that are in force.
int confinement_apply(
    const confinement_limits *limits, const char *const readable[], const char *const writable[]);

// Copies the calling process, which must run one thread. The copy is killed after `seconds` and may
// start no process. Returns 0 in the copy, the copy's process in the original, or -1.
int confinement_copy(double seconds);

typedef struct {
  int finished;  // whether it has ended
  int signal;    // the signal that ended it, or 0
  int status;    // its exit status
  uint64_t peak; // the most memory that it held, in bytes
} confinement_ending;

// How a child has ended; waits for it unless `poll` is not 0.
confinement_ending confinement_wait(int process, int poll);

// Kills a process group, and collects its first process.
void confinement_kill(int process);

// A pair of connected sockets that are closed when another program is started; 0 or -1.
int confinement_channel(int pair[2]);

#endif
