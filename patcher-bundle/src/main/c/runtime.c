// SPDX-License-Identifier: Apache-2.0
/*
 * The patcher's own code in the guest: tells the kernel of the code of patches, calls functions of theirs in a kernel
 * thread, and keeps shadow variables. It is itself put there as a patch, with the first one, and leaves with the last.
 * Written for 32-bit x86 Linux 6.1 on one processor, which is what the patcher's machines have.
 */
#include "lkpk.h"

struct extable { int insn, fixup, data; };
struct bug { unsigned long address; const char *file; unsigned short line, flags; };
struct function { unsigned long start, end; const char *name; };

/* One patch's code, written by the patcher between two instructions. */
struct patch {
	unsigned long start, end;
	const struct extable *extable;
	unsigned long extables;
	struct bug *bugs;
	unsigned long bug_count;
	const struct function *functions;
	unsigned long function_count;
	char *name;
};

#define PATCHES 128
struct patch lkpk_patches[PATCHES];

/*
 * One call that the patcher wants made; state 0: none, 1: wanted, 2: on its way, 3: done. What an argument points to may
 * lie in the room behind them.
 */
struct call {
	volatile unsigned long state;
	int (*function)(unsigned long, unsigned long);
	int answer;
	unsigned long arguments[2], room[4];
} lkpk_call;

extern const struct extable *search_extable(const struct extable *base, unsigned long count, unsigned long address);
extern int execute_in_process_context(void (*function)(void *work), void *work);
extern void *__kmalloc(unsigned long size, unsigned int gfp);
extern void kfree(const void *block);

extern const struct extable *lkpk_old_search_module_extables(unsigned long address);
extern struct bug *lkpk_old_find_bug(unsigned long address);
extern int lkpk_old_is_module_text_address(unsigned long address);
extern const char *lkpk_old_module_address_lookup(unsigned long address, unsigned long *size, unsigned long *offset,
						  char **module, const unsigned char **id, char *name);
extern void lkpk_old_update_process_times(int user);

static struct patch *patch_at(unsigned long address)
{
	struct patch *p;

	for (p = lkpk_patches; p < lkpk_patches + PATCHES; p++)
		if (address - p->start < p->end - p->start)
			return p;
	return 0;
}

const struct extable *search_module_extables(unsigned long address)
{
	struct patch *p = patch_at(address);

	if (!p)
		return lkpk_old_search_module_extables(address);
	return p->extables ? search_extable(p->extable, p->extables, address) : 0;
}

struct bug *find_bug(unsigned long address)
{
	struct patch *p = patch_at(address);
	unsigned long i;

	if (!p)
		return lkpk_old_find_bug(address);
	for (i = 0; i < p->bug_count; i++)
		if (p->bugs[i].address == address)
			return p->bugs + i;
	return 0;
}

int is_module_text_address(unsigned long address)
{
	return patch_at(address) ? 1 : lkpk_old_is_module_text_address(address);
}

const char *module_address_lookup(unsigned long address, unsigned long *size, unsigned long *offset, char **module,
				  const unsigned char **id, char *name)
{
	struct patch *p = patch_at(address);
	const struct function *f;
	const char *from;
	char *to = name;

	if (!p)
		return lkpk_old_module_address_lookup(address, size, offset, module, id, name);
	for (f = p->functions; f < p->functions + p->function_count; f++) {
		if (address - f->start >= f->end - f->start)
			continue;
		if (size)
			*size = f->end - f->start;
		if (offset)
			*offset = address - f->start;
		if (module)
			*module = p->name;
		if (id)
			*id = 0;
		for (from = f->name; *from; )
			*to++ = *from++;
		*to = 0;
		return name;
	}
	return 0;
}

static unsigned long work[16];

static void carry_out(void *unused)
{
	lkpk_call.answer = lkpk_call.function(lkpk_call.arguments[0], lkpk_call.arguments[1]);
	lkpk_call.state = 3;
}

/* In the timer's interrupt, from where a call is handed to a worker thread, which may sleep. */
void update_process_times(int user)
{
	if (lkpk_call.state == 1) {
		lkpk_call.state = 2;
		execute_in_process_context(carry_out, work);
	}
	lkpk_old_update_process_times(user);
}

