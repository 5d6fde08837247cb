// SPDX-License-Identifier: GPL-2.0
/*
 * JSON that comes through unharmed.
 *
 * A number that jansson would round, or refuse (the unlimited of a resource
 * limit, 2^64 - 1, is one), goes through it as a string of the same digits
 * behind a mark, and comes out as the number that it was.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "json.h"
#include "util.h"

#define MARK_BYTES	16

/* What a marked number begins with: nobody can guess it, so nobody can forge one. */
static char mark[2 * MARK_BYTES + sizeof("number-")];

/* Digits that fit into a json_int_t, whatever they are. */
#define SAFE_DIGITS	18

/* Largest file that is read: bundles have some ten KiB. */
#define MAX_SIZE	(16 << 20)

static int make_mark(struct sbx_error *error)
{
	unsigned char bytes[MARK_BYTES];
	size_t i;

	if (mark[0])
		return 0;
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return sbx_fail_errno(error, "random numbers");
	for (i = 0; i < sizeof(bytes); i++)
		sprintf(mark + 2 * i, "%02x", bytes[i]);
	strcat(mark, "number:");
	return 0;
}

static size_t digits(const char *c)
{
	return strspn(c, "0123456789");
}

/* Length of the number at @c, 0 if it is none, as RFC 8259 has it. */
static size_t number_length(const char *c)
{
	size_t len = *c == '-', n;

	n = digits(c + len);
	if (!n || (n > 1 && c[len] == '0'))
		return 0;
	len += n;
	if (c[len] == '.') {
		n = digits(c + len + 1);
		if (!n)
			return 0;
		len += 1 + n;
	}
	if (c[len] == 'e' || c[len] == 'E') {
		const size_t sign = c[len + 1] == '+' || c[len + 1] == '-';

		n = digits(c + len + 1 + sign);
		if (!n)
			return 0;
		len += 1 + sign + n;
	}
	return len;
}

static bool is_safe(const char *number, size_t len)
{
	if (!strncmp(number, "-0", 2))
		return false;
	return len <= SAFE_DIGITS && strcspn(number, ".eE") >= len;
}

/* Length of the string at @c, with its quotes; up to the end if it has none. */
static size_t string_length(const char *c)
{
	size_t i;

	for (i = 1; c[i] && c[i] != '"'; i++)
		if (c[i] == '\\' && c[i + 1])
			i++;
	return c[i] ? i + 1 : i;
}

static char *mark_numbers(const char *text, size_t size, size_t *marked)
{
	const char *c = text;
	char *out = NULL;
	FILE *file;

	file = open_memstream(&out, marked);
	if (!file)
		return NULL;
	while (c < text + size) {
		size_t len = *c == '"' ? string_length(c) : number_length(c);

		if (len && *c != '"' && !is_safe(c, len))
			fprintf(file, "\"%s%.*s\"", mark, (int)len, c);
		else
			fwrite(c, 1, len ?: 1, file);
		c += len ?: 1;
	}
	if (fclose(file)) {
		free(out);
		return NULL;
	}
	return out;
}

/* In place: what is a number again is shorter. */
static size_t unmark_numbers(char *text)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		size_t len = *from == '"' ? string_length(from) : 1;

		if (mark[0] && *from == '"' && !strncmp(from + 1, mark, strlen(mark))) {
			const size_t n = len - strlen(mark) - 2;

			memmove(to, from + 1 + strlen(mark), n);
			to += n;
		} else {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	*to = '\0';
	return to - text;
}

/**
 * sbx_json_parse() - parse a text without loss
 * @text: it, NUL-terminated
 * @len: its length without the NUL
 * @name: for messages
 * @error: filled on failure
 *
 * A key that stands twice in an object is refused: programs differ in which
 * one they take.
 *
 * Return: the value, NULL on failure.
 */
json_t *sbx_json_parse(const char *text, size_t len, const char *name, struct sbx_error *error)
{
	char *marked __free = NULL;
	json_error_t where;
	size_t size;
	json_t *json;

	if (make_mark(error))
		return NULL;
	marked = mark_numbers(text, len, &size);
	if (!marked) {
		sbx_fail(error, ENOMEM, "out of memory");
		return NULL;
	}
	json = json_loadb(marked, size, JSON_REJECT_DUPLICATES, &where);
	if (!json)
		sbx_fail(error, EINVAL, "%s, line %d: %s", name, where.line, where.text);
	return json;
}

static char *read_all(const char *path, size_t *len, struct sbx_error *error)
{
	char *text = NULL;
	size_t size;
	FILE *file, *copy;
	char piece[4096];

	file = fopen(path, "re");
	if (!file) {
		sbx_fail_errno(error, "%s", path);
		return NULL;
	}
	copy = open_memstream(&text, len);
	*len = 0;
	while (copy && (size = fread(piece, 1, sizeof(piece), file)) > 0) {
		fwrite(piece, 1, size, copy);
		if (ftell(copy) > MAX_SIZE) {
			errno = EFBIG;
			break;
		}
		errno = 0;
	}
	if (!copy || ferror(file) || errno) {
		sbx_fail_errno(error, "read %s", path);
		if (copy)
			fclose(copy);
		fclose(file);
		free(text);
		return NULL;
	}
	fclose(file);
	if (fclose(copy)) {
		free(text);
		sbx_fail(error, ENOMEM, "out of memory");
		return NULL;
	}
	return text;
}

/**
 * sbx_json_load() - read a file without loss
 * @path: of the file
 * @error: filled on failure
 *
 * Return: the value, NULL on failure.
 */
json_t *sbx_json_load(const char *path, struct sbx_error *error)
{
	char *text __free = NULL;
	size_t len;

	text = read_all(path, &len, error);
	return text ? sbx_json_parse(text, len, path, error) : NULL;
}

/**
 * sbx_json_text() - undo sbx_json_parse()
 * @json: the value
 * @len: takes the length
 *
 * Return: the text, to be freed, NULL if out of memory.
 */
char *sbx_json_text(const json_t *json, size_t *len)
{
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_ENCODE_ANY);

	if (text)
		*len = unmark_numbers(text);
	return text;
}

/**
 * sbx_json_write() - undo sbx_json_load()
 * @dir: descriptor of the directory, AT_FDCWD for the current one
 * @name: of the file, which is made or replaced, whole or not at all
 * @mode: of the file
 * @json: the value
 * @error: filled on failure
 */
int sbx_json_write(int dir, const char *name, mode_t mode, const json_t *json,
		   struct sbx_error *error)
{
	char *text __free = NULL;
	int fd __close = -1;
	char draft[256];
	size_t len;

	text = sbx_json_text(json, &len);
	if (!text)
		return sbx_fail(error, ENOMEM, "out of memory");
	snprintf(draft, sizeof(draft), "%s.new", name);
	fd = openat(dir, draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return sbx_fail_errno(error, "%s", draft);
	text[len++] = '\n';	/* in the place of its NUL */
	if (fchmod(fd, mode) < 0 || write(fd, text, len) != (ssize_t)len ||
	    renameat(dir, draft, dir, name) < 0)
		return sbx_fail_errno(error, "write %s", name);
	return 0;
}

/**
 * sbx_json_path() - a value some levels down
 * @json: an object
 * @path: keys with dots between them
 *
 * Return: the value, borrowed, NULL if there is none.
 */
json_t *sbx_json_path(const json_t *json, const char *path)
{
	char key[64];
	size_t len;

	for (; json; path += len + 1) {
		len = strcspn(path, ".");
		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		json = json_object_get(json, key);
		if (!path[len])
			break;
	}
	return (json_t *)json;
}
