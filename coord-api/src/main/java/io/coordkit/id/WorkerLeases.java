package io.coordkit.id;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.id.spi.WorkerLeaseProvider;
import io.coordkit.id.spi.WorkerRecords;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes sources of worker numbers. */
public final class WorkerLeases {
    private static final Pattern ORDINAL = Pattern.compile(".*-(\\d{1,9})");

    private WorkerLeases() {}

    /**
     * Numbers from the store at that address; its module must be on the class path.
     *
     * @param uri for example {@code jdbc:mysql://localhost/ids} or {@code redis://localhost:6379}
     * @throws ConfigurationException if the URI is malformed or no module serves its scheme
     * @throws io.coordkit.BackendUnreachableException if the store does not answer
     */
    public static WorkerLeaseSource open(String uri, Settings settings) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT);
        return ServiceLoader.load(WorkerLeaseProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException("No module on the class path keeps worker numbers in '"
                        + scheme + "'; add id-store-sql, id-store-redis, id-store-etcd or id-store-zookeeper"))
                .open(uri, settings);
    }

    /** Numbers from that store, which is closed with the source. */
    public static WorkerLeaseSource on(WorkerRecords records) {
        return new StoredLeases(records);
    }

    /**
     * Always that number. It promises nothing: ids repeat if two processes use it at a time, or if a process is started
     * again with a clock behind its predecessor's last id.
     */
    public static WorkerLeaseSource fixed(int worker) {
        return fixed(worker, InstantSource.system());
    }

    /** The same with another clock, which is read once for each lease. */
    public static WorkerLeaseSource fixed(int worker, InstantSource wallClock) {
        return new FixedWorker("fixed", worker, wallClock);
    }

    /**
     * The ordinal of this pod in its Kubernetes StatefulSet: the number after the last hyphen of {@code HOSTNAME}, or of
     * the host's name if that is not set. Kubernetes runs one pod of an ordinal at a time unless a node is partitioned or
     * a pod deleted by force; beyond that it promises as little as {@link #fixed}.
     *
     * @throws ConfigurationException if the name does not end in a hyphen and a number
     */
    public static WorkerLeaseSource ordinal() {
        String fromEnvironment = System.getenv("HOSTNAME");
        return ordinal(fromEnvironment == null || fromEnvironment.isBlank() ? hostName() : fromEnvironment);
    }

    /** The same for a given name, for example {@code order-service-3}. */
    public static WorkerLeaseSource ordinal(String hostName) {
        // A pod's host name may come with its domain.
        Matcher name = ORDINAL.matcher(hostName.strip().split("\\.", 2)[0]);
        if (!name.matches()) {
            throw new ConfigurationException("A StatefulSet's pod is named like order-service-3, but this host is '"
                    + hostName + "'; set a worker number or a worker store");
        }
        return new FixedWorker("ordinal", Integer.parseInt(name.group(1)), InstantSource.system());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            throw new ConfigurationException("This host has no name, so no ordinal", e);
        }
    }
}
