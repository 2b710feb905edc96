package io.coordkit.lock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's project, outside the build, with the BOM and {@code lock-redis}: it compiles, runs, and gets Redisson and
 * nothing it did not ask for.
 */
class OutsideProjectIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path WORK = Path.of("target", "outside").toAbsolutePath();
    private static final String VERSION =
            Objects.requireNonNull(System.getProperty("coordkit.version"), "coordkit.version");

    @TempDir
    private static Path project;

    @BeforeAll
    static void publishTheBuildAndCopyTheProject() throws IOException {
        publish("coordkit", ROOT.resolve("pom.xml"), null);
        publish("coord-bom", ROOT.resolve("coord-bom/pom.xml"), null);
        for (String module : List.of("coord-api", "lock-redis")) {
            Path home = ROOT.resolve(module);
            publish(module, home.resolve("pom.xml"), home.resolve("target/" + module + "-" + VERSION + ".jar"));
        }
        Path source = Path.of("src/test/outside");
        try (var files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                copy(file, project.resolve(source.relativize(file)));
            }
        }
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void itCompilesRunsAndGetsNothingItDidNotAskFor() throws Exception {
        maven(
                "compile",
                "dependency:tree",
                "-DoutputFile=tree",
                "dependency:build-classpath",
                "-Dmdep.outputFile=classpath");
        String tree = Files.readString(project.resolve("tree"));
        assertThat(tree)
                .contains("io.coordkit:lock-redis:jar:" + VERSION + ":compile")
                .contains("org.redisson:redisson:jar:")
                .doesNotContainIgnoringCase("jdbi")
                .doesNotContainIgnoringCase("grpc")
                .doesNotContain("com.h2database")
                .doesNotContain("junit")
                .doesNotContain("coord-testkit");
        String classPath = Files.readString(project.resolve("classpath")).strip();
        try (RedisServer redis = RedisServer.start()) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String output = run(List.of(java, "-cp", "target/classes:" + classPath, "outside.Main", redis.uri()));
            assertThat(output).containsPattern("held with token [1-9][0-9]+");
        }
    }

    private static void publish(String artifact, Path pom, @Nullable Path jar) throws IOException {
        Path home = WORK.resolve("repository/io/coordkit/" + artifact + "/" + VERSION);
        copy(pom, home.resolve(artifact + "-" + VERSION + ".pom"));
        if (jar != null) {
            copy(jar, home.resolve(artifact + "-" + VERSION + ".jar"));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A local repository of its own: what is on this machine already must not help, nor be touched. */
    private static void maven(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ROOT.resolve("mvnw").toString(),
                "-B",
                "-U",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + WORK.resolve("m2"),
                "-Dcoordkit.version=" + VERSION,
                "-Dcoordkit.repository=" + WORK.resolve("repository").toUri()));
        command.addAll(List.of(arguments));
        run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(project, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(9, TimeUnit.MINUTES)).as("%s ended", command).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as("%s printed%n%s", command, text).isZero();
        return text;
    }
}
