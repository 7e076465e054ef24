package org.lkpk.cpu.engine;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotNull;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import org.junit.Test;
import org.lkpk.cpu.table.Form;
import org.lkpk.cpu.table.OpTable;

public class MeaningsTest {
    private final Meanings meanings = new Meanings();
    private final OpTable table = new OpTable();

    @Test
    public void everyRowBindsForBothOperandSizes() {
        for (Form form : table.forms())
            for (int size : new int[] {16, 32})
                assertNotNull(form.toString(), bound(form, size));
    }

    @Test
    public void whatIsSaidToBeTheSameIs() throws ReflectiveOperationException {
        for (Method meaning : meanings.all().values()) {
            if (!Meanings.same(meaning)) continue;
            for (int v : new int[] {0, 1, 0x80, 0xFFFF, Integer.MIN_VALUE, -1})
                assertEquals(meaning.getName(), v, meaning.invoke(null, null, v));
        }
    }

    @Test
    public void everyMeaningIsUsedByARow() {
        Set<String> unused = new TreeSet<>(meanings.all().keySet());
        for (Form form : table.forms()) for (int size : new int[] {16, 32}) unused.remove(bound(form, size).getName());
        // What the decoder makes of bytes that no row stands for, and a taken Jcc in segments that are not flat.
        unused.remove("tooLong");
        assertEquals("meanings that no row names", Set.of(), unused);
    }

    private Method bound(Form form, int size) {
        Method condition = meanings.condition(form);
        return condition != null ? condition : meanings.of(form, size);
    }
}
