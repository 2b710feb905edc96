package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.server.Servers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class ComposeFileTest {
    private static final String OWN = "coordkit-samples";

    @Test
    void itsImages_areThoseThatTheContractsRunOn() throws IOException {
        Properties tested = new Properties();
        try (InputStream images = Objects.requireNonNull(Servers.class.getResourceAsStream("images.properties"))) {
            tested.load(images);
        }
        List<String> named = Files.readAllLines(Path.of("..", "docker-compose.yml")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("image: "))
                .map(line -> line.substring("image: ".length()))
                .filter(image -> !image.equals(OWN))
                .toList();
        assertThat(named).hasSize(3).allMatch(tested::containsValue);
    }
}
