package dev.fovea.bench.step;

import dev.fovea.bench.Workload;
import dev.fovea.tensor.Threads;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.DispatchKey;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The step that somebody would write who uses the libtorch presets directly and knows them well: channels-last, in-place activations, a
 * pointer scope a step, libtorch's own SGD, autocast switched on for forward and loss.
 */
public final class RawPresetsStep implements Workload {
    private final StepSettings settings;
    private final RawResNet network;
    private final SGD optimizer;
    private final Tensor images;
    private final Tensor targets;

    public RawPresetsStep(StepSettings settings) {
        this.settings = settings;
        Threads.set(settings.threads()); // also unpacks and loads libtorch
        torch.manual_seed(1);
        network = new RawResNet(settings.model().equals("resnet50"), StepSettings.CLASSES);
        try (var temporaries = new PointerScope()) {
            var vector = new TensorVector(network.parameters().toArray(new Tensor[0]));
            var options = new SGDOptions(StepSettings.LEARNING_RATE);
            options.momentum().put(StepSettings.MOMENTUM);
            optimizer = new SGD(vector, options);
            optimizer.retainReference();
            images = torch.randn(settings.batch(), 3, settings.side(), settings.side())
                    .contiguous(torch.MemoryFormat.ChannelsLast);
            images.retainReference();
            targets = torch.randint(0L, StepSettings.CLASSES, new long[] {settings.batch()})
                    .to(ScalarType.Long);
            targets.retainReference();
        }
        if (settings.bf16()) {
            torch.set_autocast_cache_enabled(false); // the presets cannot clear it, and cached weights would go stale
            torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        }
    }

    @Override
    public String description() {
        return "libtorch presets, channels-last, libtorch's SGD";
    }

    @Override
    public long run(int repetitions) {
        for (int i = 0; i < repetitions; i++) {
            step();
        }
        return (long) repetitions * settings.batch();
    }

    private void step() {
        boolean autocast = settings.bf16();
        try (var temporaries = new PointerScope()) {
            Tensor loss;
            torch.tls_set_dispatch_key_excluded(DispatchKey.AutocastCPU, !autocast);
            try {
                var logits = network.forward(images).to(ScalarType.Float);
                loss = torch.cross_entropy_loss(logits, targets);
            } finally {
                torch.tls_set_dispatch_key_excluded(DispatchKey.AutocastCPU, true);
            }
            if (!Double.isFinite(loss.item_double())) {
                throw new IllegalStateException("the loss is no longer finite");
            }
            loss.backward();
            optimizer.step();
            optimizer.zero_grad();
        }
    }

    @Override
    public void close() {
        optimizer.releaseReference();
        images.releaseReference();
        targets.releaseReference();
    }
}
