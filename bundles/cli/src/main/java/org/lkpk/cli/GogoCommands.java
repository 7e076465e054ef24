package org.lkpk.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Runs attached commands in the Felix shell, each in a session of its own. */
final class GogoCommands implements Attachments.Commands {
    private static final int FAILED = 1;

    private final BundleContext context;

    GogoCommands(BundleContext context) {
        this.context = context;
    }

    @Override
    public int execute(String command, PrintStream out, PrintStream err) {
        ServiceReference<CommandProcessor> found = context.getServiceReference(CommandProcessor.class);
        if (found == null) {
            err.println("lkpk: there is no shell: the bundle org.apache.felix.gogo.runtime is not active");
            return FAILED;
        }
        ByteArrayInputStream nothing = new ByteArrayInputStream(new byte[0]);
        try (CommandSession session = context.getService(found).createSession(nothing, out, err)) {
            Object result = session.execute(command);
            if (result != null) out.println(session.format(result, Converter.INSPECT));
            return 0;
        } catch (Exception failure) {
            err.println("lkpk: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage()));
            return FAILED;
        } finally {
            context.ungetService(found);
        }
    }
}
