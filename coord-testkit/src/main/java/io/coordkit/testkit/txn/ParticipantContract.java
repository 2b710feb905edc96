package io.coordkit.testkit.txn;

import static io.coordkit.txn.spi.BranchReply.Code.BUSINESS;
import static io.coordkit.txn.spi.BranchReply.Code.LATE_TRY;
import static io.coordkit.txn.spi.BranchReply.Code.PAYLOAD_MISMATCH;
import static io.coordkit.txn.spi.BranchReply.Code.STALE_EPOCH;
import static io.coordkit.txn.spi.BranchReply.Code.WRONG_STATE;
import static io.coordkit.txn.spi.Operation.CANCEL;
import static io.coordkit.txn.spi.Operation.CONFIRM;
import static io.coordkit.txn.spi.Operation.TRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every TCC participant must keep towards its coordinator; the rules stand in {@code docs/contract.md}. A
 * participant's test extends this class and brings business code that the contract commands by payload: each operation
 * leaves one durable effect (a row, say) that {@link #effects} counts. Before its effect, a try whose payload begins with
 * {@value #REFUSE} says no; after its effect, an operation throws as long as {@link #mustFail()} says so. To make rule T30
 * mean something, tries of different branches should meet in the database in such a way that some of them deadlock.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class ParticipantContract {
    /** How the payload of a try begins that the business code refuses; the rest is the reason. */
    protected static final String REFUSE = "refuse:";

    private static final int CLIENTS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROUNDS = 30;

    private final Instant deadline =
            InstantSource.system().instant().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
    private final String gid = "Contract-" + UUID.randomUUID();
    private final TxnOrigin origin = new TxnOrigin("home", "coordinator/1", 1, deadline);
    private final Map<String, InquiryReply> outcomes = new ConcurrentHashMap<>();
    private final Queue<Inquiry> inquiries = new ConcurrentLinkedQueue<>();
    private volatile boolean failing;
    private volatile boolean silent;
    private final List<BranchEndpoint> opened = new ArrayList<>();

    /**
     * The participant, as its coordinator would reach it.
     *
     * @param inquiries whom it is to ask about the home log {@code home}, when a reservation is about a second old
     */
    protected abstract BranchEndpoint openParticipant(InquiryEndpoint inquiries);

    /** How often that operation's business code took effect for that branch. */
    protected abstract int effects(String gid, String branch, Operation operation);

    /** Whether business code is to throw an unchecked exception after it has made its effect. */
    protected final boolean mustFail() {
        return failing;
    }

    @BeforeEach
    final void open() {
        opened.add(openParticipant(this::answer));
    }

    private CompletionStage<InquiryReply> answer(Inquiry inquiry) {
        inquiries.add(inquiry);
        if (silent) {
            return CompletableFuture.failedStage(new IllegalStateException("the wire is cut"));
        }
        return CompletableFuture.completedStage(outcomes.getOrDefault(inquiry.branch(), new InquiryReply.Undecided()));
    }

    @AfterEach
    final void close() {
        opened.forEach(BranchEndpoint::close);
    }

    private BranchReply call(Operation operation) throws Exception {
        return call(gid, "1", operation, 1, "payload");
    }

    private BranchReply call(String id, String branch, Operation operation, long epoch, String payload)
            throws Exception {
        Payload bytes = Payload.of(payload.getBytes(StandardCharsets.UTF_8));
        return opened.get(0)
                .call(new BranchCall(
                        id,
                        branch,
                        "participant",
                        operation,
                        1,
                        new TxnOrigin("home", "coordinator/1", epoch, deadline),
                        bytes,
                        "why"))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
    }

    private void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private long inquiries(String branch) {
        return inquiries.stream().filter(each -> each.branch().equals(branch)).count();
    }

    private static BranchReply done() {
        return new BranchReply.Done();
    }

    private static void assertRefused(BranchReply reply, BranchReply.Code code) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        BranchReply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private void assertEffects(String branch, int tries, int confirms, int cancels) {
        assertThat(List.of(effects(gid, branch, TRY), effects(gid, branch, CONFIRM), effects(gid, branch, CANCEL)))
                .as("effects of try, confirm, cancel")
                .containsExactly(tries, confirms, cancels);
    }

    @Test
    final void T21_aRepeatIsAnsweredDoneAndTakesEffectOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Operation end = round % 2 == 0 ? CONFIRM : CANCEL;
            String branch = end + "-" + round;
            for (Operation operation : List.of(TRY, end)) {
                Callable<BranchReply> delivery = () -> call(gid, branch, operation, 1, "payload");
                assertThat(Crowd.run(
                                IntStream.range(0, 5).mapToObj(i -> delivery).toList()))
                        .containsOnly(done());
                assertThat(delivery.call()).isEqualTo(done());
            }
            assertEffects(branch, 1, end == CONFIRM ? 1 : 0, end == CANCEL ? 1 : 0);
        }
    }

    @Test
    final void T22_aCancelWithoutItsTryChangesNothing_andTheTryIsLate() throws Exception {
        assertThat(call(CANCEL)).isEqualTo(done());
        assertThat(call(CANCEL)).isEqualTo(done());
        assertRefused(call(TRY), LATE_TRY);
        assertRefused(call(TRY), LATE_TRY);
        assertEffects("1", 0, 0, 0);
    }

    @Test
    final void T23_aTryAfterAnEffectiveCancelIsLateToo() throws Exception {
        assertThat(call(TRY)).isEqualTo(done());
        assertThat(call(CANCEL)).isEqualTo(done());
        assertRefused(call(TRY), LATE_TRY);
        assertEffects("1", 1, 0, 1);
    }

    @Test
    final void T24_whatWasNotTriedOrIsEndedOtherwiseIsNotConfirmedOrCancelled() throws Exception {
        assertRefused(call(CONFIRM), WRONG_STATE);
        assertThat(call(TRY)).as("the confirm left nothing").isEqualTo(done());
        assertThat(call(CONFIRM)).isEqualTo(done());
        assertRefused(call(CANCEL), WRONG_STATE);
        assertEffects("1", 1, 1, 0);
        call(gid, "2", TRY, 1, "payload");
        call(gid, "2", CANCEL, 1, "payload");
        assertRefused(call(gid, "2", CONFIRM, 1, "payload"), WRONG_STATE);
        assertEffects("2", 1, 0, 1);
    }

    @Test
    final void T25_anotherPayloadIsRefused() throws Exception {
        assertThat(call(TRY)).isEqualTo(done());
        for (Operation operation : List.of(TRY, CONFIRM, CANCEL)) {
            assertRefused(call(gid, "1", operation, 1, "Payload"), PAYLOAD_MISMATCH);
        }
        assertEffects("1", 1, 0, 0);
        assertThat(call(CONFIRM)).isEqualTo(done());
    }

    @Test
    final void T26_anOlderEpochIsRefused() throws Exception {
        assertThat(call(gid, "1", TRY, 2, "payload")).isEqualTo(done());
        for (Operation operation : List.of(TRY, CONFIRM, CANCEL)) {
            assertRefused(call(gid, "1", operation, 1, "payload"), STALE_EPOCH);
        }
        assertEffects("1", 1, 0, 0);
        assertThat(call(gid, "1", TRY, 5, "payload")).as("a repeat, by another").isEqualTo(done());
        assertRefused(call(gid, "1", CONFIRM, 4, "payload"), STALE_EPOCH);
        assertThat(call(gid, "1", CONFIRM, 6, "payload")).isEqualTo(done());
        assertEffects("1", 1, 1, 0);
        assertThat(call(gid, "1", CONFIRM, 8, "payload")).isEqualTo(done());
        assertRefused(call(gid, "1", CONFIRM, 7, "payload"), STALE_EPOCH);
        assertThat(call(gid, "2", CANCEL, 3, "payload")).isEqualTo(done());
        assertRefused(call(gid, "2", TRY, 2, "payload"), STALE_EPOCH);
    }

    @Test
    final void T27_aBusinessNoGivesItsReasonAndLeavesNothing() throws Exception {
        String payload = REFUSE + "t\u00fckendi";
        for (int i = 0; i < 2; i++) {
            BranchReply reply = call(gid, "1", TRY, 1, payload);
            assertRefused(reply, BUSINESS);
            assertThat(((BranchReply.Refused) reply).reason()).contains("t\u00fckendi");
        }
        assertThat(effects(gid, "1", TRY)).isZero();
        assertThat(call(gid, "1", CANCEL, 1, payload)).isEqualTo(done());
    }

    @Test
    final void T28_aFailureIsNoAnswerAndLeavesNothing() throws Exception {
        for (Operation operation : List.of(TRY, CONFIRM)) {
            failing = true;
            assertThatThrownBy(() -> call(operation))
                    .as("no answer to %s", operation)
                    .isNotNull();
            assertThat(effects(gid, "1", operation)).isZero();
            failing = false;
            assertThat(call(operation)).isEqualTo(done());
            assertThat(effects(gid, "1", operation)).isEqualTo(1);
        }
    }

    @Test
    final void T29_gidsAndBranchesDifferByEveryCharacter() throws Exception {
        assertThat(call(gid, "b", TRY, 1, "one")).isEqualTo(done());
        assertThat(call(gid, "B", TRY, 1, "two")).isEqualTo(done());
        assertThat(call(gid.toUpperCase(Locale.ROOT), "b", TRY, 1, "three")).isEqualTo(done());
        String longest = gid + "!" + "x".repeat(64 - gid.length() - 2);
        assertThat(call(longest + "1", "~".repeat(32), TRY, 1, "four")).isEqualTo(done());
        assertThat(call(longest + "2", "~".repeat(32), TRY, 1, "five")).isEqualTo(done());
        assertThat(call(gid, "b", CANCEL, 1, "one")).isEqualTo(done());
        assertThat(call(gid, "B", CONFIRM, 1, "two")).isEqualTo(done());
    }

    @Test
    final void T30_contentionReachesNobody() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String branch = "branch-" + round;
            List<Callable<BranchReply>> deliveries = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                // Half of them shout at one branch, the others have one each.
                String target = client % 2 == 0 ? branch : branch + "-" + client;
                Operation operation = client % 4 == 2 ? CANCEL : TRY;
                deliveries.add(() -> call(gid, target, operation, 1, "payload"));
            }
            for (BranchReply reply : Crowd.run(deliveries)) {
                if (!reply.equals(done())) {
                    assertRefused(reply, LATE_TRY);
                }
            }
            assertThat(effects(gid, branch, CANCEL))
                    .as("what was tried is cancelled")
                    .isEqualTo(effects(gid, branch, TRY))
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    final void T31_aReservationThatNobodyEndsIsEndedAsItsHomeLogSays() throws Exception {
        outcomes.put("kept", new InquiryReply.Confirm(3));
        outcomes.put("given-back", new InquiryReply.Cancel(1, "no"));
        call(gid, "kept", TRY, 1, "payload");
        call(gid, "given-back", TRY, 2, "payload");
        await("both are ended", () -> isEnded("kept") && isEnded("given-back"));
        assertEffects("kept", 1, 1, 0);
        assertEffects("given-back", 1, 0, 1);
    }

    private boolean isEnded(String branch) {
        return effects(gid, branch, CONFIRM) + effects(gid, branch, CANCEL) > 0;
    }

    @Test
    final void T32_withoutAnAnswerAReservationStays() throws Exception {
        silent = true;
        call(gid, "silent", TRY, 1, "payload");
        await("asked again and again", () -> inquiries("silent") >= 2 || isEnded("silent"));
        silent = false;
        await("asked, and told that it is undecided", () -> inquiries("silent") >= 3 || isEnded("silent"));
        assertEffects("silent", 1, 0, 0);
        assertThat(call(gid, "silent", CONFIRM, 1, "payload")).isEqualTo(done());
        assertEffects("silent", 1, 1, 0);
    }

    @Test
    final void T33_anInquirySaysWhatTheTrySaid() throws Exception {
        call(gid, "asked", TRY, 1, "payload");
        await("asked", () -> inquiries("asked") > 0);
        assertThat(inquiries).allSatisfy(each -> assertThat(each).isEqualTo(new Inquiry(gid, "asked", origin)));
    }

    @Test
    final void T34_whatIsEndedIsNotAskedAbout() throws Exception {
        List<String> ended = List.of("confirmed", "cancelled", "never-tried");
        call(gid, "confirmed", TRY, 1, "payload");
        call(gid, "confirmed", CONFIRM, 1, "payload");
        call(gid, "cancelled", TRY, 1, "payload");
        call(gid, "cancelled", CANCEL, 1, "payload");
        call(gid, "never-tried", CANCEL, 1, "payload");
        call(gid, "later", TRY, 1, "payload");
        // By then every question has been put that may have been under way when the branches were ended.
        await("what came later is asked about", () -> inquiries("later") >= 2);
        long seen = inquiries("later");
        List<Long> before = ended.stream().map(this::inquiries).toList();
        await("and again", () -> inquiries("later") >= seen + 2);
        assertThat(ended.stream().map(this::inquiries)).containsExactlyElementsOf(before);
    }
}
