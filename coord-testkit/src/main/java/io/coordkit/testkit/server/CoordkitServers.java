package io.coordkit.testkit.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Hands running servers to tests: to any parameter of a test, a lifecycle method or a constructor that is a {@link
 * RedisServer}, {@link RedisSentinels}, {@link RedisCluster}, {@link EtcdServer}, {@link ZooKeeperServer}, {@link
 * MariaDbServer}, {@link MySqlServer}, {@link H2Databases}, or the {@link Servers} themselves, for all else that they have and for where they
 * come from; and to each {@link io.coordkit.lock.LockClient} a client of its own on such a server, closed after the test.
 *
 * <p>On a class it is good for all its tests and nested classes; nearer ones, on a method or a parameter, override it. A
 * server is started when it is first asked for. One that cannot be started fails the test, and the message says what is
 * missing.
 */
@Documented
@Inherited
@ExtendWith(ServerParameters.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
public @interface CoordkitServers {

    /**
     * Whether each test gets servers of its own, which it may kill, and which end after it. Those that {@code @BeforeAll}
     * asks for are the class's own, its tests get the same, and they end after it. Otherwise all tests of the JVM share
     * them and must not hurt them: each takes names of its own.
     */
    boolean own() default false;

    /**
     * Where the locks of a {@link io.coordkit.lock.LockClient} are: {@code redis}, {@code etcd} or {@code zk}. Needed only
     * when more than one of their modules is on the class path.
     */
    String locks() default "";
}
