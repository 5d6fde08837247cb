/* SPDX-License-Identifier: GPL-2.0 */
/* Included ahead of everything: what the module prints says who speaks. */
#define pr_fmt(fmt) "sbx: " fmt
