package org.lkpk.bench;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public final class RequestTest {
    @Test
    public void rowsAreChosenByTheirOwnNamesOrTheirGroups() {
        Request request = Request.of(List.of("--only", "fib,x87"));
        assertTrue(request.wants(Program.FIB.row()));
        assertTrue(request.wants(Program.NBODY.row()));
        assertFalse(request.wants(Program.VM.row()));
    }

    @Test
    public void idlingIsForThoseWhoAsk() {
        Row idle = new Row("idle", Group.IDLE, Row.Unit.SECONDS, "");
        assertFalse(Request.of(List.of()).wants(idle));
        assertTrue(Request.of(List.of("--long")).wants(idle));
        assertTrue(Request.of(List.of("--only", "idle")).wants(idle));
    }

    @Test
    public void theEngineIsForOurOwnProcessor() {
        assertEquals(List.of("--engine", "interpreter"), Request.of(List.of("--engine", "interpreter")).options());
    }

    @Test
    public void whatIsUnknownIsNamed() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Request.of(List.of("--fast"))).getMessage().startsWith("--fast?"));
        assertThrows(IllegalArgumentException.class, () -> Request.of(List.of("--runs", "0")));
        assertThrows(IllegalArgumentException.class, () -> Request.of(List.of("--only")));
    }
}
