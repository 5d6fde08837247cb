/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBXD_LOG_H
#define _SBXD_LOG_H

#include <jansson.h>

#include "../lib/sbx.h"

int log_open(const char *path, struct sbx_error *error);
void log_reopen(void);
void log_event(const struct sbx_event_info *event);
void log_note(const char *event, const char *domain, const char *text);

#endif /* _SBXD_LOG_H */
