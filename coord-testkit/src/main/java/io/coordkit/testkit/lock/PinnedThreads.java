package io.coordkit.testkit.lock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Records where virtual threads blocked without letting go of the thread that carried them. */
final class PinnedThreads implements AutoCloseable {
    private static final String EVENT = "jdk.VirtualThreadPinned";

    private final Recording recording = new Recording();

    private PinnedThreads() {
        recording.enable(EVENT).withoutThreshold().withStackTrace();
        recording.start();
    }

    static PinnedThreads recording() {
        return new PinnedThreads();
    }

    /** Ends the recording. The stacks of what it saw, each as the classes and methods on it, innermost first. */
    List<String> stop() {
        try {
            Path file = Files.createTempFile("coordkit-pinned-", ".jfr");
            try {
                recording.stop();
                recording.dump(file);
                return RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals(EVENT))
                        .map(PinnedThreads::stack)
                        .toList();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stack(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return "no stack";
        }
        return String.join(
                " < ",
                event.getStackTrace().getFrames().stream()
                        .map(PinnedThreads::frame)
                        .toList());
    }

    private static String frame(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    @Override
    public void close() {
        recording.close();
    }
}
