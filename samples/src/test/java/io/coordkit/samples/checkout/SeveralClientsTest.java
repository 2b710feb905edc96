package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.OrderServiceGrpc;
import io.coordkit.samples.proto.OrderState;
import io.coordkit.samples.proto.PlaceOrderReply;
import io.coordkit.samples.proto.PlaceOrderRequest;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
                Launched inventory = Launched.inventory(directory, redis);
                Launched order = Launched.order(directory, redis, inventory.port())) {
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

            assertOrderNumberIsTheKey(order.port());

            order.stop();
            inventory.stop();
            assertThat(order.err()).as("ends without a complaint").isEmpty();
            assertThat(inventory.err()).as("ends without a complaint").isEmpty();
        }
    }

    /** Submits one order eight times at once, then with other lines: there is one order, and one outcome. */
    private static void assertOrderNumberIsTheKey(int port) throws Exception {
        ManagedChannel channel = channel(port);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            OrderServiceGrpc.OrderServiceBlockingStub orders = OrderServiceGrpc.newBlockingStub(channel);
            PlaceOrderRequest request = request("KEY-1", "SKU-010", 1);
            List<Callable<PlaceOrderReply>> calls = Collections.nCopies(8, () -> orders.placeOrder(request));
            List<PlaceOrderReply> replies = new ArrayList<>();
            for (Future<PlaceOrderReply> reply : threads.invokeAll(calls)) {
                replies.add(reply.get());
            }
            replies.add(orders.placeOrder(request("KEY-1", "SKU-011", 2)));

            assertThat(replies.get(0).getState()).isEqualTo(OrderState.ORDER_CONFIRMED);
            assertThat(replies).containsOnly(replies.get(0));
            assertThatThrownBy(() -> orders.placeOrder(request("KEY-2", "SKU-999", 1)))
                    .hasMessageContaining("INVALID_ARGUMENT")
                    .hasMessageContaining("SKU-999");
            assertThatThrownBy(() -> orders.placeOrder(request("KEY 2", "SKU-010", 1)))
                    .hasMessageContaining("INVALID_ARGUMENT")
                    .hasMessageContaining("order_no");
        } finally {
            threads.shutdownNow();
            channel.shutdownNow();
        }
    }

    private static PlaceOrderRequest request(String orderNo, String sku, long quantity) {
        return PlaceOrderRequest.newBuilder()
                .setOrderNo(orderNo)
                .setCustomer("ann")
                .addLines(Line.newBuilder().setSku(sku).setQuantity(quantity))
                .build();
    }

    private static ManagedChannel channel(int port) {
        return Grpc.newChannelBuilder("127.0.0.1:" + port, InsecureChannelCredentials.create())
                .build();
    }

    private Launched client(String address, Path orders) {
        return Launched.start(CheckoutMain.class, directory, "--order", address, "--orders", orders.toString());
    }

    private static void assertServes(int port, String service) throws Exception {
        ManagedChannel channel = channel(port);
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
