package io.coordkit.samples.order;

import io.coordkit.samples.proto.ListProductsRequest;
import io.coordkit.samples.proto.OrderAudit;
import io.coordkit.samples.proto.OrderAuditRequest;
import io.coordkit.samples.proto.OrderServiceGrpc;
import io.coordkit.samples.proto.PlaceOrderReply;
import io.coordkit.samples.proto.PlaceOrderRequest;
import io.coordkit.samples.proto.ProductList;
import io.coordkit.samples.service.Answers;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * The order service over gRPC. INVALID_ARGUMENT says that nothing was placed; every other failure that the order may or
 * may not have been. Thread-safe.
 */
final class OrderEndpoint extends OrderServiceGrpc.OrderServiceImplBase {
    private static final Duration MAX_DRAIN = Duration.ofMinutes(10);

    private final Catalogue catalogue;
    private final OrderDesk desk;
    private final OrderGate gate;
    private final OrderAuditor auditor;

    OrderEndpoint(Catalogue catalogue, OrderDesk desk, OrderGate gate, OrderAuditor auditor) {
        this.catalogue = catalogue;
        this.desk = desk;
        this.gate = gate;
        this.auditor = auditor;
    }

    @Override
    public void placeOrder(PlaceOrderRequest request, StreamObserver<PlaceOrderReply> answer) {
        Answers.answer("PlaceOrder " + request.getOrderNo(), answer, () -> {
            NewOrder order = catalogue.check(request);
            answer.onNext(gate.pass(() -> desk.place(order)).toReply());
        });
    }

    @Override
    public void listProducts(ListProductsRequest request, StreamObserver<ProductList> answer) {
        Answers.answer("ListProducts", answer, () -> answer.onNext(catalogue.refresh()));
    }

    @Override
    public void audit(OrderAuditRequest request, StreamObserver<OrderAudit> answer) {
        Answers.answer("Audit", answer, () -> {
            Duration patience =
                    Duration.ofMillis(Math.max(0, Math.min(MAX_DRAIN.toMillis(), request.getDrainMillis())));
            gate.drained(patience, () -> {
                auditor.drain(patience);
                auditor.read(answer::onNext);
            });
        });
    }
}
