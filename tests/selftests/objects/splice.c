// SPDX-License-Identifier: GPL-2.0
/*
 * splice, tee, vmsplice, and sendfile with pipes.
 *
 * Runs as: root user
 */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "../files/files.h"
#include "kselftest_harness.h"

#define PIPE_SIZE	65536

FIXTURE(splice) {
	int in[2], out[2], file;
};

FIXTURE_SETUP(splice)
{
	signal(SIGPIPE, SIG_IGN);
	ASSERT_EQ(0, pipe(self->in));
	ASSERT_EQ(0, pipe(self->out));
	self->file = make_file("file", "0123456789");
	alarm(30);
}

FIXTURE_TEARDOWN(splice)
{
	unlink("file");
}

static long do_splice(int in, loff_t *in_off, int out, loff_t *out_off, size_t len, int flags)
{
	return SYS(splice, in, in_off, out, out_off, len, flags);
}

static int content_is(int fd, const char *want)
{
	char buf[256] = {};
	ssize_t len = read(fd, buf, sizeof(buf) - 1);

	return len == (ssize_t)strlen(want) && !memcmp(buf, want, len);
}

static int queued(int fd)
{
	int bytes = -1;

	ioctl(fd, FIONREAD, &bytes);
	return bytes;
}

TEST_F(splice, file_to_pipe)
{
	loff_t off = 2;

	EXPECT_EQ(4, do_splice(self->file, &off, self->out[1], NULL, 4, 0));
	EXPECT_EQ(6, off);
	EXPECT_TRUE(content_is(self->out[0], "2345"));
	ASSERT_EQ(7, lseek(self->file, 7, SEEK_SET));
	EXPECT_EQ(3, do_splice(self->file, NULL, self->out[1], NULL, 100, 0));
	EXPECT_EQ(10, lseek(self->file, 0, SEEK_CUR));
	EXPECT_TRUE(content_is(self->out[0], "789"));
	EXPECT_EQ(0, do_splice(self->file, NULL, self->out[1], NULL, 100, 0));
	off = 1000;
	EXPECT_EQ(0, do_splice(self->file, &off, self->out[1], NULL, 100, 0));
	EXPECT_EQ(1000, off);
}

TEST_F(splice, pipe_to_file)
{
	char buf[32] = {};
	loff_t off = 8;

	ASSERT_EQ(6, write(self->in[1], "abcdef", 6));
	EXPECT_EQ(4, do_splice(self->in[0], NULL, self->file, &off, 4, 0));
	EXPECT_EQ(12, off);
	EXPECT_EQ(2, queued(self->in[0]));
	ASSERT_EQ(0, lseek(self->file, 0, SEEK_SET));
	EXPECT_EQ(2, do_splice(self->in[0], NULL, self->file, NULL, 100, 0));
	EXPECT_EQ(2, lseek(self->file, 0, SEEK_CUR));
	EXPECT_EQ(12, pread(self->file, buf, sizeof(buf), 0));
	EXPECT_STREQ("ef234567abcd", buf);
}

/* What a file does not take stays in the pipe. */
TEST_F(splice, failed_write_loses_nothing)
{
	int full = open("/dev/full", O_WRONLY), append = open("file", O_WRONLY | O_APPEND);
	int reader = open("file", O_RDONLY);

	ASSERT_LE(0, full);
	ASSERT_EQ(5, write(self->in[1], "hello", 5));
	/* It has no splice_write of its own. */
	EXPECT_EQ(-EINVAL, do_splice(self->in[0], NULL, full, NULL, 5, 0));
	EXPECT_EQ(-EINVAL, do_splice(self->in[0], NULL, append, NULL, 5, 0));
	EXPECT_EQ(-EBADF, do_splice(self->in[0], NULL, reader, NULL, 5, 0));
	EXPECT_EQ(5, queued(self->in[0]));
	EXPECT_TRUE(content_is(self->in[0], "hello"));
}

