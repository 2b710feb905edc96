package io.coordkit.lock.memory;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store in memory has beside the contract: its URI, its era, its outages. */
class MemoryLocksTest {
    @TempDir
    private Path directory;

    private final String uri = "memory:" + UUID.randomUUID();

    private LockClient open(Path eraFile) {
        return Locks.open(uri, new Settings("", Map.of("era-file", eraFile.toString())), CoordObserver.NONE);
    }

    @Test
    void clientsOfOneNameShareAStore() throws Exception {
        try (LockClient one = Locks.open(uri);
                LockClient other = Locks.open(uri);
                LockClient stranger = Locks.open(uri + "2")) {
            assertThat(one.mutex("a").tryAcquire()).isPresent();
            assertThat(other.mutex("a").tryAcquire()).isEmpty();
            assertThat(stranger.mutex("a").tryAcquire()).isPresent();
        }
    }

    @Test
    void tokensRiseThoughNobodyHadTheStoreOpenInBetween() throws Exception {
        long before = 0;
        for (int i = 0; i < 3; i++) {
            try (LockClient client = Locks.open(uri);
                    Hold hold = client.mutex("a").tryAcquire().orElseThrow()) {
                assertThat(hold.token()).isGreaterThan(before);
                before = hold.token();
            }
        }
    }

    @Test
    void tokensRiseFromStartToStartWithAnEraFile() throws Exception {
        Path file = directory.resolve("era");
        long before = 0;
        for (int start = 1; start <= 3; start++) {
            MemoryLocks store = MemoryLocks.counting(file);
            assertThat(store.era()).isEqualTo(start);
            try (LockClient client = store.connect()) {
                assertThat(client.guarantees().has(LockGuarantee.FENCED_AFTER_DATA_LOSS))
                        .isTrue();
                for (int i = 0; i < 10; i++) {
                    try (Hold hold = client.mutex("a").tryAcquire().orElseThrow()) {
                        assertThat(hold.token()).isGreaterThan(before);
                        before = hold.token();
                    }
                }
            }
        }
        assertThat(Files.readString(file)).isEqualTo("0000000003\n");
    }

    @Test
    void withoutAnEraFileTokensBeginAgain() throws Exception {
        for (int start = 0; start < 2; start++) {
            MemoryLocks store = MemoryLocks.create();
            assertThat(store.era()).isZero();
            try (LockClient client = store.connect()) {
                assertThat(client.guarantees().has(LockGuarantee.FENCED_AFTER_DATA_LOSS))
                        .isFalse();
                assertThat(client.mutex("a").tryAcquire().orElseThrow().token()).isEqualTo(1 << 10);
            }
        }
    }

    @Test
    void storesThatStartAtOnceGetErasOfTheirOwn() {
        Path file = directory.resolve("era");
        Set<Integer> eras = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            eras.add(MemoryLocks.counting(file).era());
        }
        assertThat(eras).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "2097151", "99999999999", "1 2", "0000000001\n0000000002\n"})
    void anEraFileThatIsNoneIsRefusedAndLeftAlone(String content) throws Exception {
        Path file = directory.resolve("era");
        Files.writeString(file, content);
        assertThatThrownBy(() -> MemoryLocks.counting(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent(content);
    }

    @Test
    void anEraFileThatCannotBeWrittenIsRefused() {
        Path file = directory.resolve("missing").resolve("era");
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void oneNameHasOneEraFile() {
        Path file = directory.resolve("era");
        open(file).close();
        open(file).close();
        assertThat(file).as("one start").hasContent("0000000001");
        Path another = directory.resolve("another");
        assertThatThrownBy(() -> open(another))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(another.toString());
        assertThat(another).doesNotExist();
        assertThatThrownBy(() -> Locks.open(uri))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("without era-file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory://here", "memory:/here", "memory:%20", "memory:a#b"})
    void aUriWithoutANameIsRefused(String malformed) {
        assertThatThrownBy(() -> Locks.open(malformed))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("memory:NAME");
    }

    @Test
    void theFacadeTakesTheUriTheFileAndFairness() throws Exception {
        Properties settings = new Properties();
        settings.setProperty("coordkit.locks.uri", uri);
        settings.setProperty("coordkit.locks.fair", "true");
        settings.setProperty("coordkit.locks.era-file", directory.resolve("era").toString());
        settings.setProperty("coordkit.locks.require", "FENCED_AFTER_DATA_LOSS,FAIR");
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(settings))) {
            assertThat(kit.locks().mutex("a").tryAcquire()).isPresent();
        }
        settings.setProperty("coordkit.locks.fair", "yes");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(settings)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("coordkit.locks.fair must be true or false, was 'yes'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.099S", "PT24H0.001S", "PT2562047788015215H"})
    void aTtlOutOfRangeIsRefused(String ttl) {
        assertThatThrownBy(() -> Locks.open(uri, new Settings("", Map.of("ttl", ttl)), CoordObserver.NONE))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("ttl")
                .hasMessageContaining(Duration.parse(ttl).toString());
    }

    @Test
    void aStoppedStoreIsUnreachableUntilItStarts() throws Exception {
        MemoryLocks store = MemoryLocks.create();
        try (LockClient client = store.connect()) {
            Hold held = client.mutex("a").tryAcquire().orElseThrow();
            store.stop();
            assertThatThrownBy(store::connect)
                    .isInstanceOf(BackendUnreachableException.class)
                    .hasMessageContaining(store.toString());
            assertThatThrownBy(client.mutex("b")::tryAcquire)
                    .isInstanceOf(LockUnreachableException.class)
                    .hasMessageContaining(store.toString());
            held.check();
            store.start();
            assertThat(client.mutex("b").tryAcquire(ofSeconds(20))).isPresent();
        }
    }

    @Test
    void whatIsNoLongerWantedLeavesNothingBehind() throws Exception {
        MemoryStore state = new MemoryStore("a", System::nanoTime, 0);
        try (LockClient client = new MemoryLocks(state, null).connect()) {
            for (int i = 0; i < 100; i++) {
                Hold hold = client.mutex("lock" + i).tryAcquire().orElseThrow();
                assertThat(client.mutex("lock" + i).tryAcquire(ofMillis(1))).isEmpty();
                hold.close();
            }
            assertThat(state.size()).isZero();
        }
    }

    @Test
    void whatNobodyIsHeardOfAnyMoreIsSweptOut() throws Exception {
        long[] now = new long[1];
        MemoryStore state = new MemoryStore("a", () -> now[0], 0);
        for (int i = 0; i < 100; i++) {
            MemoryCandidacy.forMutex(state, "dead" + i, ofSeconds(1), () -> {}).request();
        }
        now[0] = ofSeconds(1).toNanos();
        for (int i = 0; i < 5000; i++) {
            MemoryCandidacy alive = MemoryCandidacy.forMutex(state, "alive", ofSeconds(1), () -> {});
            alive.request();
            alive.abandon();
        }
        assertThat(state.size()).isZero();
    }

    @Test
    void aLongChainOfCallbacksRunsFlat() {
        MemoryLocks store = MemoryLocks.under(new StandingClock());
        try (LockClient client = store.connect();
                LockClient other = store.connect()) {
            CompletableFuture<Hold> first = client.mutex("a").acquireAsync(ofSeconds(1));
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                int number = i;
                var unused = (i % 2 == 0 ? client : other)
                        .mutex("a")
                        .acquireAsync(ofSeconds(1))
                        .thenAccept(hold -> {
                            order.add(number);
                            hold.close();
                        });
            }
            first.join().close();
            assertThat(order).hasSize(10_000);
        }
    }
}
