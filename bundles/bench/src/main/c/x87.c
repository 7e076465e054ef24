/* Floating point on the x87: the Sun and four planets, with doubles and with all 80 bits in memory; Mandelbrot's set. */
#include "kit.h"

#define NBODY(NAME, REAL) \
static void NAME##_step(struct NAME *b, REAL dt) \
{ \
	for (int i = 0; i < 5; i++) { \
		for (int j = i + 1; j < 5; j++) { \
			REAL dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z; \
			REAL square = dx * dx + dy * dy + dz * dz, root; \
			asm("fsqrt" : "=t"(root) : "0"(square)); \
			REAL pull = dt / (square * root); \
			b[i].vx -= dx * b[j].mass * pull, b[i].vy -= dy * b[j].mass * pull, b[i].vz -= dz * b[j].mass * pull; \
			b[j].vx += dx * b[i].mass * pull, b[j].vy += dy * b[i].mass * pull, b[j].vz += dz * b[i].mass * pull; \
		} \
	} \
	for (int i = 0; i < 5; i++) b[i].x += dt * b[i].vx, b[i].y += dt * b[i].vy, b[i].z += dt * b[i].vz; \
} \
u32 NAME(u32 count) \
{ \
	static struct NAME b[5]; /* padding included, all is summed up */ \
	for (int i = 0; i < 5; i++) { \
		b[i].x = i * 1.5 + (i ? 0.25 : 0), b[i].y = i * -0.75, b[i].z = i * 0.125; \
		b[i].vx = i * 0.3, b[i].vy = i ? 2.4 / i : 0, b[i].vz = i * -0.01; \
		b[i].mass = i ? 0.04 / i : 39.478417604357434; \
	} \
	for (u32 round = 0; round < count; round++) NAME##_step(b, 0.001); \
	return mix_bytes(0, b, sizeof b); \
}

struct nbody { double x, y, z, vx, vy, vz, mass; };
NBODY(nbody, double)

struct nbody80 { long double x, y, z, vx, vy, vz, mass; };
NBODY(nbody80, long double)

/* Points that stay within a circle for 50 steps: comparisons, and everything on the register stack. */
u32 mandelbrot(u32 count)
{
	enum { WIDTH = 48, DEPTH = 50 };
	u32 sum = 0;
	for (u32 round = 0; round < count; round++)
		for (int row = 0; row < WIDTH; row++)
			for (int column = 0; column < WIDTH; column++) {
				double cr = column * (3.0 / WIDTH) - 2.2, ci = row * (2.4 / WIDTH) - 1.2, r = 0, i = 0;
				u32 n = 0;
				while (n < DEPTH && r * r + i * i < 4) {
					double t = r * r - i * i + cr;
					i = 2 * r * i + ci;
					r = t;
					n++;
				}
				sum = mix(sum, n);
			}
	return sum;
}
