package io.coordkit.testkit.lock;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.Crowd;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A store of one's own on one server or more, which stop and start together.
 *
 * @param <S> a server
 */
public final class OwnServers<S> implements OwnStore {
    private final List<S> servers;
    private final Function<String, LockBackend> open;
    private final Function<S, String> address;
    private final Consumer<S> kill;
    private final Consumer<S> start;
    private final Consumer<S> close;

    /**
     * @param servers that run
     * @param open a backend on their addresses, which are separated by commas
     * @param address where one is
     * @param kill ends one at once
     * @param start starts one again, and returns when it serves
     * @param close ends one for good
     */
    public OwnServers(
            List<S> servers,
            Function<String, LockBackend> open,
            Function<S, String> address,
            Consumer<S> kill,
            Consumer<S> start,
            Consumer<S> close) {
        this.servers = List.copyOf(servers);
        this.open = open;
        this.address = address;
        this.kill = kill;
        this.start = start;
        this.close = close;
    }

    @Override
    public LockBackend open() {
        return open.apply(address());
    }

    @Override
    public String address() {
        return servers.stream().map(address).collect(Collectors.joining(","));
    }

    @Override
    public void stop() {
        servers.forEach(kill);
    }

    /** All at once, for none of several serves without a majority. */
    @Override
    public void start() {
        List<Callable<String>> starts = servers.stream()
                .map(server -> (Callable<String>) () -> {
                    start.accept(server);
                    return address.apply(server);
                })
                .toList();
        try {
            Crowd.run(starts);
        } catch (Exception e) {
            throw new IllegalStateException(address() + " does not come up again", e);
        }
    }

    @Override
    public void close() {
        servers.forEach(close);
    }
}
