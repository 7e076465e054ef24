package org.lkpk.demo;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import org.junit.Test;

public class OptionsTest {
    @Test
    public void nothingAskedMeansDebian() throws Exception {
        assertEquals("debian", Options.of(Map.of()).guest());
    }

    @Test
    public void sizesTakeTheirUnit() throws Exception {
        assertEquals(1L << 30, Options.of(Map.of("m", "1g")).machine().memory());
        assertEquals(64L << 20, Options.of(Map.of("m", "64")).machine().memory());
    }

    @Test
    public void optionThatDoesNotFitIsNamed() {
        String message = assertThrows(Failure.class, () -> Options.of(Map.of("kernel", "bzImage"))).getMessage();
        assertTrue(message, message.startsWith("--kernel"));
    }

    @Test
    public void wrongNumberIsNamed() {
        String message = assertThrows(Failure.class, () -> Options.of(Map.of("timeout", "soon"))).getMessage();
        assertTrue(message, message.contains("--timeout soon"));
    }
}
