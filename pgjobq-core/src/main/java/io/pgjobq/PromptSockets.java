package io.pgjobq;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets for a listening connection, to be named by the driver's property {@code socketFactory}. When a notification has
 * arrived, the driver looks for more with a read that gives up after a millisecond, the shortest time that a socket knows, and
 * only then hands out what it has. On these sockets such a read gives up at once if nothing is there. Stateless.
 */
public final class PromptSockets extends SocketFactory {

    private static final int SHORTEST_MILLIS = 1;

    /** Called by the driver. */
    public PromptSockets() {}

    @Override
    public Socket createSocket() {
        return new PromptSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return createSocket(InetAddress.getByName(host), port);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return createSocket(InetAddress.getByName(host), port, localHost, localPort);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    private static Socket connected(InetSocketAddress address, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = new PromptSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(address);
            return socket;
        } catch (IOException ex) {
            socket.close();
            throw ex;
        }
    }

    private static final class PromptSocket extends Socket {

        private volatile boolean looking;

        @Override
        public void setSoTimeout(int timeout) throws SocketException {
            super.setSoTimeout(timeout);
            looking = timeout == SHORTEST_MILLIS;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new PromptStream(super.getInputStream(), this);
        }
    }

    private static final class PromptStream extends FilterInputStream {

        private final PromptSocket socket;

        PromptStream(InputStream in, PromptSocket socket) {
            super(in);
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            look();
            return super.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            look();
            return super.read(bytes, offset, length);
        }

        private void look() throws IOException {
            if (socket.looking && available() == 0) {
                throw new SocketTimeoutException("nothing has arrived");
            }
        }
    }
}
