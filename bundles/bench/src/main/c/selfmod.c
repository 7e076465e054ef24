/* Code that changes. */
#include "kit.h"

typedef u32 (*function)(void);

/* MOV EAX, number; RET */
static function place(u8 *at)
{
	at[0] = 0xB8;
	at[5] = 0xC3;
	return (function)at;
}

/* One write into an instruction and one call of it. */
u32 smc(u32 count)
{
	u8 *page = pages(4096);
	function f = place(page);
	u32 sum = 0;
	for (u32 i = 0; i < count; i++) {
		*(u32 *)(page + 1) = i ^ sum;
		asm volatile("" ::: "memory");
		sum = mix(sum, f());
	}
	return sum;
}

/* One write beside an instruction, into the same page, and one call of it: data behind code, as trampolines have it. */
u32 smc_beside(u32 count)
{
	u8 *page = pages(4096);
	function f = place(page);
	u32 sum = 0;
	*(u32 *)(page + 1) = 12345;
	for (u32 i = 0; i < count; i++) {
		*(volatile u32 *)(page + 2048) = i;
		asm volatile("" ::: "memory");
		sum = mix(sum, f() + *(volatile u32 *)(page + 2048));
	}
	return sum;
}
