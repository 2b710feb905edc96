package io.coordkit.benchmarks;

import java.util.UUID;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The name of a lock that no other thread wants. */
@State(Scope.Thread)
public class Own {
    private final String name = "own:" + UUID.randomUUID();

    String name() {
        return name;
    }
}
