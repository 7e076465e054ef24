/* Memory: copying by loads and stores, loads all over many pages, and string instructions. */
#include "kit.h"

enum { SIZE = 1 << 20 };

static u32 *filled(void)
{
	u32 *words = pages(2 * SIZE), x = 1;
	for (u32 i = 0; i < SIZE / 4; i++) words[i] = x = scramble(x);
	return words;
}

/* A megabyte by words, in a loop that the compiler may not turn into REP MOVS. */
u32 copy(u32 count)
{
	u32 *from = filled(), *to = from + SIZE / 4;
	for (u32 round = 0; round < count; round++) {
		for (u32 i = 0; i < SIZE / 4; i += 4) {
			u32 a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];
			to[i] = a, to[i + 1] = b, to[i + 2] = c, to[i + 3] = d;
			asm volatile("" ::: "memory");
		}
		from[round & (SIZE / 4 - 1)] += round;
	}
	return mix_bytes(0, to, SIZE);
}

/* Follows a chain through 32 MB: each load is of another page. */
u32 walk(u32 count)
{
	enum { PAGES = 8192, WORDS = 1024, STRIDE = 3079 };
	u32 *memory = pages(PAGES * 4096);
	/* One word a page; STRIDE is prime to PAGES, so that the chain meets all of them. */
	for (u32 page = 0; page < PAGES; page++)
		memory[page * WORDS + (page & (WORDS - 1))] = (page + STRIDE) % PAGES;
	u32 sum = 0, page = 0;
	for (u32 round = 0; round < count; round++)
		for (u32 i = 0; i < PAGES; i++) {
			page = memory[page * WORDS + (page & (WORDS - 1))];
			sum += page ^ i;
		}
	return sum;
}

u32 movs(u32 count)
{
	u32 *memory = filled();
	for (u32 round = 0; round < count; round++) {
		void *from = memory, *to = memory + SIZE / 4;
		u32 n = SIZE / 4;
		memory[round & (SIZE / 4 - 1)] += round;
		asm volatile("rep movsl" : "+S"(from), "+D"(to), "+c"(n) :: "memory");
	}
	return mix_bytes(0, memory + SIZE / 4, SIZE);
}

u32 stos(u32 count)
{
	u32 *memory = filled();
	for (u32 round = 0; round < count; round++) {
		void *to = memory;
		u32 n = SIZE / 4;
		asm volatile("rep stosl" : "+D"(to), "+c"(n) : "a"(round) : "memory");
	}
	return mix_bytes(0, memory, SIZE);
}

/* Two equal megabytes: REPE CMPS reads both to their ends. */
u32 cmps(u32 count)
{
	u32 *memory = filled(), sum = 0;
	for (u32 i = 0; i < SIZE / 4; i++) memory[SIZE / 4 + i] = memory[i];
	for (u32 round = 0; round < count; round++) {
		const void *a = memory, *b = memory + SIZE / 4;
		u32 n = SIZE / 4;
		u8 equal;
		asm volatile("repe cmpsl\n\tsete %3" : "+S"(a), "+D"(b), "+c"(n), "=qm"(equal) :: "memory", "cc");
		sum = mix(sum, n + equal);
	}
	return sum;
}

/* Looks for a byte that stands at the very end, as strlen does. */
u32 scas(u32 count)
{
	u8 *memory = pages(SIZE);
	u32 sum = 0;
	for (u32 i = 0; i < SIZE; i++) memory[i] = i | 1;
	memory[SIZE - 1] = 0;
	for (u32 round = 0; round < count; round++) {
		const u8 *at = memory;
		u32 n = SIZE;
		asm volatile("repne scasb" : "+D"(at), "+c"(n) : "a"(0) : "memory", "cc");
		sum = mix(sum, n + (at - memory));
	}
	return sum;
}
