package dev.fovea.models.weights;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream from which nothing has come for too long, so that whoever waits for it goes on. */
final class Stall implements AutoCloseable {
    private final InputStream stream;
    private final long patience;
    private final Thread thread;
    private volatile long last = System.nanoTime();
    private volatile boolean over;

    Stall(InputStream stream, Duration patience) {
        this.stream = stream;
        this.patience = patience.toNanos();
        thread = new Thread(this::watch, "download-watch");
        thread.setDaemon(true);
        thread.start();
    }

    /** Something came. */
    void alive() {
        last = System.nanoTime();
    }

    /** Whether patience ran out. */
    boolean isOver() {
        return over;
    }

    private void watch() {
        try {
            for (long left = patience; left > 0; left = patience - (System.nanoTime() - last)) {
                Thread.sleep(left / 1_000_000 + 1);
            }
            over = true;
            stream.close();
        } catch (InterruptedException | IOException e) {
            return; // the download is done, or the stream was closed already
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
