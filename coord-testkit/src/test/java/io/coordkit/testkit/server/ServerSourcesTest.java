package io.coordkit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerSourcesTest {
    private static final Optional<String> HERE = Optional.empty();
    private static final Optional<String> NO_PROGRAM = Optional.of("etcd is not on the PATH");
    private static final Optional<String> NO_DOCKER = Optional.of("no Docker answers");

    @Test
    void byDefaultAContainer_elseAProcess() {
        assertThat(sources("", HERE, HERE).inContainer(ServerKind.ETCD)).isTrue();
        assertThat(sources("", HERE, NO_DOCKER).inContainer(ServerKind.ETCD)).isFalse();
    }

    @Test
    void theOrderCanBeForced() {
        assertThat(sources("processes,containers", HERE, HERE).inContainer(ServerKind.ETCD))
                .isFalse();
        assertThat(sources("containers, processes", HERE, NO_DOCKER).inContainer(ServerKind.ETCD))
                .isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sources("container", HERE, HERE))
                .withMessageContaining(ServerSource.PROPERTY)
                .withMessageContaining("'container'");
    }

    @Test
    void whereThereIsNothing_oneLineNamesWhatIsMissing() {
        assertThatThrownBy(() -> sources("", NO_PROGRAM, NO_DOCKER).inContainer(ServerKind.ETCD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("There is no etcd here")
                .hasMessageContaining("COORDKIT_ETCD")
                .hasMessageContaining("etcd is not on the PATH")
                .hasMessageContaining("no Docker answers")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aForcedSourceIsNotReplacedByAnother() {
        assertThatThrownBy(() -> sources("containers", HERE, NO_DOCKER).inContainer(ServerKind.REDIS))
                .hasMessageContaining("no Docker answers");
    }

    @Test
    void whatTheEnvironmentTellsComesFirst_unlessTheOrderSaysOtherwise() {
        assertThat(sources("", HERE, HERE).given(ServerKind.REDIS)).contains("redis.example:6379");
        assertThat(sources("processes,environment", HERE, HERE).given(ServerKind.REDIS))
                .isEmpty();
        assertThat(sources("processes,environment", NO_PROGRAM, HERE).given(ServerKind.REDIS))
                .isPresent();
        assertThat(sources("containers", HERE, HERE).given(ServerKind.REDIS)).isEmpty();
        assertThat(sources("", HERE, HERE).given(ServerKind.ETCD)).isEmpty();
    }

    @Test
    void optionsThatNameFilesOfThisMachineNeedAProcess() {
        ServerSources forced = sources("containers", HERE, HERE);
        assertThat(forced.inContainer(ServerKind.ETCD, "--cert-file", "/tmp/server.pem"))
                .isFalse();
        assertThat(forced.inContainer(ServerKind.ZOOKEEPER, "ssl.keyStore.location=/tmp/a.p12"))
                .isFalse();
        assertThat(forced.inContainer(ServerKind.REDIS, "--maxmemory", "64mb")).isTrue();
    }

    @Test
    void everyKindHasAnImageWithATag() {
        for (ServerKind kind : ServerKind.values()) {
            assertThat(kind.image()).as(kind.title()).matches("[a-z0-9./-]+:v?\\d+(\\.\\d+)+");
        }
    }

    @Test
    void aGivenServerIsReachedByALinkAndNotToBeHurt() {
        try (RedisServer real = RedisServer.start()) {
            try (RedisServer given = RedisServer.given(real.address())) {
                assertThat(given.command("PING")).isEqualTo("PONG");
                assertThat(given.version()).isEqualTo(real.version());
                assertThat(given.origin()).contains("COORDKIT_REDIS=" + real.address());
                assertThatThrownBy(given::restart).isInstanceOf(UnsupportedOperationException.class);
                assertThatThrownBy(given::pause).hasMessageContaining("somebody else's");
            }
            assertThat(real.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aMalformedAddressIsRefusedByItsVariable() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisServer.given("nowhere"))
                .withMessageContaining("COORDKIT_REDIS")
                .withMessageContaining("nowhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MariaDbServer.given("secret@"))
                .withMessageContaining("COORDKIT_MARIADB")
                .withMessageNotContaining("secret");
    }

    private static ServerSources sources(String order, Optional<String> noProcess, Optional<String> noContainer) {
        return new ServerSources(
                ServerSource.order(order),
                variable -> variable.equals("COORDKIT_REDIS") ? Optional.of("redis.example:6379") : Optional.empty(),
                kind -> noProcess,
                kind -> noContainer);
    }
}
