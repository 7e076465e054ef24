/* Packed doubles and packed integers (SSE2), which want a Pentium 4. */
#include "kit.h"

typedef double v2 __attribute__((vector_size(16)));
typedef u32 v4 __attribute__((vector_size(16)));

static u32 doubles(u32 count)
{
	static v2 p[128];
	v2 x = {0.8, 0.6}, y = {-0.6, 0.8};
	for (int i = 0; i < 128; i++) p[i] = (v2){i, 128 - i};
	for (u32 round = 0; round < count; round++)
		for (int i = 0; i < 128; i++) p[i] = (v2){p[i][0], p[i][0]} * x + (v2){p[i][1], p[i][1]} * y;
	return mix_bytes(0, p, sizeof p);
}

static u32 integers(u32 count)
{
	static v4 p[256];
	for (u32 i = 0; i < 256; i++) p[i] = (v4){i, i * 3, i * 5, i * 7 + 1};
	for (u32 round = 0; round < count; round++)
		for (int i = 0; i < 256; i++) {
			v4 a = p[i];
			a ^= a << 13;
			a ^= a >> 17;
			a ^= a << 5;
			p[i] = a + p[(i + 1) & 255];
		}
	return mix_bytes(0, p, sizeof p);
}

u32 sse2(u32 count)
{
	return mix(doubles(count), integers(count));
}
