package org.lkpk.conformance;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.Test;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

public class RecordingTest {
    private static final Form ADD = Form.of("integer 01 add Ev,Gv m 32 lock"), FADD = Form.of("x87 D8/0 fadd ST,STi r 32");

    @Test
    public void anotherFileIsRefused() {
        IOException refused = assertThrows(IOException.class, () -> new Recording(packed("something else")));
        assertEquals("not a recording: it does not begin with LKPKREC2", refused.getMessage());
    }

    private static ByteArrayInputStream packed(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (XZOutputStream xz = new XZOutputStream(bytes, new LZMA2Options(0))) {
            xz.write(text.getBytes());
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    public void aSeedMakesTheSameCasesAgain() {
        Case one = new Cases(7, List.of(ADD)).make(ADD, 3), same = new Cases(7, List.of(FADD, ADD)).make(ADD, 3);
        assertEquals(one.toString(), same.toString());
        assertNotEquals(one.toString(), new Cases(8, List.of(ADD)).make(ADD, 3).toString());
    }

    @Test
    public void whatIsWrittenIsRead() throws Exception {
        List<Recording.Part> parts = List.of(new Recording.Part(ADD, 1), new Recording.Part(FADD, 1));
        Cases cases = new Cases(7, Recording.forms(parts));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Recording.write(bytes, 7, "a processor", parts, part -> {
            Columns columns = new Columns(OutcomeFormat.COUNT);
            Case c = cases.make(part.form(), 0);
            new OutcomeFormat(columns).pass(c, outcome(c));
            return columns;
        });
        try (Recording read = new Recording(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertEquals("a processor", read.processor);
            for (Recording.Part part : read.parts) {
                Case c = read.cases.make(part.form(), 0);
                Outcome is = new Outcome(), should = outcome(c);
                read.next().pass(c, is);
                assertArrayEquals(should.r, is.r);
                assertArrayEquals(should.segments, is.segments);
                assertEquals(List.of(should.eip, should.eflags, should.vector, should.address, should.steps),
                        List.of(is.eip, is.eflags, is.vector, is.address, is.steps));
                assertArrayEquals(should.runs.get(0).bytes(), is.runs.get(0).bytes());
                assertEquals(should.runs.get(0).offset(), is.runs.get(0).offset());
                if (c.image != null) assertTrue(should.image.sameAs(is.image));
            }
        }
    }

    private static Outcome outcome(Case c) {
        Outcome o = new Outcome();
        System.arraycopy(c.r, 0, o.r, 0, 8);
        System.arraycopy(c.segments(), 0, o.segments, 0, 6);
        o.r[Case.EAX] += 0x12345678;
        o.r[Case.ESP] -= 4;
        o.eip = 0x7654321;
        o.eflags = c.eflags ^ 0x10001;
        o.steps = 2;
        o.vector = Outcome.PAGE_FAULT;
        o.address = -1;
        o.runs = List.of(new Outcome.Run(0x1234, new byte[] {1, 2, 3}));
        if (c.image != null) {
            o.image = new Image(c.image.bytes.clone());
            o.image.status(c.image.status() ^ 0x3801);
            for (int n = 0; n < 8; n++) o.image.register(n, c.image.significand(n) + n, c.image.exponent(n));
        }
        return o;
    }

    @Test
    public void rowsBecomeFormsByOperandAndSize() {
        List<String> rows = List.of("# none", "00:8   add,or   Eb,Gb   lock", "40..47   inc   Zv", "0F 01/2 m   lgdt   M   end", "NP:0F 12 m   movlps   Vq,Mq   pentium3");
        assertEquals(List.of("t 00 add Eb,Gb r 8 lock", "t 00 add Eb,Gb m 8 lock", "t 08 or Eb,Gb r 8 lock", "t 08 or Eb,Gb m 8 lock",
                "t 40-47 inc Zv r 16", "t 40-47 inc Zv r 32", "t 0F.01/2 lgdt M m 16", "t 0F.01/2 lgdt M m 32", "t NP:0F.12 movlps Vq,Mq m 64"),
                Form.all("t", rows).stream().map(Form::title).toList());
    }

    @Test
    public void flagsUndefinedByAShiftHangOnItsCount() {
        UndefinedFlags undefined = new UndefinedFlags();
        assertEquals(0, undefined.after(shift(0), new Outcome()));
        assertEquals(0x10, undefined.after(shift(1), new Outcome()));
        assertEquals(0x810, undefined.after(shift(2), new Outcome()));
        assertEquals(0x811, undefined.after(shift(16), new Outcome()));
    }

    private static Case shift(int count) {
        Case c = new Case(Form.of("integer C1/4 shl Ev,Ib r 16"), new byte[Case.SPAN]);
        c.eip = Case.CODE;
        c.place(new byte[] {0x66, (byte) 0xC1, (byte) 0xE0, (byte) count});
        return c;
    }

    @Test
    public void codeEndsWithItsPages() {
        Case c = new Case(ADD, new byte[Case.SPAN]);
        c.eip = Case.CODE + Case.CODE_SIZE - 3;
        c.place(new byte[2]);
        assertEquals(3, c.placed.length);
        assertFalse(c.jumps());
        c.place(new byte[5]);
        assertTrue(Arrays.equals(new byte[3], c.code));
    }
}
