package dev.fovea.train.classify;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.transform.Normalize;

/**
 * Knowledge distillation (Hinton et al. 2015, arXiv 1503.02531): the student's logits, divided by a temperature, shall give the shares that the
 * teacher's give, and so learn how alike the wrong classes are, too. The teacher sees what the student sees, augmentation included.
 *
 * @param temperature by which both logits are divided
 * @param alpha how much the teacher counts, above 0 to 1; the labels count the rest
 * @param seen the normalisation of the pictures that the student sees
 */
record Distillation(Teacher teacher, double temperature, double alpha, Normalize seen) {
    /**
     * {@code alpha T^2 KL(teacher || student)}, averaged over the pictures; the square keeps the gradients' size whatever the temperature.
     *
     * @param logits the student's, {@code [N, classes]} float32
     * @param images what it saw, {@code [N, C, H, W]}
     */
    Tensor loss(Tensor logits, Tensor images) {
        Tensor shares;
        Tensor logShares;
        try (var mode = Grad.off()) {
            var wanted = teacher.logits(images, seen).to(DType.FLOAT32).div(temperature);
            shares = wanted.softmax(1);
            logShares = wanted.logSoftmax(1);
        }
        var divergence = shares.mul(logShares.sub(logits.div(temperature).logSoftmax(1)));
        return divergence.sum(false, 1).mean().mul(alpha * temperature * temperature);
    }
}
