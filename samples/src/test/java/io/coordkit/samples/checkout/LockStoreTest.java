package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.server.EtcdServer;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample's locks may move from store to store while its data stay. */
class LockStoreTest {
    private static final int ORDERS = 60;

    @TempDir
    private Path data = Path.of("unset");

    private List<String> run(String label, String... flags) throws InterruptedException {
        try (Launched checkout = Launched.checkout(data, data, Orders.file(data, label, ORDERS), flags)) {
            List<String> out = checkout.assertBalanced();
            assertThat(out)
                    .as("nothing was cancelled but for want of stock: no order was fenced out")
                    .anyMatch(line -> line.matches(ORDERS
                            + " orders in .*: [0-9]+ confirmed, [0-9]+ cancelled( \\(out of stock: [0-9]+\\))?, 0"
                            + " unanswered.*"));
            return out;
        }
    }

    @Test
    void locksMoveFromStoreToStore_onTheSameData() throws InterruptedException {
        try (EtcdServer etcd = EtcdServer.start();
                ZooKeeperServer zooKeeper = ZooKeeperServer.start()) {
            run("A");
            assertThat(run("B", "--lock=etcd", "--lock-uri", "etcd://" + etcd.address()))
                    .anyMatch(line -> line.startsWith("Locks at etcd://"));
            run("C", "--lock=zookeeper", "--lock-uri", "zk://" + zooKeeper.address());
            run("D", "--lock=memory");
            run("E", "--lock=redlock");
            run("F", "--lock=redis");
        }
    }
}
