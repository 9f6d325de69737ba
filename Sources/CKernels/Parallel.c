// One pool of threads. A job is an open door: workers come in, take chunk numbers from a counter
// until none are left, and go out; the caller closes the door and waits until the room is empty.
// A worker that comes late finds the door closed and touches nothing of the job.

#include "CKernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum {
  WORKER_STACK_BYTES = 2 << 20,
  // About 20 to 50 microseconds: longer than the gap between two kernels of a network.
  SPINS_BEFORE_SLEEP = 2000,
  SPINS_BEFORE_YIELD = 4000,
};

static inline void pause_briefly(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("isb");
#endif
}

static pthread_mutex_t pool_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pool_wake = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t caller_lock = PTHREAD_MUTEX_INITIALIZER;  // one job at a time
static atomic_int threads_wanted = 0;
static int workers_started = 0;  // guarded by caller_lock

static atomic_uint generation = 0;  // counts jobs; a change is what workers wait for
static atomic_int sleepers = 0;
static atomic_int door_open = 0;
static atomic_int inside = 0;
static atomic_ptrdiff_t next_chunk = 0;
// Written while the door is closed and the room empty, read only inside.
static ptrdiff_t job_chunks;
static void (*job_body)(ptrdiff_t, void *);
static void *job_context;
static atomic_int job_workers = 0;

static _Thread_local int in_chunk = 0;

int conch_processor_count(void) {
  // The system reads a file for the answer, so it is asked once.
  static atomic_int known = 0;
  int count = atomic_load_explicit(&known, memory_order_relaxed);
  if (count > 0) return count;
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  count = online < 1 ? 1 : online > CONCH_THREAD_LIMIT ? CONCH_THREAD_LIMIT : (int)online;
  atomic_store_explicit(&known, count, memory_order_relaxed);
  return count;
}

int conch_parallel_threads(void) {
  int threads = atomic_load(&threads_wanted);
  return threads > 0 ? threads : conch_processor_count();
}

void conch_parallel_set_threads(int threads) { atomic_store(&threads_wanted, threads); }

static void take_chunks(void) {
  ptrdiff_t chunks = job_chunks;
  in_chunk = 1;
  for (;;) {
    ptrdiff_t chunk = atomic_fetch_add(&next_chunk, 1);
    if (chunk >= chunks) break;
    job_body(chunk, job_context);
  }
  in_chunk = 0;
}

static void *work(void *number) {
  int self = (int)(intptr_t)number;
  unsigned seen = 0;
  for (;;) {
    for (int spin = 0; spin < SPINS_BEFORE_SLEEP; spin++) {
      if (atomic_load_explicit(&generation, memory_order_relaxed) != seen) break;
      pause_briefly();
    }
    if (atomic_load(&generation) == seen) {
      pthread_mutex_lock(&pool_lock);
      atomic_fetch_add(&sleepers, 1);
      while (atomic_load(&generation) == seen) pthread_cond_wait(&pool_wake, &pool_lock);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&pool_lock);
    }
    seen = atomic_load(&generation);
    if (self >= atomic_load(&job_workers)) continue;
    atomic_fetch_add(&inside, 1);
    if (atomic_load(&door_open)) take_chunks();
    atomic_fetch_sub(&inside, 1);
  }
  return NULL;
}

// A copy of the process has none of the threads: its pool begins anew.
static void forget_workers(void) {
  pthread_mutex_init(&pool_lock, NULL);
  pthread_mutex_init(&caller_lock, NULL);
  pthread_cond_init(&pool_wake, NULL);
  workers_started = 0;
  atomic_store(&sleepers, 0);
  atomic_store(&inside, 0);
  atomic_store(&door_open, 0);
}

static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void watch_forks(void) { pthread_atfork(NULL, NULL, forget_workers); }

// Starts workers until there are `wanted`; fewer where the system refuses.
static int start_workers(int wanted) {
  pthread_once(&fork_once, watch_forks);
  while (workers_started < wanted) {
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes)) break;
    pthread_attr_setstacksize(&attributes, WORKER_STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&thread, &attributes, work, (void *)(intptr_t)workers_started);
    pthread_attr_destroy(&attributes);
    if (failed) break;
    workers_started++;
  }
  return workers_started < wanted ? workers_started : wanted;
}

void conch_parallel_run(ptrdiff_t chunks, void (*body)(ptrdiff_t, void *), void *context) {
  int workers = conch_parallel_threads() - 1;
  if (workers > chunks - 1) workers = (int)(chunks - 1);
  if (in_chunk || workers < 1 || pthread_mutex_trylock(&caller_lock)) {
    for (ptrdiff_t chunk = 0; chunk < chunks; chunk++) body(chunk, context);
    return;
  }
  workers = start_workers(workers);
  job_chunks = chunks;
  job_body = body;
  job_context = context;
  atomic_store(&next_chunk, 0);
  atomic_store(&job_workers, workers);
  atomic_store(&door_open, 1);
  atomic_fetch_add(&generation, 1);
  if (atomic_load(&sleepers)) {
    pthread_mutex_lock(&pool_lock);
    pthread_cond_broadcast(&pool_wake);
    pthread_mutex_unlock(&pool_lock);
  }
  take_chunks();
  atomic_store(&door_open, 0);
  for (int spin = 0; atomic_load(&inside); spin++) {
    if (spin < SPINS_BEFORE_YIELD) pause_briefly();
    else sched_yield();
  }
  pthread_mutex_unlock(&caller_lock);
}

// MARK: Scratch

static pthread_once_t scratch_once = PTHREAD_ONCE_INIT;
static pthread_key_t scratch_key;
static _Thread_local float *scratch = NULL;

static void make_scratch_key(void) {
  if (pthread_key_create(&scratch_key, free)) abort();
}

float *conch_scratch(void) {
  if (scratch) return scratch;
  pthread_once(&scratch_once, make_scratch_key);
  void *memory = NULL;
  size_t bytes = sizeof(float) * CONCH_SCRATCH_FLOATS;
  // Two megabytes that cannot be had ends the program here, as any small allocation would.
  if (posix_memalign(&memory, 2 << 20, bytes)) abort();
#if defined(__linux__)
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  memset(memory, 0, bytes);
  pthread_setspecific(scratch_key, memory);
  return scratch = memory;
}
