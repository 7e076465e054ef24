/*
 * Records what this machine's own processor does with single MMX, SSE and SSE2 instructions.
 *
 *     simd TABLE SEED CASES > FILE
 *
 * TABLE is the emulator's table of opcodes (sse.ops). For each row, for register and memory operands, CASES cases are
 * made. The instruction runs in this process between FXRSTOR and FXSAVE; a fault's handler goes on behind it.
 * Operands: register 1 in the reg field, 2 (sometimes 1 too) in rm, or memory at [EDI].
 *
 * The file, all little-endian. It starts with: "LKPKSIM1", u32 seed, u8 length and name of the processor. Then records:
 *   'F' u8 length, text "PREFIX:OPCODE NAME OPERANDS r|m": the cases that follow are of this form
 *   'C' a case: u8 address of the operand in its 64 bytes of memory; u8 length and bytes of the instruction; the state
 *     before, as changes to that after the case before it; u8 vector of the fault or 255; the state after, as changes.
 *     A state is ten words of 64 bits: XMM1, XMM2, memory at the operand (low half, high half), MM1, MM2,
 *     ECX and EDX, then MXCSR in bits 0..15, EFLAGS in bits 16..31, FPU status word in bits 32..47 and the tags that
 *     FXSAVE stores in bits 48..55, bit 56 and 57: the exponents of ST1 and ST2 are 0xFFFF, else 0x4001 and 0x4002.
 *     Changes are a u16 mask of words and those words.
 *   'E' the end.
 * All else is the same in all cases: FPU control word 0x37F, or 0x37E while IE is set in the status word.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { XMM1 = 0, XMM2 = 2, MEMORY = 4, MM1 = 6, MM2 = 7, GENERAL = 8, CONTROL = 9, WORDS = 10 };
enum { DAZ = 0x40, MASKS = 0x1F80, FTZ = 0x8000, ARITHMETIC = 0x8D5, NONE = 255 };

struct image {
    uint16_t control, status;
    uint8_t tags, reserved;
    uint16_t opcode;
    uint32_t ip, cs, dp, ds, mxcsr, mask;
    struct { uint64_t significand; uint16_t exponent, rest[3]; } st[8];
    uint64_t xmm[8][2];
    uint8_t rest[224];
} __attribute__((aligned(16)));

struct form {
    uint8_t prefix, opcode;
    int digit, fixed, memory;
    char only, name[24], operands[24];
};

static uint64_t now[WORDS];
static uint8_t *code, *data;
static volatile int vector;
static uint32_t resume;
static struct image in, out;
static uint32_t registers[8];

/* Random values */

static uint64_t seed;

static uint64_t any(void)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

static uint32_t below(uint32_t n)
{
    return (any() >> 32) * n >> 32;
}

static int chance(uint32_t n)
{
    return below(n) == 0;
}

/* A number of `fraction` bits with `exponent` bits as programs and errors like them. */
static uint64_t number(int fraction, int exponents)
{
    uint64_t largest = (1u << exponents) - 1, one = 1ull << fraction, bias = largest >> 1, e, f;
    switch (below(6)) {
    case 0: f = 0; break;
    case 1: f = one - 1 - below(3); break;
    case 2: f = 1ull << below(fraction); break;
    case 3: f = below(3); break;
    default: f = any() & (one - 1);
    }
    switch (below(14)) {
    case 0: e = 0; break;
    case 1: e = largest; f = chance(2) ? 0 : chance(2) ? f | one / 2 : f; break;
    case 2: e = 1 + below(3); break;
    case 3: e = largest - 1 - below(3); break;
    case 4: e = bias + 20 + below(14); break;
    case 5: e = bias / 2 + below(fraction); break;
    case 6: e = bias - 130 % (bias + 1) + below(8); break;
    case 7: e = any() & largest; break;
    case 8: e = 0, f = 0; break;
    case 9: e = (bias + (fraction == 52 ? 126 : 60) + below(6)) & largest; break;
    case 10: e = bias - below(fraction == 52 ? 160 : 60); break;
    default: e = bias - 3 + below(7);
    }
    return (chance(2) ? one << exponents : 0) | e << fraction | (f & (one - 1));
}

