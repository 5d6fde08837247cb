/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBXCTL_DOCTOR_H
#define _SBXCTL_DOCTOR_H

#include <stdbool.h>
#include <jansson.h>

#include "../lib/compiler.h"

enum verdict { FINE, FIXED, WARNING, FAILED };

/**
 * struct doctor - an examination
 * @fix: remove leftovers
 * @json: takes the findings, NULL to print them
 * @worst: verdict so far
 */
struct doctor {
	bool fix;
	json_t *json;
	enum verdict worst;
};

void find(struct doctor *doctor, enum verdict verdict, const char *check,
	  const char *hint, const char *fmt, ...) __printf(5, 6);
char *first_line(const char *path, char *line, size_t size);
void doctor_leftovers(struct doctor *doctor);
void doctor_docker(struct doctor *doctor, const char *path);

#endif /* _SBXCTL_DOCTOR_H */
