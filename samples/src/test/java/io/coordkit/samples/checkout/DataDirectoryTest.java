package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class DataDirectoryTest {

    @Test
    void temporaryDirectoryOfAKilledRun_isRemovedByTheNext() throws Exception {
        Path left = Files.createTempDirectory("coordkit-checkout-");
        Files.createFile(left.resolve("checkout.lock"));
        Files.writeString(left.resolve("order.log"), "it was killed");
        Path used;

        InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofMinutes(2));
        try (DataDirectory fresh = DataDirectory.temporary(later)) {
            used = fresh.path();
            assertThat(left).doesNotExist();
            assertThat(used).isDirectory();
        }

        assertThat(used).doesNotExist();
    }

    @Test
    void temporaryDirectoryThatIsYoung_isLeftAlone() throws Exception {
        Path starting = Files.createTempDirectory("coordkit-checkout-");
        Path lock = Files.createFile(starting.resolve("checkout.lock"));

        try (DataDirectory fresh = DataDirectory.temporary(InstantSource.system())) {
            assertThat(fresh.path()).isDirectory();
            assertThat(starting).isDirectory();
        }

        Files.delete(lock);
        Files.delete(starting);
    }
}
