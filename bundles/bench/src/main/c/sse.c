/* Packed singles (SSE), as every Pentium III has them. */
#include "kit.h"

typedef float v4 __attribute__((vector_size(16)));

/* A matrix that turns four vectors, over and over. */
u32 sse(u32 count)
{
	static float points[256][4] __attribute__((aligned(16)));
	v4 *p = (v4 *)points;
	v4 x = {0.8f, 0.6f, 0, 0}, y = {-0.6f, 0.8f, 0, 0}, z = {0, 0, 0.96f, 0.28f}, w = {0, 0, -0.28f, 0.96f};
	for (int i = 0; i < 256; i++) p[i] = (v4){i, 256 - i, i * 0.5f, 1};
	for (u32 round = 0; round < count; round++)
		for (int i = 0; i < 256; i++) {
			v4 a = p[i];
			v4 turned = __builtin_ia32_shufps(a, a, 0x00) * x + __builtin_ia32_shufps(a, a, 0x55) * y
				+ __builtin_ia32_shufps(a, a, 0xaa) * z + __builtin_ia32_shufps(a, a, 0xff) * w;
			p[i] = __builtin_ia32_minps(turned, (v4){1000, 1000, 1000, 1000});
		}
	return mix_bytes(0, points, sizeof points);
}
