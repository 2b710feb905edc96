package io.coordkit.testkit.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortTest {
    private static final int PORTS = 300;

    /** Tells its ports, and lives on until it is killed. */
    static final class Other {
        public static void main(String[] arguments) throws IOException {
            for (int i = 0; i < PORTS; i++) {
                System.out.println(FreePort.find());
            }
            while (System.in.read() >= 0) {
                // It is still alive.
            }
        }
    }

    @Test
    void noTwoProcessesAreGivenTheSame_thoughNobodyListens() throws IOException {
        List<Integer> given = new ArrayList<>();
        try (ChildJvm one = ChildJvm.startPiped(Other.class);
                ChildJvm other = ChildJvm.startPiped(Other.class)) {
            for (ChildJvm each : List.of(one, other)) {
                BufferedReader ports = new BufferedReader(new InputStreamReader(each.output(), UTF_8));
                for (int i = 0; i < PORTS; i++) {
                    given.add(Integer.valueOf(ports.readLine()));
                    given.add(FreePort.find());
                }
            }
        }
        assertThat(given).hasSize(4 * PORTS).doesNotHaveDuplicates();
    }
}
