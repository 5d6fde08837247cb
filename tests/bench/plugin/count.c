// SPDX-License-Identifier: GPL-2.0
/*
 * count: a QEMU plugin that counts the instructions between two marks.
 *
 * A mark is a nop that no compiler makes (see micro.c), 1 to begin and 0 to end.
 * What the marking processor executes in between is written to the file "out=",
 * a line for each block of code: its address, instructions in it, times that it
 * ran; then "end".  Unlike time that does not depend on what else a machine does.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu.h"

#define BUCKETS		0x40000

int qemu_plugin_version = 1;

/*
 * struct block - code that is executed in one go
 * @address: virtual
 * @size: instructions
 * @times: between the marks
 * @next: in the bucket
 * @next_run: in the list of those that ran
 */
struct block {
	uint64_t address;
	size_t size;
	uint64_t times;
	struct block *next;
	struct block *next_run;
};

/* QEMU emulates all processors in one thread (tests/vm/run), so nothing is locked. */
static struct block *blocks[BUCKETS], *run;
static bool counting;
static unsigned int counted_cpu;
static FILE *out;

/* Translations come and go; what they are of stays. */
static struct block *block_of(uint64_t address, size_t size)
{
	struct block **bucket = &blocks[address * 0x9e3779b97f4a7c15 >> 46];
	struct block *block;

	for (block = *bucket; block; block = block->next)
		if (block->address == address && block->size == size)
			return block;
	block = calloc(1, sizeof(*block));
	if (!block)
		abort();
	block->address = address;
	block->size = size;
	block->next = *bucket;
	*bucket = block;
	return block;
}

static void executed(unsigned int cpu, void *data)
{
	struct block *block = data;

	if (!counting || cpu != counted_cpu)
		return;
	if (!block->times++) {
		block->next_run = run;
		run = block;
	}
}

static void forget(void)
{
	for (; run; run = run->next_run)
		run->times = 0;
}

static void begin(unsigned int cpu, void *data)
{
	(void)data;
	forget();
	counted_cpu = cpu;
	counting = true;
}

static void finish(unsigned int cpu, void *data)
{
	(void)cpu;
	(void)data;
	counting = false;
	for (struct block *block = run; block; block = block->next_run)
		fprintf(out, "%lx %zu %lu\n", block->address, block->size,
			block->times);
	fprintf(out, "end\n");
	fflush(out);
	forget();
}

static void look_for_marks(struct qemu_plugin_tb *tb, size_t size)
{
	static const unsigned char before[] = { 0x0f, 0x1f, 0x80 }, after[] = { 0x78, 0x62, 0x73 };

	for (size_t i = 0; i < size; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		const unsigned char *bytes = qemu_plugin_insn_data(insn);

		if (qemu_plugin_insn_size(insn) == 7 && !memcmp(bytes, before, 3) &&
		    !memcmp(bytes + 4, after, 3))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, bytes[3] ? begin : finish,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
	}
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	size_t size = qemu_plugin_tb_n_insns(tb);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS,
					     block_of(address, size));
	/* The kernel makes none. */
	if (!(address >> 63))
		look_for_marks(tb, size);
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "count: the plugin wants out=FILE\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (!out) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
