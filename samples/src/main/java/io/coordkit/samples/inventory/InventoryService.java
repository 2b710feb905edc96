package io.coordkit.samples.inventory;

import io.coordkit.samples.proto.InventoryAudit;
import io.coordkit.samples.proto.InventoryAuditRequest;
import io.coordkit.samples.proto.InventoryGrpc;
import io.coordkit.samples.proto.ListProductsRequest;
import io.coordkit.samples.proto.ProductList;
import io.coordkit.samples.service.Answers;
import io.grpc.stub.StreamObserver;

/** The catalogue and the audit over gRPC. Thread-safe. */
final class InventoryService extends InventoryGrpc.InventoryImplBase {
    private final Stock stock;
    private final StockAudit audit;

    InventoryService(Stock stock) {
        this.stock = stock;
        this.audit = new StockAudit(stock.jdbi());
    }

    @Override
    public void listProducts(ListProductsRequest request, StreamObserver<ProductList> answer) {
        Answers.answer(
                "ListProducts",
                answer,
                () -> answer.onNext(ProductList.newBuilder()
                        .addAllProducts(stock.products())
                        .build()));
    }

    @Override
    public void audit(InventoryAuditRequest request, StreamObserver<InventoryAudit> answer) {
        Answers.answer("Audit", answer, () -> audit.read(answer::onNext));
    }
}
