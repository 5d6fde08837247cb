# SPDX-License-Identifier: GPL-2.0
# As: user
#
# A database with both kinds of journal, and several processes that use it at once.

set -eu
[ "$1" = full ] && rows=50000 || rows=2000
for mode in delete wal truncate persist; do
	sqlite3 $mode.db "pragma journal_mode=$mode" \
		'create table t (id integer primary key, text, number)' 'create index i on t (number)'
	sqlite3 $mode.db "with recursive n(i) as (select 1 union all select i + 1 from n where i < $rows)
		insert into t select i, 'row ' || i, (i * 7919) % 10007 from n"
	sqlite3 $mode.db 'select count(*), sum(number), max(text) from t'
	for ((i = 0; i < 10; i++)); do
		sqlite3 -cmd '.timeout 60000' $mode.db "begin immediate; update t set number = number + 1
			where id % 10 = $i; commit" &
	done
	wait
	sqlite3 $mode.db 'begin; delete from t where id % 3 = 0; rollback' \
		'pragma integrity_check' 'select count(*), sum(number) from t' 'vacuum' 'pragma mmap_size=1000000' \
		'select number, count(*) from t group by number order by 2 desc, 1 limit 5'
	sqlite3 $mode.db .dump | sha256sum
done
sqlite3 delete.db ".backup backup.db"
sqlite3 backup.db 'select count(*) from t'

# What each of two processes may do while the other one is at it.
cat >two.py <<'END'
import signal, sqlite3, subprocess, sys

mode, rows = sys.argv[1], int(sys.argv[2])
name = f'two-{mode}.db'
count = 'select count(*), sum(n) from t'


def ask(*statements):
    print('  the other one:', *statements, flush=True)
    child = subprocess.run(['sqlite3', name, *statements], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(f'    {child.stdout.strip()} ({child.returncode})')


def do(statement):
    print(' ', statement)
    rows = db.execute(statement).fetchall()
    print(f'    {rows}')


print(mode)
db = sqlite3.connect(name, isolation_level=None, timeout=0)
do(f'pragma journal_mode={mode}')
do('create table t (n)')
ask('insert into t values (1)', count)

print(' one writes')
do('begin immediate')
do('insert into t values (2)')
ask('begin immediate')
ask(count)
do('savepoint s')
do('insert into t values (4)')
do('rollback to s')
do('release s')
do('commit')
ask(count)

print(' one reads')
do('begin')
do(count)
ask('insert into t values (8)')
do(count)
do('commit')
do(count)

print(' one has it alone')
do('begin exclusive')
ask(count)
do('rollback')

print(' one dies')
child = subprocess.Popen(['sqlite3', name], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(f"""pragma cache_size=1; begin immediate;
    with recursive i(n) as (select 1 union all select n + 1 from i where n < {rows}) insert into t select n from i;
    select 'ready';\n""")
child.stdin.flush()
assert child.stdout.readline() == 'ready\n'
ask('insert into t values (16)')
child.send_signal(signal.SIGKILL)
child.wait()
do(count)
ask('insert into t values (32)', 'pragma integrity_check')

print(' copies of what is in use')
do('begin immediate')
do('insert into t values (64)')
ask(f'.backup copy-{mode}.db')
do('commit')
do(f"vacuum into 'vacuum-{mode}.db'")
ask(f".backup copy-{mode}.db")
do('vacuum')
for copy in 'copy', 'vacuum':
    do(f"attach '{copy}-{mode}.db' as {copy}")
    do(f'select count(*), sum(n) from {copy}.t')
do('begin')
do('insert into t values (128)')
do('insert into copy.t values (256)')
do('commit')
if mode == 'wal':
    do('pragma wal_checkpoint(truncate)')
db.close()
END
for mode in delete wal; do
	python3 two.py $mode "$rows"
done

echo 'not a database, to be sure, whatever it is called, and long enough' >broken.db
sqlite3 broken.db 'select 1 from t' 2>&1 || true
ls
