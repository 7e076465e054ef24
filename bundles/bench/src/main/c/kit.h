/* What the programs stand on: no C library, so that only gcc is needed and every instruction is ours. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

/* A program does its work count times over and returns a checksum of what it computed. */
u32 loops(u32), sieve(u32), matmul(u32), fib(u32), ackermann(u32), vm(u32), callbacks(u32);
u32 crc32(u32), sha256(u32), quicksort(u32), heapsort(u32), copy(u32), walk(u32);
u32 movs(u32), stos(u32), cmps(u32), scas(u32);
u32 nbody(u32), nbody80(u32), mandelbrot(u32), sse(u32), sse2(u32);
u32 smc(u32), smc_beside(u32);
u32 getppid80(u32), sysenter(u32), faults(u32), forks(u32), execs(u32), pipes(u32);

enum { EXIT = 1, FORK = 2, READ = 3, WRITE = 4, EXECVE = 11, MOUNT = 21, PIPE = 42, IOCTL = 54, GETPPID = 64, REBOOT = 88,
	MUNMAP = 91, WAIT4 = 114, NANOSLEEP = 162, MMAP2 = 192, GETPID = 20 };

/* System calls that fail return -errno. */
static inline int call(int number, int a, int b, int c, int d)
{
	int result;
	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
	return result;
}

void *pages(u32 bytes);         /* fresh memory, zero, executable */
void print(const char *text);
void stop(int status) __attribute__((noreturn));

/* A generator that is the same everywhere (Marsaglia, xorshift). */
static inline u32 scramble(u32 x)
{
	x ^= x << 13;
	x ^= x >> 17;
	return x ^ x << 5;
}

/* Folds a word into a checksum. */
static inline u32 mix(u32 sum, u32 word)
{
	return (sum << 5 | sum >> 27) * 0x9E3779B1u + word;
}

u32 mix_bytes(u32 sum, const void *data, u32 size);

extern u32 fast_call;           /* the kernel's entry for system calls (AT_SYSINFO), 0 if it offers none */
extern char **variables;
extern char *self;              /* this program's file */
