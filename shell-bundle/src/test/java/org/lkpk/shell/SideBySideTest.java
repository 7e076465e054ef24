package org.lkpk.shell;

import static org.junit.Assert.assertEquals;

import java.util.List;
import org.junit.Test;

public class SideBySideTest {
    @Test
    public void equalLinesShareARow() {
        assertEquals(List.of(new SideBySide.Row("ret", ' ', "ret")), SideBySide.of(List.of("ret"), List.of("ret")));
    }

    @Test
    public void anAddedLineStandsAlone() {
        assertEquals(List.of(new SideBySide.Row("", '>', "nop"), new SideBySide.Row("ret", ' ', "ret")),
                SideBySide.of(List.of("ret"), List.of("nop", "ret")));
    }

    @Test
    public void aChangedLineStandsBesideTheOldOne() {
        assertEquals(List.of(new SideBySide.Row("inc eax", '|', "dec eax"), new SideBySide.Row("ret", ' ', "ret")),
                SideBySide.of(List.of("inc eax", "ret"), List.of("dec eax", "ret")));
    }
}
