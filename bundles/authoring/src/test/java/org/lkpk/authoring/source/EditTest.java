package org.lkpk.authoring.source;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class EditTest {
    private static final List<String> FILE = List.of("struct box {", "\tint a;", "};", "", "int f(void)", "{", "\treturn 1;", "}", "",
            "int g(void)", "{", "\treturn f();", "}");

    private static List<String> with(int at, String... lines) {
        List<String> text = new ArrayList<>(FILE);
        text.addAll(at, List.of(lines));
        return text;
    }

    @Test
    public void linesBehindAChangedFunctionKeepTheirNumbers() {
        List<String> lines = new Edit("a.c", FILE, with(6, "\tg();", "\tg();")).numbered("/home/a.c").lines().toList();
        assertEquals("#line 1 \"/home/a.c\"", lines.get(0));
        assertEquals("#line 9", lines.get(11));
        assertEquals("", lines.get(12));
    }

    @Test
    public void anUnchangedFileIsNoChange() {
        assertFalse(new Edit("a.c", FILE, List.copyOf(FILE)).changed());
    }

    @Test
    public void hunksTurnOneTextIntoTheOther() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<String> before = new ArrayList<>();
            for (int i = 0; i < random.nextInt(40); i++) before.add("" + random.nextInt(6));
            List<String> after = new ArrayList<>(before);
            for (int i = 0; i < random.nextInt(8); i++)
                if (random.nextBoolean() || after.isEmpty()) after.add(random.nextInt(after.size() + 1), "" + random.nextInt(6));
                else after.remove(random.nextInt(after.size()));
            List<String> result = new ArrayList<>();
            int at = 0;
            for (Difference.Hunk hunk : new Difference(before, after).hunks()) {
                result.addAll(before.subList(at, hunk.from()));
                result.addAll(after.subList(hunk.newFrom(), hunk.newTo()));
                at = hunk.to();
            }
            result.addAll(before.subList(at, before.size()));
            assertEquals(after, result);
        }
    }

    @Test
    public void aDiffOfTwoTextsAppliesToTheFirst() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            List<String> before = new ArrayList<>();
            for (int i = 0; i < 60; i++) before.add("line " + i);
            List<String> after = new ArrayList<>(before);
            for (int i = 0; i <= random.nextInt(5); i++) after.add(random.nextInt(after.size()), "new " + random.nextInt(9));
            List<String> diff = UnifiedDiff.between("fs/a.c", before, after);
            assertEquals(after, new UnifiedDiff("x.patch", diff).applied("x.patch", "fs/a.c", before));
            List<String> moved = new ArrayList<>(before);
            moved.addAll(0, List.of("one", "two", "three"));
            List<String> wanted = new ArrayList<>(after);
            wanted.addAll(0, List.of("one", "two", "three"));
            assertEquals(wanted, new UnifiedDiff("x.patch", diff).applied("x.patch", "fs/a.c", moved));
        }
    }

    @Test
    public void aHunkThatDoesNotFitIsNamed() throws IOException {
        UnifiedDiff diff = new UnifiedDiff("x.patch", List.of("--- a/fs/a.c", "+++ b/fs/a.c", "@@ -1,2 +1,2 @@", " one", "-two", "+2"));
        IOException refused = assertThrows(IOException.class, () -> diff.applied("x.patch", "fs/a.c", List.of("one", "three")));
        assertEquals("x.patch:3: the hunk does not fit fs/a.c", refused.getMessage());
    }

    @Test
    public void aDiffThatAddsAFileIsRefused() {
        IOException refused = assertThrows(IOException.class,
                () -> new UnifiedDiff("x.patch", List.of("--- /dev/null", "+++ b/fs/new.c", "@@ -0,0 +1 @@", "+int x;")));
        assertTrue(refused.getMessage(), refused.getMessage().startsWith("x.patch:1: adds or removes a file"));
    }

    @Test
    public void definitionsAreFoundByTheirLooks() {
        List<String> text = List.of("int f(void);", "static int call(void)", "{", "\treturn f();", "}", "static struct box *", "f(int x,", "  int y)", "{",
                "}", "SYSCALL_DEFINE2(kill, int, pid, int, sig)", "{", "}");
        assertEquals(7, Definitions.line(text, "f"));
        assertEquals(2, Definitions.line(text, "call"));
        assertEquals(11, Definitions.line(text, "__ia32_sys_kill"));
        assertEquals(0, Definitions.line(text, "g"));
        assertEquals(List.of("call"), Definitions.callers(text, "f"));
    }

    @Test
    public void functionsOfASharedSectionGetTheirOwn() {
        String text = Assembly.split(List.of("\t.section\t.sched.text,\"ax\",@progbits", "\t.type\tone, @function", "one:", "\t.section\t.text.unlikely.one",
                "\t.section\t.sched.text", "\tret", "\t.size\tone, .-one", "\t.type\ttwo, @function", "two:", "\t.size\ttwo, .-two", "\t.text"));
        assertEquals(List.of("\t.section\t.sched.text,\"ax\",@progbits", "\t.section\t.sched.text.one,\"ax\",@progbits", "\t.p2align 4",
                "\t.type\tone, @function", "one:", "\t.section\t.text.unlikely.one", "\t.section\t.sched.text.one,\"ax\",@progbits", "\t.p2align 4",
                "\tret", "\t.size\tone, .-one", "\t.section\t.sched.text.two,\"ax\",@progbits", "\t.p2align 4", "\t.type\ttwo, @function", "two:",
                "\t.size\ttwo, .-two", "\t.text"), text.lines().toList());
    }
}
