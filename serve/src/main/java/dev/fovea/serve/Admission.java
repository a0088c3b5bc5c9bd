package dev.fovea.serve;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many pictures are in work; requests beyond are refused at once, before anything is read or decoded. */
final class Admission {
    private static final int LONGEST_RETRY_SECONDS = 60;

    private final int most;
    private int pictures;
    private int requests;
    private boolean ending;
    private double secondsOfPicture = 0.01;

    Admission(int most) {
        this.most = most;
    }

    /** A request's places; what it holds is closed with it, last first. */
    final class Ticket implements AutoCloseable {
        private final Deque<Runnable> held = new ArrayDeque<>();
        private int places;
        private boolean closed;

        private Ticket() {}

        /** Has something closed with the ticket. */
        synchronized void holds(Runnable release) {
            held.push(release);
        }

        /**
         * Takes places for pictures, once they are there.
         *
         * @throws Problem 429 if they are not free
         */
        void take(int count) {
            synchronized (Admission.this) {
                if (count > most) {
                    throw Problem.tooLarge("the request has " + count + " pictures, the server's queue holds " + most);
                }
                require(count);
                pictures += count;
                places += count;
            }
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                held.forEach(Runnable::run);
                leave(places);
            }
        }
    }

    /**
     * Lets a request in, if it could have a place now.
     *
     * @throws Problem 429 if the server has too much to do, 503 if it is ending
     */
    synchronized Ticket enter() {
        if (ending) {
            throw Problem.unavailable("the server finishes its last requests; send yours to another one");
        }
        require(1);
        return new Ticket();
    }

    private void require(int more) {
        if (pictures + more > most) {
            throw Problem.busy(
                    pictures + " pictures are in work, the limit is " + most + "; try again later",
                    retryAfterSeconds());
        }
    }

    private synchronized void leave(int places) {
        pictures -= places;
    }

    /** A request of any kind has begun. */
    synchronized void began() {
        requests++;
    }

    /** The answer of a request is on its way, to the last byte. */
    synchronized void ended() {
        requests--;
        notifyAll();
    }

    /** How long a new picture would wait by what the last ones took. */
    synchronized int retryAfterSeconds() {
        return (int) Math.max(1, Math.min(LONGEST_RETRY_SECONDS, Math.ceil(pictures * secondsOfPicture)));
    }

    /** A batch has run. */
    synchronized void ran(int count, Duration time) {
        secondsOfPicture += 0.1 * (time.toNanos() / 1e9 / count - secondsOfPicture);
    }

    synchronized int pictures() {
        return pictures;
    }

    synchronized boolean isEnding() {
        return ending;
    }

    /** Lets no pictures in any more and waits for the answers of requests; whether all were given in time. */
    synchronized boolean drain(Duration longest) throws InterruptedException {
        ending = true;
        long until = System.nanoTime() + longest.toNanos();
        while (requests > 0) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
