package io.coordkit.txn.twophase;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.coordkit.testkit.Crowd;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.BranchReply;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.MethodCall;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Mistakes in the coordinator and in the participant break the rules that are about them, and each rule is broken. */
class MistakesTest {
    private static final int AT_ONCE = 6;

    /** What is wrong, and which rules show it. */
    private record Mistake(String what, Set<String> rules, List<MutantLoader.Change> changes) {}

    private static final List<Mistake> MISTAKES = List.of(
            mistake("none", ""),
            mistake(
                    "forgets that a body has run out of time",
                    "X6",
                    in("twophase.XaTransaction", named("expire"), StubMethod.INSTANCE)),
            mistake(
                    "lends connections as they are",
                    "X2 X14",
                    in("core.BorrowedConnection", named("of"), FixedValue.argument(0))),
            mistake(
                    "takes the branches of other logs",
                    "X11",
                    in("twophase.BranchXid", named("home"), FixedValue.value("default"))),
            mistake("takes unknown for done", "X9 X10 X12", in("twophase.OpenDatabase", named("settle"), done())),
            mistake("keeps no names", "X13", in("twophase.ResourceName", named("claim"), StubMethod.INSTANCE)),
            mistake(
                    "forgets the last resource",
                    "X15 X16",
                    in(
                            "coordinator.Deciding",
                            named("with"),
                            MethodCall.invoke(named("inLog")).withArgument(1))),
            mistake("votes also when alone", "X17 X19", in("twophase.XaTransaction", named("lone"), empty())),
            mistake(
                    "does not see what was decided alone",
                    "X17",
                    in("twophase.XaTransaction", named("isKnown"), FixedValue.value(false))),
            mistake(
                    "knows nothing of what was decided",
                    "X18",
                    in("twophase.OnePhase", named("prevent"), empty()),
                    in("coordinator.Coordinator", named("outcome"), empty())),
            mistake(
                    "takes a lost answer for an abort",
                    "X17 X19",
                    in(
                            "twophase.OnePhase",
                            named("abort"),
                            MethodCall.invoke(method(MistakesTest.class, "aborted"))
                                    .withArgument(1))),
            mistake(
                    "commits alone without a row",
                    "X17 X19",
                    in("twophase.LoneOutcomes", named("commit"), FixedValue.value(true))),
            mistake("forgets what was done", "X20", in("twophase.XaGuard", named("isNew"), FixedValue.value(true))),
            mistake(
                    "does not find what is prepared",
                    "X20 X23 X25 X26",
                    in("twophase.XaParticipant", named("find"), empty())),
            mistake("commits whatever is said", "X21 X27 X33", in("twophase.OpenDatabase", named("end"), Always.class)),
            mistake("tells no reason", "X22", in("RefusedException", named("toReply"), refused())),
            mistake(
                    "does not interrupt the work",
                    "X24",
                    in("twophase.OpenDatabase", named("abort"), StubMethod.INSTANCE)),
            mistake(
                    "forgets the votes",
                    "X29 X30 X31 X32",
                    in("twophase.ThreePhaseRows", named("preCommit"), FixedValue.value(true))),
            mistake("forgets what ended alone", "X28 X29 X30", in("twophase.ThreePhaseRows", named("leave"), empty())),
            mistake(
                    "asks no more once it has ended",
                    "X31",
                    in("twophase.ThreePhaseRows", named("untold"), nothing(List.class))),
            mistake(
                    "does not wait for the deadline",
                    "X33",
                    in("twophase.ThreePhaseRows", named("move"), NoCondition.class)),
            mistake(
                    "ends alone in two phases",
                    "X34",
                    in("twophase.ThreePhaseRows", named("find"), voted()),
                    in("twophase.ThreePhaseRows", named("endAlone"), FixedValue.value(true))),
            mistake(
                    "guesses without being told to",
                    "X35",
                    in(
                            "twophase.XaParticipant",
                            named("canCommit"),
                            MethodCall.invoke(named("prepare")).withArgument(0))),
            mistake(
                    "has nobody to ask",
                    "X36",
                    new MutantLoader.Change(
                            "io.coordkit.txn.twophase.XaParticipant$Builder",
                            right -> right.visit(MemberSubstitution.relaxed()
                                    .method(named("isEmpty"))
                                    .stub()
                                    .on(named("open"))))),
            mistake("knows no owners", "X11 X37", in("twophase.ResourceName", named("owner"), FixedValue.value("all"))),
            mistake(
                    "does not know whom it can ask",
                    "X43",
                    in("twophase.XaParticipant", named("isKnown"), FixedValue.value(true))),
            mistake("takes nothing for done", "X38", in("twophase.XaGuard", named("isDone"), FixedValue.value(true))),
            mistake(
                    "holds what others have ended",
                    "X39",
                    in("twophase.OpenDatabase", named("heldPrepared"), nothing(Set.class))),
            mistake("loses connections", "X39 X40", in("twophase.XaPool", named("discard"), StubMethod.INSTANCE)),
            mistake("asks one after the other", "X41", in("twophase.Inquiries", named("ask"), Waits.class)),
            mistake(
                    "does not see its own cancel",
                    "X42",
                    in("twophase.ThreePhaseBranches", named("isLeft"), FixedValue.value(false))),
            mistake(
                    "prepares what only reads",
                    "X44 X47",
                    in("twophase.H2Xa", named("hasChanged"), FixedValue.value(true))),
            mistake(
                    "waits for all databases at the start",
                    "X45",
                    in(
                            "twophase.OpenDatabase",
                            named("openSoon"),
                            MethodCall.invoke(named("open")).withAllArguments())),
            mistake(
                    "lists nothing that waits",
                    "X48",
                    in("twophase.InDoubtScan", takesArguments(0).and(named("waiting")), nothing(List.class))),
            mistake(
                    "takes any payload for the branch's",
                    "X46",
                    in("twophase.XaGuard", named("hadAnotherPayload"), FixedValue.value(false))));

