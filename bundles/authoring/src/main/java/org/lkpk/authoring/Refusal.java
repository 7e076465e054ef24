package org.lkpk.authoring;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Something the user can mend; the message names the thing and the reason, a line each, and is all there is to say. */
final class Refusal extends Exception {
    /** Exit status of a command that was refused. */
    static final int STATUS = 2;
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }

    /** Why a file cannot be read or written, in words. */
    static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) return failure.getMessage() + ": no such file";
        if (failure instanceof AccessDeniedException) return failure.getMessage() + ": permission denied";
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
