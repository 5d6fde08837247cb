/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The control interface of sbx: a generic netlink family.
 *
 * Documentation/netlink/specs/sbx.yaml is the specification; this header is
 * the same thing in C.  Only CAP_SYS_ADMIN in the initial user namespace may
 * talk to the family, in the initial network namespace only.
 */
#ifndef _UAPI_LINUX_SBX_H
#define _UAPI_LINUX_SBX_H

#include <linux/types.h>

#define SBX_GENL_NAME		"sbx"
#define SBX_GENL_VERSION	1

/* Counts up with every change that a tool could notice. */
#define SBX_ABI_VERSION		3

/* Longest name of a domain or a container, without the NUL. */
#define SBX_NAME_LEN		80

/* Most descriptors above 2 that a launcher can pass on purpose. */
#define SBX_PRESERVE_FDS_MAX	253

/* Multicast group of the life-cycle events. */
#define SBX_GENL_MCGRP_EVENTS	"events"

/* The module's own filesystems; mounted with -o container=ID. */
#define SBX_PROC_FSTYPE		"sbxproc"
#define SBX_SYS_FSTYPE		"sbxsysfs"
#define SBX_CGROUP_FSTYPE	"sbxcgroup2"

/**
 * enum sbx_cmd - commands of the family
 * @SBX_CMD_UNSPEC: never used
 * @SBX_CMD_INFO_GET: module version, ABI, state of the hook
 * @SBX_CMD_LAUNCH: make a domain (or join one) with a new container in it and
 *	tag the calling task as its launcher
 * @SBX_CMD_DOMAIN_GET: one domain, or a dump of all
 * @SBX_CMD_DOMAIN_DEL: kill every task of a domain; the domain goes with the
 *	last of them
 * @SBX_CMD_CONTAINER_GET: dump of the containers, of one domain or all
 * @SBX_CMD_STATS_GET: counters of one domain
 * @SBX_CMD_SYSCALL_GET: dump of the table; with a domain, its refusal counts
 * @SBX_CMD_EVENT: notification to %SBX_GENL_MCGRP_EVENTS
 * @SBX_CMD_RELEASE: let the first program of a held container go
 * @SBX_CMD_EXEC: tag the calling task as a launcher of a living container, for
 *	a program more in it
 */
enum sbx_cmd {
	SBX_CMD_UNSPEC,
	SBX_CMD_INFO_GET,
	SBX_CMD_LAUNCH,
	SBX_CMD_DOMAIN_GET,
	SBX_CMD_DOMAIN_DEL,
	SBX_CMD_CONTAINER_GET,
	SBX_CMD_STATS_GET,
	SBX_CMD_SYSCALL_GET,
	SBX_CMD_EVENT,
	SBX_CMD_RELEASE,
	SBX_CMD_EXEC,

	/* private: */
	__SBX_CMD_MAX,
	SBX_CMD_MAX = __SBX_CMD_MAX - 1,
};

/**
 * enum sbx_attr - attributes of all commands, one flat space
 * @SBX_A_UNSPEC: never used
 * @SBX_A_PAD: padding of 64-bit values
 * @SBX_A_ABI: u32, %SBX_ABI_VERSION of the module
 * @SBX_A_VERSION: string, the module's release
 * @SBX_A_ARMED: u8, 1 while the hook is in place
 * @SBX_A_DOMAIN_ID: u32, never 0
 * @SBX_A_DOMAIN_NAME: string, printable ASCII without blanks and slashes
 * @SBX_A_CONTAINER_ID: u32, never 0, unique over all domains
 * @SBX_A_CONTAINER_NAME: string, as the domain's name
 * @SBX_A_FLAGS: u32, &enum sbx_launch_flags
 * @SBX_A_PRESERVE_FDS: u32, descriptors 3 to 3 + N - 1 are passed on purpose
 * @SBX_A_STATE: u8, &enum sbx_container_state
 * @SBX_A_CONTAINERS: u32, living containers of a domain
 * @SBX_A_TASKS: u32, members alive, launchers not counted
 * @SBX_A_INIT_PID: u32, the container's init in the caller's PID namespace
 * @SBX_A_REFUSAL: string, why a container's program was not let run
 * @SBX_A_AGE_MS: u64, milliseconds since the domain was made
 * @SBX_A_SERVED: u64, calls served
 * @SBX_A_NATIVE: u64, calls handed on to the host
 * @SBX_A_REFUSED: u64, calls refused
 * @SBX_A_FDS_CLOSED: u64, leaked descriptors closed at activation
 * @SBX_A_FILES: u64, open files of the module's own in use
 * @SBX_A_PIPE_PAGES: u64, pages of pipe buffers in use
 * @SBX_A_MEMORY: u64, bytes of kernel memory held for the domain itself
 * @SBX_A_SYSCALL_NR: u32
 * @SBX_A_SYSCALL_NAME: string
 * @SBX_A_SYSCALL_CLASS: u8, &enum sbx_syscall_class
 * @SBX_A_SYSCALL_ERRNO: u32, of a refused row
 * @SBX_A_SYSCALL_NOTE: string, reason of a refused row, justification of a
 *	native one
 * @SBX_A_SYSCALL_COUNT: u64, refusals of this call in the domain
 * @SBX_A_EVENT: u8, &enum sbx_event
 * @SBX_A_HOLD: flag of a launch: the container's first program waits for
 *	%SBX_CMD_RELEASE, and may not run once the connection that launched it is
 *	closed.  %SBX_EVENT_CONTAINER_HELD goes to that connection, too
 * @SBX_A_LAUNCHER_PID: u32, a launcher of a container without members, in the
 *	caller's PID namespace
 */
