package org.lkpk.card.rtc;

import java.time.LocalDate;
import org.lkpk.api.bus.Alarm;
import org.lkpk.api.bus.Clock;
import org.lkpk.api.bus.IoPort;
import org.lkpk.api.bus.Line;
import org.lkpk.api.bus.State;

/**
 * The MC146818 clock and its CMOS memory (Motorola MC146818 data sheet), 128 bytes as on an AT, kept by a battery
 * over resets. The bytes hold what a BIOS leaves for a machine with 640 KB; it is the firmware that knows of more.
 * Not implemented: daylight saving, square wave output, a day of week other than the date's, NMI mask (port 70h
 * bit 7), other divider settings than 32 kHz and reset, years other than 1900 to 2199.
 */
final class Rtc implements IoPort {
    private static final int INDEX = 0, INDEX_USED = 0x7F;
    private static final int SECONDS = 0, SECONDS_ALARM = 1, MINUTES = 2, MINUTES_ALARM = 3, HOURS = 4, HOURS_ALARM = 5,
            DAY_OF_WEEK = 6, DAY = 7, MONTH = 8, YEAR = 9, A = 10, B = 11, C = 12, D = 13, EQUIPMENT = 0x14,
            BASE_MEMORY = 0x15, CHECKED = 0x10, CHECKSUM = 0x2E, CENTURY = 0x32, SIZE = 128;
    private static final int A_RATE = 0x0F, A_DIVIDER = 0x70, A_32_KHZ = 0x20, A_RESET = 0x60, A_UPDATING = 0x80;
    private static final int B_24_HOURS = 0x02, B_BINARY = 0x04, B_SQUARE_WAVE = 0x08, B_SET = 0x80;
    /** Interrupt enables in B and their flags in C have the same bits. */
    private static final int PERIODIC = 0x40, ALARM = 0x20, UPDATED = 0x10, C_IRQ = 0x80;
    private static final int D_VALID = 0x80;
    private static final int PM = 0x80, DONT_CARE = 0xC0;
    private static final int EQUIPMENT_FPU = 0x02, BASE_KILOBYTES = 640;

    private static final long NS_PER_SECOND = 1_000_000_000, SECONDS_PER_DAY = 86_400;
    /** UIP rises 244 µs before the update of 1,984 µs; here the second changes at its end. */
    private static final long UPDATE = 244_000 + 1_984_000;
    private static final long HZ = 32_768;
    /** Far enough from where 64 bits of nanoseconds end. */
    private static final int FIRST_YEAR = 1900, LAST_YEAR = 2199;
    /** How far an alarm is looked for at a time. */
    private static final long LOOK_AHEAD = 3_600 * NS_PER_SECOND;

    private final Line irq;
    private final Clock clock;
    private final int[] cmos = new int[SIZE];
    private int index;
    /** What the guest has set its clock ahead of the machine's, in ns. */
    private long ahead;
    /** Time of this clock, in ns since 1970, up to which the flags in C tell what happened. */
    private long told;
    private Alarm wake;

    Rtc(Line irq, Clock clock) {
        this.irq = irq;
        this.clock = clock;
        cmos[A] = 0x26;
        cmos[B] = B_24_HOURS;
        cmos[EQUIPMENT] = EQUIPMENT_FPU;
        cmos[BASE_MEMORY] = BASE_KILOBYTES & 0xFF;
        cmos[BASE_MEMORY + 1] = BASE_KILOBYTES >> 8;
        int sum = 0;
        for (int i = CHECKED; i < CHECKSUM; i++) sum += cmos[i];
        cmos[CHECKSUM] = sum >> 8;
        cmos[CHECKSUM + 1] = sum & 0xFF;
        told = time();
    }

    /** The RESET pin: no interrupt is enabled or pending; time and memory go on. */
    void reset() {
        settle();
        cmos[B] &= ~(PERIODIC | ALARM | UPDATED | B_SQUARE_WAVE);
        cmos[C] = 0;
        drive();
    }

    @Override
    public int in(int offset, int size) {
        return offset == INDEX ? 0xFF : read(index); // The index is write-only.
    }

    @Override
    public void out(int offset, int size, int value) {
        if (offset == INDEX) index = value & INDEX_USED;
        else write(index, value);
    }

