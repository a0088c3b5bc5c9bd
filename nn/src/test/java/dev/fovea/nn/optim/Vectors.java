package dev.fovea.nn.optim;

import dev.fovea.nn.Module;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;

/** A few named parameters whose gradients a test chooses. */
final class Vectors extends Module {
    Vectors(Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            var value = namesAndValues[i + 1] instanceof float[] f
                    ? Tensor.of(f, f.length)
                    : (Tensor) namesAndValues[i + 1];
            parameter(namesAndValues[i].toString().replace('.', '_'), value);
        }
    }

    Tensor get(String name) {
        return parameters().get(name.replace('.', '_')).value();
    }

    /** Gives a parameter the gradient {@code direction}, added to the one it may have. */
    void pull(String name, float[] direction) {
        try (var scope = Scope.open()) {
            pull(name, Tensor.of(direction, direction.length));
        }
    }

    void pull(String name, Tensor direction) {
        try (var scope = Scope.open()) {
            var value = get(name);
            value.to(DType.FLOAT32)
                    .mul(direction.reshape(value.shape().toArray()))
                    .sum()
                    .backward();
        }
    }
}
