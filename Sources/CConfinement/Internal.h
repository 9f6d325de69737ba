#ifndef CONFINEMENT_INTERNAL_H
#define CONFINEMENT_INTERNAL_H

// No new process from here on, threads aside; does nothing where the system cannot.
void confinement_forbid_processes(void);

#endif
