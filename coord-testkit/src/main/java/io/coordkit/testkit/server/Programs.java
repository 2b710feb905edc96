package io.coordkit.testkit.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the programs of installed servers. */
final class Programs {
    private Programs() {}

    /**
     * The program of that name on the PATH or in {@code /usr/sbin}, where Debian keeps servers and a user's PATH seldom
     * looks.
     *
     * @throws IllegalStateException naming the package to install
     */
    static Path find(String program, String debianPackage) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Pattern.compile(File.pathSeparator).splitAsStream(path), Stream.of("/usr/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(program
                        + " is neither on the PATH nor in /usr/sbin; install it, on Debian with: apt-get install "
                        + debianPackage));
    }
}
