/*
 * Has this machine's own processor do instructions, and tells what came of them.
 *
 *     execute < CASES > OUTCOMES
 *
 * There is one process and no other: a signal's handler puts a case's state into its frame, TF included, and returns into
 * it; the trap after each instruction, or its fault, brings the next signal with all registers in the frame. All memory
 * but this program's own, the code and the data is unmapped. The C library is left out, since it wants memory and a TLS.
 *
 * CASES is little-endian: the memory's background (SPAN bytes: data, then code), then for each case
 *   u32 EAX ECX EDX EBX ESP EBP ESI EDI, EIP, EFLAGS; u16 ES CS SS DS FS GS
 *   u8 how: 0 one step, 1 while EIP stays where it began, 2 until EIP is that of `end`; u8 most steps; u32 end
 *   u8 1 if an FXSAVE image (the first IMAGE bytes of one) follows; u8 patches; each: u32 offset, u16 length, bytes
 *   the FXSAVE image
 * OUTCOMES has for each case
 *   u8 steps done (a fault is one), u8 vector or 255, u8 error code's bits 0..2 for a page fault, u8 runs, u32 CR2
 *   u32 error code, u32 general registers, EIP, EFLAGS, u16 segment registers
 *   runs: u32 offset, u16 length, bytes that differ from what was there before
 *   the FXSAVE image, if one was given
 * Offsets count from the data's begin; the code follows its end.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/unistd.h>
#include <emmintrin.h>
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#define CODE 0x20000000u
#define CODE_SIZE 0x2000u
#define DATA 0x30000000u
#define DATA_SIZE 0x10000u
#define OWN 0x5A000000u         /* this program is linked there */
#define OWN_SIZE 0x200000u
#define TOP 0xFFFFE000u         /* of a 32-bit program's memory under a 64-bit kernel */
#define SPAN (DATA_SIZE + CODE_SIZE)
#define IMAGE 288
#define FSAVE 112               /* what stands before the FXSAVE image in a signal's frame */
#define XSTATE 512              /* where the image's extension says which parts it has */

enum { ONE, WHILE_THERE, UNTIL_END };
enum { TRAP = 1, TF = 0x100, NT = 0x4000, AC = 0x40000, ID = 0x200000, STEPPED = 2, NONE = 255 };

struct request {
    uint32_t r[8], eip, eflags;
    uint16_t segments[6];
    uint8_t how, most;
    uint32_t end;
    uint8_t fpu, patches;
} __attribute__((packed));

struct outcome {
    uint8_t steps, vector, reserved, runs;
    uint32_t cr2, error, r[8], eip, eflags;
    uint16_t segments[6];
} __attribute__((packed));

static uint8_t background[SPAN] __attribute__((aligned(64))), before[SPAN] __attribute__((aligned(64)));
static uint8_t in[1 << 16], out[1 << 16], stack[1 << 16] __attribute__((aligned(64)));
static uint32_t in_at, in_end, out_end;
static struct request now;
static int steps, begun;
static const int order[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
static const int segment_order[6] = {REG_ES, REG_CS, REG_SS, REG_DS, REG_FS, REG_GS};

static long call(long number, long a, long b, long c, long d)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
    return result;
}

static void end(int status)
{
    for (;;) call(__NR_exit, status, 0, 0, 0);
}

static void fail(const char *text)
{
    int n = 0;
    while (text[n]) n++;
    call(__NR_write, 2, (long) text, n, 0);
    end(1);
}

void *memcpy(void *to, const void *from, __SIZE_TYPE__ n)
{
    void *t = to;
    __asm__ volatile("rep movsb" : "+D"(t), "+S"(from), "+c"(n) : : "memory");
    return to;
}

void *memset(void *to, int v, __SIZE_TYPE__ n)
{
    void *t = to;
    __asm__ volatile("rep stosb" : "+D"(t), "+c"(n) : "a"(v) : "memory");
    return to;
}

/* Streams */

static void flush(void)
{
    for (uint32_t at = 0; at < out_end;) {
        long n = call(__NR_write, 1, (long) out + at, out_end - at, 0);
        if (n <= 0) end(1);
        at += n;
    }
    out_end = 0;
}

static void put(const void *from, uint32_t n)
{
    if (out_end + n > sizeof out) flush();
    memcpy(out + out_end, from, n);
    out_end += n;
}

/* Reads n bytes; at the end of all there are none. */
static int get(void *to, uint32_t n)
{
    uint8_t *t = to;
    while (n) {
        if (in_at == in_end) {
            flush();
            long count = call(__NR_read, 0, (long) in, sizeof in, 0);
            if (count <= 0) return 0;
            in_at = 0, in_end = count;
        }
        uint32_t some = in_end - in_at < n ? in_end - in_at : n;
        memcpy(t, in + in_at, some);
        in_at += some, t += some, n -= some;
    }
    return 1;
}

