# SPDX-License-Identifier: GPL-2.0
#
# make demo    see it work     make check   test all of it     make help

# Headers to build against; a product of another kernel has its own folder.
KDIR ?= $(shell tests/vm/kernel-dir 6.12)
release_of = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(1)/include/generated/utsrelease.h 2>/dev/null)
release = $(call release_of,$(KDIR))

B := build

.PHONY: all modules tools deps demo check check-fast check-full bench lint docs clean help

all: modules tools

help:
	@echo 'make deps        install what is needed to build and test (apt)'
	@echo 'make demo        real programs in domains, in a virtual machine'
	@echo 'make check       every test; check-fast: those of kernel 6.12 only'
	@echo 'make check-full  the long ones as well; results are kept in build/check-full/'
	@echo 'make modules     the module, for KDIR=<kernel headers>, in build/<release>/sbx.ko'
	@echo 'make tools       sbxctl, sbxd in build/tools, and libsbx'
	@echo 'make install     tools, man pages, sbxd.service, and the module for the running kernel'
	@echo '                 (or KDIR=) by dkms or, without it, directly; DESTDIR= and PREFIX='
	@echo '                 say where, MODULE=none leaves the module out; make uninstall'
	@echo 'make bench       speed against native and a seccomp filter'
	@echo 'make lint        checkpatch, sparse, W=1, shell and table checks'
	@echo 'make docs        the coverage page, from module/syscalls.tbl'

# The kernel builds beside its sources, so each kernel gets a tree of links.
modules:
	@test -n '$(KDIR)' -a -e '$(KDIR)/include/generated/utsrelease.h' || \
		{ echo "no kernel headers in KDIR='$(KDIR)': make deps, or name them with KDIR="; exit 1; }
	@mkdir -p $(B)/$(release)
	@find $(B)/$(release) -xtype l -delete
	@cp -rsfu $(CURDIR)/Kbuild $(CURDIR)/module $(CURDIR)/uapi $(B)/$(release)/
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR)/$(B)/$(release) W=1 $(KFLAGS) modules

deps:
	@tests/vm/deps

# Static, so that it runs in any root.
$(B)/demo/forbidden: tests/demo/forbidden.c
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Werror -static -o $@ $<

demo: deps
	@$(MAKE) --no-print-directory $(B)/demo/forbidden
	@tests/vm/run --timeout 900 -- tests/demo/run $(B)/demo

# The coverage page is kept in the tree, so that it can be read on the web.
docs:
	awk -v out=rst -f module/gen-table.awk module/syscalls.tbl > Documentation/syscalls.rst

clean:
	rm -rf $(B)

include userspace/tools.mk
include tests/tests.mk
include packaging/install.mk