    private int read(int register) {
        settle();
        switch (register) {
            case A -> {
                return cmos[A] | (updating() ? A_UPDATING : 0);
            }
            case C -> {
                int flags = cmos[C];
                cmos[C] = 0;
                drive();
                return flags;
            }
            case D -> {
                return D_VALID;
            }
            default -> {
                if (ofTime(register) && !held()) show();
                return cmos[register];
            }
        }
    }

    private void write(int register, int value) {
        settle();
        switch (register) {
            case A -> {
                boolean wasReset = dividerReset();
                control(A, value & ~A_UPDATING);
                // The first update comes half a second after the divider starts.
                if (wasReset && !dividerReset()) fraction(NS_PER_SECOND / 2);
            }
            case B -> control(B, (value & B_SET) != 0 ? value & ~UPDATED : value);
            case C, D -> { } // Read-only.
            default -> {
                if (ofTime(register) && !held()) show();
                cmos[register] = value;
                if (ofTime(register) && !held()) adopt();
            }
        }
        drive();
    }

    /** Writes A or B. When that stops the clock its registers keep the time; when it starts they are taken over. */
    private void control(int register, int value) {
        boolean wasHeld = held();
        if (!wasHeld) show();
        cmos[register] = value;
        if (wasHeld && !held()) adopt();
    }

    private static boolean ofTime(int register) {
        return register <= YEAR && register != SECONDS_ALARM && register != MINUTES_ALARM && register != HOURS_ALARM
                || register == CENTURY;
    }

    private boolean dividerReset() {
        return (cmos[A] & A_RESET) == A_RESET;
    }

    /** Whether the time stands still for the guest to set it. */
    private boolean held() {
        return (cmos[B] & B_SET) != 0 || (cmos[A] & A_DIVIDER) != A_32_KHZ;
    }

    private boolean updating() {
        return !held() && Math.floorMod(time(), NS_PER_SECOND) >= NS_PER_SECOND - UPDATE;
    }

    // Time.

    private long time() {
        return clock.epoch() + clock.now() + ahead;
    }