TEST_F(splice, between_pipes)
{
	ASSERT_EQ(6, write(self->in[1], "abcdef", 6));
	EXPECT_EQ(2, do_splice(self->in[0], NULL, self->out[1], NULL, 2, 0));
	EXPECT_EQ(4, queued(self->in[0]));
	EXPECT_EQ(2, queued(self->out[0]));
	/* Each goes on by itself. */
	ASSERT_EQ(2, write(self->out[1], "XY", 2));
	ASSERT_EQ(2, write(self->in[1], "gh", 2));
	EXPECT_EQ(6, do_splice(self->in[0], NULL, self->out[1], NULL, 100, 0));
	EXPECT_TRUE(content_is(self->out[0], "abXYcdefgh"));
	EXPECT_EQ(0, queued(self->in[0]));
	ASSERT_EQ(1, write(self->in[1], "1", 1));
	EXPECT_TRUE(content_is(self->in[0], "1"));
}

TEST_F(splice, tee)
{
	ASSERT_EQ(6, write(self->in[1], "abcdef", 6));
	EXPECT_EQ(4, SYS(tee, self->in[0], self->out[1], 4, 0));
	EXPECT_EQ(6, queued(self->in[0]));
	ASSERT_EQ(2, write(self->out[1], "XY", 2));
	ASSERT_EQ(2, write(self->in[1], "gh", 2));
	EXPECT_TRUE(content_is(self->out[0], "abcdXY"));
	EXPECT_TRUE(content_is(self->in[0], "abcdefgh"));
	/* And again, the whole of it. */
	ASSERT_EQ(3, write(self->in[1], "123", 3));
	EXPECT_EQ(3, SYS(tee, self->in[0], self->out[1], PIPE_SIZE, 0));
	ASSERT_EQ(1, write(self->out[1], "4", 1));
	ASSERT_EQ(1, write(self->in[1], "5", 1));
	EXPECT_TRUE(content_is(self->in[0], "1235"));
	EXPECT_TRUE(content_is(self->out[0], "1234"));
}

