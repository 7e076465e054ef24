package org.lkpk.conformance.privileged;

import static org.lkpk.conformance.privileged.Code.*;

import java.nio.charset.StandardCharsets;

/**
 * What surrounds the cases in the ROM's last 64 KB: it lays out the memory for a case, begins it, tells of each interrupt
 * and exception through port E9, goes on behind it, and in the end tells which memory has changed.
 */
final class Harness {
    static final int ORIGIN = 0xFFFF0000;
    private static final int STUBS = ORIGIN + 0x1000, STUBS16 = ORIGIN + 0x2000, CLEARED = ORIGIN + 0xF00, RESET = 0xFFFFFFF0;
    private static final int PORT = 0xE9, MOST_EVENTS = 10, TASK_ENTERED = 0xF0;
    private static final int PUSHES_ERROR = 0x27D00, VM = 0x20000;
    /** Conditions of Jcc. */
    private static final int B = 2, AE = 3, E = 4, NE = 5;
    private static final int CR0_PLAIN = 0x11;

    private final Code c = new Code(ORIGIN);

    /** The routine that vector {@code n} leads to, and the one behind a gate of 16 bits, as an offset in its segment. */
    static int handler(int n) {
        return STUBS + 16 * n;
    }

    static int handler16(int n) {
        return 16 * n;
    }

    static int base16() {
        return STUBS16;
    }

    /** Where a task begins that a task gate of the IDT leads to. */
    static int taskHandler() {
        return STUBS - 0x20;
    }

    /** @param memory records of the memory as it is before each case, {@code low} of page 0, {@code cases} of the first case */
    static byte[] assemble(int memory, int low, int cases) {
        Harness h = new Harness();
        h.boot(memory, low, cases);
        h.next();
        h.apply();
        h.launch();
        h.print();
        h.event(false);
        h.event(true);
        h.decide();
        h.resume();
        h.finish();
        h.stubs();
        h.c.upTo(RESET, 0xCC).put(0xE9, 0x0D, 0x00).upTo(-1, 0).put(0);
        return h.c.bytes();
    }

