# SPDX-License-Identifier: GPL-2.0
# As: user
# Needs: tree
#
# A C project of some size: the tools of this one.

set -eu
cd tree
if [ "$1" = full ]; then
	make -j2 tools 2>&1 | sort
	make tools
	build/tools/sbxctl --version
else
	make -j2 build/userspace/lib/{error,event,names}.o 2>&1 | sort
	make -q build/userspace/lib/error.o && echo 'up to date'
fi

mkdir ../small
cd ../small
cat >main.c <<-'END'
	#include <stdio.h>
	int twice(int x);
	int main(void) { printf("%d\n", twice(21)); return 0; }
END
echo 'int twice(int x) { return 2 * x; }' >twice.c
gcc -O2 -c -pipe main.c
gcc -O2 -c -save-temps twice.c
ar rcs libtwice.a twice.o
gcc -o static main.o -L. -ltwice
gcc -shared -fPIC -o libtwice.so twice.c
gcc -flto -O2 -o lto main.c twice.c
gcc -o dynamic main.o -L. -ltwice -Wl,-rpath,"$PWD"
strip -o stripped dynamic
for program in ./static ./dynamic ./stripped ./lto; do
	$program
done
objdump -d twice.o | tail -n 5
gcc -o wrong - -x c </dev/null 2>/dev/null || echo 'nothing to link'
