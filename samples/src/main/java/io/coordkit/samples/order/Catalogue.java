package io.coordkit.samples.order;

import io.coordkit.samples.data.OrderFile;
import io.coordkit.samples.proto.InventoryGrpc;
import io.coordkit.samples.proto.Line;
import io.coordkit.samples.proto.ListProductsRequest;
import io.coordkit.samples.proto.PlaceOrderRequest;
import io.coordkit.samples.proto.Product;
import io.coordkit.samples.proto.ProductList;
import io.grpc.Channel;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The inventory's products as far as this service has seen them, and the check of an order against them. Prices never
 * change, so that what was seen stays right; a product that was not seen yet is asked for. Thread-safe.
 */
final class Catalogue {
    private static final int MAX_LINES = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final InventoryGrpc.InventoryBlockingStub inventory;
    private final Map<String, Product> products = new ConcurrentHashMap<>();

    Catalogue(Channel inventory) {
        this.inventory = InventoryGrpc.newBlockingStub(inventory).withWaitForReady();
    }

    /** What the inventory has now. */
    ProductList refresh() {
        ProductList list = inventory
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .listProducts(ListProductsRequest.getDefaultInstance());
        list.getProductsList().forEach(product -> products.put(product.getSku(), product));
        return list;
    }

    /**
     * The order, with its lines added up and its price.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT naming what is wrong with it
     */
    NewOrder check(PlaceOrderRequest request) {
        String orderNo = request.getOrderNo();
        if (!orderNo.matches("[!-~]{1," + OrderFile.MAX_ORDER_NO + "}")) {
            throw invalid("order_no must be 1 to " + OrderFile.MAX_ORDER_NO
                    + " printable ASCII characters without spaces, was '" + orderNo + "'");
        }
        String customer = request.getCustomer().strip();
        if (customer.isEmpty() || customer.length() > OrderFile.MAX_CUSTOMER) {
            throw invalid("customer must be 1 to " + OrderFile.MAX_CUSTOMER + " characters, was " + customer.length());
        }
        if (request.getLinesCount() < 1 || request.getLinesCount() > MAX_LINES) {
            throw invalid(
                    "order " + orderNo + " must have 1 to " + MAX_LINES + " lines, had " + request.getLinesCount());
        }
        Map<String, Long> bySku = new TreeMap<>();
        for (Line line : request.getLinesList()) {
            if (line.getQuantity() < 1 || line.getQuantity() > OrderFile.MAX_QUANTITY) {
                throw invalid("quantity of " + line.getSku() + " must be from 1 to " + OrderFile.MAX_QUANTITY + ", was "
                        + line.getQuantity());
            }
            bySku.merge(line.getSku(), line.getQuantity(), Long::sum);
        }
        long amount = 0;
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<String, Long> line : bySku.entrySet()) {
            amount = Math.addExact(
                    amount, Math.multiplyExact(product(line.getKey()).getPriceCents(), line.getValue()));
            lines.add(Line.newBuilder()
                    .setSku(line.getKey())
                    .setQuantity(line.getValue())
                    .build());
        }
        return new NewOrder(orderNo, customer, lines, amount);
    }

    private Product product(String sku) {
        Product product = products.get(sku);
        if (product == null) {
            refresh();
            product = products.get(sku);
        }
        if (product == null) {
            throw invalid("unknown sku '" + sku + "'");
        }
        return product;
    }

    private static RuntimeException invalid(String why) {
        return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
    }
}