    private void boot(int memory, int low, int cases) {
        c.put(0xFA, 0x2E, 0x66, 0x0F, 0x01, 0x16, 0x20, 0x00, 0x0F, 0x20, 0xC0, 0x0C, 0x01, 0x0F, 0x22, 0xC0); // CLI, LGDT, PE
        c.put(0x66, 0xEA).dword(ORIGIN + 0x40).word(Layout.KERNEL_CODE).upTo(ORIGIN + 0x20, 0);
        c.label("gdtr").word(0x17).dword(ORIGIN + 0x28).word(0);
        c.dword(0).dword(0).dword(0xFFFF).dword(0xCF9B00).dword(0xFFFF).dword(0xCF9300);
        c.set(EAX, CR0_PLAIN).put(0x0F, 0x22, 0xC0);
        flatData();
        c.set(EAX, 0xFF).put(0xE6, 0x21, 0xE6, 0xA1, 0xDB, 0xE3); // No interrupts; FNINIT
        modelRegister(0x174, Layout.KERNEL_CODE);
        modelRegister(0x175, Layout.STACK0);
        modelRegister(0x176, Layout.LANDING);
        c.put(0x31, 0xC0).set(EDI, Layout.PRISTINE).set(ECX, Layout.AREA_SIZE / 4).put(0xF3, 0xAB).set(EDI, 0).set(ECX, 0x400).put(0xF3, 0xAB);
        c.set(ESI, memory).set(EBP, Layout.PRISTINE - Layout.AREA).call("apply").set(ESI, low).set(EBP, 0).call("apply");
        c.fill(Layout.NEXT, cases).jmp("next");
        c.label("exceptions").dword(0).dword(0);
        c.word(CLEARED).word(Layout.KERNEL_CODE).word(0x8E00).word(CLEARED >> 16);
        c.label("hex").put("0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII));
        c.label("idtr").word(15).absolute("exceptions");
        c.label("nothing").word(0).dword(0);
    }

    /** DS, ES and SS flat, ESP its own. */
    private void flatData() {
        c.set(EAX, Layout.KERNEL_DATA).put(0x8E, 0xD8, 0x8E, 0xC0, 0x8E, 0xD0).set(ESP, Layout.HARNESS_STACK);
    }

    private void modelRegister(int n, int value) {
        c.set(ECX, n).set(EAX, value).set(EDX, 0).put(0x0F, 0x30);
    }

    /** Lays out the next case. */
    private void next() {
        c.label("next");
        copy(Layout.PRISTINE, Layout.AREA);
        c.load(ESI, Layout.NEXT).set(EBP, 0).call("apply").store(Layout.NEXT, ESI);
        copy(Layout.AREA, Layout.REFERENCE);
        c.fill(Layout.COUNT, 0).fill(Layout.LAST, -1);
        letter('@');
        letter('C');
        c.load(EAX, Start.at(Start.NUMBER)).call("number");
        letter('\n');
        c.jmp("launch");
    }

    private void copy(int from, int to) {
        c.set(ESI, from).set(EDI, to).set(ECX, Layout.AREA_SIZE / 4).put(0xF3, 0xA5);
    }

    /** Records at ESI, each of an address, a length and so many bytes, to the addresses plus EBP; -1 ends them, -2 all. */
    private void apply() {
        c.label("apply").put(0xAD, 0x83, 0xF8, 0xFF).jcc(E, "applied").put(0x83, 0xF8, 0xFE).jcc(E, "quit");
        c.put(0x89, 0xC7, 0x01, 0xEF, 0xAD, 0x89, 0xC1, 0xF3, 0xA4).jmp("apply").label("applied").put(0xC3);
        c.label("quit");
        letter('@');
        letter('Z');
        letter('\n');
        c.put(0x0F, 0x01, 0x1D).absolute("nothing").put(0xCC); // A triple fault ends the run.
    }

    private void launch() {
        c.label("launch").put(0x0F, 0x01, 0x15).dword(Start.at(Start.GDTR)).put(0x0F, 0x01, 0x1D).dword(Start.at(Start.IDTR));
        c.load(EAX, Start.at(Start.CR4)).put(0x0F, 0x22, 0xE0).load(EAX, Start.at(Start.CR3)).put(0x0F, 0x22, 0xD8);
        c.load(EAX, Start.at(Start.CR0)).put(0x0F, 0x22, 0xC0);
        c.put(0x0F, 0x00, 0x15).dword(Start.at(Start.LDTR)).put(0x0F, 0x00, 0x1D).dword(Start.at(Start.TR));
        for (int n = 0; n < 4; n++) c.load(EAX, Start.at(Start.DR0) + 4 * n).put(0x0F, 0x23, 0xC0 | n << 3);
        c.load(EAX, Start.at(Start.DR6)).put(0x0F, 0x23, 0xF0).load(EAX, Start.at(Start.DR7)).put(0x0F, 0x23, 0xF8);
        c.loadSegment(SS, Start.at(Start.SS)).load(ESP, Start.at(Start.ESP));
        c.load(ECX, Start.at(Start.FRAME)).set(ESI, Start.at(Start.FRAME) + 4);
        c.label("pushing").put(0xAD, 0x50, 0x49).jcc(NE, "pushing");
        c.loadSegment(ES, Start.at(Start.ES)).loadSegment(FS, Start.at(Start.FS)).loadSegment(GS, Start.at(Start.GS));
        int[] registers = {EAX, ECX, EDX, EBX, EBP, ESI, EDI};
        for (int i = 0; i < registers.length; i++) c.load(registers[i], Start.at(Start.EAX) + 4 * i);
        c.loadSegment(DS, Start.at(Start.DS)).put(0xCF);
    }

    private void letter(int letter) {
        c.put(0xB0, letter, 0xE6, PORT);
    }

    /** EAX as eight hexadecimal digits; EBX and EDX are lost. */
    private void print() {
        c.label("number").set(EDX, 8).label("digit").put(0xC1, 0xC0, 0x04, 0x89, 0xC3, 0x83, 0xE3, 0x0F, 0x50, 0x8A, 0x83).absolute("hex");
        c.put(0xE6, PORT, 0x58, 0x4A).jcc(NE, "digit").put(0xC3);
    }

    /** Takes what an interrupt has left on the stack, and its vector, into the variables. */
    private void event(boolean narrow) {
        String w = narrow ? "16" : "";
        c.label("event" + w).put(0x60, 0x8C, 0xD8, 0x50, 0x8C, 0xC0, 0x50, 0x8C, 0xE0, 0x50, 0x8C, 0xE8, 0x50); // PUSHAD, DS, ES, FS, GS
        c.set(EAX, Layout.KERNEL_DATA).put(0x8E, 0xD8, 0x8E, 0xC0, 0xFC).fill(Layout.NARROW, narrow ? 1 : 0);
        c.put(0x8C, 0xD0).store(Event.at(Event.TOP_SS), EAX);
        int[] saved = {Event.GS, Event.FS, Event.ES, Event.DS, Event.EDI, Event.ESI, Event.EBP, Event.EBX, Event.EBX, Event.EDX,
            Event.ECX, Event.EAX, Event.VECTOR};
        for (int field : saved) c.pop(Event.at(field));
        c.fill(Event.at(Event.ERROR), 0).load(EAX, Event.at(Event.VECTOR)).put(0x83, 0xF8, 0x20).jcc(AE, "frame" + w);
        c.set(ECX, PUSHES_ERROR).put(0x0F, 0xA3, 0xC1).jcc(AE, "frame" + w);
        pop(narrow, Event.ERROR);
        c.label("frame" + w);
        pop(narrow, Event.EIP);
        pop(narrow, Event.CS);
        pop(narrow, Event.EFLAGS);
        if (!narrow) {
            testVm();
            c.jcc(NE, "outer").put(0xF6, 0x05).dword(Event.at(Event.CS)).put(3).jcc(E, "same");
            c.label("outer").pop(Event.at(Event.ESP)).pop(Event.at(Event.SS));
            testVm();
            c.jcc(E, "popped").pop(Event.at(Event.ES)).pop(Event.at(Event.DS)).pop(Event.at(Event.FS)).pop(Event.at(Event.GS)).jmp("popped").label("same");
        }
        c.store(Event.at(Event.ESP), ESP).put(0x8C, 0xD0).store(Event.at(Event.SS), EAX);
        c.jmp("popped");
    }

    private void pop(boolean narrow, int field) {
        if (narrow) c.fill(Event.at(field), 0).put(0x66);
        c.pop(Event.at(field));
    }

    private void testVm() {
        c.put(0xF7, 0x05).dword(Event.at(Event.EFLAGS)).dword(VM);
    }

    /** Tells of the event, and whether the case goes on. */
    private void decide() {
        c.label("popped").store(Event.at(Event.TOP), ESP);
        for (int field : new int[] {Event.CS, Event.SS, Event.ES, Event.DS, Event.FS, Event.GS})
            c.put(0x81, 0x25).dword(Event.at(field)).dword(0xFFFF);
        flatData();
        special(Event.CR2, 0x20, 0xD0);
        special(Event.DR6, 0x21, 0xF0);
        special(Event.DR7, 0x21, 0xF8);
        special(Event.CR0, 0x20, 0xC0);
        special(Event.CR3, 0x20, 0xD8);
        c.put(0x31, 0xC0, 0x0F, 0x00, 0xC8).store(Event.at(Event.TR), EAX).put(0x31, 0xC0, 0x0F, 0x00, 0xC0).store(Event.at(Event.LDTR), EAX);
        c.put(0x31, 0xC0, 0x0F, 0x22, 0xD0, 0x0F, 0x23, 0xF0); // CR2 and DR6 begin anew.
        letter('@');
        letter('E');
        c.set(ESI, Layout.VARIABLES).set(ECX, Event.SIZE).label("field").put(0xAD).call("number").put(0x49).jcc(NE, "field");
        letter('\n');
        c.put(0xFF, 0x05).dword(Layout.COUNT).put(0x83, 0x3D).dword(Layout.COUNT).put(MOST_EVENTS).jcc(AE, "finish");
        c.put(0x83, 0x3D).dword(Layout.NARROW).put(0).jcc(NE, "finish").load(EAX, Event.at(Event.VECTOR));
        for (int last : new int[] {Layout.END, TASK_ENTERED, 2, 8}) c.put(0x3D).dword(last).jcc(E, "finish");
        c.load(EBX, Event.at(Event.EIP)).put(0x3B, 0x1D).dword(Start.at(Start.END)).jcc(E, "finish");
        c.put(0x81, 0xFB).dword(0x1000).jcc(B, "within").put(0x89, 0xD9, 0x81, 0xE9).dword(Layout.CODE);
        c.put(0x81, 0xF9).dword(Layout.CODE_END - Layout.CODE).jcc(AE, "finish").label("within");
        c.put(0x83, 0xF8, 0x01).jcc(NE, "noDebug").put(0x3B, 0x1D).dword(Layout.LAST).store(Layout.LAST, EBX).jcc(NE, "resume").jmp("skip");
        c.label("noDebug").put(0x83, 0xF8, 0x03).jcc(E, "resume").put(0x83, 0xF8, 0x04).jcc(E, "resume").put(0x83, 0xF8, 0x20).jcc(AE, "resume");
        // A fault: on with the next slot.
        c.label("skip").put(0x83, 0xE3, -Layout.SLOT).put(0x83, 0xC3, Layout.SLOT).store(Event.at(Event.EIP), EBX);
    }

    /** MOV EAX from a control or debug register. */
    private void special(int field, int opcode, int operands) {
        c.put(0x0F, opcode, operands).store(Event.at(field), EAX);
    }

    private void resume() {
        c.label("resume").load(EAX, Start.at(Start.RESUME)).put(0x09, 0x05).dword(Event.at(Event.EFLAGS));
        c.loadSegment(SS, Event.at(Event.TOP_SS)).load(ESP, Event.at(Event.TOP));
        testVm();
        c.jcc(E, "protected").push(Event.at(Event.GS)).push(Event.at(Event.FS)).push(Event.at(Event.DS)).push(Event.at(Event.ES)).jmp("stack");
        c.label("protected").put(0xF6, 0x05).dword(Event.at(Event.CS)).put(3).jcc(E, "code");
        c.label("stack").push(Event.at(Event.SS)).push(Event.at(Event.ESP));
        c.label("code").push(Event.at(Event.EFLAGS)).push(Event.at(Event.CS)).push(Event.at(Event.EIP));
        testVm();
        int[] registers = {EAX, ECX, EDX, EBX, EBP, ESI, EDI};
        int[] fields = {Event.EAX, Event.ECX, Event.EDX, Event.EBX, Event.EBP, Event.ESI, Event.EDI};
        c.jcc(NE, "general").loadSegment(ES, Event.at(Event.ES)).loadSegment(FS, Event.at(Event.FS)).loadSegment(GS, Event.at(Event.GS));
        for (int i = 0; i < registers.length; i++) c.load(registers[i], Event.at(fields[i]));
        c.loadSegment(DS, Event.at(Event.DS)).put(0xCF);
        c.label("general");
        for (int i = 0; i < registers.length; i++) c.load(registers[i], Event.at(fields[i]));
        c.put(0xCF);
    }

    /** Makes the processor as it was before the case, and tells of the memory that is not. */
    private void finish() {
        c.label("finish").put(0xFA).set(EAX, CR0_PLAIN).put(0x0F, 0x22, 0xC0, 0xEB, 0x00, 0x31, 0xC0, 0x0F, 0x22, 0xE0);
        c.put(0x0F, 0x01, 0x15).absolute("gdtr").put(0xEA).absolute("reloaded").word(Layout.KERNEL_CODE).label("reloaded");
        flatData();
        // Under DR7.GD the write of DR7 is an exception, which a small IDT leads to where it would have gone on.
        c.put(0x0F, 0x01, 0x1D).absolute("idtr").put(0x31, 0xC0, 0x0F, 0x23, 0xF8).jmp("cleared");
        c.upTo(CLEARED, 0xCC).label("cleared");
        c.set(ESP, Layout.HARNESS_STACK).put(0x31, 0xC0, 0x0F, 0x23, 0xF8, 0x8E, 0xE0, 0x8E, 0xE8); // DR7, FS, GS
        c.put(0x6A, 0x02, 0x9D, 0x6A, 0x02, 0x0E, 0x68).absolute("plain").put(0xCF).label("plain"); // EFLAGS
        c.set(ESI, Layout.REFERENCE).set(EDI, Layout.AREA).set(ECX, Layout.AREA_SIZE / 4);
        c.label("compare").put(0x85, 0xC9).jcc(E, "next").put(0xF3, 0xA7).jcc(E, "next");
        letter('@');
        letter('M');
        c.put(0x8D, 0x47, 0xFC).call("number").put(0x8B, 0x47, 0xFC).call("number");
        letter('\n');
        c.jmp("compare");
    }

    private void stubs() {
        c.upTo(taskHandler(), 0xCC).put(0x9C, 0x0E, 0x68).dword(0).put(0x68).dword(TASK_ENTERED).jmp("event");
        for (int n = 0; n < 256; n++) c.upTo(handler(n), 0xCC).put(0x68).dword(n).jmp("event");
        for (int n = 0; n < 256; n++) c.upTo(STUBS16 + handler16(n), 0xCC).put(0x68).dword(n).jmp("event16");
    }
}
