# SPDX-License-Identifier: GPL-2.0
# As: user
# Unlike: */index
#
# A repository of a few thousand files: commit, branch, merge, clone, gc.

set -eu
[ "$1" = full ] && files=4000 gc=(--aggressive) || files=50 gc=()
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=C
export GIT_COMMITTER_EMAIL=c@example.org GIT_CONFIG_GLOBAL=$PWD/config HOME=$PWD
export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
git config --global init.defaultBranch main
git config --global pack.threads 1
git config --global gc.writeCommitGraph false
git config --global advice.detachedHead false

git init -q tree
cd tree
find /usr/lib/python3.11 /usr/include /usr/share -type f -size -64k ! -name '*.pyc' 2>/dev/null |
	LC_ALL=C sort | head -n "$files" | while read -r file; do
	mkdir -p ".$(dirname "$file")"
	cp "$file" ".$file"
done
git add -A
git commit -qm 'all of it'
git count-objects | cut -d, -f1
git rev-parse HEAD

git checkout -qb branch
git ls-files | head -n 20 | while read -r file; do
	sed -i '1i # changed' "$file"
done
git status --short
git commit -qam 'change some'
git mv usr moved
git commit -qm 'move all'
git checkout -q main
ln -s nowhere dangling
echo new >new
git add -A
git commit -qm 'a link'
git merge -q --no-edit branch
git log --stat --oneline | tail -n 40
git rev-parse HEAD
git diff HEAD~1 --shortstat
git grep -c include | head -n 20
echo changed >new
git stash -q
git stash pop -q
git checkout -q -- new
git blame -s new

cd ..
git clone -q tree hardlinks
git clone -q --no-local tree pack
git clone -q --bare tree bare.git
git -C pack fsck --full --strict 2>&1
git verify-pack pack/.git/objects/pack/*.idx && echo verified
git -C hardlinks rev-parse HEAD
git -C pack worktree add -q ../other HEAD~1
git -C other status --short
git -C pack push -q ../bare.git HEAD:refs/heads/pushed
git -C bare.git for-each-ref
git -C tree gc -q "${gc[@]}" --prune=now
git -C tree count-objects -v | grep -E '^(count|in-pack|packs|garbage)'
git -C tree fsck --full
git -C tree archive HEAD | sha256sum
git -C hardlinks pull -q
git -C hardlinks status
