/*
 * Records what this processor's x87 FPU makes of random cases with a bias to the edges.
 *   gcc -O1 -o x87record x87record.c && ./x87record 80 30000 | xz -9e > x87.bin.xz
 * made src/test/resources/org/lkpk/cpu/meaning/x87.bin.xz (an AMD EPYC). The arguments are seed and number of cases; an
 * optional third restricts the cases to one opcode (hex, e.g. D9FE).
 * A case: opcode 2 bytes, control 2, status 2, tags 2, EFLAGS 1, ST0..ST2 30, memory 10;
 * then status 2, tags 2, EFLAGS 1, ST0..ST2 30, memory 10 as they are afterwards. ST3..ST7 hold 2^n (1 + n 2^-63).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef struct { uint64_t significand; uint16_t exponent; } __attribute__((packed)) real;
typedef struct { uint32_t control, status, tags, fip, fcs, fdp, fds; real st[8]; } __attribute__((packed)) image;

static uint64_t state;

static uint64_t any(void) {
    uint64_t z = state += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

static uint32_t below(uint32_t n) { return (any() >> 32) * n >> 32; }

/* Every encoding that has a row, with rm = 0 for forms that take ST(i). Memory forms have mod 0, rm 6. */
static uint16_t opcodes[512];
static int count;

static void row(int first, const char *kinds) {
    for (int reg = 0; reg < 8; reg++)
        if (kinds[reg] == 'm') opcodes[count++] = first << 8 | reg << 3 | 6;
        else if (kinds[reg] == 'i') opcodes[count++] = first << 8 | 0xC0 | reg << 3;
}

static void list(void) {
    for (int o = 0xD8; o <= 0xDF; o++) {
        row(o, o == 0xD9 ? "m-mm-m--" : o == 0xDB ? "m-mm-m-m" : o == 0xDD ? "m-mm---m" : o == 0xDF ? "m-mmmmmm" : "mmmmmmmm");
        row(o, o == 0xD9 ? "ii-i----" : o == 0xDA ? "iiii----" : o == 0xDB ? "iiii-ii-" : o == 0xDD ? "iiiiii--"
                : o == 0xDE ? "iii-iiii" : o == 0xDF ? "iiii-ii-" : "iiiiiiii");
    }
    static const uint8_t single[] = {0xD0, 0xE0, 0xE1, 0xE4, 0xE5, 0xE8, 0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEE};
    for (unsigned n = 0; n < sizeof single; n++) opcodes[count++] = 0xD900 | single[n];
    for (int repeat = 0; repeat < 2; repeat++) for (int n = 0xF0; n <= 0xFF; n++) opcodes[count++] = 0xD900 | n;
    opcodes[count++] = 0xDAE9;
    opcodes[count++] = 0xDED9;
    opcodes[count++] = 0xDBE2;
}

static uint64_t pattern(void) {
    uint64_t s;
    switch (below(8)) {
        case 0: s = 0; break;
        case 1: s = ~0ull << below(64); break;
        case 2: s = ~0ull >> below(64); break;
        case 3: s = 1ull << below(64); break;
        case 4: s = 1ull << below(64) | 1ull << below(64); break;
        case 5: s = any() << below(64); break;
        case 6: s = (any() << 41) + (1ull << 39) + below(3) - 1; break;
        default: s = any(); break;
    }
    return s + (below(4) ? 0 : below(5) - 2);
}

static real value(void) {
    real r = {pattern() | 1ull << 63, (below(2) ? 0x8000 : 0)};
    switch (below(16)) {
        case 0: r.significand = 0; break;
        case 1: r.significand &= ~(1ull << 63); break;
        case 2: if (below(2)) r.exponent |= 1 + below(3); break;
        case 3: r.exponent |= 0x7FFF; if (below(2)) r.significand = 1ull << 63; break;
        case 4: r.exponent |= 0x7FFF - below(4); break;
        case 5: r.exponent |= below(0x7FFF); if (!below(4)) r.significand &= ~(1ull << 63); break;
        case 6: r.exponent |= 0x3FFF - 127 + below(5) * (below(2) ? 1 : 52) - 24; break;
        case 7: r.exponent |= 0x3FFF - 1023 - 53 + below(60); break;
        case 8: r.exponent |= 0x3FFF + (below(2) ? 1020 : 124) + below(8); break;
        case 9: {
            uint64_t n = 1 + below(20);
            int z = __builtin_clzll(n);
            r.significand = n << z;
            r.exponent |= 0x3FFF + 63 - z;
            break;
        }
        case 10: r.exponent |= 0x3FFF + below(70); break;
        default: r.exponent |= 0x3FFF - 4 + below(9); break;
    }
    return r;
}

static real near(real a) {
    real r = value();
    if (below(3)) return r;
    r.exponent = (r.exponent & 0x8000) | ((a.exponent + (below(2) ? 0 : (int) below(140) - 70)) & 0x7FFF);
    if (below(2)) r.significand = a.significand + below(5) - 2;
    if (r.exponent & 0x7FFF && below(16)) r.significand |= 1ull << 63;
    return r;
}

