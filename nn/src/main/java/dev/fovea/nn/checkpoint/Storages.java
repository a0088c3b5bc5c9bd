package dev.fovea.nn.checkpoint;

import dev.fovea.nn.checkpoint.Pickle.ElementType;
import dev.fovea.nn.checkpoint.Pickle.Storage;
import dev.fovea.nn.checkpoint.Pickle.View;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns what the unpickler gave into plain Java data with tensors. Contiguous views share the memory of their storage, as in
 * PyTorch; others are copied, within a budget that hostile views cannot exceed.
 */
final class Storages {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_VALUES = 4_000_000;

    private final Path file;
    private final Source source;
    private final Map<String, Tensor> bases = new HashMap<>();
    private final IdentityHashMap<Object, Object> done = new IdentityHashMap<>();
    private long loaded;
    private long copied;
    private int values;

    /** Where the bytes of storages come from. */
    interface Source {
        /** The bytes that the file really has for a storage. */
        long bytes(String key) throws IOException;

        /** Fills a tensor with the storage's bytes, from its beginning. */
        void fill(String key, Tensor target) throws IOException;
    }

    Storages(Path file, Source source) {
        this.file = file;
        this.source = source;
    }

    /** Maps, lists, texts, numbers and tensors; the tensors belong to the caller's scope. */
    Object materialise(Object content) throws IOException {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            Object result = convert(content, 0);
            done.values().forEach(value -> {
                if (value instanceof Tensor t) {
                    scope.keep(t);
                }
            });
            return result;
        }
    }

    private Object convert(Object value, int depth) throws IOException {
        // Counted also for parts that are shared, since walking the result meets them again.
        if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
            throw new CheckpointException(
                    file, "its data is nested over " + MAX_DEPTH + " deep or has over " + MAX_VALUES + " values");
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth);
        }
        if (value instanceof Object[] || value instanceof List<?>) {
            var list = new ArrayList<>();
            for (Object item : Pickle.sequence(value)) {
                list.add(convert(item, depth + 1));
            }
            return Collections.unmodifiableList(list);
        }
        if (value instanceof View || value instanceof Storage) {
            var known = done.get(value);
            if (known == null) {
                known = value instanceof View view ? tensor(view) : base((Storage) value, type((Storage) value));
                done.put(value, known);
            }
            return known;
        }
        if (value instanceof Integer i) {
            return (long) i;
        }
        if (value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Double
                || value instanceof Boolean
                || value instanceof BigInteger
                || value instanceof byte[]) {
            return value;
        }
        if (value instanceof ElementType type) {
            return type.name();
        }
        throw new CheckpointException(file, "holds " + Pickle.describe(value) + " where data should be");
    }

    private Map<String, Object> map(Map<?, ?> map, int depth) throws IOException {
        var result = new LinkedHashMap<String, Object>();
        for (var entry : map.entrySet()) {
            String key = String.valueOf(entry.getKey());
            if (result.containsKey(key)) {
                throw new CheckpointException(
                        file, "a map has the key '" + Names.shorten(key) + "' as text and as number");
            }
            result.put(key, convert(entry.getValue(), depth + 1));
        }
        return Collections.unmodifiableMap(result);
    }

    private static DType type(Storage storage) {
        return storage.type() == null ? DType.UINT8 : storage.type();
    }

    private Tensor base(Storage storage, DType type) throws IOException {
        String where = "storage '" + Names.shorten(storage.key()) + "'";
        var base = bases.get(storage.key());
        if (base == null) {
            long there = source.bytes(storage.key());
            int width = storage.type() == null ? 1 : type.bytes();
            if (there % width != 0 || there / width != storage.numel() || there % type.bytes() != 0) {
                throw new CheckpointException(
                        file,
                        where + " should have " + storage.numel() + " elements, but the file has " + there
                                + " bytes for it");
            }
            base = FileBytes.allocate(file, type, there / type.bytes());
            source.fill(storage.key(), base);
            loaded += there;
            bases.put(storage.key(), base);
        }
        if (base.dtype() != type) {
            throw new CheckpointException(file, where + " is used as " + base.dtype() + " and as " + type);
        }
        return base;
    }

    private Tensor tensor(View view) throws IOException {
        var base = base(view.storage(), view.type());
        long first = checkBounds(view, base.numel());
        long[] shape = view.shape();
        long count = Shape.of(shape).numel();
        if (count == 0) {
            return Tensor.zeros(view.type(), Device.CPU, shape);
        }
        if (isRowMajor(view)) {
            return base.narrow(0, first, count).reshape(shape);
        }
        copied += count * view.type().bytes();
        if (copied > 8 * loaded + (64L << 20)) {
            throw new CheckpointException(
                    file, "its tensors overlap so much that they would take over 8 times its size");
        }
        return gather(base, first, view);
    }

    /** Returns the index of the first element after making sure that all lie in the storage. */
    private long checkBounds(View view, long numel) throws IOException {
        try {
            long first = Math.addExact(view.storage().viewOffset(), view.offset());
            long last = first;
            boolean empty = false;
            if (view.shape().length != view.strides().length) {
                throw new ArithmeticException();
            }
            for (int i = 0; i < view.shape().length; i++) {
                long length = view.shape()[i];
                long stride = view.strides()[i];
                if (length < 0 || stride < 0) {
                    throw new ArithmeticException();
                }
                empty |= length == 0;
                last = Math.addExact(last, Math.multiplyExact(Math.max(length - 1, 0), stride));
            }
            Shape.of(view.shape()).numel();
            if (first < 0 || (!empty && last >= numel)) {
                throw new ArithmeticException();
            }
            return first;
        } catch (ArithmeticException e) {
            throw new CheckpointException(
                    file,
                    "a tensor of shape " + Names.list(view.shape()) + ", strides " + Names.list(view.strides())
                            + ", offset " + view.offset() + " does not fit its storage of " + numel + " elements",
                    e);
        }
    }

    private static boolean isRowMajor(View view) {
        long expected = 1;
        for (int i = view.shape().length - 1; i >= 0; i--) {
            if (view.shape()[i] != 1 && view.strides()[i] != expected) {
                return false;
            }
            expected *= view.shape()[i];
        }
        return true;
    }

    /** The elements at {@code first + sum of index * stride}, row-major. */
    private static Tensor gather(Tensor base, long first, View view) {
        try (var scope = Scope.open()) {
            var places = Tensor.of(new long[] {first}, 1);
            for (int i = 0; i < view.shape().length; i++) {
                var along = new long[Math.toIntExact(view.shape()[i])];
                for (int k = 0; k < along.length; k++) {
                    along[k] = k * view.strides()[i];
                }
                places = places.reshape(-1, 1)
                        .add(Tensor.of(along, 1, along.length))
                        .reshape(-1);
            }
            return scope.keep(base.indexSelect(0, places).reshape(view.shape()));
        }
    }
}
