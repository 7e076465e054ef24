package org.lkpk.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where ttyS0 goes, as {@code --serial} says. */
record Serial(Kind kind, Path file) {
    private static final String FILE = "file:";

    enum Kind { STDIO, NONE, FILE }

    static Serial of(String value) throws Refusal {
        if (value.equals("stdio")) return new Serial(Kind.STDIO, null);
        if (value.equals("none")) return new Serial(Kind.NONE, null);
        if (value.startsWith(FILE) && value.length() > FILE.length())
            return new Serial(Kind.FILE, Path.of(value.substring(FILE.length())));
        throw new Refusal("--serial " + value + ": there are stdio, none and file:PATH");
    }

    OutputStream open() throws Refusal {
        try {
            return switch (kind) {
                // Not System.out: what is printed there goes to standard error.
                case STDIO -> new FileOutputStream(FileDescriptor.out);
                case NONE -> OutputStream.nullOutputStream();
                case FILE -> Files.newOutputStream(file);
            };
        } catch (IOException failure) {
            throw new Refusal("--serial file:" + file + ": " + Images.reason(failure));
        }
    }
}
