package io.coordkit.testkit.server;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.Locks;
import io.coordkit.lock.spi.LockBackendProvider;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link CoordkitServers} does. What a test has for itself is in its context's store, which closes it. Stateless. */
final class ServerParameters implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ServerParameters.class);
    private static final Map<Class<?>, Function<Servers, ?>> SERVERS = Map.of(
            Servers.class, servers -> servers,
            RedisServer.class, Servers::redis,
            RedisSentinels.class, Servers::redisSentinels,
            RedisCluster.class, Servers::redisCluster,
            EtcdServer.class, Servers::etcd,
            ZooKeeperServer.class, Servers::zooKeeper,
            MariaDbServer.class, Servers::mariaDb,
            MySqlServer.class, Servers::mySql,
            H2Databases.class, Servers::h2);
    private static final Map<String, Function<Servers, String>> LOCKS = new TreeMap<>(Map.of(
            "redis", servers -> servers.redis().uri(),
            "etcd", servers -> "etcd://" + servers.etcd().address(),
            "zk", servers -> "zk://" + servers.zooKeeper().address()));

    private final Map<Class<?>, Function<Servers, ?>> servers;

    ServerParameters() {
        this(SERVERS);
    }

    /** For tests of its own. */
    ServerParameters(Map<Class<?>, Function<Servers, ?>> servers) {
        this.servers = servers;
    }

    /** A constructor is called for one test, and what it gets ends with that. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        Class<?> type = parameter.getParameter().getType();
        return type == LockClient.class || servers.containsKey(type);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Class<?> type = parameter.getParameter().getType();
        Optional<CoordkitServers> asked = asked(parameter, test);
        Store store = test.getStore(NAMESPACE);
        try {
            Servers from = asked.filter(CoordkitServers::own)
                    .map(own -> store.computeIfAbsent(Servers.class, key -> Servers.own(), Servers.class))
                    .orElseGet(Servers::shared);
            if (type == LockClient.class) {
                LockClient client =
                        Locks.open(lockUri(asked.map(CoordkitServers::locks).orElse(""), from));
                store.put(client, client);
                return client;
            }
            return Objects.requireNonNull(servers.get(type)).apply(from);
        } catch (RuntimeException e) {
            throw new ParameterResolutionException(
                    "No " + type.getSimpleName() + " for parameter " + parameter.getIndex() + " of "
                            + parameter.getDeclaringExecutable().getName() + ": " + e.getMessage(),
                    e);
        }
    }

    private static Optional<CoordkitServers> asked(ParameterContext parameter, ExtensionContext test) {
        return parameter
                .findAnnotation(CoordkitServers.class)
                .or(() -> AnnotationSupport.findAnnotation(parameter.getDeclaringExecutable(), CoordkitServers.class))
                .or(() -> AnnotationSupport.findAnnotation(test.getTestMethod(), CoordkitServers.class))
                .or(() -> AnnotationSupport.findAnnotation(
                        test.getRequiredTestClass(), CoordkitServers.class, test.getEnclosingTestClasses()));
    }

    /** The one that is asked for, or the only one whose module is there. */
    private static String lockUri(String asked, Servers servers) {
        SortedSet<String> here = new TreeSet<>();
        ServiceLoader.load(LockBackendProvider.class).forEach(provider -> here.addAll(provider.schemes()));
        here.retainAll(LOCKS.keySet());
        String chosen = asked.isEmpty() && here.size() == 1 ? here.first() : asked;
        Function<Servers, String> uri = LOCKS.get(chosen);
        if (uri == null || !here.contains(chosen)) {
            throw new IllegalStateException("locks must name one of " + LOCKS.keySet()
                    + " whose module is on the class path, as are " + here + "; was '" + asked + "'");
        }
        return uri.apply(servers);
    }
}
