# SPDX-License-Identifier: GPL-2.0
#
# Test programs and what runs them; included by the top Makefile.
#
# Every tests/selftests/TOPIC/NAME.c is one program, build/tests/selftests/TOPIC/NAME.
# They are static, so that they run in any root.

KSELFTEST_SOURCE ?= /usr/src/linux-source-6.12.tar.xz
kselftest := $(B)/tests/include/kselftest_harness.h

TEST_CFLAGS := -std=gnu11 -O2 -g -Wall -Werror -static -pthread
TEST_CPPFLAGS := -D_GNU_SOURCE -I$(B)/tests/include -Itests/selftests -Iuapi -MMD -MP

test_programs := $(patsubst %.c,$(B)/%,$(wildcard tests/selftests/*/*.c tests/core/*.c))

.PHONY: tests

tests: $(test_programs)

$(test_programs): $(B)/%: %.c $(kselftest) tests/tests.mk
	@mkdir -p $(@D)
	$(CC) $(TEST_CPPFLAGS) $(TEST_CFLAGS) -o $@ $<

# The kernel's own harness; its package has it, so no copy lives here.
$(kselftest): $(KSELFTEST_SOURCE)
	@mkdir -p $(@D)
	@echo '  UNPACK  kselftest headers (half a minute)'
	@tar -xf $< -C $(@D) --strip-components=4 --occurrence=1 \
		$(addprefix $(notdir $(basename $(basename $<)))/tools/testing/selftests/,kselftest.h kselftest_harness.h)
	@touch $(@D)/kselftest.h $@

$(KSELFTEST_SOURCE):
	@echo '$@ is missing: make deps'; exit 1

-include $(addsuffix .d,$(test_programs))

check:
	@tests/check

check-fast:
	@tests/check --kernels 6.12
