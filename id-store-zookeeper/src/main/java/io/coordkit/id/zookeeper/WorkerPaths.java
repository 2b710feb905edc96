package io.coordkit.id.zookeeper;

import io.coordkit.id.spi.WorkerRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The nodes of one tag, and what is in them. See {@link ZooKeeperIds} for the layout. */
final class WorkerPaths {
    private static final String ROOT = "/coordkit/ids-v1/";
    private static final String DIGITS = "0123456789ABCDEF";

    private final String base;

    WorkerPaths(String tag) {
        StringBuilder path = new StringBuilder(ROOT);
        for (byte each : tag.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(each)) {
                path.append((char) each);
            } else {
                path.append('%').append(DIGITS.charAt(each >> 4 & 0xf)).append(DIGITS.charAt(each & 0xf));
            }
        }
        base = path.toString();
    }

    private static boolean isPlain(byte each) {
        return (each >= 'a' && each <= 'z')
                || (each >= 'A' && each <= 'Z')
                || (each >= '0' && each <= '9')
                || "-_:".indexOf(each) >= 0;
    }

    String clock() {
        return base + "/clock";
    }

    String records() {
        return base + "/w";
    }

    String record(int worker) {
        return records() + "/" + worker;
    }

    String owners() {
        return base + "/l";
    }

    String owner(int worker) {
        return owners() + "/" + worker;
    }

    static byte[] data(WorkerRecord record) {
        return (record.owner() + " " + record.reservedUntil().toEpochMilli()).getBytes(StandardCharsets.UTF_8);
    }

    static WorkerRecord record(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        int blank = text.indexOf(' ');
        return new WorkerRecord(
                text.substring(0, blank), Instant.ofEpochMilli(Long.parseLong(text.substring(blank + 1))));
    }
}
