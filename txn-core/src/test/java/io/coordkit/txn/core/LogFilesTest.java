package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.testkit.ChildJvm;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of a log stand, and what they do not. */
class LogFilesTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    private Path temporary = Path.of("unset");

    private Path directory = Path.of("unset");

    @BeforeEach
    void choose() {
        directory = temporary.resolve("log");
    }

    private static void commit(TxnLog log, String gid, int payload) {
        TxnBranch branch = new TxnBranch("1", "stock", Payload.of(new byte[payload]));
        log.decide(new TxnProposal(gid, Decision.COMMIT, log.now().plus(LONG), "gone/1", List.of(branch)));
    }

    private static List<String> gids(TxnLog log) {
        return log.unfinished(Integer.MAX_VALUE).stream()
                .map(TxnStatus::gid)
                .sorted()
                .toList();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    /** The newest file as a process leaves it that is killed, in a directory of its own. */
    private Path killed(String... gids) throws IOException {
        try (TxnLog log = FileTxnLog.open(directory)) {
            for (String gid : gids) {
                commit(log, gid, 50);
            }
            Path copy = Files.createDirectory(directory.resolveSibling("killed"));
            Path last = segments().get(segments().size() - 1);
            return Files.copy(last, copy.resolve(last.getFileName()));
        }
    }

    private static List<String> gidsIn(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        Path home = file.resolveSibling("again");
        Files.createDirectories(home);
        try (Stream<Path> old = Files.list(home)) {
            for (Path each : old.toList()) {
                Files.delete(each);
            }
        }
        Files.copy(file, home.resolve(file.getFileName()));
        try (TxnLog log = FileTxnLog.open(home)) {
            return gids(log);
        }
    }

    @Test
    void aTornTail_isCutOff_whereverItIsTorn() throws Exception {
        Path file = killed("first", "second", "third");
        byte[] whole = Files.readAllBytes(file);
        List<String> all = List.of("first", "second", "third");
        SegmentImage image = SegmentImage.of("whole", 1, whole);
        assertThat(gidsIn(file, whole)).isEqualTo(all);
        for (int length = 0; length < whole.length; length++) {
            List<String> left = gidsIn(file, Arrays.copyOf(whole, length));
            assertThat(left).isEqualTo(all.subList(0, left.size()));
            int third = (int) image.frames().get(image.frames().size() - 1).offset();
            assertThat(left).hasSizeGreaterThanOrEqualTo(length < third ? 0 : 2);
        }
        byte[] garbage = whole.clone();
        garbage[whole.length - 1] ^= 1;
        assertThat(gidsIn(file, garbage)).containsExactly("first", "second");
    }

    @Test
    void damageInTheMiddle_isRefusedByFileAndOffset_andNothingIsChanged() throws Exception {
        Path file = killed("first", "second", "third");
        byte[] whole = Files.readAllBytes(file);
        SegmentImage image = SegmentImage.of("whole", 1, whole);
        long last = image.frames().get(image.frames().size() - 1).offset();
        for (int offset = 0; offset < last; offset++) {
            byte[] damaged = whole.clone();
            damaged[offset] ^= 1;
            assertThatThrownBy(() -> gidsIn(file, damaged))
                    .as("a bit of byte %s", offset)
                    .isInstanceOf(TxnException.class)
                    .hasMessageContaining(file.getFileName().toString())
                    .hasMessageContaining("offset");
            assertThat(Files.readAllBytes(file.resolveSibling("again").resolve(file.getFileName())))
                    .isEqualTo(damaged);
        }
    }

    @Test
    void afterACleanClose_damageToTheVeryLastDecisionIsFoundToo() throws Exception {
        try (TxnLog log = FileTxnLog.open(directory)) {
            commit(log, "only", 50);
        }
        Path file = segments().get(0);
        byte[] whole = Files.readAllBytes(file);
        SegmentImage image = SegmentImage.of("whole", 1, whole);
        LogFrame decision = image.frames().get(1);
        whole[(int) decision.end() - 1] ^= 1;
        Files.write(file, whole);
        assertThatThrownBy(() -> FileTxnLog.open(directory))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining("offset " + decision.offset());
    }

    @Test
    void aMissingFile_isNamed() throws Exception {
        try (TxnLog log = open(600)) {
            for (int i = 0; i < 20; i++) {
                commit(log, "gid-" + i, 100_000);
            }
        }
        Path lost = segments().get(1);
        Files.delete(lost);
        assertThatThrownBy(() -> FileTxnLog.open(directory))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining(lost.getFileName().toString());
    }

    private TxnLog open(long segmentBytes) {
        return FileTxnLog.open("test", () -> DirectoryDisk.take(directory), InstantSource.system(), segmentBytes);
    }

    @Test
    void aNewerFormat_isRefusedByItsNumber() throws Exception {
        FileTxnLog.open(directory).close();
        Path file = segments().get(0);
        byte[] bytes = Files.readAllBytes(file);
        System.arraycopy(LogFrame.preamble(2, 1), 0, bytes, 0, LogFrame.PREAMBLE);
        Files.write(file, bytes);
        assertThatThrownBy(() -> FileTxnLog.open(directory))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining("format 2");
    }

    @Test
    void aDirectoryInUse_isRefused_toThisProcessAndToOthers() throws Exception {
        try (TxnLog log = FileTxnLog.open(directory)) {
            assertThatThrownBy(() -> FileTxnLog.open(directory))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("this process");
            assertThat(refusedToAnother())
                    .as("still, after this process tried twice")
                    .contains("another process");
            commit(log, "goes-on", 1);
        }
        assertThat(refusedToAnother()).isEqualTo("opened");
        FileTxnLog.open(directory).close();
    }

    private String refusedToAnother() throws IOException {
        Path output = directory.resolveSibling("output");
        try (ChildJvm child = ChildJvm.start(Opener.class, output, directory.toString())) {
            assertThat(child.waitFor(Duration.ofMinutes(1))).hasValue(0);
        }
        return Files.readString(output).strip();
    }

    /** Another process that wants the log. */
    public static final class Opener {
        private Opener() {}

        /** Opens the log in that directory, and prints what came of it. */
        public static void main(String[] args) {
            try (TxnLog log = FileTxnLog.open(Path.of(args[0]))) {
                System.out.println(log.now().isAfter(Instant.EPOCH) ? "opened" : "");
            } catch (ConfigurationException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void anInterruptedCaller_getsItsAnswer_staysInterrupted_andLeavesTheLogAsGoodAsItWas() {
        Thread.currentThread().interrupt();
        try (TxnLog log = FileTxnLog.open(directory)) {
            commit(log, "interrupted", 1);
            assertThat(gids(log)).containsExactly("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            commit(log, "afterwards", 1);
            Thread.currentThread().interrupt();
        }
        assertThat(Thread.interrupted()).isTrue();
        try (TxnLog log = FileTxnLog.open(directory)) {
            assertThat(gids(log)).containsExactly("afterwards", "interrupted");
        }
    }

    @Test
    void oldFilesGo_whenWhatTheyHoldIsForgotten_andWhatIsUnfinishedStays() throws Exception {
        try (TxnLog log = open(20_000)) {
            commit(log, "unfinished", 100);
            for (int i = 0; i < 200; i++) {
                String gid = "gid-" + i;
                TxnBranch branch = new TxnBranch("1", "stock", Payload.of(new byte[2_000]));
                log.decide(new TxnProposal(gid, Decision.COMMIT, log.now().plusMillis(50), "gone/1", List.of(branch)));
                log.finish(List.of(gid));
                if (i % 10 == 9) {
                    awaitAllPast(log);
                    log.purge(Duration.ZERO, Integer.MAX_VALUE);
                }
            }
            assertThat(segments()).hasSizeBetween(1, 6);
            assertThat(Files.exists(directory.resolve(SegmentFiles.name(1)))).isFalse();
        }
        try (TxnLog log = FileTxnLog.open(directory)) {
            assertThat(gids(log)).containsExactly("unfinished");
        }
        FileTxnLog.open(directory).close();
        assertThat(segments()).as("the little there is was written into one").hasSize(1);
    }

    /** Returns when the deadlines given so far are over. */
    private static void awaitAllPast(TxnLog log) throws InterruptedException {
        Instant end = log.now().plusMillis(51);
        while (!log.now().isAfter(end)) {
            Thread.sleep(1);
        }
    }

    @Test
    void theLogsTimeNeverGoesBack_whateverTheMachinesClockDoes() {
        Instant before;
        String first;
        try (TxnLog log = FileTxnLog.open(directory)) {
            first = log.join("coordinator", LONG).coordinator();
            before = log.now();
        }
        InstantSource yesterday = InstantSource.fixed(before.minus(Duration.ofDays(1)));
        try (TxnLog log = FileTxnLog.open("test", () -> DirectoryDisk.take(directory), yesterday, 1_000)) {
            assertThat(log.now()).isAfterOrEqualTo(before);
            assertThat(log.join("coordinator", LONG).coordinator()).isNotEqualTo(first);
        }
    }

    @Test
    void aUri_namesTheDirectory_andABadOneIsRefusedByItsValue() throws Exception {
        URI uri = directory.resolve("by uri").toUri();
        try (TxnLog log = FileTxnLog.open(uri)) {
            commit(log, "gid", 1);
        }
        assertThat(directory.resolve("by uri")).isDirectory();
        for (String bad : List.of("file:relative", "http://host/path", "no-scheme")) {
            assertThatThrownBy(() -> FileTxnLog.open(URI.create(bad)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(bad);
        }
    }
}