/* Where the manual leaves a function undefined there is nothing to compare. */
static void restrict_range(int op, image *in) {
    real *x = in->st;
    int e = x->exponent & 0x7FFF, s = x->exponent & 0x8000;
    if (op == 0xD9F0 && e >= 0x3FFF && e < 0x7FFF) x->exponent = s | (below(2) ? 0x3FFE : 0x3FFF - below(80));
    if (op == 0xD9F9 && e >= 0x3FFD && e < 0x7FFF) x->exponent = s | (0x3FFC - below(below(2) ? 80 : 3));
    if (op == 0xD9F2 || op == 0xD9FB || op == 0xD9FE || op == 0xD9FF)
        if (e != 0x7FFF && below(2)) x->exponent = s | (0x3FFF - 40 + below(106));
}

static void memory(int op, uint8_t *m) {
    memset(m, 0, 10);
    int b = op >> 8, reg = op >> 3 & 7;
    real r = value();
    if (b == 0xDF && reg == 4) {
        for (int n = 0; n < 9; n++) m[n] = below(4) ? below(10) << 4 | below(10) : 0;
        m[9] = below(2) ? 0x80 : 0;
    } else if (b == 0xDB && reg == 5) memcpy(m, &r, 10);
    else if (b == 0xD9 && reg == 5) { m[0] = any() & 0x7F; m[1] = any() & 0x1F; if ((m[1] & 3) == 1) m[1] ^= 1; }
    else if (b == 0xD8 || b == 0xD9) {
        int kind = below(8);
        uint32_t e = kind == 0 ? 0 : kind == 1 ? 255 : kind == 2 ? below(256) : 124 + below(8);
        uint32_t v = e << 23 | (below(2) ? 0x80000000u : 0) | (uint32_t)(pattern() >> 41 & 0x7FFFFF);
        memcpy(m, &v, 4);
    } else if (b == 0xDC || b == 0xDD) {
        int kind = below(8);
        uint64_t e = kind == 0 ? 0 : kind == 1 ? 2047 : kind == 2 ? below(2048) : 1020 + below(8);
        uint64_t v = e << 52 | (below(2) ? 1ull << 63 : 0) | (pattern() >> 11 & 0xFFFFFFFFFFFFFull);
        memcpy(m, &v, 8);
    } else { uint64_t v = below(2) ? pattern() : any() >> below(64); memcpy(m, &v, 8); }
}

int main(int argc, char **argv) {
    state = strtoull(argv[1], 0, 0);
    long cases = atol(argv[2]);
    int only = argc > 3 ? strtol(argv[3], 0, 16) : 0;
    uint8_t *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    list();
    while (cases > 0) {
        int op = only ? only : opcodes[below(count)];
        int takes_register = op >= 0xD8C0 && (op & 0xC7) == 0xC0 && (op >> 8 != 0xD9 || (op & 0xFF) < 0xE0);
        if (takes_register && op != 0xD9D0) op += below(3);
        image in, out;
        memset(&in, 0xFF, sizeof in);
        int masks = below(3) ? 0x3F : below(64), precision = below(2) ? 3 : below(2) * 2;
        in.control = 0xFFFF0000 | 0x40 | masks | precision << 8 | below(4) << 10;
        int top = below(8);
        in.status = 0xFFFF0000 | top << 11 | (any() & 0x4700) | (below(4) ? 0 : any() & masks);
        in.st[0] = value();
        for (int n = 1; n < 3; n++) in.st[n] = near(in.st[0]);
        for (int n = 3; n < 8; n++) in.st[n] = (real) {1ull << 63 | n, 0x3FFF + n};
        restrict_range(op, &in);
        int tags = below(3) ? 0x3F80 : (int) any() & 0xFFFF; /* in the stack's order, 3 is empty */
        if (tags == 0x3F80) tags = 0xFFC0;
        uint32_t physical = 0;
        for (int n = 0; n < 8; n++) physical |= (tags >> 2 * n & 3) << 2 * ((top + n) & 7);
        in.tags = 0xFFFF0000 | physical;
        uint8_t m[16], before[16];
        memory(op, m);
        memcpy(before, m, 16);
        uint64_t flags = any() & 0xD5, after;
        uint8_t *c = code;
        *c++ = 0xDD; *c++ = 0x27; /* frstor [rdi] */
        *c++ = 0x51; *c++ = 0x9D; /* push rcx; popf */
        *c++ = op >> 8; *c++ = op;
        *c++ = 0x9C; *c++ = 0x58; /* pushf; pop rax */
        *c++ = 0xDD; *c++ = 0x32; *c++ = 0xC3; /* fnsave [rdx]; ret */
        __asm__ volatile("fninit\n call *%1" : "=a"(after) : "r"(code), "D"(&in), "S"(m), "d"(&out), "c"(flags) : "memory", "cc");
        uint8_t head[9] = {op >> 8, op, in.control, in.control >> 8, in.status, in.status >> 8, in.tags, in.tags >> 8, flags};
        uint8_t tail[5] = {out.status, out.status >> 8, out.tags, out.tags >> 8, after & 0xD5};
        fwrite(head, 9, 1, stdout);
        fwrite(in.st, 30, 1, stdout);
        fwrite(before, 10, 1, stdout);
        fwrite(tail, 5, 1, stdout);
        fwrite(out.st, 30, 1, stdout);
        fwrite(m, 10, 1, stdout);
        cases--;
    }
    return 0;
}
