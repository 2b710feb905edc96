package io.coordkit.testkit.server;

import java.util.Optional;
import org.testcontainers.DockerClientFactory;

/** Whether there can be containers. */
final class Containers {
    private Containers() {}

    /** What they lack; empty if nothing. */
    static Optional<String> missing() {
        try {
            Class.forName("org.testcontainers.DockerClientFactory", false, Containers.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return Optional.of("org.testcontainers:testcontainers is not on the class path");
        }
        return Docker.missing();
    }

    /** Apart, for it needs the class that may not be there. */
    private static final class Docker {
        static Optional<String> missing() {
            try {
                return DockerClientFactory.instance().isDockerAvailable()
                        ? Optional.empty()
                        : Optional.of("no Docker answers; install it and start its daemon");
            } catch (RuntimeException e) { // also of the image that cleans up, if it can be had but not started
                return Optional.of(e.getMessage() + "; where no registry can be reached, make the images with"
                        + " .ci/images/build and set TESTCONTAINERS_RYUK_DISABLED=true");
            }
        }
    }
}
