// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes with many around them: waiting, signals, order, nobody forgotten.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "objects/util.h"

#define CAPACITY	(16 * PAGE)

FIXTURE(pipe) {
	int rd;
	int wr;
	char buf[2 * CAPACITY];
};

FIXTURE_SETUP(pipe)
{
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	self->rd = fds[0];
	self->wr = fds[1];
	for (unsigned int i = 0; i < sizeof(self->buf); i++)
		self->buf[i] = i * 7 + i / 256;
}

FIXTURE_TEARDOWN(pipe)
{
	close(self->rd);
	close(self->wr);
}

TEST_F(pipe, reading_is_interrupted)
{
	alarm_after(50, 0);
	EXPECT_EQ(-1, read(self->rd, self->buf, 1));
	EXPECT_EQ(EINTR, errno);
	no_alarm();
	EXPECT_GE(signals, 1);
}

TEST_F(pipe, reading_goes_on)
{
	pid_t child;

	alarm_after(50, SA_RESTART);
	child = fork();
	if (!child) {
		usleep(300000);
		_exit(write(self->wr, "x", 1) != 1);
	}
	EXPECT_EQ(1, read(self->rd, self->buf, 1));
	no_alarm();
	EXPECT_GE(signals, 1);
	waitpid(child, NULL, 0);
}

TEST_F(pipe, writing_is_interrupted)
{
	alarm_after(50, 0);
	/* What was written counts; then nothing was. */
	EXPECT_EQ(CAPACITY, write(self->wr, self->buf, sizeof(self->buf)));
	EXPECT_EQ(-1, write(self->wr, self->buf, 1));
	EXPECT_EQ(EINTR, errno);
	no_alarm();
}

