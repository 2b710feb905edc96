package io.coordkit.testkit.lock.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/** One row of the table of guarantees: a lock, a fault, and what happened. */
record FaultReport(String lock, String fault, History history, Optional<Duration> nextHolder) {
    private static final Path TABLE = Path.of("target", "lock-faults.md");

    /** Prints it, and adds it to the table of this module. */
    void publish() {
        String row = "| " + lock + " | " + fault + " | " + history.entries() + " | " + history.writes() + " | "
                + history.staleAccepted().size() + " | " + history.refused() + " | "
                + history.overlaps(Duration.ZERO).size() + " | "
                + nextHolder.map(took -> took.toMillis() + " ms").orElse("never") + " |";
        System.out.println("FAULT " + row);
        try {
            Files.createDirectories(TABLE.toAbsolutePath().getParent());
            Files.writeString(TABLE, row + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
