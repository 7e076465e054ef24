/* Hashing: tables and rotations. */
#include "kit.h"

enum { SIZE = 65536 };
static u8 data[SIZE];

static void fill(void)
{
	u32 x = 2463534242u;
	for (u32 i = 0; i < SIZE; i++) data[i] = (x = scramble(x));
}

/* CRC-32 of IEEE 802.3, a byte a step. */
u32 crc32(u32 count)
{
	static u32 table[256];
	for (u32 i = 0; i < 256; i++) {
		u32 c = i;
		for (u32 k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ c >> 1 : c >> 1;
		table[i] = c;
	}
	fill();
	u32 crc = ~0u;
	for (u32 round = 0; round < count; round++)
		for (u32 i = 0; i < SIZE; i++) crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
	return ~crc;
}

/* FIPS 180-4: the roots' fractions are made here, of primes, in integers. */
static u32 k[64], start_state[8];

static u32 fraction(u32 n, int cube)
{
	/* The largest r with r^e <= n * 2^(32 e), bit by bit; 36 bits are enough for primes below 312. */
	u64 r = 0;
	for (int bit = 36; bit >= 0; bit--) {
		u64 t = r | 1ull << bit;
		u32 hi = t >> 32, lo = t;
		/* t*t in 96 bits, then t*t*t in 128, as words. */
		u64 ll = (u64)lo * lo, hl = (u64)hi * lo;
		u64 w1 = (ll >> 32) + (u32)hl + (u32)hl;
		u64 high = (w1 >> 32) + (hl >> 32) + (hl >> 32) + (u64)hi * hi;
		u32 s0 = ll, s1 = w1;
		if (!cube) {
			if (high < n) r = t;
			continue;
		}
		u32 s2 = high;
		u64 a0 = (u64)s0 * lo, a1 = (u64)s1 * lo + (a0 >> 32), a2 = (u64)s2 * lo + (a1 >> 32);
		u64 b1 = (u32)a1 + (u64)s0 * hi, b2 = (u64)s1 * hi + (b1 >> 32) + (u32)a2;
		u64 b3 = (u64)s2 * hi + (b2 >> 32) + (a2 >> 32);
		if (b3 < n) r = t;
	}
	return r;
}

static void constants(void)
{
	u32 found = 0;
	for (u32 n = 2; found < 64; n++) {
		u32 d = 2;
		while (n % d) d++;
		if (d != n) continue;
		if (found < 8) start_state[found] = fraction(n, 0);
		k[found++] = fraction(n, 1);
	}
}

static inline u32 ror(u32 x, int n) { return x >> n | x << (32 - n); }

static void block(u32 *state, const u8 *in)
{
	u32 w[64], s[8];
	for (int i = 0; i < 16; i++) w[i] = in[4 * i] << 24 | in[4 * i + 1] << 16 | in[4 * i + 2] << 8 | in[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (ror(w[i - 15], 7) ^ ror(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7]
			+ (ror(w[i - 2], 17) ^ ror(w[i - 2], 19) ^ w[i - 2] >> 10);
	for (int i = 0; i < 8; i++) s[i] = state[i];
	for (int i = 0; i < 64; i++) {
		u32 t = s[7] + (ror(s[4], 6) ^ ror(s[4], 11) ^ ror(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
		u32 u = (ror(s[0], 2) ^ ror(s[0], 13) ^ ror(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + t, s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = t + u;
	}
	for (int i = 0; i < 8; i++) state[i] += s[i];
}

/* SHA-256's rounds over 64 KB, without the padding at the end. */
u32 sha256(u32 count)
{
	u32 state[8];
	constants();
	fill();
	for (int i = 0; i < 8; i++) state[i] = start_state[i];
	for (u32 round = 0; round < count; round++)
		for (u32 at = 0; at < SIZE; at += 64) block(state, data + at);
	return mix_bytes(0, state, sizeof state);
}
