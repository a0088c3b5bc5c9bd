package dev.fovea.tensor;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;

/** A listener to a tensor's gradient, in force until it is closed. Made by {@link Tensor#onGrad}. */
public final class GradHook implements AutoCloseable {
    /** libtorch keeps plain addresses of callbacks: they must stay reachable here until they are taken off. */
    private static final Set<GradHook> LIVE = ConcurrentHashMap.newKeySet();

    private final org.bytedeco.pytorch.Tensor raw;
    private final TensorTensorHook callback;
    private final int place;
    private boolean closed;

    GradHook(org.bytedeco.pytorch.Tensor tensor, UnaryOperator<Tensor> listener) {
        raw = NativeOptions.keep(() -> new org.bytedeco.pytorch.Tensor(tensor));
        callback = NativeOptions.keep(() -> new TensorTensorHook() {
            @Override
            public TensorBase call(TensorBase gradient) {
                var result = listener.apply(Op.silently("gradient", () -> new org.bytedeco.pytorch.Tensor(gradient)));
                return result == null ? gradient : result.raw();
            }
        });
        place = raw.register_hook(callback);
        LIVE.add(this);
    }

    /** Takes the listener off. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            raw.remove_hook(place);
            raw.releaseReference();
            callback.releaseReference();
            LIVE.remove(this);
        }
    }
}
