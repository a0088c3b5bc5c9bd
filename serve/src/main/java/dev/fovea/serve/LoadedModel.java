package dev.fovea.serve;

import dev.fovea.runtime.Network;
import java.nio.file.Path;

/** One version of a model in memory. It closes when it is retired and nobody uses it any more. */
final class LoadedModel {
    private final String name;
    private final long version;
    private final Path file;
    private final FileStamp stamp;
    private final Network network;
    private int users;
    private boolean retired;

    LoadedModel(String name, long version, Path file, FileStamp stamp, Network network) {
        this.name = name;
        this.version = version;
        this.file = file;
        this.stamp = stamp;
        this.network = network;
    }

    String name() {
        return name;
    }

    long version() {
        return version;
    }

    Path file() {
        return file;
    }

    /** The state of the file that it was loaded from. */
    FileStamp stamp() {
        return stamp;
    }

    Network network() {
        return network;
    }

    /** Keeps it open until {@link #release}; false if it is retired already. */
    synchronized boolean use() {
        if (retired) {
            return false;
        }
        users++;
        return true;
    }

    void release() {
        boolean last;
        synchronized (this) {
            users--;
            last = retired && users == 0;
        }
        if (last) {
            network.close();
        }
    }

    /** Takes no new users; closes now or with the last one. */
    void retire() {
        boolean idle;
        synchronized (this) {
            idle = !retired && users == 0;
            retired = true;
        }
        if (idle) {
            network.close();
        }
    }
}