static uint64_t integers(void)
{
    static const uint64_t edges[] = {0, 0x8000000080000000, 0x7FFFFFFF7FFFFFFF, 0x8000800080008000, 0x7FFF7FFF7FFF7FFF,
        0x8080808080808080, 0x7F7F7F7F7F7F7F7F, ~0ull, 1, 0x0001000100010001, 0x00FF00FF00FF00FF, 0xFF7F80017F8000FF};
    switch (below(5)) {
    case 0: return edges[below(12)];
    case 1: return edges[below(12)] ^ (0xFFull << below(57));
    case 2: return edges[below(12)] ^ edges[below(12)] << below(64);
    default: return any();
    }
}

static uint64_t value(int kind)
{
    if (chance(24)) kind = below(3);
    if (kind == 's') return number(23, 8) | number(23, 8) << 32;
    if (kind == 'd') return number(52, 11);
    return integers();
}

/* The file */

static void put(uint64_t v, int bytes)
{
    while (bytes--) {
        putchar(v & 0xFF);
        v >>= 8;
    }
}

static void changes(const uint64_t *from, const uint64_t *to)
{
    uint32_t mask = 0;
    for (int i = 0; i < WORDS; i++) mask |= (from[i] != to[i]) << i;
    put(mask, 2);
    for (int i = 0; i < WORDS; i++) if (mask >> i & 1) put(to[i], 8);
}

/* Doing it */

static void fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    vector = u->uc_mcontext.gregs[REG_TRAPNO];
    u->uc_mcontext.gregs[REG_EIP] = resume;
    (void) signal, (void) info;
}

/* Puts the instruction between loads and stores of all that it can see. */
static void assemble(const uint8_t *bytes, int length)
{
    uint8_t *c = code;
    static const uint8_t before[] = {0x60, 0xFF, 0x35}, flags[] = {0x9D, 0x8B, 0x0D}, edx[] = {0x8B, 0x15}, edi[] = {0x8B, 0x3D};
    static const uint8_t save[] = {0x9C, 0x89, 0x0D};
#define BYTES(b) memcpy(c, b, sizeof b), c += sizeof b
#define ADDRESS(p) do { uint32_t a = (uint32_t) (p); memcpy(c, &a, 4); c += 4; } while (0)
    BYTES(before); ADDRESS(&registers[3]);
    BYTES(flags); ADDRESS(&registers[0]);
    BYTES(edx); ADDRESS(&registers[1]);
    BYTES(edi); ADDRESS(&registers[2]);
    memcpy(c, bytes, length), c += length;
    resume = (uint32_t) c;
    BYTES(save); ADDRESS(&registers[0]);
    *c++ = 0x89, *c++ = 0x15; ADDRESS(&registers[1]);
    *c++ = 0x8F, *c++ = 0x05; ADDRESS(&registers[3]);
    *c++ = 0x61, *c++ = 0xC3;
}

static void run(uint8_t *at, const uint64_t *before, uint64_t *after)
{
    memcpy(in.xmm[1], before + XMM1, 16);
    memcpy(in.xmm[2], before + XMM2, 16);
    uint64_t c = before[CONTROL];
    in.mxcsr = c & 0xFFFF;
    in.status = c >> 32;
    in.control = in.status & 1 ? 0x37E : 0x37F;
    in.tags = c >> 48;
    int top = in.status >> 11 & 7;
    for (int n = 0; n < 8; n++) {
        int st = (n - top) & 7;
        in.st[st].significand = n == 1 || n == 2 ? before[MM1 + n - 1] : 0x8000000000000000 + n;
        in.st[st].exponent = (n == 1 || n == 2) && c >> (55 + n) & 1 ? 0xFFFF : 0x4000 + n;
    }
    memcpy(at, before + MEMORY, 16);
    registers[0] = before[GENERAL], registers[1] = before[GENERAL] >> 32, registers[2] = (uint32_t) at;
    registers[3] = (c >> 16 & 0xFFFF) | 0x202;
    vector = NONE;
    __asm__ volatile("fxrstor %0\n\tcall *%2\n\tfxsave %1\n\tfninit\n\tldmxcsr %3" : "+m"(in), "=m"(out)
        : "r"(code), "m"((uint32_t) {MASKS}) : "memory", "cc");
    memcpy(after + XMM1, out.xmm[1], 16);
    memcpy(after + XMM2, out.xmm[2], 16);
    memcpy(after + MEMORY, at, 16);
    top = out.status >> 11 & 7;
    uint64_t marks = 0;
    for (int n = 1; n <= 2; n++) {
        after[MM1 + n - 1] = out.st[(n - top) & 7].significand;
        marks |= (uint64_t) (out.st[(n - top) & 7].exponent == 0xFFFF) << (55 + n);
    }
    after[GENERAL] = registers[0] | (uint64_t) registers[1] << 32;
    after[CONTROL] = (out.mxcsr & 0xFFFF) | (uint64_t) (registers[3] & ARITHMETIC) << 16 | (uint64_t) out.status << 32
        | (uint64_t) out.tags << 48 | marks;
}

