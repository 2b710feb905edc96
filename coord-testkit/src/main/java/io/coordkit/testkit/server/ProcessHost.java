package io.coordkit.testkit.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A process of this machine, with a directory of its own that goes away with it. */
final class ProcessHost implements ServerHost {
    private final ServerProgram program;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final Consumer<Path> eraser;
    private ServerProcess process;

    /**
     * @param environment besides this JVM's own
     * @param directory for its data and its log
     * @param eraser makes the data in the directory those of a new server
     */
    ProcessHost(
            ServerProgram program,
            List<String> command,
            Map<String, String> environment,
            Path directory,
            Consumer<Path> eraser) {
        this.program = program;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.eraser = eraser;
        this.process = ServerProcess.begin(command, environment, directory);
    }

    @Override
    public ServerProgram program() {
        return program;
    }

    @Override
    public void begin() {
        process.kill();
        process = ServerProcess.begin(command, environment, directory);
    }

    @Override
    public void await(BooleanSupplier ready, String where, Duration timeout) {
        process.await(ready, where, timeout);
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void pause() {
        process.pause();
    }

    @Override
    public void resume() {
        process.resume();
    }

    @Override
    public void erase() {
        eraser.accept(directory);
    }

    @Override
    public void delete() {
        TemporaryDirectory.delete(directory);
    }
}
