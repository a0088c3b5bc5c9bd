package dev.fovea.nn.checkpoint;

import dev.fovea.nn.checkpoint.Pickle.ElementType;
import dev.fovea.nn.checkpoint.Pickle.Global;
import dev.fovea.nn.checkpoint.Pickle.Namespace;
import dev.fovea.nn.checkpoint.Pickle.NumpyType;
import dev.fovea.nn.checkpoint.Pickle.Refused;
import dev.fovea.nn.checkpoint.Pickle.Storage;
import dev.fovea.nn.checkpoint.Pickle.View;
import dev.fovea.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The Python names that a file of weights may mention, and the data they stand for. A name that is not here ends the reading; no
 * name ever leads to a Java class.
 */
final class AllowList {
    private static final Map<String, Global> NAMES = new HashMap<>();

    static {
        NAMES.put("collections.OrderedDict", Pickle::dict);
        NAMES.put("collections.Counter", Pickle::dict);
        NAMES.put("argparse.Namespace", arguments -> new Namespace());
        NAMES.put("torch.Size", Pickle::list);
        NAMES.put("torch.device", arguments -> text(arguments[0]));
        NAMES.put("torch._utils._rebuild_tensor", a -> view(a, null));
        NAMES.put("torch._utils._rebuild_tensor_v2", a -> view(a, null));
        NAMES.put("torch._utils._rebuild_tensor_v3", a -> view(a, element(a[6])));
        NAMES.put("torch._utils._rebuild_parameter", a -> tensor(a[0]));
        NAMES.put("torch._utils._rebuild_parameter_with_state", a -> tensor(a[0]));
        NAMES.put("_codecs.encode", AllowList::encode);
        for (String python : new String[] {"builtins", "__builtin__"}) {
            NAMES.put(python + ".set", Pickle::list);
            NAMES.put(python + ".frozenset", Pickle::list);
        }
        for (String core : new String[] {"numpy.core", "numpy._core"}) {
            NAMES.put(core + ".multiarray.scalar", a -> numpyScalar((NumpyType) a[0], (byte[]) a[1]));
        }
        NAMES.put("numpy.dtype", a -> new NumpyType(text(a[0])));
        storages();
        elementTypes();
    }

    private AllowList() {}

    private static void storages() {
        Map<String, DType> kinds = Map.of(
                "Float", DType.FLOAT32,
                "Double", DType.FLOAT64,
                "Half", DType.FLOAT16,
                "BFloat16", DType.BFLOAT16,
                "Long", DType.INT64,
                "Int", DType.INT32,
                "Short", DType.INT16,
                "Char", DType.INT8,
                "Byte", DType.UINT8,
                "Bool", DType.BOOL);
        kinds.forEach((kind, type) -> {
            for (String place : new String[] {"torch.", "torch.cuda."}) {
                String name = place + kind + "Storage";
                NAMES.put(name, new ElementType(name, type));
            }
        });
        for (String name :
                new String[] {"torch.UntypedStorage", "torch.storage.UntypedStorage", "torch.storage._UntypedStorage"
                }) {
            NAMES.put(name, new ElementType(name, null));
        }
    }

    private static void elementTypes() {
        for (var type : DType.values()) {
            String name = "torch." + type.name().toLowerCase(Locale.ROOT);
            NAMES.put(name, new ElementType(name, type));
        }
    }

    /** What a name stands for. */
    static Global find(String module, String name) {
        String full = module + "." + name;
        var global = NAMES.get(full);
        if (global == null) {
            throw new Refused(
                    "asks for Python's '" + Names.shorten(full) + "', which is not data and is never run or built;"
                            + " save only the state dict, with torch.save(model.state_dict(), path)");
        }
        return global;
    }

    private static View view(Object[] a, DType given) {
        if (!(a[0] instanceof Storage storage)) {
            throw new Refused("a tensor lies on " + Pickle.describe(a[0]) + ", not on a storage");
        }
        var type = given != null ? given : storage.type() != null ? storage.type() : DType.UINT8;
        return new View(storage, type, Pickle.number(a[1]), Pickle.longs(a[2]), Pickle.longs(a[3]));
    }

    private static DType element(Object type) {
        if (type instanceof ElementType e && e.type() != null) {
            return e.type();
        }
        throw new Refused("a tensor's element type is " + Pickle.describe(type));
    }

    private static View tensor(Object value) {
        if (value instanceof View view) {
            return view;
        }
        throw new Refused("a parameter holds " + Pickle.describe(value) + ", not a tensor");
    }

    private static String text(Object value) {
        if (value instanceof String s) {
            return s;
        }
        throw new Refused("a text was expected, not " + Pickle.describe(value));
    }

    /** How pickles of protocol 2 hold bytes: as text with one character a byte. */
    private static byte[] encode(Object[] a) {
        if (!text(a[1]).equals("latin1")) {
            throw new Refused("bytes are encoded as '" + Names.shorten(text(a[1])) + "'");
        }
        return text(a[0]).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Object numpyScalar(NumpyType type, byte[] bytes) {
        var value = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return switch (type.code()) {
            case "f8" -> value.getDouble();
            case "f4" -> (double) value.getFloat();
            case "i8" -> value.getLong();
            case "i4" -> (long) value.getInt();
            case "i2" -> (long) value.getShort();
            case "i1" -> (long) value.get();
            case "u1" -> (long) (value.get() & 0xff);
            case "b1" -> value.get() != 0;
            default -> throw new Refused("holds a NumPy scalar of type '" + Names.shorten(type.code()) + "'");
        };
    }
}
