// SPDX-License-Identifier: GPL-2.0
/* What fork+exec executes. */
int main(void)
{
	return 0;
}
