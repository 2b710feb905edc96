package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.inventory.InventoryMain;
import io.coordkit.samples.order.OrderMain;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services that were started each on its own, and checkouts that use them at the same time. */
class SeveralClientsTest {
    @TempDir
    private Path directory = Path.of("unset");

    @Test
    void twoCheckoutsAtOnce_keepTheLedgerBalanced() throws Exception {
        try (DataDirectory data = DataDirectory.kept(directory.resolve("data"));
                RedisProcess redis = RedisProcess.in(data);
                Launched inventory = inventory(redis);
                Launched order = order(redis, inventory.port())) {
            String address = "127.0.0.1:" + order.port();
            assertServes(inventory.port(), "coordkit.samples.v1.Inventory");
            assertServes(order.port(), "coordkit.samples.v1.OrderService");

            Path shared = Orders.file(directory, "S", 250);
            Path own = Orders.file(directory, "D", 250);
            try (Launched one = client(address, shared);
                    Launched two = client(address, shared);
                    Launched three = client(address, own)) {
                one.assertBalanced();
                two.assertBalanced();
                three.assertBalanced();
            }

            order.stop();
            inventory.stop();
            assertThat(order.err()).as("ends without a complaint").isEmpty();
            assertThat(inventory.err()).as("ends without a complaint").isEmpty();
        }
    }

    private Launched client(String address, Path orders) {
        return Launched.start(CheckoutMain.class, directory, "--order", address, "--orders", orders.toString());
    }

    private Launched inventory(RedisProcess redis) {
        return Launched.start(
                InventoryMain.class,
                directory,
                "--port",
                "0",
                "--db",
                directory.resolve("inventory").toString(),
                "--redis",
                redis.url(),
                "--products",
                Launched.PRODUCTS.toString());
    }

    private Launched order(RedisProcess redis, int inventoryPort) {
        return Launched.start(
                OrderMain.class,
                directory,
                "--port",
                "0",
                "--db",
                directory.resolve("order").toString(),
                "--redis",
                redis.url(),
                "--inventory",
                "127.0.0.1:" + inventoryPort);
    }

    private static void assertServes(int port, String service) throws Exception {
        ManagedChannel channel = Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
        try {
            assertThat(HealthGrpc.newBlockingStub(channel)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            CompletableFuture<List<String>> names = new CompletableFuture<>();
            StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(channel)
                    .serverReflectionInfo(new StreamObserver<>() {
                        @Override
                        public void onNext(ServerReflectionResponse response) {
                            names.complete(response.getListServicesResponse().getServiceList().stream()
                                    .map(found -> found.getName())
                                    .toList());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            names.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {}
                    });
            questions.onNext(
                    ServerReflectionRequest.newBuilder().setListServices("").build());
            questions.onCompleted();
            assertThat(names.get()).contains(service);
        } finally {
            channel.shutdownNow();
        }
    }
}
