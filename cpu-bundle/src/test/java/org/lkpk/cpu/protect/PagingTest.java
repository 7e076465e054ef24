package org.lkpk.cpu.protect;

import static org.junit.Assert.assertEquals;
import static org.lkpk.cpu.state.CpuState.*;

import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.Paging;

public class PagingTest {
    private static final int DIRECTORY = 0x100000, TABLE = 0x101000, POINTERS = 0x102000, PAGE = 0x200000;
    private static final int P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100;
    /** Linear: entry 1 of the directory, entry 5 of the table. */
    private static final int LINEAR = 0x405678;
    private static final int PDE = DIRECTORY + 4, PTE = TABLE + 20;
    /** The same under PAE: pointer 0, entry 2, entry 5. */
    private static final int PDE_PAE = DIRECTORY + 16, PTE_PAE = TABLE + 40;

    private final Bench b = new Bench();
    private final CpuState s = b.s;

    /** Two levels; the first 4 MB map to themselves. */
    private void paging(int pde, int pte) {
        s.cr4 |= CR4_PSE | CR4_PGE;
        b.store(DIRECTORY, 4, P | W | U | PS);
        b.store(PDE, 4, TABLE | pde);
        b.store(PTE, 4, PAGE | pte);
        ControlRegisters.write(s, 3, DIRECTORY);
        ControlRegisters.write(s, 0, s.cr0 | CR0_PG);
    }

    private void pae(long pde, long pte) {
        s.cr4 |= CR4_PAE | CR4_PGE;
        b.store64(POINTERS, DIRECTORY | P);
        b.store64(DIRECTORY, P | W | U | PS);
        b.store64(DIRECTORY + 8, 0x200000 | P | W | U | PS);
        b.store64(PDE_PAE, pde);
        b.store64(PTE_PAE, pte);
        ControlRegisters.write(s, 3, POINTERS);
        ControlRegisters.write(s, 0, s.cr0 | CR0_PG);
    }

    private void pageFault(int error, Runnable action) {
        b.faults(Fault.PF, error, action);
        assertEquals(LINEAR, s.cr2);
    }

    @Test
    public void loadFindsThePage() {
        paging(P | W, P | W);
        b.store(PAGE + 0x678, 4, 0x12345678);
        assertEquals(0x12345678, s.tlb.load32(LINEAR));
    }

    @Test
    public void loadMarksBothEntriesAccessed() {
        paging(P | W, P | W);
        s.tlb.load8(LINEAR);
        assertEquals(TABLE | P | W | A, b.load(PDE));
        assertEquals(PAGE | P | W | A, b.load(PTE));
    }

    @Test
    public void storeMarksThePageDirtyEvenAfterALoad() {
        paging(P | W, P | W);
        s.tlb.load8(LINEAR);
        s.tlb.store8(LINEAR, 1);
        assertEquals(PAGE | P | W | A | D, b.load(PTE));
    }

