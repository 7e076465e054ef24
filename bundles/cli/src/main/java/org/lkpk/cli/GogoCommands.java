package org.lkpk.cli;

import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Runs attached commands in the Felix shell, each in a session of its own. A command has failed if it throws or complains
 * on standard error; Felix's own start does neither, but answers with the reason.
 */
final class GogoCommands implements Attachments.Commands {
    private static final int FAILED = 1;
    private static final Pattern START = Pattern.compile("\\s*(felix:)?start\\s");
    /** As in etc/gosh_profile: start and stop are Felix's. */
    private static final String SCOPE = "gogo:felix:lkpk:machine:*";

    private final BundleContext context;

    GogoCommands(BundleContext context) {
        this.context = context;
    }

    @Override
    public int execute(String command, PrintStream out, PrintStream stderr) {
        Complaints complaints = new Complaints(stderr);
        PrintStream err = new PrintStream(complaints, true, StandardCharsets.UTF_8);
        ServiceReference<CommandProcessor> found = context.getServiceReference(CommandProcessor.class);
        if (found == null) {
            err.println("lkpk: there is no shell: the bundle org.apache.felix.gogo.runtime is not active");
            return FAILED;
        }
        ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
        try (CommandSession session = context.getService(found).createSession(nothing, out, err)) {
            session.put("SCOPE", SCOPE);
            session.put(CommandSession.OPTION_NO_GLOB, true); // kernel:symbols *show* is not about files.
            Object result = session.execute(command);
            if (result != null && !result.toString().isBlank()) out.println(session.format(result, Converter.INSPECT));
            err.flush();
            boolean refused = START.matcher(command).lookingAt() && result != null && !result.toString().isBlank();
            return refused || complaints.heard ? FAILED : 0;
        } catch (Exception failure) {
            err.println("lkpk: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
            return FAILED;
        } finally {
            context.ungetService(found);
        }
    }

    /** Standard error that remembers whether anything came. */
    private static final class Complaints extends FilterOutputStream {
        private volatile boolean heard;

        Complaints(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            heard |= count > 0;
            out.write(bytes, from, count);
        }

        @Override
        public void write(int value) throws IOException {
            heard = true;
            out.write(value);
        }
    }
}
