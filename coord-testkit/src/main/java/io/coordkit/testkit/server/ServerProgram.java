package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server runs.
 *
 * @param name the server's, for messages
 * @param origin where the program was found
 * @param version as the program itself says; empty if only the server that runs can tell
 */
record ServerProgram(String name, String origin, String version) {
    private static final Pattern VERSION = Pattern.compile("\\d+(?:\\.\\d+)+");

    /**
     * Asks a program which version it is.
     *
     * @param question a command that prints the version
     */
    static ServerProgram asking(String name, String origin, List<String> question) {
        return new ServerProgram(name, origin, version(output(question)));
    }

    /** The first version in what a server has answered. */
    static String version(String answer) {
        Matcher version = VERSION.matcher(answer);
        if (!version.find()) {
            throw new IllegalStateException("It tells no version: " + answer);
        }
        return version.group();
    }

    private static String output(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
