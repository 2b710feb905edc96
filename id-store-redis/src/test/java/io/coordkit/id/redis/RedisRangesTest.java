package io.coordkit.id.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeAllocators;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.id.sql.SqlRangeOptions;
import io.coordkit.testkit.server.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class RedisRangesTest {
    private static final RedisRangeOptions OPTIONS = new RedisRangeOptions(10, 100);

    private final String floorUrl = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
    private final RangeAllocator floor =
            SqlRangeAllocator.connect(floorUrl, new Properties(), SqlRangeOptions.DEFAULTS.withStep(1));

    @Test
    void rangesAreDense_andLargeOnesEndWithTheReserve() {
        try (RedisServer server = RedisServer.start();
                Client client = new Client(server)) {
            RangeAllocator ranges = RedisIds.ranges(client.redisson, floor, OPTIONS);

            assertThat(ranges.allocate("order")).isEqualTo(new IdRange(1, 11));
            assertThat(ranges.allocate("order", 60)).isEqualTo(new IdRange(11, 71));
            assertThat(ranges.allocate("order", 60)).isEqualTo(new IdRange(71, 101));
            assertThat(ranges.allocate("order", 1_000)).isEqualTo(new IdRange(101, 201));
        }
    }

    @Test
    void keyLayout_isThatOfVersionOne() {
        try (RedisServer server = RedisServer.start();
                Client client = new Client(server)) {
            RedisIds.ranges(client.redisson, floor, OPTIONS).allocate("order");

            Map<String, String> hash = client.redisson
                    .<String, String>getMap("ck:ids:{order}:r", StringCodec.INSTANCE)
                    .readAllMap();
            assertThat(hash.remove("of")).matches("[0-9a-f]{80}");
            assertThat(hash)
                    .isEqualTo(new HashMap<>(Map.of("from", "1", "to", "101", "used", "10", "size", "100", "n", "2")));
        }
    }

    @Test
    void serverThatComesBackWithOlderData_repeatsNothing(@TempDir Path directory) throws Exception {
        try (RedisServer server = RedisServer.start("--dir", directory.toString());
                Client client = new Client(server)) {
            RangeAllocator ranges = RedisIds.ranges(client.redisson, floor, OPTIONS);
            List<IdRange> taken = new ArrayList<>();
            taken.add(ranges.allocate("order"));
            send(server, "SAVE");
            taken.add(ranges.allocate("order"));
            taken.add(ranges.allocate("order"));
            server.kill9();
            server.restart();
            assertThat(client.redisson.getKeys().countExists("ck:ids:{order}:r"))
                    .as("it has come back with what it saved")
                    .isOne();

            for (int i = 0; i < 5; i++) {
                taken.add(takeSoon(ranges));
            }

            assertDisjoint(taken);
        }
    }

    @Test
    void reserveThatArrivesAtAnotherServer_isRefused() {
        RedisScript reserve = RedisScript.load("range-reserve");
        try (RedisServer server = RedisServer.start();
                Client client = new Client(server)) {
            String me = String.valueOf(RedisScript.load("range-take")
                    .run(client.redisson, "ck:ids:{order}:r", "10")
                    .get(0));
            Object[] arguments = {"1", "101", "100", me};
            assertThat(reserve.run(client.redisson, "ck:ids:{order}:r", arguments))
                    .containsExactly("1");
            assertThat(reserve.run(client.redisson, "ck:ids:{order}:r", arguments))
                    .as("sent again")
                    .containsExactly("0");
            server.kill9();
            server.restart();
            assertThat(reserve.run(client.redisson, "ck:ids:{order}:r", arguments))
                    .as("sent again, to an empty server")
                    .containsExactly("0");
        }
    }

    @Test
    void redisThatIsDown_isReportedWithTheTag() {
        try (RedisServer server = RedisServer.start();
                Client client = new Client(server)) {
            RangeAllocator ranges = RedisIds.ranges(client.redisson, floor, OPTIONS);
            server.kill9();

            assertThatThrownBy(() -> ranges.allocate("order"))
                    .isInstanceOf(IdUnavailableException.class)
                    .hasMessageContainingAll("'order'", "Redis");
        }
    }

    @Test
    void settings_reachRedisAndItsFloor() {
        try (RedisServer server = RedisServer.start()) {
            Settings settings = new Settings("", Map.of("floor", floorUrl, "floor.step", "5", "step", "20"));
            try (RangeAllocator ranges = RangeAllocators.open(server.uri(), settings)) {
                assertThat(ranges.allocate("order")).isEqualTo(new IdRange(1, 21));
            }
            settings.refuseUnread();
            assertThat(floor.allocate("order").from()).isEqualTo(1_000_001);

            assertThatThrownBy(() -> RangeAllocators.open(server.uri(), Settings.NONE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("floor");
        }
    }

    private static final class Client implements AutoCloseable {
        private final RedissonClient redisson;

        Client(RedisServer server) {
            redisson = RedisConnection.open(server.uri());
        }

        @Override
        public void close() {
            redisson.shutdown();
        }
    }

    private static IdRange takeSoon(RangeAllocator ranges) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return ranges.allocate("order");
            } catch (IdUnavailableException e) {
                if (System.nanoTime() > giveUp) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static void assertDisjoint(List<IdRange> ranges) {
        List<IdRange> sorted =
                ranges.stream().sorted(Comparator.comparingLong(IdRange::from)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(sorted.get(i).from())
                    .isGreaterThanOrEqualTo(sorted.get(i - 1).to());
        }
    }

    private static void send(RedisServer server, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII))
                    .isEqualTo("+OK");
        }
    }
}