    /** Brings the time registers up to date. */
    private void show() {
        long seconds = Math.floorDiv(time(), NS_PER_SECOND);
        int second = (int) Math.floorMod(seconds, SECONDS_PER_DAY);
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(seconds, SECONDS_PER_DAY));
        put(SECONDS, second % 60);
        put(MINUTES, second / 60 % 60);
        cmos[HOURS] = hour(second / 3600);
        put(DAY_OF_WEEK, date.getDayOfWeek().getValue() % 7 + 1);
        put(DAY, date.getDayOfMonth());
        put(MONTH, date.getMonthValue());
        put(YEAR, date.getYear() % 100);
        cmos[CENTURY] = coded(date.getYear() / 100); // The BIOS's own, always BCD.
    }

    /** Takes over the time registers. Odd values count on: the 32nd of May is the 1st of June. */
    private void adopt() {
        long fraction = Math.floorMod(time(), NS_PER_SECOND);
        int year = Math.max(FIRST_YEAR, Math.min(LAST_YEAR, decimal(cmos[CENTURY]) * 100 + number(cmos[YEAR])));
        long day = LocalDate.of(year, 1, 1).plusMonths(number(cmos[MONTH]) - 1L).toEpochDay() + number(cmos[DAY]) - 1;
        long seconds = day * SECONDS_PER_DAY + hourOf(cmos[HOURS]) * 3600L + number(cmos[MINUTES]) * 60L
                + number(cmos[SECONDS]);
        time(seconds * NS_PER_SECOND + fraction);
    }

    private void fraction(long fraction) {
        long now = time();
        time(now - Math.floorMod(now, NS_PER_SECOND) + fraction);
    }

    private void time(long ns) {
        ahead += ns - time();
        told = ns;
    }

    private void put(int register, int value) {
        cmos[register] = binary() ? value : coded(value);
    }

    private int number(int value) {
        return binary() ? value : decimal(value);
    }

    private boolean binary() {
        return (cmos[B] & B_BINARY) != 0;
    }

    private int hour(int hour) {
        if ((cmos[B] & B_24_HOURS) != 0) return binary() ? hour : coded(hour);
        int half = (hour + 11) % 12 + 1;
        return (binary() ? half : coded(half)) | (hour >= 12 ? PM : 0);
    }

    private int hourOf(int value) {
        if ((cmos[B] & B_24_HOURS) != 0) return number(value);
        return number(value & ~PM) % 12 + ((value & PM) != 0 ? 12 : 0);
    }

    private static int coded(int value) {
        return value / 10 % 10 << 4 | value % 10;
    }

    private static int decimal(int coded) {
        return (coded >> 4) * 10 + (coded & 15);
    }

    // Interrupts. Flags are worked out when somebody looks; an alarm of the machine is set for enabled ones only.

    /** Sets the flags of all that happened since they were last brought up to date. */
    private void settle() {
        long now = time();
        if (!held()) {
            if (nextPeriod(told) <= now) cmos[C] |= PERIODIC;
            if (nextSecond(told) <= now) cmos[C] |= UPDATED;
            if ((cmos[C] & ALARM) == 0 && nextAlarm(told, now) <= now) cmos[C] |= ALARM;
        } else if (!dividerReset() && nextPeriod(told) <= now) {
            cmos[C] |= PERIODIC; // SET stops the update, not the divider.
        }
        told = now;
        request();
    }

    /** Brings IRQF up to date: an enabled cause has its flag set. */
    private void request() {
        boolean wanted = (cmos[C] & cmos[B] & (PERIODIC | ALARM | UPDATED)) != 0;
        cmos[C] = wanted ? cmos[C] | C_IRQ : cmos[C] & ~C_IRQ;
    }

    /** Brings IRQ 8 to its level and sets the alarm for the next enabled cause, if none is pending yet. */
    private void drive() {
        if (wake != null) wake.cancel();
        wake = null;
        request();
        boolean pending = (cmos[C] & C_IRQ) != 0;
        irq.set(pending);
        if (pending) return;
        long next = Long.MAX_VALUE;
        if ((cmos[B] & PERIODIC) != 0 && !dividerReset()) next = nextPeriod(told);
        if ((cmos[B] & UPDATED) != 0 && !held()) next = Math.min(next, nextSecond(told));
        if ((cmos[B] & ALARM) != 0 && !held()) next = Math.min(next, nextAlarm(told, told + LOOK_AHEAD));
        if (next != Long.MAX_VALUE) wake = clock.after(next - time(), this::happened);
    }

    private void happened() {
        wake = null;
        settle();
        drive();
    }

    /** The end of the period after {@code time}, counted in the divider's own 32,768 Hz so that none drifts. */
    private long nextPeriod(long time) {
        int rate = cmos[A] & A_RATE;
        if (rate == 0) return Long.MAX_VALUE;
        long ticks = 1L << (rate <= 2 ? rate + 6 : rate - 1);
        long start = time - Math.floorMod(time, NS_PER_SECOND);
        long tick = (time - start) * HZ / NS_PER_SECOND;
        long next = (tick / ticks + 1) * ticks;
        return start + (next * NS_PER_SECOND + HZ - 1) / HZ;
    }

    private static long nextSecond(long time) {
        return (Math.floorDiv(time, NS_PER_SECOND) + 1) * NS_PER_SECOND;
    }

    /** The next second after {@code time} that matches the alarm registers; after {@code end} if none does by then. */
    private long nextAlarm(long time, long end) {
        long second = Math.floorDiv(time, NS_PER_SECOND) + 1;
        while (second * NS_PER_SECOND <= end) {
            int ofDay = (int) Math.floorMod(second, SECONDS_PER_DAY);
            if (!matches(HOURS_ALARM, ofDay / 3600)) second += 3600 - ofDay % 3600;
            else if (!matches(MINUTES_ALARM, ofDay / 60 % 60)) second += 60 - ofDay % 60;
            else if (!matches(SECONDS_ALARM, ofDay % 60)) second++;
            else return second * NS_PER_SECOND;
        }
        return end + 1;
    }

    private boolean matches(int register, int value) {
        int wanted = cmos[register];
        if ((wanted & DONT_CARE) == DONT_CARE) return true;
        return (register == HOURS_ALARM ? hourOf(wanted) : number(wanted)) == value;
    }

    void save(State state) {
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) bytes[i] = (byte) cmos[i];
        state.with("cmos", bytes).with("index", index).with("ahead", ahead).with("told", told).with("wake", wake);
    }

    void load(State state) {
        byte[] saved = state.bytes("cmos");
        for (int i = 0; i < Math.min(saved.length, SIZE); i++) cmos[i] = saved[i] & 0xFF;
        index = state.word("index") & INDEX_USED;
        ahead = state.number("ahead");
        told = state.number("told");
        wake = state.alarm("wake", clock, this::happened);
        irq.set((cmos[C] & C_IRQ) != 0);
    }
}
