package org.lkpk.authoring.compare;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

/** Structures of small sources, changed in one way each. */
public class LayoutsTest {
    private static final String USE = "\nint use(struct box *b) { return sizeof(*b) + (b != 0); }\n";

    private static List<String> changes(String before, String after) throws Exception {
        return Gcc.layouts(before).changedIn(Gcc.layouts(after)).stream().map(c -> c.line() + " " + c.type() + " " + c.reason()).toList();
    }

    private static void change(String before, String after, String reason) throws Exception {
        assertEquals(List.of(reason), changes(before + USE, after + USE));
    }

    private static void none(String before, String after) throws Exception {
        assertEquals(List.of(), changes(before + USE, after + USE));
    }

    @Test
    public void aNewMemberIsNamedWithItsLine() throws Exception {
        change("struct box {\n int a;\n};", "struct box {\n int a;\n int b;\n};", "3 struct box gets the member b (4 bytes, then 8)");
    }

    @Test
    public void aNewMemberInAGapIsNamed() throws Exception {
        change("struct box {\n int a;\n char c;\n};", "struct box {\n int a;\n char c, d;\n};", "3 struct box gets the member d");
    }

    @Test
    public void aMemberThatGoesIsNamed() throws Exception {
        change("struct box {\n int a;\n int b;\n};", "struct box {\n int a;\n};", "1 struct box loses its member b (8 bytes, then 4)");
    }

    @Test
    public void aMemberOfAnotherTypeIsNamed() throws Exception {
        change("struct box {\n int a;\n int b;\n};", "struct box {\n int a;\n unsigned b;\n};",
                "3 struct box its member b was int and becomes unsigned int");
        change("struct box { int (*f)(char *, ...); };", "struct box { int (*f)(long); };",
                "1 struct box its member f was int(char*, …)* and becomes int(long int)*");
        change("struct box { char a[3][4]; };", "struct box { char a[4][3]; };", "1 struct box its member a was char[3][4] and becomes char[4][3]");
    }

    @Test
    public void membersInAnotherOrderAreNamed() throws Exception {
        change("struct box {\n int a;\n int b;\n};", "struct box {\n int b;\n int a;\n};", "2 struct box its member b moves from byte 4 to byte 0");
    }

    @Test
    public void aBitFieldThatMovesIsNamed() throws Exception {
        List<String> changes = changes("struct box { unsigned a : 3, b : 2; };" + USE, "struct box { unsigned b : 2, a : 3; };" + USE);
        assertTrue(changes.toString(), changes.size() == 1 && changes.get(0).startsWith("1 struct box its member b moves from byte 0, bit"));
    }

    @Test
    public void aTypeThatIsAnotherNowChangesWhatHoldsIt() throws Exception {
        change("typedef int number;\nstruct box { number a; };", "typedef short number;\nstruct box { number a; };",
                "2 struct box its member a was int and becomes short int");
        change("typedef struct { int x; } point;\nstruct box { point a, b; };", "typedef struct { int x, y; } point;\nstruct box { point a, b; };",
                "2 struct box its member a was struct { int x } and becomes struct { int x; int y }");
    }

    @Test
    public void aStructureWithinMovesWhatIsBehindIt() throws Exception {
        assertEquals(List.of("1 struct part gets the member q (4 bytes, then 8)", "2 struct box its member a moves from byte 4 to byte 8"),
                changes("struct part { int p; };\nstruct box { struct part part; int a; };" + USE,
                        "struct part { int p, q; };\nstruct box { struct part part; int a; };" + USE));
    }

    @Test
    public void membersOfAnAnonymousUnionAreItsOwn() throws Exception {
        change("struct box {\n union {\n int a;\n };\n int c;\n};", "struct box {\n union {\n int a;\n long long b;\n };\n int c;\n};",
                "4 struct box gets the member b (8 bytes, then 12)");
    }

    @Test
    public void aValueOfAnEnumerationThatChangesIsNamed() throws Exception {
        change("enum color {\n RED,\n BLUE\n};\nstruct box { enum color a; };", "enum color {\n RED,\n GREEN,\n BLUE\n};\nstruct box { enum color a; };",
                "1 enum color its value BLUE was 1 and becomes 2");
        none("enum color { RED };\nstruct box { enum color a; };", "enum color { RED, BLUE };\nstruct box { enum color a; };");
    }

    @Test
    public void namesOfTypesAndQualifiersAreNoLayout() throws Exception {
        none("struct box { int a; char *b; };", "typedef int number; struct box { const number a; const char *b; };");
    }

    @Test
    public void theOrderWithinAUnionIsNone() throws Exception {
        none("struct box { union { int a; char b; } u; };\nunion more { int a; char b; } more;",
                "struct box { union { int a; char b; } u; };\nunion more { char b; int a; } more;");
    }

    @Test
    public void aStructureThatIsNewIsNoChange() throws Exception {
        none("struct box { int a; };", "struct box { int a; };\nstruct other { struct box *b; int c; } other;");
        none("struct box { int a; };", "struct box { int a; };\nint f(int x) { struct call { int x, y; } c = { x, 2 }; extern int g(struct call *); return g(&c); }");
    }

    /** Each function may have its own. */
    @Test
    public void aNewLocalStructureOfANameThatIsThereIsNoChange() throws Exception {
        String f = "\nextern int g(void *);\nint f(int x) { struct call { int x, y; } c = { x, 2 }; return g(&c); }";
        String h = "\nint h(int x) { struct call { char a[9]; } c = { { x } }; return g(&c); }";
        none("struct box { int a; };" + f, "struct box { int a; };" + f + h);
        assertEquals(1, changes("struct box { int a; };" + f + h + USE, "struct box { int a; };" + f + h.replace("[9]", "[12]") + USE).size());
    }

    @Test
    public void aStructureThatOnlyACastKnowsIsCompared() throws Exception {
        String cast = "\nint f(void *p) { return ((struct hidden *)p)->b; }\nstruct box { int a; };";
        change("struct hidden { int a, b; };" + cast, "struct hidden { int b, a; };" + cast, "1 struct hidden its member b moves from byte 4 to byte 0");
    }
}
