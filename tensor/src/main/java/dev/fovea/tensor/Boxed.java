package dev.fovea.tensor;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/**
 * The door to any operator of libtorch by its name, for those that the presets have no method for. Arguments are given by position
 * and completely, as the operator's schema lists them: {@link Tensor}, {@code List<Tensor>}, {@code Double}, {@code Long},
 * {@code Boolean}, {@code String}, {@link Scalar}, or null for None. Must be called inside {@link Op}, which frees the boxes.
 */
final class Boxed {
    private static final ConcurrentHashMap<String, OperatorHandle> OPERATORS = new ConcurrentHashMap<>();
    private static final Type.TypePtr TENSOR_TYPE = NativeOptions.keep(() -> new Type.TypePtr(TensorType.get()));

    private Boxed() {}

    /**
     * Calls an operator.
     *
     * @param name with its namespace, for example {@code aten::_foreach_add_}
     * @param overload for example {@code List}; empty for the plain one
     * @return what the operator gave, native handles that the caller's pointer scope owns
     */
    static IValueVector call(String name, String overload, Object... arguments) {
        var operator = OPERATORS.computeIfAbsent(
                name + '.' + overload,
                key -> NativeOptions.keep(() -> Dispatcher.singleton().findSchemaOrThrow(name, overload)));
        var stack = new IValueVector();
        for (Object argument : arguments) {
            stack.push_back(box(argument));
        }
        operator.callBoxed(stack);
        return stack;
    }

    /** {@link #call} for operators that give a list of tensors. */
    static org.bytedeco.pytorch.Tensor[] callForList(String name, String overload, Object... arguments) {
        return Foreach.array(call(name, overload, arguments).get(0).toTensorVector());
    }

    private static IValue box(Object argument) {
        if (argument == null) {
            return new IValue();
        } else if (argument instanceof Tensor tensor) {
            return new IValue(tensor.raw());
        } else if (argument instanceof List<?> list) {
            var boxes = new GenericList(TENSOR_TYPE);
            for (Object element : list) {
                boxes.push_back(new IValue(((Tensor) element).raw()));
            }
            return new IValue(boxes);
        } else if (argument instanceof Double number) {
            return new IValue(number.doubleValue());
        } else if (argument instanceof Long number) {
            return new IValue(number.longValue());
        } else if (argument instanceof Boolean truth) {
            return new IValue(truth.booleanValue());
        } else if (argument instanceof String text) {
            return new IValue(text);
        } else if (argument instanceof Scalar scalar) {
            return new IValue(scalar);
        }
        throw new IllegalArgumentException(
                "cannot give a " + argument.getClass().getName() + " to a libtorch operator");
    }
}
