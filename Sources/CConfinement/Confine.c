// Limits that a process puts on itself and cannot take off again.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CConfinement.h"
#include "Internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

static int limit_resource(int resource, uint64_t value) {
  struct rlimit limit = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
  struct rlimit now;
  // Only downwards: an ordinary user may not raise a limit, and nobody should.
  if (getrlimit(resource, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < value)
    limit.rlim_cur = limit.rlim_max = now.rlim_max;
  return setrlimit(resource, &limit);
}

static int apply_limits(const confinement_limits *limits) {
  int failed = limit_resource(RLIMIT_CORE, 0);
  failed |= limit_resource(RLIMIT_CPU, limits->seconds);
  failed |= limit_resource(RLIMIT_FSIZE, limits->file_bytes);
  failed |= limit_resource(RLIMIT_NOFILE, limits->files);
#if defined(__linux__)
  // Elsewhere the address space says nothing about memory.
  failed |= limit_resource(RLIMIT_AS, limits->memory);
#endif
  return failed ? 0 : CONFINEMENT_LIMITS;
}

#if defined(__linux__)
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// MARK: Landlock: which files

static int allow(int rules, const char *path, uint64_t access) {
  int descriptor = open(path, O_PATH | O_CLOEXEC);
  // What is not there needs no permission.
  if (descriptor < 0) return 0;
  struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = descriptor};
  int result = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  if (result != 0 && errno == EINVAL) {
    // A file, for which the rights that only folders have may not be given.
    rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                           LANDLOCK_ACCESS_FS_EXECUTE;
    result = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  }
  close(descriptor);
  return result;
}

static int restrict_files(const char *const readable[], const char *const writable[]) {
  long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return 0;
  // All rights of the first version, and those that came later where the system knows them.
  uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
#if defined(LANDLOCK_ACCESS_FS_REFER)
  if (version >= 2) all |= LANDLOCK_ACCESS_FS_REFER;
#endif
#if defined(LANDLOCK_ACCESS_FS_TRUNCATE)
  if (version >= 3) all |= LANDLOCK_ACCESS_FS_TRUNCATE;
#endif
  uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
  // No links, sockets, pipes or devices; nothing that is written can be run.
  uint64_t writing = all & ~(uint64_t)(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_SYM |
                                       LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                       LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK);
  struct landlock_ruleset_attr attribute = {.handled_access_fs = all};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &attribute, sizeof attribute.handled_access_fs, 0);
  if (rules < 0) return 0;
  int failed = 0;
  for (int index = 0; readable[index]; index++) failed |= allow(rules, readable[index], reading);
  for (int index = 0; writable[index]; index++) failed |= allow(rules, writable[index], writing);
  if (!failed) failed = (int)syscall(SYS_landlock_restrict_self, rules, 0);
  close(rules);
  return failed ? 0 : CONFINEMENT_FILES;
}

// MARK: seccomp: which calls of the system

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#if defined(ARCHITECTURE)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
#define REFUSE(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), \
                     ANSWER(SECCOMP_RET_ERRNO | EPERM)
#define BEGIN \
  LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0), \
      ANSWER(SECCOMP_RET_KILL_PROCESS), LOAD(nr)

static int install(struct sock_filter *filter, size_t count) {
  struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static int restrict_calls(void) {
  struct sock_filter filter[] = {
      BEGIN,
#if defined(__x86_64__)
      // The other numbering of the same machine (x32).
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
#endif
      // No other programs, and no looking into other processes or ending them.
      REFUSE(execve), REFUSE(execveat), REFUSE(ptrace), REFUSE(process_vm_readv),
      REFUSE(process_vm_writev), REFUSE(kill), REFUSE(tkill), REFUSE(pidfd_open),
      REFUSE(pidfd_send_signal), REFUSE(kcmp),
      // No way out of the group that is killed in the end.
      REFUSE(setpgid), REFUSE(setsid),
      // No network and no other channels.
      REFUSE(socket), REFUSE(connect), REFUSE(bind), REFUSE(listen), REFUSE(accept),
      REFUSE(accept4), REFUSE(io_uring_setup), REFUSE(io_uring_enter), REFUSE(io_uring_register),
      // Nothing that changes the system.
      REFUSE(mount), REFUSE(umount2), REFUSE(pivot_root), REFUSE(chroot), REFUSE(unshare),
      REFUSE(setns), REFUSE(bpf), REFUSE(perf_event_open), REFUSE(keyctl), REFUSE(add_key),
      REFUSE(request_key), REFUSE(userfaultfd), REFUSE(open_by_handle_at), REFUSE(init_module),
      REFUSE(finit_module), REFUSE(delete_module), REFUSE(kexec_load), REFUSE(reboot),
      REFUSE(swapon), REFUSE(swapoff), REFUSE(personality), REFUSE(acct), REFUSE(quotactl),
      REFUSE(sethostname), REFUSE(settimeofday), REFUSE(clock_settime), REFUSE(setrlimit),
      REFUSE(symlinkat), REFUSE(linkat), REFUSE(mknodat),
#if defined(__x86_64__)
      REFUSE(symlink), REFUSE(link), REFUSE(mknod),
#endif
      // Flags behind a pointer cannot be looked at: the C library then takes the older call.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1), ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3), LOAD(args[0]),
      BPF_JUMP(
          BPF_JMP | BPF_JSET | BPF_K,
          CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
              CLONE_NEWCGROUP, 0, 1),
      ANSWER(SECCOMP_RET_ERRNO | EPERM),
      ANSWER(SECCOMP_RET_ALLOW),
  };
  return install(filter, sizeof filter / sizeof *filter) == 0 ? CONFINEMENT_CALLS : 0;
}

void confinement_forbid_processes(void) {
  struct sock_filter filter[] = {
      BEGIN,
#if defined(__x86_64__)
      REFUSE(fork), REFUSE(vfork),
#endif
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3), LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0), ANSWER(SECCOMP_RET_ERRNO | EPERM),
      ANSWER(SECCOMP_RET_ALLOW),
  };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) install(filter, sizeof filter / sizeof *filter);
}
#else
static int restrict_calls(void) { return 0; }
void confinement_forbid_processes(void) {}
#endif

int confinement_apply(
    const confinement_limits *limits, const char *const readable[], const char *const writable[]) {
  int inForce = 0;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    inForce |= restrict_files(readable, writable);
    inForce |= restrict_calls();
  }
  // Last: with the address space limited, what comes before might fail for want of it. Limits are
  // set through prlimit64, which stays allowed; they only go down.
  return inForce | apply_limits(limits);
}

#else

void confinement_forbid_processes(void) {}

int confinement_apply(
    const confinement_limits *limits, const char *const readable[], const char *const writable[]) {
  (void)readable;
  (void)writable;
  return apply_limits(limits);
}
#endif
