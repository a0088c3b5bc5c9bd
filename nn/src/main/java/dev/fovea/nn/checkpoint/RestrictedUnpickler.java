package dev.fovea.nn.checkpoint;

import dev.fovea.nn.checkpoint.Pickle.ElementType;
import dev.fovea.nn.checkpoint.Pickle.Global;
import dev.fovea.nn.checkpoint.Pickle.Namespace;
import dev.fovea.nn.checkpoint.Pickle.NumpyType;
import dev.fovea.nn.checkpoint.Pickle.Refused;
import dev.fovea.nn.checkpoint.Pickle.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads a pickle as data. Of the library's unpickler only the instructions for numbers, tuples, marks and the memo are used. All
 * that name, build or change an object are replaced by ones that know nothing but {@link AllowList}, keep the order of
 * dictionaries, and take no more memory than the file has bytes.
 */
final class RestrictedUnpickler extends Unpickler {
    /** Far above any real file of weights, which takes some 30 instructions a tensor. */
    private static final int MAX_INSTRUCTIONS = 4_000_000;

    private static final int MAX_DIGITS = 1000;

    private final PickleInput bytes;
    private final Map<String, Storage> storages;
    private int instructions;

    private RestrictedUnpickler(PickleInput bytes, Map<String, Storage> storages) {
        this.bytes = bytes;
        this.storages = storages;
    }

    /**
     * Reads one pickle and stops right behind it.
     *
     * @param storages where the storages that it mentions are put, by key
     */
    static Object read(PickleInput bytes, Map<String, Storage> storages) throws IOException {
        try {
            return new RestrictedUnpickler(bytes, storages).load(bytes);
        } catch (Refused e) {
            throw new CheckpointException(bytes.file(), e.getMessage(), e);
        } catch (PickleException | IndexOutOfBoundsException | ClassCastException | NumberFormatException e) {
            throw damaged(bytes, e);
        } catch (NegativeArraySizeException | NullPointerException | IllegalArgumentException | ArithmeticException e) {
            throw damaged(bytes, e);
        } catch (BufferUnderflowException | UncheckedIOException e) {
            throw damaged(bytes, e);
        }
    }

    private static CheckpointException damaged(PickleInput bytes, RuntimeException e) {
        return new CheckpointException(
                bytes.file(),
                "its Python data is damaged near byte " + bytes.position() + "; copy or download it again",
                e);
    }

    @Override
    protected Object dispatch(short key) throws IOException {
        if (++instructions > MAX_INSTRUCTIONS) {
            throw new Refused("its Python data has over " + MAX_INSTRUCTIONS + " instructions");
        }
        switch (key) {
            case Opcodes.GLOBAL -> stack.add(AllowList.find(line(), line()));
            case Opcodes.STACK_GLOBAL -> stackGlobal();
            case Opcodes.REDUCE, Opcodes.NEWOBJ -> call((Object[]) stack.pop());
            case Opcodes.BUILD -> build();
            case Opcodes.PERSID -> stack.add(persistentLoad(line()));
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
            case Opcodes.DICT -> stack.add(putAll(new LinkedHashMap<>(), stack.pop_all_since_marker()));
            case Opcodes.SETITEMS -> setItems(stack.pop_all_since_marker());
            case Opcodes.SETITEM -> setItem();
            case Opcodes.EMPTY_LIST, Opcodes.EMPTY_SET -> stack.add(new ArrayList<>());
            case Opcodes.FROZENSET, Opcodes.LIST -> stack.add(new ArrayList<>(stack.pop_all_since_marker()));
            case Opcodes.APPENDS, Opcodes.ADDITEMS -> appendAll(stack.pop_all_since_marker());
            case Opcodes.APPEND -> appendAll(List.of(new Object[] {stack.pop()}));
            case Opcodes.BINSTRING -> stack.add(latin(take(4)));
            case Opcodes.SHORT_BINSTRING -> stack.add(latin(take(1)));
            case Opcodes.BINUNICODE -> stack.add(utf8(take(4)));
            case Opcodes.SHORT_BINUNICODE -> stack.add(utf8(take(1)));
            case Opcodes.BINUNICODE8 -> stack.add(utf8(take(8)));
            case Opcodes.BINBYTES -> stack.add(take(4));
            case Opcodes.SHORT_BINBYTES -> stack.add(take(1));
            case Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 -> stack.add(take(8));
            case Opcodes.POP_MARK -> stack.pop_all_since_marker();
            case Opcodes.LONG -> stack.add(decimal(line()));
            case Opcodes.LONG1 -> stack.add(PickleUtils.decode_long(digits(take(1))));
            case Opcodes.LONG4 -> stack.add(PickleUtils.decode_long(digits(take(4))));
            case Opcodes.MARK,
                    Opcodes.STOP,
                    Opcodes.POP,
                    Opcodes.DUP,
                    Opcodes.NONE,
                    Opcodes.NEWTRUE,
                    Opcodes.NEWFALSE,
                    Opcodes.INT,
                    Opcodes.BININT,
                    Opcodes.BININT1,
                    Opcodes.BININT2,
                    Opcodes.FLOAT,
                    Opcodes.BINFLOAT,
                    Opcodes.STRING,
                    Opcodes.UNICODE,
                    Opcodes.TUPLE,
                    Opcodes.EMPTY_TUPLE,
                    Opcodes.TUPLE1,
                    Opcodes.TUPLE2,
                    Opcodes.TUPLE3,
                    Opcodes.GET,
                    Opcodes.BINGET,
                    Opcodes.LONG_BINGET,
                    Opcodes.PUT,
                    Opcodes.BINPUT,
                    Opcodes.LONG_BINPUT,
                    Opcodes.MEMOIZE,
                    Opcodes.BINPERSID,
                    Opcodes.FRAME,
                    Opcodes.PROTO -> {
                return super.dispatch(key);
            }
            default ->
                throw new Refused("its Python data uses the instruction " + key + " (" + Names.shorten("" + (char) key)
                        + "), which files of weights do not need");
        }
        return NO_RETURN_VALUE;
    }

