package io.coordkit.samples.checkout;

import io.coordkit.samples.data.SampleData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Files of orders. */
final class Orders {
    private Orders() {}

    static Path file(Path directory, String prefix, int count) {
        return file(directory, prefix, SampleData.orders(prefix, count, new Random(prefix.hashCode())));
    }

    static Path file(Path directory, String name, List<String> lines) {
        try {
            return Files.write(directory.resolve(name + ".csv"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
