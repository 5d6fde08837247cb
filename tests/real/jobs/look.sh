# SPDX-License-Identifier: GPL-2.0
#
# What programs make of /proc and /sys: the same words in the same places. Numbers
# are not compared here, but for those that are the machine's.

# How it looks: numbers and distances alike.
shape()
{
	sed -E 's/0x[0-9a-f]+/N/g; s/[0-9]+([.,:][0-9]+)*/N/g; s/[[:space:]]+/ /g; s/^ //; s/ $//'
}

# look NAME COMMAND...: how the output of a command looks, and how it ended. It goes by
# a file, so that none but the command runs.
look()
{
	local name=$1 status=0
	shift

	"$@" >out 2>&1 </dev/null || status=$?
	printf '== %s: %s\n' "$name" "$status"
	shape <out
	rm out
}

# Those whose order is by what they use.
look_sorted()
{
	look "$@" | sort
}

sleep 1000 &
sleeper=$!

look 'ps aux' ps aux
look 'ps -ef' ps -ef
look 'ps axf' ps axf
look 'ps -eLf' ps -eLf
look 'ps of the sleeper' ps -o pid,ppid,pgid,sess,tty,stat,user,group,ruser,egid,ni,pri,rtprio,cls,psr,nlwp,comm,args,cgroup -p $sleeper
look 'ps of its numbers' ps -o vsz,rss,size,pss,uss,pmem,pcpu,time,etime,lstart,min_flt,maj_flt,drs,trs,sz,oom,oomadj,thcount -p $sleeper
look 'ps of its signals' ps -o pending,blocked,ignored,caught,eip,esp,flags -p $sleeper
look 'ps of its namespaces' ps -o ipcns,mntns,netns,pidns,userns,utsns,timens,cgroupns -p $sleeper
look_sorted 'top' top -b -n 1 -w 200
look_sorted 'top of threads' top -b -H -n 1 -w 200
look 'free' free -w -l -t
look 'vmstat' vmstat
look 'vmstat -s' vmstat -s
look 'vmstat -f' vmstat -f
look 'uptime' uptime
look 'uptime -p' uptime -p
look 'uptime -s' uptime -s
look 'w' w
pmap $sleeper | awk 'NR > 1 && !/total/ { $1 = "" } 1' | shape
look 'pwdx' pwdx $sleeper
look 'pgrep' pgrep -a sleep
look 'pstree' pstree -p
look 'prtstat' prtstat $sleeper
look 'prlimit' prlimit -p $sleeper
look 'findmnt' findmnt -n -o FSTYPE /proc
look 'lsns' lsns -o TYPE,NPROCS,COMMAND
look 'busybox ps' busybox ps
look 'busybox free' busybox free
look 'busybox uptime' busybox uptime

nproc
getconf _NPROCESSORS_CONF
getconf _NPROCESSORS_ONLN
free -k | awk 'NR == 2 { print $2 }'
lscpu | grep -E '^(Architecture|Byte Order|CPU\(s\)|On-line|Vendor ID|Model name|CPU family|Model|Stepping|Thread|Core|Socket|Flags|Hypervisor|NUMA)' | tr -s ' '
python3 -c 'import os, platform, resource
print(os.cpu_count(), len(os.sched_getaffinity(0)), len(os.getloadavg()), platform.libc_ver())
print(os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_OPEN_MAX"))'

# Takes a lock and is seen with it.
flock file sh -c 'lslocks -n -o TYPE,MODE,PATH -p $PPID'

[ "$1" = full ] || { kill $sleeper; exit; }

look 'lsof' lsof -w -p $sleeper
look 'lsof of sockets' lsof -w -n -P -i -U
look 'detect-virt, container' systemd-detect-virt -c
look 'detect-virt, machine' systemd-detect-virt -v
look 'detect-virt, chroot' systemd-detect-virt -r
look 'runc' runc --version
look 'containerd' containerd --version
GODEBUG=schedtrace=1000 runc features 2>&1 >/dev/null | grep -o -m 1 'gomaxprocs=[0-9]*'
java -version 2>&1
java -XX:+PrintFlagsFinal -version 2>&1 |
	awk '$2 ~ /^(MaxHeapSize|InitialHeapSize|ParallelGCThreads|ConcGCThreads|CICompilerCount|UseSerialGC|UseG1GC)$/ { print $2, $4 }'
node -p 'os = require("os"); [os.cpus().length, os.cpus()[0].model, os.totalmem(), os.type(),
	os.release(), os.loadavg().length, os.uptime() > 0]'
python3 - <<'END'
import multiprocessing, os, psutil
print(multiprocessing.cpu_count(), psutil.cpu_count(), psutil.virtual_memory().total)
print(sorted(p.name() for p in psutil.process_iter()))
me = psutil.Process()
for name in ('name', 'status', 'num_threads', 'num_fds', 'ppid', 'username', 'nice', 'terminal',
             'cwd', 'cpu_affinity', 'ionice', 'uids', 'gids'):
    value = getattr(me, name)()
    print(name, value if name != 'ppid' else value > 0)
print(me.memory_full_info()._fields, me.io_counters()._fields, me.num_ctx_switches()._fields)
print([m.path for m in me.memory_maps() if m.path.startswith('[')])
with open('opened', 'w'):
    print([(f.path, f.mode) for f in me.open_files()])
print(me.net_connections() if hasattr(me, 'net_connections') else me.connections())
for name in ('cpu_times', 'cpu_stats', 'swap_memory', 'virtual_memory'):
    print(name, getattr(psutil, name)()._fields)
print(sorted(psutil.net_io_counters(pernic=True)), psutil.boot_time() > 0, psutil.users())
END
gdb -batch -ex 'info os cpus' 2>&1 | shape
gdb -batch -ex 'info os processes' 2>&1 | shape | sort -u
kill $sleeper
