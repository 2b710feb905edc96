package io.coordkit.lock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RedisReleasesTest {
    private final List<List<String>> calls = new ArrayList<>();
    private final List<CompletableFuture<Void>> answers = new ArrayList<>();
    private final RedisReleases releases = new RedisReleases(together -> {
        calls.add(together.stream().map(RedisReleases.Leaving::candidate).toList());
        CompletableFuture<Void> answer = new CompletableFuture<>();
        answers.add(answer);
        return answer;
    });

    @Test
    void whatComesWhileACallIsUnderWayGoesTogetherInTheNext() {
        List<CompletionStage<Void>> leaving =
                IntStream.range(0, 4).mapToObj(i -> release("a", i)).toList();
        assertThat(calls).containsExactly(List.of("0"));
        answers.get(0).complete(null);
        assertThat(leaving.get(0).toCompletableFuture()).isCompleted();
        assertThat(calls).containsExactly(List.of("0"), List.of("1", "2", "3"));
        answers.get(1).completeExceptionally(new IllegalStateException("no answer"));
        assertThat(leaving.subList(1, 4))
                .allSatisfy(failed -> assertThat(failed.toCompletableFuture()).isCompletedExceptionally());
        CompletionStage<Void> last = release("a", 4);
        answers.get(2).complete(null);
        assertThat(last.toCompletableFuture()).isCompleted();
    }

    @Test
    void aCallHasFiveHundredAtMost() {
        IntStream.range(0, 1_002).forEach(i -> release("a", i));
        answers.get(0).complete(null);
        answers.get(1).complete(null);
        answers.get(2).complete(null);
        assertThat(calls).extracting(List::size).containsExactly(1, 500, 500, 1);
    }

    @Test
    void bucketsDoNotWaitForEachOther() {
        assertThat(RedisKeys.of("a").bucket()).isNotEqualTo(RedisKeys.of("b").bucket());
        release("a", 1);
        release("b", 2);
        assertThat(calls).containsExactly(List.of("1"), List.of("2"));
    }

    @Test
    void aClientThatThrowsIsAnAnswerThatFailed() {
        RedisReleases broken = new RedisReleases(together -> {
            throw new IllegalStateException("shut down");
        });
        for (int i = 0; i < 2; i++) {
            assertThat(broken.release(RedisKeys.of("a"), "1", true).toCompletableFuture())
                    .isCompletedExceptionally();
        }
    }

    private CompletionStage<Void> release(String name, int candidate) {
        return releases.release(RedisKeys.of(name), Integer.toString(candidate), true);
    }
}
