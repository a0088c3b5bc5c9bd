package dev.fovea.serve;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConnection;

/**
 * Closes connections that send no whole request header for long. The usual idle time does not: it begins anew with each byte, so that a caller
 * who sends one now and then holds a connection for ever.
 */
final class SlowConnections implements Connection.Listener {
    private static final long WORKING = Long.MAX_VALUE;

    /** Since when each connection is awaited to send a request, by {@link System#nanoTime}; {@link #WORKING} while one is in work. */
    private final Map<Connection, Long> waiting = new ConcurrentHashMap<>();

    private final long longest;

    SlowConnections(Duration longest, ScheduledExecutorService clock) {
        this.longest = longest.toNanos();
        long every = Math.max(50, longest.toMillis() / 4);
        var unused = clock.scheduleWithFixedDelay(this::sweep, every, every, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onOpened(Connection connection) {
        waiting.put(connection, System.nanoTime());
    }

    @Override
    public void onClosed(Connection connection) {
        waiting.remove(connection);
    }

    /** How many are open. */
    int open() {
        return waiting.size();
    }

    /** The connection of the calling thread's request. */
    static Connection current() {
        return HttpConnection.getCurrentConnection();
    }

    void began(Connection connection) {
        if (connection != null) {
            waiting.replace(connection, WORKING);
        }
    }

    void ended(Connection connection) {
        if (connection != null) {
            waiting.replace(connection, System.nanoTime());
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        waiting.forEach((connection, since) -> {
            if (since != WORKING && now - since > longest) {
                connection.close();
            }
        });
    }
}
