package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.Test;

public class SlotSpecificationTest {
    @Test
    public void headerNamesCardAndSettings() {
        assertEquals(List.of(new SlotSpecification("com1", "org.lkpk.card.uart", Map.of("port", "0x3f8", "irq", "4"))),
                SlotSpecification.parse("com1; card=org.lkpk.card.uart; port=0x3f8; irq=4"));
    }

    @Test
    public void severalSlotsAreSeparatedByCommas() {
        assertEquals(2, SlotSpecification.parse("a;card=x;note=\"one, two; three\",b;card=x").size());
    }

    @Test
    public void slotWithoutCardIsRefusedByName() {
        String message = assertThrows(IllegalArgumentException.class, () -> SlotSpecification.parse("com1;port=1")).getMessage();
        assertTrue(message, message.contains("com1"));
    }

    @Test
    public void partWithoutValueIsRefusedByHeaderAndName() {
        String message = assertThrows(IllegalArgumentException.class, () -> SlotSpecification.parse("com1;card=x;fast")).getMessage();
        assertEquals("LKPK-Slot: com1: \"fast\" is not name=value", message);
    }
}