    private static Mistake mistake(String what, String rules, MutantLoader.Change... changes) {
        return new Mistake(
                what,
                Stream.of(rules.split(" ")).filter(rule -> !rule.isEmpty()).collect(Collectors.toUnmodifiableSet()),
                List.of(changes));
    }

    private static MutantLoader.Change in(
            String type, ElementMatcher<MethodDescription> method, Implementation instead) {
        return new MutantLoader.Change(
                "io.coordkit.txn." + type, right -> right.method(method).intercept(instead));
    }

    private static MutantLoader.Change in(String type, ElementMatcher<MethodDescription> method, Class<?> before) {
        return new MutantLoader.Change(
                "io.coordkit.txn." + type,
                right -> right.visit(Advice.to(before).on(method)));
    }

    /** Before an end: it is to be a commit. */
    static final class Always {
        @Advice.OnMethodEnter
        @SuppressWarnings("UnusedVariable") // it is written
        static void enter(@Advice.Argument(value = 1, readOnly = false) boolean commit) {
            commit = true;
        }
    }

    /** Before an end: it is to be a rollback. */
    static final class Never {
        @Advice.OnMethodEnter
        @SuppressWarnings("UnusedVariable") // it is written
        static void enter(@Advice.Argument(value = 1, readOnly = false) boolean commit) {
            commit = false;
        }
    }

    /** Before a row is changed: on no condition. */
    static final class NoCondition {
        @Advice.OnMethodEnter
        @SuppressWarnings("UnusedVariable") // it is written
        static void enter(@Advice.Argument(value = 4, readOnly = false) String condition) {
            condition = "";
        }
    }

    /** After a question: waits for its answer. */
    static final class Waits {
        @Advice.OnMethodExit
        static void exit(@Advice.Return CompletableFuture<?> answer) {
            answer.join();
        }
    }