/* Memory */

static uint8_t *place(uint32_t offset)
{
    return (uint8_t *) (offset < DATA_SIZE ? DATA + offset : CODE + offset - DATA_SIZE);
}

/* Tells what differs from what was there, and puts it back; returns how many runs. */
static int runs(uint32_t from, uint32_t to)
{
    int count = 0;
    const uint8_t *m = place(from) - from;
    for (uint32_t i = from; i < to; i += 64) {
        __m128i d = _mm_xor_si128(*(const __m128i *) (m + i), *(const __m128i *) (before + i));
        for (int k = 16; k < 64; k += 16)
            d = _mm_or_si128(d, _mm_xor_si128(*(const __m128i *) (m + i + k), *(const __m128i *) (before + i + k)));
        if (_mm_movemask_epi8(_mm_cmpeq_epi8(d, _mm_setzero_si128())) == 0xFFFF) continue;
        uint32_t at = i;
        while (m[at] == before[at]) at++;
        uint32_t last = at, n = at;
        while (n < to && n - last < 8) {
            if (m[n] != before[n]) last = n;
            n++;
        }
        uint16_t length = last + 1 - at;
        put(&at, 4);
        put(&length, 2);
        put(m + at, length);
        memcpy(place(at), background + at, length);
        memcpy(before + at, background + at, length);
        i = (last & ~63u) - 64; /* there may be more in its line */
        if (++count == 255) fail("execute: a case has more than 254 runs of changed memory\n");
    }
    return count;
}

static uint32_t patched[256], lengths[256];

static int patches(void)
{
    for (int n = 0; n < now.patches; n++) {
        uint16_t length;
        if (!get(&patched[n], 4) || !get(&length, 2)) return 0;
        lengths[n] = length;
        if (!get(before + patched[n], length)) return 0;
        memcpy(place(patched[n]), before + patched[n], length);
    }
    return 1;
}

static void unpatch(void)
{
    for (int n = 0; n < now.patches; n++) {
        memcpy(place(patched[n]), background + patched[n], lengths[n]);
        memcpy(before + patched[n], background + patched[n], lengths[n]);
    }
}

/* Cases */

static void tell(const siginfo_t *info, const ucontext_t *u)
{
    const greg_t *g = u->uc_mcontext.gregs;
    struct outcome o = {.steps = steps, .vector = g[REG_TRAPNO], .cr2 = u->uc_mcontext.cr2, .error = g[REG_ERR]};
    if (g[REG_TRAPNO] == TRAP && info->si_code == STEPPED) o.vector = NONE;
    for (int n = 0; n < 8; n++) o.r[n] = g[order[n]];
    o.eip = g[REG_EIP];
    o.eflags = g[REG_EFL];
    for (int n = 0; n < 6; n++) o.segments[n] = g[segment_order[n]];
    put(&o, sizeof o);
    uint32_t head = out_end - sizeof o;
    if (head > sizeof out - 0x8000) fail("execute: out of order\n");
    int count = runs(0, DATA_SIZE);
    out[head + 3] = count + runs(DATA_SIZE, SPAN);
    if (now.fpu) put((uint8_t *) u->uc_mcontext.fpregs + FSAVE, IMAGE);
    unpatch();
    if (out_end > sizeof out / 2) flush();
}

static uint16_t half(const uint8_t *p)
{
    return p[0] | p[1] << 8;
}

/* The frame has the x87's state twice: the kernel takes it from the image of FSAVE, and all else from that of FXSAVE. */
static void image(ucontext_t *u)
{
    uint32_t *fsave = (uint32_t *) u->uc_mcontext.fpregs;
    uint8_t *fx = (uint8_t *) fsave + FSAVE;
    if (!get(fx, IMAGE)) end(0);
    uint32_t tags = 0;
    for (int n = 0; n < 8; n++) if (!(fx[4] >> n & 1)) tags |= 3u << 2 * n;
    fsave[0] = half(fx) | 0xFFFF0000;
    fsave[1] = half(fx + 2) | 0xFFFF0000;
    fsave[2] = tags | 0xFFFF0000;
    memset(fsave + 3, 0, 16);
    for (int n = 0; n < 8; n++) memcpy((uint8_t *) fsave + 28 + 10 * n, fx + 32 + 16 * n, 10);
    fx[XSTATE] |= 3;
}

/* The kernel takes these from the handler's own flags. */
static void keep(uint32_t flags)
{
    __asm__ volatile("pushf\n\torl %0, (%%esp)\n\tpopf" : : "r"(flags & (NT | ID)) : "cc");
}

