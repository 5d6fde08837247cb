// SPDX-License-Identifier: GPL-2.0
/*
 * Events as JSON, one format for sbxctl and sbxd.
 */
#include <stdio.h>
#include <time.h>

#include "run.h"

/**
 * sbx_timestamp() - now, in UTC, as in RFC 3339
 * @text: takes it
 * @size: of @text
 */
void sbx_timestamp(char *text, size_t size)
{
	struct timespec now;
	struct tm tm;
	char date[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, size, "%s.%03ldZ", date, now.tv_nsec / 1000000);
}

/**
 * sbx_event_json() - an event with the time of this call
 * @event: -
 *
 * Return: a new object.
 */
json_t *sbx_event_json(const struct sbx_event_info *event)
{
	json_t *object;
	char when[40];

	sbx_timestamp(when, sizeof(when));
	object = json_pack("{s:s, s:s, s:I, s:s}", "time", when,
			   "event", sbx_event_name(event->event),
			   "domain_id", (json_int_t)event->domain_id,
			   "domain", event->domain_name);
	if (event->container_id) {
		json_object_set_new(object, "container_id", json_integer(event->container_id));
		json_object_set_new(object, "container", json_string(event->container_name));
	}
	if (event->refusal[0])
		json_object_set_new(object, "refusal", json_string(event->refusal));
	return object;
}
