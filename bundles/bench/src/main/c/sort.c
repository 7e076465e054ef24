/* Sorting: data-dependent branches and memory. */
#include "kit.h"

enum { SIZE = 20000 };
static u32 numbers[SIZE];

static void fill(u32 seed)
{
	for (u32 i = 0; i < SIZE; i++) numbers[i] = seed = scramble(seed);
}

/* The order's own sum: a wrong order gives another. */
static u32 order(void)
{
	return mix_bytes(0, numbers, sizeof numbers);
}

static void quick(u32 *low, u32 *high)
{
	while (low < high) {
		u32 pivot = low[(high - low) / 2], *i = low, *j = high;
		while (i <= j) {
			while (*i < pivot) i++;
			while (*j > pivot) j--;
			if (i > j) break;
			u32 t = *i;
			*i++ = *j;
			*j-- = t;
		}
		if (j - low < high - i) quick(low, j), low = i;
		else quick(i, high), high = j;
	}
}

u32 quicksort(u32 count)
{
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) {
		fill(round + 1);
		quick(numbers, numbers + SIZE - 1);
		sum = mix(sum, order());
	}
	return sum;
}

static void sift(u32 root, u32 end)
{
	u32 value = numbers[root];
	for (u32 child; (child = 2 * root + 1) < end; root = child) {
		if (child + 1 < end && numbers[child] < numbers[child + 1]) child++;
		if (value >= numbers[child]) break;
		numbers[root] = numbers[child];
	}
	numbers[root] = value;
}

u32 heapsort(u32 count)
{
	u32 sum = 0;
	for (u32 round = 0; round < count; round++) {
		fill(round + 1);
		for (u32 i = SIZE / 2; i-- > 0;) sift(i, SIZE);
		for (u32 end = SIZE - 1; end; end--) {
			u32 t = numbers[0];
			numbers[0] = numbers[end];
			numbers[end] = t;
			sift(0, end);
		}
		sum = mix(sum, order());
	}
	return sum;
}
