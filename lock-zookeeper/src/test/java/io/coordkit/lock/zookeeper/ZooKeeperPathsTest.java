package io.coordkit.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ZooKeeperPathsTest {

    @Test
    void thePredecessorIsTheNearestBefore() {
        List<String> queue = List.of("c-1_0000000009", "a-1_0000000007", "b-1_0000000008", "junk", "b-2_");
        assertThat(ZooKeeperPaths.predecessor("c-1_0000000009", queue)).contains("b-1_0000000008");
        assertThat(ZooKeeperPaths.predecessor("b-1_0000000008", queue)).contains("a-1_0000000007");
        assertThat(ZooKeeperPaths.predecessor("a-1_0000000007", queue)).isEmpty();
    }

    @Test
    void sequencesGoOnBeyondTheHighest() {
        List<String> queue = List.of("a-1_2147483647", "b-1_-2147483648", "c-1_-2147483647");
        assertThat(ZooKeeperPaths.predecessor("a-1_2147483647", queue)).isEmpty();
        assertThat(ZooKeeperPaths.predecessor("b-1_-2147483648", queue)).contains("a-1_2147483647");
        assertThat(ZooKeeperPaths.predecessor("c-1_-2147483647", queue)).contains("b-1_-2147483648");
    }

    @Test
    void dotsAndControlCharactersAreEncoded() {
        assertThat(ZooKeeperPaths.queue("..")).isEqualTo("/coordkit/lock-v1/%2E%2E");
        assertThat(ZooKeeperPaths.queue("\u0000\n")).isEqualTo("/coordkit/lock-v1/%00%0A");
        assertThat(ZooKeeperPaths.queue("\ud83d\udd12")).isEqualTo("/coordkit/lock-v1/%F0%9F%94%92");
    }
}
