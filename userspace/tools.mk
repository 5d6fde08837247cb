# SPDX-License-Identifier: GPL-2.0
#
# The tools and their library; included by the top Makefile.

tools_dir := $(B)/tools
tools_obj := $(B)/userspace

TOOLS_PACKAGES := libnl-genl-3.0 jansson
TOOLS_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -Wno-format-truncation \
	-Wmissing-prototypes -Wshadow -fstack-protector-strong -D_FORTIFY_SOURCE=2
TOOLS_CPPFLAGS = -D_GNU_SOURCE -Iuapi -DSBX_VERSION='"$(shell cat module/version)"' \
	-MMD -MP $(shell pkg-config --cflags $(TOOLS_PACKAGES))
TOOLS_LIBS = $(shell pkg-config --libs $(TOOLS_PACKAGES))

objects_in = $(patsubst %.c,$(B)/%.o,$(wildcard userspace/$(1)/*.c))
lib_objects := $(call objects_in,lib)
sbxctl_objects := $(call objects_in,sbxctl)
sbxd_objects := $(call objects_in,sbxd)
runtime_objects := $(call objects_in,sbx-runtime)
tools_objects := $(lib_objects) $(sbxctl_objects) $(sbxd_objects) $(runtime_objects)

tools_programs := sbxctl sbxd sbx-runtime

tools: $(addprefix $(tools_dir)/,$(tools_programs))

$(tools_objects): $(B)/%.o: %.c userspace/tools.mk module/version
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) -c -o $@ $<

$(tools_obj)/libsbx.a: $(lib_objects)
	@echo '  AR      $@'
	@rm -f $@
	@$(AR) rcs $@ $^

$(tools_dir)/sbxctl: $(sbxctl_objects) $(tools_obj)/libsbx.a
	@mkdir -p $(@D)
	@echo '  LD      $@'
	@$(CC) $(TOOLS_CFLAGS) -o $@ $^ $(TOOLS_LIBS)

$(tools_dir)/sbxd: $(sbxd_objects) $(tools_obj)/libsbx.a
	@mkdir -p $(@D)
	@echo '  LD      $@'
	@$(CC) $(TOOLS_CFLAGS) -o $@ $^ $(TOOLS_LIBS) $(shell pkg-config --libs libsystemd)

# Called several times in a container's life: loading three libraries is half of its start.
$(tools_dir)/sbx-runtime: $(runtime_objects) $(tools_obj)/libsbx.a
	@mkdir -p $(@D)
	@echo '  LD      $@'
	@$(CC) $(TOOLS_CFLAGS) -o $@ $^ -Wl,-Bstatic $(TOOLS_LIBS) -Wl,-Bdynamic

-include $(patsubst %.o,%.d,$(tools_objects))

# Tests of the control plane, on libnl as it is.
netlink_tests := $(patsubst %,$(B)/tests/netlink/%,bad-input requests)

tests: $(netlink_tests)

$(netlink_tests): $(B)/%: %.c tests/netlink/nl.c tests/netlink/nl.h uapi/linux/sbx.h $(B)/tests/kernel/stamp
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Werror -Iuapi -I$(B)/tests/kernel \
		$(shell pkg-config --cflags libnl-genl-3.0) -o $@ $< tests/netlink/nl.c \
		$(shell pkg-config --libs libnl-genl-3.0)

# The editor of bundles, as a program.
tests: $(B)/tests/oci/edit

$(B)/tests/oci/edit: tests/oci/edit.c $(tools_obj)/libsbx.a
	@mkdir -p $(@D)
	$(CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) -o $@ $< $(tools_obj)/libsbx.a $(TOOLS_LIBS)
