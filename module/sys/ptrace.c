// SPDX-License-Identifier: GPL-2.0
/*
 * ptrace(2): native, by registers alone.
 *
 * A tracer stops a task on its way into a system call before the personality is
 * asked, or behind its answer, never in between: what is decided about registers
 * holds.  Whom a task may trace is decided by the host, by PID namespace,
 * credentials, dumpability and Yama; the runtime's pending tasks are not there.
 */
#include <linux/ptrace.h>

#include "../entry.h"
#include "by_pid.h"

/*
 * What tracers use.  Not in the list is what concerns seccomp filters, for the
 * only one is the runtime's, and dispatch of system calls to user space.
 */
static bool request_is_open(long request)
{
	switch (request) {
	case PTRACE_TRACEME:
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
	case PTRACE_PEEKUSR:
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA:
	case PTRACE_POKEUSR:
	case PTRACE_CONT:
	case PTRACE_KILL:
	case PTRACE_SINGLESTEP:
	case PTRACE_SINGLEBLOCK:
	case PTRACE_SYSCALL:
	case PTRACE_SYSEMU:
	case PTRACE_SYSEMU_SINGLESTEP:
	case PTRACE_GETREGS:
	case PTRACE_SETREGS:
	case PTRACE_GETFPREGS:
	case PTRACE_SETFPREGS:
	case PTRACE_GETREGSET:
	case PTRACE_SETREGSET:
	case PTRACE_ARCH_PRCTL:
	case PTRACE_ATTACH:
	case PTRACE_SEIZE:
	case PTRACE_DETACH:
	case PTRACE_INTERRUPT:
	case PTRACE_LISTEN:
	case PTRACE_SETOPTIONS:
	case PTRACE_OLDSETOPTIONS:
	case PTRACE_GETEVENTMSG:
	case PTRACE_GETSIGINFO:
	case PTRACE_SETSIGINFO:
	case PTRACE_PEEKSIGINFO:
	case PTRACE_GETSIGMASK:
	case PTRACE_SETSIGMASK:
	case PTRACE_GET_SYSCALL_INFO:
	case PTRACE_GET_RSEQ_CONFIGURATION:
		return true;
	default:
		return false;
	}
}

SBX_SYSCALL_DEFINE2(ptrace, long, request, pid_t, pid)
{
	if (!request_is_open(request))
		return sbx_refuse(self, -EPERM);
	/* What started a container must not find itself the tracer of what is in it. */
	if (request == PTRACE_TRACEME)
		return sbx_parent_is_outside() ? sbx_refuse(self, -EPERM) : SBX_NATIVE;
	return sbx_nr_hidden(pid) ? -ESRCH : SBX_NATIVE;
}