    @Test
    public void absentTableFaultsWithoutPresentBit() {
        paging(0, P | W);
        pageFault(0, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void absentPageFaultsWithoutPresentBit() {
        paging(P | W, 0);
        pageFault(2, () -> s.tlb.store8(LINEAR, 1));
    }

    @Test
    public void userReadOfSupervisorPageFaults() {
        paging(P | W | U, P | W);
        b.ring3();
        pageFault(5, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void userWriteOfReadOnlyPageFaults() {
        paging(P | W | U, P | U);
        b.ring3();
        pageFault(7, () -> s.tlb.store8(LINEAR, 1));
    }

    @Test
    public void supervisorWritesReadOnlyPageWithoutWp() {
        paging(P | W | U, P | U);
        s.tlb.store8(LINEAR, 0x55);
        assertEquals(0x55, b.load(PAGE + 0x678, 1));
    }

    @Test
    public void supervisorWriteOfReadOnlyPageFaultsWithWp() {
        paging(P | W | U, P | U);
        s.tlb.store8(LINEAR, 0x55);
        ControlRegisters.write(s, 0, s.cr0 | CR0_WP);
        pageFault(3, () -> s.tlb.store8(LINEAR, 1));
    }

    @Test
    public void readOnlyDirectoryEntryGovernsItsPages() {
        paging(P | U, P | W | U);
        b.ring3();
        pageFault(7, () -> s.tlb.store8(LINEAR, 1));
    }

    @Test
    public void faultLeavesNoDirtyBit() {
        paging(P | W | U, P | U);
        b.ring3();
        pageFault(7, () -> s.tlb.store8(LINEAR, 1));
        assertEquals(0, b.load(PTE) & D);
    }

    @Test
    public void fourMegabytePageNeedsPse() {
        paging(P | W, P | W);
        b.store(PDE, 4, 0x400000 | P | W | PS);
        b.store(LINEAR, 1, 0x77);
        assertEquals(0x77, s.tlb.load8(LINEAR));
        assertEquals(0x400000 | P | W | PS | A, b.load(PDE));
    }

    @Test
    public void reservedBitsOfALargePageFault() {
        paging(P | W, P | W);
        b.store(PDE, 4, 0x402000 | P | W | PS);
        pageFault(9, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void pse36ReachesAbove4Gb() {
        Bench large = new Bench(Profile.PENTIUM3);
        large.s.cr4 |= CR4_PSE;
        large.store(DIRECTORY, 4, P | W | PS);
        large.store(PDE, 4, 0x400000 | 0x2000 | P | W | PS);
        large.store(PDE + 4, 4, 0x400000 | 0x20000 | P | W | PS);
        ControlRegisters.write(large.s, 3, DIRECTORY);
        ControlRegisters.write(large.s, 0, large.s.cr0 | CR0_PG);
        large.s.exact = true;
        assertEquals("there is nothing", 0xFF, large.s.tlb.load8(LINEAR));
        large.faults(Fault.PF, 9, () -> large.s.tlb.load8(LINEAR + 0x400000));
    }

    @Test
    public void globalPageSurvivesALoadOfCr3() {
        paging(P | W, P | W | G);
        b.store(PAGE + 0x678, 1, 0x11);
        s.tlb.load8(LINEAR);
        b.store(PTE, 4, 0);
        ControlRegisters.write(s, 3, DIRECTORY);
        assertEquals(0x11, s.tlb.load8(LINEAR));
    }

    @Test
    public void changeOfPgeFlushesGlobalPages() {
        paging(P | W, P | W | G);
        s.tlb.load8(LINEAR);
        b.store(PTE, 4, 0);
        ControlRegisters.write(s, 4, s.cr4 & ~CR4_PGE);
        pageFault(0, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void loadOfCr3FlushesOtherPages() {
        paging(P | W, P | W);
        s.tlb.load8(LINEAR);
        b.store(PTE, 4, 0);
        ControlRegisters.write(s, 3, DIRECTORY);
        pageFault(0, () -> s.tlb.load8(LINEAR));
    }

    /** Maps the large page around LINEAR elsewhere, and invalidates it by the address of another part of it. */
    private void moveLargePage() {
        b.store(PDE, 4, 0x400000 | P | W | PS);
        s.tlb.flushPage(LINEAR + 0x3000);
    }

    @Test
    public void invalidationOfALargePageDropsAllItsParts() {
        paging(P | W, P | W);
        b.store(PDE, 4, P | W | PS);
        b.store(0x5678, 4, 1);
        b.store(0x405678, 4, 2);
        assertEquals(1, s.tlb.load32(LINEAR));
        moveLargePage();
        assertEquals(2, s.tlb.load32(LINEAR));
    }

    @Test
    public void andItsCode() {
        paging(P | W, P | W);
        b.store(PDE, 4, P | W | PS);
        assertEquals(0x5678, s.tlb.fetch(LINEAR));
        moveLargePage();
        assertEquals(0x405678, s.tlb.fetch(LINEAR));
    }

    @Test
    public void codeOfAGlobalPageSurvivesALoadOfCr3AndOtherCodeDoesNot() {
        for (int global : new int[] {G, 0}) {
            paging(P | W, P | W | global);
            s.tlb.flush();
            assertEquals(PAGE | 0x678, s.tlb.fetch(LINEAR));
            b.store(PTE, 4, PAGE + 0x1000 | P | W);
            ControlRegisters.write(s, 3, DIRECTORY);
            assertEquals(global != 0 ? PAGE | 0x678 : PAGE + 0x1678, s.tlb.fetch(LINEAR));
        }
    }

    @Test
    public void morePagesThanAreListedAreFlushedToo() {
        paging(P | W, P | W);
        int pages = 20_000;
        for (int n = 0; n < pages >> 10; n++) b.store(DIRECTORY + 0x800 + 4 * n, 4, P | W | PS);
        for (int n = 0; n < pages >> 10 << 10; n++) s.tlb.load8(0x80000000 + (n << 12));
        b.store(0x1234, 4, 1);
        b.store(0x401234, 4, 2);
        for (int n = 0; n < pages >> 10; n++) assertEquals(1, s.tlb.load32(0x80001234 + (n << 22)));
        for (int n = 0; n < pages >> 10; n++) b.store(DIRECTORY + 0x800 + 4 * n, 4, 0x400000 | P | W | PS);
        ControlRegisters.write(s, 3, DIRECTORY);
        for (int n = 0; n < pages >> 10; n++) assertEquals(2, s.tlb.load32(0x80001234 + (n << 22)));
    }

    @Test
    public void descriptorTablesAreReadAsSupervisor() {
        paging(P | W, P | W);
        b.ring3();
        assertEquals(0, s.tlb.systemLoad(LINEAR, 1));
        pageFault(5, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void a20OffMasksAddressesOfPages() {
        b.a20 = false;
        b.store(0x200000, 1, 0x66);
        assertEquals(0x66, s.tlb.load8(0x300000));
    }

    @Test
    public void paeFindsThePage() {
        pae(TABLE | P | W, PAGE | P | W);
        b.store(PAGE + 0x678, 4, 0x12345678);
        assertEquals(0x12345678, s.tlb.load32(LINEAR));
        assertEquals(PAGE | P | W | A, b.load(PTE_PAE));
    }

    @Test
    public void paeTwoMegabytePage() {
        pae(0x600000 | P | W | PS, 0);
        b.store(0x605678, 1, 0x42);
        assertEquals(0x42, s.tlb.load8(LINEAR));
    }

    @Test
    public void paeReservedBitsFault() {
        pae(TABLE | P | W, PAGE | P | W | 1L << 36);
        pageFault(9, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void paePageAbove4GbIsAbsentMemory() {
        pae(TABLE | P | W, 1L << 32 | P | W);
        s.exact = true;
        assertEquals(0xFF, s.tlb.load8(LINEAR));
    }

    @Test
    public void paePointersAreThoseOfTheLastLoadOfCr3() {
        pae(TABLE | P | W, PAGE | P | W);
        b.store64(POINTERS, 0);
        s.tlb.flush();
        s.tlb.load8(LINEAR);
        ControlRegisters.write(s, 3, POINTERS);
        pageFault(0, () -> s.tlb.load8(LINEAR));
    }

    @Test
    public void reservedBitInAPointerRaisesGpAndChangesNothing() {
        pae(TABLE | P | W, PAGE | P | W);
        b.store64(POINTERS + 32, DIRECTORY | P | W);
        b.faults(Fault.GP, 0, () -> ControlRegisters.write(s, 3, POINTERS + 32));
        assertEquals(POINTERS, s.cr3);
    }

    @Test
    public void probeLeavesNoMark() {
        paging(P | W, P | W);
        assertEquals(PAGE + 0x678, Paging.probe(s, LINEAR));
        assertEquals(TABLE | P | W, b.load(PDE));
        assertEquals(-1, Paging.probe(s, 0x800000));
    }

    @Test
    public void i486HasNoLargePages() {
        Bench old = new Bench(Profile.I486);
        old.faults(Fault.GP, 0, () -> ControlRegisters.write(old.s, 4, CR4_PSE));
    }

    @Test
    public void alignmentIsCheckedBeforeThePageIsLookedFor() {
        paging(0, P | W);
        b.ring3();
        s.cr0 |= CR0_AM;
        s.eflags(AC | 2);
        b.faults(Fault.AC, 0, () -> s.tlb.load32(LINEAR | 1));
    }
}
