/*
 * Records what this machine's own processor does with single 32-bit instructions and short sequences of them.
 *
 *     record TABLE SEED CASES > FILE
 *
 * TABLE is the emulator's table of opcodes (integer.ops), so that a row added there is recorded too. For each row, each
 * operand size and for register and memory operands, CASES cases are made: a child stands stopped under ptrace, gets
 * registers, memory and code, does the steps one by one, and is read back. Code and data lie in memory shared with it.
 *
 * The file, all little-endian. It starts with: "LKPKREC1", u32 seed, u32 address of the code, u32 address of the data,
 * u32 bytes of data, u8 length and name of the processor. Data is 0 at first; all else is 0 too. Then records:
 *   'F' u8 length, text "OPCODE NAME OPERANDS r|m BITS": the cases that follow are of this form. The name `sequence`
 *     stands for several instructions, chosen so that of the flags only AF is undefined after them.
 *   'C' a case, as changes to what the one before it left:
 *     u16 mask of what is set: bits 0..7 EAX ECX EDX EBX ESP EBP ESI EDI, 8 EFLAGS, 9 memory, 10 layout
 *     u32 for each register, u16 EFLAGS, memory (see below), u8 layout of segments
 *     u16 offset of EIP in the code, u8 length and the bytes there
 *     u8 steps done; an iteration of a repeated instruction is one, an instruction that faults is one too
 *     u16 mask of what changed: bits 0..9 as above, 10 EIP is not behind the code, 11 fault
 *     u32 for each register, u16 EFLAGS, memory, u32 EIP; u8 vector of the fault and, if it is 14, u32 its address
 *   'E' the end.
 * Memory is: u8 count of runs; of each: u16 offset, u8 length, the bytes.
 * Layouts: 0: DS, ES, SS flat; 1: DS, ES, SS begin at the data and end at their 64 K; 2: as 1, and SS has 16 bits;
 * 3: as 2, and CS has 16 bits, begins at the code and ends at its 8 K. EIP is an offset in CS.
 * FS and GS are as DS in layout 1 always. The pages around code (two pages) and data are not present.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define CODE 0x20000000u
#define CODE_SIZE 0x2000u
#define DATA 0x30000000u
#define DATA_SIZE 0x10000u
#define TOP 0xFFFFE000u     /* of a 32-bit program's memory under a 64-bit kernel */

#define SEQUENCES 100       /* as many as of that many forms */

enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI };
enum { IN_FLAGS = 1 << 8, MEMORY = 1 << 9, LAYOUT = 1 << 10, EIP = 1 << 10, FAULT = 1 << 11 };
enum { FLAT, BASED, SMALL_STACK, SMALL_CODE };
enum { CF = 1, ARITHMETIC = 0x8D5, IF = 0x200, DF = 0x400 };

struct form {
    uint8_t opcode[2];
    int length;             /* bytes of opcode */
    int digit;              /* in the reg field, or -1 */
    char only;              /* 'm', 'r' or 0 */
    int lock;
    char name[16], operands[16];
    int bits, memory;       /* the variant: operand size, operand in memory */
};

struct child {
    uint32_t r[8], eip, flags;
    int layout;
};

static uint8_t *code, *data, shadow[DATA_SIZE];
static struct child now;
static pid_t child;
static struct user_regs_struct skeleton;
static int selectors[4][3];     /* by layout: DS and ES, SS, CS */
static int window;              /* selector of FS and GS */

/* Random values */

static uint64_t seed;

static uint32_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed >> 16;
}

static uint32_t below(uint32_t n)
{
    return any() % n;
}

static int chance(uint32_t n)
{
    return below(n) == 0;
}

