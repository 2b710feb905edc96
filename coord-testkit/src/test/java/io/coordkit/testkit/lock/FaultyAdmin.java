package io.coordkit.testkit.lock;

import io.coordkit.lock.LockStatus;
import io.coordkit.lock.spi.AdminBackend;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What operators need, made to break a rule. */
final class FaultyAdmin implements AdminBackend {
    private final AdminBackend admin;
    private final LockFault fault;

    FaultyAdmin(AdminBackend admin, LockFault fault) {
        this.admin = admin;
        this.fault = fault;
    }

    @Override
    public CompletionStage<Optional<LockStatus>> inspect(String name) {
        return admin.inspect(name).thenApply(status -> switch (fault) {
            case L45_NOBODY_EVER_WAITS -> status.map(FaultyAdmin::withoutWaiters);
            case L49_FREE_LOCKS_ARE_HELD_BY_NOBODY -> Optional.of(status.orElse(heldByNobody(name)));
            default -> status;
        });
    }

    private static LockStatus withoutWaiters(LockStatus status) {
        return new LockStatus(
                status.name(), status.holder(), status.grant(), status.since(), status.left(), 0, status.revoked());
    }

    private static LockStatus heldByNobody(String name) {
        return new LockStatus(name, "nobody", 1, Optional.empty(), Optional.of(Duration.ZERO), 0, false);
    }

    @Override
    public CompletionStage<List<String>> list(String prefix, int limit) {
        return admin.list(fault == LockFault.L46_THE_LIST_IGNORES_THE_PREFIX ? "" : prefix, limit);
    }

    @Override
    public CompletionStage<Boolean> revoke(LockStatus holder, String reason) {
        return switch (fault) {
            case L47_A_FORCED_RELEASE_IS_IMMEDIATE -> admin.delete(holder);
            case L49_FREE_LOCKS_ARE_HELD_BY_NOBODY -> CompletableFuture.completedStage(true);
            default -> admin.revoke(holder, reason);
        };
    }

    @Override
    public CompletionStage<Boolean> delete(LockStatus holder) {
        return fault == LockFault.L48_AN_IMMEDIATE_RELEASE_DOES_NOTHING
                ? CompletableFuture.completedStage(true)
                : admin.delete(holder);
    }
}
