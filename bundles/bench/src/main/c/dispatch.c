/* Indirect jumps and calls. */
#include "kit.h"

/* A bytecode machine with a jump table: what every interpreter in a guest does. */
u32 vm(u32 count)
{
	enum { PUSH, ADD, MUL, XOR, DUP, SWAP, DEC, LOOP, ROT, HALT };
	/* Accumulator below, counter on top; a hundred rounds. */
	static const u8 code[] = {PUSH, 7, PUSH, 100, SWAP, DUP, PUSH, 3, MUL, ADD, PUSH, 77, XOR, ROT, SWAP, DEC, LOOP, 4, HALT};
	static const void *const table[] = {&&push, &&add, &&mul, &&xor, &&dup, &&swap, &&dec, &&loop, &&rot, &&halt};
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) {
		u32 stack[16], *top = stack;
		const u8 *at = code;
		u32 t;
		*top = round;
#define NEXT goto *table[*at++]
		NEXT;
push:		*++top = *at++; NEXT;
add:		top--; *top += top[1]; NEXT;
mul:		top--; *top *= top[1]; NEXT;
xor:		top--; *top ^= top[1]; NEXT;
dup:		top++; *top = top[-1]; NEXT;
swap:		t = *top; *top = top[-1]; top[-1] = t; NEXT;
dec:		--*top; NEXT;
rot:		*top = *top << 7 | *top >> 25; NEXT;
loop:		at = *top ? code + *at : at + 1; NEXT;
halt:		sum = mix(sum, top[-1]);
	}
	return sum;
}

typedef u32 (*callback)(u32);
static u32 double_it(u32 x) { return x + x; }
static u32 flip(u32 x) { return ~x; }
static u32 turn(u32 x) { return x << 9 | x >> 23; }
static u32 step(u32 x) { return scramble(x); }
static u32 add(u32 x) { return x + 0x1234567; }
static u32 half(u32 x) { return x >> 1 | x << 31; }
static callback volatile table[] = {double_it, flip, turn, step, add, half, step, add};

/* Calls through function pointers, each chosen by the last's result. */
u32 callbacks(u32 count)
{
	u32 x = 1;
	for (u32 round = 0; round < count; round++)
		for (u32 i = 0; i < 1000; i++) x = table[(x ^ i) & 7](x) + i;
	return x;
}
