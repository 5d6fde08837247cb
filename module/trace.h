/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sbx

#if !defined(_SBX_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SBX_TRACE_H

#include <linux/tracepoint.h>
#include <asm/syscall.h>

/**
 * sbx_call - a member's system call was answered
 *
 * Served and refused calls never reach sys_enter and sys_exit, so this is
 * their only trace.  For a native call @native is 1 and @ret means nothing.
 */
TRACE_EVENT(sbx_call,
	TP_PROTO(u32 container, int nr, struct pt_regs *regs, bool native, long ret),
	TP_ARGS(container, nr, regs, native, ret),
	TP_STRUCT__entry(
		__field(u32, container)
		__field(int, nr)
		__field(bool, native)
		__field(long, ret)
		__array(unsigned long, args, 6)
	),
	TP_fast_assign(
		__entry->container = container;
		__entry->nr = nr;
		__entry->native = native;
		__entry->ret = ret;
		syscall_get_arguments(current, regs, __entry->args);
	),
	TP_printk("container=%u nr=%d (%lx, %lx, %lx, %lx, %lx, %lx) %s %ld",
		  __entry->container, __entry->nr, __entry->args[0],
		  __entry->args[1], __entry->args[2], __entry->args[3],
		  __entry->args[4], __entry->args[5],
		  __entry->native ? "native" : "=", __entry->ret)
);

#endif /* _SBX_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