    /** What stands, for who has not looked. */
    public static TxnStatus aborted(String gid) {
        return new TxnStatus(gid, TxnState.ABORTED, "no answer", Instant.EPOCH, false, "");
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Implementation empty() {
        return MethodCall.invoke(method(Optional.class, "empty"));
    }

    private static Implementation nothing(Class<?> collection) {
        return MethodCall.invoke(Stream.of(collection.getMethods())
                .filter(method -> method.getName().equals("of") && method.getParameterCount() == 0)
                .findFirst()
                .orElseThrow());
    }

    private static Implementation done() {
        return MethodCall.construct(BranchReply.Done.class.getConstructors()[0]);
    }

    private static Implementation refused() {
        return MethodCall.construct(BranchReply.Refused.class.getConstructors()[0])
                .withMethodCall(MethodCall.invoke(method(BranchReply.Code.class, "valueOf"))
                        .with("BUSINESS"))
                .with("");
    }

    private static Implementation voted() {
        return MethodCall.invoke(method(Optional.class, "of"))
                .withMethodCall(MethodCall.invoke(takesArguments(String.class).and(named("valueOf")))
                        .with("CAN_COMMIT"));
    }

    @Test
    @Timeout(240)
    void eachMistakeBreaksTheRulesThatAreAboutIt() throws Exception {
        Set<String> all =
                MISTAKES.stream().flatMap(mistake -> mistake.rules().stream()).collect(Collectors.toSet());
        List<Callable<String>> runs = MISTAKES.stream()
                .<Callable<String>>map(mistake ->
                        () -> line(mistake, broken(mistake, mistake.changes().isEmpty() ? all : mistake.rules())))
                .toList();
        assertThat(Crowd.share(runs, AT_ONCE, Duration.ofMinutes(4)))
                .containsExactlyInAnyOrderElementsOf(MISTAKES.stream()
                        .map(mistake -> line(mistake, mistake.rules()))
                        .toList());
    }

    private static String line(Mistake mistake, Set<String> red) {
        return mistake.what() + ": " + new TreeSet<>(red);
    }

    @Test
    void eachRuleIsBroken_byAMistakeOrADatabase() {
        Set<String> broken = Stream.concat(
                        MISTAKES.stream().flatMap(mistake -> mistake.rules().stream()),
                        Stream.of(BrokenXaTest.Fault.values()).flatMap(fault -> fault.rules().stream()))
                .collect(Collectors.toSet());
        assertThat(Stream.of(TwoPhaseContract.class, XaParticipantContract.class)
                        .flatMap(cases -> Stream.of(cases.getDeclaredMethods()))
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .map(method -> rule(method.getName())))
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(broken).contains(rule));
    }

    /** Those of the rules that are red with that mistake. */
    private static Set<String> broken(Mistake mistake, Set<String> rules) throws ClassNotFoundException {
        MutantLoader loader = new MutantLoader(mistake.changes);
        MethodSelector[] selectors = Stream.concat(
                        selected(loader, H2TwoPhaseTest.class, TwoPhaseContract.class, rules),
                        selected(loader, H2XaParticipantTest.class, XaParticipantContract.class, rules))
                .toArray(MethodSelector[]::new);
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectors)
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .execute()
                .testEvents()
                .failed()
                .stream()
                .map(MistakesTest::rule)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<MethodSelector> selected(
            MutantLoader loader, Class<?> test, Class<?> cases, Set<String> rules) throws ClassNotFoundException {
        Class<?> loaded = loader.loadClass(test.getName());
        return Arrays.stream(cases.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> rules.contains(rule(name)))
                .map(name -> selectMethod(loaded, name));
    }

    private static String rule(String method) {
        return method.replaceFirst("_.*", "");
    }

    private static String rule(Event failed) {
        return rule(((MethodSource) failed.getTestDescriptor().getSource().orElseThrow()).getMethodName());
    }
}
