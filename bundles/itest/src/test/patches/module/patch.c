// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

struct net_device;

extern void lkpk_old_dummy_get_stats64(struct net_device *device, unsigned long long *stats);

/* The first of the counts is that of received packets, of which a dummy device has none. */
void dummy_get_stats64(struct net_device *device, unsigned long long *stats)
{
	lkpk_old_dummy_get_stats64(device, stats);
	stats[0] = 4242;
}