    private String line() throws IOException {
        return PickleUtils.readline(input);
    }

    private void stackGlobal() {
        Object name = stack.pop();
        Object module = stack.pop();
        stack.add(AllowList.find((String) module, (String) name));
    }

    private void call(Object[] arguments) {
        Object callee = stack.pop();
        if (!(callee instanceof Global global)) {
            throw new Refused("its Python data calls " + Pickle.describe(callee));
        }
        stack.add(global.call(arguments));
    }

    /** Attributes: a state dict's carry only version numbers and are dropped, a namespace's are its content. */
    private void build() {
        Object state = stack.pop();
        Object target = stack.peek();
        if (target instanceof Namespace namespace && state instanceof Map<?, ?> attributes) {
            namespace.putAll(attributes);
        } else if (target instanceof NumpyType type && state instanceof Object[] tuple) {
            if (">".equals(tuple[1])) {
                throw new Refused("holds a NumPy scalar '" + Names.shorten(type.code()) + "' in big-endian order");
            }
        } else if (!(target instanceof Map<?, ?>)) {
            throw new Refused("its Python data sets attributes of " + Pickle.describe(target));
        }
    }

    private void setItem() {
        Object value = stack.pop();
        Object key = stack.pop();
        target().put(Pickle.key(key), value);
    }

    private void setItems(List<Object> items) {
        putAll(target(), items);
    }

    @SuppressWarnings("unchecked") // all maps on the stack are made here, of this type
    private Map<Object, Object> target() {
        return (Map<Object, Object>) stack.peek();
    }

    private static Map<Object, Object> putAll(Map<Object, Object> map, List<Object> items) {
        for (int i = 0; i < items.size(); i += 2) {
            map.put(Pickle.key(items.get(i)), items.get(i + 1));
        }
        return map;
    }

    @SuppressWarnings("unchecked") // all lists on the stack are made here, of this type
    private void appendAll(List<Object> items) {
        ((List<Object>) stack.peek()).addAll(items);
    }

    /** Bytes whose number stands before them, never more than the file has left. */
    private byte[] take(int lengthBytes) throws IOException {
        byte[] length = PickleUtils.readbytes(input, lengthBytes);
        long n = 0;
        for (int i = lengthBytes - 1; i >= 0; i--) {
            n = (n << 8) | (length[i] & 0xff);
        }
        if (n < 0 || n > bytes.remaining()) {
            throw new PickleException("a value of " + n + " bytes goes beyond the end");
        }
        return PickleUtils.readbytes(input, (int) n);
    }

    private static byte[] digits(byte[] bytes) {
        if (bytes.length > MAX_DIGITS) {
            throw new Refused("its Python data has a number of " + bytes.length + " bytes");
        }
        return bytes;
    }

    private static Number decimal(String text) {
        if (text.length() > MAX_DIGITS) {
            throw new Refused("its Python data has a number of " + text.length() + " digits");
        }
        String digits = text.endsWith("L") ? text.substring(0, text.length() - 1) : text;
        return PickleUtils.optimizeBigint(new BigInteger(digits));
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A storage: {@code ('storage', kind, key, place, numel)}, in old files with a view {@code (key, offset, size)} at the end. */
    @Override
    protected Object persistentLoad(Object id) {
        if (!(id instanceof Object[] tuple)
                || tuple.length < 5
                || !"storage".equals(tuple[0])
                || !(tuple[1] instanceof ElementType kind)) {
            throw new Refused(
                    "refers to something outside that is no storage of a tensor; save only the state dict, with"
                            + " torch.save(model.state_dict(), path)");
        }
        long offset = 0;
        if (tuple.length > 5 && tuple[5] != null) {
            offset = Pickle.number(Pickle.sequence(tuple[5]).get(1));
        }
        var storage = new Storage((String) tuple[2], kind.type(), Pickle.number(tuple[4]), offset);
        var known = storages.putIfAbsent(storage.key(), storage);
        if (known != null && known.type() != storage.type()) {
            throw new Refused("uses storage '" + Names.shorten(storage.key()) + "' as two types");
        }
        return storage;
    }
}
