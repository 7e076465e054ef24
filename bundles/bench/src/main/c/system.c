/* What the kernel does for programs: system calls, page faults, processes, switches between them. */
#include "kit.h"

u32 getppid80(u32 count)
{
	u32 sum = 0;
	int parent = call(GETPPID, 0, 0, 0, 0);
	for (u32 i = 0; i < count; i++) sum += call(GETPPID, 0, 0, 0, 0) == parent;
	return sum;
}

/* By the entry that the kernel offers, SYSENTER where the processor has it. */
u32 sysenter(u32 count)
{
	u32 sum = 0;
	int parent = call(GETPPID, 0, 0, 0, 0), now;
	if (!fast_call) return 0;
	for (u32 i = 0; i < count; i++) {
		asm volatile("call *%1" : "=a"(now) : "m"(fast_call), "a"(GETPPID) : "memory", "ecx", "edx");
		sum += now == parent;
	}
	return sum;
}

/* A megabyte that is new: 256 faults, then all of it goes back. */
u32 faults(u32 count)
{
	enum { SIZE = 1 << 20 };
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) {
		u8 *memory = pages(SIZE);
		for (u32 at = 0; at < SIZE; at += 4096) sum += memory[at]++ + 1;
		call(MUNMAP, (int)memory, SIZE, 0, 0);
	}
	return sum;
}

static u32 ended(int child)
{
	int status = -1;
	return call(WAIT4, child, (int)&status, 0, 0) == child && !status;
}

u32 forks(u32 count)
{
	u32 sum = 0;
	for (u32 i = 0; i < count; i++) {
		int child = call(FORK, 0, 0, 0, 0);
		if (!child) stop(0);
		sum += ended(child);
	}
	return sum;
}

u32 execs(u32 count)
{
	u32 sum = 0;
	char *arguments[] = {self, "nothing", 0};
	for (u32 i = 0; i < count; i++) {
		int child = call(FORK, 0, 0, 0, 0);
		if (!child) {
			call(EXECVE, (int)self, (int)arguments, (int)variables, 0);
			stop(1);
		}
		sum += ended(child);
	}
	return sum;
}

/* A byte goes to and fro between two processes: two switches a round. */
u32 pipes(u32 count)
{
	int there[2], back[2];
	u32 sum = 0;
	u8 byte = 0;
	call(PIPE, (int)there, 0, 0, 0);
	call(PIPE, (int)back, 0, 0, 0);
	int child = call(FORK, 0, 0, 0, 0);
	if (!child) {
		for (u32 i = 0; i < count && call(READ, there[0], (int)&byte, 1, 0) == 1; i++) {
			byte += 3;
			call(WRITE, back[1], (int)&byte, 1, 0);
		}
		stop(0);
	}
	for (u32 i = 0; i < count; i++) {
		call(WRITE, there[1], (int)&byte, 1, 0);
		call(READ, back[0], (int)&byte, 1, 0);
		sum = mix(sum, byte);
	}
	return sum + ended(child);
}
