package io.coordkit.txn.twophase;

import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A participant's process with an H2 database of its own, that halts in the middle. */
final class H2HaltingParticipant {
    private H2HaltingParticipant() {}

    /** Directory; at which point, and whether after it; what it is asked. Prints what it has answered. */
    public static void main(String[] args) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Point fatal = new Point(args[1], Boolean.parseBoolean(args[2]), Victim.PROCESS);
        FragileProcess process =
                new FragileProcess(fatal, 1, () -> Runtime.getRuntime().halt(H2HaltingProcess.HALTED));
        try (XaParticipant<String> participant = open(Path.of(args[0]), process)) {
            for (String operation : List.of(args).subList(3, args.length)) {
                ask(participant, Operation.valueOf(operation), 1);
                System.out.println(operation);
            }
        }
    }

    static XaParticipant<String> open(Path directory, FragileProcess process) {
        return XaParticipant.<String>on(
                        XaDatabase.of("left", process.around(H2HaltingProcess.database(directory, "left"), () -> {})),
                        (handle, call, payload) -> handle.execute("INSERT INTO item VALUES (?)", payload),
                        bytes -> new String(bytes, StandardCharsets.UTF_8))
                .asks("home", inquiry -> CompletableFuture.completedStage(new InquiryReply.Undecided()))
                .askEvery(Duration.ofMillis(100))
                .endsAlone(Duration.ofHours(1))
                .open();
    }

    static Object ask(BranchEndpoint participant, Operation operation, int attempt) {
        BranchCall call = new BranchCall(
                H2HaltingProcess.GID,
                "1",
                "left",
                operation,
                attempt,
                new TxnOrigin("home", "first/1", 1, Instant.now().plusSeconds(3600)),
                Payload.of("item".getBytes(StandardCharsets.UTF_8)),
                "");
        return participant.call(call).toCompletableFuture().join();
    }
}
