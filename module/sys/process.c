// SPDX-License-Identifier: GPL-2.0
/*
 * prctl(2) and personality(2): native for a closed list of options.
 */
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "../entry.h"

/* Options that touch the caller's own attributes only, besides PR_GET_SECCOMP. */
static bool prctl_is_own(int option)
{
	switch (option) {
	case PR_SET_PDEATHSIG:
	case PR_GET_PDEATHSIG:
	case PR_GET_DUMPABLE:
	case PR_SET_DUMPABLE:
	case PR_GET_KEEPCAPS:
	case PR_SET_KEEPCAPS:
	case PR_GET_TIMING:
	case PR_SET_TIMING:
	case PR_SET_NAME:
	case PR_GET_NAME:
	case PR_CAPBSET_READ:
	case PR_CAPBSET_DROP:
	case PR_GET_TSC:
	case PR_SET_TSC:
	case PR_GET_SECUREBITS:
	case PR_SET_SECUREBITS:
	case PR_SET_TIMERSLACK:
	case PR_GET_TIMERSLACK:
	case PR_SET_PTRACER:
	case PR_SET_CHILD_SUBREAPER:
	case PR_GET_CHILD_SUBREAPER:
	case PR_SET_NO_NEW_PRIVS:
	case PR_GET_NO_NEW_PRIVS:
	case PR_GET_TID_ADDRESS:
	case PR_SET_THP_DISABLE:
	case PR_GET_THP_DISABLE:
	case PR_CAP_AMBIENT:
	case PR_GET_SPECULATION_CTRL:
	case PR_SET_SPECULATION_CTRL:
	case PR_SET_SYSCALL_USER_DISPATCH:
	case PR_SET_VMA:
#ifdef PR_SET_MDWE
	case PR_SET_MDWE:
	case PR_GET_MDWE:
#endif
#ifdef PR_GET_AUXV
	case PR_GET_AUXV:
#endif
		return true;
	default:
		return false;
	}
}

SBX_SYSCALL_DEFINE1(prctl, int, option)
{
	/* The runtime's filter is the host's affair, the guest has none. */
	if (option == PR_GET_SECCOMP)
		return SECCOMP_MODE_DISABLED;
	return prctl_is_own(option) ? SBX_NATIVE : sbx_refuse(self, -EINVAL);
}

SBX_SYSCALL_DEFINE1(personality, unsigned int, persona)
{
	unsigned int domain = persona & PER_MASK;

	if (persona == 0xffffffff || domain == PER_LINUX || domain == (PER_LINUX32 & PER_MASK))
		return SBX_NATIVE;
	return sbx_refuse(self, -EINVAL);
}

#if IS_BUILTIN(CONFIG_KUNIT)
#include "process_kunit.c"
#endif
