package io.coordkit.testkit.server;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.NetworkSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/**
 * A container on a network of its own, from which it can be taken. It has an address there that this machine reaches, as
 * on Linux, and is found by a link on loopback that leads to it.
 */
final class NetworkedHost implements ServerHost {
    private final DockerClient docker = DockerClientFactory.instance().client();
    private final Network network = Network.builder()
            .createNetworkCmdModifier(command -> command.withLabels(ContainerHost.labels()))
            .build();
    private final ContainerHost container;
    private final String address;
    private final TcpProxy link;

    /** @param port that the server listens on, at all its addresses */
    NetworkedHost(ServerKind kind, int port, List<String> command, Map<String, String> environment) {
        try {
            container = new ContainerHost(kind, command, environment, Map.of(), network.getId());
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
        address = currentAddress();
        link = TcpProxy.to(new InetSocketAddress(address, port));
    }

    /** Where it is reached on loopback. */
    int port() {
        return link.port();
    }

    private String currentAddress() {
        NetworkSettings settings =
                docker.inspectContainerCmd(container.id()).exec().getNetworkSettings();
        return settings.getNetworks().values().stream()
                .map(ContainerNetwork::getIpAddress)
                .collect(Collectors.joining(" "));
    }

    @Override
    public ServerProgram program() {
        return container.program();
    }

    @Override
    public void begin() {
        container.begin();
        if (currentAddress().isEmpty()) {
            reconnect();
        }
        requireSameAddress();
    }

    /** It is alone on its network, and so gets the first address each time. */
    private void requireSameAddress() {
        if (!currentAddress().equals(address)) {
            throw new IllegalStateException(
                    program().name() + " was at " + address + " and came back at " + currentAddress());
        }
    }

    @Override
    public void await(BooleanSupplier ready, String where, Duration timeout) {
        container.await(ready, where, timeout);
    }

    @Override
    public void kill() {
        container.kill();
    }

    @Override
    public void pause() {
        container.pause();
    }

    @Override
    public void resume() {
        container.resume();
    }

    @Override
    public void disconnect() {
        docker.disconnectFromNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(container.id())
                .exec();
    }

    @Override
    public void reconnect() {
        docker.connectToNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(container.id())
                .exec();
        requireSameAddress();
    }

    @Override
    public void erase() {
        container.erase();
    }

    @Override
    public void delete() {
        link.close();
        container.delete();
        network.close();
    }
}
