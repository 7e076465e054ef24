/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a patch may call besides the kernel: shadow variables, for data that a structure of the running kernel has no room
 * for. An id is any number that the patches agree on. They live until they are freed or the last patch leaves.
 */
#ifndef LKPK_H
#define LKPK_H

/* The data for obj and id; 0 if there is none. */
extern void *lkpk_shadow_get(const void *obj, unsigned long id);

/* New zeroed data for obj and id, by the kernel's kmalloc with its flags gfp; 0 if there is some already, or no memory. */
extern void *lkpk_shadow_alloc(const void *obj, unsigned long id, unsigned long size, unsigned int gfp);

/* The data for obj and id; new zeroed data if there is none. */
extern void *lkpk_shadow_get_or_alloc(const void *obj, unsigned long id, unsigned long size, unsigned int gfp);

extern void lkpk_shadow_free(const void *obj, unsigned long id);

/* For every obj. */
extern void lkpk_shadow_free_all(unsigned long id);

#endif
