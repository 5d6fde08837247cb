# SPDX-License-Identifier: GPL-2.0
#
# Test programs and what runs them; included by the top Makefile.
#
# Every tests/selftests/TOPIC/NAME.c is one program, build/tests/selftests/TOPIC/NAME.
# They are static, so that they run in any root.

KERNEL_SOURCE ?= /usr/src/linux-source-6.12.tar.xz
from_kernel := $(B)/tests/kernel
kernel_files := tools/testing/selftests/kselftest.h tools/testing/selftests/kselftest_harness.h \
	scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch

TEST_CFLAGS := -std=gnu11 -O2 -g -Wall -Werror -static -pthread
TEST_CPPFLAGS := -D_GNU_SOURCE -I$(from_kernel) -Itests/selftests -Iuapi -MMD -MP

test_programs := $(patsubst %.c,$(B)/%,$(wildcard tests/selftests/*/*.c tests/core/*.c \
	tests/fuzz/*.c tests/bench/*.c tests/oci/hello.c))

.PHONY: tests test-modules

# In a tree of links, as the module itself.
test-modules:
	@mkdir -p $(B)/$(release)-tests
	@cp -rsfu $(CURDIR)/tests/modules/. $(B)/$(release)-tests/
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(B)/$(release)-tests W=1 modules

tests: $(test_programs)

# What must not run outside of a container of its own.
$(B)/tests/selftests/% $(B)/tests/fuzz/%: TEST_CPPFLAGS += -include tests/contained.h

$(test_programs): $(B)/%: %.c $(from_kernel)/stamp tests/tests.mk
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(TEST_CFLAGS) -o $@ $<

# The kernel's own harness and style checker; its package has them, so no copy lives here.
$(from_kernel)/stamp: $(KERNEL_SOURCE)
	@mkdir -p $(@D)
	@echo '  UNPACK  kselftest harness, checkpatch (a few seconds)'
	@tar -xf $< -C $(@D) --transform='s,.*/,,' --occurrence=1 \
		$(addprefix $(notdir $(basename $(basename $<)))/,$(kernel_files))
	@touch $@

$(KERNEL_SOURCE):
	@echo '$@ is missing: make deps'; exit 1

-include $(addsuffix .d,$(test_programs))

check:
	@tests/check

check-full:
	@tests/check --full

check-fast:
	@tests/check --kernels 6.12

lint:
	@tests/lint

# A plugin for QEMU, to count instructions with.
$(B)/tests/plugin/count.so: tests/bench/plugin/count.c tests/bench/plugin/qemu.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -shared -o $@ $<

bench: tests $(B)/tests/plugin/count.so
	@tests/bench/run $(BENCH)
