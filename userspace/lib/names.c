// SPDX-License-Identifier: GPL-2.0
/*
 * Names of what the kernel sends as numbers; part of the JSON formats.
 */
#include <ctype.h>
#include <string.h>

#include "sbx.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *const states[] = {
	[SBX_CONTAINER_LAUNCHING] = "launching",
	[SBX_CONTAINER_BOUND] = "bound",
	[SBX_CONTAINER_ACTIVE] = "active",
	[SBX_CONTAINER_DEAD] = "dead",
};

static const char *const classes[] = {
	[SBX_SYSCALL_ABSENT] = "absent",
	[SBX_SYSCALL_SERVED] = "served",
	[SBX_SYSCALL_NATIVE] = "native",
	[SBX_SYSCALL_REFUSED] = "refused",
};

static const char *const events[] = {
	[SBX_EVENT_DOMAIN_NEW] = "domain-new",
	[SBX_EVENT_DOMAIN_DEL] = "domain-del",
	[SBX_EVENT_CONTAINER_NEW] = "container-new",
	[SBX_EVENT_CONTAINER_BOUND] = "container-bound",
	[SBX_EVENT_CONTAINER_ACTIVE] = "container-active",
	[SBX_EVENT_CONTAINER_REFUSED] = "container-refused",
	[SBX_EVENT_CONTAINER_DEL] = "container-del",
	[SBX_EVENT_CONTAINER_HELD] = "container-held",
};

/* By bit number. */
static const char *const flags[] = { "host-net", "virtiofs", "fuse", "9p", "nfs" };

static const char *name_of(const char *const *names, size_t n, unsigned int i)
{
	return i < n && names[i] ? names[i] : "unknown";
}

/**
 * sbx_state_name() - word for a container's state
 * @state: &enum sbx_container_state
 */
const char *sbx_state_name(unsigned int state)
{
	return name_of(states, ARRAY_SIZE(states), state);
}

/**
 * sbx_class_name() - word for a system call's class
 * @class: &enum sbx_syscall_class
 */
const char *sbx_class_name(unsigned int class)
{
	return name_of(classes, ARRAY_SIZE(classes), class);
}

/**
 * sbx_class_parse() - undo sbx_class_name()
 * @name: word
 *
 * Return: &enum sbx_syscall_class, or -1.
 */
int sbx_class_parse(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (!strcmp(classes[i], name))
			return i;
	return -1;
}

/**
 * sbx_event_name() - word for an event
 * @event: &enum sbx_event
 */
const char *sbx_event_name(unsigned int event)
{
	return name_of(events, ARRAY_SIZE(events), event);
}

/**
 * sbx_flag_name() - word for a domain's flag
 * @flag: one of &enum sbx_launch_flags
 */
const char *sbx_flag_name(uint32_t flag)
{
	return name_of(flags, ARRAY_SIZE(flags), __builtin_ffs(flag) - 1);
}

/**
 * sbx_name_valid() - whether the kernel takes a name of a domain or container
 * @name: the name
 *
 * Names become names of files, so the tools check as the kernel does.
 */
bool sbx_name_valid(const char *name)
{
	const unsigned char *c = (const unsigned char *)name;

	if (strlen(name) > SBX_NAME_LEN || *c >= 0x80 || !isalnum(*c))
		return false;
	for (; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || *c == '/')
			return false;
	return true;
}