/* A value as programs and errors like them. */
static uint32_t value(void)
{
    static const uint32_t edges[] = {0, 0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF,
        0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x7F7F7F7F, 0x80808080, 0x8000FFFF, 0xFFFF0000};
    switch (below(8)) {
    case 0: return 1u << below(32);
    case 1: return ~(1u << below(32));
    case 2: return (1u << below(32)) - 1;
    case 3: case 4: return any();
    default: return edges[below(sizeof edges / sizeof *edges)];
    }
}

static uint32_t small(void)
{
    return value() >> below(32);
}

/* An offset in the data: anywhere, near a page's end, or near the end of all; or at the end of a flat segment. */
static uint32_t place(void)
{
    switch (below(24)) {
    case 0: return DATA_SIZE - 8 + below(10);
    case 1: return chance(4) ? below(16) - 16 - DATA : below(8) - below(4);
    case 2: case 3: return (1 + below(14)) * 0x1000 - below(8);
    case 4: case 5: case 6: return below(DATA_SIZE - 0x200) + 0x100;
    default: return (below(DATA_SIZE - 0x200) + 0x100) & ~3u;
    }
}

/* The file */

static void u8(uint32_t v)
{
    putchar(v & 0xFF);
}

static void u16(uint32_t v)
{
    u8(v);
    u8(v >> 8);
}

static void u32(uint32_t v)
{
    u16(v);
    u16(v >> 16);
}

static void text(const char *s)
{
    u8(strlen(s));
    fputs(s, stdout);
}

static void registers(const uint32_t *before, const uint32_t *after)
{
    for (int i = 0; i < 8; i++)
        if (before[i] != after[i]) u32(after[i]);
}

static uint32_t registers_mask(const uint32_t *before, const uint32_t *after)
{
    uint32_t mask = 0;
    for (int i = 0; i < 8; i++)
        if (before[i] != after[i]) mask |= 1u << i;
    return mask;
}

/* Writes the runs by which data differs from its shadow, and makes them equal again. */
static void memory(void)
{
    struct { uint32_t at, length; } runs[255];
    int count = 0;
    for (uint32_t i = 0; i < DATA_SIZE; i++) {
        if (!(i & 7) && !memcmp(data + i, shadow + i, 8)) {
            i += 7;
            continue;
        }
        if (data[i] == shadow[i]) continue;
        if (count && i - runs[count - 1].at < 255 && i - runs[count - 1].at - runs[count - 1].length < 4) {
            runs[count - 1].length = i + 1 - runs[count - 1].at;
            continue;
        }
        if (count == 255) abort();
        runs[count].at = i;
        runs[count++].length = 1;
    }
    u8(count);
    for (int k = 0; k < count; k++) {
        u16(runs[k].at);
        u8(runs[k].length);
        fwrite(data + runs[k].at, 1, runs[k].length, stdout);
        memcpy(shadow + runs[k].at, data + runs[k].at, runs[k].length);
    }
}

static int memory_changed(void)
{
    return memcmp(data, shadow, DATA_SIZE) != 0;
}

/* The child */

/* `contents` is 0 for data, 2 for code. */
static int segment(int entry, uint32_t base, uint32_t limit, int big, int contents)
{
    struct user_desc d = {.entry_number = entry, .base_addr = base, .limit = limit, .seg_32bit = big, .useable = 1,
        .contents = contents};
    if (syscall(SYS_modify_ldt, 1, &d, sizeof d)) {
        perror("modify_ldt");
        exit(1);
    }
    return entry << 3 | 7;
}

/* Takes from the child all memory from `from` to `to`: what is not recorded must not be reached. */
static void unmap(uint32_t from, uint32_t to)
{
    struct user_regs_struct r = skeleton;
    int status;
    memcpy(code, "\xCD\x80", 2);
    r.eax = SYS_munmap, r.ebx = from, r.ecx = to - from, r.eip = CODE;
    ptrace(PTRACE_SETREGS, child, 0, &r);
    ptrace(PTRACE_SINGLESTEP, child, 0, 0);
    waitpid(child, &status, 0);
    ptrace(PTRACE_GETREGS, child, 0, &r);
    if (r.eax) {
        fprintf(stderr, "record: munmap in the child: error %ld\n", -r.eax);
        exit(1);
    }
}

