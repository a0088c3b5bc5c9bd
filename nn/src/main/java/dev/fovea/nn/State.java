package dev.fovea.nn;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;

/** A named tensor that a module owns: it is saved, loaded and moved with the module. */
public abstract sealed class State permits Parameter, Buffer {
    private Tensor value;

    State(Tensor value) {
        this.value = Scope.release(value);
    }

    /** The tensor as it is now; do not hold it across {@link Module#to}. */
    public final Tensor value() {
        return value;
    }

    public final Shape shape() {
        return value.shape();
    }

    /** Overwrites the values in place; shapes must be equal, types are converted. */
    public final void assign(Tensor source) {
        if (!source.shape().equals(value.shape())) {
            throw new IllegalArgumentException(
                    "cannot assign " + source.shape() + " to a tensor of shape " + value.shape());
        }
        try (var mode = Grad.off()) {
            value.copyFrom(source);
        }
    }

    final void replace(Tensor newValue) {
        var old = value;
        boolean trainable = old.requiresGrad();
        value = Scope.release(newValue);
        if (trainable) {
            value.requiresGrad(true);
        }
        old.close();
    }

    final void move(Device device, DType type) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var moved = value.to(device);
            if (value.dtype().isFloating()) {
                moved = moved.to(type);
            }
            if (moved != value) {
                replace(moved.detach());
            }
        }
    }

    final void channelsLast() {
        if (value.rank() == 4 && !value.isChannelsLast()) {
            try (var scope = Scope.open();
                    var mode = Grad.off()) {
                replace(value.channelsLast().detach());
            }
        }
    }
}
