package org.lkpk.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The entry: {@code lkpk [COMMAND] [OPTIONS]}, where no command means the Felix shell. */
public final class Main {
    /** Exit status for what the user got wrong. */
    static final int MISUSE = 2;

    private Main() { }

    public static void main(String[] arguments) {
        System.exit(run(new ArrayList<>(List.of(arguments))));
    }

    private static int run(List<String> arguments) {
        String command = "shell";
        if (!arguments.isEmpty() && !arguments.get(0).startsWith("-")) command = arguments.remove(0);
        try {
            return switch (command) {
                case "attach" -> Attach.run(arguments);
                case "shell", "run", "demo", "test386", "conformance", "bench" -> launch(command, arguments);
                case "patch" -> patch(arguments);
                default -> refuse(command + ": no such command; there are run, demo, attach, patch, test386, conformance and bench, and none for the shell");
            };
        } catch (Refusal refusal) {
            return refuse(refusal.getMessage());
        } catch (InterruptedException interrupted) {
            return refuse("interrupted");
        } catch (Exception unforeseen) {
            unforeseen.printStackTrace();
            return 1;
        }
    }

    /** Checking a patch takes a machine, making one does not. */
    private static int patch(List<String> arguments) throws Exception {
        boolean check = !arguments.isEmpty() && arguments.get(0).equals("check");
        return check ? launch("check", new ArrayList<>(arguments.subList(1, arguments.size()))) : launch("patch", arguments);
    }

    private static int launch(String command, List<String> arguments) throws Exception {
        // Standard output is the guest's; who prints without thinking (Felix does) prints elsewhere.
        System.setOut(System.err);
        Path state = stateFolder(arguments);
        Path home = Path.of(System.getProperty("lkpk.home", ".")).toAbsolutePath().normalize();
        try (Storage storage = state == null ? Storage.passing() : Storage.kept(state);
                Launch launch = new Launch(home, storage, Sockets.folder())) {
            return launch.run(command, arguments);
        }
    }

    /** Takes {@code --state DIR} out of {@code arguments}: the framework's storage is needed before any bundle runs. */
    static Path stateFolder(List<String> arguments) throws Refusal {
        for (int i = 0; i < arguments.size(); i++) {
            String option = arguments.get(i).replaceFirst("^--", "-");
            if (option.startsWith("-state=")) return Path.of(arguments.remove(i).replaceFirst("^-*state=", ""));
            if (!option.equals("-state")) continue;
            if (i + 1 == arguments.size()) throw new Refusal("--state: the folder is missing");
            arguments.remove(i);
            return Path.of(arguments.remove(i));
        }
        return null;
    }

    private static int refuse(String line) {
        System.err.println("lkpk: " + line);
        return MISUSE;
    }

    /** Something the user can mend; the message is the whole story. */
    static final class Refusal extends IOException {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }
}
