// SPDX-License-Identifier: GPL-2.0
/*
 * Import of descriptors that a program is started with.
 */
#include <linux/file.h>

#include "../domain.h"
#include "import.h"

/**
 * sbx_import() - what a member gets in place of a file of the host
 * @domain: of the member
 * @file: open file that the runtime passed
 *
 * Return: a file with a reference, or an error pointer.
 */
struct file *sbx_import(struct sbx_domain *domain, struct file *file)
{
	return get_file(file);
}
