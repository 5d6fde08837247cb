# SPDX-License-Identifier: GPL-2.0
# As: user
#
# A database with both kinds of journal, and two that write at once.

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
echo 'not a database, to be sure, whatever it is called, and long enough' >broken.db
sqlite3 broken.db 'select 1 from t' 2>&1 || true
ls