static void handler(int signal, siginfo_t *info, ucontext_t *u)
{
    (void) signal;
    __asm__ volatile("pushf\n\tandl %0, (%%esp)\n\tpopf" : : "i"(~(AC | NT | ID)) : "cc");
    greg_t *g = u->uc_mcontext.gregs;
    if (begun) {
        int stepped = g[REG_TRAPNO] == TRAP && info->si_code == STEPPED;
        int more = now.how == WHILE_THERE ? (uint32_t) g[REG_EIP] == now.eip : now.how == UNTIL_END ? (uint32_t) g[REG_EIP] != now.end : 0;
        if (++steps < now.most && stepped && more) {
            g[REG_EFL] |= TF;
            keep(g[REG_EFL]);
            return;
        }
        tell(info, u);
    }
    begun = 1;
    steps = 0;
    if (!get(&now, sizeof now)) end(0);
    if (!patches()) end(1);
    for (int n = 0; n < 8; n++) g[order[n]] = now.r[n];
    for (int n = 0; n < 6; n++) g[segment_order[n]] = now.segments[n];
    g[REG_EIP] = now.eip;
    g[REG_EFL] = now.eflags | TF;
    if (now.fpu) image(u);
    keep(now.eflags);
}

__asm__("restore: mov $173, %eax\n\tint $0x80");  /* rt_sigreturn */
void restore(void);

static void segment(int entry, uint32_t base, uint32_t limit, int pages, int big, int contents, int closed, int absent)
{
    struct user_desc d = {.entry_number = entry, .base_addr = base, .limit = limit, .limit_in_pages = pages, .seg_32bit = big,
        .contents = contents, .read_exec_only = closed, .seg_not_present = absent, .useable = 1};
    if (call(__NR_modify_ldt, 1, (long) &d, sizeof d, 0)) fail("execute: modify_ldt\n");
}

static void map(uint32_t address, uint32_t size, int protection)
{
    struct { uint32_t address, size, protection, flags, file, offset; } m = {address, size, protection, 0x32, -1, 0};
    if (call(__NR_mmap, (long) &m, 0, 0, 0) != (long) address) fail("execute: mmap\n");
}

static void catch(int signal)
{
    struct { void *handler; uint32_t flags; void *restorer; uint32_t mask[2]; } a
        = {handler, SA_SIGINFO | SA_ONSTACK | 0x04000000, restore, {0, 0}};
    if (call(__NR_rt_sigaction, signal, (long) &a, 0, 8)) fail("execute: rt_sigaction\n");
}

__attribute__((used)) static void start(void)
{
    call(__NR_munmap, 0, CODE, 0, 0);
    call(__NR_munmap, CODE, OWN - CODE, 0, 0);
    call(__NR_munmap, OWN + OWN_SIZE, TOP - OWN - OWN_SIZE, 0, 0);
    map(CODE, CODE_SIZE, 7);
    map(DATA, DATA_SIZE, 3);
    segment(0, DATA, DATA_SIZE - 1, 0, 1, 0, 0, 0);
    segment(1, DATA, DATA_SIZE - 1, 0, 0, 0, 0, 0);
    segment(2, CODE, CODE_SIZE - 1, 0, 0, 2, 0, 0);
    segment(3, DATA, DATA_SIZE - 1, 0, 1, 0, 1, 0);     /* read-only */
    segment(4, DATA, 0x7FFF, 0, 1, 1, 0, 0);            /* expand-down */
    segment(5, 0, 0xFFFFF, 1, 1, 2, 1, 0);              /* execute-only */
    segment(6, DATA, DATA_SIZE - 1, 0, 1, 0, 0, 1);     /* not present */
    segment(7, 0, 0xFFFFF, 1, 1, 2, 0, 1);
    segment(8, 0, 0xFFFFF, 1, 1, 2, 0, 0);
    stack_t s = {.ss_sp = stack, .ss_size = sizeof stack};
    if (call(__NR_sigaltstack, (long) &s, 0, 0, 0)) fail("execute: sigaltstack\n");
    for (int n = 0; n < 5; n++) catch((int[]) {SIGTRAP, SIGILL, SIGFPE, SIGSEGV, SIGBUS}[n]);
    if (!get(background, SPAN)) end(0);
    memcpy(before, background, SPAN);
    memcpy((void *) DATA, background, DATA_SIZE);
    memcpy((void *) CODE, background + DATA_SIZE, CODE_SIZE);
    __asm__ volatile("int3");
}

/* The stack of signals serves for the start too: int3 leaves it for good. */
__asm__(".globl _start\n_start: mov $stack + 0x10000, %esp\n\tcall start");