/* Making of a case */

static int is(const struct form *f, const char *name)
{
    return !strcmp(f->name, name);
}

/* What the form's numbers are: s, d or integers. */
static int kind(const struct form *f)
{
    if (f->name[0] == 'p') return 'i';
    if (f->opcode == 0x5B && !f->prefix) return 'i';
    if (f->opcode == 0x2A || (f->opcode == 0xE6 && f->prefix == 0xF3)) return 'i';
    if (f->opcode == 0x5A) return f->prefix == 0x66 || f->prefix == 0xF2 ? 'd' : 's';
    if (f->opcode == 0x5B) return 's';
    return f->prefix == 0x66 || f->prefix == 0xF2 ? 'd' : 's';
}

static uint32_t control(void)
{
    uint32_t v = chance(3) ? (uint32_t) MASKS : chance(2) ? MASKS ^ (0x80u << below(6)) : below(0x40) << 7;
    v |= below(4) << 13;
    if (chance(4)) v |= FTZ;
    if (chance(4)) v |= DAZ;
    if (chance(4)) v |= any() & 0x3F;
    return v;
}

static int count_form(const struct form *f)
{
    return !strncmp(f->name, "psr", 3) || !strncmp(f->name, "psl", 3);
}

static void inputs(const struct form *f, uint64_t *b)
{
    int k = kind(f), xmm = strpbrk(f->operands, "VWU") != NULL, mmx = strpbrk(f->operands, "PQN") != NULL;
    /* What the form does not use changes now and then only. */
    for (int i = 0; i < MEMORY; i++) if (xmm && !(f->memory && i >= XMM2) ? !chance(4) : chance(200)) b[i] = value(k);
    for (int i = MEMORY; i < MM1; i++) if (f->memory ? !chance(4) : chance(200)) b[i] = value(k);
    if (xmm && k != 'i' && chance(3)) {
        int i = below(2);
        b[(f->memory ? MEMORY : XMM2) + i] = (b[i] + below(3) - 1) ^ (chance(2) ? 1ull << 63 : 0);
    }
    for (int i = 0; i < 2; i++) if (mmx && !(f->memory && i) ? !chance(4) : chance(200)) b[MM1 + i] = integers();
    if (strpbrk(f->operands, "EGR") ? chance(2) : chance(200)) b[GENERAL] = chance(2) ? any() : integers();
    if (count_form(f)) b[f->memory ? MEMORY : xmm ? XMM2 : MM2] = chance(8) ? integers() : below(70);
    uint64_t status = chance(4) ? below(8) << 11 | (any() & 0x4700) : 0;
    if (chance(40)) status |= 0x8081;
    uint64_t tags = chance(4) ? below(256) : 0xFF;
    b[CONTROL] = (xmm || chance(20) ? control() : MASKS) | (uint64_t) (any() & ARITHMETIC) << 16 | status << 32 | tags << 48
        | (uint64_t) (chance(2) ? 0 : below(4)) << 56;
}

static int size(const struct form *f)
{
    static const char *const sixteen[] = {"Wdq", "Wps", "Wpd", "Mdq", "Mps", "Mpd"};
    for (int i = 0; i < 6; i++) if (strstr(f->operands, sixteen[i])) return 16;
    return 0;
}

