package dev.fovea.bench.step;

import dev.fovea.bench.Workload;
import dev.fovea.models.Backbone;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.Threads;

/** Logits of a batch of noise, in evaluation, without autograd. */
public final class FoveaInference implements Workload {
    private final StepSettings settings;
    private final Backbone network;
    private final Tensor pictures;

    public FoveaInference(StepSettings settings) {
        this.settings = settings;
        Threads.set(settings.threads());
        Seeds.set(1);
        network = FoveaStep.network(settings);
        network.eval();
        pictures = Tensor.randn(DType.FLOAT32, Device.CPU, settings.batch(), 3, settings.side(), settings.side())
                .channelsLast();
    }

    @Override
    public String description() {
        return "Fovea, channels-last";
    }

    @Override
    public long run(int repetitions) {
        for (int i = 0; i < repetitions; i++) {
            try (var mode = Grad.off();
                    var scope = Scope.open();
                    var autocast = settings.precision().activate(pictures.device())) {
                network.call(pictures);
            }
        }
        return (long) repetitions * settings.batch();
    }

    @Override
    public void close() {
        pictures.close();
        network.close();
    }
}
