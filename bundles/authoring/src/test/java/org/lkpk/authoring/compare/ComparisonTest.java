package org.lkpk.authoring.compare;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.lkpk.authoring.elf.ElfFile;
import org.lkpk.authoring.elf.ObjectWriter;
import org.lkpk.authoring.elf.Piece;

/** Small sources, changed in one way each. */
public class ComparisonTest {
    private static final String OUTSIDE = "extern void put(const char *); extern int outside;\n";

    private Comparison comparison;
    private Extract extract;

    private void compare(String before, String after) throws Exception {
        comparison = new Comparison(Gcc.pieces(OUTSIDE + before), Gcc.pieces(OUTSIDE + after));
        extract = new Extract(comparison, Set.of("exported"), Set.of());
    }

    private Set<String> replaced() {
        Set<String> names = new TreeSet<>();
        for (Piece piece : extract.replaced()) names.add(comparison.name(piece));
        return names;
    }

    private Set<String> along() {
        Set<String> names = new TreeSet<>();
        for (Piece piece : extract.along()) if (piece.kind() != Piece.Kind.STRING && piece.kind() != Piece.Kind.MERGED) names.add(comparison.name(piece));
        return names;
    }

    private List<String> refusals() {
        return comparison.refusals().stream().map(r -> r.name() + " " + r.reason()).toList();
    }

    private void assertRefused(String words) {
        assertTrue(refusals() + " for " + words, refusals().stream().anyMatch(r -> r.contains(words)));
    }

    /** Symbols of the patch's object, undefined ones with a question mark. */
    private Set<String> symbols() throws Exception {
        ObjectWriter writer = new ObjectWriter();
        extract.writeNew(writer);
        Set<String> names = new TreeSet<>();
        for (ElfFile.Symbol symbol : new ElfFile(writer.bytes()).symbols())
            if (!symbol.name().isEmpty() && !symbol.name().startsWith(".L")) names.add(symbol.defined() ? symbol.name() : symbol.name() + "?");
        return names;
    }

    @Test
    public void whatOnlyTheKernelsTablesCanTellIsNamed() throws Exception {
        String more = "extern int exported; extern int known; extern int stranger; int *p(void) { return &known; }";
        compare(more + "int a(void) { return 1; }", more + "int a(void) { return exported + known + stranger; }");
        assertEquals(Set.of("stranger"), extract.strangers());
    }

    @Test
    public void theSameSourceChangesNothing() throws Exception {
        String source = "static int count; int a(int x) { put(\"a\"); return x + count++; } int b(void) { return a(3); }";
        compare(source, source);
        assertEquals(Set.of(), replaced());
        assertEquals(List.of(), refusals());
    }

    @Test
    public void aTextChangesItsFunctionAlone() throws Exception {
        compare("void a(void) { put(\"old\"); } void b(void) { put(\"same\"); }",
                "void a(void) { put(\"new\"); } void b(void) { put(\"same\"); }");
        assertEquals(Set.of("a"), replaced());
        assertEquals(Set.of("a", "put?"), symbols());
    }

    @Test
    public void aNewFunctionComesAlong() throws Exception {
        compare("void a(void) { put(\"a\"); }", "__attribute__((noinline)) static void help(void) { put(\"h\"); } void a(void) { help(); put(\"a\"); }");
        assertEquals(Set.of("a"), replaced());
        assertEquals(Set.of("a", "help"), along());
    }

    @Test
    public void aNewGlobalComesAlong() throws Exception {
        compare("void a(void) { put(\"a\"); }", "int fresh = 3; static int zero; void a(void) { fresh++; zero++; put(\"a\"); }");
        assertEquals(Set.of("a", "fresh", "zero"), along());
        assertEquals(List.of(), refusals());
    }

    @Test
    public void whatTheKernelHasStaysUndefined() throws Exception {
        compare("static int count; void a(void) { count++; put(\"a\"); } int b(void) { return count; }",
                "static int count; void a(void) { count += 2; put(\"a\"); } int b(void) { return count; }");
        assertEquals(Set.of("a", "count?", "put?"), symbols());
    }

    @Test
    public void aStaticLocalIsTheRunningOneWhateverItsNumber() throws Exception {
        compare("int a(void) { static int count; return ++count; } int b(void) { static int count; return count += 5; }",
                "int f(void) { static int other; return ++other; } int a(void) { static int count; return ++count; } "
                        + "int b(void) { static int count; put(\"b\"); return count += 5; }");
        assertEquals(Set.of("b"), replaced());
        String running = comparison.pristine().named("b").references().get(0).target().name();
        assertTrue(symbols().toString(), symbols().contains(running + "?"));
    }

