package io.coordkit.lock.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Looks into an etcd past the locks. */
final class EtcdInspector implements AutoCloseable {
    /** jetcd leaves this call out: no parameters, and a list (2) of records with an id (1). */
    private static final MethodDescriptor<Empty, Empty> LEASES = MethodDescriptor.<Empty, Empty>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("etcdserverpb.Lease/LeaseLeases")
            .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
            .build();

    private final Client client;
    private final ManagedChannel channel;

    private EtcdInspector(Client client, ManagedChannel channel) {
        this.client = client;
        this.channel = channel;
    }

    static EtcdInspector of(EtcdServer server) {
        return new EtcdInspector(
                Client.builder().endpoints("http://" + server.address()).build(),
                ManagedChannelBuilder.forTarget(server.address()).usePlaintext().build());
    }

    List<KeyValue> entries(String prefix) {
        return client.getKVClient()
                .get(bytes(prefix), GetOption.builder().isPrefix(true).build())
                .join()
                .getKvs();
    }

    List<String> keys(String prefix) {
        return entries(prefix).stream()
                .map(entry -> entry.getKey().toString(StandardCharsets.UTF_8))
                .toList();
    }

    List<Long> leases() {
        return ClientCalls.blockingUnaryCall(channel, LEASES, CallOptions.DEFAULT, Empty.getDefaultInstance())
                .getUnknownFields()
                .getField(2)
                .getLengthDelimitedList()
                .stream()
                .map(EtcdInspector::leaseId)
                .toList();
    }

    private static long leaseId(ByteString status) {
        try {
            return UnknownFieldSet.parseFrom(status).getField(1).getVarintList().get(0);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    void revoke(long lease) {
        client.getLeaseClient().revoke(lease).join();
    }

    void delete(String prefix) {
        client.getKVClient()
                .delete(bytes(prefix), DeleteOption.builder().isPrefix(true).build())
                .join();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
        channel.shutdownNow();
    }
}
