package org.lkpk.guest.debian;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * apt-get for i386 in a folder of its own: lists, cache, sources and status are all private, nothing is installed and
 * no rights are needed. apt checks the index against Debian's keyring and each package against the index.
 */
final class Apt {
    private static final Pattern LOCATION = Pattern.compile("'[^']+' (\\S+) (\\d+) SHA256:([0-9a-f]{64})");
    private final Path folder;
    private final Path configuration;

    Apt(Path folder, List<String> sources) throws IOException {
        this.folder = folder;
        for (String part : List.of("lists/partial", "archives/partial", "empty")) Files.createDirectories(folder.resolve(part));
        Files.createFile(folder.resolve("status"));
        Files.write(folder.resolve("sources.list"), sources);
        configuration = folder.resolve("apt.conf");
        // The machine's own settings are read before this; only its proxies and the like shall count.
        Files.writeString(configuration, """
                #clear APT::Update::Pre-Invoke;
                #clear APT::Update::Post-Invoke;
                #clear APT::Update::Post-Invoke-Success;
                #clear Acquire::IndexTargets;
                Acquire::IndexTargets::deb::Packages {
                    MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
                    ShortDescription "Packages";
                    Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
                };
                #clear APT::Architectures;
                APT::Architecture "i386";
                APT::Architectures { "i386"; };
                APT::Default-Release "";
                APT::Sandbox::User "";
                Acquire::Languages "none";
                Acquire::Retries "2";
                Acquire::http::Timeout "20";
                Acquire::https::Timeout "20";
                Dir::Etc::sourcelist "FOLDER/sources.list";
                Dir::Etc::sourceparts "FOLDER/empty";
                Dir::Etc::preferences "FOLDER/none";
                Dir::Etc::preferencesparts "FOLDER/empty";
                Dir::State::lists "FOLDER/lists";
                Dir::State::status "FOLDER/status";
                Dir::State::extended_states "FOLDER/extended_states";
                Dir::Cache "FOLDER/archives";
                Dir::Cache::archives "FOLDER/archives";
                """.replace("FOLDER", folder.toString()));
    }

    /**
     * Fetches the index. One that fails does not matter while packages resolve; returned is what went wrong, else
     * nothing.
     */
    String update() throws IOException, InterruptedException {
        return run("apt-get", "update").complaint();
    }

    /** The packages that {@code name} depends on; none if it does not resolve. */
    List<String> dependencies(String name) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (String line : run("apt-cache", "show", "--no-all-versions", name).lines)
            if (line.startsWith("Depends: "))
                for (String one : line.substring(9).split(",")) names.add(one.trim().split("[ :(|]")[0]);
        return names;
    }

    /** File name, size and checksum of a package as the signed index has them; null if it does not resolve. */
    Location locate(String name) throws IOException, InterruptedException {
        for (String line : run("apt-get", "--print-uris", "download", name).lines) {
            Matcher matcher = LOCATION.matcher(line);
            if (matcher.matches()) return new Location(name, matcher.group(1), Long.parseLong(matcher.group(2)), matcher.group(3));
        }
        return null;
    }

    /** Downloads a package and checks it once more. */
    Path download(Location location) throws IOException, InterruptedException {
        Output output = run("apt-get", "download", location.name);
        Path file = folder.resolve(location.file);
        if (!Files.exists(file)) throw new IOException(location.name + ": download failed: " + output.complaint());
        String found = Checksums.of(Files.readAllBytes(file));
        if (!found.equals(location.sha256))
            throw new IOException(location.file + ": SHA256 is " + found + ", the index says " + location.sha256);
        return file;
    }

    private Output run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program, "-q", "-c", configuration.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process;
        try {
            process = builder.start();
        } catch (IOException missing) {
            throw new IOException(program + " does not start; it comes with Debian's apt");
        }
        process.getOutputStream().close();
        try (BufferedReader reader = process.inputReader()) {
            List<String> lines = reader.lines().toList();
            process.waitFor();
            return new Output(lines);
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        } finally {
            process.destroy();
        }
    }

    record Location(String name, String file, long size, String sha256) { }

    private record Output(List<String> lines) {
        /** The first line that tells what failed. */
        String complaint() {
            for (String line : lines)
                if (line.startsWith("E: ") || line.startsWith("W: Failed")) return line.substring(3).trim();
            return "";
        }
    }
}