    @Test
    public void aNewStaticLocalIsNew() throws Exception {
        compare("int a(int x) { return x; }", "int a(int x) { static int calls; return x + ++calls; }");
        assertEquals(List.of(), refusals());
        assertEquals(2, along().size());
    }

    @Test
    public void aStaticLocalWithoutACertainTwinIsRefused() throws Exception {
        compare("int a(int x) { static int n; return x + ++n; } int b(int x) { static int n; return x * ++n; }",
                "int a(int x) { static int n; { static int n; put(\"\"); x += ++n; } return x + ++n; } int b(int x) { static int n; { static int n; x += ++n; } return x * ++n; }");
        assertRefused("not certain");
    }

    @Test
    public void aNumberedConstantIsTheSameUnderAnotherNumber() throws Exception {
        String rest = "int a(int x) { static const int table[] = {1, 5, 9, 4, 7, 2, 8, 3}; return table[x]; } ";
        compare(rest + "int b(int x) { static int calls; return x + ++calls; }", rest + "int b(int x) { static int calls, more; return x + ++calls + ++more; }");
        assertEquals(Set.of("b"), replaced());
        compare("int b(int x) { static int calls; return x + ++calls; } " + rest, "int b(int x) { static int calls, more; return x + ++calls + ++more; } " + rest);
        assertEquals(Set.of("b"), replaced());
    }

    /** As the kernel's pr_debug has them: each with a description of its own, numbered by the compiler, and a jump label. */
    private static String debug(int number, String text) {
        return "static struct site __UNIQUE_ID_ddebug" + number + " __attribute__((section(\"__dyndbg\"))) = "
                + "{__func__, \"" + text + "\", \"f.c\", 0, " + (100 + number) + "}; "
                + "asm goto(\"1: nop; .pushsection __jump_table, \\\"aw\\\"; .balign 4; .long 1b - ., %l[l" + number + "] - ., %c0 + 20 - .; "
                + ".popsection\" : : \"i\"(&__UNIQUE_ID_ddebug" + number + ") : : l" + number + "); if (0) { l" + number + ": debug(&__UNIQUE_ID_ddebug"
                + number + "); }";
    }

    @Test
    public void debuggingSitesAreTheRunningOnesUnlessTheyAreNew() throws Exception {
        String site = "struct site { const char *f, *t, *n, *m; unsigned line; int key[2]; } __attribute__((aligned(8))); void debug(struct site *);\n";
        compare(site + "void a(int x) { " + debug(1, "one") + debug(2, "two") + " put(\"\"); } void b(void) { " + debug(3, "three") + " put(\"b\"); }",
                site + "void a(int x) { if (x) put(\"x\"); " + debug(4, "new") + debug(5, "one") + debug(6, "two") + " put(\"\"); } "
                + "void b(void) { " + debug(7, "three") + " put(\"b\"); }");
        assertEquals(List.of(), refusals());
        assertEquals(Set.of("a"), replaced());
        Piece old = comparison.pristine().named("a");
        for (Piece.Reference reference : old.references())
            if (reference.target().site()) assertTrue(symbols().toString(), symbols().contains(reference.target().name() + "?"));
        ObjectWriter writer = new ObjectWriter();
        extract.writeNew(writer);
        List<ElfFile.Section> sites = new ElfFile(writer.bytes()).sections().stream().filter(s -> s.name().equals("__dyndbg")).toList();
        assertEquals(1, sites.size());
        assertEquals(32, sites.get(0).bytes().length);
        assertEquals(3, along().size()); // a, the new site and the function's name
    }

    @Test
    public void aFunctionThatWasInlinedChangesItsCaller() throws Exception {
        compare("static int half(int x) { return x / 2; } int a(int x) { return half(x) + 1; } int b(int x) { return x; }",
                "static int half(int x) { return x / 3; } int a(int x) { return half(x) + 1; } int b(int x) { return x; }");
        assertEquals(Set.of("a"), replaced());
    }

    @Test
    public void aConstantThatChangesComesWithAllThatReadsIt() throws Exception {
        String rest = " int a(int i) { return table[i]; } int b(int i) { return table[i] + 1; } int c(int i) { return i; }";
        compare("static const int table[4] = {1, 2, 3, 4};" + rest, "static const int table[4] = {1, 2, 9, 4};" + rest);
        assertEquals(Set.of("a", "b"), replaced());
        assertEquals(Set.of("a", "b", "table"), along());
        assertEquals(List.of(), refusals());
    }

    @Test
    public void aConstantThatDataReferToIsRefused() throws Exception {
        String rest = " const int *all[1] = {table}; int a(int i) { return table[i]; }";
        compare("static const int table[2] = {1, 2};" + rest, "static const int table[2] = {1, 3};" + rest);
        assertRefused("all refers to a constant that changes");
    }

