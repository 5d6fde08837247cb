# SPDX-License-Identifier: GPL-2.0
#
# Installation; included by the top Makefile.
#
# Tools and documents go below $(DESTDIR)$(PREFIX). The module's kernel is the
# running one, or KDIR's if that is given. MODULE says how it gets there:
#
#	dkms	its source, which dkms builds for this kernel and each later one
#	kbuild	built here, for this kernel only
#	none	not at all
#
# With DESTDIR, which is for packages and tests, dkms and depmod do not run.

PREFIX ?= /usr/local
SBINDIR := $(PREFIX)/sbin
UNITDIR ?= $(PREFIX)/lib/systemd/system
LOADDIR ?= $(PREFIX)/lib/modules-load.d
MAN8DIR := $(PREFIX)/share/man/man8
COMPDIR := $(PREFIX)/share/bash-completion/completions

MODULE ?= $(if $(DESTDIR)$(shell command -v dkms),dkms,kbuild)
VERSION := $(shell cat module/version)
DKMS_TREE := /usr/src/sbx-$(VERSION)
dkms_sources := Kbuild $(shell find module uapi -type f)

# Headers to install for: what KDIR is without being told is for testing.
ifeq ($(origin KDIR),file)
INSTALL_KDIR = /lib/modules/$(shell uname -r)/build
else
INSTALL_KDIR = $(KDIR)
endif
install_release = $(call release_of,$(INSTALL_KDIR))

pages := $(wildcard Documentation/man/*.8)
installed = $(addprefix $(SBINDIR)/,$(tools_programs)) $(UNITDIR)/sbxd.service \
	$(LOADDIR)/sbx.conf $(addprefix $(MAN8DIR)/,$(notdir $(pages))) $(COMPDIR)/sbxctl \
	$(PREFIX)/lib/libsbx.a $(PREFIX)/lib/pkgconfig/sbx.pc $(PREFIX)/include/linux/sbx.h \
	$(PREFIX)/include/sbx/sbx.h $(PREFIX)/include/sbx/compiler.h

INSTALL := install -D
fill = sed -e 's,@VERSION@,$(VERSION),' -e 's,@PREFIX@,$(PREFIX),' -e 's,@SBINDIR@,$(SBINDIR),'
into = $(DESTDIR)$(1)

.PHONY: install install-tools install-dkms install-kbuild install-none \
	uninstall uninstall-dkms uninstall-kbuild uninstall-none

# The module first: it is what may fail.
install: install-$(MODULE) install-tools
ifndef DESTDIR
	@[ ! -d /run/systemd/system ] || systemctl daemon-reload
	@echo "next: modprobe sbx; systemctl enable --now sbxd; sbxctl doctor"
endif

install-tools: tools $(tools_obj)/libsbx.a
	@for program in $(tools_programs); do \
		$(INSTALL) -m 755 $(tools_dir)/$$program $(call into,$(SBINDIR))/$$program; \
	done
	@for page in $(pages); do \
		$(INSTALL) -m 644 $$page $(call into,$(MAN8DIR))/$$(basename $$page); \
	done
	@$(INSTALL) -m 644 packaging/modules-load.conf $(call into,$(LOADDIR))/sbx.conf
	@$(INSTALL) -m 644 packaging/sbxctl.bash $(call into,$(COMPDIR))/sbxctl
	@$(INSTALL) -m 644 $(tools_obj)/libsbx.a $(call into,$(PREFIX))/lib/libsbx.a
	@$(INSTALL) -m 644 uapi/linux/sbx.h $(call into,$(PREFIX))/include/linux/sbx.h
	@$(INSTALL) -m 644 -t $(call into,$(PREFIX))/include/sbx userspace/lib/sbx.h userspace/lib/compiler.h
	@mkdir -p $(call into,$(UNITDIR)) $(call into,$(PREFIX))/lib/pkgconfig
	@$(fill) userspace/sbxd/sbxd.service.in >$(call into,$(UNITDIR))/sbxd.service
	@$(fill) packaging/sbx.pc.in >$(call into,$(PREFIX))/lib/pkgconfig/sbx.pc
	@echo 'installed the tools in $(call into,$(SBINDIR))'

install-dkms:
ifndef DESTDIR
	@$(need_headers)
endif
	@rm -rf $(call into,$(DKMS_TREE))
	@for file in $(dkms_sources); do \
		$(INSTALL) -m 644 $$file $(call into,$(DKMS_TREE))/$$file; \
	done
	@$(fill) packaging/dkms.conf.in >$(call into,$(DKMS_TREE))/dkms.conf
ifndef DESTDIR
	@dkms build --force sbx/$(VERSION) -k $(install_release) --kernelsourcedir $(INSTALL_KDIR)
	@dkms install --force sbx/$(VERSION) -k $(install_release)
endif
	@echo 'installed the source of the module in $(call into,$(DKMS_TREE))'

install-kbuild:
	@$(need_headers)
	@$(MAKE) --no-print-directory modules KDIR=$(INSTALL_KDIR)
	@$(INSTALL) -m 644 $(B)/$(install_release)/sbx.ko \
		$(call into,/lib/modules)/$(install_release)/updates/sbx.ko
ifndef DESTDIR
	@depmod $(install_release)
endif
	@echo 'installed the module for $(install_release)'

install-none:

need_headers = test -n '$(install_release)' || { \
	echo "There are no headers of the kernel in '$(INSTALL_KDIR)'. Install them (on Debian:"; \
	echo "linux-headers-$$(uname -r)), name others with KDIR=, or leave the module out with"; \
	echo "MODULE=none."; exit 1; } >&2

uninstall: uninstall-dkms uninstall-kbuild
	@rm -f $(addprefix $(DESTDIR),$(installed))
	@rm -rf $(call into,$(PREFIX))/include/sbx

uninstall-dkms:
ifndef DESTDIR
	@if [ -e $(DKMS_TREE) ] && command -v dkms >/dev/null; then \
		dkms remove sbx/$(VERSION) --all; \
	fi
endif
	@rm -rf $(call into,$(DKMS_TREE))

uninstall-kbuild:
	@for module in $(wildcard $(call into,/lib/modules)/*/updates/sbx.ko); do \
		rm -f $$module; \
		[ -n '$(DESTDIR)' ] || depmod $$(echo $$module | cut -d/ -f4); \
	done