TEST_F(splice, errors)
{
	int dir = open(".", O_RDONLY), path = open("file", O_PATH);
	int null = open("/dev/null", O_RDWR);
	int *in = self->in, *out = self->out, writer = open("file", O_WRONLY);
	loff_t off = 0, negative = -1, huge = LLONG_MAX;
	void *bad;

	ASSERT_LE(0, null);
	EXPECT_EQ(0, do_splice(-1, NULL, -1, NULL, 0, -1));
	EXPECT_EQ(-EINVAL, do_splice(-1, NULL, -1, NULL, 1, 16));
	EXPECT_EQ(-EBADF, do_splice(-1, NULL, out[1], NULL, 1, 0));
	EXPECT_EQ(-EBADF, do_splice(in[0], NULL, -1, NULL, 1, 0));
	EXPECT_EQ(-EBADF, do_splice(in[1], NULL, out[1], NULL, 1, 0));
	EXPECT_EQ(-EBADF, do_splice(in[0], NULL, out[0], NULL, 1, 0));
	EXPECT_EQ(-EBADF, do_splice(path, NULL, out[1], NULL, 1, 0));
	EXPECT_EQ(-EBADF, do_splice(writer, NULL, out[1], NULL, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(self->file, NULL, writer, NULL, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(in[0], NULL, in[1], NULL, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(dir, NULL, out[1], NULL, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(null, NULL, out[1], NULL, 1, 0));
	EXPECT_EQ(-ESPIPE, do_splice(in[0], &off, out[1], NULL, 1, 0));
	EXPECT_EQ(-ESPIPE, do_splice(in[0], NULL, out[1], &off, 1, 0));
	EXPECT_EQ(-ESPIPE, do_splice(self->file, &off, out[1], &off, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(self->file, &negative, out[1], NULL, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(in[0], NULL, self->file, &negative, 1, 0));
	EXPECT_EQ(-EINVAL, do_splice(self->file, &huge, out[1], NULL, 1, 0));
	for_each_bad_pointer(bad) {
		if (!bad)
			continue;
		EXPECT_EQ(-EFAULT, do_splice(self->file, bad, out[1], NULL, 1, 0));
		EXPECT_EQ(-EFAULT, do_splice(in[0], NULL, self->file, bad, 1, 0));
	}
	EXPECT_EQ(0, SYS(tee, in[0], out[1], 0, 0));
	EXPECT_EQ(-EINVAL, SYS(tee, in[0], out[1], 0, 16));
	EXPECT_EQ(-EBADF, SYS(tee, in[0], -1, 1, 0));
	EXPECT_EQ(-EBADF, SYS(tee, in[1], out[1], 1, 0));
	EXPECT_EQ(-EINVAL, SYS(tee, in[0], in[1], 1, 0));
	EXPECT_EQ(-EINVAL, SYS(tee, in[0], self->file, 1, 0));
	EXPECT_EQ(-EINVAL, SYS(tee, self->file, out[1], 1, 0));
}

TEST_F(splice, nonblock)
{
	static char page[PIPE_SIZE];
	int *in = self->in, *out = self->out;
	loff_t off = 0;

	EXPECT_EQ(-EAGAIN, do_splice(in[0], NULL, out[1], NULL, 1, SPLICE_F_NONBLOCK));
	EXPECT_EQ(-EAGAIN, do_splice(in[0], NULL, self->file, NULL, 1, SPLICE_F_NONBLOCK));
	EXPECT_EQ(-EAGAIN, SYS(tee, in[0], out[1], 1, SPLICE_F_NONBLOCK));
	ASSERT_EQ(0, fcntl(in[0], F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, do_splice(in[0], NULL, self->file, NULL, 1, 0));
	EXPECT_EQ(-EAGAIN, do_splice(in[0], NULL, out[1], NULL, 1, 0));

	ASSERT_EQ(PIPE_SIZE, write(out[1], page, sizeof(page)));
	ASSERT_EQ(1, write(in[1], "x", 1));
	EXPECT_EQ(-EAGAIN, do_splice(in[0], NULL, out[1], NULL, 1, SPLICE_F_NONBLOCK));
	EXPECT_EQ(-EAGAIN, SYS(tee, in[0], out[1], 1, SPLICE_F_NONBLOCK));
	EXPECT_EQ(-EAGAIN, do_splice(self->file, &off, out[1], NULL, 1, SPLICE_F_NONBLOCK));
	ASSERT_EQ(0, fcntl(out[1], F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, do_splice(self->file, &off, out[1], NULL, 1, 0));
	EXPECT_EQ(-EAGAIN, SYS(sendfile, out[1], self->file, &off, 1));
	EXPECT_EQ(0, off);
}

TEST_F(splice, ends)
{
	loff_t off = 0;

	close(self->in[1]);
	EXPECT_EQ(0, do_splice(self->in[0], NULL, self->out[1], NULL, 1, 0));
	EXPECT_EQ(0, do_splice(self->in[0], NULL, self->file, NULL, 1, 0));
	EXPECT_EQ(0, SYS(tee, self->in[0], self->out[1], 1, 0));
	close(self->out[0]);
	EXPECT_EQ(-EPIPE, do_splice(self->file, &off, self->out[1], NULL, 1, 0));
	EXPECT_EQ(-EPIPE, SYS(sendfile, self->out[1], self->file, &off, 1));
}

/* A full pipe's worth at most, and no wait for who is to read it. */
TEST_F(splice, sendfile_to_pipe)
{
	static char data[4 * PIPE_SIZE], back[4 * PIPE_SIZE];
	size_t done = 0;
	loff_t off = 0;
	long ret;

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = i * 7 + i / 256;
	ASSERT_EQ(sizeof(data), pwrite(self->file, data, sizeof(data), 0));
	while (off < (loff_t)sizeof(data)) {
		ret = SYS(sendfile, self->out[1], self->file, &off, sizeof(data));
		ASSERT_LT(0, ret);
		ASSERT_GE(PIPE_SIZE, ret);
		ASSERT_EQ(ret, queued(self->out[0]));
		ASSERT_EQ(ret, read(self->out[0], back + done, sizeof(back) - done));
		done += ret;
	}
	EXPECT_EQ(sizeof(data), done);
	EXPECT_EQ(0, memcmp(data, back, sizeof(data)));
	EXPECT_EQ(-EINVAL, SYS(sendfile, self->file, self->in[0], NULL, 1));
}

/* What is in a pipe is a copy: the file may change, and does not change with it. */
TEST_F(splice, copies)
{
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, self->file, 0);
	struct iovec iov = { "memory", 6 };
	loff_t off = 0;

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(5, do_splice(self->file, &off, self->out[1], NULL, 5, 0));
	/* Merged into the page of the pipe, never into the page of the file. */
	ASSERT_EQ(5, write(self->out[1], "evil!", 5));
	EXPECT_EQ(0, memcmp(map, "0123456789", 10));
	EXPECT_TRUE(content_is(self->out[0], "01234evil!"));
	EXPECT_EQ(6, SYS(vmsplice, self->out[1], &iov, 1, 0));
	ASSERT_EQ(1, write(self->out[1], "!", 1));
	EXPECT_TRUE(content_is(self->out[0], "memory!"));
}

TEST_F(splice, vmsplice)
{
	char a[] = "abc", b[] = "defgh", back[16] = {};
	struct iovec iov[] = { { a, 3 }, { NULL, 0 }, { b, 5 } };
	struct iovec into[] = { { back, 2 }, { back + 2, 14 } };

	EXPECT_EQ(8, SYS(vmsplice, self->in[1], iov, 3, 0));
	EXPECT_EQ(8, queued(self->in[0]));
	EXPECT_EQ(8, SYS(vmsplice, self->in[0], into, 2, 0));
	EXPECT_STREQ("abcdefgh", back);
	EXPECT_EQ(-EAGAIN, SYS(vmsplice, self->in[0], into, 2, SPLICE_F_NONBLOCK));
	EXPECT_EQ(0, SYS(vmsplice, self->in[1], iov, 0, 0));
	EXPECT_EQ(0, SYS(vmsplice, self->file, iov, 0, 0));
	EXPECT_EQ(-EBADF, SYS(vmsplice, self->file, iov, 1, 0));
	EXPECT_EQ(-EBADF, SYS(vmsplice, -1, iov, 1, 0));
	EXPECT_EQ(-EINVAL, SYS(vmsplice, self->in[1], iov, 1, 16));
	EXPECT_EQ(-EINVAL, SYS(vmsplice, self->in[1], iov, UIO_MAXIOV + 1, 0));
	EXPECT_EQ(-EFAULT, SYS(vmsplice, self->in[1], UNMAPPED, 1, 0));
	iov[0].iov_base = UNMAPPED;
	EXPECT_EQ(-EFAULT, SYS(vmsplice, self->in[1], iov, 1, 0));
	EXPECT_EQ(0, queued(self->in[0]));
	ASSERT_EQ(3, write(self->in[1], "abc", 3));
	EXPECT_EQ(-EFAULT, SYS(vmsplice, self->in[0], iov, 1, 0));
	EXPECT_EQ(3, queued(self->in[0]));
	close(self->in[0]);
	iov[0].iov_base = a;
	EXPECT_EQ(-EPIPE, SYS(vmsplice, self->in[1], iov, 1, 0));
}

TEST_F(splice, devices)
{
	int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
	static char back[PIPE_SIZE];
	long ret;

	/* Since 6.5. */
	ret = do_splice(zero, NULL, self->out[1], NULL, 5000, 0);
	if (ret == -EINVAL)
		ret = write(self->out[1], back, 5000);
	EXPECT_EQ(5000, ret);
	EXPECT_EQ(4000, do_splice(self->out[0], NULL, null, NULL, 4000, 0));
	EXPECT_EQ(1000, queued(self->out[0]));
	memset(back, 'x', sizeof(back));
	ASSERT_EQ(1000, read(self->out[0], back, sizeof(back)));
	EXPECT_EQ(0, back[0]);
	EXPECT_EQ(0, back[999]);
	EXPECT_EQ('x', back[1000]);
}

static int readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

static void *write_later(void *arg)
{
	usleep(100000);
	if (write(*(int *)arg, "late", 4) != 4)
		abort();
	return NULL;
}

/* Both wait for content, and poll sees what they leave. */
TEST_F(splice, waits)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, write_later, &self->in[1]));
	EXPECT_EQ(2, do_splice(self->in[0], NULL, self->out[1], NULL, 2, 0));
	EXPECT_TRUE(readable(self->in[0]));
	EXPECT_TRUE(readable(self->out[0]));
	pthread_join(thread, NULL);
	EXPECT_EQ(2, do_splice(self->in[0], NULL, self->file, NULL, 100, 0));
	EXPECT_FALSE(readable(self->in[0]));
	ASSERT_EQ(0, pthread_create(&thread, NULL, write_later, &self->in[1]));
	EXPECT_EQ(4, do_splice(self->in[0], NULL, self->file, NULL, 100, 0));
	pthread_join(thread, NULL);
}

static void on_alarm(int sig)
{
}

TEST_F(splice, interrupted)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &action, NULL);
	ualarm(50000, 0);
	EXPECT_EQ(-EINTR, do_splice(self->in[0], NULL, self->file, NULL, 1, 0));
	ualarm(50000, 0);
	EXPECT_EQ(-EINTR, SYS(tee, self->in[0], self->out[1], 1, 0));
}

#define TOTAL	(2 << 20)

static void *feed(void *arg)
{
	static unsigned char buf[10000];
	int fd = *(int *)arg;
	unsigned int sum = 0, done = 0;

	while (done < TOTAL) {
		size_t len = 1 + done % sizeof(buf);

		if (len > TOTAL - done)
			len = TOTAL - done;
		for (unsigned int i = 0; i < len; i++)
			sum += buf[i] = (done + i) * 31 >> 3;
		if (write(fd, buf, len) != (ssize_t)len)
			abort();
		done += len;
	}
	close(fd);
	return (void *)(unsigned long)sum;
}

static void *pass(void *arg)
{
	int *fds = arg;

	while (do_splice(fds[0], NULL, fds[1], NULL, 12345, 0) > 0)
		;
	close(fds[1]);
	return NULL;
}

/* Through three pipes, by four threads, nothing is lost or out of place. */
TEST_F(splice, chain)
{
	int last[2], middle[2][2], steps[2][2];
	unsigned int sum = 0, done = 0;
	pthread_t threads[4];
	void *want;

	ASSERT_EQ(0, pipe(middle[0]));
	ASSERT_EQ(0, pipe(last));
	memcpy(steps[0], (int[]){ self->in[0], middle[0][1] }, sizeof(steps[0]));
	memcpy(steps[1], (int[]){ middle[0][0], last[1] }, sizeof(steps[1]));
	ASSERT_EQ(0, pthread_create(&threads[0], NULL, feed, &self->in[1]));
	ASSERT_EQ(0, pthread_create(&threads[1], NULL, pass, steps[0]));
	ASSERT_EQ(0, pthread_create(&threads[2], NULL, pass, steps[1]));
	for (;;) {
		static unsigned char buf[7000];
		ssize_t len = read(last[0], buf, sizeof(buf));

		ASSERT_LE(0, len);
		if (!len)
			break;
		for (ssize_t i = 0; i < len; i++)
			sum += buf[i];
		done += len;
	}
	pthread_join(threads[0], &want);
	pthread_join(threads[1], NULL);
	pthread_join(threads[2], NULL);
	EXPECT_EQ(TOTAL, done);
	EXPECT_EQ((unsigned int)(unsigned long)want, sum);
}

static void *drain_to_file(void *arg)
{
	int pipe = *(int *)arg, fd = open("sink", O_CREAT | O_WRONLY | O_TRUNC, 0600);
	unsigned long done = 0;
	long ret;

	while ((ret = do_splice(pipe, NULL, fd, NULL, 5000, 0)) > 0)
		done += ret;
	close(fd);
	return (void *)done;
}

static void *drain_by_read(void *arg)
{
	static __thread char buf[3000];
	unsigned long done = 0;
	long ret;

	while ((ret = read(*(int *)arg, buf, sizeof(buf))) > 0)
		done += ret;
	return (void *)done;
}

/* Many readers of one pipe, some splicing, some reading, all come to the end of it. */
TEST_F(splice, many_readers)
{
	pthread_t threads[5];
	unsigned long done = 0;
	void *part;

	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL,
					    i & 1 ? drain_to_file : drain_by_read, &self->in[0]));
	ASSERT_EQ(0, pthread_create(&threads[4], NULL, feed, &self->in[1]));
	pthread_join(threads[4], NULL);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &part);
		done += (unsigned long)part;
	}
	EXPECT_EQ(TOTAL, done);
	unlink("sink");
}

TEST_HARNESS_MAIN