    @Test
    public void anInitialValueThatChangesIsRefused() throws Exception {
        compare("int limit = 3; int a(void) { return limit; }", "int limit = 4; int a(void) { return limit; }");
        assertRefused("limit its initial value changes");
    }

    @Test
    public void aVariableThatGrowsIsRefused() throws Exception {
        compare("int list[3]; int *a(int i) { return &list[i]; }", "int list[4]; int *a(int i) { return &list[i]; }");
        assertRefused("list its layout changes from 12 to 16 bytes");
    }

    @Test
    public void initCodeThatChangesIsRefused() throws Exception {
        String init = "__attribute__((section(\".init.text\"))) ";
        compare(init + "void setup(void) { put(\"a\"); }", init + "void setup(void) { put(\"b\"); }");
        assertRefused("setup is __init");
    }

    @Test
    public void aNewRecordForBootIsRefused() throws Exception {
        String add = "int run(void) { return 1; } ";
        compare(add, add + "__attribute__((section(\".initcall6.init\"), used)) static int (*call)(void) = run;");
        assertRefused("call is new __init");
    }

    @Test
    public void aNewExportIsRefused() throws Exception {
        compare("int run(void) { return 1; }",
                "int run(void) { return 1; } __attribute__((section(\"___ksymtab+run\"), used)) static const int mark = 1;");
        assertRefused("mark changes a record in section ___ksymtab+run");
    }

    @Test
    public void aNewPerCpuVariableIsRefused() throws Exception {
        compare("int a(void) { return 1; }", "__attribute__((section(\".data..percpu\"))) int mine; int a(void) { return mine; }");
        assertRefused("mine is a new per-CPU variable");
    }

    @Test
    public void aCloneKeepsTheKernelsName() throws Exception {
        String rest = "int a(int x) { return big(x, 7) + 1; } int b(int x) { return big(x, 7) * 2; }";
        String big = "__attribute__((noinline)) static int big(int x, int y) { put(\"%s\"); return x / y + outside; }\n";
        compare(String.format(big, "old") + rest, String.format(big, "new") + rest);
        assertEquals(1, replaced().size());
        assertTrue(replaced().toString(), replaced().iterator().next().startsWith("big.constprop.") || replaced().contains("big"));
    }

    @Test
    public void unexportedDataBringAFunctionThatKnowsThem() throws Exception {
        String rest = " int small(void) { return hidden; } int large(int x) { put(\"l\"); return hidden += x; }";
        compare("static int hidden; void a(void) { put(\"a\"); }" + rest, "static int hidden; void a(void) { hidden = 0; put(\"a\"); }" + rest);
        assertEquals(Set.of("a", "small"), replaced());
        assertEquals(1, extract.witnesses().size());
    }

    @Test
    public void exportedDataNeedNone() throws Exception {
        String rest = " int small(void) { return exported; }";
        compare("int exported; void a(void) { put(\"a\"); }" + rest, "int exported; void a(void) { exported = 0; put(\"a\"); }" + rest);
        assertEquals(Set.of("a"), replaced());
    }

    @Test
    public void thePristineObjectDefinesTheReplacedFunctions() throws Exception {
        compare("static int count; void a(void) { count++; put(\"old\"); }", "static int count; void a(void) { count++; put(\"new\"); }");
        ObjectWriter writer = new ObjectWriter();
        extract.writePristine(writer);
        Set<String> names = new TreeSet<>();
        for (ElfFile.Symbol symbol : new ElfFile(writer.bytes()).symbols())
            if (!symbol.name().isEmpty() && !symbol.name().startsWith(".L")) names.add((symbol.defined() ? "" : "?") + symbol.name());
        assertEquals(Set.of("a", "?count", "?put"), names);
    }

    @Test
    public void recordsAboutCodeComeWithIt() throws Exception {
        String warn = "#define WARN() asm volatile(\"1: ud2\\n.pushsection __bug_table,\\\"aw\\\"\\n.long 1b, 0, 0\\n.popsection\")\n";
        compare(warn + "void a(int x) { if (x) WARN(); } void b(int x) { if (!x) WARN(); }",
                warn + "void a(int x) { if (x > 1) WARN(); } void b(int x) { if (!x) WARN(); }");
        assertEquals(Set.of("a"), replaced());
        ObjectWriter writer = new ObjectWriter();
        extract.writeNew(writer);
        for (ElfFile.Section section : new ElfFile(writer.bytes()).sections())
            if (section.name().equals("__bug_table")) assertEquals(12, section.bytes().length);
    }
}
