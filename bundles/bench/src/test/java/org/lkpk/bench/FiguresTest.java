package org.lkpk.bench;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public final class FiguresTest {
    private final Row fib = Program.FIB.row(), vm = Program.VM.row();
    private final Figures figures = new Figures(List.of("lkpk", "qemu"));

    private void add(Row row, String emulator, double... values) {
        for (double value : values) figures.add(row, emulator, value);
    }

    @Test
    public void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        add(fib, "lkpk", 4, 1, 3, 2);
        assertEquals(2.5, figures.median(fib, "lkpk").orElseThrow(), 0);
    }

    @Test
    public void aGroupsMeanIsGeometric() {
        add(fib, "lkpk", 2);
        add(fib, "qemu", 1);
        add(vm, "lkpk", 1);
        add(vm, "qemu", 2);
        assertEquals(1, figures.mean(Group.CPU, "qemu").orElseThrow(), 1e-9);
    }

    @Test
    public void differingChecksumsMakeTheRowAnError() {
        add(fib, "lkpk", 2);
        add(fib, "qemu", 1);
        figures.checksum(fib, "lkpk", "12");
        figures.checksum(fib, "qemu", "12");
        assertTrue(figures.error(fib).isEmpty());
        figures.checksum(fib, "qemu", "13");
        assertTrue(figures.error(fib).isPresent());
        assertTrue(figures.ratio(fib, "qemu").isEmpty());
        assertTrue(new Table(figures).text().contains("ERROR checksums differ: {12=[lkpk, qemu], 13=[qemu]}"));
    }

    @Test
    public void aChartHasABarForEachRowAndPeer() {
        add(fib, "lkpk", 2);
        add(fib, "qemu", 1);
        String svg = new Chart(figures).svg();
        assertTrue(svg, svg.contains(">fib</text>"));
        assertTrue(svg, svg.contains(">2.00</text>"));
        assertFalse(svg, svg.contains(">vm</text>"));
    }

    @Test
    public void withoutAPeerThereIsNoChart() {
        Figures alone = new Figures(List.of("lkpk"));
        alone.add(fib, "lkpk", 1);
        assertEquals("", new Chart(alone).svg());
        assertTrue(new Table(alone).text().contains("1.00 s"));
    }
}
