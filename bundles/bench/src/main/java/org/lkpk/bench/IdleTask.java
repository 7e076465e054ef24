package org.lkpk.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A guest that waits at its prompt, nobody being attached: 60 s, begun 30 s after the prompt. */
final class IdleTask implements Task {
    private static final int SETTLING_SECONDS = 30, SECONDS = 60, BOOT_SECONDS = 300;
    private static final int POLL_MILLIS = 100;
    private final Images images;
    private final Row row = new Row("idle", Group.IDLE, Row.Unit.SECONDS, "60 s, begun 30 s after the prompt");

    IdleTask(Images images) {
        this.images = images;
    }

    @Override
    public String title() {
        return row.name();
    }

    @Override
    public List<Row> rows() {
        return List.of(row);
    }

    @Override
    public boolean suits(Emulator emulator) {
        return emulator.boots();
    }

    @Override
    public void run(Emulator emulator, Children children, Figures figures) throws IOException, InterruptedException {
        Path serial = Files.createTempFile("lkpk-bench-", ".serial");
        try (Running running = children.start(emulator.process(Pc.debian(images, "cryptomgr.notests").withSerial(serial)))) {
            for (int waited = 0; !Files.readString(serial, StandardCharsets.ISO_8859_1).contains(BootTask.PROMPT); waited += POLL_MILLIS) {
                if (!running.alive() || waited > BOOT_SECONDS * 1000) throw running.ended("no shell prompt");
                Thread.sleep(POLL_MILLIS);
            }
            Thread.sleep(SETTLING_SECONDS * 1000L);
            double before = running.seconds();
            Thread.sleep(SECONDS * 1000L);
            figures.add(row, emulator.name(), running.seconds() - before);
        } catch (IOException broken) {
            figures.fail(row, emulator.name(), broken.getMessage());
        } finally {
            Files.deleteIfExists(serial);
        }
    }
}
