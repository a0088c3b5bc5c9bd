package dev.fovea.export.lower;

/** How one operation of the tensor facade becomes ONNX operators: reads the call, emits nodes, and says which values are its results. */
@FunctionalInterface
interface Mapping {
    void lower(Call call);

    /** A mapping with one result, whose name is given back. */
    @FunctionalInterface
    interface One {
        String lower(Call call);
    }

    static Mapping one(One mapping) {
        return call -> call.result(0, mapping.lower(call));
    }
}
