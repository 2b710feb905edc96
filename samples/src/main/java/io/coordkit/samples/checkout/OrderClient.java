package io.coordkit.samples.checkout;

import io.coordkit.samples.data.OrderFile;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.ListProductsRequest;
import io.coordkit.samples.proto.OrderAudit;
import io.coordkit.samples.proto.OrderAuditRequest;
import io.coordkit.samples.proto.OrderServiceGrpc;
import io.coordkit.samples.proto.PlaceOrderReply;
import io.coordkit.samples.proto.PlaceOrderRequest;
import io.coordkit.samples.proto.Product;
import io.coordkit.samples.service.StartupException;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Calls the order service. Thread-safe. */
final class OrderClient {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(90);
    private static final Duration READING_LIMIT = Duration.ofMinutes(2);

    private final OrderServiceGrpc.OrderServiceBlockingStub orders;
    private final String address;

    OrderClient(Channel channel, String address) {
        this.orders = OrderServiceGrpc.newBlockingStub(channel);
        this.address = address;
    }

    /**
     * The catalogue by SKU.
     *
     * @throws StartupException if the service, or the inventory behind it, does not answer
     */
    Map<String, Product> catalogue() {
        try {
            Map<String, Product> bySku = new TreeMap<>();
            orders.withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .listProducts(ListProductsRequest.getDefaultInstance())
                    .getProductsList()
                    .forEach(product -> bySku.put(product.getSku(), product));
            return bySku;
        } catch (StatusRuntimeException e) {
            throw new StartupException("no order service answers at " + address + ": " + why(e), e);
        }
    }

    /** What a failed call said, in one line. */
    static String why(StatusRuntimeException failure) {
        String description = failure.getStatus().getDescription();
        return failure.getStatus().getCode()
                + (description == null ? "" : ": " + description.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    /** Places an order, once. */
    PlaceOrderReply place(OrderFile.Order order) {
        PlaceOrderRequest.Builder request =
                PlaceOrderRequest.newBuilder().setOrderNo(order.orderNo()).setCustomer(order.customer());
        order.lines()
                .forEach((sku, quantity) -> request.addLines(
                        Line.newBuilder().setSku(sku).setQuantity(quantity).build()));
        return orders.withDeadlineAfter(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .placeOrder(request.build());
    }

    /**
     * What both databases hold.
     *
     * @param drain how long the service may wait for unfinished transactions
     */
    Snapshot audit(Duration drain) {
        Snapshot.Builder snapshot = new Snapshot.Builder();
        Iterator<OrderAudit> parts = orders.withDeadlineAfter(
                        drain.plus(READING_LIMIT).toMillis(), TimeUnit.MILLISECONDS)
                .audit(OrderAuditRequest.newBuilder()
                        .setDrainMillis(drain.toMillis())
                        .build());
        parts.forEachRemaining(snapshot::add);
        return snapshot.build();
    }
}