TEST_F(pipe, breaks_while_writing)
{
	int status;
	pid_t child = fork();

	if (!child) {
		on_signal(SIGPIPE, 0);
		close(self->rd);
		if (write(self->wr, self->buf, sizeof(self->buf)) != CAPACITY)
			_exit(1);
		_exit(signals == 1 ? 0 : 2);
	}
	usleep(100000);
	close(self->rd);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(pipe, reader_sees_the_last_writer_go)
{
	int status;
	pid_t child = fork();

	if (!child) {
		close(self->wr);
		_exit(read(self->rd, self->buf, 1));
	}
	usleep(50000);
	close(self->wr);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST(killed_while_waiting)
{
	int fds[2], status;
	pid_t child;

	ASSERT_EQ(0, pipe(fds));
	child = fork();
	if (!child) {
		read(fds[0], &status, 1);
		_exit(0);
	}
	usleep(50000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(stopped_and_continued)
{
	int fds[2], status;
	pid_t child;

	ASSERT_EQ(0, pipe(fds));
	child = fork();
	if (!child) {
		char c = 0;

		_exit(read(fds[0], &c, 1) == 1 && c == 'x' ? 0 : 1);
	}
	usleep(50000);
	kill(child, SIGSTOP);
	ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	kill(child, SIGCONT);
	ASSERT_EQ(1, write(fds[1], "x", 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

#define ROUNDS	5000

TEST(ping_pong)
{
	int there[2], back[2], status;
	char c = 0;
	pid_t child;

	ASSERT_EQ(0, pipe(there));
	ASSERT_EQ(0, pipe(back));
	child = fork();
	if (!child) {
		for (int i = 0; i < ROUNDS; i++)
			if (read(there[0], &c, 1) != 1 || write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		char sent = i;

		ASSERT_EQ(1, write(there[1], &sent, 1));
		ASSERT_EQ(1, read(back[0], &c, 1));
		ASSERT_EQ(sent, c);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

#define WRITERS		6
#define RECORDS		400

/* Writes of up to PIPE_BUF are never mixed with those of others. */
TEST(records_stay_whole)
{
	unsigned int seen[WRITERS] = {}, total = 0;
	int fds[2];
	struct {
		unsigned short writer;
		unsigned short size;
		unsigned int nr;
	} head;
	char buf[PIPE_BUF];

	ASSERT_EQ(0, pipe(fds));
	for (int w = 0; w < WRITERS; w++) {
		if (fork())
			continue;
		close(fds[0]);
		memset(buf, 'A' + w, sizeof(buf));
		for (int i = 0; i < RECORDS; i++) {
			head.writer = w;
			head.nr = i;
			head.size = sizeof(head) + (i * 37 + w * 911) % (PIPE_BUF - sizeof(head));
			memcpy(buf, &head, sizeof(head));
			if (write(fds[1], buf, head.size) != head.size)
				_exit(1);
		}
		_exit(0);
	}
	close(fds[1]);
	FILE *in = fdopen(fds[0], "r");

	while (fread(&head, sizeof(head), 1, in) == 1) {
		ASSERT_LT(head.writer, WRITERS);
		ASSERT_EQ(seen[head.writer], head.nr);
		seen[head.writer]++;
		total++;
		ASSERT_EQ(head.size - sizeof(head), fread(buf, 1, head.size - sizeof(head), in));
		for (unsigned int i = 0; i < head.size - sizeof(head); i++)
			ASSERT_EQ('A' + head.writer, buf[i]);
	}
	EXPECT_EQ(WRITERS * RECORDS, total);
	while (wait(NULL) > 0)
		;
}

#define STREAM	(4 << 20)

/* Sizes around pages and slots, on both sides. */
static size_t some_size(unsigned int *seed)
{
	static const size_t sizes[] = {
		1, 2, 63, 1000, 4095, 4096, 4097, 8192, 8193, 20000, 65536, 70000
	};

	return sizes[rand_r(seed) % ARRAY_SIZE(sizes)];
}

static void stream_through(struct __test_metadata *_metadata, int flags)
{
	static char buf[70000];
	size_t done = 0, n;
	unsigned int seed = 1;
	int fds[2], status;
	ssize_t ret;

	ASSERT_EQ(0, pipe2(fds, flags));
	if (!fork()) {
		struct pollfd pfd = { .fd = fds[1], .events = POLLOUT };

		close(fds[0]);
		seed = 2;
		while (done < STREAM) {
			n = some_size(&seed);
			if (n > STREAM - done)
				n = STREAM - done;
			for (size_t i = 0; i < n; i++)
				buf[i] = (done + i) * 13 >> 4;
			ret = write(fds[1], buf, n);
			if (ret < 0 && errno == EAGAIN)
				poll(&pfd, 1, -1);
			else if (ret < 0)
				_exit(1);
			else
				done += ret;
		}
		_exit(0);
	}
	close(fds[1]);
	for (;;) {
		struct pollfd pfd = { .fd = fds[0], .events = POLLIN };

		ret = read(fds[0], buf, some_size(&seed));
		if (ret < 0 && errno == EAGAIN) {
			poll(&pfd, 1, -1);
			continue;
		}
		ASSERT_GE(ret, 0);
		if (!ret)
			break;
		for (ssize_t i = 0; i < ret; i++)
			ASSERT_EQ((char)((done + i) * 13 >> 4), buf[i]);
		done += ret;
	}
	EXPECT_EQ(STREAM, done);
	wait(&status);
	EXPECT_EQ(0, status);
}

TEST(stream)
{
	stream_through(_metadata, 0);
}

TEST(stream_without_waiting)
{
	stream_through(_metadata, O_NONBLOCK);
}

#define TAKERS	8
#define TOKENS	2000

static int jar[2];

static void *take_tokens(void *arg)
{
	long taken = 0;
	char c;

	for (;;) {
		if (read(jar[0], &c, 1) != 1)
			return (void *)-1L;
		if (c == 'q')
			return (void *)taken;
		taken++;
		if (taken % 3 == 0)
			sched_yield();
	}
}

/* Many wait for one byte each, as make's job server does: none is forgotten. */
TEST(many_readers)
{
	pthread_t takers[TAKERS];
	long sum = 0;
	void *taken;

	ASSERT_EQ(0, pipe(jar));
	for (int i = 0; i < TAKERS; i++)
		ASSERT_EQ(0, pthread_create(&takers[i], NULL, take_tokens, NULL));
	for (int i = 0; i < TOKENS; i++)
		ASSERT_EQ(1, write(jar[1], "t", 1));
	for (int i = 0; i < TAKERS; i++)
		ASSERT_EQ(1, write(jar[1], "q", 1));
	for (int i = 0; i < TAKERS; i++) {
		ASSERT_EQ(0, pthread_join(takers[i], &taken));
		ASSERT_GE((long)taken, 0);
		sum += (long)taken;
	}
	EXPECT_EQ(TOKENS, sum);
}

static void *put_page(void *arg)
{
	static char buf[PAGE];

	return (void *)(long)write(jar[1], buf, PAGE);
}

/* And the same with room. */
TEST(many_writers)
{
	pthread_t putters[TAKERS];
	char buf[PAGE];
	void *ret;

	ASSERT_EQ(0, pipe(jar));
	ASSERT_EQ(PAGE, fcntl(jar[1], F_SETPIPE_SZ, PAGE));
	for (int i = 0; i < TAKERS; i++)
		ASSERT_EQ(0, pthread_create(&putters[i], NULL, put_page, NULL));
	for (int got = 0; got < TAKERS * PAGE;) {
		ssize_t n = read(jar[0], buf, PAGE);

		ASSERT_GT(n, 0);
		got += n;
	}
	for (int i = 0; i < TAKERS; i++) {
		ASSERT_EQ(0, pthread_join(putters[i], &ret));
		EXPECT_EQ(PAGE, (long)ret);
	}
}

TEST_HARNESS_MAIN
