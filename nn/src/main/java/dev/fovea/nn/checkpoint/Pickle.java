package dev.fovea.nn.checkpoint;

import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the restricted unpickler makes of the Python objects on its allow-list: plain data, nothing that acts. */
final class Pickle {
    private Pickle() {}

    /** A piece of untyped memory in the file; {@code type} is null where the file counts bytes. */
    record Storage(String key, DType type, long numel, long viewOffset) {}

    /** A tensor as a view on a storage; offset and strides count elements. Two views that look alike are still two tensors. */
    static final class View {
        private final Storage storage;
        private final DType type;
        private final long offset;
        private final long[] shape;
        private final long[] strides;

        View(Storage storage, DType type, long offset, long[] shape, long[] strides) {
            this.storage = storage;
            this.type = type;
            this.offset = offset;
            this.shape = shape;
            this.strides = strides;
        }

        Storage storage() {
            return storage;
        }

        DType type() {
            return type;
        }

        long offset() {
            return offset;
        }

        long[] shape() {
            return shape;
        }

        long[] strides() {
            return strides;
        }
    }

    /** A name that the pickle refers to and that the allow-list has. */
    interface Global {
        /** The object that "calling" it stands for. */
        Object call(Object[] arguments);
    }

    /** A type of elements, {@code torch.float32}, or a kind of storage. */
    record ElementType(String name, DType type) implements Global {
        @Override
        public Object call(Object[] arguments) {
            throw new Refused("Python's '" + name + "' is called where only its name may stand");
        }
    }

    /** NumPy's description of a scalar; the pickle completes it with a state that tells the byte order. */
    record NumpyType(String code) {}

    /** A map whose attributes are set by the pickle, such as argparse.Namespace. */
    static final class Namespace extends LinkedHashMap<Object, Object> {
        private static final long serialVersionUID = 1L;
    }

    /** The pickle asks for something that is not data. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    static long[] longs(Object tuple) {
        var values = sequence(tuple);
        if (values.size() > 32) {
            throw new Refused("a tensor has " + values.size() + " dimensions");
        }
        var longs = new long[values.size()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = number(values.get(i));
        }
        return longs;
    }

    static long number(Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        throw new Refused("a whole number was expected, not " + describe(value));
    }

    static List<?> sequence(Object value) {
        if (value instanceof Object[] tuple) {
            return Arrays.asList(tuple);
        }
        if (value instanceof List<?> list) {
            return list;
        }
        throw new Refused("a list was expected, not " + describe(value));
    }

    static Map<Object, Object> dict(Object[] arguments) {
        var dict = new LinkedHashMap<Object, Object>();
        if (arguments.length > 0) {
            fill(dict, arguments[0]);
        }
        return dict;
    }

    private static void fill(Map<Object, Object> dict, Object source) {
        if (source instanceof Map<?, ?> map) {
            dict.putAll(map);
            return;
        }
        for (var pair : sequence(source)) {
            var two = sequence(pair);
            dict.put(key(two.get(0)), two.get(1));
        }
    }

    static List<Object> list(Object[] arguments) {
        return arguments.length == 0 ? new ArrayList<>() : new ArrayList<>(sequence(arguments[0]));
    }

    /** Only plain values may be keys: hashing a nested structure could take for ever. */
    static Object key(Object key) {
        if (key == null || key instanceof String || key instanceof Number || key instanceof Boolean) {
            return key;
        }
        throw new Refused("a dictionary has " + describe(key) + " for a key");
    }

    static String describe(Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof String) {
            return "a text";
        }
        if (value instanceof Map) {
            return "a dictionary";
        }
        if (value instanceof Object[] || value instanceof List) {
            return "a list";
        }
        return value instanceof Global ? "a class" : "a " + value.getClass().getSimpleName();
    }
}
