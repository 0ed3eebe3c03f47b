package io.pgjobq.reliability.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network between a worker and its server that can be slow, stand still without a word, or be gone. Connections that
 * stood still go on when the network does, with whatever was under way. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private static final int CHUNK = 16_384;

    private final ServerSocket front;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as are the next four. */
    private boolean stalled;

    /** How many connections there have been, and up to which of them nothing arrives any more. */
    private long connections;

    private long lost;

    private Duration delay = Duration.ZERO;
    private boolean closed;

    /** New connections are closed at once. */
    private volatile boolean refusing;

    private TcpProxy(ServerSocket front, int target) {
        this.front = front;
        this.target = target;
    }

    static TcpProxy to(int target) {
        try {
            TcpProxy proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
            proxy.spawn("accept", proxy::accept);
            return proxy;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The port to connect to. */
    public int port() {
        return front.getLocalPort();
    }

    /** The network stands still: connections stay open, nothing arrives. */
    public void stall() {
        change(() -> stalled = true);
    }

    /** Connections that there are stay open, but nothing will ever arrive on them; new ones are fine. */
    public void loseConnections() {
        change(() -> lost = connections);
    }

    /** Everything takes that much longer, in each direction. */
    public void delay(Duration by) {
        change(() -> delay = by);
    }

    /** Resets all connections, and refuses new ones until {@link #heal()}. */
    public void cut() {
        refusing = true;
        reset();
    }

    /** Resets all connections; new ones are welcome. */
    public void reset() {
        sockets.forEach(TcpProxy::reset);
    }

    /** The network is as it should be. */
    public void heal() {
        refusing = false;
        change(() -> {
            stalled = false;
            delay = Duration.ZERO;
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = front.accept();
            sockets.add(client);
            if (refusing) {
                reset(client);
                continue;
            }
            spawn("connect", () -> connect(client));
        }
    }

    private void connect(Socket client) throws IOException, InterruptedException {
        long number = number();
        pass(number);
        Socket server = new Socket();
        sockets.add(server);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        server.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
        spawn("to-server", () -> pump(number, client, server));
        spawn("to-client", () -> pump(number, server, client));
    }

    private void pump(long number, Socket from, Socket to) throws InterruptedException {
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                pass(number);
                out.write(chunk, 0, read);
                out.flush();
            }
        } catch (IOException ex) {
            // one side is gone, so the other goes too
        } finally {
            sockets.remove(from);
            reset(from);
            reset(to);
        }
    }

    private long number() {
        lock.lock();
        try {
            return ++connections;
        } finally {
            lock.unlock();
        }
    }

    /** Waits as long as the network takes for that connection. */
    private void pass(long number) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long until = System.nanoTime() + delay.toNanos();
            while (!closed && (stalled || number <= lost || System.nanoTime() < until)) {
                if (stalled || number <= lost) {
                    changed.await();
                } else {
                    changed.awaitNanos(until - System.nanoTime());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void spawn(String what, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException ex) {
                        // closed
                    }
                },
                "proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException ex) {
            // was closed already
        }
    }

    @Override
    public void close() throws IOException {
        refusing = true;
        front.close();
        change(() -> closed = true);
        reset();
    }
}