static void start(void)
{
    int status;
    code = mmap((void *) CODE, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    data = mmap((void *) DATA, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (code == MAP_FAILED || data == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    window = segment(0, DATA, DATA_SIZE - 1, 1, 0);
    int small = segment(1, DATA, DATA_SIZE - 1, 0, 0), small_code = segment(2, CODE, CODE_SIZE - 1, 0, 2);
    child = fork();
    if (!child) {
        /* The kernel would miss the C library's area for restartable sequences once it is unmapped. */
        syscall(SYS_rseq, (char *) __builtin_thread_pointer() + __rseq_offset, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        for (;;);
    }
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_EXITKILL);
    ptrace(PTRACE_GETREGS, child, 0, &skeleton);
    skeleton.orig_eax = -1;
    unmap(0, CODE);
    unmap(CODE + CODE_SIZE, DATA);
    unmap(DATA + DATA_SIZE, TOP);
    skeleton.xfs = skeleton.xgs = window;
    int layouts[4][3] = {{skeleton.xds, skeleton.xss, skeleton.xcs}, {window, window, skeleton.xcs},
        {window, small, skeleton.xcs}, {window, small, small_code}};
    memcpy(selectors, layouts, sizeof selectors);
}

static void load(const struct child *c)
{
    struct user_regs_struct r = skeleton;
    r.eax = c->r[EAX], r.ecx = c->r[ECX], r.edx = c->r[EDX], r.ebx = c->r[EBX];
    r.esp = c->r[ESP], r.ebp = c->r[EBP], r.esi = c->r[ESI], r.edi = c->r[EDI];
    r.eip = c->eip;
    r.eflags = c->flags;
    r.xds = r.xes = selectors[c->layout][0];
    r.xss = selectors[c->layout][1];
    r.xcs = selectors[c->layout][2];
    if (ptrace(PTRACE_SETREGS, child, 0, &r)) {
        perror("PTRACE_SETREGS");
        exit(1);
    }
}

static void save(struct child *c)
{
    struct user_regs_struct r;
    ptrace(PTRACE_GETREGS, child, 0, &r);
    c->r[EAX] = r.eax, c->r[ECX] = r.ecx, c->r[EDX] = r.edx, c->r[EBX] = r.ebx;
    c->r[ESP] = r.esp, c->r[EBP] = r.ebp, c->r[ESI] = r.esi, c->r[EDI] = r.edi;
    c->eip = r.eip;
    c->flags = r.eflags & (ARITHMETIC | DF | IF | 2);
}

/* One step; returns the vector of the fault, or -1. */
static int step(uint32_t *address)
{
    int status;
    siginfo_t info;
    ptrace(PTRACE_SINGLESTEP, child, 0, 0);
    waitpid(child, &status, 0);
    if (!WIFSTOPPED(status)) {
        fprintf(stderr, "record: the child ended\n");
        exit(1);
    }
    if (WSTOPSIG(status) == SIGTRAP) return -1;
    ptrace(PTRACE_GETSIGINFO, child, 0, &info);
    *address = (uint32_t) info.si_addr;
    switch (WSTOPSIG(status)) {
    case SIGFPE: return 0;
    case SIGILL: return 6;
    case SIGBUS: return 12;
    case SIGSEGV: return info.si_code == SI_KERNEL ? 13 : 14;
    }
    fprintf(stderr, "record: signal %d\n", WSTOPSIG(status));
    exit(1);
}

/* Making of an instruction: its bytes, and the registers and memory that it needs */

struct making {
    uint8_t bytes[128];
    int length;
    struct child *c;
    int prefix, repeated;
    int fixed;              /* registers and memory are to be taken as they are */
};

static void byte(struct making *m, uint32_t v)
{
    m->bytes[m->length++] = v;
}

static void immediate(struct making *m, uint32_t v, int bits)
{
    for (int i = 0; i < bits; i += 8) byte(m, v >> i);
}

static int is(const struct form *f, const char *name)
{
    return !strcmp(f->name, name);
}

static int begins(const struct form *f, const char *name)
{
    return !strncmp(f->name, name, strlen(name));
}

static int modrm(const struct form *f)
{
    return strpbrk(f->operands, "EGM") != NULL;
}

/* Offset of the code in CS. */
static uint32_t code_offset(const struct child *c)
{
    return c->layout == SMALL_CODE ? 0 : CODE;
}

/* The offset that reaches `at` of the data through segment override `prefix` (or 0). */
static uint32_t offset(const struct child *c, uint32_t at, int prefix)
{
    if (prefix == 0x2E && c->layout == SMALL_CODE) return CODE_SIZE + at; /* a fault: data are out of reach */
    int flat = prefix == 0x2E || (prefix != 0x64 && prefix != 0x65 && c->layout == FLAT);
    return flat ? DATA + at : at;
}

static int override(const struct child *c, int small_address)
{
    static const uint8_t prefixes[] = {0x26, 0x36, 0x3E, 0x64, 0x65, 0x2E};
    if (small_address && c->layout == FLAT) return 0x64 + below(2);
    return chance(4) ? prefixes[below(small_address ? 5 : 6)] : 0;
}

/* ModRM and what follows it, for an operand in memory at offset `at`; sets a register so that it gets there. */
static void address32(struct making *m, int reg, uint32_t at)
{
    uint32_t *r = m->c->r;
    int mod = below(3), rm = below(8), base = rm, index = 4, scale = 0;
    if (rm == 4) {
        base = below(8);
        index = below(8);
        scale = below(4);
    }
    int none = mod == 0 && base == 5, solved = m->fixed || base == ESP || (base == index && index != 4);
    if (!none && solved) mod = 2;
    uint32_t indexed = index == 4 ? 0 : r[index] << scale;
    uint32_t disp = mod == 1 ? (uint32_t) (int8_t) any() : mod == 2 ? value() : 0;
    if (none) disp = at - indexed;
    else if (solved) disp = at - indexed - r[base];
    else r[base] = at - indexed - disp;
    byte(m, mod << 6 | reg << 3 | rm);
    if (rm == 4) byte(m, scale << 6 | index << 3 | base);
    if (mod == 1) byte(m, disp);
    else if (mod == 2 || none) immediate(m, disp, 32);
}

static void address16(struct making *m, int reg, uint32_t at)
{
    static const int bases[] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX}, indexes[] = {ESI, EDI, ESI, EDI, -1, -1, -1, -1};
    uint32_t *r = m->c->r;
    int mod = below(3), rm = below(8), none = mod == 0 && rm == 6;
    if (m->fixed && !none) mod = 2;
    uint32_t disp = none ? at : mod == 1 ? (uint32_t) (int8_t) any() : mod == 2 ? value() : 0;
    uint32_t sum = disp + (indexes[rm] < 0 ? 0 : r[indexes[rm]]);
    if (m->fixed && !none) disp = at - (sum - disp) - r[bases[rm]];
    else if (!none) r[bases[rm]] = (value() & 0xFFFF0000) | ((at - sum) & 0xFFFF);
    byte(m, mod << 6 | reg << 3 | rm);
    if (mod == 1) byte(m, disp);
    else if (mod == 2 || none) immediate(m, disp, 16);
}

static void fill(uint32_t at, int bytes)
{
    for (int i = 0; i < bytes; i += 4) {
        uint32_t v = value();
        for (int k = 0; k < 4 && i + k < bytes; k++) data[(at + i + k) % DATA_SIZE] = v >> 8 * k;
    }
}

static uint32_t stack_place(const struct child *c, uint32_t at)
{
    return c->layout == FLAT ? DATA + at : c->layout == BASED ? at : (value() & 0xFFFF0000) | (at & 0xFFFF);
}

static int stack_lost(const struct child *c)
{
    uint32_t at = c->r[ESP] - (c->layout == FLAT ? DATA : 0);
    if (c->layout >= SMALL_STACK) at &= 0xFFFF;
    return at < 0x40 || at > DATA_SIZE - 0x40;
}

/* Registers that nothing in the encoding names. */
static void implied(const struct form *f, struct making *m)
{
    uint32_t *r = m->c->r;
    if (begins(f, "div") || begins(f, "idiv")) {
        r[EAX] = value();
        if (f->bits == 8) r[EAX] = small();
        r[EDX] = chance(3) ? (uint32_t) ((int32_t) r[EAX] >> 31) : chance(4) ? value() : small();
    } else if (begins(f, "loop") || is(f, "jcxz")) r[ECX] = chance(2) ? below(3) | (chance(3) ? value() << 16 : 0) : value();
    else if (strstr(f->operands, "CL")) r[ECX] = chance(2) ? below(34) : value();
    else if (is(f, "leave") || is(f, "enter")) r[EBP] = stack_place(m->c, place());
}

/* Strings: SI, DI and counts. */
static void strings(const struct form *f, struct making *m, int small_address, int prefix)
{
    uint32_t *r = m->c->r, from = place(), to = place(), upper = small_address ? value() & 0xFFFF0000 : 0;
    r[ESI] = offset(m->c, from, prefix) | upper;
    r[EDI] = offset(m->c, to, 0) | upper;
    r[ECX] = (chance(20) ? value() : below(6)) | upper;
    fill(from, 8);
    fill(to, 8);
    if (begins(f, "cmps") && chance(2)) for (int i = 0; i < 12; i++) data[(to + i) % DATA_SIZE] = data[(from + i) % DATA_SIZE];
    if (begins(f, "scas") && chance(2)) fill(to, 4), memcpy(&r[EAX], data + to % (DATA_SIZE - 4), 4);
    m->c->flags ^= chance(2) ? DF : 0;
}

/* What the operand in memory holds, and what goes with it. */
static void operand(const struct form *f, struct making *m, uint32_t at, int reg)
{
    uint32_t *r = m->c->r;
    if (m->fixed) return;
    fill(at, f->bits / 8);
    if (begins(f, "bt") && strstr(f->operands, "Gv")) r[reg] = chance(8) ? value() : below(0x4000) - 0x2000;
    if (!begins(f, "cmpxchg")) return;
    r[EAX] = value();
    if (is(f, "cmpxchg8b")) fill(at, 8);
    uint32_t low, high;
    if (at > DATA_SIZE - 8 || chance(2)) return;
    memcpy(&low, data + at, 4);
    memcpy(&high, data + at + 4, 4);
    r[EAX] = low;
    if (is(f, "cmpxchg8b")) r[EDX] = high;
}

static void prefixes(struct making *m, const uint8_t *list, int count)
{
    int from = below(count + 1);
    for (int i = 0; i < count; i++) {
        uint8_t p = list[(from + i) % count];
        if (p) byte(m, p);
    }
}

static void immediates(const struct form *f, struct making *m, int small_address)
{
    const char *o = f->operands;
    int word = f->bits == 16 ? 16 : 32;
    if (strstr(o, "O")) immediate(m, offset(m->c, place(), m->prefix), small_address ? 16 : 32);
    if (strstr(o, "Iw")) immediate(m, is(f, "enter") || chance(2) ? below(0x40) : value(), 16);
    if (is(f, "enter")) byte(m, chance(4) ? any() : below(5));
    else if (begins(f, "aa")) byte(m, chance(2) ? 10 : chance(6) ? 0 : any());
    else if (strstr(o, "Ib") && strpbrk(f->name, "lr") && f->name[1] != 'r' && chance(2)) byte(m, below(34));
    else if (strstr(o, "Ib")) byte(m, value());
    if (strstr(o, "Iz")) immediate(m, value(), word);
    if (strstr(o, "Jb")) byte(m, m->fixed && chance(2) ? 0 : any());
    if (strstr(o, "Jz")) immediate(m, value(), word);
}

/* Registers and flags at random: those that the instruction names always, others sometimes. */
static void inputs(const struct form *f, struct making *m, int reg, int rm)
{
    struct child *c = m->c;
    for (int i = 0; i < 8; i++)
        if (i != ESP && (chance(10) || i == reg || i == rm)) c->r[i] = value();
    if (stack_lost(c) || chance(8)) c->r[ESP] = stack_place(c, place());
    if (strstr(f->operands, "AL") || strstr(f->operands, "rAX") || f->operands[0] == '-') c->r[EAX] = value();
    implied(f, m);
    int named = f->opcode[f->length - 1] & 7;
    if (f->operands[0] == 'Z' && named != ESP) c->r[named] = value();
    c->flags = (c->flags & DF) | IF | 2 | (any() & ARITHMETIC);
    if (chance(8)) c->flags ^= DF;
}

static void instruction(const struct form *f, struct making *m)
{
    struct child *c = m->c;
    int uses_memory = f->memory || strchr(f->operands, 'O') || is(f, "xlat");
    int string = f->operands[0] == '-' && strchr(f->name, '_');
    int small_address = (uses_memory || string || begins(f, "loop") || is(f, "jcxz")) && chance(5);
    int small_code = c->layout == SMALL_CODE;
    if (small_code) small_address = !chance(4);
    if (string && c->layout == FLAT) small_address = 0;
    int prefix = uses_memory || string ? override(c, small_address) : 0;
    int repeat = string ? (chance(3) ? 0 : 0xF2 + below(2)) : 0;
    int lock = (f->lock && f->memory && chance(4)) || chance(100) ? 0xF0 : 0;
    int reg = f->digit >= 0 ? f->digit : (int) below(8), rm = below(8);
    uint32_t at = place();

    if (!m->fixed) inputs(f, m, reg, rm);
    if (string) strings(f, m, small_address, prefix);

    int other_size = f->bits != 8 && f->bits != 64 && (f->bits == 16) != small_code;
    const uint8_t list[] = {other_size ? 0x66 : 0, small_address != small_code ? 0x67 : 0, prefix, repeat, lock};
    prefixes(m, list, sizeof list);
    for (int i = 0; i < f->length; i++) byte(m, f->opcode[i]);
    if (is(f, "xlat")) c->r[EBX] = offset(c, at, prefix) - (c->r[EAX] & 0xFF);
    if (modrm(f) && f->memory) {
        if (small_address) address16(m, reg, offset(c, at, prefix));
        else address32(m, reg, offset(c, at, prefix));
        operand(f, m, at, reg);
    } else if (modrm(f)) {
        byte(m, 0xC0 | reg << 3 | rm);
        if (begins(f, "cmpxchg") && chance(2)) c->r[EAX] = c->r[rm];
    }
    m->prefix = prefix;
    m->repeated = repeat;
    immediates(f, m, small_address);
}

/* A case: what is before is written, then the code is put in place and done, then what is after is written */

static void before(const struct child *c)
{
    uint32_t mask = registers_mask(now.r, c->r);
    if (c->flags != now.flags) mask |= IN_FLAGS;
    if (memory_changed()) mask |= MEMORY;
    if (c->layout != now.layout) mask |= LAYOUT;
    putchar('C');
    u16(mask);
    registers(now.r, c->r);
    if (mask & IN_FLAGS) u16(c->flags);
    if (mask & MEMORY) memory();
    if (mask & LAYOUT) u8(c->layout);
    now = *c;
}

static void after(const struct child *c, uint32_t start, const struct making *m, int steps, int vector, uint32_t address)
{
    u16(start - code_offset(c));
    u8(m->length);
    fwrite(m->bytes, 1, m->length, stdout);
    u8(steps);
    uint32_t mask = registers_mask(now.r, c->r);
    if (c->flags != now.flags) mask |= IN_FLAGS;
    if (memory_changed()) mask |= MEMORY;
    if (c->eip != start + m->length) mask |= EIP;
    if (vector >= 0) mask |= FAULT;
    u16(mask);
    registers(now.r, c->r);
    if (mask & IN_FLAGS) u16(c->flags);
    if (mask & MEMORY) memory();
    if (mask & EIP) u32(c->eip);
    if (mask & FAULT) u8(vector);
    if (vector == 14) u32(address);
    now = *c;
}

static uint32_t code_place(const struct child *c)
{
    return code_offset(c) + (below(0x40) << 6) + (chance(4) ? below(0x40) : 0);
}

/* Does what m holds from byte `from` on; leaves the outcome in c. */
static int run(struct child *c, const struct making *m, int from, int *steps, uint32_t *address)
{
    int vector;
    uint32_t at = c->eip;
    memcpy(code + (at - code_offset(c)), m->bytes + from, m->length - from);
    load(c);
    do {
        vector = step(address);
        ++*steps;
        save(c);
    } while (vector < 0 && m->repeated && c->eip == at && *steps < 64);
    return vector;
}

static void layout(struct child *c)
{
    int next = below(24) ? c->layout : (int) below(4);
    if (next == c->layout) return;
    c->layout = next;
    c->r[ESP] = stack_place(c, place());
}

static void cases(const struct form *f, int count)
{
    char title[64];
    int n = snprintf(title, sizeof title, "%02X", f->opcode[0]);
    if (f->length == 2) n += snprintf(title + n, sizeof title - n, " %02X", f->opcode[1]);
    if (f->digit >= 0) n += snprintf(title + n, sizeof title - n, "/%d", f->digit);
    snprintf(title + n, sizeof title - n, " %s %s %c %d", f->name, f->operands, f->memory ? 'm' : 'r', f->bits);
    putchar('F');
    text(title);
    for (int i = 0; i < count; i++) {
        struct child c = now;
        struct making m = {.c = &c};
        layout(&c);
        instruction(f, &m);
        before(&c);
        uint32_t start = c.eip = code_place(&c), address = 0;
        int steps = 0, vector = run(&c, &m, 0, &steps, &address);
        after(&c, start, &m, steps, vector, address);
    }
}

/* Sequences. Each instruction is chosen when those before it have been done, so that it finds its memory. */

#define POOL 1024

static struct form pool[POOL];
static int pooled;

/* Takes only what leaves no flag but AF undefined and does not read that. */
static void consider(const struct form *f)
{
    static const char *names = " add or adc sbb and sub xor cmp test not neg inc dec xchg_b xchg_v xchg_a xadd_b xadd_v cmpxchg_b"
        " cmpxchg_v mov movzx movsx_b movsx_w lea bswap cbw cwd sahf cmc clc stc push pop leave ";
    static const char *shifts = " shl shr sar rol ror rcl rcr ";
    char name[20];
    snprintf(name, sizeof name, " %s ", f->name);
    int conditional = (f->name[0] == 'j' && f->operands[0] == 'J') || begins(f, "set") || begins(f, "cmov");
    int shift = strstr(shifts, name) && strstr(f->operands, ",1");
    if (!strstr(names, name) && !shift && !conditional) return;
    if (pooled < POOL) pool[pooled++] = *f;
}

static void sequence(void)
{
    struct child c = now;
    struct making m = {.c = &c};
    int wanted = 2 + below(5), steps = 0, vector, done = 0;
    uint32_t address = 0, start = 0;
    layout(&c);
    do {
        int from = m.length;
        struct child unchanged = c;
        instruction(&pool[below(pooled)], &m);
        if (m.fixed) c = unchanged;
        else {
            before(&c);
            start = c.eip = code_place(&c);
        }
        m.fixed = 1;
        vector = run(&c, &m, from, &steps, &address);
    } while (vector < 0 && ++done < wanted && c.eip == start + m.length);
    after(&c, start, &m, steps, vector, address);
}

static void sequences(int count)
{
    putchar('F');
    text("- sequence - r 32");
    for (int i = 0; i < count; i++) sequence();
}

/* The table */

static void variants(struct form *f, int count)
{
    int sized = f->operands[0] == '-' || strpbrk(f->operands, "vzJ") || is(f, "enter") || is(f, "ret_i") || is(f, "push");
    int both = strchr(f->operands, 'E') != NULL;
    for (int memory = 0; memory < 2; memory++) {
        if (memory ? !modrm(f) || f->only == 'r' : modrm(f) && (!both || f->only == 'm')) continue;
        f->memory = memory;
        if (!sized) {
            f->bits = is(f, "cmpxchg8b") ? 64 : 8;
            cases(f, count);
            consider(f);
        } else for (f->bits = 16; f->bits <= 32; f->bits += 16) {
            cases(f, count);
            consider(f);
        }
    }
}

static int hexadecimal(const char *t)
{
    return strspn(t, "0123456789ABCDEF") >= 2 && (!t[2] || strchr(":./", t[2]));
}

static void row(char *line, int count)
{
    struct form f = {.digit = -1};
    char *names = NULL, *token, *rest = line;
    int first = 0, last = 0, stride = 1;
    while ((token = strtok_r(rest, " \t\n", &rest))) {
        if (!names && hexadecimal(token)) {
            f.opcode[f.length++] = first = last = strtol(token, NULL, 16);
            if (token[2] == '.') last = strtol(token + 4, NULL, 16);
            if (token[2] == ':') stride = 8;
            if (token[2] == '/') f.digit = token[3] - '0';
        } else if (!names && strlen(token) == 1) f.only = token[0];
        else if (!names) names = token;
        else if (!f.operands[0]) snprintf(f.operands, sizeof f.operands, "%s", token);
        else if (!strcmp(token, "lock")) f.lock = 1;
    }
    if (!names) return;
    char *name = strtok_r(names, ",", &rest);
    for (int opcode = first; opcode <= last || stride == 8; opcode += stride) {
        f.opcode[f.length - 1] = opcode;
        snprintf(f.name, sizeof f.name, "%s", name);
        variants(&f, count);
        char *next = strtok_r(rest, ",", &rest);
        if (next) name = next;
        else if (stride == 8) break;
    }
}

static void processor(void)
{
    char name[49] = "";
    uint32_t *words = (uint32_t *) name;
    for (uint32_t leaf = 0; leaf < 3; leaf++, words += 4)
        __asm__("cpuid" : "=a"(words[0]), "=b"(words[1]), "=c"(words[2]), "=d"(words[3]) : "a"(0x80000002 + leaf), "c"(0));
    text(name);
}

int main(int argc, char **argv)
{
    char line[256];
    FILE *table = argc == 4 ? fopen(argv[1], "r") : NULL;
    if (!table) {
        fprintf(stderr, "use: record TABLE SEED CASES > FILE\n");
        return 2;
    }
    uint32_t chosen = strtoul(argv[2], NULL, 0);
    seed = 88172645463325252ull ^ (uint64_t) chosen << 16;
    for (int i = 0; i < 16; i++) any();
    start();
    fputs("LKPKREC1", stdout);
    u32(chosen);
    u32(CODE);
    u32(DATA);
    u32(DATA_SIZE);
    processor();
    while (fgets(line, sizeof line, table))
        if (line[0] != '#') row(line, atoi(argv[3]));
    sequences(SEQUENCES * atoi(argv[3]));
    putchar('E');
    return fflush(stdout) ? 1 : 0;
}
