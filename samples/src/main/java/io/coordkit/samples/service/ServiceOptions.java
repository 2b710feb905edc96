package io.coordkit.samples.service;

import picocli.CommandLine.Option;

/** The options that both services have. */
public final class ServiceOptions {
    private static final int MAX_PORT = 65_535;

    @Option(names = "--redis", paramLabel = "URL", description = "The lock store.")
    private String redis = "redis://127.0.0.1:6379";

    @Option(names = "--child", description = "End when standard input ends; the checkout starts its services so.")
    private boolean child;

    /** The lock store's address. */
    public String redis() {
        return redis;
    }

    /** Whether the process ends with its parent. */
    public boolean child() {
        return child;
    }

    /** Refuses a number that is no port. */
    public void checkPort(int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new StartupException("--port must be from 0 to " + MAX_PORT + ", was " + port);
        }
    }
}
