// SPDX-License-Identifier: Apache-2.0
/* Puts a mark before tiny's command line, then lets the old function show it. */

struct line;

extern void line_puts(struct line *line, const char *text);

/* The replaced function's old body. */
extern int lkpk_old_banner_show(struct line *line);

int banner_show(struct line *line)
{
	line_puts(line, "[lkpk] ");
	return lkpk_old_banner_show(line);
}
