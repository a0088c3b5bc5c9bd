package dev.fovea.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Reading streams whose stated length nobody vouches for. */
final class Bytes {
    private static final int CHUNK = 1 << 20;

    private Bytes() {}

    /**
     * All bytes of a stream, at most {@code limit} of them. Memory grows with what really arrives.
     *
     * @throws TooLong if there are more
     */
    static byte[] readAll(InputStream in, long limit) throws IOException {
        List<byte[]> chunks = new ArrayList<>();
        long total = 0;
        while (true) {
            byte[] chunk = in.readNBytes((int) Math.min(CHUNK, limit + 1 - total));
            total += chunk.length;
            if (total > limit) {
                throw new TooLong();
            }
            chunks.add(chunk);
            if (chunk.length < CHUNK) {
                return join(chunks, Math.toIntExact(total));
            }
        }
    }

    /** A stream that fails with {@link TooLong} after so many bytes. */
    static InputStream bounded(InputStream in, long limit) {
        return new FilterInputStream(in) {
            private long left = limit;

            @Override
            public int read() throws IOException {
                int value = super.read();
                count(value < 0 ? 0 : 1);
                return value;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int read = super.read(to, offset, length);
                count(Math.max(0, read));
                return read;
            }

            private void count(int read) throws IOException {
                left -= read;
                if (left < 0) {
                    throw new TooLong();
                }
            }
        };
    }

    private static byte[] join(List<byte[]> chunks, int total) {
        if (chunks.size() == 1) {
            return chunks.get(0);
        }
        byte[] all = new byte[total];
        int at = 0;
        for (byte[] chunk : chunks) {
            System.arraycopy(chunk, 0, all, at, chunk.length);
            at += chunk.length;
        }
        return all;
    }

    /** There were more bytes than allowed. */
    static final class TooLong extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