struct shadow {
	struct shadow *next;
	const void *obj;
	unsigned long id;
	unsigned long data[];
};

#define BUCKETS 64
#define NOTHING 0xffffffffu
static struct shadow *shadows[BUCKETS];

static unsigned long closed(void)
{
	unsigned long flags;

	asm volatile("pushf; pop %0; cli" : "=r"(flags) : : "memory");
	return flags;
}

static void opened(unsigned long flags)
{
	asm volatile("push %0; popf" : : "r"(flags) : "memory", "cc");
}

static struct shadow **bucket(const void *obj, unsigned long id)
{
	return shadows + (((unsigned long)obj >> 5 ^ (unsigned long)obj >> 13 ^ id) & (BUCKETS - 1));
}

static struct shadow **place(const void *obj, unsigned long id)
{
	struct shadow **at = bucket(obj, id);

	while (*at && ((*at)->obj != obj || (*at)->id != id))
		at = &(*at)->next;
	return at;
}

void *lkpk_shadow_get(const void *obj, unsigned long id)
{
	unsigned long flags = closed();
	struct shadow *found = *place(obj, id);

	opened(flags);
	return found ? found->data : 0;
}

static void *taken(const void *obj, unsigned long id, unsigned long size, unsigned int gfp, int shared)
{
	struct shadow *fresh = size < NOTHING - sizeof *fresh ? __kmalloc(sizeof *fresh + size, gfp) : 0;
	struct shadow **at;
	struct shadow *found;
	unsigned long flags, i;

	if (!fresh)
		return 0;
	for (i = 0; i < size; i++)
		((volatile char *)fresh->data)[i] = 0;
	fresh->obj = obj;
	fresh->id = id;
	fresh->next = 0;
	flags = closed();
	at = place(obj, id);
	found = *at;
	if (!found)
		*at = fresh;
	opened(flags);
	if (!found)
		return fresh->data;
	kfree(fresh);
	return shared ? found->data : 0;
}

void *lkpk_shadow_alloc(const void *obj, unsigned long id, unsigned long size, unsigned int gfp)
{
	return lkpk_shadow_get(obj, id) ? 0 : taken(obj, id, size, gfp, 0);
}

void *lkpk_shadow_get_or_alloc(const void *obj, unsigned long id, unsigned long size, unsigned int gfp)
{
	void *found = lkpk_shadow_get(obj, id);

	return found ? found : taken(obj, id, size, gfp, 1);
}

void lkpk_shadow_free(const void *obj, unsigned long id)
{
	unsigned long flags = closed();
	struct shadow **at = place(obj, id);
	struct shadow *found = *at;

	if (found)
		*at = found->next;
	opened(flags);
	kfree(found);
}

/* Frees those with this id, or all if "all" is set. */
static void freed(unsigned long id, int all)
{
	struct shadow **at, *found;
	unsigned long flags, i;

	for (i = 0; i < BUCKETS; ) {
		flags = closed();
		at = shadows + i;
		while (*at && !all && (*at)->id != id)
			at = &(*at)->next;
		found = *at;
		if (found)
			*at = found->next;
		else
			i++;
		opened(flags);
		kfree(found);
	}
}

void lkpk_shadow_free_all(unsigned long id)
{
	freed(id, 0);
}

/* Called by the patcher before this leaves; answers how it went. */
int lkpk_leave(void)
{
	freed(0, 1);
	return 0;
}

/* For the patcher: more room for code, by the kernel's own allocator. */
extern void *module_alloc(unsigned long size);
extern void module_memfree(void *block);
extern int set_memory_x(unsigned long address, int pages);

struct room { unsigned long address, pages; } lkpk_room;

int lkpk_room_take(void)
{
	void *block = module_alloc(lkpk_room.pages << 12);

	lkpk_room.address = (unsigned long)block;
	return block ? set_memory_x((unsigned long)block, lkpk_room.pages) : -12;
}

int lkpk_room_free(void)
{
	module_memfree((void *)lkpk_room.address);
	return 0;
}