static void one(const struct form *f)
{
    uint64_t before[WORDS], after[WORDS];
    uint8_t bytes[16];
    int length = 0, shift = chance(24) ? below(16) : size(f) ? 0 : below(4) * 4, rm = chance(8) ? 1 : 2;
    memcpy(before, now, sizeof now);
    inputs(f, before);
    if (f->prefix) bytes[length++] = f->prefix;
    bytes[length++] = 0x0F;
    bytes[length++] = f->opcode;
    if (f->operands[0] != '-' || f->digit >= 0) {
        int reg = f->digit >= 0 ? f->digit : 1;
        if (f->fixed >= 0) rm = f->fixed;
        bytes[length++] = f->memory ? reg << 3 | 7 : 0xC0 | reg << 3 | rm;
    }
    if (is(f, "ldmxcsr")) before[MEMORY] = control() | (chance(8) ? any() & 0xFFFF0000 : 0);
    if (strstr(f->operands, "Ib")) bytes[length++] = count_form(f) ? (chance(8) ? any() : below(70)) : any();
    assemble(bytes, length);
    run(data + shift, before, after);
    putchar('C');
    put(shift, 1);
    put(length, 1);
    fwrite(bytes, 1, length, stdout);
    changes(now, before);
    put(vector, 1);
    changes(before, after);
    memcpy(now, after, sizeof now);
}

static void cases(const struct form *f, int count)
{
    char title[96];
    int n = snprintf(title, sizeof title, "%02X:%02X", f->prefix, f->opcode);
    if (f->digit >= 0) n += snprintf(title + n, sizeof title - n, "/%d", f->digit);
    snprintf(title + n, sizeof title - n, " %s %s %c", f->name, f->operands, f->memory ? 'm' : 'r');
    putchar('F');
    put(strlen(title), 1);
    fputs(title, stdout);
    while (count--) one(f);
}

/* The table */

static void row(char *line, int count)
{
    struct form f = {.digit = -1, .fixed = -1};
    char *p = strstr(line, ":0F ");
    if (p != line + 2) return;
    if (memcmp(line, "NP", 2)) f.prefix = strtol(line, NULL, 16);
    f.opcode = strtol(line + 6, &p, 16);
    if (*p == '/') f.digit = p[1] - '0', p += 2;
    char first[24], second[24], third[24];
    if (sscanf(p, " %23s %23s %23s", first, second, third) < 3) return;
    int shape = (first[0] == 'm' || first[0] == 'r') && !first[1];
    if (shape) f.only = first[0];
    strcpy(f.name, shape ? second : first);
    strcpy(f.operands, shape ? third : second);
    if (!strncmp(f.name, "fx", 2)) return; /* their image differs in what is reserved and in FIP */
    int modrm = f.operands[0] != '-';
    int memory = modrm && f.only != 'r', registers = f.only != 'm' && f.operands[0] != 'M';
    if (!modrm && f.digit >= 0) f.fixed = 0;
    for (f.memory = 0; f.memory < 2; f.memory++)
        if (f.memory ? memory : registers) cases(&f, count);
}

int main(int argc, char **argv)
{
    char line[256], name[49] = "";
    FILE *table = argc == 4 ? fopen(argv[1], "r") : NULL;
    if (!table) {
        fprintf(stderr, "use: simd TABLE SEED CASES > FILE\n");
        return 2;
    }
    uint32_t chosen = strtoul(argv[2], NULL, 0), *words = (uint32_t *) name;
    seed = chosen;
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
    for (int s = 0; s < 4; s++) sigaction((int[]) {SIGILL, SIGFPE, SIGSEGV, SIGBUS}[s], &action, NULL);
    for (uint32_t leaf = 0; leaf < 3; leaf++, words += 4)
        __asm__("cpuid" : "=a"(words[0]), "=b"(words[1]), "=c"(words[2]), "=d"(words[3]) : "a"(0x80000002 + leaf), "c"(0));
    fputs("LKPKSIM1", stdout);
    put(chosen, 4);
    put(strlen(name), 1);
    fputs(name, stdout);
    while (fgets(line, sizeof line, table)) if (line[0] != '#') row(line, atoi(argv[3]));
    putchar('E');
    return fflush(stdout) ? 1 : 0;
}
