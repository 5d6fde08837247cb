# SPDX-License-Identifier: GPL-2.0
# As: user
#
# Programs that are traced: by strace, and by gdb, where there is one.

set -eu
cat >sum.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

int total;

static int add(int n)
{
	total += n;
	return total;
}

static void *work(void *arg)
{
	for (int i = 1; i <= 3; i++)
		add(i);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	pthread_create(&thread, NULL, work, NULL);
	pthread_join(thread, NULL);
	printf("%d\n", add(argc > 1 ? atoi(argv[1]) : 100));
	return total & 1;
}
END
gcc -g -O0 -pthread -o sum sum.c

# Which calls were made, how often; the loader's are as many as there are libraries.
calls()
{
	sed -E 's/^\[?[0-9]+\]? +//; s/[(].*//; /^(\+\+\+|---|<\.\.\.)/d' "$1" | sort | uniq -c
}

echo "strace of a program with a thread"
strace -f -o log -e trace=openat,read,write,mmap,clone3,exit_group,execve ./sum 5 || echo "status $?"
calls log
grep -c '+++ exited with 1 +++' log || true

echo "strace of a shell with processes and a pipe"
strace -f -o log -e trace=pipe,pipe2,execve,write sh -c 'echo some words | tr a-z A-Z; ls none' || echo "status $?"
calls log
grep -o 'write(1, "SOME WORDS.*' log
grep -o "write(2, .*none'" log

echo "strace with calls that it makes fail"
strace -o log -e trace=write -e inject=write:error=ENOSPC ./sum 7 || echo "status $?"
grep -o 'write(1, .*' log

echo "strace of a process that runs"
mkfifo fifo
sh -c 'read line <fifo; echo "read $line"; exit 3' &
pid=$!
strace -f -o log -e trace=write,exit_group -p $pid 2>said &
until grep -q attached said 2>/dev/null; do sleep 0.1; done
echo hello >fifo
wait $pid || echo "status $?"
wait
grep -o 'write(1, .*' log
grep -o 'exit_group(.*' log | sed 's/ *=.*//'
rm -f fifo log said

command -v gdb >/dev/null || exit 0
gdb()
{
	# Without addresses, numbers of processes, and threads that come and go in any order.
	command gdb -q -nx -batch -ex 'set debuginfod enabled off' -ex 'set width 0' "$@" 2>&1 |
		sed -E 's/0x[0-9a-f]+/ADDRESS/g; s/(process|LWP|PID|Thread) [0-9A-Z]+/\1 N/g
			/^\[(New|Thread) /d'
}

echo "gdb: a breakpoint, a step, a value, a watchpoint"
gdb -ex 'break add if n == 2' -ex run -ex backtrace -ex 'print total' -ex next -ex 'print total = 40' \
	-ex 'delete' -ex 'watch total' -ex continue -ex 'info watchpoints' -ex delete -ex continue ./sum
echo "gdb: a process that runs"
sh -c 'while :; do sleep 0.1; done' &
pid=$!
gdb -ex 'info inferiors' -ex detach -p $pid | grep -c 'process N'
kill $pid
wait || true