enum sbx_attr {
	SBX_A_UNSPEC,
	SBX_A_PAD,
	SBX_A_ABI,
	SBX_A_VERSION,
	SBX_A_ARMED,
	SBX_A_DOMAIN_ID,
	SBX_A_DOMAIN_NAME,
	SBX_A_CONTAINER_ID,
	SBX_A_CONTAINER_NAME,
	SBX_A_FLAGS,
	SBX_A_PRESERVE_FDS,
	SBX_A_STATE,
	SBX_A_CONTAINERS,
	SBX_A_TASKS,
	SBX_A_INIT_PID,
	SBX_A_REFUSAL,
	SBX_A_AGE_MS,
	SBX_A_SERVED,
	SBX_A_NATIVE,
	SBX_A_REFUSED,
	SBX_A_FDS_CLOSED,
	SBX_A_FILES,
	SBX_A_PIPE_PAGES,
	SBX_A_MEMORY,
	SBX_A_SYSCALL_NR,
	SBX_A_SYSCALL_NAME,
	SBX_A_SYSCALL_CLASS,
	SBX_A_SYSCALL_ERRNO,
	SBX_A_SYSCALL_NOTE,
	SBX_A_SYSCALL_COUNT,
	SBX_A_EVENT,
	SBX_A_HOLD,
	SBX_A_LAUNCHER_PID,

	/* private: */
	__SBX_A_MAX,
	SBX_A_MAX = __SBX_A_MAX - 1,
};

/**
 * enum sbx_launch_flags - opt-outs of a domain, %SBX_A_FLAGS
 * @SBX_LAUNCH_HOST_NET: the container may use the host's network namespace
 * @SBX_LAUNCH_VIRTIOFS: files on virtiofs superblocks may be opened
 * @SBX_LAUNCH_FUSE: files on fuse superblocks may be opened
 * @SBX_LAUNCH_9P: files on 9p superblocks may be opened
 * @SBX_LAUNCH_NFS: files on nfs superblocks may be opened
 */
enum sbx_launch_flags {
	SBX_LAUNCH_HOST_NET	= 1 << 0,
	SBX_LAUNCH_VIRTIOFS	= 1 << 1,
	SBX_LAUNCH_FUSE		= 1 << 2,
	SBX_LAUNCH_9P		= 1 << 3,
	SBX_LAUNCH_NFS		= 1 << 4,
};

#define SBX_LAUNCH_FLAGS_ALL	0x1f

/**
 * enum sbx_container_state - life of a container, %SBX_A_STATE
 * @SBX_CONTAINER_LAUNCHING: the launcher is tagged, no PID namespace yet
 * @SBX_CONTAINER_BOUND: the PID namespace is bound, its tasks are pending
 * @SBX_CONTAINER_ACTIVE: the first exec was accepted
 * @SBX_CONTAINER_DEAD: no task is left
 */
enum sbx_container_state {
	SBX_CONTAINER_LAUNCHING,
	SBX_CONTAINER_BOUND,
	SBX_CONTAINER_ACTIVE,
	SBX_CONTAINER_DEAD,
};

/**
 * enum sbx_syscall_class - who answers a call, %SBX_A_SYSCALL_CLASS
 * @SBX_SYSCALL_ABSENT: no call has this number
 * @SBX_SYSCALL_SERVED: the module
 * @SBX_SYSCALL_NATIVE: the host kernel
 * @SBX_SYSCALL_REFUSED: a fixed errno
 */
enum sbx_syscall_class {
	SBX_SYSCALL_ABSENT,
	SBX_SYSCALL_SERVED,
	SBX_SYSCALL_NATIVE,
	SBX_SYSCALL_REFUSED,
};

/**
 * enum sbx_event - life-cycle events, %SBX_A_EVENT
 * @SBX_EVENT_DOMAIN_NEW: a domain was made
 * @SBX_EVENT_DOMAIN_DEL: a domain is gone
 * @SBX_EVENT_CONTAINER_NEW: a container was made, its launcher is tagged
 * @SBX_EVENT_CONTAINER_BOUND: its PID namespace exists
 * @SBX_EVENT_CONTAINER_ACTIVE: its first program runs
 * @SBX_EVENT_CONTAINER_REFUSED: it was not accepted, %SBX_A_REFUSAL says why
 * @SBX_EVENT_CONTAINER_DEL: its last task is gone
 * @SBX_EVENT_CONTAINER_HELD: its first program waits to be released
 */
enum sbx_event {
	SBX_EVENT_DOMAIN_NEW,
	SBX_EVENT_DOMAIN_DEL,
	SBX_EVENT_CONTAINER_NEW,
	SBX_EVENT_CONTAINER_BOUND,
	SBX_EVENT_CONTAINER_ACTIVE,
	SBX_EVENT_CONTAINER_REFUSED,
	SBX_EVENT_CONTAINER_DEL,
	SBX_EVENT_CONTAINER_HELD,
};

#endif /* _UAPI_LINUX_SBX_H */
