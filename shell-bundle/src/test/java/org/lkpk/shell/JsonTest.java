package org.lkpk.shell;

import static org.junit.Assert.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.Test;

public final class JsonTest {
    @Test
    public void mapsListsAndNumbersNest() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("bundle", 12L);
        map.put("functions", List.of("a", "b"));
        assertEquals("[{\"bundle\": 12, \"functions\": [\"a\", \"b\"]}]", Json.of(List.of(map)));
    }

    @Test
    public void quotesAndControlsAreEscaped() {
        assertEquals("\"a\\\"b\\\\c\\u000ad\"", Json.of("a\"b\\c\nd"));
    }

    @Test
    public void emptyOnesStayEmpty() {
        assertEquals("[]", Json.of(List.of()));
        assertEquals("{}", Json.of(Map.of()));
    }
}
