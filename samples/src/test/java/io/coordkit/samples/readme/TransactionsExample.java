package io.coordkit.samples.readme;

import io.coordkit.samples.proto.Line;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.grpc.GrpcInquiries;
import io.coordkit.txn.grpc.GrpcParticipants;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.TccCoordinator;
import io.coordkit.txn.tcc.TccParticipant;
import io.grpc.BindableService;
import io.grpc.Channel;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** The examples of docs/transactions.md, between the marks. */
final class TransactionsExample {
    private TransactionsExample() {}

    static BranchEndpoint participant(DataSource inventoryDb, Channel orders, Access access) {
        // participant begins
        TccParticipant<Line> stock = TccParticipant.of(
                (db, call, line) -> {
                    int taken = db.execute(
                            "UPDATE stock SET available = available - ?, reserved = reserved + ?"
                                    + " WHERE sku = ? AND available >= ?",
                            line.getQuantity(),
                            line.getQuantity(),
                            line.getSku(),
                            line.getQuantity());
                    if (taken == 0) {
                        throw new RefusedException("Not enough of " + line.getSku());
                    }
                },
                (db, call, line) -> db.execute(
                        "UPDATE stock SET reserved = reserved - ? WHERE sku = ?", line.getQuantity(), line.getSku()),
                (db, call, line) -> db.execute(
                        "UPDATE stock SET available = available + ?, reserved = reserved - ? WHERE sku = ?",
                        line.getQuantity(),
                        line.getQuantity(),
                        line.getSku()));
        GuardedParticipant inventory = GuardedParticipant.on(inventoryDb, stock, Line::parseFrom)
                .name("inventory")
                .asks("orders", GrpcInquiries.endpoint(orders, access))
                .open();
        // participant ends
        return inventory;
    }

    static BindableService service(BranchEndpoint inventory, Access access) {
        // service begins
        BindableService service = GrpcParticipants.service(Map.of("inventory", inventory), access);
        // service ends
        return service;
    }

    static Tcc coordinator(DataSource ordersDb, Channel inventory, Access access) {
        // coordinator begins
        Tcc tcc = TccCoordinator.builder()
                .log(SqlTxnLog.using(ordersDb))
                .home("orders")
                .participant("inventory", GrpcParticipants.endpoint(inventory, access))
                .open();
        // coordinator ends
        return tcc;
    }

    static BindableService answers(Tcc tcc, Access access) {
        // answers begins
        BindableService answers = GrpcInquiries.service(Map.of("orders", tcc.inquiries()), access);
        // answers ends
        return answers;
    }

    static void outcomes(Tcc tcc, Line line, Consumer<String> done) throws InterruptedException {
        // outcomes begins
        Outcome<String> outcome = tcc.begin("order-1")
                .timeout(Duration.ofSeconds(5))
                .awaitPhase2(Duration.ofSeconds(2)) // only if you must read what you wrote
                .run(tx -> {
                    tx.enlist("inventory", line.toByteArray());
                    return "order 1";
                });
        if (outcome instanceof Outcome.Committed<String> committed) {
            done.accept(committed.value() + " is sold");
        } else if (outcome instanceof Outcome.Aborted<String> aborted) {
            done.accept("not sold: " + aborted.reason());
        } else if (outcome instanceof Outcome.Unknown<String> unknown) {
            done.accept("not known yet: " + tcc.outcome(unknown.gid()));
        }
        // outcomes ends
    }

    static Outcome<String> work(Tcc tcc, Line line) throws InterruptedException {
        // work begins
        Outcome<String> outcome = tcc.begin("order-2")
                .run(
                        tx -> {
                            tx.enlist("inventory", line.toByteArray());
                            return "order 2";
                        },
                        (connection, value) -> {
                            String sql = "INSERT INTO orders (name) VALUES (?)";
                            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                                insert.setString(1, value);
                                insert.executeUpdate();
                            }
                        });
        // work ends
        return outcome;
    }

    static void admin(Tcc tcc, Consumer<String> done) {
        // admin begins
        TxnAdmin admin = tcc.admin();
        for (TxnStatus status : admin.needingAttention(100)) {
            admin.show(status.gid()).stream()
                    .flatMap(details -> details.branches().stream())
                    .forEach(branch -> done.accept(branch.participant() + ": " + branch.lastResult()));
            admin.retry(status.gid()); // the participant is well again
        }
        admin.force("order-3", false, "the customer has left; ticket 1234");
        // admin ends
    }
}
