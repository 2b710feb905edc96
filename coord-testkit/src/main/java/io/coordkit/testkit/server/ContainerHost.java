package io.coordkit.testkit.server;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import io.coordkit.testkit.Conformance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.images.builder.Transferable;

/**
 * A container, with its data inside. Unless it is given another, it uses the machine's own network, so that all
 * addresses, those that the members of a cluster tell each other and their clients included, are the same as those of
 * processes.
 */
final class ContainerHost implements ServerHost {
    private static final String STAND_IN = "io.coordkit.stand-in"; // a label of the images that .ci/images builds
    private static final String RUN = "io.coordkit.run"; // a label by which scripts/conformance finds what was left
    private static final String MACHINE = "host";
    private static final int READABLE = 0644;
    private static final int LOG_TAIL = 2_000;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration END_TIMEOUT = Duration.ofSeconds(30);

    private final ServerKind kind;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Map<String, String> files;
    private final String network;
    private final DockerClient docker = DockerClientFactory.instance().client();
    private @Nullable GenericContainer<?> container;

    /**
     * @param command for the image's entry point
     * @param files paths in the container, with what they contain
     */
    ContainerHost(ServerKind kind, List<String> command, Map<String, String> environment, Map<String, String> files) {
        this(kind, command, environment, files, MACHINE);
    }

    /** @param network as Docker names it */
    ContainerHost(
            ServerKind kind,
            List<String> command,
            Map<String, String> environment,
            Map<String, String> files,
            String network) {
        this.kind = kind;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.files = Map.copyOf(files);
        this.network = network;
        begin();
    }

    /** What tells that something of Docker's belongs to this run. */
    static Map<String, String> labels() {
        return Map.of(RUN, System.getProperty(Conformance.PROPERTY, ""));
    }

    @Override
    public ServerProgram program() {
        return new ServerProgram(kind.title(), "the image " + kind.image() + standIn(), "");
    }

    private String standIn() {
        ContainerConfig config = docker.inspectImageCmd(kind.image()).exec().getConfig();
        return Optional.ofNullable(config)
                .map(ContainerConfig::getLabels)
                .map(labels -> labels.get(STAND_IN))
                .map(origin -> " (a stand-in from " + origin + ")")
                .orElse("");
    }

    @Override
    public void begin() {
        GenericContainer<?> existing = container;
        if (existing != null) {
            kill();
            docker.startContainerCmd(existing.getContainerId()).exec();
            return;
        }
        @SuppressWarnings("resource") // ends in delete()
        GenericContainer<?> fresh = new GenericContainer<>(kind.image())
                .withNetworkMode(network)
                .withStartupCheckStrategy(new NoStartupCheck())
                .withLabels(labels())
                .withEnv(environment)
                .withCommand(command.toArray(String[]::new));
        files.forEach((path, content) -> fresh.withCopyToContainer(Transferable.of(content, READABLE), path));
        try {
            fresh.start();
        } catch (ContainerLaunchException e) {
            fresh.stop();
            throw new IllegalStateException(kind.title() + " did not start in a container: " + e.getMessage(), e);
        }
        container = fresh;
    }

    @Override
    public void await(BooleanSupplier ready, String where, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        // The container is asked after the port: it may be a stranger who answers there.
        while (!(ready.getAsBoolean() && isRunning())) {
            if (!isRunning() || System.nanoTime() - deadline > 0 || !sleep()) {
                String log = container == null ? "no container" : tail(container);
                kill();
                throw new IllegalStateException(kind.title() + " did not come up on " + where + ": " + log);
            }
        }
    }

    private static boolean sleep() {
        try {
            Thread.sleep(POLL.toMillis());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean isRunning() {
        return Boolean.TRUE.equals(state().map(ContainerState::getRunning).orElse(false));
    }

    private Optional<ContainerState> state() {
        if (container == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(docker.inspectContainerCmd(container.getContainerId())
                    .exec()
                    .getState());
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    @Override
    public void kill() {
        if (container == null || !isRunning()) {
            return;
        }
        if (Boolean.TRUE.equals(state().map(ContainerState::getPaused).orElse(false))) {
            resume();
        }
        docker.killContainerCmd(container.getContainerId()).exec();
        Await.until(() -> !isRunning(), END_TIMEOUT, kind.title() + " to be gone");
    }

    @Override
    public void pause() {
        docker.pauseContainerCmd(id()).exec();
    }

    @Override
    public void resume() {
        docker.unpauseContainerCmd(id()).exec();
    }

    /** As Docker names it. */
    String id() {
        if (container == null) {
            throw new IllegalStateException(kind.title() + " has no container");
        }
        return container.getContainerId();
    }

    @Override
    public void erase() {
        delete();
    }

    @Override
    public void delete() {
        if (container != null) {
            container.stop();
            container = null;
        }
    }

    private static String tail(GenericContainer<?> container) {
        String text = container.getLogs();
        return text.substring(Math.max(0, text.length() - LOG_TAIL));
    }

    /** For {@link #await} sees, and tells what the container has printed. */
    private static final class NoStartupCheck extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient docker, String id) {
            return StartupStatus.SUCCESSFUL;
        }
    }
}
