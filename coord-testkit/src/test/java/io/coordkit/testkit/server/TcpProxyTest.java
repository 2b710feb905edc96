package io.coordkit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.testkit.TooLate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private static final int QUIET_MILLIS = 300;
    private static final int PATIENCE_MILLIS = 20_000;

    private final AtomicInteger heard = new AtomicInteger();
    private ServerSocket echo;
    private TcpProxy proxy;
    private Socket client;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "echo");
        server.setDaemon(true);
        server.start();
        proxy = TcpProxy.to(echo.getLocalPort());
        client = connect();
        assertThat(ask(1)).isEqualTo(1);
    }

    private Socket connect() throws IOException {
        String address = proxy.address();
        return new Socket(
                InetAddress.getLoopbackAddress(), Integer.parseInt(address.substring(address.indexOf(':') + 1)));
    }

    private void serve() {
        while (!echo.isClosed()) {
            try (Socket socket = echo.accept()) {
                InputStream in = socket.getInputStream();
                for (int request = in.read(); request >= 0; request = in.read()) {
                    heard.incrementAndGet();
                    socket.getOutputStream().write(request);
                }
            } catch (IOException gone) {
                // The next client is served.
            }
        }
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        proxy.close();
        echo.close();
    }

    private void send(int request) throws IOException {
        client.getOutputStream().write(request);
    }

    private int answer(int millis) throws IOException {
        client.setSoTimeout(millis);
        return client.getInputStream().read();
    }

    private int ask(int request) throws IOException {
        send(request);
        return answer(PATIENCE_MILLIS);
    }

    @Test
    void aCutHoldsUpBothDirectionsUntilItIsMended() throws IOException {
        proxy.cut();
        send(2);
        assertThatThrownBy(() -> answer(QUIET_MILLIS)).isInstanceOf(SocketTimeoutException.class);
        assertThat(heard).hasValue(1);
        proxy.mend();
        assertThat(answer(PATIENCE_MILLIS)).isEqualTo(2);
    }

    @Test
    void lostRepliesWereCarriedOutAndEndTheConnection() throws IOException {
        proxy.dropReplies();
        send(2);
        assertThatThrownBy(() -> answer(QUIET_MILLIS)).isInstanceOf(SocketTimeoutException.class);
        await("the request is heard", () -> heard.get() >= 2);
        await("its reply is lost", proxy::hasLostReplies);
        proxy.mend();
        assertThat(answer(PATIENCE_MILLIS)).as("the connection's end").isEqualTo(-1);
        client.close();
        client = connect();
        assertThat(ask(3)).isEqualTo(3);
    }

    @Test
    void aDelayHoldsForRepliesOnlyAndKeepsTheirOrder() throws IOException {
        Duration delay = Duration.ofMillis(QUIET_MILLIS);
        proxy.delayReplies(delay);
        long sentAt = System.nanoTime();
        send(2);
        send(3);
        await("the request is heard", () -> heard.get() >= 3);
        assertThat(answer(PATIENCE_MILLIS)).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - sentAt)).isGreaterThanOrEqualTo(delay);
        proxy.delayReplies(Duration.ZERO);
        assertThat(answer(PATIENCE_MILLIS)).isEqualTo(3);
        assertThat(ask(4)).isEqualTo(4);
    }

    @Test
    void cutRequestsLeaveRepliesOnTheirWay() throws IOException {
        proxy.delayReplies(Duration.ofMillis(QUIET_MILLIS));
        send(2);
        await("the request is heard", () -> heard.get() >= 2);
        proxy.cutRequests();
        send(3);
        assertThat(answer(PATIENCE_MILLIS)).isEqualTo(2);
        assertThatThrownBy(() -> answer(QUIET_MILLIS)).isInstanceOf(SocketTimeoutException.class);
        assertThat(heard).hasValue(2);
        proxy.mend();
        assertThat(answer(PATIENCE_MILLIS)).isEqualTo(3);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(deadline, what);
            Thread.onSpinWait();
        }
    }
}
