package org.lkpk.authoring;

import static org.junit.Assert.assertEquals;

import java.util.List;
import org.junit.Test;

public class ShellWordsTest {
    @Test
    public void quotationIsTakenAway() {
        assertEquals(List.of("gcc", "-DA=\"fs/a\"", "-DB=\"x y\"", "a b", "c"), ShellWords.of("gcc  -DA='\"fs/a\"' -DB='\"x y\"' \"a b\" c "));
    }
}
