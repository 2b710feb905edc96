package io.coordkit.testkit.lock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file to which processes append, a line each, that they have a lock and that they are about to give it up. Appending
 * a short line is one act of the system, so the lines stand in the order of what happened.
 */
final class LockJournal {
    private final Path file;

    LockJournal(Path file) {
        this.file = file;
    }

    /** What a line says of its process. */
    enum Kind {
        /** It has the lock. */
        ENTER,
        /** It has it still, and is about to release it. */
        LEAVE,
        /** It has been told that it lost it. */
        LOST,
        /** It has it, and will not give it up. */
        STAY
    }

    record Line(Kind kind, long token, long pid) {
        static Line parse(String text) {
            String[] parts = text.split(" ", -1);
            return new Line(Kind.valueOf(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
        }
    }

    void append(Kind kind, long token) {
        String line = kind + " " + token + " " + ProcessHandle.current().pid() + "\n";
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Line> lines() {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream().map(Line::parse).toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long entries(long pid) {
        return lines().stream()
                .filter(line -> line.kind() == Kind.ENTER && line.pid() == pid)
                .count();
    }

    boolean stays(long pid) {
        return lines().stream().anyMatch(line -> line.kind() == Kind.STAY && line.pid() == pid);
    }

    /** Who entered though somebody else was inside, who neither had lost the lock nor was the one who was killed. */
    static List<String> overlaps(List<Line> lines, long killed) {
        List<String> overlaps = new ArrayList<>();
        Map<Long, Line> inside = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (line.kind() == Kind.ENTER) {
                for (Line other : inside.values()) {
                    if (other.pid() != killed && !isLostLater(lines.subList(i, lines.size()), other)) {
                        overlaps.add(line + " while " + other);
                    }
                }
                inside.put(line.pid(), line);
            } else if (line.kind() != Kind.STAY) {
                inside.remove(line.pid());
            }
        }
        return overlaps;
    }

    private static boolean isLostLater(List<Line> rest, Line holder) {
        return rest.contains(new Line(Kind.LOST, holder.token(), holder.pid()));
    }

    /** The tokens in the order of the entries. */
    static List<Long> tokens(List<Line> lines) {
        return lines.stream()
                .filter(line -> line.kind() == Kind.ENTER)
                .map(Line::token)
                .toList();
    }
}
