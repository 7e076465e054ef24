/* Loops and recursion in integer registers. */
#include "kit.h"

/* Collatz: branches that cannot be foretold, in registers only. */
u32 loops(u32 count)
{
	u32 sum = 0;
	for (u32 round = 0; round < count; round++)
		for (u32 start = 1 + round; start < 20000 + round; start++) {
			u32 steps = 0;
			for (u32 n = start; n != 1; steps++) n = n & 1 ? n * 3 + 1 : n >> 1;
			sum = mix(sum, steps);
		}
	return sum;
}

/* Eratosthenes, a byte a number. */
u32 sieve(u32 count)
{
	enum { SIZE = 200000 };
	u8 *composite = pages(SIZE);
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) {
		u32 primes = 0;
		for (u32 i = 0; i < SIZE; i++) composite[i] = 0;
		for (u32 i = 2; i < SIZE; i++) {
			if (composite[i]) continue;
			primes++;
			for (u32 j = i + i; j < SIZE; j += i) composite[j] = 1;
		}
		sum = mix(sum, primes);
	}
	return sum;
}

u32 matmul(u32 count)
{
	enum { N = 96 };
	static u32 a[N][N], b[N][N], c[N][N];
	u32 x = 1;
	for (u32 i = 0; i < N; i++)
		for (u32 j = 0; j < N; j++) a[i][j] = x = scramble(x), b[i][j] = x = scramble(x);
	for (u32 round = 0; round < count; round++) {
		for (u32 i = 0; i < N; i++)
			for (u32 j = 0; j < N; j++) {
				u32 dot = 0;
				for (u32 k = 0; k < N; k++) dot += a[i][k] * b[k][j];
				c[i][j] = dot;
			}
		a[round % N][round / N % N] += c[N - 1][round % N];
	}
	return mix_bytes(0, c, sizeof c);
}

static __attribute__((noinline)) u32 fib_of(u32 n)
{
	/* No tail call, no unrolling: what counts are CALL and RET. */
	asm volatile("" ::: "memory");
	return n < 2 ? n : fib_of(n - 1) + fib_of(n - 2);
}

u32 fib(u32 count)
{
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) sum = mix(sum, fib_of(20 + (round & 3)));
	return sum;
}

static __attribute__((noinline)) u32 ackermann_of(u32 m, u32 n)
{
	asm volatile("" ::: "memory");
	if (!m) return n + 1;
	u32 inner = n ? ackermann_of(m, n - 1) : 1;
	u32 result = ackermann_of(m - 1, inner);
	asm volatile("" : "+r"(result)); /* Deep stacks, so no tail call. */
	return result;
}

u32 ackermann(u32 count)
{
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) sum = mix(sum, ackermann_of(2, 150 + (round & 7)));
	return sum;
}
