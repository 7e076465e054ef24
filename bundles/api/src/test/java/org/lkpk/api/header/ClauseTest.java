package org.lkpk.api.header;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.Test;

public class ClauseTest {
    private static void refused(String header, String reason) {
        assertEquals(reason, assertThrows(IllegalArgumentException.class, () -> Clause.parse(header)).getMessage());
    }

    @Test
    public void clausesHaveANameAndAttributes() {
        assertEquals(List.of(new Clause("a.o", Map.of("kernel", "6.1.*", "build-id", "AB")), new Clause("b.o", Map.of())),
                Clause.parse(" a.o ; kernel = \"6.1.*\" ;build-id=AB, b.o"));
    }

    @Test
    public void separatorsInQuotesAreText() {
        assertEquals(List.of(new Clause("a", Map.of("note", "one, two; three=3"))), Clause.parse("a;note=\"one, two; three=3\""));
    }

    @Test
    public void whatIsWrongIsToldWithItsPlace() {
        refused("a,", "no name at the start of \"\"");
        refused("a=1", "no name at the start of \"a=1\"");
        refused("a;b", "a: \"b\" is not name=value");
        refused("a;b=1;b=2", "a: b is given twice");
        refused("a;b=\"1", "a quotation mark is missing in \"a;b=\"1\"");
    }
}
