package dev.fovea.serve;

import dev.fovea.runtime.Classifier;
import java.nio.file.Path;

/** One version of a model in memory. It closes when it is retired and nobody uses it any more. */
final class LoadedModel {
    private final String name;
    private final long version;
    private final Path file;
    private final FileStamp stamp;
    private final Classifier classifier;
    private int users;
    private boolean retired;

    LoadedModel(String name, long version, Path file, FileStamp stamp, Classifier classifier) {
        this.name = name;
        this.version = version;
        this.file = file;
        this.stamp = stamp;
        this.classifier = classifier;
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

    Classifier classifier() {
        return classifier;
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
            classifier.close();
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
            classifier.close();
        }
    }
}
