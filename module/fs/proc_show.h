/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_FS_PROC_SHOW_H
#define _SBX_FS_PROC_SHOW_H

struct seq_file;

/* Contents of the module's own global files; seq_file's private is the inode. */
int sbx_proc_show_boot_id(struct seq_file *m, void *v);
int sbx_proc_show_cgroups(struct seq_file *m, void *v);
int sbx_proc_show_devices(struct seq_file *m, void *v);
int sbx_proc_show_domainname(struct seq_file *m, void *v);
int sbx_proc_show_epoll_watches(struct seq_file *m, void *v);
int sbx_proc_show_file_nr(struct seq_file *m, void *v);
int sbx_proc_show_filesystems(struct seq_file *m, void *v);
int sbx_proc_show_hostname(struct seq_file *m, void *v);
int sbx_proc_show_inotify_watches(struct seq_file *m, void *v);
int sbx_proc_show_kernel_version(struct seq_file *m, void *v);
int sbx_proc_show_interrupts(struct seq_file *m, void *v);
int sbx_proc_show_loadavg(struct seq_file *m, void *v);
int sbx_proc_show_meminfo(struct seq_file *m, void *v);
int sbx_proc_show_nothing(struct seq_file *m, void *v);
int sbx_proc_show_osrelease(struct seq_file *m, void *v);
int sbx_proc_show_ostype(struct seq_file *m, void *v);
int sbx_proc_show_pressure_cpu(struct seq_file *m, void *v);
int sbx_proc_show_pressure_io(struct seq_file *m, void *v);
int sbx_proc_show_pressure_memory(struct seq_file *m, void *v);
int sbx_proc_show_slabinfo(struct seq_file *m, void *v);
int sbx_proc_show_softirqs(struct seq_file *m, void *v);
int sbx_proc_show_stat(struct seq_file *m, void *v);
int sbx_proc_show_text(struct seq_file *m, void *v);
int sbx_proc_show_tty_drivers(struct seq_file *m, void *v);
int sbx_proc_show_uptime(struct seq_file *m, void *v);
int sbx_proc_show_uuid(struct seq_file *m, void *v);
int sbx_proc_show_vmstat(struct seq_file *m, void *v);
int sbx_proc_show_zoneinfo(struct seq_file *m, void *v);

#endif /* _SBX_FS_PROC_SHOW_H */
