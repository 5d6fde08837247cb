// SPDX-License-Identifier: GPL-2.0
/*
 * Error objects.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sbx.h"

/**
 * sbx_fail() - fill an error object
 * @error: which
 * @err: errno, positive
 * @fmt: what happened and what to do
 *
 * Return: -@err.
 */
int sbx_fail(struct sbx_error *error, int err, const char *fmt, ...)
{
	va_list args;

	error->err = err;
	error->status = 0;
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
	return -err;
}

/**
 * sbx_fail_errno() - fill an error object after a call that sets errno
 * @error: which
 * @fmt: what was being done
 *
 * Return: -errno.
 */
int sbx_fail_errno(struct sbx_error *error, const char *fmt, ...)
{
	const int err = errno;
	va_list args;
	size_t len;

	error->err = err;
	error->status = 0;
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
	len = strlen(error->text);
	snprintf(error->text + len, sizeof(error->text) - len, ": %s", strerror(err));
	return -err;
}

/**
 * sbx_error_context() - say what an error was met in
 * @error: filled
 * @fmt: goes before its text
 */
void sbx_error_context(struct sbx_error *error, const char *fmt, ...)
{
	char text[sizeof(error->text)];
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	len = strlen(text);
	snprintf(text + len, sizeof(text) - len, ": %s", error->text);
	memcpy(error->text, text, sizeof(text));
}
