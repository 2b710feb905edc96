package io.coordkit.testkit.lock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks at the TCP connections of this machine, where Linux shows them. */
public final class Sockets {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final String ESTABLISHED = "01";

    private Sockets() {}

    /**
     * The local ends, as the system writes them, of the established connections to a local server's port; without
     * Linux's tables none, and that is printed as a skip.
     */
    public static List<String> connectedTo(int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        List<String> connected = new ArrayList<>();
        for (Path table : TABLES) {
            if (!Files.isReadable(table)) {
                System.out.println("SKIPPED: connections in " + table + ": this system has no such table");
                continue;
            }
            for (String line : read(table)) {
                String[] fields = line.strip().split("\\s+", -1);
                if (fields[REMOTE].endsWith(suffix) && fields[STATE].equals(ESTABLISHED)) {
                    connected.add(fields[LOCAL]);
                }
            }
        }
        return connected;
    }

    private static List<String> read(Path table) {
        try {
            List<String> lines = Files.readAllLines(table);
            return lines.subList(1, lines.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
