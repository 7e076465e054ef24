package org.lkpk.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** From the start of the process to Debian's first shell prompt, and the memory that it takes there. */
final class BootTask implements Task {
    static final String PROMPT = "lkpk:0# ";
    private final Images images;
    private final String append;
    private final Row time;
    private final boolean memory;
    private final Row resident = new Row("memory", Group.IDLE, Row.Unit.MEGABYTES, "resident at the prompt, guest's RAM included");
    private final Row own = new Row("memory-own", Group.IDLE, Row.Unit.MEGABYTES, "the same less the guest's 256 MB");

    /** @param quick without the kernel's tests of its ciphers */
    BootTask(Images images, boolean quick) {
        this.images = images;
        append = quick ? "cryptomgr.notests" : "";
        memory = !quick;
        time = quick ? new Row("boot-notests", Group.QUICK_BOOT, Row.Unit.SECONDS, "the same with cryptomgr.notests")
                : new Row("boot", Group.BOOT, Row.Unit.SECONDS, "process start to shell prompt");
    }

    @Override
    public String title() {
        return time.name();
    }

    @Override
    public List<Row> rows() {
        return memory ? List.of(time, resident, own) : List.of(time);
    }

    @Override
    public boolean suits(Emulator emulator) {
        return emulator.boots();
    }

    @Override
    public void run(Emulator emulator, Children children, Figures figures) throws IOException {
        List<Double> seconds = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        try (Running running = children.start(emulator.process(Pc.debian(images, append)))) {
            running.read((piece, now) -> {
                text.append(piece);
                if (text.indexOf(PROMPT) < 0) return true;
                seconds.add(now);
                return false;
            });
            if (seconds.isEmpty()) throw running.ended("no shell prompt");
            figures.add(time, emulator.name(), seconds.get(0));
            if (!memory) return;
            double megabytes = running.megabytes();
            figures.add(resident, emulator.name(), megabytes);
            // Others take the guest's RAM from the host page by page, so that nothing can be subtracted.
            if (emulator instanceof Lkpk) figures.add(own, emulator.name(), megabytes - Pc.MEGABYTES);
        } catch (IOException broken) {
            figures.fail(time, emulator.name(), broken.getMessage());
        }
    }
}
